"""Which ranked stories go into the briefing, and why each other one stays out.

Floors come first: what is no news for a CMO stays out whatever its score, and nothing fills a thin quarter up. Then the
stories are taken best first, while no publisher, vendor or category takes more than its share; the last places are kept
for the best story of each category that would otherwise be missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from math import floor
from types import MappingProxyType

from digest.i18n import N_, TranslatableText
from digest.model.story import RankedStory, Story
from digest.model.tags import Event

_EXCLUDED_EVENTS: Mapping[Event, str] = {
    "howto": N_("a how-to, no news"),
    "promo": N_("a promotion, no news"),
    "opinion": N_("an opinion without news"),
}
_NOT_RELEVANT = N_("judged not relevant for marketing technology")
_RULE_PREFIX = "rule "  # how the judgement begins the reason where a rule of the team decided
_BY_RULE = "excluded by the team's rule “%(rule)s”"
ALREADY_TOLD = "told in %(edition)s as “%(title)s”, and nothing new was found"
_BELOW_FLOOR = "score %(score)s is below the floor of %(floor)s"
_BELOW_LAST = "ranked %(place)s, below the last of the %(size)s stories that went in"
_CAPPED = {
    "publisher": "%(most)s stories of the publisher %(name)s are in already",
    "vendor": "%(most)s stories of the vendor %(name)s are in already",
    "category": "%(most)s stories of the category %(name)s are in already",
}
# What a reader is told of many stories at once: template of a reason → the kind of reason it is.
_REASON_KINDS: Mapping[str, str] = {
    ALREADY_TOLD: N_("told in an earlier edition"),
    _BY_RULE: N_("excluded by a rule of the team"),
    _BELOW_FLOOR: N_("ranked too low"),
    _BELOW_LAST: N_("ranked below the last that went in"),
    _CAPPED["publisher"]: N_("enough of the same publisher is in"),
    _CAPPED["vendor"]: N_("enough of the same vendor is in"),
    _CAPPED["category"]: N_("enough of the same category is in"),
}


@dataclass(frozen=True, slots=True)
class SelectionLimits:
    """How much goes in. Shares are of the stories that go in; a few of one publisher and one vendor are always let in,
    since shares of a thin quarter would leave hardly anything."""

    stories: int = 40
    floor: float = 0.4  # no story below this score: the readers' scale, 1 could be in a long list, 0 should not
    publisher_share: float = 0.20
    vendor_share: float = 0.15
    publisher_few: int = 3
    vendor_few: int = 2
    per_category: int = 6
    categories: int = 15  # categories to touch, where relevant stories above the floor have them


@dataclass(frozen=True, slots=True)
class Selection:
    """The stories that go in, best first, and for each other one (by story id) why it stays out."""

    chosen: tuple[RankedStory, ...]
    left_out: Mapping[str, str]


def classify_reason(reason: str) -> str:
    """The kind of a reason to be left out, to count by; the reason itself where it names no single story."""
    return (
        _REASON_KINDS.get(reason.template, reason.template)
        if isinstance(reason, TranslatableText)
        else reason
    )


def select_stories(
    ranked: Sequence[RankedStory],
    limits: SelectionLimits = SelectionLimits(),
    excluded: Mapping[str, str] = MappingProxyType({}),
) -> Selection:
    """Chooses from `ranked`, which is best first. `barred`: stories that stay out whatever their score, with the
    reason. Deterministic; every story is either chosen or has a reason."""
    reasons = {
        one.story.id: _exclusion_reason(one, limits) or excluded.get(one.story.id, "")
        for one in ranked
    }
    fit = [one for one in ranked if not reasons[one.story.id]]
    size = min(limits.stories, len(fit))
    while True:
        chosen, refused = _fill_places(fit, size, limits)
        if len(chosen) == size or not size:
            break
        size = len(chosen)  # caps are shares of what goes in: fewer stories, tighter caps
    left = {story_id: reason for story_id, reason in reasons.items() if reason} | refused
    place = {one.story.id: n for n, one in enumerate(ranked)}
    return Selection(tuple(sorted(chosen, key=lambda one: place[one.story.id])), left)


def _exclusion_reason(one: RankedStory, limits: SelectionLimits) -> str:
    tags = one.story.tags
    if not tags.relevant:
        rule = next(
            (reason for reason in tags.why.get("relevant", ()) if reason.startswith(_RULE_PREFIX)),
            "",
        )
        return (
            TranslatableText(_BY_RULE, rule=rule.removeprefix(_RULE_PREFIX).rpartition(": ")[0])
            if rule
            else _NOT_RELEVANT
        )
    if tags.event in _EXCLUDED_EVENTS:
        return _EXCLUDED_EVENTS[tags.event]
    if one.score < limits.floor:
        return TranslatableText(_BELOW_FLOOR, score=f"{one.score:.1f}", floor=f"{limits.floor:.1f}")
    return ""


def _fill_places(
    fit: Sequence[RankedStory], size: int, limits: SelectionLimits
) -> tuple[list[RankedStory], dict[str, str]]:
    """At most `size` stories, and why each other one stays out: as many of the best as leave room, in number and under
    the caps, for the best story of each category that would be missing, then these, then the next best."""
    wanted = min(size, limits.categories)
    reached = len(_pick_missing_categories(fit, wanted, _ShareCaps(size, limits)))
    for best in range(size, -1, -1):
        caps = _ShareCaps(size, limits)
        chosen = _take_best(fit, best, caps)
        missing = _pick_missing_categories(fit, wanted, caps)
        touched = len(set(caps.list_taken("category"))) + len(missing)
        if len(chosen) + len(missing) <= size and touched >= min(reached, wanted):
            break
    for one in missing:
        caps.add_story(one)
    inside = {one.story.id for one in (*chosen, *missing)}
    rest = [one for one in fit if one.story.id not in inside]
    chosen += [*missing, *_take_best(rest, size - len(inside), caps)]
    inside = {one.story.id for one in chosen}
    refused = {
        one.story.id: caps.refusal_reason(one)
        or TranslatableText(_BELOW_LAST, place=place, size=len(chosen))
        for place, one in enumerate(fit, 1)
        if one.story.id not in inside
    }
    return chosen, refused


def _take_best(fit: Sequence[RankedStory], most: int, caps: _ShareCaps) -> list[RankedStory]:
    """The first `most` that the caps let in."""
    taken: list[RankedStory] = []
    for one in fit:
        if len(taken) < most and not caps.refusal_reason(one):
            caps.add_story(one)
            taken.append(one)
    return taken


def _pick_missing_categories(
    fit: Sequence[RankedStory], wanted: int, caps: _ShareCaps
) -> list[RankedStory]:
    """The best stories, one for a category, of categories that are not touched yet, until `wanted` are."""
    after, found, touched = caps.copy_state(), [], set(caps.list_taken("category"))
    for one in fit:
        category = one.story.tags.category
        if (
            category
            and category not in touched
            and len(touched) < wanted
            and not after.refusal_reason(one)
        ):
            after.add_story(one)
            touched.add(category)
            found.append(one)
    return found


class _ShareCaps:
    """What has been taken so far, by publisher, vendor and category."""

    def __init__(self, size: int, limits: SelectionLimits) -> None:
        self.taken: Counter[tuple[str, str]] = Counter()
        self.most = {
            "publisher": max(limits.publisher_few, floor(size * limits.publisher_share)),
            "vendor": max(limits.vendor_few, floor(size * limits.vendor_share)),
            "category": limits.per_category,
        }

    def copy_state(self) -> _ShareCaps:
        """The same state, to be tried on."""
        other = copy(self)
        other.taken = self.taken.copy()
        return other

    def list_taken(self, kind: str) -> Iterable[str]:
        """What has been taken of a kind."""
        return (name for held, name in self.taken if held == kind)

    def refusal_reason(self, one: RankedStory) -> str:
        """Why a story exceeds a cap; "" where it does not."""
        for kind, name in _cap_keys(one.story):
            if self.taken[kind, name] >= self.most[kind]:
                return TranslatableText(_CAPPED[kind], most=self.most[kind], name=name)
        return ""

    def add_story(self, one: RankedStory) -> None:
        """Counts a story that goes in."""
        self.taken.update(_cap_keys(one.story))


def _cap_keys(story: Story) -> Iterable[tuple[str, str]]:
    tags = story.tags  # computed of all members, each time that it is asked
    yield "publisher", story.lead.item.source_name
    for vendor in tags.vendors:
        yield "vendor", vendor
    if tags.category:
        yield "category", tags.category
