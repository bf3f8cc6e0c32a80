"""`digest explain`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digest.cli.common import clock, json_option, load_config, now_option, report, workspace_option
from digest.edition.rows import judged
from digest.errors import UsageError
from digest.model import Item, TaggedItem, Thread
from digest.pipeline import Decision
from digest.workspace import Workspace

if TYPE_CHECKING:
    from digest.archive import PageState


@click.command()
@click.argument("item", metavar="URL-OR-ID")
@workspace_option
@now_option
@json_option
def command(item: str, workspace: Path, now: str | None, as_json: bool) -> None:
    """Say why an item is tagged, merged, ranked, in or out. It is named by its address or its id."""
    from digest.archive import Archive
    from digest.cli import work
    from digest.period import quarter_of
    from digest.urls import canonical

    place = Workspace(workspace)
    config = load_config(place)
    job = work.Job(place, config, clock(now))
    with Archive.open(place.archive, create=False) as archive:
        found = archive.find(item, canonical(item))
        if not found:
            raise UsageError(f"the archive holds no item {item}", "look it up with `digest export items`")
        told = []
        for one in found:
            quarter = quarter_of(one.when, config.digest.timezone, config.digest.fiscal_year_starts)
            facts = _facts(work.decide(job, quarter, archive), one.id, archive.revisions(one.id))
            told.append(facts | {"page": _page(archive.pages().get(one.url), one)})
    if as_json:
        report(told)
        return
    for facts in told:
        for line in _lines(facts):
            click.echo(line)


def _facts(decision: Decision, item_id: str, revisions: tuple[tuple[object, str], ...]) -> dict[str, object]:
    story = next(story for story in decision.stories if any(member.item.id == item_id for member in story.items))
    member = next(member for member in story.items if member.item.id == item_id)
    ranked = next((one for one in decision.ranked if one.story.id == story.id), None)
    place = decision.ranked.index(ranked) + 1 if ranked else None
    return {
        "id": item_id,
        "title": member.item.title,
        "source": member.item.source_name,
        "url": member.item.url,
        "quarter": decision.quarter.name,
        "dated": f"{member.item.when.isoformat()} by {member.item.dated_by}",
        "earlier_titles": [title for _, title in revisions],
        "tags": judged(member.tags),
        "story": story.id,
        "told_with": [_label(other) for other in story.items if other is not member],
        "merges": [{"with": _other(merge.first, merge.second, item_id), "matched": list(merge.matched)}
                   for merge in story.merges if item_id in (merge.first, merge.second)],
        "score": round(ranked.score, 3) if ranked else None,
        "rank": place,
        "of": len(decision.ranked),
        "parts": {name: round(points, 3) for name, points in ranked.parts.items()} if ranked else {},
        "relation": [
            {"kind": one.kind, "products": list(one.products), "why": one.reason}
            for one in decision.relations.get(story.id, ())
        ],
        "thread": _thread(decision.threads.get(story.id)),
        "in_edition": story.id not in decision.left_out,
        "reason": decision.left_out.get(story.id, "told in the edition"),
    }  # fmt: skip


def _thread(thread: Thread | None) -> dict[str, object] | None:
    if thread is None:
        return None
    told = thread.earlier
    return {
        "kind": thread.kind, "edition": told.edition, "title": told.title, "url": told.url,
        "matched": list(thread.matched), "news": list(thread.news),
    }  # fmt: skip


def _page(page: PageState | None, item: Item) -> str | None:
    """What came of asking for the item's page; None where that was not done."""
    if page is None:
        return None
    came = f"{len(item.fulltext)} characters" if item.fulltext else f"{page.tries} times asked for"
    return f"{page.outcome} on {page.at:%Y-%m-%d}, {came}"


def _label(member: TaggedItem) -> str:
    return f"{member.item.source_name}: {member.item.title} ({member.item.id})"


def _other(first: str, second: str, this: str) -> str:
    return second if first == this else first


def _lines(facts: dict[str, object]) -> Iterator[str]:
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
            f"  {field:11} {_shown(tags[field])}"
            + (f" ({sure:.0%} sure)" if sure else "")
            + (f": {why}" if why else "")
        )
    for point in tags["points"]:
        yield f"  claim       {point['kind']}: “{point['quote']}”"
    yield from _story_lines(facts)


def _story_lines(facts: dict[str, object]) -> Iterator[str]:
    told_with, merges, parts = facts["told_with"], facts["merges"], facts["parts"]
    assert isinstance(told_with, list)
    assert isinstance(merges, list)
    assert isinstance(parts, dict)
    yield f"  story       {facts['story']}, {len(told_with) + 1} item{'s' if told_with else ''}"
    yield from (f"              with {label}" for label in told_with)
    yield from (f"  merged      with {merge['with']}: {'; '.join(merge['matched'])}" for merge in merges)
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


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return "–" if value is None else str(value)
