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
        f"FAILS  {one.name}: {one.fault}"
        if one.fault
        else f"{'ok' if one.state == 'ok' else '-':6} {one.name}"
        + ("" if one.state == "ok" else f": {one.state}")
        for one in results
        if one.fault or not call.quiet
    ]
    rows = [
        {"check": one.name, "state": one.state, "ok": not one.fault, "fault": one.fault or ""}
        for one in results
    ]
    call.report(rows, lines)
    if any(one.fault for one in results):
        raise SystemExit(1)
