"""Items as data: one row an item, as `digest export items` prints it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from digest.model.reasons import LeftOut
from digest.model.story import Story
from digest.model.tags import TaggedItem, tags_to_dict
from digest.text import join_lines


def iter_item_rows(
    stories: Iterable[Story], chosen: Collection[str], left_out: Mapping[str, LeftOut]
) -> Iterator[dict[str, Any]]:
    """Yield the items of the stories, by time and id, each page once.

    Where several sources list a page, the row is that of the source nearest to it (newsletters
    last, then the earliest), and `also_from` names the others. `chosen` holds the ids of the
    stories in the edition, `left_out` the reason for each of the others.
    """
    members = [(member, story) for story in stories for member in story.items]
    members.sort(key=lambda pair: (pair[0].item.tier == "newsletter", *_get_time_and_id(pair[0])))
    pages: dict[str, list[tuple[TaggedItem, Story]]] = {}
    for member, story in members:
        pages.setdefault(member.item.url or member.item.id, []).append((member, story))
    for (member, story), *others in sorted(
        pages.values(), key=lambda page: _get_time_and_id(page[0][0])
    ):
        item, in_edition = member.item, story.id in chosen
        reason = left_out.get(story.id, "no reason was given")
        yield {
            "id": item.id,
            "url": item.url,
            "link": item.link,
            "title": item.title,
            "source": item.source_name,
            "tier": item.tier,
            "published": item.published.isoformat() if item.published else None,
            "dated_by": item.dated_by,
            "first_seen": item.first_seen.isoformat(),
            "language": item.language,
            "summary": join_lines(item.summary),
            **tags_to_dict(member.tags),
            "story": story.id,
            "letter": item.letter,
            "in_edition": in_edition,
            "reason": "told in the edition" if in_edition else str(reason),
            "also_from": [
                {"id": other.item.id, "source": other.item.source_name, "link": other.item.link}
                for other, _ in others
            ],
        }


def _get_time_and_id(member: TaggedItem) -> tuple[datetime, str]:
    return member.item.published_or_seen, member.item.id
