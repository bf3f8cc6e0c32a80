"""`digest collect`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from digest.cli.common import clock, common, load_config, quarter_named, report
from digest.workspace import Workspace


@click.command()
@click.option("--history", metavar="QUARTER", help="Also reach back for what has left the feeds' windows of QUARTER.")
@common
def command(history: str | None, workspace: Path, now: str | None, quiet: bool, as_json: bool) -> None:
    """Read every source once into the archive.

    Cheap enough for every hour: a feed that has not changed is not sent again. Of sources with `fulltext: true` the
    pages of relevant articles are read, too, each once. Exit code 3 where some sources failed.
    """
    from digest.cli import work

    place = Workspace(workspace)
    job = work.Job(place, load_config(place), clock(now), quiet)
    quarter = quarter_named(history, job.now, job.config) if history else None
    with place.lock():
        span = (quarter.start, quarter.end) if quarter else (None, None)
        collected = work.collect(job, back_to=span[0], until=span[1])
        collected = work.read_articles(job, collected, *span)
    work.tell(collected, quiet)
    if as_json:
        report([asdict(row) for row in collected.reports])
    if collected.failed:
        raise SystemExit(3)
