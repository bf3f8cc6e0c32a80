"""Bytes an item takes in PostgreSQL, by table and index, and rows stored a second.

    python benchmarks/storage.py [--items 10000]

Items have made-up words, as long as those of real feeds: title 70 letters, summary 320, and a
text of 1,500 for every third. Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from digest.archive import Archive, SourceState
from tests.factories.items import NOW, item
from tests.factories.postgres import run_postgres

SIZES = """
SELECT relname, relkind = 'i', pg_relation_size(c.oid) + coalesce(pg_total_relation_size(reltoastrelid), 0)
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE nspname = 'public' AND relkind IN ('r', 'i') ORDER BY 3 DESC
"""


def make_words(chance: random.Random, letters: int) -> str:
    """Words of a vocabulary of 30,000, the frequent ones often."""
    words: list[str] = []
    while sum(map(len, words)) + len(words) < letters:
        words.append(f"w{int(30_000 ** chance.random()):x}ord"[:9])
    return " ".join(words)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--items", type=int, default=10_000)
    given = parser.parse_args()
    chance = random.Random(1)
    with run_postgres() as postgres:
        place = postgres.create_database()
        with Archive.open(place) as archive:
            began = time.perf_counter()
            cpu = time.process_time()
            for start in range(0, given.items, 20):
                slug = f"source-{start // 20 % 500}"
                rows = [
                    item(
                        n,
                        source=slug,
                        title=make_words(chance, 70),
                        summary=make_words(chance, 320),
                        text=make_words(chance, 1500) if n % 3 == 0 else "",
                        published=NOW - timedelta(minutes=13 * n),
                    )
                    for n in range(start, min(start + 20, given.items))
                ]
                archive.record_attempt(SourceState(slug), rows, at=NOW, outcome="read")
            seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        name = place.url.partition("@/")[2].partition("?")[0]
        with postgres.connect(name) as connection:
            connection.execute("VACUUM FULL ANALYZE")
            rows = connection.execute(SIZES).fetchall()
    sizes = {name: round(size / given.items) for name, _, size in rows if size > given.items}
    print(
        json.dumps(
            {
                "items": given.items,
                "bytes an item": round(sum(size for *_, size in rows) / given.items),
                "of that, by relation": sizes,
                "items a second": round(given.items / seconds),
                "program's CPU ms an item": round(cpu * 1000 / given.items, 2),
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
