"""What of the quarter could add to what the company runs and plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from digest.edition.opportunities import find_opportunities
from digest.edition.quarter import QuarterView
from digest.model.edition import Opportunity
from digest.model.stack import Goal, Product, Relation, Stack
from digest.model.story import Story
from tests.factories.stories import story, tell

SENDER = Product("Sender", ("email-marketing",), vendor="Bolt")
GOAL = Goal("Win back lapsed customers", ("email-marketing", "cdp"))
OURS = (Relation("product", ("Sender",), "Bolt"),)
MAKER = (Relation("vendor", ("Sender",), "Bolt"),)
RIVAL = (Relation("rival", ("Sender",), "Mira", "email-marketing"),)


def make(title: str, **changes: Any) -> Story:
    return story(title, **({"category": "email-marketing", "vendors": ["Bolt"]} | changes))


def find(
    *told: tuple[Story, tuple[Relation, ...]],
    goals: tuple[Goal, ...] = (GOAL,),
    products: tuple[Product, ...] = (SENDER,),
) -> tuple[Opportunity, ...]:
    stories = [one for one, _ in told]
    relations: Mapping[str, tuple[Relation, ...]] = {one.id: found for one, found in told}
    stack = Stack(products, goals)
    return find_opportunities(
        QuarterView(stack, stories, stories, relations, tell, date(2026, 9, 30))
    )


def test_what_comes_in_a_product_of_ours_serves_its_goal():
    one = make(
        "Bolt adds a report on silent readers to Sender",
        summary="The report shows which customers stopped reading. Sender improves how letters "
        "reach them.",
    )
    (found,) = find((one, OURS))
    assert (found.way, found.products, found.vendor) == ("product", ("Sender",), "Bolt")
    assert found.goal == GOAL.name
    assert found.story.id == one.id


def test_the_sentence_that_says_what_gets_better_is_quoted():
    """Where the headline alone says it there is none."""
    said = "The new report makes campaigns easier to plan."
    one = make("Bolt brings a report to Sender", summary=f"It starts today. {said}")
    (found,) = find((one, OURS))
    assert found.gain
    assert found.gain.text == said
    (bare,) = find((make("Bolt adds campaign reports to Sender"), OURS))
    assert bare.gain is None


@pytest.mark.parametrize(
    ("title", "changes"),
    [
        ("Bolt buys a maker of campaign reports", {"event": "acquisition"}),
        ("Bolt will require better passwords for campaigns", {}),
        ("Bolt warns that better campaigns get blocked", {}),
        ("Bolt speaks of campaigns", {}),
        ("Bolt adds reports for players", {"summary": "They run faster."}),
        ("Bolt adds campaign reports", {"category": "dam"}),
        ("Better Campaigns, Bolt News, Mira Mail, Ada on Letters", {}),
    ],
    ids=[
        *("no release", "a duty", "a loss", "nothing gained", "not for marketing"),
        *("of another field", "an issue"),
    ],
)
def test_what_adds_nothing_is_not_told(title: str, changes: dict[str, Any]):
    assert find((make(title, **changes), ())) == ()


def test_what_a_rival_changes_is_no_offer_and_what_it_launches_is():
    changed = make("Mira adds campaign reports", vendors=["Mira"])
    launched = make("Mira launches campaign letters", event="launch", vendors=["Mira"])
    (found,) = find((changed, RIVAL), (launched, RIVAL))
    assert (found.way, found.products, found.story.id) == ("rival", ("Sender",), launched.id)


def test_what_speaks_of_the_goal_comes_first_and_notes_for_developers_last():
    """Then new products, then the nearest."""
    gap = (Relation("gap", (), "Tern", "cdp", GOAL.name),)
    api = make("Bolt adds campaign reports to the Sender API")
    near = make("Bolt adds campaign reports to Sender")
    new = make("Tern launches campaign profiles", event="launch", category="cdp", vendors=["Tern"])
    named = make("Bolt adds a list of lapsed customers", category="cdp")
    found = find((api, OURS), (near, OURS), (new, gap), (named, MAKER))
    assert [one.story.id for one in found] == [named.id, new.id, near.id, api.id]
    assert [one.way for one in found] == ["maker", "market", "product", "product"]


def test_without_a_goal_what_we_run_and_new_rivals_are_told():
    near = make("Bolt adds campaign reports to Sender")
    beside = make("Bolt adds campaign reports to its shop")
    rival = make("Mira launches campaign letters", event="launch", vendors=["Mira"])
    found = find((near, OURS), (beside, ()), (rival, RIVAL), goals=())
    assert [(one.story.id, one.goal) for one in found] == [(near.id, ""), (rival.id, "")]


def test_what_retires_gains_nothing():
    near = make("Bolt adds campaign reports to Sender")
    found = find((near, OURS), goals=(), products=(replace(SENDER, status="retiring"),))
    assert found == ()
