"""What the company runs, pays for and plans, as stack.yaml says it."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from digest.model.vendors import VendorRecord

Status = Literal["anchor", "in use", "trial", "retiring"]
PromiseState = Literal["open", "shipped", "partly shipped", "broken", "withdrawn"]
Ring = Literal["act", "try", "ask", "watch"]
RelationKind = Literal["product", "vendor", "overlap", "rival", "gap", "none"]
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
class Stack:
    """What stack.yaml says."""

    products: tuple[Product, ...] = ()
    goals: tuple[Goal, ...] = ()
    budget: Budget = Budget()
    promises: tuple[Promise, ...] = ()
    policy_link: str = ""
    policy_reviewed: date | None = None
    placed: tuple[RadarPlacement, ...] = ()
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
