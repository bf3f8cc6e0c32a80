"""Processor time of the gazetteer: to load, and to read 6,000 characters.

Run: python benchmarks/bench_vendors.py
"""

from __future__ import annotations

import time
import timeit

from digest.tag.vendors import Gazetteer, load_shipped_vendors

PROSE = (
    "The team moved its letters from HubSpot to a smaller tool and kept Google Analytics for the counts. "
    "Nobody had asked for it, and at first nobody saw a difference, for the people who write letters work as before. "
    "Only the bill changed: it is smaller by a third, and it comes once a month instead of once a year. "
    "Whether that lasts is another question, which the head of sales means to ask again when the contract ends. "
)


def main() -> None:
    """Prints the best of five, in processor time."""
    load = min(
        timeit.repeat(
            lambda: (load_shipped_vendors.cache_clear(), Gazetteer.load()),
            timer=time.process_time,
            number=1,
            repeat=5,
        )
    )
    gazetteer, text = Gazetteer.load(), (PROSE * 40)[:6000]
    find = (
        min(
            timeit.repeat(
                lambda: gazetteer.find_mentions("Klaviyo adds a helpdesk", text=text),
                timer=time.process_time,
                number=20,
                repeat=5,
            )
        )
        / 20
    )
    print(
        f"{len(load_shipped_vendors())} vendors: load {load * 1e3:.1f} ms, find in {len(text)} characters {find * 1e3:.2f} ms"
    )


if __name__ == "__main__":
    main()
