"""Intake: from an entry as read to an item as archived: identity, plausible date, language. Pure.

Rules for dates
- A publisher's date counts when it is plausible: not before 1990, and not more than two days ahead
  of the reading. Otherwise the item is dated by first sight, and `dated_by` says so.
- An undated item is dated by first sight, once: reading it again never changes its date.
- Of several plausible dates that a publisher gives over time, the earliest counts; posting
  something again makes nothing new.

Rules for identity
- An item is identified by its source and canonical URL; guids change and repeat, so they serve only
  where there is no URL, and the title where there is neither.
- A part of an issue without a page of its own is known by the issue's address and its title. The
  issue is an item, too, so that it is not asked for again; whoever loads the items of a time gets
  its parts alone (`CollectedArchive.load_items`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from digest.model.item import Item
from digest.model.retrieved import FeedEntry
from digest.model.source import Source
from digest.text import quote_words, shorten_words, slugify, undouble_words
from digest.urls import canonical_url, find_feed_secrets, strip_fragment
from digest.vendor_sources import name_release, strip_press_frame

_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=2)

# title, summary, stated language → language
LanguageDetector = Callable[[str, str, str | None], str]


def make_item_id(source: str, identity: str) -> str:
    """Return the id of an item: `i` and 12 hex digits of SHA-256 over source slug and identity."""
    return "i" + hashlib.sha256(f"{source}\n{identity}".encode()).hexdigest()[:12]


def choose_plausible_date(published: datetime | None, seen: datetime) -> datetime | None:
    """Return the publisher's date in UTC where it is plausible, else None."""
    if published is None or published < _OLDEST or published > seen + _AHEAD:
        return None
    return published.astimezone(UTC)


def make_item(entry: FeedEntry, source: Source, seen: datetime, detect: LanguageDetector) -> Item:
    """Return the item of an entry of `source` that was read at `seen`."""
    url = canonical_url(entry.link) if entry.link else ""
    is_press, is_notes = (source.publishes == name for name in ("press-room", "release-notes"))
    return Item(
        id=make_item_id(source.slug, url or entry.guid or entry.title),
        url=url,
        link=entry.link,
        title=_repair_words(name_release(entry.title, source.name) if is_notes else entry.title),
        source=source.slug,
        source_name=source.name,
        tier=source.tier,
        published=choose_plausible_date(entry.published or entry.updated, seen),
        first_seen=seen,
        language=detect(entry.title, entry.summary, entry.language or source.language),
        summary=_repair_words(strip_press_frame(entry.summary) if is_press else entry.summary),
        text=_repair_words(strip_press_frame(entry.text) if is_press else entry.text),
        authors=entry.authors,
        letter=entry.letter,
        sponsored=entry.sponsored,
    )


def _repair_words(text: str) -> str:
    """Return a text whose words are of a length that words have, none of them doubled."""
    return undouble_words(shorten_words(text))  # a word that is cut is searched fast


def make_items(
    entries: Iterable[FeedEntry],
    source: Source,
    seen: datetime,
    detect: LanguageDetector,
    read_at: str = "",
) -> tuple[Item, ...]:
    """Return the items of the entries in their order, each once. Entries without text give none.

    Behind them stand those of their parts, unless the source keeps its entries whole. A part that
    leads to the page of another entry is that entry's item: it says no more than that it stood in
    an issue.
    What gives no item is told by `describe_left_out`. No secret by which the source is read stands
    in them; `read_at` is where its address led.
    """
    items: dict[str, Item] = {}
    whole = hide_feed_secrets(entries, source, read_at)
    is_split = source.reading.letters is not False
    parts = [part for entry in whole for part in list_parts(entry)] if is_split else []
    for entry in (*whole, *hide_feed_secrets(parts, source, read_at)):
        if entry.title or entry.summary or entry.text:
            item = make_item(entry, source, seen, detect)
            first = items.setdefault(item.id, item)
            items[item.id] = replace(first, letter=first.letter or item.letter)
    return tuple(items.values())


def list_parts(entry: FeedEntry) -> tuple[FeedEntry, ...]:
    """Return an entry for each part of an entry: dated as it is, with its address as the letter."""
    if not entry.link:
        return ()
    issue, page = canonical_url(entry.link), strip_fragment(entry.link)
    return tuple(
        replace(
            entry,
            link=part.link or f"{page}#{slugify(part.title)}",
            title=part.title,
            summary=part.summary,
            text=part.text,
            guid=None,
            letter=issue,
            parts=(),
        )
        for part in entry.parts
    )


def hide_feed_secrets(
    entries: Iterable[FeedEntry], source: Source, read_at: str = ""
) -> tuple[FeedEntry, ...]:
    """Return entries without the secrets of their feed's addresses and headers.

    A feed that is read by a key may name it in every link and text, or have links that are relative
    to its address: readers would get it. A page that is watched is one that readers open.
    """
    values = [source.headers[name] for name in source.secret_headers if name in source.headers]
    secrets = find_feed_secrets(filter(None, (source.url, read_at)), values)
    if secrets is None or source.reading.kind == "watch":
        return tuple(entries)
    return tuple(
        replace(
            entry,
            link=secrets.drop_from_link(entry.link),
            title=secrets.hide_in_text(entry.title),
            summary=secrets.hide_in_text(entry.summary),
            text=secrets.hide_in_text(entry.text),
            authors=tuple(map(secrets.hide_in_text, entry.authors)),
        )
        for entry in entries
    )


def describe_left_out(
    entries: Sequence[FeedEntry], source: Source, read_at: str = ""
) -> tuple[str, ...]:
    """Return in words which entries gave no item of their own, though they say something else.

    An entry that repeats another's address and title is the same story, and no loss.
    """
    linked = sum(bool(entry.link) for entry in entries)
    entries = hide_feed_secrets(entries, source, read_at)
    linked -= sum(bool(entry.link) for entry in entries)
    spoken = [entry for entry in entries if entry.title or entry.summary or entry.text]
    titles: dict[str, str] = {}  # by address, of the entry that gave the item
    hidden = [
        entry.title
        for entry in spoken
        if entry.link and titles.setdefault(canonical_url(entry.link), entry.title) != entry.title
    ]
    found = []
    if linked:
        found.append(
            f"{linked} of {len(entries)} entries lead to an address that holds the feed's own key: "
            "they are kept without it"
        )
    if wordless := len(entries) - len(spoken):
        found.append(f"{wordless} of {len(entries)} entries have neither title nor text")
    if hidden:
        found.append(
            f"{len(hidden)} of {len(entries)} entries have the address of another one, whose title "
            f"is kept: {quote_words(hidden[0])!r} is left out"
        )
    return tuple(found)
