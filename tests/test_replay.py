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

pytestmark = pytest.mark.skipif(not ITEMS.exists(), reason="the private test data (../shared) is not here")


@pytest.fixture(scope="module")
def replay():
    """The address of a replay as of 7 August 2026."""
    command = [sys.executable, "-u", str(SHARED / "tools" / "replay.py"), "--items", str(ITEMS), "--port", "0"]
    process = subprocess.Popen([*command, "--as-of", "2026-08-07"], stdout=subprocess.PIPE, text=True)
    line = process.stdout.readline()
    yield re.search(r"http://[\d.]+:\d+", line)[0]
    process.kill()
    process.communicate()


def ask(address: str):
    with urllib.request.urlopen(address) as answer:
        return json.load(answer)


@pytest.fixture
def workspace(tmp_path, replay):
    """A workspace with every publisher of the replay."""
    rows = "".join(
        f"  - name: {json.dumps(row['name'])}\n    url: {row['feed']}\n" for row in ask(f"{replay}/_sources.json")
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


def test_every_publisher_is_read_once_and_the_quarter_is_built(workspace, replay):
    """All 55 without a failure; nothing unchanged is sent again; one edition out of it with every file."""
    at = ("--workspace", workspace, "--now", NOW)
    ask(f"{replay}/_log?clear=1")
    reports = json.loads(run("collect", *at, "--json").stdout)
    assert len(reports) == 55
    assert not [report for report in reports if report["problem"]]
    run("collect", *at)
    assert Counter(row["status"] for row in ask(f"{replay}/_log") if row["path"].endswith("/feed")) == {
        200: 55,
        304: 55,
    }

    run("build", "2026-Q3", *at)
    edition = json.loads((workspace / "output" / "2026-Q3" / "edition.json").read_text())
    stories = [story for section in edition["sections"] for story in section["stories"]]
    assert edition["so_far"] is True
    assert 20 <= len(stories) <= 40
    assert len({story["id"] for story in stories}) == len(stories)
    assert not {story["event"] for story in stories} & {"howto", "promo", "opinion"}
    addresses = [item["url"] for story in stories for item in story["items"]]
    assert len(addresses) == len(set(addresses))
