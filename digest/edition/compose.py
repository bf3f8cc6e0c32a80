"""From told stories to sections and the Edition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from digest.edition.pages import Pages
from digest.model import (
    N_,
    Counts,
    CoverageRow,
    Edition,
    EditionStory,
    RankedStory,
    Reference,
    Relation,
    Section,
    Sentence,
    TaggedItem,
    Tags,
    TeamDecision,
    Thread,
    Trend,
)
from digest.period import Quarter

_P = TypeVar("_P")
_FIVE = 5
_AI_WATCH = 10  # the most stories in AI watch; the rest stand under their category
_DEALS = frozenset({"acquisition", "funding", "shutdown", "pricing", "people", "results"})
_EMPTY_NOTES = {
    "five": N_("No story of this quarter was strong enough to stand here."),
    "ai-watch": N_("No further story of this quarter has AI as its subject."),
    "categories": N_("No further launch, update or study of this quarter was strong enough to stand here."),
    "deals": N_("No acquisition, funding round, closure or price change of this quarter was found."),
    "rules": N_("No rule, court decision or standard of this quarter was found."),
}


@dataclass(frozen=True, slots=True)
class Frame:
    """What an edition says of itself."""

    quarter: Quarter
    as_of: datetime
    language: str
    title: str
    organisation: str
    version: str
    archive_fingerprint: str
    config_fingerprint: str
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """A chosen story with the words it is told in."""

    ranked: RankedStory
    title: str
    language: str
    summary: tuple[Sentence, ...]
    why_it_matters: tuple[str, ...] = ()
    relation: Relation | None = None
    ring: str | None = None
    note: str = ""  # the team's, in Markdown
    edited: tuple[str, ...] = ()
    thread: Thread | None = None
    conflicts: tuple[tuple[Sentence, Sentence], ...] = ()


@dataclass(frozen=True, slots=True)
class Team:
    """What the team said of the edition as a whole. `pinned`: stories that go first; `off`: sections that are
    switched off; `lost`: decisions that could not be carried out, in words."""

    letter: str = ""
    decisions: tuple[TeamDecision, ...] = ()
    lost: tuple[str, ...] = ()
    pinned: tuple[str, ...] = ()
    off: frozenset[str] = frozenset()

    def shown(self, name: str, page: _P | None) -> _P | None:
        """A page, or None where it is switched off."""
        return None if name in self.off else page


def compose(
    told: Sequence[Told],
    frame: Frame,
    *,
    coverage: Sequence[CoverageRow],
    counts: Counts,
    counts_before: Counts | None,
    left_out: Mapping[str, int],
    quality: Mapping[str, float],
    letters: Mapping[str, str],
    moved: Trend | None = None,
    pages: Pages | None = None,
    team: Team = Team(),
) -> Edition:
    """The edition of the stories in `told`, best first. `moved`: what grew and fell since the quarter before;
    `letters`: source slug → name, for newsletters alone; `pages`: what a stack.yaml adds; `team`: what the team said of
    the whole."""
    stories = [_story(one, letters) for one in told]
    return Edition(
        quarter=frame.quarter.name,
        start=frame.quarter.start,
        end=frame.quarter.end,
        zone=frame.quarter.zone,
        as_of=frame.as_of,
        so_far=not frame.quarter.has_ended(frame.as_of),
        sample=frame.sample,
        language=frame.language,
        title=frame.title,
        organisation=frame.organisation,
        version=frame.version,
        archive_fingerprint=frame.archive_fingerprint,
        config_fingerprint=frame.config_fingerprint,
        sections=sections(stories, team, frame.quarter.start),
        coverage=tuple(coverage),
        counts=counts,
        counts_before=counts_before,
        trend=moved,
        left_out=left_out,
        quality=quality,
        stack=team.shown("stack", pages.stack) if pages else None,
        ledger=team.shown("ledger", pages.ledger) if pages else None,
        radar=team.shown("radar", pages.radar) if pages else None,
        agenda=team.shown("agenda", pages.agenda) if pages else None,
        letter=team.letter,
        decisions=team.decisions,
        lost=team.lost,
    )


def sections(
    stories: Sequence[EditionStory], team: Team = Team(), start: datetime | None = None
) -> tuple[Section, ...]:
    """The stories, best first, laid into sections. Where the quarter in five or AI watch is switched off, its stories
    stand where they would stand without it. Stories from before `start` of the quarter came too late for the edition
    before: they stand in a section of their own, which is there only where it is needed."""
    missed = [story for story in stories if start and story.published < start]
    stories = [story for story in stories if story not in missed]
    five = first_five(stories, team.pinned) if "five" not in team.off else []
    rest = [story for story in stories if story not in five]
    places: dict[str, list[EditionStory]] = {"ai-watch": [], "categories": [], "deals": [], "rules": []}
    for story in rest:
        home = section_of(story)
        if home == "ai-watch" and ("ai-watch" in team.off or (len(places[home]) == _AI_WATCH and story.category)):
            home = "categories"
        places[home].append(story)
    told_before = {slug: tuple(story.id for story in five if section_of(story) == slug) for slug in places}
    rows = [_section("five", five, ()), *(_section(slug, found, told_before[slug]) for slug, found in places.items())]
    rows += [_section("missed", missed, ())] if missed else []
    return tuple(row for row in rows if row.slug not in team.off)


def first_five(stories: Sequence[EditionStory], pinned: Sequence[str] = ()) -> list[EditionStory]:
    """The pinned stories, and the first that do not repeat a vendor or, beyond twice, a category; five in all, filled
    up with the next best."""
    chosen = [story for story in stories if story.id in pinned][:_FIVE]
    for story in stories:
        if story in chosen:
            continue
        same_vendor = any(set(story.vendors[:1]) & set(other.vendors[:1]) for other in chosen)
        same_category = sum(other.category == story.category for other in chosen)
        if len(chosen) < _FIVE and not same_vendor and same_category < 2:
            chosen.append(story)
    spare = [story for story in stories if story not in chosen]
    chosen += spare[: max(0, _FIVE - len(chosen))]
    return sorted(chosen, key=lambda story: stories.index(story))


def section_of(story: EditionStory | Tags) -> str:
    """The section that a story belongs to by what it is."""
    if story.event == "regulation":
        return "rules"
    if story.event in _DEALS:
        return "deals"
    return "ai-watch" if story.ai == "core" else "categories"


def _section(slug: str, stories: Sequence[EditionStory], told_before: tuple[str, ...]) -> Section:
    note = "" if stories or told_before else _EMPTY_NOTES[slug]
    return Section(slug, tuple(stories), told_before, note)


def _story(told: Told, letters: Mapping[str, str]) -> EditionStory:
    story, tags = told.ranked.story, told.ranked.story.tags
    return EditionStory(
        id=story.id,
        title=told.title,
        language=told.language,
        summary=told.summary,
        why_it_matters=told.why_it_matters,
        category=tags.category,
        also=tags.also,
        ai=tags.ai,
        evidence=tags.evidence,
        points=tags.points,
        event=tags.event,
        vendors=tags.vendors,
        score=told.ranked.score,
        parts=told.ranked.parts,
        items=tuple(_reference(member, letters) for member in _lead_first(story.items, story.lead)),
        published=story.items[0].item.when,
        ring=told.ring,
        relation=told.relation,
        note=told.note,
        edited=told.edited,
        thread=told.thread,
        conflicts=told.conflicts,
    )


def _lead_first(items: Sequence[TaggedItem], lead: TaggedItem) -> list[TaggedItem]:
    return [lead, *(member for member in items if member is not lead)]


def _reference(member: TaggedItem, letters: Mapping[str, str]) -> Reference:
    item = member.item
    return Reference(
        id=item.id,
        url=item.url,
        source=item.source_name,
        title=item.title,
        published=item.published,
        via=letters.get(item.source) if item.letter else None,
    )
