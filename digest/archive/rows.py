"""Rows of items and of sources' states: written from the domain's types, and read back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from digest.archive.dialects import insert_into
from digest.archive.records import PAGE_READ, ArchiveChanges, SourceState
from digest.archive.tables import items, pages, revisions
from digest.model.item import Item
from digest.model.retrieved import Validators
from digest.text import join_lines

MAX_VARIABLES = 500  # of one query; SQLite has a limit

# fields that are stored as they are; the columns have the same names
_ITEM_FIELDS = (
    "id url link title source source_name tier published first_seen language summary text letter "
    "sponsored"
).split()
_STATE_FIELDS = "slug url last_success failures problem kind moved_to not_before memory".split()

# every item, with what its page gave, where that was asked for
ITEM_QUERY = sa.select(items, pages.c.text.label("page_text"), pages.c.outcome).outerjoin(
    pages, pages.c.url == items.c.url
)


def fingerprint_items(items: Sequence[Item]) -> str:
    """Return a short hash of a set of items, which does not depend on their order."""
    digest = hashlib.sha256()
    for item in sorted(items, key=lambda item: item.id):
        at = item.published_or_seen.isoformat()
        digest.update(f"{item.id}\n{at}\n{hash_wording(item)}\n{item.fulltext}".encode())
        if item.description:
            digest.update(f"\n{item.description}".encode())
        digest.update(item.vector)
    return digest.hexdigest()[:16]


def upsert(connection: sa.Connection, table: sa.Table, row: Mapping[str, Any]) -> None:
    """Insert a row, or update the columns that it names where its primary key is there."""
    keys = [column.name for column in table.primary_key]
    statement = insert_into(connection, table).values(row)
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=row))


def hash_wording(item: Item) -> str:
    """Return a short hash of what an item says."""
    # Lines are no wording: earlier versions kept each text on one.
    words = "\n".join(map(join_lines, (item.title, item.summary, item.text)))
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def store_items(
    connection: sa.Connection, read: Iterable[Item], at: datetime
) -> tuple[ArchiveChanges, list[Item]]:
    """Store items; return how many are new or edited, and those that are other than before."""
    by_id = {item.id: item for item in read}
    ids = list(by_id)
    known: dict[str, Item] = {}
    for start in range(0, len(ids), MAX_VARIABLES):
        query = ITEM_QUERY.where(items.c.id.in_(ids[start : start + MAX_VARIABLES]))
        known |= {row["id"]: build_item(row) for row in connection.execute(query).mappings()}
    fresh = [item for key, item in by_id.items() if key not in known]
    if fresh:
        connection.execute(sa.insert(items), [item_to_row(item) for item in fresh])
    edited, changed = 0, fresh
    for key, old in known.items():
        merged, is_edited = update_item(connection, old, by_id[key], at)
        edited += is_edited
        if is_edited or merged.published_or_seen != old.published_or_seen:
            changed.append(merged)
    return ArchiveChanges(len(by_id) - len(known), edited), changed


def update_item(connection: sa.Connection, old: Item, new: Item, at: datetime) -> tuple[Item, bool]:
    """Update an archived item; return it and whether its words changed.

    An empty text replaces nothing, nor does what a letter says of a page: the page may have an
    entry of its own, which says more.
    """
    dates = [date for date in (old.published, new.published) if date]
    said = old if new.letter else new
    merged = replace(
        old,
        title=said.title or old.title,
        summary=said.summary or old.summary,
        text=said.text or old.text,
        letter=old.letter or new.letter,
        published=min(dates, default=None),
        tier=new.tier,
        source_name=new.source_name,
    )
    if merged == old:
        return old, False
    changed = hash_wording(merged) != hash_wording(old)
    if changed:
        earlier = {"item": old.id, "wording": hash_wording(old), "replaced": at}
        earlier |= {"title": old.title, "summary": old.summary, "text": old.text}
        connection.execute(
            insert_into(connection, revisions).values(earlier).on_conflict_do_nothing()
        )
    connection.execute(sa.update(items).where(items.c.id == old.id).values(item_to_row(merged)))
    return merged, changed


def leave_out_issues(found: Iterable[Item]) -> tuple[Item, ...]:
    """Return items without the issues whose parts are among them: these tell all that those do.

    A story of a letter may lead to the letter's own page, and is no issue.
    """
    items_found = tuple(found)
    issues = {(item.source, item.letter) for item in items_found if item.letter}
    return tuple(
        item
        for item in items_found
        if item.letter == item.url or (item.source, item.url) not in issues
    )


def item_to_row(item: Item) -> dict[str, Any]:
    """Return the row that holds an item."""
    row = {name: getattr(item, name) for name in _ITEM_FIELDS}
    authors = list(item.authors)
    return row | {"at": item.published_or_seen, "authors": authors, "wording": hash_wording(item)}


def state_to_row(state: SourceState) -> dict[str, Any]:
    """Return the row that holds the state of a source."""
    row = {name: getattr(state, name) for name in _STATE_FIELDS}
    row |= {"memory": json.loads(json.dumps(dict(state.memory)))}
    validators = state.validators
    return row | {"etag": validators.etag, "last_modified": validators.last_modified}


def build_state(row: sa.RowMapping) -> SourceState:
    """Return the state of a source that a row holds."""
    validators = Validators(row["etag"], row["last_modified"])
    return SourceState(**{name: row[name] for name in _STATE_FIELDS}, validators=validators)


def build_item(row: sa.RowMapping) -> Item:
    """Return the item of a row of ITEM_QUERY."""
    fields = {name: row[name] for name in _ITEM_FIELDS}
    text = row["page_text"] or ""
    fulltext, description = (text, "") if row["outcome"] == PAGE_READ else ("", text)
    return Item(**fields, authors=tuple(row["authors"]), fulltext=fulltext, description=description)
