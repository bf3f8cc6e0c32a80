"""What search costs as the archive grows: `python benchmarks/bench_search.py [ITEMS ...] [--keep FOLDER]`.

Items are made up here: words of a Zipf distribution, names, a day within five years, judged labels. Printed for each
size: what indexing adds to archiving, the index's size, and processor time of searches and questions (median, 95 %).
With --keep the archives stay in a folder, and are only asked where they are there.
"""

import itertools
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from digest.app import search
from digest.app.context import AppContext
from digest.app.search_candidates import make_request
from digest.app.search_filters import build_filter
from digest.app.search_lexicon import load_lexicon
from digest.app.workspace import Workspace
from digest.archive import Archive, SourceState
from digest.archive import search as index_module
from digest.archive.search import Judgement, SearchFilter
from digest.model.item import Item
from digest.search.query import parse_query, parse_question

NOW = datetime(2026, 8, 22, tzinfo=UTC)
DAYS = 5 * 365
NAMES = "Salesforce HubSpot Klaviyo Google Meta TikTok Adobe Braze Shopify Microsoft OpenAI Criteo Twilio Canva".split()
TRADE = (
    "ai marketing data customer platform search ads agent email campaign launch update privacy consent pricing "
    "acquisition measurement attribution retail media creator video segment journey loyalty crm analytics"
).split()
QUERIES = (
    "salesforce",
    "ai",
    "marketing",
    "ai marketing",
    "klaviyo pricing",
    "google ads search",
    "customer data platform",
    "acquisition of twilio",
    "privacy consent meta",
    "retail media measurement",
    "vendor:HubSpot email",
    "w123 loyalty",
    "category:crm agent",
    "after:2026-06-01 braze journey",
    "creator video tiktok",
    '"email campaign"',
)
QUESTIONS = (
    "What did Salesforce announce about agents?",
    "Was kostet Klaviyo, und wer hat die Preise erhöht?",
    "Quali acquisizioni ha annunciato Adobe a luglio?",
    "Which privacy consent update did Meta launch this quarter?",
)


def make_texts(count: int, seed: int = 7) -> list[tuple[str, str]]:
    chance = random.Random(seed)
    rare = [f"w{number}" for number in range(40_000)]
    weights = list(itertools.accumulate(1 / (rank + 20) for rank in range(len(rare))))
    texts = []
    for _ in range(count):
        words = (
            chance.choices(rare, cum_weights=weights, k=28)
            + chance.choices(TRADE, k=6)
            + chance.choices(NAMES, k=1)
        )
        chance.shuffle(words)
        texts.append((" ".join(words[:9]).capitalize(), " ".join(words[9:]).capitalize() + "."))
    return texts


def make_items(count: int):
    """Items in the order of time, give or take ten days; their words come again after 20,000."""
    texts, chance = make_texts(min(count, 20_000)), random.Random(1)
    for number in range(count):
        day = NOW - timedelta(days=DAYS * (1 - number / count) + chance.random() * 10)
        title, summary = texts[number % len(texts)]
        yield Item(
            id=f"i{number:09d}",
            url=f"https://news.example/{number}",
            link=f"https://news.example/{number}",
            title=title,
            source=f"source-{number % 200}",
            source_name=f"Source {number % 200}",
            tier="trade",
            published=day,
            first_seen=day,
            language="en",
            summary=f"{summary} n{number}",
        )


def batches(items, size=2000):
    items = iter(items)
    while part := list(itertools.islice(items, size)):
        yield part


def keep_all(path: Path, count: int, *, indexed: bool) -> float:
    spent = 0.0
    add, index_module.index_items = (
        index_module.index_items,
        index_module.index_items if indexed else (lambda *_: None),
    )
    with Archive.open(path) as archive:
        for part in batches(make_items(count)):
            started = time.process_time()
            archive.record_attempt(SourceState("s"), part, at=NOW, outcome="read")
            if indexed:
                archive.save_search_judgements([label(item) for item in part], "bench")
            spent += time.process_time() - started
    index_module.index_items = add
    return spent


@contextmanager
def open_folder(kept: Path | None, count: int) -> Iterator[Path]:
    if kept:
        (kept / str(count)).mkdir(parents=True, exist_ok=True)
        yield kept / str(count)
        return
    cache = Path.home() / ".cache"
    with tempfile.TemporaryDirectory(dir=cache if cache.is_dir() else None) as folder:
        yield Path(folder)


def build(folder: Path, count: int) -> None:
    """Archive the items, up to 100,000 of them without an index too, and print what it took."""
    plain = "not measured"
    if count <= 100_000:
        plain = f"{keep_all(folder / 'plain.db', count, indexed=False):.1f} s"
        (folder / "plain.db").unlink()
    path = folder / "part.db"
    indexed = keep_all(path, count, indexed=True)
    with closing(sqlite3.connect(path)) as connection:
        sizes = dict(connection.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name"))
    index = sum(size for name, size in sizes.items() if "search_" in name) / 1e6
    each = indexed / count * 1e3
    print(f"{count} items: archiving {plain}, with index {indexed:.1f} s ({each:.2f} ms an item)")
    print(f"  index {index:.0f} MB beside {sum(sizes.values()) / 1e6 - index:.0f} MB", flush=True)
    path.rename(folder / "archive.db")


def label(item: Item) -> Judgement:
    number = int(item.id[1:])
    vendor = next(
        (name for name in NAMES if name.lower() in item.title.lower()), NAMES[number % len(NAMES)]
    )
    labels = (
        f"vendor:{vendor}",
        f"category:{('crm', 'cdp', 'email-marketing')[number % 3]}",
        "event:update",
        "ai:none",
    )
    return Judgement(item.id, labels, 0.5)


def measure(do, cases, rounds=5) -> list[float]:
    times = []
    for case in cases:
        for _ in range(rounds):
            started = time.process_time()
            do(case)
            times.append((time.process_time() - started) * 1e3)
    return times


def report(name: str, times: list[float]) -> None:
    times.sort()
    print(
        f"  {name:10} median {statistics.median(times):6.1f} ms, 95 % {times[int(len(times) * 0.95)]:6.1f} ms"
    )


def main(counts: list[int], kept: Path | None) -> None:
    context = AppContext(Workspace(Path()), None, NOW)
    lexicon = load_lexicon(context)
    for count in counts:
        with open_folder(kept, count) as folder:
            path = folder / "archive.db"
            if not path.exists():
                build(folder, count)
            with Archive.open(path) as archive, archive.open_search() as index:

                def run_search(text: str) -> None:
                    query = parse_query(text, lexicon)
                    allowed = build_filter(context, query.filters, lexicon)
                    request = make_request(index, query.terms, allowed, query.without)
                    search.run_search(index, request, NOW, 10)

                def run_question(text: str) -> None:
                    terms = parse_question(text, lexicon)
                    request = make_request(index, terms, SearchFilter())
                    search.run_question(index, request, NOW, 10)

                for text in QUERIES:
                    times = measure(run_search, [text], 3)
                    if "-v" in sys.argv:
                        print(f"    {text:36} {statistics.median(times):7.1f} ms")
                report("searches", measure(run_search, QUERIES))
                report("questions", measure(run_question, QUESTIONS))


if __name__ == "__main__":
    kept = Path(sys.argv[sys.argv.index("--keep") + 1]) if "--keep" in sys.argv else None
    main([int(text) for text in sys.argv[1:] if text.isdigit()] or [100_000], kept)
