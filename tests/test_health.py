"""What needs a person about a source."""

from dataclasses import replace
from datetime import timedelta

import pytest

from digest.app.collect import CollectionReport, SourceReport
from digest.app.source_state import remember_letters
from digest.app.sources import log_collection
from digest.decide.source_health import (
    SourceContributions,
    SourceStatus,
    assess_sources,
    find_duplicates,
    list_findings,
)
from tests.factories.items import NOW, item, source

WELL = SourceStatus(last_success=NOW)
RECENT = [item(n, published=NOW - timedelta(days=n)) for n in range(1, 9)]
OLD = [item(n, published=NOW - timedelta(days=100 + n)) for n in range(8)]

CASES = [
    ("well", WELL, RECENT, None, []),
    ("a flicker", replace(WELL, failures=1, kind="timeout", problem="no answer"), RECENT, None, []),
    (
        "three in a row",
        replace(WELL, failures=3, kind="timeout", problem="no answer"),
        RECENT,
        None,
        ["dead"],
    ),
    ("410", replace(WELL, failures=1, kind="gone", problem="is gone"), RECENT, None, ["dead"]),
    (
        "a login page",
        replace(WELL, failures=1, kind="not-a-feed", problem="answers a login page"),
        RECENT,
        None,
        ["blocked"],
    ),
    (
        "refused",
        replace(WELL, failures=5, kind="http-403", problem="403"),
        RECENT,
        None,
        ["blocked"],
    ),
    ("moved", replace(WELL, moved_to="https://new.example/feed"), RECENT, None, ["moved"]),
    ("silent", WELL, OLD, None, ["silent"]),
    ("answers, gave nothing ever", WELL, [], None, ["silent"]),
    ("never read", SourceStatus(), [], None, []),
    ("undated", WELL, [replace(one, published=None) for one in RECENT], None, ["undated"]),
    ("twin", WELL, RECENT, "Other", ["duplicate"]),
    (
        "first empty letter",
        replace(WELL, letters={"stories": 18, "empty": 1}),
        OLD,
        None,
        ["letter"],
    ),
    ("letters as ever", replace(WELL, letters={"stories": 18, "empty": 0}), RECENT, None, []),
    ("never gave a story", replace(WELL, letters={"stories": 0, "empty": 3}), RECENT, None, []),
]


@pytest.mark.parametrize(
    ("name", "pulse", "items", "twin", "kinds"), CASES, ids=[row[0] for row in CASES]
)
def test_findings(name, pulse, items, twin, kinds):
    """Each state gives its word, and every finding says how to mend it."""
    found = list(list_findings(source(), pulse, items, twin, NOW))
    assert [one.kind for one in found] == kinds
    assert all(one.words and one.mend for one in found)


def test_a_rare_publisher_is_not_called_silent():
    """One that publishes every two months is quiet for three without a fault."""
    rare = [item(n, published=NOW - timedelta(days=80 + 60 * n)) for n in range(6)]
    assert list(list_findings(source(), WELL, rare, None, NOW)) == []


def test_a_name_with_a_quote_is_safe_in_the_command():
    """The mend can be pasted into a shell."""
    pulse = replace(WELL, failures=3, kind="timeout", problem="no answer")
    one = next(iter(list_findings(source(name="Ann's; rm -rf"), pulse, RECENT, None, NOW)))
    assert "'Ann'\"'\"'s; rm -rf'" in one.mend


def test_of_two_that_repeat_each_other_one_is_the_duplicate():
    """The smaller one; few pages prove nothing."""
    many = [item(n, source="big") for n in range(10)]
    same = [item(n, source="small") for n in range(6)]
    assert find_duplicates({"big": many, "small": same}) == {"small": "big"}
    assert find_duplicates({"big": many, "tiny": same[:3]}) == {}
    assert len(find_duplicates({"a": many, "b": [replace(one, source="b") for one in many]})) == 1


def test_worth_is_in_shares():
    """Of its items in the edition, and of the shared stories that it had first."""
    one = source()
    worth = SourceContributions({one.slug: 2}, {one.slug: 4}, {one.slug: 1})
    row = assess_sources(
        [one, replace(source("Off"), enabled=False)], {one.slug: WELL}, RECENT, worth, RECENT, NOW
    )
    assert [(health.items, health.in_edition, health.first) for health in row] == [(8, 0.25, 0.25)]


@pytest.mark.parametrize(
    ("a_day", "printed", "relevant", "kinds"),
    [(60, 0, 5, ["flood"]), (60, 12, 30, []), (20, 0, 0, ["off-topic"]), (10, 0, 0, [])],
)
def test_floods_and_sources_that_are_about_something_else(a_day, printed, relevant, kinds):
    """Told with numbers; a flood of which much is printed is none."""
    items = [item(n, published=NOW - timedelta(days=3, minutes=n)) for n in range(a_day)]
    slug = items[0].source
    given = SourceContributions({slug: printed}, {}, {}, relevant={slug: relevant})
    own = replace(source(), slug=slug)
    (row,) = assess_sources([own], {slug: WELL}, items, given, items, NOW)
    assert [one.kind for one in row.findings] == kinds


def test_letters_are_counted():
    """The empty ones at the end, and the stories of those before."""
    memory = remember_letters({"due": "x"}, [("a", "b"), (), ("c",), ()])
    assert memory == {"due": "x", "letters": {"stories": 3, "empty": 1}}
    assert remember_letters(memory, [()])["letters"]["empty"] == 2
    assert remember_letters(memory, [("d",)])["letters"] == {"stories": 4, "empty": 0}


def test_cron_hears_of_a_dead_feed_when_it_begins_and_when_it_counts_as_dead(caplog):
    """Not with each run of every hour."""
    told = []
    for failures in range(1, 8):
        caplog.clear()
        report = SourceReport("Acme", "http-404", problem="404", failures=failures)
        log_collection(CollectionReport((report,)))
        told.append(any(record.levelname == "WARNING" for record in caplog.records))
    assert told == [True, False, True, False, False, False, False]
