"""What to leave to the register so that the paper keeps to its pages: whole stories, least first.

Type size never changes. Deals, rules and whatever touches the company's own stack always stay.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from digest.model.edition import Edition
from digest.model.sections import SECTIONS_BY_SLUG

_MAX_A_PAGE = 14  # stories; no page ever held more
_OTHER_PAGES = 1  # at least: page one


@dataclass(frozen=True, slots=True)
class PaperMeasurement:
    """A laid-out paper."""

    pages: int
    last: float  # the part of the last page that is filled
    heights: Mapping[str, float]  # story id → the part of a page that it takes

    def count_excess_pages(self, budget: int) -> float:
        """Return how many pages of content stand beyond the budget; 0 where it is kept."""
        return max(0.0, self.pages - budget - 1 + self.last) if self.pages > budget else 0.0


def compute_drop_order(edition: Edition) -> tuple[str, ...]:
    """Return the ids of the stories that may go, in the order in which they go.

    They go by the step of their section's kind, then by score; one that has a consequence for the
    company stays.
    """
    rows = [
        (step, story.score, story.id)
        for section in edition.sections
        if (step := SECTIONS_BY_SLUG[section.slug].drop_step)
        for story in section.stories
        if not story.why_it_matters
    ]
    return tuple(story_id for _, _, story_id in sorted(rows))


def choose_first_drop(edition: Edition, order: Sequence[str], budget: int) -> frozenset[str]:
    """Return what surely does not fit, so that a thousand stories are not laid out whole."""
    return frozenset(order[: max(0, len(edition.stories) - _MAX_A_PAGE * (budget - _OTHER_PAGES))])


def extend_drop(
    order: Sequence[str], dropped: Collection[str], measured: PaperMeasurement, budget: int
) -> frozenset[str]:
    """Return `dropped` and as many more as the excess asks for; at least one, where any is left."""
    extended, freed = set(dropped), 0.0
    for story_id in order:
        if story_id in dropped:
            continue
        extended.add(story_id)
        freed += measured.heights.get(story_id, 0.0)
        if freed >= measured.count_excess_pages(budget):
            break
    return frozenset(extended)


def restore_stories(
    order: Sequence[str], dropped: Collection[str], heights: Mapping[str, float], room: float
) -> frozenset[str]:
    """Return `dropped` without the best of it that fits into `room`, a part of pages.

    A story whose height is not known stays dropped.
    """
    left = set(dropped)
    for story_id in reversed(order):
        if story_id in left:
            room -= heights.get(story_id, room + 1)
            if room < 0:
                break
            left.remove(story_id)
    return frozenset(left)


def map_kept_stories(edition: Edition, dropped: Collection[str]) -> Mapping[str, frozenset[str]]:
    """Return the ids of the stories that are printed, by section."""
    return {
        section.slug: frozenset(story.id for story in section.stories if story.id not in dropped)
        for section in edition.sections
    }
