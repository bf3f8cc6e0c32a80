"""What an edition tells of the company's own products, their makers and promises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from pydantic import NonNegativeInt

from digest.i18n import TranslatableText
from digest.model.edition.stories import Sentence, StoryRef
from digest.model.stack import Goal, Money, Product, Promise, PromiseState, Ring

PromiseStanding = PromiseState | Literal["seen", "slipped", "silent", "unwatched"]
ImpactKind = Literal["adds", "threatens", "challenges", "tells"]
AiKind = Literal["generative", "agent", "prediction", "search", "detection"]
# What an AI does, and for what a company uses such a thing, in the order in which it is printed.
AiFunction = Literal[
    "finds segments",
    "predicts behaviour",
    "runs journeys",
    "personalises",
    "recommends",
    "writes",
    "checks drafts",
    "makes pictures",
    "makes videos",
    "answers customers",
    "measures",
    "answers searches",
    "sets bids",
    "runs campaigns",
    "detects",
    "does tasks",
    "answers questions",
    "writes code",
]
AiUse = Literal[
    "micro-segments",
    "journeys",
    "personalisation",
    "content",
    "service",
    "measurement",
    "search",
    "ads",
    "provenance",
    "daily work",
]
AI_USES: tuple[AiUse, ...] = get_args(AiUse)
Verdict = Literal["act", "ask", "try", "watch"]


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

    `rival` is whose AI threatens it, where another vendor launched it. "challenges": another vendor
    launched something in its category that is not said to have AI. "tells": other news of its
    maker, a deal for instance, speaks of the maker's AI. `against` are words of other stories of
    the quarter that say the opposite.
    """

    product: str
    kind: ImpactKind
    story: StoryRef
    quote: Sentence | None = None
    rival: str = ""
    ai_kind: AiKind | None = None  # by its words; None where they do not say
    function: AiFunction | None = None  # what the AI does, by its words
    against: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class AiArrival:
    """An AI that a vendor brought out in the quarter."""

    story: StoryRef
    name: str  # the product, else the vendor
    function: AiFunction
    own: bool  # of a maker of ours


@dataclass(frozen=True, slots=True)
class AiUseRow:
    """One use of AI: what of ours serves it, whose own AI we use for it, what AI for it arrived.

    `products` serve it by their categories; `used` are those whose AI the stack file says is used
    for just that.
    """

    use: AiUse
    products: tuple[str, ...] = ()
    used: tuple[str, ...] = ()
    arrived: tuple[AiArrival, ...] = ()


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
    uses: tuple[AiUseRow, ...] = ()  # those of AI_USES of which something is known
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
    first, and `ours` the ids of those that are for a product of ours. `with_ai` says how many of
    all shipped have AI, `with_ai_for_us` how many of ours have. `watched`: a source of its own was
    read.
    """

    vendor: str
    products: tuple[str, ...]
    cost: tuple[Money, ...] = ()  # a year, of all its products
    promised: tuple[PromiseRow, ...] = ()
    announced: tuple[AnnouncedPromise, ...] = ()
    shipped: tuple[StoryRef, ...] = ()
    with_ai: NonNegativeInt = 0
    with_ai_for_us: NonNegativeInt = 0
    ours: tuple[str, ...] = ()
    watched: bool = False
    questions: tuple[TranslatableText, ...] = ()


@dataclass(frozen=True, slots=True)
class PromiseLedger:
    """What vendors promised about AI, and what to ask them."""

    lines: tuple[PromiseRow, ...] = ()
    questions: tuple[VendorQuestions, ...] = ()
    vendors: tuple[VendorRow, ...] = ()  # all of the stack, the dearest first


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
