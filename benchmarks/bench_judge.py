"""What judging an item costs, against reading its words alone: `python benchmarks/bench_judge.py [ITEMS]`.

The items are made up here. The baseline, in the same run and over the same items, is `read_item`, which only cuts an
item into words: whatever else the judgement does is in the ratio. Processor time, the best of three.
"""

import sys
import time
from collections.abc import Callable, Iterable

from bench_cluster import items as made_up

from digest.model.item import Item
from digest.tag import ItemJudge
from digest.tag.reading import read_item

ROUNDS = 3


def best(do: Callable[[Item], object], items: Iterable[Item]) -> float:
    times = []
    for _ in range(ROUNDS):
        started = time.process_time()
        for one in items:
            do(one)
        times.append(time.process_time() - started)
    return min(times)


def main(count: int) -> None:
    items, judge = [one.item for one in made_up(count)[0]], ItemJudge.load()
    whole, words = best(judge.judge_item, items), best(read_item, items)
    print(f"judge_item  {whole / count * 1e3:6.2f} ms an item, {count / whole:.0f} a second")
    print(f"read_item   {words / count * 1e3:6.2f} ms an item")
    print(f"ratio {whole / words:.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
