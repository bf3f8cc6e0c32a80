"""Ask about the labels that are not sure enough to be printed, one question each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.model.story import RankedStory

if TYPE_CHECKING:
    from digest.review.desk import ReviewSession, StoryRow

_ASKED_FIELDS = ("event", "category", "ai")
_MAX_OPTIONS = 5
# What a label most often turns out to be where it is wrong, to be asked about first.
_LIKELY: Mapping[tuple[str, str | None], Sequence[str]] = {
    ("event", "acquisition"): ("partnership", "funding", "incident", "other"),
    ("event", "launch"): ("update", "partnership", "research", "other"),
    ("event", "update"): ("launch", "regulation", "howto", "other"),
    ("event", "incident"): ("acquisition", "regulation", "other", "update"),
    ("event", "other"): ("update", "research", "opinion", "partnership"),
    ("event", "research"): ("opinion", "other", "results", "howto"),
    ("event", "opinion"): ("research", "other", "howto", "update"),
    ("event", "regulation"): ("incident", "other", "update", "opinion"),
    ("event", "pricing"): ("update", "promo", "launch", "other"),
    ("event", "shutdown"): ("update", "other", "regulation", "launch"),
    ("event", "partnership"): ("launch", "acquisition", "update", "other"),
    ("event", "results"): ("research", "funding", "other", "people"),
    ("event", "funding"): ("acquisition", "results", "partnership", "other"),
    ("event", "people"): ("other", "results", "acquisition", "opinion"),
    ("ai", "core"): ("applied", "mention", "none"),
    ("ai", "applied"): ("core", "mention", "none"),
    ("ai", "mention"): ("applied", "none", "core"),
    ("ai", "none"): ("mention", "applied", "core"),
}


@dataclass(frozen=True, slots=True)
class LabelQuestion:
    """A label that is not sure enough to be printed, and what it might be, the likeliest first."""

    row: StoryRow
    name: str
    options: tuple[str, ...]
    sure: float
    why: str


def list_questions(session: ReviewSession) -> list[LabelQuestion]:
    """Return the labels of printed stories that are not sure, the highest ranked first."""
    return [
        question for ranked in session.decision.chosen for question in _ask_labels(session, ranked)
    ]


def _ask_labels(session: ReviewSession, ranked: RankedStory) -> Iterator[LabelQuestion]:
    tags, decision = ranked.story.tags, session.get_decision(ranked.story.id)
    for name in _ASKED_FIELDS:
        if name not in tags.unsure or (decision and name in decision.tags):
            continue
        told = [getattr(member.tags, name) for member in ranked.story.items]
        further = tags.also if name == "category" else _LIKELY.get((name, getattr(tags, name)), ())
        likely = (getattr(tags, name), *told, *further)
        options = tuple(dict.fromkeys(value or "none" for value in likely))[:_MAX_OPTIONS]
        why = "; ".join(tags.why.get(name, ()))
        sure = tags.confidence.get(name, 0.0)
        yield LabelQuestion(session.build_row(ranked), name, options, sure, why)
