"""SQLite: a file in WAL, words in FTS5."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from digest.archive.dialects import Fault, Words, WordSearch

_BUSY_SECONDS = 10.0
# its rows are search_entries.number; it keeps no text of its own
_CREATE_WORDS = (
    "CREATE VIRTUAL TABLE search_words USING fts5(title, body, content='', "
    "tokenize=\"unicode61 remove_diacritics 0 categories 'L* M* N* Co'\")"
)
_DROP_WORDS = "INSERT INTO search_words(search_words) VALUES ('delete-all')"
_ADD_WORDS = "INSERT INTO search_words(rowid, title, body) VALUES (?, ?, ?)"


class SqliteDialect:
    """What SQLite does in its own way. One process writes at a time: little has to be locked."""

    faults: tuple[Fault, ...] = (
        Fault(
            ("locked", "busy"),
            "{place} is locked by another program",
            "wait for it, or stop it, and run again",
        ),
        Fault(
            ("malformed", "not a database"),
            "{place} is damaged: {error}",
            "put a backup in its place: `digest archive restore FILE`",
        ),
        Fault(
            ("full",),
            "no room left on the disk of {place}",
            "free some space and run again; nothing was lost",
        ),
        Fault(
            ("readonly", "unable to open"),
            "cannot write {place}",
            "check the permissions of the file and its folder",
        ),
    )
    pinned_join = "CROSS JOIN"
    longest_key = 10**9

    def make_engine(self, place: Path) -> sa.Engine:
        """Return an engine for a file, which is created for its owner alone."""
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists():  # what SQLite keeps beside it gets the same rights
            place.touch(mode=0o600)
        engine = sa.create_engine(f"sqlite:///{place}", connect_args={"timeout": _BUSY_SECONDS})
        sa.event.listen(engine, "connect", _set_pragmas)
        return engine

    def insert(self, table: sa.Table) -> sqlite.Insert:
        """Return an INSERT that can say what to do about a row that is there."""
        return sqlite.insert(table)

    def lock_schema(self, connection: sa.Connection) -> None:
        """Begin the transaction as a writer."""
        # sqlite3 by itself begins a transaction before INSERT only: CREATE would commit at once
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def lock_source(self, connection: sa.Connection, source: str) -> None:
        """Do nothing: one process writes at a time."""

    def lock_index(self, connection: sa.Connection) -> None:
        """Do nothing: one process writes at a time."""

    def try_lock(self, connection: sa.Connection, name: str) -> bool:
        """Refuse: a file is locked by the workspace's own lock."""
        raise NotImplementedError

    def unlock(self, connection: sa.Connection, name: str) -> None:
        """Refuse alike."""
        raise NotImplementedError

    def read_steadily(self, connection: sa.Connection) -> None:
        """Begin a transaction, all of whose reading is of one moment."""
        connection.exec_driver_sql("BEGIN")

    def find_faults(self, connection: sa.Connection) -> tuple[str, ...]:
        """Return what SQLite's own integrity check finds."""
        rows = connection.exec_driver_sql("PRAGMA integrity_check").scalars()
        return tuple(row for row in rows if row != "ok")

    def reclaim_room(self, connection: sa.Connection) -> None:
        """Rewrite the file."""
        connection.exec_driver_sql("VACUUM")

    def set_counters(self, connection: sa.Connection, counted: Sequence[sa.Column[Any]]) -> None:
        """Do nothing: the next number is one more than the highest."""

    def read_change_mark(self, connection: sa.Connection) -> str | None:  # noqa: ARG002 (protocol)
        """Return None: the file's times say when it changed."""
        return None

    def count_bytes(self, connection: sa.Connection) -> int:
        """Return how much room the file takes."""
        statement = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        return int(connection.exec_driver_sql(statement).scalar() or 0)

    def is_connection_safe(self, connection: sa.Connection) -> bool:  # noqa: ARG002 (protocol)
        """Return True: it is a file."""
        return True

    def shares_items(self, connection: sa.Connection) -> bool:  # noqa: ARG002 (protocol)
        """Return False: a file holds one archive."""
        return False

    def create_words(self, connection: sa.Connection) -> None:
        """Create the FTS5 table."""
        connection.exec_driver_sql(_CREATE_WORDS)

    def add_words(self, connection: sa.Connection, rows: Sequence[Words]) -> None:
        """Index the words of entries."""
        connection.exec_driver_sql(_ADD_WORDS, list(rows))

    def drop_words(self, connection: sa.Connection, numbers: Sequence[int]) -> None:
        """Do nothing: FTS5 without the text cannot; they lead nowhere until all is rebuilt."""

    def clear_words(self, connection: sa.Connection) -> None:
        """Forget all words."""
        connection.exec_driver_sql(_DROP_WORDS)

    def write_match(self, words: str) -> str:
        """Return an expression as it is: it is one of FTS5."""
        return words

    def count_matches(self, connection: sa.Connection, match: str, most: int) -> int:
        """Return how many entries hold the words, no more than `most`."""
        statement = (
            "SELECT count(*) FROM (SELECT 1 FROM search_words WHERE search_words MATCH ? LIMIT ?)"
        )
        return int(connection.exec_driver_sql(statement, (match, most)).scalar() or 0)

    def search_words(self) -> WordSearch:
        """Return how a statement asks for entries by their words; BM25 says the best."""
        return WordSearch(
            "search_words w CROSS JOIN search_entries e ON e.number = w.rowid",
            "w.rowid",
            "search_words MATCH ?",
            "bm25(search_words, 4.0, 1.0)",
        )

    def find_words_like(
        self, connection: sa.Connection, parts: Sequence[str], most: int
    ) -> dict[str, list[str]]:
        """Return words of the index that hold each part, the most frequent first."""
        connection.exec_driver_sql(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.search_vocabulary"
            " USING fts5vocab('main', 'search_words', 'row')"
        )
        # one reading of the list, which is what takes the time, however many parts there are
        holds_any = " OR ".join("instr(term, ?)" for _ in parts)
        statement = f"SELECT term FROM temp.search_vocabulary WHERE {holds_any} ORDER BY doc DESC"  # noqa: S608
        words = list(connection.exec_driver_sql(statement, tuple(parts)).scalars())
        return {part: [word for word in words if part in word][:most] for part in parts}


def _set_pragmas(connection: Any, record: Any) -> None:  # noqa: ARG001 (SQLAlchemy's signature)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


SQLITE = SqliteDialect()
