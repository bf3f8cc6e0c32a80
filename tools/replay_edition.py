"""Build and score the edition of a replayed quarter. Needs ../shared, the private test data.

    tools/replay_edition.py DIR [--as-of 2026-08-22] [--no-stack] [--keep] [--lang en]
                            [--items FILE] [--stack FILE] [--quarter 2026-Q3] [--weekly]

DIR becomes a workspace: sources.yaml with every publisher of the replay, stack.yaml with
tools/replay_stack.yaml, the archive, and output/2026-Q3/. With `--keep` an archive that is there
is built from without collecting again. Other items, in the format of ../shared/real/items.jsonl,
and another stack show what holds for this quarter and company alone. With `--weekly` the feeds are read
each week of the quarter, as they would be in use; else once, on the last day, with what their
archives still give.

The publishers are always served on the same port, as what has no link is known by its feed's
address: the same items then give the same edition. One replay waits until another is done with it.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

PORT = 8765
PORT_SECONDS = 300  # how long another replay may hold the port
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
SHARED = ROOT.parent / "shared"


def run_digest(*words: str) -> None:
    """Run a command of the product; its failure ends this program."""
    result = subprocess.run([sys.executable, "-m", "digest", *words], cwd=ROOT, check=False)
    if result.returncode not in (0, 3):
        sys.exit(f"digest {' '.join(words)} ended with {result.returncode}")


def start_replay(items: Path, as_of: str) -> tuple[subprocess.Popen[str], str]:
    """Serve the publishers; return the server's process and its address."""
    end = time.monotonic() + PORT_SECONDS
    program = str(SHARED / "tools" / "replay.py")
    options = ["--items", str(items), "--port", str(PORT), "--as-of", as_of]
    while True:
        replay = subprocess.Popen(
            [sys.executable, program, *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert replay.stdout is not None
        assert replay.stderr is not None
        address = re.search(r"http://[\d.:]+", replay.stdout.readline())
        if address is not None:
            return replay, address[0]
        problem = replay.stderr.read()
        if "Address already in use" not in problem or time.monotonic() > end:
            sys.exit(f"the publishers cannot be served on port {PORT}:\n{problem}")
        time.sleep(2)


def collect_quarter(workspace: Path, options: argparse.Namespace) -> None:
    """Write the workspace's sources.yaml and read every replayed publisher, with history."""
    days = list_reading_days(options.quarter, options.as_of, weekly=options.weekly)
    replay, address = start_replay(options.items, str(days[0]))
    try:
        with urllib.request.urlopen(f"{address}/_sources.json") as answer:
            sources = json.load(answer)
        write_sources(workspace, sources, address, options.lang)
        for day in days:
            urllib.request.urlopen(f"{address}/_asof?date={day}").close()
            run_digest(
                "collect",
                "--workspace",
                str(workspace),
                "--now",
                f"{day}T20:00:00+00:00",
                *(("--history", options.quarter) if day == days[-1] else ()),
                "--quiet",
            )
    finally:
        replay.terminate()


def list_reading_days(quarter: str, as_of: str, *, weekly: bool) -> list[date]:
    """Return the days on which the feeds are read: the last, before it each week of the quarter."""
    from digest.period import parse_quarter

    last = date.fromisoformat(as_of)
    now = datetime.fromisoformat(as_of).replace(tzinfo=UTC)
    first = parse_quarter(quarter, now).start.date() if weekly else last
    weeks = (last - first).days // 7
    return [last - timedelta(weeks=number) for number in range(weeks, -1, -1)]


def write_sources(
    workspace: Path, sources: Sequence[Mapping[str, str]], address: str, languages: str
) -> None:
    """Write the sources.yaml that follows the publishers of a server at an address."""
    rows = "".join(
        f"  - name: {json.dumps(row['name'])}\n    url: {row['feed']}\n    tier: trade\n"
        for row in sources
    )
    host = address.removeprefix("http://")
    (workspace / "sources.yaml").write_text(
        "digest:\n  title: Martech digest\n  organisation: Kiln & Harbour\n"
        f"  languages: [{languages}]\n  network:\n    allow_private: ['{host}']\n"
        f"sources:\n{rows}",
        encoding="utf-8",
    )


def restore_addresses(workspace: Path, replayed: Path) -> None:
    """Give every archived item the address that its publisher gave it.

    The replay serves the pages of some publishers itself, on loopback; a reader of the edition is
    to find the publisher's page.
    """
    from digest.urls import canonical_url

    spec = importlib.util.spec_from_file_location("replay", SHARED / "tools" / "replay.py")
    assert spec
    assert spec.loader
    replay = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(replay)
    originals = {
        f"/{slug}/p/{item.id}": item.url
        for slug, items in replay.load_sources(replayed).items()
        for item in items
    }

    def restore(address: str) -> str:
        page, mark, part = address.partition("#")
        path = re.sub(r"^https?://127\.0\.0\.1:\d+", "", page)
        return originals[path] + mark + part if path in originals else address

    archive = sqlite3.connect(workspace / "output" / "archive.db")
    with archive:
        rows = archive.execute("SELECT id, link, letter FROM items").fetchall()
        for number, link, letter in rows:
            if restore(link) != link:
                archive.execute(
                    "UPDATE items SET url = ?, link = ?, letter = ? WHERE id = ?",
                    (
                        canonical_url(restore(link)),
                        restore(link),
                        letter and canonical_url(restore(letter)),
                        number,
                    ),
                )
    archive.close()


def main() -> None:
    """Collect, build, and print the scores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dir", type=Path)
    parser.add_argument("--as-of", default="2026-08-22")
    parser.add_argument("--no-stack", action="store_true")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--lang", default="en")
    parser.add_argument("--items", type=Path, default=SHARED / "real" / "items.jsonl")
    parser.add_argument("--stack", type=Path, default=ROOT / "tools" / "replay_stack.yaml")
    parser.add_argument("--quarter", default="2026-Q3")
    parser.add_argument("--weekly", action="store_true")
    parser.add_argument("-v", action="store_true")
    options = parser.parse_args()
    workspace = options.dir.resolve()
    workspace.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    if not (options.keep and (workspace / "sources.yaml").exists()):
        if (workspace / "output" / "archive.db").exists():
            parser.error(f"{workspace} has an archive: name another directory, or say --keep")
        collect_quarter(workspace, options)
        restore_addresses(workspace, options.items)
    stack = workspace / "stack.yaml"
    if options.no_stack:
        stack.unlink(missing_ok=True)
    else:
        stack.write_bytes(options.stack.read_bytes())
    run_digest(
        "build",
        options.quarter,
        "--workspace",
        str(workspace),
        "--now",
        f"{options.as_of}T20:00:00+00:00",
        "--quiet",
    )
    print(f"{time.monotonic() - started:.0f} s")
    edition = next((workspace / "output").rglob("edition.json"))
    command = [
        sys.executable,
        str(SHARED / "tools" / "score_edition.py"),
        str(edition),
        "--labels",
        *sorted(map(str, (SHARED / "labels").glob("*.jsonl"))),
        "--rated",
        str(SHARED / "labels" / "importance.jsonl"),
    ]
    subprocess.run(command + ["-v"] * options.v, check=False)


if __name__ == "__main__":
    main()
