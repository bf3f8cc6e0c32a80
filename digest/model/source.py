"""A configured publisher, and where the mails of a newsletter are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

# The letters of the days of a quarter, as archive and edition keep them for a source.
COVERED = "h"  # all that the source listed of that day is held
MISSING = "m"  # the feed moved on too far between two readings, and nothing filled the gap
UNKNOWN = "u"  # no reading tells
FUTURE = "."  # not yet come

Tier = Literal["vendor", "trade", "analyst", "regulator", "press", "newsletter"]
TIERS: tuple[Tier, ...] = get_args(Tier)

# What a page of a vendor that is watched says.
WatchKind = Literal["price", "terms", "status", "subprocessors"]
WATCH_KINDS: tuple[WatchKind, ...] = get_args(WatchKind)
_WATCH = "watch"  # how slugs of watched pages begin; the dots after it are in no other slug

SourceClass = Literal["release-notes", "press-room"]  # what a vendor's source holds, and all of it
SOURCE_CLASSES: tuple[SourceClass, ...] = get_args(SourceClass)


@dataclass(frozen=True, slots=True)
class ReadingRule:
    """What the team says of how a source is to be read, where its answer alone does not tell."""

    # None: a feed, of whatever kind; watch: a page whose own text is kept
    kind: Literal["page", "json", "watch"] | None = None
    select: Mapping[str, str] = field(default_factory=dict)  # of a page: part → CSS selector
    paths: Mapping[str, str] = field(default_factory=dict)  # of JSON: part → dotted path
    letters: bool | None = None  # entries are letters of stories; None: where they plainly are


FEED_RULE = ReadingRule()


@dataclass(frozen=True, slots=True)
class Source:
    """One configured publisher."""

    name: str
    slug: str  # of the name; unique in a configuration, safe in a path
    url: str | None  # of its feed; None for a newsletter that comes by mail (`mailbox` is set)
    tier: Tier = "trade"
    language: str | None = None  # BCP 47, used where neither feed nor item says
    weight: float = 1.0  # multiplies the source's part in ranking, 0 to 3
    tags: tuple[str, ...] = ()
    enabled: bool = True
    # Secrets among them are resolved from environment and files.
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    secret_headers: tuple[str, ...] = ()  # the names of those whose value is a secret
    mailbox: MailboxRule | None = None
    tls_verify: bool = True
    history: Literal["auto", "off"] = "auto"  # off: never fetch what has left the feed's window
    fulltext: bool = False  # whether its articles' own pages may be asked for
    per_day: int | None = None  # the most of its items of one day that may be told
    reading: ReadingRule = FEED_RULE
    publishes: SourceClass | None = None


@dataclass(frozen=True, slots=True)
class MailboxRule:
    """Where the mails of a newsletter are; at least one of the rules that match them is set."""

    path: str | None = None  # a folder of .eml files, a Maildir or an mbox file
    account: str | None = None  # the name of an IMAP account under digest.mailboxes
    list_id: str | None = None
    sender: str | None = None
    recipient: str | None = None
    subject: str | None = None  # a regular expression, searched
    follow_links: bool = False


def choose_tier(publishes: SourceClass | None, *, by_mail: bool = False) -> Tier:
    """Return the tier of a source whose team states none."""
    return "newsletter" if by_mail else "vendor" if publishes else "trade"


def is_source_of(source: str, vendor: str) -> bool:
    """Return whether a source is a vendor's own: its name begins with the vendor's."""
    source, vendor = source.casefold(), vendor.casefold()
    return source == vendor or source.startswith(f"{vendor} ")


def make_watch_slug(kind: WatchKind, product: str) -> str:
    """Return the slug of a page that is watched. `product` is a slug of its product's name."""
    return f"{_WATCH}.{kind}.{product}"


def find_watch_kind(slug: str) -> WatchKind | None:
    """Return what a watched page says, by its source's slug; None for every other source."""
    prefix, _, rest = slug.partition(".")
    kind = rest.partition(".")[0]
    return next((one for one in WATCH_KINDS if prefix == _WATCH and one == kind), None)
