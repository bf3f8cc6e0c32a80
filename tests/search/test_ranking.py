"""What candidates say in one place."""

from __future__ import annotations

from digest.app.search_lexicon import build_lexicon
from digest.search.query import parse_question
from digest.search.ranking import Candidate, CandidateRanker
from tests.factories.items import NOW

TERMS = parse_question("HubSpot pricing newsletter", build_lexicon(()))
WEIGHTS = {term.text: 1.0 for term in TERMS}


def find_in_passage(title: str, body: str = "", labels: frozenset[str] = frozenset()) -> set[str]:
    (one,) = CandidateRanker(TERMS, WEIGHTS, NOW).rank(
        [Candidate(1, title, body, NOW, labels=labels)]
    )
    return set(one.in_passage)


def test_a_title_and_a_sentence_are_one_place():
    """A title tells what its text is about."""
    assert find_in_passage("HubSpot's plans", "The pricing changes.") == {"hubspot", "pricing"}


def test_headlines_of_a_round_up_are_places_of_their_own():
    """They tell of different things."""
    assert find_in_passage("HubSpot opens an office；The pricing of gold") in (
        {"hubspot"},
        {"pricing"},
    )
    assert find_in_passage("HubSpot hires；Gold falls", "Silver pricing rises.") != {
        "hubspot",
        "pricing",
    }


def test_what_an_item_is_judged_to_be_about_says_names_alone():
    """An item about pricing need not tell of a price."""
    labels = frozenset(label for term in TERMS for label in term.labels)
    assert any(not term.is_name and term.labels for term in TERMS)
    assert find_in_passage("News", labels=labels) == {"hubspot"}
