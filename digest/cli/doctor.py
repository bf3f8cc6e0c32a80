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
    """Is this machine ready? Each check that fails says how to mend it. Exit code 1 where one
    fails.

    Of secrets it says whether they are there, never what they are.
    """
    from digest.app.doctor import run_checks

    results = list(run_checks(call.workspace, call.now, os.environ, online=online))
    lines = (
        f"FAILS  {name}: {fault}" if fault else f"ok     {name}"
        for name, fault in results
        if fault or not call.quiet
    )
    rows = [{"check": name, "ok": not fault, "fault": fault} for name, fault in results]
    call.report(rows, lines)
    if any(fault for _, fault in results):
        raise SystemExit(1)
