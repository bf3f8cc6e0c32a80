"""Read editions as they were built, as far as they may be shown to somebody.

What is public is listed field by field: the company's own figures, remarks and decisions stay out
unless `private` lets them in.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from digest.app.context import AppContext
from digest.errors import DigestError, UsageError

EditionData = Mapping[str, Any]
_FRAME = (
    "quarter", "start", "end", "as_of", "so_far", "language", "title", "organisation", "sample",
    "counts", "counts_before",
)  # fmt: skip
_STORY = (
    "id", "title", "language", "summary", "category", "ai", "evidence", "event", "vendors",
    "published",
)  # fmt: skip
_ITEM = ("id", "title", "source", "url", "published")
_CLAIM = (
    "story", "subject", "evidence", "points", "data_size", "availability", "speaker", "quote",
    "study", "measured_by", "ai_kind", "headline_only",
)  # fmt: skip
_PRIVATE_STORY = ("why_it_matters", "relation", "note")
_PRIVATE_FRAME = ("letter", "decisions", "stack", "ledger", "agenda")
_REQUIRED = {"quarter", "start", "end", "as_of", "so_far", "sections", "register", "claims"}


def load_editions(context: AppContext) -> list[EditionData]:
    """Return the editions of the workspace in the language it is first built in, newest first."""

    def read(path: Any) -> EditionData | None:
        try:
            data = json.loads(path.read_bytes())
        except (ValueError, OSError):
            return None  # a file that is no JSON is no edition
        return data if isinstance(data, dict) and data.keys() >= _REQUIRED else None

    paths = sorted(context.workspace.output.glob("*/edition.json"))
    found = [data for path in paths if (data := context.load_file(path, read))]
    return sorted(found, key=lambda data: (data["start"], data["quarter"]), reverse=True)


def find_edition(context: AppContext, quarter: str) -> EditionData:
    """Return the edition of a quarter; `last` and `latest` mean the newest that was built.

    Raises UsageError for what names no quarter, DigestError where it has not been built.
    """
    editions = load_editions(context)
    if quarter in ("last", "latest") and editions:
        return editions[0]
    name = context.resolve_quarter(quarter).name
    for data in editions:
        if data["quarter"] == name:
            return data
    raise DigestError(f"{name} has not been built", f"run `digest build {name}` first")


def iter_stories(edition: EditionData) -> Iterator[Mapping[str, Any]]:
    """Yield the stories of an edition, in full or in one sentence, in reading order."""
    for section in edition["sections"]:
        yield from section["stories"]
        yield from section.get("briefs", ())


def find_story(
    context: AppContext, story: str, quarter: str = ""
) -> tuple[EditionData, Mapping[str, Any]]:
    """Return a story by its id or that of one of its items, and the newest edition that tells it.

    Raises UsageError where none does.
    """
    editions = [find_edition(context, quarter)] if quarter else load_editions(context)
    for edition in editions:
        for told in iter_stories(edition):
            if told["id"] == story or any(item["id"] == story for item in told["items"]):
                return edition, told
    raise UsageError(f"no edition tells a story {story[:40]!r}", "search for one first")


def publish_story(story: Mapping[str, Any], *, private: bool) -> dict[str, Any]:
    """Return the fields of a story that may be shown."""
    fields = (*_STORY, *(_PRIVATE_STORY if private else ()))
    items = [_choose(item, _ITEM) for item in story["items"]]
    return _choose(story, fields) | {"items": items}


def publish_edition(edition: EditionData, *, private: bool) -> dict[str, Any]:
    """Return the fields of an edition that may be shown."""
    told = {story["id"]: story["title"] for story in iter_stories(edition)}
    themes = [
        {
            "title": theme["title"],
            "stories": [story for story in theme["stories"] if story in told],
        }
        for theme in edition.get("themes", ())
    ]
    sections = [
        {
            "slug": section["slug"],
            "stories": [
                publish_story(story, private=private)
                for story in (*section["stories"], *section.get("briefs", ()))
            ],
        }
        for section in edition["sections"]
    ]
    return _choose(edition, (*_FRAME, *(_PRIVATE_FRAME if private else ()))) | {
        "sections": sections,
        "themes": themes,
        "claims": [_choose(claim, _CLAIM) for claim in edition["claims"]],
        "register": [dict(row) for row in edition["register"]],
    }


def _choose(data: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: data[name] for name in names if name in data}
