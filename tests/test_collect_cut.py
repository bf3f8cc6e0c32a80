"""Feeds of which WordPress gives only the beginnings: their posts are asked for, once and as allowed."""

import json
from datetime import timedelta

import pytest

from digest.archive import Archive
from tests.factories.items import NOW
from tests.factories.items import source as make_source
from tests.test_collect_pages import Site, collect

FEED = "https://site.example/feed/"
POSTS = "https://site.example/wp-json/wp/v2/posts?per_page=2&_fields=id%2Cdate_gmt%2Cmodified_gmt%2Clink%2Cguid%2Ctitle%2Cexcerpt%2Ccontent"
ROBOTS = "https://site.example/robots.txt"
WHOLE = "The hub opened on Monday, and it costs nothing. Nobody had thought that it would."
SOURCE = make_source("Site", url=FEED)


def make_feed(*numbers: int, ending: str = "[&#8230;]") -> bytes:
    rows = "".join(
        f"<item><title>Part {n}</title><link>https://site.example/{n}</link><pubDate>Wed, 0{n} Jul 2026"
        f" 09:00:00 GMT</pubDate><description>The hub opened {ending}</description></item>"
        for n in numbers
    )
    head = "<link>https://site.example/</link><generator>https://wordpress.org/?v=6.5</generator>"
    return f'<rss version="2.0"><channel><title>Site</title>{head}{rows}</channel></rss>'.encode()


def make_posts(*numbers: int) -> bytes:
    rows = [
        {
            "link": f"https://site.example/{n}/",
            "title": {"rendered": f"Part {n}"},
            "excerpt": {"rendered": "The hub opened"},
            "content": {"rendered": f"<p>{WHOLE}</p>"},
            "date_gmt": f"2026-07-0{n}T09:00:00",
        }
        for n in numbers
    ]
    return json.dumps(rows).encode()


@pytest.fixture
def archive(tmp_path):
    with Archive.open(tmp_path / "archive.db") as opened:
        yield opened


def test_posts_that_a_feed_cuts_are_archived_whole(archive):
    """Once: a feed that brings nothing new asks for nothing more, and the texts stay."""
    site = Site({FEED: make_feed(1, 2), POSTS: make_posts(1, 2)})
    assert collect(archive, site, source=SOURCE).new == 2
    assert [item.text for item in archive.load_items()] == [WHOLE, WHOLE]
    again = Site({FEED: make_feed(2, 1), POSTS: make_posts(1, 2)})
    collect(archive, again, NOW + timedelta(hours=2), source=SOURCE)
    assert again.asked == [FEED]
    assert [item.text for item in archive.load_items()] == [WHOLE, WHOLE]


def test_a_feed_that_is_whole_asks_for_no_posts(archive):
    site = Site({FEED: make_feed(1, 2, ending="on Monday."), POSTS: make_posts(1, 2)})
    collect(archive, site, source=SOURCE)
    assert site.asked == [FEED]


def test_posts_that_robots_txt_forbids_are_not_asked_for(archive):
    """The feed is kept as it came, and weeks pass before the rules are looked at again."""
    pages = {FEED: make_feed(1, 2), ROBOTS: b"User-agent: *\nDisallow: /wp-json", POSTS: b"[]"}
    site = Site(pages)
    assert collect(archive, site, source=SOURCE).new == 2
    assert site.asked == [FEED, ROBOTS]
    later = Site({**pages, FEED: make_feed(3, 2)})
    collect(archive, later, NOW + timedelta(hours=2), source=SOURCE)
    assert later.asked == [FEED]
    much_later = Site({**pages, FEED: make_feed(4, 3)})
    collect(archive, much_later, NOW + timedelta(days=30), source=SOURCE)
    assert much_later.asked == [FEED, ROBOTS]
