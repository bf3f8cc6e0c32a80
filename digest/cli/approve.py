"""`digest approve`."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

import click

from digest.cli.common import clock, common, load_config, quarter_named, report, say
from digest.errors import DigestError
from digest.workspace import Workspace


@click.command()
@click.argument("quarter", default="last")
@click.option("--by", metavar="NAME", help="Who approves. Default: the user of this machine.")
@click.option("--note", default="", metavar="LINE", help="What a correction changes; readers see it.")
@common
def command(
    quarter: str, by: str | None, note: str, workspace: Path, now: str | None, quiet: bool, as_json: bool
) -> None:
    """Release QUARTER's edition as it is now: `digest run` or `digest send` may mail it to the readers.

    Who released what is kept. A change after that needs a new approval; after the edition was sent, it becomes a
    correction with a number of its own, and goes out only with `digest send`.
    """
    from digest.archive import Archive
    from digest.cli.delivery import Office, run_log
    from digest.cli.work import Job, is_current
    from digest.text import clean, shorten

    place = Workspace(workspace)
    job = Job(place, load_config(place), clock(now), quiet)
    name = quarter_named(quarter, job.now, job.config).name
    wanted = quarter_named(quarter, job.now, job.config)
    with place.lock(), Archive.open(place.archive, create=False) as archive:
        if place.edition(name).exists() and not is_current(job, wanted):
            raise DigestError(
                f"the configuration or the team's decisions changed since {name} was built",
                f"run `digest build {name}`, look at it, and approve that",
            )
        office = Office(job, archive, os.environ, run_log(job, "text", os.environ))
        office.settle()
        who = shorten(clean(by or getpass.getuser()), 80)
        made = office.approve(name, by=who, note=shorten(clean(note), 300))
    if as_json:
        report({"quarter": name, "version": made.version, "state": made.state, "fingerprint": made.fingerprint})
    else:
        say(f"{name}, version {made.version}: {made.state} by {made.by}, edition.json {made.fingerprint[:16]}", quiet)
