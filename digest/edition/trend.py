"""What grew and what fell since the quarter before, shown only where it is more than chance."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from digest.i18n import TranslatableText
from digest.model.edition import Comparability, Trend, TrendChange, TrendField
from digest.model.source import COVERED, FUTURE, MISSING
from digest.model.story import Story
from digest.model.tags import TaggedItem, Tags

MIN_Z_SCORE = 1.96  # two equal proportions differ by as many standard errors in 1 case of 20
_MIN_CHANGE = 4  # stories by which a part must have moved besides
_MAX_CHANGES = 3  # shown of each direction
_MIN_ITEMS = 30  # relevant, of either quarter: shares of fewer move by chance
_MIN_DAYS = 0.85  # share of a quarter's days that must be held of a source
_MIN_SHARE = 0.9  # share of relevant items that sources held alike must have given
_MIN_UNDATED_ITEMS = 5  # of a source of which no day is known (a mailbox), in both quarters
_TREND_FIELDS: tuple[TrendField, ...] = ("category", "event", "ai")


@dataclass(frozen=True, slots=True)
class QuarterHolding:
    """What is held of a quarter: days and relevant items, by source.

    `days` has a letter for each day of the quarter, as in `CoverageRow`.
    """

    days: Mapping[str, str]
    items: Mapping[str, int]


def measure_holding(items: Iterable[TaggedItem], days: Mapping[str, str]) -> QuarterHolding:
    """Return what is held of a quarter by its items and the days known of each source."""
    counts = Counter(member.item.source for member in items if member.tags.relevant)
    return QuarterHolding(days, counts)


def compare_coverage(now: QuarterHolding, then: QuarterHolding | None) -> Comparability:
    """Say whether figures of a quarter may stand beside those of the quarter before.

    They may where both quarters are over, both have enough relevant items, and the sources that
    are held on nearly all days of both gave nearly all items of both. Days that a source had
    nothing to tell are held; a quarter that was never collected is not, whatever stray items of it
    are there.
    """
    if then is None or not then.items:
        return _refuse("No comparison with the quarter before: nothing of it is held.")
    come, length = max(
        ((len(days) - days.count(FUTURE), len(days)) for days in now.days.values()), default=(0, 0)
    )
    if come < _MIN_DAYS * length:
        return _refuse(
            "No comparison with the quarter before: %(come)s of this quarter's %(days)s days have "
            "come so far.",
            come=come,
            days=length,
        )
    if (count := sum(then.items.values())) < _MIN_ITEMS:
        return _refuse(
            "No comparison with the quarter before: only %(count)s relevant items of it are held.",
            count=count,
        )
    if (count := sum(now.items.values())) < _MIN_ITEMS:
        return _refuse(
            "No comparison with the quarter before: this one has only %(count)s relevant items.",
            count=count,
        )
    alike = {source for source in now.items if _is_held_alike(source, now, then)}
    shares = [
        sum(quarter.items.get(source, 0) for source in alike) / sum(quarter.items.values())
        for quarter in (now, then)
    ]
    if min(shares) < _MIN_SHARE:
        return _refuse(
            "No comparison with the quarter before: of %(all)s sources that gave something, "
            "%(alike)s are held on nearly all days of both quarters.",
            all=len({*now.items, *then.items}),
            alike=len(alike),
        )
    return Comparability(True)


def refuse_unlike_judgements() -> Comparability:
    """Say that a language model judged the items of one of the two quarters alone."""
    return _refuse(
        "No comparison with the quarter before: a language model judged the items of one of them "
        "alone."
    )


def _refuse(template: str, **values: object) -> Comparability:
    return Comparability(False, TranslatableText(template, **values))


def _is_held_alike(source: str, now: QuarterHolding, then: QuarterHolding) -> bool:
    held = [quarter.days.get(source, "") for quarter in (now, then)]
    if not any(letter in (COVERED, MISSING) for days in held for letter in days):
        counts = (quarter.items.get(source, 0) for quarter in (now, then))
        return min(counts) >= _MIN_UNDATED_ITEMS
    return all(days.count(COVERED) >= _MIN_DAYS * len(days) > 0 for days in held)


def compute_trend(
    now: Sequence[Story], then: Sequence[Story], sources_then: Collection[str] | None = None
) -> Trend | None:
    """Compare the stories of a quarter with those of the quarter before.

    None where no source gave items in both. Where `then` is not all that was told, `sources_then`
    are the sources of all.
    """
    sources = _collect_sources(now)
    sources_before = _collect_sources(then) if sources_then is None else set(sources_then)
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
