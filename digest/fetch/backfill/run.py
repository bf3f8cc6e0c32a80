"""Carry out plans: the loop between what decides (`plan`, `discovery`) and the client that asks."""

from __future__ import annotations

import asyncio
from collections.abc import Container
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import takewhile
from urllib.parse import urlsplit

from digest.errors import FetchError
from digest.fetch.allowance import TimeAllowance, allow_time
from digest.fetch.backfill.coverage import CoverageState, record_window
from digest.fetch.backfill.discovery import DiscoveryResult, discover_feeds
from digest.fetch.backfill.plan import (
    BackfillPlan,
    BackfillPlanResult,
    FetchRequest,
    FetchResult,
    plan_backfill,
)
from digest.fetch.http.client import FetcherProtocol, HttpRequest, fetch_or_error
from digest.fetch.http.guard import get_host_port
from digest.fetch.http.shared import SharedAnswers
from digest.fetch.read.parser_process import UNBOUNDED_PARSERS, DocumentParsers
from digest.fetch.read.reader import FeedWindow
from digest.model.retrieved import FeedEntry, ParsedFeed, Retrieved
from digest.model.source import Source

DEFAULT_BUDGET = 250
DEFAULT_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class BackfillRequest:
    """One source whose feed was just read, and whose history is to be filled."""

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
    seconds: float  # that its servers took


class Backfill:
    """Fills the history of many sources in one run. A host's robots.txt is asked for once.

    `agent` is our name in robots.txt, `budget` the most requests for one source, `seconds` how long
    its servers may take for them.
    """

    def __init__(
        self,
        fetcher: FetcherProtocol,
        *,
        agent: str,
        budget: int = DEFAULT_BUDGET,
        seconds: float = DEFAULT_SECONDS,
        parsers: DocumentParsers = UNBOUNDED_PARSERS,
    ) -> None:
        self._fetcher, self._agent, self._budget = fetcher, agent, budget
        self._parsers, self._seconds = parsers, seconds
        self._robots = SharedAnswers(fetcher)

    async def run(
        self, request: BackfillRequest, quarter_start: datetime, quarter_end: datetime
    ) -> BackfillResult:
        """Fill what is not known to be held of a quarter. Raise nothing: faults are `problems`.

        Once its time is up a plan gets no more answers than came, and says where it goes on.
        """
        document, answer = request.document, request.retrieved
        plan = plan_backfill(
            FeedWindow(document, answer.url, answer.headers, answer.retrieved),
            record_window(request.state, document, answer.retrieved),
            quarter_start,
            quarter_end,
            budget=self._budget,
            agent=self._agent,
            known=request.known,
            parse_feed=partial(self._parsers.parse_feed, rule=request.source.reading),
            parse_sitemap=self._parsers.parse_sitemap,
            read_page=self._parsers.read_page,
        )
        count, allowance = 0, TimeAllowance(self._seconds, "history_seconds")
        answers: tuple[FetchResult, ...] | None = None
        while True:
            # in a thread: what came is parsed there, and other sources are read on meanwhile
            with allow_time(allowance):
                step = await asyncio.to_thread(_take_step, plan, answers)
            if isinstance(step, BackfillPlanResult):
                return BackfillResult(
                    step.entries, step.state, step.problems, count, allowance.spent
                )
            count += sum(want.url not in self._robots for want in step)
            with allow_time(allowance):
                asked = (self._answer_request(request.source, want) for want in step)
                answers = tuple(await asyncio.gather(*asked))
            if not allowance.left:
                answers = tuple(takewhile(_came_in_time, answers))

    async def _answer_request(self, source: Source, want: FetchRequest) -> FetchResult:
        request = replace(build_source_request(source, want.url), pause=want.pause)
        if want.kind != "robots":
            return await fetch_or_error(self._fetcher, request)
        # the same for all sources; nobody chose its path
        return await self._robots.get(replace(request, origin=None))


def _came_in_time(answer: FetchResult) -> bool:
    return not (isinstance(answer, FetchError) and answer.kind in ("timeout", "no-time"))


def _take_step(
    plan: BackfillPlan, answers: tuple[FetchResult, ...] | None
) -> tuple[FetchRequest, ...] | BackfillPlanResult:
    """Hand a plan the answers to its last requests (None: there were none yet).

    Return its next requests, or in the end what it found: StopIteration cannot leave a thread.
    """
    try:
        return next(plan) if answers is None else plan.send(answers)
    except StopIteration as end:
        result: BackfillPlanResult = end.value
        return result


def build_source_request(source: Source, url: str) -> HttpRequest:
    """Return the request for an address that a source names.

    Secrets go to the feed's own path only: on a shared host another path is another's.
    """
    is_own = bool(source.url) and _get_origin(url) == _get_origin(source.url or "")
    is_own_path = is_own and _get_path(url) == _get_path(source.url or "")
    return HttpRequest(
        source.slug,
        url,
        headers=source.headers if is_own_path else {},
        verify=source.tls_verify or not is_own,
        origin=source.url or "",
    )


def _get_path(url: str) -> str:
    return urlsplit(url).path.rstrip("/")


def _get_origin(url: str) -> tuple[str, str]:
    return urlsplit(url).scheme, get_host_port(url)


async def find_feeds(fetcher: FetcherProtocol, url: str) -> DiscoveryResult:
    """Find the feeds of the site at an address, which may be a feed itself. Raise nothing."""
    plan = discover_feeds(url)
    try:
        place = next(plan)
        while True:
            request = HttpRequest("", place, origin=url)
            place = plan.send(await fetch_or_error(fetcher, request))
    except StopIteration as end:
        found: DiscoveryResult = end.value
        return found
