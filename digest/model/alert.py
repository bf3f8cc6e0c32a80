"""Word to the team between editions: what happened to a product of the stack, or falls due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from digest.model.edition import Sentence

# The most urgent first. "likely" is probably one of the first four, and is not called so.
AlertKind = Literal["incident", "end", "deal", "price", "terms", "likely", "notice", "contract end"]
ALERT_KINDS: tuple[AlertKind, ...] = get_args(AlertKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something that the owner of a product should know before the next edition.

    `keys` are what it is known by in the ledger: the ids of the items that report it, or the
    product and day of a contract. It has been told where one of them was told.
    """

    kind: AlertKind
    keys: tuple[str, ...]
    products: tuple[str, ...]  # of the stack, that it is about or that `vendor` makes
    vendor: str = ""  # their maker, where it is about that and names none of them
    day: date  # of the first report, or on which it falls due
    what: str  # the headline as published, or a TranslatableText
    language: str = ""  # of the headline; "" for a TranslatableText
    source: str = ""  # the publisher's name
    url: str = ""
    quote: Sentence | None = None  # that tells it, where the headline is not all
    advice: str = ""  # what it asks of the company, a TranslatableText
    owner: str = ""
    reports: int = 1
