"""RSS 0.9x, 1.0, 2.0 and Atom, read by feedparser after `sanitize` made them safe for it. Pure.

feedparser's own cleaning is off: `fields` makes plain text of what it gives.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import feedparser

from digest.errors import ParseError
from digest.fetch.read import fields
from digest.fetch.read.dates import describe_date_problems, parse_date
from digest.fetch.read.fields import as_text
from digest.fetch.read.json_services import guess_account_feeds
from digest.fetch.read.letters import split_letters
from digest.fetch.read.reader import FeedContent, SourceReader
from digest.fetch.read.round_ups import add_parts
from digest.fetch.read.sanitize import sanitize_feed_xml
from digest.model.retrieved import FeedEntry, ParsedFeed
from digest.text import clean_text, quote_words

_RELS = {"self", "next", "previous", "prev-archive", "next-archive", "current", "hub"}
_UPDATE_MINUTES = {"hourly": 60, "daily": 1440, "weekly": 10080, "monthly": 43200, "yearly": 525600}


class XmlFeedReader(SourceReader):
    """Reads RSS and Atom. The last resort, because many feeds start with something else."""

    kind = "feed"

    def accepts(self, content: FeedContent) -> bool:  # noqa: ARG002 (takes what the others leave)
        """Return True: whether there is a feed in an answer is for `parse` to find."""
        return True

    def parse(self, content: FeedContent) -> ParsedFeed:
        """Return the feed in an answer. Raise ParseError where there is none."""
        feed = sanitize_feed_xml(content.text)
        if feed is None:
            raise ParseError("no feed", kind="not-a-feed")
        try:
            # written for well-meaning feeds; what it raises is this feed's fault and not the run's
            parsed = feedparser.parse(
                io.BytesIO(feed.xml),
                response_headers={"content-type": "application/xml; charset=utf-8"},
                sanitize_html=False,
                resolve_relative_uris=False,
            )
        except Exception as error:
            raise ParseError(f"feedparser: {quote_words(str(error))}", kind="not-a-feed") from error
        head, url = parsed.feed, content.url
        home = fields.normalize_link(_get_text(head, "link"), url)
        language = fields.normalize_language(_get_text(head, "language"))
        # RFC 4287 4.2.1; the one of an RSS channel is its editor
        authors = _read_authors(head) if parsed.version.startswith("atom") else ()
        built = [
            _build_entry(raw, home or url, language, authors, position)
            for position, raw in enumerate(parsed.entries)
        ]
        # one without any of these is such as the shell around an entry that stands in an entry
        built = [
            row for row in built if row[0].link or row[0].title or row[0].summary or row[0].text
        ]
        undated = [stated_date for entry, stated_date in built if entry.published is None]
        feed_title = fields.normalize_title(_get_text(head, "title"))
        generator = clean_text(_get_text(head, "generator"))[:100]
        entries, letter_problems = split_letters(
            ((entry, _find_markup(parsed.entries[entry.position])) for entry, _ in built),
            content.rule,
            url=url,
            title=feed_title,
            generator=generator,
        )
        links: dict[str, str] = {}
        for link in head.get("links", ()):
            rel = str(link.get("rel", "")).lower()
            address = fields.normalize_link(str(link.get("href", "")), url)
            if address and rel in _RELS:
                links.setdefault(rel, address)
        return ParsedFeed(
            entries=entries,
            title=feed_title,
            home=home or None,
            language=language,
            problems=(
                *feed.problems,
                *describe_date_problems(len(built), undated),
                *letter_problems,
            ),
            links=links,
            ttl_minutes=_read_ttl_minutes(head),
            generator=generator,
        )

    def guess_urls(self, page_url: str) -> list[str]:
        """Return where well-known sites keep the feed of a page."""
        return guess_account_feeds(page_url)


def _build_entry(
    raw: Any, base: str, language: str | None, feed_authors: tuple[str, ...], position: int
) -> tuple[FeedEntry, str]:
    """Return an entry, and its date as stated."""
    updated, updated_text = _read_date(raw, "updated")
    published, published_text = _read_date(raw, "published")
    created, created_text = _read_date(raw, "created")
    # xml:lang, as feedparser keeps it with each text
    details = (raw.get("title_detail"), *raw.get("content", ()), raw.get("summary_detail"))
    spoken = [detail.get("language") for detail in details if isinstance(detail, Mapping)]
    spoken = [stated for stated in spoken if stated and stated != language]
    # feedparser copies summary and content to each other where one of them is missing
    summary, text = fields.split_summary(_get_text(raw, "summary"), _find_content(raw))
    entry = FeedEntry(
        link=_find_entry_link(raw, base),
        title=fields.normalize_title(_get_text(raw, "title")),
        summary=summary,
        text=text,
        published=published or created or updated,
        updated=updated,
        authors=_read_authors(raw) or feed_authors,
        language=fields.normalize_language(_get_text(raw, "language"), *spoken[:1], language),
        guid=fields.normalize_guid(_get_text(raw, "id")),
        position=position,
    )
    return add_parts(entry, _find_markup(raw)), published_text or created_text or updated_text


def _find_content(raw: Any) -> str:
    contents = (as_text(part.get("value", "")) for part in raw.get("content", ()))
    return max(contents, key=len, default="")


def _find_markup(raw: Any) -> str:
    """Return the fullest text of an entry, as markup."""
    return max(_find_content(raw), _get_text(raw, "summary"), key=len)


def _read_authors(raw: Any) -> tuple[str, ...]:
    names = [author.get("name", "") for author in raw.get("authors", ())]
    # the address of a lone author is damaged, and whole only here
    return fields.normalize_authors(names if len(names) > 1 else [_get_text(raw, "author")])


def _get_text(raw: Any, key: str) -> str:
    """Return a field as text, without feedparser's aliases: the one of `updated` warns."""
    return as_text(dict.get(raw, key))


def _read_date(raw: Any, key: str) -> tuple[datetime | None, str]:
    # not as feedparser reads it: what it cannot read it guesses, and a guess is another quarter
    stated = _get_text(raw, key)
    return parse_date(stated), clean_text(stated)


def _find_entry_link(raw: Any, base: str) -> str:
    """Return the address of the page.

    In this order: FeedBurner's original, the alternate that is a page, the link, the permanent
    guid, an identifier that is an address, though it is not said to be one, and of a podcast's
    episode without a page the recording.
    """
    alternates = [
        link
        for link in raw.get("links", ())
        if link.get("rel") == "alternate" and isinstance(link.get("href"), str)
    ]
    places = (
        _get_text(raw, "feedburner_origlink"),
        *(link["href"] for link in alternates if "html" in link.get("type", "html")),
        _get_text(raw, "link"),
        *(link["href"] for link in alternates),
    )
    addresses = (fields.normalize_entry_link(place, base) for place in places if place)
    page = next(filter(None, addresses), "") or fields.normalize_link(_get_text(raw, "id"))
    recordings = (
        fields.normalize_link(as_text(link.get("href")))
        for link in raw.get("links", ())
        if link.get("rel") == "enclosure" and link.get("type", "").startswith(("audio", "video"))
    )
    return page or next(filter(None, recordings), "")


def _read_ttl_minutes(head: Any) -> int | None:
    """Return how long the feed says that it stays as it is, in minutes; at most a year."""
    ttl = _get_text(head, "ttl").strip()
    if ttl.isascii() and ttl.isdigit():
        return min(int(ttl[:9]), _UPDATE_MINUTES["yearly"]) or None
    period = _UPDATE_MINUTES.get(_get_text(head, "sy_updateperiod").strip().lower())
    frequency = _get_text(head, "sy_updatefrequency").strip()
    times = int(frequency[:6]) if frequency.isascii() and frequency.isdigit() else 1
    return max(1, period // max(1, times)) if period else None
