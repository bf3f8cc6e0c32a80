"""Speed and growth of the whole product, each figure beside a yardstick in the same run.

    python benchmarks/bench_scale.py [--feeds 100] [--entries 20] [--rounds 3] [--growth 1000,10000]
                                     [--only collect,build,growth] [--reader PYTHON] [--write]

`make bench` runs it in its full size (500 feeds, archives up to a million items; hours on a busy
machine) and writes the tables into docs/performance.md. Everything is made up here and read over
loopback. Figures are processor seconds of whole processes, user and system, the product's children
included; a ratio is that of the medians, its noise the lowest and the highest ratio of a round.
Yardsticks and product take turns, so that a machine that slows down slows both. `--reader` names
the interpreter of an environment in which lemon24/reader is installed, which is a yardstick then.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
NOW = "2026-10-02T{:02}:00:00+00:00"
QUARTER = "2026-Q3"


@dataclass
class Row:
    """Something measured, and what it is held against."""

    name: str
    yardstick: str
    limit: float | None = None  # the ratio that is asked for
    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)

    def format(self) -> str:
        """Return the row of the table."""
        ratios = [a / b for a, b in zip(self.ours, self.theirs, strict=True)]
        asked = f"{self.limit:.1f}" if self.limit else ""
        return (
            f"| {self.name} | {median(self.ours):.2f} | {self.yardstick} | "
            f"{median(self.theirs):.2f} | {median(self.ours) / median(self.theirs):.2f} "
            f"({min(ratios):.2f}-{max(ratios):.2f}) | {asked} |"
        )


def run(*command: str, python: str = sys.executable) -> float:
    """Run a Python program; return the processor seconds of it and its children."""
    before = os.times()
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    result = subprocess.run([python, *command], env=environ, stdout=subprocess.DEVNULL, check=False)
    if result.returncode not in (0, 3):
        raise SystemExit(f"{' '.join(command)} ended with {result.returncode}")
    after = os.times()
    seconds = (
        after.children_user + after.children_system - before.children_user - before.children_system
    )
    told = " ".join(" ".join(command).split()).replace(f"{HERE}/", "")
    print(f"{seconds:8.2f}  {told[:90]}", file=sys.stderr, flush=True)  # what ends early has it
    return seconds


def digest(workspace: Path, *words: str, hour: int = 6) -> float:
    """Run a command of the product in a workspace."""
    clock = ["--now", NOW.format(hour)]
    return run("-m", "digest", *words, "--workspace", str(workspace), *clock)


def snippet(code: str, *arguments: str) -> float:
    """Run some lines of Python."""
    return run("-c", code, *arguments)


@contextmanager
def serve_feeds(folder: Path, delay: float) -> Iterator[str]:
    """Serve feeds while the block runs; yields their address."""
    script = str(HERE / "made_up_feeds.py")
    server = subprocess.Popen(
        [sys.executable, script, "serve", str(folder), str(delay)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


def write_workspace(folder: Path, base: str, feeds: int) -> None:
    """Write a sources.yaml that reads every feed."""
    folder.mkdir(parents=True, exist_ok=True)
    host = base.removeprefix("http://")
    rows = "".join(
        f"  - {{name: Site {n}, url: '{base}/{n}', tier: trade}}\n" for n in range(feeds)
    )
    (folder / "sources.yaml").write_text(
        "digest:\n  title: Bench\n  timezone: UTC\n"
        "  limits: {requests_at_once: 50, requests_per_host: 10}\n"
        f"  network: {{allow_private: ['{host}'], descriptions: false}}\nsources:\n{rows}"
    )


# ---------------------------------------------------------------- collecting and building

_JUDGE_NEW = """
import sys
from datetime import datetime
from pathlib import Path
from digest.app.context import AppContext
from digest.app.judgements import judge_new_items
from digest.app.workspace import Workspace
from digest.config.sources import load_sources
root = Path(sys.argv[1])
config = load_sources(root / "sources.yaml", {})
judge_new_items(AppContext(Workspace(root), config, datetime.fromisoformat(sys.argv[2])))
"""
_COLLECT = """
import sys
from datetime import datetime
from pathlib import Path
from digest.app.context import AppContext
from digest.app.sources import collect_items
from digest.app.workspace import Workspace
from digest.config.sources import load_sources
root = Path(sys.argv[1])
config = load_sources(root / "sources.yaml", {})
collect_items(AppContext(Workspace(root), config, datetime.fromisoformat(sys.argv[2])))
"""
_CLUSTER = """
import sys
from datetime import datetime
from pathlib import Path
from digest.app.context import AppContext
from digest.app.decide import judge_items
from digest.app.judge import load_quarter_items
from digest.app.judgements import open_kept_judge
from digest.app.workspace import Workspace
from digest.archive import Archive
from digest.cluster import cluster_items
from digest.config.sources import load_sources
import time
root = Path(sys.argv[1])
config = load_sources(root / "sources.yaml", {})
context = AppContext(Workspace(root), config, datetime.fromisoformat(sys.argv[2]))
quarter = context.resolve_quarter(sys.argv[3])
with Archive.open(context.workspace.archive_file) as archive:
    judge = open_kept_judge(context, archive)
    items = load_quarter_items(context, quarter, archive)
    judge.prepare_items(items)
    tagged = judge_items(items, judge)
started = time.process_time()
cluster_items(tagged)
print(time.process_time() - started, file=sys.stderr)
"""
_PAPER = """
import sys
from pathlib import Path
from weasyprint import CSS, HTML
style = [CSS(string=Path(sys.argv[2]).read_text("utf-8"))]
HTML(string=Path(sys.argv[1]).read_text("utf-8")).write_pdf(
    "/dev/null", stylesheets=style, pdf_variant="pdf/ua-1", pdf_tags=True)
"""
_SAVE_PAPER = """
import sys
from datetime import datetime
from pathlib import Path
import jinja2
from digest.app import build
from digest.app.context import AppContext
from digest.app.workspace import Workspace
from digest.config.sources import load_sources
from digest.render.pdf import render_pdf
from digest.render.templates import read_asset
root = Path(sys.argv[1])
config = load_sources(root / "sources.yaml", {})
context = AppContext(Workspace(root), config, datetime.fromisoformat(sys.argv[2]))
edition = build.build_editions(context, context.resolve_quarter(sys.argv[3]))[0]
render, theme = jinja2.Template.render, build.load_style(context)
def keep(template, *values, **named):
    html = render(template, *values, **named)
    if template.name == "pages/paper.html":
        (root / "paper.html").write_text(html, "utf-8")
    return html
jinja2.Template.render = keep
render_pdf(edition, theme)
style = theme.apply_colours(read_asset("css/paper.css").decode())
(root / "paper.css").write_text(style, "utf-8")
"""
_REBUILD = """
import sys
import time
from datetime import datetime
from pathlib import Path
from digest.app import build, judge
from digest.app.context import AppContext
from digest.app.workspace import Workspace
from digest.archive import Archive
from digest.config.sources import load_sources
from digest.model.decisions import EditorialDecisions, StoryDecision
root = Path(sys.argv[1])
config = load_sources(root / "sources.yaml", {})
context = AppContext(Workspace(root), config, datetime.fromisoformat(sys.argv[2]))
quarter = context.resolve_quarter(sys.argv[3])
with Archive.open(context.workspace.archive_file) as archive:
    judged = judge.judge_quarter(context, quarter, archive, EditorialDecisions())
theme = build.load_style(context)
def rebuild(*dropped):
    decisions = EditorialDecisions(stories=tuple(
        StoryDecision(url=item.url, item=item.id, drop="no news") for item in dropped))
    decision = judge.decide_stories(
        context, quarter, judged.stories, judged.threads, decisions, judged.findings)
    edition = build.build_editions(context, quarter, ask=False, decision=decision)[0]
    build.render_screen_files(edition, theme)
    return decision
chosen = [entry.story.lead.item for entry in rebuild().chosen]
times = []
for item in chosen[:5]:
    started = time.process_time()
    rebuild(item)
    times.append(time.process_time() - started)
print(len(judged.stories), *times)
"""


@dataclass
class Collecting:
    """What collecting was measured at, round by round."""

    first: Row
    same: Row
    judging: Row
    reader: tuple[Row, Row]  # first, unchanged; empty where there is no reader
    naive: list[float]  # the whole job, by libraries alone

    def list_rows(self) -> list[Row]:
        """Return the rows of the table."""
        return [self.first, self.same, *(row for row in self.reader if row.ours), self.judging]


def measure_collecting(
    folder: Path, feeds: int, entries: int, rounds: int, reader: str = ""
) -> Collecting:
    """Measure a first and an unchanged reading against the plain sum of the parts.

    `reader` is the interpreter that has lemon24/reader; "" for none.
    """
    name = f"collect {feeds} feeds × {entries}, first"
    found = Collecting(
        Row(name, "plain parts", 1.5),
        Row("the same, nothing changed (304)", "plain parts", 1.4),
        Row("judging what is new, once", "collect, first"),
        (Row(name, "lemon24/reader", 0.5), Row("nothing changed", "lemon24/reader", 1.0)),
        [],
    )
    run(str(HERE / "made_up_feeds.py"), str(folder / "feeds"), str(feeds), str(entries))
    with serve_feeds(folder / "feeds", 0.05) as base:
        for number in range(rounds):
            place, databases = folder / "workspace", folder / f"databases-{number}"
            shutil.rmtree(place, ignore_errors=True)
            databases.mkdir()
            write_workspace(place, base, feeds)
            asked = (base, str(feeds))
            plain = (str(HERE / "plain_parts.py"), str(databases / "plain.db"), *asked)
            other = (str(HERE / "other_reader.py"), str(databases / "reader.db"), *asked)
            for row, beside, hour in zip(
                (found.first, found.same), found.reader, (6, 7), strict=True
            ):
                row.theirs.append(run(*plain))
                row.ours.append(snippet(_COLLECT, str(place), NOW.format(hour)))
                if reader:
                    beside.theirs.append(run(*other, python=reader))
                    beside.ours.append(row.ours[-1])
            found.judging.ours.append(snippet(_JUDGE_NEW, str(place), NOW.format(8)))
            found.judging.theirs.append(found.first.ours[-1])
            naive = (str(databases / "naive.db"), *asked, str(databases / "naive.pdf"))
            found.naive.append(run(str(HERE / "naive_pipeline.py"), *naive))
            shutil.rmtree(databases)
    return found


def sum_up(collecting: Collecting, built: Row) -> list[Row]:
    """Hold collecting and building together against the naive pipeline, which judges nothing."""
    naive = "naive pipeline, without judgement"
    pairs = list(zip(collecting.first.ours, built.ours, strict=True))
    together = Row("collect and build", naive, 1.0, [sum(pair) for pair in pairs], collecting.naive)
    judged = [a + b for a, b in zip(together.ours, collecting.judging.ours, strict=True)]
    return [together, Row("the same with judging", naive, None, judged, collecting.naive)]


def measure_building(folder: Path, rounds: int) -> tuple[list[Row], str]:
    """Measure a build, and a rebuild after one decision, of what was collected."""
    place = folder / "workspace"
    items = count_items(place)
    again = Row(f"build of {items:,} items, judged before", "bare WeasyPrint + clustering", 1.3)
    explain = Row("explain one of them", "import of SQLAlchemy and pydantic")
    snippet(_SAVE_PAPER, str(place), NOW.format(9), QUARTER)
    with sqlite3.connect(place / "output" / "archive.db") as connection:
        (one,) = connection.execute("SELECT id FROM items LIMIT 1").fetchone()
    for _ in range(rounds):
        clear_results(place)
        paper = snippet(_PAPER, str(place / "paper.html"), str(place / "paper.css"))
        again.theirs.append(paper + measure_clustering(place))
        again.ours.append(digest(place, "build", QUARTER, "--quiet", hour=9))
        explain.theirs.append(snippet("import sqlalchemy, pydantic"))
        explain.ours.append(digest(place, "explain", one, hour=9))
    out = subprocess.run(
        [sys.executable, "-c", _REBUILD, str(place), NOW.format(9), QUARTER],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    times = sorted(map(float, out[1:]))
    note = (
        f"One decision at the desk ({int(out[0]):,} stories) to HTML, mail and JSON: "
        f"{median(times):.2f} s ({times[0]:.2f}-{times[-1]:.2f}); asked: under 1."
    )
    return [again, explain], note


def measure_clustering(place: Path) -> float:
    """Return the processor seconds of grouping alone."""
    command = [sys.executable, "-c", _CLUSTER, str(place), NOW.format(9), QUARTER]
    result = subprocess.run(
        command,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return float(result.stderr.split()[-1])


def count_items(place: Path) -> int:
    """Return how many items a workspace's archive holds."""
    with sqlite3.connect(place / "output" / "archive.db") as connection:
        (found,) = connection.execute("SELECT count(*) FROM items").fetchone()
    return int(found)


def clear_results(place: Path) -> None:
    """Forget what was made of whole quarters, but no judgement."""
    with sqlite3.connect(place / "output" / "archive.db") as connection:
        connection.execute("DELETE FROM results")
    connection.close()


# ---------------------------------------------------------------- growth


def grow_archive(place: Path, target: int) -> None:
    """Add items of earlier years to an archive, copies of those it holds, until it has so many."""
    path = place / "output" / "archive.db"
    connection = sqlite3.connect(path)
    # nobody else has it, and nothing is lost with it: no journal, and indexes made at the end
    connection.execute("PRAGMA journal_mode=OFF")
    connection.execute("PRAGMA synchronous=OFF")
    indexes = connection.execute(
        "SELECT name, sql FROM sqlite_master"
        " WHERE type = 'index' AND tbl_name = 'items' AND sql IS NOT NULL"
    ).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    names = [row[1] for row in connection.execute("PRAGMA table_info(items)")]
    copied = ", ".join(
        {
            "id": "id || '-' || :n",
            "url": "url || '-' || :n",
            "link": "link || '-' || :n",
            "published": "strftime('%Y-%m-%dT%H:%M:%S+00:00', published, :shift)",
            "at": "strftime('%Y-%m-%dT%H:%M:%S+00:00', at, :shift)",
            "first_seen": "strftime('%Y-%m-%dT%H:%M:%S+00:00', first_seen, :shift)",
        }.get(name, name)
        for name in names
    )
    own = "id NOT LIKE '%-%'"
    (first,) = connection.execute(f"SELECT count(*) FROM items WHERE {own}").fetchone()
    number = 0
    while (held := connection.execute("SELECT count(*) FROM items").fetchone()[0]) < target:
        number += 1
        connection.execute(
            f"INSERT OR IGNORE INTO items SELECT {copied} FROM items WHERE {own} LIMIT :room",
            {
                "n": number,
                "shift": f"-{2 + number % 10} years",
                "room": min(first, target - held),
            },
        )
    for _, statement in indexes:
        connection.execute(statement)
    connection.commit()
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()


def measure_growth(folder: Path, sizes: Iterable[int]) -> list[str]:
    """Measure commands while the archive grows and the newest quarter stays."""
    commands: dict[str, Callable[[Path, str], float]] = {
        "status": lambda place, _: digest(place, "status", hour=9),
        "sources health": lambda place, _: digest(place, "sources", "health", QUARTER, hour=9),
        "explain": lambda place, one: digest(place, "explain", one, hour=9),
        "export items": lambda place, _: digest(place, "export", "items", QUARTER, hour=9),
        "build": lambda place, _: digest(place, "build", QUARTER, "--quiet", hour=9),
    }
    found: dict[str, list[float]] = {name: [] for name in commands}
    listed = list(sizes)
    with serve_growing(folder) as place:
        with sqlite3.connect(place / "output" / "archive.db") as connection:
            (one,) = connection.execute("SELECT id FROM items LIMIT 1").fetchone()
        for size in listed:
            if size > count_items(place):
                grow_archive(place, size)
            digest(place, "build", QUARTER, "--quiet", hour=9)  # so that all have what is kept
            for name, measure in commands.items():
                found[name].append(min(measure(place, one) for _ in range(2)))
    lines = [
        f"| CPU s at | {' | '.join(f'{size:,}' for size in listed)} | exponent |",
        f"|---|{'---|' * len(listed)}---|",
    ]
    for name, seconds in found.items():
        power = math.log(seconds[-1] / seconds[0]) / math.log(listed[-1] / listed[0])
        cells = " | ".join(f"{value:.2f}" for value in seconds)
        lines.append(f"| {name} | {cells} | {power:.2f} |")
    return lines


@contextmanager
def serve_growing(folder: Path) -> Iterator[Path]:
    """Make a workspace of 50 feeds of 20 items in one quarter; yields it."""
    run(str(HERE / "made_up_feeds.py"), str(folder / "few"), "50", "20")
    place = folder / "growing"
    with serve_feeds(folder / "few", 0.0) as base:
        write_workspace(place, base, 50)
        digest(place, "collect", "--quiet")
    yield place


# ---------------------------------------------------------------- the page


def describe_machine() -> str:
    """Return what the figures were measured on."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}; "
        f"load at the end {load}"
    )


def write_page(text: str) -> None:
    """Put the figures into docs/performance.md."""
    page = PAGE.read_text("utf-8")
    pattern = re.compile(f"{re.escape(BEGIN)}.*{re.escape(END)}", re.DOTALL)
    PAGE.write_text(pattern.sub(lambda _: f"{BEGIN}\n{text}\n{END}", page), "utf-8")


def main() -> None:
    """Measure, print, and write where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=100)
    parser.add_argument("--entries", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--growth", default="1000,10000,100000")
    parser.add_argument("--only", default="start,collect,build,growth")
    parser.add_argument("--reader", default="")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    parts = options.only.split(",")
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch)
        rows: list[Row] = []
        lines: list[str] = []
        collecting = None
        if "start" in parts:
            helping = Row("digest --help", "bare click")
            code = "import click; click.command()(lambda: None)(['--help'])"
            for _ in range(5):
                helping.theirs.append(snippet(code))
                helping.ours.append(run("-m", "digest", "--help"))
            rows.append(helping)
        if "collect" in parts:
            collecting = measure_collecting(
                folder, options.feeds, options.entries, options.rounds, options.reader
            )
            rows += collecting.list_rows()
        notes = []
        if "build" in parts:
            built, note = measure_building(folder, options.rounds)
            rows, notes = rows + built, [note]
            if collecting:
                rows += sum_up(collecting, built[0])
        if rows:
            lines += [
                "| what | CPU s | yardstick | CPU s | ratio (rounds) | asked |",
                "|---|---|---|---|---|---|",
                *(row.format() for row in rows),
                "",
                *notes,
            ]
        if "growth" in parts:
            lines += ["", *measure_growth(folder, map(int, options.growth.split(",")))]
        lines += ["", describe_machine() + "."]
    text = "\n".join(lines)
    print(text)
    if options.write:
        write_page(text)


if __name__ == "__main__":
    main()
