"""Lay a history out as a line in time: a row for each kind, a dot for each day. Pure."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from datetime import date

from digest.app.history import ENTRY_KINDS, EntryKind, History

WIDE, NARROW = 960, 360  # drawn twice: what is shrunk to a telephone cannot be read
_LEFT, _RIGHT, _TOP, _ROW, _FOOT = 110, 20, 12, 34, 26
_SMALLEST, _LARGEST = 5.0, 11.0
_MIN_LABEL = 96  # from one name of a month to the next
_BY_MONTH = 2  # quarters up to which each month has a line


@dataclass(frozen=True, slots=True)
class Dot:
    """The entries of a kind on one day."""

    x: float
    y: float
    radius: float
    day: date
    count: int


@dataclass(frozen=True, slots=True)
class Row:
    """The line of a kind."""

    kind: EntryKind
    y: float
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """The first day of a quarter of the calendar, or of a month where there are few."""

    x: float
    day: date
    is_named: bool  # where there is room for its name


@dataclass(frozen=True, slots=True)
class Timeline:
    """A drawing."""

    width: float
    height: float
    foot: float  # of the lines
    left: float
    right: float
    rows: tuple[Row, ...]
    ticks: tuple[Tick, ...]


def lay_out_timeline(history: History, width: float = WIDE) -> Timeline | None:
    """Return the drawing of a history; None where there is nothing to draw."""
    if not history.entries:
        return None
    days = [entry.day for entry in history.entries]
    first, after = _start_quarter(min(days)), _add_months(_start_quarter(max(days)), 3)
    span, right = (after - first).days, width - _RIGHT

    def place(day: date) -> float:
        return round(_LEFT + (right - _LEFT) * (day - first).days / span, 1)

    kinds = [kind for kind in ENTRY_KINDS if any(one.kind == kind for one in history.entries)]
    rows = []
    for number, kind in enumerate(kinds):
        y = _TOP + _ROW * (number + 0.5)
        counts = Counter(entry.day for entry in history.entries if entry.kind == kind)
        dots = tuple(
            Dot(place(day), y, min(_LARGEST, _SMALLEST + 1.5 * (count - 1)), day, count)
            for day, count in sorted(counts.items())
        )
        rows.append(Row(kind, y, dots))
    foot = _TOP + _ROW * len(kinds)
    ticks: list[Tick] = []
    months = 1 if span <= _BY_MONTH * 92 else 3
    day, named = first, -math.inf
    while day < after:
        x = place(day)
        has_room = x - named >= _MIN_LABEL and width - x >= _MIN_LABEL
        named = x if has_room else named
        ticks.append(Tick(x, day, has_room))
        day = _add_months(day, months)
    return Timeline(width, foot + _FOOT, foot, _LEFT, right, tuple(rows), tuple(ticks))


def _start_quarter(day: date) -> date:
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def _add_months(first: date, count: int) -> date:
    months = first.year * 12 + first.month + count - 1
    return date(months // 12, months % 12 + 1, 1)
