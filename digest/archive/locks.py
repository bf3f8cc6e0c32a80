"""Hold locks in a database, for programs on many machines; they end with their connection."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager

import sqlalchemy as sa

from digest.archive.connection import ArchiveConnection
from digest.archive.dialects import choose_dialect
from digest.model.database import DatabaseUrl

_FIRST_WAIT, _LONGEST_WAIT = 0.02, 0.5  # seconds between looks at a host without a free slot


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


class HostSlots:
    """Slots of hosts, shared by all programs that ask them; those of a program end with it.

    Safe to call from several threads and event loops of one program.
    """

    def __init__(self, place: DatabaseUrl, per_host: int) -> None:
        dialect = choose_dialect(place)
        self._archive = ArchiveConnection(dialect.make_engine(place), place)
        self._dialect, self._per_host = dialect, per_host
        self._stack = ExitStack()
        self._connection: sa.Connection | None = None
        self._taken: set[str] = set()  # the database lets its holder take a lock twice
        self._lock = threading.Lock()

    def close(self) -> None:
        """Give all slots back."""
        self._stack.close()
        self._archive.close()

    @asynccontextmanager
    async def hold(self, host: str) -> AsyncIterator[None]:
        """Hold a slot of a host, once one is free. Raises ArchiveError."""
        wait = _FIRST_WAIT
        while not (name := self._take(host)):
            await asyncio.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT)
        try:
            yield
        finally:
            self._give_back(name)

    def _take(self, host: str) -> str:
        """Take a free slot and return its name, "" where there is none."""
        names = [f"host {host} {slot}" for slot in range(self._per_host)]
        with self._lock:
            connection = self._connect()
            for name in names:
                if name not in self._taken and self._dialect.try_lock(connection, name):
                    self._taken.add(name)
                    return name
        return ""

    def _give_back(self, name: str) -> None:
        with self._lock:
            self._taken.discard(name)
            if self._connection is not None and not self._connection.invalidated:
                self._dialect.unlock(self._connection, name)

    def _connect(self) -> sa.Connection:
        """Return the connection that holds the locks; a new one holds none."""
        if self._connection is None or self._connection.invalidated:
            self._stack.close()
            outside = self._archive.begin_outside_transaction()
            self._connection = self._stack.enter_context(outside)
        return self._connection
