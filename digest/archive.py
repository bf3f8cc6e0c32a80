"""Edge: the archive, the only state there is, and the only code that opens the database.

SQLAlchemy Core on SQLite (WAL). One transaction a source: what one call of `record` was given is there whole or not at
all, whenever the process dies. Items are never deleted by collecting; an edited item keeps its earlier wording in
`revisions`.

Schema changes are steps in `_MIGRATIONS`, applied in order and counted in `meta.schema_version`; a database that is
newer than this program is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from digest.errors import ArchiveError
from digest.model.delivery import Delivery, DeliveryRecord, DeliveryState, Release
from digest.model.item import Item
from digest.model.retrieved import Validators

_BUSY_SECONDS = 10.0


class _UtcDateTime(sa.TypeDecorator[datetime]):
    """An aware time as ISO 8601 text in UTC: sorts as time, reads as text, and is the same in every database."""

    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> str | None:  # noqa: ARG002
        return value.astimezone(UTC).isoformat(timespec="seconds") if value else None

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        return datetime.fromisoformat(value) if value else None


_metadata = sa.MetaData()

_meta = sa.Table(
    "meta",
    _metadata,
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("value", sa.String, nullable=False),
)

_items = sa.Table(
    "items",
    _metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("url", sa.String, nullable=False, index=True),
    sa.Column("link", sa.String, nullable=False),
    sa.Column("title", sa.String, nullable=False),
    sa.Column("source", sa.String, nullable=False, index=True),
    sa.Column("source_name", sa.String, nullable=False),
    sa.Column("tier", sa.String, nullable=False),
    sa.Column("published", _UtcDateTime),
    sa.Column("first_seen", _UtcDateTime, nullable=False),
    sa.Column(
        "at", _UtcDateTime, nullable=False, index=True
    ),  # published, or else first_seen: decides the quarter
    sa.Column("language", sa.String, nullable=False),
    sa.Column("summary", sa.String, nullable=False),
    sa.Column("text", sa.String, nullable=False),
    sa.Column("authors", sa.JSON, nullable=False),
    sa.Column("letter", sa.String),
    sa.Column("sponsored", sa.Boolean, nullable=False),
    sa.Column("wording", sa.String, nullable=False),  # hash of what a reader would see change
)

_revisions = sa.Table(
    "revisions",
    _metadata,
    sa.Column("item", sa.String, sa.ForeignKey("items.id"), primary_key=True),
    sa.Column("wording", sa.String, primary_key=True),
    sa.Column("replaced", _UtcDateTime, nullable=False),
    sa.Column("title", sa.String, nullable=False),
    sa.Column("summary", sa.String, nullable=False),
    sa.Column("text", sa.String, nullable=False),
)

_sources = sa.Table(
    "sources",
    _metadata,
    sa.Column("slug", sa.String, primary_key=True),
    sa.Column("url", sa.String),
    sa.Column("etag", sa.String),
    sa.Column("last_modified", sa.String),
    sa.Column("last_attempt", _UtcDateTime),
    sa.Column("last_success", _UtcDateTime),
    sa.Column("failures", sa.Integer, nullable=False),  # in a row
    sa.Column(
        "problem", sa.String, nullable=False
    ),  # of the last attempt, in words; "" where it went well
    sa.Column("kind", sa.String, nullable=False),  # of that problem
    sa.Column("moved_to", sa.String),
    sa.Column("not_before", _UtcDateTime),  # asked to be left alone until then
    sa.Column(
        "memory", sa.JSON, nullable=False
    ),  # what a stage wants to know next time: history, mailbox
)

_attempts = sa.Table(
    "attempts",
    _metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("source", sa.String, nullable=False, index=True),
    sa.Column("at", _UtcDateTime, nullable=False),
    sa.Column("outcome", sa.String, nullable=False),  # read | unchanged | a SourceError's kind
    sa.Column("entries", sa.Integer, nullable=False),
    sa.Column("new", sa.Integer, nullable=False),
)

_pages = sa.Table(  # articles' own pages, of sources that allow it; beside the items, whose words stay the feed's
    "pages",
    _metadata,
    sa.Column("url", sa.String, primary_key=True),  # as items.url
    sa.Column("at", _UtcDateTime, nullable=False),  # last asked for
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("outcome", sa.String, nullable=False),  # read | a SourceError's kind
    sa.Column("not_before", _UtcDateTime),  # its host asked to be left alone until then
    sa.Column("text", sa.String, nullable=False),
)

_releases = sa.Table(
    "releases",
    _metadata,
    sa.Column("quarter", sa.String, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("files", sa.JSON, nullable=False),  # path → sha256
    sa.Column("by", sa.String, nullable=False),
    sa.Column("at", _UtcDateTime),
    sa.Column("note", sa.String, nullable=False),
    sa.Column("sent", _UtcDateTime),
)

_ledger = sa.Table(  # lines are added, never changed: the last one of a parcel is its state
    "ledger",
    _metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("what", sa.String, nullable=False, index=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("language", sa.String, nullable=False),
    sa.Column("channel", sa.String, nullable=False),
    sa.Column("recipient", sa.String, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("words", sa.String, nullable=False),
    sa.Column("at", _UtcDateTime, nullable=False),
)


def _create_base_tables(connection: sa.Connection) -> None:
    _metadata.create_all(connection, tables=[_meta, _items, _revisions, _sources, _attempts])


def _create_delivery_tables(connection: sa.Connection) -> None:
    """Delivery: what was released, and who got it."""
    _metadata.create_all(connection, tables=[_releases, _ledger])


def _create_page_tables(connection: sa.Connection) -> None:
    """Full texts: what was asked for, and what came."""
    _metadata.create_all(connection, tables=[_pages])


_MIGRATIONS: tuple[Callable[[sa.Connection], None], ...] = (
    _create_base_tables,
    _create_delivery_tables,
    _create_page_tables,
)

# every item, with the text of its page where that was read
_ITEM_QUERY = sa.select(_items, _pages.c.text.label("fulltext")).outerjoin(
    _pages, _pages.c.url == _items.c.url
)


@dataclass(frozen=True, slots=True)
class SourceState:
    """What the archive remembers of a source between runs."""

    slug: str
    url: str | None = None  # the address the validators belong to
    validators: Validators = field(default_factory=Validators)
    last_attempt: datetime | None = None
    last_success: datetime | None = None
    failures: int = 0
    problem: str = ""
    kind: str = ""
    moved_to: str | None = None
    not_before: datetime | None = None
    memory: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PageState:
    """What the archive remembers of asking for an article's page. `outcome`: read, or the kind of the last fault."""

    url: str  # as Item.url
    at: datetime
    outcome: str
    tries: int = 1
    not_before: datetime | None = None
    text: str = ""  # as Item.fulltext


@dataclass(frozen=True, slots=True)
class ItemSpan:
    """What is held of a source: its oldest and newest time, and the number of items."""

    oldest: datetime
    newest: datetime
    items: int


@dataclass(frozen=True, slots=True)
class ArchiveChanges:
    """What `record` changed."""

    new: int
    edited: int


class Archive:
    """The archive of one workspace. Use as a context manager."""

    def __init__(self, engine: sa.Engine, path: Path) -> None:
        self._engine = engine
        self.path = path

    @classmethod
    def open(cls, path: Path, *, create: bool = True) -> Archive:
        """Opens, creates or migrates the database at `path`. Raises ArchiveError with what to do."""
        if not create and not path.exists():
            raise ArchiveError(f"there is no archive at {path}", "run `digest collect` first")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": _BUSY_SECONDS})
            sa.event.listen(engine, "connect", _set_pragmas)
            archive = cls(engine, path)
            archive._migrate_schema()
        except OSError as error:
            raise ArchiveError(
                f"cannot use {path.parent}: {error.strerror}", "make the folder writable"
            ) from error
        except sa.exc.DBAPIError as error:
            raise _to_archive_error(error, path) from error
        return archive

    def close(self) -> None:
        """Lets go of the database file."""
        self._engine.dispose()

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
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
        """Keeps, in one transaction, what reading one source gave: its items, its new state, and the attempt."""
        with self._begin_transaction() as connection:
            new, edited = _upsert_items(connection, items, at)
            row = _state_to_row(state)
            connection.execute(
                insert(_sources)
                .values(row)
                .on_conflict_do_update(index_elements=["slug"], set_=row)
            )
            connection.execute(
                sa.insert(_attempts).values(
                    source=state.slug, at=at, outcome=outcome, entries=entries, new=new
                )
            )
        return ArchiveChanges(new, edited)

    def save_page(self, page: PageState) -> None:
        """Keeps what asking for a page came to, in place of what was known of it."""
        with self._begin_transaction() as connection:
            row = {name: getattr(page, name) for name in _PAGE_FIELDS}
            statement = insert(_pages).values(row)
            connection.execute(statement.on_conflict_do_update(index_elements=["url"], set_=row))

    def set_meta(self, key: str, value: str) -> None:
        """Keeps one fact about the whole archive."""
        with self._begin_transaction() as connection:
            statement = insert(_meta).values(key=key, value=value)
            connection.execute(
                statement.on_conflict_do_update(index_elements=["key"], set_={"value": value})
            )

    def record_deliveries(
        self, parcels: Iterable[Delivery], state: DeliveryState, *, at: datetime, words: str = ""
    ) -> None:
        """Adds a line to the ledger for each parcel, all in one transaction."""
        rows = [
            _delivery_to_row(parcel) | {"state": state, "words": words, "at": at}
            for parcel in parcels
        ]
        if rows:
            with self._begin_transaction() as connection:
                connection.execute(sa.insert(_ledger), rows)

    def save_releases(self, *releases: Release) -> None:
        """Keeps releases, each in place of what was known of that version, in one transaction."""
        with self._begin_transaction() as connection:
            for release in releases:
                row = {name: getattr(release, name) for name in _RELEASE_FIELDS} | {
                    "files": dict(release.files)
                }
                statement = insert(_releases).values(row)
                connection.execute(
                    statement.on_conflict_do_update(index_elements=["quarter", "version"], set_=row)
                )

    def prune_attempts(self, before: datetime) -> int:
        """Forgets how single attempts before a time went, and gives the file's free room back. Items, deliveries and
        states stay. Gives the number of attempts forgotten."""
        with self._begin_transaction() as connection:
            gone = connection.execute(sa.delete(_attempts).where(_attempts.c.at < before)).rowcount
        with self._translate_errors(), self._engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM")
        return gone

    # ------------------------------------------------------------ reading

    def load_delivery_records(self, what: str | None = None) -> tuple[DeliveryRecord, ...]:
        """The last line of every parcel, of all or of one thing, in the order in which they were first intended."""
        query = sa.select(_ledger).order_by(_ledger.c.number)
        if what is not None:
            query = query.where(_ledger.c.what == what)
        lines: dict[Delivery, DeliveryRecord] = {}
        with self._begin_transaction() as connection:
            for row in connection.execute(query).mappings():
                parcel = Delivery(**{name: row[name] for name in _DELIVERY_FIELDS})
                refusals = lines[parcel].refusals if parcel in lines else 0
                refusals += row["state"] == "refused"
                lines[parcel] = DeliveryRecord(
                    parcel, row["state"], row["words"], row["at"], refusals
                )
        return tuple(lines.values())

    def load_releases(self) -> tuple[Release, ...]:
        """All releases, by quarter and version."""
        query = sa.select(_releases).order_by(_releases.c.quarter, _releases.c.version)
        with self._begin_transaction() as connection:
            rows = connection.execute(query).mappings().all()
        return tuple(
            Release(**{name: row[name] for name in _RELEASE_FIELDS}, files=row["files"])
            for row in rows
        )

    def load_collection_period(self) -> tuple[datetime, datetime] | None:
        """When the first item was seen, and when a source was last asked; None of an archive that never was used."""
        with self._begin_transaction() as connection:
            first = connection.execute(sa.select(sa.func.min(_items.c.first_seen))).scalar()
            last = connection.execute(sa.select(sa.func.max(_attempts.c.at))).scalar()
        if first is None or last is None:
            return None
        return _to_datetime(first, datetime.fromisoformat), _to_datetime(
            last, datetime.fromisoformat
        )

    def get_meta(self, key: str) -> str | None:
        """A fact kept by `set_meta`, or None."""
        with self._begin_transaction() as connection:
            return connection.execute(sa.select(_meta.c.value).where(_meta.c.key == key)).scalar()

    def load_source_state(self, slug: str) -> SourceState:
        """What is remembered of a source; an empty state where nothing is."""
        with self._begin_transaction() as connection:
            row = (
                connection.execute(sa.select(_sources).where(_sources.c.slug == slug))
                .mappings()
                .one_or_none()
            )
        return _state_from_row(row) if row else SourceState(slug)

    def load_source_states(self) -> dict[str, SourceState]:
        """What is remembered of every source that was ever asked."""
        with self._begin_transaction() as connection:
            rows = connection.execute(sa.select(_sources)).mappings().all()
        return {row["slug"]: _state_from_row(row) for row in rows}

    def load_items(
        self, start: datetime | None = None, end: datetime | None = None
    ) -> tuple[Item, ...]:
        """The items dated in the half-open interval, by time and id."""
        query = _ITEM_QUERY.order_by(_items.c.at, _items.c.id)
        if start:
            query = query.where(_items.c.at >= start)
        if end:
            query = query.where(_items.c.at < end)
        with self._begin_transaction() as connection:
            return tuple(_item_from_row(row) for row in connection.execute(query).mappings())

    def load_late_items(self, start: datetime, end: datetime, after: datetime) -> tuple[Item, ...]:
        """The items dated in the half-open interval that were first seen after a moment, by time and id."""
        return tuple(item for item in self.load_items(start, end) if item.first_seen > after)

    def find_items(self, wanted: str, canonical_url: str) -> tuple[Item, ...]:
        """The items with this id, address or canonical address."""
        query = _ITEM_QUERY.where(
            sa.or_(_items.c.id == wanted, _items.c.link == wanted, _items.c.url == canonical_url)
        )
        with self._begin_transaction() as connection:
            return tuple(
                _item_from_row(row)
                for row in connection.execute(query.order_by(_items.c.at)).mappings()
            )

    def load_page_states(self) -> dict[str, PageState]:
        """What is remembered of every page that was asked for, by its address; without the texts."""
        columns = [_pages.c[name] for name in _PAGE_FIELDS if name != "text"]
        with self._begin_transaction() as connection:
            return {
                row["url"]: PageState(**row)
                for row in connection.execute(sa.select(*columns)).mappings()
            }

    def load_item_urls(self, source: str) -> frozenset[str]:
        """The canonical URLs that are held of a source."""
        query = sa.select(_items.c.url).where(_items.c.source == source)
        with self._begin_transaction() as connection:
            return frozenset(connection.execute(query).scalars())

    def load_revisions(self, item: str) -> tuple[tuple[datetime, str], ...]:
        """The earlier titles of an edited item, with the time each was replaced, oldest first."""
        query = (
            sa.select(_revisions).where(_revisions.c.item == item).order_by(_revisions.c.replaced)
        )
        with self._begin_transaction() as connection:
            return tuple(
                (row["replaced"], row["title"]) for row in connection.execute(query).mappings()
            )

    def load_item_spans(self) -> dict[str, ItemSpan]:
        """What is held of each source, over all time."""
        query = sa.select(
            _items.c.source, sa.func.min(_items.c.at), sa.func.max(_items.c.at), sa.func.count()
        )
        with self._begin_transaction() as connection:
            rows = connection.execute(query.group_by(_items.c.source)).all()
        moment = datetime.fromisoformat
        return {
            slug: ItemSpan(_to_datetime(old, moment), _to_datetime(new, moment), count)
            for slug, old, new, count in rows
        }

    def check_integrity(self) -> tuple[str, ...]:
        """What SQLite's own integrity check finds wrong; () where it is sound."""
        with self._begin_transaction() as connection:
            rows = connection.execute(sa.text("PRAGMA integrity_check")).scalars().all()
        return tuple(row for row in rows if row != "ok")

    # ------------------------------------------------------------ inside

    @contextmanager
    def _begin_transaction(self) -> Iterator[sa.Connection]:
        with self._translate_errors(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.DBAPIError as error:
            raise _to_archive_error(error, self.path) from error

    def _migrate_schema(self) -> None:
        with self._engine.begin() as connection:
            version = 0
            if sa.inspect(connection).has_table("meta"):
                query = sa.select(_meta.c.value).where(_meta.c.key == "schema_version")
                version = int(connection.execute(query).scalar() or 0)
        if version > len(_MIGRATIONS):
            raise ArchiveError(
                f"{self.path} was written by a newer version (archive format {version}, known {len(_MIGRATIONS)})",
                "update this program",
            )
        if version == len(_MIGRATIONS):
            return
        if version:
            self.create_backup(self.path.with_suffix(f".before-{len(_MIGRATIONS)}.db"))
        with self._engine.begin() as connection:
            for step in _MIGRATIONS[version:]:
                step(connection)
            statement = insert(_meta).values(key="schema_version", value=str(len(_MIGRATIONS)))
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["key"], set_={"value": str(len(_MIGRATIONS))}
                )
            )

    def create_backup(self, target: Path) -> None:
        """A whole copy at `target`, made in one transaction beside it and renamed. Raises ArchiveError."""
        part = target.with_name(f".{target.name}.part")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            part.unlink(missing_ok=True)
            with self._translate_errors(), self._engine.connect() as connection:
                autocommit = connection.execution_options(isolation_level="AUTOCOMMIT")
                autocommit.exec_driver_sql("VACUUM INTO ?", (str(part),))
            part.replace(target)
        except OSError as error:
            raise ArchiveError(
                f"cannot write {target}: {error.strerror}", "make the folder writable"
            ) from error
        finally:
            part.unlink(missing_ok=True)


def fingerprint_items(items: Sequence[Item]) -> str:
    """A short hash of a set of items: equal sets give equal fingerprints, whatever their order."""
    digest = hashlib.sha256()
    for item in sorted(items, key=lambda item: item.id):
        digest.update(
            f"{item.id}\n{item.published_or_seen.isoformat()}\n{_hash_wording(item)}\n{item.fulltext}".encode()
        )
    return digest.hexdigest()[:16]


def _set_pragmas(connection: Any, record: Any) -> None:  # noqa: ARG001
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _to_archive_error(error: sa.exc.DBAPIError, path: Path) -> ArchiveError:
    words = str(error.orig).lower()
    if "locked" in words or "busy" in words:
        return ArchiveError(
            f"{path} is locked by another program", "wait for it, or stop it, and run again"
        )
    if "malformed" in words or "not a database" in words:
        return ArchiveError(
            f"{path} is damaged: {error.orig}", "put a backup in its place, or move it away"
        )
    if "full" in words:
        return ArchiveError(
            f"no room left on the disk of {path}", "free some space and run again; nothing was lost"
        )
    if "readonly" in words or "unable to open" in words:
        return ArchiveError(
            f"cannot write {path}", "check the permissions of the file and its folder"
        )
    return ArchiveError(f"the archive {path} answered: {error.orig}")


def _to_datetime(value: Any, parse: Callable[[str], datetime]) -> datetime:
    return value if isinstance(value, datetime) else parse(value)


def _hash_wording(item: Item) -> str:
    return hashlib.sha256("\n".join((item.title, item.summary, item.text)).encode()).hexdigest()[
        :16
    ]


def _upsert_items(
    connection: sa.Connection, items: Iterable[Item], at: datetime
) -> tuple[int, int]:
    rows = {item.id: item for item in items}
    known = _load_known_items(connection, rows)
    fresh = [_item_to_row(item) for key, item in rows.items() if key not in known]
    if fresh:
        connection.execute(sa.insert(_items), fresh)
    edited = sum(
        _update_item(connection, known[key], item, at) for key, item in rows.items() if key in known
    )
    return len(fresh), edited


def _load_known_items(connection: sa.Connection, ids: Iterable[str]) -> dict[str, Item]:
    """The archived items among `ids`; asked in slices, for SQLite's limit on variables."""
    wanted, found = list(ids), dict[str, Item]()
    for start in range(0, len(wanted), 500):
        query = _ITEM_QUERY.where(_items.c.id.in_(wanted[start : start + 500]))
        found |= {row["id"]: _item_from_row(row) for row in connection.execute(query).mappings()}
    return found


def _update_item(connection: sa.Connection, old: Item, new: Item, at: datetime) -> bool:
    """Brings an archived item up to date. Words that a publisher took away stay where nothing came instead."""
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
        return False
    changed = _hash_wording(merged) != _hash_wording(old)
    if changed:
        earlier = {"item": old.id, "wording": _hash_wording(old), "replaced": at}
        earlier |= {"title": old.title, "summary": old.summary, "text": old.text}
        connection.execute(insert(_revisions).values(earlier).on_conflict_do_nothing())
    connection.execute(sa.update(_items).where(_items.c.id == old.id).values(_item_to_row(merged)))
    return changed


_ITEM_FIELDS = (
    "id", "url", "link", "title", "source", "source_name", "tier", "published", "first_seen", "language", "summary",
    "text", "letter", "sponsored",
)  # fmt: skip


def _item_to_row(item: Item) -> dict[str, Any]:
    row = {name: getattr(item, name) for name in _ITEM_FIELDS}
    return row | {
        "at": item.published_or_seen,
        "authors": list(item.authors),
        "wording": _hash_wording(item),
    }


def _item_from_row(row: sa.RowMapping) -> Item:
    return Item(
        **{name: row[name] for name in _ITEM_FIELDS},
        authors=tuple(row["authors"]),
        fulltext=row["fulltext"] or "",
    )


_PAGE_FIELDS = ("url", "at", "outcome", "tries", "not_before", "text")

_STATE_FIELDS = (
    "slug", "url", "last_attempt", "last_success", "failures", "problem", "kind", "moved_to", "not_before", "memory",
)  # fmt: skip


def _state_to_row(state: SourceState) -> dict[str, Any]:
    row = {name: getattr(state, name) for name in _STATE_FIELDS}
    validators = {"etag": state.validators.etag, "last_modified": state.validators.last_modified}
    return row | validators | {"memory": json.loads(json.dumps(dict(state.memory)))}


def _state_from_row(row: sa.RowMapping) -> SourceState:
    validators = Validators(row["etag"], row["last_modified"])
    return SourceState(**{name: row[name] for name in _STATE_FIELDS}, validators=validators)


_DELIVERY_FIELDS = ("what", "version", "language", "channel", "recipient")
_RELEASE_FIELDS = ("quarter", "version", "state", "by", "at", "note", "sent")


def _delivery_to_row(parcel: Delivery) -> dict[str, Any]:
    return {name: getattr(parcel, name) for name in _DELIVERY_FIELDS}
