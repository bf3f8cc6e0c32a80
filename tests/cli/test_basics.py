"""The command line as a whole: help, version, errors in words, exit codes."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

import digest
from digest.cli import _COMMANDS, cli

ROOT = Path(__file__).parents[2]


def run(*args, cwd=None, stdin=None):
    return subprocess.run(
        [sys.executable, "-m", "digest", *args],
        capture_output=True,
        text=True,
        cwd=cwd,
        input=stdin,
    )


def test_help_names_every_command():
    """A newcomer sees them all."""
    shown = CliRunner().invoke(cli, ["--help"]).output
    assert all(name in shown for name in _COMMANDS)


def test_help_loads_nothing_heavy():
    """`digest --help` must stay quick: click alone."""
    code = "import sys, digest.cli; digest.cli.cli(['--help'], standalone_mode=False); print(sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    for heavy in (
        "httpx",
        "weasyprint",
        "feedparser",
        "sqlalchemy",
        "pydantic",
        "jinja2",
        "ruamel",
        "lxml",
        "nh3",
    ):
        assert f"'{heavy}'" not in loaded


@pytest.mark.whole
@pytest.mark.parametrize("name", ["status", "explain", "source_health"])
def test_a_look_at_the_archive_loads_nothing_that_it_does_not_use(name):
    """These are asked often, and loading is most of what they take."""
    code = f"import sys, digest.config.sources, digest.app.{name}; print(sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    for unused in (
        "httpx",
        "feedparser",
        "weasyprint",
        "sqlalchemy.dialects.postgresql",
        "digest.config.stack",
        "digest.model.edition",
    ):
        assert f"'{unused}'" not in loaded


@pytest.mark.parametrize("name", list(_COMMANDS))
def test_each_command_has_help_and_is_documented(name):
    """In its own words, and in the reference."""
    shown = CliRunner().invoke(cli, [name, "--help"])
    assert shown.exit_code == 0
    assert len(shown.output.split("\n\n")[1]) > 20
    assert f"`digest {name}`" in (ROOT / "docs/reference/commands.md").read_text()


def test_version():
    """Name and version."""
    assert CliRunner().invoke(cli, ["--version"]).output == f"digest {digest.__version__}\n"


def test_an_unknown_command_is_met_with_the_nearest(tmp_path):
    """Exit code 2, no traceback."""
    done = run("colect", cwd=tmp_path)
    assert done.returncode == 2
    assert "'collect'" in done.stderr


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["collect"], 2, "no sources.yaml"),
        (["build", "2026-Q3"], 2, "digest init"),
        (["export", "items"], 2, "no sources.yaml"),
        (["demo", "--bogus"], 2, "No such option"),
        (["lab", "tag", "nothere.jsonl"], 2, "nothere.jsonl"),
    ],
)
def test_wrong_use_is_told_in_words(tmp_path, args, code, words):
    """What, and what to do; never a traceback; nothing written."""
    done = run(*args, cwd=tmp_path)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False)
    assert words in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "-:1: no JSON"),
        ("[]", "-:1: an object with an id"),
        ('{"title": "x"}', "-:1: an object with an id"),
        ('{"id": "a"}\n{"id": "a"}', "-:2: id a is given twice"),
        ('{"id": "a", "title": 3}', "title must be a text"),
    ],
)
def test_lab_input_that_is_wrong_is_told_with_its_line(tmp_path, line, words):
    """File and line."""
    done = run("lab", "tag", "-", cwd=tmp_path, stdin=line)
    assert done.returncode in (1, 2)
    assert words in done.stderr.replace("<stdin>", "-")
    assert "Traceback" not in done.stderr


@pytest.mark.whole
def test_lab_speaks_json_lines(tmp_path):
    """One object a line, in the order given, with the id and the judged fields."""
    lines = '{"id": "b", "title": "Acme launches an AI agent for email marketing"}\n{"id": 7, "title": "How to write"}\n'
    done = run("lab", "tag", "-", cwd=tmp_path, stdin=lines)
    assert done.returncode == 0, done.stderr
    assert re.findall(r'^\{"id": "(\w+)"', done.stdout, re.MULTILINE) == ["b", "7"]


def test_the_packages_version_is_the_programs():
    """hatch reads it from the package."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["tool"]["hatch"]["version"]["path"] == "digest/version.py"
