"""Items as data: one row an item, as `digest export items` prints it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from digest.model.reasons import LeftOut
from digest.model.story import Story
from digest.model.tags import TaggedItem, Tags


def iter_item_rows(
    stories: Iterable[Story], chosen: Collection[str], left_out: Mapping[str, LeftOut]
) -> Iterator[dict[str, Any]]:
    """The items of the stories, by time and id, each page once. Where several sources list a page, the row is that of
    the source nearest to it (newsletters last, then the earliest), and `also_from` names the others. `chosen`
    holds the ids of the stories in the edition, `left_out` the reason for each of the others."""
    members = [(member, story) for story in stories for member in story.items]
    members.sort(
        key=lambda pair: (
            pair[0].item.tier == "newsletter",
            pair[0].item.published_or_seen,
            pair[0].item.id,
        )
    )
    pages: dict[str, list[tuple[TaggedItem, Story]]] = {}
    for member, story in members:
        pages.setdefault(member.item.url or member.item.id, []).append((member, story))
    for (member, story), *others in sorted(
        pages.values(), key=lambda row: (row[0][0].item.published_or_seen, row[0][0].item.id)
    ):
        inside = story.id in chosen
        reason = (
            "told in the edition" if inside else str(left_out.get(story.id, "no reason was given"))
        )
        also = [
            {"id": other.item.id, "source": other.item.source_name, "link": other.item.link}
            for other, _ in others
        ]
        yield _build_item_row(member, story.id, inside, reason) | {"also_from": also}


def tags_to_dict(tags: Tags) -> dict[str, Any]:
    """The judged fields, as the labels write them."""
    return {
        "relevant": tags.relevant,
        "category": tags.category,
        "also": list(tags.also),
        "ai": tags.ai,
        "evidence": tags.evidence,
        "event": tags.event,
        "vendors": list(tags.vendors),
        "points": [{"kind": point.kind, "quote": point.quote} for point in tags.points],
        "why": {field: list(words) for field, words in tags.why.items()},
        "confidence": {field: round(value, 3) for field, value in tags.confidence.items()},
    }


def _build_item_row(member: TaggedItem, story: str, inside: bool, reason: str) -> dict[str, Any]:
    item = member.item
    head = {
        "id": item.id,
        "url": item.url,
        "link": item.link,
        "title": item.title,
        "source": item.source_name,
        "tier": item.tier,
        "published": _format_iso(item.published),
        "dated_by": item.dated_by,
        "first_seen": _format_iso(item.first_seen),
        "language": item.language,
        "summary": item.summary,
    }
    tail = {"story": story, "letter": item.letter, "in_edition": inside, "reason": reason}
    return head | tags_to_dict(member.tags) | tail


def _format_iso(when: datetime | None) -> str | None:
    return when.isoformat() if when else None
