"""The archive: the only state of the program, and the only code that opens the database.

SQLAlchemy Core on SQLite (WAL). One transaction per source: what one call of `record_attempt` is
given is stored whole or not at all, whenever the process dies. Collecting never deletes items; an
edited item keeps its earlier wording in `revisions`. The tables are in `tables`; older archives are
migrated by `migrations`; an archive that is newer than this program is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from digest.archive import kept, search, tables
from digest.archive.tables import (
    attempts,
    items,
    ledger,
    pages,
    receipts,
    releases,
    revisions,
    sources,
    vectors,
    watched_pages,
)
from digest.errors import ArchiveError
from digest.model.delivery import Delivery, DeliveryRecord, DeliveryState, Release
from digest.model.drafts import Receipt
from digest.model.item import Item
from digest.model.retrieved import Validators
from digest.text import join_lines

T = TypeVar("T")

_BUSY_SECONDS = 10.0
_MAX_VARIABLES = 500  # of one query; SQLite has a limit
_REBUILD_STEP = 5000  # items that are indexed at once
_KEPT_ATTEMPTS = timedelta(days=35)  # of 500 hourly feeds: 20 MB
_DOCUMENTS_KEY = "search_documents"

# fields that are stored as they are; the columns have the same names
_ITEM_FIELDS = (
    "id url link title source source_name tier published first_seen language summary text letter "
    "sponsored"
).split()
_STATE_FIELDS = "slug url last_success failures problem kind moved_to not_before memory".split()
_PAGE_FIELDS = "url at outcome tries not_before text".split()
_VERSION_FIELDS = "at text confirmed".split()
_DELIVERY_FIELDS = "what version language channel recipient".split()
_RELEASE_FIELDS = "quarter version state by at note sent files".split()

_RECEIPT_FIELDS = (
    "task model prompt content quarter outcome answer currency tokens_in tokens_out cost"
).split()

PAGE_READ = "read"  # the outcome of a page whose article was found

# every item, with what its page gave, where that was asked for
_ITEM_QUERY = sa.select(items, pages.c.text.label("page_text"), pages.c.outcome).outerjoin(
    pages, pages.c.url == items.c.url
)

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
        "put a backup in its place: `digest archive restore FILE`",
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


@dataclass(frozen=True, slots=True)
class SourceState:
    """What the archive remembers of a source between runs."""

    slug: str
    url: str | None = None  # the address the validators belong to
    validators: Validators = field(default_factory=Validators)
    last_success: datetime | None = None
    failures: int = 0  # in a row
    problem: str = ""
    kind: str = ""
    moved_to: str | None = None
    not_before: datetime | None = None
    memory: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PageState:
    """What the archive remembers of an article's page.

    `outcome`: read, described (its description alone was asked for), or an error's kind.
    """

    url: str  # as Item.url
    at: datetime
    outcome: str
    tries: int = 1
    not_before: datetime | None = None
    text: str = ""  # as Item.fulltext where it was read, else as Item.description


@dataclass(frozen=True, slots=True)
class PageVersion:
    """A wording of a page that is watched."""

    at: datetime  # when it was first read
    text: str
    confirmed: bool  # two readings in a row have shown it


@dataclass(frozen=True, slots=True)
class ItemSpan:
    """The oldest and newest time of a source's items, and their number."""

    oldest: datetime
    newest: datetime
    items: int


@dataclass(frozen=True, slots=True)
class ItemMark:
    """What of an item says how its source does: no words."""

    source: str
    url: str
    published: datetime | None
    published_or_seen: datetime


@dataclass(frozen=True, slots=True)
class ArchiveChanges:
    """What `record_attempt` changed."""

    new: int
    edited: int


class Archive:
    """The archive of one workspace. Use as a context manager. Every method raises ArchiveError."""

    def __init__(self, engine: sa.Engine, path: Path) -> None:
        self._engine = engine
        self.path = path

    @classmethod
    def open(cls, path: Path, *, create: bool = True) -> Archive:
        """Open, create or migrate the database at `path`. Raises ArchiveError with what to do."""
        if not create and not path.exists():
            raise ArchiveError(f"there is no archive at {path}", "run `digest collect` first")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():  # what SQLite keeps beside it gets the same rights
                path.touch(mode=0o600)
            engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": _BUSY_SECONDS})
            sa.event.listen(engine, "connect", _set_pragmas)
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

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    # ------------------------------------------------------------ writing

    def record_attempt(
        self,
        state: SourceState,
        items: Iterable[Item],
        *,
        at: datetime,
        outcome: str,
        entries: int = 0,
    ) -> ArchiveChanges:
        """Store what reading one source gave, in one transaction: items, new state, attempt."""
        with self._begin_transaction() as connection:
            changes, changed = _store_items(connection, items, at)
            kept.forget_judgements(connection, [item.id for item in changed])
            self._index_items(connection, changed)
            _upsert(connection, sources, _state_to_row(state))
            row = {"source": state.slug, "at": at, "outcome": outcome, "entries": entries}
            connection.execute(sa.insert(attempts).values(row | {"new": changes.new}))
        return changes

    def record_unchanged(self, states: Sequence[SourceState], *, at: datetime) -> None:
        """Store in one transaction that sources gave nothing new; forget what was tried long ago.

        Items, deliveries and states stay.
        """
        with self._begin_transaction() as connection:
            for state in states:
                _upsert(connection, sources, _state_to_row(state))
                row = {"source": state.slug, "at": at, "outcome": "unchanged"}
                connection.execute(sa.insert(attempts).values(row | {"entries": 0, "new": 0}))
            connection.execute(sa.delete(attempts).where(attempts.c.at < at - _KEPT_ATTEMPTS))

    def save_page(self, page: PageState) -> None:
        """Store what a request for a page gave, in place of what was known of it."""
        with self._begin_transaction() as connection:
            _upsert(connection, pages, {name: getattr(page, name) for name in _PAGE_FIELDS})
            of_page = connection.execute(sa.select(items.c.id).where(items.c.url == page.url))
            kept.forget_judgements(connection, list(of_page.scalars()))
            if page.text and search.is_current(connection):
                query = _ITEM_QUERY.where(items.c.url == page.url)
                found = connection.execute(query).mappings()
                search.index_items(connection, [_build_item(row) for row in found])

    def save_page_version(self, source: str, version: PageVersion | None) -> None:
        """Store a wording of a watched page in place of the one that waited to be confirmed.

        None only drops what waited: the page is again as it was.
        """
        waiting = watched_pages.c.source == source, ~watched_pages.c.confirmed
        with self._begin_transaction() as connection:
            connection.execute(sa.delete(watched_pages).where(*waiting))
            if version:
                row = {name: getattr(version, name) for name in _VERSION_FIELDS}
                _upsert(connection, watched_pages, {"source": source, **row})

    def save_vectors(self, model: str, of_items: Iterable[tuple[Item, bytes]]) -> None:
        """Store what a model made of items' words, in one transaction."""
        with self._begin_transaction() as connection:
            for item, vector in of_items:
                row = {"item": item.id, "model": model, "wording": _hash_wording(item)}
                _upsert(connection, vectors, row | {"vector": vector})
                kept.forget_judgements(connection, [item.id])

    def save_judgements(self, judge: str, rows: Iterable[tuple[str, str, str]]) -> None:
        """Keep what a judge said of items, in one transaction: id, hash of its words, judgement."""
        with self._begin_transaction() as connection:
            kept.save_judgements(connection, judge, rows)

    def save_result(self, name: str, fingerprint: str, result: str) -> None:
        """Keep what was made of a quarter, in place of what is kept under its name."""
        with self._begin_transaction() as connection:
            kept.save_result(connection, name, fingerprint, result)

    def record_deliveries(
        self, deliveries: Iterable[Delivery], state: DeliveryState, *, at: datetime, words: str = ""
    ) -> None:
        """Add a row to the ledger for each delivery, all in one transaction."""
        rows = [
            {name: getattr(delivery, name) for name in _DELIVERY_FIELDS}
            | {"state": state, "words": words, "at": at}
            for delivery in deliveries
        ]
        if rows:
            with self._begin_transaction() as connection:
                connection.execute(sa.insert(ledger), rows)

    def add_receipts(self, paid: Iterable[Receipt], *, at: datetime) -> None:
        """Store answers of a language model that were paid for, all in one transaction."""
        rows = [
            {name: getattr(receipt, name) for name in _RECEIPT_FIELDS} | {"at": at}
            for receipt in paid
        ]
        if rows:
            with self._begin_transaction() as connection:
                connection.execute(sa.insert(receipts), rows)

    def save_releases(self, *changed: Release) -> None:
        """Store releases, each in place of what was known of that version, in one transaction."""
        with self._begin_transaction() as connection:
            for release in changed:
                row = {name: getattr(release, name) for name in _RELEASE_FIELDS}
                _upsert(connection, releases, row | {"files": dict(release.files)})

    def prune_attempts(self, before: datetime) -> int:
        """Delete the attempts before a time, shrink the file and return how many there were.

        Items, deliveries and states stay.
        """
        with self._begin_transaction() as connection:
            gone = connection.execute(sa.delete(attempts).where(attempts.c.at < before)).rowcount
        self._execute_outside_transaction("VACUUM")
        return gone

    def create_backup(self, target: Path) -> None:
        """Write a whole copy to `target`, made in one transaction beside it and renamed."""
        part = target.with_name(f".{target.name}.part")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            part.unlink(missing_ok=True)
            part.touch(mode=0o600)
            self._execute_outside_transaction("VACUUM INTO ?", str(part))
            part.replace(target)
        except OSError as error:
            raise ArchiveError(
                f"cannot write {target}: {error.strerror}", "make the folder writable"
            ) from error
        finally:
            part.unlink(missing_ok=True)

    # ------------------------------------------------------------ search

    def rebuild_search(self, *, only_outdated: bool = False) -> bool:
        """Make the search index anew, in one transaction; return whether it was made.

        `only_outdated`: not where it is whole. What items were judged to be has to be saved again.
        """
        with self._begin_transaction() as connection:
            if only_outdated and search.is_current(connection):
                return False
            self._rebuild_index(connection)
        return True

    def save_search_judgements(
        self, judgements: Sequence[search.Judgement], vocabulary: str
    ) -> None:
        """Store what items are found by beside their words, in one transaction."""
        with self._begin_transaction() as connection:
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
        with self._begin_transaction() as connection:
            search.index_documents(connection, documents)
            search.label_editions(connection, editions)
            row = {"key": _DOCUMENTS_KEY, "value": fingerprint}
            _upsert(connection, tables.meta, row)

    def load_documents_fingerprint(self) -> str:
        """Return the fingerprint that was saved with the documents; "" where there are none."""
        query = sa.select(tables.meta.c.value).where(tables.meta.c.key == _DOCUMENTS_KEY)
        return "".join(self._fetch(query, lambda row: row["value"]))

    @contextmanager
    def open_search(self) -> Iterator[search.SearchIndex]:
        """Hand out the search index, to be asked."""
        with self._begin_transaction() as connection:
            yield search.SearchIndex(connection, _build_item)

    def _index_items(self, connection: sa.Connection, changed: Sequence[Item]) -> None:
        if not changed:
            return
        if search.is_current(connection):
            search.index_items(connection, changed)
        else:
            self._rebuild_index(connection)  # of an archive that was migrated

    def _rebuild_index(self, connection: sa.Connection) -> None:
        search.clear_index(connection)
        connection.execute(sa.delete(tables.meta).where(tables.meta.c.key == _DOCUMENTS_KEY))
        rows = connection.execute(_ITEM_QUERY.order_by(items.c.at, items.c.id)).mappings()
        for part in rows.partitions(_REBUILD_STEP):
            search.index_items(connection, [_build_item(row) for row in part])
        search.mark_current(connection)

    # ------------------------------------------------------------ reading

    def load_delivery_records(self, what: str | None = None) -> tuple[DeliveryRecord, ...]:
        """Return the last record of each delivery (of one `what`), in the order of their first."""
        query = sa.select(ledger).order_by(ledger.c.number)
        if what is not None:
            query = query.where(ledger.c.what == what)
        records: dict[Delivery, DeliveryRecord] = {}
        for row in self._fetch(query, dict):
            delivery = Delivery(**{name: row[name] for name in _DELIVERY_FIELDS})
            refusals = records[delivery].refusals if delivery in records else 0
            refusals += row["state"] == "refused"
            records[delivery] = DeliveryRecord(
                delivery, row["state"], row["words"], row["at"], refusals
            )
        return tuple(records.values())

    def load_receipts(self, model: str) -> dict[tuple[str, str, str, str], Receipt]:
        """Return the answers of a model by their key, the last of each; not those that got lost."""
        query = sa.select(*(receipts.c[name] for name in _RECEIPT_FIELDS))
        query = query.where(receipts.c.model == model, receipts.c.outcome != "lost")
        found = self._fetch(query.order_by(receipts.c.number), lambda row: Receipt(**row))
        return {receipt.key: receipt for receipt in found}

    def sum_model_costs(self, quarter: str, currency: str) -> int:
        """Return what a quarter's questions cost, lost ones too, in millionths of the unit."""
        query = sa.select(sa.func.coalesce(sa.func.sum(receipts.c.cost), 0).label("cost"))
        same = receipts.c.currency == currency
        ((cost,),) = self._fetch(
            query.where(receipts.c.quarter == quarter, same), lambda row: (row["cost"],)
        )
        return int(cost)

    def load_releases(self) -> tuple[Release, ...]:
        """Return all releases, by quarter and version."""
        query = sa.select(releases).order_by(releases.c.quarter, releases.c.version)
        return self._fetch(query, lambda row: Release(**row))

    def load_collection_period(self) -> tuple[datetime, datetime] | None:
        """Return when the first item was seen and a source last read; None before both."""
        query = sa.select(
            sa.select(sa.func.min(items.c.first_seen)).scalar_subquery().label("first"),
            sa.select(sa.func.max(attempts.c.at)).scalar_subquery().label("last"),
        )
        ((first, last),) = self._fetch(query, lambda row: (row["first"], row["last"]))
        return (first, last) if first and last else None

    def load_source_states(self) -> dict[str, SourceState]:
        """Return the state of every source that was ever requested, by slug."""

        def build_state(row: sa.RowMapping) -> SourceState:
            validators = Validators(row["etag"], row["last_modified"])
            return SourceState(**{name: row[name] for name in _STATE_FIELDS}, validators=validators)

        return {state.slug: state for state in self._fetch(sa.select(sources), build_state)}

    def load_items(
        self, start: datetime | None = None, end: datetime | None = None
    ) -> tuple[Item, ...]:
        """Return the items dated in the half-open interval, by time and id."""
        query = _ITEM_QUERY.order_by(items.c.at, items.c.id)
        if start:
            query = query.where(items.c.at >= start)
        if end:
            query = query.where(items.c.at < end)
        return self._fetch(query, _build_item)

    def load_item_marks(self, start: datetime, end: datetime) -> tuple[ItemMark, ...]:
        """Return the marks of the items of `load_items(start, end)`, in no order."""
        columns = (items.c.source, items.c.url, items.c.published, items.c.at)
        query = sa.select(*columns).where(items.c.at >= start, items.c.at < end)
        with self._begin_transaction() as connection:
            return tuple(ItemMark(*row) for row in connection.execute(query))

    def find_first_time(
        self, start: datetime | None = None, end: datetime | None = None
    ) -> datetime | None:
        """Return the time of the oldest item in the half-open interval; None for no item."""
        query = sa.select(items.c.at).order_by(items.c.at).limit(1)
        if start:
            query = query.where(items.c.at >= start)
        if end:
            query = query.where(items.c.at < end)
        with self._begin_transaction() as connection:
            return connection.execute(query).scalar()

    def load_late_items(self, start: datetime, end: datetime, after: datetime) -> tuple[Item, ...]:
        """Return the items of `load_items(start, end)` that were first seen after a moment."""
        query = _ITEM_QUERY.where(items.c.at >= start, items.c.at < end, items.c.first_seen > after)
        return self._fetch(query.order_by(items.c.at, items.c.id), _build_item)

    def find_items(self, reference: str, canonical_url: str) -> tuple[Item, ...]:
        """Return the items with this id, address or canonical address, by time."""
        same = sa.or_(
            items.c.id == reference, items.c.link == reference, items.c.url == canonical_url
        )
        return self._fetch(_ITEM_QUERY.where(same).order_by(items.c.at), _build_item)

    def load_items_by_id(self, ids: Sequence[str]) -> tuple[Item, ...]:
        """Return the items with these ids, by time and id."""
        found: list[Item] = []
        for start in range(0, len(ids), _MAX_VARIABLES):
            query = _ITEM_QUERY.where(items.c.id.in_(ids[start : start + _MAX_VARIABLES]))
            found.extend(self._fetch(query, _build_item))
        return tuple(sorted(found, key=lambda item: (item.published_or_seen, item.id)))

    def load_page_states(self, urls: Iterable[str] | None = None) -> dict[str, PageState]:
        """Return the state of pages that were requested, by their addresses; without the texts.

        They are all of them, or those of `urls`.
        """
        query = sa.select(*(pages.c[name] for name in _PAGE_FIELDS if name != "text"))
        queries = [query]
        if urls is not None:
            listed = list(urls)
            starts = range(0, len(listed), _MAX_VARIABLES)
            parts = (listed[start : start + _MAX_VARIABLES] for start in starts)
            queries = [query.where(pages.c.url.in_(part)) for part in parts]
        found = (page for one in queries for page in self._fetch(one, lambda row: PageState(**row)))
        return {page.url: page for page in found}

    def load_page_versions(self, source: str) -> tuple[PageVersion, ...]:
        """Return the wordings of a watched page that are kept, the oldest first."""
        query = sa.select(*(watched_pages.c[name] for name in _VERSION_FIELDS))
        query = query.where(watched_pages.c.source == source).order_by(watched_pages.c.at)
        return self._fetch(query, lambda row: PageVersion(**row))

    def load_vectors(self, model: str, ids: Sequence[str]) -> dict[str, bytes]:
        """Return by id what a model made of items' words as they are now, where that is known."""
        query = sa.select(vectors.c.item, vectors.c.vector).join(
            items, sa.and_(items.c.id == vectors.c.item, items.c.wording == vectors.c.wording)
        )
        query = query.where(vectors.c.model == model)
        found: dict[str, bytes] = {}
        for start in range(0, len(ids), _MAX_VARIABLES):
            of_part = query.where(vectors.c.item.in_(ids[start : start + _MAX_VARIABLES]))
            found |= self._fetch(of_part, lambda row: (row["item"], bytes(row["vector"])))
        return found

    def load_judgements(self, judge: str, words: Mapping[str, str]) -> dict[str, str]:
        """Return by item id what a judge said of items with the given hashes of their words."""
        with self._begin_transaction() as connection:
            return dict(kept.load_judgements(connection, judge, words))

    def load_unjudged_items(self, judge: str, start: datetime) -> tuple[Item, ...]:
        """Return the items dated from `start` of which nothing is kept, by time and id."""
        query = _ITEM_QUERY.where(items.c.at >= start, kept.is_unjudged(judge))
        return self._fetch(query.order_by(items.c.at, items.c.id), _build_item)

    def load_result(self, name: str, fingerprint: str) -> str | None:
        """Return what is kept under a name; None where it was made of something else."""
        with self._begin_transaction() as connection:
            return kept.load_result(connection, name, fingerprint)

    def load_item_urls(self, source: str) -> frozenset[str]:
        """Return the canonical URLs of a source's items."""
        query = sa.select(items.c.url).where(items.c.source == source)
        return frozenset(self._fetch(query, lambda row: row["url"]))

    def load_revisions(self, item: str) -> tuple[tuple[datetime, str], ...]:
        """Return the earlier titles of an item with the time each was replaced, oldest first."""
        query = sa.select(revisions).where(revisions.c.item == item).order_by(revisions.c.replaced)
        return self._fetch(query, lambda row: (row["replaced"], row["title"]))

    def load_item_spans(self) -> dict[str, ItemSpan]:
        """Return the span of each source's items, over all time."""
        query = sa.select(
            items.c.source,
            sa.func.min(items.c.at).label("oldest"),
            sa.func.max(items.c.at).label("newest"),
            sa.func.count().label("items"),
        ).group_by(items.c.source)
        rows = self._fetch(query, dict)
        return {row.pop("source"): ItemSpan(**row) for row in rows}

    def check_integrity(self) -> tuple[str, ...]:
        """Return the faults that SQLite's own integrity check finds; () where there are none."""
        rows = self._fetch(sa.text("PRAGMA integrity_check"), lambda row: row["integrity_check"])
        return tuple(row for row in rows if row != "ok")

    # ------------------------------------------------------------ inside

    @contextmanager
    def _begin_transaction(self) -> Iterator[sa.Connection]:
        with self._translate_errors(), self._engine.begin() as connection:
            yield connection

    def _fetch(self, query: sa.Executable, build: Callable[[sa.RowMapping], T]) -> tuple[T, ...]:
        with self._begin_transaction() as connection:
            return tuple(build(row) for row in connection.execute(query).mappings())

    def _execute_outside_transaction(self, statement: str, *parameters: str) -> None:
        with self._translate_errors(), self._engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.exec_driver_sql(statement, parameters)

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
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
        with self._begin_transaction() as connection:
            version = _read_format(connection)
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
        with self._begin_transaction() as connection:
            # sqlite3 by itself begins a transaction before INSERT only: CREATE would commit at once
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            version = _read_format(connection)  # another process may have been first
            if version == 0:
                tables.metadata.create_all(connection)
                search.mark_current(connection)
            elif version < tables.FORMAT:
                from digest.archive.migrations import upgrade_schema

                upgrade_schema(connection, version, tables.FORMAT)
            _upsert(connection, tables.meta, {"key": "schema_version", "value": str(tables.FORMAT)})


def fingerprint_items(items: Sequence[Item]) -> str:
    """Return a short hash of a set of items, which does not depend on their order."""
    digest = hashlib.sha256()
    for item in sorted(items, key=lambda item: item.id):
        at = item.published_or_seen.isoformat()
        digest.update(f"{item.id}\n{at}\n{_hash_wording(item)}\n{item.fulltext}".encode())
        if item.description:
            digest.update(f"\n{item.description}".encode())
        digest.update(item.vector)
    return digest.hexdigest()[:16]


def _set_pragmas(connection: Any, record: Any) -> None:  # noqa: ARG001 (SQLAlchemy's signature)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _read_format(connection: sa.Connection) -> int:
    """Return the format of an archive; 0 where its tables were not created, or not all of them."""
    if not sa.inspect(connection).has_table("meta"):
        return 0
    query = sa.select(tables.meta.c.value).where(tables.meta.c.key == "schema_version")
    return int(connection.execute(query).scalar() or 0)


def _upsert(connection: sa.Connection, table: sa.Table, row: Mapping[str, Any]) -> None:
    """Insert a row, or update the columns that it names where its primary key is there."""
    keys = [column.name for column in table.primary_key]
    statement = insert(table).values(row)
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=row))


def _hash_wording(item: Item) -> str:
    # Lines are no wording: earlier versions kept each text on one.
    words = "\n".join(map(join_lines, (item.title, item.summary, item.text)))
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def _store_items(
    connection: sa.Connection, read: Iterable[Item], at: datetime
) -> tuple[ArchiveChanges, list[Item]]:
    """Store items; return how many are new or edited, and those that are other than before."""
    by_id = {item.id: item for item in read}
    ids = list(by_id)
    known: dict[str, Item] = {}
    for start in range(0, len(ids), _MAX_VARIABLES):
        query = _ITEM_QUERY.where(items.c.id.in_(ids[start : start + _MAX_VARIABLES]))
        known |= {row["id"]: _build_item(row) for row in connection.execute(query).mappings()}
    fresh = [item for key, item in by_id.items() if key not in known]
    if fresh:
        connection.execute(sa.insert(items), [_item_to_row(item) for item in fresh])
    edited, changed = 0, fresh
    for key, old in known.items():
        merged, is_edited = _update_item(connection, old, by_id[key], at)
        edited += is_edited
        if is_edited or merged.published_or_seen != old.published_or_seen:
            changed.append(merged)
    return ArchiveChanges(len(by_id) - len(known), edited), changed


def _update_item(
    connection: sa.Connection, old: Item, new: Item, at: datetime
) -> tuple[Item, bool]:
    """Update an archived item; return it and whether its words changed.

    An empty text replaces nothing.
    """
    dates = [date for date in (old.published, new.published) if date]
    merged = replace(
        old,
        title=new.title or old.title,
        summary=new.summary or old.summary,
        text=new.text or old.text,
        published=min(dates, default=None),
        tier=new.tier,
        source_name=new.source_name,
    )
    if merged == old:
        return old, False
    changed = _hash_wording(merged) != _hash_wording(old)
    if changed:
        earlier = {"item": old.id, "wording": _hash_wording(old), "replaced": at}
        earlier |= {"title": old.title, "summary": old.summary, "text": old.text}
        connection.execute(insert(revisions).values(earlier).on_conflict_do_nothing())
    connection.execute(sa.update(items).where(items.c.id == old.id).values(_item_to_row(merged)))
    return merged, changed


def _item_to_row(item: Item) -> dict[str, Any]:
    row = {name: getattr(item, name) for name in _ITEM_FIELDS}
    authors = list(item.authors)
    return row | {"at": item.published_or_seen, "authors": authors, "wording": _hash_wording(item)}


def _state_to_row(state: SourceState) -> dict[str, Any]:
    row = {name: getattr(state, name) for name in _STATE_FIELDS}
    row |= {"memory": json.loads(json.dumps(dict(state.memory)))}
    validators = state.validators
    return row | {"etag": validators.etag, "last_modified": validators.last_modified}


def _build_item(row: sa.RowMapping) -> Item:
    fields = {name: row[name] for name in _ITEM_FIELDS}
    text = row["page_text"] or ""
    fulltext, description = (text, "") if row["outcome"] == PAGE_READ else ("", text)
    return Item(**fields, authors=tuple(row["authors"]), fulltext=fulltext, description=description)
