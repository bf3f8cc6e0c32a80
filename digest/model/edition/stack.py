"""What an edition tells of the company's own products, their makers and promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

from pydantic import NonNegativeInt

from digest.i18n import TranslatableText
from digest.model.edition.stories import StoryRef
from digest.model.sentence import Sentence
from digest.model.stack import (
    Benchmark,
    CustomField,
    DataFlow,
    Goal,
    GoalMeasure,
    Money,
    Product,
    Promise,
    PromiseState,
    Ring,
)
from digest.model.story import Act
from digest.model.vendors import VendorAnswer

PromiseStanding = PromiseState | Literal["seen", "contradicted", "slipped", "silent", "unwatched"]
ImpactKind = Literal["adds", "bounds", "changes", "threatens", "challenges", "tells", "elsewhere"]
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
    "marks content",
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
OpportunityWay = Literal["product", "maker", "market", "rival"]


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product of the stack and its quarter.

    `happened` is the story of `news`, `vendor_news` and `health` that says most; where it is None,
    nothing was found, or, without `watched_by`, no source of the vendor's own was there to tell.
    `partner` is then what another maker brought out that plugs into it. `stories` are the ids of
    all that concern it, the one that says most first.
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
    partner: StoryRef | None = None


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
    clv: Money | None = None  # what a customer brings over its lifetime
    clv_to_cac: float | None = None


@dataclass(frozen=True, slots=True)
class Yardstick:
    """A share of the company's own beside what others say of theirs."""

    own: float
    is_minimum: bool  # of a cost that is not whole
    benchmark: Benchmark


@dataclass(frozen=True, slots=True)
class EarlierFigures:
    """What an earlier edition counted of the stack. `measures` are by the goal's name."""

    quarter: str
    spend: Spend
    measures: Mapping[str, GoalMeasure] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SpendBefore:
    """What an earlier edition counted, as far as it can stand beside this one's figures."""

    quarter: str
    total: tuple[Money, ...]
    share: float | None = None
    per_customer: Money | None = None
    share_of_cac: float | None = None


@dataclass(frozen=True, slots=True)
class MeasureBefore:
    """How a goal stood in an earlier edition, in the same unit."""

    goal: str
    quarter: str
    value: float


@dataclass(frozen=True, slots=True)
class StackHistory:
    """Figures of earlier editions, the latest first.

    `incomparable` names the quarters whose costs count other products or another currency.
    """

    spend: tuple[SpendBefore, ...] = ()
    measures: tuple[MeasureBefore, ...] = ()  # of each goal the latest alone
    incomparable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AiImpact:
    """Where AI adds to a product of the stack or threatens it, with the story that says so.

    `rival` is whose AI threatens it, where another vendor launched it. "bounds": its maker marks
    what its AI makes, or limits its use. "challenges": another vendor launched something in its
    category that is not said to have AI. "changes": what bids, scores or predicts in it changes.
    "tells": its maker brings AI to other plans than ours, or other news of it, a deal for instance,
    speaks of AI. "elsewhere": its maker launches AI in another product. `against` are words of
    other stories of the quarter that say the opposite.
    """

    product: str
    kind: ImpactKind
    story: StoryRef
    quote: Sentence | None = None
    rival: str = ""
    ai_kind: AiKind | None = None  # by its words; None where they do not say
    function: AiFunction | None = None  # what the AI does, by its words
    against: tuple[Sentence, ...] = ()
    is_ai: bool = True  # whether the reports call it AI


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
class Opportunity:
    """A launch or update that could add to what the company runs or plans.

    `way` is how the company would come by it: "product" in one that it runs, "maker" from the maker
    of one beside it, "market" from others, "rival" from others in the field of one. `products` are
    those, () of makers and market. `goal` counts on its category, "" where none does. `act` is what
    its words say of when it can be had, `gain` what they say gets better, None where no whole
    sentence does; `place` is where it begins, where a report says that others follow.
    """

    story: StoryRef
    way: OpportunityWay
    products: tuple[str, ...] = ()
    vendor: str = ""
    category: str | None = None  # None where that is not sure
    goal: str = ""
    act: Act | None = None
    gain: Sentence | None = None
    place: str = ""


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
    opportunities: tuple[Opportunity, ...] = ()
    policy_owner: str = ""
    policy_rules: tuple[str, ...] = ()
    policy_touched: tuple[StoryRef, ...] = ()  # rules of the quarter on the use of AI
    policy_excepted: StoryRef | None = None  # a law that touches us but where a person reviews
    policy_answer: str = ""  # the rule of the policy that speaks to that
    flows: tuple[DataFlow, ...] = ()
    custom_fields: tuple[CustomField, ...] = ()
    yardsticks: tuple[Yardstick, ...] = ()
    history: StackHistory = StackHistory()


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """A promise and how it stands.

    `seen` are stories that may keep it, `against` those that may break it: proposed to the team,
    never asserted. `told` are others that name what was promised. `matched` is what a story has in
    common with it: its product, or words.
    """

    promise: Promise
    standing: PromiseStanding
    seen: tuple[StoryRef, ...] = ()
    matched: tuple[str, ...] = ()
    against: tuple[StoryRef, ...] = ()
    told: tuple[StoryRef, ...] = ()


@dataclass(frozen=True, slots=True)
class AnnouncedPromise:
    """What a vendor says will come, in the words of a story. `ours`: for a product of ours."""

    story: StoryRef
    quote: Sentence
    ours: bool = True


@dataclass(frozen=True, slots=True)
class EarlierAnnouncement:
    """What an earlier edition told would come, and the story of this one that carries it on."""

    quarter: str
    story: str  # its id there
    title: str
    language: str
    url: str
    act: Act
    due: date | None = None
    outcome: StoryRef | None = None  # None where nothing was found since
    now: Act | None = None  # what happened to it by the outcome; None where that is not sure


@dataclass(frozen=True, slots=True)
class VendorNews:
    """What the quarter told of a vendor, and what to ask it about that.

    Question and quote hold nothing of the stack but names of products: they may go to the vendor.
    """

    story: StoryRef
    act: Act | None = None
    quote: Sentence | None = None
    question: TranslatableText | None = None
    ours: bool = False  # of a product of ours, and not only of its maker


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question that went to a vendor, and the last answer to it."""

    key: str
    text: str
    asked: date  # first
    quarter: str  # of the letter that asked it first; "" where it gives none
    letters: NonNegativeInt = 1  # that asked it
    answer: VendorAnswer | None = None


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
    roadmap: bool = False  # one of the questions only asks for its plans
    news: tuple[VendorNews, ...] = ()  # what matters most first
    asked: tuple[AskedQuestion, ...] = ()  # without an answer first, the longest waiting first
    before: tuple[EarlierAnnouncement, ...] = ()  # announced in earlier editions, the latest first
    of_other_plans: tuple[str, ...] = ()  # the ids of what plans have that are not ours


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
