"""Name the files of the folder that a team works in, write files atomically, keep runs apart.

sources.yaml  stack.yaml  editions/     the team's
output/                                 everything that the program writes
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from digest.errors import DigestError, LockHeldError, UsageError
from digest.model.database import DatabaseUrl


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace folder. `output_folder` is written to instead of output/.

    `database` holds the archive instead of a file; `database_fault` says why it cannot be named.
    """

    root: Path
    output_folder: Path | None = None
    database: DatabaseUrl | None = None
    database_fault: str = ""

    @property
    def sources_file(self) -> Path:
        """The configuration of digest and sources."""
        return self.root / "sources.yaml"

    @property
    def output(self) -> Path:
        """The folder that the program writes to."""
        return self.output_folder or self.root / "output"

    @property
    def archive(self) -> Path | DatabaseUrl:
        """Where the archive is. Raises UsageError where its database is not named right."""
        if self.database_fault:
            hint = "set it to postgresql+psycopg://user:password@host/name; see docs/scale.md"
            raise UsageError(self.database_fault, hint)
        return self.database or self.archive_file

    @property
    def archive_file(self) -> Path:
        """The archive's file, where no database holds it."""
        return self.output / "archive.db"

    def edition_folder(self, quarter: str) -> Path:
        """Return the folder of an edition's files."""
        return self.output / quarter

    def remove_partial_files(self) -> None:
        """Remove the parts of files that killed runs left behind. The lock must be held."""
        with _wrap_os_error("clean", self.output):
            for part in self.output.rglob(".*.part"):
                part.unlink(missing_ok=True)

    def remove_stale_files(self, folder: str, pattern: str, kept: Collection[str]) -> None:
        """Remove the files of a folder of the output that match and are not kept, by their path."""
        with _wrap_os_error("clean", self.output / folder):
            for path in self.output.joinpath(folder).glob(pattern):
                if f"{folder}/{path.name}" not in kept:
                    path.unlink(missing_ok=True)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the workspace for one run that writes; the lock ends with the process.

        Raises LockHeldError at once where another run holds it.
        """
        with _wrap_os_error("write in", self.output):
            self.output.mkdir(parents=True, exist_ok=True)
            handle = (self.output / ".lock").open("a")
        with handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise LockHeldError(
                    f"another run works in {self.root}", "wait for it to end"
                ) from None
            with self._lock_database():
                yield

    @contextmanager
    def _lock_database(self) -> Iterator[None]:
        """Keep runs on other machines apart, where a database is shared with them."""
        if not self.database:
            yield
            return
        from digest.archive.locks import try_lock

        with try_lock(self.database, "run") as is_ours:
            if not is_ours:
                raise LockHeldError(f"another run works on {self.database}", "wait for it to end")
            yield


def write_file(path: Path, data: bytes | Iterable[bytes], *, private: bool = False) -> None:
    """Write a file atomically (a part beside it, synced, then renamed). Raises DigestError.

    `data` may come in pieces. A `private` file can be read by its owner alone.
    """
    part = path.with_name(f".{path.name}.part")
    with _wrap_os_error("write", path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if private:
                part.touch(mode=0o600)
            with part.open("wb") as handle:
                handle.writelines((data,) if isinstance(data, bytes) else data)
                handle.flush()
                os.fsync(handle.fileno())
            part.replace(path)
        except OSError:
            part.unlink(missing_ok=True)
            raise


def write_files(folder: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write files into a folder, each atomically, in their order; return their paths."""
    paths = tuple(folder / name for name in files)
    for path, data in zip(paths, files.values(), strict=True):
        write_file(path, data)
    return paths


@contextmanager
def _wrap_os_error(action: str, path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        hint = "check the folder and its permissions"
        if error.errno == errno.ENOSPC:
            hint = "free some disk space and run again; nothing was half-written"
        raise DigestError(f"cannot {action} {path}: {error.strerror or error}", hint) from error
