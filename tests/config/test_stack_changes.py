"""A spreadsheet over a stack.yaml: what it gives is changed, and no other byte."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config.own_columns import OwnColumn
from digest.config.stack import parse_stack
from digest.config.stack_changes import ProductChange, apply_update, plan_update
from tests.factories.examples import try_examples

FILE = """\
# yaml-language-server: $schema=.digest/stack.schema.json
# Kiln & Harbour. Ask Ada before you change this.

products:
  # our heart
  - name: HubSpot   # the CRM
    categories: [crm]    # home first
    cost:   60000   # a year, all editions
    # what Ada says:
    owner: 'Ada'
    integrations: [Shopify, {feeds: Klaviyo, data: [leads]}]  # from the wiki

  - {name: Klaviyo, categories: [email-marketing], cost: 300, aliases: [Klaviyo Email]}   # short
  - name: Semrush
    categories: [seo]
    # nothing more is known
# end of the products
money: {currency: EUR}   # for all
"""
ROWS: list[dict[str, Any]] = [
    {"name": "hubspot", "cost": 64000, "currency": "EUR", "users": 12, "owner": "Ada",
     "integrations": ["klaviyo", "Zapier"]},
    {"name": "Klaviyo Email", "cost": 400, "contract_end": "2027-01-31"},
    {"name": "WordPress", "categories": ["cms-web-experience"]},
]  # fmt: skip


def update(text: str, rows: list[dict[str, Any]]) -> str:
    return apply_update(text, plan_update(text, rows, "stack.yaml"), "stack.yaml")


def comments(text: str) -> list[str]:
    return re.findall(r"#.*", text)


def test_what_a_spreadsheet_changes_is_told_before_it_is_done() -> None:
    """By name or alias; what it does not list or give is kept, and so is a known direction."""
    planned = plan_update(FILE, ROWS, "stack.yaml")
    assert planned.unlisted == ("Semrush",)
    assert [
        (change.name, field.key, field.before, field.after)
        for change in planned.changes
        for field in change.fields
    ] == [
        ("HubSpot", "cost", 60000, 64000),
        ("HubSpot", "users", None, 12),
        (
            "HubSpot",
            "integrations",
            ["Shopify", {"feeds": "Klaviyo", "data": ["leads"]}],
            ["Shopify", {"feeds": "Klaviyo", "data": ["leads"]}, "Zapier"],
        ),
        ("Klaviyo", "cost", 300, 400),
        ("Klaviyo", "contract_end", None, "2027-01-31"),
    ]
    assert planned.changes[-1] == ProductChange("WordPress", row=ROWS[-1])


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_comment_and_every_other_line_stays(newline: str) -> None:
    before = FILE.replace("\n", newline)
    after = update(before, ROWS)
    assert comments(after) == comments(before)
    changed = {"HubSpot", "cost", "integrations", "Klaviyo, categories", "currency"}
    kept = [line for line in before.split(newline) if not any(word in line for word in changed)]
    assert [line for line in kept if line not in after.split(newline)] == []
    stack = parse_stack(after).stack
    assert [(one.name, one.cost and one.cost.amount) for one in stack.products] == [
        ("HubSpot", 64000), ("Klaviyo", 400), ("Semrush", None), ("WordPress", None),
    ]  # fmt: skip
    assert stack.products[0].users == 12


def test_an_update_that_was_done_has_nothing_to_do() -> None:
    once = update(FILE, ROWS)
    assert plan_update(once, ROWS, "stack.yaml").changes == ()
    assert update(once, ROWS) == once


def test_columns_of_the_team_s_own_are_declared_once() -> None:
    """A file that holds fields and declares none keeps to that: else they would be wrong."""
    column = OwnColumn("tier", "Tier", "text", {})
    rows = [{"name": "Semrush", "fields": {"tier": "B"}}]
    planned = plan_update(FILE, rows, "stack.yaml", [column])
    assert planned.declared == ({"name": "tier", "type": "text", "label": "Tier"},)
    after = apply_update(FILE, planned, "stack.yaml")
    assert parse_stack(after).stack.custom_fields[0].label == "Tier"
    assert plan_update(after, rows, "stack.yaml", [column]).declared == ()
    loose = FILE.replace("    # nothing more is known", "    fields: {nps: 3}  # by hand")
    planned = plan_update(loose, rows, "stack.yaml", [column])
    after = apply_update(loose, planned, "stack.yaml")
    assert "# by hand" in after
    assert [one.value for one in parse_stack(after).stack.products[2].fields] == [3, "B"]


_NAMES = st.sampled_from(["HubSpot", "Klaviyo", "Semrush", "WordPress", "A: b #c"])
_ROWS = st.lists(
    st.fixed_dictionaries(
        {"name": _NAMES},
        optional={
            "categories": st.lists(st.sampled_from(["crm", "seo", "cdp"]), min_size=1, unique=True),
            "owner": st.text("aé #:'\"-[]{}", min_size=1, max_size=8).filter(str.strip),
            "users": st.integers(0, 9999),
            "data": st.lists(st.sampled_from(["letters", "web: visits", "#1"]), min_size=1),
        },
    ),
    max_size=4,
    unique_by=lambda row: str(row["name"]).casefold(),
)


@try_examples(25)
@given(_ROWS)
def test_whatever_a_spreadsheet_holds_comments_stay_and_values_arrive(rows: Any) -> None:
    rows = [{"categories": ["cdp"], **row} for row in rows]
    after = update(FILE, rows)
    kept = iter(after.splitlines())
    assert all(any(comment in line for line in kept) for comment in comments(FILE))
    products = {one.name: one for one in parse_stack(after).stack.products}
    for row in rows:
        assert list(products[row["name"]].categories) == row["categories"]
        assert products[row["name"]].users == row.get("users")
