"""Wholeness: one sentence and nothing else, whoever published it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.render.check import find_broken_sentences
from digest.wholeness import find_fragment, praises_publisher

WHOLE = [
    "Northvale opens its data hub to all customers on 1 October.",
    "“It works,” said Zoë Müller, who tried it in 14 shops.",
    "The rule applies in the U.S. from 3 May.",
    "It is sold in the U.S.",
    "9% of the buyers came back (19% before).",
    "eBay sellers can use it.",
    "La società aveva raccolto i dati di 1,8 milioni di clienti.",
    "北谷公司近日完成两亿元融资，由三家机构联合投资。",
    "ร้านค้าในประเทศไทยจะจองได้ตั้งแต่เดือนตุลาคม",
    "The price rose - after two quiet years - by 4%.",
    "He said that that rule had had no effect.",
]


@pytest.mark.parametrize("sentence", WHOLE)
def test_whole_sentences_pass(sentence: str) -> None:
    """Abbreviations, quotations, brackets and other scripts are no faults."""
    assert find_fragment(sentence) is None


FRAGMENTS = {
    "": "empty",
    "One sentence stands here.\nAnother one follows.": "more than one line",
    "The hub reads 40 sources and writes to the main adver…": "cut",
    "The hub was bought by the company of J.": "cut",
    "A hub for every retailer in Austria": "no end",
    "Read this now.": "too short",
    "The list goes on " + "and on " * 60 + "for ever.": "too long",
    "The chief said it was “the largest step for us.": "half of a pair",
    "and it costs less than before.": "begins within",
    "What is new ## The hub opens to all.": "markup",
    "The price stands at https://northvale.example for all.": "an address",
    "The update brings three things: - A new hub.": "a list",
    "The update includes the following: a hub and a price.": "a list",
    "A new title leads the market The roles are clustering at two ends.": "two texts in one",
    "Remove all audiences Use the new method to clear a list.": "two texts in one",
    "July 13, 2026 Northvale opens its hub to all customers.": "two texts in one",
    "Prices fall.Northvale sells the hub for less.": "two texts in one",
    "It says how how the hub is built.": "a word twice",
    "The post Northvale opens its hub first appeared on Trade Weekly.": "words of the site",
    "Northvale opens its hub (2 minute read).": "words of the site",
    "By Ida Marsh, Trade Weekly's editor.": "a line about the author or the place",
    "VALENCIA, 5 de agosto de 2026.": "a line about the author or the place",
}


@pytest.mark.parametrize("sentence", FRAGMENTS)
def test_what_is_not_one_whole_sentence_is_named(sentence: str) -> None:
    """With the reason that `build --check` prints."""
    assert find_fragment(sentence) == FRAGMENTS[sentence]


@given(st.text(max_size=60))
def test_what_is_cut_never_passes(start: str) -> None:
    """Whatever stands before the mark of a cut."""
    assert find_fragment(f"{start} word…") is not None


PRAISE = [
    ("it sells itself", "Tallyvane One bundles our toolkit for you.", "Wherrow adds a report", True),
    ("it is the news", "Tallyvane bundles our toolkit for you.", "Tallyvane opens its toolkit", False),
    ("it is a finding", "Tallyvane found that 14% of sales were extra.", "Wherrow ads compared", False),
    ("another sells", "Wherrow lets you book for free.", "Wherrow adds a report", False),
]  # fmt: skip


@pytest.mark.parametrize(("name", "sentence", "title", "praises"), PRAISE, ids=[row[0] for row in PRAISE])  # fmt: skip
def test_praise_of_the_publisher_is_seen(name: str, sentence: str, title: str, praises: bool) -> None:  # fmt: skip
    """Where the item is about somebody else."""
    assert praises_publisher(sentence, "Tallyvane Blog", title) is praises


def test_build_check_names_sentences_that_are_not_whole() -> None:
    """Of sources; what the team wrote is the team's."""
    summary = [
        {
            "text": "Northvale opens its data hub to all.",
            "url": "https://a.example/1",
            "source": "A",
        },
        {"text": "It costs 900 euros and", "url": "https://a.example/1", "source": "A"},
        {"text": "our own words", "url": "", "source": ""},
    ]
    assert list(find_broken_sentences({"sections": [{"stories": [{"summary": summary}]}]})) == [
        "not a whole sentence (no end): “It costs 900 euros and”"
    ]
