"""Every command that a document names can be typed: command, options and number of arguments."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from ruamel.yaml import YAML

from digest.cli import cli

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")]
DOCUMENTS += sorted((ROOT / "docs").glob("*.md"))
TYPED = re.compile(
    r"(?m)^ {4,}(?:\$ )?(?:[./]*\.venv/bin/)?(digest (?:.*\\\n)*.*)$|`(digest [a-z][^`]*)`"
)


def list_commands(document: Path) -> list[str]:
    """Return what is typed in a document, each once."""
    found = TYPED.findall(document.read_text("utf-8"))
    return sorted(
        {" ".join((block or inline).replace("\\\n", " ").split()) for block, inline in found}
    )


def split_command(text: str) -> list[str]:
    """Return the words of one command, without what a shell does with it and without remarks."""
    words = shlex.split(text.replace("…", ""), comments=True)
    end = next((n for n, word in enumerate(words) if word in ("|", "&&", ">", ";")), len(words))
    return words[1:end]


def find_faults(words: list[str]) -> Iterator[str]:
    """Yield what of a command line there is not."""
    command: click.Command = cli
    context = click.Context(cli)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = (
            command.commands.get(words[0])
            if command is not cli
            else cli.get_command(context, words[0])
        )
        if found is None:
            yield f"no command {words[0]}"
            return
        command, words = found, words[1:]
    known = {
        name for one in (*command.params, *cli.params) for name in (*one.opts, *one.secondary_opts)
    }
    yield from (
        f"no option {word}"
        for word in words
        if word.startswith("-") and word != "-" and word.partition("=")[0] not in {*known, "--help"}
    )


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_says_to_type_exists(document):
    """A renamed option would be found by readers first."""
    faults = {text: [*find_faults(split_command(text))] for text in list_commands(document)}
    assert {text: found for text, found in faults.items() if found} == {}


def test_commands_are_found():
    """In code blocks, over several lines, and between words."""
    assert len(list_commands(ROOT / "README.md")) > 20
    assert any(
        "--region eu --try" in one for one in list_commands(ROOT / "docs" / "first-edition.md")
    )
    assert [*find_faults(["build", "--forse"])] == ["no option --forse"]
    assert [*find_faults(["sources", "switch"])] == ["no command switch"]


def test_the_services_of_the_compose_example_can_be_started():
    """With one volume, in which `docker compose run --rm digest init /data` makes the workspace."""
    example = YAML(typ="safe").load((ROOT / "compose.example.yaml").read_text("utf-8"))
    assert {*example["services"]} == {"digest", "desk"}
    for service in example["services"].values():
        first, *rest = service["command"]
        called = ["run", "--quiet", "--log", "json"] if first == "hourly" else [first]
        assert [*find_faults([*called, *rest])] == []
        assert service["volumes"] == [f"{name}:/data" for name in example["volumes"]]
        assert "entrypoint" not in service  # that of the image, so that any command may be given
