"""`digest collect`."""

from __future__ import annotations

import click

from digest.cli.common import REPORTING, Invocation, options, print_json
from digest.cli.completion import complete_quarters


@click.command()
@click.option(
    "--history",
    metavar="QUARTER",
    shell_complete=complete_quarters,
    help="Also reach back for what has left the feeds' windows of QUARTER.",
)
@options(*REPORTING)
def command(call: Invocation, history: str | None) -> None:
    """Read every source once into the archive.

    Cheap enough for every hour: a feed that has not changed is not sent again. Of sources with
    `fulltext: true` the pages of relevant articles are read, too, each once. Exit code 3 where some
    sources failed.
    """
    context, reached = call.context, call.quarter(history) if history else None
    from digest.app import sources

    collected = sources.collect_workspace(context, reached)
    if call.as_json:
        print_json([report.to_json() for report in collected.reports])
    if collected.failed_reports:
        raise SystemExit(3)
