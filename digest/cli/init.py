"""`digest init`."""

from __future__ import annotations

from pathlib import Path
from string import Template

import click

from digest.app.logs import LOGGER
from digest.cli.common import Invocation, options
from digest.errors import UsageError


@click.command()
@click.argument(
    "folder", metavar="[DIR]", default=".", type=click.Path(file_okay=False, path_type=Path)
)
@options()
def command(call: Invocation, folder: Path) -> None:  # noqa: ARG001 (there is no workspace yet)
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
    note = Template(Path(__file__).with_name("templates").joinpath("SECRETS.md").read_text("utf-8"))
    files = {
        **load_starter_files(),
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
