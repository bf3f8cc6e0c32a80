"""Tasks that are asked about several items at once, and answered by one row for each. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

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

ReceiptMap = Mapping[tuple[str, str, str, str], Receipt]
Row = TypeVar("Row", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class AnswerRoom:
    """The tokens that an answer takes: for a row, and for what stands around all of them."""

    an_item: int
    around: int

    def count_items(self, answer_tokens: int) -> int:
        """Return how many items an answer of so many tokens has room for; at least one."""
        return max(1, (answer_tokens - self.around) // self.an_item)

    def count_tokens(self, items: int) -> int:
        """Return how many tokens an answer on so many items may take."""
        return self.an_item * items + self.around


@dataclass(frozen=True, slots=True)
class ItemTask(Generic[Row]):
    """A task about items: its name, the form of a row, and the room that an answer takes."""

    name: str
    row: type[Row]
    room: AnswerRoom

    def build_question(self, items: Sequence[Item], prompt: Prompt) -> Question:
        """Return the question about some items."""
        return Question(
            task=self.name,
            guide=prompt.text,
            material=quote_sources([describe_item(item) for item in items]),
            prompt=prompt.version,
            content=hashlib.sha256(" ".join(map(hash_item, items)).encode()).hexdigest(),
            answer_tokens=self.room.count_tokens(len(items)),
        )

    def read_answer(self, text: str, items: Sequence[Item]) -> dict[str, str]:
        """Return the usable rows of an answer: item id → the row as JSON.

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
                read = self.row.model_validate_json(json.dumps(row))
            except (ValidationError, ValueError, RecursionError):
                continue
            item_id = items[number - 1].id
            twice |= {item_id} & found.keys()
            found[item_id] = read.model_dump_json()
        return {item_id: answer for item_id, answer in found.items() if item_id not in twice}


@dataclass(frozen=True, slots=True)
class ItemAnswers(Generic[Row]):
    """What a model said of items in one task, by what was paid for. It asks nothing."""

    task: ItemTask[Row]
    receipts: ReceiptMap
    model: str
    prompt: Prompt

    def find_receipt(self, item: Item) -> Receipt | None:
        """Return the answer about an item, whether or not it can be used."""
        return self.receipts.get((self.task.name, self.model, self.prompt.version, hash_item(item)))

    def find_row(self, item: Item) -> Row | None:
        """Return what was said of an item; None where nothing usable was said."""
        receipt = self.find_receipt(item)
        if receipt is None or receipt.outcome != "answered":
            return None
        try:
            return self.task.row.model_validate_json(receipt.answer)
        except ValidationError:
            return None


def describe_item(item: Item) -> dict[str, str]:
    """Return what is shown of an item: title, publisher, day and words."""
    day = item.published.date().isoformat() if item.published else ""
    words = " ".join(filter(None, (item.summary, item.text)))
    return {"title": item.title, "publisher": item.source_name, "date": day, "text": words}


def hash_item(item: Item) -> str:
    """Return the hash of what is shown of an item."""
    shown = json.dumps(describe_item(item), ensure_ascii=False)
    return hashlib.sha256(shown.encode("utf-8", "replace")).hexdigest()
