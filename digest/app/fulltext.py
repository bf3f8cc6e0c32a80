"""The order of reading articles' own pages: archive → choose → ask → read → archive.

Only for sources that allow it, only where a feed says little of a relevant item, each page once: what came of it is
kept, a fault too. Asking is as polite as for feeds: robots.txt, one page of a host after the other, and none more of it
in this run once it fails or asks to be left alone. What an item is judged to be never hangs on what came of its page.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urljoin

from digest.archive import Archive, PageState, SourceState
from digest.errors import FetchError, ParseError, SourceError
from digest.fetch.backfill.run import build_source_request
from digest.fetch.http.client import FetcherProtocol
from digest.fetch.http.guard import get_host_port
from digest.fetch.mail.newsletters.links import is_opaque
from digest.fetch.read.article_worker import ArticleReader
from digest.fetch.read.robots import RobotsRules, interpret_robots
from digest.model.item import Item
from digest.model.retrieved import Retrieved
from digest.model.source import Source
from digest.urls import is_web_url

READ = "read"
_SHORT_LENGTH = (
    600  # characters of a feed's own words: with more, there is enough to choose sentences from
)
_MAX_PAGES_PER_SOURCE = 10  # pages of one source in one run
_RETRY_DELAYS = (
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)  # before the second, third and last try
# The publisher's word, or the page's: asking again would change nothing.
_FINAL = frozenset(
    "read robots paywall too-short list other-page no-page unreadable gone too-large bad-address private-address "
    "http-401 http-402 http-403 http-451".split()
)
_FAULTS_OF_HOST = frozenset(
    ("timeout", "unreachable", "unknown-host", "certificate", "bad-answer", "http-429")
)
_ACCEPT = {"accept": "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"}


@dataclass(frozen=True, slots=True)
class ArticleRequest:
    """One page to ask for: the item that names it, and its source."""

    source: Source
    item: Item

    @property
    def url(self) -> str:
        """The address as published; of a letter, without what tells who reads it."""
        return self.item.url if self.item.letter else self.item.link


@dataclass(frozen=True, slots=True)
class PagesReport:
    """What came of one source's pages in a run. `faults`: kind → pages."""

    source: str  # name
    read: int
    faults: Mapping[str, int] = field(default_factory=dict)

    @property
    def requested_pages(self) -> int:
        """How many pages were asked for."""
        return self.read + sum(self.faults.values())

    def __str__(self) -> str:
        failed = ", ".join(f"{count} {kind}" for kind, count in self.faults.items())
        return f"{self.read} of {self.requested_pages} articles read" + f" ({failed})" * bool(
            failed
        )


def choose_articles(
    items: Iterable[Item],
    sources: Iterable[Source],
    pages: Mapping[str, PageState],
    states: Mapping[str, SourceState],
    *,
    relevant: Callable[[Item], bool],
    now: datetime,
    limit: int,
) -> tuple[ArticleRequest, ...]:
    """The pages to ask for now, newest first, at most `most`. `pages`: what is remembered, by Item.url; `states`: of
    the feeds, by slug."""
    allowed = {
        source.slug: source
        for source in sources
        if source.enabled and source.fulltext and not _must_wait(states.get(source.slug), now)
    }
    waiting = {get_host_port(page.url) for page in pages.values() if _must_wait(page, now)}
    chosen: dict[str, ArticleRequest] = {}
    counts: Counter[str] = Counter()
    for item in sorted(items, key=lambda one: (one.published_or_seen, one.id), reverse=True):
        if len(chosen) >= limit:
            break
        if (
            item.source not in allowed
            or counts[item.source] >= _MAX_PAGES_PER_SOURCE
            or item.url in chosen
        ):
            continue
        if _has_own_page(item) and _is_short(item) and _is_due(pages.get(item.url), now):
            if get_host_port(item.url) in waiting or not relevant(item):
                continue
            chosen[item.url] = ArticleRequest(allowed[item.source], item)
            counts[item.source] += 1
    return tuple(chosen.values())


def _has_own_page(item: Item) -> bool:
    """Whether an item has a page to itself (a fragment names a part of one) that may be asked for without telling a
    newsletter's sender who reads it."""
    return (
        is_web_url(item.url)
        and "#" not in item.url
        and is_web_url(item.link)
        and not is_opaque(item.link)
    )


def _is_short(item: Item) -> bool:
    return len(item.summary) + len(item.text) < _SHORT_LENGTH


def _must_wait(state: SourceState | PageState | None, now: datetime) -> bool:
    """Whether a publisher asked to be left alone."""
    return state is not None and state.not_before is not None and state.not_before > now


def _is_due(page: PageState | None, now: datetime) -> bool:
    if page is None:
        return True
    if page.outcome in _FINAL or page.tries > len(_RETRY_DELAYS):
        return False
    return now >= page.at + _RETRY_DELAYS[page.tries - 1] and not _must_wait(page, now)


def read_pages(
    wants: Sequence[ArticleRequest],
    archive: Archive,
    fetcher: FetcherProtocol,
    reader: ArticleReader,
    *,
    agent: str,
    now: datetime,
) -> tuple[PagesReport, ...]:
    """Asks for pages, and keeps what came of each at once. `agent` is our name in robots.txt. Closes the fetcher."""
    run = _ArticleRun(archive, fetcher, reader, agent, now)
    hosts: dict[str, list[ArticleRequest]] = defaultdict(list)
    for want in wants:
        hosts[get_host_port(want.url)].append(want)

    async def read_all_hosts() -> None:
        async with fetcher:
            await asyncio.gather(*map(run.read_host, hosts.values()))

    asyncio.run(read_all_hosts())
    return run.make_reports()


class _ArticleRun:
    """One run over many hosts."""

    def __init__(
        self,
        archive: Archive,
        fetcher: FetcherProtocol,
        reader: ArticleReader,
        agent: str,
        now: datetime,
    ) -> None:
        self._archive, self._fetcher, self._reader, self._agent, self._now = (
            archive,
            fetcher,
            reader,
            agent,
            now,
        )
        self._known = archive.load_page_states()
        self._robots: dict[str, asyncio.Task[Retrieved | FetchError]] = {}
        self._reading = asyncio.Lock()
        self._outcomes: defaultdict[str, Counter[str]] = defaultdict(
            Counter
        )  # source name → outcome → pages

    async def read_host(self, wants: Sequence[ArticleRequest]) -> None:
        """One page after the other, until the host fails."""
        for want in wants:
            page = await self._read_page(want)
            before = self._known.get(page.url)
            self._archive.save_page(replace(page, tries=before.tries + 1 if before else 1))
            self._outcomes[want.source.name][page.outcome] += 1
            if (
                page.not_before
                or page.outcome in _FAULTS_OF_HOST
                or page.outcome.startswith("http-5")
            ):
                break

    async def _read_page(self, want: ArticleRequest) -> PageState:
        page = PageState(want.item.url, self._now, READ)
        try:
            return replace(page, text=await self._fetch_article(want))
        except SourceError as error:
            wait = error.retry_after if isinstance(error, FetchError) else None
            return replace(page, outcome=error.kind, not_before=wait)

    async def _fetch_article(self, want: ArticleRequest) -> str:
        """The article. Raises SourceError, whose kind is kept as what came of the page."""
        await self._check_robots(want.source, want.url)
        ask = build_source_request(want.source, want.url)
        answer = await self._fetcher.get(replace(ask, headers={**ask.headers, **_ACCEPT}))
        if answer.problems:
            raise FetchError(answer.problems[0], kind="broken-off")
        if answer.url != want.url:
            await self._check_robots(want.source, answer.url)
        async with self._reading:
            return await asyncio.to_thread(self._reader.extract_article, answer, want.item.title)

    async def _check_robots(self, source: Source, url: str) -> None:
        """Raises SourceError where a host does not allow a page, or does not say."""
        rules = urljoin(url, "/robots.txt")
        if rules not in self._robots:
            self._robots[rules] = asyncio.create_task(self._fetch_robots(source, rules))
        answer = await asyncio.shield(self._robots[rules])
        robots = interpret_robots(answer, rules, self._agent)
        if isinstance(answer, FetchError) and (robots != RobotsRules() or answer.retry_after):
            raise answer
        if not robots.allows_url(url):
            raise ParseError("its robots.txt does not allow it", kind="robots")

    async def _fetch_robots(self, source: Source, url: str) -> Retrieved | FetchError:
        try:
            return await self._fetcher.get(build_source_request(source, url))
        except FetchError as error:
            return error

    def make_reports(self) -> tuple[PagesReport, ...]:
        """What came of the pages, by source."""
        return tuple(
            PagesReport(
                name,
                counted[READ],
                {kind: counted[kind] for kind in sorted(counted) if kind != READ},
            )
            for name, counted in sorted(self._outcomes.items())
        )
