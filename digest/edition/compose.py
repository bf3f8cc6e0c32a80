"""Compose the edition out of the texts of its stories and the rest of its contents."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from digest.edition.acts import read_act
from digest.edition.reach import find_reach
from digest.i18n import TranslatableText
from digest.model.edition import (
    EarlierReport,
    Edition,
    EditionFrame,
    EditionStory,
    Reference,
    RuleEntry,
    Section,
    StoryWords,
    Theme,
    get_fields,
)
from digest.model.item import Item
from digest.model.sections import (
    BRIEF_SECTION,
    FIRST_SECTION,
    LATE_SECTION,
    SECTIONS_BY_PRECEDENCE,
    SECTIONS_BY_SLUG,
    STORY_SECTIONS,
    THEME_SECTION,
    choose_section,
)
from digest.model.story import RankedStory, StoryThread
from digest.model.tags import Tags
from digest.period import Quarter
from digest.text import clean_text

# What a page that is switched off leaves in the edition: slug → field and its empty value.
_PAGE_FIELDS: Mapping[str, tuple[str, object]] = {
    "stack": ("stack", None),
    "ledger": ("ledger", None),
    "radar": ("radar", None),
    "agenda": ("agenda", None),
    "calendar": ("calendar", ()),
    "ai-watch": ("claims", ()),
    "register": ("register", ()),
    "rules": ("rules", ()),
    "deals": ("deals", ()),
}
# What page one gives beside the score: half of what a middling story there has, or less.
_CONSEQUENCE = 0.75
_OWN_PRODUCT = 0.5  # news of a product that the company runs, without a consequence
_SERVES_GOAL = 0.25  # news of a category that a goal counts on
_FOREIGN = -0.5  # told in another language than the edition's
_LESSER_EVENTS = ("people", "results")
_LAST_RESORT = SECTIONS_BY_PRECEDENCE[-1].slug  # the section of what belongs to no other


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
    briefs: tuple[StoryText, ...] = ()  # told in a sentence alone, best first


def compose_edition(texts: Sequence[StoryText], context: EditionContext) -> Edition:
    """Compose the edition of stories that come best first."""
    quarter, off = context.quarter, context.disabled_sections
    stories, briefs = (
        [
            _place_doubtful(_build_story(text, context.newsletter_names), text.ranked.story.tags)
            for text in some
        ]
        for some in (texts, context.briefs)
    )
    sections = arrange_sections(
        stories, off, context.pinned, quarter.start, context.themes, context.rules, context.language
    )
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
        sections=hide_unsure_labels(
            _add_briefs(sections, briefs),
            {
                text.ranked.story.id: text.ranked.story.tags.unsure
                for text in (*texts, *context.briefs)
            },
        ),
    )


def arrange_sections(
    stories: Sequence[EditionStory],
    disabled: Collection[str] = (),
    pinned: Collection[str] = (),
    start: datetime | None = None,
    themes: Sequence[Theme] = (),
    rules: Sequence[RuleEntry] = (),
    language: str = "",
) -> tuple[Section, ...]:
    """Lay stories, best first, into sections.

    The stories of a section that is switched off stand where they would stand without it. Where
    there are themes, they have their section, which points to what stands elsewhere. Stories from
    before `start` of the quarter came too late for the edition before:
    they stand in a section of their own, which is there only where it is needed.
    """
    late = [story for story in stories if start and story.published < start]
    current = [story for story in stories if story not in late]
    in_themes = list(dict.fromkeys(story_id for theme in themes for story_id in theme.stories))
    # The stories of a distinct theme repeat nothing, whatever other theme they stand in.
    distinct = {story_id for theme in themes if theme.distinct for story_id in theme.stories}
    theme_of = {  # a story that stands in several is of the first
        story_id: theme.slug
        for theme in reversed(themes)
        for story_id in theme.stories
        if story_id not in distinct
    }
    # So are the reports of one rule, which stands in one row.
    theme_of |= {
        story_id: rule.story.id
        for rule in rules
        if rule.also
        for story_id in (rule.story.id, *(ref.id for ref in rule.also))
    }
    first = []
    if FIRST_SECTION not in disabled:
        first = select_first_five(current, pinned, theme_of, language)
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
        points_elsewhere = kind.slug == THEME_SECTION and bool(in_themes)
        is_filled = stories_here or told_before or points_elsewhere
        note = "" if is_filled else TranslatableText(kind.empty_note)
        is_wanted = stories_here or points_elsewhere or not kind.optional
        if kind.slug not in disabled and is_wanted:
            sections.append(Section(kind.slug, stories_here, told_before, note))
    return tuple(sections)


def hide_unsure_labels(
    sections: Sequence[Section], unsure: Mapping[str, Collection[str]]
) -> tuple[Section, ...]:
    """Return the sections without the labels that are wrong too often to be printed.

    A story stands where its likeliest event puts it, but is not called so.
    """

    def hide(story: EditionStory) -> EditionStory:
        hidden = unsure.get(story.id, ())
        return replace(
            story,
            event=None if "event" in hidden else story.event,
            category=None if "category" in hidden else story.category,
            also=() if "category" in hidden else story.also,
            ai=None if "ai" in hidden else story.ai,
            evidence=None if "evidence" in hidden else story.evidence,
        )

    return tuple(
        replace(
            section,
            stories=tuple(map(hide, section.stories)),
            briefs=tuple(map(hide, section.briefs)),
        )
        for section in sections
    )


def _add_briefs(sections: Sequence[Section], briefs: Sequence[EditionStory]) -> tuple[Section, ...]:
    """Return the sections, that by category with the stories told in a sentence alone."""
    return tuple(
        replace(section, briefs=tuple(briefs), note="" if briefs else section.note)
        if section.slug == BRIEF_SECTION
        else section
        for section in sections
    )


def select_first_five(
    stories: Sequence[EditionStory],
    pinned: Collection[str] = (),
    theme_of: Mapping[str, str] = MappingProxyType({}),
    language: str = "",
) -> list[EditionStory]:
    """Return the stories of the quarter in five, best first.

    They are the pinned stories, then the best of each theme, filled up with the next best. A vendor
    that made the quarter may stand there several times. What has a consequence for the company
    goes before what ranks a little higher without one, then news of its own products and of what a
    goal counts on; last a rule that asks nothing. What is told in another `language` than the
    edition's ("": any) ranks lower.
    """
    size = SECTIONS_BY_SLUG[FIRST_SECTION].capacity or 0
    first = [story for story in stories if story.id in pinned][:size]
    chosen = list(first)
    has_own = any(story.why_it_matters for story in stories)

    stories = sorted(  # stable
        stories, key=lambda story: -_weigh_for_front(story, language, has_own=has_own)
    )
    for story in stories:
        theme = theme_of.get(story.id)
        repeats = theme and any(theme_of.get(other.id) == theme for other in chosen)
        if len(chosen) < size and story not in chosen and not repeats:
            chosen.append(story)
    spare = [story for story in stories if story not in chosen]
    chosen += spare[: size - len(chosen)]
    rest = [story for story in stories if story in chosen and story not in first]
    return [*first, *rest]


def _weigh_for_front(story: EditionStory, language: str, *, has_own: bool) -> float:
    """Return how much a reader needs a story on page one, on the scale of scores.

    `has_own`: stories of the edition have consequences for the company.
    """
    kind = story.relation.kind if story.relation else None
    weight = story.score
    if story.why_it_matters:
        weight += _CONSEQUENCE
    elif kind == "product":
        weight += _OWN_PRODUCT
    elif has_own and story.event == "regulation":
        weight -= _CONSEQUENCE
    elif story.relation and story.relation.goal:
        weight += _SERVES_GOAL
    if language and story.language.partition("-")[0] != language.partition("-")[0]:
        weight += _FOREIGN
    return weight


def _build_story(text: StoryText, newsletter_names: Mapping[str, str]) -> EditionStory:
    story, tags, thread = text.ranked.story, text.ranked.story.tags, text.thread
    members = [story.lead, *(member for member in story.items if member is not story.lead)]
    items = [member.item for member in members]
    items.sort(key=lambda item: text.title not in clean_text(item.title))  # whose headline it is
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
                url=item.address,
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
            told=thread.earlier.told,
            act=thread.earlier.act,
            due=thread.earlier.due,
            now=read_act(story),
        )
        if thread
        else None,
        reach=None
        if "summary" in text.edited  # the team says what it wants said
        else find_reach(story, [sentence.text for sentence in text.summary]),
    )


def _place_doubtful(story: EditionStory, tags: Tags) -> EditionStory:
    """Return a story that may be about people or results as news of its category.

    What may be a deal, an end or a rule stands with them all the same: nobody should miss it.
    """
    is_doubtful = story.event in _LESSER_EVENTS and not tags.is_certain("event")
    return replace(story, event="other") if is_doubtful else story


def _name_newsletter(item: Item, newsletter_names: Mapping[str, str]) -> str | None:
    """Return the newsletter that brought another publisher's item; its own are not "via" it."""
    name = newsletter_names.get(item.source) if item.letter else None
    return name if name != item.source_name else None
