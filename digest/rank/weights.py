"""The points of the ranking formula: data, made by tools/train_rank.py, changeable by the team."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class Weights:
    """Points by part of the formula. A name that a table lacks gives no points."""

    event: Mapping[str, float] = field(default_factory=dict)  # what happened
    category: Mapping[str, float] = field(
        default_factory=dict
    )  # how many run it, slug → points; "none" where there is none
    ai: Mapping[str, float] = field(default_factory=dict)
    evidence: Mapping[str, float] = field(default_factory=dict)
    tier: Mapping[str, float] = field(default_factory=dict)
    platform: Mapping[str, float] = field(
        default_factory=dict
    )  # vendors that nearly everybody runs, casefolded name → points
    words: Mapping[str, float] = field(
        default_factory=dict
    )  # the text model: word or pair of words → points before scaling
    sources: Mapping[str, float] = field(default_factory=dict)  # Source.slug → weight, 1 where it is not named
    relevance: float = 2.0  # times the confidence that the story is relevant
    corroboration: float = 0.5  # for each doubling of the independent publishers
    rule_date: float = 0.5  # a rule or forced change that names a day
    figures: float = 0.3  # the words hold a figure
    source: float = 0.5  # times (weight of the source - 1)
    freshness: float = 0.2  # times the place in the quarter, 0 at its first instant, 1 at its last
    base: float = 0.0


@cache
def default_weights() -> Weights:
    """The weights that the package ships."""
    held = json.loads(resources.files("digest.rank").joinpath("weights.json").read_text("utf-8"))
    tables: dict[str, Any] = {
        name: MappingProxyType(value) if isinstance(value, dict) else value for name, value in held.items()
    }
    return Weights(**tables)
