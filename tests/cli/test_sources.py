"""Care for the sources from the command line: import, export, remove, health."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner

from digest.archive import Archive, SourceState
from digest.cli import cli
from digest.config.opml import import_feed_list
from digest.errors import ConfigError, DigestError
from tests.factories.items import NOW, item

SOURCES = """\
# Our sources.
digest:
  title: Test digest
sources:
  # the trade press
  - name: Acme News
    url: https://acme-news.example/feed  # the good one
    tags: [press, adtech]
  - name: Bolt Blog
    url: https://bolt.example/feed
    tier: vendor
"""


@pytest.fixture
def workspace(tmp_path):
    """Two sources."""
    (tmp_path / "sources.yaml").write_text(SOURCES)
    return tmp_path


def run(*args, code=0):
    result = CliRunner().invoke(cli, [str(arg) for arg in args])
    assert result.exit_code == code or isinstance(result.exception, DigestError), (
        result.output,
        result.exception,
    )
    return result


def test_export_reads_back(workspace):
    """OPML out is OPML in, with tiers and tags."""
    data = run("sources", "export", "--workspace", workspace).stdout.encode()
    feeds = import_feed_list(data).feeds
    assert {feed.url for feed in feeds} == {
        "https://acme-news.example/feed",
        "https://bolt.example/feed",
    }


def test_import_adds_what_is_new_and_keeps_every_byte(workspace):
    """An address that is there, however written, is left; comments and order stay."""
    lines = "https://new.example/feed\nhttp://www.bolt.example/feed/\n"
    (workspace / "list.txt").write_text(lines)
    result = run("sources", "import", workspace / "list.txt", "--offline", "--workspace", workspace)
    assert "1 source added, 1 was there" in result.stderr
    text = (workspace / "sources.yaml").read_text()
    assert text.startswith(SOURCES)
    assert "https://new.example/feed" in text
    assert len(json.loads(run("sources", "list", "--workspace", workspace, "--json").stdout)) == 3


def test_remove_takes_one_out(workspace):
    """Its lines go, every other byte stays."""
    run("sources", "remove", "Bolt Blog", "--workspace", workspace)
    assert (workspace / "sources.yaml").read_text() == SOURCES[
        : SOURCES.index("  - name: Bolt Blog")
    ]


def test_what_is_wrong_leaves_the_file(workspace):
    """An unknown name, a list without an address, a file that is invalid already."""
    assert "no source" in str(
        run("sources", "remove", "Nobody", "--workspace", workspace).exception
    )
    (workspace / "list.txt").write_text("nothing here")
    assert "nothing in the list" in str(
        run("sources", "import", workspace / "list.txt", "--workspace", workspace).exception
    )
    assert (workspace / "sources.yaml").read_text() == SOURCES
    (workspace / "sources.yaml").write_text(SOURCES + "bogus: 1\n")
    assert isinstance(
        run("sources", "remove", "Bolt Blog", "--workspace", workspace).exception, ConfigError
    )


def test_health_says_what_needs_a_person_and_shows_the_days(workspace):
    """One source is well, the other has failed three times in a row."""
    held = {"history": {"spans": [["2026-06-30T23:00:00+00:00", NOW.isoformat()]]}}
    with Archive.open(workspace / "output" / "archive.db") as archive:
        well = SourceState("acme-news", last_success=NOW, memory=held)
        archive.record_attempt(
            well,
            [item(n, first_seen=NOW - timedelta(days=1)) for n in range(76, 90)],
            at=NOW,
            outcome="read",
        )
        lost = SourceState(
            "bolt-blog", failures=3, kind="http-404", problem="bolt.example answers 404"
        )
        archive.record_attempt(lost, (), at=NOW, outcome="http-404")
    at = ("--workspace", workspace, "--now", NOW.isoformat())
    rows = {
        row["name"]: row
        for row in json.loads(run("sources", "health", "2026-Q3", *at, "--json", code=3).stdout)
    }
    assert (rows["Acme News"]["findings"], rows["Acme News"]["days"]) == ([], "h" * 92)
    assert [finding["kind"] for finding in rows["Bolt Blog"]["findings"]] == ["dead"]
    shown = run("sources", "health", "2026-Q3", *at, "--quiet", code=3).stdout
    assert shown.startswith(
        "DEAD       Bolt Blog: bolt.example answers 404 (3 times in a row) → digest sources check"
    )
    assert "Acme" not in shown
