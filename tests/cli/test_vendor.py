"""`digest vendor`: from a letter to its answers, and a promise that the team calls kept."""

from __future__ import annotations

import email
import email.policy
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from digest.cli import cli
from digest.cli.vendor import command, format_ledger
from digest.errors import UsageError

NOW = "2026-10-02T06:00:00Z"
STACK = """\
products:
  - name: Halcyra CRM
    vendor: Halcyra
    categories: [crm]
    owner: Ada Lindqvist
    cost: 61111
    currency: EUR
promises:   # what they said
  - vendor: Halcyra
    what: Quillmark, an agent in every plan   # on stage
    promised: 2026-03-04
    by: 2026-09-30
"""
ROWS = (
    ("03 Jul 2026", "Halcyra CRM: Quillmark is now available in all plans",
     "Quillmark, the agent of Halcyra CRM, is now available in all plans and writes email campaigns."),
    ("10 Aug 2026", "Halcyra CRM was down for two hours",
     "Halcyra CRM was down for two hours on Monday after a certificate had expired."),
)  # fmt: skip


def run(*arguments: str | Path) -> Result:
    words = [str(one) for one in arguments]
    return CliRunner().invoke(command, words, catch_exceptions=False)


@pytest.fixture
def workspace(tmp_path: Path, httpserver) -> Path:
    """A workspace with two stories of one vendor."""
    items = "".join(
        f"<item><title>{title}</title><link>https://acme.example/story-{n}-of-the-news</link>"
        f"<description>{summary}</description><pubDate>{day} 09:00:00 GMT</pubDate></item>"
        for n, (day, title, summary) in enumerate(ROWS)
    )
    rss = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Acme</title>{items}</channel></rss>'
    httpserver.expect_request("/feed").respond_with_data(rss, content_type="application/rss+xml")
    (tmp_path / "sources.yaml").write_text(
        "digest:\n  organisation: Fernwood\n  timezone: UTC\n"
        f"  network:\n    allow_private: ['localhost:{httpserver.port}']\n"
        f"sources:\n  - name: Acme News\n    url: {httpserver.url_for('/feed')}\n    tier: trade\n"
    )
    (tmp_path / "stack.yaml").write_text(STACK)
    collected = CliRunner().invoke(
        cli, ["collect", "--workspace", str(tmp_path), "--now", NOW], catch_exceptions=False
    )
    assert collected.exit_code == 0
    return tmp_path


@pytest.mark.whole
def test_a_letter_goes_out_and_its_answers_come_back(workspace: Path) -> None:
    """The letter is text and a draft of a mail; only --sent records it."""
    at = ("--workspace", workspace, "--now", NOW)
    text = run("ask", "halcyra", "2026-Q3", *at).stdout
    assert "Dear Halcyra team," in text
    assert "Quillmark is now available in all plans" in text
    assert not (workspace / "vendors").exists()
    for private in ("Ada", "61111", "61,111"):
        assert private not in text
    folder = workspace / "output" / "2026-Q3" / "letters"
    mail = email.message_from_bytes(
        (folder / "halcyra.eml").read_bytes(), policy=email.policy.default
    )
    assert mail["X-Unsent"] == "1"
    assert mail["To"] is None
    assert mail.get_content().replace("\r\n", "\n").strip() == text.strip()
    assert (folder / "halcyra.txt").read_text().strip() == text.strip()
    run("ask", "Halcyra CRM", "2026-Q3", "--sent", "--on", "2026-09-01", *at)
    file = workspace / "vendors" / "halcyra.yaml"
    run(
        "answer",
        "Halcyra",
        "exit",
        "By CSV.",
        "--source",
        "mail of Dana",
        "--on",
        "2026-09-09",
        *at,
    )
    run("answer", "Halcyra", "1", "Yes.", "--source", "https://halcyra.example/a", *at)
    (row,) = json.loads(run("list", "--json", *at).stdout)
    answered = {one["key"] for one in row["asked"] if one["answer"]}
    assert answered == {"exit", row["letters"][0]["questions"][0]["key"]}
    shown = run("show", "Halcyra", *at).stdout
    assert "answered 2026-09-09 (mail of Dana): By CSV." in shown
    assert "no answer" in shown
    assert "the longest since 2026-09-01" in run("list", *at).stdout
    before = file.read_text()
    with pytest.raises(UsageError, match="was asked no question 'exot'; did you mean exit"):
        run("answer", "Halcyra", "exot", "Yes.", "--source", "x", *at)
    assert file.read_text() == before


def test_a_promise_is_kept_when_the_team_says_so(workspace: Path) -> None:
    """In the file that holds it, whose comments stay."""
    at = ("--workspace", workspace, "--now", NOW)
    shown = "https://acme.example/story-0-of-the-news"
    run("confirm", "Halcyra", "1", "kept", "--since", "2026-07-03", "--shown", shown, *at)
    text = (workspace / "stack.yaml").read_text()
    assert "# on stage" in text
    assert "# what they said" in text
    assert "state: shipped\n    since: 2026-07-03" in text
    (row,) = json.loads(run("list", "--json", *at).stdout)
    assert row["promises"][0]["state"] == "shipped"
    with pytest.raises(UsageError, match="has 1 promises on record, and none of number 2"):
        run("confirm", "Halcyra", "2", "kept", *at)
    with pytest.raises(UsageError, match="is no day"):
        run("confirm", "Halcyra", "1", "kept", "--since", "July", *at)


@pytest.mark.parametrize(("state", "offered"), [("open", True), ("shipped", False)])
def test_only_an_open_promise_is_offered_for_confirmation(state: str, offered: bool) -> None:
    """What the team has said of it is not asked again."""
    story = {"title": "Quillmark is here", "source": "Acme News", "url": "https://acme.example/1"}
    promise = {"number": 1, "what": "Quillmark", "by": None, "since": None, "state": state}
    data = {
        "vendor": "Halcyra",
        "products": [],
        "file": "stack.yaml",
        "promises": [{**promise, "seen": [story], "against": []}],
        "asked": [],
    }
    assert ("digest vendor confirm" in "\n".join(format_ledger(data))) == offered


def test_a_vendor_that_nobody_knows_is_told_with_the_likeliest(workspace: Path) -> None:
    """Named by itself, its file or its product."""
    with pytest.raises(UsageError, match="no vendor is called 'Halcira'; did you mean Halcyra"):
        run("show", "Halcira", "--workspace", workspace, "--now", NOW)
