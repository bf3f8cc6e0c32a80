"""`digest send`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from digest.cli.common import REPORTING, Invocation, options
from digest.cli.completion import complete_quarters
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.app.deliver import DeliveryService
    from digest.model.delivery import DeliveryState

_RESOLVED_STATES: dict[str, DeliveryState] = {"accepted": "accepted", "not-sent": "not sent"}


@click.command()
@click.argument("quarter", default="last", shell_complete=complete_quarters)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Write the mails to output/QUARTER/mail/ and say who would get what.",
)
@click.option(
    "--to",
    "proof_to",
    multiple=True,
    metavar="ADDRESS",
    help="Send a copy marked as a proof to ADDRESS only.",
)
@click.option(
    "--resolve",
    multiple=True,
    metavar="RECIPIENT=accepted|not-sent",
    help="Say what became of a mail of which nobody knows whether it arrived. Sends nothing.",
)
@click.option(
    "--correction",
    default="",
    metavar="LINE",
    help="What changed since it was sent; readers see it.",
)
@options("log", *REPORTING)
def command(
    call: Invocation,
    quarter: str,
    dry_run: bool,
    proof_to: tuple[str, ...],
    resolve: tuple[str, ...],
    correction: str,
) -> None:
    """Send QUARTER's edition to everybody who has not got it, exactly once: by mail, to channels,
    into a folder.

    The archive's ledger knows who got it. Where a line dropped at the wrong moment, it is unknown
    whether a mail arrived: it is shown, and never sent again before you say what became of it with
    --resolve. Exit code 1 where somebody has not got it.
    """
    name = call.quarter(quarter).name
    from digest.app.deliver import open_delivery

    with open_delivery(call.context) as service:
        if resolve:
            for answer in resolve:
                recipient, _, state = answer.rpartition("=")
                if not recipient or state not in _RESOLVED_STATES:
                    raise UsageError(
                        f"--resolve {answer!r} cannot be read",
                        "write it as anna@example.com=accepted, or =not-sent",
                    )
                service.resolve_delivery(name, recipient, _RESOLVED_STATES[state])
                click.echo(f"{_RESOLVED_STATES[state]:12} {recipient}")
        elif proof_to:
            service.send_proof(name, proof_to)
        elif dry_run:
            plan = service.write_dry_run(name)
            lines = [f"{name}, version {plan['version']}: {plan['state']}; nothing was sent"]
            for row in plan["deliveries"]:
                line = f"{row['does']:14} {row['kind']:6} {row['recipient']}  {row['file']}"
                lines.append(line.rstrip())
            call.report(plan, filter(None, [*lines, plan["advice"]]))
        else:
            _send_edition(call, service, name, correction)


def _send_edition(
    call: Invocation, service: DeliveryService, quarter: str, correction: str
) -> None:
    from digest.app.deliver import NOBODY, NOBODY_HINT

    release = service.require_release(quarter, correction)
    if not service.list_recipients(release):
        raise UsageError(NOBODY, NOBODY_HINT)
    due = set(service.plan_delivery(release, insist=True).due)
    complete, lines = service.deliver_release(release, insist=True), []
    rows = service.list_results(release)
    if complete and not due:
        everybody = f"all {len(rows)} recipients have" if len(rows) > 1 else "the recipient has"
        lines.append(
            f"nothing to send: {quarter} has gone out, {everybody} version {release.version}"
        )
    recipients = service.list_recipients(release)
    told = [
        row
        for recipient, row in zip(recipients, rows, strict=True)
        if recipient.delivery in due or row["state"] != "accepted"
    ]
    for row in told if not (call.quiet and complete) else ():
        words = f"  ({row['words']})" if row["words"] else ""
        lines.append(f"{row['state']:12} {row['recipient']}{words}")
        if row["state"] == "unknown":
            resolve = f"digest send {quarter} --resolve {row['recipient']}"
            lines.append(f"{'':12} find out, then: {resolve}=accepted")
            lines.append(f"{'':12} {'':15} or: {resolve}=not-sent")
    data = {"quarter": quarter, "version": release.version, "complete": complete}
    data |= {"due": len(due)}
    call.report({**data, "deliveries": rows}, lines if not (call.quiet and complete) else [])
    if not complete:
        raise SystemExit(1)
