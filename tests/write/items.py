"""Items and stories as one line of a test makes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from digest.model.item import Item
from digest.model.story import Story
from digest.model.tags import Event, TaggedItem, Tags

WHEN = datetime(2026, 7, 14, tzinfo=UTC)


def item(title: str, summary: str = "", text: str = "", **more) -> Item:
    """An item of a publisher called Trade Weekly."""
    key = more.get("key", "a")
    return Item(
        id=key,
        url=more.get("url", f"https://tradeweekly.example/{key}"),
        link="",
        title=title,
        source=more.get("source", "trade-weekly"),
        source_name=more.get("source_name", "Trade Weekly"),
        tier=more.get("tier", "trade"),
        published=WHEN + timedelta(minutes=ord(key[0])),
        first_seen=WHEN,
        language=more.get("language", "en"),
        summary=summary,
        text=text,
    )


def story(
    *items: Item, vendors: tuple[str, ...] = ("Northvale",), event: Event = "launch"
) -> Story:
    """A story led by its first item."""
    members = tuple(
        TaggedItem(one, Tags(True, "cdp", (), "none", None, event, vendors)) for one in items
    )
    return Story("s" + items[0].id, members, members[0])
