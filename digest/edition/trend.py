"""What grew and what fell since the quarter before, shown only where it is more than chance."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from digest.model.edition import Trend, TrendChange, TrendField
from digest.model.story import Story
from digest.model.tags import Tags

MIN_Z_SCORE = 1.96  # two equal proportions differ by as many standard errors in 1 case of 20
_MIN_CHANGE = 4  # stories by which a part must have moved besides
_MAX_CHANGES = 3  # shown of each direction
_TREND_FIELDS: tuple[TrendField, ...] = ("category", "event", "ai")


def compute_trend(now: Sequence[Story], then: Sequence[Story]) -> Trend | None:
    """Compare the stories of a quarter with those of the quarter before.

    None where no source gave items in both.
    """
    sources, sources_before = _collect_sources(now), _collect_sources(then)
    both = sources & sources_before
    if not both:
        return None
    relevant, before = _select_relevant_tags(now, both), _select_relevant_tags(then, both)
    changes: list[tuple[float, TrendChange]] = []
    for field in _TREND_FIELDS:
        counts = Counter(getattr(tags, field) for tags in relevant)
        counts_before = Counter(getattr(tags, field) for tags in before)
        for slug in filter(None, {*counts, *counts_before}):
            n, n_before = counts[slug], counts_before[slug]
            score = _compute_z_score(n, len(relevant), n_before, len(before))
            if abs(score) >= MIN_Z_SCORE and abs(n - n_before) >= _MIN_CHANGE:
                changes.append((score, TrendChange(field, slug, n, n_before)))
    changes.sort(key=lambda row: (-abs(row[0]), row[1].field, row[1].slug))
    return Trend(
        sources=len(both),
        sources_new=len(sources - both),
        sources_gone=len(sources_before - both),
        stories=len(relevant),
        stories_before=len(before),
        grew=tuple(change for score, change in changes if score > 0)[:_MAX_CHANGES],
        fell=tuple(change for score, change in changes if score < 0)[:_MAX_CHANGES],
    )


def _collect_sources(stories: Iterable[Story]) -> set[str]:
    return {member.item.source for story in stories for member in story.items}


def _select_relevant_tags(stories: Iterable[Story], sources: set[str]) -> list[Tags]:
    """Return the tags of relevant stories that one of the sources tells."""
    return [
        tags
        for story in stories
        if not sources.isdisjoint(_collect_sources([story])) and (tags := story.tags).relevant
    ]


def _compute_z_score(a: int, of_a: int, b: int, of_b: int) -> float:
    """Return by how many standard errors the share of `a` is above that of `b`.

    It is the z-test for two proportions with a pooled estimate.
    """
    if not of_a or not of_b:
        return 0.0
    pooled = (a + b) / (of_a + of_b)
    error = math.sqrt(pooled * (1 - pooled) * (1 / of_a + 1 / of_b))
    return (a / of_a - b / of_b) / error if error else 0.0
