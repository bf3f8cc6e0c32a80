"""From pairs to groups: candidates by shared rare words, and average linkage so that no chain of loosely similar items
grows. Every step is ordered by probability and ids, so the result is a function of the set of items.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from digest.cluster.pairs import Rarity
from digest.cluster.traits import Traits

Pair = tuple[int, int]
Chance = Callable[[int, int], float]

WINDOW = 30  # days between two reports of one event, at most
_DAY = 86_400
_POSTINGS = 40  # items that a key remembers, the latest
_KEYS = 40  # keys of an item that look for candidates, rarest first
_SHARED = 1.0  # rarity that a candidate shares, at least
_BEST = 16  # candidates of an item that are judged, by shared rarity


@dataclass(frozen=True, slots=True)
class Floors:
    """How likely it must be that two groups are one story: the mean over their pairs, and each single pair."""

    mean: float
    pair: float


def candidates(items: Sequence[Traits], rare: Rarity) -> set[Pair]:
    """Pairs worth judging: those that share rare words, names or figures within the window. `items` are in order of
    time. The work for an item is bounded, so that it grows with the number of items alone."""
    postings: dict[str, deque[int]] = defaultdict(lambda: deque(maxlen=_POSTINGS))
    days = [one.when.timestamp() / _DAY for one in items]
    found: set[Pair] = set()
    for at, one in enumerate(items):
        weight: dict[int, float] = defaultdict(float)
        for key in _keys(one, rare):
            held, tells = postings[key], rare.weights[key]
            while held and days[at] - days[held[0]] >= WINDOW:
                held.popleft()
            for other in held:
                weight[other] += tells
            held.append(at)
        near = sorted(((shared, -other) for other, shared in weight.items() if shared >= _SHARED), reverse=True)
        found.update((-other, at) for _, other in near[:_BEST])
    return found


def _keys(one: Traits, rare: Rarity) -> list[str]:
    """The tokens by which an item looks for others: the rarest of those that another item holds too."""
    tokens = one.words | one.names | one.figures | one.days
    held = sorted((-rare.weights[token], token) for token in tokens if rare.weights[token] < 1)
    return [token for _, token in held[:_KEYS]]


def same_pages(items: Sequence[Traits], same: Callable[[Traits, Traits], bool]) -> Iterator[Pair]:
    """Pairs of neighbours in time that have one article's address."""
    by_page: dict[str, list[int]] = defaultdict(list)
    for at, one in enumerate(items):
        if one.article:
            by_page[one.page].append(at)
    for held in by_page.values():
        for position, second in enumerate(held):
            for first in reversed(held[:position]):
                if same(items[first], items[second]):
                    yield first, second
                    break


def link(
    count: int, sure: Iterable[Pair], likely: Mapping[Pair, float], chance: Chance, floors: Floors
) -> list[list[int]]:
    """Groups of 0 … count-1. Pairs in `sure` always meet. Then the two groups with the highest mean chance meet, as
    long as that mean reaches `floors.mean` and no pair of theirs falls below `floors.pair`."""
    groups = _Groups(count)
    for first, second in sorted(sure):
        groups.join(first, second)
    near = _neighbours(groups, (pair for pair, value in likely.items() if value >= floors.mean))
    heap: list[tuple[float, int, int, tuple[int, int]]] = []

    def offer(a: int, b: int) -> None:
        a, b = min(a, b), max(a, b)
        value = _mean(groups.held[a], groups.held[b], chance, floors)
        if value >= floors.mean:
            heapq.heappush(heap, (-value, a, b, groups.sizes(a, b)))

    for a in sorted(near):
        for b in sorted(other for other in near[a] if other > a):
            offer(a, b)
    while heap:
        _, a, b, sizes = heapq.heappop(heap)
        if groups.sizes(a, b) != sizes:
            continue  # one of them has met another since
        groups.join(a, b)
        near[a] = (near[a] | near.pop(b)) - {a, b}
        for other in sorted(near[a]):
            near[other] = near[other] - {b} | {a}
            offer(a, other)
    return [groups.held[at] for at in sorted(groups.held)]


def _neighbours(groups: _Groups, pairs: Iterable[Pair]) -> dict[int, set[int]]:
    near: dict[int, set[int]] = defaultdict(set)
    for first, second in pairs:
        a, b = groups.home[first], groups.home[second]
        if a != b:
            near[a].add(b)
            near[b].add(a)
    return near


def _mean(a: Sequence[int], b: Sequence[int], chance: Chance, floors: Floors) -> float:
    values = [chance(min(x, y), max(x, y)) for x in a for y in b]
    return math.fsum(values) / len(values) if min(values) >= floors.pair else 0.0


class _Groups:
    """Groups under the number of their first member."""

    def __init__(self, count: int) -> None:
        self.held = {at: [at] for at in range(count)}
        self.home = list(range(count))

    def sizes(self, a: int, b: int) -> tuple[int, int]:
        """The members of two groups; 0 for one that has gone into another."""
        return len(self.held.get(a, ())), len(self.held.get(b, ()))

    def join(self, first: int, second: int) -> None:
        """Makes one group of two members' groups."""
        a, b = sorted((self.home[first], self.home[second]))
        if a != b:
            self.held[a] = sorted(self.held[a] + self.held.pop(b))
            for member in self.held[a]:
                self.home[member] = a
