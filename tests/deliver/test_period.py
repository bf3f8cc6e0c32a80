"""Editions of months, and a workspace that changes its period: through the command line."""

import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pptx import Presentation

import digest
from digest.config.sources import load_sources
from tests.deliver.conftest import READERS, ledger, run, write_sources

SAMPLE = Path(digest.__file__).parent / "sample"
MONTHLY = "  period: month\n"


def strip_tags(page: str) -> str:
    """The words of a page."""
    return re.sub(r"<style.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)


def names(root):
    """The editions in the output."""
    return sorted(path.parent.name for path in (root / "output").glob("*/edition.json"))


@pytest.mark.whole
def test_two_months_are_built_approved_and_sent(world):
    """What cron and a person do, from month to month: names, subjects, data, words."""
    world.configure("required", more=MONTHLY)
    world.publish(datetime(2026, 8, 2, 9, tzinfo=UTC), 10)
    for name, month, then in (
        ("2026-08", "August", "2026-09-01"),
        ("2026-09", "September", "2026-10-01"),
    ):
        at = ("--workspace", world.root, "--now", f"{then}T06:00:00Z")
        world.run(f"{then}T06:00:00Z")
        assert world.subjects("team@acme.example")[-1] == f"[Draft] Acme digest, {month} 2026"
        run("approve", "last", *at)
        run("send", "last", *at)
        assert ledger(world.root, name) == dict.fromkeys(READERS[:2], "accepted")
        assert world.subjects(READERS[0])[-1] == f"Acme digest, {month} 2026"
    assert names(world.root) == ["2026-08", "2026-09"]
    status = run("status", *at, "--json").stdout
    assert [one["quarter"] for one in json.loads(status)["editions"]] == [
        "2026-09",
        "2026-08",
    ]
    edition = json.loads((world.root / "output/2026-09/edition.json").read_text())
    assert (edition["quarter"], edition["start"][:10], edition["end"][:10]) == (
        "2026-09",
        "2026-09-01",
        "2026-10-01",
    )
    assert "uarter" not in (world.root / "output/2026-09/mail.txt").read_text()


@pytest.mark.whole
def test_the_sample_by_month(world, relay, sample_root):
    """August and September of the sample quarter, with its stack: built, approved, sent, exported."""
    for name in ("stack.yaml", "vocabulary.yaml"):
        shutil.copy(SAMPLE / name, world.root / name)
    shutil.copytree(SAMPLE / "vendors", world.root / "vendors")
    world.configure("required", more=MONTHLY)
    (world.root / "output").mkdir(exist_ok=True)
    shutil.copy(sample_root / "output" / "demo" / "archive.db", world.root / "output")
    at = ("--workspace", world.root, "--now", "2026-10-02T06:00:00Z")
    for name in ("2026-08", "2026-09"):
        run("build", name, *at)
        run("approve", name, *at)
        run("send", name, *at)
    subjects = [subject.partition(":")[0].strip() for subject in world.subjects(READERS[0])]
    assert subjects == ["Acme digest, August 2026", "Acme digest, September 2026"]
    august, september = (
        json.loads(run("export", "edition", name, *at).stdout) for name in ("2026-08", "2026-09")
    )
    assert september["counts_before"] is None or september["counts_before"] == august["counts"]
    told = {story["id"] for one in august["sections"] for story in one["stories"]}
    rows = [json.loads(line) for line in run("export", "items", "2026-08", *at).stdout.splitlines()]
    assert told
    assert {row["story"] for row in rows if row["in_edition"]} == told
    board = world.root / "board.pptx"
    run("export", "board", "2026-09", "--format", "pptx", "--output", board, *at)
    texts = {
        "agenda": run("export", "agenda", "2026-09", *at).stdout,
        "letter": run("vendor", "ask", "Pathlark", "2026-09", "--sent", *at).stdout,
        "board": "\n".join(
            shape.text_frame.text
            for slide in Presentation(str(board)).slides
            for shape in slide.shapes
            if shape.has_text_frame
        ),
        "mail": (world.root / "output/2026-09/mail.txt").read_text(),
        "index": strip_tags((world.root / "output/index.html").read_text()),
    }
    for name, text in texts.items():
        said = "every month" if name == "letter" else "September 2026"
        assert said in " ".join(text.split()), name
        words = text.replace("in the quarter to August", "").replace("-quarter-agents", "")
        assert "uarter" not in words, name
    asked = run("vendor", "show", "Pathlark", "--json", *at).stdout
    assert "2026-09" in asked


@pytest.mark.parametrize(
    ("first", "second", "kept", "due"),
    [
        ("quarter", "month", "2026-Q3", "2026-10"),
        ("month", "quarter", "2026-09", "2026-Q4"),
    ],
)
@pytest.mark.whole
def test_a_change_of_period_keeps_old_editions(world, first, second, kept, due):
    """Nothing that was told is told again by the other kind, and the next one is due at its end."""
    world.configure(more=f"  period: {first}\n")
    for month in (8, 9, 10):
        world.run(f"2026-{month:02}-01T06:00:00Z")
        world.publish(datetime(2026, month, 2, 9, tzinfo=UTC), 5)
    before = names(world.root)
    assert kept in before
    sent = world.relay.counted()
    bytes_before = (world.root / "output" / kept / "edition.json").read_bytes()

    world.configure(more=f"  period: {second}\n")
    world.run("2026-10-05T06:00:00Z")
    assert (names(world.root), world.relay.counted()) == (before, sent)
    at = ("--workspace", world.root, "--now", "2026-10-05T06:00:00Z")
    ids = [json.loads(line)["id"] for line in run("export", "items", *at).stdout.splitlines()]
    assert len(ids) == len(set(ids))
    assert kept in run("status", *at).output

    end = "2026-11-01" if second == "month" else "2027-01-01"
    world.run(f"{end}T06:00:00Z")
    assert names(world.root) == sorted([*before, due])
    assert ledger(world.root, due) == dict.fromkeys(READERS[:2], "accepted")
    assert (world.root / "output" / kept / "edition.json").read_bytes() == bytes_before
    index = (world.root / "output" / "index.html").read_text()
    assert index.index(f"{due}/digest.html") < index.index(f"{kept}/digest.html")


def test_the_setting_is_no_part_of_what_an_edition_is_made_of(tmp_path):
    """So an edition that waits for approval is still the one that was looked at."""
    found = set()
    for more in ("", "  period: quarter\n", MONTHLY):
        write_sources(tmp_path, 25, more=more)
        found.add(load_sources(tmp_path / "sources.yaml", {}).fingerprint)
    assert len(found) == 1
