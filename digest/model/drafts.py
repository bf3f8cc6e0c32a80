"""What a language model is asked for, what it answered, and what of that a person accepted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

ModelTask = Literal["summary", "consequence", "theme", "lead", "translation", "letter", "questions"]
# what is not written for an edition is not configured either: an answer to a question
DraftTask = ModelTask | Literal["answer"]
# what of stack.yaml a team may let leave the house
SharedField = Literal["products", "contracts", "owners", "spend"]
ReceiptOutcome = Literal["answered", "unusable", "lost"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """A question that was paid for, and its answer.

    `content` is the hash of what was asked about, `prompt` that of the prompt. `outcome` is
    unusable where the answer could not be read, lost where none came and it may be billed all the
    same. `cost` is in millionths of the currency's unit.
    """

    task: str
    model: str
    prompt: str
    content: str
    answer: str
    outcome: ReceiptOutcome = "answered"
    tokens_in: int = 0
    tokens_out: int = 0
    cost: int = 0
    currency: str = ""
    quarter: str = ""  # of the edition that it was asked for

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes two questions the same."""
        return self.task, self.model, self.prompt, self.content


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence that a model wrote, the items it names, and whether they carry it."""

    text: str
    items: tuple[str, ...]  # ids
    passes: bool = False
    reason: str = ""  # why it does not pass
    vote: float | None = None  # log-odds that the items support it; None where nobody was asked


@dataclass(frozen=True, slots=True)
class Draft:
    """A text that a model proposes.

    `of` is a story's id, a theme's or a vendor's slug, or "" for lead and letter.
    """

    task: DraftTask
    of: str
    language: str
    sentences: tuple[DraftSentence, ...]
    model: str
    title: DraftSentence | None = None  # of a translation

    @property
    def supported(self) -> tuple[DraftSentence, ...]:
        """The sentences before the first that does not pass: what follows may rest on it."""
        kept = []
        for sentence in self.sentences:
            if not sentence.passes:
                break
            kept.append(sentence)
        return tuple(kept)

    @property
    def text(self) -> str:
        """The supported sentences as one text."""
        return " ".join(sentence.text for sentence in self.supported)

    @property
    def withheld(self) -> tuple[DraftSentence, ...]:
        """The sentences that may not be printed."""
        whole = (*filter(None, (self.title,)), *self.sentences)
        kept = self.supported
        return tuple(
            one for one in whole if one not in kept and not (one is self.title and one.passes)
        )


@dataclass(frozen=True, slots=True)
class Proposal:
    """A draft beside what is printed without it. `text` is what accepting it would print."""

    draft: Draft
    plain: str  # the sources' own words
    accepted: str = ""  # what is printed of it now

    @property
    def text(self) -> str:
        """The supported words, a translated title before them."""
        return "\n".join(filter(None, (self.title, self.draft.text)))

    @property
    def title(self) -> str:
        """The translated title, where the sources carry it."""
        title = self.draft.title
        return title.text if title and title.passes else ""


@dataclass(frozen=True, slots=True)
class AcceptedText:
    """A model's text that a person accepted, as editions/QUARTER.yaml keeps it.

    `of` names an item of its story, or a theme's or vendor's slug; "" for lead and letter.
    """

    task: ModelTask
    language: str
    text: str
    of: str = ""
    title: str = ""
    model: str = ""
    by: str = ""
    at: datetime | None = None
