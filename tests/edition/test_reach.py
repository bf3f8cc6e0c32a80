"""For whom a change holds."""

import pytest

from digest.edition.reach import find_reach
from tests.factories.stories import story

TITLE = "Acme changes themes, campaigns and the opt-out of website owners and businesses"


@pytest.mark.parametrize(
    ("text", "reach"),
    [
        (
            "The opt-out is in a menu. Acme is rolling it out to a subset of website owners.",
            "Acme is rolling it out to a subset of website owners.",
        ),
        (
            "The transition begins in August with a limited group of U.S. businesses of Acme.",
            "The transition begins in August with a limited group of U.S. businesses of Acme.",
        ),
        (
            "Acme says that its ads will initially support businesses in Canada.",
            "Acme says that its ads will initially support businesses in Canada.",
        ),
        (
            "Starting in May, campaigns that are limited by budget at Acme reach their target.",
            "Starting in May, campaigns that are limited by budget at Acme reach their target.",
        ),
        ("The change at Acme will have no effect on themes without a menu.",) * 2,
        ("In my opinion Acme is rolling it out to a subset of website owners.", ""),
        ("Is Acme rolling the opt-out out to a subset of website owners?", ""),
        ("It is limited to the accounts that Acme has opened since March.", ""),  # what is?
        ("Bakers in Oslo are limited to two ovens each since the spring.", ""),  # another thing
        ("Acme moves the opt-out to another menu of its console in May.", ""),
    ],
)
def test_the_sentence_that_bounds_a_change_is_found(text: str, reach: str) -> None:
    one = story(TITLE, event="update", summary=text)
    found = find_reach(one, ())
    assert (found.text if found else "") == reach


def test_what_is_told_already_is_not_said_twice() -> None:
    """Nor is a second bound added to a sentence that has one."""
    text = "Acme is rolling it out to a subset of website owners."
    one = story(TITLE, event="update", summary=text)
    assert find_reach(one, (text,)) is None


def test_a_study_has_no_reach() -> None:
    text = "Acme asked a subset of website owners, and its study is limited to the U.S."
    one = story(TITLE, event="research", summary=text)
    assert find_reach(one, ()) is None
