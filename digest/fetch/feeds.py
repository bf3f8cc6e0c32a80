"""Feeds of every kind, from bytes to a Document. Pure.

RSS 0.9x, 1.0, 2.0 and Atom go through feedparser with its own cleaning off, after `wellformed` made them safe for it;
JSON Feed has its own reader. Text comes out plain, dates in UTC, links absolute. A broken feed gives the entries that
can be had, and says in `problems` what was wrong.
"""

from __future__ import annotations

import io
from calendar import timegm
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import feedparser

from digest.errors import ParseError
from digest.fetch import fields
from digest.fetch.charset import decode
from digest.fetch.dates import date_problems, parse_date
from digest.fetch.inflate import unpacked
from digest.fetch.jsonfeed import parse_json
from digest.fetch.misfit import what_came
from digest.fetch.wellformed import readable
from digest.model import Document, Entry
from digest.text import clean
from digest.urls import masked

_MOST_BYTES = 16 * 2**20
_RELS = {"self", "next", "previous", "prev-archive", "next-archive", "current", "hub"}
_UPDATE_MINUTES = {"hourly": 60, "daily": 1440, "weekly": 10080, "monthly": 43200, "yearly": 525600}


def parse(body: bytes, content_type: str, url: str) -> Document:
    """The feed in a body that came from `url`. Raises ParseError (kind not-a-feed) that says what came instead."""
    body, packed = unpacked(body, _MOST_BYTES)
    text, miscoded = decode(body, content_type)
    text = text.lstrip("\ufeff\0 \t\r\n")
    try:
        document = parse_json(text, url) if text.startswith("{") else _parse_xml(text, url)
    except ParseError as error:
        came, mend = what_came(text)
        raise ParseError(f"{clean(masked(url))} gave {came} instead of a feed", mend, kind="not-a-feed") from error
    found = filter(None, (packed, miscoded))
    empty = () if document.entries else ("it has no entries",)
    return _with_problems(document, (*found, *document.problems, *empty))


def _with_problems(document: Document, problems: tuple[str, ...]) -> Document:
    return Document(
        entries=document.entries,
        title=document.title,
        home=document.home,
        language=document.language,
        problems=problems,
        links=dict(document.links),
        ttl_minutes=document.ttl_minutes,
        generator=document.generator,
    )


def _parse_xml(text: str, url: str) -> Document:
    feed = readable(text)
    if feed is None:
        raise ParseError("no feed", kind="not-a-feed")
    try:
        # feedparser is written for well-meaning feeds; whatever it raises is this feed's fault and not the run's
        parsed = feedparser.parse(
            io.BytesIO(feed.xml),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:
        raise ParseError(f"feedparser: {error}", kind="not-a-feed") from error
    return _document(parsed, feed.problems, url)


def _document(parsed: Any, problems: Iterable[str], url: str) -> Document:
    head = parsed.feed
    home = fields.link(_text(head, "link"), url)
    spoken = fields.language(_text(head, "language"))
    entries, undated, unread = [], 0, []
    for position, raw in enumerate(parsed.entries):
        entry, stated = _entry(raw, home or url, spoken, position)
        if not (entry.link or entry.title or entry.summary or entry.text):
            continue  # such as the shell around an entry that stands in an entry
        entries.append(entry)
        if entry.published is None:
            undated += 1
            unread += [stated] if stated else []
    return Document(
        entries=tuple(entries),
        title=fields.title(_text(head, "title")),
        home=home or None,
        language=spoken,
        problems=(*problems, *date_problems(len(entries), undated, unread)),
        links=_links(head.get("links", ()), url),
        ttl_minutes=_ttl(head),
        generator=clean(_text(head, "generator"))[:100],
    )


def _entry(raw: Any, base: str, spoken: str | None, position: int) -> tuple[Entry, str]:
    """An entry, and its date as stated."""
    updated, changed = _date(raw, "updated")
    published, stated = _date(raw, "published")
    created, first = _date(raw, "created")
    brief, full = fields.split(*_bodies(raw))
    entry = Entry(
        link=_link(raw, base),
        title=fields.title(_text(raw, "title")),
        summary=brief,
        text=full,
        published=published or created or updated,
        updated=updated,
        authors=fields.authors(_names(raw)),
        language=fields.language(_text(raw, "language"), _spoken(raw, spoken), spoken),
        guid=fields.guid(_text(raw, "id")),
        position=position,
    )
    return entry, stated or first or changed


def _text(raw: Any, key: str) -> str:
    """A field as text, without feedparser's aliases: the one of `updated` warns."""
    value = dict.get(raw, key)
    return value if isinstance(value, str) else ""


def _date(raw: Any, key: str) -> tuple[datetime | None, str]:
    stated = _text(raw, key)
    found = parse_date(stated)
    if found is None and stated:  # feedparser knows a few more ways to write one
        parts = dict.get(raw, f"{key}_parsed")
        found = datetime.fromtimestamp(timegm(parts), UTC) if parts and 1990 <= parts[0] <= 9000 else None
    return found, clean(stated)


def _link(raw: Any, base: str) -> str:
    """The address of the page: FeedBurner's original, the alternate that is a page, the link, the permanent guid."""
    alternates = [
        link for link in raw.get("links", ()) if link.get("rel") == "alternate" and isinstance(link.get("href"), str)
    ]
    pages = [link["href"] for link in alternates if "html" in link.get("type", "html")]
    places = (_text(raw, "feedburner_origlink"), *pages, _text(raw, "link"), *(link["href"] for link in alternates))
    for place in places:
        address = fields.entry_link(place, base) if place else ""
        if address:
            return address
    return fields.link(_text(raw, "id"))  # an identifier that is an address, though it is not said to be one


def _bodies(raw: Any) -> tuple[str, str]:
    """The summary and the longest content, as markup. feedparser copies the one to the other where it lacks."""
    contents = [part.get("value", "") for part in raw.get("content", ()) if isinstance(part.get("value"), str)]
    return _text(raw, "summary"), max(contents, key=len, default="")


def _spoken(raw: Any, feed: str | None) -> str | None:
    """xml:lang as feedparser keeps it with each text."""
    details = (raw.get("title_detail"), *raw.get("content", ()), raw.get("summary_detail"))
    stated = (detail.get("language") for detail in details if isinstance(detail, Mapping))
    return next((language for language in stated if language and language != feed), None)


def _names(raw: Any) -> list[str]:
    """feedparser takes addresses out of a lone author, and cuts those that end in more than four letters."""
    named = [author.get("name", "") for author in raw.get("authors", ())]
    return named if len(named) > 1 else [_text(raw, "author")]


def _links(links: Iterable[Mapping[str, Any]], url: str) -> dict[str, str]:
    """The first address of each relation that reading on or subscribing needs."""
    found: dict[str, str] = {}
    for link in links:
        rel, address = str(link.get("rel", "")).lower(), fields.link(str(link.get("href", "")), url)
        if address and rel in _RELS:
            found.setdefault(rel, address)
    return found


def _ttl(head: Any) -> int | None:
    """How long the feed says that it stays as it is, in minutes; at most a year."""
    stated = _text(head, "ttl").strip()
    if stated.isascii() and stated.isdigit():
        return min(int(stated[:9]), _UPDATE_MINUTES["yearly"]) or None
    period = _UPDATE_MINUTES.get(_text(head, "sy_updateperiod").strip().lower())
    often = _text(head, "sy_updatefrequency").strip()
    times = int(often[:6]) if often.isascii() and often.isdigit() else 1
    return max(1, period // max(1, times)) if period else None
