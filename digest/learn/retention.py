"""Compare what was right of the team's decisions before a new version of the program, and after.

Pure. A version brings new weights; what a team taught (its vocabulary, its corrections) has to
outlive them, or it has to be told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.learn.evaluation import ItemFeedback

_MAX_NAMED = 5  # items in a notice
RightLabels = Mapping[str, Mapping[str, bool]]  # item id → field → whether it is judged right


@dataclass(frozen=True, slots=True)
class TaughtLoss:
    """A decided item, and the fields that were judged as the team decided and no longer are."""

    id: str
    title: str
    fields: tuple[str, ...]


def measure_decisions(feedback: Iterable[ItemFeedback]) -> dict[str, dict[str, bool]]:
    """Return for each decided item which of the team's labels are judged right."""
    from digest.tag.lab import is_correct, tags_to_row  # not while nothing is measured

    return {
        one.item.id: {
            name: bool(is_correct(one.target_labels, tags_to_row(one.tags), name))
            for name in one.target_labels
        }
        for one in feedback
    }


def find_losses(
    feedback: Iterable[ItemFeedback], before: RightLabels, after: RightLabels
) -> tuple[TaughtLoss, ...]:
    """Return the decided items of which a label was right before and is wrong after, by title."""
    found = []
    for one in feedback:
        was, now = before.get(one.item.id, {}), after[one.item.id]
        fields = tuple(name for name, right in now.items() if was.get(name) and not right)
        if fields:
            found.append(TaughtLoss(one.item.id, one.item.title, fields))
    return tuple(sorted(found, key=lambda loss: (loss.title, loss.id)))


def describe_losses(losses: Iterable[TaughtLoss], decided: int) -> str:
    """Return in words what got lost, and what to do; "" where nothing did."""
    lost = list(losses)
    if not lost:
        return ""
    named = "; ".join(f"{loss.title} ({', '.join(loss.fields)})" for loss in lost[:_MAX_NAMED])
    more = f"; and {len(lost) - _MAX_NAMED} more" if len(lost) > _MAX_NAMED else ""
    return (
        f"since the program was changed, {len(lost)} of {decided} items that the team decided on "
        f"are judged otherwise than it decided, and were not before: {named}{more}. The decisions "
        "hold; for items to come, `digest lab propose` says which words teach it again"
    )
