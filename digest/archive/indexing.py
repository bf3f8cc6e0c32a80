"""The archive's search index: kept in the transactions that store items, and handed out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from digest.archive import search, tables
from digest.archive.connection import ArchiveConnection
from digest.archive.dialects import find_dialect
from digest.archive.rows import ITEM_QUERY, build_item, upsert
from digest.archive.tables import items, pages, revisions
from digest.model.item import Item

_NEWS_KEY = "search_read_until"
# the newest change of words; what is collected later has a later time
_LAST_CHANGE = sa.func.greatest(
    sa.select(sa.func.max(revisions.c.replaced)).scalar_subquery(),
    sa.select(sa.func.max(pages.c.at)).scalar_subquery(),
    sa.select(sa.func.max(items.c.first_seen)).scalar_subquery(),
    type_=tables.UtcDateTime,
)
_REBUILD_STEP = 5000  # items that are indexed at once
DOCUMENTS_KEY = "search_documents"


class IndexedArchive(ArchiveConnection):
    """The part of the archive that search asks."""

    def rebuild_search(self, *, only_outdated: bool = False) -> bool:
        """Rebuild the search index, in one transaction; return whether it was made.

        `only_outdated`: not where it is whole. What items were judged to be has to be saved again.
        """
        with self.begin_transaction() as connection:
            if only_outdated and search.is_current(connection):
                return False
            rebuild_index(connection)
        return True

    def save_search_judgements(
        self, judgements: Sequence[search.Judgement], vocabulary: str
    ) -> None:
        """Store what items are found by beside their words, in one transaction."""
        with self.begin_transaction() as connection:
            search.save_judgements(connection, judgements, vocabulary)

    def save_search_documents(
        self,
        documents: Sequence[search.SearchDocument],
        editions: Mapping[str, Sequence[str]],
        fingerprint: str,
    ) -> None:
        """Put the team's and the editions' words into the index in place of those it holds.

        `editions`: quarter → ids of the items that its edition tells. `fingerprint` is of the files
        that all this comes from.
        """
        with self.begin_transaction() as connection:
            search.index_documents(connection, documents)
            search.label_editions(connection, editions)
            row = {"key": DOCUMENTS_KEY, "value": fingerprint}
            upsert(connection, tables.meta, row)

    def load_documents_fingerprint(self) -> str:
        """Return the fingerprint that was saved with the documents; "" where there are none."""
        query = sa.select(tables.meta.c.value).where(tables.meta.c.key == DOCUMENTS_KEY)
        return "".join(self.fetch(query, lambda row: row["value"]))

    @contextmanager
    def open_search(self) -> Iterator[search.SearchIndex]:
        """Hand out the search index, to be asked."""
        with self.begin_transaction() as connection:
            if self.dialect.shares_items(connection):
                index_news(connection)
            yield search.SearchIndex(connection, build_item)

    def index_items(self, connection: sa.Connection, changed: Sequence[Item]) -> None:
        if not changed:
            return
        if search.is_current(connection):
            search.index_items(connection, changed)
        else:
            rebuild_index(connection)  # of an archive that was migrated


def rebuild_index(connection: sa.Connection) -> None:
    """Rebuild the index of words from the items."""
    search.clear_index(connection)
    connection.execute(sa.delete(tables.meta).where(tables.meta.c.key == DOCUMENTS_KEY))
    query = ITEM_QUERY.order_by(items.c.at, items.c.id)
    rows = connection.execute(query, execution_options={"yield_per": _REBUILD_STEP}).mappings()
    for part in rows.partitions(_REBUILD_STEP):
        search.index_items(connection, [build_item(row) for row in part])
    search.mark_current(connection)


def index_news(connection: sa.Connection) -> None:
    """Index what another archive has collected for this one since this was last called."""
    if not connection.execute(_select_news(connection).limit(1)).first():
        return
    find_dialect(connection).lock_index(connection)
    rows = connection.execute(_select_news(connection)).mappings().all()
    for start in range(0, len(rows), _REBUILD_STEP):
        part = rows[start : start + _REBUILD_STEP]
        search.index_items(connection, [build_item(row) for row in part])
    newest = connection.execute(sa.select(_LAST_CHANGE)).scalar()
    if newest:
        upsert(connection, tables.meta, {"key": _NEWS_KEY, "value": newest.isoformat()})


def _select_news(connection: sa.Connection) -> sa.Select[Any]:
    """Return the query of items that the index lacks, or whose words have changed."""
    known = sa.select(tables.search_entries.c.ref).where(
        tables.search_entries.c.ref == items.c.id, tables.search_entries.c.kind == "item"
    )
    query = sa.select(tables.meta.c.value).where(tables.meta.c.key == _NEWS_KEY)
    mark = connection.execute(query).scalar()
    after = datetime.fromisoformat(mark) if mark else datetime.max.replace(tzinfo=UTC)
    edited = sa.select(revisions.c.item).where(
        revisions.c.item == items.c.id, revisions.c.replaced > after
    )
    is_new = sa.or_(~known.exists(), edited.exists(), pages.c.at > after)
    return ITEM_QUERY.where(is_new).order_by(items.c.at, items.c.id)
