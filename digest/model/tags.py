"""What an item is judged to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from digest.model.item import Item

Ai = Literal["core", "applied", "mention", "none"]
Evidence = Literal["evidenced", "specified", "claimed"]
Event = Literal[
    "launch", "update", "acquisition", "funding", "partnership", "regulation", "research", "shutdown", "pricing",
    "people", "results", "opinion", "howto", "promo", "other",
]  # fmt: skip
AI_GRADES: tuple[Ai, ...] = ("core", "applied", "mention", "none")
EVIDENCE_GRADES: tuple[Evidence, ...] = ("evidenced", "specified", "claimed")
EVENTS: tuple[Event, ...] = (
    "launch", "update", "acquisition", "funding", "partnership", "regulation", "research", "shutdown", "pricing",
    "people", "results", "opinion", "howto", "promo", "other",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClaimPoint:
    """One point of the AI-claim test that an item's own words answer."""

    kind: Literal["data", "method", "availability", "customer", "result", "speaker", "difference"]
    quote: str  # the item's words


@dataclass(frozen=True, slots=True)
class Tags:
    """What an item is judged to be, with the words that decided (`why`: field → words) and a confidence, 0 to 1."""

    relevant: bool
    category: str | None
    also: tuple[str, ...]
    ai: Ai
    evidence: Evidence | None
    event: Event
    vendors: tuple[str, ...]
    points: tuple[ClaimPoint, ...] = ()
    why: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    confidence: Mapping[str, float] = field(default_factory=dict)  # field → 0 to 1


@dataclass(frozen=True, slots=True)
class TaggedItem:
    """An item and its judgement."""

    item: Item
    tags: Tags
