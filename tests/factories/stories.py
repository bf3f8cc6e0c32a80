"""Stories for tests, said in few words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from digest.model.edition import StoryRef
from digest.model.item import Item
from digest.model.story import Story
from digest.model.tags import TaggedItem, Tags

_NUMBER = iter(range(10**6))


def story(title: str, *, event: Any = "update", category: str | None = "crm", **more: Any) -> Story:
    """A story of one item. `more`: vendors, ai, evidence, also; summary, day, source, tier."""
    key = f"t{next(_NUMBER)}"
    when = datetime.fromisoformat(more.get("day", "2026-08-10")).replace(tzinfo=UTC)
    url = f"https://paper.example/{key}"
    item = Item(
        key,
        url,
        url,
        title,
        "paper",
        more.get("source", "The Paper"),
        more.get("tier", "trade"),
        when,
        when,
        "en",
        summary=more.get("summary", ""),
    )
    tags = Tags(
        True,
        category,
        tuple(more.get("also", ())),
        more.get("ai", "none"),
        more.get("evidence"),
        event,
        tuple(more.get("vendors", ())),
        confidence={"relevant": 1.0},
    )
    tagged = TaggedItem(item, tags)
    return Story("s" + key, (tagged,), tagged)


def tell(one: Story) -> StoryRef:
    """The story as a page points to it."""
    item = one.lead.item
    return StoryRef(
        one.id,
        item.title,
        "en",
        item.url,
        item.source_name,
        item.published_or_seen,
        one.tags.event,
        one.tags.evidence,
    )
