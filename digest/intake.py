"""From an entry as read to an item as archived: identity, a date that can be believed, a language. Pure.

Rules for dates
- A publisher's date stands when it is believable: not before 1990, and not more than two days ahead of the moment we
  read it. Otherwise the item is dated by first sight, and `dated_by` says so.
- An undated item is dated by first sight, once: reading it again never moves it.
- Of several believable dates that a publisher gives over time, the earliest stands; re-posting makes nothing new.

Rules for identity
- An item is known by its source and canonical URL; guids change and repeat, so they serve only where there is no URL,
  and the title where there is neither.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from digest.model.item import Item
from digest.model.retrieved import FeedEntry
from digest.model.source import Source
from digest.urls import canonical_url

_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=2)

LanguageDetector = Callable[
    [str, str, str | None], str
]  # title, summary, stated language → language


def make_item_id(source: str, identity: str) -> str:
    """The stable id of an item: `i` and twelve hex digits of SHA-256 over source slug and identity."""
    return "i" + hashlib.sha256(f"{source}\n{identity}".encode()).hexdigest()[:12]


def plausible_date(published: datetime | None, seen: datetime) -> datetime | None:
    """The publisher's date in UTC where it can be believed, else None."""
    if published is None or published < _OLDEST or published > seen + _AHEAD:
        return None
    return published.astimezone(UTC)


def make_item(entry: FeedEntry, source: Source, seen: datetime, detect: LanguageDetector) -> Item:
    """The item that an entry of `source`, read at `seen`, is."""
    url = canonical_url(entry.link) if entry.link else ""
    return Item(
        id=make_item_id(source.slug, url or entry.guid or entry.title),
        url=url,
        link=entry.link,
        title=entry.title,
        source=source.slug,
        source_name=source.name,
        tier=source.tier,
        published=plausible_date(entry.published or entry.updated, seen),
        first_seen=seen,
        language=detect(entry.title, entry.summary, entry.language or source.language),
        summary=entry.summary,
        text=entry.text,
        authors=entry.authors,
        letter=entry.letter,
        sponsored=entry.sponsored,
    )


def make_items(
    entries: Iterable[FeedEntry], source: Source, seen: datetime, detect: LanguageDetector
) -> tuple[Item, ...]:
    """The items of a document, each once, in its order. Entries without any word are no items."""
    items: dict[str, Item] = {}
    for entry in entries:
        if entry.title or entry.summary or entry.text:
            item = make_item(entry, source, seen, detect)
            items.setdefault(item.id, item)
    return tuple(items.values())
