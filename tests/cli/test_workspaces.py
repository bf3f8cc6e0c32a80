"""The commands on a workspace: from init to explain, on feeds of our own over a real socket."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from digest.cli import cli
from digest.errors import DigestError
from tests.factories.sample_build import copy_sample_output

NOW = "2026-10-02T06:00:00Z"
SHARED = Path(__file__).parents[3] / "shared"
FILES = ("digest.html", "digest.pdf", "digest.ics", "mail.html", "mail.txt", "register.csv", "register.xlsx",
         "edition.json")  # fmt: skip


def feed(*rows: tuple[str, str]) -> str:
    """An RSS feed of titles and summaries, one a day from 1 July 2026."""
    items = "".join(
        f"<item><title>{title}</title><link>https://acme.example/{n}?utm_source=rss</link>"
        f"<description>{summary}</description><pubDate>{n:02} Jul 2026 09:00:00 GMT</pubDate></item>"
        for n, (title, summary) in enumerate(rows, 1)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Acme</title>{items}</channel></rss>'


STORIES = (
    (
        "Halcyra launches an AI agent for email campaigns",
        "Halcyra's agent writes and tests subject lines. It is generally available today.",
    ),
    (
        "Merrowbank acquires customer data platform Tallyvane for $40 million",
        "Merrowbank buys the CDP vendor Tallyvane. The deal closes in September.",
    ),
    (
        "Ten tips for better newsletters",
        "Our favourite tips for writing newsletters that people open.",
    ),
)


@pytest.fixture
def workspace(tmp_path, httpserver):
    """A workspace with one good source, and one that answers 404."""
    httpserver.expect_request("/feed").respond_with_data(
        feed(*STORIES), content_type="application/rss+xml"
    )
    port = httpserver.port
    (tmp_path / "sources.yaml").write_text(
        f"digest:\n  title: Test digest\n  organisation: Acme\n  timezone: UTC\n"
        f"  network:\n    allow_private: ['localhost:{port}']\n"
        f"sources:\n  - name: Acme News\n    url: http://localhost:{port}/feed\n    tier: trade\n"
        f"  - name: Lost\n    url: http://localhost:{port}/lost\n    tier: trade\n"
    )
    return tmp_path


def run(*args, code=0):
    result = CliRunner().invoke(cli, [str(arg) for arg in args])
    assert result.exit_code == code or isinstance(result.exception, DigestError), (
        result.output,
        result.exception,
    )
    return result


@pytest.mark.whole
def test_collect_build_export_explain(workspace):
    """The whole way, each command's exit code and what it leaves on disk."""
    at = ("--workspace", workspace, "--now", NOW)
    collected = run("collect", *at, code=3)
    assert "Lost" in collected.stderr
    assert "1 of 2 sources read, 3 new items" in collected.stderr

    built = json.loads(run("build", "2026-Q3", *at, "--json").stdout)
    assert sorted(Path(path).name for path in built["files"]) == sorted(FILES)
    folder = workspace / "output" / "2026-Q3"
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert first["digest.pdf"].startswith(b"%PDF")
    run("build", "2026-Q3", *at)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first

    rows = [json.loads(line) for line in run("export", "items", "2026-Q3", *at).stdout.splitlines()]
    assert [row["title"] for row in rows] == [title for title, _ in STORIES]
    assert all(row["reason"] for row in rows)
    everything = run("export", "items", *at).stdout.splitlines()
    assert len(everything) == 3

    edition = json.loads(run("export", "edition", "2026-Q3", *at).stdout)
    assert (edition["quarter"], edition["organisation"]) == ("2026-Q3", "Acme")

    for wanted in (rows[1]["id"], rows[1]["url"], rows[1]["link"]):
        told = run("explain", wanted, *at).stdout
        assert "Merrowbank" in told
        assert "acquisition" in told
    assert (
        json.loads(run("explain", rows[1]["id"], *at, "--json").stdout)[0]["tags"]["event"]
        == "acquisition"
    )


def test_run_builds_once(workspace, no_paper):
    """What cron calls: the second run finds the quarter built, and leaves it alone."""
    at = ("--workspace", workspace, "--now", NOW, "--json")
    assert len(json.loads(run("run", *at, code=3).stdout)["built"]) == len(FILES)
    again = json.loads(run("run", *at, code=3).stdout)
    assert again == {"quarter": "2026-Q3", "built": [], "sent": [], "failed": ["Lost"]}


def test_quiet_says_only_what_is_wrong(workspace):
    """Under cron: the failure, and no word more."""
    lines = run(
        "collect", "--quiet", "--workspace", workspace, "--now", NOW, code=3
    ).stderr.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("Lost: ")


def test_sources_list_and_check(workspace):
    """What is configured and held; what answers now. Checking keeps nothing."""
    checked = run("sources", "check", "--workspace", workspace, "--now", NOW, code=3)
    assert "ok     Acme News: 3 entries" in checked.stdout
    assert "FAILS  Lost" in checked.stdout
    assert not (workspace / "output").exists()
    run("sources", "check", "Acme News", "--workspace", workspace, "--now", NOW)
    run("collect", "--workspace", workspace, "--now", NOW, code=3)
    rows = json.loads(run("sources", "list", "--workspace", workspace, "--json").stdout)
    assert [(row["name"], row["items"]) for row in rows] == [("Acme News", 3), ("Lost", 0)]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("sources", "check", "Nobody"), "names no source 'Nobody'"),
        (("build", "2026-Q9"), "names no quarter"),
        (("build", "2026-Q3"), "digest collect"),
        (("explain", "https://nowhere.example"), "no archive"),
        (("export", "edition", "2026-Q3"), "has not been built"),
        (("build", "2026-Q3", "--now", "yesterday"), "is no time"),
    ],
)
def test_what_cannot_be_done_is_said(workspace, args, words):
    """With what to do."""
    result = run(*args, "--workspace", workspace)
    assert isinstance(result.exception, DigestError)
    assert words in str(result.exception)


@pytest.mark.whole
def test_init_makes_a_workspace_that_is_valid(tmp_path):
    """Every file, and the starter is accepted by the program that wrote it."""
    run("init", tmp_path / "new")
    assert {"sources.yaml", "SECRETS.md", "editions", ".digest"} <= {
        path.name for path in (tmp_path / "new").iterdir()
    }
    rows = json.loads(run("sources", "list", "--workspace", tmp_path / "new", "--json").stdout)
    assert len(rows) >= 60
    assert {row["tier"] for row in rows} >= {"vendor", "trade", "analyst", "regulator"}


def test_init_touches_no_file_that_is_there(tmp_path):
    """A team's sources are never overwritten."""
    (tmp_path / "sources.yaml").write_text("mine")
    assert isinstance(run("init", tmp_path).exception, DigestError)
    assert (tmp_path / "sources.yaml").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["sources.yaml"]


def test_doctor(workspace, tmp_path):
    """All well in a good workspace; a bad one is told how to mend it."""
    checks = json.loads(run("doctor", "--workspace", workspace, "--now", NOW, "--json").stdout)
    assert all(row["ok"] for row in checks), checks
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "digest init" in run("doctor", "--workspace", empty, "--now", NOW, code=1).stdout


@pytest.mark.whole
def test_demo(tmp_path, no_paper, sample_root):
    """The sample quarter, offline: all files, and every page says that it is a sample.

    Over the archive of another demo, whose judgements are kept; its files are written anew.
    """
    folder = copy_sample_output(sample_root, tmp_path / "output" / "demo") / "2026-Q3"
    shutil.rmtree(folder)
    result = run("demo", "--workspace", tmp_path)
    assert {path.name for path in folder.iterdir()} == set(FILES)
    assert str(folder / "digest.pdf") in result.stderr
    edition = json.loads((folder / "edition.json").read_text())
    assert edition["sample"] is True
    assert edition["counts"]["items"] >= 150
    assert edition["counts_before"] is None  # of the quarter before, another selection is held
    assert edition["comparison"]["reason"].startswith("No comparison with the quarter before")
