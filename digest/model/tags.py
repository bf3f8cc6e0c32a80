"""What an item is judged to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from digest.model.item import Item

Ai = Literal["core", "applied", "mention", "none"]
Evidence = Literal["evidenced", "specified", "claimed"]
Event = Literal[
    "launch",
    "update",
    "acquisition",
    "funding",
    "partnership",
    "regulation",
    "research",
    "shutdown",
    "pricing",
    "people",
    "results",
    "opinion",
    "howto",
    "promo",
    "incident",
    "other",
]
AI_GRADES: tuple[Ai, ...] = get_args(Ai)  # the highest first, as EVIDENCE_GRADES are
EVIDENCE_GRADES: tuple[Evidence, ...] = get_args(Evidence)
EVENTS: tuple[Event, ...] = get_args(Event)


@dataclass(frozen=True, slots=True)
class ClaimPoint:
    """One point of the AI-claim test that an item's own words answer."""

    kind: Literal["data", "method", "availability", "customer", "result", "speaker", "difference"]
    quote: str  # the item's words


@dataclass(frozen=True, slots=True)
class Tags:
    """What an item is judged to be."""

    relevant: bool
    category: str | None
    also: tuple[str, ...]
    ai: Ai
    evidence: Evidence | None
    event: Event
    vendors: tuple[str, ...]
    points: tuple[ClaimPoint, ...] = ()
    why: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # field → words that decided
    # field → how likely its label is right, 0 to 1, measured on publishers that were never seen
    confidence: Mapping[str, float] = field(default_factory=dict)
    unsure: frozenset[str] = frozenset()  # fields whose label is wrong too often to be printed

    def is_certain(self, name: str) -> bool:
        """Return whether a field's label is right often enough to be printed as a fact."""
        return name not in self.unsure

    @property
    def relevance_probability(self) -> float:
        """How likely the item is relevant, 0 to 1; 1 or 0 where a person or a rule said so."""
        sure = self.confidence.get("relevant", 1.0)
        return sure if self.relevant else 1.0 - sure


@dataclass(frozen=True, slots=True)
class TaggedItem:
    """An item and its judgement."""

    item: Item
    tags: Tags


def tags_to_dict(tags: Tags) -> dict[str, Any]:
    """Return the judged fields as the labels write them."""
    return {
        "relevant": tags.relevant,
        "category": tags.category,
        "also": list(tags.also),
        "ai": tags.ai,
        "evidence": tags.evidence,
        "event": tags.event,
        "vendors": list(tags.vendors),
        "points": [{"kind": point.kind, "quote": point.quote} for point in tags.points],
        "why": {field: list(words) for field, words in tags.why.items()},
        "confidence": {field: round(value, 3) for field, value in tags.confidence.items()},
        "unsure": sorted(tags.unsure),
    }
