"""What to leave out so that the paper keeps to its pages: whole stories, the least first, never type size. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from digest.model.edition import Edition

_FIRST_TO_GO = ("categories", "deals")
_NEXT_TO_GO = ("ai-watch", "rules")
_MAX_A_PAGE = 8  # stories; no page ever held more
_OTHER_PAGES = 2  # at least: page one and the sources


@dataclass(frozen=True, slots=True)
class PaperMeasurement:
    """A laid-out paper: its pages, the part of the last one that is filled, and the part of a page each story takes."""

    pages: int
    last: float
    heights: Mapping[str, float]

    def count_excess_pages(self, budget: int) -> float:
        """How many pages of content stand beyond the budget; 0 where it is kept."""
        return max(0.0, self.pages - budget - 1 + self.last) if self.pages > budget else 0.0


def compute_drop_order(edition: Edition) -> tuple[str, ...]:
    """Ids of the stories that may go, in the order in which they go: those of categories and deals by score, then those
    of AI watch and rules. The quarter in five stays."""
    order: list[str] = []
    for slugs in (_FIRST_TO_GO, _NEXT_TO_GO):
        stories = [
            story
            for section in edition.sections
            if section.slug in slugs
            for story in section.stories
        ]
        order += [story.id for story in sorted(stories, key=lambda story: (story.score, story.id))]
    return tuple(order)


def choose_first_drop(edition: Edition, order: Sequence[str], budget: int) -> frozenset[str]:
    """What surely does not fit, so that a quarter of a thousand stories is not laid out whole."""
    return frozenset(order[: max(0, len(edition.stories) - _MAX_A_PAGE * (budget - _OTHER_PAGES))])


def extend_drop(
    order: Sequence[str], dropped: Collection[str], measured: PaperMeasurement, budget: int
) -> frozenset[str]:
    """`dropped` and as many more as the excess asks for; at least one, where any is left."""
    more, freed = set(dropped), 0.0
    for story in order:
        if story in dropped:
            continue
        more.add(story)
        freed += measured.heights.get(story, 0.0)
        if freed >= measured.count_excess_pages(budget):
            break
    return frozenset(more)


def restore_stories(
    order: Sequence[str], dropped: Collection[str], heights: Mapping[str, float], room: float
) -> frozenset[str]:
    """`dropped` without the best of it that fits into `room` (a part of pages), as far as heights are known."""
    left = set(dropped)
    for story in reversed(order):
        if story in left:
            room -= heights.get(story, room + 1)
            if room < 0:
                break
            left.remove(story)
    return frozenset(left)


def map_kept_stories(edition: Edition, dropped: Collection[str]) -> Mapping[str, frozenset[str]]:
    """Section → ids of the stories that are printed."""
    return {
        section.slug: frozenset(story.id for story in section.stories if story.id not in dropped)
        for section in edition.sections
    }
