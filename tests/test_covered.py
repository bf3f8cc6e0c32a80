"""Which days are known to be held."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.covered import after_reading, after_silence, days, from_data, to_data, union
from digest.period import Quarter

QUARTER = Quarter(2026, 7)


def at(day: float) -> datetime:
    """The day-th day of the quarter, counted from 0."""
    return QUARTER.start + timedelta(days=day)


def strip(held, missing=(), now=92.0):
    return days(QUARTER, [(at(a), at(b)) for a, b in held], [at(m) for m in missing], at(now))


CASES = [
    ("nothing was read", [], [], 92, "u" * 92),
    ("all of it", [(0, 92)], [], 92, "h" * 92),
    ("from before to after", [(-9, 99)], [], 92, "h" * 92),
    ("a gap", [(0, 10), (20, 92)], [], 92, "h" * 10 + "u" * 10 + "h" * 72),
    ("a day that is held in part is unknown", [(0.5, 92)], [], 92, "u" + "h" * 91),
    ("today counts until now", [(0, 10.5)], [], 10.5, "h" * 11 + "." * 81),
    ("known to be missing", [(0, 92)], [3.4], 92, "hhh" + "m" + "h" * 88),
]


@pytest.mark.parametrize(("name", "held", "missing", "now", "letters"), CASES, ids=[row[0] for row in CASES])
def test_one_letter_a_day(name, held, missing, now, letters):
    """Held, missing, unknown, ahead."""
    assert strip(held, missing, now) == letters


def test_readings_that_overlap_leave_no_gap():
    """The second window reaches back before the first reading."""
    first = after_reading((), [at(1), at(4)], at(5))
    assert after_reading(first, [at(3), at(9)], at(10)) == ((at(1), at(10)),)


def test_a_window_that_does_not_reach_back_leaves_a_gap():
    """What was published between is unknown, and stays so."""
    first = after_reading((), [at(1)], at(5))
    assert after_reading(first, [at(8)], at(10)) == ((at(1), at(5)), (at(8), at(10)))


def test_silence_proves_that_nothing_came():
    """Only where the last reading is held."""
    first = after_reading((), [at(1)], at(5))
    assert after_silence(first, at(5), at(9)) == ((at(1), at(9)),)
    assert after_silence((), at(5), at(9)) == ()
    assert after_silence(first, None, at(9)) == first


def test_no_date_proves_nothing():
    """An undated feed, or one that is all in the future."""
    assert after_reading((), [], at(5)) == ()
    assert after_reading((), [at(8)], at(5)) == ()


MOMENTS = st.floats(-20, 120).map(at)
INTERVALS = st.lists(st.tuples(MOMENTS, MOMENTS).map(lambda pair: (min(pair), max(pair))), max_size=8)


@given(INTERVALS, MOMENTS)
def test_union_keeps_the_time_and_parts_it(intervals, moment):
    """A moment is in the union where it is in one of the intervals; the parts are disjoint and in order."""
    joined = union(intervals)
    assert any(a <= moment <= b for a, b in intervals) == any(a <= moment <= b for a, b in joined)
    assert all(first[1] < second[0] for first, second in pairwise(joined))
    assert union(joined) == joined


@given(INTERVALS)
def test_data_reads_back(intervals):
    """As the archive keeps it."""
    assert from_data(to_data(intervals)) == tuple(intervals)


def test_the_days_are_those_of_the_zone():
    """In Bangkok the quarter begins seven hours before it does in UTC."""
    bangkok = Quarter(2026, 7, "Asia/Bangkok")
    now = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert days(bangkok, [(bangkok.start, now)], [], now) == "h" + "." * 91
