"""What a person at a terminal sees: how a program ended, colours, tables that fit."""

import click
import pytest
from click.testing import CliRunner

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
    ("words", "variable", "coloured"),
    [
        (["doctor"], "", False),  # no terminal
        (["--color", "always", "doctor"], "", True),
        (["doctor", "--color=always"], "1", True),
        (["doctor", "--color", "never"], "", False),
    ],
)
def test_colours_are_as_the_user_says(monkeypatch, tmp_path, words, variable, coloured):
    """Before a command or behind it; an option goes before the variable."""
    monkeypatch.setenv("NO_COLOR", variable)
    result = CliRunner().invoke(command_line.cli, [*words, "--workspace", str(tmp_path)])
    assert ("\x1b[31mFAILS\x1b[0m" in result.output) == coloured
    assert "FAILS" in result.output


def test_no_sign_of_a_file_reaches_the_terminal(monkeypatch):
    """A key of a file that somebody sent is named in a fault."""
    said = []
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(click, "echo", lambda line, **_: said.append(line))
    end_with(monkeypatch, DigestError("digest.\x1b]0;x\x07y: \u202eunknown key", "a\x1b[2Jb\nc"))
    assert said == ["digest: digest.]0;xy: unknown key", "  → a[2Jb\nc"]


@pytest.mark.parametrize(("wish", "bold"), [("always", True), ("never", False)])
def test_all_that_a_command_prints_follows(wish, bold, monkeypatch):
    """Also what is merely bold, as the words that a search found."""

    @click.command()
    def shout():
        click.echo(click.style("found", bold=True))

    monkeypatch.setattr(command_line.cli, "get_command", lambda *_: shout)
    result = CliRunner().invoke(command_line.cli, ["--color", wish, "search"])
    assert result.output == ("\x1b[1mfound\x1b[0m\n" if bold else "found\n")


def test_what_stands_behind_two_dashes_is_no_option(tmp_path):
    """There it is a word of the question."""
    words = ["search", "--workspace", str(tmp_path), "--", "--color", "purple"]
    result = CliRunner().invoke(command_line.cli, words)
    assert "purple" not in result.output


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


@pytest.mark.parametrize("group", ["sources", "archive", "vendor", "export", "lab", "stack"])
def test_help_cuts_no_sentence(group):
    """Click would end what a command does after a line."""
    result = CliRunner().invoke(command_line.cli, [group, "--help"], terminal_width=80)
    assert result.exit_code == 0
    assert "..." not in result.output.partition("Commands:")[2]
