"""What a publisher answered, and the feed that was parsed out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave us to ask "changed since?" with, byte for byte."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Retrieved:
    """One answer from a publisher. `body` is decoded from its transfer and content encoding; empty where unchanged."""

    source: str  # Source.slug
    url: str  # the address that answered, after redirects
    requested: str  # the address that was asked
    status: int
    body: bytes
    content_type: str
    validators: Validators
    retrieved: datetime
    headers: Mapping[str, str] = field(default_factory=dict)  # lower-case names
    moved_to: str | None = (
        None  # where permanent redirects alone led (301, 308), when they led elsewhere
    )
    problems: tuple[str, ...] = ()  # in words: an answer that broke off is kept as far as it came

    @property
    def not_modified(self) -> bool:
        """Whether the server said 304."""
        return self.status == 304


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry of a feed, or one story of a newsletter, read and cleaned, not yet archived."""

    link: str  # absolute, as published (entities and whitespace mended); "" where it has none
    title: str  # plain text
    summary: str  # plain text; "" where it has none
    text: str  # plain text of the full content; "" where the feed has none
    published: datetime | None
    updated: datetime | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None  # as stated by item or feed
    guid: str | None = None
    letter: str | None = None  # Message-ID of the newsletter issue
    position: int = 0  # place in its document, from 0
    sponsored: bool = False


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A parsed feed: its entries, and what was wrong with it in words for the run's report."""

    entries: tuple[FeedEntry, ...]
    title: str = ""
    home: str | None = None
    language: str | None = None
    problems: tuple[str, ...] = ()
    links: Mapping[str, str] = field(
        default_factory=dict
    )  # rel → absolute address: next, prev-archive, self, hub …
    ttl_minutes: int | None = None
    generator: str = ""
