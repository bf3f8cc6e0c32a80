"""What answers a question: enough of it, its names, something beside them, by words and meaning."""

from __future__ import annotations

from dataclasses import replace

import pytest

from digest.search.answering import Evidence, NamesAsked, Nearness
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
    """Nearer where an everyday question is near, too."""
    terms = TERMS[1:]
    assert choose(rank(1), terms=terms, nearness=Nearness(0.0, {1: 0.53})) == [1]
    assert choose(rank(1), terms=terms, nearness=Nearness(0.4, {1: 0.53})) == []
    assert choose(rank(1), terms=terms, nearness=Nearness(0.0, {1: 0.34})) == []


def test_the_more_is_asked_the_less_near_is_an_answer():
    """Nothing is near to all of a long question."""
    terms = tuple(Term(f"w{number}", (Form((f"w{number}",)),)) for number in range(8))
    weights = {term.text: 1.0 for term in terms}
    near = Nearness(0.0, {1: 0.3})
    one = Ranked(Candidate(1, "", "", NOW), 0.0, 0.0, "", frozenset())
    assert Evidence(terms, weights, near).choose([one]) == [one]
    assert Evidence(terms[:2], weights, near).choose([one]) == []


def test_words_and_meaning_are_added():
    """What is near in both goes first; what has no vector is taken by its words."""
    ranked = rank(1), rank(2, "price"), rank(3, "crm")
    near = Nearness(0.0, {1: 0.53, 2: 0.5})
    assert choose(*ranked, terms=TERMS[1:], nearness=near) == [2, 1, 3]


def test_what_words_rank_higher_goes_before_what_is_as_near():
    """A title says it, or one passage does."""
    first, second = rank(1, "price", "crm"), rank(2, "price", "crm")
    near = Nearness(0.0, {1: 0.6, 2: 0.6})
    better = replace(second, score=second.score + 0.1)
    assert choose(first, better, terms=TERMS[1:], nearness=near) == [2, 1]


ACME, GLOBEX = frozenset({"acme"}), frozenset({"globex"})
NAMED = (*TERMS, Term("globex", (Form(("globex",)),), kind="name"))
NAMED_WEIGHTS = {**WEIGHTS, "globex": 8.0}
ALONE, LISTED = ((ACME,), (GLOBEX,)), ((ACME, GLOBEX),)


def choose_named(asked, *said, title="Acme", nearness=None, terms=NAMED):
    coverage = sum(NAMED_WEIGHTS[one] for one in said) / sum(NAMED_WEIGHTS.values())
    one = Ranked(Candidate(1, title, "", NOW), 2 * coverage, coverage, "", frozenset(said))
    return bool(Evidence(terms, NAMED_WEIGHTS, nearness, asked).choose([one]))


@pytest.mark.parametrize(
    ("groups", "said", "found"),
    [
        (ALONE, ("acme", "globex", "price"), True),
        (ALONE, ("acme", "price", "crm"), False),  # what Acme did, and Globex was asked for
        (LISTED, ("acme", "price", "crm"), True),
        (LISTED, ("price", "crm"), False),
        ((), ("acme", "price", "crm"), True),  # names that everything says tell nothing
    ],
)
def test_rare_names_have_to_be_said(groups, said, found):
    """However near the item is, and however much else it says; of names in a list, one."""
    asked = NamesAsked(groups, groups)
    assert choose_named(asked, *said) == found
    near = Nearness(0.0, {1: 0.9})
    assert choose_named(asked, *said, nearness=near) == found


@pytest.mark.parametrize(
    ("title", "is_known", "found"),
    [
        ("全球公司提价", False, True),  # may write the name in its own letters
        ("全球公司提价", True, False),  # would write it in letters that are known
        ("A company raises prices", False, False),
    ],
)
def test_a_name_may_stand_in_other_letters(title, is_known, found):
    """In a text of another script, unless all ways to write it are known."""
    terms = (*TERMS[1:], Term("globex", (Form(("globex",)),), kind="name", is_known=is_known))
    asked = NamesAsked(((GLOBEX,),), ((GLOBEX,),))
    near = Nearness(0.0, {1: 0.9})
    assert choose_named(asked, title=title, terms=terms, nearness=near) == found


def test_words_far_from_each_other_say_nothing_together():
    """A long text holds most words somewhere."""
    whole = rank(1, "acme", "price", "crm")
    apart = replace(whole, in_passage={"acme": 1.0})
    together = replace(whole, in_passage={"acme": 1.0, "crm": 1.0})
    assert choose(apart) == []
    assert choose(together) == [1]


def test_an_amount_is_answered_by_a_figure():
    """What is about the same without one is near to the question, and no answer."""
    near = Nearness(0.0, {1: 0.9})
    plain, telling = (
        Ranked(Candidate(1, title, "", NOW), 2.0, 1.0, "", frozenset(WEIGHTS))
        for title in ("Acme explains its CRM prices", "Acme's CRM costs $20")
    )
    for nearness in (None, near):
        evidence = Evidence(TERMS, WEIGHTS, nearness, asks_amount=True)
        assert evidence.choose([telling]) == [telling]
        assert evidence.choose([plain]) == []
        assert Evidence(TERMS, WEIGHTS, nearness).choose([plain]) == [plain]


def test_what_says_more_may_be_less_near():
    """The lexicon knows other words for what is asked."""
    terms, near = TERMS[1:], Nearness(0.0, {1: 0.3})
    silent, telling = rank(1), rank(1, "crm")
    assert Evidence(terms, WEIGHTS, near).choose([silent]) == []
    assert Evidence(terms, WEIGHTS, near).choose([telling]) == [telling]
