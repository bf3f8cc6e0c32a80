"""Questions about several items at once, which are answered by one row for each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError

from digest.language_model.prompts import Prompt
from digest.language_model.protocol import (
    AnswerError,
    Question,
    number_rows,
    read_json_object,
)
from digest.language_model.source_text import quote_sources
from digest.model.item import Item


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


def build_items_question(
    task: str, items: Sequence[Item], prompt: Prompt, room: AnswerRoom
) -> Question:
    """Return the question about some items."""
    return Question(
        task=task,
        guide=prompt.text,
        material=quote_sources([describe_item(item) for item in items]),
        prompt=prompt.version,
        content=hashlib.sha256(" ".join(map(hash_item, items)).encode()).hexdigest(),
        answer_tokens=room.count_tokens(len(items)),
    )


def read_items_answer(text: str, items: Sequence[Item], form: type[BaseModel]) -> dict[str, str]:
    """Return the usable rows of an answer: item id → the row as JSON of its `form`.

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
            read = form.model_validate_json(json.dumps(row))
        except (ValidationError, ValueError, RecursionError):
            continue
        item_id = items[number - 1].id
        twice |= {item_id} & found.keys()
        found[item_id] = read.model_dump_json()
    return {item_id: answer for item_id, answer in found.items() if item_id not in twice}


def describe_item(item: Item) -> dict[str, str]:
    """Return what is shown of an item: title, publisher, day and words."""
    day = item.published.date().isoformat() if item.published else ""
    words = " ".join(filter(None, (item.summary, item.text)))
    return {"title": item.title, "publisher": item.source_name, "date": day, "text": words}


def hash_item(item: Item) -> str:
    """Return the hash of what is shown of an item."""
    shown = json.dumps(describe_item(item), ensure_ascii=False)
    return hashlib.sha256(shown.encode("utf-8", "replace")).hexdigest()
