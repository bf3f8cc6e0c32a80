"""The team's rules stand above the judgement and are named."""

from __future__ import annotations

from typing import Any

import pytest

from digest.errors import ConfigError
from digest.tag import Judge, Overrides, Rule, item_from_json
from digest.tag.rules import terms_of
from digest.tag.vendors import Vendor

NEWS = {"id": "1", "title": "Postlane launches an AI agent for email campaigns", "source": "Trade Daily"}


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
    judge = Judge.load(Overrides(rules=(Rule("no hype", "exclude", **conditions),)))
    tags = judge.judge(item_from_json(NEWS))
    assert not tags.relevant
    assert tags.why["relevant"] == ("rule no hype: exclude",)
    assert tags.confidence["relevant"] == 1.0


@pytest.mark.parametrize("conditions", [{"words": ("camp",)}, {"pattern": "^agent"}, {"events": ("people",)}])
def test_a_rule_that_does_not_hold_changes_nothing(conditions: dict[str, Any]) -> None:
    """Words are whole words here too."""
    item = item_from_json(NEWS)
    assert Judge.load(Overrides(rules=(Rule("r", "exclude", **conditions),))).judge(item) == Judge.load().judge(item)


def test_the_first_rule_decides() -> None:
    """An include before an exclude keeps the item."""
    rules = (Rule("keep", "include", words=("postlane",)), Rule("drop", "exclude", words=("agent",)))
    tags = Judge.load(Overrides(rules=rules)).judge(item_from_json(NEWS))
    assert tags.relevant
    assert tags.why["relevant"] == ("rule keep: include",)


def test_the_teams_words_and_companies_count() -> None:
    """A word that means nothing to us speaks for its category, a new company is seen."""
    overrides = Overrides(
        terms=terms_of({"print": ["flyerix^3", "flyerix press^3"]}),
        vendors=(Vendor("Quorbly", categories=("print",)),),
    )
    item = item_from_json({"id": "1", "title": "Quorbly launches Flyerix Press for flyerix printing"})
    assert "flyerix" in " ".join(Judge.load(overrides).judge(item).why["category"])
    assert "Quorbly" in Judge.load(overrides).judge(item).vendors


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
        Overrides(terms=terms_of({"mail": ["x"]}))
