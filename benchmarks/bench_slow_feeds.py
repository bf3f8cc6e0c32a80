"""What feeds built to be slow cost a run, and the sources that are read beside them.

    PYTHONPATH=. python benchmarks/bench_slow_feeds.py [TIMES]

Real sockets on loopback, the real client, parser process and archive: each shape of
`tests/factories/slow_feeds.py`, TIMES larger (default 1), is served at once by one host, and a
healthy feed by another that answers after 8 s, to a client that waits 20 s. Prints the CPU time of
each shape, how each source ended, and the longest stretch of work of the run's event loop.
"""

from __future__ import annotations

import resource
import sys

from digest.errors import ParseError
from digest.fetch.read.parser_process import ParserProcess
from tests.factories.healthy_beside import collect_beside_healthy
from tests.factories.slow_feeds import ITEM, build_feed, build_slow_feeds


def measure_cpu(body: bytes) -> tuple[float, str]:
    """Return the seconds of CPU that a feed takes, with the start of its process, and its end."""
    before = _sum_cpu()
    with ParserProcess() as parsers:
        try:
            feed = parsers.parse_feed(body, "application/rss+xml", "https://acme.example/feed")
            end = f"read, {len(feed.entries)} entries"
        except ParseError as error:
            end = f"refused: {error.message}"
    return _sum_cpu() - before, end


def _sum_cpu() -> float:
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def main() -> None:
    """Print what each shape costs, then how a run with all of them ends."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    feeds = build_slow_feeds(times)
    small = build_feed(ITEM + f"<!-- {'x' * 2**16} -->")
    start = min(measure_cpu(small)[0] for _ in range(3))  # the first one finds cold caches
    print(f"start of the parser's process: {start:.2f} s of CPU")
    for name, body in feeds.items():
        seconds, end = measure_cpu(body)
        print(f"{name:22} {len(body) / 1e6:5.2f} MB  {seconds - start:5.2f} s of CPU  {end}")
    run = collect_beside_healthy(feeds)
    for name, report in run.reports.items():
        print(f"{name:22} {report.outcome:14} {report.entries:6} entries  {report.problem}")
    print(
        f"longest stretch of work between two looks at others: {run.longest_stretch:.2f} s of CPU"
    )


if __name__ == "__main__":
    main()
