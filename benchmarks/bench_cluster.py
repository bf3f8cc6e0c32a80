"""Time and memory of clustering on items made up here: `python benchmarks/bench_cluster.py 20000
50000 100000`.

Words follow Zipf's law, as in real text; one item in three reports an event that others report too.
Prints, for each size, seconds, peak memory and how far the grouping agrees with the events.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from digest.cluster import cluster_items
from digest.model.item import Item
from digest.model.tags import TaggedItem, Tags

NEUTRAL = Tags(True, None, (), "none", None, "other", ())
START = datetime(2026, 7, 1, tzinfo=UTC)
SYLLABLES = (
    "ba ce di fo gu ha ke li mo nu pa re si to vu za che dra fli gro pla qui sta tri blo".split()
)


def word(rng: random.Random) -> str:
    """A made-up word."""
    return "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(2, 4)))


def items(count: int, seed: int = 7) -> tuple[list[TaggedItem], dict[str, int]]:
    """`count` items of a quarter, and the event of each."""
    rng = random.Random(seed)
    common = sorted({word(rng) for _ in range(9000)})
    weights = list(accumulate(1 / (rank + 20) for rank in range(len(common))))
    names = sorted({word(rng).capitalize() for _ in range(max(2000, count // 5))})
    made, events = [], {}
    event = 0
    while len(made) < count:
        event += 1
        reports = 1 if rng.random() < 0.8 else rng.randint(2, 5)
        who, money = rng.sample(names, 2), f"${rng.randint(3, 900)} million"
        core = rng.choices(common, cum_weights=weights, k=14)
        day = START + timedelta(days=rng.random() * 91)
        for _ in range(reports):
            own = rng.sample(core, 8) + rng.choices(common, cum_weights=weights, k=22)
            rng.shuffle(own)
            title = f"{who[0]} {' '.join(rng.sample(core, 5))} {who[1]}"
            summary = (
                f"{who[0]} said {' '.join(own[:15])} for {money}. {who[1]} {' '.join(own[15:])}."
            )
            when = day + timedelta(hours=rng.random() * 72)
            key, site = f"i{len(made):07}", rng.randint(1, 300)
            url = f"https://site{site}.example/{len(made)}-{'-'.join(own[:4])}"
            item = Item(
                key, url, url, title, f"s{site}", f"Site {site}", "trade", when, when, "en", summary
            )
            made.append(TaggedItem(item, NEUTRAL))
            events[key] = event
    return made[:count], events


def main(sizes: list[int]) -> None:
    """Measure each size."""
    for size in sizes:
        made, events = items(size)
        started = time.process_time()
        stories = cluster_items(made)
        seconds = time.process_time() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        pure = sum(len({events[one.item.id] for one in story.items}) == 1 for story in stories)
        whole = defaultdict(set)
        for story in stories:
            for one in story.items:
                whole[events[one.item.id]].add(story.id)
        kept = sum(len(held) == 1 for held in whole.values())
        print(
            f"{size} items: {seconds:.1f} s of CPU, {peak:.0f} MB at most, {len(stories)} stories; "
            f"{pure / len(stories):.3f} of stories tell one event, {kept / len(whole):.3f} of events are one story"
        )


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [20_000])
