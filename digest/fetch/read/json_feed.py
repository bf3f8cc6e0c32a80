"""JSON Feed 1.0 and 1.1, read by its specification and leniently where publishers are. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from digest.errors import ParseError
from digest.fetch.read import fields
from digest.fetch.read.dates import describe_date_problems, parse_date
from digest.fetch.read.letters import split_letters
from digest.fetch.read.reader import FeedContent, SourceReader
from digest.fetch.read.round_ups import add_parts
from digest.model.retrieved import FeedEntry, ParsedFeed
from digest.text import clean_text

_MAX_ENTRIES = 5000
_ITEMS = re.compile(r'"items"\s*:\s*\[')
_SEPARATORS = re.compile(r"[, \t\r\n]*")


class JsonFeedReader(SourceReader):
    """Reads JSON Feed. A file that breaks off gives the items before the break."""

    kind = "json"

    def accepts(self, content: FeedContent) -> bool:
        """Return whether an answer is a JSON object."""
        return content.text.startswith("{")

    def parse(self, content: FeedContent) -> ParsedFeed:
        """Return the feed in an answer. Raise ParseError where it is other JSON."""
        problems: list[str] = []
        try:
            feed = json.loads(content.text)
        except (ValueError, RecursionError):
            feed = _salvage_items(content.text)
            kept = len(feed.get("items", ()))
            problems.append(f"its JSON is broken; {kept} items before the fault were kept")
        is_object = isinstance(feed, dict) and isinstance(feed.get("items"), list)
        if not is_object or not (
            "jsonfeed.org" in _as_text(feed.get("version"))
            or "home_page_url" in feed
            or "feed_url" in feed
        ):
            raise ParseError("JSON that is no feed", kind="not-a-feed")
        items = [item for item in feed["items"] if isinstance(item, dict)]
        if len(items) > _MAX_ENTRIES:
            problems.append(f"it has {len(items)} items; the first {_MAX_ENTRIES} are read")
        url = content.url
        home = fields.normalize_link(_as_text(feed.get("home_page_url")), url)
        language = fields.normalize_language(_as_text(feed.get("language")))
        built = [
            _build_entry(item, home or url, language, _read_authors(feed), position)
            for position, item in enumerate(items[:_MAX_ENTRIES])
        ]
        undated = [stated_date for entry, stated_date in built if entry.published is None]
        title = fields.normalize_title(_as_text(feed.get("title")))
        entries, letter_problems = split_letters(
            ((entry, _as_text(items[entry.position].get("content_html"))) for entry, _ in built),
            content.rule,
            url=url,
            title=title,
        )
        problems += letter_problems
        links = {"next": feed.get("next_url"), "self": feed.get("feed_url")}
        hubs = feed.get("hubs")
        if isinstance(hubs, list) and hubs and isinstance(hubs[0], dict):
            links["hub"] = hubs[0].get("url")
        return ParsedFeed(
            entries=entries,
            title=title,
            home=home or None,
            language=language,
            problems=(*problems, *describe_date_problems(len(built), undated)),
            links={
                rel: address
                for rel, stated in links.items()
                if (address := fields.normalize_link(_as_text(stated), url))
            },
        )


def _salvage_items(text: str) -> dict[str, Any]:
    """Return the whole items of a broken file, with what stands before them if well-formed."""
    start = _ITEMS.search(text)
    if not start:
        return {}
    head = text[: start.start()].rstrip().rstrip(",") + "}"
    try:
        feed = json.loads(head)
    except (ValueError, RecursionError):
        feed = {"version": "https://jsonfeed.org/version/1" if "jsonfeed.org" in head else ""}
    decoder, place = json.JSONDecoder(), start.end()
    items: list[object] = []
    try:
        while len(items) < _MAX_ENTRIES:
            separators = _SEPARATORS.match(text, place)
            item, place = decoder.raw_decode(text, separators.end() if separators else place)
            items.append(item)
    except (ValueError, RecursionError):
        pass  # the break
    return (feed if isinstance(feed, dict) else {}) | {"items": items}


def _build_entry(
    item: Mapping[str, Any],
    base: str,
    language: str | None,
    feed_authors: tuple[str, ...],
    position: int,
) -> tuple[FeedEntry, str]:
    """Return an entry, and its date as stated."""
    modified = _as_text(item.get("date_modified"))
    stated_date = _as_text(item.get("date_published")) or modified
    identity = _as_text(item.get("id"))
    address = _as_text(item.get("url")) or _as_text(item.get("external_url"))
    content = _as_text(item.get("content_html")) or _escape_plain_text(
        _as_text(item.get("content_text"))
    )
    summary, text = fields.split_summary(_escape_plain_text(_as_text(item.get("summary"))), content)
    entry = FeedEntry(
        link=fields.normalize_entry_link(address, base)
        if address
        else fields.normalize_link(identity),
        title=fields.normalize_title(_as_text(item.get("title"))),
        summary=summary,
        text=text,
        published=parse_date(stated_date),
        updated=parse_date(modified),
        authors=_read_authors(item) or feed_authors,
        language=fields.normalize_language(_as_text(item.get("language")), language),
        guid=fields.normalize_guid(identity),
        position=position,
    )
    return add_parts(entry, content), clean_text(stated_date)


def _read_authors(described: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the authors of an item or a feed, given as a list (1.1), as one, or as text."""
    stated = described.get("authors") or described.get("author")
    people = stated if isinstance(stated, list) else [stated]
    names = (person.get("name") if isinstance(person, dict) else person for person in people)
    return fields.normalize_authors(map(_as_text, names))


def _escape_plain_text(text: str) -> str:
    """Return plain text as markup.

    JSON Feed's summary and content_text are no HTML, though some publishers put it there.
    """
    return text if "</" in text or "&" in text else text.replace("<", "&lt;")


def _as_text(value: object) -> str:
    """Return a value that should be text: numbers are identifiers, everything else is nothing."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return fields.as_text(value)
