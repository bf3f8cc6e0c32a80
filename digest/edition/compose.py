"""Compose the edition out of the texts of its stories and the rest of its contents."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from digest.model.edition import (
    EarlierReport,
    Edition,
    EditionFrame,
    EditionStory,
    Reference,
    Section,
    StoryWords,
    get_fields,
)
from digest.model.item import Item
from digest.model.sections import (
    FIRST_SECTION,
    LATE_SECTION,
    SECTIONS_BY_SLUG,
    STORY_SECTIONS,
    THEME_SECTION,
    Classified,
)
from digest.model.story import RankedStory, StoryThread
from digest.period import Quarter

# What a page that is switched off leaves in the edition: slug → field and its empty value.
_PAGE_FIELDS: Mapping[str, tuple[str, object]] = {
    "stack": ("stack", None),
    "ledger": ("ledger", None),
    "radar": ("radar", None),
    "agenda": ("agenda", None),
    "calendar": ("calendar", ()),
    "ai-watch": ("claims", ()),
    "register": ("register", ()),
}
_BY_PRECEDENCE = sorted(STORY_SECTIONS, key=lambda kind: kind.precedence)
_LAST_RESORT = _BY_PRECEDENCE[-1].slug  # the section of what belongs to no other


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryText(StoryWords):
    """A chosen story with the words in which it is printed."""

    ranked: RankedStory
    thread: StoryThread | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionContext(EditionFrame):
    """All that an edition is composed from, beside its stories."""

    quarter: Quarter
    newsletter_names: Mapping[str, str] = field(default_factory=dict)  # source slug → name
    pinned: tuple[str, ...] = ()  # ids of the stories that go first
    disabled_sections: frozenset[str] = frozenset()


def compose_edition(texts: Sequence[StoryText], context: EditionContext) -> Edition:
    """Compose the edition of stories that come best first."""
    quarter, off = context.quarter, context.disabled_sections
    stories = [_build_story(text, context.newsletter_names) for text in texts]
    in_themes = [story_id for theme in context.themes for story_id in theme.stories]
    return Edition(
        **(
            get_fields(context, EditionFrame)
            | {_PAGE_FIELDS[slug][0]: _PAGE_FIELDS[slug][1] for slug in off if slug in _PAGE_FIELDS}
        ),
        quarter=quarter.name,
        start=quarter.start,
        end=quarter.end,
        zone=quarter.zone,
        so_far=not quarter.has_ended(context.as_of),
        sections=arrange_sections(stories, off, context.pinned, quarter.start, in_themes),
    )


def arrange_sections(
    stories: Sequence[EditionStory],
    disabled: Collection[str] = (),
    pinned: Collection[str] = (),
    start: datetime | None = None,
    in_themes: Sequence[str] = (),
) -> tuple[Section, ...]:
    """Lay stories, best first, into sections.

    Where the quarter in five or the themes are switched off, their stories stand where they would
    stand without them. `in_themes` are the ids of the themes' stories, in the order in which they
    are told. Stories from before `start` of the quarter came too late for the edition before:
    they stand in a section of their own, which is there only where it is needed.
    """
    late = [story for story in stories if start and story.published < start]
    current = [story for story in stories if story not in late]
    first = select_first_five(current, pinned) if FIRST_SECTION not in disabled else []
    placed: dict[str, list[EditionStory]] = {kind.slug: [] for kind in STORY_SECTIONS}
    placed |= {FIRST_SECTION: first, LATE_SECTION: late}
    for story in current:
        if story in first:
            continue
        slug = choose_section(story)
        if slug == _LAST_RESORT and story.id in in_themes and THEME_SECTION not in disabled:
            slug = THEME_SECTION
        kind = SECTIONS_BY_SLUG[slug]
        is_full = len(placed[kind.slug]) == kind.capacity and story.category
        overflows = kind.overflow and (is_full or kind.slug in disabled)
        placed[kind.overflow if overflows else kind.slug].append(story)
    placed[THEME_SECTION].sort(key=lambda story: in_themes.index(story.id))
    sections = []
    for kind in STORY_SECTIONS:
        told_before = tuple(story.id for story in first if choose_section(story) == kind.slug)
        stories_here = tuple(placed[kind.slug])
        note = "" if stories_here or told_before else kind.empty_note
        if kind.slug not in disabled and (stories_here or not kind.optional):
            sections.append(Section(kind.slug, stories_here, told_before, note))
    return tuple(sections)


def select_first_five(
    stories: Sequence[EditionStory], pinned: Collection[str] = ()
) -> list[EditionStory]:
    """Return the stories of the quarter in five, best first.

    They are the pinned stories, then the first that do not repeat a vendor or, beyond twice, a
    category, filled up with the next best.
    """
    size = SECTIONS_BY_SLUG[FIRST_SECTION].capacity or 0
    chosen = [story for story in stories if story.id in pinned][:size]
    for story in stories:
        same_vendor = any(set(story.vendors[:1]) & set(other.vendors[:1]) for other in chosen)
        same_category = sum(other.category == story.category for other in chosen)
        if len(chosen) < size and story not in chosen and not same_vendor and same_category < 2:
            chosen.append(story)
    spare = [story for story in stories if story not in chosen]
    chosen += spare[: size - len(chosen)]
    return sorted(chosen, key=lambda story: stories.index(story))


def choose_section(story: Classified) -> str:
    """Return the slug of the section that a story belongs to by what it is."""
    return next(kind.slug for kind in _BY_PRECEDENCE if kind.holds and kind.holds(story))


def _build_story(text: StoryText, newsletter_names: Mapping[str, str]) -> EditionStory:
    story, tags, thread = text.ranked.story, text.ranked.story.tags, text.thread
    members = [story.lead, *(member for member in story.items if member is not story.lead)]
    items = [member.item for member in members]
    return EditionStory(
        **get_fields(text, StoryWords),
        id=story.id,
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
            Reference(
                id=item.id,
                url=item.url,
                source=item.source_name,
                title=item.title,
                published=item.published,
                via=_name_newsletter(item, newsletter_names),
            )
            for item in items
        ),
        published=story.items[0].item.published_or_seen,
        thread=EarlierReport(
            edition=thread.earlier.edition,
            story=thread.earlier.id,
            title=thread.earlier.title,
            language=thread.earlier.language,
            url=thread.earlier.url,
            news=thread.news,
            matched=thread.matched,
        )
        if thread
        else None,
    )


def _name_newsletter(item: Item, newsletter_names: Mapping[str, str]) -> str | None:
    """Return the newsletter that brought another publisher's item; its own are not "via" it."""
    name = newsletter_names.get(item.source) if item.letter else None
    return name if name != item.source_name else None
