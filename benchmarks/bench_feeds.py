"""How fast feeds are read, against feedparser with its own cleaning: `python benchmarks/bench_feeds.py [FOLDER]`.

Each way reads every feed of the folder (default: the real ones beside the repository) so often; the best time counts.
"""

import io
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import feedparser

from digest.errors import ParseError
from digest.fetch.read.feeds import parse_feed

DEFAULT = Path(__file__).parents[1] / ".." / "shared" / "real" / "feeds"
ROUNDS = 3


def ours(body: bytes) -> int:
    try:
        return len(parse_feed(body, "", "https://feed.example/").entries)
    except ParseError:
        return 0


def theirs(body: bytes) -> int:
    return len(
        feedparser.parse(
            io.BytesIO(body), response_headers={"content-location": "https://feed.example/"}
        ).entries
    )


def best(read: Callable[[bytes], int], bodies: list[bytes]) -> tuple[float, int]:
    times, entries = [], 0
    for _ in range(ROUNDS):
        started = time.process_time()
        entries = sum(map(read, bodies))
        times.append(time.process_time() - started)
    return min(times), entries


def main() -> None:
    warnings.simplefilter("ignore")
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    bodies = [path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix != ".json"]
    (mine, mine_entries), (default, default_entries) = best(ours, bodies), best(theirs, bodies)
    print(f"{len(bodies)} feeds of {folder}")
    print(
        f"ours        {mine:6.2f} s CPU  {mine_entries} entries  {mine_entries / mine:6.0f} a second"
    )
    print(
        f"feedparser  {default:6.2f} s CPU  {default_entries} entries  {default_entries / default:6.0f} a second"
    )
    print(f"ratio {default / mine:.1f}")


if __name__ == "__main__":
    main()
