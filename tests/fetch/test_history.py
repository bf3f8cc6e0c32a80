"""Reaching back, as a plan without network: a hand-written publisher answers what the plan asks."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import FetchError
from digest.fetch.backfill.coverage import CoverageState, find_gaps, merge_spans, record_window
from digest.fetch.backfill.plan import BackfillPlanResult, FetchRequest, plan_backfill
from digest.fetch.read.feeds import parse_feed
from digest.fetch.read.reader import FeedWindow
from digest.model.retrieved import Retrieved, Validators

START, END = datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)
FRESH = CoverageState()
NOW = datetime(2026, 8, 20, tzinfo=UTC)
SITE = "https://acme.example"
DAYS = [
    NOW - timedelta(days=n, hours=1) for n in range(100)
]  # a post a day, newest first, from May on


def post(n: int) -> str:
    return f"{SITE}/blog/post-{n}"


def items(numbers: Sequence[int]) -> str:
    return "".join(
        f"<item><title>Post {n}</title><link>{post(n)}</link><pubDate>{DAYS[n]:%d %b %Y %H:%M:%S} GMT</pubDate></item>"
        for n in numbers
    )


def rss(numbers: Sequence[int], links: str = "", generator: str = "") -> str:
    return (
        f"<rss xmlns:a='http://www.w3.org/2005/Atom'><channel><title>Acme</title><link>{SITE}/blog/</link>"
        f"<generator>{generator}</generator>{links}{items(numbers)}</channel></rss>"
    )


def linked(rel: str, href: str) -> str:
    return f"<a:link rel='{rel}' href='{href}'/>"


def article(n: int) -> str:
    return f"""<html lang="en"><head><title>Post {n} | Acme</title><meta property="og:site_name" content="Acme">
      <meta property="article:published_time" content="{DAYS[n].isoformat()}"></head></html>"""


def sitemap(
    rows: Sequence[tuple[str, datetime | None]], root: str = "urlset", row: str = "url"
) -> str:
    body = "".join(
        f"<{row}><loc>{url}</loc>{f'<lastmod>{when.isoformat()}</lastmod>' if when else ''}</{row}>"
        for url, when in rows
    )
    return f"<{root}>{body}</{root}>"


@dataclass
class Publisher:
    """Answers from a table of pages, or a function; 404 for all others. Keeps what was asked."""

    pages: dict[str, str] = field(default_factory=dict)
    make: Callable[[str], str | None] = lambda url: None
    feed: str = f"{SITE}/blog/feed"
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def answer(self, want: FetchRequest) -> Retrieved | FetchError:
        self.asked.append(want.url)
        text = self.pages.get(want.url) or self.make(want.url)
        if text is None:
            return FetchError(f"{want.url} answers 404", kind="http-404")
        return Retrieved(
            "acme",
            want.url,
            want.url,
            200,
            text.encode(),
            "text/html",
            Validators(),
            NOW,
            self.headers,
        )

    def reach(
        self, state: CoverageState = FRESH, budget: int = 250, known: Sequence[str] = ()
    ) -> BackfillPlanResult:
        """Reads the feed and reaches back, as a run does."""
        document = parse_feed(self.pages[self.feed].encode(), "", self.feed)
        window = FeedWindow(document, self.feed, self.headers, NOW)
        steps = plan_backfill(
            window,
            record_window(state, document, NOW),
            START,
            END,
            budget=budget,
            agent="martech-digest",
            known=known,
        )
        self.asked.clear()
        try:
            wants = next(steps)
            while True:
                wants = steps.send(tuple(map(self.answer, wants)))
        except StopIteration as end:
            found: BackfillPlanResult = end.value
            return replace(
                found, state=CoverageState.from_json(json.loads(json.dumps(found.state.to_json())))
            )


def titles(found: BackfillPlanResult) -> list[str]:
    return [entry.title for entry in found.entries if entry.published and entry.published >= START]


QUARTER = [n for n, day in enumerate(DAYS) if day >= START]  # the first ten are in the feed
OLDER = [f"Post {n}" for n in QUARTER[10:]]


def chained(rel: str, size: int = 10) -> Publisher:
    """A feed and older documents, each naming the next."""

    def links(page: int) -> str:
        return linked(rel, f"{SITE}/blog/older/{page + 1}") if (page + 1) * size < len(DAYS) else ""

    pages = {
        f"{SITE}/blog/older/{page}": rss(range(page * size, (page + 1) * size), links(page))
        for page in range(1, 10)
    }
    return Publisher({f"{SITE}/blog/feed": rss(range(size), links(0)), **pages})


# ---------------------------------------------------------------- chains


@pytest.mark.parametrize("rel", ["next", "prev-archive"])
def test_chains_are_followed_to_the_start_of_the_quarter_and_no_further(rel: str) -> None:
    acme = chained(rel)
    found = acme.reach()
    assert titles(found) == OLDER
    assert acme.asked == [
        f"{SITE}/blog/older/{page}" for page in range(1, 6)
    ]  # 51 posts in the quarter, ten a page
    assert found.problems == ()
    assert find_gaps(found.state, START, END) == ()


@pytest.mark.parametrize("rel", ["next", "prev-archive"])
def test_the_second_run_asks_for_nothing(rel: str) -> None:
    acme = chained(rel)
    state = acme.reach().state
    again = acme.reach(state)
    assert (acme.asked, again.entries, again.problems) == ([], (), ())


@pytest.mark.parametrize("rel", ["next", "prev-archive"])
def test_an_earlier_quarter_goes_on_where_the_last_walk_stopped(rel: str) -> None:
    acme = chained(rel)
    state = acme.reach().state
    document = parse_feed(acme.pages[acme.feed].encode(), "", acme.feed)
    window = FeedWindow(document, acme.feed, {}, NOW)
    steps = plan_backfill(window, state, START - timedelta(days=20), END, budget=9, agent="x")
    assert next(steps) == (FetchRequest(f"{SITE}/blog/older/6", "feed"),)


def test_a_chain_that_ends_has_nothing_older() -> None:
    acme = Publisher(
        {
            f"{SITE}/blog/feed": rss(range(10), linked("next", "2")),
            f"{SITE}/blog/2": rss(range(10, 15)),
        }
    )
    found = acme.reach()
    assert titles(found) == [f"Post {n}" for n in range(10, 15)]
    assert find_gaps(found.state, START, END) == ()
    assert found.problems == ()


def test_a_budget_is_kept_told_and_the_next_run_goes_on() -> None:
    acme = chained("next")
    first = acme.reach(budget=2)
    assert len(acme.asked) == 2
    assert "limit of requests" in first.problems[0]
    second = acme.reach(first.state)
    assert acme.asked[0] == f"{SITE}/blog/older/3"
    assert titles(first) + titles(second) == OLDER


@pytest.mark.parametrize(
    ("links", "told"),
    [
        (linked("next", f"{SITE}/blog/feed"), "circle"),
        (linked("next", "https://evil.example/feed"), "another host"),
        (linked("next", f"{SITE}:8443/feed"), "another host"),
        (linked("next", f"{SITE}/blog/broken"), "cannot be read"),
        (linked("next", f"{SITE}/blog/page"), "cannot be read"),
        (linked("prev-archive", f"{SITE}/blog/ring"), "circle"),
    ],
    ids=["itself", "another host", "another port", "missing", "a web page", "a ring"],
)
def test_chains_that_lead_nowhere_are_left_and_told(links: str, told: str) -> None:
    acme = Publisher({
        f"{SITE}/blog/feed": rss(range(10), links),
        f"{SITE}/blog/page": "<html><title>Log in</title></html>",
        f"{SITE}/blog/ring": rss(range(5, 12), linked("prev-archive", f"{SITE}/blog/ring")),
    })  # fmt: skip
    found = acme.reach()
    assert any(told in problem for problem in found.problems)
    assert len(acme.asked) <= 4
    assert not any("evil" in url for url in acme.asked)
    assert find_gaps(found.state, START, END) != ()


@pytest.mark.parametrize("kind", ["same", "new addresses", "undated"])
def test_endless_chains_cost_little(kind: str) -> None:
    """Pages that bring nothing new or no dates are left after a few, all others on the budget."""
    count = 0

    def make(url: str) -> str | None:
        nonlocal count
        if "/older/" not in url:
            return None
        count += 1
        more = linked("next", f"{SITE}/blog/older/{count}")
        if kind == "same":
            return rss(range(10), more)
        text = (
            rss(range(3), more)
            .replace("post-", f"post-{count}-")
            .replace("Post ", f"Post {count} ")
        )
        return text.replace("pubDate", "x") if kind == "undated" else text

    acme = Publisher(
        {f"{SITE}/blog/feed": rss(range(10), linked("next", f"{SITE}/blog/older/0"))}, make
    )
    found = acme.reach(budget=10)
    assert count <= (10 if kind == "new addresses" else 4)
    told = "limit of requests" if kind == "new addresses" else "nothing new"
    assert any(told in problem for problem in found.problems)


def test_pages_of_one_day_are_followed_to_what_is_older() -> None:
    """Of a feed with many entries a day a page may get no older than the one before."""

    def page(numbers: range, more: str = "") -> str:
        return re.sub(
            r"<pubDate>[^<]*", f"<pubDate>{day:%a, %d %b %Y} 09:00:00 GMT", rss(numbers, more)
        )

    day = NOW - timedelta(days=3)
    pages = {}
    for number in range(6):
        more = linked("next", f"{SITE}/blog/older/{number + 1}") if number < 5 else ""
        url = f"{SITE}/blog/older/{number}" if number else f"{SITE}/blog/feed"
        pages[url] = page(range(number * 5, number * 5 + 5), more)
    found = Publisher(pages).reach()
    assert len(found.entries) == 25
    assert found.problems == ()


# ---------------------------------------------------------------- WordPress


def wordpress(posts: bool = True, robots: str = "User-agent: *") -> Publisher:
    def make(url: str) -> str | None:
        if posts and "/wp-json/wp/v2/posts?" in url:
            rows = [
                {
                    "link": post(n),
                    "date_gmt": f"{DAYS[n]:%Y-%m-%dT%H:%M:%S}",
                    "title": {"rendered": f"Post {n}"},
                }
                for n in QUARTER
            ]
            return json.dumps(rows)
        page = url.rpartition("paged=")[2]
        return (
            rss(range(int(page) * 10 - 10, int(page) * 10))
            if page.isdecimal() and int(page) <= 10
            else None
        )

    feed = rss(range(10), generator="https://wordpress.org/?v=6.8")
    return Publisher({f"{SITE}/blog/feed": feed, f"{SITE}/robots.txt": robots}, make)


def test_wordpress_is_asked_for_its_posts_by_date() -> None:
    acme = wordpress()
    found = acme.reach()
    assert titles(found) == OLDER
    assert len(acme.asked) == 2  # robots.txt, and one page of posts
    assert find_gaps(found.state, START, END) == ()


@pytest.mark.parametrize("why", ["not there", "not allowed"])
def test_without_its_posts_the_pages_of_its_feed_are_read(why: str) -> None:
    acme = wordpress(
        posts=why != "not there",
        robots="User-agent: *\nDisallow: /blog/wp-json/" if why == "not allowed" else "",
    )
    assert titles(acme.reach()) == OLDER
    assert len([url for url in acme.asked if "paged=" in url]) == 5
    assert any("wp-json" in url for url in acme.asked) == (why == "not there")


# ---------------------------------------------------------------- sitemaps


def mapped(
    rows: Sequence[tuple[str, datetime | None]] | None = None, robots: str | None = None
) -> Publisher:
    """A feed without links, robots.txt, an index of two sitemaps, articles."""
    listed = rows if rows is not None else [(post(n), DAYS[n]) for n in range(100)]
    index = [
        (f"{SITE}/page-sitemap.xml", NOW),
        (f"{SITE}/post-sitemap.xml", NOW),
        (f"{SITE}/old-sitemap.xml", DAYS[99]),
    ]
    return Publisher(
        {
            f"{SITE}/blog/feed": rss(range(10)),
            f"{SITE}/robots.txt": robots if robots is not None else f"Sitemap: {SITE}/index.xml",
            f"{SITE}/index.xml": sitemap(index, "sitemapindex", "sitemap"),
            f"{SITE}/post-sitemap.xml": sitemap(listed),
            **{post(n): article(n) for n in range(100)},
        }
    )


def test_sitemaps_give_the_articles_that_are_missing() -> None:
    """Those of the feed are not asked for, nor sitemaps of other things or of other times."""
    acme = mapped()
    found = acme.reach()
    assert sorted(titles(found)) == sorted(OLDER)
    assert len(acme.asked) == 3 + len(OLDER) + 1  # /blog/feed's WordPress interface was looked for
    assert find_gaps(found.state, START, END) == ()
    again = acme.reach(found.state)
    assert (acme.asked, again.entries) == ([], ())


def test_articles_that_were_changed_later_are_dated_by_their_pages() -> None:
    """A change date is no date of publication; a page once read is never read again."""
    edited = [(post(90), NOW), *((post(n), DAYS[n]) for n in range(60))]
    acme = mapped(edited)
    found = acme.reach()
    assert {
        entry.title for entry in found.entries if entry.published and entry.published < START
    } == {"Post 90"}
    fresh = replace(found.state, spans=())
    acme.reach(fresh)
    assert not [url for url in acme.asked if "/post-" in url and not url.endswith(".xml")]


def test_what_is_archived_is_not_asked_for() -> None:
    acme = mapped()
    acme.reach(known={post(n) for n in range(20)})  # type: ignore[arg-type]
    assert not {post(n) for n in range(20)} & set(acme.asked)


def test_robots_are_respected_for_pages() -> None:
    acme = mapped(robots=f"User-agent: *\nDisallow: /blog/post-2\nSitemap: {SITE}/index.xml")
    assert not [title for title in titles(acme.reach()) if title.startswith("Post 2")]
    acme = mapped(robots="")
    acme.pages[f"{SITE}/robots.txt"] = f"User-agent: *\nDisallow: /\nSitemap: {SITE}/index.xml"
    assert acme.reach().entries == ()
    assert post(20) not in acme.asked


def test_pages_that_are_no_articles_give_nothing() -> None:
    """The home page, pages of another shape, pages without a date: none is kept, reasons are counted."""
    others = [
        (f"{SITE}/", NOW),
        (f"{SITE}/blog/", NOW),
        (f"{SITE}/about", NOW),
        (f"{SITE}/blog/undated", NOW),
        (f"{SITE}/a/b/c", NOW),
    ]
    acme = mapped([*others, ("https://other.example/blog/post-1", NOW)])
    acme.pages[f"{SITE}/blog/undated"] = "<html><title>Contact</title></html>"
    found = acme.reach()
    assert found.entries == ()
    assert (
        "1 of 1 pages in its sitemap gave no article: it says no date of publication"
        in found.problems
    )
    assert not {f"{SITE}/", f"{SITE}/about", f"{SITE}/a/b/c"} & set(acme.asked)


def test_addresses_without_dates_are_not_asked_for() -> None:
    acme = mapped([(post(n), None) for n in range(100)])
    found = acme.reach()
    assert found.entries == ()
    assert "no dates for 90 addresses" in found.problems[0]


@pytest.mark.whole
@pytest.mark.parametrize("kind", ["index in index", "wide index", "itself", "endless rows"])
def test_sitemap_bombs_cost_little(kind: str) -> None:
    def make(url: str) -> str | None:
        if "/bomb" not in url:
            return None
        if kind == "endless rows":
            return sitemap([(f"{SITE}/blog/x{n}", NOW) for n in range(2_000)])
        rows = {
            "index in index": [(url + "x", NOW)],
            "wide index": [(f"{url}{n}", NOW) for n in range(600)],
            "itself": [(url, NOW)],
        }[kind]
        return sitemap(rows, "sitemapindex", "sitemap")

    acme = Publisher(
        {f"{SITE}/blog/feed": rss(range(10)), f"{SITE}/robots.txt": f"Sitemap: {SITE}/bomb"}, make
    )
    found = acme.reach(budget=100)
    assert len(acme.asked) <= 100
    assert found.entries == ()
    assert found.problems


def test_news_sitemaps_need_no_article_pages() -> None:
    rows = "".join(
        f"<url><loc>{post(n)}</loc><n:news><n:publication_date>{DAYS[n].isoformat()}</n:publication_date>"
        f"<n:title>Post {n}</n:title></n:news></url>"
        for n in range(100)
    )
    acme = mapped()
    acme.pages[f"{SITE}/post-sitemap.xml"] = (
        f"<urlset xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'>{rows}</urlset>"
    )
    assert titles(acme.reach()) == OLDER
    assert post(20) not in acme.asked


# ---------------------------------------------------------------- no way


def test_where_there_is_no_way_that_is_said_once() -> None:
    """A few requests, one problem, and no further try for some weeks."""
    acme = Publisher({f"{SITE}/blog/feed": rss(range(10))})
    first = acme.reach()
    assert len(acme.asked) <= 3
    assert "no way to them was found" in first.problems[0]
    again = acme.reach(first.state)
    assert (acme.asked, again.problems) == ([], ())
    later = replace(first.state, tried=NOW - timedelta(days=30))
    acme.reach(later)
    assert acme.asked


def test_a_robots_file_that_cannot_be_had_allows_no_page() -> None:
    acme = mapped()
    del acme.pages[f"{SITE}/robots.txt"]
    failing = acme.answer

    def answer(want: FetchRequest) -> Retrieved | FetchError:
        return FetchError("down", kind="http-503") if want.kind == "robots" else failing(want)

    acme.answer = answer  # type: ignore[method-assign]
    assert acme.reach().entries == ()


def test_nothing_is_asked_where_nothing_is_missing() -> None:
    acme = Publisher({f"{SITE}/blog/feed": rss(range(60))})
    assert acme.reach().entries == ()
    assert acme.asked == []


ODD = [
    "", "<html>", "{", "[]", "[1]", "<rss/>", "<urlset/>", "<sitemapindex/>", "User-agent: *", "Sitemap: http://[x",
    rss(range(10, 20), linked("next", "?p=3")), rss(range(3), linked("prev-archive", "http://[")), rss([]),
    sitemap([("http://[x/2026/07/", NOW), (f"{SITE}/2026/99/99/x", NOW), (f"{SITE}/blog/x", None)]),
    sitemap([(f"{SITE}/s{n}.xml", NOW) for n in range(4)], "sitemapindex", "sitemap"), article(30),
    json.dumps([{"link": post(30), "date_gmt": "x"}] * 100), f"Sitemap: {SITE}/s.xml", "\0\x1b" * 9,
]  # fmt: skip
LINKS = [
    "",
    linked("next", "/older"),
    linked("prev-archive", "/older"),
    linked("next", "//other.example/"),
    "<a:link/>",
]


@given(
    st.lists(st.sampled_from(ODD), min_size=1, max_size=8),
    st.sampled_from(LINKS),
    st.sampled_from(["", "https://wordpress.org/"]),
    st.integers(0, 30),
)
def test_whatever_is_answered_a_plan_ends_within_its_budget(
    bodies: list[str], links: str, generator: str, budget: int
) -> None:
    """It raises nothing, asks for no page twice and for none of another host, and its state can be kept."""
    feed = f"{SITE}/blog/feed"
    acme = Publisher({feed: rss(range(10), links, generator)})
    acme.make = lambda url: bodies[len(acme.asked) % len(bodies)]
    found = acme.reach(budget=budget)
    assert len(acme.asked) == len(set(acme.asked)) <= budget
    assert all(url.startswith(SITE) for url in acme.asked)
    assert merge_spans(found.state.spans) == found.state.spans
