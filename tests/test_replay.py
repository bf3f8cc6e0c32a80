"""The whole way on real items, replayed as publishers on loopback. Skipped where the private test data is absent."""

import json
import re
import subprocess
import sys
import urllib.request
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from digest.cli import cli

SHARED = Path(__file__).parents[2] / "shared"
ITEMS = SHARED / "real" / "items.jsonl"
NOW = "2026-08-08T06:00:00Z"

pytestmark = pytest.mark.skipif(
    not ITEMS.exists(), reason="the private test data (../shared) is not here"
)


@pytest.fixture(scope="module")
def replay():
    """The address of a replay as of 7 August 2026."""
    command = [
        sys.executable,
        "-u",
        str(SHARED / "tools" / "replay.py"),
        "--items",
        str(ITEMS),
        "--port",
        "0",
    ]
    process = subprocess.Popen(
        [*command, "--as-of", "2026-08-07"], stdout=subprocess.PIPE, text=True
    )
    line = process.stdout.readline()
    yield re.findall(r"http://[\d.]+:\d+", line)[0]
    process.kill()
    process.communicate()


def ask(address: str):
    with urllib.request.urlopen(address) as answer:
        return json.load(answer)


@pytest.fixture
def workspace(tmp_path, replay):
    """A workspace with every publisher of the replay."""
    rows = "".join(
        f"  - name: {json.dumps(row['name'])}\n    url: {row['feed']}\n"
        for row in ask(f"{replay}/_sources.json")
    )
    (tmp_path / "sources.yaml").write_text(
        "digest:\n  title: Martech digest\n  timezone: UTC\n"
        f"  network:\n    allow_private: ['{replay.removeprefix('http://')}']\nsources:\n{rows}"
    )
    return tmp_path


def run(*args):
    result = CliRunner().invoke(cli, [str(arg) for arg in args])
    assert result.exit_code == 0, (result.output, result.exception)
    return result


@pytest.mark.real
def test_every_publisher_is_read_once_and_the_quarter_is_built(workspace, replay):
    """All 55 without a failure; nothing unchanged is sent again; one edition out of it with every file."""
    at = ("--workspace", workspace, "--now", NOW)
    ask(f"{replay}/_log?clear=1")
    reports = json.loads(run("collect", *at, "--json").stdout)
    assert len(reports) == 55
    assert not [report for report in reports if report["problem"]]
    run("collect", *at)
    assert Counter(
        row["status"] for row in ask(f"{replay}/_log") if row["path"].endswith("/feed")
    ) == {
        200: 55,
        304: 55,
    }

    run("build", "2026-Q3", *at)
    edition = json.loads((workspace / "output" / "2026-Q3" / "edition.json").read_text())
    stories = [story for section in edition["sections"] for story in section["stories"]]
    assert edition["so_far"] is True
    assert 10 <= len(stories) <= 40
    assert all(story["summary"] for story in stories)  # a bare title is a line of the register
    assert len(edition["register"]) >= 40
    assert {story["id"] for story in stories} <= {row["story"] for row in edition["register"]}
    assert len({story["id"] for story in stories}) == len(stories)
    assert not {story["event"] for story in stories} & {"howto", "promo", "opinion"}
    addresses = [item["url"] for story in stories for item in story["items"]]
    assert len(addresses) == len(set(addresses))


@pytest.mark.real
def test_one_run_reaches_all_that_one_run_can(workspace, replay):
    """From an empty archive, with history: 696 of the quarter's 746 pages, none twice, none made up; nothing again."""
    at = ("--workspace", workspace, "--now", NOW)
    ask(f"{replay}/_log?clear=1")
    run("collect", "--history", "2026-Q3", *at)
    asked = Counter(row["path"].split("/")[1] for row in ask(f"{replay}/_log?clear=1"))
    assert asked["search-engine-journal"] <= 160  # 154 article pages of the quarter, and its maps
    assert all(count <= 16 for slug, count in asked.items() if slug != "search-engine-journal")

    rows = run("export", "items", "2026-Q3", *at).stdout.splitlines()
    # the parts of an issue have the address of its one page
    pages = {json.loads(row)["letter"] or row: row for row in rows}
    (workspace / "items.jsonl").write_text("\n".join(pages.values()))
    command = [
        sys.executable,
        str(SHARED / "tools" / "coverage.py"),
        "--items",
        str(ITEMS),
        "--quarter",
        "2026-Q3",
    ]
    command += ["--export", str(workspace / "items.jsonl"), "--as-of", "2026-08-07"]
    total, last = subprocess.run(
        command, capture_output=True, text=True, check=True
    ).stdout.splitlines()[-2:]
    twice, _, spurious = total.split()[-3:]
    assert (last, twice, spurious) == ("coverage 696 of 746 (93.3%)", "0", "0")

    run("collect", "--history", "2026-Q3", *at)
    assert Counter(row["status"] for row in ask(f"{replay}/_log?clear=1")) == {304: 55}

    days = {row["slug"]: row["days"] for row in json.loads(health(at).stdout)}
    assert days["mistral-news"].startswith("h" * 37)
    assert "u" in days["hubspot"]


@pytest.mark.whole
def test_the_feed_of_every_home_page_is_found(tmp_path, replay):
    """`sources add` on a home page finds what the page announces; without a feed nothing is written."""
    start = f"digest:\n  title: T\n  network:\n    allow_private: ['{replay.removeprefix('http://')}']\nsources: []\n"
    (tmp_path / "sources.yaml").write_text(start)
    publishers = ask(f"{replay}/_sources.json")
    for publisher in publishers[::5]:
        run("sources", "add", publisher["home"], "--yes", "--workspace", tmp_path, "--now", NOW)
    rows = json.loads(run("sources", "list", "--workspace", tmp_path, "--json").stdout)
    assert {row["url"] for row in rows} == {publisher["feed"] for publisher in publishers[::5]}
    before = (tmp_path / "sources.yaml").read_text()
    lost = CliRunner().invoke(
        cli, ["sources", "add", f"{replay}/nothing/", "--yes", "--workspace", str(tmp_path)]
    )
    assert "answers 404" in str(lost.exception)
    assert (tmp_path / "sources.yaml").read_text() == before


def health(at):
    """What `sources health` says; it ends with 3 where something needs a person."""
    result = CliRunner().invoke(cli, ["sources", "health", "2026-Q3", *map(str, at), "--json"])
    assert result.exit_code in (0, 3), (result.output, result.exception)
    return result
