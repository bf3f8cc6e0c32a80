"""Explain an item: why it is tagged, merged, ranked, in the edition or left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from digest.app.context import AppContext
from digest.app.judge import decide_quarter
from digest.archive import Archive
from digest.errors import UsageError
from digest.model.tags import tags_to_dict
from digest.period import Quarter, quarter_containing
from digest.urls import canonical_url

if TYPE_CHECKING:
    from digest.app.decide import QuarterDecision


def explain_item(context: AppContext, reference: str) -> list[dict[str, Any]]:
    """Return what was decided about the items of an id or address, and why, as JSON values.

    Raises UsageError where the archive holds none.
    """
    settings = context.config.digest
    with Archive.open(context.workspace.archive, create=False) as archive:
        items = archive.find_items(reference, canonical_url(reference))
        if not items:
            raise UsageError(
                f"the archive holds no item {reference}", "look it up with `digest export items`"
            )
        facts = []
        decisions: dict[Quarter, QuarterDecision] = {}
        for item in items:
            quarter = quarter_containing(
                item.published_or_seen, settings.timezone, settings.fiscal_year_starts
            )
            if quarter not in decisions:
                decisions[quarter] = decide_quarter(context, quarter, archive)
            decision = decisions[quarter]
            earlier_titles = [title for _, title in archive.load_revisions(item.id)]
            words = None  # how reading the item's page went, where that was tried
            if page := archive.load_page_states([item.url]).get(item.url):
                length, tries = len(item.fulltext), page.tries
                words = f"{length} characters" if length else f"{tries} times asked for"
                words = f"{page.outcome} on {page.at:%Y-%m-%d}, {words}"
            facts.append(_explain_in_quarter(decision, item.id, earlier_titles) | {"page": words})
    return facts


def _explain_in_quarter(
    decision: QuarterDecision, item_id: str, earlier_titles: list[str]
) -> dict[str, Any]:
    story, member = next(
        (story, member)
        for story in decision.stories
        for member in story.items
        if member.item.id == item_id
    )
    item, places = member.item, {one.story.id: at for at, one in enumerate(decision.ranked, 1)}
    rank, thread = places.get(story.id), decision.threads.get(story.id)
    ranked = decision.ranked[rank - 1] if rank else None
    parts = ranked.parts.items() if ranked else ()
    return {
        "id": item_id,
        "title": item.title,
        "source": item.source_name,
        "url": item.url,
        "quarter": decision.quarter.name,
        "dated": f"{item.published_or_seen.isoformat()} by {item.dated_by}",
        "earlier_titles": earlier_titles,
        "tags": tags_to_dict(member.tags),
        "story": story.id,
        "told_with": [
            f"{other.item.source_name}: {other.item.title} ({other.item.id})"
            for other in story.items
            if other is not member
        ],
        "merges": [
            {"with": other, "matched": list(merge.matched)}
            for merge in story.merges
            for this, other in ((merge.first, merge.second), (merge.second, merge.first))
            if this == item_id
        ],
        "score": round(ranked.score, 3) if ranked else None,
        "rank": rank,
        "of": len(decision.ranked),
        "parts": {name: round(points, 3) for name, points in parts},
        "relation": [
            {"kind": relation.kind, "products": list(relation.products), "why": relation.reason}
            for relation in decision.relations.get(story.id, ())
        ],
        "thread": thread
        and {
            "kind": thread.kind,
            **{name: getattr(thread.earlier, name) for name in ("edition", "title", "url")},
            "matched": list(thread.matched),
            "news": list(thread.news),
        },
        "in_edition": story.id not in decision.left_out,
        "reason": decision.left_out.get(story.id, "told in the edition"),
    }
