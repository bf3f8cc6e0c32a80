"""Accounts, releases, searches and podcasts: by what their hosts offer openly."""

import json

import pytest

from digest.fetch.read.feeds import parse_feed
from digest.fetch.read.registry import guess_source_urls

RELEASES = "https://api.github.com/repos/acme/tagkit/releases"
SEARCH = "https://hn.algolia.com/api/v1/search_by_date?tags=story&query=cdp"

GUESSES = {
    "https://www.youtube.com/channel/UC12_a-b/videos": (
        "https://www.youtube.com/feeds/videos.xml?channel_id=UC12_a-b"
    ),
    "https://www.youtube.com/playlist?list=PL9": (
        "https://www.youtube.com/feeds/videos.xml?playlist_id=PL9"
    ),
    "https://social.example/@acme": "https://social.example/@acme.rss",
    "https://bsky.app/profile/acme.example": "https://bsky.app/profile/acme.example/rss",
    "https://www.reddit.com/r/marketing/": "https://www.reddit.com/r/marketing/.rss",
    "https://github.com/acme/tagkit/tree/main": "https://github.com/acme/tagkit/releases.atom",
    "https://hn.algolia.com/?q=customer+data": (
        "https://hn.algolia.com/api/v1/search_by_date?tags=story&query=customer%20data"
    ),
    "https://news.ycombinator.com/newest": "https://hnrss.org/newest",
}


@pytest.mark.parametrize("page", GUESSES)
def test_the_feed_of_an_account_is_known_by_its_page(page: str) -> None:
    assert guess_source_urls(page) == [GUESSES[page]]


def test_a_page_of_any_site_has_no_guess() -> None:
    assert guess_source_urls("https://acme.example/news") == []


def test_releases_are_read_from_the_interface() -> None:
    rows = [
        {
            "html_url": "https://github.com/acme/tagkit/releases/tag/v2.1.0",
            "tag_name": "v2.1.0",
            "name": "v2.1.0",
            "body": "## Changes\r\n* Consent is asked **once**, see [the guide](https://a.example)",
            "published_at": "2026-07-06T09:00:00Z",
            "author": {"login": "mira"},
        },
        {"html_url": "https://github.com/x", "name": "unseen", "draft": True},
        {
            "html_url": "https://github.com/acme/tagkit/releases/tag/v2.0.0",
            "name": "The summer release",
            "published_at": "2026-06-01T09:00:00Z",
        },
    ]
    headers = {"link": f'<{RELEASES}?page=2>; rel="next", <{RELEASES}?page=9>; rel="last"'}
    feed = parse_feed(json.dumps(rows).encode(), "application/json", RELEASES, headers)
    assert [entry.title for entry in feed.entries] == ["tagkit v2.1.0", "The summer release"]
    assert feed.entries[0].text == "Changes\nConsent is asked once, see the guide"
    assert feed.entries[0].authors == ("mira",)
    assert feed.links["next"] == f"{RELEASES}?page=2"


def test_a_search_of_hacker_news_is_read_and_its_pages_are_counted() -> None:
    hits = [
        {
            "objectID": "41",
            "title": "A consent log in SQLite",
            "url": "https://a.example/log",
            "created_at": "2026-07-06T09:00:00Z",
        },
        {
            "objectID": "42",
            "title": "Ask HN: Which CDP?",
            "story_text": "<p>We are ten people.",
            "created_at": "2026-07-05T09:00:00Z",
        },
    ]
    body = json.dumps({"hits": hits, "page": 0, "nbPages": 3, "query": "cdp"}).encode()
    feed = parse_feed(body, "application/json", SEARCH)
    assert [entry.link for entry in feed.entries] == [
        "https://a.example/log",
        "https://news.ycombinator.com/item?id=42",
    ]
    assert feed.entries[1].summary == "We are ten people."
    assert feed.links["next"] == f"{SEARCH}&page=1"
    last = json.dumps({"hits": hits, "page": 2, "nbPages": 3}).encode()
    assert "next" not in parse_feed(last, "", f"{SEARCH}&page=2").links


def test_a_podcast_gives_its_show_notes_and_without_a_page_its_recording() -> None:
    body = (
        '<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Shelf talk'
        '</title><item><title>On consent</title><guid isPermaLink="false">e1</guid>'
        '<enclosure url="https://cdn.example/1.mp3" type="audio/mpeg" length="1"/>'
        "<itunes:summary>Half an hour with a lawyer.</itunes:summary>"
        "<content:encoded>&lt;p&gt;Notes: three cases, one rule.&lt;/p&gt;</content:encoded>"
        "<pubDate>Wed, 01 Jul 2026 09:00:00 GMT</pubDate></item></channel></rss>"
    )
    [episode] = parse_feed(body.encode(), "", "https://shelf.example/feed").entries
    assert episode.link == "https://cdn.example/1.mp3"
    assert episode.summary == "Half an hour with a lawyer."
    assert episode.text == "Notes: three cases, one rule."


def test_a_video_has_the_description_that_its_channel_gave() -> None:
    body = (
        '<feed xmlns:media="http://search.yahoo.com/mrss/" xmlns="http://www.w3.org/2005/Atom">'
        "<title>Acme</title><entry><id>yt:video:a</id><title>A tour of journeys</title>"
        '<link rel="alternate" href="https://www.youtube.com/watch?v=a"/>'
        "<published>2026-07-01T10:00:00+00:00</published><media:group>"
        "<media:description>Four minutes, no slides.</media:description></media:group></entry></feed>"
    )
    [video] = parse_feed(body.encode(), "", GUESSES[next(iter(GUESSES))]).entries
    assert (video.link, video.summary) == (
        "https://www.youtube.com/watch?v=a",
        "Four minutes, no slides.",
    )
