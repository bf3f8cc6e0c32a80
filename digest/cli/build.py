"""`digest build`."""

from __future__ import annotations

import click

from digest.app.logs import LOGGER
from digest.cli.common import REPORTING, Invocation, options, print_json
from digest.cli.completion import complete_quarters


@click.command()
@click.argument("quarter", default="last", shell_complete=complete_quarters)
@click.option(
    "--check",
    is_flag=True,
    help="Look whether the files are as they should be; exit code 1 where not.",
)
@click.option(
    "--force",
    is_flag=True,
    help="Also where QUARTER had ended before its sources were first read, and little is held.",
)
@options(*REPORTING)
def command(call: Invocation, quarter: str, check: bool, force: bool) -> None:
    """Make QUARTER's briefing out of the archive, in output/QUARTER/: digest.html, digest.pdf,
    digest.ics, register.xlsx, register.csv and edition.json.

    There is one edition in each language of sources.yaml; others than the first stand in a folder
    of their own, as it/. With --check it says what is wrong with them: pages too many or almost
    empty, text beyond the margin, headings alone, broken links, pictures without words, colours
    that cannot be read, a mail too large, faults of PDF/UA.

    QUARTER is 2026-Q3, FY2027-Q1, 2026-08 (a month), last (the default) or current. The same
    archive, files and clock give the same bytes.
    """
    chosen = call.quarter(quarter)
    from digest.app import build

    faults: list[str] = []
    with call.workspace.lock():
        built = build.build_quarter(call.context, chosen, faults if check else None, force=force)
    paths = [str(path) for path in built]
    if call.as_json:
        checked = {"faults": faults} if check else {}
        print_json({"quarter": chosen.name, "files": paths, **checked})
    else:
        for path in paths:
            LOGGER.info(path)
        for fault in faults:
            LOGGER.warning(fault)
    if faults:
        raise SystemExit(1)
