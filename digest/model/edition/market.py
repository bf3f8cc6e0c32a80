"""What an edition tells of the market: rules, deals, themes, claims, and the register."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal, NamedTuple, get_args

from pydantic import NonNegativeInt

from digest.i18n import TranslatableText
from digest.model.edition.stack import AiFunction, AiKind
from digest.model.edition.stories import OPTIONAL, StoryRef, Time
from digest.model.sentence import Sentence
from digest.model.stack import Money
from digest.model.story import Act
from digest.model.tags import Ai, Event, Evidence

ClaimAvailability = Literal["announced", "beta", "rolling out", "available"]
# The vendor in its own place, the press that repeats it, or somebody who measured it.
ClaimSpeaker = Literal["vendor", "press", "independent"]
# Each in the order in which they are printed.
RuleKind = Literal["in force", "coming", "law", "ruling", "platform", "pending", "pledge", "advice"]
DealKind = Literal[
    "acquisition", "funding", "closure", "withdrawal", "pricing", "incident", "results", "unsure"
]
# What a rule is about; a platform's policy is of a subject of its own, whatever it says.
RuleSubject = Literal["privacy", "copyright", "AI law", "competition", "platform policy", "other"]
# What of ours a rule may reach that names no product: what we do with those that we run.
RuleUse = Literal["e-mail", "ad tracking"]
RULE_USES: tuple[RuleUse, ...] = get_args(RuleUse)
RULE_KINDS: tuple[RuleKind, ...] = get_args(RuleKind)
RULE_SUBJECTS: tuple[RuleSubject, ...] = get_args(RuleSubject)
DEAL_KINDS: tuple[DealKind, ...] = get_args(DealKind)
UNDECIDED_RULES: frozenset[RuleKind] = frozenset(("pending", "pledge", "advice"))  # of others
DATED_RULES: tuple[RuleKind, ...] = ("in force", "coming", "law", "platform")  # they have a day


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
    exception: Sentence | None = None  # where that does not apply
    open_end: Sentence | None = None  # of a decision: that its case goes on
    open_until: date | None = None  # where `open_end` names a term: when it runs out
    taken_back: bool = False  # its headline says that it was withdrawn
    law: str = ""  # its own name, where its report names one well-known law alone
    article: str = ""  # the number of the one that its headline names
    category: str | None = None
    products: tuple[str, ...] = ()  # of the stack, that it touches
    owner: str = ""
    follows: TranslatableText | None = None
    subject: RuleSubject = "other"
    whom: Annotated[str, OPTIONAL] = (
        ""  # of a policy: which of a maker's customers it holds for; "" for all
    )
    optional: bool = False  # it offers a choice and binds nobody
    points: tuple[str, ...] = ()  # what its headline counts, as its report lists it
    rolls_out: bool = False  # it reaches those whom it binds step by step from its day on
    forecast: bool = False  # every report that names its day is from before that day
    ai_in_use: bool = False  # `products` are those with which AI works: whether it binds is open
    use: Annotated[RuleUse | None, OPTIONAL] = (
        None  # `products` are those that we use so: whether it binds is open
    )
    way_out: Annotated[Sentence | None, OPTIONAL] = (
        None  # until its day one can leave what it changes
    )
    opt_out: Annotated[bool, OPTIONAL] = False  # it offers a way out of what is on for all
    sum: Annotated[Sentence | None, OPTIONAL] = (
        None  # of a ruling: the headline that names what is to be paid by it
    )
    postponed: Annotated[Sentence | None, OPTIONAL] = (
        None  # of an act: what it puts off, and until when
    )
    more_duties: Annotated[int, OPTIONAL] = 0  # that its report names, beside `duty`
    also: tuple[StoryRef, ...] = ()  # further stories of the same policy

    @property
    def touches_surely(self) -> bool:
        """Return whether it binds somebody, and its products without a condition."""
        is_sure = not self.ai_in_use and self.use is None and self.kind not in UNDECIDED_RULES
        return bool(self.products) and is_sure


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
    priced: bool | None = None  # of an acquisition: whether a report names a sum
    follows: TranslatableText | None = None  # of an incident: what it asks of the company
    reach: Annotated[Sentence | None, OPTIONAL] = (
        None  # of a price or an incident: for whom, how long, or what of it
    )


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
    new_product: bool  # it launches one that companies can have
    told: bool  # the briefing tells it in full
    sentence: Sentence | None = None  # where the briefing does not tell it in full
    rank: NonNegativeInt = 0  # its place among the relevant stories, the best 1; 0 where unknown
    # The likeliest, sure or not: it joins stories over quarters, and is not printed.
    likely_category: str | None = None
    parties: tuple[str, ...] = ()  # who acts: vendors, and who publishes it of itself
    act: Act | None = None  # what happened to the product; None where it is not sure
    due: date | None = None  # when what it announces is to come
    withdrawn_by: str | None = None  # the id of a later story that tells that the product is gone
    own_use: bool = False  # a shop or brand launches it for its own customers


@dataclass(frozen=True, slots=True)
class ThemeFigure:
    """A figure that can be compared with the theme's others: they have one unit."""

    value: float
    label: str  # whose figure, or of what
    quote: Sentence


@dataclass(frozen=True, slots=True)
class ThemeDispute:
    """What a theme's stories do not agree on: at least one sentence or headline for each side.

    `stories` holds the id of the story of each, in the same order.
    """

    about: TranslatableText
    sides: tuple[tuple[Sentence, ...], tuple[Sentence, ...]]
    stories: tuple[tuple[str, ...], ...] = ()


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
    distinct: bool = False  # whether each story tells of another change


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a vendor claims of its AI, and which points of the test its words answer.

    Of several reports of one launch `story` is the one that says most; `reports` are the others.
    """

    story: StoryRef
    subject: str  # a product of ours, else the vendor
    evidence: Evidence | None
    points: Mapping[str, Sentence]  # kind of a ClaimPoint → the words that answer it
    data_size: str = ""  # as its words give it: "2.4 billion prompts"
    availability: ClaimAvailability | None = None
    speaker: ClaimSpeaker | None = None
    quote: Sentence | None = None  # the one that says most
    products: tuple[str, ...] = ()  # of the stack, that it touches
    study: bool = False  # it measures something and is no claim of a product
    own: bool = False  # of a product of the stack, or of its maker
    measured_by: str = ""  # who measured, where the words name it
    ai_kind: AiKind | None = None  # by its words; None where they do not say
    teaser: bool = False  # no more than a headline and a few lines were read of it
    headline_only: bool = False  # no whole sentence of it is held
    statement: Sentence | None = None  # the sentence that states it; None of a headline or a study
    product: str = ""  # by its headline; "" where it is the subject or not sure
    function: AiFunction | None = None  # what the AI does, by its words
    by_headline: bool = False  # what it does, or its kind, the headline alone says
    reports: tuple[StoryRef, ...] = ()
    doubt: Sentence | None = None  # what a reporter says against it


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketSaturation:
    """How much money went into the market in the quarter, and what left it, by its stories.

    `raised` are the sums of `rounds`, one a currency, of those rounds that name an amount.
    """

    raised: tuple[Money, ...] = ()
    priced: NonNegativeInt = 0  # rounds that name an amount
    rounds: tuple[StoryRef, ...] = ()
    closures: tuple[StoryRef, ...] = ()  # of vendors
    withdrawals: tuple[StoryRef, ...] = ()  # of products and features
    newcomers: tuple[StoryRef, ...] = ()  # launches of products


class ClaimCounts(NamedTuple):
    """How many claims of products there are, and how many give which proof.

    A claim counts once, where it is proven best: a figure that others measured, then one of the
    vendor's own, then what is left: a customer by its name, or a figure whose origin is not told.
    """

    measured: int
    own: int
    other: int
    made: int
    unread: int  # that answer no point, in the teaser that is all that was read

    @property
    def read(self) -> int:
        """How many can be judged."""
        return self.made - self.unread


def is_proven(claim: Claim) -> bool:
    """Return whether the quoted words of a claim give data, a customer or a result."""
    return bool(claim.points.keys() & {"data", "customer", "result"})


def count_proven_claims(claims: Iterable[Claim]) -> ClaimCounts:
    """Return how many claims of products others measured, and how many the vendor alone proves."""
    made = [claim for claim in claims if not claim.study]
    proven = [claim for claim in made if is_proven(claim)]
    with_figure = [claim for claim in proven if claim.points.keys() & {"data", "result"}]
    measured = sum(claim.speaker == "independent" for claim in with_figure)
    own = sum(claim.speaker == "vendor" for claim in with_figure)
    unread = sum(is_unread(claim) for claim in made)
    return ClaimCounts(measured, own, len(proven) - measured - own, len(made), unread)


def answers_a_point(claim: Claim) -> bool:
    """Return whether the words of a claim answer a point of proof, not only when to have it."""
    return bool(claim.points.keys() - {"availability"} or claim.data_size)


def is_unread(claim: Claim) -> bool:
    """Return whether too little of a claim was read to say that it has no proof.

    Who disputes it has looked.
    """
    return claim.teaser and not (answers_a_point(claim) or claim.doubt)
