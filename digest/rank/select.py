"""Choose which ranked stories the briefing tells in full, and say why each other one is not.

What has a consequence is told whatever else is in: deals, prices and terms, ends, incidents, rules,
changes that are forced by a day, and what a vendor of the company's own stack does of the kind. A
company that says what it runs is told the incidents of others in a line, not in full. The places
that are left go to the best of the others, where each further story of one theme counts for less.
No publisher and no vendor has a quota: one good trade paper may report half of a quarter.

A story that is left out still stands in the register where it is relevant.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType

from digest.model.reasons import LeftOut, LeftOutReason
from digest.model.story import RankedStory, Story
from digest.model.tags import Event
from digest.months import MONTHS, get_full_months
from digest.rank.score import DOUBT_PART, RELATION_PART, estimate_relevance
from digest.rank.signals import is_forced_change
from digest.rank.words import normalize_body, normalize_title
from digest.text import is_round_up_title

_EXCLUDED_EVENTS: Mapping[Event, LeftOutReason] = {
    "howto": LeftOutReason.HOWTO,
    "promo": LeftOutReason.PROMOTION,
    "opinion": LeftOutReason.OPINION,
}
_CONSEQUENCE_EVENTS: frozenset[Event] = frozenset(
    ("acquisition", "shutdown", "pricing", "regulation", "incident")
)
_RULE_PREFIX = "rule "  # how the judgement begins the reason where a rule of the team decided
# What one part of a series differs in: its month or quarter, its year or number.
_MONTH_WORDS = frozenset(name for language in MONTHS for name in get_full_months(language))
_QUARTER_WORDS = frozenset(("q1", "q2", "q3", "q4"))
_NUMBER_WORD = re.compile(r"v?\d+(?:\.\d+)*(?:st|nd|rd|th)?")
_AMOUNT_WORDS = frozenset(("percent", "million", "billion", "bn"))  # tell stories apart, no parts
_MIN_SERIES_WORDS = 3  # shared by the titles of a series, so that "Version 3" is none
_MIN_MONTHLY_WORDS = 2  # where a month or a quarter tells the parts apart
_MIN_RELEVANCE = 0.5  # for the market's news to be told for its consequence
_MIN_OWN_RELEVANCE = 0.3  # for news about the company's own products


@dataclass(frozen=True, slots=True)
class SelectionLimits:
    """How much is told in full.

    Scores are on the scale of the readers who rated: 1 may be in a long list, 0 should not. Floors
    are of a score without the points for its relation to the stack, which bring a story forward and
    make none important.
    """

    stories: int = 40
    floor: float = 0.9  # below it nothing is told in full, and nothing fills up a thin quarter
    consequence_floor: float = 0.6  # of what has a consequence, or names an own product
    own_floor: float = 0.2  # of what has one and is about the company's own stack
    repeat_penalty: float = 0.2  # for each story of the same theme that is in already


@dataclass(frozen=True, slots=True)
class Selection:
    """The stories that go in, best first, and for each other one (by story id) why it stays out."""

    chosen: tuple[RankedStory, ...]
    left_out: Mapping[str, LeftOut]


@dataclass(frozen=True, slots=True)
class StoryTraits:
    """What of a story decides on its choice, whatever the others are.

    `series` names its source and the words that every part of its series has.
    """

    exclusion: LeftOut | None
    consequence: str | None  # where it is about the company's own products or their vendors
    market_consequence: str | None
    is_incident: bool  # surely a breach, weakness or outage, and relevant
    series: tuple[str, tuple[str, ...]] | None

    def get_consequence(self, *, own: bool) -> str | None:
        """Return what `find_consequence` does."""
        return self.consequence if own else self.market_consequence


def select_stories(
    ranked: Sequence[RankedStory],
    limits: SelectionLimits = SelectionLimits(),
    excluded: Mapping[str, LeftOut] = MappingProxyType({}),
    *,
    own: Collection[str] = (),
    own_products: Collection[str] = (),
    themes: Mapping[str, str] = MappingProxyType({}),
    has_words: Callable[[Story], bool] = lambda _: True,
    traits_of: Callable[[Story], StoryTraits] | None = None,
    has_stack: bool = False,
) -> Selection:
    """Choose from `ranked`, which is best first.

    `excluded` holds stories that stay out whatever their score, with the reason; `own` the ids of
    stories about the company's own products and their vendors, `own_products` of those that name
    a product; `themes` maps story ids to themes.
    `has_words` says whether a story can be told in whole sentences; it is asked of those alone that
    would go in. `traits_of` is `find_traits`, or what remembers it. `has_stack`: an incident of
    what the company does not run asks nothing of it and is told in a line elsewhere. The result is
    deterministic: every story is either chosen or has a reason. Where more stories have a
    consequence than there are places, the own and then the best of them go in.
    """
    left: dict[str, LeftOut] = {}
    must: list[RankedStory] = []
    others: list[RankedStory] = []
    traits = {entry.story.id: (traits_of or find_traits)(entry.story) for entry in ranked}
    older = _find_older_parts((entry.story, traits[entry.story.id].series) for entry in ranked)
    for entry in ranked:
        story_id, is_own = entry.story.id, entry.story.id in own
        has_consequence = traits[story_id].get_consequence(own=is_own) is not None
        floor = limits.floor
        if has_consequence:
            floor = min(floor, limits.own_floor if is_own else limits.consequence_floor)
        if is_own and traits[story_id].is_incident:  # the reader asks at once whether it hits them
            floor = -math.inf
        doubt = 0.0
        if story_id in own_products:  # which is news for the reader, whatever the judge doubts
            floor = min(floor, limits.consequence_floor)
            doubt = entry.parts.get(DOUBT_PART, 0.0)
        is_others_incident = has_stack and not is_own and traits[story_id].is_incident
        reason = (
            traits[story_id].exclusion
            or excluded.get(story_id)
            or older.get(story_id)
            or (LeftOut(LeftOutReason.OTHERS_INCIDENT) if is_others_incident else None)
            or _find_floor_reason(entry, floor + doubt)
        )
        if reason:
            left[story_id] = reason
        else:
            (must if has_consequence else others).append(entry)
    must.sort(key=lambda entry: entry.story.id not in own)  # stable: each part stays best first
    chosen: list[RankedStory] = []

    def can_be_told(entry: RankedStory) -> bool:
        if not has_words(entry.story):
            left[entry.story.id] = LeftOut(LeftOutReason.NO_SENTENCE)
        return entry.story.id not in left

    for entry in must:
        if len(chosen) < limits.stories and can_be_told(entry):
            chosen.append(entry)
    _add_varied(chosen, others, limits, themes, can_be_told)
    inside = {entry.story.id for entry in chosen}
    left |= {
        entry.story.id: LeftOut(LeftOutReason.BELOW_LAST, {"place": place, "size": len(chosen)})
        for place, entry in enumerate(ranked, 1)
        if entry.story.id not in inside and entry.story.id not in left
    }
    return Selection(tuple(entry for entry in ranked if entry.story.id in inside), left)


def find_consequence(story: Story, *, own: bool) -> str | None:
    """Return what kind of consequence a story has; None where it has none.

    `own`: it is about the company's own products or their vendors.
    """
    relevance = max(estimate_relevance(member.tags) for member in story.items)
    least = _MIN_OWN_RELEVANCE if own else _MIN_RELEVANCE
    is_told = relevance >= least or (own and _is_sure_incident(story))
    return _name_consequence(story) if is_told else None


def _name_consequence(story: Story) -> str | None:
    event = story.tags.event
    if event in _CONSEQUENCE_EVENTS:
        return event
    if event in ("update", "launch", "other"):
        lead = story.lead.item
        title = normalize_title(lead)
        if is_forced_change(f"{title}. {normalize_body(lead)}"):
            return "forced change"
    return None


def find_traits(story: Story) -> StoryTraits:
    """Return what decides on a story's choice, to be found once."""
    relevance = max(estimate_relevance(member.tags) for member in story.items)
    is_incident = _is_sure_incident(story)
    is_told = relevance >= _MIN_OWN_RELEVANCE or is_incident
    consequence = _name_consequence(story) if is_told else None
    market = consequence if relevance >= _MIN_RELEVANCE else None
    return StoryTraits(
        _find_exclusion_reason(story), consequence, market, is_incident, _name_series(story)
    )


def _is_sure_incident(story: Story) -> bool:
    tags = story.tags
    return tags.relevant and tags.event == "incident" and tags.is_certain("event")


def _find_exclusion_reason(story: Story) -> LeftOut | None:
    tags = story.tags
    if not tags.relevant:
        for words in tags.why.get("relevant", ()):
            if words.startswith(_RULE_PREFIX):
                rule = words.removeprefix(_RULE_PREFIX).rpartition(": ")[0]
                return LeftOut(LeftOutReason.TEAM_RULE, {"rule": rule})
    if tags.event in _EXCLUDED_EVENTS:
        return LeftOut(_EXCLUDED_EVENTS[tags.event])
    if all(is_round_up_title(member.item.title) for member in story.items):
        return LeftOut(LeftOutReason.ROUND_UP)
    return None


def _find_floor_reason(entry: RankedStory, floor: float) -> LeftOut | None:
    score = entry.score - entry.parts.get(RELATION_PART, 0.0)
    if score >= floor:
        return None
    if not entry.story.tags.relevant:
        return LeftOut(LeftOutReason.NOT_RELEVANT)
    return _report_low_score(score, floor)


@lru_cache(maxsize=5000)  # a quarter is decided again after each action at the desk
def _report_low_score(score: float, floor: float) -> LeftOut:
    # "0.9 is below the floor of 0.9" would explain nothing
    digits = next((one for one in range(1, 6) if round(score, one) != round(floor, one)), 6)
    values = {"score": f"{score:.{digits}f}", "floor": f"{floor:.{digits}f}"}
    return LeftOut(LeftOutReason.BELOW_FLOOR, values)


def _name_series(story: Story) -> tuple[str, tuple[str, ...]] | None:
    """Return the source and the lasting words of a title that names a part of a series."""
    words = story.lead.item.title.partition(":")[0].casefold().split()
    bare = [word.strip(".,;()") for word in words]
    dated = any(word in _MONTH_WORDS or word in _QUARTER_WORDS for word in bare)
    name = tuple(
        word
        for word, after in pairwise((*bare, ""))
        if word not in _MONTH_WORDS
        and word not in _QUARTER_WORDS
        and (after in _AMOUNT_WORDS or not _NUMBER_WORD.fullmatch(word))
    )
    least = _MIN_MONTHLY_WORDS if dated else _MIN_SERIES_WORDS
    return (story.lead.item.source, name) if least <= len(name) < len(words) else None


def _find_older_parts(
    stories: Iterable[tuple[Story, tuple[str, tuple[str, ...]] | None]],
) -> dict[str, LeftOut]:
    """Return the parts of each series but the newest, by story id; stories with their series."""
    series: dict[tuple[str, tuple[str, ...]], list[Story]] = {}
    for story, name in stories:
        if name:
            series.setdefault(name, []).append(story)
    older = {}
    for parts in series.values():
        *before, newest = sorted(parts, key=_get_time_and_id)
        for story in before:
            values = {"title": newest.lead.item.title}
            older[story.id] = LeftOut(LeftOutReason.OLDER_PART, values)
    return older


def _get_time_and_id(story: Story) -> tuple[float, str]:
    return story.lead.item.published_or_seen.timestamp(), story.id


def _add_varied(
    chosen: list[RankedStory],
    candidates: Sequence[RankedStory],
    limits: SelectionLimits,
    themes: Mapping[str, str],
    can_be_told: Callable[[RankedStory], bool],
) -> None:
    """Add the best stories one by one; each further story of a theme counts for less."""
    told = Counter(themes[entry.story.id] for entry in chosen if entry.story.id in themes)
    rest = list(candidates)

    def value(entry: RankedStory) -> float:
        theme = themes.get(entry.story.id)
        return entry.score - limits.repeat_penalty * (told[theme] if theme else 0)

    while rest and len(chosen) < limits.stories:
        best = max(rest, key=value)  # the first of equals, and `rest` is best first
        if value(best) < limits.floor:
            break
        rest.remove(best)
        if not can_be_told(best):
            continue
        chosen.append(best)
        if theme := themes.get(best.story.id):
            told[theme] += 1
