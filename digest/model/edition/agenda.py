"""What is to be decided, and the days of two quarters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from digest.i18n import TranslatableText
from digest.model.decisions import Step, TeamDecision
from digest.model.edition.stories import OPTIONAL, StoryRef
from digest.model.sentence import Sentence
from digest.model.stack import Money
from digest.period import PLANNING_HORIZON


@dataclass(frozen=True, slots=True)
class ProposedStep:
    """A step proposed for a story, with owner and date where the files give them."""

    story: StoryRef
    step: Step
    reason: TranslatableText
    owner: str = ""
    due: date | None = None


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule of the quarter, and the products of the stack that it touches."""

    story: StoryRef
    effective: str  # from when, in the source's words; "" where it names no day
    products: tuple[str, ...]
    duty: Sentence | None = None  # who must do what


@dataclass(frozen=True, slots=True)
class AgendaFact:
    """A part of a reason, with the story that tells it."""

    text: TranslatableText
    story: str | None = None  # its id
    section: str = ""  # the slug of the section that says more, where it is not the item's


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaItem:
    """Something to decide at the review. Whatever is not known is empty."""

    what: TranslatableText  # a question that can be answered by yes or no, or by one of two ways
    why: TranslatableText  # why now
    owner: str = ""
    proposed: str = ""  # who may own it, where no file says
    facts: tuple[AgendaFact, ...] = ()  # the parts of `why`, where several stories tell them
    due: date | None = None
    section: str = ""  # the slug of the section that says more
    story: str | None = None  # its id


@dataclass(frozen=True, slots=True)
class AgendaSection:
    """A part of the review's agenda: what is known, and what to decide."""

    slug: Literal["strategy", "usage", "gaps", "open"]
    points: tuple[TranslatableText, ...]
    items: tuple[AgendaItem, ...]


@dataclass(frozen=True, slots=True)
class ContractRow:
    """A contract whose day of notice, or else whose end, falls into the next two quarters."""

    product: str
    day: date
    kind: Literal["notice", "contract end"]
    retiring: bool  # it is to end
    cost: Money | None = None  # a year
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Agenda:
    """One page for the quarterly review with the technology lead.

    What page one asks is in none of the `parts`. `contracts` are all of which a day is ahead, the
    dearest first.
    """

    parts: tuple[AgendaSection, ...]
    proposals: tuple[ProposedStep, ...] = ()
    carried: tuple[TeamDecision, ...] = ()
    rules: tuple[RuleRow, ...] = ()
    contracts: tuple[ContractRow, ...] = ()
    closed: tuple[TeamDecision, ...] = ()  # since the edition before


DateKind = Literal[
    "effective", "deadline", "ends", "notice", "contract end", "promise", "decision", "review"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEntry:
    """A day on which something takes effect, ends or must be done.

    Words that name no day but a month or a part of it span `day` to `last`.
    """

    day: date
    last: date  # the last day that the words may mean; `day` where they name a day
    kind: DateKind
    what: str  # the sentence that names the day, a headline, or a TranslatableText
    language: str = ""  # of sentence or headline; "" for a TranslatableText
    quote: Sentence | None = None  # the sentence that names the day
    story: StoryRef | None = None
    products: tuple[str, ...] = ()  # of the stack, that it touches
    owner: str = ""
    cost: Money | None = None  # a year, of the contract that the day is about
    of_price: bool = False  # a price that held for a time ends or follows
    whom: Annotated[str, OPTIONAL] = (
        ""  # which of a maker's customers it holds for, in a report's words; "" for all
    )


def drop_noticed_ends(entries: Sequence[CalendarEntry]) -> tuple[CalendarEntry, ...]:
    """Return dates without the ends of contracts whose notice is among them: one row each."""
    noticed = {entry.products for entry in entries if entry.kind == "notice"}
    return tuple(
        entry for entry in entries if entry.kind != "contract end" or entry.products not in noticed
    )


def list_dates_ahead(entries: Sequence[CalendarEntry], today: date) -> tuple[CalendarEntry, ...]:
    """Return the dates that page one and the calendar's heading count."""
    return tuple(
        entry
        for entry in drop_noticed_ends(entries)
        if today <= entry.day <= today + PLANNING_HORIZON
    )
