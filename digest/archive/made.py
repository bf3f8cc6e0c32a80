"""What was made of items and quarters: vectors, judgements, results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa

from digest.archive import kept
from digest.archive.connection import ArchiveConnection
from digest.archive.rows import MAX_VARIABLES, hash_wording, upsert
from digest.archive.tables import items, vectors
from digest.model.item import Item


class MadeArchive(ArchiveConnection):
    """The part of the archive that can be made again."""

    def save_vectors(self, model: str, of_items: Iterable[tuple[Item, bytes]]) -> None:
        """Store what a model made of items' words, in one transaction."""
        with self.begin_transaction() as connection:
            for item, vector in of_items:
                row = {"item": item.id, "model": model, "wording": hash_wording(item)}
                upsert(connection, vectors, row | {"vector": vector})
                kept.forget_judgements(connection, [item.id])

    def save_judgements(self, judge: str, rows: Iterable[tuple[str, str, str]]) -> None:
        """Keep what a judge said of items, in one transaction: id, hash of its words, judgement."""
        with self.begin_transaction() as connection:
            kept.save_judgements(connection, judge, rows)

    def save_result(self, name: str, fingerprint: str, result: str) -> None:
        """Keep what was made of a quarter, in place of what is kept under its name."""
        with self.begin_transaction() as connection:
            kept.save_result(connection, name, fingerprint, result)

    def load_vectors(self, model: str, ids: Sequence[str]) -> dict[str, bytes]:
        """Return by id what a model made of items' words as they are now, where that is known."""
        query = sa.select(vectors.c.item, vectors.c.vector).join(
            items, sa.and_(items.c.id == vectors.c.item, items.c.wording == vectors.c.wording)
        )
        query = query.where(vectors.c.model == model)
        found: dict[str, bytes] = {}
        for start in range(0, len(ids), MAX_VARIABLES):
            of_part = query.where(vectors.c.item.in_(ids[start : start + MAX_VARIABLES]))
            found |= self.fetch(of_part, lambda row: (row["item"], bytes(row["vector"])))
        return found

    def load_judgements(self, judge: str, words: Mapping[str, str]) -> dict[str, str]:
        """Return by item id what a judge said of items with the given hashes of their words."""
        with self.begin_transaction() as connection:
            return dict(kept.load_judgements(connection, judge, words))

    def load_result(self, name: str, fingerprint: str) -> str | None:
        """Return what is kept under a name; None where it was made of something else."""
        with self.begin_transaction() as connection:
            return kept.load_result(connection, name, fingerprint)
