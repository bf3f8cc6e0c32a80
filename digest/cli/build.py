"""`digest build`."""

from __future__ import annotations

from pathlib import Path

import click

from digest.cli.common import clock, common, load_config, quarter_named, report, say
from digest.workspace import Workspace


@click.command()
@click.argument("quarter", default="last")
@common
def command(quarter: str, workspace: Path, now: str | None, quiet: bool, as_json: bool) -> None:
    """Make QUARTER's briefing out of the archive: digest.html, digest.pdf and edition.json in output/QUARTER/.

    QUARTER is 2026-Q3, FY2027-Q1, last (the default) or current. The same archive, files and clock give the same bytes.
    """
    from digest.cli import work

    place = Workspace(workspace)
    config = load_config(place)
    wanted = quarter_named(quarter, clock(now), config)
    with place.lock():
        paths = work.build(work.Job(place, config, clock(now), quiet), wanted)
    if as_json:
        report({"quarter": wanted.name, "files": [str(path) for path in paths]})
        return
    for path in paths:
        say(str(path), quiet)
