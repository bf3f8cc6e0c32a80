"""What the company runs, pays for and plans, as stack.yaml says it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

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
        return (
            self.contract_end - timedelta(days=self.notice_days)
            if self.notice_days is not None
            else None
        )


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
