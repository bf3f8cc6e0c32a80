"""Lines added to vocabulary.yaml: where a person would write them, and no other byte changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config.tree import parse_yaml
from digest.config.vocabulary import VocabularyLine, add_lines, parse_vocabulary
from digest.errors import ConfigError, DigestError

WORD = VocabularyLine("words", {"crm": "ledger room^4"})
VENDOR = VocabularyLine(
    "vendors", {"name": "Zorblatt", "categories": ("crm", "cdp"), "care": {"Zorblatt": "word"}}
)
RULE = VocabularyLine(
    "rules", {"name": "the team drops: Acme: News", "effect": "exclude", "sources": ("Acme: News",)}
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "words:\n  crm: [ledger room^4]\n"),
        ("# ours", "# ours\nwords:\n  crm: [ledger room^4]\n"),
        ("words:\nai: [x]\n", "words:\n  crm: [ledger room^4]\nai: [x]\n"),
        ("words: {}  # ours\n", "words:  # ours\n  crm: [ledger room^4]\n"),
        (
            "words:\n  crm: [a, b]  # hi\n# tail\n",
            "words:\n  crm: [a, b, ledger room^4]  # hi\n# tail\n",
        ),
        (
            "words:\n  crm:\n  - a  # x\n\n  cdp: [z]\n",
            "words:\n  crm:\n  - a  # x\n  - ledger room^4\n\n  cdp: [z]\n",
        ),
        (
            "words:\n    cdp: [z]\n\nai: [x]\n",
            "words:\n    cdp: [z]\n    crm: [ledger room^4]\n\nai: [x]\n",
        ),
        (
            "words:\n  crm:  # none yet\nai: [x]\n",
            "words:\n  crm:  # none yet\n    - ledger room^4\nai: [x]\n",
        ),
        ("words:\n  crm: []\n", "words:\n  crm: [ledger room^4]\n"),
        ("words:\r\n  cdp: [z]\r\n", "words:\r\n  cdp: [z]\r\n  crm: [ledger room^4]\r\n"),
        ("words:\n  crm: [ledger room^4]\n", "words:\n  crm: [ledger room^4]\n"),
    ],
)
def test_a_word_goes_behind_the_last_of_its_category(before, after):
    """In the layout that is there."""
    assert add_lines(before, (WORD,)) == after


def test_entries_go_to_the_end_of_their_lists():
    """Comments and order stay; what is written is read as it was meant."""
    text = "vendors:  # companies\n- name: A  # the first\n  # of it\n\n# the end\n"
    made = add_lines(text, (VENDOR, RULE, WORD))
    file = parse_vocabulary(made)
    assert made.startswith(
        "vendors:  # companies\n- name: A  # the first\n  # of it\n- name: Zorblatt\n"
    )
    assert "# the end\n" in made
    assert [one.name for one in file.vendors] == ["A", "Zorblatt"]
    assert file.vendors[1].care == {"Zorblatt": "word"}
    assert file.rules[0].sources == ("Acme: News",)


@pytest.mark.parametrize(
    "text", ["words: {crm: [a]}\n", "vendors: [{name: A}]\n", "words: &w\n  crm: *w\n"]
)
def test_what_takes_a_person_is_refused(text):
    """Rather than laid out anew."""
    with pytest.raises(DigestError):
        add_lines(text, (VocabularyLine("words", {"cdp": "x^2"}), VENDOR))


def test_nothing_wrong_is_written():
    """Neither into a wrong file nor out of a wrong line."""
    with pytest.raises(ConfigError):
        add_lines("words: 3\n", (WORD,))
    with pytest.raises(ConfigError):
        add_lines("", (VocabularyLine("rules", {"name": "r", "effect": "exclude"}),))


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)
)
def test_any_word_is_read_back(word):
    """Whatever signs it is made of."""
    term = word.replace("^", "") + "x^2"
    held = parse_yaml(
        add_lines("words:\n  crm: [a]\n", (VocabularyLine("words", {"crm": term}),)).encode(), "v"
    ).plain_value
    assert held == {"words": {"crm": ["a", term]}}
