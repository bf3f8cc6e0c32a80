"""The archive of editions: index.html and feed.xml, made of the edition.json files that are there. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from markupsafe import Markup

from digest.i18n import N_
from digest.render.html import build_csp, build_font_faces
from digest.render.templates import get_environment, read_asset
from digest.render.theme import DocumentTheme
from digest.render.words import Localizer, get_text_direction, load_localizer, sanitize_language_tag
from digest.text import clean_text, truncate_text

_HEADLINES = 5
_REQUIRED_KEYS = {"quarter", "title", "start", "end", "as_of", "so_far", "sample", "sections"}


@dataclass(frozen=True, slots=True)
class FoundEdition:
    """An edition that was found: its folder, as the address of a link, its data, and its other languages."""

    folder: str
    data: Mapping[str, Any]
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Headline:
    """One of the first stories of an edition."""

    title: str
    lang: str
    dir: str
    href: str


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
    """Whether some JSON is an edition's."""
    return isinstance(data, dict) and data.keys() >= _REQUIRED_KEYS


def render_index(
    editions: Sequence[FoundEdition],
    title: str,
    organisation: str,
    language: str,
    theme: DocumentTheme = DocumentTheme(),  # noqa: B008 - frozen
) -> bytes:
    """All editions on one page, the newest first. Equal editions give equal bytes."""
    words = load_localizer(language)
    style = build_font_faces(words.language == "th") + theme.apply_colours(
        read_asset("css/web.css").decode()
    )
    template = get_environment(words, theme).get_template("pages/index.html")
    made = template.render(
        lang=words.language,
        title=clean_text(title),
        organisation=clean_text(organisation),
        entries=_build_entries(editions, words),
        policy=build_csp(style, ""),
        style=Markup(style),  # noqa: S704 - a file of ours
    )
    return made.encode("utf-8", "replace")


def render_feed(
    editions: Sequence[FoundEdition], title: str, organisation: str, language: str, home: str = ""
) -> bytes:
    """An Atom feed of editions, the newest first. `home`: the address of the folder of editions, "" where not known."""
    words, base = load_localizer(language), home.rstrip("/") + "/" if home else ""
    entries = _build_entries(editions, words)
    made = get_environment(words).get_template("pages/feed.xml").render(
        lang=words.language,
        id=_make_urn(f"feed {title}"),
        title=clean_text(title),
        author=clean_text(organisation) or clean_text(title),
        entries=entries,
        updated=max((entry.updated for entry in entries), default="1970-01-01T00:00:00Z"),
        base=base,
    )  # fmt: skip
    return made.strip().encode("utf-8", "replace") + b"\n"


def _build_entries(editions: Sequence[FoundEdition], words: Localizer) -> list[EditionEntry]:
    newest = sorted(
        editions, key=lambda one: (_parse_time(one.data["start"]), one.folder), reverse=True
    )
    return [_build_entry(one, words) for one in newest]


def _build_entry(found: FoundEdition, words: Localizer) -> EditionEntry:
    data = found.data
    spoken = load_localizer(words.language, str(data.get("zone", "UTC")))
    start, end = _parse_time(data["start"]), _parse_time(data["end"]) - timedelta(seconds=1)
    stories = [story for section in data["sections"] for story in section["stories"]]
    name = words.format_quarter(clean_text(data["quarter"]))
    marks = [(data["so_far"], N_("so far")), (data["sample"], N_("sample"))]
    return EditionEntry(
        id=_make_urn(f"{data['title']} {data['quarter']}"),
        folder=found.folder,
        name=name,
        heading=f"{clean_text(data['title'])}, {name}",
        days=words.translate(
            N_("%(first)s – %(last)s"),
            first=spoken.format_long_day(start),
            last=spoken.format_long_day(end),
        ),
        stories=words.translate_plural("%(n)s story", "%(n)s stories", len(stories)),
        marks=tuple(words.translate(mark) for told, mark in marks if told),
        headlines=tuple(
            _build_headline(found.folder, story)
            for story in stories[:_HEADLINES]
            if clean_text(story["title"])
        ),
        languages=tuple(
            (tag, load_localizer(tag).get_language_name(tag), f"{found.folder}/{tag}")
            for tag in found.languages
        ),
        updated=clean_text(data["as_of"]),
    )


def _build_headline(folder: str, story: Mapping[str, Any]) -> Headline:
    lang = sanitize_language_tag(clean_text(story["language"]))
    return Headline(
        truncate_text(clean_text(story["title"]), 160),
        lang,
        get_text_direction(lang),
        f"{folder}/digest.html#{clean_text(story['id'])}",
    )


def _parse_time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _make_urn(name: str) -> str:
    return uuid5(NAMESPACE_URL, name).urn
