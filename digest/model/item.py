"""An archived item."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from digest.model.source import Tier
from digest.urls import strip_tracking


@dataclass(frozen=True, slots=True)
class Item:
    """One archived item."""

    id: str  # of source and canonical URL: the same in every run and on every machine
    url: str  # canonical
    link: str  # as published
    title: str
    source: str  # Source.slug
    source_name: str
    tier: Tier
    published: datetime | None
    first_seen: datetime
    language: str
    summary: str = ""  # a paragraph, heading or item of a list a line; so is text
    text: str = ""
    authors: tuple[str, ...] = ()
    letter: str | None = None  # as FeedEntry.letter
    sponsored: bool = False
    fulltext: str = ""  # of its own page, where the team allows to fetch it; never judged by
    description: str = ""  # the publisher's, from that page; for sentences alone
    # what the team's model made of the words (`digest.vectors`); empty where there is none
    vector: bytes = field(default=b"", repr=False)

    @property
    def address(self) -> str:
        """Where its page is, to print: as published, without trackers."""
        return strip_tracking(self.link) or self.url

    @property
    def dated_by(self) -> Literal["publisher", "first_seen"]:
        """Who dates the item: its publisher, or the moment it was first seen."""
        return "publisher" if self.published else "first_seen"

    @property
    def published_or_seen(self) -> datetime:
        """The time that decides the item's quarter."""
        return self.published or self.first_seen
