"""Quarters and months: names, edges in the configured zone, fiscal years."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import UsageError
from digest.period import Quarter, name_period_kind, parse_quarter, quarter_containing

NOW = datetime(2026, 8, 8, 6, tzinfo=UTC)
MONTHS = st.integers(1, 12)
KINDS = st.sampled_from(["quarter", "month"])
TIMES = st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
ZONES = st.sampled_from(
    ["UTC", "Europe/Rome", "Asia/Bangkok", "America/New_York", "Pacific/Auckland"]
)


@pytest.mark.parametrize(
    ("text", "fiscal", "start", "end", "name"),
    [
        ("2026-Q3", 1, "2026-07-01", "2026-10-01", "2026-Q3"),
        ("2026-q4", 1, "2026-10-01", "2027-01-01", "2026-Q4"),
        ("current", 1, "2026-07-01", "2026-10-01", "2026-Q3"),
        ("last", 1, "2026-04-01", "2026-07-01", "2026-Q2"),
        ("FY2027-Q1", 4, "2026-04-01", "2026-07-01", "FY2027-Q1"),
        ("FY2027-Q4", 4, "2027-01-01", "2027-04-01", "FY2027-Q4"),
        ("2026-Q2", 4, "2026-04-01", "2026-07-01", "FY2027-Q1"),
        ("current", 2, "2026-08-01", "2026-11-01", "FY2027-Q3"),
        ("FY2026-Q1", 10, "2025-10-01", "2026-01-01", "FY2026-Q1"),
    ],
)
def test_names_and_edges(text, fiscal, start, end, name):
    """A name gives its half-open interval, and the interval its name."""
    quarter = parse_quarter(text, NOW, "UTC", fiscal)
    assert (quarter.start.date().isoformat(), quarter.end.date().isoformat(), quarter.name) == (
        start,
        end,
        name,
    )


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-Q5", "Q3-2026", "../../x", "2026-Q3\n2026-Q4", "0000-Q1", "9999-Q4"]
)
def test_what_names_no_quarter_is_refused(text):
    """The answer shows the right form."""
    with pytest.raises(UsageError, match="2026-Q3"):
        parse_quarter(text, NOW)


def test_a_fiscal_name_needs_a_fiscal_year():
    """Without the setting, FY names would be a guess."""
    with pytest.raises(UsageError, match="fiscal_year_starts"):
        parse_quarter("FY2027-Q1", NOW)


def test_a_calendar_name_that_fits_no_fiscal_quarter_is_refused():
    """With quarters from February, 2026-Q3 would cut two of them."""
    with pytest.raises(UsageError, match="calendar quarter"):
        parse_quarter("2026-Q3", NOW, "UTC", 2)


def test_edges_are_midnight_in_the_zone():
    """The last second belongs to the quarter, the next to the one after."""
    rome = Quarter(2026, 7, "Europe/Rome")
    assert rome.start == datetime(2026, 6, 30, 22, tzinfo=UTC)
    assert rome.end - timedelta(seconds=1) in rome
    assert rome.end not in rome
    assert rome.end in rome.next


@pytest.mark.parametrize(
    ("text", "kind", "start", "end", "name", "before"),
    [
        ("2026-08", "month", "2026-08-01", "2026-09-01", "2026-08", "2026-07"),
        ("2026-12", "month", "2026-12-01", "2027-01-01", "2026-12", "2026-11"),
        ("2026-01", "month", "2026-01-01", "2026-02-01", "2026-01", "2025-12"),
        ("current", "month", "2026-08-01", "2026-09-01", "2026-08", "2026-07"),
        ("last", "month", "2026-07-01", "2026-08-01", "2026-07", "2026-06"),
        # a name says what it is of, whatever the setting is
        ("2026-08", "quarter", "2026-08-01", "2026-09-01", "2026-08", "2026-07"),
        ("2026-Q3", "month", "2026-07-01", "2026-10-01", "2026-Q3", "2026-Q2"),
    ],
)
def test_months(text, kind, start, end, name, before):
    """Names, edges and the period before, where editions are of months and where they were."""
    found = parse_quarter(text, NOW, kind=kind)
    edges = (found.start.date().isoformat(), found.end.date().isoformat())
    assert (*edges, found.name, found.previous.name) == (start, end, name, before)


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-00", "2026-8", "2026-008", "1969-12", "2026-08-01"]
)
def test_what_names_no_month_is_refused(text):
    """The answer shows the form of the setting."""
    with pytest.raises(UsageError, match=r"names no month.*2026-08"):
        parse_quarter(text, NOW, kind="month")


@pytest.mark.parametrize(
    ("first", "second", "precedes"),
    [
        ("2026-06", "2026-Q3", True),
        ("2026-Q2", "2026-07", True),
        ("2026-07", "2026-Q3", False),  # a part of it
        ("2026-Q3", "2026-09", False),
        ("2026-Q3", "2026-Q3", False),
    ],
)
def test_what_lies_wholly_before(first, second, precedes):
    """An overlap is neither before nor after."""
    one, two = (parse_quarter(text, NOW) for text in (first, second))
    assert one.precedes(two) == precedes


@given(TIMES, ZONES, MONTHS, KINDS)
def test_each_instant_lies_in_exactly_the_period_of_it(when, zone, fiscal, kind):
    """Periods of a kind tile time: no gap, no overlap, for every zone and fiscal year."""
    quarter = quarter_containing(when, zone, fiscal, kind)
    assert when in quarter
    assert when not in quarter.previous
    assert when not in quarter.next
    assert quarter.previous.end == quarter.start
    assert quarter.next.previous == quarter
    assert quarter.previous.precedes(quarter)
    shortest, longest = (89, 92) if kind == "quarter" else (28, 31)
    assert shortest <= len(quarter.days) <= longest


@given(TIMES, ZONES, MONTHS, KINDS, KINDS)
def test_a_name_reads_back(when, zone, fiscal, kind, setting):
    """name and parse_quarter are inverse, whatever the setting is; a name tells its kind."""
    quarter = quarter_containing(when, zone, fiscal, kind)
    assert parse_quarter(quarter.name, when, zone, fiscal, setting) == quarter
    assert name_period_kind(quarter.name) == kind


@given(TIMES, ZONES, MONTHS)
def test_three_months_make_a_quarter(when, zone, fiscal):
    """Months lie within quarters, and the first instant of a quarter is that of a month."""
    quarter = quarter_containing(when, zone, fiscal)
    month = quarter_containing(quarter.start, zone, fiscal, "month")
    assert month.start == quarter.start
    assert month.next.next.end == quarter.end
    assert (*month.days, *month.next.days, *month.next.next.days) == quarter.days


def test_a_quarter_has_ended_from_its_end_on():
    """The end itself is outside."""
    quarter = Quarter(2026, 7)
    assert not quarter.has_ended(quarter.end - timedelta(seconds=1))
    assert quarter.has_ended(quarter.end)
