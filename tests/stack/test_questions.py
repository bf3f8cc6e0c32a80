"""What to ask vendors about their news."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from digest.edition.quarter import QuarterView
from digest.edition.stack.questions import ask_about_story
from digest.model.stack import Product, Relation, Stack
from tests.factories.stories import story, tell

DESK = Product("Desk", ("crm",), vendor="Acme")


def ask(kind: Any, title: str, **more: Any) -> str:
    told = story(title, vendors=["Acme"], **more)
    related = {told.id: (Relation(kind, ("Desk",), "Acme"),)}
    quarter = QuarterView(Stack((DESK,)), [told], [told], related, tell, date(2026, 9, 30))
    return str(ask_about_story(told, quarter))


@pytest.mark.parametrize(
    ("kind", "title", "more", "question"),
    [
        pytest.param(
            "product",
            "Acme reverses course on data sharing",
            {"event": "other"},
            "“Acme reverses course on data sharing”: what may you do with our data in Desk, and how "
            "do we refuse?",
            id="our data",
        ),
        pytest.param(
            "vendor",
            "Acme launches an AI agent for shops",
            {"event": "launch", "ai": "core", "evidence": "claimed", "category": "commerce"},
            "None",
            id="AI for another product of theirs",
        ),
        pytest.param(
            "product",
            "Acme launches an AI agent for Desk",
            {"event": "launch", "ai": "core", "evidence": "claimed", "category": "crm"},
            "“Acme launches an AI agent for Desk”: on whose data and how much, from when for us and "
            "what does it do better than without AI?",
            id="AI for ours",
        ),
    ],
)
def test_a_question_follows_from_what_is_told(
    kind: Any, title: str, more: dict[str, Any], question: str
) -> None:
    """What a maker brings elsewhere is no question about ours."""
    assert ask(kind, title, **more) == question
