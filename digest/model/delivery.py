"""Releases of an edition and their deliveries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

ReleaseState = Literal["draft", "approved", "sent", "corrected"]
Channel = Literal["mail", "slack", "teams", "folder", "log"]
DeliveryState = Literal["intended", "handed over", "accepted", "refused", "unknown", "not sent"]


@dataclass(frozen=True, slots=True)
class Release:
    """A version of a quarter's edition on its way to the readers. `files`: path in the edition's
    folder → sha256 of what was released; `note`: what a correction changed."""

    quarter: str
    version: int
    state: ReleaseState
    files: Mapping[str, str] = field(default_factory=dict)
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
    """One thing for one recipient over one channel: what the ledger counts. `what` is a quarter's
    name, or names a notice to the team; `recipient` a bare mail address in small letters, a
    webhook's variable, or a folder."""

    what: str
    version: int
    language: str
    channel: Channel
    recipient: str


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """The last that is known of a delivery."""

    delivery: Delivery
    state: DeliveryState
    words: str  # of the other side
    at: datetime
    refusals: int = 0


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """The outcome of handing over one delivery."""

    state: DeliveryState
    words: str = ""
    stop: bool = False  # the channel cannot take the next
