"""Phrases that confirm a likely event."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from digest.model.item import Item
from digest.tag.confirm import CONFIRMED, confirms_event
from digest.tag.judge import ItemJudge

NOW = datetime(2026, 7, 30, tzinfo=UTC)


def make_item(title: str, summary: str = "", text: str = "") -> Item:
    return Item(
        "a", "", "", title, "s", "Stack Weekly", "trade", NOW, NOW, "en", summary, text=text
    )


@pytest.mark.parametrize(
    "text",
    [
        "From today Quill Small will cost 80% less, and Quill Large 20 percent less.",
        "Northvale raises prices of its Growth plan",
        "Northvale is cutting its API prices by half",
        "Northvale doubles the fee for every contact",
        "Northvale puts its prices up 12%",
        "All plans become 12% dearer at the first renewal",
        "A price increase for Gleanwick Suite",
        "Northvale erhöht die Preise um zehn Prozent",
        "Northvale augmente ses tarifs",
        "Northvale aumenta i prezzi",
        "Northvale sube sus precios",
        "Northvale 宣布降价",
    ],
)
def test_a_change_of_price_is_confirmed(text):
    """Wherever the item says it."""
    assert confirms_event("pricing", make_item(text))
    assert confirms_event("pricing", make_item("Quill Small", text))
    assert not confirms_event("update", make_item(text))


@pytest.mark.parametrize(
    "text",
    [
        "What does Gleanwick Suite cost?",
        "Clicks cost 30% of the budget",
        "The price of attention",
        "Northvale cuts jobs at its pricing team's office",
        "Northvale adds a plan for small teams",
        "Lower your bounce rate at any price",
    ],
)
def test_talk_of_prices_is_no_change(text):
    """A word of money alone confirms nothing."""
    assert not confirms_event("pricing", make_item(text))


def test_a_confirmed_label_is_printed():
    """What the judgement finds the likeliest and the words state is sure."""
    item = make_item(
        "Pricing of Quill 5",
        "Lower pricing for Quill Small and Large.",
        "Starting today, Quill Small will cost 80% less, while Quill Large will cost 20% less.",
    )
    tags = ItemJudge.load().judge_item(item)
    assert tags.event == "pricing"
    assert tags.is_certain("event")
    assert tags.confidence["event"] >= CONFIRMED
