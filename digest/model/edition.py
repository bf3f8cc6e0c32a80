"""A quarter's briefing: HTML, PDF, mail and data are made of it and of nothing else.

edition.json is an `Edition` serialised field by field, and its JSON Schema is generated from these
types: a change here is a change of that format.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, NonNegativeInt, PlainSerializer

from digest.i18n import TranslatableText
from digest.model.decisions import Step, TeamDecision
from digest.model.sections import StorySectionSlug
from digest.model.source import Tier
from digest.model.stack import Goal, Money, Product, Promise, PromiseState, Relation, Ring
from digest.model.tags import Ai, ClaimPoint, Event, Evidence
from digest.period import PLANNING_HORIZON


def format_utc(when: datetime) -> str:
    """Format a time as ISO 8601 in UTC, with `Z`."""
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")


Time = Annotated[
    datetime,
    PlainSerializer(format_utc, when_used="json"),
    Field(json_schema_extra={"type": "string", "format": "date-time", "pattern": "Z$"}),
]
_OPTIONAL = Field(exclude_if=lambda value: not value)  # left out of the data where it is empty
CountTable = Mapping[str, NonNegativeInt]  # slug → stories
SourceState = Literal["read", "failed", "silent", "never read", "switched off"]
TrendField = Literal["category", "event", "ai"]
PromiseStanding = PromiseState | Literal["seen", "slipped", "silent", "unwatched"]
Verdict = Literal["act", "ask", "try", "watch"]


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
    published: Time | None
    via: str | None = None  # the newsletter's name, where a letter brought it


@dataclass(frozen=True, slots=True)
class EarlierReport:
    """The story of an earlier edition that a story carries on."""

    edition: str  # the quarter that told it
    story: str  # its id there
    title: str
    language: str
    url: str
    news: tuple[str, ...]  # what is new since, each a TranslatableText
    matched: tuple[str, ...]  # what both share


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryWords:
    """What is written about a story: the sources' words, or the team's where `edited` says so."""

    title: str
    language: str  # of title and summary
    summary: tuple[Sentence, ...]
    why_it_matters: tuple[str, ...] = ()  # facts of the team's files, each a TranslatableText
    ring: str | None = None
    relation: Relation | None = None  # None where the company has no stack.yaml
    note: str = ""  # the team's, in Markdown
    edited: tuple[str, ...] = ()
    written: Annotated[tuple[str, ...], _OPTIONAL] = ()  # which of these a language model wrote
    conflicts: tuple[tuple[Sentence, Sentence], ...] = ()  # where sources give different figures


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionStory(StoryWords):
    """A story as it is printed. A label that is not sure is None."""

    id: Annotated[str, Field(min_length=1)]
    category: str | None
    also: tuple[str, ...]
    ai: Ai | None
    evidence: Evidence | None
    points: tuple[ClaimPoint, ...]  # what answers the test of an AI claim
    event: Event | None
    vendors: tuple[str, ...]
    score: float
    parts: Mapping[str, float]  # what adds up to the score
    items: tuple[Reference, ...]  # the reports, the lead first
    published: Time
    thread: EarlierReport | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the briefing. Every story stands in one section only.

    `told_before` names the stories of the quarter in five that belong here too; `note` says why a
    section is empty. `briefs` are stories that the briefing does not tell in full and that stand
    here with one sentence: new products, and news of what the company runs.
    """

    slug: StorySectionSlug
    stories: tuple[EditionStory, ...]
    told_before: tuple[str, ...] = ()
    note: str = ""
    briefs: tuple[EditionStory, ...] = ()


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


@dataclass(frozen=True, slots=True)
class StoryRef:
    """A story that a page about the stack points to, whether or not the briefing tells it."""

    id: str
    title: str
    language: str
    url: str
    source: str
    published: Time
    event: Event | None
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product of the stack and its quarter.

    `happened` is the story of `news`, `vendor_news` and `health` that says most; where it is None,
    nothing was found, or, without `watched_by`, no source of the vendor's own was there to tell.
    `stories` are the ids of all that concern it, the one that says most first.
    """

    product: Product
    news: tuple[StoryRef, ...]  # about it
    vendor_news: tuple[StoryRef, ...]  # about its vendor, deals and health apart
    health: tuple[StoryRef, ...]  # its vendor's deals, prices, closures, people, results
    rivals: tuple[StoryRef, ...]  # launches of others in its categories
    ai_stories: int  # of news and vendor_news
    notice_by: date | None  # where it lies ahead
    ends: date | None  # the contract's end, where it lies ahead
    overlaps: tuple[str, ...] = ()  # other products in its home category
    happened: StoryRef | None = None
    of_maker: bool = False  # it happened to the vendor, not to the product itself
    watched_by: tuple[str, ...] = ()  # sources of its vendor's own that were read
    verdict: Verdict = "watch"
    reason: str = ""  # for the verdict, a TranslatableText
    stories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HeatmapRow:
    """AI in a category where the company runs something or has a goal, beside its spend."""

    category: str
    stories: int
    ai: int  # stories with AI as subject or working part
    ai_launches: int
    stories_before: int | None  # None where the two quarters cannot be compared
    ai_before: int | None
    spend: tuple[Money, ...]  # a year, one a currency; () where no cost is given
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spend:
    """What technology costs, as far as the files say.

    Whatever cannot be counted is None or empty. Where products have no cost, sums and shares are
    minima.
    """

    total: tuple[Money, ...] = ()  # a year, one a currency
    by_category: tuple[tuple[str, Money], ...] = ()  # home category → money, most first
    without_cost: tuple[str, ...] = ()  # products with no cost given
    budget: Money | None = None
    share: float | None = None  # of the marketing budget, in its currency
    new_customers: int | None = None
    per_customer: Money | None = None
    cac: Money | None = None
    share_of_cac: float | None = None


@dataclass(frozen=True, slots=True)
class AiImpact:
    """Where AI adds to a product of the stack or threatens it, with the story that says so.

    `rival` is whose AI threatens it, where another vendor launched it.
    """

    product: str
    kind: Literal["adds", "threatens"]
    story: StoryRef
    quote: Sentence | None = None
    rival: str = ""


@dataclass(frozen=True, slots=True)
class StackView:
    """The company's stack and what the quarter means for it.

    `changed` names the products that a deal, closure or price change was told of, `breached` those
    of a breach or an outage, `unwatched` the vendors without a source of their own, `sources` how
    many sources were read.
    """

    lines: tuple[ProductRow, ...]
    heat: tuple[HeatmapRow, ...]
    spend: Spend
    policy_link: str = ""
    policy_reviewed: date | None = None
    sources: NonNegativeInt = 0
    changed: tuple[str, ...] = ()
    breached: tuple[str, ...] = ()
    unwatched: tuple[str, ...] = ()
    impacts: tuple[AiImpact, ...] = ()
    goals: tuple[Goal, ...] = ()  # of the company's plan


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """A promise and how it stands.

    `seen` are stories that may keep it: proposed to the team, never asserted. `matched` are the
    words in common.
    """

    promise: Promise
    standing: PromiseStanding
    seen: tuple[StoryRef, ...] = ()
    matched: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnnouncedPromise:
    """What a vendor says will come, in the words of a story."""

    story: StoryRef
    quote: Sentence


@dataclass(frozen=True, slots=True)
class VendorQuestions:
    """What to ask a vendor of the stack."""

    vendor: str
    products: tuple[str, ...]
    questions: tuple[TranslatableText, ...]


@dataclass(frozen=True, slots=True)
class VendorRow:
    """What a vendor of the stack promised, what it shipped since, and what to ask it now.

    `announced` are promises that stories tell of, `shipped` its launches and updates, those with AI
    first; `with_ai` says how many of these there are. `watched`: a source of its own was read.
    """

    vendor: str
    products: tuple[str, ...]
    cost: tuple[Money, ...] = ()  # a year, of all its products
    promised: tuple[PromiseRow, ...] = ()
    announced: tuple[AnnouncedPromise, ...] = ()
    shipped: tuple[StoryRef, ...] = ()
    with_ai: NonNegativeInt = 0
    watched: bool = False
    questions: tuple[TranslatableText, ...] = ()


@dataclass(frozen=True, slots=True)
class PromiseLedger:
    """What vendors promised about AI, and what to ask them."""

    lines: tuple[PromiseRow, ...] = ()
    questions: tuple[VendorQuestions, ...] = ()
    vendors: tuple[VendorRow, ...] = ()  # all of the stack, the dearest first


MIN_BLIPS = 4  # below them a list says more than a picture, and no radar is drawn


@dataclass(frozen=True, slots=True)
class Blip:
    """A vendor or technology on the radar. `held`: the team keeps it there.

    `what` says what it is to the company, `grounds` the independent reasons why it stands there;
    each is a TranslatableText.
    """

    name: str
    ring: Ring
    group: str | None  # slug of a landscape group
    reason: TranslatableText
    before: Ring | None = None  # in the edition before; None where it was not there
    moved: Literal["new", "in", "out", "stays"] = "new"
    story: StoryRef | None = None
    held: bool = False
    what: str = ""
    grounds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Radar:
    """At most 30 blips, innermost ring first."""

    blips: tuple[Blip, ...]
    compared: bool = False  # whether there is an edition before to compare with


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


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaItem:
    """Something to decide at the review. Whatever is not known is empty."""

    what: TranslatableText  # a question that can be answered by yes or no, or by one of two ways
    why: TranslatableText  # why now
    owner: str = ""
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


# ---------------------------------------------------------------- the parts of the briefing

DateKind = Literal[
    "effective", "deadline", "ends", "notice", "contract end", "promise", "decision", "review"
]
ClaimAvailability = Literal["announced", "beta", "rolling out", "available"]
# The vendor in its own place, the press that repeats it, or somebody who measured it.
ClaimSpeaker = Literal["vendor", "press", "independent"]


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


# Each in the order in which they are printed.
RuleKind = Literal["in force", "coming", "law", "ruling", "platform", "pending", "advice"]
DealKind = Literal[
    "acquisition", "funding", "closure", "withdrawal", "pricing", "incident", "results", "unsure"
]
# What a rule is about; a platform's policy is of a subject of its own, whatever it says.
RuleSubject = Literal["privacy", "copyright", "AI law", "competition", "platform policy", "other"]
RULE_KINDS: tuple[RuleKind, ...] = get_args(RuleKind)
RULE_SUBJECTS: tuple[RuleSubject, ...] = get_args(RuleSubject)
DEAL_KINDS: tuple[DealKind, ...] = get_args(DealKind)
UNDECIDED_RULES: frozenset[RuleKind] = frozenset(("pending", "advice"))  # they bind nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleEntry:
    """A rule of the quarter, or what may become one, by the story that tells of it.

    `day` to `last` is from when it applies, None where no report says; `dated_by` names the day,
    in this story's report or in another's of the same law.
    """

    story: StoryRef
    kind: RuleKind  # "law": nothing says whether it applies already
    day: date | None = None
    last: date | None = None
    dated_by: Sentence | None = None
    binds: tuple[str, ...] = ()  # whom it binds, or whose case it is; of a policy: users of these
    duty: Sentence | None = None  # who must do what
    category: str | None = None
    products: tuple[str, ...] = ()  # of the stack, that it touches
    owner: str = ""
    follows: TranslatableText | None = None
    subject: RuleSubject = "other"
    optional: bool = False  # it offers a choice and binds nobody
    points: tuple[str, ...] = ()  # what its headline counts, as its report lists it
    rolls_out: bool = False  # it reaches those whom it binds step by step from its day on
    ai_in_use: bool = False  # `products` are those with which AI works: whether it binds is open


@dataclass(frozen=True, slots=True, kw_only=True)
class DealEntry:
    """What happened to a vendor: told in full, or in one line.

    "closure" is the end of a vendor, "withdrawal" that of a product or feature; "unsure" a story of
    this kind whose label is wrong too often to be printed.
    """

    story: StoryRef
    kind: DealKind
    name: str = ""  # of whom it is told, where the headline says so
    products: tuple[str, ...] = ()  # of the stack, that it touches
    maker_of: tuple[str, ...] = ()  # where it touches none: those of the vendor that it is about
    addon_to: tuple[str, ...] = ()  # it is about an add-on of others for these products
    buyer: str = ""  # who bought, where the headline or a sentence says so
    bought: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRow:
    """A relevant story of the quarter in one line. A field that is not sure is None or ""."""

    story: str  # its id
    title: str  # as its source published it
    headline: str  # cleaned, as it is printed
    language: str
    subject: str  # the product that it is about, else the vendor, else ""
    vendor: str
    category: str | None
    event: Event | None
    ai: Ai | None
    source: str  # the publisher's name
    url: str
    published: Time
    new_product: bool  # it launches one
    told: bool  # the briefing tells it in full
    rank: NonNegativeInt = 0  # its place among the relevant stories, the best 1; 0 where unknown


@dataclass(frozen=True, slots=True)
class ThemeFigure:
    """A figure that can be compared with the theme's others: they have one unit."""

    value: float
    label: str  # whose figure, or of what
    quote: Sentence


@dataclass(frozen=True, slots=True)
class ThemeDispute:
    """What a theme's stories do not agree on: at least one sentence or headline for each side."""

    about: TranslatableText
    sides: tuple[tuple[Sentence, ...], tuple[Sentence, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Stories of the quarter about one thing, in order of time.

    `told` holds by id the sentences that the theme tells of stories that stand elsewhere or
    nowhere: whole ones, and none that stands with the story itself.
    """

    slug: str
    title: str  # what was found: a TranslatableText made of the stories' facts
    language: str  # of the title; "" for a TranslatableText
    stories: tuple[str, ...]  # ids of the briefing's stories, wherever they stand
    more: tuple[StoryRef, ...] = ()  # that the briefing does not tell
    told: Mapping[str, tuple[Sentence, ...]] = field(default_factory=dict)
    dispute: ThemeDispute | None = None
    figures: tuple[ThemeFigure, ...] = ()  # two or more, or none
    unit: str = ""  # of the figures: "%", an ISO 4217 code, or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a vendor claims of its AI, and which points of the test its words answer."""

    story: StoryRef
    subject: str  # the product or vendor
    evidence: Evidence | None
    points: Mapping[str, Sentence]  # kind of a ClaimPoint → the words that answer it
    data_size: str = ""  # as its words give it: "2.4 billion prompts"
    availability: ClaimAvailability | None = None
    speaker: ClaimSpeaker | None = None
    quote: Sentence | None = None  # the one that says most
    products: tuple[str, ...] = ()  # of the stack, that it touches
    study: bool = False  # it measures something and is no claim of a product
    own: bool = False  # of a product of the stack, or of its maker
    measured_by: str = ""  # of a study, where its words name who measured


def count_proven_claims(claims: Sequence[Claim]) -> tuple[int, int]:
    """Return how many claims of products are quoted with proof, and of how many."""
    made = [claim for claim in claims if not claim.study]
    return sum(claim.evidence == "evidenced" for claim in made), len(made)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontDecision:
    """A question that the reader is asked to decide."""

    question: TranslatableText
    reason: TranslatableText  # why now
    owner: str = ""
    due: date | None = None
    cost: Money | None = None  # a year, at stake
    section: str = ""  # the slug of the section that says more
    story: str | None = None  # its id
    products: tuple[str, ...] = ()  # of the stack, that it is about


@dataclass(frozen=True, slots=True)
class FrontCard:
    """A figure of page one that matters to the reader."""

    value: TranslatableText
    label: TranslatableText


@dataclass(frozen=True, slots=True)
class FrontPage:
    """Page one, beside the stories of its section.

    `since` says by a story's id from when what it tells holds, as a TranslatableText.
    """

    lead: tuple[TranslatableText, ...] = ()
    decisions: tuple[FrontDecision, ...] = ()
    cards: tuple[FrontCard, ...] = ()
    since: Mapping[str, str] = field(default_factory=dict)


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
    register: tuple[RegisterRow, ...] = ()  # every relevant story
    stack: StackView | None = None  # these four: None where the company has no stack.yaml
    ledger: PromiseLedger | None = None
    radar: Radar | None = None
    agenda: Agenda | None = None
    model: Annotated[ModelNote | None, _OPTIONAL] = None  # where a language model was asked
    letter: str = ""  # the editor's, in Markdown
    decisions: tuple[TeamDecision, ...] = ()  # taken in this edition
    lost: tuple[str, ...] = ()  # decisions of the team that could not be carried out, in words


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition(EditionFrame):
    """All that is in a briefing: HTML, PDF, mail and data are made of this and nothing else."""

    quarter: Annotated[str, Field(pattern="^(FY)?[0-9]{4}-Q[1-4]$")]  # fiscal where it has FY
    start: Time
    end: Time  # the first instant after the quarter
    zone: str = "UTC"  # the quarter's days are days of this zone
    so_far: bool  # the quarter had not ended
    sections: tuple[Section, ...]  # in reading order

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
