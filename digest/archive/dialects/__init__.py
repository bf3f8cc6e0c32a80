"""What databases do differently, each in a module of its own; all else in the archive is common.

The common code builds statements with SQLAlchemy, or writes plain SQL with "?" for its parameters,
and asks `find_dialect` for the few things that have no common form: how to connect, to write in
place of a row, to keep others out, to index words, to look for damage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa

from digest.errors import ArchiveError
from digest.extras import suggest_install
from digest.model.database import DatabaseUrl

ArchivePlace = Path | DatabaseUrl
Words = tuple[int, str, str]  # number of an entry; its title and its body, cut into words


@dataclass(frozen=True, slots=True)
class Fault:
    """Words of the database's message, what to tell instead, and what to do."""

    words: tuple[str, ...]
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class WordSearch:
    """How a statement asks for entries that hold words. The words are its first parameter."""

    tables: str  # with search_entries as e
    number: str
    condition: str  # "" where the tables say it all
    by_relevance: str  # what to order by


class Dialect(Protocol):
    """What a database does in its own way."""

    faults: tuple[Fault, ...]
    pinned_join: str  # a join whose left side is read first
    longest_key: int  # letters, ASCII

    def make_engine(self, place: Any) -> sa.Engine:
        """Return an engine for a place. Raises ArchiveError where it cannot be one."""

    def insert(self, table: sa.Table) -> Any:
        """Return an INSERT that can say what to do about a row that is there."""

    def lock_schema(self, connection: sa.Connection) -> None:
        """Keep others from changing the tables until the transaction ends."""

    def lock_source(self, connection: sa.Connection, source: str) -> None:
        """Keep others from writing what a source gave until the transaction ends."""

    def lock_index(self, connection: sa.Connection) -> None:
        """Keep others from giving out numbers of entries until the transaction ends."""

    def try_lock(self, connection: sa.Connection, name: str) -> bool:
        """Take a lock that lasts as long as the connection; return whether it was free."""

    def unlock(self, connection: sa.Connection, name: str) -> None:
        """Give back a lock of `try_lock`."""

    def read_steadily(self, connection: sa.Connection) -> None:
        """Have a transaction that begins see nothing that is written meanwhile."""

    def find_faults(self, connection: sa.Connection) -> tuple[str, ...]:
        """Return what is damaged, in words."""

    def reclaim_room(self, connection: sa.Connection) -> None:
        """Give back the room of deleted attempts, outside a transaction."""

    def set_counters(self, connection: sa.Connection, counted: Sequence[sa.Column[Any]]) -> None:
        """Have columns that count go on after rows that were inserted with their numbers."""

    def read_change_mark(self, connection: sa.Connection) -> str | None:
        """Return a mark that is another after each change; None where the file's times are it."""

    def count_bytes(self, connection: sa.Connection) -> int:
        """Return how much room the database takes."""

    def is_connection_safe(self, connection: sa.Connection) -> bool:
        """Return whether nobody on the way to the database can listen."""

    def shares_items(self, connection: sa.Connection) -> bool:
        """Return whether the items are those of another archive, which indexes them for itself."""

    def create_words(self, connection: sa.Connection) -> None:
        """Create what the index keeps words in."""

    def add_words(self, connection: sa.Connection, rows: Sequence[Words]) -> None:
        """Index the words of entries."""

    def drop_words(self, connection: sa.Connection, numbers: Sequence[int]) -> None:
        """Forget the words of entries that were replaced, where that can be done."""

    def clear_words(self, connection: sa.Connection) -> None:
        """Forget all words."""

    def write_match(self, words: str) -> str:
        """Return an expression of `digest.search.query` as this database reads it."""

    def count_matches(self, connection: sa.Connection, match: str, most: int) -> int:
        """Return how many entries hold the words, no more than `most`."""

    def search_words(self) -> WordSearch:
        """Return how a statement asks for entries by their words."""

    def find_words_like(
        self, connection: sa.Connection, parts: Sequence[str], most: int
    ) -> dict[str, list[str]]:
        """Return words of the index that hold a part, the most frequent first."""


def find_dialect(database: sa.Connection | sa.Engine) -> Dialect:
    """Return the dialect of an open database."""
    return _load_dialect(database.dialect.name)


def choose_dialect(place: ArchivePlace) -> Dialect:
    """Return the dialect of a place. Raises ArchiveError where what it needs is not installed."""
    return _load_dialect("postgresql" if isinstance(place, DatabaseUrl) else "sqlite")


def _load_dialect(name: str) -> Dialect:
    if name == "sqlite":
        from digest.archive.dialects.sqlite import SQLITE

        return SQLITE
    try:
        from digest.archive.dialects.postgresql import POSTGRESQL
    except ImportError as error:
        raise ArchiveError(
            "PostgreSQL needs a package that is not installed",
            suggest_install("scale"),
        ) from error
    return POSTGRESQL


def insert_into(connection: sa.Connection, table: sa.Table) -> Any:
    """Return an INSERT that can say what to do about a row that is there."""
    return find_dialect(connection).insert(table)


def run_sql(connection: sa.Connection, statement: str, parameters: Any = ()) -> Any:
    """Run plain SQL with "?" for its parameters, for each where they are a list; its result."""
    if connection.dialect.paramstyle != "qmark":
        statement = statement.replace("?", "%s")
    return connection.exec_driver_sql(statement, parameters)
