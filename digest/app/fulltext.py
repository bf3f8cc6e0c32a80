"""The order of reading articles' own pages: archive → choose → ask → read → archive.

The article is read only for sources that allow it, where a feed says little of a relevant item; of
others, the publisher's own description, where a relevant item has no sentence. Each page once:
its outcome is kept, a fault too. Asking is as polite as for feeds: robots.txt, one page of a host
after the other, and none more of it in this run once it fails or asks to be left alone. What an
item is judged to be never depends on the outcome of its page.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Literal
from urllib.parse import urljoin

from digest.archive import PAGE_READ, Archive, PageState, SourceState
from digest.errors import FetchError, ParseError, SourceError
from digest.fetch.allowance import SOURCE_SECONDS, TimeAllowance, allow_time
from digest.fetch.backfill.run import build_source_request
from digest.fetch.http.client import FetcherProtocol
from digest.fetch.http.guard import get_host_port
from digest.fetch.http.shared import SharedAnswers
from digest.fetch.mail.newsletters.links import is_opaque
from digest.fetch.read.article_worker import ArticleReader
from digest.fetch.read.robots import RobotsRules, interpret_robots
from digest.model.item import Item
from digest.model.retrieved import Retrieved
from digest.model.source import Source
from digest.text import format_count
from digest.urls import is_web_url

DESCRIBED = "described"  # the outcome of a page whose description was found
_SHORT_LENGTH = 600  # characters of a feed's own words: more are enough to choose sentences from
_MAX_PAGES_PER_SOURCE = {"article": 10, "description": 25}  # in one run
_RETRY_DELAYS = tuple(timedelta(hours=hours) for hours in (6, 12, 24))  # before each further try
# The publisher's word, or the page's: asking again would change nothing.
_FINAL = frozenset(
    "read described no-description robots paywall too-short list other-page no-page unreadable "
    "gone too-large bad-address private-address http-401 http-402 http-403 http-451".split()
)
_NO_TIME = "no-time"
_NO_FAULTS = (PAGE_READ, DESCRIBED, _NO_TIME)
_FAULTS_OF_HOST = frozenset(
    "timeout unreachable unknown-host certificate bad-answer http-429".split()
)
PagePart = Literal["article", "description"]
_ACCEPT = {"accept": "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"}


@dataclass(frozen=True, slots=True)
class ArticleRequest:
    """One page to ask for: the item that names it, its source, and what is wanted of it."""

    source: Source
    item: Item
    part: PagePart = "article"

    @property
    def url(self) -> str:
        """The address as published; of a newsletter, without what tells who reads it."""
        return self.item.address if self.item.letter else self.item.link


@dataclass(frozen=True, slots=True)
class PagesReport:
    """How reading one source's pages went. `faults`: kind → pages."""

    source: str  # name
    read: int
    faults: Mapping[str, int] = field(default_factory=dict)
    left: int = 0  # pages for which there was no time
    server_seconds: float = 0.0  # that this source's servers took in this run

    @property
    def requested_pages(self) -> int:
        """How many pages were asked for."""
        return self.read + sum(self.faults.values())

    def __str__(self) -> str:
        faults = ", ".join(f"{count} {kind}" for kind, count in self.faults.items())
        more = f" ({faults})" if faults else ""
        if self.left:
            more += f"; {self.left} left for the next run: the time of one source was used up"
        return f"{self.read} of {format_count(self.requested_pages, 'article')} read{more}"


def choose_articles(
    items: Iterable[Item],
    sources: Iterable[Source],
    pages: Mapping[str, PageState],
    states: Mapping[str, SourceState],
    *,
    relevant: Callable[[Item], bool],
    now: datetime,
    limit: int,
    lacks_sentence: Callable[[Item], bool] | None = None,
    description_limit: int = 0,
) -> tuple[ArticleRequest, ...]:
    """Return the pages to ask for now, newest first: at most `limit` for their article.

    `pages` is what is remembered of pages, by Item.url; `states` of the feeds, by slug. At most
    `description_limit` are asked for their description, of relevant items that `lacks_sentence`
    names.
    """
    allowed = {
        source.slug: source
        for source in sources
        if source.enabled and not _must_wait(states.get(source.slug), now)
    }
    waiting = {get_host_port(page.url) for page in pages.values() if _must_wait(page, now)}
    left = {"article": limit, "description": description_limit if lacks_sentence else 0}
    chosen: dict[str, ArticleRequest] = {}
    counts: Counter[tuple[str, PagePart]] = Counter()
    for item in sorted(items, key=lambda item: (item.published_or_seen, item.id), reverse=True):
        source = allowed.get(item.source)
        if source is None or item.url in chosen or not _has_page(item):
            continue
        part: PagePart = "article" if source.fulltext else "description"
        if (
            left[part] > 0
            and counts[item.source, part] < _MAX_PAGES_PER_SOURCE[part]
            and _is_due(pages.get(item.url), now, part)
            and get_host_port(item.url) not in waiting
            and (
                _says_little(item)
                if part == "article"
                else lacks_sentence is None or lacks_sentence(item)
            )
            and relevant(item)
        ):
            chosen[item.url] = ArticleRequest(source, item, part)
            counts[item.source, part] += 1
            left[part] -= 1
    return tuple(chosen.values())


def _says_little(item: Item) -> bool:
    return len(item.summary) + len(item.text) < _SHORT_LENGTH


def _has_page(item: Item) -> bool:
    """Return whether an item has a page to itself that can be asked for.

    A fragment names a part of a page. A link that hides its target would tell a newsletter's sender
    who reads it.
    """
    return (
        is_web_url(item.url)
        and "#" not in item.url
        and is_web_url(item.link)
        and not is_opaque(item.link)
    )


def _must_wait(state: SourceState | PageState | None, now: datetime) -> bool:
    """Return whether a publisher asked to be left alone."""
    return state is not None and state.not_before is not None and state.not_before > now


def _is_due(page: PageState | None, now: datetime, part: PagePart) -> bool:
    if page is None:
        return True
    if part == "article" and page.outcome in (DESCRIBED, "no-description"):
        return True  # the team has allowed the article since
    if page.outcome in _FINAL or page.tries > len(_RETRY_DELAYS):
        return False
    return now >= page.at + _RETRY_DELAYS[page.tries - 1] and not _must_wait(page, now)


def read_pages(
    requests: Sequence[ArticleRequest],
    archive: Archive,
    fetcher: FetcherProtocol,
    reader: ArticleReader,
    *,
    agent: str,
    now: datetime,
    seconds: float = SOURCE_SECONDS,
    spent: Mapping[str, float] = MappingProxyType({}),
) -> tuple[PagesReport, ...]:
    """Ask for pages, and keep the outcome of each at once. Close the fetcher.

    `agent` is our name in robots.txt. The servers of one source may take `seconds`; how many are
    `spent` already is given by the names of sources.
    """
    allowances = {
        name: TimeAllowance(seconds - spent.get(name, 0.0))
        for name in {request.source.name for request in requests}
    }
    run = _ArticleRun(archive, fetcher, reader, agent, now, allowances)
    hosts: dict[str, list[ArticleRequest]] = defaultdict(list)
    for request in requests:
        hosts[get_host_port(request.url)].append(request)

    async def read_all_hosts() -> None:
        async with fetcher:
            await asyncio.gather(*map(run.read_host, hosts.values()))

    asyncio.run(read_all_hosts())
    return tuple(
        PagesReport(
            name,
            counts[PAGE_READ] + counts[DESCRIBED],
            {kind: counts[kind] for kind in sorted(counts) if kind not in _NO_FAULTS},
            counts[_NO_TIME],
            spent.get(name, 0.0) + allowances[name].spent,
        )
        for name, counts in sorted(run.outcomes.items())
    )


class _ArticleRun:
    """One run over many hosts."""

    def __init__(
        self,
        archive: Archive,
        fetcher: FetcherProtocol,
        reader: ArticleReader,
        agent: str,
        now: datetime,
        allowances: Mapping[str, TimeAllowance],
    ) -> None:
        self._archive, self._fetcher, self._reader = archive, fetcher, reader
        self._allowances = allowances  # by the source's name
        self._agent, self._now = agent, now
        self._known = archive.load_page_states()
        self._robots = SharedAnswers(fetcher)
        self._reading = asyncio.Lock()
        # source name → outcome → pages
        self.outcomes: defaultdict[str, Counter[str]] = defaultdict(Counter)

    async def read_host(self, requests: Sequence[ArticleRequest]) -> None:
        """Read one page after the other, until the host fails."""
        for request in requests:
            name, page = request.source.name, PageState(request.item.url, self._now, PAGE_READ)
            try:
                with allow_time(self._allowances[name]):
                    outcome, text = await self._read_page(request)
                page = replace(page, outcome=outcome, text=text)
            except SourceError as error:
                if error.kind == _NO_TIME:  # it was not tried; others here may be another source's
                    self.outcomes[name][_NO_TIME] += 1
                    continue
                wait = error.retry_after if isinstance(error, FetchError) else None
                page = replace(page, outcome=error.kind, not_before=wait)
            before = self._known.get(page.url)
            self._archive.save_page(replace(page, tries=before.tries + 1 if before else 1))
            self.outcomes[name][page.outcome] += 1
            is_host_fault = page.outcome in _FAULTS_OF_HOST or page.outcome.startswith("http-5")
            if page.not_before or is_host_fault:
                break

    async def _read_page(self, request: ArticleRequest) -> tuple[str, str]:
        """Return the outcome and the text of a page.

        Where there is no article, what the publisher says of it is kept with the reason. Raise
        SourceError, whose kind is kept as the page's outcome.
        """
        answer, title = await self._fetch_page(request), request.item.title
        describe = self._reader.extract_description
        async with self._reading:
            if request.part == "description":
                return DESCRIBED, await asyncio.to_thread(describe, answer, title)
            try:
                text = await asyncio.to_thread(self._reader.extract_article, answer, title)
            except ParseError as error:
                with suppress(ParseError):
                    if error.kind != "unreadable":
                        return error.kind, await asyncio.to_thread(describe, answer, title)
                raise
        return PAGE_READ, text

    async def _fetch_page(self, request: ArticleRequest) -> Retrieved:
        """Return a page that its host allows to read. Raise SourceError."""
        robots = await self._check_robots(request.source, request.url)
        ask = build_source_request(request.source, request.url)
        headers = {**ask.headers, **_ACCEPT}
        # a redirect may lead to another host, whose rules count before its page is asked for
        check = partial(self._check_robots, request.source)
        answer = await self._fetcher.get(
            replace(ask, headers=headers, pause=robots.pause, check_hop=check)
        )
        if answer.problems:
            raise FetchError(answer.problems[0], kind="broken-off")
        return answer

    async def _check_robots(self, source: Source, url: str) -> RobotsRules:
        """Return a host's rules. Raise SourceError where it does not allow a page or say so."""
        rules_url = urljoin(url, "/robots.txt")
        # the same for all sources, none of which chose its path
        ask = replace(build_source_request(source, rules_url), origin=None)
        answer = await self._robots.get(ask)
        robots = interpret_robots(answer, rules_url, self._agent)
        if isinstance(answer, FetchError) and (robots != RobotsRules() or answer.retry_after):
            raise answer
        if not robots.allows_url(url):
            raise ParseError("its robots.txt does not allow it", kind="robots")
        return robots
