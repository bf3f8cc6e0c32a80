"""What the archive hands out beside items: the states of sources and pages, marks and spans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from digest.model.retrieved import Validators

PAGE_READ = "read"  # the outcome of a page whose article was found


@dataclass(frozen=True, slots=True)
class SourceState:
    """What the archive remembers of a source between runs."""

    slug: str
    url: str | None = None  # the address the validators belong to
    validators: Validators = field(default_factory=Validators)
    last_success: datetime | None = None
    failures: int = 0  # in a row
    problem: str = ""
    kind: str = ""
    moved_to: str | None = None
    not_before: datetime | None = None
    memory: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PageState:
    """What the archive remembers of an article's page.

    `outcome`: read, described (its description alone was asked for), or an error's kind.
    """

    url: str  # as Item.url
    at: datetime
    outcome: str
    tries: int = 1
    not_before: datetime | None = None
    text: str = ""  # as Item.fulltext where it was read, else as Item.description


@dataclass(frozen=True, slots=True)
class PageVersion:
    """A wording of a page that is watched."""

    at: datetime  # when it was first read
    text: str
    confirmed: bool  # two readings in a row have shown it


@dataclass(frozen=True, slots=True)
class ItemSpan:
    """The oldest and newest time of a source's items, and their number."""

    oldest: datetime
    newest: datetime
    items: int


@dataclass(frozen=True, slots=True)
class ItemMark:
    """What of an item says how its source does: no words."""

    source: str
    url: str
    published: datetime | None
    published_or_seen: datetime


@dataclass(frozen=True, slots=True)
class ArchiveChanges:
    """What `record_attempt` changed."""

    new: int
    edited: int
