"""The archive's connection: opened, migrated, cared for; every fault told in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Self, TypeVar

import sqlalchemy as sa

from digest.archive import search, tables
from digest.archive.rows import upsert
from digest.archive.tables import attempts
from digest.errors import ArchiveError

T = TypeVar("T")

_BUSY_SECONDS = 10.0

# words in the database's message → what to tell, and what to do
_FAULTS = (
    (
        ("locked", "busy"),
        "{path} is locked by another program",
        "wait for it, or stop it, and run again",
    ),
    (
        ("malformed", "not a database"),
        "{path} is damaged: {error}",
        "put a backup in its place, or move it away",
    ),
    (
        ("full",),
        "no room left on the disk of {path}",
        "free some space and run again; nothing was lost",
    ),
    (
        ("readonly", "unable to open"),
        "cannot write {path}",
        "check the permissions of the file and its folder",
    ),
)


class ArchiveConnection:
    """The archive of one workspace. Use as a context manager. Every method raises ArchiveError."""

    def __init__(self, engine: sa.Engine, path: Path) -> None:
        self._engine = engine
        self.path = path

    @classmethod
    def open(cls, path: Path, *, create: bool = True) -> Self:
        """Open, create or migrate the database at `path`. Raises ArchiveError with what to do."""
        if not create and not path.exists():
            raise ArchiveError(f"there is no archive at {path}", "run `digest collect` first")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():  # what SQLite keeps beside it gets the same rights
                path.touch(mode=0o600)
            engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": _BUSY_SECONDS})
            sa.event.listen(engine, "connect", set_pragmas)
            archive = cls(engine, path)
            archive._update_schema()
        except OSError as error:
            raise ArchiveError(
                f"cannot use {path.parent}: {error.strerror}", "make the folder writable"
            ) from error
        return archive

    def close(self) -> None:
        """Release the database file."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def prune_attempts(self, before: datetime) -> int:
        """Delete the attempts before a time, shrink the file and return how many there were.

        Items, deliveries and states stay.
        """
        with self.begin_transaction() as connection:
            gone = connection.execute(sa.delete(attempts).where(attempts.c.at < before)).rowcount
        self.execute_outside_transaction("VACUUM")
        return gone

    def create_backup(self, target: Path) -> None:
        """Write a whole copy to `target`, made in one transaction beside it and renamed."""
        part = target.with_name(f".{target.name}.part")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            part.unlink(missing_ok=True)
            part.touch(mode=0o600)
            self.execute_outside_transaction("VACUUM INTO ?", str(part))
            part.replace(target)
        except OSError as error:
            raise ArchiveError(
                f"cannot write {target}: {error.strerror}", "make the folder writable"
            ) from error
        finally:
            part.unlink(missing_ok=True)

    def check_integrity(self) -> tuple[str, ...]:
        """Return the faults that SQLite's own integrity check finds; () where there are none."""
        rows = self.fetch(sa.text("PRAGMA integrity_check"), lambda row: row["integrity_check"])
        return tuple(row for row in rows if row != "ok")

    # ------------------------------------------------------------ inside

    @contextmanager
    def begin_transaction(self) -> Iterator[sa.Connection]:
        with self.translate_errors(), self._engine.begin() as connection:
            yield connection

    def fetch(self, query: sa.Executable, build: Callable[[sa.RowMapping], T]) -> tuple[T, ...]:
        with self.begin_transaction() as connection:
            return tuple(build(row) for row in connection.execute(query).mappings())

    def execute_outside_transaction(self, statement: str, *parameters: str) -> None:
        with self.translate_errors(), self._engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.exec_driver_sql(statement, parameters)

    @contextmanager
    def translate_errors(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.DBAPIError as error:
            reason = str(error.orig).lower()
            for words, message, hint in _FAULTS:
                if any(word in reason for word in words):
                    message = message.format(path=self.path, error=error.orig)
                    raise ArchiveError(message, hint) from error
            raise ArchiveError(f"the archive {self.path} answered: {error.orig}") from error

    def _update_schema(self) -> None:
        """Create the tables, or migrate those of an older format after a copy of the file."""
        with self.begin_transaction() as connection:
            version = read_format(connection)
        if version > tables.FORMAT:
            raise ArchiveError(
                f"{self.path} was written by a newer version "
                f"(archive format {version}, known {tables.FORMAT})",
                "update this program",
            )
        if version == tables.FORMAT:
            return
        if version:
            self.create_backup(self.path.with_suffix(f".before-{tables.FORMAT}.db"))
        with self.begin_transaction() as connection:
            # sqlite3 by itself begins a transaction before INSERT only: CREATE would commit at once
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            version = read_format(connection)  # another process may have been first
            if version == 0:
                tables.metadata.create_all(connection)
                search.mark_current(connection)
            elif version < tables.FORMAT:
                from digest.archive.migrations import upgrade_schema

                upgrade_schema(connection, version, tables.FORMAT)
            upsert(connection, tables.meta, {"key": "schema_version", "value": str(tables.FORMAT)})


def set_pragmas(connection: Any, record: Any) -> None:  # noqa: ARG001 (SQLAlchemy's signature)
    """Have SQLite write ahead, sync each commit and keep foreign keys."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def read_format(connection: sa.Connection) -> int:
    """Return the format of an archive; 0 where its tables were not created, or not all of them."""
    if not sa.inspect(connection).has_table("meta"):
        return 0
    query = sa.select(tables.meta.c.value).where(tables.meta.c.key == "schema_version")
    return int(connection.execute(query).scalar() or 0)
