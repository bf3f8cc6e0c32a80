"""What a reader of one kind of source does, and the types it shares with those who ask it.

`registry` lists the readers and says how to add one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from digest.model.retrieved import FeedEntry, ParsedFeed, Retrieved
from digest.model.source import FEED_RULE, ReadingRule


@dataclass(frozen=True, slots=True)
class FeedContent:
    """An answer as readers see it: unpacked, decoded, without leading white space."""

    text: str
    url: str  # the address that answered
    headers: Mapping[str, str] = field(default_factory=dict)  # lower-case names
    rule: ReadingRule = FEED_RULE


@dataclass(frozen=True, slots=True)
class FeedWindow:
    """A feed as just read, with the answer that brought it."""

    document: ParsedFeed
    url: str  # the address that answered
    headers: Mapping[str, str]  # lower-case names
    at: datetime


@dataclass(frozen=True, slots=True)
class PagedHistory:
    """Older documents of a source, read one after the other from newer to older."""

    name: str  # kept in the archive as the way that worked: chain, paged
    link: str  # what messages call the link to an older document: next, prev-archive, paged
    first_url: str  # of the first older document
    find_next: Callable[
        [str, ParsedFeed], str
    ]  # from an address and its document; "" after the last
    permanent: bool = False  # whether these documents never change
    ends_with_404: bool = False  # whether an address after the last document answers 404


@dataclass(frozen=True, slots=True)
class DatedHistory:
    """An interface that gives entries by date, the newest first, in pages counted from 1."""

    name: str  # kept in the archive as the way that worked: posts
    endpoint: str  # the address that robots.txt has to allow
    build_url: Callable[[datetime, datetime, int], str]  # from start, end and page
    # the entries of an answer, and whether that page is the last; raises ParseError
    parse_page: Callable[[Retrieved, int], tuple[tuple[FeedEntry, ...], bool]]


HistoryWay = PagedHistory | DatedHistory


class SourceReader(Protocol):
    """Reads one kind of source. Pure: a reader says what to ask for and never asks.

    Readers subclass this protocol, and so need no method for what their kind does not have.
    """

    kind: str  # unique among the readers

    def accepts(self, content: FeedContent) -> bool:
        """Return whether an answer looks like this kind: here, whether its source says so.

        Cheap; `parse` may still refuse it.
        """
        return content.rule.kind == self.kind

    def parse(self, content: FeedContent) -> ParsedFeed:
        """Return the feed in an answer. Raise ParseError where it holds none.

        `links["next"]` of the feed names the next older document, which backfill then follows.
        """
        ...

    def list_history_ways(
        self,
        window: FeedWindow,  # noqa: ARG002 - for those that have ways
    ) -> Sequence[HistoryWay]:
        """Return the ways to older entries that a feed just read offers, besides its links."""
        return ()

    def guess_urls(self, page_url: str) -> Sequence[str]:  # noqa: ARG002 (a default)
        """Return where the site of a page may have a source of this kind, for `sources add`."""
        return ()
