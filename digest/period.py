"""Quarters: named, half-open intervals of aware time in a configured zone.

`2026-Q3` is a calendar quarter. Where `fiscal_year_starts` is not 1, quarters are named after the
year in which the fiscal year ends: with 4, `FY2027-Q1` runs from 1 April to 30 June 2026.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from digest.errors import UsageError

# How far ahead a review looks: what falls due within it is decided now or at the next review.
PLANNING_HORIZON = timedelta(days=190)
_NAME = re.compile(r"(FY)?(\d{4})-Q([1-4])", re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter that starts on the first of `month` of `year` (both calendar), in zone `zone`."""

    year: int
    month: int
    zone: str = "UTC"
    fiscal_year_starts: int = 1

    @property
    def name(self) -> str:
        """`2026-Q3`, or `FY2027-Q1` where the fiscal year does not start in January."""
        number = (self.month - self.fiscal_year_starts) % 12 // 3 + 1
        if self.fiscal_year_starts == 1:
            return f"{self.year}-Q{number}"
        first_year = self.year if self.month >= self.fiscal_year_starts else self.year - 1
        return f"FY{first_year + 1}-Q{number}"

    @property
    def start(self) -> datetime:
        """First instant, in UTC."""
        return self._month_start(self.year, self.month)

    @property
    def end(self) -> datetime:
        """First instant after the quarter, in UTC."""
        return self._month_start(*_add_months(self.year, self.month, 3))

    @property
    def days(self) -> tuple[date, ...]:
        """The quarter's calendar days in its zone."""
        first, last = (
            date(self.year, self.month, 1),
            date(*_add_months(self.year, self.month, 3), 1),
        )
        return tuple(first + timedelta(days=n) for n in range((last - first).days))

    @property
    def previous(self) -> Quarter:
        """The quarter before."""
        return self._shift_months(-3)

    @property
    def next(self) -> Quarter:
        """The quarter after."""
        return self._shift_months(3)

    def __contains__(self, when: datetime) -> bool:
        return self.start <= when < self.end

    def __str__(self) -> str:
        return self.name

    def has_ended(self, now: datetime) -> bool:
        """Return whether the quarter lies wholly before `now`."""
        return self.end <= now

    def to_local_date(self, when: datetime) -> date:
        """Return the calendar day of an instant in the quarter's zone."""
        return when.astimezone(self._tzinfo).date()

    @property
    def _tzinfo(self) -> tzinfo:
        return ZoneInfo(self.zone)

    def _month_start(self, year: int, month: int) -> datetime:
        return datetime(year, month, 1, tzinfo=self._tzinfo).astimezone(UTC)

    def _shift_months(self, months: int) -> Quarter:
        year, month = _add_months(self.year, self.month, months)
        return Quarter(year, month, self.zone, self.fiscal_year_starts)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month, which prints as `September 2026`."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{date(self.year, self.month, 1):%B %Y}"


def quarter_containing(when: datetime, zone: str = "UTC", fiscal_year_starts: int = 1) -> Quarter:
    """Return the quarter that holds an instant."""
    local = when.astimezone(ZoneInfo(zone))
    back = (local.month - fiscal_year_starts) % 3
    year, month = _add_months(local.year, local.month, -back)
    return Quarter(year, month, zone, fiscal_year_starts)


def parse_quarter(
    text: str, now: datetime, zone: str = "UTC", fiscal_year_starts: int = 1
) -> Quarter:
    """Return `2026-Q3`, `FY2027-Q1`, `last` (the last that has ended) or `current`.

    Raises UsageError where the text names no quarter, or names a fiscal one and none is configured.
    """
    word = text.strip().lower()
    if word in ("last", "current"):
        current = quarter_containing(now, zone, fiscal_year_starts)
        return current.previous if word == "last" else current
    match = _NAME.fullmatch(text.strip())
    example = "FY2027-Q1" if fiscal_year_starts != 1 else "2026-Q3"
    if not match or not 1970 <= int(match[2]) <= 9990:
        raise UsageError(f"{text!r} names no quarter", f"write {example}, last or current")
    fiscal, year, number = bool(match[1]), int(match[2]), int(match[3])
    if fiscal:
        if fiscal_year_starts == 1:
            raise UsageError(
                f"{text!r} names a fiscal quarter, but the fiscal year starts in January",
                "set digest.fiscal_year_starts in sources.yaml, or write 2026-Q3",
            )
        start = _add_months(year - 1, fiscal_year_starts, 3 * (number - 1))
    else:
        start = (year, 3 * number - 2)
        if (start[1] - fiscal_year_starts) % 3:
            raise UsageError(
                f"{text!r} is a calendar quarter, but ours do not start in its months",
                f"write {example}",
            )
    return Quarter(*start, zone, fiscal_year_starts)


def _add_months(year: int, month: int, months: int) -> tuple[int, int]:
    total = year * 12 + month - 1 + months
    return total // 12, total % 12 + 1
