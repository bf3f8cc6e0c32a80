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
from digest.fetch import fields, wordpress
from digest.fetch.feeds import parse
from digest.fetch.held import HistoryState, Span, gaps, joined, mark, mark_of, remembered, window_start
from digest.fetch.pages import read_page
from digest.fetch.robots import NOTHING_ALLOWED, Robots, robots_of
from digest.fetch.sitemaps import Row, Sitemap, may_list_articles, parse_sitemap
from digest.model import Document, Entry, Retrieved
from digest.text import clean
from digest.urls import canonical, host, masked

Kind = Literal["feed", "posts", "robots", "sitemap", "page"]
Answer = Retrieved | FetchError

_AHEAD = timedelta(days=2)
_TRY_AGAIN = timedelta(days=25)  # a publisher that offers no way may offer one some day
_MOST_IDLE = 2  # pages in a row that bring nothing new or do not get older
_MOST_SITEMAPS, _MOST_ROWS = 40, 200_000
_BATCH = 10
_URL_DATE = re.compile(r"/(20\d\d)[/-](\d\d)(?:[/-](\d\d))?(?=[/-])")


@dataclass(frozen=True, slots=True)
class Want:
    """One address to ask for, and what is hoped for there."""

    url: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Window:
    """A feed as just read: what is in it, and the answer that brought it."""

    document: Document
    url: str  # the address that answered
    headers: dict[str, str]
    at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """What a plan came to. `problems` are news: what was known to be out of reach is not told again."""

    entries: tuple[Entry, ...]
    state: HistoryState
    problems: tuple[str, ...]


Plan = Generator[tuple[Want, ...], tuple[Answer, ...], Found]
_Asking = Generator[tuple[Want, ...], tuple[Answer, ...], tuple[Answer, ...]]
_Way = Generator[tuple[Want, ...], tuple[Answer, ...], datetime | None]  # how far back all is held; None: not at all


def plan(
    window: Window,
    state: HistoryState,
    start: datetime,
    end: datetime,
    *,
    budget: int,
    agent: str,
    known: Container[str] = (),
) -> Plan:
    """Fills the gaps of `start` to `end` with at most `budget` requests. `state` has seen the window; `known` holds the
    canonical addresses that are archived already; `agent` is our name in robots.txt."""
    search = _Search(window, state, budget, agent, known)
    for gap in gaps(state, start, end):
        if _given_up(search.state, window.at):
            break
        yield from _fill(search, gap)
    search.tell_budget()
    return Found(tuple(search.entries), remembered(search.state, search.read), tuple(dict.fromkeys(search.problems)))


def settled(state: HistoryState, start: datetime, end: datetime, at: datetime) -> bool:
    """Whether a plan would ask for nothing. Where it would, the feed is needed in full, changed or not."""
    return bool(state.spans) and (not gaps(state, start, end) or _given_up(state, at))


def _given_up(state: HistoryState, at: datetime) -> bool:
    return state.way == "none" and state.tried is not None and at - state.tried < _TRY_AGAIN


@dataclass
class _Search:
    """What one source's search knows so far."""

    window: Window
    state: HistoryState
    left: int
    agent: str
    known: Container[str]
    entries: list[Entry] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)  # marks of pages not to be read again
    asked: set[str] = field(default_factory=set)
    refused: int = 0  # requests that the budget did not allow
    marks: set[str] = field(default_factory=set)
    robots: Robots | None = None
    near: set[tuple[str, int | None]] = field(default_factory=set)  # hosts of the feed and its home page

    def __post_init__(self) -> None:
        self.marks = {mark(entry) for entry in self.window.document.entries}
        self.near = {_site(self.window.url), _site(self.home)}

    @property
    def home(self) -> str:
        return self.window.document.home or urljoin(self.window.url, "/")

    def ask(self, *wants: Want) -> _Asking:
        """The answers to as many requests as the budget allows."""
        allowed = wants[: self.left]
        self.refused += len(wants) - len(allowed)
        self.left -= len(allowed)
        self.asked |= {want.url for want in allowed}
        return (yield allowed) if allowed else ()

    def take(self, entries: Iterable[Entry]) -> int:
        """Keeps the entries that are new to this search; how many those were."""
        before = len(self.entries)
        for entry in entries:
            name = mark(entry)
            if name not in self.marks:
                self.marks.add(name)
                self.entries.append(entry)
        return len(self.entries) - before

    def tell_budget(self) -> None:
        if self.refused:
            self.problems.append(
                f"the limit of requests for its history was reached with {self.refused} pages to go; "
                "the next run goes on from there"
            )

    def is_near(self, url: str) -> bool:
        """Whether an address is on the host of the feed or of its home page."""
        return _site(url) in self.near


def _site(url: str) -> tuple[str, int | None]:
    try:
        port = urlsplit(url).port
    except ValueError:
        port = None
    return host(url), None if port in (80, 443) else port


def _fill(search: _Search, gap: Span) -> Generator[tuple[Want, ...], tuple[Answer, ...], None]:
    ways: dict[str, Callable[[_Search, Span], _Way]] = {
        "chain": _chain, "posts": _posts, "paged": _paged, "sitemap": _sitemap,
    }  # fmt: skip
    order = sorted(ways, key=lambda name: name != search.state.way)
    for name in order:
        reached = yield from ways[name](search, gap)
        if reached is None or reached >= gap.end:
            continue
        spans = joined([*search.state.spans, Span(reached, gap.end)])
        search.state = replace(search.state, spans=spans, way=name, tried=None)
        if reached <= gap.start:
            return
        gap = Span(gap.start, reached)
        if search.refused:
            return
    if search.state.way in ("", "none") and not search.refused:
        search.state = replace(search.state, way="none", tried=search.window.at)
    if not search.refused:
        search.problems.append(
            f"entries older than {gap.end:%Y-%m-%d %H:%M} have left the feed, and no way to them was found"
        )


# ---------------------------------------------------------------- chains of feed documents


def _chain(search: _Search, gap: Span) -> _Way:
    """RFC 5005, next_url: each document names the next older one."""
    links = search.window.document.links
    rel = next((rel for rel in ("prev-archive", "next") if rel in links), "")
    return (yield from _walk(_Walk(search, gap, rel), links[rel])) if rel else None


def _paged(search: _Search, gap: Span) -> _Way:
    """WordPress feeds count their pages in the address."""
    if not wordpress.is_wordpress(search.window.document):
        return None
    return (yield from _walk(_Walk(search, gap, "paged"), wordpress.paged_url(search.window.url, 2)))


def _walk(walk: _Walk, first: str) -> _Way:
    url = walk.allowed(walk.begin(first))
    while url is not None:
        answers = yield from walk.search.ask(Want(url, "feed"))
        older = walk.took(url, answers)
        url = None if older is None else walk.allowed(older)
    return walk.reached


class _Walk:
    """Goes from document to older document, until one is older than the gap or the chain ends."""

    def __init__(self, search: _Search, gap: Span, rel: str) -> None:
        self.search, self.gap, self.rel = search, gap, rel
        self.reached, self._idle = gap.end, 0

    def begin(self, first: str) -> str:
        """Where to start: where an earlier walk stopped, if all that is newer than that is held."""
        state = self.search.state
        ours = state.way == ("paged" if self.rel == "paged" else "chain")
        resumes = ours and state.older and state.older_than and self.gap.end <= state.older_than
        return state.older if resumes else first

    def allowed(self, url: str) -> str | None:
        """The address to ask for; None where the walk is over."""
        search = self.search
        if self.reached <= self.gap.start:
            return None
        if self.rel == "prev-archive" and url and mark_of(url) in search.state.pages:
            # archives never change: all from this one to where the last walk stopped was read
            self.reached = min(self.reached, search.state.older_than or self.reached)
            url = search.state.older if search.state.older != url else ""
            if self.reached <= self.gap.start:
                return None
        if not url:
            self._end()
            return None
        if url in search.asked or canonical(url) == canonical(search.window.url):
            self._stop(f"its {self.rel} link leads in a circle, to {_shown(url)}")
            return None
        if not search.is_near(url):
            self._stop(f"its {self.rel} link leads to another host, {_shown(url)}, and was not followed")
            return None
        return url

    def took(self, url: str, answers: tuple[Answer, ...]) -> str | None:
        """Keeps what came, and gives the address of the next older document, "" after the last; None where it stops."""
        if not answers:  # the budget is spent
            self._leave_at(url)
            return None
        document = _document(answers[0])
        if isinstance(document, str):
            if self.rel == "paged" and document == "http-404":
                return ""
            self._stop(f"its older entries at {_shown(url)} cannot be read: {document}")
            return None
        fresh = self.search.take(document.entries)
        page_start = _page_start(document.entries, self.search.window.at + _AHEAD)
        self._idle = 0 if fresh and page_start and page_start < self.reached else self._idle + 1
        self.reached = min(self.reached, page_start) if page_start else self.reached
        if self.rel == "prev-archive":
            self.search.read.append(mark_of(url))
        older = _page_after(url) if self.rel == "paged" else document.links.get(self.rel, "")
        self._leave_at(older)
        if self._idle > _MOST_IDLE:
            self._stop("its older pages bring nothing new or do not get older; left there")
            return None
        return older

    def _leave_at(self, url: str) -> None:
        """Remembers where to go on, unless an earlier walk went further."""
        state = self.search.state
        if state.older_than is None or self.reached < state.older_than:
            self.search.state = replace(state, older=url, older_than=self.reached)

    def _end(self) -> None:
        """The publisher has nothing older."""
        self.reached = self.gap.start

    def _stop(self, problem: str) -> None:
        """Tells why the chain is left. `reached` stays, so that what is older stays a gap."""
        self.search.problems.append(problem)


def _page_after(url: str) -> str:
    page = parse_qs(urlsplit(url).query).get("paged", ["1"])[-1]
    return wordpress.paged_url(url, int(page) + 1) if page.isdecimal() and len(page) < 6 else ""


def _document(answer: Answer) -> Document | str:
    """The document of an answer, or what was wrong."""
    if isinstance(answer, FetchError):
        return answer.kind if answer.kind == "http-404" else str(answer.message)
    try:
        return parse(answer.body, answer.content_type, answer.url)
    except ParseError as error:
        return error.message


def _page_start(entries: Sequence[Entry], latest: datetime) -> datetime | None:
    """How far back a page reaches; where its order tells nothing, what half of its entries reach."""
    start = window_start(entries, latest)
    dates = sorted(entry.published for entry in entries if entry.published and entry.published <= latest)
    return start or (dates[len(dates) // 2] if dates else None)


# ---------------------------------------------------------------- WordPress by date


def _posts(search: _Search, gap: Span) -> _Way:
    window = search.window
    posts = wordpress.interface(window.document, window.headers, window.url)
    if not posts or not search.is_near(posts):
        return None
    robots = yield from _robots(search)
    if not robots.allows(posts):
        return None
    page, reached = 1, gap.end
    while True:
        url = wordpress.posts_url(posts, gap.start, gap.end, page)
        answers = yield from search.ask(Want(url, "posts"))
        if not answers or isinstance(answers[0], FetchError):
            return reached if page > 1 else None
        try:
            entries = wordpress.parse_posts(answers[0].body, answers[0].url, window.document.language)
        except ParseError:
            return None
        fresh = search.take(entries)
        reached = min([reached, *(entry.published for entry in entries if entry.published)])
        total = answers[0].headers.get("x-wp-totalpages", "")
        last = page >= int(total[:6]) if total.isdecimal() else len(entries) < wordpress.PER_PAGE
        if last or reached <= gap.start:
            return gap.start
        if not fresh and page > _MOST_IDLE:
            return reached
        page += 1


# ---------------------------------------------------------------- sitemaps and article pages


def _robots(search: _Search) -> Generator[tuple[Want, ...], tuple[Answer, ...], Robots]:
    """What the feed's host allows."""
    if search.robots is None:
        url = urljoin(search.home if search.is_near(search.home) else search.window.url, "/robots.txt")
        answers = yield from search.ask(Want(url, "robots"))
        if not answers:
            return NOTHING_ALLOWED
        search.robots = robots_of(answers[0], url, search.agent)
    return search.robots


def _sitemap(search: _Search, gap: Span) -> _Way:
    """Addresses by the date of their last change, then each article's own page."""
    robots = yield from _robots(search)
    if robots == NOTHING_ALLOWED:
        return None
    rows, whole = yield from _rows(search, gap, robots)
    if rows is None:
        return None
    chosen = _candidates(search, gap, rows, robots)
    told = [row for row in chosen if row.published and row.title]
    search.take(_of_news(row) for row in told)
    pages = [row for row in chosen if not (row.published and row.title)]
    undated = sum(row.changed is None and _dated_by_url(row.url) is None for row in pages)
    pages = [row for row in pages if row.changed is not None or _dated_by_url(row.url) is not None]
    yield from _articles(search, pages)
    if undated:
        search.problems.append(f"its sitemap gives no dates for {undated} addresses; they were not asked for")
    complete = whole and not undated and not search.refused and bool(rows)
    return gap.start if complete else None


def _rows(
    search: _Search, gap: Span, robots: Robots
) -> Generator[tuple[Want, ...], tuple[Answer, ...], tuple[list[Row] | None, bool]]:
    """The rows of every sitemap that may list what is missing (None where there is no sitemap), and whether all of
    them could be read."""
    queue, whole, count = _first_sitemaps(search, robots), True, 0
    rows: list[Row] | None = None
    while queue and count <= _MOST_SITEMAPS and len(rows or ()) < _MOST_ROWS:
        url = queue.pop(0)
        if url in search.asked:
            continue
        count += 1
        answers = yield from search.ask(Want(url, "sitemap"))
        sitemap = _parsed(answers[0]) if answers else None
        if sitemap is None:
            whole = whole and bool(answers) and _is_missing(answers[0])  # one that is no more there hides nothing
            continue
        rows = rows if rows is not None else []
        if sitemap.is_index:
            queue += _promising(search, gap, sitemap)
        else:
            rows += sitemap.rows
    if queue:
        search.problems.append(f"its sitemaps are too many or too long; {count} were read")
    return rows, whole and not queue


def _is_missing(answer: Answer) -> bool:
    return isinstance(answer, FetchError) and answer.kind in ("http-404", "gone")


def _parsed(answer: Answer) -> Sitemap | None:
    if isinstance(answer, FetchError):
        return None
    try:
        return parse_sitemap(answer.body, answer.url)
    except ParseError:
        return None


def _first_sitemaps(search: _Search, robots: Robots) -> list[str]:
    """The sitemaps that robots.txt names for the part of the site that the feed is of; or the usual place."""
    path = _folder(urlsplit(search.home).path)
    named = [url for url in robots.sitemaps if search.is_near(url)]
    inside = [url for url in named if path != "/" and urlsplit(url).path.startswith(path)]
    above = [url for url in named if path.startswith(_folder(urlsplit(url).path))]
    chosen = [url for url in inside or above if may_list_articles(url)] or inside or above
    return chosen or [urljoin(search.home if search.home.endswith("/") else search.home + "/", "sitemap.xml")]


def _folder(path: str) -> str:
    return path[: path.rfind("/") + 1] or "/"


def _promising(search: _Search, gap: Span, index: Sitemap) -> list[str]:
    """The sitemaps of an index that may list articles changed since the gap began, the latest first."""
    latest = datetime.max.replace(tzinfo=UTC)
    fresh = [row for row in index.rows if row.changed is None or row.changed > gap.start]
    fresh = [row for row in fresh if may_list_articles(row.url)] or fresh
    newest_first = sorted(fresh, key=lambda row: row.changed or latest, reverse=True)
    return [row.url for row in islice(newest_first, _MOST_SITEMAPS + 1) if search.is_near(row.url)]


def _candidates(search: _Search, gap: Span, rows: Iterable[Row], robots: Robots) -> list[Row]:
    """The rows that may be articles of the gap and are not known, the likelier first."""
    fits = _Shape([entry.link for entry in search.window.document.entries if search.is_near(entry.link)])
    done = {*search.state.pages, *search.read}
    found: dict[str, Row] = {}
    for row in rows:
        if not (_may_be_of(row, gap) and search.is_near(row.url) and fits(row.url)):
            continue
        name = canonical(row.url)
        if name in found or name == canonical(search.home) or name in search.known:
            continue
        if mark_of(name) not in done and mark_of(name) not in search.marks and robots.allows(row.url):
            found[name] = row
    oldest = datetime.min.replace(tzinfo=UTC)
    return sorted(found.values(), key=lambda row: (row.changed or oldest) <= gap.end, reverse=True)


def _may_be_of(row: Row, gap: Span) -> bool:
    """No article was published after its last change; a day in the address counts, give or take a zone."""
    if row.published:
        return gap.start < row.published <= gap.end
    if row.changed is not None and row.changed <= gap.start:
        return False
    dated = _dated_by_url(row.url)
    return dated is None or (dated[1] > gap.start and dated[0] <= gap.end)


def _dated_by_url(url: str) -> tuple[datetime, datetime] | None:
    """From when to when an article with such an address was published."""
    match = _URL_DATE.search(urlsplit(url).path)
    try:
        first = datetime(int(match[1]), int(match[2]), int(match[3] or 1), tzinfo=UTC) if match else None
    except ValueError:
        first = None
    if match is None or first is None:
        return None
    return first - timedelta(days=1), first + timedelta(days=2 if match[3] else 33)


class _Shape:
    """What the addresses of a feed's articles have in common: the number of their path's segments, and those segments
    that are the same in all of them (numbers count as equal)."""

    def __init__(self, links: Sequence[str]) -> None:
        paths = [_segments(link) for link in links]
        self._lengths = {len(path) for path in paths}
        shortest = min(self._lengths, default=0)
        self._fixed = {
            n: paths[0][n] for n in range(shortest - 1) if len(paths) > 1 and len({path[n] for path in paths}) == 1
        }

    def __call__(self, url: str) -> bool:
        path = _segments(url)
        if not self._lengths:  # the feed's links lead elsewhere: any page that is no home page
            return bool(path)
        return len(path) in self._lengths and all(path[n] == part for n, part in self._fixed.items())


def _segments(url: str) -> list[str]:
    return [re.sub(r"\d+", "#", part) for part in urlsplit(url).path.split("/") if part]


def _of_news(row: Row) -> Entry:
    return Entry(fields.link(row.url), row.title, "", "", row.published, row.changed, language=row.language)


def _articles(search: _Search, rows: Sequence[Row]) -> Generator[tuple[Want, ...], tuple[Answer, ...], None]:
    """Reads article pages. What is none is counted by its reason."""
    reasons: Counter[str] = Counter()
    for start in range(0, len(rows), _BATCH):
        batch = rows[start : start + _BATCH]
        answers = yield from search.ask(*(Want(row.url, "page") for row in batch))
        for row, answer in zip(batch, answers, strict=False):
            reason = _article(search, row, answer)
            if reason:
                reasons[reason] += 1
        if len(answers) < len(batch):
            search.refused += len(rows) - start - len(batch)
            break
    for reason, count in reasons.most_common(3):
        search.problems.append(f"{count} of {len(rows)} pages in its sitemap gave no article: {reason}")


def _article(search: _Search, row: Row, answer: Answer) -> str:
    """Keeps the article of an answer, or says why there is none."""
    if isinstance(answer, FetchError):
        if _is_missing(answer):
            search.read.append(mark_of(canonical(row.url)))
        return answer.kind
    search.read.append(mark_of(canonical(row.url)))
    try:
        if not search.is_near(answer.url) or canonical(answer.url) == canonical(search.home):
            return "it leads elsewhere"
        search.take([read_page(answer.body, answer.content_type, answer.url)])
    except ParseError as error:
        return error.message
    return ""


def _shown(url: str) -> str:
    return clean(masked(url))[:200]
