"""The same feeds read by lemon24/reader, in an environment that has it (`pip install reader`).

    PYTHON-WITH-READER benchmarks/other_reader.py DATABASE URL COUNT

Its own schedule would ask nobody again within the hour: here it asks all, by twenty threads.
"""

from __future__ import annotations

import sys

from reader import make_reader

_THREADS = 20


def collect(database: str, base: str, count: int) -> None:
    """Read every feed once. Raises RuntimeError where one failed."""
    reader = make_reader(database)
    for number in range(count):
        reader.add_feed(f"{base}/{number}", exist_ok=True)
    reader.update_feeds(scheduled=False, workers=_THREADS)
    if failed := [feed.url for feed in reader.get_feeds(broken=True)]:
        raise RuntimeError(f"{len(failed)} feeds failed, {failed[0]} the first")


if __name__ == "__main__":
    collect(sys.argv[1], sys.argv[2], int(sys.argv[3]))
