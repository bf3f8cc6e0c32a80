"""`digest run`."""

from __future__ import annotations

from pathlib import Path

import click

from digest.cli.common import clock, common, load_config, quarter_named, report, say
from digest.workspace import Workspace


@click.command()
@common
def command(workspace: Path, now: str | None, quiet: bool, as_json: bool) -> None:
    """What cron calls: collect, then build the quarter that has ended last, if it is not built.

    Exit code 3 where some sources failed, 75 where another run holds the lock.
    """
    from digest.cli import work

    place = Workspace(workspace)
    config = load_config(place)
    job = work.Job(place, config, clock(now), quiet)
    wanted = quarter_named("last", job.now, config)
    with place.lock():
        collected = work.collect(job)
        work.tell(collected, quiet)
        built = place.edition(wanted.name) / "edition.json"
        paths = () if built.exists() else work.build(job, wanted)
    for path in paths:
        say(str(path), quiet)
    if as_json:
        failed = [row.source for row in collected.failed]
        report({"quarter": wanted.name, "built": [str(path) for path in paths], "failed": failed})
    if collected.failed:
        raise SystemExit(3)
