"""A quarter's briefing: HTML, PDF, mail and data are made of it and of nothing else.

edition.json is an `Edition` serialised field by field, and its JSON Schema is generated from these
types: a change here is a change of that format.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Annotated, Any

from pydantic import Field, NonNegativeInt

from digest.model.decisions import TeamDecision
from digest.model.edition.agenda import (
    Agenda,
    AgendaFact,
    AgendaItem,
    AgendaSection,
    CalendarEntry,
    ContractRow,
    DateKind,
    ProposedStep,
    RuleRow,
    drop_noticed_ends,
    list_dates_ahead,
)
from digest.model.edition.coverage import (
    Comparability,
    CountTable,
    CoverageRow,
    QuarterCounts,
    SourceState,
    Trend,
    TrendChange,
    TrendField,
)
from digest.model.edition.front import FrontCard, FrontDecision, FrontPage
from digest.model.edition.market import (
    DATED_RULES,
    DEAL_KINDS,
    RULE_KINDS,
    RULE_SUBJECTS,
    RULE_USES,
    UNDECIDED_RULES,
    Claim,
    ClaimAvailability,
    ClaimCounts,
    ClaimSpeaker,
    DealEntry,
    DealKind,
    MarketSaturation,
    RegisterRow,
    RuleEntry,
    RuleKind,
    RuleSubject,
    RuleUse,
    Theme,
    ThemeDispute,
    ThemeFigure,
    answers_a_point,
    count_proven_claims,
    is_proven,
    is_unread,
)
from digest.model.edition.stack import (
    AI_USES,
    AiArrival,
    AiFunction,
    AiImpact,
    AiKind,
    AiUse,
    AiUseRow,
    AnnouncedPromise,
    AskedQuestion,
    Blip,
    EarlierAnnouncement,
    EarlierFigures,
    HeatmapRow,
    ImpactKind,
    MeasureBefore,
    Opportunity,
    OpportunityWay,
    ProductRow,
    PromiseLedger,
    PromiseRow,
    PromiseStanding,
    Radar,
    Spend,
    SpendBefore,
    StackHistory,
    StackView,
    VendorNews,
    VendorQuestions,
    VendorRow,
    Verdict,
    Yardstick,
)
from digest.model.edition.stories import (
    OPTIONAL,
    EarlierReport,
    EditionStory,
    Reference,
    Section,
    StoryRef,
    StoryWords,
    Time,
    format_utc,
)
from digest.model.sentence import Sentence
from digest.period import PERIOD_NAME, PeriodKind, name_period_kind

__all__ = [
    "AI_USES",
    "DATED_RULES",
    "DEAL_KINDS",
    "MIN_BLIPS",
    "RULE_KINDS",
    "RULE_SUBJECTS",
    "RULE_USES",
    "UNDECIDED_RULES",
    "Agenda",
    "AgendaFact",
    "AgendaItem",
    "AgendaSection",
    "AiArrival",
    "AiFunction",
    "AiImpact",
    "AiKind",
    "AiUse",
    "AiUseRow",
    "AnnouncedPromise",
    "AskedQuestion",
    "Blip",
    "CalendarEntry",
    "Claim",
    "ClaimAvailability",
    "ClaimCounts",
    "ClaimSpeaker",
    "Comparability",
    "ContractRow",
    "CountTable",
    "CoverageRow",
    "DateKind",
    "DealEntry",
    "DealKind",
    "EarlierAnnouncement",
    "EarlierFigures",
    "EarlierReport",
    "Edition",
    "EditionFrame",
    "EditionSettings",
    "EditionStory",
    "FrontCard",
    "FrontDecision",
    "FrontPage",
    "HeatmapRow",
    "ImpactKind",
    "MarketSaturation",
    "MeasureBefore",
    "ModelNote",
    "Opportunity",
    "OpportunityWay",
    "ProductRow",
    "PromiseLedger",
    "PromiseRow",
    "PromiseStanding",
    "ProposedStep",
    "Provenance",
    "QuarterCounts",
    "Radar",
    "Reference",
    "RegisterRow",
    "RuleEntry",
    "RuleKind",
    "RuleRow",
    "RuleSubject",
    "RuleUse",
    "Section",
    "Sentence",
    "SourceState",
    "Spend",
    "SpendBefore",
    "StackHistory",
    "StackView",
    "StoryRef",
    "StoryWords",
    "Theme",
    "ThemeDispute",
    "ThemeFigure",
    "Time",
    "Trend",
    "TrendChange",
    "TrendField",
    "VendorNews",
    "VendorQuestions",
    "VendorRow",
    "Verdict",
    "Yardstick",
    "answers_a_point",
    "count_proven_claims",
    "drop_noticed_ends",
    "format_utc",
    "get_fields",
    "is_proven",
    "is_unread",
    "list_dates_ahead",
]
MIN_BLIPS = 4  # below them a list says more than a picture, and no radar is drawn


@dataclass(frozen=True, slots=True)
class ModelNote:
    """What a language model did for an edition.

    `judged` items of `items` have labels of its own, `written` texts of it are printed, `waiting`
    ones are for a person to accept, `withheld` sentences were not found in the sources, and
    `unanswered` questions got no answer, so that the sources' sentences stand there. `cost` is of
    all that was asked for this quarter.
    """

    name: str
    judged: NonNegativeInt = 0
    items: NonNegativeInt = 0
    written: NonNegativeInt = 0
    accepted: bool = True  # by a person; false: by rules and a vote
    waiting: NonNegativeInt = 0
    withheld: NonNegativeInt = 0
    unanswered: NonNegativeInt = 0
    cost: float = 0.0
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Provenance:
    """What an edition was made from: the program's version, and fingerprints of its inputs."""

    version: str
    config: str
    archive: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionSettings:
    """What an edition is called and made for."""

    as_of: Time  # the clock of the build
    language: str  # BCP 47, of the briefing's own words
    title: str
    organisation: str
    generated_from: Provenance
    sample: bool = False  # made-up data: every page says so
    # the quarter had ended when its sources were first read, and most of its days are not held
    leftovers: Annotated[bool, OPTIONAL] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionFrame(EditionSettings):
    """All that stands in an edition beside its stories."""

    coverage: tuple[CoverageRow, ...]
    counts: QuarterCounts
    counts_before: QuarterCounts | None  # None where the two quarters cannot be compared
    left_out: CountTable  # `label` of a LeftOutReason → number of items
    quality: Mapping[str, float]  # how the shipped judgement does on labelled items
    trend: Trend | None = None  # None where the two quarters cannot be compared
    comparison: Comparability = Comparability()  # with the quarter before
    front: FrontPage = FrontPage()
    calendar: tuple[CalendarEntry, ...] = ()  # of two quarters, by day
    themes: tuple[Theme, ...] = ()
    claims: tuple[Claim, ...] = ()
    rules: tuple[RuleEntry, ...] = ()  # by kind
    deals: tuple[DealEntry, ...] = ()  # by kind
    saturation: MarketSaturation | None = None  # None where nothing of it is told
    register: tuple[RegisterRow, ...] = ()  # every relevant story
    stack: StackView | None = None  # these four: None where the company has no stack.yaml
    ledger: PromiseLedger | None = None
    radar: Radar | None = None
    agenda: Agenda | None = None
    model: Annotated[ModelNote | None, OPTIONAL] = None  # where a language model was asked
    letter: str = ""  # the editor's, in Markdown
    decisions: tuple[TeamDecision, ...] = ()  # taken in this edition
    lost: tuple[str, ...] = ()  # decisions of the team that could not be carried out, in words


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition(EditionFrame):
    """All that is in a briefing: HTML, PDF, mail and data are made of this and nothing else."""

    quarter: Annotated[str, Field(pattern=f"^{PERIOD_NAME}$")]  # fiscal where it has FY
    start: Time
    end: Time  # the first instant after it
    zone: str = "UTC"  # its days are days of this zone
    so_far: bool  # it had not ended
    sections: tuple[Section, ...]  # in reading order

    @property
    def period(self) -> PeriodKind:
        """What the edition is of."""
        return name_period_kind(self.quarter)

    @property
    def stories(self) -> tuple[EditionStory, ...]:
        """All stories, in the order of the sections."""
        return tuple(story for section in self.sections for story in section.stories)

    @property
    def briefs(self) -> tuple[EditionStory, ...]:
        """All stories that are told in one sentence alone."""
        return tuple(story for section in self.sections for story in section.briefs)


def get_fields(source: Any, kind: type) -> dict[str, Any]:
    """Return the fields of dataclass `kind`, by name, as `source` holds them."""
    return {declared.name: getattr(source, declared.name) for declared in fields(kind)}
