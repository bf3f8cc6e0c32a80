"""Keep what was made of items and quarters, each under the fingerprint of what it was made of.

Nothing here is a source of anything: whatever is missing or was made of something else is made
again, and comes out the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import sqlalchemy as sa

from digest.archive.dialects import insert_into
from digest.archive.tables import items, judgements, results

_MAX_VARIABLES = 500


def save_judgements(
    connection: sa.Connection, judge: str, rows: Iterable[tuple[str, str, str]]
) -> None:
    """Store what a judge said of items: id, fingerprint of the item's words, judgement.

    Each is stored in place of the item's earlier one.
    """
    columns = ("item", "words", "judgement")
    named = [{"judge": judge, **dict(zip(columns, row, strict=True))} for row in rows]
    if named:
        statement = insert_into(connection, judgements)
        replaced = {name: statement.excluded[name] for name in ("judge", "words", "judgement")}
        statement = statement.on_conflict_do_update(index_elements=["item"], set_=replaced)
        connection.execute(statement, named)


def load_judgements(
    connection: sa.Connection, judge: str, words: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield ids and judgements of the items that a judge knows by the words that they have.

    `words` holds the fingerprint of each item's words by its id.
    """
    columns = (judgements.c.item, judgements.c.words, judgements.c.judgement)
    query = sa.select(*columns).where(judgements.c.judge == judge)
    ids = list(words)
    for start in range(0, len(ids), _MAX_VARIABLES):
        part = query.where(judgements.c.item.in_(ids[start : start + _MAX_VARIABLES]))
        for item, fingerprint, judgement in connection.execute(part):
            if words[item] == fingerprint:
                yield item, judgement


def forget_judgements(connection: sa.Connection, ids: Sequence[str]) -> None:
    """Delete what was said of items whose words are no longer the same."""
    for start in range(0, len(ids), _MAX_VARIABLES):
        part = judgements.c.item.in_(ids[start : start + _MAX_VARIABLES])
        connection.execute(sa.delete(judgements).where(part))


def is_unjudged(judge: str) -> sa.ColumnElement[bool]:
    """Return the condition that a judge has not judged an item since its words are as they are."""
    known = sa.select(judgements.c.item).where(
        judgements.c.item == items.c.id, judgements.c.judge == judge
    )
    return sa.not_(known.exists())


def save_result(connection: sa.Connection, name: str, fingerprint: str, result: str) -> None:
    """Store a result in place of the one that is kept under its name."""
    row = {"name": name, "fingerprint": fingerprint, "result": result}
    statement = insert_into(connection, results).values(row)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=row))


def load_result(connection: sa.Connection, name: str, fingerprint: str) -> str | None:
    """Return the result of a name; None where none is kept, or one of another fingerprint."""
    query = sa.select(results.c.result).where(
        results.c.name == name, results.c.fingerprint == fingerprint
    )
    return connection.execute(query).scalar()
