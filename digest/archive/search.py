"""The search index within the archive: filled in the archive's transactions, asked by numbers.

Words are cut by `digest.search.words` and indexed as they come, by SQLite's FTS5 or as PostgreSQL's
tsvector; decision 038 says why not as trigrams. With FTS5 what was replaced keeps its words in the
index and loses its entry, so nothing that is gone is found; `rebuild` gives the room back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from digest.archive.dialects import find_dialect, run_sql
from digest.archive.tables import items, meta, pages, search_entries, search_labels
from digest.model.item import Item
from digest.search.words import WORDS_VERSION, make_index_text

_SLOTS = 1_000_000  # entries of one day
_EPOCH = date(1970, 1, 1).toordinal()
_MAX_VARIABLES = 500
_VERSION_KEY = "search_words"
_ENTRY_COLUMNS = "number kind ref source document judged weight labels".split()
_ADD_ENTRY = (
    f"INSERT INTO search_entries({', '.join(_ENTRY_COLUMNS)})"  # noqa: S608 (names of columns)
    f" VALUES ({', '.join('?' * len(_ENTRY_COLUMNS))})"
)


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """Words that are not an item's: a story of an edition, a letter, a note, a decision."""

    kind: str
    id: str
    at: datetime
    title: str
    text: str
    url: str = ""
    source: str = ""  # who says it
    labels: tuple[str, ...] = ()
    private: bool = False


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """What the index knows of a number: an item, or a document."""

    number: int
    kind: str
    labels: tuple[str, ...]
    weight: float
    item: Item | None = None
    document: SearchDocument | None = None


@dataclass(frozen=True, slots=True)
class SearchFilter:
    """Which entries count.

    `labels`: of each group one must be there. `start` and `end`: half-open, whole days in UTC.
    """

    labels: tuple[tuple[str, ...], ...] = ()
    without: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    private: bool = True  # whether the team's own words count


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an item was judged to be, as the index keeps it."""

    item: str  # id
    labels: tuple[str, ...]
    weight: float


PRIVATE_KINDS = ("note", "decision", "promise", "answer", "letter")  # the team's own words
ENTRY_KINDS = ("item", "story", *PRIVATE_KINDS)


# ------------------------------------------------------------ writing


def is_current(connection: sa.Connection) -> bool:
    """Return whether the index was made by this program's way of cutting words."""
    query = sa.select(meta.c.value).where(meta.c.key == _VERSION_KEY)
    return bool(connection.execute(query).scalar() == str(WORDS_VERSION))


def mark_current(connection: sa.Connection) -> None:
    """Store that the index was made by this program's way of cutting words."""
    connection.execute(sa.delete(meta).where(meta.c.key == _VERSION_KEY))
    connection.execute(sa.insert(meta).values(key=_VERSION_KEY, value=str(WORDS_VERSION)))


def index_items(connection: sa.Connection, changed: Iterable[Item]) -> None:
    """Put new or changed items into the index, in place of what it held of them."""
    rows = sorted(changed, key=lambda item: (item.published_or_seen, item.id))
    _replace_entries(connection, [item.id for item in rows])
    _add_entries(
        connection,
        [
            (
                item.published_or_seen,
                {"kind": "item", "ref": item.id, "source": item.source, "document": {}},
                item.title,
                "\n".join((item.summary, item.text, item.fulltext or item.description)),
            )
            for item in rows
        ],
    )


def index_documents(connection: sa.Connection, documents: Sequence[SearchDocument]) -> None:
    """Put documents into the index in place of all that it held."""
    old = connection.execute(
        sa.select(search_entries.c.ref).where(search_entries.c.kind.not_in(("item", "")))
    ).scalars()
    _replace_entries(connection, list(old))
    rows = sorted(documents, key=lambda document: (document.at, document.kind, document.id))
    numbers = _add_entries(
        connection,
        [
            (
                document.at,
                {
                    "kind": document.kind,
                    "ref": f"{document.kind} {document.id}",
                    "source": "",
                    "document": {
                        "id": document.id,
                        "title": document.title,
                        "text": document.text,
                        "url": document.url,
                        "source": document.source,
                        "at": document.at.isoformat(),
                        "private": document.private,
                    },
                    "judged": "document",
                    "weight": 1.0,
                    "labels": list(document.labels),
                },
                document.title,
                document.text,
            )
            for document in rows
        ],
    )
    _add_labels(
        connection,
        [
            (label, number)
            for number, document in zip(numbers, rows, strict=True)
            for label in document.labels
        ],
    )


def save_judgements(
    connection: sa.Connection, judgements: Sequence[Judgement], judged: str
) -> None:
    """Store what items were judged to be; `judged` names the vocabulary."""
    for start in range(0, len(judgements), _MAX_VARIABLES):
        of_item = {
            judgement.item: judgement for judgement in judgements[start : start + _MAX_VARIABLES]
        }
        places = ", ".join("?" * len(of_item))
        query = f"SELECT number, ref, CAST(labels AS TEXT), weight, judged FROM search_entries WHERE ref IN ({places})"  # noqa: E501, S608
        rows = [
            (number, item, labels)
            for number, item, labels, weight, by in run_sql(connection, query, tuple(of_item))
            if [*json.loads(labels), weight, by]
            != [*of_item[item].labels, of_item[item].weight, judged]
        ]
        old = [(label, number) for number, _, labels in rows for label in json.loads(labels)]
        _remove_labels(connection, old)
        _add_labels(
            connection,
            [(label, number) for number, item, _ in rows for label in of_item[item].labels],
        )
        if rows:
            run_sql(
                connection,
                "UPDATE search_entries SET labels = ?, weight = ?, judged = ? WHERE number = ?",
                [
                    (json.dumps(of_item[item].labels), of_item[item].weight, judged, number)
                    for number, item, _ in rows
                ],
            )


def label_editions(connection: sa.Connection, editions: Mapping[str, Sequence[str]]) -> None:
    """Mark the items that editions tell, beside what they were judged to be."""
    for quarter, ids in editions.items():
        labels = ("in:edition", f"in:{quarter}")
        old = (
            "DELETE FROM search_labels WHERE label = ? AND number IN"
            " (SELECT number FROM search_entries WHERE kind = 'item')"
        )
        run_sql(connection, old, (_hash_label(labels[1]),))
        for start in range(0, len(ids), _MAX_VARIABLES):
            same = search_entries.c.ref.in_(ids[start : start + _MAX_VARIABLES])
            numbers = connection.execute(sa.select(search_entries.c.number).where(same)).scalars()
            _add_labels(
                connection, [(label, number) for number in list(numbers) for label in labels]
            )


def clear_index(connection: sa.Connection) -> None:
    """Empty the index."""
    connection.execute(sa.delete(search_labels))
    connection.execute(sa.delete(search_entries))
    find_dialect(connection).clear_words(connection)


def _replace_entries(connection: sa.Connection, refs: Sequence[str]) -> None:
    """Take what the index holds under these names out of what is found."""
    for start in range(0, len(refs), _MAX_VARIABLES):
        same = search_entries.c.ref.in_(refs[start : start + _MAX_VARIABLES])
        query = sa.select(search_entries.c.number, search_entries.c.labels).where(same)
        found = connection.execute(query).all()
        if not found:
            continue
        _remove_labels(connection, [(label, number) for number, of in found for label in of])
        connection.execute(
            sa.update(search_entries)
            .where(search_entries.c.number.in_([number for number, _ in found]))
            .values(kind="", ref="", judged="gone", labels=[], document={})
        )
        find_dialect(connection).drop_words(connection, [number for number, _ in found])


def _add_entries(
    connection: sa.Connection, rows: Sequence[tuple[datetime, Mapping[str, Any], str, str]]
) -> list[int]:
    """Add entries, in the order of their days; return their numbers."""
    entries, following = list[dict[str, Any]](), dict[int, int]()
    words = list[tuple[int, str, str]]()
    dialect = find_dialect(connection)
    if rows:
        dialect.lock_index(connection)
    for at, row, title, body in rows:
        day = _number_day(at)
        if day not in following:
            following[day] = _find_free_number(connection, day)
        number = following[day]
        following[day] += 1
        defaults = {"judged": "", "weight": 0.5, "labels": []}
        entries.append(defaults | {"number": number} | dict(row))
        words.append((number, make_index_text(title), make_index_text(body)))
    if entries:
        run_sql(
            connection,
            _ADD_ENTRY,
            [
                tuple(
                    json.dumps(entry[name]) if name in ("document", "labels") else entry[name]
                    for name in _ENTRY_COLUMNS
                )
                for entry in entries
            ],
        )
        dialect.add_words(connection, words)
    return [number for number, _, _ in words]


def _find_free_number(connection: sa.Connection, day: int) -> int:
    query = "SELECT max(number) FROM search_entries WHERE number >= ? AND number < ?"
    last = run_sql(connection, query, (day * _SLOTS, (day + 1) * _SLOTS)).scalar()
    return day * _SLOTS if last is None else last + 1


def _number_day(at: datetime) -> int:
    return max(0, at.astimezone(UTC).date().toordinal() - _EPOCH)


def _hash_label(label: str) -> int:
    return int.from_bytes(hashlib.blake2b(label.encode(), digest_size=5).digest())


def _add_labels(connection: sa.Connection, pairs: Sequence[tuple[str, int]]) -> None:
    if pairs:
        run_sql(
            connection,
            "INSERT INTO search_labels(label, number) VALUES (?, ?) ON CONFLICT DO NOTHING",
            [(_hash_label(label), number) for label, number in pairs],
        )


def _remove_labels(connection: sa.Connection, pairs: Sequence[tuple[str, int]]) -> None:
    if pairs:
        run_sql(
            connection,
            "DELETE FROM search_labels WHERE label = ? AND number = ?",
            [(_hash_label(label), number) for label, number in pairs],
        )


# ------------------------------------------------------------ asking


class SearchIndex:
    """Questions to the index, within one connection."""

    def __init__(
        self, connection: sa.Connection, build_item: Callable[[sa.RowMapping], Item]
    ) -> None:
        self._connection, self._build_item = connection, build_item
        self._dialect = find_dialect(connection)

    def count_matches(self, words: str, most: int) -> int:
        """Return how many entries hold the words, an FTS5 expression; no more than `most`."""
        match = self._dialect.write_match(words)
        return self._dialect.count_matches(self._connection, match, most)

    def count_entries(self) -> int:
        """Return how many entries the index has, of what is there."""
        query = sa.select(sa.func.count()).select_from(search_entries)
        return int(self._connection.execute(query).scalar() or 0)

    def list_languages(self, most: int) -> list[str]:
        """Return the languages of the newest items, one for each."""
        query = (
            sa.select(items.c.language)
            .select_from(search_entries)
            .join(items, items.c.id == search_entries.c.ref)
            .order_by(search_entries.c.number.desc())
            .limit(most)
        )
        return list(self._connection.execute(query).scalars())

    def find_numbers(
        self,
        words: str,
        allowed: SearchFilter,
        *,
        most: int,
        by_relevance: bool = False,
    ) -> list[int]:
        """Return the numbers of the entries that hold the words and pass the filter.

        `words`: an FTS5 expression, "" for any. The newest first, or the best by BM25.
        """
        by_label = not words and bool(allowed.labels)
        driving = allowed.labels[0] if by_label else ()
        if by_label:
            allowed = replace(allowed, labels=allowed.labels[1:])
        conditions, parameters = _build_conditions(allowed)
        order = ""
        if by_label:  # the labels of an index of many entries are its quickest way in
            join = self._dialect.pinned_join
            tables = f"search_labels d {join} search_entries e ON e.number = d.number"
            conditions = [f"d.label IN ({', '.join('?' * len(driving))})", *conditions]
            parameters = [*map(_hash_label, driving), *parameters]
            number = "d.number"
        elif words:
            by_words = self._dialect.search_words()
            tables, number = by_words.tables, by_words.number
            conditions = [*filter(None, (by_words.condition,)), *conditions]
            parameters = [self._dialect.write_match(words), *parameters]
            if by_relevance:
                order = by_words.by_relevance
        else:
            tables, number = "search_entries e", "e.number"
        order = order or f"{number} DESC"
        where = " AND ".join(condition.replace("NUMBER", number) for condition in conditions)
        distinct = "DISTINCT " if len(driving) > 1 else ""
        statement = (
            f"SELECT {distinct}{number} FROM {tables} WHERE {where} ORDER BY {order} LIMIT ?"  # noqa: S608
        )
        return list(run_sql(self._connection, statement, (*parameters, most)).scalars())

    def load_vectors(self, model: str, allowed: SearchFilter) -> list[tuple[int, str, bytes]]:
        """Return number, language and vector of the items that pass a filter.

        A vector is one that the model made of the item as it is now.
        """
        conditions, parameters = _build_conditions(allowed)
        where = " AND ".join(condition.replace("NUMBER", "e.number") for condition in conditions)
        statement = (
            "SELECT e.number, i.language, v.vector FROM vectors v"  # noqa: S608 - placeholders alone
            " JOIN items i ON i.id = v.item AND i.wording = v.wording"
            " JOIN search_entries e ON e.ref = v.item AND e.kind = 'item'"
            f" WHERE v.model = ? AND {where} ORDER BY e.number"
        )
        rows = run_sql(self._connection, statement, (model, *parameters))
        return [(number, language, bytes(vector)) for number, language, vector in rows]

    def find_words_like(self, parts: Sequence[str], *, most: int) -> dict[str, list[str]]:
        """Return words of the index that hold each part, the most frequent first.

        The whole list of words is read: it is for parts that no word begins with.
        """
        return self._dialect.find_words_like(self._connection, parts, most) if parts else {}

    def list_unjudged(self, judged: str, *, most: int) -> list[str]:
        """Return the ids of items that this vocabulary has not judged, the newest first."""
        query = (
            sa.select(search_entries.c.ref)
            .where(search_entries.c.kind == "item", search_entries.c.judged != judged)
            .order_by(search_entries.c.number.desc())
            .limit(most)
        )
        return list(self._connection.execute(query).scalars())

    def load_entries(self, numbers: Sequence[int]) -> dict[int, SearchEntry]:
        """Return what the index knows of numbers."""
        query = (
            sa.select(
                search_entries.c.number,
                search_entries.c.kind,
                search_entries.c.document,
                search_entries.c.weight,
                search_entries.c.labels,
                *items.c,
                pages.c.text.label("page_text"),
                pages.c.outcome,
            )
            .select_from(search_entries)
            .outerjoin(items, items.c.id == search_entries.c.ref)
            .outerjoin(pages, pages.c.url == items.c.url)
        )
        found: dict[int, SearchEntry] = {}
        for start in range(0, len(numbers), _MAX_VARIABLES):
            part = query.where(search_entries.c.number.in_(numbers[start : start + _MAX_VARIABLES]))
            for row in self._connection.execute(part).mappings():
                is_item = row["kind"] == "item"
                found[row["number"]] = SearchEntry(
                    row["number"],
                    row["kind"],
                    tuple(row["labels"]),
                    row["weight"],
                    item=self._build_item(row) if is_item else None,
                    document=None if is_item else _build_document(dict(row)),
                )
        return found


def _build_conditions(allowed: SearchFilter) -> tuple[list[str], list[Any]]:
    conditions, parameters = ["e.kind != ''"], list[Any]()
    if allowed.start:
        conditions.append("NUMBER >= ?")
        parameters.append(_number_day(allowed.start) * _SLOTS)
    if allowed.end:
        conditions.append("NUMBER < ?")
        # a day that has begun counts
        whole = allowed.end.astimezone(UTC).time().isoformat() == "00:00:00"
        parameters.append((_number_day(allowed.end) + (not whole)) * _SLOTS)
    for column, values in (("e.source", allowed.sources), ("e.kind", allowed.kinds)):
        if values:
            conditions.append(f"{column} IN ({', '.join('?' * len(values))})")
            parameters.extend(values)
    if not allowed.private:
        conditions.append(f"e.kind NOT IN ({', '.join('?' * len(PRIVATE_KINDS))})")
        parameters.extend(PRIVATE_KINDS)
    for group, sign in [(group, "") for group in allowed.labels] + [
        ((label,), "NOT ") for label in allowed.without
    ]:
        places = ", ".join("?" * len(group))
        conditions.append(
            f"{sign}EXISTS (SELECT 1 FROM search_labels l"  # noqa: S608
            f" WHERE l.label IN ({places}) AND l.number = NUMBER)"
        )
        parameters.extend(map(_hash_label, group))
    return conditions, parameters


def _build_document(row: Mapping[str, Any]) -> SearchDocument:
    """Return the document that a row holds."""
    stored = row["document"]
    return SearchDocument(
        kind=row["kind"],
        id=stored["id"],
        at=datetime.fromisoformat(stored["at"]),
        title=stored["title"],
        text=stored["text"],
        url=stored["url"],
        source=stored["source"],
        labels=tuple(row["labels"]),
        private=stored["private"],
    )
