"""JSON Feed 1.0 and 1.1, read by its specification and leniently where publishers are. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from digest.errors import ParseError
from digest.fetch import fields
from digest.fetch.dates import date_problems, parse_date
from digest.model import Document, Entry
from digest.text import clean

_MOST_ENTRIES = 5000
_ITEMS = re.compile(r'"items"\s*:\s*\[')


def parse_json(text: str, url: str) -> Document:
    """A JSON Feed's document. A file that breaks off gives the items before the break. Raises ParseError."""
    problems: list[str] = []
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError):
        feed = _salvaged(text)
        problems.append(f"its JSON is broken; {len(feed.get('items', ()))} items before the fault were kept")
    if not _is_feed(feed):
        raise ParseError("JSON that is no feed", kind="not-a-feed")
    items = [item for item in feed["items"] if isinstance(item, dict)]
    if len(items) > _MOST_ENTRIES:
        problems.append(f"it has {len(items)} items; the first {_MOST_ENTRIES} are read")
    home = fields.link(_text(feed.get("home_page_url")), url)
    spoken = fields.language(_text(feed.get("language")))
    entries, undated, unread = [], 0, []
    for position, item in enumerate(items[:_MOST_ENTRIES]):
        entry, stated = _entry(item, home or url, spoken, position)
        entries.append(entry)
        if entry.published is None:
            undated += 1
            unread += [stated] if stated else []
    return Document(
        entries=tuple(entries),
        title=fields.title(_text(feed.get("title"))),
        home=home or None,
        language=spoken,
        problems=(*problems, *date_problems(len(entries), undated, unread)),
        links=_links(feed, url),
    )


def _is_feed(feed: object) -> bool:
    return (
        isinstance(feed, dict)
        and isinstance(feed.get("items"), list)
        and ("jsonfeed.org" in _text(feed.get("version")) or "home_page_url" in feed or "feed_url" in feed)
    )


def _salvaged(text: str) -> dict[str, Any]:
    """The whole items of a broken file. What stands before them is read if it is well-formed."""
    start = _ITEMS.search(text)
    if not start:
        return {}
    head = text[: start.start()].rstrip().rstrip(",") + "}"
    decoder, place = json.JSONDecoder(), start.end()
    items: list[Any] = []
    try:
        feed = json.loads(head)
    except (ValueError, RecursionError):
        feed = {"version": "https://jsonfeed.org/version/1" if "jsonfeed.org" in head else ""}
    try:
        while len(items) < _MOST_ENTRIES:
            item, place = decoder.raw_decode(text, _next(text, place))
            items.append(item)
    except (ValueError, RecursionError):
        pass  # the break
    return (feed if isinstance(feed, dict) else {}) | {"items": items}


def _next(text: str, place: int) -> int:
    while place < len(text) and text[place] in ", \t\r\n":
        place += 1
    return place


def _links(feed: Mapping[str, Any], url: str) -> dict[str, str]:
    stated = {"next": feed.get("next_url"), "self": feed.get("feed_url")}
    hubs = feed.get("hubs")
    if isinstance(hubs, list) and hubs and isinstance(hubs[0], dict):
        stated["hub"] = hubs[0].get("url")
    return {rel: address for rel, value in stated.items() if (address := fields.link(_text(value), url))}


def _entry(item: Mapping[str, Any], base: str, spoken: str | None, position: int) -> tuple[Entry, str]:
    """An entry, and the date as stated."""
    stated = _text(item.get("date_published")) or _text(item.get("date_modified"))
    identity = _text(item.get("id"))
    address = _text(item.get("url")) or _text(item.get("external_url"))
    full = _text(item.get("content_html")) or _escaped(_text(item.get("content_text")))
    brief, whole = fields.split(_escaped(_text(item.get("summary"))), full)
    entry = Entry(
        link=fields.entry_link(address, base) if address else fields.link(identity),
        title=fields.title(_text(item.get("title"))),
        summary=brief,
        text=whole,
        published=parse_date(stated),
        updated=parse_date(_text(item.get("date_modified"))),
        authors=fields.authors(_names(item)),
        language=fields.language(_text(item.get("language")), spoken),
        guid=fields.guid(identity),
        position=position,
    )
    return entry, clean(stated)


def _names(item: Mapping[str, Any]) -> list[str]:
    people = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
    return [_text(person.get("name")) for person in people or () if isinstance(person, dict)]


def _escaped(words: str) -> str:
    """Plain text as markup: JSON Feed's summary and content_text are no HTML, though some publishers put it there."""
    return words if "</" in words or "&" in words else words.replace("<", "&lt;")


def _text(value: object) -> str:
    """A value that should be text: numbers are taken for identifiers, everything else is nothing."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
