"""JSON Feed 1.0 and 1.1, read by its specification and leniently where publishers are. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from digest.errors import ParseError
from digest.fetch.read import fields
from digest.fetch.read.dates import describe_date_problems, parse_date
from digest.model.retrieved import FeedEntry, ParsedFeed
from digest.text import clean_text

_MAX_ENTRIES = 5000
_ITEMS = re.compile(r'"items"\s*:\s*\[')


def parse_json_feed(text: str, url: str) -> ParsedFeed:
    """A JSON Feed's document. A file that breaks off gives the items before the break. Raises ParseError."""
    problems: list[str] = []
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError):
        feed = _salvage_items(text)
        problems.append(
            f"its JSON is broken; {len(feed.get('items', ()))} items before the fault were kept"
        )
    if not _is_json_feed(feed):
        raise ParseError("JSON that is no feed", kind="not-a-feed")
    items = [item for item in feed["items"] if isinstance(item, dict)]
    if len(items) > _MAX_ENTRIES:
        problems.append(f"it has {len(items)} items; the first {_MAX_ENTRIES} are read")
    home = fields.normalize_link(_as_text(feed.get("home_page_url")), url)
    spoken = fields.normalize_language(_as_text(feed.get("language")))
    entries, undated, unread = [], 0, []
    for position, item in enumerate(items[:_MAX_ENTRIES]):
        entry, stated = _build_entry(item, home or url, spoken, position)
        entries.append(entry)
        if entry.published is None:
            undated += 1
            unread += [stated] if stated else []
    return ParsedFeed(
        entries=tuple(entries),
        title=fields.normalize_title(_as_text(feed.get("title"))),
        home=home or None,
        language=spoken,
        problems=(*problems, *describe_date_problems(len(entries), undated, unread)),
        links=_collect_links(feed, url),
    )


def _is_json_feed(feed: object) -> bool:
    return (
        isinstance(feed, dict)
        and isinstance(feed.get("items"), list)
        and (
            "jsonfeed.org" in _as_text(feed.get("version"))
            or "home_page_url" in feed
            or "feed_url" in feed
        )
    )


def _salvage_items(text: str) -> dict[str, Any]:
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
        while len(items) < _MAX_ENTRIES:
            item, place = decoder.raw_decode(text, _skip_separators(text, place))
            items.append(item)
    except (ValueError, RecursionError):
        pass  # the break
    return (feed if isinstance(feed, dict) else {}) | {"items": items}


def _skip_separators(text: str, place: int) -> int:
    while place < len(text) and text[place] in ", \t\r\n":
        place += 1
    return place


def _collect_links(feed: Mapping[str, Any], url: str) -> dict[str, str]:
    stated = {"next": feed.get("next_url"), "self": feed.get("feed_url")}
    hubs = feed.get("hubs")
    if isinstance(hubs, list) and hubs and isinstance(hubs[0], dict):
        stated["hub"] = hubs[0].get("url")
    return {
        rel: address
        for rel, value in stated.items()
        if (address := fields.normalize_link(_as_text(value), url))
    }


def _build_entry(
    item: Mapping[str, Any], base: str, spoken: str | None, position: int
) -> tuple[FeedEntry, str]:
    """An entry, and the date as stated."""
    stated = _as_text(item.get("date_published")) or _as_text(item.get("date_modified"))
    identity = _as_text(item.get("id"))
    address = _as_text(item.get("url")) or _as_text(item.get("external_url"))
    full = _as_text(item.get("content_html")) or _escape_plain_text(
        _as_text(item.get("content_text"))
    )
    brief, whole = fields.split_summary(_escape_plain_text(_as_text(item.get("summary"))), full)
    entry = FeedEntry(
        link=fields.normalize_entry_link(address, base)
        if address
        else fields.normalize_link(identity),
        title=fields.normalize_title(_as_text(item.get("title"))),
        summary=brief,
        text=whole,
        published=parse_date(stated),
        updated=parse_date(_as_text(item.get("date_modified"))),
        authors=fields.normalize_authors(_read_author_names(item)),
        language=fields.normalize_language(_as_text(item.get("language")), spoken),
        guid=fields.normalize_guid(identity),
        position=position,
    )
    return entry, clean_text(stated)


def _read_author_names(item: Mapping[str, Any]) -> list[str]:
    people = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
    return [_as_text(person.get("name")) for person in people or () if isinstance(person, dict)]


def _escape_plain_text(words: str) -> str:
    """Plain text as markup: JSON Feed's summary and content_text are no HTML, though some publishers put it there."""
    return words if "</" in words or "&" in words else words.replace("<", "&lt;")


def _as_text(value: object) -> str:
    """A value that should be text: numbers are taken for identifiers, everything else is nothing."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
