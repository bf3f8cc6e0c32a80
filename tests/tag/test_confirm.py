"""Phrases that confirm a likely event."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from digest.model.item import Item
from digest.tag.confirm import CONFIRMED, confirms_event, denies_event
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


@pytest.mark.parametrize(
    "title",
    [
        "Northvale makes its introductory price permanent, canceling a planned October 1 increase",
        "Northvale keeps the price of its Growth plan",
        "Northvale freezes prices until spring",
        "Northvale scraps a planned price hike",
        "Northvale adds seats without a price increase",
        "Die Preise von Northvale bleiben bis Mai gleich",
        "Northvale: prezzi invariati fino a maggio",
        "Northvale renonce à la hausse de ses tarifs",
        "Northvale: precios sin cambios hasta mayo",
        "Northvale คงราคาเดิม",
        "Northvale 維持原價",
        "Northvale、価格を据え置き",
    ],
)
def test_a_price_that_stays_is_no_change(title):
    """The headline says so: its label is not printed."""
    assert denies_event("pricing", make_item(title))
    assert not denies_event("update", make_item(title))


@pytest.mark.parametrize(
    "title",
    [
        "Northvale raises the price of Growth and keeps that of Basic",
        "Northvale drops prices after last year's increase",
        "Northvale cuts prices for good",
        "Northvale ends its price guarantee",
    ],
)
def test_a_price_that_changes_is_not_denied(title):
    """One may stay while another changes."""
    assert not denies_event("pricing", make_item(title))


def test_a_denied_label_is_not_printed():
    """However sure the judgement is of it."""
    title = "Quill makes its introductory pricing permanent, canceling a planned price increase"
    tags = ItemJudge.load().judge_item(make_item(title, "The pricing of Quill stays as it is."))
    assert tags.event != "pricing" or not tags.is_certain("event")
