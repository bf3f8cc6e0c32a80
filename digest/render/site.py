"""The archive of editions: index.html and feed.xml, made of the edition.json files that are there. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from markupsafe import Markup

from digest.model import N_
from digest.render.html import faces, policy
from digest.render.look import Look
from digest.render.templates import asset, environment
from digest.render.words import Words, direction, language_tag, words_for
from digest.text import clean, shorten

_HEADLINES = 5
_NEEDED = {"quarter", "title", "start", "end", "as_of", "so_far", "sample", "sections"}


@dataclass(frozen=True, slots=True)
class Found:
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
class Entry:
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
    return isinstance(data, dict) and data.keys() >= _NEEDED


def index_html(
    editions: Sequence[Found],
    title: str,
    organisation: str,
    language: str,
    look: Look = Look(),  # noqa: B008 - frozen
) -> bytes:
    """All editions on one page, the newest first. Equal editions give equal bytes."""
    words = words_for(language)
    style = faces(words.language == "th") + look.coloured(asset("css/web.css").decode())
    template = environment(words, look).get_template("pages/index.html")
    made = template.render(
        lang=words.language,
        title=clean(title),
        organisation=clean(organisation),
        entries=_entries(editions, words),
        policy=policy(style, ""),
        style=Markup(style),  # noqa: S704 - a file of ours
    )
    return made.encode("utf-8", "replace")


def feed_xml(editions: Sequence[Found], title: str, organisation: str, language: str, home: str = "") -> bytes:
    """An Atom feed of editions, the newest first. `home`: the address of the folder of editions, "" where not known."""
    words, base = words_for(language), home.rstrip("/") + "/" if home else ""
    entries = _entries(editions, words)
    made = environment(words).get_template("pages/feed.xml").render(
        lang=words.language,
        id=_urn(f"feed {title}"),
        title=clean(title),
        author=clean(organisation) or clean(title),
        entries=entries,
        updated=max((entry.updated for entry in entries), default="1970-01-01T00:00:00Z"),
        base=base,
    )  # fmt: skip
    return made.strip().encode("utf-8", "replace") + b"\n"


def _entries(editions: Sequence[Found], words: Words) -> list[Entry]:
    newest = sorted(editions, key=lambda one: (_time(one.data["start"]), one.folder), reverse=True)
    return [_entry(one, words) for one in newest]


def _entry(found: Found, words: Words) -> Entry:
    data = found.data
    spoken = words_for(words.language, str(data.get("zone", "UTC")))
    start, end = _time(data["start"]), _time(data["end"]) - timedelta(seconds=1)
    stories = [story for section in data["sections"] for story in section["stories"]]
    name = words.quarter(clean(data["quarter"]))
    marks = [(data["so_far"], N_("so far")), (data["sample"], N_("sample"))]
    return Entry(
        id=_urn(f"{data['title']} {data['quarter']}"),
        folder=found.folder,
        name=name,
        heading=f"{clean(data['title'])}, {name}",
        days=words.say(N_("%(first)s – %(last)s"), first=spoken.long_day(start), last=spoken.long_day(end)),
        stories=words.count("%(n)s story", "%(n)s stories", len(stories)),
        marks=tuple(words.say(mark) for told, mark in marks if told),
        headlines=tuple(_headline(found.folder, story) for story in stories[:_HEADLINES] if clean(story["title"])),
        languages=tuple((tag, words_for(tag).language_name(tag), f"{found.folder}/{tag}") for tag in found.languages),
        updated=clean(data["as_of"]),
    )


def _headline(folder: str, story: Mapping[str, Any]) -> Headline:
    lang = language_tag(clean(story["language"]))
    return Headline(
        shorten(clean(story["title"]), 160), lang, direction(lang), f"{folder}/digest.html#{clean(story['id'])}"
    )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _urn(name: str) -> str:
    return uuid5(NAMESPACE_URL, name).urn
