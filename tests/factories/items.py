"""Hand-written makers of the flow's types, with believable defaults."""

from datetime import UTC, datetime, timedelta
from typing import Any

from digest.model.item import Item
from digest.model.source import Source
from digest.model.story import Story
from digest.model.tags import TaggedItem, Tags

START = datetime(2026, 7, 1, tzinfo=UTC)
NOW = datetime(2026, 10, 2, 6, tzinfo=UTC)


def source(name: str = "Acme News", **more: Any) -> Source:
    """A source with a feed."""
    slug = name.lower().replace(" ", "-")
    return Source(name=name, slug=slug, **({"url": f"https://{slug}.example/feed"} | more))


def item(n: int = 1, **more: Any) -> Item:
    """The n-th item of Acme News: one a day, from the first day of 2026-Q3."""
    defaults: dict[str, Any] = {
        "id": f"i{n:012x}",
        "url": f"https://acme-news.example/{n}",
        "link": f"https://acme-news.example/{n}?utm_source=rss",
        "title": f"Vendor {n} launches product {n}",
        "source": "acme-news",
        "source_name": "Acme News",
        "tier": "trade",
        "published": START + timedelta(days=n % 92, hours=9),
        "first_seen": NOW,
        "language": "en",
        "summary": f"Product {n} is available now. It costs ${n} a month.",
    }
    return Item(**(defaults | more))


def tags(**more: Any) -> Tags:
    """A relevant launch in CRM without AI."""
    defaults: dict[str, Any] = {
        "relevant": True,
        "category": "crm",
        "also": (),
        "ai": "none",
        "evidence": None,
        "event": "launch",
        "vendors": (),
    }
    return Tags(**(defaults | more))


def tagged(n: int = 1, **more: Any) -> TaggedItem:
    """The n-th item with tags made of `more`."""
    return TaggedItem(item(n), tags(**more))


def story(*members: TaggedItem) -> Story:
    """A story of these members, led by the first."""
    ordered = tuple(
        sorted(members, key=lambda member: (member.item.published_or_seen, member.item.id))
    )
    return Story(f"s{members[0].item.id[1:]}", ordered, members[0])
