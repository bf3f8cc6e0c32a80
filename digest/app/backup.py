"""Care for the state of a workspace: back up, restore, check, prune.

A backup is one file, a gzipped tar, of all that a machine needs to go on where another one stopped:
the archive (with the ledger of deliveries and the releases), the team's files, and the editions as
they were built, whose bytes the releases name. A manifest in it has the hash of each file; a backup
that was damaged on its way is refused before anything is changed.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path, PurePath, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO, NamedTuple

from digest.app.workspace import Workspace, write_file
from digest.archive import Archive, copy_archive
from digest.errors import ArchiveError, UsageError
from digest.model.database import DatabaseUrl
from digest.version import __version__

_PARTS_OF_A_DATABASE = ("", "-wal", "-shm")
_ARCHIVE = "archive.db"
_MANIFEST = "manifest.json"
_FORMAT = 1
_MAX_BYTES = 4 * 2**30  # unpacked; an archive of ten years holds a tenth of it
_MAX_MANIFEST = 16 * 2**20
_PIECE = 2**20
_LONGEST_PATH, _LONGEST_NAME = 1000, 200  # characters; bytes, of which a part's name needs more
_TEAM_FILES = (
    "*.yaml",
    "editions/*",
    "prompts/*.md",
    "vendors/*",
    "*.md",
    "*.png",  # a logo
    "*.svg",
    ".gitignore",
    ".digest/*.json",
)
# in output/: made by a run for itself, or a copy of what the backup holds
_RESTORED = "restored.json"
_LEFT_OUT = ("backups", "demo", ".lock", _RESTORED)


class RestoredWorkspace(NamedTuple):
    """Where what was there before is kept, and team's files that the backup does not know."""

    kept: tuple[Path, ...]
    left: tuple[str, ...]


def back_up(workspace: Workspace, now: datetime, file: Path | None = None) -> Path:
    """Write a backup into a new file, by default in output/backups/, and return its path.

    A file whose name ends in .db becomes a copy of the archive alone. Runs may go on meanwhile.
    """
    target = file or workspace.output / "backups" / f"digest-{now:%Y%m%dT%H%M%S}.tar.gz"
    if target.exists():
        raise UsageError(f"{target} is there already", "name another file")
    if target.suffix == ".db":
        with Archive.open(workspace.archive, create=False) as archive:
            archive.create_backup(target)
        return target
    files = {**_read_archive(workspace), **dict(_read_files(workspace))}
    write_file(target, _pack_backup(files, now), private=True)
    return target


def _pack_backup(files: Mapping[str, bytes], now: datetime) -> bytes:
    """Return the bytes of a backup of files: path in the workspace → bytes."""
    manifest = {
        "format": _FORMAT,
        "program": __version__,
        "at": now.isoformat(),
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    }
    text = json.dumps(manifest, indent=1, ensure_ascii=False)
    return _pack_files({_MANIFEST: text.encode(), **files}, now)


def restore_backup(workspace: Workspace, now: datetime, file: Path) -> RestoredWorkspace:
    """Put a backup in the place of a workspace's state, once it was checked.

    It is a file that `back_up` wrote; one of the archive alone replaces only that. Raises
    ArchiveError where the backup is damaged; nothing is changed then.
    """
    with workspace.lock(), TemporaryDirectory(dir=workspace.output, prefix=".restore-") as scratch:
        if _is_database(file):
            _note_restore(workspace, now)
            return RestoredWorkspace(_replace_archive(workspace, now, file), ())
        files, kept = _unpack_files(file, Path(scratch)), _keep_files(workspace, now)
        _note_restore(workspace, now)
        if _ARCHIVE in files:
            kept = (*kept, *_replace_archive(workspace, now, files.pop(_ARCHIVE)))
        for name, unpacked in files.items():
            with unpacked.open("rb") as handle:
                write_file(workspace.root / name, _iter_pieces(handle))
        team = {name for name, _ in _list_team_files(workspace)}
        return RestoredWorkspace(kept, tuple(sorted(team - files.keys())))


def load_restore_time(workspace: Workspace) -> datetime | None:
    """Return when a backup was last restored here; None for never.

    What was due by then may have gone out elsewhere since the backup was made.
    """
    try:
        stated = json.loads((workspace.output / _RESTORED).read_bytes())
        return datetime.fromisoformat(stated["at"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        raise ArchiveError(
            f"{workspace.output / _RESTORED} cannot be read",
            "remove it once you know that no other machine sent what is due",
        ) from None


def _note_restore(workspace: Workspace, now: datetime) -> None:
    """Note it before anything is restored: whoever is killed after it has noted too much."""
    data = json.dumps({"at": now.isoformat()}) + "\n"
    write_file(workspace.output / _RESTORED, data.encode(), private=True)


def _keep_files(workspace: Workspace, now: datetime) -> tuple[Path, ...]:
    """Back up the files that are about to be replaced, but for the archive; return where."""
    files = dict(_read_files(workspace))
    if not files:
        return ()
    target = workspace.output / "backups" / f"replaced-{now:%Y%m%dT%H%M%S}.tar.gz"
    write_file(target, _pack_backup(files, now), private=True)
    return (target,)


def _is_database(file: Path) -> bool:
    try:
        with file.open("rb") as handle:
            return handle.read(2) != b"\x1f\x8b"  # gzip's mark
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror or error}") from None


def _replace_archive(workspace: Workspace, now: datetime, file: Path) -> tuple[Path, ...]:
    """Put a database in the archive's place once it was checked; return where the old one is."""
    if workspace.database:
        return _replace_database(workspace, workspace.database, now, file)
    current = workspace.archive_file
    part = current.with_name(".restored.db")
    aside = current.with_name(f"archive.replaced-{now:%Y%m%dT%H%M%S}.db")
    try:
        with Archive.open(file, create=False) as backup:
            backup.create_backup(part)
        _check_copy(part, file)
        for suffix in reversed(_PARTS_OF_A_DATABASE):  # the database itself last
            old = current.with_name(current.name + suffix)
            if old.exists():
                old.replace(aside.with_name(aside.name + suffix))
        part.replace(current)
    finally:
        for suffix in _PARTS_OF_A_DATABASE:
            part.with_name(part.name + suffix).unlink(missing_ok=True)
    return (aside,) if aside.exists() else ()


def _check_copy(copy: Path, file: Path) -> None:
    """Raise ArchiveError where a copy of a backup is damaged."""
    with Archive.open(copy, create=False) as archive:
        faults = archive.check_integrity()
    if faults:
        raise ArchiveError(
            f"{file} is damaged: {faults[0]}", "take another backup; nothing was changed"
        )


def _replace_database(
    workspace: Workspace, database: DatabaseUrl, now: datetime, file: Path
) -> tuple[Path, ...]:
    """Put a backup in the place of all that a database holds; return where that is kept."""
    aside = workspace.output / f"archive.replaced-{now:%Y%m%dT%H%M%S}.db"
    with TemporaryDirectory(dir=workspace.output, prefix=".restore-") as scratch:
        part = Path(scratch) / "restored.db"
        with Archive.open(file, create=False) as backup:
            backup.create_backup(part)
        _check_copy(part, file)
        was_there = Archive.is_at(database)
        with Archive.open(part) as restored, Archive.open(database) as archive:
            if was_there:
                archive.create_backup(aside)
            copy_archive(restored, archive, replace=True)
    return (aside,) if was_there else ()


def move_archive(workspace: Workspace, *, back: bool = False) -> Mapping[str, int]:
    """Copy the archive's file into the database that sources.yaml names, or `back` into a file.

    Where it goes must be empty; where it comes from stays as it is. Returns the rows by table.
    Raises UsageError where no database is named.
    """
    file, database = workspace.archive_file, workspace.archive
    if not isinstance(database, DatabaseUrl):
        raise UsageError(
            "sources.yaml names no database", "give digest.archive.url_env; see docs/scale.md"
        )
    origin, target = (database, file) if back else (file, database)
    with (
        workspace.lock(),
        Archive.open(origin, create=False) as source,
        Archive.open(target) as archive,
    ):
        return copy_archive(source, archive)


# ---------------------------------------------------------------- what a backup holds


def _read_archive(workspace: Workspace) -> dict[str, bytes]:
    """Return a copy of the archive by its name, nothing where there is none."""
    if not Archive.is_at(workspace.archive):
        return {}
    workspace.output.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=workspace.output, prefix=".backup-") as scratch:
        copy = Path(scratch) / _ARCHIVE
        with Archive.open(workspace.archive, create=False) as archive:
            archive.create_backup(copy)
        return {_ARCHIVE: copy.read_bytes()}


def _read_files(workspace: Workspace) -> Iterator[tuple[str, bytes]]:
    """Yield the team's files and the editions: path in the workspace, and bytes."""
    for name, path in _list_team_files(workspace):
        yield name, path.read_bytes()
    output = workspace.output
    for path in sorted(output.rglob("*")) if output.is_dir() else ():
        place = path.relative_to(output)
        if path.is_file() and _is_state_of_output(place):
            yield f"output/{place.as_posix()}", path.read_bytes()


def _list_team_files(workspace: Workspace) -> Iterator[tuple[str, Path]]:
    """Yield the files that people write: path in the workspace, and where it is."""
    for pattern in _TEAM_FILES:
        for path in sorted(workspace.root.glob(pattern)):
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(workspace.root).as_posix(), path


def _pack_files(files: Mapping[str, bytes], now: datetime) -> bytes:
    """Return a gzipped tar of files; the same files and time give the same bytes."""
    out = io.BytesIO()
    seconds = int(now.timestamp())
    with (
        gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=seconds) as packed,
        tarfile.open(fileobj=packed, mode="w") as tar,
    ):
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mtime, member.mode = len(data), seconds, 0o600
            tar.addfile(member, io.BytesIO(data))
    return out.getvalue()


def _unpack_files(file: Path, folder: Path) -> dict[str, Path]:
    """Unpack a backup. Raises ArchiveError where it is damaged or none of ours."""
    with file.open("rb") as handle:
        return unpack_backup(handle, str(file), folder)


def unpack_backup(packed: IO[bytes], name: str, folder: Path) -> dict[str, Path]:
    """Return the files of a backup, unpacked into a folder: path in the workspace → where it is.

    It is read as a stream, in which a forged size can lead neither backwards, which has no end,
    nor to more bytes than are there; `name` is for messages. Raises ArchiveError.
    """
    damaged = ArchiveError(f"{name} is damaged", "take another backup; nothing was changed")
    files, found = dict[str, Path](), dict[str, str]()  # path → where it is, and its hash
    try:
        with tarfile.open(fileobj=packed, mode="r|gz") as tar:
            for member, handle in _iter_members(tar, damaged):
                if member in files:
                    raise damaged
                files[member] = folder / f"{len(files)}.unpacked"
                found[member] = _write_pieces(files[member], handle)
        with files.pop(_MANIFEST).open("rb") as handle:
            manifest = json.loads(handle.read(_MAX_MANIFEST))
        found.pop(_MANIFEST)
        number, hashes = manifest["format"], manifest["files"]
    except ArchiveError:
        raise
    except OSError as error:  # of the disk: what is wrong in the stream is a TarError
        raise ArchiveError(
            f"{name} cannot be unpacked: {error.strerror or error}",
            "see whether the disk is full; nothing was changed",
        ) from None
    except Exception:  # noqa: BLE001 - of forged bytes tarfile raises whatever its parts raise
        raise damaged from None
    if number != _FORMAT:
        raise ArchiveError(
            f"{name} was written by a newer program", "install that one; nothing was changed"
        )
    if found != hashes:
        raise damaged
    if not all(map(_may_be_restored, files)) or _have_conflict(files):
        raise damaged
    return files


def _iter_members(tar: tarfile.TarFile, damaged: ArchiveError) -> Iterator[tuple[str, IO[bytes]]]:
    left = _MAX_BYTES
    for member in tar:
        left -= member.size
        is_plain = member.isreg() and not member.issparse() and member.size >= 0
        handle = tar.extractfile(member) if is_plain and left >= 0 else None
        if handle is None:
            raise damaged
        yield member.name, handle


def _iter_pieces(handle: IO[bytes]) -> Iterator[bytes]:
    while piece := handle.read(_PIECE):
        yield piece


def _write_pieces(path: Path, handle: IO[bytes]) -> str:
    """Write a file that its owner alone may read; return its hash."""
    digest = hashlib.sha256()
    path.touch(mode=0o600)
    with path.open("wb") as out:
        for piece in _iter_pieces(handle):
            digest.update(piece)
            out.write(piece)
    return digest.hexdigest()


def _may_be_restored(name: str) -> bool:
    """Return whether a backup may hold a file of this path: one that a workspace has.

    What cannot be written, a name with a NUL or one too long, is refused here: a restore that ends
    half-way leaves a workspace of two.
    """
    place = PurePosixPath(name)
    if not name.isprintable() or place.is_absolute() or ".." in place.parts:
        return False
    if not place.parts or place.as_posix() != name or len(name) > _LONGEST_PATH:
        return False
    if any(len(part.encode()) > _LONGEST_NAME for part in place.parts):
        return False
    if name == _ARCHIVE:
        return True
    if place.parts[0] == "output":
        return len(place.parts) > 1 and _is_state_of_output(PurePosixPath(*place.parts[1:]))
    return any(
        len(place.parts) == pattern.count("/") + 1 and place.match(pattern)
        for pattern in _TEAM_FILES
    )


def _have_conflict(names: Collection[str]) -> bool:
    """Return whether one of the files would have to be a folder of another."""
    return any(str(folder) in names for name in names for folder in PurePosixPath(name).parents)


def _is_state_of_output(place: PurePath) -> bool:
    """Return whether a file in output/ belongs to a backup."""
    if place.parts[0] in _LEFT_OUT or place.name.startswith("archive."):
        return False
    return not any(part[0] == "." for part in place.parts)


def check_archive(workspace: Workspace) -> tuple[str, ...]:
    """Return what is wrong with the archive."""
    with Archive.open(workspace.archive, create=False) as archive:
        return archive.check_integrity()


def prune_archive(workspace: Workspace, now: datetime, days: int) -> tuple[int, int]:
    """Delete the records of attempts older than `days`. Return their number, and bytes freed."""
    with workspace.lock(), Archive.open(workspace.archive, create=False) as archive:
        before = archive.count_bytes()
        deleted = archive.prune_attempts(now - timedelta(days=days))
        return deleted, max(0, before - archive.count_bytes())
