"""A JSON answer of any make, read by the dotted paths that its source gives (`kind: json`). Pure.

`items: data.posts` names the list; the other paths begin at each of its rows. A number is the place
in a list (`images.0.url`), `*` all of it, and the first value that is text counts. A path without
steps (`.`) is the answer itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from digest.errors import ParseError
from digest.fetch.read import fields
from digest.fetch.read.dates import describe_date_problems, parse_date
from digest.fetch.read.reader import FeedContent, SourceReader
from digest.model.retrieved import FeedEntry, ParsedFeed

_MAX_ROWS = 2_000


class JsonPathReader(SourceReader):
    """Reads a JSON endpoint, where its source says by which paths."""

    kind = "json-paths"

    def accepts(self, content: FeedContent) -> bool:
        """Return whether the source says that it is one."""
        return content.rule.kind == "json"

    def parse(self, content: FeedContent) -> ParsedFeed:
        """Return the rows as a feed. Raise ParseError where there is no list of them."""
        paths = content.rule.paths
        try:
            data = json.loads(content.text, strict=False)
        except (ValueError, RecursionError) as error:
            raise ParseError("it holds no JSON", kind="no-list") from error
        place = paths["items"]
        found = [value for value in _find(data, place) if isinstance(value, list)]
        rows = [row for value in found for row in value if isinstance(row, dict)][:_MAX_ROWS]
        if not rows and not found:
            raise ParseError(
                f"nothing in it is a list at {place!r}",
                "look at the answer, and correct paths: {items: …}",
                kind="no-list",
            )
        built = [
            _build_entry(row, paths, content.url, position) for position, row in enumerate(rows)
        ]
        entries = [entry for entry, _ in built if entry.title or entry.link]
        undated = [stated for entry, stated in built if entry.published is None]
        language = next(_find_texts(data, "language"), None)
        return ParsedFeed(
            entries=tuple(entries),
            title=fields.normalize_title(next(_find_texts(data, "title"), "")),
            language=fields.normalize_language(language),
            problems=describe_date_problems(len(built), undated),
        )


def _build_entry(
    row: Mapping[str, Any], paths: Mapping[str, str], url: str, position: int
) -> tuple[FeedEntry, str]:
    """Return an entry, and its date as stated."""

    def read(part: str) -> str:
        return next(_find_texts(row, paths[part]), "") if part in paths else ""

    summary, text = fields.split_summary(read("summary"), read("text"))
    stated = read("date")
    entry = FeedEntry(
        link=fields.normalize_link(read("link"), url),
        title=fields.normalize_title(read("title")),
        summary=summary,
        text=text,
        published=parse_date(stated),
        guid=fields.normalize_guid(read("id")),
        position=position,
    )
    return entry, stated


def _find_texts(value: Any, path: str) -> Iterator[str]:
    for found in _find(value, path):
        if isinstance(found, str) and found.strip():
            yield found
        elif isinstance(found, int | float) and not isinstance(found, bool):
            yield str(found)


def _find(value: Any, path: str) -> Iterator[Any]:
    values = [value]
    for step in filter(None, path.split(".")):
        below: list[Any] = []
        for each in values:
            if isinstance(each, dict) and step in each:
                below.append(each[step])
            elif isinstance(each, list) and step == "*":
                below += each
            elif isinstance(each, list) and step.isdecimal() and int(step[:6]) < len(each):
                below.append(each[int(step[:6])])
        values = below[: _MAX_ROWS * 10]
    yield from values
