"""`digest doctor`."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digest.cli.common import clock, common, report
from digest.errors import DigestError
from digest.workspace import Workspace

if TYPE_CHECKING:
    from digest.cli.work import Job

_LEAST_FREE = 200 * 2**20  # bytes: an archive and some editions


@click.command()
@click.option(
    "--online", is_flag=True, help="Also log in to the mail server and the mailboxes. Nothing is sent or read."
)
@common
def command(online: bool, workspace: Path, now: str | None, quiet: bool, as_json: bool) -> None:
    """Is this machine ready? Each check that fails says how to mend it. Exit code 1 where one fails.

    Of secrets it says whether they are there, never what they are.
    """
    place = Workspace(workspace)
    rows = [{"check": name, "ok": not fault, "fault": fault} for name, fault in _checks(place, now, online)]
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


def _checks(place: Workspace, now: str | None, online: bool) -> Iterator[tuple[str, str]]:
    checks: list[tuple[str, Callable[[], str]]] = [
        ("Python 3.11 or later", _python),
        ("WeasyPrint and its system libraries", _weasyprint),
        ("sources.yaml", lambda: _config(place)),
        ("vocabulary.yaml", lambda: _vocabulary(place)),
        ("output folder can be written", lambda: _writable(place)),
        ("free disk space", lambda: _space(place)),
        ("archive", lambda: _archive(place)),
        ("fonts", _fonts),
        ("clock", lambda: _clock(place, now)),
    ]
    if place.sources.is_file():
        checks += [
            ("secrets in the environment", lambda: _secrets(place, now)),
            ("file of secrets", _secrets_file),
            ("delivery", lambda: _delivery(place, now)),
        ]
        if online:
            checks += [("mail server", lambda: _smtp(place, now)), ("mailboxes", lambda: _imap(place, now))]
    for name, check in checks:
        try:
            yield name, check()
        except DigestError as error:
            yield name, str(error)


def _vocabulary(place: Workspace) -> str:
    from digest.cli.taught import overrides

    overrides(place.root / "vocabulary.yaml")
    return ""


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


def _fonts() -> str:
    from digest.render.templates import templates_dir

    found = list((templates_dir() / "fonts").glob("*.ttf"))
    return (
        "" if found and all(path.stat().st_size for path in found) else "fonts are missing: install the package again"
    )


def _clock(place: Workspace, now: str | None) -> str:
    if clock(now).year < 2026:
        return "the clock is wrong; set the machine's time"
    if not place.archive.exists():
        return ""
    from digest.archive import Archive

    with Archive.open(place.archive, create=False) as archive:
        known = archive.collecting()
    if known and known[1] > clock(now) + timedelta(days=1):
        return f"it stands before the last reading of {known[1]:%Y-%m-%d %H:%M}; set the machine's time"
    return ""


def _job(place: Workspace, now: str | None) -> Job:
    from digest.cli.work import Job
    from digest.config.sources import load_sources

    return Job(place, load_sources(place.sources, os.environ), clock(now))


def _secrets(place: Workspace, now: str | None) -> str:
    from digest.cli.delivery import secret_variables

    missing = [name for name in secret_variables(_job(place, now)) if not os.environ.get(name, "").strip()]
    return f"not set: {', '.join(missing)}; set them in the environment of the job" if missing else ""


def _secrets_file() -> str:
    path = Path.home() / ".digest.env"
    try:
        mode = path.stat().st_mode
    except OSError:
        return ""
    return f"others can read {path}: chmod 600 {path}" if mode & 0o077 else ""


def _delivery(place: Workspace, now: str | None) -> str:
    settings = _job(place, now).config.digest.delivery
    if (settings.to or settings.cc or settings.bcc or settings.team) and settings.smtp is None:
        return "readers are named, but no mail server: give digest.delivery.smtp in sources.yaml"
    folder = place.root / settings.folder if settings.folder else None
    if folder and folder.exists() and not os.access(folder, os.W_OK):
        return f"make {folder} writable for this user"
    return ""


def _smtp(place: Workspace, now: str | None) -> str:
    from digest.cli.delivery import smtp_server
    from digest.deliver.smtp import Session

    settings = _job(place, now).config.digest.delivery
    if settings.smtp is not None:
        with Session(smtp_server(settings.smtp, os.environ)):
            pass
    return ""


def _imap(place: Workspace, now: str | None) -> str:
    from digest.cli.work import accounts
    from digest.fetch.mailbox import reach

    faults = []
    for account in accounts(_job(place, now)):
        try:
            reach(account)
        except DigestError as error:
            faults.append(str(error))
    return "; ".join(faults)
