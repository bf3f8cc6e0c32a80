"""Explain an item: why it is tagged, merged, ranked, in the edition or left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from digest.app.context import AppContext
from digest.app.judge import decide_quarter
from digest.app.previous import find_edition_quarter
from digest.archive import Archive
from digest.errors import UsageError
from digest.model.tags import tags_to_dict
from digest.period import Quarter
from digest.urls import canonical_url

if TYPE_CHECKING:
    from digest.app.decide import QuarterDecision


# of items whose titles hold the words that were given
_MOST_LOOKED_AT, _MOST_OFFERED, _MOST_EXPLAINED = 50, 8, 3


def explain_item(context: AppContext, reference: str) -> list[dict[str, Any]]:
    """Return what was decided about the items of an id or address, and why, as JSON values.

    Words of a title name an item, too. Raises UsageError where the archive holds none, or too many.
    """
    with Archive.open(context.workspace.archive, create=False) as archive:
        address = reference if "//" in reference else f"https://{reference}"
        items = archive.find_items(reference, canonical_url(address))
        if not items:
            named = _find_by_title(context, reference)
            items = tuple(item for name in named for item in archive.find_items(name, name))
        facts = []
        decisions: dict[Quarter, QuarterDecision] = {}
        for item in items:
            quarter = find_edition_quarter(context, item.published_or_seen)
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


def _find_by_title(context: AppContext, reference: str) -> list[str]:
    """Return the ids of the items whose titles hold all words of a text. Raises UsageError."""
    from digest.app.search import search_archive
    from digest.search.words import find_written_words

    words = dict.fromkeys(word.casefold() for word in find_written_words(reference))
    asked = " ".join(("kind:item", *words))
    hits = search_archive(context, asked, limit=_MOST_LOOKED_AT).hits if words else ()
    found = [
        hit
        for hit in hits
        if words.keys() <= {word.casefold() for word in find_written_words(hit.title)}
    ]
    if not found:
        raise UsageError(
            f"the archive holds no item {reference}, nor one with all of these words in its title",
            "look for it with `digest search`",
        )
    if len(found) > _MOST_EXPLAINED:
        offered = [f"    {hit.id}  {hit.title} ({hit.source})" for hit in found[:_MOST_OFFERED]]
        raise UsageError(
            f"the titles of {len(found)} items hold these words",
            "\n".join(("give more words, or an id, as", *offered)),
        )
    return [hit.id for hit in found]


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
        "link": item.address,
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
        "reason": str(decision.left_out.get(story.id, "told in the edition")),
    }
