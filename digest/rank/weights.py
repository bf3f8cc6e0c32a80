"""Hold the points of the ranking formula: data made by tools/train_rank.py."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

Table = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class RankingWeights:
    """Points by part of the formula. A name that a table lacks gives no points.

    The scale is that of the readers who rated: 3 must be there, 2 should, 1 could, 0 should not.
    """

    base: float = 0.0
    title_signals: Table = field(default_factory=dict)  # signal → points where the title gives it
    signals: Table = field(default_factory=dict)  # signal → points where title or summary gives it
    words: Table = field(default_factory=dict)  # stem or pair of stems → points before scaling
    event: Table = field(default_factory=dict)  # what happened
    category: Table = field(default_factory=dict)  # slug, or "none"
    ai: Table = field(default_factory=dict)
    evidence: Table = field(default_factory=dict)
    tier: Table = field(default_factory=dict)
    platform: Table = field(default_factory=dict)  # vendors nearly everybody runs, in lower case
    sources: Table = field(default_factory=dict)  # Source.slug → weight; 1 where it is not named
    rule_date: float = 0.5  # a rule or a ruling whose words name the day it takes effect
    doubt: float = 0.4  # taken off, times the chance that the story is not relevant
    corroboration: float = 0.25  # for each doubling of the independent publishers
    source: float = 0.5  # times (weight of the source - 1)
    freshness: float = 0.05  # times the place in the quarter: 0 at its first instant, 1 at its last


@cache
def load_default_weights() -> RankingWeights:
    """Return the weights that the package ships."""
    loaded = json.loads(resources.files("digest.rank").joinpath("weights.json").read_text("utf-8"))
    tables: dict[str, Any] = {
        name: MappingProxyType(value) if isinstance(value, dict) else value
        for name, value in loaded.items()
    }
    return RankingWeights(**tables)
