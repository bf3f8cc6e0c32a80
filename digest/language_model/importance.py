"""How much stories matter: asked of a model for the top of the ranking, on its own scale."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from digest.language_model.item_questions import AnswerRoom, ItemAnswers, ItemTask
from digest.model.item import Item

MOST = 3  # of importance: must be in


class ItemRating(BaseModel):
    """How much a model says that an item matters, 0 to 3."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    importance: int = Field(ge=0, le=MOST)
    why: str = ""


IMPORTANCE_TASK = ItemTask("importance", ItemRating, AnswerRoom(an_item=60, around=60))


class ItemRatings(ItemAnswers[ItemRating]):
    """What a model said of items' importance, by what was paid for."""

    def find_rating(self, item: Item) -> int | None:
        """Return how much an item matters; None where nothing usable was said."""
        rating = self.find_row(item)
        return None if rating is None else rating.importance
