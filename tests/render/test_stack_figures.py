"""Use, goals, yardsticks, earlier quarters, the AI policy and what feeds what, as printed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from digest.model.edition import (
    MeasureBefore,
    Spend,
    SpendBefore,
    StackHistory,
    StackView,
    Yardstick,
)
from digest.model.stack import (
    Benchmark,
    CustomField,
    DataFlow,
    FieldValue,
    Goal,
    GoalMeasure,
    Money,
    Usage,
)
from digest.render.html import render_html
from digest.render.views import RenderOptions, build_page_view
from digest.render.views.stack import StackPages
from digest.render.words import load_localizer
from tests.factories import editions


def build(brief: bool = False, **changes: Any) -> StackPages:
    made = editions.briefing()
    assert made.stack
    made = replace(made, stack=replace(made.stack, **changes))
    pages = build_page_view(made, load_localizer("en"), RenderOptions(brief=brief)).stack_pages
    assert pages
    return pages


def with_product(**changes: Any) -> dict[str, Any]:
    """The lines of the stack, the first product changed."""
    stack = editions.briefing().stack
    assert stack
    first = replace(stack.lines[0], product=replace(stack.lines[0].product, **changes))
    return {"lines": (first, *stack.lines[1:])}


def test_whoever_states_nothing_sees_nothing() -> None:
    pages = build()
    assert (pages.figures, pages.architecture, pages.policy) == (None, None, None)


@pytest.mark.parametrize(
    ("cac", "shares"),
    [
        (
            Money(50, "EUR"),
            {
                "Share of the marketing budget, and so of the cost of winning a customer": (
                    "20% of €1,000,000"
                ),
                "For each new customer": "€10 of €50",
            },
        ),
        (
            Money(40, "EUR"),
            {
                "Share of the marketing budget": "20% of €1,000,000",
                "For each new customer": "€10",
                "Share of the cost of winning a customer": "25% of €40",
            },
        ),
    ],
    ids=["one fact", "two facts"],
)
def test_a_share_is_told_once(cac: Money, shares: dict[str, str]) -> None:
    """The cost of winning a customer is often the budget over the customers."""
    spend = Spend(
        total=(Money(200_000, "EUR"),),
        budget=Money(1_000_000, "EUR"),
        share=0.2,
        per_customer=Money(10, "EUR"),
        cac=cac,
        share_of_cac=10 / cac.amount,
    )
    figures = dict(build(spend=spend).stack.figures)
    assert {name: figures[name] for name in shares} == shares
    assert len([name for name in figures if "hare of" in name]) == len(shares) - 1


def test_use_and_the_fields_that_are_asked_for_stand_in_a_table() -> None:
    fields = (
        CustomField("nps", "number", "NPS", printed=True),
        CustomField("live", "boolean", printed=True),
        CustomField("until", "date", printed=True),
        CustomField("secret", "text"),
        CustomField("nowhere", "text", printed=True),
    )
    given = {
        "usage": Usage(60, 41, 33, date(2026, 8, 31)),
        "fields": (
            FieldValue("nps", 4.5),
            FieldValue("live", False),
            FieldValue("until", date(2027, 1, 1)),
            FieldValue("secret", "x"),
        ),
    }
    figures = build(custom_fields=fields, **with_product(**given)).figures
    assert figures
    assert figures.columns == ("NPS", "live", "until")
    (row,) = figures.usage
    assert (row.seats, row.active, row.day) == ("41 of 60 (68%)", "33", "31 Aug 2026")
    assert row.fields == ("4.5", "no", "1 Jan 2027")


def test_a_goal_stands_with_its_target_and_how_it_stood_before() -> None:
    goal = Goal("Grow", ("crm",), GoalMeasure(18, date(2026, 9, 1), 25.5, "%", "answers"))
    history = StackHistory(measures=(MeasureBefore("Grow", "2026-Q2", 12),))
    figures = build(goals=(goal, Goal("Bare", ("seo",))), history=history).figures
    assert figures
    (row,) = figures.goals
    assert (row.value, row.target, row.before) == ("18%", "25.5%", "Q2 2026: 12%")


def test_shares_of_others_come_with_who_says_so() -> None:
    others = (
        Benchmark("share of budget", 0.25, 0.25, "MarTech", "", date(2023, 4, 19), about=True),
        Benchmark("share of CAC", 0.2, 0.3, "Survey", "javascript:x"),
    )
    yardsticks = tuple(Yardstick(0.263, True, one) for one in others)
    figures = build(yardsticks=yardsticks).figures
    assert figures
    assert [(one.own, one.others, one.source, one.href) for one in figures.yardsticks] == [
        ("at least 26.3%", "about 25%", "MarTech, April 2023", ""),
        ("at least 26.3%", "20% to 30%", "Survey", ""),
    ]


def test_earlier_quarters_stand_in_columns_and_what_is_left_out_is_named() -> None:
    before = SpendBefore("2026-Q2", (Money(500, "EUR"),), 0.2)
    history = StackHistory((before,), incomparable=("2026-Q1",))
    figures = build(history=history).figures
    assert figures
    assert figures.history
    assert figures.history.quarters[1] == "Q2 2026"
    rows = dict(figures.history.rows)
    assert rows["Technology, a year"][1] == "€500"
    assert rows["Share of the marketing budget"][1] == "20%"
    assert "For each new customer" not in rows
    assert "Q1 2026" in figures.history.note


def test_the_policy_says_how_many_rules_came_since_its_review() -> None:
    told = editions.briefing().stories[0]
    rules = (editions.refer(told),)
    policy = build(
        policy_owner="Ada",
        policy_reviewed=date(2026, 1, 1),
        policy_rules=("No customer data.",),
        policy_touched=rules,
    ).policy
    assert policy
    assert policy.said == "Ada answers for it; last reviewed on 1 January 2026"
    assert policy.finding.startswith("1 new rule is about the use of AI, 1 since")
    assert policy.touched[0].href == f"#{told.id}"
    bare = build(policy_reviewed=date(2026, 1, 1)).policy
    assert bare
    assert bare.finding == "No new rule is about the use of AI"


def test_the_policy_says_how_many_of_its_rules_touch_a_product_of_ours() -> None:
    made = editions.briefing()
    assert made.stack
    about = tuple(one.story for one in made.rules[:2])
    for products, found in (
        ((), "0 touch products of ours"),
        (("Acme",), "1 touches a product of ours"),
    ):
        rules = (
            replace(made.rules[0], products=products),
            replace(made.rules[1], products=()),
            replace(made.rules[2], products=("Acme",)),  # not on the use of AI
        )
        stack = replace(made.stack, policy_touched=about, policy_rules=("No customer data.",))
        edition = replace(made, rules=rules, stack=stack)
        pages = build_page_view(edition, load_localizer("en")).stack_pages
        assert pages
        assert pages.policy
        assert pages.policy.finding == f"2 new rules are about the use of AI; {found}"


def test_what_feeds_what_is_drawn_and_told() -> None:
    """Boxes point to the rows of their products; a system outside of the stack has none."""
    stack = editions.briefing().stack
    assert isinstance(stack, StackView)
    one, two = (line.product.name for line in stack.lines[:2])
    flows = (DataFlow(one, two, ("orders", "clicks")), DataFlow(two, "Warehouse", directed=False))
    pages = build(flows=flows)
    view = pages.architecture
    assert view
    assert {box.name: (box.own, box.href) for box in view.boxes} == {
        one: (True, "#product-1"),
        two: (True, "#product-2"),
        "Warehouse": (False, ""),
    }
    assert [len(line.heads) for line in view.lines] == [1, 0]
    assert view.flows == ((one, two, "orders and clicks"),)
    assert view.links == f"{two} – Warehouse"
    assert view.alone.startswith("No connection is stated for: ")


def test_the_picture_of_the_page_holds_no_letters() -> None:
    """Names stand over it, in the page itself, and are text wherever they come from."""
    made = editions.briefing()
    assert made.stack
    flows = (DataFlow("<b>A", "B", ('"x"',)),)
    page = render_html(replace(made, stack=replace(made.stack, flows=flows))).decode()
    figure = page[page.index('<figure class="flow-picture"') :].partition("</figure>")[0]
    assert "&lt;b&gt;A" in figure
    assert "<text" not in figure
    assert "<b>A" not in figure
    # The page's policy lets no style of an element act: what stands there would have no effect.
    assert ' style="' not in page


def test_a_hub_of_many_systems_keeps_to_a_page() -> None:
    """The picture draws those that fit, and the list tells more than paper can draw."""
    flows = tuple(DataFlow("Hub", f"System {number}") for number in range(30))
    view = build(brief=True, flows=flows).architecture
    assert view
    assert 8 <= len(view.boxes) <= 14
    assert view.height <= 440
    assert (len(view.flows), view.more) == (20, 10)
    assert "Hub" in {box.name for box in view.boxes}
