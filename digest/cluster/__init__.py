"""Stage: items into stories, one story for one event. Pure: TaggedItems in any order in, Stories out.

Two items meet where they have one article's address, or where names, figures, days, versions and words that they share
make it likely that they report one event within a month. A group takes an item in only while the mean likelihood over
all its pairs holds, so no chain of loosely similar items grows. A follow-up that has little but its vendor and product
in common with what was told stays a story of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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
    is_same_page,
    weigh_traits,
)
from digest.cluster.threads import find_threads
from digest.cluster.traits import extract_traits
from digest.model.story import Merge, Story
from digest.model.tags import TaggedItem

__all__ = ["cluster_items", "choose_lead", "find_threads"]

LINK_THRESHOLDS = LinkThresholds(mean=0.5, pair=0.03)
_TIERS = {"vendor": 0, "regulator": 0, "trade": 1, "analyst": 1, "press": 2, "newsletter": 3}


def cluster_items(items: Iterable[TaggedItem]) -> tuple[Story, ...]:
    """The stories that `items` tell, by time of their first item, then id. An id given twice counts once. The same set
    of items gives the same stories, in whatever order they come."""
    unique: dict[str, TaggedItem] = {}
    for tagged in items:
        held = unique.setdefault(tagged.item.id, tagged)
        if held is not tagged and repr(tagged) < repr(held):
            unique[tagged.item.id] = tagged
    members = sorted(
        unique.values(), key=lambda tagged: (tagged.item.published_or_seen, tagged.item.id)
    )
    seen = [extract_traits(tagged) for tagged in members]
    rare = compute_rarity(seen)
    weighed = [weigh_traits(one, rare) for one in seen]
    groups = group_items(weighed, rare)
    return tuple(
        _build_story([members[at] for at in held], [weighed[at] for at in held], rare)
        for held in groups
    )


def group_items(weighed: Sequence[WeightedTraits], rare: TokenRarity) -> list[list[int]]:
    """Places in `weighed` (in order of time) that belong together."""
    seen = [one.traits for one in weighed]
    known: dict[tuple[int, int], float] = {}

    def pair_probability(first: int, second: int) -> float:
        pair = (first, second)
        if pair not in known:
            alike = is_same_page(seen[first], seen[second])
            known[pair] = (
                1.0
                if alike
                else estimate_probability(
                    extract_pair_features(weighed[first], weighed[second], rare)
                )
            )
        return known[pair]

    likely = {pair: pair_probability(*pair) for pair in sorted(find_candidate_pairs(seen, rare))}
    sure = list(find_same_page_pairs(seen, is_same_page))
    return link_groups(len(seen), sure, likely, pair_probability, LINK_THRESHOLDS)


def _build_story(
    members: Sequence[TaggedItem], weighed: Sequence[WeightedTraits], rare: TokenRarity
) -> Story:
    lead = choose_lead(members)
    centre = weighed[list(members).index(lead)]
    merges = tuple(
        Merge(lead.item.id, other.traits.id, explain_match(centre, other, rare))
        for other in weighed
        if other is not centre
    )
    return Story("s" + lead.item.id, tuple(members), lead, merges)


def choose_lead(members: Sequence[TaggedItem]) -> TaggedItem:
    """The member that names a story."""
    return min(members, key=_lead_sort_key)


def _lead_sort_key(tagged: TaggedItem) -> tuple[int, int, int, object, str]:
    """The member that names the story: relevant, of a first-hand or trade source, with a summary, early."""
    item = tagged.item
    return (
        not tagged.tags.relevant,
        _TIERS[item.tier],
        len(item.summary) < 40,
        item.published_or_seen,
        item.id,
    )
