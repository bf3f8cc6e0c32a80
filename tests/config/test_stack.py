"""stack.yaml says what the company runs; every mistake is told at once, and nothing is invented."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import jsonschema
import pytest

from digest.config.decisions import load_team_decisions
from digest.config.stack import load_stack, parse_stack
from digest.config.starter import STACK_SCHEMA, build_schemas, find_starter_file, load_starter_files
from digest.decide.follow_up import trace_decisions
from digest.errors import ConfigError
from digest.model.stack import Budget, Money, Product, Stack
from digest.taxonomy import CATEGORIES

SAMPLE = Path(__file__).parents[2] / "digest" / "sample" / "stack.yaml"


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse_stack(text)
    return [str(one) for one in caught.value.problems]


def test_a_name_and_a_category_are_enough() -> None:
    """All else is empty: no owner, no cost, no date, no opinion on AI."""
    stack = parse_stack("products:\n  - name: Merrowbank\n    categories: [crm]\n").stack
    assert stack == Stack(products=(Product("Merrowbank", ("crm",)),))
    assert stack.products[0].notice_by is None
    assert stack.budget == Budget()


def test_an_empty_file_is_an_empty_stack() -> None:
    """The starter, in which all is commented out, counts as none."""
    assert parse_stack("").stack == Stack()
    assert parse_stack(find_starter_file("stack.yaml").read_text(encoding="utf-8")).stack == Stack()


def test_every_mistake_is_told_with_its_place() -> None:
    """Unknown category with its nearest, a cost that is no number, a date that is none, a name given twice …"""
    told = problems(
        "products:\n"
        "  - name: Merrowbank\n"
        "    categories: [crmm]\n"
        "    cost: ca. 20k\n"
        "    contract_end: next spring\n"
        "  - name: merrowbank\n"
        "    categories: [crm]\n"
        "    cost: 20000\n"
        "    notice: soon\n"
        "  - name: Tamberlyn\n"
        "    categores: [crm]\n"
        "money:\n"
        "  marketing_budget: 3\n"
    )
    assert told == [
        "stack.yaml:3:18: products[0].categories[0]: 'crmm' is no stack category; did you mean crm?",
        "stack.yaml:4:11: products[0].cost: must be a number, without quotes",
        "stack.yaml:5:19: products[0].contract_end: must be a date, as 2026-09-30",
        "stack.yaml:6:11: products[1].name: 'merrowbank' is already the name of the product products[0] (line 2)",
        "stack.yaml:8:11: products[1].cost: needs its currency beside it, as currency: EUR (or money.currency for all)",
        "stack.yaml:9:13: products[1].notice: a notice period needs contract_end beside it",
        "stack.yaml:9:13: products[1].notice: must be a period, as 90 days, 6 weeks or 3 months",
        "stack.yaml:11:5: products[2].categores: unknown key; did you mean categories?",
        "stack.yaml:13:21: money.marketing_budget: needs its currency beside it, as currency: EUR",
    ]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("cost: -1\n    currency: EUR", "must be 0 or more"),
        (
            "currency: EURO",
            "must be a currency of ISO 4217 in capitals, as EUR, THB or USD; did you mean EUR?",
        ),
        ("status: activ", "'activ' is not one of anchor, in use, trial, retiring"),
        ("users: 4.5", "must be a whole number, without quotes"),
        ("contract_end: 2026-02-30", "must be a date, as 2026-09-30"),
        ("ai: {used: perhaps}", "must be true or false"),
        ("vendor: [a]", "must be text"),
    ],
)
def test_a_field_says_what_is_allowed(line: str, told: str) -> None:
    (found,) = problems(f"products:\n  - name: A\n    categories: [crm]\n    {line}\n")
    assert told in found
    assert found.startswith("stack.yaml:4:")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "goals:\n  - {name: G, categories: [seoo]}\n",
            "'seoo' is no stack category; did you mean seo?",
        ),
        (
            "promises:\n  - {vendor: A, what: agents, promised: 2026-05-02, by: 2026-04-01}\n",
            "lies before the day",
        ),
        (
            "promises:\n  - {vendor: A, what: agents, state: done}\n",
            "'done' is not one of open, shipped",
        ),
        ("radar:\n  - {name: A, ring: adopt}\n", "'adopt' is not one of act, try, ask, watch"),
        (
            "radar:\n  - {name: A, ring: act, group: dat}\n",
            "'dat' is no group of categories; did you mean data?",
        ),
        (
            "ai_policy: {link: intranet/ai}\n",
            "must be an address that begins with http:// or https://",
        ),
        ("money: {new_customers: 0}\n", "must be 1 or more"),
    ],
)
def test_the_other_parts_are_checked_too(text: str, told: str) -> None:
    (found,) = problems(text)
    assert told in found


@pytest.mark.parametrize(
    ("end", "notice", "by"),
    [
        ("2027-03-31", "3 months", date(2026, 12, 31)),
        ("2027-05-31", "3 months", date(2027, 2, 28)),  # a month without a 31st ends earlier
        ("2026-12-31", "60 days", date(2026, 11, 1)),
        ("2026-12-31", "6 weeks", date(2026, 11, 19)),
    ],
)
def test_the_day_of_notice_is_counted_back(end: str, notice: str, by: date) -> None:
    stack = parse_stack(
        f"products:\n  - {{name: A, categories: [crm], contract_end: {end}, notice: {notice}}}\n"
    ).stack
    assert stack.products[0].notice_by == by


def test_names_of_the_landscape_are_taken_for_slugs() -> None:
    """People write categories as the landscape prints them."""
    for category in CATEGORIES.values():
        stack = parse_stack(f'products:\n  - {{name: A, categories: ["{category.name}"]}}\n').stack
        assert stack.products[0].categories == (category.slug,)


def test_the_common_currency_serves_amounts_that_name_none() -> None:
    stack = parse_stack(
        "money: {currency: THB, cac: 900}\n"
        "products:\n  - {name: A, categories: [crm], cost: 5}\n"
        "  - {name: B, categories: [crm], cost: 6, currency: EUR}\n"
    ).stack
    assert [one.cost for one in stack.products] == [Money(5, "THB"), Money(6, "EUR")]
    assert stack.budget.cac == Money(900, "THB")


def test_the_sample_is_right() -> None:
    assert len(load_stack(SAMPLE).stack.products) == 25


def test_the_fingerprint_is_that_of_the_values() -> None:
    one = parse_stack("products:\n  - {name: A, categories: [crm], cost: 5, currency: EUR}\n")
    same = parse_stack(
        "# a word\nproducts:\n  - currency: EUR\n    cost: 5\n    name: A\n    categories: [crm]\n"
    )
    other = parse_stack("products:\n  - {name: A, categories: [crm], cost: 6, currency: EUR}\n")
    assert one.fingerprint == same.fingerprint != other.fingerprint


def test_the_shipped_schema_is_current_and_agrees_with_the_starter() -> None:
    shipped = json.loads(STACK_SCHEMA.read_text(encoding="utf-8"))
    assert build_schemas()[STACK_SCHEMA] == STACK_SCHEMA.read_text("utf-8"), "run: make generate"
    jsonschema.Draft202012Validator.check_schema(shipped)
    first = find_starter_file("stack.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=digest/config/stack.schema.json"
    assert ".digest/stack.schema.json" in load_starter_files()["stack.yaml"].splitlines()[0]


def test_what_the_starter_shows_is_right_once_it_is_uncommented() -> None:
    """Every example in the starter can be used as it stands."""
    text = find_starter_file("stack.yaml").read_text(encoding="utf-8")
    lines = text[text.index("products: []") :].splitlines()
    text = "\n".join(line.removeprefix("#") for line in lines).replace("products: []", "products:")
    stack = parse_stack(text).stack
    assert stack.products[0].notice_by == date(2026, 12, 31)
    assert stack.goals
    assert stack.promises
    assert stack.placed
    assert stack.budget.cac == Money(58.5, "EUR")


def test_decisions_are_carried_until_they_are_closed(tmp_path: Path) -> None:
    """The last word on a decision counts, and it keeps the quarter in which it was taken."""
    (tmp_path / "a.yaml").write_text(
        "letter: ignored\ndecisions:\n  - {what: Ask A}\n  - {what: Try B, step: try}\n"
    )
    (tmp_path / "b.yaml").write_text(
        "decisions:\n  - {what: try b, state: done}\n  - {what: ask a, owner: Ada}\n"
    )
    both = [
        *load_team_decisions(tmp_path / "a.yaml", "2026-Q1"),
        *load_team_decisions(tmp_path / "b.yaml", "2026-Q2"),
    ]
    (left,) = (one.decision for one in trace_decisions(both) if one.decision.state == "open")
    assert (left.what, left.owner, left.quarter) == ("ask a", "Ada", "2026-Q1")


RICH = """\
money:
  currency: EUR
  marketing_budget: 100
  clv: 200
  benchmarks: [{measure: share of budget, percent: 20, to: 30, source: A survey}]
goals:
  - {name: Grow, categories: [crm], measure: {value: 3, target: 4, date: 2026-08-01, unit: EUR}}
product_fields:
  - {name: nps, type: number, label: NPS, print: true}
  - {name: until, type: date}
  - {name: contract_no}
ai_policy: {owner: Ada, rules: [Nothing of a customer., A person reads it.]}
products:
  - name: Acme
    categories: [crm]
    aliases: [Acme CRM]
    usage: {seats: 9, used: 5, active: 4, date: 2026-08-31}
    fields: {nps: 4, until: 2027-01-01, contract_no: A-1}
    integrations: [Bolide, {feeds: Bolide, data: [orders]}, {fed_by: Shop}]
  - name: Bolide
    categories: [seo]
    integrations: [{fed_by: acme crm, data: [orders, clicks]}, Cirrus]
"""


def test_all_that_a_company_may_state_is_read() -> None:
    """A flow that both of its ends state is one; a plain name gives way to a direction."""
    stack = parse_stack(RICH).stack
    acme = stack.products[0]
    assert (acme.usage.seats, acme.usage.used, acme.usage.active, acme.users) == (9, 5, 4, 4)
    assert {one.name: one.value for one in acme.fields} == {
        "nps": 4,
        "until": date(2027, 1, 1),
        "contract_no": "A-1",
    }
    assert [(one.name, one.printed) for one in stack.custom_fields] == [
        ("nps", True),
        ("until", False),
        ("contract_no", False),
    ]
    assert [(one.source, one.target, one.data, one.directed) for one in stack.flows] == [
        ("Acme", "Bolide", ("orders", "clicks"), True),
        ("Shop", "Acme", (), True),
        ("Bolide", "Cirrus", (), False),
    ]
    assert acme.integrations == ("Bolide", "Bolide", "Shop")
    (goal,) = stack.goals
    assert goal.measure
    assert (goal.measure.value, goal.measure.target, goal.measure.unit) == (3, 4, "EUR")
    assert stack.budget.clv == Money(200, "EUR")
    (benchmark,) = stack.benchmarks
    assert (benchmark.low, benchmark.high, benchmark.source) == (0.2, 0.3, "A survey")
    assert (stack.policy_owner, len(stack.policy_rules)) == ("Ada", 2)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("{nps: 4,", '{nps: "4",', "fields.nps: must be a number: product_fields says so"),
        ("until: 2027-01-01,", "until: soon,", "fields.until: must be a day, as 2026-09-30"),
        ("contract_no: A-1", "contract_nr: A-1", "none of the fields under product_fields; did"),
        ("{nps: 4,", "{nps: [4],", "fields.nps: must be text, a number, a day, true or false"),
        ("type: number", "type: int", "'int' is not one of text, number, boolean, date"),
        ("{fed_by: Shop}", "{fed_by: Shop, feeds: B}", "needs one of connects, feeds and fed_by"),
        ("{fed_by: Shop}", "{data: [x]}", "needs one of connects, feeds and fed_by, and no other"),
        ("{fed_by: Shop}", "{from: Shop}", "integrations[2].from: unknown key"),
        ("to: 30,", "to: 10,", "lies below percent, the lower end"),
        ("used: 5,", "used: many,", "usage.used: must be a whole number, without quotes"),
        ("{value: 3, ", "{", "measure.value: is missing: the figure, as a number"),
        ("  currency: EUR\n", "", "money.clv: needs its currency beside it"),
    ],
)  # fmt: skip
def test_a_mistake_in_it_is_told_where_it_stands(old: str, new: str, told: str) -> None:
    assert old in RICH
    assert any(told in one for one in problems(RICH.replace(old, new, 1)))


def test_undeclared_fields_have_one_type_in_all_products() -> None:
    text = RICH[: RICH.index("product_fields")] + RICH[RICH.index("ai_policy") :]
    assert parse_stack(text).stack.products[0].fields[1].value == "2027-01-01"  # as it is written
    other = text + "    fields: {nps: high}\n"
    (found,) = problems(other)
    assert "fields.nps: must be a number: it is one in a product before" in found
