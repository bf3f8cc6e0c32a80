"""Carries out plans that reach back: the loop between `history`, which decides, and `http`, which asks."""

from __future__ import annotations

import asyncio
from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from digest.errors import FetchError
from digest.fetch.discovery import Discovered, discover
from digest.fetch.guard import place
from digest.fetch.held import HistoryState, seen
from digest.fetch.history import Answer, Plan, Want, Window, plan
from digest.fetch.http import Ask, Getter
from digest.model import Document, Entry, Retrieved, Source

DEFAULT_BUDGET = 250


@dataclass(frozen=True, slots=True)
class Errand:
    """One source whose feed was just read, to reach back for."""

    source: Source
    document: Document
    retrieved: Retrieved
    state: HistoryState
    known: Container[str] = ()  # canonical addresses that are archived


@dataclass(frozen=True, slots=True)
class Reached:
    """What was found of a source's history, and what to remember of it."""

    entries: tuple[Entry, ...]
    state: HistoryState
    problems: tuple[str, ...]
    requests: int


class Reach:
    """Reaches back for many sources of one run. What hosts allow (robots.txt) is asked once a host."""

    def __init__(self, fetcher: Getter, *, agent: str, budget: int = DEFAULT_BUDGET) -> None:
        self._fetcher, self._agent, self._budget = fetcher, agent, budget
        self._robots: dict[str, asyncio.Task[Answer]] = {}

    async def back(self, errand: Errand, quarter_start: datetime, quarter_end: datetime) -> Reached:
        """Fills what is not known to be held of a quarter. Raises nothing: what fails is told in `problems`."""
        document, answer = errand.document, errand.retrieved
        steps = plan(
            Window(document, answer.url, dict(answer.headers), answer.retrieved),
            seen(errand.state, document, answer.retrieved),
            quarter_start,
            quarter_end,
            budget=self._budget,
            agent=self._agent,
            known=errand.known,
        )
        return await self._carry_out(steps, errand.source)

    async def _carry_out(self, steps: Plan, source: Source) -> Reached:
        requests = 0
        try:
            wants = next(steps)
            while True:
                requests += sum(want.url not in self._robots for want in wants)
                answers = await asyncio.gather(*(self._ask(source, want) for want in wants))
                wants = steps.send(tuple(answers))
        except StopIteration as end:
            found = end.value
            return Reached(found.entries, found.state, found.problems, requests)

    async def _ask(self, source: Source, want: Want) -> Answer:
        if want.kind != "robots":
            return await self._get(source, want.url)
        if want.url not in self._robots:
            self._robots[want.url] = asyncio.create_task(self._get(source, want.url))
        return await asyncio.shield(self._robots[want.url])

    async def _get(self, source: Source, url: str) -> Answer:
        try:
            return await self._fetcher.get(ask_of(source, url))
        except FetchError as error:
            return error


def ask_of(source: Source, url: str) -> Ask:
    """Asks for an address that a source names. Secrets go to the feed's own origin only."""
    own = bool(source.url) and _origin(url) == _origin(source.url or "")
    return Ask(source.slug, url, headers=source.headers if own else {}, verify=source.tls_verify or not own)


def _origin(url: str) -> tuple[str, str]:
    return urlsplit(url).scheme, place(url)


async def find_feeds(fetcher: Getter, url: str) -> Discovered:
    """The feeds of the site at an address, which may be a feed itself. Raises nothing: what fails is a problem."""
    search = discover(url)
    try:
        wanted = next(search)
        while True:
            try:
                answer: Answer = await fetcher.get(Ask("", wanted))
            except FetchError as error:
                answer = error
            wanted = search.send(answer)
    except StopIteration as end:
        found: Discovered = end.value
        return found
