"""The items of the review's agenda: what to decide, why now, who, until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from digest.edition.quarter import QuarterView
from digest.edition.stack.items import (
    AgendaBasis,
    list_gap_items,
    list_open_items,
    list_strategy_items,
    list_usage_items,
)
from digest.edition.stack.view import build_stack_view
from digest.i18n import TranslatableText
from digest.model.edition import AgendaItem, FrontDecision, RuleRow, Sentence
from digest.model.stack import Goal, Money, Product, ProductAi, Promise, Relation, Stack
from digest.model.story import Story
from tests.factories.stories import story, tell

TODAY = date(2026, 9, 30)
SENDER = Product(
    "Sender",
    ("email-marketing",),
    vendor="Bolt",
    owner="Ines",
    users=10,
    cost=Money(20000, "EUR"),
    contract_end=date(2026, 12, 31),
    notice_days=30,
    contribution="Sends a third of all letters.",
)
OLD = replace(SENDER, name="Oldmail", vendor="Mira", status="retiring", owner="Ada")


def view(
    stack: Stack, *stories: Story, relations: Mapping[str, tuple[Relation, ...]] | None = None
) -> QuarterView:
    return QuarterView(stack, stories, stories, relations or {}, tell, TODAY)


def tell_items(items: tuple[AgendaItem, ...]) -> list[tuple[str, str]]:
    return [(one.what, one.why) for one in items]


def test_a_goal_is_weighed_by_what_speaks_for_and_against_it() -> None:
    news = story("Bolt adds a button", category="email-marketing")
    forced = story("Bolt requires a new key", category="email-marketing", event="other")
    goal = Goal("Win back customers", ("email-marketing", "seo"))
    related = {forced.id: (Relation("product", ("Sender",), "Bolt"),)}
    quarter = view(Stack((SENDER,), (goal,)), news, forced, relations=related)
    first, policy = list_strategy_items(quarter, AgendaBasis())
    assert (first.what, first.owner) == ("Keep the plan for “Win back customers” as it is?", "Ines")
    assert first.why == (
        "In its field this quarter: one update. To weigh: one change that users of Sender must "
        "follow; nothing that we run serves SEO."
    )
    assert policy.what == "Write down a policy on AI at work."


def test_what_the_file_does_not_measure_is_named() -> None:
    bare = Product("Desk", ("crm",), contribution="Holds leads.")
    found = tell_items(list_usage_items(view(Stack((SENDER, bare)))))
    assert [what for what, _ in found] == [
        "Record the yearly cost of Desk.",
        "Record for each product a figure of its use and of what it yields.",
    ]
    assert found[1][1] == (
        "No number of users in the stack file: Desk. "
        "No usage figure or performance measure in the stack file: Desk."
    )


def test_a_trial_is_bought_or_ended() -> None:
    (item,) = list_usage_items(view(Stack((replace(SENDER, status="trial"),))))
    assert (item.what, item.due) == ("Buy Sender, or end its trial?", date(2026, 12, 1))
    assert item.why == "On trial with 10 users at 20,000 EUR a year."


def test_the_work_of_what_retires_goes_to_what_serves_the_same() -> None:
    """Its notice is asked with it, once, and not where page one asks for it."""
    quarter = view(Stack((SENDER, OLD)))
    stack = build_stack_view(quarter)
    succession, *_ = list_gap_items(quarter, stack, AgendaBasis())
    assert succession.what == "Move the work of Oldmail to Sender, and give notice as planned?"
    asked = FrontDecision(
        question=TranslatableText("Give notice?"),
        reason=TranslatableText("Now."),
        products=("Oldmail",),
    )
    basis = AgendaBasis(decisions=(asked,))
    succession, *_ = list_gap_items(quarter, stack, basis)
    assert succession.what == "Move the work of Oldmail to Sender?"
    assert [one.what for one in list_open_items(quarter, (), basis)] == [
        "Renew Sender, or give notice?"
    ]


def test_ai_that_is_left_aside_is_asked_about() -> None:
    news = story("Bolt adds AI", ai="core")
    related = {news.id: (Relation("product", ("Sender",), "Bolt"),)}
    quarter = view(Stack((SENDER,)), news, relations=related)
    (item,) = list_gap_items(quarter, build_stack_view(quarter), AgendaBasis())
    assert item.what == "Use the AI of what we run, or leave it off?"
    assert "no use of AI in Sender" in item.why
    using = view(Stack((replace(SENDER, ai=ProductAi(used=True)),)), news, relations=related)
    assert list_gap_items(using, build_stack_view(using), AgendaBasis()) == ()


def test_open_decisions_have_owner_and_day_and_none_is_crowded_out() -> None:
    rule = story("A law on labels", event="regulation")
    forced = story("Bolt requires a new key")
    related = {forced.id: (Relation("product", ("Sender",), "Bolt"),)}
    promises = (
        Promise("Bolt", "Letters that write themselves", by=date(2026, 6, 30)),
        Promise("Bolt", "Kept", by=date(2026, 6, 30), state="shipped"),
        Promise("Bolt", "A second", by=date(2026, 6, 30)),
    )
    quarter = view(Stack((SENDER,), promises=promises), rule, forced, relations=related)
    said = Sentence("Keys are asked for from 5 October 2026.", "The Post", "")
    basis = AgendaBasis(summaries={forced.id: (Sentence("A start.", "The Post", ""), said)})
    rows = (RuleRow(tell(rule), "from 1 October 2026", ("Sender",)),)
    found = list_open_items(quarter, rows, basis, 4)
    assert [(one.what, one.owner, one.due) for one in found] == [
        ("Make Bolt’s late promise a condition of renewal?", "Ines", date(2026, 12, 1)),
        ("Renew Sender, or give notice?", "Ines", date(2026, 12, 1)),
        ("Name who answers for “A law on labels”.", "", None),
        ("Follow “Bolt requires a new key” now, or wait?", "Ines", None),
    ]
    assert found[3].why.endswith(
        "The Post on 10 August 2026: “Keys are asked for from 5 October 2026.”"
    )
    assert list_open_items(quarter, rows, basis, 0) == ()
