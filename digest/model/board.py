"""The board page: what a board is told of technology in marketing, on one page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from digest.model.edition import DealKind, FrontDecision, Sentence, Spend, Time

RiskKind = DealKind | Literal["effective", "deadline", "ends", "notice", "contract end", "rule"]


@dataclass(frozen=True, slots=True)
class BoardUse:
    """A product in which the company uses AI, and for what, in its own words."""

    product: str
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardMove:
    """A move of the market: a theme of the quarter, or a story."""

    title: str  # a headline, or a TranslatableText
    language: str = ""  # of a headline; "" for a TranslatableText
    quote: Sentence | None = None
    sources: tuple[str, ...] = ()  # publishers' names, each once
    links: tuple[tuple[str, str], ...] = ()  # title and address of the stories behind it
    day: date | None = None  # of a single story


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRisk:
    """A date that binds or threatens, or what happened to a vendor of ours."""

    day: date
    last: date  # the last day that the source's words may mean
    kind: RiskKind
    what: str  # a headline, a sentence, or a TranslatableText
    language: str = ""
    products: tuple[str, ...] = ()  # of the stack, that it touches
    source: str = ""
    url: str = ""
    ahead: bool = True  # it lies ahead


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """All that stands on the board page."""

    quarter: str
    title: str
    organisation: str
    language: str
    zone: str
    as_of: Time
    so_far: bool
    sample: bool
    leftovers: bool = False
    strategy: tuple[str, ...] = ()  # the company's own sentences
    goals: tuple[str, ...] = ()
    uses: tuple[BoardUse, ...] = ()
    policy_reviewed: date | None = None
    has_stack: bool = False
    spend: Spend
    moves: tuple[BoardMove, ...] = ()
    risks: tuple[BoardRisk, ...] = ()  # those that bind us first
    decisions: tuple[FrontDecision, ...] = ()
