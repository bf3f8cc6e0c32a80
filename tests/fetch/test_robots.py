"""What robots.txt allows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.fetch.read.robots import MAX_CRAWL_DELAY, parse_robots
from tests.factories import hostile

URL = "https://acme.example/robots.txt"


def allows(text: str, path: str) -> bool:
    return parse_robots(text.encode(), URL, "martech-digest").allows_url(
        f"https://acme.example{path}"
    )


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /a", "/ab", False),
        ("User-agent: *\nDisallow: /a", "/b", True),
        ("User-agent: *\nDisallow: /\nAllow: /blog/", "/blog/1", True),
        ("User-agent: *\nAllow: /a\nDisallow: /a", "/a", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf?z", True),
        ("User-agent: *\nDisallow: /*?s=", "/x?s=1", False),
        ("User-agent: *\nDisallow: /a$", "/a", False),
        ("User-agent: *\nDisallow: /a$", "/ab", True),
        ("User-agent: *\nDisallow: /caf%C3%A9", "/caf\u00e9", False),
        ("User-agent: *\nDisallow: /\nUser-agent: Martech-Digest\nDisallow: /x", "/a", True),
        ("User-agent: other\nUser-agent: martech-digest\nDisallow: /a", "/a", False),
        ("User-agent: other\nDisallow: /", "/a", True),
        ("# nothing\nuser-agent : *   # all\n  DISALLOW : /a  # this", "/a", False),
        ("User-agent: *\nDisallow: /search?", "/search?", False),
        ("User-agent: *\nDisallow: /search?", "/search?q=1", False),
        ("User-agent: *\nDisallow: /search?", "/search", True),
        ("User-agent: *\nDisallow: /a?u=%2Fb", "/a?u=%2fb", False),
        ("User-agent: *\nDisallow: /a?u=%2Fb", "/a?u=/b", True),
        ("User-agent: *\nDisallow: /a%3cb", "/a<b", False),
        ("User-agent: *\nDisallow: /%7Ejoe", "/~joe/a", False),
        ("User-agent: *\nDisallow: /x/abc%24", "/x/abc$d", False),
        ("User-agent: *\nDisallow: /x/abc%24", "/x/abc", True),
        ("User-agent: *\nDisallow: /x/a%2A", "/x/a*b", False),
        ("User-agent: *\nDisallow: /x$/a", "/x$/ab", False),
        ("User-agent: *\nDisallow: /\nAllow: /search?q=%23", "/search?q=%23a", True),
        ("User-agent: martech-digest/1.0\nDisallow: /a", "/a", False),
        ("User-agent: martech\nDisallow: /a", "/a", True),
        ("User-agent: martech-digest-2\nDisallow: /a", "/a", True),
        ("User-agent: other\nCrawl-delay: 5\nUser-agent: *\nDisallow: /a", "/a", False),
        ("User-agent: martech-digest\nNoindex: /b\nUser-agent: *\nDisallow: /a", "/a", False),
        ("User-agent: *\nDisallow:\nUser-agent: other\nDisallow: /a", "/a", True),
        ("User-agent *\nDisalow /a", "/a", False),
        ("Disallow: /a", "/a", True),
        ("User-agent: *\nCrawl-delay: 5\nDisallow: /a", "/a", False),
    ],
)
def test_rules(text: str, path: str, allowed: bool) -> None:
    assert allows(text, path) is allowed


@pytest.mark.parametrize(
    ("text", "stated", "pause"),
    [
        ("User-agent: *\nCrawl-delay: 5", 5.0, 5.0),
        ("User-agent: *\nCrawl-delay: 0.5\nDisallow: /a", 0.5, 0.5),
        ("User-agent: *\nCrawl-delay: 3600", 3600.0, MAX_CRAWL_DELAY),
        ("User-agent: *\nCrawl-delay: 5\nUser-agent: martech-digest\nDisallow: /a\n", 5.0, 5.0),
        (
            "User-agent: *\nDisallow: /b\nCrawl-delay: 5\nUser-agent: martech-digest\nDisallow:",
            None,
            0.0,
        ),
        ("User-agent: *\nCrawl-delay: -5", None, 0.0),
        ("User-agent: *\nCrawl-delay: inf", None, 0.0),
        ("User-agent: *\nCrawl-delay: soon", None, 0.0),
        ("Crawl-delay: 5", None, 0.0),
    ],
)
def test_the_pause_that_a_host_asks_for(text: str, stated: float | None, pause: float) -> None:
    """Up to a bound, so that one file cannot hold up a run."""
    rules = parse_robots(text.encode(), URL, "martech-digest")
    assert (rules.crawl_delay, rules.pause) == (stated, pause)


def test_sitemaps_are_named_for_all() -> None:
    text = b"Sitemap: /a.xml\nUser-agent: x\nSitemap: https://acme.example/b.xml\nDisallow: /\nSitemap: javascript:1"
    assert parse_robots(text, URL, "y").sitemaps == (
        "https://acme.example/a.xml",
        "https://acme.example/b.xml",
    )


def test_a_pattern_of_many_stars_is_answered() -> None:
    """One that tries every place of every star again would not be done before the sun is cold."""
    assert allows(*hostile.ROBOTS)
    assert allows("User-agent: *\nDisallow: /" + "*a" * 30 + "c", "/" + "a" * 400 + "b")


@given(st.binary(max_size=200), st.text(max_size=30))
def test_any_bytes_are_rules(body: bytes, path: str) -> None:
    parse_robots(b"User-agent: *\n" + body, URL, "x").allows_url("https://acme.example/" + path)
