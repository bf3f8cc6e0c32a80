"""`digest doctor`: every file is read, and what is not there is not called well."""

import json

import pytest
from click.testing import CliRunner

from digest.cli import cli

NOW = "2026-10-02T06:00:00Z"
SOURCES = "sources:\n  - name: A\n    url: https://a.example/feed\n"


@pytest.fixture
def place(tmp_path):
    """A workspace with one source and nothing else."""
    (tmp_path / "sources.yaml").write_text(SOURCES)
    return tmp_path


def examine(place):
    result = CliRunner().invoke(cli, ["doctor", "--workspace", str(place), "--now", NOW, "--json"])
    rows = {row["check"]: row for row in json.loads(result.stdout)}
    assert (result.exit_code == 1) == any(row["state"] == "fails" for row in rows.values())
    return rows


@pytest.mark.whole
def test_what_is_not_there_is_not_configured(place):
    """No fault, and not "ok" either."""
    states = {name: row["state"] for name, row in examine(place).items()}
    absent = {name for name, state in states.items() if state == "not configured"}
    assert absent >= {
        "stack.yaml",
        "vocabulary.yaml",
        "editions",
        "prompts",
        "archive",
        "secrets",
        "delivery",
    }
    assert states["sources.yaml"] == "ok"


@pytest.mark.parametrize(
    ("file", "text", "check", "words"),
    [
        ("sources.yaml", "sources: []\n", "sources.yaml", "no source is switched on"),
        ("sources.yaml", "sources: [\n", "sources.yaml", "sources.yaml:"),
        ("stack.yaml", "stack: [broken\n", "stack.yaml", "stack.yaml:"),
        ("vocabulary.yaml", "wordz: []\n", "vocabulary.yaml", "vocabulary.yaml:"),
        ("editions/2026-Q3.yaml", "storiez: []\n", "editions", "2026-Q3.yaml:"),
        ("vendors/acme.yaml", "vendorz: Acme\n", "vendors", "acme.yaml:"),
        ("prompts/jugde.md", "Say it.", "prompts", "jugde.md"),
        ("prompts/judge.md", "", "prompts", "judge.md"),
    ],
)
def test_every_file_is_read(place, file, text, check, words):
    """A mistake in any of them is told with its place."""
    (place / file).parent.mkdir(exist_ok=True)
    (place / file).write_text(text)
    row = examine(place)[check]
    assert row["state"] == "fails"
    assert words in row["fault"]


def test_a_stack_of_comments_is_not_configured(place):
    """As `digest init` leaves it."""
    (place / "stack.yaml").write_text("products: []\n")
    assert examine(place)["stack.yaml"]["state"] == "not configured"
    (place / "stack.yaml").write_text("products: [{name: Shopify, categories: []}]\n")
    assert examine(place)["stack.yaml"]["state"] == "ok"


def test_files_that_everybody_can_write_are_told(place):
    """Who writes sources.yaml says whom the edition goes to."""
    assert examine(place)["rights of the team's files"]["state"] == "ok"
    (place / "sources.yaml").chmod(0o666)
    assert "chmod o-w" in examine(place)["rights of the team's files"]["fault"]


def test_secrets_are_looked_for_where_the_file_says(place):
    """In a variable or a file; what they are is never told."""
    text = "digest: {delivery: {to: [a@b.example], from: d@b.example, smtp: {host: h, user: u, password_file: pw}}}\n"
    (place / "sources.yaml").write_text(text + SOURCES)
    assert "the file pw cannot be read" in examine(place)["secrets"]["fault"]
    (place / "pw").write_text("hunter2-long")
    (place / "pw").chmod(0o644)
    row = examine(place)["secrets"]
    assert "everybody" in row["fault"]
    (place / "pw").chmod(0o600)
    rows = examine(place)
    assert rows["secrets"]["state"] == rows["delivery"]["state"] == "ok"
    assert "hunter2" not in json.dumps(rows)


@pytest.mark.whole
def test_a_reading_that_read_nothing_is_a_fault(place):
    """However well the files are; before the first reading there is nothing to judge."""
    check = "last reading of the sources"
    assert examine(place)[check]["state"] == "not configured"
    (place / "sources.yaml").write_text(
        "sources:\n  - {name: In, url: 'http://127.0.0.1:9/feed'}\n"
        "  - {name: Inner, url: 'http://127.0.0.1:9/rss'}\n"
    )
    result = CliRunner().invoke(cli, ["collect", "--workspace", str(place), "--now", NOW])
    assert result.exit_code == 3
    fault = examine(place)[check]["fault"]
    assert "none of 2 sources could be read, as In: 127.0.0.1:9 leads to" in fault
