"""From pairs to groups: candidates by shared rare words, and average linkage so that no chain of loosely similar items
grows. Every step is ordered by probability and ids, so the result is a function of the set of items.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from digest.cluster.pairs import Rarity
from digest.cluster.traits import Traits

Pair = tuple[int, int]
Chance = Callable[[int, int], float]

WINDOW = 30  # days between two reports of one event, at most
_POSTINGS = 60  # a key that more items of the window hold brings no candidates
_KEYS = 40  # keys of an item that look for candidates, rarest first
_BEST = 25  # candidates of an item that are judged, by shared rarity


def candidates(items: Sequence[Traits], rare: Rarity) -> set[Pair]:
    """Pairs worth judging: those that share rare words, names or figures within the window. `items` are in order of
    time. The work for an item is bounded, so that it grows with the number of items alone."""
    postings: dict[str, list[int]] = defaultdict(list)
    found: set[Pair] = set()
    for at, one in enumerate(items):
        weight: dict[int, float] = defaultdict(float)
        keys = sorted(one.words | one.names | one.figures | one.days, key=lambda token: (-rare.weights[token], token))[
            :_KEYS
        ]
        for key in keys:
            held = _recent(postings[key], items, at)
            for other in held[-_POSTINGS:]:
                weight[other] += rare.weights[key]
            held.append(at)
            postings[key] = held
        best = sorted(weight, key=lambda other: (-weight[other], items[other].id))[:_BEST]
        found.update((other, at) for other in best)
    return found


def _recent(held: list[int], items: Sequence[Traits], at: int) -> list[int]:
    first = 0
    while first < len(held) and (items[at].when - items[held[first]].when).days >= WINDOW:
        first += 1
    return held[first:]


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
    count: int, sure: Sequence[Pair], likely: dict[Pair, float], chance: Chance, least: float, worst: float
) -> list[list[int]]:
    """Groups of 0 … count-1. Pairs in `sure` always meet. Then the two groups with the highest mean chance meet, as
    long as that mean reaches `least` and no pair of theirs falls below `worst`."""
    groups: dict[int, list[int]] = {at: [at] for at in range(count)}
    home = list(range(count))

    def join(a: int, b: int) -> int:
        a, b = sorted((a, b))
        groups[a] = sorted(groups[a] + groups.pop(b))
        for member in groups[a]:
            home[member] = a
        return a

    for first, second in sorted(sure):
        if home[first] != home[second]:
            join(home[first], home[second])
    near: dict[int, set[int]] = defaultdict(set)
    for (first, second), value in likely.items():
        if value >= least and home[first] != home[second]:
            near[home[first]].add(home[second])
            near[home[second]].add(home[first])

    def mean(a: int, b: int) -> float:
        values = [chance(*sorted((x, y))) for x in groups[a] for y in groups[b]]
        return sum(values) / len(values) if min(values) >= worst else 0.0

    heap: list[tuple[float, int, int, int, int]] = []

    def push(a: int, b: int) -> None:
        a, b = sorted((a, b))
        value = mean(a, b)
        if value >= least:
            heapq.heappush(heap, (-value, a, b, len(groups[a]), len(groups[b])))

    for a in sorted(near):
        for b in sorted(near[a]):
            if a < b:
                push(a, b)
    while heap:
        _, a, b, size_a, size_b = heapq.heappop(heap)
        if a not in groups or b not in groups or (len(groups[a]), len(groups[b])) != (size_a, size_b):
            continue
        kept = join(a, b)
        gone = b if kept == a else a
        around = (near[a] | near.pop(gone)) - {a, b}
        near[kept] = around
        for other in sorted(around):
            near[other].discard(gone)
            near[other].add(kept)
            push(kept, other)
    return [groups[at] for at in sorted(groups)]
