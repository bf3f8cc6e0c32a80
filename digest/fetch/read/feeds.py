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
from digest.fetch.http.inflate import unpack_gzip
from digest.fetch.read import fields
from digest.fetch.read.charset import decode_body
from digest.fetch.read.dates import describe_date_problems, parse_date
from digest.fetch.read.diagnose import describe_content
from digest.fetch.read.json_feed import parse_json_feed
from digest.fetch.read.sanitize import sanitize_feed_xml
from digest.model.retrieved import FeedEntry, ParsedFeed
from digest.text import clean_text
from digest.urls import redact_url

_MAX_BYTES = 16 * 2**20
_RELS = {"self", "next", "previous", "prev-archive", "next-archive", "current", "hub"}
_UPDATE_MINUTES = {"hourly": 60, "daily": 1440, "weekly": 10080, "monthly": 43200, "yearly": 525600}


def parse_feed(body: bytes, content_type: str, url: str) -> ParsedFeed:
    """The feed in a body that came from `url`. Raises ParseError (kind not-a-feed) that says what came instead."""
    body, packed = unpack_gzip(body, _MAX_BYTES)
    text, miscoded = decode_body(body, content_type)
    text = text.lstrip("\ufeff\0 \t\r\n")
    try:
        document = parse_json_feed(text, url) if text.startswith("{") else _parse_xml(text, url)
    except ParseError as error:
        came, mend = describe_content(text)
        raise ParseError(
            f"{clean_text(redact_url(url))} gave {came} instead of a feed", mend, kind="not-a-feed"
        ) from error
    found = filter(None, (packed, miscoded))
    empty = () if document.entries else ("it has no entries",)
    return _replace_problems(document, (*found, *document.problems, *empty))


def _replace_problems(document: ParsedFeed, problems: tuple[str, ...]) -> ParsedFeed:
    return ParsedFeed(
        entries=document.entries,
        title=document.title,
        home=document.home,
        language=document.language,
        problems=problems,
        links=dict(document.links),
        ttl_minutes=document.ttl_minutes,
        generator=document.generator,
    )


def _parse_xml(text: str, url: str) -> ParsedFeed:
    feed = sanitize_feed_xml(text)
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
    return _build_parsed_feed(parsed, feed.problems, url)


def _build_parsed_feed(parsed: Any, problems: Iterable[str], url: str) -> ParsedFeed:
    head = parsed.feed
    home = fields.normalize_link(_get_text(head, "link"), url)
    spoken = fields.normalize_language(_get_text(head, "language"))
    entries, undated, unread = [], 0, []
    for position, raw in enumerate(parsed.entries):
        entry, stated = _build_entry(raw, home or url, spoken, position)
        if not (entry.link or entry.title or entry.summary or entry.text):
            continue  # such as the shell around an entry that stands in an entry
        entries.append(entry)
        if entry.published is None:
            undated += 1
            unread += [stated] if stated else []
    return ParsedFeed(
        entries=tuple(entries),
        title=fields.normalize_title(_get_text(head, "title")),
        home=home or None,
        language=spoken,
        problems=(*problems, *describe_date_problems(len(entries), undated, unread)),
        links=_collect_links(head.get("links", ()), url),
        ttl_minutes=_read_ttl_minutes(head),
        generator=clean_text(_get_text(head, "generator"))[:100],
    )


def _build_entry(raw: Any, base: str, spoken: str | None, position: int) -> tuple[FeedEntry, str]:
    """An entry, and its date as stated."""
    updated, changed = _read_date(raw, "updated")
    published, stated = _read_date(raw, "published")
    created, first = _read_date(raw, "created")
    brief, full = fields.split_summary(*_read_bodies(raw))
    entry = FeedEntry(
        link=_find_entry_link(raw, base),
        title=fields.normalize_title(_get_text(raw, "title")),
        summary=brief,
        text=full,
        published=published or created or updated,
        updated=updated,
        authors=fields.normalize_authors(_read_author_names(raw)),
        language=fields.normalize_language(
            _get_text(raw, "language"), _find_language(raw, spoken), spoken
        ),
        guid=fields.normalize_guid(_get_text(raw, "id")),
        position=position,
    )
    return entry, stated or first or changed


def _get_text(raw: Any, key: str) -> str:
    """A field as text, without feedparser's aliases: the one of `updated` warns."""
    value = dict.get(raw, key)
    return value if isinstance(value, str) else ""


def _read_date(raw: Any, key: str) -> tuple[datetime | None, str]:
    stated = _get_text(raw, key)
    found = parse_date(stated)
    if found is None and stated:  # feedparser knows a few more ways to write one
        parts = dict.get(raw, f"{key}_parsed")
        found = (
            datetime.fromtimestamp(timegm(parts), UTC)
            if parts and 1990 <= parts[0] <= 9000
            else None
        )
    return found, clean_text(stated)


def _find_entry_link(raw: Any, base: str) -> str:
    """The address of the page: FeedBurner's original, the alternate that is a page, the link, the permanent guid."""
    alternates = [
        link
        for link in raw.get("links", ())
        if link.get("rel") == "alternate" and isinstance(link.get("href"), str)
    ]
    pages = [link["href"] for link in alternates if "html" in link.get("type", "html")]
    places = (
        _get_text(raw, "feedburner_origlink"),
        *pages,
        _get_text(raw, "link"),
        *(link["href"] for link in alternates),
    )
    for place in places:
        address = fields.normalize_entry_link(place, base) if place else ""
        if address:
            return address
    return fields.normalize_link(
        _get_text(raw, "id")
    )  # an identifier that is an address, though it is not said to be one


def _read_bodies(raw: Any) -> tuple[str, str]:
    """The summary and the longest content, as markup. feedparser copies the one to the other where it lacks."""
    contents = [
        part.get("value", "")
        for part in raw.get("content", ())
        if isinstance(part.get("value"), str)
    ]
    return _get_text(raw, "summary"), max(contents, key=len, default="")


def _find_language(raw: Any, feed: str | None) -> str | None:
    """xml:lang as feedparser keeps it with each text."""
    details = (raw.get("title_detail"), *raw.get("content", ()), raw.get("summary_detail"))
    stated = (detail.get("language") for detail in details if isinstance(detail, Mapping))
    return next((language for language in stated if language and language != feed), None)


def _read_author_names(raw: Any) -> list[str]:
    """feedparser takes addresses out of a lone author, and cuts those that end in more than four letters."""
    named = [author.get("name", "") for author in raw.get("authors", ())]
    return named if len(named) > 1 else [_get_text(raw, "author")]


def _collect_links(links: Iterable[Mapping[str, Any]], url: str) -> dict[str, str]:
    """The first address of each relation that reading on or subscribing needs."""
    found: dict[str, str] = {}
    for link in links:
        rel, address = (
            str(link.get("rel", "")).lower(),
            fields.normalize_link(str(link.get("href", "")), url),
        )
        if address and rel in _RELS:
            found.setdefault(rel, address)
    return found


def _read_ttl_minutes(head: Any) -> int | None:
    """How long the feed says that it stays as it is, in minutes; at most a year."""
    stated = _get_text(head, "ttl").strip()
    if stated.isascii() and stated.isdigit():
        return min(int(stated[:9]), _UPDATE_MINUTES["yearly"]) or None
    period = _UPDATE_MINUTES.get(_get_text(head, "sy_updateperiod").strip().lower())
    often = _get_text(head, "sy_updatefrequency").strip()
    times = int(often[:6]) if often.isascii() and often.isdigit() else 1
    return max(1, period // max(1, times)) if period else None
