"""Figures beside those of others and of before: only where they count the same."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from digest.app.previous import load_earlier_figures
from digest.edition import QuarterView
from digest.edition.stack.figures import add_stack_figures, compare_with_earlier
from digest.edition.stack.money import calculate_spend
from digest.edition.stack.view import build_stack_view
from digest.model.edition import (
    EarlierFigures,
    RuleEntry,
    RuleKind,
    RuleSubject,
    Sentence,
    Spend,
)
from digest.model.stack import (
    Benchmark,
    Budget,
    CustomField,
    FieldValue,
    Goal,
    GoalMeasure,
    Money,
    Product,
    Stack,
)
from digest.period import parse_quarter
from tests.factories.stories import story, tell

TODAY = date(2026, 10, 1)
STACK = Stack(
    products=(
        Product("Acme", ("crm",), cost=Money(60_000, "EUR")),
        Product("Bolide", ("seo",)),
    ),
    budget=Budget(Money(240_000, "EUR"), 1000, Money(120, "EUR"), Money(480, "EUR")),
)
NOW = calculate_spend(STACK)
BEFORE = EarlierFigures("2026-Q2", replace(NOW, total=(Money(50_000, "EUR"),), share=0.2))


def view(stack: Stack, *rules: RuleEntry, stories: Any = ()) -> Any:
    quarter = QuarterView(stack, stories, stories, {}, tell, TODAY)
    return add_stack_figures(build_stack_view(quarter), quarter, rules)


def test_what_a_customer_brings_stands_beside_what_winning_one_costs() -> None:
    assert (NOW.clv, NOW.clv_to_cac) == (Money(480, "EUR"), 4.0)
    other = replace(STACK.budget, clv=Money(480, "USD"))
    assert calculate_spend(replace(STACK, budget=other)).clv_to_cac is None


def test_the_own_share_stands_beside_those_of_others_with_who_says_so() -> None:
    """The article's figure is shipped; the team's own come with their source."""
    own = Benchmark("share of CAC", 0.3, 0.4, "Survey of ours")
    found = view(replace(STACK, benchmarks=(own,))).yardsticks
    assert [(one.own, one.benchmark.low, one.benchmark.source) for one in found] == [
        (0.25, 0.25, "MarTech"),
        (0.5, 0.3, "Survey of ours"),
    ]
    assert all(one.is_minimum for one in found)  # Bolide has no cost


def test_fields_that_are_not_printed_are_in_no_edition() -> None:
    """edition.json lies inside the PDF that readers get."""
    fields = (FieldValue("nps", 4), FieldValue("contract_no", "A-17"))
    stack = replace(
        STACK,
        products=(replace(STACK.products[0], fields=fields),),
        custom_fields=(CustomField("nps", "number", printed=True), CustomField("contract_no")),
    )
    found = view(stack)
    assert found.lines[0].product.fields == fields[:1]
    assert "contract_no" not in repr(found)


def test_whoever_states_no_budget_sees_no_yardstick() -> None:
    bare = replace(STACK, budget=Budget(), benchmarks=(Benchmark("share of CAC", 1, 1, "S"),))
    assert view(bare).yardsticks == ()


@pytest.mark.parametrize(
    ("change", "told", "left_out"),
    [
        ({}, ["2026-Q2"], []),
        ({"total": (Money(50_000, "USD"),)}, [], ["2026-Q2"]),
        ({"without_cost": ()}, [], ["2026-Q2"]),
        ({"without_cost": ("BOLIDE",)}, ["2026-Q2"], []),
        ({"total": ()}, [], []),
    ],
    ids=["alike", "currency", "another product is missing", "case", "nothing"],
)
def test_an_earlier_quarter_is_compared_where_it_counts_the_same(
    change: dict[str, Any], told: list[str], left_out: list[str]
) -> None:
    before = EarlierFigures("2026-Q2", replace(BEFORE.spend, **change))
    found = compare_with_earlier(NOW, (), [before])
    assert [one.quarter for one in found.spend] == told
    assert list(found.incomparable) == left_out


def test_a_share_of_a_budget_in_another_currency_is_not_compared() -> None:
    before = replace(BEFORE.spend, budget=Money(1, "USD"), cac=None)
    (row,) = compare_with_earlier(NOW, (), [EarlierFigures("2026-Q2", before)]).spend
    assert (row.total, row.share, row.share_of_cac) == ((Money(50_000, "EUR"),), None, None)


@pytest.mark.parametrize(
    ("before", "told"),
    [
        (GoalMeasure(40, date(2026, 5, 1), unit="EUR"), [40]),
        (GoalMeasure(40, date(2026, 5, 1), unit="USD"), []),
        (GoalMeasure(40, date(2026, 5, 1), unit="EUR", what="visits"), []),
        (GoalMeasure(41, date(2026, 8, 1), unit="EUR"), []),
    ],
    ids=["alike", "unit", "what", "same day"],
)
def test_a_goal_is_compared_with_the_same_measure(before: GoalMeasure, told: list[float]) -> None:
    goal = Goal("Grow", ("crm",), GoalMeasure(41, date(2026, 8, 1), 30, "EUR"))
    earlier = [EarlierFigures("2026-Q2", Spend(), {"Grow": before})]
    found = compare_with_earlier(NOW, [goal], earlier).measures
    assert [one.value for one in found] == told


def test_earlier_figures_are_read_from_the_editions_that_were_built(tmp_path: Path) -> None:
    """The latest first; what is broken, later, or without a stack is skipped."""
    goal = Goal("Grow", ("crm",), GoalMeasure(3, date(2026, 5, 1)))
    stack = {"spend": asdict(NOW), "goals": [asdict(goal), asdict(Goal("B", ()))]}
    files = {
        "2026-Q1": {"quarter": "2026-Q1", "stack": {"spend": asdict(Spend())}},
        "2026-Q2": {"quarter": "2026-Q2", "stack": stack},
        "2025-Q4": {"quarter": "2025-Q4", "stack": None},
        "2026-Q3": {"quarter": "2026-Q3", "stack": stack},
        "2025-Q3": {"quarter": "2025-Q3", "stack": {"spend": {"total": "much"}}},
    }
    for name, data in files.items():
        (tmp_path / name).mkdir()
        text = json.dumps(data, default=lambda day: day.isoformat())
        (tmp_path / name / "edition.json").write_text(text)
    quarter = parse_quarter("2026-Q3", datetime(2026, 10, 2, tzinfo=UTC))
    found = load_earlier_figures(tmp_path, quarter)
    assert [one.quarter for one in found] == ["2026-Q2", "2026-Q1"]
    assert found[0].spend == NOW
    assert found[0].measures == {"Grow": goal.measure}


def rule(kind: RuleKind, subject: RuleSubject = "privacy", **tags: Any) -> tuple[RuleEntry, Any]:
    one = story(f"A rule {kind} {subject}", event="regulation", **tags)
    return RuleEntry(story=tell(one), kind=kind, subject=subject), one


def test_rules_on_the_use_of_ai_stand_beside_the_policy() -> None:
    """Advice binds nobody, a ruling is on others, and one act is one rule, however often told."""
    law, told = rule("in force", "AI law"), rule("coming", "AI law")
    choice, chosen = rule("platform", ai="core")
    made = [
        (replace(law[0], law="Labels Act"), law[1]),
        (replace(told[0], law="Labels Act"), told[1]),
        (replace(choice, opt_out=True), chosen),
        rule("ruling", "AI law"),
        rule("platform", ai="core"),
        rule("advice", "AI law"),
        rule("ruling"),
    ]
    entries, stories = [entry for entry, _ in made], [one for _, one in made]
    stated = replace(STACK, policy_reviewed=date(2026, 2, 1))
    found = view(stated, *entries, stories=stories).policy_touched
    assert [one.id for one in found] == [stories[0].id, stories[4].id]
    assert view(STACK, *entries, stories=stories).policy_touched == ()


@pytest.mark.parametrize(
    ("exception", "policy", "is_answered"),
    [
        ("This shall not apply after a process of human review.", ("A person reads it.",), True),
        ("This shall not apply after a process of human review.", ("No customer data.",), False),
        ("This shall not apply to games.", ("A person reads it.",), False),
        ("This shall not apply after a process of human review.", ("No person reads it.",), False),
        (
            "This shall not apply after editorial control.",
            ("Ogni persona è tutelata dalla legge.",),
            False,
        ),
        (None, ("A person reads it.",), False),
    ],
)
def test_the_policy_answers_an_exception_that_asks_for_a_reader(
    exception: str | None, policy: tuple[str, ...], *, is_answered: bool
) -> None:
    law = story("A law on labels", event="regulation", ai="core")
    said = Sentence(exception, "The Paper", "https://paper.example") if exception else None
    entry = RuleEntry(story=tell(law), kind="in force", products=("Acme",), exception=said)
    found = view(replace(STACK, policy_rules=policy), entry, stories=(law,))
    assert (found.policy_excepted == tell(law)) == is_answered
    assert found.policy_answer == ("A person reads it." if is_answered else "")
