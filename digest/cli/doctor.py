"""`digest doctor`."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from digest.cli.common import clock, common, report
from digest.errors import DigestError
from digest.workspace import Workspace

_LEAST_FREE = 200 * 2**20  # bytes: an archive and some editions


@click.command()
@common
def command(workspace: Path, now: str | None, quiet: bool, as_json: bool) -> None:
    """Is this machine ready? Each check that fails says how to mend it. Exit code 1 where one fails."""
    place = Workspace(workspace)
    rows = [{"check": name, "ok": not fault, "fault": fault} for name, fault in _checks(place, now)]
    if as_json:
        report(rows)
    else:
        for row in rows:
            if not row["ok"] or not quiet:
                click.echo(
                    f"{'ok   ' if row['ok'] else 'FAILS'}  {row['check']}" + (f": {row['fault']}" * (not row["ok"]))
                )
    if not all(row["ok"] for row in rows):
        raise SystemExit(1)


def _checks(place: Workspace, now: str | None) -> Iterator[tuple[str, str]]:
    checks: tuple[tuple[str, Callable[[], str]], ...] = (
        ("Python 3.11 or later", _python),
        ("WeasyPrint and its system libraries", _weasyprint),
        ("sources.yaml", lambda: _config(place)),
        ("output folder can be written", lambda: _writable(place)),
        ("free disk space", lambda: _space(place)),
        ("archive", lambda: _archive(place)),
        ("clock", lambda: _clock(now)),
    )
    for name, check in checks:
        try:
            yield name, check()
        except DigestError as error:
            yield name, str(error)


def _python() -> str:
    return "" if sys.version_info >= (3, 11) else "install Python 3.11 or later"


def _weasyprint() -> str:
    from digest.render.pdf import ready

    return ready()


def _config(place: Workspace) -> str:
    if not place.sources.is_file():
        return f"there is none in {place.root.resolve()}; run `digest init`"
    from digest.config.sources import load_sources

    return "; ".join(load_sources(place.sources, os.environ).warnings)


def _writable(place: Workspace) -> str:
    folder = place.output if place.output.exists() else place.root
    return "" if os.access(folder, os.W_OK) else f"make {folder} writable for this user"


def _space(place: Workspace) -> str:
    free = shutil.disk_usage(place.root if place.root.exists() else Path()).free
    return "" if free >= _LEAST_FREE else f"only {free // 2**20} MiB are free; free some"


def _archive(place: Workspace) -> str:
    if not place.archive.exists():
        return ""
    from digest.archive import Archive

    with Archive.open(place.archive, create=False) as archive:
        return "; ".join(archive.check())


def _clock(now: str | None) -> str:
    return "" if clock(now).year >= 2026 else "the clock is wrong; set the machine's time"
