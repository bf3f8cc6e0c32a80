"""What became of decisions: followed up by their words, told once as closed, late after their day."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from digest.app.previous import load_earlier_decisions
from digest.cli.decisions import command
from digest.config.decisions import parse_editorial_decisions
from digest.decide.follow_up import trace_decisions
from digest.errors import ConfigError
from digest.model.decisions import TeamDecision
from digest.period import parse_quarter

NOW = datetime(2026, 10, 2, tzinfo=UTC)
Q3 = parse_quarter("2026-Q3", NOW)
FIRST = """\
decisions:
  - {what: Ask Acme, owner: Ada, due: 2026-09-15}
  - {what: Try Bolide, owner: Ben, due: 2026-08-31, state: done, closed: 2026-08-28,
     outcome: it saved a day}
  - {what: Drop Cirrus, state: dropped, outcome: "too dear: we wait"}
  - {what: Long ago, state: done, closed: 2026-06-30}
"""
SECOND = """\
decisions:
  - {what: ask acme, due: 2026-11-30}
  - {what: New one, due: 2026-10-01}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sources.yaml").write_text(
        "digest: {title: T}\nsources:\n  - {name: A, url: https://a.example/feed}\n"
    )
    made = tmp_path / "editions"
    made.mkdir()
    (made / "2026-Q2.yaml").write_text(FIRST)
    (made / "2026-Q3.yaml").write_text(SECOND)
    (made / "notes.yaml").write_text("decisions:\n  - {what: of no quarter}\n")
    return made


def test_a_later_file_follows_a_decision_up() -> None:
    """Its day counts; owner and first day stay, and so does the quarter in which it was taken."""
    (one,) = trace_decisions(
        [
            TeamDecision("Ask Acme", owner="Ada", due=date(2026, 9, 15), quarter="2026-Q2"),
            TeamDecision("ask acme", due=date(2026, 11, 30), quarter="2026-Q3"),
        ]
    )
    assert (one.decision.owner, one.decision.due, one.decision.quarter) == (
        "Ada",
        date(2026, 11, 30),
        "2026-Q2",
    )
    assert (one.first_due, one.last_quarter) == (date(2026, 9, 15), "2026-Q3")


def test_the_next_edition_says_what_was_done_and_what_is_open(folder: Path) -> None:
    """What was closed before its quarter is not told, and what the quarter itself decides neither."""
    found = load_earlier_decisions(folder, Q3, folder.parent / "output")
    assert [one.what for one in found.still_open] == ["ask acme"]
    assert [(one.what, one.outcome) for one in found.closed] == [
        ("Try Bolide", "it saved a day"),
        ("Drop Cirrus", "too dear: we wait"),
    ]


def test_what_an_earlier_edition_told_as_closed_is_not_told_again(folder: Path) -> None:
    told = folder.parent / "output" / "2026-Q2"
    told.mkdir(parents=True)
    closed = {"agenda": {"closed": [{"what": "Drop Cirrus"}]}}
    (told / "edition.json").write_text(json.dumps(closed))
    found = load_earlier_decisions(folder, Q3, folder.parent / "output")
    assert [one.what for one in found.closed] == ["Try Bolide"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), ["New one", "ask acme", "Long ago", "Try Bolide", "Drop Cirrus"]),
        (("--late",), ["New one"]),
        (("--open",), ["New one", "ask acme"]),
        (("--done", "--dropped"), ["Long ago", "Try Bolide", "Drop Cirrus"]),
        (("--owner", "ben"), ["Try Bolide"]),
    ],
)
def test_decisions_are_listed_across_quarters(
    folder: Path, options: tuple[str, ...], expected: list[str]
) -> None:
    """The late ones first, then by day; closed ones last."""
    arguments = ["--workspace", str(folder.parent), "--now", "2026-10-02", "--json", *options]
    result = CliRunner().invoke(command, arguments, catch_exceptions=False)
    rows = json.loads(result.stdout)
    assert sorted(row["what"] for row in rows) == sorted(expected)
    assert [row["what"] for row in rows if row["state"] == "open"] == [
        what for what in expected if what in ("New one", "ask acme")
    ]
    assert all(row["late"] == (row["what"] == "New one") for row in rows)


def test_a_line_says_who_until_when_and_what_came_of_it(folder: Path) -> None:
    arguments = ["--workspace", str(folder.parent), "--now", "2026-10-02"]
    lines = CliRunner().invoke(command, arguments).stdout.splitlines()
    assert "late     2026-Q3  New one (no owner; due 2026-10-01)" in lines
    assert "open     2026-Q2  ask acme (Ada; due 2026-11-30, first 2026-09-15)" in lines
    assert "done     2026-Q2  Try Bolide (Ben; closed 2026-08-28)  → it saved a day" in lines


def test_a_day_of_closing_needs_a_state_that_closes() -> None:
    with pytest.raises(ConfigError, match="needs state: done or dropped beside it"):
        parse_editorial_decisions("decisions: [{what: A, closed: 2026-08-01}]", "2026-Q3")
