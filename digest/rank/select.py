"""Choose which ranked stories go into the briefing, and say why each other one stays out.

Floors come first: what is no news for a CMO stays out whatever its score, and nothing fills up a
thin quarter. Then the stories are taken best first, while no publisher, vendor or category takes
more than its share. The last places are kept for the best story of each category that would
otherwise be missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from math import floor
from types import MappingProxyType

from digest.model.reasons import LeftOut, LeftOutReason
from digest.model.story import RankedStory, Story
from digest.model.tags import Event

_EXCLUDED_EVENTS: Mapping[Event, LeftOutReason] = {
    "howto": LeftOutReason.HOWTO,
    "promo": LeftOutReason.PROMOTION,
    "opinion": LeftOutReason.OPINION,
}
_RULE_PREFIX = "rule "  # how the judgement begins the reason where a rule of the team decided


@dataclass(frozen=True, slots=True)
class SelectionLimits:
    """How much goes in.

    Shares are of the stories that go in. A few of one publisher and one vendor are always let in,
    since shares of a thin quarter would leave hardly anything.
    """

    stories: int = 40
    floor: float = 0.4  # of the score: on the readers' scale 1 may be in a long list, 0 should not
    publisher_share: float = 0.20
    vendor_share: float = 0.15
    publisher_few: int = 3
    vendor_few: int = 2
    per_category: int = 6
    categories: int = 15  # to touch, where relevant stories above the floor have them


@dataclass(frozen=True, slots=True)
class Selection:
    """The stories that go in, best first, and for each other one (by story id) why it stays out."""

    chosen: tuple[RankedStory, ...]
    left_out: Mapping[str, LeftOut]


def select_stories(
    ranked: Sequence[RankedStory],
    limits: SelectionLimits = SelectionLimits(),
    excluded: Mapping[str, LeftOut] = MappingProxyType({}),
) -> Selection:
    """Choose from `ranked`, which is best first.

    `excluded` holds stories that stay out whatever their score, with the reason. The result is
    deterministic: every story is either chosen or has a reason.
    """
    left: dict[str, LeftOut] = {}
    candidates: list[RankedStory] = []
    for entry in ranked:
        if reason := _exclusion_reason(entry, limits) or excluded.get(entry.story.id):
            left[entry.story.id] = reason
        else:
            candidates.append(entry)
    size = min(limits.stories, len(candidates))
    while True:
        chosen, refused = _fill_places(candidates, size, limits)
        if len(chosen) == size or not size:
            break
        size = len(chosen)  # caps are shares of what goes in: fewer stories, tighter caps
    inside = {entry.story.id for entry in chosen}
    return Selection(tuple(entry for entry in ranked if entry.story.id in inside), left | refused)


def _exclusion_reason(entry: RankedStory, limits: SelectionLimits) -> LeftOut | None:
    tags = entry.story.tags
    if not tags.relevant:
        for words in tags.why.get("relevant", ()):
            if words.startswith(_RULE_PREFIX):
                rule = words.removeprefix(_RULE_PREFIX).rpartition(": ")[0]
                return LeftOut(LeftOutReason.TEAM_RULE, {"rule": rule})
        return LeftOut(LeftOutReason.NOT_RELEVANT)
    if tags.event in _EXCLUDED_EVENTS:
        return LeftOut(_EXCLUDED_EVENTS[tags.event])
    if entry.score < limits.floor:
        values = {"score": f"{entry.score:.1f}", "floor": f"{limits.floor:.1f}"}
        return LeftOut(LeftOutReason.BELOW_FLOOR, values)
    return None


def _fill_places(
    candidates: Sequence[RankedStory], size: int, limits: SelectionLimits
) -> tuple[list[RankedStory], dict[str, LeftOut]]:
    """Return at most `size` stories, and why each other one stays out.

    As many of the best as leave room, in number and under the caps, for the best story of each
    category that would be missing; then these; then the next best.
    """
    wanted = min(size, limits.categories)
    reached = len(_pick_missing_categories(candidates, wanted, _ShareCaps(size, limits)))
    for best in range(size, -1, -1):
        caps = _ShareCaps(size, limits)
        chosen = _take_best(candidates, best, caps)
        missing = _pick_missing_categories(candidates, wanted, caps)
        touched = len(caps.taken_categories) + len(missing)
        if len(chosen) + len(missing) <= size and touched >= min(reached, wanted):
            break
    for entry in missing:
        caps.add_story(entry)
    inside = {entry.story.id for entry in (*chosen, *missing)}
    rest = [entry for entry in candidates if entry.story.id not in inside]
    chosen += [*missing, *_take_best(rest, size - len(inside), caps)]
    inside = {entry.story.id for entry in chosen}
    refused = {
        entry.story.id: caps.refusal_reason(entry)
        or LeftOut(LeftOutReason.BELOW_LAST, {"place": place, "size": len(chosen)})
        for place, entry in enumerate(candidates, 1)
        if entry.story.id not in inside
    }
    return chosen, refused


def _take_best(
    candidates: Iterable[RankedStory], number: int, caps: _ShareCaps
) -> list[RankedStory]:
    """Take the first `number` stories that the caps let in."""
    taken: list[RankedStory] = []
    for entry in candidates:
        if len(taken) < number and not caps.refusal_reason(entry):
            caps.add_story(entry)
            taken.append(entry)
    return taken


def _pick_missing_categories(
    candidates: Iterable[RankedStory], wanted: int, caps: _ShareCaps
) -> list[RankedStory]:
    """Return the best story of each category that is not touched yet, until `wanted` are."""
    trial, found, touched = caps.copy_state(), [], caps.taken_categories
    for entry in candidates:
        category = entry.story.tags.category
        if not category or category in touched or len(touched) >= wanted:
            continue
        if not trial.refusal_reason(entry):
            trial.add_story(entry)
            touched.add(category)
            found.append(entry)
    return found


class _ShareCaps:
    """What has been taken so far, by publisher, vendor and category."""

    def __init__(self, size: int, limits: SelectionLimits) -> None:
        self.taken: Counter[tuple[LeftOutReason, str]] = Counter()
        self.limits = {
            LeftOutReason.PUBLISHER_CAP: max(
                limits.publisher_few, floor(size * limits.publisher_share)
            ),
            LeftOutReason.VENDOR_CAP: max(limits.vendor_few, floor(size * limits.vendor_share)),
            LeftOutReason.CATEGORY_CAP: limits.per_category,
        }

    def copy_state(self) -> _ShareCaps:
        """Return the same state, to try stories on."""
        other = copy(self)
        other.taken = self.taken.copy()
        return other

    @property
    def taken_categories(self) -> set[str]:
        """The categories of the stories that were taken."""
        return {name for cap, name in self.taken if cap is LeftOutReason.CATEGORY_CAP}

    def refusal_reason(self, entry: RankedStory) -> LeftOut | None:
        """Return why a story exceeds a cap; None where it exceeds none."""
        for cap, name in _cap_keys(entry.story):
            if self.taken[cap, name] >= self.limits[cap]:
                return LeftOut(cap, {"limit": self.limits[cap], "name": name})
        return None

    def add_story(self, entry: RankedStory) -> None:
        """Count a story that goes in."""
        self.taken.update(_cap_keys(entry.story))


def _cap_keys(story: Story) -> Iterable[tuple[LeftOutReason, str]]:
    tags = story.tags  # computed of all members at each access
    yield LeftOutReason.PUBLISHER_CAP, story.lead.item.source_name
    for vendor in tags.vendors:
        yield LeftOutReason.VENDOR_CAP, vendor
    if tags.category:
        yield LeftOutReason.CATEGORY_CAP, tags.category
