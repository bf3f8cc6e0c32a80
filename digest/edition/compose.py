"""From told stories to sections and the Edition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from digest.edition.stack.pages import StackReport
from digest.i18n import N_
from digest.model.decisions import TeamDecision
from digest.model.edition import (
    CoverageRow,
    Edition,
    EditionStory,
    QuarterCounts,
    Reference,
    Section,
    Sentence,
    Trend,
)
from digest.model.stack import Relation
from digest.model.story import RankedStory, StoryThread
from digest.model.tags import TaggedItem, Tags
from digest.period import Quarter

_P = TypeVar("_P")
_TOP_STORIES = 5
_MAX_AI_WATCH = 10  # the most stories in AI watch; the rest stand under their category
_DEAL_EVENTS = frozenset({"acquisition", "funding", "shutdown", "pricing", "people", "results"})
_EMPTY_NOTES = {
    "five": N_("No story of this quarter was strong enough to stand here."),
    "ai-watch": N_("No further story of this quarter has AI as its subject."),
    "categories": N_(
        "No further launch, update or study of this quarter was strong enough to stand here."
    ),
    "deals": N_(
        "No acquisition, funding round, closure or price change of this quarter was found."
    ),
    "rules": N_("No rule, court decision or standard of this quarter was found."),
}


@dataclass(frozen=True, slots=True)
class EditionMetadata:
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
class StoryText:
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
    thread: StoryThread | None = None
    conflicts: tuple[tuple[Sentence, Sentence], ...] = ()


@dataclass(frozen=True, slots=True)
class TeamInput:
    """What the team said of the edition as a whole. `pinned`: stories that go first; `off`: sections that are
    switched off; `lost`: decisions that could not be carried out, in words."""

    letter: str = ""
    decisions: tuple[TeamDecision, ...] = ()
    lost: tuple[str, ...] = ()
    pinned: tuple[str, ...] = ()
    disabled_sections: frozenset[str] = frozenset()

    def page_if_enabled(self, name: str, page: _P | None) -> _P | None:
        """A page, or None where it is switched off."""
        return None if name in self.disabled_sections else page


def compose_edition(
    texts: Sequence[StoryText],
    metadata: EditionMetadata,
    *,
    coverage: Sequence[CoverageRow],
    counts: QuarterCounts,
    counts_before: QuarterCounts | None,
    left_out: Mapping[str, int],
    quality: Mapping[str, float],
    newsletter_names: Mapping[str, str],
    trend: Trend | None = None,
    stack_report: StackReport | None = None,
    team: TeamInput = TeamInput(),
) -> Edition:
    """The edition of the stories in `told`, best first. `moved`: what grew and fell since the quarter before;
    `letters`: source slug → name, for newsletters alone; `pages`: what a stack.yaml adds; `team`: what the team said of
    the whole."""
    stories = [_build_story(one, newsletter_names) for one in texts]
    return Edition(
        quarter=metadata.quarter.name,
        start=metadata.quarter.start,
        end=metadata.quarter.end,
        zone=metadata.quarter.zone,
        as_of=metadata.as_of,
        so_far=not metadata.quarter.has_ended(metadata.as_of),
        sample=metadata.sample,
        language=metadata.language,
        title=metadata.title,
        organisation=metadata.organisation,
        version=metadata.version,
        archive_fingerprint=metadata.archive_fingerprint,
        config_fingerprint=metadata.config_fingerprint,
        sections=arrange_sections(stories, team, metadata.quarter.start),
        coverage=tuple(coverage),
        counts=counts,
        counts_before=counts_before,
        trend=trend,
        left_out=left_out,
        quality=quality,
        stack=team.page_if_enabled("stack", stack_report.stack) if stack_report else None,
        ledger=team.page_if_enabled("ledger", stack_report.ledger) if stack_report else None,
        radar=team.page_if_enabled("radar", stack_report.radar) if stack_report else None,
        agenda=team.page_if_enabled("agenda", stack_report.agenda) if stack_report else None,
        letter=team.letter,
        decisions=team.decisions,
        lost=team.lost,
    )


def arrange_sections(
    stories: Sequence[EditionStory], team: TeamInput = TeamInput(), start: datetime | None = None
) -> tuple[Section, ...]:
    """The stories, best first, laid into sections. Where the quarter in five or AI watch is switched off, its stories
    stand where they would stand without it. Stories from before `start` of the quarter came too late for the edition
    before: they stand in a section of their own, which is there only where it is needed."""
    missed = [story for story in stories if start and story.published < start]
    stories = [story for story in stories if story not in missed]
    five = select_first_five(stories, team.pinned) if "five" not in team.disabled_sections else []
    rest = [story for story in stories if story not in five]
    places: dict[str, list[EditionStory]] = {
        "ai-watch": [],
        "categories": [],
        "deals": [],
        "rules": [],
    }
    for story in rest:
        home = choose_section(story)
        if home == "ai-watch" and (
            "ai-watch" in team.disabled_sections
            or (len(places[home]) == _MAX_AI_WATCH and story.category)
        ):
            home = "categories"
        places[home].append(story)
    told_before = {
        slug: tuple(story.id for story in five if choose_section(story) == slug) for slug in places
    }
    rows = [
        _build_section("five", five, ()),
        *(_build_section(slug, found, told_before[slug]) for slug, found in places.items()),
    ]
    rows += [_build_section("missed", missed, ())] if missed else []
    return tuple(row for row in rows if row.slug not in team.disabled_sections)


def select_first_five(
    stories: Sequence[EditionStory], pinned: Sequence[str] = ()
) -> list[EditionStory]:
    """The pinned stories, and the first that do not repeat a vendor or, beyond twice, a category; five in all, filled
    up with the next best."""
    chosen = [story for story in stories if story.id in pinned][:_TOP_STORIES]
    for story in stories:
        if story in chosen:
            continue
        same_vendor = any(set(story.vendors[:1]) & set(other.vendors[:1]) for other in chosen)
        same_category = sum(other.category == story.category for other in chosen)
        if len(chosen) < _TOP_STORIES and not same_vendor and same_category < 2:
            chosen.append(story)
    spare = [story for story in stories if story not in chosen]
    chosen += spare[: max(0, _TOP_STORIES - len(chosen))]
    return sorted(chosen, key=lambda story: stories.index(story))


def choose_section(story: EditionStory | Tags) -> str:
    """The section that a story belongs to by what it is."""
    if story.event == "regulation":
        return "rules"
    if story.event in _DEAL_EVENTS:
        return "deals"
    return "ai-watch" if story.ai == "core" else "categories"


def _build_section(
    slug: str, stories: Sequence[EditionStory], told_before: tuple[str, ...]
) -> Section:
    note = "" if stories or told_before else _EMPTY_NOTES[slug]
    return Section(slug, tuple(stories), told_before, note)


def _build_story(text: StoryText, newsletter_names: Mapping[str, str]) -> EditionStory:
    story, tags = text.ranked.story, text.ranked.story.tags
    return EditionStory(
        id=story.id,
        title=text.title,
        language=text.language,
        summary=text.summary,
        why_it_matters=text.why_it_matters,
        category=tags.category,
        also=tags.also,
        ai=tags.ai,
        evidence=tags.evidence,
        points=tags.points,
        event=tags.event,
        vendors=tags.vendors,
        score=text.ranked.score,
        parts=text.ranked.parts,
        items=tuple(
            _build_reference(member, newsletter_names)
            for member in _order_lead_first(story.items, story.lead)
        ),
        published=story.items[0].item.published_or_seen,
        ring=text.ring,
        relation=text.relation,
        note=text.note,
        edited=text.edited,
        thread=text.thread,
        conflicts=text.conflicts,
    )


def _order_lead_first(items: Sequence[TaggedItem], lead: TaggedItem) -> list[TaggedItem]:
    return [lead, *(member for member in items if member is not lead)]


def _build_reference(member: TaggedItem, newsletter_names: Mapping[str, str]) -> Reference:
    item = member.item
    return Reference(
        id=item.id,
        url=item.url,
        source=item.source_name,
        title=item.title,
        published=item.published,
        via=newsletter_names.get(item.source) if item.letter else None,
    )
