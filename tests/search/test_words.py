"""Words of the index and of questions: cut, varied, understood."""

import re
from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.app.search_lexicon import build_lexicon
from digest.period import Quarter
from digest.search.query import (
    Filter,
    add_glosses,
    group_names,
    join_arguments,
    parse_query,
    parse_question,
)
from digest.search.ranking import TermCounter
from digest.search.times import DaySpan, extract_time
from digest.search.words import TOKEN, make_index_text, split_tokens

LEXICON = build_lexicon(())
TODAY, Q3 = date(2026, 8, 22), Quarter(2026, 7)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Halcyra's E-Mail push", "halcyra e mail push email"),
        ("L'acquisizione è più cara", "acquisizione e piu cara"),
        ("Übernahme, Straße", "ubernahme strasse"),
        ("$2.4bn for 1,200 users", "2d4bn for 1200 users"),
        ("發布生成AI廣告", "发布 布生 生成 ai 广告"),
        ("เปิดตัว", "เปิ ปิด ิดต ดตั ตัว"),
    ],
)
def test_text_is_cut_into_words(text, words):
    """Folded; runs without spaces in overlapping pieces; numbers whole."""
    assert make_index_text(text) == words


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("agents", "An agent for email"),
        ("acquisition", "Merrowbank acquisitions"),
        ("抖音", "Douyin opens its store"),
        ("抖音", "TikTok opens its store"),
        ("ChatGPT", "OpenAI buys a maker of tests"),  # what its maker does
        ("lancio", "Halcyra launches Quillmark"),
        ("Preise", "A new pricing for all"),
        ("โฆษณา", "More ads in the feed"),
        ("融资", "The startup raises money"),
        ("IA", "Artificial intelligence in CRM"),
    ],
)
def test_a_term_is_found_in_other_words(asked, said):
    """In another number, another language, under another name."""
    counter = TermCounter(parse_question(asked, LEXICON))
    assert counter.count_terms(make_index_text(said).split())


def test_a_word_that_only_begins_alike_is_another():
    """Short stems do not go on."""
    counter = TermCounter(parse_question("disco", LEXICON))
    assert not counter.count_terms(make_index_text("discussion of discounts").split())


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("What did Salesforce announce?", {"salesforce", "announce"}),
        ("Was hat HubSpot angekündigt?", {"hubspot", "angekundigt"}),
        ("Che cosa ha annunciato HubSpot?", {"hubspot", "annunciato"}),
        ("抖音推出了什么？", {"抖音", "推出"}),
        ("What costs GPT-5.6?", {"costs", "gpt 5d6"}),
        ("what is it about?", set()),
    ],
)
def test_a_question_is_what_it_names(question, terms):
    """Without the words of asking, in any language."""
    assert {term.text for term in parse_question(question, LEXICON)} == terms


def test_a_word_with_an_accent_is_not_a_name_without():
    """Italian "metà", the half, is not the company."""
    (term,) = parse_question("metà", LEXICON)
    assert term.kind == "word"


def test_a_search_has_phrases_refusals_and_filters():
    """As they are written on the command line."""
    query = parse_query(
        join_arguments(["agent", '"data cloud"', "-webinar", "vendor:Google Ads"]), LEXICON
    )
    assert [term.text for term in query.terms] == ["agent", "data cloud"]
    assert [term.text for term in query.without] == ["webinar"]
    assert query.filters == (Filter("vendor", "Google Ads"),)


def test_what_is_written_cannot_break_the_index_language():
    """Operators, quotes and columns of FTS5 are words."""
    query = parse_query('title:x NEAR( "un"closed* OR ^ {a} -- AND', LEXICON)
    for term in query.terms:
        outside = re.sub(r'"[^"()*]+"', "", term.write_match(near=True, far=True))
        assert set(outside) <= set("*() OR")


@pytest.mark.parametrize(
    ("question", "start", "end"),
    [
        ("What did Meta launch in July?", date(2026, 7, 1), date(2026, 8, 1)),
        ("Was kam im Juli 2025?", date(2025, 7, 1), date(2025, 8, 1)),
        ("cosa è successo a luglio", date(2026, 7, 1), date(2026, 8, 1)),
        ("抖音七月推出了什么", date(2026, 7, 1), date(2026, 8, 1)),
        ("TikTok ในเดือนกรกฎาคม", date(2026, 7, 1), date(2026, 8, 1)),
        ("news since March", date(2026, 3, 1), None),
        ("what shipped in October", date(2025, 10, 1), date(2025, 11, 1)),
        ("deals of this quarter", date(2026, 7, 1), date(2026, 10, 1)),
        ("deals in Q2 2026", date(2026, 4, 1), date(2026, 7, 1)),
    ],
)
def test_words_of_time_become_days(question, start, end):
    """A month without a year is the last one that has begun."""
    rest, span = extract_time(question, TODAY, Q3)
    assert span == DaySpan(start, end)
    assert "ju" not in rest.lower()


@pytest.mark.parametrize("question", ["What may happen?", "Who will march on?", "the set of tools"])
def test_a_word_that_may_be_a_month_is_none(question):
    """Without a preposition or a year."""
    assert extract_time(question, TODAY, Q3) == (question, None)


def test_a_search_has_bounds():
    """In words, in filters and in characters."""
    many = " ".join(f"w{n}" for n in range(300))
    query = parse_query(many + " vendor:x" * 100, LEXICON)
    assert len(query.terms) <= 32
    assert not query.filters  # they stand beyond the characters that are read
    query = parse_query("vendor:x " * 100, LEXICON)
    assert len(query.filters) <= 16


@pytest.mark.parametrize(
    ("question", "groups"),
    [
        ("What did Magnus Carlsen sign?", [["carlsen magnus"]]),
        ("What do Acmeco and Globex charge?", [["acmeco", "globex"]]),
        ("Did Acmeco buy Globex?", [["acmeco"], ["globex"]]),
        ("Is there word of Acmeco, Globex or Old Initech?", [["acmeco", "globex", "initech old"]]),
        ("Acmeco 和 Globex 的价格", [["acmeco", "globex"]]),
        ("Does Acmeco run in Globex and in Initech?", [["acmeco"], ["globex", "initech"]]),
        ("What did it cost?", []),
    ],
)
def test_names_that_are_listed_stand_for_each_other(question, groups):
    """Those that follow each other are one."""
    names = group_names(question, parse_question(question, LEXICON, capitals_name=True))
    assert [[" ".join(sorted(name)) for name in group] for group in names] == groups


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("哪个意大利奢侈品牌涨价？", False),  # an Italian brand: no text need say so
        ("哪个品牌在意大利涨价？", True),
        ("意大利的奢侈品牌", True),
        ("แบรนด์ไหนขึ้นราคาในอิตาลี", True),
        ("Which brand raises prices in Italy?", True),
        ("Quale laboratorio americano assume?", False),  # written small, as no name is
        ("Wie wächst ein europäischer Marktplatz?", False),
        ("Wie wächst ein Marktplatz in Europa?", True),
        ("which brand raises prices in italy", True),  # by whom no capital marks anything
    ],
)
def test_a_country_that_describes_is_no_name(question, named):
    """No text need say so of what it tells."""
    assert bool(group_names(question, parse_question(question, LEXICON))) == named


@given(st.text(alphabet=st.one_of(st.characters(max_codepoint=127), st.sampled_from("-a1_"))))
def test_ascii_is_cut_as_other_letters_are(text):
    """Its quicker way finds what the pattern does, with the parts of compounds each."""
    assert split_tokens(text) == [part for word in TOKEN.findall(text) for part in word.split("-")]


@pytest.mark.parametrize(
    ("question", "glosses"),
    [
        ("Welche Brauerei kauft den Onlinehändler?", "beer acquire online mall"),
        ("谷歌 门铃", "Google smart home"),  # a name, as its owner writes it
        ("Acmeco", ""),
    ],
)
def test_a_question_is_said_again_in_english(question, glosses):
    """As far as the lexicon knows its words: vectors are nearest to what is in plain English."""
    asked = add_glosses(question, parse_question(question, LEXICON))
    assert asked == f"{question} {glosses}".strip()


@pytest.mark.parametrize("name", ["italy", "deutschland", "agcom", "迪拜", "european union"])
def test_words_that_are_alike_leave_a_name_a_name(name):
    """What a table of words gives as an example of a thing stands for itself alone."""
    found = LEXICON.find_meaning(name)
    assert found
    assert found.is_proper


def test_each_concept_is_said_in_english_once():
    """It is what the model of vectors is given for its words."""
    concepts = [line.split("\t")[0] for line in read_concepts()]
    assert len(set(concepts)) == len(concepts)
    assert all((concept.isascii() and concept.islower()) or "3d" in concept for concept in concepts)


def read_concepts():
    return (files("digest.search") / "concepts.tsv").read_text("utf-8").splitlines()[1:]
