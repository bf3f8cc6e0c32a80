"""PostgreSQL through psycopg: words as tsvector, parts of words by pg_trgm.

Text sorts by code point as in SQLite (collation "C" in `digest.archive.tables`), whatever the
database's own order. Words come cut by `digest.search.words`, Chinese, Japanese and Thai into
overlapping pieces of two and three letters, so the vectors are written here, word by word with its
place: none of the server's parsers or dictionaries takes part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from psycopg.types.string import StrDumperUnknown
from sqlalchemy.dialects import postgresql

from digest.archive.dialects import Fault, Words, WordSearch
from digest.errors import ArchiveError
from digest.model.database import DatabaseUrl

_CONNECT_SECONDS = 10
_LOCK_SECONDS = 60  # that a transaction waits for another; they last milliseconds
_OLDEST = 130000  # as the server counts: 13.0
_MAX_WORD_BYTES = 2000  # the server takes 2,046
_LONGEST_ASKED = 500  # letters of a word
_LAST_PLACE = 16383  # the highest that the server keeps
_COLUMN_GAP = 16  # no phrase runs from the title into the body
_VOCABULARY_CANDIDATES = 100
# where a title's words count four times; weights are of D, C, B, A
_RELEVANCE = "ts_rank('{0.25,0.25,0.25,1.0}', w.words, q.query, 1) DESC, w.number DESC"
# a lock is of one archive: several may be schemas of one database
_LOCK_NUMBER = "hashtextextended('martech-digest ' || current_schema() || ' ' || %s::text, 0)"
_TOKEN = re.compile(r'"(?P<phrase>[^"]*)"(?P<prefix>\*?)|(?P<word>AND|OR|NOT|title|[:()])')
_OPERATORS = {"AND": "&", "OR": "|", "NOT": "& !", "(": "(", ")": ")"}


class _TextDumper(StrDumperUnknown):
    """Writes texts; the one letter that PostgreSQL cannot hold becomes the mark of a lost one."""

    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace("\0", "\ufffd") if "\0" in obj else obj)


class PostgresqlDialect:
    """What PostgreSQL does in its own way. Many processes write at once: locks are named."""

    faults: tuple[Fault, ...] = (
        Fault(
            ("password authentication", "no password", "pg_hba", "role ", "authentication failed"),
            "{place} refuses the login: {error}",
            "check the address that digest.archive in sources.yaml leads to",
        ),
        Fault(
            ("does not exist",),
            "{place}: {error}",
            "create the database, or check the address; docs/scale.md shows how",
        ),
        Fault(
            (
                "connection failed",
                "connection refused",
                "could not connect",
                "failed to resolve",
                "timeout expired",
                "starting up",
                "shutting down",
                "too many clients",
                "remaining connection slots",
            ),
            "cannot reach {place}: {error}",
            "see whether the server runs and lets this machine in, and run again",
        ),
        Fault(
            ("closed the connection", "connection is lost", "terminating connection", "is closed"),
            "the connection to {place} broke off: {error}",
            "run again; nothing was half-written",
        ),
        Fault(
            ("lock timeout", "deadlock"),
            "{place} is locked by another program",
            "wait for it, or stop it, and run again",
        ),
        Fault(
            ("no space left", "could not extend", "disk full"),
            "no room left on the disk of {place}",
            "free some space and run again; nothing was lost",
        ),
        Fault(
            ("permission denied", "must be owner", "row-level security"),
            "{place} does not let this login do that: {error}",
            "have its owner grant it; docs/scale.md lists the rights",
        ),
        Fault(
            ("read-only",),
            "{place} cannot be written now: {error}",
            "name the primary server, not a standby",
        ),
    )
    pinned_join = "JOIN"
    longest_key = 2600  # of an entry of an index; a page holds three

    def make_engine(self, place: DatabaseUrl) -> sa.Engine:
        """Return an engine for a database that is there, in UTF-8 and of version 13 or later."""
        try:
            url = sa.make_url(f"postgresql+psycopg://{place.rest}")
        except (sa.exc.ArgumentError, ValueError):
            raise ArchiveError(f"{place} is no address of a database", "check its form") from None
        # values of the address win, such as sslmode and connect_timeout
        defaults = {"connect_timeout": _CONNECT_SECONDS, "application_name": "martech-digest"}
        given = {name: value for name, value in defaults.items() if name not in url.query}
        engine = sa.create_engine(url, connect_args=given, pool_size=2, max_overflow=8)
        sa.event.listen(engine, "connect", _prepare_connection)
        return engine

    def insert(self, table: sa.Table) -> postgresql.Insert:
        """Return an INSERT that can say what to do about a row that is there."""
        return postgresql.insert(table)

    def lock_schema(self, connection: sa.Connection) -> None:
        """Wait until no other program changes the tables, and let none do so."""
        driver = connection.connection.driver_connection
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
        if driver and driver.info.server_version < _OLDEST:
            raise ArchiveError("PostgreSQL is older than 13", "update the server")
        if encoding != "UTF8":
            raise ArchiveError(
                f"the database is in {encoding}", "create one with ENCODING 'UTF8' for the archive"
            )
        _lock(connection, "schema")

    def lock_source(self, connection: sa.Connection, source: str) -> None:
        """Wait until no other program writes what this source gave, and let none do so."""
        _lock(connection, f"source {source}")

    def lock_index(self, connection: sa.Connection) -> None:
        """Wait until no other program gives out numbers of entries, and let none do so."""
        _lock(connection, "index")

    def try_lock(self, connection: sa.Connection, name: str) -> bool:
        """Take a lock that lasts as long as the connection; return whether it was free."""
        statement = f"SELECT pg_try_advisory_lock({_LOCK_NUMBER})"
        return bool(connection.exec_driver_sql(statement, (name,)).scalar())

    def unlock(self, connection: sa.Connection, name: str) -> None:
        """Give back a lock of `try_lock`."""
        connection.exec_driver_sql(f"SELECT pg_advisory_unlock({_LOCK_NUMBER})", (name,))

    def read_steadily(self, connection: sa.Connection) -> None:
        """Have all reading of the transaction be of one moment."""
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

    def find_faults(self, connection: sa.Connection) -> tuple[str, ...]:
        """Return indexes that are invalid, and whether the server found damaged pages."""
        broken = connection.exec_driver_sql(
            "SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class c ON c.oid = indexrelid"
            " WHERE NOT indisvalid AND c.relnamespace = current_schema()::regnamespace ORDER BY 1"
        ).scalars()
        faults = [f"the index {name} is invalid: REINDEX INDEX {name}" for name in broken]
        damaged = connection.exec_driver_sql(
            "SELECT checksum_failures FROM pg_stat_database WHERE datname = current_database()"
        ).scalar()
        if damaged:
            faults.append(f"the server found {damaged} damaged pages: restore a backup")
        return tuple(faults)

    def reclaim_room(self, connection: sa.Connection) -> None:
        """Let new rows take the room of deleted attempts."""
        connection.exec_driver_sql("VACUUM attempts")

    def set_counters(self, connection: sa.Connection, counted: Sequence[sa.Column[Any]]) -> None:
        """Set the sequences of columns to the highest number that each holds."""
        for column in counted:
            table = column.table.name
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{table}', '{column.name}'),"  # noqa: S608
                f" coalesce(max({column.name}), 0) + 1, false) FROM {table}"
            )

    def read_change_mark(self, connection: sa.Connection) -> str | None:
        """Return which transactions are visible: another set after each change."""
        return str(connection.exec_driver_sql("SELECT pg_current_snapshot()::text").scalar())

    def count_bytes(self, connection: sa.Connection) -> int:
        """Return how much room the database takes."""
        statement = "SELECT pg_database_size(current_database())"
        return int(connection.exec_driver_sql(statement).scalar() or 0)

    def is_connection_safe(self, connection: sa.Connection) -> bool:
        """Return whether it is encrypted, or does not leave the machine."""
        statement = (
            "SELECT ssl OR coalesce(inet_server_addr() <<= '127.0.0.0/8'"
            " OR inet_server_addr() = '::1', true)"
            " FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        )
        return bool(connection.exec_driver_sql(statement).scalar())

    def shares_items(self, connection: sa.Connection) -> bool:
        """Return whether the items are those of another archive, which indexes them for itself."""
        statement = "SELECT to_regclass(format('%I.items', current_schema())) IS NULL"
        return bool(connection.exec_driver_sql(statement.replace("%", "%%")).scalar())

    def create_words(self, connection: sa.Connection) -> None:
        """Create the table of vectors and the list of words, by its parts where pg_trgm is."""
        connection.exec_driver_sql(
            "CREATE TABLE search_words (number BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)"
        )
        connection.exec_driver_sql(
            "CREATE INDEX ix_search_words_words ON search_words USING gin (words)"
        )
        connection.exec_driver_sql(
            'CREATE TABLE search_vocabulary (word TEXT COLLATE "C" PRIMARY KEY)'
        )
        try:
            with connection.begin_nested():
                connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
                connection.exec_driver_sql(
                    "CREATE INDEX ix_search_vocabulary_parts ON search_vocabulary"
                    " USING gin (word gin_trgm_ops)"
                )
        except sa.exc.DBAPIError:
            pass  # the server has it not, or not for this login: the list is then read whole

    def add_words(self, connection: sa.Connection, rows: Sequence[Words]) -> None:
        """Index the words of entries, and add them to the list of words."""
        connection.exec_driver_sql(
            "INSERT INTO search_words(number, words) VALUES (%s, %s::tsvector)",
            [(number, _write_vector(title, body)) for number, title, body in rows],
        )
        words = {word for row in rows for text in row[1:] for word in text.split()}
        connection.exec_driver_sql(
            "INSERT INTO search_vocabulary(word) SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING",
            (sorted(word for word in words if _fits(word)),),
        )

    def drop_words(self, connection: sa.Connection, numbers: Sequence[int]) -> None:
        """Forget the words of entries that were replaced."""
        connection.exec_driver_sql(
            "DELETE FROM search_words WHERE number = ANY(%s)", (list(numbers),)
        )

    def clear_words(self, connection: sa.Connection) -> None:
        """Forget all words."""
        connection.exec_driver_sql("DELETE FROM search_words")
        connection.exec_driver_sql("DELETE FROM search_vocabulary")

    def write_match(self, words: str) -> str:
        """Return an expression of FTS5, as `digest.search` writes them, as a tsquery."""
        return "".join(_translate_match(words))

    def count_matches(self, connection: sa.Connection, match: str, most: int) -> int:
        """Return how many entries hold the words, no more than `most`."""
        statement = (
            "SELECT count(*) FROM"
            " (SELECT 1 FROM search_words WHERE words @@ %s::tsquery LIMIT %s) AS found"
        )
        return int(connection.exec_driver_sql(statement, (match, most)).scalar() or 0)

    def search_words(self) -> WordSearch:
        """Return how a statement asks for entries by their words; ts_rank says the best."""
        return WordSearch(
            "(SELECT ?::tsquery AS query) q JOIN search_words w ON w.words @@ q.query"
            " JOIN search_entries e ON e.number = w.number",
            "w.number",
            "",
            _RELEVANCE,
        )

    def find_words_like(
        self, connection: sa.Connection, parts: Sequence[str], most: int
    ) -> dict[str, list[str]]:
        """Return words of the index that hold each part, the most frequent first."""
        return {part: self._find_words_like(connection, part, most) for part in parts}

    def _find_words_like(self, connection: sa.Connection, part: str, most: int) -> list[str]:
        query = "SELECT word FROM search_vocabulary WHERE word LIKE %s ORDER BY word LIMIT %s"
        found = connection.exec_driver_sql(query, (f"%{part}%", _VOCABULARY_CANDIDATES)).scalars()
        words = list(found)
        statement = (
            "SELECT word FROM unnest(%s::text[], %s::text[]) AS found(word, query) ORDER BY"
            " (SELECT count(*) FROM search_words WHERE words @@ found.query::tsquery) DESC, word"
            " LIMIT %s"
        )
        queries = [_quote(word) for word in words]
        return list(connection.exec_driver_sql(statement, (words, queries, most)).scalars())


def _prepare_connection(connection: Any, record: Any) -> None:  # noqa: ARG001 (SQLAlchemy's)
    connection.adapters.register_dumper(str, _TextDumper)
    connection.execute(f"SET lock_timeout = '{_LOCK_SECONDS}s'")
    connection.commit()


def _lock(connection: sa.Connection, name: str) -> None:
    """Hold an advisory lock of the database until the transaction ends."""
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK_NUMBER})", (name,))


def _fits(word: str) -> bool:
    return len(word) * 4 <= _MAX_WORD_BYTES or len(word.encode()) <= _MAX_WORD_BYTES


def _quote(word: str) -> str:
    """Return a word as vectors and queries take it."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def _write_vector(title: str, body: str) -> str:
    """Return the words of an entry with their places, those of the title marked."""
    places: dict[str, list[str]] = {}
    at = 0
    for text, mark in ((title, "A"), (body, "")):
        for word in text.split():
            at += 1
            places.setdefault(word, []).append(f"{min(at, _LAST_PLACE)}{mark}")
        at += _COLUMN_GAP
    return " ".join(f"{_quote(word)}:{','.join(at)}" for word, at in places.items() if _fits(word))


def _translate_match(words: str) -> Iterator[str]:
    """Yield the parts of a tsquery for an expression of FTS5."""
    mark, depth, marked_at = "", 0, 0
    for token in _TOKEN.finditer(words):
        word = token["word"]
        if word is None:
            yield _write_phrase(token["phrase"].split(), mark, is_prefix=bool(token["prefix"]))
        elif word == "title":
            mark, marked_at = "A", depth
        elif word != ":":
            depth += {"(": 1, ")": -1}.get(word, 0)
            mark = "" if mark and word == ")" and depth == marked_at else mark
            yield f" {_OPERATORS[word]} "


def _write_phrase(tokens: Sequence[str], mark: str, *, is_prefix: bool) -> str:
    last = len(tokens) - 1
    written = []
    for at, token in enumerate(tokens):
        star = "*" if is_prefix and at == last else ""
        written.append(_quote(token[:_LONGEST_ASKED]) + (f":{star}{mark}" if star or mark else ""))
    return f"({' <-> '.join(written)})"


POSTGRESQL = PostgresqlDialect()
