"""`digest init`."""

from __future__ import annotations

from pathlib import Path

import click

from digest.cli.common import print_message
from digest.errors import UsageError

_SECRETS_NOTE = """\
# Secrets

No password stands in a file here. Where one is needed (an SMTP or IMAP login, a header of a paid feed), sources.yaml
names an environment variable, as `password_env: DIGEST_SMTP_PASSWORD`, and the value comes from the environment of the
job. Put them into ~/.digest.env, a line each, and let only its user read it (chmod 600 ~/.digest.env):

    DIGEST_SMTP_PASSWORD=…

The crontab lines and the systemd units that `digest schedule --workspace {folder}` prints read that file.
`digest doctor` says which are missing, and never what they are.
"""
_GITIGNORE = "/output/\n"


@click.command()
@click.argument(
    "folder", metavar="[DIR]", default=".", type=click.Path(file_okay=False, path_type=Path)
)
def command(folder: Path) -> None:
    """Make a new workspace in DIR: sources.yaml with real sources, stack.yaml and vocabulary.yaml to fill in,
    editions/, a note on secrets.

    A file that is there already is never touched.
    """
    from digest.app.workspace import write_file
    from digest.config.starter import load_starter_files

    if (folder / "sources.yaml").exists():
        raise UsageError(
            f"{folder / 'sources.yaml'} is there already", "name another folder, or edit that file"
        )
    files = {
        **{name: text.encode() for name, text in load_starter_files().items()},
        "SECRETS.md": _SECRETS_NOTE.format(folder=folder.resolve()).encode(),
        ".gitignore": _GITIGNORE.encode(),
        "editions/.gitkeep": b"",
    }
    for name, data in files.items():
        path = folder / name
        if not path.exists():
            write_file(path, data)
            print_message(str(path))
    print_message(
        f"next: edit {folder / 'sources.yaml'}, then `digest sources check --workspace {folder}`"
    )
    print_message(
        f"then: put what you run into {folder / 'stack.yaml'}, by hand or with `digest stack import FILE`"
    )
