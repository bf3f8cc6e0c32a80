"""What was collected: items with their pages, the states of sources, attempts at reading them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from operator import attrgetter

import sqlalchemy as sa

from digest.archive import kept, search
from digest.archive.indexing import IndexedArchive
from digest.archive.records import (
    ArchiveChanges,
    ItemMark,
    ItemSpan,
    PageState,
    PageVersion,
    SourceState,
)
from digest.archive.rows import (
    ITEM_QUERY,
    MAX_VARIABLES,
    build_item,
    build_state,
    leave_out_issues,
    state_to_row,
    store_items,
    upsert,
)
from digest.archive.tables import attempts, items, pages, revisions, sources, watched_pages
from digest.model.item import Item

_KEPT_ATTEMPTS = timedelta(days=35)  # of 500 hourly feeds: 20 MB
_PAGE_FIELDS = "url at outcome tries not_before text".split()
_VERSION_FIELDS = "at text confirmed".split()


class CollectedArchive(IndexedArchive):
    """The part of the archive that collecting fills, and every use of items reads."""

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
        with self.begin_transaction() as connection:
            self.dialect.lock_source(connection, state.slug)
            changes, changed = store_items(connection, items, at)
            kept.forget_judgements(connection, [item.id for item in changed])
            self.index_items(connection, changed)
            upsert(connection, sources, state_to_row(state))
            row = {"source": state.slug, "at": at, "outcome": outcome, "entries": entries}
            connection.execute(sa.insert(attempts).values(row | {"new": changes.new}))
        return changes

    def record_unchanged(self, states: Sequence[SourceState], *, at: datetime) -> None:
        """Store in one transaction that sources gave nothing new; forget what was tried long ago.

        Items, deliveries and states stay.
        """
        with self.begin_transaction() as connection:
            for state in sorted(states, key=attrgetter("slug")):  # two runs in one order
                upsert(connection, sources, state_to_row(state))
                row = {"source": state.slug, "at": at, "outcome": "unchanged"}
                connection.execute(sa.insert(attempts).values(row | {"entries": 0, "new": 0}))
            connection.execute(sa.delete(attempts).where(attempts.c.at < at - _KEPT_ATTEMPTS))

    def save_page(self, page: PageState) -> None:
        """Store what a request for a page gave, in place of what was known of it.

        An address that is too long for a key of the database is forgotten, and asked again.
        """
        if len(page.url) > self.dialect.longest_key:
            return
        with self.begin_transaction() as connection:
            upsert(connection, pages, {name: getattr(page, name) for name in _PAGE_FIELDS})
            of_page = connection.execute(sa.select(items.c.id).where(items.c.url == page.url))
            kept.forget_judgements(connection, list(of_page.scalars()))
            if page.text and search.is_current(connection):
                query = ITEM_QUERY.where(items.c.url == page.url)
                found = connection.execute(query).mappings()
                search.index_items(connection, [build_item(row) for row in found])

    def save_page_version(self, source: str, version: PageVersion | None) -> None:
        """Store a wording of a watched page in place of the one that waited to be confirmed.

        None only drops what waited: the page is again as it was.
        """
        waiting = watched_pages.c.source == source, ~watched_pages.c.confirmed
        with self.begin_transaction() as connection:
            connection.execute(sa.delete(watched_pages).where(*waiting))
            if version:
                row = {name: getattr(version, name) for name in _VERSION_FIELDS}
                upsert(connection, watched_pages, {"source": source, **row})

    def load_collection_period(self) -> tuple[datetime, datetime] | None:
        """Return when the first item was seen and a source last read; None before both."""
        query = sa.select(
            sa.select(sa.func.min(items.c.first_seen)).scalar_subquery().label("first"),
            sa.select(sa.func.max(attempts.c.at)).scalar_subquery().label("last"),
        )
        ((first, last),) = self.fetch(query, lambda row: (row["first"], row["last"]))
        return (first, last) if first and last else None

    def load_source_states(self) -> dict[str, SourceState]:
        """Return the state of every source that was ever requested, by slug."""
        return {state.slug: state for state in self.fetch(sa.select(sources), build_state)}

    def load_source_state(self, slug: str) -> SourceState:
        """Return the state of one source, a new one where it was never requested."""
        found = self.fetch(sa.select(sources).where(sources.c.slug == slug), build_state)
        return found[0] if found else SourceState(slug)

    def count_items(self) -> int:
        """Return how many items there are."""
        query = sa.select(sa.func.count()).select_from(items)
        with self.begin_transaction() as connection:
            return int(connection.execute(query).scalar() or 0)

    def load_items(
        self, start: datetime | None = None, end: datetime | None = None
    ) -> tuple[Item, ...]:
        """Return the items dated in the half-open interval, by time and id.

        An issue is left out where its parts are there: they tell all that it does.
        """
        dated = [items.c.at >= start] if start else []
        dated += [items.c.at < end] if end else []
        query = ITEM_QUERY.where(*dated).order_by(items.c.at, items.c.id)
        return leave_out_issues(self.fetch(query, build_item))

    def load_item_marks(self, start: datetime, end: datetime) -> tuple[ItemMark, ...]:
        """Return the marks of the items of `load_items(start, end)`, in no order."""
        columns = (items.c.source, items.c.url, items.c.published, items.c.at)
        query = sa.select(*columns).where(items.c.at >= start, items.c.at < end)
        with self.begin_transaction() as connection:
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
        with self.begin_transaction() as connection:
            return connection.execute(query).scalar()

    def load_late_items(self, start: datetime, end: datetime, after: datetime) -> tuple[Item, ...]:
        """Return the items of `load_items(start, end)` that were first seen after a moment."""
        query = ITEM_QUERY.where(items.c.at >= start, items.c.at < end, items.c.first_seen > after)
        found = self.fetch(query.order_by(items.c.at, items.c.id), build_item)
        return leave_out_issues(found)

    def find_items(self, reference: str, canonical_url: str) -> tuple[Item, ...]:
        """Return the items with this id, address or canonical address, by time.

        Of an issue whose parts are there, it is these.
        """
        same = sa.or_(
            items.c.id == reference, items.c.link == reference, items.c.url == canonical_url
        )
        issues = sa.select(items.c.source, items.c.url).where(same)
        parts = sa.tuple_(items.c.source, items.c.letter).in_(issues)
        query = ITEM_QUERY.where(sa.or_(same, parts)).order_by(items.c.at, items.c.id)
        return leave_out_issues(self.fetch(query, build_item))

    def load_items_by_id(self, ids: Sequence[str]) -> tuple[Item, ...]:
        """Return the items with these ids, by time and id."""
        found: list[Item] = []
        for start in range(0, len(ids), MAX_VARIABLES):
            query = ITEM_QUERY.where(items.c.id.in_(ids[start : start + MAX_VARIABLES]))
            found.extend(self.fetch(query, build_item))
        return tuple(sorted(found, key=lambda item: (item.published_or_seen, item.id)))

    def load_page_states(self, urls: Iterable[str] | None = None) -> dict[str, PageState]:
        """Return the state of pages that were requested, by their addresses; without the texts.

        They are all of them, or those of `urls`.
        """
        query = sa.select(*(pages.c[name] for name in _PAGE_FIELDS if name != "text"))
        queries = [query]
        if urls is not None:
            listed = list(urls)
            starts = range(0, len(listed), MAX_VARIABLES)
            parts = (listed[start : start + MAX_VARIABLES] for start in starts)
            queries = [query.where(pages.c.url.in_(part)) for part in parts]
        found = (page for one in queries for page in self.fetch(one, lambda row: PageState(**row)))
        return {page.url: page for page in found}

    def load_page_versions(self, source: str) -> tuple[PageVersion, ...]:
        """Return the wordings of a watched page that are kept, the oldest first."""
        query = sa.select(*(watched_pages.c[name] for name in _VERSION_FIELDS))
        query = query.where(watched_pages.c.source == source).order_by(watched_pages.c.at)
        return self.fetch(query, lambda row: PageVersion(**row))

    def load_unjudged_items(self, judge: str, start: datetime) -> tuple[Item, ...]:
        """Return the items dated from `start` of which nothing is kept, by time and id."""
        query = ITEM_QUERY.where(items.c.at >= start, kept.is_unjudged(judge))
        return self.fetch(query.order_by(items.c.at, items.c.id), build_item)

    def load_item_urls(self, source: str) -> frozenset[str]:
        """Return the canonical URLs of a source's items."""
        query = sa.select(items.c.url).where(items.c.source == source)
        return frozenset(self.fetch(query, lambda row: row["url"]))

    def load_revisions(self, item: str) -> tuple[tuple[datetime, str], ...]:
        """Return the earlier titles of an item with the time each was replaced, oldest first."""
        query = sa.select(revisions).where(revisions.c.item == item).order_by(revisions.c.replaced)
        return self.fetch(query, lambda row: (row["replaced"], row["title"]))

    def load_item_spans(self) -> dict[str, ItemSpan]:
        """Return the span of each source's items, over all time."""
        query = sa.select(
            items.c.source,
            sa.func.min(items.c.at).label("oldest"),
            sa.func.max(items.c.at).label("newest"),
            sa.func.count().label("items"),
        ).group_by(items.c.source)
        rows = self.fetch(query, dict)
        return {row.pop("source"): ItemSpan(**row) for row in rows}
