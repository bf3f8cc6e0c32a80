"""`digest demo`."""

from __future__ import annotations

import click

from digest.app.logs import LOGGER
from digest.cli.common import Invocation, options
from digest.extras import suggest_activation

TRIALS = {  # commands for the workspace that is left → what they do
    "digest review {quarter}": "the desk, in a browser",
    "digest explain Quillhaven Tamberlyn": "why an item is judged, ranked and told as it is",
    "digest search price rise": "what the archive holds",
    "digest export items {quarter}": "every item with its judgement, as JSON lines",
}


@click.command()
@options("workspace", "quiet")
def command(call: Invocation) -> None:
    """Run the whole job, offline, on the sample quarter that comes along, into output/demo/.

    The sample is made up: invented vendors, invented news. Every page says so. It leaves a
    workspace in output/demo/workspace/ to try every command on; once it is there it stays as you
    leave it.
    """
    from digest.app import build, sample, sources

    context = sample.open_sample(call.workspace.root, quiet=call.quiet, progress=call.progress)
    sources.collect_workspace(context)
    quarter = context.resolve_quarter("last")
    with context.workspace.lock():
        paths = build.build_quarter(context, quarter)
        folder = sample.leave_workspace(context)
    for path in paths:
        LOGGER.info(str(path.resolve()))
    if activation := suggest_activation():
        LOGGER.info(f"`digest` is not on the path of this shell; what puts it there: {activation}")
    LOGGER.info(f"to try the commands on it: cd {folder}, then")
    for trial, does in TRIALS.items():
        LOGGER.info(f"  {trial.format(quarter=quarter):36} {does}")
