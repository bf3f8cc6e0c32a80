"""Group items into stories, one story for one event. Pure.

Two items belong together where they have one article's address, or where names, figures, days,
versions and words that they share make it likely that they report one event within a month. A group
takes an item in only while the mean probability over all its pairs holds, so no chain of loosely
similar items grows. A follow-up that has little but its vendor and product in common with what was
reported stays a story of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from digest.cluster.follow_ups import find_parties
from digest.cluster.grouping import (
    LinkThresholds,
    find_candidate_pairs,
    find_same_page_pairs,
    link_groups,
)
from digest.cluster.pairs import (
    TokenRarity,
    WeightedTraits,
    compute_rarity,
    estimate_probability,
    explain_match,
    extract_pair_features,
    is_same_case,
    is_same_change,
    is_same_page,
    weigh_traits,
)
from digest.cluster.themes import ItemTopics, find_item_topics, find_topics, group_themes
from digest.cluster.threads import find_threads
from digest.cluster.traits import extract_traits
from digest.model.story import Merge, Story
from digest.model.tags import TaggedItem

__all__ = [
    "ItemTopics",
    "PairRule",
    "choose_lead",
    "cluster_items",
    "find_doubtful_pairs",
    "find_item_topics",
    "find_parties",
    "find_threads",
    "find_topics",
    "group_themes",
]

# What says whether two items are of one event; None where it does not know.
PairRule = Callable[[TaggedItem, TaggedItem], bool | None]

LINK_THRESHOLDS = LinkThresholds(mean=0.45, pair=0.03)
SAME_CHANGE_PROBABILITY = 0.9  # 13 of 15 labelled pairs
_DOUBT = (0.15, 0.8)  # probabilities between which a rule is asked
_RULED = {True: 0.95, False: 0.0}  # and what its word makes of them
_TIERS = {"vendor": 0, "regulator": 0, "trade": 1, "analyst": 1, "press": 2, "newsletter": 3}


def cluster_items(items: Iterable[TaggedItem], rule: PairRule | None = None) -> tuple[Story, ...]:
    """Return the stories that items report, by time of their first item, then id.

    An id given twice counts once. The same set of items gives the same stories in whatever order
    they come. `rule` is asked about the pairs in doubt.
    """
    members, weighed, rare = _read_members(items)
    stories = []
    for group in group_items(weighed, rare, members, rule):
        lead = choose_lead([members[at] for at in group])
        centre = next(at for at in group if members[at] is lead)
        merges = tuple(
            Merge(
                lead.item.id, members[at].item.id, explain_match(weighed[centre], weighed[at], rare)
            )
            for at in group
            if at != centre
        )
        stories.append(Story("s" + lead.item.id, tuple(members[at] for at in group), lead, merges))
    return tuple(stories)


def find_doubtful_pairs(items: Iterable[TaggedItem]) -> list[tuple[TaggedItem, TaggedItem]]:
    """Return the pairs of which it is least clear whether they report one event, those first."""
    members, weighed, rare = _read_members(items)
    traits = [one.traits for one in weighed]
    same = set(find_same_page_pairs(traits, is_same_page))
    pairs = [pair for pair in find_candidate_pairs(traits, rare) if pair not in same]
    rated = (
        (_judge_pair(weighed[a], weighed[b], rare), a, b)
        for a, b in pairs
        if members[a].tags.relevant or members[b].tags.relevant
    )
    doubtful = [
        (abs(likely - LINK_THRESHOLDS.mean), a, b)
        for likely, a, b in rated
        if _DOUBT[0] <= likely <= _DOUBT[1]
    ]
    return [(members[a], members[b]) for _, a, b in sorted(doubtful)]


def _read_members(
    items: Iterable[TaggedItem],
) -> tuple[list[TaggedItem], list[WeightedTraits], TokenRarity]:
    """Return the items in order of time, each id once, with what is compared of them."""
    unique: dict[str, TaggedItem] = {}
    for tagged in items:
        first = unique.setdefault(tagged.item.id, tagged)
        if first is not tagged and repr(tagged) < repr(first):
            unique[tagged.item.id] = tagged
    members = sorted(
        unique.values(), key=lambda tagged: (tagged.item.published_or_seen, tagged.item.id)
    )
    traits = [extract_traits(tagged) for tagged in members]
    rare = compute_rarity(traits)
    return members, [weigh_traits(item_traits, rare) for item_traits in traits], rare


def group_items(
    weighed: Sequence[WeightedTraits],
    rare: TokenRarity,
    members: Sequence[TaggedItem] = (),
    rule: PairRule | None = None,
) -> list[list[int]]:
    """Return groups of places in `weighed`, which is in order of time."""
    traits = [one.traits for one in weighed]
    sure = list(find_same_page_pairs(traits, is_same_page))
    known: dict[tuple[int, int], float] = {}  # an unlikely pair is judged again where groups meet

    def find_probability(first: int, second: int) -> float:
        pair = first, second
        if pair not in known:
            known[pair] = judge_pair(first, second)
        return known[pair]

    def judge_pair(first: int, second: int) -> float:
        likely = _judge_pair(weighed[first], weighed[second], rare)
        if rule and _DOUBT[0] <= likely <= _DOUBT[1]:
            said = rule(members[first], members[second])
            return likely if said is None else _RULED[said]
        return likely

    for first, second in find_candidate_pairs(traits, rare):
        probability = judge_pair(first, second)
        if probability >= LINK_THRESHOLDS.mean:
            known[first, second] = probability
        if is_same_case(weighed[first], weighed[second], rare):
            sure.append((first, second))
    return link_groups(len(traits), sure, tuple(known), find_probability, LINK_THRESHOLDS)


def _judge_pair(first: WeightedTraits, second: WeightedTraits, rare: TokenRarity) -> float:
    if is_same_page(first.traits, second.traits):
        return 1.0
    if is_same_change(first, second, rare):
        return SAME_CHANGE_PROBABILITY
    return estimate_probability(extract_pair_features(first, second, rare))


def choose_lead(members: Sequence[TaggedItem]) -> TaggedItem:
    """Return the member that names a story.

    It is relevant, of a first-hand or trade source, with a summary, and early, in this order.
    """
    return min(
        members,
        key=lambda tagged: (
            not tagged.tags.relevant,
            _TIERS[tagged.item.tier],
            len(tagged.item.summary) < 40,
            tagged.item.published_or_seen,
            tagged.item.id,
        ),
    )
