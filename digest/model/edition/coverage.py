"""What was read for an edition, its counts, and how they compare with the quarter before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt

from digest.model.edition.stories import Time
from digest.model.source import Tier

CountTable = Mapping[str, NonNegativeInt]  # slug → stories
SourceState = Literal["read", "failed", "silent", "never read", "switched off"]
TrendField = Literal["category", "event", "ai"]


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """What was read from one source for the quarter.

    `items` is how many of the quarter are held, from `held_from` to `held_to` over all quarters.
    `days` has one letter a day of the quarter: h known to be held, m missing, u unknown, . not yet
    come.
    """

    source: str  # name
    tier: Tier
    url: str | None
    items: NonNegativeInt
    in_edition: NonNegativeInt
    state: SourceState
    last_success: Time | None
    held_from: Time | None
    held_to: Time | None
    problem: str = ""
    days: Annotated[str, Field(pattern="^[hmu.]*$")] = ""


@dataclass(frozen=True, slots=True)
class QuarterCounts:
    """Figures of one quarter: items, relevant ones, relevant stories, sources that gave any."""

    items: NonNegativeInt
    relevant: NonNegativeInt
    stories: NonNegativeInt
    in_edition: NonNegativeInt
    sources: NonNegativeInt
    by_category: CountTable = field(default_factory=dict)
    by_event: CountTable = field(default_factory=dict)
    by_ai: CountTable = field(default_factory=dict)
    by_evidence: CountTable = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Comparability:
    """Whether a quarter can be compared with the one before; if not, `reason` says why.

    `reason` is a TranslatableText, "" where they can be compared.
    """

    comparable: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TrendChange:
    """How many of a quarter's relevant stories are of one category, event or AI grade."""

    field: TrendField
    slug: str
    now: int
    then: int


@dataclass(frozen=True, slots=True)
class Trend:
    """A quarter's relevant stories against those of the quarter before.

    They are counted in the `sources` that gave items in both, so that a new source is no growth.
    `grew` and `fell` are what moved by more than chance, the surest first.
    """

    sources: int
    sources_new: int
    sources_gone: int
    stories: int
    stories_before: int
    grew: tuple[TrendChange, ...] = ()
    fell: tuple[TrendChange, ...] = ()
