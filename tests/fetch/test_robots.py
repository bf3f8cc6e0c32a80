"""What robots.txt allows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.fetch.read.robots import parse_robots
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
        ("Disallow: /a", "/a", True),
        ("User-agent: *\nCrawl-delay: 5\nDisallow: /a", "/a", False),
    ],
)
def test_rules(text: str, path: str, allowed: bool) -> None:
    assert allows(text, path) is allowed


def test_sitemaps_are_named_for_all() -> None:
    text = b"Sitemap: /a.xml\nUser-agent: x\nSitemap: https://acme.example/b.xml\nDisallow: /\nSitemap: javascript:1"
    assert parse_robots(text, URL, "y").sitemaps == (
        "https://acme.example/a.xml",
        "https://acme.example/b.xml",
    )


def test_a_pattern_of_many_stars_is_answered() -> None:
    """One that tries every place of every star again would not be done before the sun is cold."""
    assert allows(*hostile.ROBOTS)


@given(st.binary(max_size=200), st.text(max_size=30))
def test_any_bytes_are_rules(body: bytes, path: str) -> None:
    parse_robots(b"User-agent: *\n" + body, URL, "x").allows_url("https://acme.example/" + path)
