"""The frozen types that travel along the flow, one for each stage.

    sources → fetch → archive → tag → cluster → rank → edition → render → deliver
    Source → Retrieved → Item → TaggedItem → Story → RankedStory → Edition → Rendered → message

A stage adds a type of its own and never fills the fields of an earlier one. All times are aware and in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

Tier = Literal["vendor", "trade", "analyst", "regulator", "press", "newsletter"]
Ai = Literal["core", "applied", "mention", "none"]
Evidence = Literal["evidenced", "specified", "claimed"]
Event = Literal[
    "launch", "update", "acquisition", "funding", "partnership", "regulation", "research", "shutdown", "pricing",
    "people", "results", "opinion", "howto", "promo", "other",
]  # fmt: skip

TIERS: tuple[Tier, ...] = ("vendor", "trade", "analyst", "regulator", "press", "newsletter")
AI_GRADES: tuple[Ai, ...] = ("core", "applied", "mention", "none")
EVIDENCE_GRADES: tuple[Evidence, ...] = ("evidenced", "specified", "claimed")
EVENTS: tuple[Event, ...] = (
    "launch", "update", "acquisition", "funding", "partnership", "regulation", "research", "shutdown", "pricing",
    "people", "results", "opinion", "howto", "promo", "other",
)  # fmt: skip


def _empty_mapping() -> Mapping[str, Any]:
    return MappingProxyType({})


# ---------------------------------------------------------------- sources


@dataclass(frozen=True, slots=True)
class Source:
    """One configured publisher. `url` is its feed; None for a newsletter that comes by mail (then `mailbox` is set)."""

    name: str
    slug: str  # of the name; unique in a configuration, safe in a path
    url: str | None
    tier: Tier = "trade"
    language: str | None = None  # BCP 47, used where neither feed nor item says
    weight: float = 1.0  # multiplies the source's part in ranking, 0 to 3
    tags: tuple[str, ...] = ()
    enabled: bool = True
    headers: Mapping[str, str] = field(default_factory=_empty_mapping, repr=False)  # secrets resolved from the environment
    mailbox: MailboxRule | None = None
    tls_verify: bool = True
    history: Literal["auto", "off"] = "auto"  # off: never reach back for what has left the feed's window
    fulltext: bool = False  # whether its articles' own pages may be asked for


@dataclass(frozen=True, slots=True)
class MailboxRule:
    """Where a newsletter's letters are, and which of them are it. At least one of the matching rules is set."""

    path: str | None = None  # a folder of .eml files, a Maildir or an mbox file
    account: str | None = None  # the name of an IMAP account under digest.mailboxes
    list_id: str | None = None
    sender: str | None = None
    recipient: str | None = None
    subject: str | None = None  # a regular expression, searched
    follow_links: bool = False


# ---------------------------------------------------------------- fetch


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave us to ask "changed since?" with, byte for byte."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Retrieved:
    """One answer from a publisher. `body` is decoded from its transfer and content encoding; empty where unchanged."""

    source: str  # Source.slug
    url: str  # the address that answered, after redirects
    requested: str  # the address that was asked
    status: int
    body: bytes
    content_type: str
    validators: Validators
    retrieved: datetime
    headers: Mapping[str, str] = field(default_factory=_empty_mapping)  # lower-case names
    moved_to: str | None = None  # where permanent redirects alone led (301, 308), when they led elsewhere
    problems: tuple[str, ...] = ()  # in words: an answer that broke off is kept as far as it came

    @property
    def not_modified(self) -> bool:
        """Whether the server said 304."""
        return self.status == 304


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry of a feed, or one story of a newsletter, read and cleaned, not yet archived."""

    link: str  # absolute, as published (entities and whitespace mended); "" where it has none
    title: str  # plain text
    summary: str  # plain text; "" where it has none
    text: str  # plain text of the full content; "" where the feed has none
    published: datetime | None
    updated: datetime | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None  # as stated by item or feed
    guid: str | None = None
    letter: str | None = None  # Message-ID of the newsletter issue
    position: int = 0  # place in its document, from 0
    sponsored: bool = False


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A parsed feed: its entries, and what was wrong with it in words for the run's report."""

    entries: tuple[FeedEntry, ...]
    title: str = ""
    home: str | None = None
    language: str | None = None
    problems: tuple[str, ...] = ()
    links: Mapping[str, str] = field(default_factory=_empty_mapping)  # rel → absolute address: next, prev-archive, self, hub …
    ttl_minutes: int | None = None
    generator: str = ""


# ---------------------------------------------------------------- archive


@dataclass(frozen=True, slots=True)
class Item:
    """One archived item. `id` is stable for a source and canonical URL, from run to run and machine to machine."""

    id: str
    url: str  # canonical
    link: str  # as published
    title: str
    source: str  # Source.slug
    source_name: str
    tier: Tier
    published: datetime | None
    first_seen: datetime
    language: str
    summary: str = ""
    text: str = ""
    authors: tuple[str, ...] = ()
    letter: str | None = None
    sponsored: bool = False
    fulltext: str = ""  # of its own page, a paragraph a line, where the team allows asking for it; never judged by

    @property
    def dated_by(self) -> Literal["publisher", "first_seen"]:
        """Who dates the item: its publisher, or the moment we first saw it."""
        return "publisher" if self.published else "first_seen"

    @property
    def published_or_seen(self) -> datetime:
        """The time that decides the item's quarter."""
        return self.published or self.first_seen


# ---------------------------------------------------------------- tag


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
    why: Mapping[str, tuple[str, ...]] = field(default_factory=_empty_mapping)
    confidence: Mapping[str, float] = field(default_factory=_empty_mapping)  # field → 0 to 1


@dataclass(frozen=True, slots=True)
class TaggedItem:
    """An item and its judgement."""

    item: Item
    tags: Tags


# ---------------------------------------------------------------- cluster, rank


@dataclass(frozen=True, slots=True)
class Merge:
    """Why two items tell one story."""

    first: str  # item ids
    second: str
    matched: tuple[str, ...]  # in words: "same address", "both: acquires, Acme, $40m", "similar words 0.71: …"


@dataclass(frozen=True, slots=True)
class Story:
    """Items that report the same event. `items` are sorted by time, then id; `lead` is the one that names it."""

    id: str  # made of the lead item's id: "s" + id
    items: tuple[TaggedItem, ...]
    lead: TaggedItem
    merges: tuple[Merge, ...] = ()

    @property
    def tags(self) -> Tags:
        """The judgement of the whole: category, event and vendors of the lead; the highest AI and evidence grade that
        any member earns, with every member's claim points; relevant where one member is."""
        tags = self.lead.tags
        if len(self.items) == 1 and (tags.evidence is None or tags.ai in ("core", "applied")):
            return tags
        members = [self.lead.tags, *(member.tags for member in self.items if member is not self.lead)]
        ai = min((one.ai for one in members), key=AI_GRADES.index)
        evidence = min((one.evidence for one in members if one.evidence), key=EVIDENCE_GRADES.index, default=None)
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


# ---------------------------------------------------------------- the stack

Status = Literal["anchor", "in use", "trial", "retiring"]
PromiseState = Literal["open", "shipped", "partly shipped", "withdrawn"]
Ring = Literal["act", "try", "ask", "watch"]
RelationKind = Literal["product", "vendor", "overlap", "rival", "gap", "none"]

RINGS: tuple[Ring, ...] = ("act", "try", "ask", "watch")
RELATION_KINDS: tuple[RelationKind, ...] = ("product", "vendor", "overlap", "rival", "gap", "none")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency (ISO 4217). Amounts of two currencies are never added."""

    amount: float
    currency: str

    def __str__(self) -> str:
        places = 0 if self.amount >= 100 or self.amount == int(self.amount) else 2
        return f"{self.amount:,.{places}f} {self.currency}"


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for "to be translated later"
    """Marks a text for the catalogues of other languages and gives it back."""
    return text


class TranslatableText(str):
    """A sentence of ours, made only of facts: itself in English, with the template and the values that it is made of,
    so that an edition in another language can say it too."""

    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, **values: object) -> TranslatableText:
        """Fills `%(name)s` in the template. Values are text, numbers, dates, Money, or tuples of text."""
        note = super().__new__(cls, template % {name: format_english(value) for name, value in values.items()})
        note.template = template
        note.values = MappingProxyType(values)
        return note

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore_text, (self.template, dict(self.values))


def _restore_text(template: str, values: Mapping[str, Any]) -> TranslatableText:
    return TranslatableText(template, **values)


def format_english(value: object) -> str:
    """A value as an English sentence holds it: `30 September 2026`, `60,000 EUR`, `A, B and C`."""
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    if isinstance(value, int | float):
        return f"{value:,}"
    if isinstance(value, tuple):
        names = [format_english(one) for one in value]
        return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""
    return str(value)


@dataclass(frozen=True, slots=True)
class ProductAi:
    """What a company says about AI in a product it runs. None and "" where it says nothing."""

    used: bool | None = None
    purpose: str = ""
    data: str = ""  # on whose data
    quality: str = ""  # how good it is


@dataclass(frozen=True, slots=True)
class Product:
    """A product that the company runs. Whatever was not given is empty, and nothing is said of it."""

    name: str
    categories: tuple[str, ...]  # slugs, the home category first; its cost counts there
    vendor: str = ""
    aliases: tuple[str, ...] = ()
    owner: str = ""
    contribution: str = ""
    users: int | None = None
    status: Status | None = None
    cost: Money | None = None  # a year
    contract_end: date | None = None
    notice_days: int | None = None
    notice_months: int | None = None
    data: tuple[str, ...] = ()
    integrations: tuple[str, ...] = ()
    ai: ProductAi = ProductAi()

    @property
    def vendor_or_name(self) -> str:
        """The vendor; the product's own name where none is given."""
        return self.vendor or self.name

    @property
    def notice_by(self) -> date | None:
        """The last day to give notice; None where contract end or notice period is not given."""
        if self.contract_end is None:
            return None
        if self.notice_months is not None:
            return _subtract_months(self.contract_end, self.notice_months)
        return self.contract_end - timedelta(days=self.notice_days) if self.notice_days is not None else None


def _subtract_months(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last day where it is shorter."""
    total = day.year * 12 + day.month - 1 - months
    first = date(total // 12, total % 12 + 1, 1)
    after = date((total + 1) // 12, (total + 1) % 12 + 1, 1)
    return first + timedelta(days=min(day.day, (after - first).days) - 1)


@dataclass(frozen=True, slots=True)
class Goal:
    """A marketing goal of the year, and the categories that serve it."""

    name: str
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Budget:
    """The money that technology is measured against; None where not given. All of the same year."""

    marketing: Money | None = None
    new_customers: int | None = None
    cac: Money | None = None  # the cost of winning one customer, as the company counts it


@dataclass(frozen=True, slots=True)
class Promise:
    """What a vendor said it would do. `state` is the team's word; nothing else makes a promise kept."""

    vendor: str
    what: str
    promised: date | None = None
    by: date | None = None
    source: str = ""  # address
    state: PromiseState = "open"
    note: str = ""


@dataclass(frozen=True, slots=True)
class RadarPlacement:
    """A blip that the team places on the radar, and holds there."""

    name: str
    ring: Ring
    group: str | None = None  # slug of a landscape group
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Stack:
    """What stack.yaml says."""

    products: tuple[Product, ...] = ()
    goals: tuple[Goal, ...] = ()
    budget: Budget = Budget()
    promises: tuple[Promise, ...] = ()
    policy_link: str = ""
    policy_reviewed: date | None = None
    placed: tuple[RadarPlacement, ...] = ()


@dataclass(frozen=True, slots=True)
class Relation:
    """What a story is to us, and why we say so."""

    kind: RelationKind
    products: tuple[str, ...] = ()  # ours that it touches
    vendor: str = ""  # whom the story is about
    category: str | None = None  # where it touches us
    goal: str = ""  # of a gap
    reason: str = ""  # the words that decided


# ---------------------------------------------------------------- edition


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
    why_it_matters: tuple[str, ...]  # facts of our own files and counts (a Note); () where there is nothing to say
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
    edited: tuple[str, ...] = ()  # what of this story is the team's word: headline, summary, category …
    thread: StoryThread | None = None  # the earlier story that this one carries on
    conflicts: tuple[tuple[Sentence, Sentence], ...] = ()  # where its sources give different figures


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
    days: str = ""  # one letter a day of the quarter, see digest.model.day_coverage: h held, m missing, u unknown, . ahead


@dataclass(frozen=True, slots=True)
class QuarterCounts:
    """Figures of one quarter."""

    items: int
    relevant: int
    stories: int
    in_edition: int
    sources: int  # that gave an item
    by_category: Mapping[str, int] = field(default_factory=_empty_mapping)  # stories
    by_event: Mapping[str, int] = field(default_factory=_empty_mapping)
    by_ai: Mapping[str, int] = field(default_factory=_empty_mapping)
    by_evidence: Mapping[str, int] = field(default_factory=_empty_mapping)


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
    share: float | None = None  # of the marketing budget, in its currency; at least so much where costs are missing
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


PromiseStanding = Literal["shipped", "partly shipped", "withdrawn", "seen", "slipped", "silent", "open"]


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


DecisionState = Literal["open", "done", "dropped"]


@dataclass(frozen=True, slots=True)
class TeamDecision:
    """A decision of the team, as editions/QUARTER.yaml keeps it."""

    what: str
    step: Literal["act", "try", "ask", "watch", "ignore"] | None = None
    story: str = ""  # id
    owner: str = ""
    due: date | None = None
    state: DecisionState = "open"
    quarter: str = ""  # of the edition in which it was taken
    note: str = ""


@dataclass(frozen=True, slots=True)
class StoryDecision:
    """What the team decided of one story. It holds for the story that tells the item `item`, or else one at `url`.
    Whatever was not decided is empty or None."""

    url: str = ""  # canonical
    item: str = ""  # id
    title: str = ""  # what the story was called then, for whoever reads the file
    keep: bool = False
    drop: str = ""  # the reason
    pin: int | None = None  # place among the pinned, from 1
    headline: str = ""
    summary: str = ""
    note: str = ""  # Markdown
    tags: Mapping[str, Any] = field(default_factory=_empty_mapping)  # field of Tags → value
    relation: RelationKind | None = None
    ring: Ring | None = None
    merge: tuple[str, ...] = ()  # items, by address or id, whose stories are this one
    split: tuple[str, ...] = ()  # items, by address or id, that are a story of their own
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EditorialDecisions:
    """editions/QUARTER.yaml. `added`: items that a person put in; `off`: sections that are switched off."""

    stories: tuple[StoryDecision, ...] = ()
    added: tuple[Item, ...] = ()
    letter: str = ""  # Markdown
    decisions: tuple[TeamDecision, ...] = ()
    off: frozenset[str] = frozenset()


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
    counts_before: QuarterCounts | None  # of the quarter before; None where the archive holds nothing of it
    left_out: Mapping[str, int]  # reason → number of items
    quality: Mapping[str, float]  # name of a figure → how the shipped judgement does on labelled items
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


# ---------------------------------------------------------------- render


@dataclass(frozen=True, slots=True)
class RenderedFiles:
    """The files of one edition: name → bytes."""

    files: Mapping[str, bytes]


# ---------------------------------------------------------------- deliver

ReleaseState = Literal["draft", "approved", "sent", "corrected"]
Channel = Literal["mail", "slack", "teams", "folder", "log"]
DeliveryState = Literal["intended", "handed over", "accepted", "refused", "unknown", "not sent"]


@dataclass(frozen=True, slots=True)
class Release:
    """A version of a quarter's edition on its way to the readers. `files`: path in the edition's folder → sha256 of
    what was released; `note`: what a correction changed."""

    quarter: str
    version: int
    state: ReleaseState
    files: Mapping[str, str] = field(default_factory=_empty_mapping)
    by: str = ""  # who approved it
    at: datetime | None = None  # when
    note: str = ""
    sent: datetime | None = None

    @property
    def fingerprint(self) -> str:
        """The sha256 of edition.json as it was released; "" of a draft."""
        return self.files.get("edition.json", "")


@dataclass(frozen=True, slots=True, order=True)
class Delivery:
    """One thing for one recipient over one channel: what the ledger counts. `what` is a quarter's name, or names a
    notice to the team; `recipient` a bare mail address in small letters, a webhook's variable, or a folder."""

    what: str
    version: int
    language: str
    channel: Channel
    recipient: str


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """The last that is known of a parcel, with the other side's words, and how often it was refused."""

    delivery: Delivery
    state: DeliveryState
    words: str
    at: datetime
    refusals: int = 0


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """What came of handing one parcel over. `stop`: the channel is in no state to take the next."""

    state: DeliveryState
    words: str = ""
    stop: bool = False
