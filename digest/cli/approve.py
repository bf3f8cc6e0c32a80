"""`digest approve`."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

import click

from digest.app.workspace import Workspace
from digest.cli.common import (
    common_options,
    load_config,
    print_json,
    print_message,
    resolve_now,
    resolve_quarter,
)
from digest.errors import DigestError


@click.command()
@click.argument("quarter", default="last")
@click.option("--by", metavar="NAME", help="Who approves. Default: the user of this machine.")
@click.option(
    "--note", default="", metavar="LINE", help="What a correction changes; readers see it."
)
@common_options
def command(
    quarter: str,
    by: str | None,
    note: str,
    workspace: Path,
    now: str | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Release QUARTER's edition as it is now: `digest run` or `digest send` may mail it to the readers.

    Who released what is kept. A change after that needs a new approval; after the edition was sent, it becomes a
    correction with a number of its own, and goes out only with `digest send`.
    """
    from digest.app.build import is_current
    from digest.app.context import AppContext
    from digest.app.deliver import DeliveryService, make_run_log
    from digest.archive import Archive
    from digest.text import clean_text, truncate_text

    place = Workspace(workspace)
    context = AppContext(place, load_config(place), resolve_now(now), quiet)
    name = resolve_quarter(quarter, context.now, context.config).name
    wanted = resolve_quarter(quarter, context.now, context.config)
    with place.lock(), Archive.open(place.archive_file, create=False) as archive:
        if place.edition_folder(name).exists() and not is_current(context, wanted):
            raise DigestError(
                f"the configuration or the team's decisions changed since {name} was built",
                f"run `digest build {name}`, look at it, and approve that",
            )
        office = DeliveryService(
            context, archive, os.environ, make_run_log(context, "text", os.environ)
        )
        office.mark_interrupted()
        who = truncate_text(clean_text(by or getpass.getuser()), 80)
        made = office.approve_edition(name, by=who, note=truncate_text(clean_text(note), 300))
    if as_json:
        print_json(
            {
                "quarter": name,
                "version": made.version,
                "state": made.state,
                "fingerprint": made.fingerprint,
            }
        )
    else:
        print_message(
            f"{name}, version {made.version}: {made.state} by {made.by}, edition.json {made.fingerprint[:16]}",
            quiet,
        )
