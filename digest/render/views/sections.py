"""The sections of stories: what a section says of itself, and how its stories are grouped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from digest.model.edition import EditionStory, Section
from digest.model.sections import FIRST_SECTION, SECTIONS_BY_SLUG, THEME_SECTION
from digest.model.tags import EVENTS as EVENT_SLUGS
from digest.model.tags import Event
from digest.render.views.categories import (
    CategoriesView,
    build_categories,
    list_stories_without_theme,
)
from digest.render.views.context import StoryLimits, ViewContext
from digest.render.views.story import StoryView, build_story
from digest.render.views.themes import ThemeView, build_theme
from digest.render.words import EVENTS, SECTIONS
from digest.text import list_stems

_FIGURE = re.compile(r"\d[\d.,]*\d%?|\d%")
_YEAR = re.compile(r"20\d\d")
_OWN_WEIGHT = 0.2  # of the words of a sentence: so much more may repeat the headline
_STUDY_WEIGHT = 1.0  # of a study, whose headline rarely says what it found
_SHORTEST = 4  # letters of a word that says something
# Of deals: what changes most for whoever runs a product comes first.
_DEAL_ORDER: tuple[Event, ...] = (
    "acquisition",
    "shutdown",
    "incident",
    "pricing",
    "funding",
    "people",
    "results",
)
_GROUP_KEYS: Mapping[str, Callable[[EditionStory], str]] = {
    "": lambda _: "",
    "event": lambda story: story.event or "",
    "theme": lambda _: "",
}


@dataclass(frozen=True, slots=True)
class StoryGroup:
    """Stories under one heading. One group without a name is a section without headings."""

    slug: str
    name: str
    means: str  # explains the name
    stories: tuple[StoryView, ...]
    theme: ThemeView | None = None  # where they are a theme: what else it holds


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section of the briefing; but for its name, all of it may be empty."""

    slug: str
    name: str
    groups: tuple[StoryGroup, ...] = ()
    also: tuple[StoryView, ...] = ()  # told before, in the quarter in five
    note: str = ""
    more: str = ""  # how many stories stand in the register only; "" where all are here
    grouping: str = ""
    by_category: CategoriesView | None = None  # in place of groups

    @property
    def stories(self) -> tuple[StoryView, ...]:
        """The stories of all groups."""
        if self.by_category:
            categories = self.by_category.categories
            return tuple(entry.story for one in categories for entry in one.entries)
        return tuple(story for group in self.groups for story in group.stories)


def build_section(section: Section, context: ViewContext) -> SectionView:
    """Build the view of a section with the stories that the medium prints."""
    words, options, slug = context.words, context.options, section.slug
    if SECTIONS_BY_SLUG[slug].grouping == "category":
        return SectionView(
            slug=slug,
            name=words.translate_label(SECTIONS, slug),
            note=words.translate(section.note) if section.note else "",
            grouping="category",
            by_category=build_categories(section, context),
        )
    kept = options.kept.get(slug) if options.kept is not None else None
    stories = [story for story in section.stories if kept is None or story.id in kept]
    first = {story.id: story for story in context.first_stories}
    also = [first[story_id] for story_id in section.told_before if story_id in first]
    dropped = len(section.stories) - len(stories)
    grouping = SECTIONS_BY_SLUG[slug].grouping
    return SectionView(
        slug=slug,
        name=words.translate_label(SECTIONS, slug),
        groups=_build_groups(slug, grouping, stories, context),
        also=tuple(build_story(story, options.limits, context) for story in also),
        note=words.translate(section.note) if section.note else "",
        more=words.translate_plural(
            "%(n)s more story of this section stands in the register, and in full in the HTML "
            "edition.",
            "%(n)s more stories of this section stand in the register, and in full in the HTML "
            "edition.",
            dropped,
        )
        if dropped and slug != THEME_SECTION  # there they stand in one line each
        else "",
        grouping=grouping,
    )


def sort_by_count(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return the pairs of a table of counts, the largest first."""
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _measure_repetition(story: EditionStory) -> float:
    """Return which part of the long words of a story's first sentence its headline has, 0 to 1.

    It is 0 where the sentence gives a figure that the headline lacks.
    """
    said = story.summary[0].text if story.summary else ""
    figures = {one for one in _FIGURE.findall(said) if not _YEAR.fullmatch(one)}
    if figures - set(_FIGURE.findall(story.title)):
        return 0.0
    title, words = (list_stems(text, _SHORTEST, _SHORTEST + 2) for text in (story.title, said))
    return len(title & words) / max(1, len(words)) if words else 1.0


def _is_of_product(story: EditionStory) -> bool:
    return story.relation is not None and story.relation.kind == "product"


def list_summarized(stories: Sequence[EditionStory], limits: StoryLimits) -> list[EditionStory]:
    """Return the stories of page one whose sentences it has room for.

    They are studies, then those that say most beside their headline, a little rather of our own
    products.
    """
    if not limits.sentences:
        return []

    def weigh(story: EditionStory) -> float:
        weight = _STUDY_WEIGHT if story.event == "research" else 0.0
        weight += _OWN_WEIGHT if _is_of_product(story) else 0.0
        return _measure_repetition(story) - weight

    return sorted(stories, key=weigh)[: limits.summaries]


def _build_groups(
    slug: str, grouping: str, stories: Sequence[EditionStory], context: ViewContext
) -> tuple[StoryGroup, ...]:
    """Group stories by event, or not at all."""
    words, limits = context.words, context.options.limits
    if slug == FIRST_SECTION:
        first_limits = context.options.first_limits
        bare = replace(first_limits, sentences=0)
        told = list_summarized(stories, first_limits)
        views = [
            build_story(story, first_limits if story in told else bare, context, n)
            for n, story in enumerate(stories, 1)
        ]
        return (StoryGroup(slug, "", "", tuple(views)),) if views else ()
    if slug == THEME_SECTION:
        return tuple(_build_theme_groups(stories, context))
    grouped: dict[str, list[EditionStory]] = {}
    for story in stories:
        grouped.setdefault(_GROUP_KEYS[grouping](story), []).append(story)
    order = [*_DEAL_ORDER, *EVENT_SLUGS, ""]
    keys = sorted(grouped, key=order.index) if grouping == "event" else list(grouped)
    groups = []
    for key in keys:
        members, name, means = grouped[key], "", ""
        if grouping == "event":
            name = words.translate_label(EVENTS, key)
        views = [build_story(story, limits, context) for story in members]
        groups.append(StoryGroup(f"{slug}-{key or 'other'}", name, means, tuple(views)))
    return tuple(groups)


def _build_theme_groups(
    stories: Sequence[EditionStory], context: ViewContext
) -> Iterator[StoryGroup]:
    """Yield a group for each theme, and one for stories that no theme holds.

    A story is told in the first theme that holds it; one whose themes the medium has no room for
    stands in its category.
    """
    quoted: set[str] = set()
    moved = {story.id for story in list_stories_without_theme(context)}
    left = {story.id: story for story in stories if story.id not in moved}
    for theme in context.edition.themes[: context.options.themes]:
        here = [left.pop(story_id) for story_id in theme.stories if story_id in left]
        view = build_theme(theme, here, context, quoted)
        quoted.update(entry.id for entry in view.entries)
        yield StoryGroup(f"theme-{theme.slug}", view.title, "", view.stories, view)
    if left:
        others = tuple(
            build_story(story, context.options.limits, context) for story in left.values()
        )
        yield StoryGroup("themes-other", "", "", others)
