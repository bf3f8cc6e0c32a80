"""Whether two reports are of one event: asked of a model where the program is unsure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, ValidationError

from digest.language_model.item_questions import describe_item, hash_item
from digest.language_model.prompts import Prompt
from digest.language_model.protocol import AnswerError, Question, read_json_object
from digest.language_model.source_text import quote_sources
from digest.model.drafts import Receipt
from digest.model.item import Item

TASK = "pair"
_ANSWER_TOKENS = 120


class PairAnswer(BaseModel):
    """What a model says of two reports."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    same: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class PairAnswers:
    """What a model said of pairs, by what was paid for. It asks nothing."""

    receipts: Mapping[tuple[str, str, str, str], Receipt]
    model: str
    prompt: Prompt

    def find_receipt(self, first: Item, second: Item) -> Receipt | None:
        """Return the answer about a pair, whether or not it can be used."""
        return self.receipts.get((TASK, self.model, self.prompt.version, hash_pair(first, second)))

    def is_same(self, first: Item, second: Item) -> bool | None:
        """Return whether two items are of one event; None where nothing usable was said."""
        receipt = self.find_receipt(first, second)
        if receipt is None or receipt.outcome != "answered":
            return None
        try:
            return read_pair_answer(receipt.answer).same
        except AnswerError:
            return None

    @property
    def version(self) -> str:
        """What changes whenever an answer comes to those that are there."""
        said = sorted(
            (key[3], receipt.answer)
            for key, receipt in self.receipts.items()
            if key[:3] == (TASK, self.model, self.prompt.version)
        )
        return hashlib.sha256(json.dumps(said).encode("utf-8", "replace")).hexdigest()


def build_pair_question(first: Item, second: Item, prompt: Prompt) -> Question:
    """Return the question about two items; it is the same whichever comes first."""
    pair = sorted((first, second), key=hash_item)
    return Question(
        task=TASK,
        guide=prompt.text,
        material=quote_sources([describe_item(item) for item in pair]),
        prompt=prompt.version,
        content=hash_pair(first, second),
        answer_tokens=_ANSWER_TOKENS,
    )


def read_pair_answer(text: str) -> PairAnswer:
    """Return what an answer says. Raises AnswerError."""
    try:
        return PairAnswer.model_validate_json(json.dumps(read_json_object(text)))
    except (ValidationError, ValueError, RecursionError):
        raise AnswerError("the answer does not say whether the two are the same") from None


def hash_pair(first: Item, second: Item) -> str:
    """Return the hash of what is shown of two items, in either order."""
    return hashlib.sha256(" ".join(sorted(map(hash_item, (first, second)))).encode()).hexdigest()
