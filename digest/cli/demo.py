"""`digest demo`."""

from __future__ import annotations

import click

from digest.app.logs import LOGGER
from digest.cli.common import Invocation, options


@click.command()
@options("workspace", "quiet")
def command(call: Invocation) -> None:
    """Run the whole job, offline, on the sample quarter that comes along, into output/demo/.

    The sample is made up: invented vendors, invented news. Every page says so.
    """
    from digest.app import build, sample

    context = sample.open_sample(call.workspace.root, quiet=call.quiet, progress=call.progress)
    with context.workspace.lock():
        sample.collect_sample(context)
        paths = build.build_quarter(context, context.resolve_quarter("last"))
    for path in paths:
        LOGGER.info(str(path.resolve()))
