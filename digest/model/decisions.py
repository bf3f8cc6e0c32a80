"""What the team decided of an edition, as editions/QUARTER.yaml keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from digest.model.drafts import AcceptedText
from digest.model.item import Item
from digest.model.stack import RelationKind, Ring

Step = Literal["act", "try", "ask", "watch", "ignore"]
DecisionState = Literal["open", "done", "dropped"]


@dataclass(frozen=True, slots=True)
class TeamDecision:
    """A decision of the team, as editions/QUARTER.yaml keeps it."""

    what: str
    step: Step | None = None
    story: str = ""  # id
    owner: str = ""
    due: date | None = None
    state: DecisionState = "open"
    quarter: str = ""  # of the edition in which it was taken
    note: str = ""
    outcome: str = ""  # what came of it
    closed: date | None = None  # when it was done or dropped

    def is_late(self, today: date) -> bool:
        """Return whether it is open after its day."""
        return self.state == "open" and self.due is not None and self.due < today


@dataclass(frozen=True, slots=True)
class StoryDecision:
    """What the team decided of one story. It holds for the story that tells the item `item`, or
    else one at `url`. Whatever was not decided is empty or None."""

    url: str = ""  # canonical
    item: str = ""  # id
    title: str = ""  # of the story then, for whoever reads the file
    keep: bool = False
    drop: str = ""  # the reason
    pin: int | None = None  # place among the pinned, from 1
    headline: str = ""
    summary: str = ""
    note: str = ""  # Markdown
    tags: Mapping[str, Any] = field(default_factory=dict)  # field of Tags → value
    relation: RelationKind | None = None
    ring: Ring | None = None
    merge: tuple[str, ...] = ()  # items, by address or id, whose stories are this one
    split: tuple[str, ...] = ()  # items, by address or id, that are a story of their own
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EditorialDecisions:
    """What editions/QUARTER.yaml holds."""

    stories: tuple[StoryDecision, ...] = ()
    added: tuple[Item, ...] = ()  # by a person
    letter: str = ""  # Markdown
    decisions: tuple[TeamDecision, ...] = ()
    accepted: tuple[AcceptedText, ...] = ()  # a language model's texts
    off: frozenset[str] = frozenset()  # sections that are switched off
