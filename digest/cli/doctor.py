"""`digest doctor`."""

from __future__ import annotations

import os

import click

from digest.cli.common import REPORTING, Invocation, options


@click.command()
@click.option(
    "--online",
    is_flag=True,
    help="Also log in to the mail server and the mailboxes. Nothing is sent or read.",
)
@options(*REPORTING)
def command(call: Invocation, online: bool) -> None:
    """Is this machine ready? Each check that fails says how to fix it. Exit code 1 where one
    fails.

    Every file of the workspace is read. "not configured" is no fault: there is nothing to check. Of
    secrets it says whether they are there, never what they are.
    """
    from digest.app.doctor import run_checks

    results = list(run_checks(call.workspace, call.now, os.environ, online=online))
    lines = [
        f"FAILS  {result.name}: {result.fault}"
        if result.fault
        else f"{'ok' if result.state == 'ok' else '-':6} {result.name}"
        + ("" if result.state == "ok" else f": {result.state}")
        for result in results
        if result.fault or not call.quiet
    ]
    rows = [
        {
            "check": result.name,
            "state": result.state,
            "ok": not result.fault,
            "fault": result.fault or "",
        }
        for result in results
    ]
    call.report(rows, lines)
    if any(result.fault for result in results):
        raise SystemExit(1)
