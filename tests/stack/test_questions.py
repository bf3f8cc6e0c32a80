"""What to ask vendors about their news."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from digest.edition.quarter import QuarterView
from digest.edition.stack.questions import ask_about_story, iter_vendor_questions
from digest.model.stack import Product, Relation, Stack
from digest.model.story import Story
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


def ask_all(told: list[Story], doubtful: list[Story], *products: str) -> list[str]:
    """The questions to Acme, which makes these products; each story is of the first it names."""
    stack = Stack(tuple(Product(name, ("crm",), vendor="Acme") for name in products))
    related = {
        one.id: (Relation("product", (name,), "Acme"),)
        for one in (*told, *doubtful)
        if (name := next((name for name in products if name in one.lead.item.title), ""))
    }
    quarter = QuarterView(stack, told, told, related, tell, date(2026, 9, 30))
    quarter = replace(quarter, doubtful=tuple(doubtful))
    return [str(one) for row in iter_vendor_questions(quarter, ()) for one in row.questions]


def test_updates_of_one_product_are_asked_about_in_one_question() -> None:
    """Three of them; those of another product in another, and terms and claims before them."""
    desk = [
        story(f"Desk adds {what}", vendors=["Acme"])
        for what in ("a bell", "a lamp", "a key", "a mat")
    ]
    rooms = story("Rooms adds a door", vendors=["Acme"])
    price = story("Desk puts its price up", vendors=["Acme"], event="pricing")
    claim = story(
        "Acme launches an AI agent for Desk",
        vendors=["Acme"],
        event="launch",
        ai="core",
        evidence="claimed",
    )
    assert ask_all([*desk, rooms, claim, price], [], "Desk", "Rooms") == [
        "“Desk puts its price up”: does it change what Desk costs us, and from when?",
        (
            "“Acme launches an AI agent for Desk”: on whose data and how much, from when for us and "
            "what does it do better than without AI?"
        ),
        (
            "“Desk adds a bell”, “Desk adds a lamp” and “Desk adds a key”: do they reach our Desk, from "
            "when, and what must we do?"
        ),
        "“Rooms adds a door”: does it reach our Rooms, from when, and what must we do?",
    ]


def test_what_a_maker_does_with_our_data_is_asked_about_where_it_may_be_no_news() -> None:
    """Of what is held for no news nothing else is, but incidents."""
    doubtful = [
        story("Desk trains its AI on customer data", vendors=["Acme"], event="other"),
        story("Desk adds a bell", vendors=["Acme"]),
        story("Mira trains its AI on customer data", vendors=["Mira"], event="other"),
    ]
    assert ask_all([], doubtful, "Desk") == [
        (
            "“Desk trains its AI on customer data”: what may you do with our data in Desk, and how do "
            "we refuse?"
        )
    ]


def test_a_vendor_is_asked_about_what_could_threaten_its_field() -> None:
    """By a report, not by a rival's launch."""
    tool = Product("Ranker", ("seo",), vendor="Acme")
    report = story("AI replaces search", event="opinion", ai="core", category="seo")
    other = story("Dax launches an AI ranker", event="launch", ai="core", category="seo",
                  vendors=["Dax"])  # fmt: skip
    rival = {other.id: (Relation("rival", ("Ranker",), "Dax", "seo"),)}
    for told, questions in (
        (
            [report],
            [
                "“AI replaces search”: does it threaten what Ranker does, and what do you do about it?"
            ],
        ),
        ([other], []),
    ):
        quarter = QuarterView(Stack((tool,)), told, told, rival, tell, date(2026, 9, 30))
        asked = [str(one) for row in iter_vendor_questions(quarter, ()) for one in row.questions]
        assert asked == questions
