"""Quarters: names, edges in the configured zone, fiscal years."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import UsageError
from digest.period import Quarter, parse_quarter, quarter_containing

NOW = datetime(2026, 8, 8, 6, tzinfo=UTC)
MONTHS = st.integers(1, 12)
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


@given(TIMES, ZONES, MONTHS)
def test_each_instant_lies_in_exactly_the_quarter_of_it(when, zone, fiscal):
    """Quarters tile time: no gap, no overlap, for every zone and fiscal year."""
    quarter = quarter_containing(when, zone, fiscal)
    assert when in quarter
    assert when not in quarter.previous
    assert when not in quarter.next
    assert quarter.previous.end == quarter.start
    assert quarter.next.previous == quarter
    assert 89 <= len(quarter.days) <= 92


@given(TIMES, ZONES, MONTHS)
def test_a_name_reads_back(when, zone, fiscal):
    """name and parse_quarter are inverse."""
    quarter = quarter_containing(when, zone, fiscal)
    assert parse_quarter(quarter.name, when, zone, fiscal) == quarter


def test_a_quarter_has_ended_from_its_end_on():
    """The end itself is outside."""
    quarter = Quarter(2026, 7)
    assert not quarter.has_ended(quarter.end - timedelta(seconds=1))
    assert quarter.has_ended(quarter.end)
