"""How to reach entries that have left a feed's window. Pure.

A plan says what to ask next, and is handed the answers. The ways, each found by looking: those that
the readers know (archive documents and pages, an interface for posts by date, numbered pages), then
sitemaps with the articles' own pages. The way that worked last is first. A plan asks only for what
is not known to be held, never for a page twice, and stops as soon as entries are older. Chains that
do not end, lead elsewhere or bring nothing new are left, and the report says so.
"""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Callable, Container, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeVar
from urllib.parse import urljoin, urlsplit

from digest.errors import FetchError, ParseError, SourceError
from digest.fetch.backfill.coverage import (
    CoverageState,
    TimeSpan,
    add_read_pages,
    find_gaps,
    find_window_start,
    fingerprint_entry,
    fingerprint_text,
    list_published,
    merge_spans,
)
from digest.fetch.read import fields
from digest.fetch.read.feeds import parse_feed
from digest.fetch.read.pages import read_page
from digest.fetch.read.reader import DatedHistory, FeedWindow, HistoryWay, PagedHistory
from digest.fetch.read.registry import list_history_ways
from digest.fetch.read.robots import NOTHING_ALLOWED, RobotsRules, interpret_robots
from digest.fetch.read.sitemaps import Sitemap, SitemapRow, may_list_articles, parse_sitemap
from digest.model.retrieved import FeedEntry, ParsedFeed, Retrieved
from digest.text import clean_text
from digest.urls import canonical_url, extract_host, redact_url

RequestKind = Literal["feed", "posts", "robots", "sitemap", "page"]
FetchResult = Retrieved | FetchError

_RETRY_DELAY = timedelta(days=25)  # a publisher that offers no way may offer one some day
_MAX_IDLE = 2  # pages in a row that bring nothing new, or nothing dated
_MAX_SITEMAPS, _MAX_ROWS = 40, 200_000
_BATCH = 10  # article pages asked for at once
_URL_DATE = re.compile(r"/(20\d\d)[/-](\d\d)(?:[/-](\d\d))?(?=[/-])")


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """One address to ask for, and what is hoped for there."""

    url: str
    kind: RequestKind
    pause: float = 0.0  # seconds that the host asks to leave after the request before


@dataclass(frozen=True, slots=True)
class BackfillPlanResult:
    """What a plan found. `problems` are news: what was known to be out of reach is not repeated."""

    entries: tuple[FeedEntry, ...]
    state: CoverageState
    problems: tuple[str, ...]


_Value = TypeVar("_Value")
_Steps = Generator[tuple[FetchRequest, ...], tuple[FetchResult, ...], _Value]
FeedParser = Callable[[bytes, str, str, Mapping[str, str]], ParsedFeed]
SitemapParser = Callable[[bytes, str], Sitemap]
PageParser = Callable[[bytes, str, str], FeedEntry]
BackfillPlan = _Steps[BackfillPlanResult]
_BackfillSteps = _Steps[datetime | None]  # how far back all is held; None: not at all


def plan_backfill(
    window: FeedWindow,
    state: CoverageState,
    start: datetime,
    end: datetime,
    *,
    budget: int,
    agent: str,
    known: Container[str] = (),
    parse_feed: FeedParser = parse_feed,
    parse_sitemap: SitemapParser = parse_sitemap,
    read_page: PageParser = read_page,
) -> BackfillPlan:
    """Plan how to fill the gaps of `start` to `end` with at most `budget` requests.

    Who hands it fewer answers than it asked for says that there is no time for more.
    `state` has seen the window; `known` holds the canonical addresses that are archived already;
    `agent` is our name in robots.txt. The parsers are those of `digest.fetch.read`, or some that
    keep bounds; they raise ParseError.
    """
    parsers = (parse_feed, parse_sitemap, read_page)
    search = _BackfillSearch(window, state, budget, agent, known, *parsers)
    for gap in find_gaps(state, start, end):
        if _has_given_up(search.state, window.at):
            break
        yield from _fill_gap(search, gap)
    if search.refused:
        search.problems.append(
            f"the limit of {search.limit} for its history was reached with {search.refused} pages "
            "to go; the next run goes on from there"
        )
    return BackfillPlanResult(
        tuple(search.entries),
        add_read_pages(search.state, search.read_pages),
        tuple(dict.fromkeys(search.problems)),
    )


def is_backfill_settled(state: CoverageState, start: datetime, end: datetime, at: datetime) -> bool:
    """Return whether a plan would ask for nothing.

    Where it would ask, the feed is needed in full, changed or not.
    """
    return bool(state.spans) and (not find_gaps(state, start, end) or _has_given_up(state, at))


def _has_given_up(state: CoverageState, at: datetime) -> bool:
    return state.way == "none" and state.tried is not None and at - state.tried < _RETRY_DELAY


@dataclass
class _BackfillSearch:
    """What one source's search knows so far."""

    window: FeedWindow
    state: CoverageState
    requests_left: int
    agent: str
    known: Container[str]
    parse_feed: FeedParser
    parse_sitemap: SitemapParser
    read_page: PageParser
    entries: list[FeedEntry] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    read_pages: list[str] = field(default_factory=list)  # marks of pages not to be read again
    requested_urls: set[str] = field(default_factory=set)
    refused: int = 0  # requests that the budget or the time did not allow
    limit: str = "requests"  # what there is no more of
    robots: RobotsRules | None = None
    home: str = ""  # of the feed's site
    fingerprints: set[str] = field(default_factory=set)  # of the entries seen
    # of the feed and its home page
    own_hosts: set[tuple[str, int | None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.home = self.window.document.home or urljoin(self.window.url, "/")
        self.fingerprints = {fingerprint_entry(entry) for entry in self.window.document.entries}
        self.own_hosts = {_split_host_port(self.window.url), _split_host_port(self.home)}

    def request_pages(self, *requests: FetchRequest) -> _Steps[tuple[FetchResult, ...]]:
        """Return the answers to as many requests as the budget and the time allow."""
        pause = self.robots.pause if self.robots else 0.0
        allowed = tuple(replace(row, pause=pause) for row in requests[: self.requests_left])
        self.refused += len(requests) - len(allowed)
        self.requests_left -= len(allowed)
        self.requested_urls |= {request.url for request in allowed}
        answers = (yield allowed) if allowed else ()
        if len(answers) < len(allowed):
            self.refused += len(allowed) - len(answers)
            self.requests_left, self.limit = 0, "time"
        return answers

    def request_robots(self) -> _Steps[RobotsRules]:
        """Return what the feed's host allows."""
        if self.robots is None:
            site = self.home if self.is_same_site(self.home) else self.window.url
            url = urljoin(site, "/robots.txt")
            answers = yield from self.request_pages(FetchRequest(url, "robots"))
            if not answers:
                return NOTHING_ALLOWED
            self.robots = interpret_robots(answers[0], url, self.agent)
        return self.robots

    def add_entries(self, entries: Iterable[FeedEntry]) -> int:
        """Keep the entries that are new to this search. Return how many those were."""
        before = len(self.entries)
        for entry in entries:
            name = fingerprint_entry(entry)
            if name not in self.fingerprints:
                self.fingerprints.add(name)
                self.entries.append(entry)
        return len(self.entries) - before

    def is_same_site(self, url: str) -> bool:
        """Return whether an address is on the host of the feed or of its home page."""
        return _split_host_port(url) in self.own_hosts


def _split_host_port(url: str) -> tuple[str, int | None]:
    try:
        port = urlsplit(url).port
    except ValueError:
        port = None
    return extract_host(url), None if port in (80, 443) else port


def _fill_gap(search: _BackfillSearch, gap: TimeSpan) -> _Steps[None]:
    ways: dict[str, HistoryWay | None] = {}
    for way in list_history_ways(search.window):
        ways.setdefault(way.name, way)
    ways["sitemap"] = None
    for name in sorted(ways, key=lambda name: name != search.state.way):
        match ways[name]:
            case PagedHistory() as paged:
                reached = yield from _PageWalk(paged, search, gap).follow_pages()
            case DatedHistory() as dated:
                reached = yield from _request_by_date(dated, search, gap)
            case None:
                reached = yield from _search_sitemaps(search, gap)
        if reached is None or reached >= gap.end:
            continue
        spans = merge_spans([*search.state.spans, TimeSpan(reached, gap.end)])
        search.state = replace(search.state, spans=spans, way=name, tried=None)
        if reached <= gap.start or search.refused:
            return
        gap = TimeSpan(gap.start, reached)
    if search.refused:
        return
    if search.state.way in ("", "none"):
        search.state = replace(search.state, way="none", tried=search.window.at)
    search.problems.append(
        f"entries older than {gap.end:%Y-%m-%d %H:%M} have left the feed, "
        "and no way to them was found"
    )


# ---------------------------------------------------------------- documents, one after the other


class _PageWalk:
    """Goes from document to older document, until one is older than the gap or none is left."""

    def __init__(self, way: PagedHistory, search: _BackfillSearch, gap: TimeSpan) -> None:
        self.way, self.search, self.gap = way, search, gap
        self.reached, self._idle = gap.end, 0

    def follow_pages(self) -> _BackfillSteps:
        """Read document after document. Return how far back all is held."""
        url = self.check_next_url(self.choose_start_url())
        while url is not None:
            if self.search.window.document.is_page:
                robots = yield from self.search.request_robots()
                if not robots.allows_url(url):
                    self._report_stop(f"robots.txt does not allow {_format_url(url)}")
                    break
            answers = yield from self.search.request_pages(FetchRequest(url, "feed"))
            older = self.process_response(url, answers)
            url = None if older is None else self.check_next_url(older)
        return self.reached

    def choose_start_url(self) -> str:
        """Return where an earlier walk stopped, if all that is newer is held; else the first."""
        state = self.search.state
        is_own = state.way == self.way.name
        resumes = is_own and state.older and state.older_than and self.gap.end <= state.older_than
        return state.older if resumes else self.way.first_url

    def check_next_url(self, url: str) -> str | None:
        """Return the address to ask for; None where the walk is over."""
        search = self.search
        if self.reached <= self.gap.start:
            return None
        if self.way.permanent and url and fingerprint_text(url) in search.state.pages:
            # all from this one to where the last walk stopped was read
            self.reached = min(self.reached, search.state.older_than or self.reached)
            url = search.state.older if search.state.older != url else ""
            if self.reached <= self.gap.start:
                return None
        if not url:
            self.reached = self.gap.start  # the publisher has nothing older
            return None
        if url in search.requested_urls or canonical_url(url) == canonical_url(search.window.url):
            self._report_stop(f"its {self.way.link} link leads in a circle, to {_format_url(url)}")
            return None
        if not search.is_same_site(url):
            self._report_stop(
                f"its {self.way.link} link leads to another host, {_format_url(url)}, "
                "and was not followed"
            )
            return None
        return url

    def process_response(self, url: str, answers: tuple[FetchResult, ...]) -> str | None:
        """Keep what came. Return the address of the next older document.

        "" stands for none after the last, None for the end of the walk.
        """
        search = self.search
        if not answers:  # the budget is spent
            self._save_position(url)
            return None
        try:
            answer = answers[0]
            if isinstance(answer, FetchError):
                raise answer
            document = search.parse_feed(
                answer.body, answer.content_type, answer.url, answer.headers
            )
        except SourceError as error:
            if self.way.ends_with_404 and error.kind == "http-404":
                return ""
            reason = error.kind if error.kind == "http-404" else error.message
            self._report_stop(f"its older entries at {_format_url(url)} cannot be read: {reason}")
            return None
        fresh = search.add_entries(document.entries)
        page_start = find_window_start(document.entries, search.window.at)
        if page_start is None:  # its order tells nothing: half of its entries reach so far
            dates = sorted(list_published(document.entries, search.window.at))
            page_start = dates[len(dates) // 2] if dates else None
        # one that gets no older still counts: of some feeds many entries are of one day
        self._idle = 0 if fresh and page_start else self._idle + 1
        self.reached = min(self.reached, page_start) if page_start else self.reached
        if self.way.permanent:
            search.read_pages.append(fingerprint_text(url))
        older = self.way.find_next(url, document)
        self._save_position(older)
        if self._idle > _MAX_IDLE:
            self._report_stop("its older pages bring nothing new; left there")
            return None
        return older

    def _save_position(self, url: str) -> None:
        """Remember where to go on, unless an earlier walk went further."""
        state = self.search.state
        if state.older_than is None or self.reached < state.older_than:
            self.search.state = replace(state, older=url, older_than=self.reached)

    def _report_stop(self, problem: str) -> None:
        """Report why the walk is left. `reached` stays, so that what is older stays a gap."""
        self.search.problems.append(problem)


# ---------------------------------------------------------------- entries by date


def _request_by_date(way: DatedHistory, search: _BackfillSearch, gap: TimeSpan) -> _BackfillSteps:
    if not search.is_same_site(way.endpoint):
        return None
    robots = yield from search.request_robots()
    if not robots.allows_url(way.endpoint):
        return None
    page, reached = 1, gap.end
    while True:
        url = way.build_url(gap.start, gap.end, page)
        answers = yield from search.request_pages(FetchRequest(url, "posts"))
        if not answers or isinstance(answers[0], FetchError):
            return reached if page > 1 else None
        try:
            entries, is_last = way.parse_page(answers[0], page)
        except ParseError:
            return None
        fresh = search.add_entries(entries)
        reached = min([reached, *(entry.published for entry in entries if entry.published)])
        if is_last or reached <= gap.start:
            return gap.start
        if not fresh and page > _MAX_IDLE:
            return reached
        page += 1


# ---------------------------------------------------------------- sitemaps and article pages


def _search_sitemaps(search: _BackfillSearch, gap: TimeSpan) -> _BackfillSteps:
    """Find addresses by the date of their last change, then read each article's own page."""
    robots = yield from search.request_robots()
    if robots == NOTHING_ALLOWED:
        return None
    # begin with those that robots.txt names for the feed's part of the site, or a usual one
    folder = _get_parent_folder(search.home)
    named = [url for url in robots.sitemaps if search.is_same_site(url)]
    inside = [url for url in named if folder != "/" and urlsplit(url).path.startswith(folder)]
    chosen = inside or [url for url in named if folder.startswith(_get_parent_folder(url))]
    usual = urljoin(search.home if search.home.endswith("/") else search.home + "/", "sitemap.xml")
    queue = [url for url in chosen if may_list_articles(url)] or chosen or [usual]
    rows, is_whole = yield from _request_sitemap_rows(search, gap, queue)
    if rows is None:
        return None
    undated, pages = 0, []
    for row in _select_article_rows(search, gap, rows, robots):
        if row.published and row.title:  # a news sitemap tells enough
            link = fields.normalize_link(row.url)
            entry = FeedEntry(
                link, row.title, "", "", row.published, row.changed, language=row.language
            )
            search.add_entries([entry])
        elif row.changed is None and _find_url_date_range(row.url) is None:
            undated += 1
        else:
            pages.append(row)
    yield from _request_articles(search, pages)
    if undated:
        search.problems.append(
            f"its sitemap gives no dates for {undated} addresses; they were not asked for"
        )
    is_complete = is_whole and not undated and not search.refused and bool(rows)
    return gap.start if is_complete else None


def _request_sitemap_rows(
    search: _BackfillSearch, gap: TimeSpan, queue: list[str]
) -> _Steps[tuple[list[SitemapRow] | None, bool]]:
    """Return the rows of every sitemap that may list what is missing, and whether all were read.

    Begin with those of `queue`. The rows are None where there is no sitemap.
    """
    rows: list[SitemapRow] | None = None
    is_whole, count, latest = True, 0, datetime.max.replace(tzinfo=UTC)
    while queue and count <= _MAX_SITEMAPS and len(rows or ()) < _MAX_ROWS:
        url = queue.pop(0)
        if url in search.requested_urls:
            continue
        count += 1
        answers = yield from search.request_pages(FetchRequest(url, "sitemap"))
        sitemap: Sitemap | None = None
        if answers and isinstance(answers[0], Retrieved):
            with contextlib.suppress(ParseError):
                sitemap = search.parse_sitemap(answers[0].body, answers[0].url)
        if sitemap is None:
            # one that is no more there hides nothing
            is_whole = is_whole and bool(answers) and _is_missing(answers[0])
            continue
        rows = rows or []
        if sitemap.is_index:
            # those that may list articles changed since the gap began, the latest first
            fresh = [row for row in sitemap.rows if row.changed is None or row.changed > gap.start]
            fresh = [row for row in fresh if may_list_articles(row.url)] or fresh
            fresh.sort(key=lambda row: row.changed or latest, reverse=True)
            fresh = fresh[: _MAX_SITEMAPS + 1]
            queue += [row.url for row in fresh if search.is_same_site(row.url)]
        else:
            rows += sitemap.rows
    if queue:
        search.problems.append(f"its sitemaps are too many or too long; {count} were read")
    return rows, is_whole and not queue


def _is_missing(answer: FetchResult) -> bool:
    return isinstance(answer, FetchError) and answer.kind in ("http-404", "gone")


def _get_parent_folder(url: str) -> str:
    path = urlsplit(url).path
    return path[: path.rfind("/") + 1] or "/"


def _select_article_rows(
    search: _BackfillSearch, gap: TimeSpan, rows: Iterable[SitemapRow], robots: RobotsRules
) -> list[SitemapRow]:
    """Return the rows that may be articles of the gap and are not known, the likelier first."""
    links = [entry.link for entry in search.window.document.entries]
    shape = _UrlShape([link for link in links if search.is_same_site(link)])
    known = {*search.state.pages, *search.read_pages, *search.fingerprints}
    home = canonical_url(search.home)
    found: dict[str, SitemapRow] = {}
    for row in rows:
        if row.published:
            is_inside = gap.start < row.published <= gap.end
        else:  # none was published after its last change, nor far from a day in its address
            first, last = _find_url_date_range(row.url) or (gap.end, gap.end)
            last = min(last, row.changed or last)
            is_inside = first <= gap.end and last > gap.start
        if not (is_inside and search.is_same_site(row.url) and shape.fits(row.url)):
            continue
        name = canonical_url(row.url)
        is_known = name in found or name == home or name in search.known
        if not is_known and fingerprint_text(name) not in known and robots.allows_url(row.url):
            found[name] = row
    oldest = datetime.min.replace(tzinfo=UTC)
    return sorted(found.values(), key=lambda row: (row.changed or oldest) <= gap.end, reverse=True)


def _find_url_date_range(url: str) -> tuple[datetime, datetime] | None:
    """Return from when to when an article with such an address was published."""
    match = _URL_DATE.search(urlsplit(url).path)
    if match is None:
        return None
    try:
        first = datetime(int(match[1]), int(match[2]), int(match[3] or 1), tzinfo=UTC)
    except ValueError:
        return None
    return first - timedelta(days=1), first + timedelta(days=2 if match[3] else 33)


class _UrlShape:
    """What the addresses of a feed's articles have in common.

    That is the number of their path's segments, and those segments that are the same in all of them
    (numbers count as equal).
    """

    def __init__(self, links: Sequence[str]) -> None:
        paths = [_split_path(link) for link in links]
        self._lengths = {len(path) for path in paths}
        self._fixed = {
            n: paths[0][n]
            for n in range(min(self._lengths, default=0) - 1)
            if len(paths) > 1 and len({path[n] for path in paths}) == 1
        }

    def fits(self, url: str) -> bool:
        """Return whether an address may be one of an article."""
        path = _split_path(url)
        if not self._lengths:  # the feed's links lead elsewhere: any page that is no home page
            return bool(path)
        return len(path) in self._lengths and all(
            path[n] == part for n, part in self._fixed.items()
        )


def _split_path(url: str) -> list[str]:
    return [re.sub(r"\d+", "#", part) for part in urlsplit(url).path.split("/") if part]


def _request_articles(search: _BackfillSearch, rows: Sequence[SitemapRow]) -> _Steps[None]:
    """Read article pages. What is none is counted by its reason."""
    reasons: Counter[str] = Counter()
    for start in range(0, len(rows), _BATCH):
        batch = rows[start : start + _BATCH]
        answers = yield from search.request_pages(*(FetchRequest(row.url, "page") for row in batch))
        for row, answer in zip(batch, answers, strict=False):
            if isinstance(answer, Retrieved) or _is_missing(answer):
                search.read_pages.append(fingerprint_text(canonical_url(row.url)))
            if isinstance(answer, FetchError):
                reasons[answer.kind] += 1
                continue
            is_home = canonical_url(answer.url) == canonical_url(search.home)
            if is_home or not search.is_same_site(answer.url):
                reasons["it leads elsewhere"] += 1
                continue
            try:
                page = search.read_page(answer.body, answer.content_type, answer.url)
                search.add_entries([page])
            except ParseError as error:
                reasons[error.message] += 1
        if len(answers) < len(batch):
            search.refused += len(rows) - start - len(batch)
            break
    for reason, count in reasons.most_common(3):
        search.problems.append(
            f"{count} of {len(rows)} pages in its sitemap gave no article: {reason}"
        )


def _format_url(url: str) -> str:
    return clean_text(redact_url(url))[:200]
