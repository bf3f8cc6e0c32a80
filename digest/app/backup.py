"""Care for the archive: back up, restore, check, prune."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from digest.app.workspace import Workspace
from digest.archive import Archive
from digest.errors import ArchiveError, UsageError

_PARTS_OF_A_DATABASE = ("", "-wal", "-shm")


def back_up(workspace: Workspace, now: datetime, file: Path | None = None) -> Path:
    """Copy the archive into a new file, by default in output/backups/, and return its path."""
    target = file or workspace.output / "backups" / f"archive-{now:%Y%m%dT%H%M%S}.db"
    if target.exists():
        raise UsageError(f"{target} is there already", "name another file")
    with Archive.open(workspace.archive_file, create=False) as archive:
        archive.create_backup(target)
    return target


def restore_backup(workspace: Workspace, now: datetime, file: Path) -> Path | None:
    """Put a backup in the archive's place once it was checked.

    Return where the archive before it is kept, if there was one. Raises ArchiveError where the
    backup is damaged; nothing is changed then.
    """
    current = workspace.archive_file
    with workspace.lock():
        part = current.with_name(".restored.db")
        try:
            with Archive.open(file, create=False) as backup:
                backup.create_backup(part)
            with Archive.open(part, create=False) as copy:
                faults = copy.check_integrity()
            if faults:
                raise ArchiveError(
                    f"{file} is damaged: {faults[0]}", "take another backup; nothing was changed"
                )
            aside = current.with_name(f"archive.replaced-{now:%Y%m%dT%H%M%S}.db")
            for suffix in reversed(_PARTS_OF_A_DATABASE):  # the database itself last
                old = current.with_name(current.name + suffix)
                if old.exists():
                    old.replace(aside.with_name(aside.name + suffix))
            part.replace(current)
        finally:
            for suffix in _PARTS_OF_A_DATABASE:
                part.with_name(part.name + suffix).unlink(missing_ok=True)
    return aside if aside.exists() else None


def check_archive(workspace: Workspace) -> tuple[str, ...]:
    """Return what is wrong with the archive's file."""
    with Archive.open(workspace.archive_file, create=False) as archive:
        return archive.check_integrity()


def prune_archive(workspace: Workspace, now: datetime, days: int) -> tuple[int, int]:
    """Delete the records of attempts older than `days`. Return their number, and bytes freed."""
    file = workspace.archive_file
    with workspace.lock(), Archive.open(file, create=False) as archive:
        before = file.stat().st_size
        deleted = archive.prune_attempts(now - timedelta(days=days))
    return deleted, max(0, before - file.stat().st_size)
