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

from digest.app.workspace import Workspace
from digest.cli.common import common_options, print_json, resolve_now
from digest.errors import DigestError

if TYPE_CHECKING:
    from digest.app.context import AppContext

_MIN_FREE_BYTES = 200 * 2**20  # bytes: an archive and some editions


@click.command()
@click.option(
    "--online",
    is_flag=True,
    help="Also log in to the mail server and the mailboxes. Nothing is sent or read.",
)
@common_options
def command(online: bool, workspace: Path, now: str | None, quiet: bool, as_json: bool) -> None:
    """Is this machine ready? Each check that fails says how to mend it. Exit code 1 where one fails.

    Of secrets it says whether they are there, never what they are.
    """
    place = Workspace(workspace)
    rows = [
        {"check": name, "ok": not fault, "fault": fault}
        for name, fault in _run_checks(place, now, online)
    ]
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            if not row["ok"] or not quiet:
                click.echo(
                    f"{'ok   ' if row['ok'] else 'FAILS'}  {row['check']}"
                    + (f": {row['fault']}" * (not row["ok"]))
                )
    if not all(row["ok"] for row in rows):
        raise SystemExit(1)


def _run_checks(place: Workspace, now: str | None, online: bool) -> Iterator[tuple[str, str]]:
    checks: list[tuple[str, Callable[[], str]]] = [
        ("Python 3.11 or later", _check_python),
        ("WeasyPrint and its system libraries", _check_weasyprint),
        ("sources.yaml", lambda: _check_config(place)),
        ("vocabulary.yaml", lambda: _check_vocabulary(place)),
        ("output folder can be written", lambda: _check_output_folder(place)),
        ("free disk space", lambda: _check_disk_space(place)),
        ("archive", lambda: _check_archive(place)),
        ("fonts", _check_fonts),
        ("clock", lambda: _check_clock(place, now)),
    ]
    if place.sources_file.is_file():
        checks += [
            ("secrets in the environment", lambda: _check_secrets(place, now)),
            ("file of secrets", _check_secrets_file),
            ("delivery", lambda: _check_delivery(place, now)),
        ]
        if online:
            checks += [
                ("mail server", lambda: _check_smtp(place, now)),
                ("mailboxes", lambda: _check_imap(place, now)),
            ]
    for name, check in checks:
        try:
            yield name, check()
        except DigestError as error:
            yield name, str(error)


def _check_vocabulary(place: Workspace) -> str:
    from digest.app.vocabulary import load_overrides

    load_overrides(place.root / "vocabulary.yaml")
    return ""


def _check_python() -> str:
    return "" if sys.version_info >= (3, 11) else "install Python 3.11 or later"


def _check_weasyprint() -> str:
    from digest.render.pdf import check_pdf_support

    return check_pdf_support()


def _check_config(place: Workspace) -> str:
    if not place.sources_file.is_file():
        return f"there is none in {place.root.resolve()}; run `digest init`"
    from digest.config.sources import load_sources

    return "; ".join(load_sources(place.sources_file, os.environ).warnings)


def _check_output_folder(place: Workspace) -> str:
    folder = place.output if place.output.exists() else place.root
    return "" if os.access(folder, os.W_OK) else f"make {folder} writable for this user"


def _check_disk_space(place: Workspace) -> str:
    free = shutil.disk_usage(place.root if place.root.exists() else Path()).free
    return "" if free >= _MIN_FREE_BYTES else f"only {free // 2**20} MiB are free; free some"


def _check_archive(place: Workspace) -> str:
    if not place.archive_file.exists():
        return ""
    from digest.archive import Archive

    with Archive.open(place.archive_file, create=False) as archive:
        return "; ".join(archive.check_integrity())


def _check_fonts() -> str:
    from digest.render.templates import find_templates_dir

    found = list((find_templates_dir() / "fonts").glob("*.ttf"))
    return (
        ""
        if found and all(path.stat().st_size for path in found)
        else "fonts are missing: install the package again"
    )


def _check_clock(place: Workspace, now: str | None) -> str:
    if resolve_now(now).year < 2026:
        return "the clock is wrong; set the machine's time"
    if not place.archive_file.exists():
        return ""
    from digest.archive import Archive

    with Archive.open(place.archive_file, create=False) as archive:
        known = archive.load_collection_period()
    if known and known[1] > resolve_now(now) + timedelta(days=1):
        return f"it stands before the last reading of {known[1]:%Y-%m-%d %H:%M}; set the machine's time"
    return ""


def _make_context(place: Workspace, now: str | None) -> AppContext:
    from digest.app.context import AppContext
    from digest.config.sources import load_sources

    return AppContext(place, load_sources(place.sources_file, os.environ), resolve_now(now))


def _check_secrets(place: Workspace, now: str | None) -> str:
    from digest.app.deliver import list_secret_variables

    missing = [
        name
        for name in list_secret_variables(_make_context(place, now))
        if not os.environ.get(name, "").strip()
    ]
    return (
        f"not set: {', '.join(missing)}; set them in the environment of the job" if missing else ""
    )


def _check_secrets_file() -> str:
    path = Path.home() / ".digest.env"
    try:
        mode = path.stat().st_mode
    except OSError:
        return ""
    return f"others can read {path}: chmod 600 {path}" if mode & 0o077 else ""


def _check_delivery(place: Workspace, now: str | None) -> str:
    settings = _make_context(place, now).config.digest.delivery
    if (settings.to or settings.cc or settings.bcc or settings.team) and settings.smtp is None:
        return "readers are named, but no mail server: give digest.delivery.smtp in sources.yaml"
    folder = place.root / settings.folder if settings.folder else None
    if folder and folder.exists() and not os.access(folder, os.W_OK):
        return f"make {folder} writable for this user"
    return ""


def _check_smtp(place: Workspace, now: str | None) -> str:
    from digest.app.deliver import make_smtp_server
    from digest.deliver.smtp import SmtpSession

    settings = _make_context(place, now).config.digest.delivery
    if settings.smtp is not None:
        with SmtpSession(make_smtp_server(settings.smtp, os.environ)):
            pass
    return ""


def _check_imap(place: Workspace, now: str | None) -> str:
    from digest.app.sources import load_mail_accounts
    from digest.fetch.mail.mailbox import check_account

    faults = []
    for account in load_mail_accounts(_make_context(place, now)):
        try:
            check_account(account)
        except DigestError as error:
            faults.append(str(error))
    return "; ".join(faults)
