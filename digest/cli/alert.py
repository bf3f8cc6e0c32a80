"""`digest alert`."""

from __future__ import annotations

import click

from digest.cli.common import REPORTING, Invocation, options
from digest.errors import UsageError
from digest.text import format_count


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would be told, and to whom; send nothing.")
@click.option(
    "--resolve",
    metavar="RECIPIENT=accepted|not-sent",
    help="Say what became of a message of which nobody knows whether it arrived. Sends nothing.",
)
@options("log", *REPORTING)
def command(call: Invocation, dry_run: bool, resolve: str | None) -> None:
    """Tell the team between editions what happened to the products of stack.yaml, each thing once:
    incidents, changed prices and terms, purchases, ends, and days of notice that come near.

    For cron, once a day or a week: `digest.alerts.every` in sources.yaml switches it on. It reads
    the archive and asks no source. By mail to the team, to channels, or, where the configuration
    names neither, on stdout. Where nothing is new it says nothing.

    Exit code 1 where somebody could not be told, or nobody knows whether they were.
    """
    context = call.context
    from digest.app.alert import resolve_alert, send_alerts

    if resolve:
        recipient, _, state = resolve.rpartition("=")
        if not recipient or state not in ("accepted", "not-sent"):
            raise UsageError(
                f"--resolve {resolve!r} cannot be read",
                "write it as anna@example.com=accepted, or =not-sent",
            )
        number = resolve_alert(
            context, recipient, "accepted" if state == "accepted" else "not sent"
        )
        call.report(
            {"resolved": number}, [f"{state}: {format_count(number, 'alert')} for {recipient}"]
        )
        return
    report = send_alerts(context, dry_run=dry_run)
    lines = list(report.lines)
    if dry_run and report.told:
        lines.append(f"nothing was sent; {', '.join(report.recipients)} would be told")
    call.report(report.to_json(), lines)
    if report.off and not call.quiet:
        click.echo("alerts are off: set digest.alerts.every to day or week", err=True)
    for recipient in report.unknown:
        command_line = f"digest alert --resolve {recipient}"
        click.echo(f"nobody knows whether alerts reached {recipient}; find out, then:", err=True)
        click.echo(f"  {command_line}=accepted, or {command_line}=not-sent", err=True)
    if report.failed or (report.unknown and not dry_run):
        raise SystemExit(1)
