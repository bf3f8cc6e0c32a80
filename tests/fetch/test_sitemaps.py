"""Sitemaps, and WordPress's posts: what lists older items."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import ParseError
from digest.fetch.read.sitemaps import Sitemap, SitemapRow, may_list_articles, parse_sitemap
from digest.fetch.read.wordpress import (
    build_paged_url,
    build_posts_url,
    find_posts_endpoint,
    parse_posts,
)
from digest.model.retrieved import ParsedFeed

URL = "https://acme.example/sitemap.xml"
DAY = datetime(2026, 7, 6, tzinfo=UTC)
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
SET = f"<urlset {NS}><url><loc> /1 </loc><lastmod>2026-07-06</lastmod></url><url><loc>https://acme.example/2</loc></url></urlset>"


@pytest.mark.parametrize(
    "body", [SET.encode(), gzip.compress(SET.encode()), b"\n " + SET.encode(), SET[:-9].encode()]
)
def test_a_sitemap_packed_or_cut_short(body: bytes) -> None:
    assert parse_sitemap(body, URL) == Sitemap(
        False, (SitemapRow("https://acme.example/1", DAY), SitemapRow("https://acme.example/2"))
    )


def test_a_sitemap_reads_no_file(tmp_path: Path) -> None:
    """Its entities stand for nothing."""
    secret = tmp_path / "secret"
    secret.write_text("https://acme.example/s3cret")
    doctype = f'<!DOCTYPE x [<!ENTITY s SYSTEM "{secret.as_uri()}">]>'
    body = f"{doctype}<urlset {NS}><url><loc>&s;</loc></url><url><loc>/2</loc></url></urlset>"
    assert "s3cret" not in str(parse_sitemap(body.encode(), URL))


def test_an_index_and_a_news_sitemap() -> None:
    index = f"<sitemapindex {NS}><sitemap><loc>https://acme.example/a.xml</loc></sitemap></sitemapindex>"
    assert parse_sitemap(index.encode(), URL) == Sitemap(
        True, (SitemapRow("https://acme.example/a.xml"),)
    )
    news = f"""<urlset {NS} xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>/1</loc><n:news><n:publication>
      <n:name>Acme</n:name><n:language>en</n:language></n:publication><n:publication_date>2026-07-06</n:publication_date>
      <n:title>A &amp;amp; B</n:title></n:news></url></urlset>"""
    (row,) = parse_sitemap(news.encode(), URL).rows
    assert row == SitemapRow("https://acme.example/1", None, "A & B", DAY, "en")


@pytest.mark.parametrize("body", [b"", b"<html></html>", b"<rss/>", b"{}", b"\x1f\x8bnonsense"])
def test_what_is_no_sitemap_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        parse_sitemap(body, URL)


@pytest.mark.parametrize(
    "loc", ["", "http://[x/2026/07/", "javascript:alert(1)", "mailto:a@acme.example", "http://"]
)
def test_rows_without_a_web_address_are_left_out(loc: str) -> None:
    assert (
        parse_sitemap(f"<urlset {NS}><url><loc>{loc}</loc></url></urlset>".encode(), URL).rows == ()
    )


def test_entities_of_a_sitemap_are_not_expanded() -> None:
    bomb = f"<!DOCTYPE x [<!ENTITY a 'https://acme.example/x'>]><urlset {NS}><url><loc>&a;</loc></url></urlset>"
    assert parse_sitemap(bomb.encode(), URL).rows == ()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/post-sitemap3.xml", True), ("/sitemap.xml", True), ("/news-sitemap.xml", True), ("/sitemap-blog.xml", True),
        ("/wp-sitemap-posts-post-1.xml", True), ("/page-sitemap.xml", False), ("/category-sitemap.xml", False),
        ("/wp-sitemap-users-1.xml", False), ("/wp-sitemap-posts-page-1.xml", False), ("/product-sitemap.xml", False),
        ("/sitemap-tags.xml", False), ("/author-sitemap.xml", False),
    ],
)  # fmt: skip
def test_sitemaps_of_no_articles_are_known_by_their_names(url: str, expected: bool) -> None:
    assert may_list_articles("https://acme.example" + url) is expected


@given(st.binary(max_size=200))
def test_any_bytes_are_a_sitemap_or_an_error(body: bytes) -> None:
    for start in (b"", f"<urlset {NS}>".encode()):
        try:
            parse_sitemap(start + body, URL)
        except ParseError:
            continue


# ---------------------------------------------------------------- WordPress


BLOG_POSTS = "https://acme.example/blog/wp-json/wp/v2/posts"
API_LINK = '<https://acme.example/api/>; rel="https://api.w.org/"'


@pytest.mark.parametrize(
    ("feed", "link", "generator", "expected"),
    [
        ("https://acme.example/blog/feed/", "", "https://wordpress.org/?v=6", BLOG_POSTS),
        ("https://acme.example/blog/feed", API_LINK, "", "https://acme.example/api/wp/v2/posts"),
        ("https://acme.example/blog/?feed=rss2", "", "https://wordpress.org/?v=6", BLOG_POSTS),
        ("https://acme.example/blog/category/x/feed/", "", "https://wordpress.org/?v=6", ""),
        ("https://acme.example/blog/rss.xml", "", "", ""),
    ],
)  # fmt: skip
def test_where_posts_can_be_asked_for(feed: str, link: str, generator: str, expected: str) -> None:
    """Only for the main feed: the interface knows nothing of a category's."""
    document = ParsedFeed((), home="https://acme.example/blog/", generator=generator)
    assert find_posts_endpoint(document, {"link": link}, feed) == expected


def test_addresses_of_older_pages() -> None:
    assert (
        build_paged_url("https://acme.example/feed?a=1&paged=2", 3)
        == "https://acme.example/feed?a=1&paged=3"
    )
    url = build_posts_url("https://acme.example/wp-json/wp/v2/posts", DAY, DAY, 2)
    assert (
        "after=2026-07-05T00%3A00%3A00Z&before=2026-07-07T00%3A00%3A00Z&per_page=100&page=2" in url
    )


def test_posts() -> None:
    row = {
        "link": "/1", "date_gmt": "2026-07-06T00:00:00", "title": {"rendered": "A &#8211; B"},
        "guid": {"rendered": "g"}, "excerpt": {"rendered": "<p>In brief</p>"},
        "content": {"rendered": "<p>At length</p>"},
    }  # fmt: skip
    first, second = parse_posts(
        json.dumps([row, {"title": 5}, 7]).encode(), "https://acme.example/wp-json", "it"
    )
    assert (first.title, first.summary, first.text, first.link) == (
        "A – B",
        "In brief",
        "At length",
        "https://acme.example/1",
    )
    assert (first.published, first.language, first.guid) == (DAY, "it", "g")
    assert (second.title, second.published) == ("", None)


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"code": "rest_no_route"}', b"[" * 100_000])
def test_what_holds_no_posts_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        parse_posts(body, "https://acme.example/", None)


def test_half_a_letter_costs_itself_alone():
    """The parser takes it, and Python does not."""
    body = b"<urlset><url><loc>https://acme.example/a&#xD800;b</loc></url></urlset>"
    (row,) = parse_sitemap(body, "https://acme.example/sitemap.xml").rows
    assert row.url == "https://acme.example/a%20b"
