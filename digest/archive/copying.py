"""Copy an archive into another database, and see that all of it arrived.

Every table is copied row by row but those of the search index, which is rebuilt from the items:
its words are kept in a form of each database's own. What is read is of one moment, what is written
is one transaction, and a hash over each table's rows is compared in the end.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from digest.archive import indexing, tables
from digest.errors import ArchiveError

if TYPE_CHECKING:
    from digest.archive.connection import ArchiveConnection

_ROWS = 1000  # that are copied at once
_INDEX = ("search_entries", "search_labels")
# keys of meta that belong to the database itself, or to its index
_OWN_KEYS = ("schema_version", "search_words", indexing.DOCUMENTS_KEY)


def copy_archive(
    source: ArchiveConnection, target: ArchiveConnection, *, replace: bool = False
) -> Mapping[str, int]:
    """Copy all of an archive into another, and return the number of rows by table.

    The target must be empty, unless all that it holds is to be replaced. Raises ArchiveError, and
    the target is then as it was.
    """
    with source.begin_transaction() as reading, target.begin_transaction() as writing:
        source.dialect.read_steadily(reading)
        target.dialect.lock_schema(writing)
        if replace:
            _clear(writing)
        elif held := _find_rows(writing):
            raise ArchiveError(
                f"{target.place} is not empty: it holds {held}", "copy into a new database"
            )
        counts = {}
        for table in _list_tables():
            count, sent = 0, hashlib.sha256()
            for rows in _read_rows(reading, table):
                writing.execute(sa.insert(table), rows)
                count += len(rows)
                _add_rows(sent, rows)
            arrived = hashlib.sha256()
            for rows in _read_rows(writing, table):
                _add_rows(arrived, rows)
            if sent.digest() != arrived.digest():
                raise ArchiveError(
                    f"{table.name} did not arrive in {target.place} as it is in {source.place}",
                    "nothing was changed there; please report this",
                )
            counts[table.name] = count
        counted = [table.c.number for table in _list_tables() if "number" in table.c]
        target.dialect.set_counters(writing, counted)
        indexing.rebuild_index(writing)
    return counts


def _list_tables() -> list[sa.Table]:
    return [table for table in tables.metadata.sorted_tables if table.name not in _INDEX]


def _read_rows(connection: sa.Connection, table: sa.Table) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows of a table in the order of its key, some at a time."""
    query = _select_rows(table)
    found = connection.execute(query, execution_options={"yield_per": _ROWS}).mappings()
    for rows in found.partitions():
        yield [dict(row) for row in rows]


def _select_rows(table: sa.Table) -> sa.Select[Any]:
    """Return the query of a table's rows that are the archive's, and not the database's own."""
    query = sa.select(table).order_by(*table.primary_key)
    return query.where(table.c.key.not_in(_OWN_KEYS)) if table is tables.meta else query


def _add_rows(sha256: Any, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        sha256.update(repr(list(row.values())).encode("utf-8", "surrogatepass"))


def _find_rows(connection: sa.Connection) -> str:
    """Return what a database holds, in words; "" for nothing but its own marks."""
    for table in _list_tables():
        if connection.execute(_select_rows(table).limit(1)).first():
            return f"rows in {table.name}"
    return ""


def _clear(connection: sa.Connection) -> None:
    for table in reversed(_list_tables()):
        statement = sa.delete(table)
        if table is tables.meta:
            statement = statement.where(table.c.key != "schema_version")
        connection.execute(statement)
