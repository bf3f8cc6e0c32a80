"""What a publisher answered, and the feed that was parsed out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to ask it later what has changed, byte for byte."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Retrieved:
    """One answer from a publisher."""

    source: str  # Source.slug
    url: str  # the address that answered, after redirects
    requested: str  # the address that was asked
    status: int
    body: bytes  # without transfer and content encoding; empty where unchanged
    content_type: str
    validators: Validators
    retrieved: datetime
    headers: Mapping[str, str] = field(default_factory=dict)  # lower-case names
    moved_to: str | None = None  # where permanent redirects (301, 308) led, when they led elsewhere
    problems: tuple[
        str, ...
    ] = ()  # in words: an answer that broke off is kept as far as it was read

    @property
    def not_modified(self) -> bool:
        """Whether the server said 304."""
        return self.status == 304


@dataclass(frozen=True, slots=True)
class EntryPart:
    """One of several events that an entry tells: a part of a round-up or of a letter's issue."""

    title: str
    summary: str  # its own first words; "" where only its title is told
    text: str  # all of it; "" where the summary is
    link: str  # absolute; "" where the part stands on the entry's own page alone


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry of a feed, or one story of a newsletter, read and cleaned, not yet archived."""

    link: str  # absolute, as published but for entities and whitespace; "" where it has none
    title: str  # plain text
    summary: str  # plain text; "" where it has none
    text: str  # plain text of the full content; "" where the feed has none
    published: datetime | None
    updated: datetime | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None  # as stated by item or feed
    guid: str | None = None
    letter: str | None = None  # the issue that it is of: its Message-ID, or address in a feed
    position: int = 0  # place in its document, from 0
    sponsored: bool = False
    parts: tuple[EntryPart, ...] = ()  # where it surely tells of several events


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A parsed feed: its entries, and what was wrong with it in words for the run's report."""

    entries: tuple[FeedEntry, ...]
    title: str = ""
    home: str | None = None
    language: str | None = None
    problems: tuple[str, ...] = ()
    # rel (next, prev-archive, self, hub …) → absolute address
    links: Mapping[str, str] = field(default_factory=dict)
    ttl_minutes: int | None = None
    generator: str = ""
    is_page: bool = False  # read off a web page, which robots.txt may keep us from
