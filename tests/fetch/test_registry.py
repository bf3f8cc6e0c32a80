"""The registry of readers: a kind that is listed there reaches collecting, backfill and discovery."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from digest.fetch.backfill.discovery import discover_feeds
from digest.fetch.read import registry
from digest.fetch.read.dates import parse_date
from digest.fetch.read.feeds import parse_feed
from digest.fetch.read.reader import (
    DatedHistory,
    FeedContent,
    FeedWindow,
    PagedHistory,
    SourceReader,
)
from digest.model.retrieved import FeedEntry, ParsedFeed, Retrieved, Validators

NOW = datetime(2026, 8, 1, tzinfo=UTC)
RELEASES = "https://api.example/repos/acme/tool/releases"
POSTS = "https://acme.example/wp-json/wp/v2/posts"


class ReleasesReader(SourceReader):
    """A kind as someone might add it: releases as a JSON list, further ones by a header."""

    kind = "releases"

    def accepts(self, content: FeedContent) -> bool:
        return content.text.startswith("[") and "/releases" in content.url

    def parse(self, content: FeedContent) -> ParsedFeed:
        rows = json.loads(content.text)
        entries = tuple(
            FeedEntry(row["html_url"], row["name"], "", "", parse_date(row["published_at"]))
            for row in rows
        )
        return ParsedFeed(entries, links={"next": content.headers["x-next"]})

    def guess_urls(self, page_url: str) -> list[str]:
        return [RELEASES] if "/acme/tool" in page_url else []


@pytest.fixture
def _with_releases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "READERS", (ReleasesReader(), *registry.READERS))


BODY = json.dumps(
    [{"html_url": "https://a.example/1", "name": "v1", "published_at": "2026-07-06T09:00:00Z"}]
).encode()


def answer(url: str, body: bytes) -> Retrieved:
    headers = {"x-next": RELEASES + "?page=2"}
    return Retrieved("", url, url, 200, body, "", Validators(), NOW, headers)


def test_the_kinds_are_told_apart_by_name() -> None:
    kinds = [reader.kind for reader in registry.READERS]
    assert len(set(kinds)) == len(kinds)


@pytest.mark.usefixtures("_with_releases")
def test_a_new_kind_is_read_and_its_older_pages_are_followed() -> None:
    document = parse_feed(BODY, "application/json", RELEASES, {"x-next": RELEASES + "?page=2"})
    assert [entry.title for entry in document.entries] == ["v1"]
    [way] = registry.list_history_ways(FeedWindow(document, RELEASES, {}, NOW))
    assert isinstance(way, PagedHistory)
    assert (way.name, way.first_url) == ("chain", RELEASES + "?page=2")


@pytest.mark.usefixtures("_with_releases")
def test_a_new_kind_is_offered_by_discovery() -> None:
    search = discover_feeds("https://code.example/acme/tool")
    asked = next(search)
    asked = search.send(answer(asked, b"<!doctype html><html><body>Tool</body></html>"))
    assert asked == RELEASES
    with pytest.raises(StopIteration) as end:
        search.send(answer(asked, BODY))
    assert end.value.value.feeds[0].url == RELEASES


def test_wordpress_posts_are_a_source_too() -> None:
    """With the posts by date as the way to older ones."""
    row = {
        "link": "https://acme.example/1",
        "title": {"rendered": "One"},
        "date_gmt": "2026-07-06T09:00:00",
    }
    document = parse_feed(json.dumps([row]).encode(), "application/json", POSTS + "?per_page=5")
    assert [(entry.title, entry.published) for entry in document.entries] == [
        ("One", datetime(2026, 7, 6, 9, tzinfo=UTC))
    ]
    [way] = registry.list_history_ways(FeedWindow(document, POSTS, {}, NOW))
    assert isinstance(way, DatedHistory)
    assert way.endpoint == POSTS


def test_a_wordpress_feed_has_two_ways_to_older_posts() -> None:
    document = ParsedFeed((), home="https://acme.example/", generator="https://wordpress.org/?v=6")
    window = FeedWindow(document, "https://acme.example/feed/", {}, NOW)
    ways: Iterator[object] = registry.list_history_ways(window)
    assert [type(way) for way in ways] == [DatedHistory, PagedHistory]
