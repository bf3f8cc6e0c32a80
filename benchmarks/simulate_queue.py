"""An hour of a large queue on paper: how many workers 20,000 sources need, and what politeness costs.

    python benchmarks/simulate_queue.py [--sources 20000] [--seed 1]

A simulation by events, without a network or a database. Hosts, answers and faults are drawn from
the distributions below; what a job costs is measured (benchmarks/workers.py). Prints JSON.
"""

from __future__ import annotations

import argparse
import heapq
import json
import random
from collections import Counter, deque
from dataclasses import dataclass

# share of sources → how many sources their host has: most publishers have one or two feeds, some
# live on platforms that serve hundreds
HOSTS = ((0.70, 1), (0.15, 4), (0.10, 40), (0.05, 500))
PER_HOST = 2
MEDIAN_SECONDS, SIGMA = 0.4, 0.9  # of an answer; lognormal
SLOW_SHARE, SLOW_SECONDS = 0.01, 60.0  # those that run into the limit of a request
FAULTS, RETRY_SECONDS = 0.02, (60.0, 240.0, 960.0)  # faults that may pass


@dataclass(frozen=True)
class Setting:
    """Workers, jobs at once of each, and CPU seconds of a worker and of the database for a job."""

    workers: int
    at_once: int
    cpu: float
    server_cpu: float
    server_cores: int


def draw_hosts(sources: int, chance: random.Random) -> list[int]:
    """The host of each source."""
    hosts: list[int] = []
    number = 0
    for share, size in HOSTS:
        for start in range(0, round(sources * share), size):
            hosts.extend([number] * min(size, round(sources * share) - start))
            number += 1
    chance.shuffle(hosts)
    return hosts[:sources]


def draw_seconds(chance: random.Random) -> float:
    if chance.random() < SLOW_SHARE:
        return SLOW_SECONDS
    return min(SLOW_SECONDS, MEDIAN_SECONDS * 2.718281828 ** chance.gauss(0, SIGMA))


def simulate(hosts: list[int], setting: Setting, chance: random.Random) -> dict[str, float]:
    """Work off one plan; times in seconds since it was made.

    A worker's CPU is one core: its jobs stand in line for it. So do all at the database's cores.
    """
    lanes: dict[tuple[int, int], deque[int]] = {}
    counts: Counter[int] = Counter()
    for source, host in enumerate(hosts):
        lanes.setdefault((host, counts[host] % PER_HOST), deque()).append(source)
        counts[host] += 1
    ready = deque(lanes)
    events: list[tuple[float, int, object]] = []  # time, order, lane | ("again", source, tries)
    slots = setting.workers * setting.at_once
    workers = [0.0] * setting.workers  # when each core is free
    server = [0.0] * setting.server_cores
    now, order, done, requests, last_first = 0.0, 0, 0, 0, 0.0
    retries: deque[tuple[int, int]] = deque()
    tried: Counter[int] = Counter()
    while done < len(hosts):
        while slots and (ready or retries):
            lane = ready.popleft() if ready else None
            source = lanes[lane].popleft() if lane else retries.popleft()[0]
            slots -= 1
            requests += 1
            at = min(range(len(server)), key=server.__getitem__)
            server[at] = max(server[at], now) + setting.server_cpu
            core = requests % setting.workers
            workers[core] = max(workers[core], now) + setting.cpu
            end = max(server[at], workers[core] + draw_seconds(chance))
            order += 1
            heapq.heappush(events, (end, order, ("end", lane, source)))
        now, _, event = heapq.heappop(events)
        kind, lane, source = event
        if kind == "again":
            retries.append((source, tried[source]))
            continue
        slots += 1
        if lane and lanes[lane]:
            ready.append(lane)
        if tried[source] == 0:
            last_first = now
        if chance.random() < FAULTS and tried[source] < len(RETRY_SECONDS):
            order += 1
            wait = RETRY_SECONDS[tried[source]]
            tried[source] += 1
            heapq.heappush(events, (now + wait, order, ("again", None, source)))
        else:
            done += 1
    busy = requests * setting.cpu / (setting.workers * max(last_first, 1))
    return {
        "workers": setting.workers,
        "jobs at once": setting.workers * setting.at_once,
        "all asked once after, minutes": round(last_first / 60, 1),
        "worker core busy": round(min(1.0, busy), 2),
        "database cores busy": round(
            min(1.0, requests * setting.server_cpu / (setting.server_cores * max(last_first, 1))), 2
        ),
        "requests": requests,
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sources", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cpu", type=float, default=0.04, help="of a worker, seconds for a job")
    parser.add_argument("--server-cpu", type=float, default=0.015, help="of the database alike")
    given = parser.parse_args()
    hosts = draw_hosts(given.sources, random.Random(given.seed))
    largest = max(Counter(hosts).values())
    rows = [
        simulate(
            hosts,
            Setting(workers, at_once, given.cpu, given.server_cpu, 4),
            random.Random(given.seed + 1),
        )
        for workers, at_once in ((1, 10), (1, 40), (2, 20), (2, 40), (4, 40), (8, 40))
    ]
    print(
        json.dumps(
            {
                "sources": given.sources,
                "hosts": len(set(hosts)),
                "largest host": largest,
                "cpu": given.cpu,
                "server cpu": given.server_cpu,
                "rows": rows,
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
