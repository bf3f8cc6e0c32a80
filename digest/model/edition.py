"""A quarter's briefing: HTML, PDF, mail and data are made of it and of nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from digest.i18n import TranslatableText
from digest.model.decisions import TeamDecision
from digest.model.source import Tier
from digest.model.stack import Money, Product, Promise, Relation, Ring
from digest.model.story import StoryThread
from digest.model.tags import Ai, ClaimPoint, Event, Evidence


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence in a source's own words, and where it stands."""

    text: str
    source: str  # the publisher's name
    url: str


@dataclass(frozen=True, slots=True)
class Reference:
    """One report of a story."""

    id: str  # item id
    url: str
    source: str  # the publisher's name
    title: str
    published: datetime | None
    via: str | None = None  # the newsletter's name, where a letter brought it


@dataclass(frozen=True, slots=True)
class EditionStory:
    """A story as it is printed."""

    id: str
    title: str
    language: str
    summary: tuple[Sentence, ...]
    why_it_matters: tuple[
        str, ...
    ]  # facts of our own files and counts (a Note); () where there is nothing to say
    category: str | None
    also: tuple[str, ...]
    ai: Ai
    evidence: Evidence | None
    points: tuple[ClaimPoint, ...]
    event: Event
    vendors: tuple[str, ...]
    score: float
    parts: Mapping[str, float]
    items: tuple[Reference, ...]
    published: datetime
    ring: str | None = None
    relation: Relation | None = None  # None where the company has no stack.yaml
    note: str = ""  # the team's, in Markdown
    edited: tuple[
        str, ...
    ] = ()  # what of this story is the team's word: headline, summary, category …
    thread: StoryThread | None = None  # the earlier story that this one carries on
    conflicts: tuple[
        tuple[Sentence, Sentence], ...
    ] = ()  # where its sources give different figures


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the briefing. Every story stands in one section only; `told_before` names those of the quarter
    in five that belong here too. `note` says why a section is empty."""

    slug: str  # five | ai-watch | categories | deals | rules | missed
    stories: tuple[EditionStory, ...]
    told_before: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """What was read from one source for the quarter."""

    source: str  # name
    tier: Tier
    url: str | None
    items: int  # of the quarter, held
    in_edition: int
    state: Literal["read", "failed", "silent", "never read", "switched off"]
    last_success: datetime | None
    held_from: datetime | None  # the oldest item of the source that the archive holds
    held_to: datetime | None
    problem: str = ""
    days: str = ""  # one letter a day of the quarter, see digest.model.source: h held, m missing, u unknown, . ahead


@dataclass(frozen=True, slots=True)
class QuarterCounts:
    """Figures of one quarter."""

    items: int
    relevant: int
    stories: int
    in_edition: int
    sources: int  # that gave an item
    by_category: Mapping[str, int] = field(default_factory=dict)  # stories
    by_event: Mapping[str, int] = field(default_factory=dict)
    by_ai: Mapping[str, int] = field(default_factory=dict)
    by_evidence: Mapping[str, int] = field(default_factory=dict)


TrendField = Literal["category", "event", "ai"]


@dataclass(frozen=True, slots=True)
class TrendChange:
    """How many of a quarter's relevant stories are of one category, event or AI grade, and how many were."""

    field: TrendField
    slug: str
    now: int
    then: int


@dataclass(frozen=True, slots=True)
class Trend:
    """A quarter's relevant stories against those of the quarter before, counted in the sources that gave items in both,
    so that a new source is no growth. `grew` and `fell`: what moved by more than chance, the surest first."""

    sources: int  # that gave items in both quarters
    sources_new: int
    sources_gone: int
    stories: int
    stories_before: int
    grew: tuple[TrendChange, ...] = ()
    fell: tuple[TrendChange, ...] = ()


@dataclass(frozen=True, slots=True)
class StoryRef:
    """A story that a page of our own points to, whether or not the briefing tells it."""

    id: str
    title: str
    language: str
    url: str
    source: str
    published: datetime
    event: Event
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product of ours and its quarter."""

    product: Product
    news: tuple[StoryRef, ...]  # about it
    vendor_news: tuple[StoryRef, ...]  # about its vendor, deals and health apart
    health: tuple[StoryRef, ...]  # its vendor's deals, prices, closures, people, results
    rivals: tuple[StoryRef, ...]  # launches of others in its categories
    ai_stories: int  # of news and vendor_news
    notice_by: date | None  # where it lies ahead
    ends: date | None  # the contract's end, where it lies ahead
    overlaps: tuple[str, ...] = ()  # other products of ours in its home category


@dataclass(frozen=True, slots=True)
class HeatmapRow:
    """AI in a category where we run something or have a goal, beside what we spend there."""

    category: str
    stories: int
    ai: int  # stories with AI as subject or working part
    ai_launches: int
    stories_before: int | None  # None where the archive holds nothing of the quarter before
    ai_before: int | None
    spend: tuple[Money, ...]  # a year, one a currency; () where no cost is given
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spend:
    """What technology costs, as far as the files say. Whatever cannot be counted is None or empty."""

    total: tuple[Money, ...] = ()  # a year, one a currency
    by_category: tuple[tuple[str, Money], ...] = ()  # home category → money, most first
    without_cost: tuple[str, ...] = ()  # products with no cost given
    budget: Money | None = None
    share: float | None = (
        None  # of the marketing budget, in its currency; at least so much where costs are missing
    )
    new_customers: int | None = None
    per_customer: Money | None = None
    cac: Money | None = None
    share_of_cac: float | None = None


@dataclass(frozen=True, slots=True)
class StackView:
    """The company's stack and what the quarter means for it."""

    lines: tuple[ProductRow, ...]
    heat: tuple[HeatmapRow, ...]
    spend: Spend
    policy_link: str = ""
    policy_reviewed: date | None = None


PromiseStanding = Literal[
    "shipped", "partly shipped", "withdrawn", "seen", "slipped", "silent", "open"
]


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """A promise and how it stands. `seen` are stories that may keep it: proposed to the team, never asserted."""

    promise: Promise
    standing: PromiseStanding
    seen: tuple[StoryRef, ...] = ()
    matched: tuple[str, ...] = ()  # the words that promise and story share


@dataclass(frozen=True, slots=True)
class VendorQuestions:
    """What to ask a vendor of ours."""

    vendor: str
    products: tuple[str, ...]
    questions: tuple[TranslatableText, ...]


@dataclass(frozen=True, slots=True)
class PromiseLedger:
    """What vendors promised about AI, and what to ask them."""

    lines: tuple[PromiseRow, ...] = ()
    questions: tuple[VendorQuestions, ...] = ()


@dataclass(frozen=True, slots=True)
class Blip:
    """A vendor or technology on the radar. `before`: its ring in the edition before, None where it was not there."""

    name: str
    ring: Ring
    group: str | None  # slug of a landscape group
    reason: TranslatableText
    before: Ring | None = None
    moved: Literal["new", "in", "out", "stays"] = "new"
    story: StoryRef | None = None
    held: bool = False  # by the team


@dataclass(frozen=True, slots=True)
class Radar:
    """At most 30 blips, innermost ring first. `compared`: whether there is an edition before to compare with."""

    blips: tuple[Blip, ...]
    compared: bool = False


@dataclass(frozen=True, slots=True)
class ProposedStep:
    """A step proposed for a story; owner and date are the team's to fill in where the files do not give them."""

    story: StoryRef
    step: Literal["act", "try", "ask", "watch", "ignore"]
    reason: TranslatableText
    owner: str = ""
    due: date | None = None


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule of the quarter, the words of its source that say from when, and the products of ours it touches."""

    story: StoryRef
    effective: str  # the source's words; "" where it names no day
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgendaSection:
    """A part of the review's agenda."""

    slug: Literal["strategy", "usage", "gaps"]
    points: tuple[TranslatableText, ...]
    questions: tuple[TranslatableText, ...]


@dataclass(frozen=True, slots=True)
class Agenda:
    """One page for the quarterly review with the technology lead."""

    parts: tuple[AgendaSection, ...]
    proposals: tuple[ProposedStep, ...] = ()
    carried: tuple[TeamDecision, ...] = ()
    rules: tuple[RuleRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Edition:
    """All that is in a briefing. HTML, PDF, mail and data are made of this and nothing else."""

    quarter: str
    start: datetime
    end: datetime
    as_of: datetime  # the clock of the build
    so_far: bool  # the quarter had not ended
    sample: bool  # sample data: every page says so
    language: str
    title: str
    organisation: str
    version: str  # of the program
    archive_fingerprint: str
    config_fingerprint: str
    sections: tuple[Section, ...]
    coverage: tuple[CoverageRow, ...]
    counts: QuarterCounts
    counts_before: (
        QuarterCounts | None
    )  # of the quarter before; None where the archive holds nothing of it
    left_out: Mapping[str, int]  # reason → number of items
    quality: Mapping[
        str, float
    ]  # name of a figure → how the shipped judgement does on labelled items
    trend: Trend | None = None  # None where no source gave items in this quarter and the one before
    zone: str = "UTC"  # the quarter's days are days of this zone
    stack: StackView | None = None  # these four: None where the company has no stack.yaml
    ledger: PromiseLedger | None = None
    radar: Radar | None = None
    agenda: Agenda | None = None
    letter: str = ""  # the editor's, in Markdown
    decisions: tuple[TeamDecision, ...] = ()  # taken in this edition
    lost: tuple[str, ...] = ()  # what the team decided and could not be carried out, in words

    @property
    def stories(self) -> tuple[EditionStory, ...]:
        """All stories, in the order of the sections."""
        return tuple(story for section in self.sections for story in section.stories)
