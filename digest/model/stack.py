"""What the company runs, pays for and plans, as stack.yaml says it."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from digest.model.source import WatchKind
from digest.model.vendors import VendorRecord

Status = Literal["anchor", "in use", "trial", "retiring"]
PromiseState = Literal["open", "shipped", "partly shipped", "broken", "withdrawn"]
Ring = Literal["act", "try", "ask", "watch"]
RelationKind = Literal["product", "vendor", "overlap", "rival", "gap", "none"]
FieldKind = Literal["text", "number", "boolean", "date"]
BenchmarkMeasure = Literal["share of budget", "share of CAC"]
OPEN_PROMISES: tuple[PromiseState, ...] = ("open", "partly shipped")
RINGS: tuple[Ring, ...] = get_args(Ring)  # innermost first
RELATION_KINDS: tuple[RelationKind, ...] = get_args(RelationKind)  # closest first
OUR_RELATIONS: tuple[RelationKind, ...] = ("product", "vendor")  # of news about what we run


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency (ISO 4217). Amounts of two currencies are never added."""

    amount: float
    currency: str

    def __str__(self) -> str:
        places = 0 if self.amount >= 100 or self.amount == int(self.amount) else 2
        return f"{self.amount:,.{places}f} {self.currency}"


@dataclass(frozen=True, slots=True)
class ProductAi:
    """What a company says about AI in a product it runs. None and "" where it says nothing."""

    used: bool | None = None
    purpose: str = ""
    data: str = ""  # on whose data
    quality: str = ""  # how good it is


@dataclass(frozen=True, slots=True)
class Usage:
    """How much of a product is used, as its own count says. None where not given."""

    seats: int | None = None  # bought
    used: int | None = None  # of them, given to somebody
    active: int | None = None  # people who worked with it
    measured: date | None = None


@dataclass(frozen=True, slots=True)
class CustomField:
    """A field that the company gives its products beside the usual ones."""

    name: str
    kind: FieldKind = "text"
    label: str = ""  # as it is printed; "": its name
    printed: bool = False


@dataclass(frozen=True, slots=True)
class FieldValue:
    """The value of a custom field of a product."""

    name: str
    value: bool | int | float | date | str


@dataclass(frozen=True, slots=True)
class Product:
    """A product that the company runs. Whatever was not given is empty, and is not mentioned."""

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
    usage: Usage = Usage()
    fields: tuple[FieldValue, ...] = ()

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
            year, month = divmod(
                self.contract_end.year * 12 + self.contract_end.month - 1 - self.notice_months, 12
            )
            last_day = monthrange(year, month + 1)[1]  # of a month that may be shorter
            return date(year, month + 1, min(self.contract_end.day, last_day))
        if self.notice_days is not None:
            return self.contract_end - timedelta(days=self.notice_days)
        return None


@dataclass(frozen=True, slots=True)
class DataFlow:
    """What feeds what. `source` and `target` are products of the stack or systems outside of it."""

    source: str
    target: str
    data: tuple[str, ...] = ()  # what flows
    directed: bool = True  # False: the file says only that the two are connected


@dataclass(frozen=True, slots=True)
class GoalMeasure:
    """How a goal is measured, and how it stands."""

    value: float
    measured: date | None = None
    target: float | None = None
    unit: str = ""  # as it is printed behind the number
    what: str = ""  # is measured; "": what the goal's name says


@dataclass(frozen=True, slots=True)
class Goal:
    """A marketing goal of the year, and the categories that serve it."""

    name: str
    categories: tuple[str, ...]
    measure: GoalMeasure | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """The money that technology is measured against; None where not given. All of the same year."""

    marketing: Money | None = None
    new_customers: int | None = None
    cac: Money | None = None  # the cost of winning one customer, as the company counts it
    clv: Money | None = None  # what a customer brings over its lifetime, likewise


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A share of others that the company's own stands beside, and who says so."""

    measure: BenchmarkMeasure
    low: float  # of 1
    high: float  # of 1; `low` where the source gives one figure
    source: str  # who says so
    link: str = ""
    published: date | None = None
    about: bool = False  # the source gives it as a rough figure


@dataclass(frozen=True, slots=True)
class Promise:
    """What a vendor said it would do."""

    vendor: str
    what: str
    promised: date | None = None
    by: date | None = None
    source: str = ""  # address
    state: PromiseState = "open"  # the team's word; nothing else makes a promise kept
    note: str = ""
    product: str = ""  # of whom it was said, as its vendor writes it
    since: date | None = None  # from when it has been as `state` says
    shown: str = ""  # address of what shows it


@dataclass(frozen=True, slots=True)
class RadarPlacement:
    """A blip that the team places on the radar and keeps there."""

    name: str
    ring: Ring
    group: str | None = None  # slug of a landscape group
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WatchedPage:
    """A public page of a product's vendor whose changes are news."""

    product: str
    kind: WatchKind
    url: str


@dataclass(frozen=True, slots=True)
class Stack:
    """What stack.yaml says."""

    products: tuple[Product, ...] = ()
    goals: tuple[Goal, ...] = ()
    budget: Budget = Budget()
    promises: tuple[Promise, ...] = ()
    policy_link: str = ""
    policy_reviewed: date | None = None
    policy_owner: str = ""
    policy_rules: tuple[str, ...] = ()  # each in a sentence
    placed: tuple[RadarPlacement, ...] = ()
    flows: tuple[DataFlow, ...] = ()
    custom_fields: tuple[CustomField, ...] = ()
    benchmarks: tuple[Benchmark, ...] = ()
    watched: tuple[WatchedPage, ...] = ()
    ai_strategy: tuple[str, ...] = ()  # the company's own sentences
    vendors: tuple[VendorRecord, ...] = ()  # what was asked and answered


@dataclass(frozen=True, slots=True)
class Relation:
    """What a story is to the company, and why."""

    kind: RelationKind
    products: tuple[str, ...] = ()  # of the stack that it touches
    vendor: str = ""
    category: str | None = None
    goal: str = ""  # of a gap
    reason: str = ""  # the words that decided
