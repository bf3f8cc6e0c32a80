"""Items that report one event, threads to earlier editions, and ranks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from digest.model.tags import AI_GRADES, EVIDENCE_GRADES, TaggedItem, Tags


@dataclass(frozen=True, slots=True)
class Merge:
    """Why two items tell one story."""

    first: str  # item ids
    second: str
    matched: tuple[
        str, ...
    ]  # in words: "same address", "both: acquires, Acme, $40m", "similar words 0.71: …"


@dataclass(frozen=True, slots=True)
class Story:
    """Items that report the same event. `items` are sorted by time, then id; `lead` is the one that names it."""

    id: str  # made of the lead item's id: "s" + id
    items: tuple[TaggedItem, ...]
    lead: TaggedItem
    merges: tuple[Merge, ...] = ()

    @property
    def tags(self) -> Tags:
        """The judgement of the whole: category, event and vendors of the lead; the highest AI and
        evidence grade that any member earns, with every member's claim points; relevant where one
        member is."""
        tags = self.lead.tags
        if len(self.items) == 1 and (tags.evidence is None or tags.ai in ("core", "applied")):
            return tags
        members = [
            self.lead.tags,
            *(member.tags for member in self.items if member is not self.lead),
        ]
        ai = min((one.ai for one in members), key=AI_GRADES.index)
        evidence = min(
            (one.evidence for one in members if one.evidence),
            key=EVIDENCE_GRADES.index,
            default=None,
        )
        points = dict.fromkeys(point for one in members for point in one.points)
        return replace(
            tags,
            relevant=any(one.relevant for one in members),
            category=next((one.category for one in members if one.category), None),
            ai=ai,
            evidence=evidence if ai in ("core", "applied") else None,
            points=tuple(points),
        )


@dataclass(frozen=True, slots=True)
class EarlierStory:
    """A story as an earlier edition told it."""

    id: str  # of the story
    edition: str  # its quarter
    title: str
    summary: str
    url: str  # canonical
    published: datetime
    language: str = "en"
    vendors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoryThread:
    """What ties a story to an earlier one. A repeat adds nothing to it; a follow-up does, and `news` says what."""

    earlier: EarlierStory
    kind: Literal["repeat", "follow-up"]
    matched: tuple[str, ...]  # what they share, in words
    news: tuple[str, ...] = ()  # each a Note


@dataclass(frozen=True, slots=True)
class RankedStory:
    """A story, its score and the parts that add up to it (name → points)."""

    story: Story
    score: float
    parts: Mapping[str, float]
