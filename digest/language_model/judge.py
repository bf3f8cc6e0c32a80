"""A model's judgement of items: asked in batches, read strictly, behind the offline judge's form.

Its answer for an item counts where it is whole and of the right types, and each of its vendors
stands in the item's words. The team's rules keep the last word on relevance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from digest.language_model.item_questions import AnswerRoom, ItemAnswers, ItemTask
from digest.language_model.source_text import clean_answer
from digest.model.item import Item
from digest.model.tags import Ai, Event, Evidence, Tags
from digest.taxonomy import CATEGORIES

_AGREED = 0.95  # how sure a label is that both judges gave
_OVERRULED = 0.5  # … and one that the model gave against the offline judge
_DECIDED = 0.9  # relevance as the model decides it
_MAX_ALSO, _MAX_VENDORS, _MAX_WHY = 2, 6, 120


class OfflineJudge(Protocol):
    """What judges an item without a model."""

    def judge_item(self, item: Item) -> Tags:
        """Return the tags of an item."""


def _check_slug(value: object) -> object:
    if value not in CATEGORIES and value not in ("none", None):
        raise ValueError("no category of the list")
    return value


Slug = Annotated[str | None, BeforeValidator(_check_slug)]


class ItemJudgement(BaseModel):
    """What a model says of one item."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    relevant: bool
    category: Slug
    also: list[Slug] = Field(default_factory=list, max_length=6)
    ai: Ai
    evidence: Evidence | Literal["none", "-"] | None = None
    event: Event
    vendors: list[str] = Field(default_factory=list, max_length=20)
    why: str = ""


JUDGE_TASK = ItemTask("judge", ItemJudgement, AnswerRoom(an_item=160, around=100))


@dataclass(frozen=True, slots=True)
class ModelJudge:
    """Judges as the offline judge does, and corrects it by the answers that are at hand.

    It asks nothing: the same items and receipts give the same tags.
    """

    offline: OfflineJudge
    answers: ItemAnswers[ItemJudgement]

    def judge_item(self, item: Item) -> Tags:
        """Return the tags of an item, with the model's reasons where its answer counts."""
        tags = self.offline.judge_item(item)
        found = self.answers.find_row(item)
        return merge_judgement(tags, found, item, self.answers.model) if found else tags


def merge_judgement(tags: Tags, judged: ItemJudgement, item: Item, model: str) -> Tags:
    """Return tags corrected by a model's judgement.

    A label that both give is sure; one that the model gives against the offline judge stands, and
    is not sure. What a rule of the team said of relevance stays.
    """
    ruled = tags.confidence.get("relevant") == 1.0
    given = _read_labels(tags, judged, item) | ({"relevant": tags.relevant} if ruled else {})
    agreed = {name for name, value in given.items() if getattr(tags, name) == value}
    reason = clean_answer(judged.why, limit=2000)[:_MAX_WHY]
    said = (f"model {model}: {reason}" if reason else f"model {model}",)
    confidence = {
        name: max(tags.confidence.get(name, 0.0), _AGREED) if name in agreed else _OVERRULED
        for name in ("category", "ai", "evidence", "event")
    }
    confidence["relevant"] = tags.confidence.get("relevant", 1.0) if ruled else _DECIDED
    return replace(
        tags,
        **given,
        points=tags.points if judged.ai in ("core", "applied") else (),
        why={
            **tags.why,
            **{
                name: (*said, *tags.why.get(name, ())) if name in agreed else said
                for name in given
                if name != "also" and not (ruled and name == "relevant")
            },
        },
        confidence=confidence,
        unsure=frozenset(
            name for name in ("category", "ai", "evidence", "event") if name not in agreed
        ),
    )


def _read_labels(tags: Tags, judged: ItemJudgement, item: Item) -> dict[str, Any]:
    """Return the fields of Tags that a judgement gives; vendors as far as the item names them."""
    category = None if judged.category in ("none", None) else judged.category
    is_graded = judged.ai in ("core", "applied") and judged.evidence not in ("none", "-", None)
    words = " ".join((item.title, item.summary, item.text)).casefold()
    names = (clean_answer(name, limit=80) for name in judged.vendors)
    vendors = dict.fromkeys(name for name in names if name and name.casefold() in words)
    also = dict.fromkeys(slug for slug in judged.also if slug not in (None, "none", category))
    return {
        "relevant": judged.relevant,
        "category": category,
        "also": tuple(also)[:_MAX_ALSO],
        "ai": judged.ai,
        "evidence": judged.evidence if is_graded else None,
        "event": judged.event,
        "vendors": tuple(vendors)[:_MAX_VENDORS] or tags.vendors,
    }


# ---------------------------------------------------------------- asking


def choose_items(
    items: Sequence[Item],
    judge: ModelJudge,
    mode: Literal["all", "unsure"],
    share: float,
    batch: int,
) -> list[Item]:
    """Return the items to ask about now, without those that were asked about before.

    `unsure` takes those whose relevance is least certain, and then relevant ones with other labels
    that are not; at most `share` of all, and at most a third as many questions as all would need.
    """
    if mode == "all":
        return [item for item in items if judge.answers.find_receipt(item) is None]
    most = int(len(items) * share)
    questions = -(-len(items) // batch)
    if questions >= 3:
        most = min(most, questions // 3 * batch)
    doubtful = []
    for item in items:
        tags = judge.offline.judge_item(item)
        if tags.confidence.get("relevant") == 1.0:
            continue  # a rule of the team has spoken
        if "relevant" in tags.unsure or (tags.relevant and tags.unsure):
            distance = abs(tags.relevance_probability - 0.5)
            doubtful.append(("relevant" not in tags.unsure, distance, item.id, item))
    doubtful.sort(key=lambda row: row[:3])
    asked = sum(judge.answers.find_receipt(item) is not None for item in items)
    fresh = [row[3] for row in doubtful if judge.answers.find_receipt(row[3]) is None]
    return fresh[: max(most - asked, 0)]
