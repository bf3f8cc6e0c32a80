"""The boxes of the board page, filled so that no text leaves them.

Texts shrink to the smallest size that can be read in a room, then lose whole sentences; rows of a
table that have no room are left out from the end, and the heading says how many there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal, NamedTuple

from digest.render.text_measure import (
    TextStyle,
    cut_to_lines,
    measure_height,
    measure_line_height,
)
from digest.render.words import get_text_direction
from digest.text import join_lines

Colour = Literal["ink", "soft", "accent"]
HEADING = TextStyle(11.0, bold=True)  # of a part, on one line
HEADING_HEIGHT = 0.26  # inches
GAP = 0.05  # between paragraphs
CELL_X, CELL_Y = 0.05, 0.03  # margins of a cell, at each side
_SIZES = (11.0, 10.5, 10.0, 9.5, 9.0)  # points, the first that fits
_MAX_TITLE_LINES = 3  # where there is no room for all
_TABLE_SIZES = (10.0, 9.5, 9.0)


class Place(NamedTuple):
    """A rectangle on the page, in inches from its left upper corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text in one style. `lang` is a BCP 47 tag.

    In a cell line ends part what is printed whole or not at all; they are printed as spaces.
    `whole`: it loses whole sentences where there is no room, and is never cut within one.
    """

    text: str
    style: TextStyle
    lang: str
    colour: Colour = "ink"
    whole: bool = False

    @property
    def dir(self) -> str:
        """Whether it is written from left or right."""
        return get_text_direction(self.lang)


_Fitted = tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class TextBox:
    """Paragraphs under a heading, "" for none."""

    slug: str
    place: Place
    heading: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class TableBox:
    """A table under a heading. `widths` and `heights` are of columns and rows, in inches."""

    slug: str
    place: Place
    heading: str
    columns: tuple[str, ...]  # their headings; () for none
    widths: tuple[float, ...]
    rows: tuple[tuple[Paragraph, ...], ...]
    heights: tuple[float, ...]  # the first of the row of headings, where there is one
    points: float


@dataclass(frozen=True, slots=True)
class ChartBox:
    """A bar for each category of spend, the largest first."""

    slug: str
    place: Place
    heading: str
    names: tuple[str, ...]
    values: tuple[float, ...]
    labels: tuple[str, ...]
    alt: str  # what it shows, in words


def fit_paragraphs(texts: Sequence[Sequence[Paragraph]], places: Sequence[Place]) -> list[_Fitted]:
    """Return the paragraphs of boxes with headings at the largest size at which all of them fit.

    At the smallest each box holds as much as it has room for. Each paragraph keeps its size
    relative to the others: its `points` are added to the size that is tried.
    """
    for size in _SIZES:
        sized = [tuple(_resize(one, size) for one in some) for some in texts]
        if all(_fits(some, place) for some, place in zip(sized, places, strict=True)):
            return sized
    return [_cut_paragraphs(some, place) for some, place in zip(sized, places, strict=True)]


def fit_heading(text: str, place: Place) -> str:
    """Return the heading of a part, cut to its one line."""
    return cut_to_lines(text, place.width, HEADING, 1)


def _fits(paragraphs: _Fitted, place: Place) -> bool:
    room = place.height - HEADING_HEIGHT
    return sum(_measure(one, place.width) for one in paragraphs) <= room


def _cut_paragraphs(paragraphs: _Fitted, place: Place) -> _Fitted:
    """Return as many paragraphs, and as much of the last, as a box has room for."""
    room, kept = place.height - HEADING_HEIGHT, []
    for one in paragraphs:
        lines = int((room - GAP) / measure_line_height(one.text, one.style))
        lines = min(lines, _MAX_TITLE_LINES) if one.style.bold else lines
        text = cut_to_lines(one.text, place.width, one.style, lines) if lines > 0 else ""
        if not text or (one.whole and text != one.text and text.endswith("…")):
            break
        kept.append(replace(one, text=text))
        room -= _measure(kept[-1], place.width)
    return tuple(kept)


def _resize(paragraph: Paragraph, size: float) -> Paragraph:
    return replace(paragraph, style=replace(paragraph.style, points=size + paragraph.style.points))


def _measure(paragraph: Paragraph, width: float) -> float:
    return measure_height(paragraph.text, width, paragraph.style) + GAP


def fit_table(
    slug: str,
    place: Place,
    heading: str,
    columns: Sequence[str],
    shares: Sequence[float],
    cells: Sequence[Sequence[Paragraph]],
    *,
    lines: Sequence[int],
) -> TableBox:
    """Return a table with all rows, at the most lines of a cell and the largest size that allow it.

    Where the fewest `lines` do not either, as many rows as have room. `shares` are of the columns
    in the width.
    """
    widths = tuple(share * place.width for share in shares)
    room = place.height - HEADING_HEIGHT
    for most, points in product(lines, _TABLE_SIZES):
        rows = [
            tuple(
                _cut_cell(cell, width, points, most)
                for cell, width in zip(row, widths, strict=True)
            )
            for row in cells
        ]
        heights = [_measure_row(row, widths) for row in rows]
        head = [_measure_row(_make_head(columns, points), widths)] if columns else []
        if sum(head) + sum(heights) <= room:
            break
    kept = sum(sum(head) + sum(heights[: number + 1]) <= room for number in range(len(rows)))
    if kept < len(rows):
        heading = f"{heading} ({kept}/{len(rows)})"
    return TableBox(
        slug,
        place,
        fit_heading(heading, place),
        tuple(columns),
        widths,
        tuple(rows[:kept]),
        tuple(head + heights[:kept]),
        points,
    )


def _make_head(columns: Sequence[str], points: float) -> tuple[Paragraph, ...]:
    style = TextStyle(points - 0.5, bold=True)
    return tuple(Paragraph(name, style, "und", "soft") for name in columns)


def _cut_cell(cell: Paragraph, width: float, points: float, lines: int) -> Paragraph:
    sized = _resize(cell, points)
    text = cut_to_lines(sized.text, width - 2 * CELL_X, sized.style, lines)
    return replace(sized, text=join_lines(text))


def _measure_row(row: Sequence[Paragraph], widths: Sequence[float]) -> float:
    cells = (
        measure_height(cell.text or "x", width - 2 * CELL_X, cell.style)
        for cell, width in zip(row, widths, strict=True)
    )
    return max(cells) + 2 * CELL_Y
