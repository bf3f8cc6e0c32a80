"""`digest init`."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from string import Template

import click

from digest.app.logs import LOGGER
from digest.cli.common import Invocation, options
from digest.errors import UsageError


def _check_contact(_: click.Context, __: click.Parameter, contact: str | None) -> str | None:
    """Return what can stand in a header. Raise BadParameter."""
    if contact and not re.fullmatch("[ -~]{1,200}", contact):
        raise click.BadParameter("write plain English letters, digits and signs")
    return contact


@click.command()
@click.argument(
    "folder", metavar="[DIR]", default=".", type=click.Path(file_okay=False, path_type=Path)
)
@click.option(
    "--contact",
    metavar="ADDRESS",
    callback=_check_contact,
    help="A mail or web address that publishers see. Asked for in a terminal.",
)
@options()
def command(call: Invocation, folder: Path, contact: str | None) -> None:
    """Make a new workspace in DIR: sources.yaml with real sources, stack.yaml and vocabulary.yaml
    to fill in, editions/, a note on secrets.

    A file that is there already is never touched.
    """
    from digest.app.workspace import write_file
    from digest.config.starter import load_starter_files

    if (folder / "sources.yaml").exists():
        raise UsageError(
            f"{folder / 'sources.yaml'} is there already", "name another folder, or edit that file"
        )
    if contact is None and sys.stdin.isatty() and not call.quiet:
        question = "Where can publishers reach you (a mail or web address; empty for nowhere)"
        answer = click.prompt(question, default="", show_default=False, err=True)
        contact = _check_contact(click.get_current_context(), command.params[0], answer.strip())
    note = Template(Path(__file__).with_name("templates").joinpath("SECRETS.md").read_text("utf-8"))
    files = {
        **load_starter_files(contact or ""),
        "SECRETS.md": note.substitute(folder=folder.resolve()),
        ".gitignore": "/output/\n",
        "editions/.gitkeep": "",
    }
    for name, text in files.items():
        path = folder / name
        if not path.exists():
            write_file(path, text.encode())
            LOGGER.info(str(path))
    sources, stack = folder / "sources.yaml", folder / "stack.yaml"
    LOGGER.info(f"next: edit {sources}, then `digest sources check --workspace {folder}`")
    LOGGER.info(f"then: put what you run into {stack}, by hand or with `digest stack import FILE`")
