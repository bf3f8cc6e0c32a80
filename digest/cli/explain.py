"""`digest explain`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digest.app.decide import QuarterDecision
from digest.app.workspace import Workspace
from digest.cli.common import (
    json_option,
    load_config,
    now_option,
    print_json,
    resolve_now,
    workspace_option,
)
from digest.edition.rows import tags_to_dict
from digest.errors import UsageError
from digest.model.item import Item
from digest.model.story import StoryThread
from digest.model.tags import TaggedItem

if TYPE_CHECKING:
    from digest.archive import PageState


@click.command()
@click.argument("item", metavar="URL-OR-ID")
@workspace_option
@now_option
@json_option
def command(item: str, workspace: Path, now: str | None, as_json: bool) -> None:
    """Say why an item is tagged, merged, ranked, in or out. It is named by its address or its id."""
    from digest.app.context import AppContext
    from digest.app.judge import decide_quarter
    from digest.archive import Archive
    from digest.period import quarter_containing
    from digest.urls import canonical_url

    place = Workspace(workspace)
    config = load_config(place)
    context = AppContext(place, config, resolve_now(now))
    with Archive.open(place.archive_file, create=False) as archive:
        found = archive.find_items(item, canonical_url(item))
        if not found:
            raise UsageError(
                f"the archive holds no item {item}", "look it up with `digest export items`"
            )
        told = []
        for one in found:
            quarter = quarter_containing(
                one.published_or_seen, config.digest.timezone, config.digest.fiscal_year_starts
            )
            facts = _explain_item(
                decide_quarter(context, quarter, archive),
                one.id,
                archive.load_revisions(one.id),
            )
            told.append(
                facts | {"page": _describe_page(archive.load_page_states().get(one.url), one)}
            )
    if as_json:
        print_json(told)
        return
    for facts in told:
        for line in _format_lines(facts):
            click.echo(line)


def _explain_item(
    decision: QuarterDecision, item_id: str, revisions: tuple[tuple[object, str], ...]
) -> dict[str, object]:
    story = next(
        story
        for story in decision.stories
        if any(member.item.id == item_id for member in story.items)
    )
    member = next(member for member in story.items if member.item.id == item_id)
    ranked = next((one for one in decision.ranked if one.story.id == story.id), None)
    place = decision.ranked.index(ranked) + 1 if ranked else None
    return {
        "id": item_id,
        "title": member.item.title,
        "source": member.item.source_name,
        "url": member.item.url,
        "quarter": decision.quarter.name,
        "dated": f"{member.item.published_or_seen.isoformat()} by {member.item.dated_by}",
        "earlier_titles": [title for _, title in revisions],
        "tags": tags_to_dict(member.tags),
        "story": story.id,
        "told_with": [_format_member(other) for other in story.items if other is not member],
        "merges": [{"with": _pick_other_id(merge.first, merge.second, item_id), "matched": list(merge.matched)}
                   for merge in story.merges if item_id in (merge.first, merge.second)],
        "score": round(ranked.score, 3) if ranked else None,
        "rank": place,
        "of": len(decision.ranked),
        "parts": {name: round(points, 3) for name, points in ranked.parts.items()} if ranked else {},
        "relation": [
            {"kind": one.kind, "products": list(one.products), "why": one.reason}
            for one in decision.relations.get(story.id, ())
        ],
        "thread": _describe_thread(decision.threads.get(story.id)),
        "in_edition": story.id not in decision.left_out,
        "reason": str(decision.left_out.get(story.id, "told in the edition")),
    }  # fmt: skip


def _describe_thread(thread: StoryThread | None) -> dict[str, object] | None:
    if thread is None:
        return None
    told = thread.earlier
    return {
        "kind": thread.kind, "edition": told.edition, "title": told.title, "url": told.url,
        "matched": list(thread.matched), "news": list(thread.news),
    }  # fmt: skip


def _describe_page(page: PageState | None, item: Item) -> str | None:
    """What came of asking for the item's page; None where that was not done."""
    if page is None:
        return None
    came = f"{len(item.fulltext)} characters" if item.fulltext else f"{page.tries} times asked for"
    return f"{page.outcome} on {page.at:%Y-%m-%d}, {came}"


def _format_member(member: TaggedItem) -> str:
    return f"{member.item.source_name}: {member.item.title} ({member.item.id})"


def _pick_other_id(first: str, second: str, this: str) -> str:
    return second if first == this else first


def _format_lines(facts: dict[str, object]) -> Iterator[str]:
    """The facts as a person would tell them."""
    tags = facts["tags"]
    assert isinstance(tags, dict)
    yield f"{facts['title']}"
    yield f"  {facts['source']} · {facts['url']} · {facts['id']}"
    yield f"  quarter     {facts['quarter']}, dated {facts['dated']}"
    if facts["page"]:
        yield f"  its page    {facts['page']}"
    for field in ("relevant", "category", "also", "ai", "evidence", "event", "vendors"):
        why = "; ".join(tags["why"].get(field, ()))
        sure = tags["confidence"].get(field)
        yield (
            f"  {field:11} {_format_value(tags[field])}"
            + (f" ({sure:.0%} sure)" if sure else "")
            + (f": {why}" if why else "")
        )
    for point in tags["points"]:
        yield f"  claim       {point['kind']}: “{point['quote']}”"
    yield from _format_story_lines(facts)


def _format_story_lines(facts: dict[str, object]) -> Iterator[str]:
    told_with, merges, parts = facts["told_with"], facts["merges"], facts["parts"]
    assert isinstance(told_with, list)
    assert isinstance(merges, list)
    assert isinstance(parts, dict)
    yield f"  story       {facts['story']}, {len(told_with) + 1} item{'s' if told_with else ''}"
    yield from (f"              with {label}" for label in told_with)
    yield from (
        f"  merged      with {merge['with']}: {'; '.join(merge['matched'])}" for merge in merges
    )
    relations = facts["relation"]
    assert isinstance(relations, list)
    for one in relations:
        yield f"  to us       {one['kind']} {', '.join(one['products'])}: {one['why']}"
    thread = facts["thread"]
    if isinstance(thread, dict):
        new = "; new since: " + ", ".join(thread["news"]) if thread["news"] else ""
        yield f"  {thread['kind']:11} of {thread['edition']}: “{thread['title']}” ({'; '.join(thread['matched'])}){new}"
    if facts["score"] is not None:
        sum_ = ", ".join(f"{name} {points:+.2f}" for name, points in parts.items() if points)
        yield f"  rank        {facts['rank']} of {facts['of']}, score {facts['score']} = {sum_}"
    yield f"  {'in' if facts['in_edition'] else 'out':11} {facts['reason']}"


def _format_value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return "–" if value is None else str(value)
