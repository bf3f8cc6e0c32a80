"""Stage: items into stories, one story for one event. Pure: TaggedItems in any order in, Stories out.

Two items meet where they have one article's address, or where names, figures, days, versions and words that they share
make it likely that they report one event within a month. A group takes an item in only while the mean likelihood over
all its pairs holds, so no chain of loosely similar items grows. A follow-up that has little but its vendor and product
in common with what was told stays a story of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from digest.cluster.grouping import Floors, candidates, link, same_pages
from digest.cluster.pairs import Rarity, Weighed, features, probability, rarity, reasons, same_page, weigh
from digest.cluster.threads import threads
from digest.cluster.traits import traits
from digest.model import Merge, Story, TaggedItem

__all__ = ["cluster", "leader", "threads"]

FLOORS = Floors(mean=0.5, pair=0.03)
_TIERS = {"vendor": 0, "regulator": 0, "trade": 1, "analyst": 1, "press": 2, "newsletter": 3}


def cluster(items: Iterable[TaggedItem]) -> tuple[Story, ...]:
    """The stories that `items` tell, by time of their first item, then id. An id given twice counts once. The same set
    of items gives the same stories, in whatever order they come."""
    unique: dict[str, TaggedItem] = {}
    for tagged in items:
        held = unique.setdefault(tagged.item.id, tagged)
        if held is not tagged and repr(tagged) < repr(held):
            unique[tagged.item.id] = tagged
    members = sorted(unique.values(), key=lambda tagged: (tagged.item.when, tagged.item.id))
    seen = [traits(tagged) for tagged in members]
    rare = rarity(seen)
    weighed = [weigh(one, rare) for one in seen]
    groups = group(weighed, rare)
    return tuple(_story([members[at] for at in held], [weighed[at] for at in held], rare) for held in groups)


def group(weighed: Sequence[Weighed], rare: Rarity) -> list[list[int]]:
    """Places in `weighed` (in order of time) that belong together."""
    seen = [one.traits for one in weighed]
    known: dict[tuple[int, int], float] = {}

    def chance(first: int, second: int) -> float:
        pair = (first, second)
        if pair not in known:
            alike = same_page(seen[first], seen[second])
            known[pair] = 1.0 if alike else probability(features(weighed[first], weighed[second], rare))
        return known[pair]

    likely = {pair: chance(*pair) for pair in sorted(candidates(seen, rare))}
    sure = list(same_pages(seen, same_page))
    return link(len(seen), sure, likely, chance, FLOORS)


def _story(members: Sequence[TaggedItem], weighed: Sequence[Weighed], rare: Rarity) -> Story:
    lead = leader(members)
    centre = weighed[list(members).index(lead)]
    merges = tuple(
        Merge(lead.item.id, other.traits.id, reasons(centre, other, rare)) for other in weighed if other is not centre
    )
    return Story("s" + lead.item.id, tuple(members), lead, merges)


def leader(members: Sequence[TaggedItem]) -> TaggedItem:
    """The member that names a story."""
    return min(members, key=_lead)


def _lead(tagged: TaggedItem) -> tuple[int, int, int, object, str]:
    """The member that names the story: relevant, of a first-hand or trade source, with a summary, early."""
    item = tagged.item
    return (not tagged.tags.relevant, _TIERS[item.tier], len(item.summary) < 40, item.when, item.id)
