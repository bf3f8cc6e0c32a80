"""The periods of editions: named, half-open intervals of aware time in a configured zone.

`2026-Q3` is a calendar quarter. Where `fiscal_year_starts` is not 1, quarters are named after the
year in which the fiscal year ends: with 4, `FY2027-Q1` runs from 1 April to 30 June 2026.
`2026-08` is a calendar month. A name says which of the two it is; the setting `period` says which
of them an edition is of where none is named. In code both are a `Quarter`, which the program began
with (docs/decisions/055).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo

from digest.errors import UsageError

PeriodKind = Literal["quarter", "month"]
PERIOD_NAME = r"(?:(FY)?[0-9]{4}-Q[1-4]|[0-9]{4}-(0[1-9]|1[0-2]))"  # as files and addresses have it
# How far ahead a review looks. Contracts and rules need as much time, whatever the period is.
PLANNING_HORIZON = timedelta(days=190)
_NEXT_REVIEW_DAYS: dict[PeriodKind, int] = {"quarter": 100, "month": 38}  # one, and a week
_MONTHS: dict[PeriodKind, int] = {"quarter": 3, "month": 1}
_QUARTER = re.compile(r"(FY)?([0-9]{4})-Q([1-4])", re.IGNORECASE)
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_YEARS = range(1970, 9991)


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """The period of an edition: from the first of `month` of `year` (both calendar) in zone `zone`.

    It is a quarter, or a month where `kind` says so. Sorted by their start.
    """

    year: int
    month: int
    zone: str = "UTC"
    fiscal_year_starts: int = 1
    kind: PeriodKind = "quarter"

    @property
    def name(self) -> str:
        """`2026-Q3`; `FY2027-Q1` where the fiscal year does not start in January; `2026-08`."""
        if self.kind == "month":
            return f"{self.year}-{self.month:02}"
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
        """First instant after the period, in UTC."""
        return self._month_start(*_add_months(self.year, self.month, _MONTHS[self.kind]))

    @property
    def days(self) -> tuple[date, ...]:
        """The period's calendar days in its zone."""
        first, last = (
            date(self.year, self.month, 1),
            date(*_add_months(self.year, self.month, _MONTHS[self.kind]), 1),
        )
        return tuple(first + timedelta(days=n) for n in range((last - first).days))

    @property
    def previous(self) -> Quarter:
        """The period of this kind before."""
        return self._shift_months(-_MONTHS[self.kind])

    @property
    def next(self) -> Quarter:
        """The period of this kind after."""
        return self._shift_months(_MONTHS[self.kind])

    @property
    def until_next_review(self) -> timedelta:
        """The time after which the next review has surely been."""
        return timedelta(days=_NEXT_REVIEW_DAYS[self.kind])

    def __contains__(self, when: datetime) -> bool:
        return self.start <= when < self.end

    def __str__(self) -> str:
        return self.name

    def has_ended(self, now: datetime) -> bool:
        """Return whether the period lies wholly before `now`."""
        return self.end <= now

    def precedes(self, other: Quarter) -> bool:
        """Return whether this period lies wholly before another, which may be of another kind."""
        return self.end <= other.start

    def to_local_date(self, when: datetime) -> date:
        """Return the calendar day of an instant in the period's zone."""
        return when.astimezone(self._tzinfo).date()

    @property
    def _tzinfo(self) -> tzinfo:
        return ZoneInfo(self.zone)

    def _month_start(self, year: int, month: int) -> datetime:
        return datetime(year, month, 1, tzinfo=self._tzinfo).astimezone(UTC)

    def _shift_months(self, months: int) -> Quarter:
        year, month = _add_months(self.year, self.month, months)
        return Quarter(year, month, self.zone, self.fiscal_year_starts, self.kind)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month, which prints as `September 2026`."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{date(self.year, self.month, 1):%B %Y}"


def quarter_containing(
    when: datetime, zone: str = "UTC", fiscal_year_starts: int = 1, kind: PeriodKind = "quarter"
) -> Quarter:
    """Return the period of a kind that holds an instant."""
    local = when.astimezone(ZoneInfo(zone))
    back = (local.month - fiscal_year_starts) % _MONTHS[kind]
    year, month = _add_months(local.year, local.month, -back)
    return Quarter(year, month, zone, fiscal_year_starts, kind)


def parse_quarter(
    text: str,
    now: datetime,
    zone: str = "UTC",
    fiscal_year_starts: int = 1,
    kind: PeriodKind = "quarter",
) -> Quarter:
    """Return `2026-Q3`, `FY2027-Q1`, `2026-08`, `last` (that has ended) or `current`.

    Of which kind `last` and `current` are, `kind` says; other names say so themselves. Raises
    UsageError where the text names no period, or a fiscal one and none is configured.
    """
    word = text.strip().lower()
    if word in ("last", "current"):
        current = quarter_containing(now, zone, fiscal_year_starts, kind)
        return current.previous if word == "last" else current
    if (named := _MONTH.fullmatch(word)) and int(named[1]) in _YEARS:
        return Quarter(int(named[1]), int(named[2]), zone, fiscal_year_starts, "month")
    match = _QUARTER.fullmatch(word)
    quarter = "FY2027-Q1" if fiscal_year_starts != 1 else "2026-Q3"
    if not match or int(match[2]) not in _YEARS:
        example = "2026-08" if kind == "month" else quarter
        raise UsageError(f"{text!r} names no {kind}", f"write {example}, last or current")
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
                f"write {quarter}",
            )
    return Quarter(*start, zone, fiscal_year_starts)


def name_period_kind(name: str) -> PeriodKind:
    """Return of which kind the period of a name is; a quarter where it names none."""
    return "month" if _MONTH.fullmatch(name) else "quarter"


def _add_months(year: int, month: int, months: int) -> tuple[int, int]:
    total = year * 12 + month - 1 + months
    return total // 12, total % 12 + 1
