"""`digest review`."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from digest.cli.common import Invocation, options
from digest.cli.completion import complete_quarters
from digest.errors import UsageError
from digest.extras import suggest_install


@click.command()
@click.argument("quarter", default="last", shell_complete=complete_quarters)
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
@click.option(
    "--by",
    metavar="NAME",
    help="Who decides, on every browser. Default: each one is asked for a name.",
)
@options("workspace", "now", "quiet")
def command(
    call: Invocation,
    quarter: str,
    port: int,
    listen: str,
    hosts: tuple[str, ...],
    user_header: str | None,
    by: str | None,
) -> None:
    """Open the team's page for QUARTER on this machine: keep, drop, pin, re-tag, merge, split,
    comment, approve.

    It writes editions/QUARTER.yaml at once, beside whatever you do in an editor. The page answers
    only to the link that is printed, and only on this machine; for another one, use an SSH tunnel:
    ssh -L 8484:localhost:8484 HOST. A proxy in front of it must be named with --host, and must
    itself set the header that --user-header names.
    """
    try:
        from digest.review.server import serve_review
    except ImportError as error:
        raise UsageError(
            f"the page needs {error.name}, which is not installed",
            f"install it with: {suggest_install('web')}",
        ) from None
    serve_review(
        call.context,
        call.quarter(quarter),
        now=(lambda: call.now) if call.now_text else (lambda: datetime.now(UTC)),
        address=listen,
        port=port,
        hosts=hosts,
        user=by or "",
        user_header=user_header or "",
    )
