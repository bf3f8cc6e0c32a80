"""What is known to be held of a source."""

import json
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.fetch.backfill.coverage import (
    CoverageState,
    TimeSpan,
    classify_days,
    find_gaps,
    find_window_start,
    merge_spans,
    record_window,
)
from digest.model.retrieved import FeedEntry, ParsedFeed
from digest.period import Quarter

START, END = datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)


def at(day: float) -> datetime:
    """The n-th day of July, as 1.5 for noon of the first."""
    return START + timedelta(days=day - 1)


def entry(day: float | None, updated: float | None = None, name: str = "") -> FeedEntry:
    link = f"https://acme.example/{name or day}"
    return FeedEntry(
        link,
        f"Day {day}",
        "",
        "",
        None if day is None else at(day),
        at(updated) if updated else None,
    )


def feed(*numbers: float) -> ParsedFeed:
    return ParsedFeed(tuple(entry(day) for day in numbers))


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ((9, 8, 7), 7),
        ((7, 8, 9), 7),
        ((1, 9, 8, 7), 7),
        ((5,), 5),
        ((9, 9, 9), 9),
        ((3, 9, 1, 8, 2, 7, 4, 6), None),
        ((), None),
        ((900, 9, 8, 7), 7),
    ],
    ids=[
        "newest first",
        "oldest first",
        "pinned",
        "one",
        "one instant",
        "no order",
        "nothing",
        "far future",
    ],
)
def test_how_far_back_a_page_is_complete(
    numbers: tuple[float, ...], expected: float | None
) -> None:
    """The last in order decides, not the oldest."""
    found = find_window_start([entry(day) for day in numbers], at(30))
    assert found == (None if expected is None else at(expected))


def test_a_page_in_order_of_change_is_complete_from_the_last_change() -> None:
    page = [entry(2, 20), entry(9, 19), entry(1, 18), entry(8, 17), entry(3, 16), entry(7, 15)]
    assert find_window_start(page, at(30)) == at(15)


def test_a_window_proves_what_lies_between_its_oldest_entry_and_now() -> None:
    state = record_window(CoverageState(), feed(20, 18, 15), at(21))
    assert state.spans == (TimeSpan(at(15), at(21)),)
    assert find_gaps(state, START, END) == (TimeSpan(START - timedelta(microseconds=1), at(15)),)


def test_a_window_that_reaches_beyond_the_quarter_leaves_no_gap() -> None:
    assert find_gaps(record_window(CoverageState(), feed(20, 18, -5), at(21)), START, END) == ()


def test_windows_that_share_an_entry_belong_together() -> None:
    state = record_window(
        record_window(CoverageState(), feed(3, 2, 1), at(3)), feed(9, 5, 3), at(10)
    )
    assert state.spans == (TimeSpan(at(1), at(10)),)


def test_a_feed_that_moved_on_too_far_leaves_a_gap() -> None:
    """From the newest entry that was seen then to the oldest that is seen now."""
    state = record_window(
        record_window(CoverageState(), feed(3, 2, 1), at(4)), feed(9, 8, 7), at(10)
    )
    assert state.spans == (TimeSpan(at(1), at(3)), TimeSpan(at(7), at(10)))
    assert find_gaps(state, at(2), END) == (TimeSpan(at(3), at(7)),)


def test_a_pinned_entry_joins_nothing() -> None:
    state = record_window(
        record_window(CoverageState(), feed(1, 3, 2.5, 2), at(4)), feed(1, 9, 8, 7), at(10)
    )
    assert len(state.spans) == 2


def test_an_undated_feed_proves_nothing() -> None:
    document = ParsedFeed((entry(None), entry(None)))
    assert record_window(CoverageState(), document, at(4)) == CoverageState()
    assert find_gaps(CoverageState(), START, END) == ()


def test_days_are_held_missing_or_unknown() -> None:
    state = record_window(
        record_window(CoverageState(), feed(5.9, 4, 2.5), at(6)), feed(12.5, 11, 10.5), at(13)
    )
    told = classify_days(state, Quarter(2026, 7))
    expected = ["unknown"] * 2 + ["held"] * 2 + ["missing"] * 6 + ["held"] * 2 + ["unknown"] * 2
    assert [told[date(2026, 7, day)] for day in range(1, 15)] == expected
    assert told[date(2026, 9, 30)] == "unknown"


def test_the_state_goes_through_json() -> None:
    state = record_window(
        CoverageState(way="chain", pages=("a",), older="https://a.example", older_than=at(1)),
        feed(3, 2),
        at(4),
    )
    assert CoverageState.from_json(json.loads(json.dumps(state.to_json()))) == state


@pytest.mark.parametrize(
    "value", [None, [], {}, {"spans": [["x", "y"]]}, {"spans": [1]}, {"newest": 5}, "text"]
)
def test_a_state_that_cannot_be_read_is_a_fresh_one(value: object) -> None:
    assert CoverageState.from_json(value) == CoverageState()


spans = st.lists(
    st.tuples(st.integers(1, 90), st.integers(1, 90)).map(
        lambda ends: TimeSpan(at(ends[0]), at(ends[1]))
    )
)


@given(spans)
def test_spans_and_gaps_make_the_whole(given_spans: list[TimeSpan]) -> None:
    """Joined spans lie apart and in order; filling the gaps leaves none."""
    found = merge_spans(given_spans)
    assert all(first.end < second.start for first, second in pairwise(found))
    state = CoverageState(spans=found)
    holes = find_gaps(state, START, END)
    filled = CoverageState(spans=merge_spans([*found, *holes]))
    assert find_gaps(filled, START, END) == ()


@given(st.lists(st.lists(st.integers(-30, 90), max_size=12), max_size=6))
def test_any_windows_give_a_state_that_keeps_its_laws(windows: list[list[int]]) -> None:
    state = CoverageState()
    for n, numbers in enumerate(windows):
        state = record_window(state, feed(*numbers), at(n * 10))
        assert merge_spans(state.spans) == state.spans
        assert CoverageState.from_json(state.to_json()) == state
