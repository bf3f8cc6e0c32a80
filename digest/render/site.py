"""The archive of editions: index.html and feed.xml, made of the edition.json files there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from markupsafe import Markup

from digest.period import PeriodKind
from digest.render.html import build_csp, build_web_style
from digest.render.templates import get_environment
from digest.render.theme import DEFAULT_THEME, DocumentTheme
from digest.render.vendor_site import VendorLink
from digest.render.words import Localizer, get_text_direction, load_localizer, sanitize_language_tag
from digest.text import clean_text, truncate_text

_HEADLINES = 5
_REQUIRED_KEYS = {"quarter", "title", "start", "end", "as_of", "so_far", "sample", "sections"}


@dataclass(frozen=True, slots=True)
class FoundEdition:
    """An edition that was found: its folder, as the address of a link, its data, its languages."""

    folder: str
    data: Mapping[str, Any]
    languages: tuple[str, ...] = ()  # others than that of the data


@dataclass(frozen=True, slots=True)
class Headline:
    """One of the first stories of an edition."""

    title: str
    lang: str
    href: str

    @property
    def dir(self) -> str:
        """How the title is written: `rtl` or `ltr`."""
        return get_text_direction(self.lang)


@dataclass(frozen=True, slots=True)
class EditionEntry:
    """An edition in the index and the feed."""

    id: str  # URN
    folder: str
    name: str
    heading: str
    days: str
    stories: str
    marks: tuple[str, ...]
    headlines: tuple[Headline, ...]
    languages: tuple[tuple[str, str, str], ...]  # tag, its name in itself, folder
    updated: str


def is_edition(data: object) -> bool:
    """Return whether some JSON is an edition's."""
    return isinstance(data, dict) and data.keys() >= _REQUIRED_KEYS


def render_index(
    editions: Sequence[FoundEdition],
    title: str,
    organisation: str,
    language: str,
    theme: DocumentTheme = DEFAULT_THEME,
    vendors: Sequence[VendorLink] = (),
    period: PeriodKind = "quarter",
) -> bytes:
    """Render all editions as one page, the newest first. Equal editions give equal bytes.

    `vendors` are the pages of vendors that stand beside it; `period` is what editions are of.
    """
    words = load_localizer(language, period=period)
    style = build_web_style(theme, thai=words.language == "th")
    page = (
        get_environment(words, theme)
        .get_template("pages/index.html")
        .render(
            lang=words.language,
            title=clean_text(title),
            organisation=clean_text(organisation),
            entries=_build_entries(editions, words),
            vendors=vendors,
            policy=build_csp(style, ""),
            style=Markup(style),  # noqa: S704 - a file of the product
        )
    )
    return page.encode("utf-8", "replace")


def render_feed(
    editions: Sequence[FoundEdition], title: str, organisation: str, language: str, home: str = ""
) -> bytes:
    """Render an Atom feed of editions, the newest first.

    `home` is the address of the folder of editions, "" where it is not known.
    """
    words = load_localizer(language)
    entries = _build_entries(editions, words)
    feed = (
        get_environment(words)
        .get_template("pages/feed.xml")
        .render(
            lang=words.language,
            id=_make_urn(f"feed {title}"),
            title=clean_text(title),
            author=clean_text(organisation) or clean_text(title),
            entries=entries,
            updated=max((entry.updated for entry in entries), default="1970-01-01T00:00:00Z"),
            base=home.rstrip("/") + "/" if home else "",
        )
    )
    return feed.strip().encode("utf-8", "replace") + b"\n"


def _build_entries(editions: Sequence[FoundEdition], words: Localizer) -> list[EditionEntry]:
    """Build the entries of editions, the newest first."""
    entries = []
    for edition in sorted(
        editions, key=lambda found: (_parse_time(found.data["start"]), found.folder), reverse=True
    ):
        data, folder = edition.data, edition.folder
        local = load_localizer(words.language, str(data.get("zone", "UTC")))
        stories = [story for section in data["sections"] for story in section["stories"]]
        name = words.format_quarter(clean_text(data["quarter"]))
        marks = [words.translate("so far")] if data["so_far"] else []
        marks += [words.translate("sample")] if data["sample"] else []
        entry = EditionEntry(
            id=_make_urn(f"{data['title']} {data['quarter']}"),
            folder=folder,
            name=name,
            heading=f"{clean_text(data['title'])}, {name}",
            days=words.translate(
                "%(first)s – %(last)s",
                first=local.format_long_day(_parse_time(data["start"])),
                last=local.format_long_day(_parse_time(data["end"]) - timedelta(seconds=1)),
            ),
            stories=words.translate_plural("%(n)s story", "%(n)s stories", len(stories)),
            marks=tuple(marks),
            headlines=tuple(
                Headline(
                    title=truncate_text(clean_text(story["title"]), 160),
                    lang=sanitize_language_tag(clean_text(story["language"])),
                    href=f"{folder}/digest.html#{clean_text(story['id'])}",
                )
                for story in stories[:_HEADLINES]
                if clean_text(story["title"])
            ),
            languages=tuple(
                (tag, load_localizer(tag).get_language_name(tag), f"{folder}/{tag}")
                for tag in edition.languages
            ),
            updated=clean_text(data["as_of"]),
        )
        entries.append(entry)
    return entries


def _parse_time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _make_urn(name: str) -> str:
    return uuid5(NAMESPACE_URL, name).urn
