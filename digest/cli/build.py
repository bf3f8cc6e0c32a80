"""`digest build`."""

from __future__ import annotations

from pathlib import Path

import click

from digest.app.workspace import Workspace
from digest.cli.common import (
    common_options,
    load_config,
    print_json,
    print_message,
    resolve_now,
    resolve_quarter,
)


@click.command()
@click.argument("quarter", default="last")
@click.option(
    "--check",
    is_flag=True,
    help="Look whether the files are as they should be; exit code 1 where not.",
)
@common_options
def command(
    quarter: str, check: bool, workspace: Path, now: str | None, quiet: bool, as_json: bool
) -> None:
    """Make QUARTER's briefing out of the archive: digest.html, digest.pdf and edition.json in output/QUARTER/.

    There is one edition in each language of sources.yaml; others than the first stand in a folder of their own, as it/.
    With --check it says what is wrong with them: pages too many or almost empty, text beyond the margin, headings
    alone, broken links, pictures without words, colours that cannot be read, a mail too large, faults of PDF/UA.

    QUARTER is 2026-Q3, FY2027-Q1, last (the default) or current. The same archive, files and clock give the same bytes.
    """
    from digest.app.build import build_quarter
    from digest.app.context import AppContext

    place = Workspace(workspace)
    config = load_config(place)
    wanted = resolve_quarter(quarter, resolve_now(now), config)
    with place.lock():
        faults: list[str] = []
        paths = build_quarter(
            AppContext(place, config, resolve_now(now), quiet),
            wanted,
            faults if check else None,
        )
    if as_json:
        checked = {"faults": faults} if check else {}
        print_json({"quarter": wanted.name, "files": [str(path) for path in paths], **checked})
    else:
        for path in paths:
            print_message(str(path), quiet)
        for fault in faults:
            print_message(fault)
    if faults:
        raise SystemExit(1)
