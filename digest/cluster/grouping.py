"""Form groups from pairs: candidates by shared rare words, then average linkage.

Average linkage keeps chains of loosely similar items from growing. Every step is ordered by
probability and ids, so the result is a function of the set of items.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from digest.cluster.pairs import TokenRarity
from digest.cluster.traits import ItemTraits

Pair = tuple[int, int]
PairProbability = Callable[[int, int], float]

WINDOW_DAYS = 30  # days between two reports of one event, at most
_DAY = 86_400
_MAX_POSTINGS = 40  # items that a key remembers, the latest
_MAX_SEARCH_TOKENS = 40  # keys of an item that look for candidates, rarest first
# and names and figures: in Thai or Chinese, pairs of characters are rarer, and English has none
_MAX_SEARCH_NAMES = 12
# Earlier items that these keys are followed to. The more items there are, the more hold an ordinary
# word; in no labelled set do so many hold an item's 40 rarest.
_MAX_FOLLOWED, _MAX_FOLLOWED_NAMES = 700, 300
_MAX_ACT_NAMES, _MAX_ACT_CONCEPTS = 3, 5  # of a headline that look in other languages
_MIN_SHARED_RARITY = 1.0  # rarity that a candidate shares, at least
_MAX_CANDIDATES = 16  # candidates of an item that are judged, by shared rarity
_MAX_FOREIGN_CANDIDATES = 8  # and in other languages, which share names and figures alone


@dataclass(frozen=True, slots=True)
class LinkThresholds:
    """How likely two groups must be one story: the mean over their pairs, and each pair."""

    mean: float
    pair: float


def find_candidate_pairs(items: Sequence[ItemTraits], rare: TokenRarity) -> Iterator[Pair]:
    """Yield the pairs worth judging: they share rare words, names or figures within the window.

    `items` are in order of time. The work for an item is bounded, so that it grows with the number
    of items alone; one pair in twenty is likely, so none is held here.
    """
    postings: dict[str, deque[int]] = defaultdict(lambda: deque(maxlen=_MAX_POSTINGS))
    acts: dict[str, list[int]] = defaultdict(list)
    has_languages = len({item.language for item in items}) > 1
    days = [item.when.timestamp() / _DAY for item in items]
    for at, item in enumerate(items):
        named = item.names | item.figures | item.days
        # Only tokens that another item holds too bring two together, the rarest first.
        shared = sorted(
            (-rare.weights[token], token) for token in item.words | named if rare.weights[token] < 1
        )
        more = [pair for pair in shared[_MAX_SEARCH_TOKENS:] if pair[1] in named]
        weights: dict[int, float] = defaultdict(float)
        for keys, most in (
            (shared[:_MAX_SEARCH_TOKENS], _MAX_FOLLOWED),
            (more[:_MAX_SEARCH_NAMES], _MAX_FOLLOWED_NAMES),
        ):
            followed = 0
            for negative_rarity, token in keys:
                posting = postings[token]
                if followed < most:
                    while posting and days[at] - days[posting[0]] >= WINDOW_DAYS:
                        posting.popleft()
                    followed += len(posting)
                    for other in posting:
                        weights[other] -= negative_rarity
                posting.append(at)
        foreign = dict(weights)
        for score, act in _list_acts(item, rare) if has_languages else ():
            recent = [other for other in acts[act] if days[at] - days[other] < WINDOW_DAYS]
            for other in recent:
                foreign[other] = foreign.get(other, 0.0) + score
            acts[act] = [*recent[1 - _MAX_POSTINGS :], at]
        near = [(total, -other) for other, total in weights.items() if total >= _MIN_SHARED_RARITY]
        abroad = [
            (total, -other)
            for other, total in foreign.items()
            if total >= _MIN_SHARED_RARITY and items[other].language != item.language
        ]
        chosen = heapq.nlargest(_MAX_CANDIDATES, near)
        chosen += heapq.nlargest(_MAX_FOREIGN_CANDIDATES, abroad)
        yield from sorted({(-other, at) for _, other in chosen})


def _list_acts(item: ItemTraits, rare: TokenRarity) -> Iterator[tuple[float, str]]:
    """Yield what a headline tells, the same in all languages: a name or concept with a concept.

    Each with its rarity. One name stands in many headlines, one act of it in few.
    """

    def pick(tokens: Iterable[str], most: int) -> list[str]:
        known = ((-rare.weights[token], token) for token in tokens if rare.weights[token] < 1)
        return [token for _, token in heapq.nsmallest(most, known)]

    concepts = pick(item.title_concepts, _MAX_ACT_CONCEPTS)
    names = pick(item.vendors, _MAX_ACT_NAMES)
    names += pick(item.title_names - item.vendors, _MAX_ACT_NAMES - len(names))
    for at, concept in enumerate(concepts):
        for other in (*names, *concepts[:at]):
            yield rare.weights[other] + rare.weights[concept], f"{other}{concept}"


def find_same_page_pairs(
    items: Sequence[ItemTraits], same: Callable[[ItemTraits, ItemTraits], bool]
) -> Iterator[Pair]:
    """Yield pairs of neighbours in time that have one article's address."""
    by_page: dict[str, list[int]] = defaultdict(list)
    for at, item in enumerate(items):
        if item.article:
            by_page[item.page].append(at)
    for places in by_page.values():
        for position, second in enumerate(places):
            for first in reversed(places[:position]):
                if same(items[first], items[second]):
                    yield first, second
                    break


def link_groups(
    count: int,
    sure: Iterable[Pair],
    likely: Iterable[Pair],
    probability: PairProbability,
    thresholds: LinkThresholds,
) -> list[list[int]]:
    """Return groups of 0 … count-1.

    Pairs in `sure` always meet. `likely` are those that reach `thresholds.mean`: groups that they
    join are compared. The two groups with the highest mean probability meet, as long
    as that mean reaches `thresholds.mean` and no pair of theirs falls below `thresholds.pair`.
    """
    groups = _DisjointGroups(count)
    for first, second in sorted(sure):
        groups.merge_groups(first, second)
    near: dict[int, set[int]] = defaultdict(set)
    for first, second in likely:
        a, b = groups.group_of[first], groups.group_of[second]
        if a != b:
            near[a].add(b)
            near[b].add(a)
    heap: list[tuple[float, int, int, tuple[int, int]]] = []

    def queue_merge(a: int, b: int) -> None:
        a, b = min(a, b), max(a, b)
        values = [
            probability(min(x, y), max(x, y)) for x in groups.members[a] for y in groups.members[b]
        ]
        mean = math.fsum(values) / len(values) if min(values) >= thresholds.pair else 0.0
        if mean >= thresholds.mean:
            heapq.heappush(heap, (-mean, a, b, groups.group_sizes(a, b)))

    for first, second in sorted((a, b) for a in near for b in near[a] if a < b):
        queue_merge(first, second)
    while heap:
        _, a, b, sizes = heapq.heappop(heap)
        if groups.group_sizes(a, b) != sizes:
            continue  # one of them has met another since
        groups.merge_groups(a, b)
        near[a] = (near[a] | near.pop(b)) - {a, b}
        for other in sorted(near[a]):
            near[other] = near[other] - {b} | {a}
            queue_merge(a, other)
    return [groups.members[at] for at in sorted(groups.members)]


class _DisjointGroups:
    """Groups under the number of their first member."""

    def __init__(self, count: int) -> None:
        self.members = {at: [at] for at in range(count)}
        self.group_of = list(range(count))

    def group_sizes(self, a: int, b: int) -> tuple[int, int]:
        """Return the sizes of two groups; 0 for one that has gone into another."""
        return len(self.members.get(a, ())), len(self.members.get(b, ()))

    def merge_groups(self, first: int, second: int) -> None:
        """Make one group of two members' groups."""
        a, b = sorted((self.group_of[first], self.group_of[second]))
        if a != b:
            self.members[a] = sorted(self.members[a] + self.members.pop(b))
            for member in self.members[a]:
                self.group_of[member] = a
