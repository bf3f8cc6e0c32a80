"""Addresses that several sources want and that are asked for once: the robots.txt of a host."""

from __future__ import annotations

import asyncio
from math import inf

from digest.errors import FetchError
from digest.fetch.allowance import TimeAllowance, allow_time, get_allowance
from digest.fetch.http.client import FetcherProtocol, HttpRequest, fetch_or_error
from digest.fetch.http.exchange import format_url
from digest.model.retrieved import Retrieved

_SHORTEST = 0.05  # seconds waited before looking again


class SharedAnswers:
    """Asks for each address once, within one event loop.

    Who waits spends its own time, and that alone: one that has little left takes none of the
    answer from the others.
    """

    def __init__(self, fetcher: FetcherProtocol) -> None:
        self._fetcher = fetcher
        self._asked: dict[str, tuple[asyncio.Task[Retrieved | FetchError], TimeAllowance]] = {}

    def __contains__(self, url: str) -> bool:
        """Return whether an address was asked for."""
        return url in self._asked

    async def get(self, request: HttpRequest) -> Retrieved | FetchError:
        """Return the answer, or the error that asking for it raised."""
        if request.url not in self._asked:
            shared = TimeAllowance()
            with allow_time(shared):  # the task keeps it
                asking = asyncio.create_task(fetch_or_error(self._fetcher, request))
            self._asked[request.url] = asking, shared
        task, shared = self._asked[request.url]
        own, before = get_allowance(), shared.spent
        while not task.done() and (left := own.left - (shared.spent - before)) > 0:
            # nothing is spent while it waits for its turn, so this may come round again
            await asyncio.wait({task}, timeout=max(left, _SHORTEST) if left < inf else None)
        own.spend(shared.spent - before)
        if task.done():
            return task.result()
        return own.describe_timeout(format_url(request.url))
