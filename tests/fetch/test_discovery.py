"""From a site's address to its feeds."""

from datetime import UTC, datetime

import pytest

from digest.errors import FetchError
from digest.fetch.backfill.discovery import DiscoveryResult, discover_feeds
from digest.model.retrieved import Retrieved, Validators

SITE = "https://acme.example"
FEED = "<rss><channel><title>Acme</title><item><title>One</title><link>/1</link></item></channel></rss>"
EMPTY = "<rss><channel><title>Comments</title></channel></rss>"


def find(
    pages: dict[str, str], url: str = f"{SITE}/", **headers: str
) -> tuple[DiscoveryResult, list[str]]:
    """What is found at a site of these pages, and what was asked for."""
    asked: list[str] = []
    search = discover_feeds(url)
    try:
        wanted = next(search)
        while True:
            asked.append(wanted)
            text = pages.get(wanted)
            answer: Retrieved | FetchError = FetchError(f"{wanted} answers 404", kind="http-404")
            if text is not None:
                now = datetime(2026, 8, 1, tzinfo=UTC)
                answer = Retrieved(
                    "", wanted, wanted, 200, text.encode(), "text/html", Validators(), now, headers
                )
            wanted = search.send(answer)
    except StopIteration as end:
        return end.value, asked


def page(head: str = "", body: str = "") -> str:
    return f"<!doctype html><html><head><title>Acme</title>{head}</head><body>{body}</body></html>"


def link(href: str, kind: str = "application/rss+xml") -> str:
    return f'<link rel="alternate" type="{kind}" href="{href}">'


@pytest.mark.parametrize(
    ("pages", "expected", "most"),
    [
        ({"/": page(link("/blog/feed")), "/blog/feed": FEED}, "/blog/feed", 2),
        ({"/": page(link("atom", "application/atom+xml")), "/atom": FEED}, "/atom", 2),
        ({"/": page(link("/c", "application/feed+json")), "/c": FEED}, "/c", 2),
        ({"/": page(link("/comments/feed") + link("/feed")), "/feed": FEED, "/comments/feed": FEED}, "/feed", 3),
        ({"/": page(link("/empty") + link("/feed")), "/feed": FEED, "/empty": EMPTY}, "/feed", 3),
        ({"/": page(link("/gone")), "/feed/": FEED}, "/feed/", 4),
        ({"/": page("", '<a href="/n/rss.xml">RSS</a><a href="/feedback">x</a>'), "/n/rss.xml": FEED}, "/n/rss.xml", 2),
        ({"/": page("", '<a href="https://other.example/feed">x</a>'), "/rss.xml": FEED}, "/rss.xml", 4),
        ({"/": page('<meta name="generator" content="Ghost 5.8">'), "/rss/": FEED}, "/rss/", 2),
        ({"/": page('<meta name="generator" content="Hugo 0.1">'), "/index.xml": FEED}, "/index.xml", 2),
        ({"/": FEED}, "/", 1),
    ],
    ids=["announced", "relative", "JSON Feed", "comments last", "empty last", "announced and gone", "linked",
         "linked elsewhere", "Ghost", "Hugo", "a feed itself"],
)  # fmt: skip
def test_a_feed_is_found_by_the_surest_hint(
    pages: dict[str, str], expected: str, most: int
) -> None:
    found, asked = find({SITE + path: text for path, text in pages.items()})
    assert found.feeds[0].url == SITE + expected
    assert found.feeds[0].document.title == "Acme"
    assert len(asked) <= most
    assert not any("other.example" in url for url in asked)


def test_a_header_announces_too() -> None:
    found, _ = find(
        {f"{SITE}/": page(), f"{SITE}/x": FEED},
        link='</x>; rel="alternate"; type="application/rss+xml"',
    )
    assert found.feeds[0].how == "announced by the page"


def test_feeds_of_a_part_of_the_site_come_first() -> None:
    pages = {
        f"{SITE}/blog": page(link("/feed") + link("/blog/feed")),
        f"{SITE}/feed": FEED,
        f"{SITE}/blog/feed": FEED,
    }
    found, _ = find(pages, f"{SITE}/blog")
    assert [feed.url for feed in found.feeds] == [f"{SITE}/blog/feed", f"{SITE}/feed"]


def test_a_site_without_a_feed_is_told_at_a_bounded_cost() -> None:
    found, asked = find({f"{SITE}/": page("", '<a href="/feed">x</a>' * 500)})
    assert found.feeds == ()
    assert "no feed is announced" in found.problems[0]
    assert len(asked) <= 20


def test_a_page_that_cannot_be_had_is_told() -> None:
    found, asked = find({})
    assert found == DiscoveryResult((), (f"{SITE}/ answers 404",))
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("url", "guess"),
    [
        (
            "https://www.youtube.com/channel/UC123",
            "https://www.youtube.com/feeds/videos.xml?channel_id=UC123",
        ),
        ("https://github.com/acme/tool", "https://github.com/acme/tool/releases.atom"),
        ("https://medium.com/@acme", "https://medium.com/feed/@acme"),
        ("https://acme.blogspot.com/", "https://acme.blogspot.com/feeds/posts/default"),
    ],
)
def test_big_sites_keep_their_feeds_where_they_are_known_to(url: str, guess: str) -> None:
    found, asked = find({url: page(), guess: FEED}, url)
    assert found.feeds[0].url == guess
    assert len(asked) == 2


LIST = page(
    body="".join(
        f"<h3><a href='/n/{n}'>Consent records move to one place, part {n}</a></h3>"
        f"<p>{n} July 2026</p>"
        for n in range(1, 6)
    )
)


def test_a_page_without_a_feed_is_offered_as_a_list() -> None:
    found, asked = find({f"{SITE}/news": LIST}, f"{SITE}/news")
    assert [(feed.url, feed.kind) for feed in found.feeds] == [(f"{SITE}/news", "page")]
    assert found.feeds[0].how == "no feed; its page lists 5 entries, 5 of them with a date"
    assert asked[-1] == f"{SITE}/robots.txt"


def test_a_page_with_a_feed_is_never_offered_as_a_list() -> None:
    found, _ = find({f"{SITE}/news": LIST, f"{SITE}/feed/": FEED}, f"{SITE}/news")
    assert [(feed.url, feed.kind) for feed in found.feeds] == [(f"{SITE}/feed/", None)]


def test_a_list_that_robots_txt_forbids_is_not_offered() -> None:
    pages = {f"{SITE}/news": LIST, f"{SITE}/robots.txt": "User-agent: *\nDisallow: /news"}
    found, _ = find(pages, f"{SITE}/news")
    assert found.feeds == ()
    assert "robots.txt" in found.problems[0]


def test_the_features_of_a_product_are_no_list() -> None:
    features = "".join(
        f"<h3>Activate your customers everywhere {n}</h3><p>Words.</p><a href='/f/{n}'>Learn more</a>"
        for n in range(6)
    )
    found, _ = find({f"{SITE}/product": page(body=features)}, f"{SITE}/product")
    assert found.feeds == ()
