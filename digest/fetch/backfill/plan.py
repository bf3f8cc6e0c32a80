"""How to reach entries that have left a feed's window. Pure: a plan says what to ask next, and is handed the answers.

The ways, each found by looking: archive documents and pages (RFC 5005, JSON Feed's next_url, Blogger), WordPress's
posts by date, its paged feeds, sitemaps with the articles' own pages. The way that worked last is first. A plan asks
only for what is not known to be held, never for a page twice, and stops as soon as entries are older. Chains that do
not end, lead elsewhere or bring nothing new are left, and the report says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Generator, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Literal
from urllib.parse import parse_qs, urljoin, urlsplit

from digest.errors import FetchError, ParseError
from digest.fetch.backfill.coverage import (
    CoverageState,
    TimeSpan,
    add_read_pages,
    find_gaps,
    find_window_start,
    fingerprint_entry,
    fingerprint_text,
    merge_spans,
)
from digest.fetch.read import fields, wordpress
from digest.fetch.read.feeds import parse_feed
from digest.fetch.read.pages import read_page
from digest.fetch.read.robots import NOTHING_ALLOWED, RobotsRules, interpret_robots
from digest.fetch.read.sitemaps import Sitemap, SitemapRow, may_list_articles, parse_sitemap
from digest.model.retrieved import FeedEntry, ParsedFeed, Retrieved
from digest.text import clean_text
from digest.urls import canonical_url, extract_host, redact_url

RequestKind = Literal["feed", "posts", "robots", "sitemap", "page"]
FetchResult = Retrieved | FetchError

_AHEAD = timedelta(days=2)
_TRY_AGAIN = timedelta(days=25)  # a publisher that offers no way may offer one some day
_MAX_IDLE = 2  # pages in a row that bring nothing new or do not get older
_MAX_SITEMAPS, _MAX_ROWS = 40, 200_000
_BATCH = 10
_URL_DATE = re.compile(r"/(20\d\d)[/-](\d\d)(?:[/-](\d\d))?(?=[/-])")


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """One address to ask for, and what is hoped for there."""

    url: str
    kind: RequestKind


@dataclass(frozen=True, slots=True)
class FeedWindow:
    """A feed as just read: what is in it, and the answer that brought it."""

    document: ParsedFeed
    url: str  # the address that answered
    headers: dict[str, str]
    at: datetime


@dataclass(frozen=True, slots=True)
class BackfillPlanResult:
    """What a plan came to. `problems` are news: what was known to be out of reach is not told again."""

    entries: tuple[FeedEntry, ...]
    state: CoverageState
    problems: tuple[str, ...]


BackfillPlan = Generator[tuple[FetchRequest, ...], tuple[FetchResult, ...], BackfillPlanResult]
_RequestSteps = Generator[
    tuple[FetchRequest, ...], tuple[FetchResult, ...], tuple[FetchResult, ...]
]
_BackfillSteps = Generator[
    tuple[FetchRequest, ...], tuple[FetchResult, ...], datetime | None
]  # how far back all is held; None: not at all


def plan_backfill(
    window: FeedWindow,
    state: CoverageState,
    start: datetime,
    end: datetime,
    *,
    budget: int,
    agent: str,
    known: Container[str] = (),
) -> BackfillPlan:
    """Fills the gaps of `start` to `end` with at most `budget` requests. `state` has seen the window; `known` holds the
    canonical addresses that are archived already; `agent` is our name in robots.txt."""
    search = _BackfillSearch(window, state, budget, agent, known)
    for gap in find_gaps(state, start, end):
        if _has_given_up(search.state, window.at):
            break
        yield from _fill_gap(search, gap)
    search.report_budget()
    return BackfillPlanResult(
        tuple(search.entries),
        add_read_pages(search.state, search.read_pages),
        tuple(dict.fromkeys(search.problems)),
    )


def is_backfill_settled(state: CoverageState, start: datetime, end: datetime, at: datetime) -> bool:
    """Whether a plan would ask for nothing. Where it would, the feed is needed in full, changed or not."""
    return bool(state.spans) and (not find_gaps(state, start, end) or _has_given_up(state, at))


def _has_given_up(state: CoverageState, at: datetime) -> bool:
    return state.way == "none" and state.tried is not None and at - state.tried < _TRY_AGAIN


@dataclass
class _BackfillSearch:
    """What one source's search knows so far."""

    window: FeedWindow
    state: CoverageState
    requests_left: int
    agent: str
    known: Container[str]
    entries: list[FeedEntry] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    read_pages: list[str] = field(default_factory=list)  # marks of pages not to be read again
    requested_urls: set[str] = field(default_factory=set)
    refused: int = 0  # requests that the budget did not allow
    fingerprints: set[str] = field(default_factory=set)
    robots: RobotsRules | None = None
    own_hosts: set[tuple[str, int | None]] = field(
        default_factory=set
    )  # hosts of the feed and its home page

    def __post_init__(self) -> None:
        self.fingerprints = {fingerprint_entry(entry) for entry in self.window.document.entries}
        self.own_hosts = {_split_host_port(self.window.url), _split_host_port(self.home)}

    @property
    def home(self) -> str:
        return self.window.document.home or urljoin(self.window.url, "/")

    def request_pages(self, *requests: FetchRequest) -> _RequestSteps:
        """The answers to as many requests as the budget allows."""
        allowed = requests[: self.requests_left]
        self.refused += len(requests) - len(allowed)
        self.requests_left -= len(allowed)
        self.requested_urls |= {want.url for want in allowed}
        return (yield allowed) if allowed else ()

    def add_entries(self, entries: Iterable[FeedEntry]) -> int:
        """Keeps the entries that are new to this search; how many those were."""
        before = len(self.entries)
        for entry in entries:
            name = fingerprint_entry(entry)
            if name not in self.fingerprints:
                self.fingerprints.add(name)
                self.entries.append(entry)
        return len(self.entries) - before

    def report_budget(self) -> None:
        if self.refused:
            self.problems.append(
                f"the limit of requests for its history was reached with {self.refused} pages to go; "
                "the next run goes on from there"
            )

    def is_same_site(self, url: str) -> bool:
        """Whether an address is on the host of the feed or of its home page."""
        return _split_host_port(url) in self.own_hosts


def _split_host_port(url: str) -> tuple[str, int | None]:
    try:
        port = urlsplit(url).port
    except ValueError:
        port = None
    return extract_host(url), None if port in (80, 443) else port


def _fill_gap(
    search: _BackfillSearch, gap: TimeSpan
) -> Generator[tuple[FetchRequest, ...], tuple[FetchResult, ...], None]:
    ways: dict[str, Callable[[_BackfillSearch, TimeSpan], _BackfillSteps]] = {
        "chain": _follow_archive_links, "posts": _request_wordpress_posts, "paged": _follow_paged_feed, "sitemap": _search_sitemaps,
    }  # fmt: skip
    order = sorted(ways, key=lambda name: name != search.state.way)
    for name in order:
        reached = yield from ways[name](search, gap)
        if reached is None or reached >= gap.end:
            continue
        spans = merge_spans([*search.state.spans, TimeSpan(reached, gap.end)])
        search.state = replace(search.state, spans=spans, way=name, tried=None)
        if reached <= gap.start:
            return
        gap = TimeSpan(gap.start, reached)
        if search.refused:
            return
    if search.state.way in ("", "none") and not search.refused:
        search.state = replace(search.state, way="none", tried=search.window.at)
    if not search.refused:
        search.problems.append(
            f"entries older than {gap.end:%Y-%m-%d %H:%M} have left the feed, and no way to them was found"
        )


# ---------------------------------------------------------------- chains of feed documents


def _follow_archive_links(search: _BackfillSearch, gap: TimeSpan) -> _BackfillSteps:
    """RFC 5005, next_url: each document names the next older one."""
    links = search.window.document.links
    rel = next((rel for rel in ("prev-archive", "next") if rel in links), "")
    return (yield from _walk_chain(_ChainWalk(search, gap, rel), links[rel])) if rel else None


def _follow_paged_feed(search: _BackfillSearch, gap: TimeSpan) -> _BackfillSteps:
    """WordPress feeds count their pages in the address."""
    if not wordpress.is_wordpress(search.window.document):
        return None
    return (
        yield from _walk_chain(
            _ChainWalk(search, gap, "paged"), wordpress.build_paged_url(search.window.url, 2)
        )
    )


def _walk_chain(walk: _ChainWalk, first: str) -> _BackfillSteps:
    url = walk.check_next_url(walk.choose_start_url(first))
    while url is not None:
        answers = yield from walk.search.request_pages(FetchRequest(url, "feed"))
        older = walk.process_response(url, answers)
        url = None if older is None else walk.check_next_url(older)
    return walk.reached


class _ChainWalk:
    """Goes from document to older document, until one is older than the gap or the chain ends."""

    def __init__(self, search: _BackfillSearch, gap: TimeSpan, rel: str) -> None:
        self.search, self.gap, self.rel = search, gap, rel
        self.reached, self._idle = gap.end, 0

    def choose_start_url(self, first: str) -> str:
        """Where to start: where an earlier walk stopped, if all that is newer than that is held."""
        state = self.search.state
        ours = state.way == ("paged" if self.rel == "paged" else "chain")
        resumes = ours and state.older and state.older_than and self.gap.end <= state.older_than
        return state.older if resumes else first

    def check_next_url(self, url: str) -> str | None:
        """The address to ask for; None where the walk is over."""
        search = self.search
        if self.reached <= self.gap.start:
            return None
        if self.rel == "prev-archive" and url and fingerprint_text(url) in search.state.pages:
            # archives never change: all from this one to where the last walk stopped was read
            self.reached = min(self.reached, search.state.older_than or self.reached)
            url = search.state.older if search.state.older != url else ""
            if self.reached <= self.gap.start:
                return None
        if not url:
            self._mark_complete()
            return None
        if url in search.requested_urls or canonical_url(url) == canonical_url(search.window.url):
            self._report_stop(f"its {self.rel} link leads in a circle, to {_format_url(url)}")
            return None
        if not search.is_same_site(url):
            self._report_stop(
                f"its {self.rel} link leads to another host, {_format_url(url)}, and was not followed"
            )
            return None
        return url

    def process_response(self, url: str, answers: tuple[FetchResult, ...]) -> str | None:
        """Keeps what came, and gives the address of the next older document, "" after the last; None where it stops."""
        if not answers:  # the budget is spent
            self._save_position(url)
            return None
        document = _parse_feed_result(answers[0])
        if isinstance(document, str):
            if self.rel == "paged" and document == "http-404":
                return ""
            self._report_stop(f"its older entries at {_format_url(url)} cannot be read: {document}")
            return None
        fresh = self.search.add_entries(document.entries)
        page_start = _find_page_start(document.entries, self.search.window.at + _AHEAD)
        self._idle = 0 if fresh and page_start and page_start < self.reached else self._idle + 1
        self.reached = min(self.reached, page_start) if page_start else self.reached
        if self.rel == "prev-archive":
            self.search.read_pages.append(fingerprint_text(url))
        older = _next_page_url(url) if self.rel == "paged" else document.links.get(self.rel, "")
        self._save_position(older)
        if self._idle > _MAX_IDLE:
            self._report_stop("its older pages bring nothing new or do not get older; left there")
            return None
        return older

    def _save_position(self, url: str) -> None:
        """Remembers where to go on, unless an earlier walk went further."""
        state = self.search.state
        if state.older_than is None or self.reached < state.older_than:
            self.search.state = replace(state, older=url, older_than=self.reached)

    def _mark_complete(self) -> None:
        """The publisher has nothing older."""
        self.reached = self.gap.start

    def _report_stop(self, problem: str) -> None:
        """Tells why the chain is left. `reached` stays, so that what is older stays a gap."""
        self.search.problems.append(problem)


def _next_page_url(url: str) -> str:
    page = parse_qs(urlsplit(url).query).get("paged", ["1"])[-1]
    return (
        wordpress.build_paged_url(url, int(page) + 1) if page.isdecimal() and len(page) < 6 else ""
    )


def _parse_feed_result(answer: FetchResult) -> ParsedFeed | str:
    """The document of an answer, or what was wrong."""
    if isinstance(answer, FetchError):
        return answer.kind if answer.kind == "http-404" else str(answer.message)
    try:
        return parse_feed(answer.body, answer.content_type, answer.url)
    except ParseError as error:
        return error.message


def _find_page_start(entries: Sequence[FeedEntry], latest: datetime) -> datetime | None:
    """How far back a page reaches; where its order tells nothing, what half of its entries reach."""
    start = find_window_start(entries, latest)
    dates = sorted(
        entry.published for entry in entries if entry.published and entry.published <= latest
    )
    return start or (dates[len(dates) // 2] if dates else None)


# ---------------------------------------------------------------- WordPress by date


def _request_wordpress_posts(search: _BackfillSearch, gap: TimeSpan) -> _BackfillSteps:
    window = search.window
    posts = wordpress.find_posts_endpoint(window.document, window.headers, window.url)
    if not posts or not search.is_same_site(posts):
        return None
    robots = yield from _request_robots(search)
    if not robots.allows_url(posts):
        return None
    page, reached = 1, gap.end
    while True:
        url = wordpress.build_posts_url(posts, gap.start, gap.end, page)
        answers = yield from search.request_pages(FetchRequest(url, "posts"))
        if not answers or isinstance(answers[0], FetchError):
            return reached if page > 1 else None
        try:
            entries = wordpress.parse_posts(
                answers[0].body, answers[0].url, window.document.language
            )
        except ParseError:
            return None
        fresh = search.add_entries(entries)
        reached = min([reached, *(entry.published for entry in entries if entry.published)])
        total = answers[0].headers.get("x-wp-totalpages", "")
        last = page >= int(total[:6]) if total.isdecimal() else len(entries) < wordpress.PER_PAGE
        if last or reached <= gap.start:
            return gap.start
        if not fresh and page > _MAX_IDLE:
            return reached
        page += 1


# ---------------------------------------------------------------- sitemaps and article pages


def _request_robots(
    search: _BackfillSearch,
) -> Generator[tuple[FetchRequest, ...], tuple[FetchResult, ...], RobotsRules]:
    """What the feed's host allows."""
    if search.robots is None:
        url = urljoin(
            search.home if search.is_same_site(search.home) else search.window.url, "/robots.txt"
        )
        answers = yield from search.request_pages(FetchRequest(url, "robots"))
        if not answers:
            return NOTHING_ALLOWED
        search.robots = interpret_robots(answers[0], url, search.agent)
    return search.robots


def _search_sitemaps(search: _BackfillSearch, gap: TimeSpan) -> _BackfillSteps:
    """Addresses by the date of their last change, then each article's own page."""
    robots = yield from _request_robots(search)
    if robots == NOTHING_ALLOWED:
        return None
    rows, whole = yield from _request_sitemap_rows(search, gap, robots)
    if rows is None:
        return None
    chosen = _select_article_rows(search, gap, rows, robots)
    told = [row for row in chosen if row.published and row.title]
    search.add_entries(_build_news_entry(row) for row in told)
    pages = [row for row in chosen if not (row.published and row.title)]
    undated = sum(row.changed is None and _find_url_date_range(row.url) is None for row in pages)
    pages = [
        row for row in pages if row.changed is not None or _find_url_date_range(row.url) is not None
    ]
    yield from _request_articles(search, pages)
    if undated:
        search.problems.append(
            f"its sitemap gives no dates for {undated} addresses; they were not asked for"
        )
    complete = whole and not undated and not search.refused and bool(rows)
    return gap.start if complete else None


def _request_sitemap_rows(
    search: _BackfillSearch, gap: TimeSpan, robots: RobotsRules
) -> Generator[
    tuple[FetchRequest, ...], tuple[FetchResult, ...], tuple[list[SitemapRow] | None, bool]
]:
    """The rows of every sitemap that may list what is missing (None where there is no sitemap), and whether all of
    them could be read."""
    queue, whole, count = _choose_first_sitemaps(search, robots), True, 0
    rows: list[SitemapRow] | None = None
    while queue and count <= _MAX_SITEMAPS and len(rows or ()) < _MAX_ROWS:
        url = queue.pop(0)
        if url in search.requested_urls:
            continue
        count += 1
        answers = yield from search.request_pages(FetchRequest(url, "sitemap"))
        sitemap = _try_parse_sitemap(answers[0]) if answers else None
        if sitemap is None:
            whole = (
                whole and bool(answers) and _is_missing(answers[0])
            )  # one that is no more there hides nothing
            continue
        rows = rows if rows is not None else []
        if sitemap.is_index:
            queue += _select_child_sitemaps(search, gap, sitemap)
        else:
            rows += sitemap.rows
    if queue:
        search.problems.append(f"its sitemaps are too many or too long; {count} were read")
    return rows, whole and not queue


def _is_missing(answer: FetchResult) -> bool:
    return isinstance(answer, FetchError) and answer.kind in ("http-404", "gone")


def _try_parse_sitemap(answer: FetchResult) -> Sitemap | None:
    if isinstance(answer, FetchError):
        return None
    try:
        return parse_sitemap(answer.body, answer.url)
    except ParseError:
        return None


def _choose_first_sitemaps(search: _BackfillSearch, robots: RobotsRules) -> list[str]:
    """The sitemaps that robots.txt names for the part of the site that the feed is of; or the usual place."""
    path = _parent_folder(urlsplit(search.home).path)
    named = [url for url in robots.sitemaps if search.is_same_site(url)]
    inside = [url for url in named if path != "/" and urlsplit(url).path.startswith(path)]
    above = [url for url in named if path.startswith(_parent_folder(urlsplit(url).path))]
    chosen = [url for url in inside or above if may_list_articles(url)] or inside or above
    return chosen or [
        urljoin(search.home if search.home.endswith("/") else search.home + "/", "sitemap.xml")
    ]


def _parent_folder(path: str) -> str:
    return path[: path.rfind("/") + 1] or "/"


def _select_child_sitemaps(search: _BackfillSearch, gap: TimeSpan, index: Sitemap) -> list[str]:
    """The sitemaps of an index that may list articles changed since the gap began, the latest first."""
    latest = datetime.max.replace(tzinfo=UTC)
    fresh = [row for row in index.rows if row.changed is None or row.changed > gap.start]
    fresh = [row for row in fresh if may_list_articles(row.url)] or fresh
    newest_first = sorted(fresh, key=lambda row: row.changed or latest, reverse=True)
    return [
        row.url for row in islice(newest_first, _MAX_SITEMAPS + 1) if search.is_same_site(row.url)
    ]


def _select_article_rows(
    search: _BackfillSearch, gap: TimeSpan, rows: Iterable[SitemapRow], robots: RobotsRules
) -> list[SitemapRow]:
    """The rows that may be articles of the gap and are not known, the likelier first."""
    fits = _UrlShape(
        [entry.link for entry in search.window.document.entries if search.is_same_site(entry.link)]
    )
    done = {*search.state.pages, *search.read_pages}
    found: dict[str, SitemapRow] = {}
    for row in rows:
        if not (_may_fall_in_gap(row, gap) and search.is_same_site(row.url) and fits(row.url)):
            continue
        name = canonical_url(row.url)
        if name in found or name == canonical_url(search.home) or name in search.known:
            continue
        if (
            fingerprint_text(name) not in done
            and fingerprint_text(name) not in search.fingerprints
            and robots.allows_url(row.url)
        ):
            found[name] = row
    oldest = datetime.min.replace(tzinfo=UTC)
    return sorted(found.values(), key=lambda row: (row.changed or oldest) <= gap.end, reverse=True)


def _may_fall_in_gap(row: SitemapRow, gap: TimeSpan) -> bool:
    """No article was published after its last change; a day in the address counts, give or take a zone."""
    if row.published:
        return gap.start < row.published <= gap.end
    if row.changed is not None and row.changed <= gap.start:
        return False
    dated = _find_url_date_range(row.url)
    return dated is None or (dated[1] > gap.start and dated[0] <= gap.end)


def _find_url_date_range(url: str) -> tuple[datetime, datetime] | None:
    """From when to when an article with such an address was published."""
    match = _URL_DATE.search(urlsplit(url).path)
    try:
        first = (
            datetime(int(match[1]), int(match[2]), int(match[3] or 1), tzinfo=UTC)
            if match
            else None
        )
    except ValueError:
        first = None
    if match is None or first is None:
        return None
    return first - timedelta(days=1), first + timedelta(days=2 if match[3] else 33)


class _UrlShape:
    """What the addresses of a feed's articles have in common: the number of their path's segments, and those segments
    that are the same in all of them (numbers count as equal)."""

    def __init__(self, links: Sequence[str]) -> None:
        paths = [_split_path(link) for link in links]
        self._lengths = {len(path) for path in paths}
        shortest = min(self._lengths, default=0)
        self._fixed = {
            n: paths[0][n]
            for n in range(shortest - 1)
            if len(paths) > 1 and len({path[n] for path in paths}) == 1
        }

    def __call__(self, url: str) -> bool:
        path = _split_path(url)
        if not self._lengths:  # the feed's links lead elsewhere: any page that is no home page
            return bool(path)
        return len(path) in self._lengths and all(
            path[n] == part for n, part in self._fixed.items()
        )


def _split_path(url: str) -> list[str]:
    return [re.sub(r"\d+", "#", part) for part in urlsplit(url).path.split("/") if part]


def _build_news_entry(row: SitemapRow) -> FeedEntry:
    return FeedEntry(
        fields.normalize_link(row.url),
        row.title,
        "",
        "",
        row.published,
        row.changed,
        language=row.language,
    )


def _request_articles(
    search: _BackfillSearch, rows: Sequence[SitemapRow]
) -> Generator[tuple[FetchRequest, ...], tuple[FetchResult, ...], None]:
    """Reads article pages. What is none is counted by its reason."""
    reasons: Counter[str] = Counter()
    for start in range(0, len(rows), _BATCH):
        batch = rows[start : start + _BATCH]
        answers = yield from search.request_pages(*(FetchRequest(row.url, "page") for row in batch))
        for row, answer in zip(batch, answers, strict=False):
            reason = _add_article(search, row, answer)
            if reason:
                reasons[reason] += 1
        if len(answers) < len(batch):
            search.refused += len(rows) - start - len(batch)
            break
    for reason, count in reasons.most_common(3):
        search.problems.append(
            f"{count} of {len(rows)} pages in its sitemap gave no article: {reason}"
        )


def _add_article(search: _BackfillSearch, row: SitemapRow, answer: FetchResult) -> str:
    """Keeps the article of an answer, or says why there is none."""
    if isinstance(answer, FetchError):
        if _is_missing(answer):
            search.read_pages.append(fingerprint_text(canonical_url(row.url)))
        return answer.kind
    search.read_pages.append(fingerprint_text(canonical_url(row.url)))
    try:
        if not search.is_same_site(answer.url) or canonical_url(answer.url) == canonical_url(
            search.home
        ):
            return "it leads elsewhere"
        search.add_entries([read_page(answer.body, answer.content_type, answer.url)])
    except ParseError as error:
        return error.message
    return ""


def _format_url(url: str) -> str:
    return clean_text(redact_url(url))[:200]
