"""`digest demo`."""

from __future__ import annotations

from pathlib import Path

import click

from digest.cli.common import print_message, quiet_option, workspace_option


@click.command()
@workspace_option
@quiet_option
def command(workspace: Path, quiet: bool) -> None:
    """Run the whole job, offline, on the sample quarter that comes along, into output/demo/.

    The sample is made up: invented vendors, invented news. Every page says so.
    """
    from digest.app.build import build_quarter
    from digest.app.sample import collect_sample, open_sample

    context = open_sample(workspace, quiet=quiet)
    with context.workspace.lock():
        collect_sample(context)
        paths = build_quarter(context, context.resolve_quarter("last"))
    for path in paths:
        print_message(str(path.resolve()), quiet)
