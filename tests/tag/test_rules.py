"""The team's rules stand above the judgement and are named."""

from __future__ import annotations

import re
from typing import Any

import pytest

from digest.errors import ConfigError
from digest.tag import ItemJudge, Overrides, Rule, item_from_json
from digest.tag.rules import build_team_terms, build_team_vendor
from digest.tag.vendors import Vendor

FARM = {"events": {"shutdown": {"title": (r"to the farm$", r"in Campagna\b")}}}
NEWS = {
    "id": "1",
    "title": "Postlane launches an AI agent for email campaigns",
    "source": "Trade Daily",
}


@pytest.mark.parametrize(
    "conditions",
    [
        {"words": ("campaign*",)},
        {"words": ("agent",)},
        {"pattern": r"launches an? \w+"},
        {"sources": ("trade daily",)},
        {"events": ("launch",)},
        {"words": ("agent",), "events": ("launch",)},
    ],
)
def test_a_rule_excludes_and_is_named(conditions: dict[str, Any]) -> None:
    """By word, pattern, source or event, and by several at once."""
    judge = ItemJudge.load(Overrides(rules=(Rule("no hype", "exclude", **conditions),)))
    tags = judge.judge_item(item_from_json(NEWS))
    assert not tags.relevant
    assert tags.why["relevant"] == ("rule no hype: exclude",)
    assert tags.confidence["relevant"] == 1.0


@pytest.mark.parametrize(
    "conditions", [{"words": ("camp",)}, {"pattern": "^agent"}, {"events": ("people",)}]
)
def test_a_rule_that_does_not_hold_changes_nothing(conditions: dict[str, Any]) -> None:
    """Words are whole words here too."""
    item = item_from_json(NEWS)
    assert ItemJudge.load(Overrides(rules=(Rule("r", "exclude", **conditions),))).judge_item(
        item
    ) == ItemJudge.load().judge_item(item)


def test_the_first_rule_decides() -> None:
    """An include before an exclude keeps the item."""
    rules = (
        Rule("keep", "include", words=("postlane",)),
        Rule("drop", "exclude", words=("agent",)),
    )
    tags = ItemJudge.load(Overrides(rules=rules)).judge_item(item_from_json(NEWS))
    assert tags.relevant
    assert tags.why["relevant"] == ("rule keep: include",)


@pytest.mark.whole
def test_the_teams_words_and_companies_count() -> None:
    """A word that means nothing to us speaks for its category, a new company is seen."""
    overrides = Overrides(
        terms=build_team_terms({"print": ["flyerix^3", "flyerix press^3"]}),
        vendors=(Vendor("Quorbly", categories=("print",)),),
    )
    item = item_from_json(
        {"id": "1", "title": "Quorbly launches Flyerix Press for flyerix printing"}
    )
    assert (
        ItemJudge.load(overrides).judge_item(item).why["category"][0] == "flyerix (the team's word)"
    )
    assert "Quorbly" in ItemJudge.load(overrides).judge_item(item).vendors


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({}, "at least one condition"),
        ({"categories": ("mail",)}, "'mail' is no category slug"),
        ({"events": ("start",)}, "'start' is no event"),
        ({"pattern": "("}, "no regular expression"),
        ({"pattern": "(a+)+b"}, "could take very long"),
        ({"pattern": "a*b*c*d"}, "could take very long"),
        ({"pattern": "x" * 300}, "longer than 200"),
    ],
)
def test_wrong_rules_are_told(rule: dict[str, Any], told: str) -> None:
    """What is wrong and what is allowed, before anything is judged."""
    with pytest.raises(ConfigError, match=told):
        Rule("r", "exclude", **rule)


def test_words_need_a_category_that_exists() -> None:
    """A slug that we do not know is told."""
    with pytest.raises(ConfigError, match="'mail' is no category slug"):
        Overrides(terms=build_team_terms({"mail": ["x"]}))


@pytest.mark.parametrize(
    ("title", "more", "field", "value"),
    [
        ("Zorblatt sends its archive product to the farm", FARM, "event", "shutdown"),
        ("Zorblatt invia il suo archivio in campagna", FARM, "event", "shutdown"),
        ("Zorblatt launches ThinkPen for florists", {"ai": ("ThinkPen",)}, "ai", "core"),
        ("Zorblatt launches thinking pens for florists", {"ai": ("thinking pen*",)}, "ai", "core"),
    ],
)
def test_the_teams_patterns_and_ai_words_count(
    title: str, more: dict[str, Any], field: str, value: str
) -> None:
    """A pattern counts as one of its event, in every language; a word of AI as a packaged one."""
    item = item_from_json({"id": "1", "title": title})
    assert getattr(ItemJudge.load().judge_item(item), field) != value
    assert getattr(ItemJudge.load(Overrides(**more)).judge_item(item), field) == value


def test_ai_words_with_capitals_count_only_as_written() -> None:
    """A name that is a word elsewhere."""
    item = item_from_json({"id": "1", "title": "Zorblatt launches a pensive garden for florists"})
    assert ItemJudge.load(Overrides(ai=("Pensive",))).judge_item(item).ai == "none"


def test_the_teams_claim_patterns_answer_points() -> None:
    """The sentence that they find is quoted."""
    row = {
        "title": "Zorblatt launches an AI agent for email",
        "summary": "The agent writes. Ask at every counter of ours.",
    }
    item = item_from_json({"id": "1", **row})
    judge = ItemJudge.load(Overrides(claims={"availability": (r"\bevery counter of ours\b",)}))
    assert "Ask at every counter of ours." in [
        one.quote for one in judge.judge_item(item).points if one.kind == "availability"
    ]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"events": {"start": {"title": ("x",)}}}, "events.start.title: is no place"),
        ({"events": {"launch": {"head": ("x",)}}}, "events.launch.head: is no place"),
        (
            {"events": {"launch": {"title": ("(a+)+b",)}}},
            "events.launch.title: the pattern could take very long",
        ),
        ({"claims": {"hype": ("x",)}}, "claims.hype: is no place"),
        ({"claims": {"data": ("(",)}}, "claims.data: the pattern is no regular expression"),
    ],
)
def test_wrong_patterns_are_told(more: dict[str, Any], told: str) -> None:
    """As those of a rule are."""
    with pytest.raises(ConfigError, match=re.escape(told)):
        Overrides(**more)


def test_what_is_not_said_of_a_company_stays() -> None:
    """A known company keeps its names and address under another home category."""
    known = build_team_vendor("HubSpot")
    moved = build_team_vendor("HubSpot", categories=("print",))
    assert known.site
    assert (moved.categories, moved.site, moved.aliases) == (("print",), known.site, known.aliases)
    assert build_team_vendor("Quorbly", categories=("print",)) == Vendor(
        "Quorbly", categories=("print",)
    )
