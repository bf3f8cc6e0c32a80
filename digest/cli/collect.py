"""`digest collect`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from digest.cli.common import clock, common, load_config, report
from digest.workspace import Workspace


@click.command()
@common
def command(workspace: Path, now: str | None, quiet: bool, as_json: bool) -> None:
    """Read every source once into the archive.

    Cheap enough for every hour: a feed that has not changed is not sent again. Exit code 3 where some sources failed.
    """
    from digest.cli import work

    place = Workspace(workspace)
    job = work.Job(place, load_config(place), clock(now), quiet)
    with place.lock():
        collected = work.collect(job)
    work.tell(collected, quiet)
    if as_json:
        report([asdict(row) for row in collected.reports])
    if collected.failed:
        raise SystemExit(3)
