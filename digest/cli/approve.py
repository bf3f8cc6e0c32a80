"""`digest approve`."""

from __future__ import annotations

import getpass

import click

from digest.app.logs import LOGGER
from digest.cli.common import REPORTING, Invocation, options, print_json
from digest.period import Quarter


@click.command()
@click.argument("quarter", default="last")
@click.option("--by", metavar="NAME", help="Who approves. Default: the user of this machine.")
@click.option(
    "--note", default="", metavar="LINE", help="What a correction changes; readers see it."
)
@click.option(
    "--ask",
    is_flag=True,
    help="Release nothing; send each of digest.review.approvers a link that does.",
)
@options(*REPORTING)
def command(call: Invocation, quarter: str, by: str | None, note: str, *, ask: bool) -> None:
    """Release QUARTER's edition as it is now: `digest run` or `digest send` may mail it to the
    readers.

    Who released what is kept. A change after that needs a new approval; after the edition was sent,
    it becomes a correction with a number of its own, and goes out only with `digest send`.
    """
    chosen = call.quarter(quarter)
    if ask:
        _ask_approvers(call, chosen)
        return
    from digest.app.deliver import approve_quarter

    release = approve_quarter(call.context, chosen, by=by or getpass.getuser(), note=note)
    if call.as_json:
        print_json(
            {
                "quarter": chosen.name,
                "version": release.version,
                "state": release.state,
                "fingerprint": release.fingerprint,
            }
        )
    else:
        LOGGER.info(
            f"{chosen}, version {release.version}: {release.state} by {release.by},"
            f" edition.json {release.fingerprint[:16]}"
        )


def _ask_approvers(call: Invocation, quarter: Quarter) -> None:
    from digest.app.approval import ask_approvers

    names = ask_approvers(call.context, quarter.name)
    if call.as_json:
        print_json({"quarter": quarter.name, "asked": names})
    else:
        LOGGER.info(f"{quarter}: {', '.join(names)} can release it by a link")
