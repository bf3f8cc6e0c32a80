"""The kinds of sources that have an address, in the order in which their readers are asked.

Collecting, backfill and discovery ask the readers listed here and know no kind by name. Newsletters
come by mail and have no address to ask; `digest.fetch.mail` reads them.

To add a kind, such as the releases of a GitHub repository:

1. Write a module beside this one with a subclass of `reader.SourceReader`: `accepts` recognises an
   answer (by its address or its first characters), `parse` returns a `ParsedFeed`. State the next
   older document as `links["next"]`; backfill follows it. `fields` cleans HTML and text, `dates`
   reads dates. `accepts` is also asked for older documents, whose addresses may differ. Put the
   full body into `text` and an excerpt into `summary`.
2. Put an instance into `READERS`, before the readers that would take the same answer.
3. Override `list_history_ways` where older entries are reached in another way than by links (it is
   asked for every source: look at the address first), and `guess_urls` where `digest sources add`
   should find such sources from a page's address.

The kind of a source is recognised in its answer, so sources.yaml names none; only web pages and
JSON of any make, which are told by nothing in it, are named there (`FeedContent.rule`).
"""

from __future__ import annotations

from collections.abc import Iterator

from digest.errors import ParseError
from digest.fetch.read.json_feed import JsonFeedReader
from digest.fetch.read.json_paths import JsonPathReader
from digest.fetch.read.json_services import GitHubReleasesReader, HackerNewsReader
from digest.fetch.read.page_list import ListPageReader
from digest.fetch.read.reader import (
    FeedContent,
    FeedWindow,
    HistoryWay,
    PagedHistory,
    SourceReader,
)
from digest.fetch.read.watched_page import WatchedPageReader
from digest.fetch.read.wordpress import WordPressReader
from digest.fetch.read.xml_feed import XmlFeedReader
from digest.model.retrieved import ParsedFeed

READERS: tuple[SourceReader, ...] = (
    ListPageReader(),
    WatchedPageReader(),
    JsonPathReader(),
    GitHubReleasesReader(),
    HackerNewsReader(),
    WordPressReader(),
    JsonFeedReader(),
    XmlFeedReader(),
)


def read_content(content: FeedContent) -> ParsedFeed:
    """Return the feed in an answer, by the first reader that accepts it. Raise ParseError."""
    for reader in READERS:
        if reader.accepts(content):
            return reader.parse(content)
    raise ParseError("no reader knows it", kind="not-a-feed")


def list_history_ways(window: FeedWindow) -> Iterator[HistoryWay]:
    """Yield the ways to entries that have left a feed: its links first, then its readers' ways."""
    links = window.document.links
    rel = next((rel for rel in ("prev-archive", "next") if rel in links), "")
    if rel:  # RFC 5005, JSON Feed's next_url, Blogger
        yield PagedHistory(
            name="chain",
            link=rel,
            first_url=links[rel],
            find_next=lambda _, older: older.links.get(rel, ""),
            permanent=rel == "prev-archive",
        )
    for reader in READERS:
        yield from reader.list_history_ways(window)


def guess_source_urls(page_url: str) -> list[str]:
    """Return where the site of a page may have sources, as far as its address tells."""
    return [url for reader in READERS for url in reader.guess_urls(page_url)]
