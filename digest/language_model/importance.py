"""How much stories matter: asked of a model for the top of the ranking, on its own scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from digest.language_model.item_questions import (
    AnswerRoom,
    build_items_question,
    hash_item,
    read_items_answer,
)
from digest.language_model.prompts import Prompt
from digest.language_model.protocol import Question
from digest.model.drafts import Receipt
from digest.model.item import Item

TASK = "importance"
ANSWER_ROOM = AnswerRoom(an_item=60, around=60)
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
    return ANSWER_ROOM.count_items(answer_tokens)


def build_importance_question(items: Sequence[Item], prompt: Prompt) -> Question:
    """Return the question about some items."""
    return build_items_question(TASK, items, prompt, ANSWER_ROOM)


def read_importance_answer(text: str, items: Sequence[Item]) -> dict[str, str]:
    """Return the usable entries of an answer: item id → its rating as JSON. Raises AnswerError."""
    return read_items_answer(text, items, ItemRating)
