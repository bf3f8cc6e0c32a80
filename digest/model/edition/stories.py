"""What is printed of a story."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import Field, PlainSerializer

from digest.model.sections import StorySectionSlug
from digest.model.sentence import Sentence
from digest.model.stack import Relation
from digest.model.story import Act
from digest.model.tags import Ai, ClaimPoint, Event, Evidence


def format_utc(when: datetime) -> str:
    """Format a time as ISO 8601 in UTC, with `Z`."""
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")


Time = Annotated[
    datetime,
    PlainSerializer(format_utc, when_used="json"),
    Field(json_schema_extra={"type": "string", "format": "date-time", "pattern": "Z$"}),
]
OPTIONAL = Field(exclude_if=lambda value: not value)  # left out of the data where it is empty


@dataclass(frozen=True, slots=True)
class Reference:
    """One report of a story."""

    id: str  # item id
    url: str
    source: str  # the publisher's name
    title: str
    published: Time | None
    via: str | None = None  # the newsletter's name, where a letter brought it


@dataclass(frozen=True, slots=True)
class EarlierReport:
    """The story of an earlier edition that a story carries on."""

    edition: str  # the quarter that told it
    story: str  # its id there
    title: str
    language: str
    url: str
    news: tuple[str, ...]  # what is new since, each a TranslatableText
    matched: tuple[str, ...]  # what both share
    told: bool = True  # in full there; False where it was one line of the register
    act: Act | None = None  # what happened to the product then …
    due: date | None = None  # … and when it was to come
    now: Act | None = None  # what happened to it now


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryWords:
    """What is written about a story: the sources' words, or the team's where `edited` says so."""

    title: str
    language: str  # of title and summary
    summary: tuple[Sentence, ...]
    why_it_matters: tuple[str, ...] = ()  # facts of the team's files, each a TranslatableText
    ring: str | None = None
    relation: Relation | None = None  # None where the company has no stack.yaml
    note: str = ""  # the team's, in Markdown
    edited: tuple[str, ...] = ()
    written: Annotated[tuple[str, ...], OPTIONAL] = ()  # which of these a language model wrote
    conflicts: tuple[tuple[Sentence, Sentence], ...] = ()  # where sources give different figures


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionStory(StoryWords):
    """A story as it is printed. A label that is not sure is None."""

    id: Annotated[str, Field(min_length=1)]
    category: str | None
    also: tuple[str, ...]
    ai: Ai | None
    evidence: Evidence | None
    points: tuple[ClaimPoint, ...]  # what answers the test of an AI claim
    event: Event | None
    vendors: tuple[str, ...]
    score: float
    parts: Mapping[str, float]  # what adds up to the score
    items: tuple[Reference, ...]  # the reports, the lead first
    published: Time
    thread: EarlierReport | None = None
    reach: Annotated[Sentence | None, OPTIONAL] = None  # says for whom a change holds

    @property
    def told(self) -> datetime:
        """Return when the report was published whose headline and source are printed."""
        lead = next(iter(self.items), None)
        return lead.published if lead and lead.published else self.published


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the briefing. Every story stands in one section only.

    `told_before` names the stories of the quarter in five that belong here too; `note` says why a
    section is empty. `briefs` are stories that the briefing does not tell in full and that stand
    here with one sentence: new products, and news of what the company runs.
    """

    slug: StorySectionSlug
    stories: tuple[EditionStory, ...]
    told_before: tuple[str, ...] = ()
    note: str = ""
    briefs: tuple[EditionStory, ...] = ()


@dataclass(frozen=True, slots=True)
class StoryRef:
    """A story that a page about the stack points to, whether or not the briefing tells it."""

    id: str
    title: str
    language: str
    url: str
    source: str
    published: Time
    event: Event | None
    evidence: Evidence | None = None
