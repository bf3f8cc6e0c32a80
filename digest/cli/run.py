"""`digest run`."""

from __future__ import annotations

import click

from digest.cli.common import REPORTING, Invocation, options, print_json


@click.command()
@options("log", *REPORTING)
def command(call: Invocation) -> None:
    """What cron calls, as often as you like: collect, build what has ended, send what is released.

    A quarter that has ended is built once, also one that was missed while this machine was off. It
    is sent if it is approved, or if no approval is required; otherwise the team is told once that a
    draft waits. A run that was killed is finished by the next. With --quiet it says nothing when
    all is well; output/run.json tells of the last run.

    Exit code 3 where some sources failed, 1 where something else did, 75 where another run holds
    the lock.
    """
    _ = call.config  # where it is wrong nothing is written, not even a lock
    with call.workspace.lock():  # before the rest is imported: a second run leaves at once
        from digest.app.run import run_scheduled

        summary = run_scheduled(call.context, rehearsal=call.now_text is not None)
    if call.as_json:
        print_json(summary.to_json())
    if summary.exit_code:
        raise SystemExit(summary.exit_code)
