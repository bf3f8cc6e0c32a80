"""`digest archive backup`, `restore`, `check` and `prune`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from digest.app.workspace import Workspace
from digest.cli.common import (
    common_options,
    json_option,
    print_json,
    print_message,
    quiet_option,
    resolve_now,
    workspace_option,
)
from digest.errors import ArchiveError, UsageError


@click.group()
def command() -> None:
    """Care for the archive, the one file that holds all state."""


@command.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@common_options
def backup(file: Path | None, workspace: Path, now: str | None, quiet: bool, as_json: bool) -> None:
    """Copy the archive into FILE, whole, also while a run is at work. Default: output/backups/archive-TIME.db."""
    from digest.archive import Archive

    place = Workspace(workspace)
    target = file or place.output / "backups" / f"archive-{resolve_now(now):%Y%m%dT%H%M%S}.db"
    if target.exists():
        raise UsageError(f"{target} is there already", "name another file")
    with Archive.open(place.archive_file, create=False) as archive:
        archive.create_backup(target)
    if as_json:
        print_json({"file": str(target), "bytes": target.stat().st_size})
    else:
        print_message(str(target), quiet)


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@common_options
def restore(file: Path, workspace: Path, now: str | None, quiet: bool, as_json: bool) -> None:
    """Put a backup in the archive's place. It is checked first; what was there is kept beside it.

    Mails that went out after the backup are unknown to it: look at `digest status` and at the readers before you send.
    """
    from digest.archive import Archive

    place = Workspace(workspace)
    with place.lock():
        part = place.archive_file.with_name(".restored.db")
        try:
            with Archive.open(file, create=False) as kept:
                kept.create_backup(part)
            with Archive.open(part, create=False) as copy:
                faults = copy.check_integrity()
            if faults:
                raise ArchiveError(
                    f"{file} is damaged: {faults[0]}", "take another backup; nothing was changed"
                )
            aside = place.archive_file.with_name(
                f"archive.replaced-{resolve_now(now):%Y%m%dT%H%M%S}.db"
            )
            for suffix in ("-wal", "-shm", ""):
                old = place.archive_file.with_name(place.archive_file.name + suffix)
                if old.exists():
                    old.replace(aside.with_name(aside.name + suffix))
            part.replace(place.archive_file)
        finally:
            for suffix in ("", "-wal", "-shm"):
                part.with_name(part.name + suffix).unlink(missing_ok=True)
    if as_json:
        print_json({"restored": str(file), "kept": str(aside) if aside.exists() else None})
    else:
        print_message(
            f"{place.archive_file} is {file} now"
            + (f"; what was there is {aside}" if aside.exists() else ""),
            quiet,
        )


@command.command()
@workspace_option
@quiet_option
@json_option
def check(workspace: Path, quiet: bool, as_json: bool) -> None:
    """Look whether the archive is sound. Exit code 1 where it is not."""
    from digest.archive import Archive

    place = Workspace(workspace)
    with Archive.open(place.archive_file, create=False) as archive:
        faults = archive.check_integrity()
    if as_json:
        print_json({"sound": not faults, "faults": list(faults)})
    for fault in faults:
        print_message(fault)
    if faults:
        raise SystemExit(1)
    print_message(f"{place.archive_file} is sound", quiet or as_json)


@command.command()
@click.option(
    "--days", default=400, show_default=True, type=click.IntRange(1), help="Keep what is younger."
)
@common_options
def prune(days: int, workspace: Path, now: str | None, quiet: bool, as_json: bool) -> None:
    """Forget how single attempts at reading went, long ago, and give the room back.

    Items, editions and the ledger of deliveries are never deleted.
    """
    from digest.archive import Archive

    place = Workspace(workspace)
    with place.lock(), Archive.open(place.archive_file, create=False) as archive:
        before = place.archive_file.stat().st_size
        gone = archive.prune_attempts(resolve_now(now) - timedelta(days=days))
    freed = max(0, before - place.archive_file.stat().st_size)
    if as_json:
        print_json({"attempts": gone, "freed": freed})
    else:
        print_message(f"{gone} attempts forgotten, {freed} bytes given back", quiet)
