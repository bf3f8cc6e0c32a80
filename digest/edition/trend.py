"""What grew and what fell since the quarter before, told only where it is more than chance."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from digest.model.edition import Trend, TrendChange, TrendField
from digest.model.story import Story
from digest.model.tags import Tags

MIN_Z_SCORE = (
    1.96  # two proportions that differ by so many standard errors differ by chance in 1 case of 20
)
_FEWEST = 4  # stories by which a part must have moved besides
_MOST = 3  # moves told of each direction
_TREND_FIELDS: Mapping[TrendField, Callable[[Tags], str | None]] = MappingProxyType(
    {
        "category": lambda tags: tags.category,
        "event": lambda tags: tags.event,
        "ai": lambda tags: tags.ai,
    }
)


def compute_trend(now: Sequence[Story], then: Sequence[Story]) -> Trend | None:
    """The stories of a quarter against those of the quarter before; None where no source gave items in both."""
    gave, gave_before = _collect_sources(now), _collect_sources(then)
    both = gave & gave_before
    if not both:
        return None
    relevant, before = _select_relevant_tags(now, both), _select_relevant_tags(then, both)
    moves = [
        (sure, move)
        for field in _TREND_FIELDS
        for sure, move in _find_moves(field, relevant, before)
    ]
    moves.sort(key=lambda row: (-abs(row[0]), row[1].field, row[1].slug))
    return Trend(
        sources=len(both),
        sources_new=len(gave - both),
        sources_gone=len(gave_before - both),
        stories=len(relevant),
        stories_before=len(before),
        grew=tuple(move for sure, move in moves if sure > 0)[:_MOST],
        fell=tuple(move for sure, move in moves if sure < 0)[:_MOST],
    )


def _collect_sources(stories: Iterable[Story]) -> set[str]:
    return {member.item.source for story in stories for member in story.items}


def _select_relevant_tags(stories: Iterable[Story], sources: set[str]) -> list[Tags]:
    told = (
        story for story in stories if any(member.item.source in sources for member in story.items)
    )
    return [tags for story in told if (tags := story.tags).relevant]


def _find_moves(
    field: TrendField, now: Sequence[Tags], then: Sequence[Tags]
) -> Iterable[tuple[float, TrendChange]]:
    part = _TREND_FIELDS[field]
    counts, before = Counter(map(part, now)), Counter(map(part, then))
    for slug in sorted(filter(None, {*counts, *before})):
        sure = _compute_z_score(counts[slug], len(now), before[slug], len(then))
        if abs(sure) >= MIN_Z_SCORE and abs(counts[slug] - before[slug]) >= _FEWEST:
            yield sure, TrendChange(field, slug, counts[slug], before[slug])


def _compute_z_score(a: int, of_a: int, b: int, of_b: int) -> float:
    """By how many standard errors the share of `a` is above that of `b`: the z-test for two proportions."""
    if not of_a or not of_b:
        return 0.0
    pooled = (a + b) / (of_a + of_b)
    error = math.sqrt(pooled * (1 - pooled) * (1 / of_a + 1 / of_b))
    return (a / of_a - b / of_b) / error if error else 0.0
