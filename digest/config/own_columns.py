"""Columns of a spreadsheet that nothing is known for, read as fields of the company's own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from digest.config.cells import parse_amount, read_day, read_text
from digest.model.stack import FieldKind

_LONGEST_NAME, _LONGEST_VALUE = 40, 200


@dataclass(frozen=True, slots=True)
class OwnColumn:
    """A column as a field: its name in the file, its heading, and its values by product."""

    name: str
    label: str
    kind: FieldKind
    values: Mapping[str, Any]


def read_own_columns(
    headings: Mapping[int, str], rows: Mapping[str, Sequence[Any]]
) -> tuple[OwnColumn, ...]:
    """Return the columns of `headings` that hold something; `rows` are the rows by product.

    A column in which every cell is a number or a day is read as such, any other as text.
    """
    found: dict[str, OwnColumn] = {}
    for at, heading in headings.items():
        cells = {key: row[at] for key, row in rows.items() if at < len(row) and read_text(row[at])}
        if cells:
            name = _name_field(heading, at)
            name = name if name not in found else f"{name[: _LONGEST_NAME - 4]}_{at + 1}"
            kind, values = _read_values(cells)
            found[name] = OwnColumn(name, heading, kind, values)
    return tuple(found.values())


def _name_field(heading: str, at: int) -> str:
    """Return a heading as a key of the file; of one without Latin letters, where it stands."""
    plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode().casefold()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_0123456789")[:_LONGEST_NAME].rstrip("_")
    return name or f"column_{at + 1}"


def _read_values(cells: Mapping[str, Any]) -> tuple[FieldKind, dict[str, Any]]:
    readers: tuple[tuple[FieldKind, Callable[[Any], Any]], ...] = (
        ("boolean", _read_truth),
        ("number", _read_number),
        ("date", read_day),
    )
    for kind, read in readers:
        try:
            return kind, {key: read(cell) for key, cell in cells.items()}
        except ValueError:
            continue
    return "text", {key: _read_words(cell) for key, cell in cells.items()}


def _read_truth(cell: Any) -> bool:
    if not isinstance(cell, bool):
        raise ValueError("is no truth value")
    return cell


def _read_number(cell: Any) -> float:
    number = cell if isinstance(cell, int | float) else parse_amount(read_text(cell))
    if number is None or isinstance(cell, bool):
        raise ValueError("is no number")
    return int(number) if number == int(number) else float(number)


def _read_words(cell: Any) -> str:
    words = f"{cell:%Y-%m-%d}" if isinstance(cell, date) else read_text(cell)
    return words[:_LONGEST_VALUE]
