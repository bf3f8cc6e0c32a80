"""Carries out plans that reach back: the loop between `history`, which decides, and `http`, which asks."""

from __future__ import annotations

import asyncio
from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from digest.errors import FetchError
from digest.fetch.backfill.coverage import CoverageState, record_window
from digest.fetch.backfill.discovery import DiscoveryResult, discover_feeds
from digest.fetch.backfill.plan import (
    BackfillPlan,
    FeedWindow,
    FetchRequest,
    FetchResult,
    plan_backfill,
)
from digest.fetch.http.client import FetcherProtocol, HttpRequest
from digest.fetch.http.guard import get_host_port
from digest.model.retrieved import FeedEntry, ParsedFeed, Retrieved
from digest.model.source import Source

DEFAULT_BUDGET = 250


@dataclass(frozen=True, slots=True)
class BackfillRequest:
    """One source whose feed was just read, to reach back for."""

    source: Source
    document: ParsedFeed
    retrieved: Retrieved
    state: CoverageState
    known: Container[str] = ()  # canonical addresses that are archived


@dataclass(frozen=True, slots=True)
class BackfillResult:
    """What was found of a source's history, and what to remember of it."""

    entries: tuple[FeedEntry, ...]
    state: CoverageState
    problems: tuple[str, ...]
    requests: int


class Backfill:
    """Reaches back for many sources of one run. What hosts allow (robots.txt) is asked once a host."""

    def __init__(
        self, fetcher: FetcherProtocol, *, agent: str, budget: int = DEFAULT_BUDGET
    ) -> None:
        self._fetcher, self._agent, self._budget = fetcher, agent, budget
        self._robots: dict[str, asyncio.Task[FetchResult]] = {}

    async def run(
        self, request: BackfillRequest, quarter_start: datetime, quarter_end: datetime
    ) -> BackfillResult:
        """Fills what is not known to be held of a quarter. Raises nothing: what fails is told in `problems`."""
        document, answer = request.document, request.retrieved
        steps = plan_backfill(
            FeedWindow(document, answer.url, dict(answer.headers), answer.retrieved),
            record_window(request.state, document, answer.retrieved),
            quarter_start,
            quarter_end,
            budget=self._budget,
            agent=self._agent,
            known=request.known,
        )
        return await self._execute_plan(steps, request.source)

    async def _execute_plan(self, steps: BackfillPlan, source: Source) -> BackfillResult:
        requests = 0
        try:
            wants = next(steps)
            while True:
                requests += sum(want.url not in self._robots for want in wants)
                answers = await asyncio.gather(
                    *(self._answer_request(source, want) for want in wants)
                )
                wants = steps.send(tuple(answers))
        except StopIteration as end:
            found = end.value
            return BackfillResult(found.entries, found.state, found.problems, requests)

    async def _answer_request(self, source: Source, request: FetchRequest) -> FetchResult:
        if request.kind != "robots":
            return await self._fetch_url(source, request.url)
        if request.url not in self._robots:
            self._robots[request.url] = asyncio.create_task(self._fetch_url(source, request.url))
        return await asyncio.shield(self._robots[request.url])

    async def _fetch_url(self, source: Source, url: str) -> FetchResult:
        try:
            return await self._fetcher.get(build_source_request(source, url))
        except FetchError as error:
            return error


def build_source_request(source: Source, url: str) -> HttpRequest:
    """Asks for an address that a source names. Secrets go to the feed's own origin only."""
    own = bool(source.url) and _get_origin(url) == _get_origin(source.url or "")
    return HttpRequest(
        source.slug, url, headers=source.headers if own else {}, verify=source.tls_verify or not own
    )


def _get_origin(url: str) -> tuple[str, str]:
    return urlsplit(url).scheme, get_host_port(url)


async def find_feeds(fetcher: FetcherProtocol, url: str) -> DiscoveryResult:
    """The feeds of the site at an address, which may be a feed itself. Raises nothing: what fails is a problem."""
    search = discover_feeds(url)
    try:
        wanted = next(search)
        while True:
            try:
                answer: FetchResult = await fetcher.get(HttpRequest("", wanted))
            except FetchError as error:
                answer = error
            wanted = search.send(answer)
    except StopIteration as end:
        found: DiscoveryResult = end.value
        return found
