"""Render the pages and feeds of the served archive, in the first language of the workspace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote, urlencode
from uuid import NAMESPACE_URL, uuid5

from jinja2 import Environment
from markupsafe import Markup, escape

from digest.app.build import load_style
from digest.app.context import AppContext
from digest.app.history import History, make_slug
from digest.app.search_hits import Hit
from digest.render.html import build_web_style
from digest.render.templates import get_environment, read_asset
from digest.render.words import EVENTS, N_, Localizer, get_text_direction, load_localizer
from digest.text import clean_text

_KINDS = {
    "happened": N_("Happened"),
    "promised": N_("Promised"),
    "answered": N_("Answered"),
    "claimed": N_("Claimed of its AI"),
    "proven": N_("Proof quoted"),
}
_STANDINGS = {
    "open": N_("open"),
    "shipped": N_("shipped"),
    "partly shipped": N_("partly shipped"),
    "withdrawn": N_("withdrawn"),
    "seen": N_("may be kept"),
    "slipped": N_("late"),
    "silent": N_("nothing seen"),
    "unwatched": N_("not watched"),
}
_HIT_KINDS = {
    "story": N_("told in an edition"),
    "letter": N_("letter"),
    "note": N_("note"),
    "decision": N_("decision"),
    "promise": N_("promise"),
    "answer": N_("answer of a vendor"),
}


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """An entry of a feed."""

    id: str
    title: str
    updated: str  # ISO 8601
    url: str
    summary: str = ""
    author: str = ""


class PageRenderer:
    """Renders with the words, colours and fonts of a workspace."""

    def __init__(self, context: AppContext, feed_token: str = "") -> None:
        settings = context.config.digest
        self._words: Localizer = load_localizer(
            settings.languages[0], settings.timezone, settings.period
        )
        theme = load_style(context)
        self._environment: Environment = get_environment(self._words, theme)
        self._style = build_web_style(theme, thai=True) + theme.apply_colours(
            read_asset("css/serve.css").decode()
        )
        self._feed_token = feed_token
        self._frame = {
            "lang": self._words.language,
            "site_title": clean_text(settings.title),
            "organisation": clean_text(settings.organisation or ""),
            "kinds": _KINDS,
            "standings": _STANDINGS,
            "hit_kinds": _HIT_KINDS,
            "events": EVENTS,
            "mark": mark_places,
            "direction": get_text_direction,
            "day": read_day,
            "feed": self.make_feed_address,
            "link": make_address,
            "slug": make_slug,
        }

    @property
    def style(self) -> bytes:
        """The style of all pages."""
        return self._style.encode()

    def render_page(self, name: str, **values: Any) -> bytes:
        """Render a template of the folder `serve`."""
        template = self._environment.get_template(f"serve/{name}.html")
        return template.render({**self._frame, "query": "", **values}).encode("utf-8", "replace")

    def render_feed(
        self, title: str, address: str, page: str, entries: Sequence[FeedEntry]
    ) -> bytes:
        """Render an Atom feed. `address` and `page` are absolute."""
        feed = self._environment.get_template("serve/feed.xml").render(
            lang=self._words.language,
            id=make_urn(f"feed {title} {page}"),
            title=clean_text(title),
            author=self._frame["organisation"] or self._frame["site_title"],
            address=address,
            page=page,
            updated=max((entry.updated for entry in entries), default="1970-01-01T00:00:00Z"),
            entries=entries,
        )
        return feed.strip().encode("utf-8", "replace") + b"\n"

    def make_feed_address(self, path: str, **query: str) -> str:
        """Return the address of a feed, with what lets a feed reader in."""
        token = {"token": self._feed_token} if self._feed_token else {}
        return make_address(f"/feeds/{path}", **query, **token)

    def format_quarter(self, name: str) -> str:
        """Return a quarter's name in words."""
        return self._words.format_quarter(name)

    def translate(self, text: str, **values: object) -> str:
        """Return a text of the product's own in the language of the pages."""
        return self._words.translate(text, **values)


def read_day(time: str) -> date:
    """Return the day of a time in ISO 8601."""
    return date.fromisoformat(time[:10])


def make_address(path: str, **query: Any) -> str:
    """Return an address of ours: its path quoted, without parameters that are empty."""
    pairs = [
        (name, str(value))
        for name, given in query.items()
        for value in (given if isinstance(given, list | tuple) else [given])
        if value not in ("", None)
    ]
    return quote(path) + (f"?{urlencode(pairs)}" if pairs else "")


def make_urn(name: str) -> str:
    """Return an id for a name that stays the same."""
    return uuid5(NAMESPACE_URL, name).urn


def mark_places(text: str, places: Sequence[tuple[int, int]]) -> Markup:
    """Return a text with places marked, everything in it escaped."""
    shown, at = Markup(), 0
    for start, end in places:
        shown += escape(text[at:start]) + Markup("<mark>%s</mark>") % text[start:end]
        at = end
    return shown + escape(text[at:])


def list_edition_entries(
    editions: Sequence[Mapping[str, Any]], pages: PageRenderer, base: str
) -> list[FeedEntry]:
    """Return an entry for each edition."""
    return [
        FeedEntry(
            make_urn(f"{data['title']} {data['quarter']}"),
            f"{clean_text(data['title'])}, {pages.format_quarter(data['quarter'])}",
            data["as_of"],
            f"{base}/editions/{quote(data['quarter'])}/digest.html",
            " · ".join(
                clean_text(story["title"])
                for section in data["sections"]
                for story in section["stories"][:1]
            ),
        )
        for data in editions
    ]


def list_history_entries(history: History, pages: PageRenderer, most: int) -> list[FeedEntry]:
    """Return an entry for each thing of a history that has an address, newest first."""
    return [
        FeedEntry(
            make_urn(f"{entry.kind} {entry.url} {entry.text}"),
            entry.text,
            f"{entry.day.isoformat()}T00:00:00Z",
            entry.url,
            pages.translate(_KINDS[entry.kind]),
            entry.source,
        )
        for entry in history.entries
        if entry.url
    ][:most]


def list_hit_entries(hits: Sequence[Hit]) -> list[FeedEntry]:
    """Return an entry for each hit that has an address, newest first."""
    newest = sorted((hit for hit in hits if hit.url), key=lambda hit: (hit.date, hit.id))[::-1]
    return [
        FeedEntry(
            make_urn(hit.id), clean_text(hit.title), format_moment(hit.date), hit.url,
            clean_text(hit.quote), hit.source,
        )
        for hit in newest
    ]  # fmt: skip


def format_moment(when: datetime) -> str:
    """Return a time as feeds take it."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
