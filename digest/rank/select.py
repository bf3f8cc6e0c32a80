"""Which ranked stories go into the briefing, and why each other one stays out.

Floors come first: what is no news for a CMO stays out whatever its score, and nothing fills a thin quarter up. Then the
stories are taken best first, while no publisher, vendor or category takes more than its share; room is kept for the
best story of each category that would otherwise not be touched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import floor

from digest.model import Event, RankedStory, Story

_NEVER: Mapping[Event, str] = {
    "howto": "a how-to, no news",
    "promo": "a promotion, no news",
    "opinion": "an opinion without news",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much goes in. Shares are of the stories that go in."""

    stories: int = 40
    floor: float = 0.0  # no story below this score
    publisher_share: float = 0.20
    vendor_share: float = 0.15
    per_category: int = 6
    categories: int = 15  # categories to touch, where relevant stories above the floor have them


@dataclass(frozen=True, slots=True)
class Selection:
    """The stories that go in, best first, and for each other one (by story id) why it stays out."""

    chosen: tuple[RankedStory, ...]
    left_out: Mapping[str, str]


def select(ranked: Sequence[RankedStory], limits: Limits = Limits()) -> Selection:  # noqa: B008 (frozen)
    """Chooses from `ranked`, which is best first. Deterministic; every story is either chosen or has a reason."""
    reasons = {one.story.id: _unfit(one, limits) for one in ranked}
    fit = [one for one in ranked if not reasons[one.story.id]]
    size = min(limits.stories, len(fit))
    while True:
        chosen, refused = _fill(fit, size, limits)
        if len(chosen) == size or not size:
            break
        size = len(chosen)  # caps are shares of what goes in: fewer stories, tighter caps
    left = {story_id: reason for story_id, reason in reasons.items() if reason} | refused
    return Selection(tuple(sorted(chosen, key=ranked.index)), left)


def _unfit(one: RankedStory, limits: Limits) -> str:
    tags = one.story.tags
    if not tags.relevant:
        return "judged not relevant for marketing technology"
    if tags.event in _NEVER:
        return _NEVER[tags.event]
    if one.score < limits.floor:
        return f"score {one.score:.1f} is below the floor of {limits.floor:.1f}"
    return ""


def _fill(fit: Sequence[RankedStory], size: int, limits: Limits) -> tuple[list[RankedStory], dict[str, str]]:
    caps = _Caps(size, limits)
    first = _first_of_categories(fit, limits.categories)
    chosen = [
        one for one in fit if one.story.id in first and len(caps.taken) < size and not caps.refuses(one, take=True)
    ]
    refused: dict[str, str] = {}
    for one in fit:
        if one in chosen:
            continue
        reason = caps.refuses(one, take=len(chosen) < size)
        if not reason and len(chosen) >= size:
            reason = f"ranked {fit.index(one) + 1}, below the last of the {size} stories that went in"
        if reason:
            refused[one.story.id] = reason
        else:
            chosen.append(one)
    return chosen, refused


def _first_of_categories(fit: Sequence[RankedStory], most: int) -> frozenset[str]:
    first: dict[str, str] = {}
    for one in fit:
        category = one.story.tags.category
        if category and len(first) < most:
            first.setdefault(category, one.story.id)
    return frozenset(first.values())


class _Caps:
    """What has been taken so far, by publisher, vendor and category."""

    def __init__(self, size: int, limits: Limits) -> None:
        self.limits = limits
        self.taken: Counter[str] = Counter()
        self.most = {
            "publisher": max(1, floor(size * limits.publisher_share)),
            "vendor": max(1, floor(size * limits.vendor_share)),
            "category": limits.per_category,
        }

    def refuses(self, one: RankedStory, *, take: bool) -> str:
        """Why a story exceeds a cap; "" where it does not, and then it is counted if `take`."""
        marks = list(_marks(one.story))
        for kind, name in marks:
            if self.taken[f"{kind} {name}"] >= self.most[kind]:
                return f"{self.most[kind]} stories of the {kind} {name} are in already"
        if take:
            self.taken.update(f"{kind} {name}" for kind, name in marks)
        return ""


def _marks(story: Story) -> Iterable[tuple[str, str]]:
    yield "publisher", story.lead.item.source_name
    for vendor in story.tags.vendors[:1]:
        yield "vendor", vendor
    if story.tags.category:
        yield "category", story.tags.category
