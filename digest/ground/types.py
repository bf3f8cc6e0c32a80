"""What goes into the gate and what comes out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class GroundItem:
    """An item as far as the gate reads it. `lang` and `publisher` may be empty, `date` unknown."""

    id: str
    title: str
    summary: str = ""
    text: str = ""
    lang: str = ""
    date: date | None = None
    publisher: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sentence may stand, and in plain words why not; `reason` is empty if it may."""

    passes: bool
    reason: str = ""
