"""How many questions the archive answers: `python benchmarks/bench_ask.py ITEMS.jsonl QUESTIONS.jsonl [...]`.

ITEMS: JSON lines with `source`, `source_slug`, `title`, `url`, `published`, `summary`, `body`, `lang`. QUESTIONS: JSON
lines with `id`, `lang`, `kind` (same, other: in the source's words or not; none: without an answer), `question`,
`answers` and `maybe` (addresses; the latter count neither way).

Printed for words alone, vectors alone (the nearest, whatever they say) and both joined: recall of the right items among
the first ten, by kind, by language, and by whether an answer is in the question's own language; and what the questions
without an answer got. `--misses` names each miss, and no others do: leave it out for questions that are kept back.
`--keep FOLDER` holds the archives for the next run.
"""

import argparse
import json
import sys
import tempfile
import time
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from statistics import fmean

from digest.app.context import AppContext
from digest.app.search import ask_archive
from digest.app.search_index import update_search_index
from digest.app.search_lexicon import load_lexicon
from digest.app.search_vectors import open_meter, read_meaning
from digest.app.vectors import make_vectors
from digest.app.workspace import Workspace
from digest.archive import Archive, SourceState
from digest.archive.search import SearchFilter
from digest.config.sources import load_sources
from digest.model.item import Item
from digest.search.query import parse_question
from digest.tag import detect_language
from digest.urls import canonical_url

FIRST = 10
WAYS = ("words", "vectors", "joined")


def read_lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def make_item(row: dict) -> Item:
    at = datetime.fromisoformat(row["published"])
    url = canonical_url(row["url"])
    return Item(
        id=f"{row['source_slug']} {url}",
        url=url,
        link=row["url"],
        title=row["title"],
        source=row["source_slug"],
        source_name=row["source"],
        tier="trade",
        published=at,
        first_seen=at,
        language=row["lang"],
        summary=row["summary"],
        text=row["body"],
    )


def open_context(folder: Path, items: list[Item], *, vectors: bool) -> AppContext:
    """A workspace with the items in its archive, judged, and with vectors; made where it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    place = Workspace(folder)
    names = {item.source: item.source_name for item in items}
    settings = {
        "sources": [
            {"name": name, "url": f"https://{slug}.example/feed"} for slug, name in names.items()
        ]
    } | ({"embeddings": {}} if vectors else {})
    place.sources_file.write_text(json.dumps(settings), "utf-8")
    now = max(item.first_seen for item in items) + timedelta(days=1)
    context = AppContext(place, load_sources(place.sources_file, {}), now, quiet=True)
    if not place.archive_file.exists():
        with Archive.open(place.archive_file) as archive:
            archive.record_attempt(SourceState("bench"), items, at=now, outcome="read")
    while vectors and make_vectors(context, min(item.first_seen for item in items)):
        pass
    with Archive.open(place.archive_file) as archive:
        update_search_index(context, archive)
    return context


def ask_words(context: AppContext, question: str, most: int) -> list[str]:
    return [canonical_url(hit.url) for hit in ask_archive(context, question, limit=most).hits]


def ask_vectors(context: AppContext, question: str, most: int) -> list[str]:
    terms = parse_question(question, load_lexicon(context))
    meaning = read_meaning(context, question, detect_language(question), terms)
    with Archive.open(context.workspace.archive_file) as archive, archive.open_search() as index:
        meter = open_meter(index, meaning, SearchFilter())
        numbers = list(meter.rank_nearest(4 * most))
        entries = index.load_entries(numbers)
        return list(dict.fromkeys(entries[number].item.url for number in numbers))[:most]


class Table:
    """Shares by row and column, as a mean of questions."""

    def __init__(self) -> None:
        self.cells: dict[tuple[str, str], list[float]] = defaultdict(list)

    def add(self, rows: list[str], column: str, share: float) -> None:
        for row in rows:
            self.cells[row, column].append(share)

    def print(self) -> None:
        rows = sorted({row for row, _ in self.cells})
        print(f"{'':28}" + "".join(f"{way:>10}" for way in WAYS))
        for row in rows:
            count = len(self.cells[row, WAYS[0]])
            shares = (f"{fmean(self.cells[row, way]):10.2f}" for way in WAYS)
            print(f"{row:22} {count:4} " + "".join(shares))


def name_rows(row: dict, language_of: dict[str, str]) -> list[str]:
    kind, language = row["kind"], row["lang"]
    if kind == "none":
        return ["nothing found"]
    is_own = any(language_of[canonical_url(url)] == language for url in row["answers"])
    across = "own language" if is_own else "other language"
    return [
        "all",
        f"all, {across}",
        f"{kind} words",
        f"{kind} words, {across}",
        f"{kind}, {language}",
    ]


def measure_recall(row: dict, found: list[str]) -> float:
    answers = set(map(canonical_url, row["answers"]))
    unsure = set(map(canonical_url, row["maybe"])) - answers
    first = [url for url in found if url not in unsure][:FIRST]
    return len(answers & set(first)) / min(len(answers), FIRST) if answers else float(not found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("items", type=Path)
    parser.add_argument("questions", type=Path, nargs="+")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--misses", action="store_true")
    given = parser.parse_args()
    items = list(map(make_item, read_lines(given.items)))
    language_of = {item.url: item.language for item in items}
    questions = [row for path in given.questions for row in read_lines(path)]
    with tempfile.TemporaryDirectory() as folder:
        root = given.keep or Path(folder)
        words = open_context(root / "words", items, vectors=False)
        joined = open_context(root / "vectors", items, vectors=True)
        asks = {
            "words": lambda text, most: ask_words(words, text, most),
            "vectors": lambda text, most: ask_vectors(joined, text, most),
            "joined": lambda text, most: ask_words(joined, text, most),
        }
        table, spent = Table(), defaultdict(list)
        for row in questions:
            for way in WAYS:
                started = time.process_time()
                found = asks[way](row["question"], FIRST + len(row["maybe"]))
                spent[way].append(time.process_time() - started)
                share = measure_recall(row, found)
                table.add(name_rows(row, language_of), way, share)
                if given.misses and share < 1 and way != "vectors":
                    print(f"{way:7} {row['id']} {share:.2f}: {row['question']}", file=sys.stderr)
        table.print()
        for way in WAYS:
            print(f"{way}: {fmean(spent[way]) * 1e3:.0f} ms of processor time a question")


if __name__ == "__main__":
    main()
