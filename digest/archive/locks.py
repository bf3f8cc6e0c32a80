"""Hold locks in a database, for programs on many machines; they end with their connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from digest.archive.connection import ArchiveConnection
from digest.archive.dialects import choose_dialect
from digest.model.database import DatabaseUrl


@contextmanager
def try_lock(place: DatabaseUrl, name: str) -> Iterator[bool]:
    """Hold a lock by its name while the block runs; yields False where another holds it.

    Raises ArchiveError where the database cannot be asked.
    """
    dialect = choose_dialect(place)
    with (
        ArchiveConnection(dialect.make_engine(place), place) as archive,
        archive.begin_outside_transaction() as connection,
    ):
        yield dialect.try_lock(connection, name)
