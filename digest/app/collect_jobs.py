"""Read sources one by one, for many programs at once: which are due, in which order, one of them.

Who plans and who reads may be different programs on different machines; what they know of each
other stands in the archive. A source that was read since it was planned is not read again, so a
job that is done twice asks once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self
from urllib.parse import urlsplit

from digest.app.collect import SourceReport, collect_source
from digest.app.context import AppContext, make_fetcher
from digest.app.run import find_gap_start
from digest.app.source_state import find_pause
from digest.app.sources import (
    collect_items,
    log_collection,
    make_collection_options,
    make_history_options,
)
from digest.app.watch import load_watched_sources
from digest.archive import Archive, SourceState
from digest.errors import SourceError
from digest.fetch.read.parser_process import ParserProcess
from digest.model.retrieved import FeedEntry
from digest.model.source import Source

# what may be well a little later; anything else stays as it is until somebody does something
PASSING_FAULTS = frozenset(
    "timeout no-time unreachable unknown-host broken-off bad-answer http-408 http-425 http-429 "
    "http-500 http-502 http-503 http-504".split()
)


@dataclass(frozen=True, slots=True)
class PlannedSource:
    """A source that is due. Of those with the same `lane` one is read at a time."""

    slug: str
    lane: str


@dataclass(frozen=True, slots=True)
class SourceOutcome:
    """How reading a source went; `not_before`: when its server lets us come again, if it said."""

    report: SourceReport
    not_before: datetime | None

    @property
    def may_pass(self) -> bool:
        """Whether a fault may be gone a little later."""
        return self.report.failed and self.report.outcome in PASSING_FAULTS


def plan_sources(context: AppContext, *, in_full: bool = False) -> tuple[PlannedSource, ...]:
    """Return the sources that are due now, all but newsletters by mail.

    `in_full`: those whose history may have gaps, due or not. A host has as many lanes as it may be
    asked at once.
    """
    lanes = context.config.digest.limits.requests_per_host
    with Archive.open(context.workspace.archive) as archive:
        states = archive.load_source_states()
    counts: Counter[str] = Counter()
    planned = []
    for source in sorted(_list_sources(context), key=lambda source: source.slug):
        host = urlsplit(source.url or "").hostname or ""
        lane = f"{host} {counts[host] % lanes}"
        counts[host] += 1
        state = states.get(source.slug, SourceState(source.slug))
        pause = find_pause(state, source.url, context.now, patient=not in_full)
        if not (pause and pause.outcome == "waiting"):
            planned.append(PlannedSource(source.slug, lane))
    return tuple(planned)


def collect_letters(context: AppContext) -> None:
    """Read the newsletters that come by mail."""
    letters = tuple(source for source in context.config.sources if source.mailbox)
    if any(source.enabled for source in letters):
        config = replace(context.config, sources=letters)
        log_collection(collect_items(replace(context, config=config), watched=False))


def _list_sources(context: AppContext) -> list[Source]:
    """Return what is read one by one: feeds, pages, watched pages."""
    sources = (*context.config.sources, *load_watched_sources(context))
    return [source for source in sources if source.enabled and not source.mailbox]


class SourceCollector:
    """Reads single sources, with connections that stay open. An async context manager.

    `get_context` gives the surroundings with the clock of now. `hold_host` keeps hosts' slots over
    all programs that read.
    """

    def __init__(
        self,
        get_context: Callable[[], AppContext],
        hold_host: Callable[[str], AbstractAsyncContextManager[Any]] | None = None,
    ) -> None:
        self._get_context, self._stack = get_context, AsyncExitStack()
        context = get_context()
        self._archive = self._stack.enter_context(Archive.open(context.workspace.archive))
        self._parsers = self._stack.enter_context(ParserProcess())
        self._fetcher = make_fetcher(context, hold_host=hold_host)

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self._fetcher)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stack.aclose()

    async def collect(
        self, slug: str, planned: datetime, *, in_full: bool = False, again: bool = False
    ) -> SourceOutcome | None:
        """Read a source; None where that is not wanted any more, or was done since it was planned.

        `again`: it has failed for the same plan before, and that counts once.
        """
        context = self._get_context()
        sources = {source.slug: source for source in _list_sources(context)}
        source, state = sources.get(slug), self._archive.load_source_state(slug)
        if source is None or (state.last_success and state.last_success >= planned):
            return None
        if again and state.failures:
            state = replace(state, failures=state.failures - 1)
        history = make_history_options(context, find_gap_start(context)) if in_full else None
        report = await collect_source(
            source,
            state,
            self._archive,
            self._fetcher,
            make_collection_options(context, _refuse_newsletter, self._parsers, history),
        )
        not_before = self._archive.load_source_state(slug).not_before if report.failed else None
        return SourceOutcome(report, not_before)


def _refuse_newsletter(
    source: Source,
    state: SourceState,  # noqa: ARG001 (as ReadNewsletters)
) -> tuple[Sequence[FeedEntry], SourceState, tuple[str, ...]]:
    raise SourceError(f"{source.name} comes by mail", "it is read with the other newsletters")
