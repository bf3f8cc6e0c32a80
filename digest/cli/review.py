"""`digest review`."""

from __future__ import annotations

import getpass
import os
from datetime import UTC, datetime
from pathlib import Path

import click

from digest.app.workspace import Workspace
from digest.cli.common import (
    load_config,
    now_option,
    quiet_option,
    resolve_now,
    resolve_quarter,
    workspace_option,
)
from digest.errors import UsageError


@click.command()
@click.argument("quarter", default="last")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8484,
    show_default=True,
    help="0: any free one.",
)
@click.option(
    "--listen",
    metavar="ADDRESS",
    default="127.0.0.1",
    show_default=True,
    help="Where the page listens.",
)
@click.option(
    "--host",
    "hosts",
    metavar="NAME[:PORT]",
    multiple=True,
    help="A name that a proxy calls the page by.",
)
@click.option(
    "--user-header",
    metavar="HEADER",
    help="The header in which a proxy names the user, as X-Remote-User.",
)
@click.option("--by", metavar="NAME", help="Who decides. Default: the user of this machine.")
@workspace_option
@now_option
@quiet_option
def command(
    quarter: str,
    port: int,
    listen: str,
    hosts: tuple[str, ...],
    user_header: str | None,
    by: str | None,
    workspace: Path,
    now: str | None,
    quiet: bool,
) -> None:
    """Open the team's page for QUARTER on this machine: keep, drop, pin, re-tag, merge, split, comment, approve.

    It writes editions/QUARTER.yaml at once, beside whatever you do in an editor. The page answers only to the link
    that is printed, and only on this machine; for another one, use an SSH tunnel: ssh -L 8484:localhost:8484 HOST.
    A proxy in front of it must be named with --host, and must itself set the header that --user-header names.
    """
    try:
        from digest.review.server import serve_review
    except ImportError as error:
        raise UsageError(
            f"the page needs {error.name}, which is not installed",
            "install it with: pip install 'martech-digest[web]'",
        ) from None
    from digest.app.context import AppContext
    from digest.cli.lab import list_proposals

    place = Workspace(workspace)
    context = AppContext(place, load_config(place), resolve_now(now), quiet, environ=os.environ)
    serve_review(
        context,
        resolve_quarter(quarter, context.now, context.config),
        now=(lambda: context.now) if now else (lambda: datetime.now(UTC)),
        list_proposals=list_proposals,
        address=listen,
        port=port,
        hosts=hosts,
        user=by or getpass.getuser(),
        user_header=user_header or "",
    )
