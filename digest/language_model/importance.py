"""How much stories matter: asked of a model for the top of the ranking, on its own scale."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from digest.language_model.judge import describe_item, hash_item
from digest.language_model.prompts import Prompt
from digest.language_model.protocol import (
    AnswerError,
    Question,
    number_rows,
    read_json_object,
)
from digest.language_model.source_text import quote_sources
from digest.model.drafts import Receipt
from digest.model.item import Item

TASK = "importance"
_TOKENS_AN_ITEM, _TOKENS_AROUND = 60, 60  # of the answer
MOST = 3  # of importance: must be in


class ItemRating(BaseModel):
    """How much a model says that an item matters, 0 to 3."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    importance: int = Field(ge=0, le=MOST)
    why: str = ""


@dataclass(frozen=True, slots=True)
class ItemRatings:
    """What a model said of items' importance, by what was paid for. It asks nothing."""

    receipts: Mapping[tuple[str, str, str, str], Receipt]
    model: str
    prompt: Prompt

    def find_receipt(self, item: Item) -> Receipt | None:
        """Return the answer about an item, whether or not it can be used."""
        return self.receipts.get((TASK, self.model, self.prompt.version, hash_item(item)))

    def find_rating(self, item: Item) -> int | None:
        """Return how much an item matters; None where nothing usable was said."""
        receipt = self.find_receipt(item)
        if receipt is None or receipt.outcome != "answered":
            return None
        try:
            return ItemRating.model_validate_json(receipt.answer).importance
        except ValidationError:
            return None


def count_rated_at_once(answer_tokens: int) -> int:
    """Return how many items one answer of so many tokens has room for; at least one."""
    return max(1, (answer_tokens - _TOKENS_AROUND) // _TOKENS_AN_ITEM)


def build_importance_question(items: Sequence[Item], prompt: Prompt) -> Question:
    """Return the question about some items."""
    return Question(
        task=TASK,
        guide=prompt.text,
        material=quote_sources([describe_item(item) for item in items]),
        prompt=prompt.version,
        content=hashlib.sha256(" ".join(map(hash_item, items)).encode()).hexdigest(),
        answer_tokens=_TOKENS_AN_ITEM * len(items) + _TOKENS_AROUND,
    )


def read_importance_answer(text: str, items: Sequence[Item]) -> dict[str, str]:
    """Return the usable entries of an answer: item id → its rating as JSON.

    An item that is missing, named twice or of wrong types is not among them. Raises AnswerError
    where nothing can be read.
    """
    rows = read_json_object(text).get("items")
    if not isinstance(rows, list):
        raise AnswerError("the answer lists no items")
    found: dict[str, str] = {}
    twice = set()
    for number, row in number_rows(rows, len(items)):
        try:
            rating = ItemRating.model_validate_json(json.dumps(row))
        except (ValidationError, ValueError, RecursionError):
            continue
        item_id = items[number - 1].id
        twice |= {item_id} & found.keys()
        found[item_id] = rating.model_dump_json()
    return {item_id: answer for item_id, answer in found.items() if item_id not in twice}
