"""Items that report one event, themes, threads to earlier editions, and ranks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal, get_args

from digest.model.tags import AI_GRADES, EVIDENCE_GRADES, Event, TaggedItem, Tags

# A step in the life of a product, by what happened to it, as far as words say so.
Act = Literal["announced", "in test", "available", "changed", "repriced", "withdrawn"]
ACTS: tuple[Act, ...] = get_args(Act)


@dataclass(frozen=True, slots=True)
class Merge:
    """Why two items are of one story."""

    first: str  # item ids
    second: str
    matched: tuple[str, ...]  # in words: "same address", "both: acquires, Acme, $40m"


@dataclass(frozen=True, slots=True)
class Story:
    """Items that report the same event."""

    id: str  # made of the lead item's id: "s" + id
    items: tuple[TaggedItem, ...]  # sorted by time, then id
    lead: TaggedItem  # the one that names the story
    merges: tuple[Merge, ...] = ()
    # found out once: a quarter is decided again after each action at the desk
    _tags: Tags | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def tags(self) -> Tags:
        """The judgement of the whole.

        Category, event and vendors are the lead's; AI and evidence grade are the highest that any
        member earns, with every member's claim points; it is relevant where one member is.
        """
        found = self._tags
        if found is None:
            found = self._combine_tags()
            object.__setattr__(self, "_tags", found)
        return found

    def _combine_tags(self) -> Tags:
        tags = self.lead.tags
        if len(self.items) == 1 and (tags.evidence is None or tags.ai in ("core", "applied")):
            return tags
        members = [tags, *(member.tags for member in self.items if member is not self.lead)]
        deciding = {  # field → the judgement that it is taken from
            "relevant": max(members, key=lambda member: member.relevance_probability),
            "category": next((member for member in members if member.category), tags),
            "ai": min(members, key=lambda member: AI_GRADES.index(member.ai)),
            "evidence": min(members, key=_get_evidence_rank),
            "event": tags,
        }
        ai = deciding["ai"].ai
        return replace(
            tags,
            relevant=any(member.relevant for member in members),
            category=deciding["category"].category,
            ai=ai,
            evidence=deciding["evidence"].evidence if ai in ("core", "applied") else None,
            points=tuple(dict.fromkeys(point for member in members for point in member.points)),
            confidence=dict(tags.confidence)
            | {
                name: member.confidence[name]
                for name, member in deciding.items()
                if name in member.confidence
            },
            unsure=frozenset(name for name, member in deciding.items() if name in member.unsure),
        )


def _get_evidence_rank(tags: Tags) -> int:
    return EVIDENCE_GRADES.index(tags.evidence) if tags.evidence else len(EVIDENCE_GRADES)


@dataclass(frozen=True, slots=True)
class EarlierStory:
    """A story as an earlier edition printed it."""

    id: str  # of the story
    edition: str  # its quarter
    title: str
    summary: str
    url: str  # canonical
    published: datetime
    language: str = "en"
    vendors: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()  # who acts, the owners of first-hand sources among them
    category: str | None = None
    event: Event = "other"
    act: Act | None = None
    due: date | None = None  # when what it announced is to come
    told: bool = True  # in full; False where it was one line of the register


@dataclass(frozen=True, slots=True)
class StoryThread:
    """What ties a story to an earlier one: a repeat adds nothing to it, a follow-up does."""

    earlier: EarlierStory
    kind: Literal["repeat", "follow-up"]
    matched: tuple[str, ...]  # what they share, in words
    news: tuple[str, ...] = ()  # what a follow-up adds, each a TranslatableText


@dataclass(frozen=True, slots=True)
class StoryTheme:
    """Stories of several publishers that are about one thing.

    A story may stand in several themes; it is told in the first.
    """

    topics: tuple[str, ...]  # what they have in common
    stories: tuple[str, ...]  # their ids, sorted


@dataclass(frozen=True, slots=True)
class RankedStory:
    """A story, its score and the parts that add up to it (name → points)."""

    story: Story
    score: float
    parts: Mapping[str, float]
