"""`digest collect`."""

from __future__ import annotations

from pathlib import Path

import click

from digest.app.workspace import Workspace
from digest.cli.common import common_options, load_config, print_json, resolve_now, resolve_quarter


@click.command()
@click.option(
    "--history",
    metavar="QUARTER",
    help="Also reach back for what has left the feeds' windows of QUARTER.",
)
@common_options
def command(
    history: str | None, workspace: Path, now: str | None, quiet: bool, as_json: bool
) -> None:
    """Read every source once into the archive.

    Cheap enough for every hour: a feed that has not changed is not sent again. Of sources with `fulltext: true` the
    pages of relevant articles are read, too, each once. Exit code 3 where some sources failed.
    """
    from digest.app.context import AppContext
    from digest.app.sources import collect_items, log_collection, read_articles

    place = Workspace(workspace)
    context = AppContext(place, load_config(place), resolve_now(now), quiet)
    quarter = resolve_quarter(history, context.now, context.config) if history else None
    with place.lock():
        span = (quarter.start, quarter.end) if quarter else (None, None)
        collected = collect_items(context, back_to=span[0], until=span[1])
        collected = read_articles(context, collected, *span)
    log_collection(collected)
    if as_json:
        print_json([row.to_json() for row in collected.reports])
    if collected.failed_reports:
        raise SystemExit(3)
