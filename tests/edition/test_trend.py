"""What grew and what fell since the quarter before."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.edition import compare_coverage, compute_trend
from digest.edition.trend import QuarterHolding
from digest.model.edition import TrendChange
from digest.model.story import Story
from digest.model.tags import TaggedItem
from tests.factories.items import item, story, tags


def quarter(**counts: int):
    """Stories of two sources by category; `_` in a name stands for -."""
    made: list[Story] = []
    for category, count in counts.items():
        for n in range(count):
            one = item(len(made), source="acme-news" if n % 2 else "the-ledger")
            made.append(story(TaggedItem(one, tags(category=category.replace("_", "-")))))
    return made


def test_a_part_that_moved_by_more_than_chance_is_told():
    """With its counts, and in its direction."""
    found = compute_trend(quarter(seo=30, crm=20), quarter(seo=10, crm=40))
    assert found.grew == (TrendChange("category", "seo", 30, 10),)
    assert found.fell == (TrendChange("category", "crm", 20, 40),)
    assert (found.sources, found.sources_new, found.sources_gone) == (2, 0, 0)
    assert (found.stories, found.stories_before) == (50, 50)


def test_a_few_stories_more_are_chance():
    """Small counts move by themselves."""
    found = compute_trend(quarter(seo=5, crm=20), quarter(seo=2, crm=20))
    assert not found.grew
    assert not found.fell


def test_a_new_source_is_no_growth():
    """Only sources that gave items in both quarters are counted; the others are told by number."""
    fresh = [
        story(TaggedItem(item(500 + n, source="new-wire"), tags(category="seo"))) for n in range(40)
    ]
    found = compute_trend([*quarter(seo=10, crm=10), *fresh], quarter(seo=10, crm=10))
    assert not found.grew
    assert (found.sources, found.sources_new) == (2, 1)
    assert found.stories == 20


def test_nothing_in_common_is_no_trend():
    """Two quarters of other sources, or an empty one, cannot be compared."""
    assert compute_trend(quarter(seo=3), []) is None
    assert (
        compute_trend(quarter(seo=1), [story(TaggedItem(item(9, source="other"), tags()))]) is None
    )


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
@settings(max_examples=60, deadline=None)
def test_what_grew_one_way_fell_the_other(a, b, c, d):
    """The trend of two quarters told backwards is the same, turned round."""
    one, other = quarter(seo=2 + a, crm=2 + b), quarter(seo=2 + c, crm=2 + d)
    forth, back = compute_trend(one, other), compute_trend(other, one)
    assert {(move.slug, move.now, move.then) for move in forth.grew} == {
        (move.slug, move.then, move.now) for move in back.fell
    }


def holding(days="h" * 92, items=40, **others: tuple[str, int]) -> QuarterHolding:
    """A quarter of two sources held alike, and others: days and items."""
    rows = {"acme-news": (days, items), "the-ledger": (days, items), **others}
    return QuarterHolding(
        {name: known for name, (known, _) in rows.items()},
        {name: count for name, (_, count) in rows.items() if count},
    )


MAIL = ("u" * 92, 8)


@pytest.mark.parametrize(
    ("now", "then", "why"),
    [
        (holding(), holding(), ""),
        (holding(), None, "nothing of it is held"),
        (holding(), QuarterHolding({}, {}), "nothing of it is held"),
        (holding("h" * 52 + "." * 40), holding(), "52 of this quarter's 92 days"),
        (holding(), holding(items=8), "only 16 relevant items"),  # stray items
        (holding(items=5), holding(), "this one has only 10"),
        (holding(), holding("u" * 70 + "h" * 22), "of 2 sources that gave something, 0 are held"),
        (holding(), holding("h" * 60 + "m" * 32), "0 are held"),
        (holding(new=("h" * 92, 30)), holding(new=("", 0)), "of 3 sources"),  # a new source
        (holding(new=("h" * 92, 5)), holding(new=("", 0)), ""),  # that hardly weighs
        (holding(mail=MAIL), holding(mail=MAIL), ""),  # of a mailbox no day is known
        (holding(mail=("u" * 92, 40)), holding(mail=("u" * 92, 2)), "of 3 sources"),
        (holding(quiet=("h" * 92, 0)), holding(quiet=("h" * 92, 0)), ""),
    ],
)
def test_when_two_quarters_can_be_compared(now, then, why):
    """Same sources, same days, enough items; else the reason is told."""
    found = compare_coverage(now, then)
    assert found.comparable == (not why)
    assert why in found.reason


@given(st.integers(0, 92), st.integers(0, 92), st.integers(0, 60), st.integers(0, 60))
@settings(max_examples=60, deadline=None)
def test_comparing_takes_no_sides_and_gives_a_reason(now, then, items, items_before):
    """Two quarters that are over compare both ways or neither, and a refusal says why."""
    first = holding("h" * now + "u" * (92 - now), items)
    second = holding("h" * then + "u" * (92 - then), items_before)
    there, back = compare_coverage(first, second), compare_coverage(second, first)
    assert there.comparable == back.comparable
    assert there.comparable == (there.reason == "")
