"""Page one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from digest.i18n import TranslatableText
from digest.model.stack import Money


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
    also_due: TranslatableText | None = None  # what else falls due within two quarters
