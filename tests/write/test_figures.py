"""Different figures for the same thing."""

import pytest

from digest.model.story import Story
from digest.model.tags import TaggedItem
from digest.write.figures import find_conflicts
from tests.factories.items import item, tags

DIFFER = {
    "money": (
        ("Northvale raises $40 million in Series B for its consent tool", ""),
        ("Consent tool maker Northvale raises $45 million in Series B", ""),
    ),
    "in a summary": (
        (
            "Northvale opens a ring",
            "The ring takes 3 % of every sale made through the shop, Northvale says.",
        ),
        (
            "A ring by Northvale",
            "Northvale takes 5% of every sale made through the shop with its ring.",
        ),
    ),
    "a count": (
        ("Northvale lays off 400 people", "Northvale lays off 400 people across its sales teams."),
        ("Layoffs", "Northvale will lay off 600 people across its sales teams in May."),
    ),
}
AGREE = {
    "rounded": (
        ("Northvale raises $40 million in Series B", ""),
        ("Northvale raises $40.3M in Series B", ""),
    ),
    "the other figure stands there too": (
        ("Northvale raises $40 million in Series B", ""),
        (
            "Northvale raises $45 million in Series B",
            "Northvale raises $40 million of it in Series B shares.",
        ),
    ),
    "of other things": (
        ("Northvale raises $40 million in Series B", ""),
        ("Northvale earned $45 million last year", ""),
    ),
    "of another currency": (
        ("Northvale raises $40 million in Series B", ""),
        ("Northvale raises €37 million in Series B", ""),
    ),
    "another order": (
        ("Northvale raises $40 million in Series B", ""),
        ("Northvale raises $2 billion in Series B", ""),
    ),
    "years": (
        ("Northvale opens its Quillmark shop in 2025", ""),
        ("Northvale opens its Quillmark shop in 2026", ""),
    ),
    "no figure": (("Northvale opens", ""), ("Northvale opens a shop", "")),
}


def told_by(*reports, publishers=("Acme News", "The Ledger")) -> Story:
    """A story told by several publishers."""
    members = tuple(
        TaggedItem(item(n, title=title, summary=summary, source_name=name), tags())
        for n, ((title, summary), name) in enumerate(zip(reports, publishers, strict=True))
    )
    return Story("s1", members, members[0])


@pytest.mark.parametrize("case", DIFFER)
def test_two_publishers_that_differ_are_both_quoted(case):
    """With the words that hold the figure, the lead's first."""
    ((first, second),) = find_conflicts(told_by(*DIFFER[case]))
    assert (first.source, second.source) == ("Acme News", "The Ledger")
    assert first.text in (*DIFFER[case][0],)
    assert second.text in (*DIFFER[case][1],)


@pytest.mark.parametrize("case", AGREE)
def test_what_may_well_agree_is_no_conflict(case):
    """Rounding, other things, other currencies."""
    assert find_conflicts(told_by(*AGREE[case])) == ()


def test_a_publisher_does_not_contradict_itself():
    """Two reports of one publisher are its own affair."""
    assert find_conflicts(told_by(*DIFFER["money"], publishers=("Acme News", "Acme News"))) == ()
