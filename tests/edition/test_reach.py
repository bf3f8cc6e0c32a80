"""For whom a change holds."""

import pytest

from digest.edition.reach import find_condition, find_reach
from digest.model.tags import Event
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


@pytest.mark.parametrize(
    ("title", "text", "whom", "choice"),
    [
        (
            "Acme changes its auction",
            "From May on, campaigns that have a cap on spend will follow their goal.",
            "campaigns that have a cap on spend",
            "",
        ),
        (
            "Acme changes its auction",
            "From May on, stores using the old till must pay more. The change is not opt-in.",
            "stores using the old till",
            "The change is not opt-in",
        ),
        ("Acme brings the map by default for Harbour Campaigns", "", "Harbour Campaigns", ""),
        ("Acme moves ads", "Night Market advertisers will find all in one place.", "Night Market advertisers", ""),
        ("Acme cambia le regole", "Riguarda gli inserzionisti che vendono pane.", "inserzionisti che vendono pane", ""),
        ("Acme ändert Regeln", "Das gilt für Händler, die Brot backen.", "Händler, die Brot backen", ""),
        ("Acme change ses règles", "Cela concerne les marchands qui vendent du pain.", "marchands qui vendent du pain", ""),
        # it holds for all, or of its makers' own customers
        ("Acme asks Harbour Advertisers for keys", "It will be enabled for all users.", "", ""),
        ("Acme updates settings for Acme Advertisers", "", "", ""),
        # beside what changes
        ("Acme changes its auction", "Many accounts that have beaten their goals wondered why.", "", ""),
        ("Acme changes its auction", "Could sites that sell bread lose their place?", "", ""),
    ],
)  # fmt: skip
def test_whom_a_change_holds_for_is_found(title: str, text: str, whom: str, choice: str) -> None:
    """The reader is asked whether that is us; a change for all has no condition."""
    found = find_condition(story(title, event="update", summary=text, vendors=("Acme",)))
    assert ((found.whom, found.choice) if found else ("", "")) == (whom, choice)


@pytest.mark.parametrize(
    ("event", "text", "is_found"),
    [
        ("pricing", "Acme lowers the API prices of its businesses by a third.", True),
        ("pricing", "Acme réduit temporairement le prix pour les businesses.", True),
        ("update", "Un utente di Acme non sarà in grado di disattivarlo nei businesses.", True),
        ("incident", "Only shared pages of Acme businesses could be read by strangers.", True),
        ("update", "Only shared pages of Acme businesses can be read by strangers.", False),
    ],
)
def test_terms_and_parts_bound_a_change(event: Event, text: str, is_found: bool) -> None:
    one = story("Acme businesses in the news", event=event, summary=text)
    assert (find_reach(one, ()) is not None) == is_found
