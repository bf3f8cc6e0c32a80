"""What grew and what fell since the quarter before."""

from hypothesis import given, settings
from hypothesis import strategies as st

from digest.edition import compute_trend
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
