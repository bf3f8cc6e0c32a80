"""What a team asked a vendor and what it answered, as vendors/NAME.yaml says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Literal

from digest.i18n import N_

AnswerState = Literal["answered", "partly", "refused"]
# The questions that every main vendor is asked, by the key under which its answer is recorded.
STANDING_QUESTIONS: Mapping[str, str] = MappingProxyType(
    {
        "strategy": N_("What is your AI strategy, and what is on the roadmap for the next year?"),
        "data": N_(
            "On which data does your AI work: how much, from where, and is any of it ours? Can we "
            "refuse, and is ours kept apart?"
        ),
        "models": N_(
            "Which models and which subprocessors stand behind it, and how do we learn of a change?"
        ),
        "availability": N_(
            "Which of it is generally available, since when and in which plans, and what is in "
            "test or only announced?"
        ),
        "advantage": N_(
            "What does it do better than the same product without AI, and who measured that?"
        ),
        "terms": N_("What does it cost us now and at renewal, and which terms change with it?"),
        "exit": N_(
            "How do we take our data, models and settings out, and when is what you hold deleted?"
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question to a vendor, and the key under which its answer is recorded."""

    key: str
    ask: str


@dataclass(frozen=True, slots=True)
class VendorLetter:
    """A letter that went to a vendor."""

    sent: date
    quarter: str  # whose news it asked about; "" where it is not given
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class VendorAnswer:
    """What a vendor answered, and where that stands."""

    to: str  # key of the question
    on: date
    text: str
    source: str  # an address, or words: "call with …"
    state: AnswerState = "answered"


@dataclass(frozen=True, slots=True)
class VendorRecord:
    """What was asked of a vendor and what it answered, in the order of the file."""

    vendor: str
    contact: str = ""  # Name <address>
    questions: tuple[Question, ...] = ()  # of the team's own; a standing key replaces its words
    skip: tuple[str, ...] = ()  # standing questions that it is not asked
    letters: tuple[VendorLetter, ...] = ()
    answers: tuple[VendorAnswer, ...] = ()
