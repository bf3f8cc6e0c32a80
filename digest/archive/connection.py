"""The archive's connection: opened, migrated, cared for; every fault told in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Self, TypeVar

import sqlalchemy as sa

from digest.archive import search, tables
from digest.archive.dialects import ArchivePlace, choose_dialect, find_dialect
from digest.archive.queue_state import QueueState, read_queue_state
from digest.archive.rows import upsert
from digest.archive.tables import attempts
from digest.errors import ArchiveError

T = TypeVar("T")


class ArchiveConnection:
    """The archive of one workspace. Use as a context manager. Every method raises ArchiveError."""

    def __init__(self, engine: sa.Engine, place: ArchivePlace) -> None:
        self._engine, self.place = engine, place
        self.dialect = find_dialect(engine)

    @classmethod
    def open(cls, place: ArchivePlace, *, create: bool = True) -> Self:
        """Open, create or migrate the database at a place. Raises ArchiveError with what to do."""
        if not create and isinstance(place, Path) and not place.exists():
            raise _report_absence(place)
        try:
            archive = cls(choose_dialect(place).make_engine(place), place)
            try:
                archive._update_schema(create=create)
            except BaseException:
                archive.close()
                raise
        except OSError as error:
            assert isinstance(place, Path)
            raise ArchiveError(
                f"cannot use {place.parent}: {error.strerror}", "make the folder writable"
            ) from error
        return archive

    @classmethod
    def is_at(cls, place: ArchivePlace) -> bool:
        """Return whether there is an archive at a place, whatever its state."""
        if isinstance(place, Path):
            return place.exists()
        archive = cls(choose_dialect(place).make_engine(place), place)
        with archive, archive.begin_transaction() as connection:
            return read_format(connection) > 0

    def close(self) -> None:
        """Release the database."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def prune_attempts(self, before: datetime) -> int:
        """Delete the attempts before a time, free their room and return how many there were.

        Items, deliveries and states stay.
        """
        with self.begin_transaction() as connection:
            gone = connection.execute(sa.delete(attempts).where(attempts.c.at < before)).rowcount
        with self.begin_outside_transaction() as connection:
            self.dialect.reclaim_room(connection)
        return gone

    def create_backup(self, target: Path) -> None:
        """Write a whole copy to the file `target`, made in one transaction beside it and renamed.

        It is a SQLite archive, whatever this one is.
        """
        part = target.with_name(f".{target.name}.part")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            part.unlink(missing_ok=True)
            part.touch(mode=0o600)
            self._write_copy(part)
            part.replace(target)
        except OSError as error:
            raise ArchiveError(
                f"cannot write {target}: {error.strerror}", "make the folder writable"
            ) from error
        finally:
            part.unlink(missing_ok=True)

    def _write_copy(self, file: Path) -> None:
        """Write a copy into an empty file."""
        if isinstance(self.place, Path):
            with self.begin_outside_transaction() as connection:
                connection.exec_driver_sql("VACUUM INTO ?", (str(file),))
            return
        from digest.archive.copying import copy_archive

        with type(self).open(file) as copy:
            copy_archive(self, copy)
            copy.seal()

    def seal(self) -> None:
        """Have a file hold all of itself: nothing stays in files beside it."""
        with self.begin_outside_transaction() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=DELETE")

    def check_integrity(self) -> tuple[str, ...]:
        """Return the faults that the database's own check finds; () where there are none."""
        with self.begin_transaction() as connection:
            return self.dialect.find_faults(connection)

    def count_bytes(self) -> int:
        """Return how much room the archive takes."""
        if isinstance(self.place, Path):
            return self.place.stat().st_size
        with self.begin_transaction() as connection:
            return self.dialect.count_bytes(connection)

    def is_connection_safe(self) -> bool:
        """Return whether nobody on the way to the database can listen."""
        with self.begin_transaction() as connection:
            return self.dialect.is_connection_safe(connection)

    def read_queue_state(self) -> QueueState:
        """Return the state of the queue of jobs; an empty one where there is none."""
        if isinstance(self.place, Path):
            return QueueState()
        with self.begin_transaction() as connection:
            return read_queue_state(connection)

    def read_change_mark(self) -> str | None:
        """Return a mark that is another after each change; None where the file's times are it."""
        with self.begin_transaction() as connection:
            return self.dialect.read_change_mark(connection)

    @contextmanager
    def begin_transaction(self) -> Iterator[sa.Connection]:
        with self.translate_errors(), self._engine.begin() as connection:
            yield connection

    def fetch(self, query: sa.Executable, build: Callable[[sa.RowMapping], T]) -> tuple[T, ...]:
        with self.begin_transaction() as connection:
            return tuple(build(row) for row in connection.execute(query).mappings())

    @contextmanager
    def begin_outside_transaction(self) -> Iterator[sa.Connection]:
        """Hand out a connection whose statements are each a transaction of their own."""
        with self.translate_errors(), self._engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            yield connection

    @contextmanager
    def translate_errors(self) -> Iterator[None]:
        """Raise ArchiveError with what to do for each fault of the database."""
        try:
            yield
        except sa.exc.DBAPIError as error:
            told = " ".join(str(error.orig).split())
            for fault in self.dialect.faults:
                if any(word in told.lower() for word in fault.words):
                    message = fault.message.format(place=self.place, error=told)
                    raise ArchiveError(message, fault.hint) from error
            raise ArchiveError(f"the archive {self.place} answered: {told}") from error

    def _update_schema(self, *, create: bool) -> None:
        """Create the tables, or migrate those of an older format after a copy of the file."""
        with self.begin_transaction() as connection:
            version = read_format(connection)
        if version > tables.FORMAT:
            raise ArchiveError(
                f"{self.place} was written by a newer version "
                f"(archive format {version}, known {tables.FORMAT})",
                "update this program",
            )
        if version == tables.FORMAT:
            return
        if version and isinstance(self.place, Path):
            self.create_backup(self.place.with_suffix(f".before-{tables.FORMAT}.db"))
        if not version and not create and not isinstance(self.place, Path):
            raise _report_absence(self.place)
        with self.begin_transaction() as connection:
            self.dialect.lock_schema(connection)
            version = read_format(connection)  # another process may have been first
            if version == 0:
                tables.metadata.create_all(connection)
                search.mark_current(connection)
            elif version < tables.FORMAT:
                from digest.archive.migrations import upgrade_schema

                upgrade_schema(connection, version, tables.FORMAT)
            upsert(connection, tables.meta, {"key": "schema_version", "value": str(tables.FORMAT)})


def _report_absence(place: ArchivePlace) -> ArchiveError:
    return ArchiveError(f"there is no archive at {place}", "run `digest collect` first")


def read_format(connection: sa.Connection) -> int:
    """Return the format of an archive; 0 where its tables were not created, or not all of them."""
    if not sa.inspect(connection).has_table("meta"):
        return 0
    query = sa.select(tables.meta.c.value).where(tables.meta.c.key == "schema_version")
    return int(connection.execute(query).scalar() or 0)
