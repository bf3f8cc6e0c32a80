"""What a person at a terminal sees: how a program ended, colours, tables that fit."""

import click
import pytest

from digest import cli as command_line
from digest.cli.stack import _format_table
from digest.errors import DigestError

ROWS = [("Product", "Owner", "Users"), ("Merrowbank", "Ines Aldous", "140"), ("Wherrow", "", "6")]


def end_with(monkeypatch, error, cause=None):
    """Let every command end with an error; return the exit code."""

    def fail(**_options):
        raise error from cause

    monkeypatch.setattr(command_line, "cli", fail)
    with pytest.raises(SystemExit) as ended:
        command_line.main()
    return ended.value.code


@pytest.mark.parametrize(
    ("error", "cause", "code", "words"),
    [
        (click.exceptions.Abort(), KeyboardInterrupt(), 130, "stopped\n  → what was read, built"),
        (click.exceptions.Abort(), None, 130, "no answer was given\n  → nothing was changed"),
        (DigestError("it broke", "mend it"), None, 1, "digest: it broke\n  → mend it"),
    ],
)
def test_how_a_program_ended_is_said(monkeypatch, capsys, error, cause, code, words):
    """What Ctrl-C leaves, and that a question without an answer changed nothing."""
    assert end_with(monkeypatch, error, cause) == code
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(("variable", "coloured"), [("", True), ("1", False)])
def test_trouble_is_coloured_unless_the_user_forbids_it(monkeypatch, variable, coloured):
    """As https://no-color.org says."""
    said = []
    monkeypatch.setenv("NO_COLOR", variable)
    monkeypatch.setattr(click, "echo", lambda line, **_: said.append(line))
    end_with(monkeypatch, DigestError("it broke"))
    assert said == ["\x1b[31mdigest: it broke\x1b[0m" if coloured else "digest: it broke"]


@pytest.mark.parametrize(
    ("width", "lines"),
    [
        (None, ["Product     Owner        Users", "Merrowbank  Ines Aldous  140",
                "Wherrow                  6"]),
        (30, ["Product     Owner        Users", "Merrowbank  Ines Aldous  140",
              "Wherrow                  6"]),
        (24, ["Merrowbank", "  Owner: Ines Aldous;", "  Users: 140", "Wherrow", "  Users: 6"]),
    ],
)  # fmt: skip
def test_a_table_that_is_too_wide_becomes_entries(width, lines):
    """Each product with what is given of it."""
    assert list(_format_table(ROWS, width)) == lines
