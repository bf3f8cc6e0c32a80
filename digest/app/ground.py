"""Run the grounding gate alone, on sentences given as JSON lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from email.utils import parsedate_to_datetime
from typing import Any

from digest.app.lab import read_json_lines
from digest.errors import UsageError
from digest.ground import GroundItem, check_sentence

_HINT = "give id, items, cites, sentence and lang, as `digest lab ground --help` says"
_MAX_CHARS = 200_000
_DAY = re.compile(r"\s*(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?!\d)")


def ground_rows(lines: Iterable[str], name: str) -> Iterator[dict[str, Any]]:
    """Yield for each row whether its sentence may stand, and why not: `id`, `passes`, `reason`.

    Raises UsageError, with the name and the line, before anything is judged, for a row that lacks
    what it needs or cites an item that it does not hold.
    """
    rows = [
        (row["id"], *_read_row(row, f"{name}:{number}"))
        for number, row in read_json_lines(lines, name)
    ]
    for row_id, sentence, cited, items, lang in rows:
        verdict = check_sentence(sentence, cited, items, lang)
        yield {"id": row_id, "passes": verdict.passes, "reason": verdict.reason}


def _read_row(
    row: dict[str, Any], where: str
) -> tuple[str, list[GroundItem], list[GroundItem], str]:
    """Return a row's sentence, the cited items, all items, and the sentence's language."""
    given = row.get("items")
    if not isinstance(given, list):
        raise UsageError(f"{where}: items must be a list of objects", _HINT)
    items: dict[str, GroundItem] = {}
    for number, one in enumerate(given, 1):
        item = _read_item(one, f"{where}: item {number}")
        if item.id in items:
            raise UsageError(f"{where}: item {item.id} is given twice", _HINT)
        items[item.id] = item
    cites = row.get("cites")
    if not isinstance(cites, list) or not all(_is_id(cite) for cite in cites):
        raise UsageError(f"{where}: cites must be a list of ids of items", _HINT)
    unknown = [str(cite) for cite in cites if str(cite) not in items]
    if unknown:
        raise UsageError(f"{where}: cites {unknown[0]}, which is no item of this row", _HINT)
    sentence = _read_text(row, "sentence", where)
    if not sentence.strip():
        raise UsageError(f"{where}: sentence must hold a text", _HINT)
    cited = [items[identity] for identity in dict.fromkeys(str(cite) for cite in cites)]
    return sentence, cited, list(items.values()), _read_text(row, "lang", where)


def _read_item(given: object, where: str) -> GroundItem:
    if not isinstance(given, dict) or not _is_id(given.get("id")):
        raise UsageError(f"{where}: an object with an id is wanted", _HINT)
    fields = ("title", "summary", "text", "lang", "date", "publisher")
    title, summary, text, lang, day, publisher = (
        _read_text(given, field, where) for field in fields
    )
    return GroundItem(str(given["id"]), title, summary, text, lang, parse_day(day), publisher)


def _is_id(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and value != ""


def _read_text(row: dict[str, Any], field: str, where: str) -> str:
    value = row.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise UsageError(f"{where}: {field} must be a text, not {type(value).__name__}", _HINT)
    return value[:_MAX_CHARS]


def parse_day(written: str) -> date | None:
    """Return the day of an ISO 8601 or mail date; the middle of a month given alone, else None."""
    match = _DAY.match(written)
    try:
        if match:
            return date(int(match[1]), int(match[2]), int(match[3] or 15))
        return parsedate_to_datetime(written).date() if written.strip() else None
    except ValueError:
        return None
