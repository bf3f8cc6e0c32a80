"""What asks how much, and what says it."""

from __future__ import annotations

import pytest

from digest.search.amounts import asks_amount, gives_amount


@pytest.mark.parametrize(
    "question",
    [
        "How much did Acme pay for Globex?",
        "What does Acme charge for a seat?",
        "What is the monthly price of Acme?",
        "Was kostet Acme?",
        "Wie viele Kunden hat Acme?",
        "Quanto costa Acme?",
        "Combien coûte Acme ?",
        "Acme收购Globex花了多少钱？",
        "Acme ราคาเท่าไร",
    ],
)
def test_a_question_for_an_amount_is_known(question):
    """In the languages of questions."""
    assert asks_amount(question)


@pytest.mark.parametrize(
    "question",
    [
        "When does Acme raise its prices?",
        "Why does Acme pay creators?",
        "Warum ist Acme teurer?",
        "Chi compra Acme?",
        "Acme什么时候涨价？",
        "Acme ขึ้นราคาเมื่อไร",
    ],
)
def test_other_questions_are_not(question):
    """What asks when or why is answered without a figure."""
    assert not asks_amount(question)


@pytest.mark.parametrize(
    "text",
    [
        "Acme raises $24M",
        "Acme pays 2,000 creators",
        "Only 28% of buyers trust it",
        "Acme拟募资500亿",
        "Acme raised 69 million in 2026",
    ],
)
def test_a_figure_is_an_amount(text):
    """In money, people or shares."""
    assert gives_amount(text)


@pytest.mark.parametrize(
    "text",
    [
        "Acme raises prices",
        "Acme raises prices on July 14, 2026",
        "Acme于4月28日涨价",
        "Acme ships GPT-5.6 and Opus 4.6 for Video 360",
        "Acme explains its prices (7 minute read)",
    ],
)
def test_a_day_or_a_name_is_none(text):
    """Nor how long reading takes."""
    assert not gives_amount(text)
