"""What answers a question: enough of it, its names, something beside them, by words and meaning."""

from __future__ import annotations

import pytest

from digest.search.answering import Evidence, Nearness
from digest.search.lexicon import Form
from digest.search.query import Term
from digest.search.ranking import Candidate, Ranked
from tests.factories.items import NOW

TERMS = (
    Term("acme", (Form(("acme",)),), kind="name"),
    Term("price", (Form(("price",)),)),
    Term("crm", (Form(("crm",)),)),
)
WEIGHTS = {"acme": 8.0, "price": 3.0, "crm": 5.0}


def rank(number: int, *matched: str) -> Ranked:
    said = sum(WEIGHTS[one] for one in matched) / sum(WEIGHTS.values())
    return Ranked(Candidate(number, "", "", NOW), 2 * said, said, "", frozenset(matched))


def choose(*ranked: Ranked, terms=TERMS, nearness=None) -> list[int]:
    found = Evidence(terms, WEIGHTS, nearness).choose(ranked)
    return [one.candidate.number for one in found]


@pytest.mark.parametrize(
    ("matched", "found"),
    [
        (("acme", "price", "crm"), [1]),
        (("acme", "crm"), [1]),
        (("acme",), []),  # however much of the question a rare name is
        (("price", "crm"), []),  # about somebody else
    ],
)
def test_a_name_and_something_beside_it_are_wanted(matched, found):
    """By words alone."""
    assert choose(rank(1, *matched)) == found


def test_where_one_answers_others_may_say_less():
    """What reports the same often says it in part; not what names nobody."""
    whole, part, other = rank(1, "acme", "price", "crm"), rank(2, "acme"), rank(3, "price")
    assert choose(whole, part, other) == [1, 2]
    assert choose(part, other) == []


def test_what_is_near_answers_without_a_word():
    """As far as it is nearer than an everyday question."""
    terms = TERMS[1:]
    assert choose(rank(1), terms=terms, nearness=Nearness(0.3, {1: 0.4})) == [1]
    assert choose(rank(1), terms=terms, nearness=Nearness(0.5, {1: 0.4})) == []


def test_a_name_is_near_by_itself():
    """So an item that says it has to be nearer than others."""
    assert choose(rank(1, "acme"), nearness=Nearness(0.3, {1: 0.3})) == []
    assert choose(rank(1, "acme"), nearness=Nearness(0.3, {1: 0.5})) == [1]


def test_words_and_meaning_are_added():
    """What is near in both goes first; what has no vector is taken by its words."""
    ranked = rank(1, "price"), rank(2, "price", "crm"), rank(3, "crm")
    near = Nearness(0.3, {1: 0.42, 2: 0.4})
    assert choose(*ranked, terms=TERMS[1:], nearness=near) == [2, 1, 3]
