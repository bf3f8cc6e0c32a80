"""Themes: stories of the quarter that are about one thing, titled by what they show together.

A theme tells at least three stories, and two of them in a whole sentence; a theme that has more
headlines than sentences is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from digest.edition.disputes import find_dispute
from digest.edition.forced import list_forced_changes
from digest.edition.quarter import RELEASE_EVENTS, QuarterView, Summarizer
from digest.edition.theme_titles import compose_title
from digest.model.edition import Sentence, StoryRef, Theme, ThemeFigure
from digest.model.story import Story, StoryTheme
from digest.patterns import join_alternatives
from digest.scale_words import ENGLISH_SCALES
from digest.taxonomy import CATEGORIES

MAX_THEMES = 6
MAX_TOLD = 8  # stories of a theme that are told, the best
MAX_MORE = 4  # and that the briefing does not tell
MIN_STORIES = 3
MIN_SENTENCES = 2  # of different stories
_MAX_SENTENCE = 250  # characters of one that the theme tells of a story
_DEAL_PARTIES = 2
_REPEAT_TIME = timedelta(days=4)  # in which papers of several countries tell one event
_SAME_DAY = timedelta(days=1)
_FORCED_TOPIC = "forced-change"
FigureFinder = Callable[[Sequence[Story]], tuple[ThemeFigure, ...]]

_AMOUNT = re.compile(
    rf"[$€£]\s?\d[\d.,]*(?:\s?(?:{join_alternatives(ENGLISH_SCALES)})\b)?", re.IGNORECASE
)
# A day that is told from the day of writing is another when it is read.
_RELATIVE_DAY = re.compile(
    r"^(?:today|yesterday|this (?:week|month)|in the (?:last|past))\b", re.IGNORECASE
)


def find_themes(
    quarter: QuarterView,
    find_figures: FigureFinder = lambda _: (),
    summarize: Summarizer = lambda _: (),
) -> tuple[Theme, ...]:
    """Return up to six themes, the one that weighs most first.

    A theme is one of the quarter's groups of stories of which the briefing tells at least one.
    `find_figures` returns the figures of stories that can be compared, or none; `summarize` the
    sentences of a story.
    """
    places = {story.id: place for place, story in enumerate(quarter.stories)}
    stories = {story.id: story for story in quarter.stories}
    chosen = {story.id for story in quarter.chosen}
    themes: list[Theme] = []
    standing: set[str] = set()  # the stories of the themes that were found
    for group in quarter.themes:
        members = sorted(_list_members(group, stories, quarter), key=lambda story: places[story.id])
        if not _is_forced(group):  # changes of one day are several
            telling = sorted(members, key=lambda one: (one.id not in chosen, not summarize(one)))
            # what has most to say stands for the others
            kept = {story.id for story in _drop_repeats(telling)}
            members = [story for story in members if story.id in kept]
        is_old = sum(story.id in standing for story in members) > len(members) // 2
        if is_old:  # what the theme would tell stands in those before it
            continue
        told = [story for story in members if story.id in chosen][:MAX_TOLD]
        if not told or len(members) < MIN_STORIES:
            continue
        # Of the others those that have a sentence come first.
        others = sorted(
            (story for story in members if story not in told), key=lambda one: not summarize(one)
        )[:MAX_MORE]
        summaries = {story.id: tuple(summarize(story)) for story in (*told, *others)}
        with_words = sum(bool(found) for found in summaries.values())
        if with_words >= max(MIN_SENTENCES, len(summaries) / 2):
            standing.update(story.id for story in members)
            themes.append(_build_theme(group, members, told, others, summaries, quarter))
            themes[-1] = _add_figures(themes[-1], find_figures(members))
        if len(themes) == MAX_THEMES:
            break
    return tuple(themes)


def _list_members(
    group: StoryTheme, stories: Mapping[str, Story], quarter: QuarterView
) -> list[Story]:
    """Return a theme's stories.

    Words such as "must" and "by default" only hint at a forced change: a theme of those has each
    story of its vendor's field that tells of one, and no other. What repeats a story that the
    briefing tells elsewhere gives way to it.
    """
    found = [stories[story_id] for story_id in group.stories if story_id in stories]
    if _is_forced(group):
        vendor, _, slug = group.topics[0].partition(" in ")
        field = slug if slug in CATEGORIES else ""
        theirs = (
            story
            for story in quarter.stories
            if vendor in story.tags.vendors[:1] and field in ("", story.tags.category)
        )
        return [change.story for change in list_forced_changes(theirs, quarter)]
    told = [_find_told(story, quarter) or story for story in found]
    return list({story.id: story for story in told}.values())


def _drop_repeats(members: Sequence[Story]) -> list[Story]:
    """Return stories without those that seem to tell what one before them does.

    Reports in other languages are seldom found to tell one thing; a theme that lists them counts
    one event several times.
    """
    kept: list[Story] = []
    for story in members:
        if not any(_seems_repeat(story, other) for other in kept):
            kept.append(story)
    return kept


def _seems_repeat(story: Story, other: Story) -> bool:
    """Return whether two stories seem to tell one event: of whom, what, when, in two languages.

    A deal between the same two is one, in whatever language and as long as it is told; and so is
    what two papers tell of a vendor's release within a day.
    """
    one, two = story.tags, other.tags
    releases = {one.event, two.event} <= RELEASE_EVENTS
    if not (one.vendors and two.vendors) or not (one.event == two.event or releases):
        return False
    if one.event == "acquisition":
        return len(set(one.vendors) & set(two.vendors)) >= _DEAL_PARTIES
    first, second = story.lead.item, other.lead.item
    apart = abs(first.published_or_seen - second.published_or_seen)
    if one.vendors[0] != two.vendors[0]:
        return False
    if first.language != second.language:
        return apart <= _REPEAT_TIME
    return releases and first.source_name != second.source_name and apart <= _SAME_DAY


def _is_forced(group: StoryTheme) -> bool:
    return group.topics[-1] == _FORCED_TOPIC and len(group.topics) > 1


def _find_told(story: Story, quarter: QuarterView) -> Story | None:
    """Return the story of the briefing that tells the same: of whom, what, and the same amount."""
    amounts = _list_amounts(story)
    for other in quarter.chosen:
        if other.id == story.id:
            return None
        same = other.tags.event == story.tags.event and other.tags.vendors[:1] == (
            story.tags.vendors[:1] or None
        )
        if same and amounts & _list_amounts(other):
            return other
    return None


def _list_amounts(story: Story) -> frozenset[str]:
    """Return the sums of money that headline and summary of a story name."""
    item = story.lead.item
    found = _AMOUNT.finditer(f"{item.title}\n{item.summary}")
    return frozenset(re.sub(r"\W+", "", match[0].casefold()) for match in found)


def _build_theme(
    group: StoryTheme,
    members: Sequence[Story],
    told: Sequence[Story],
    others: Sequence[Story],
    summaries: Mapping[str, Sequence[Sentence]],
    quarter: QuarterView,
) -> Theme:
    """Build a theme of `members`, best first: those that are told, and those in short."""
    refs = {story.id: quarter.make_ref(story) for story in members}
    dispute = find_dispute([*told, *others], refs, summaries)
    elsewhere = {  # a sentence that does not stand with the story already
        story.id: tuple(
            sentence
            for sentence in summaries[story.id][first:]
            if len(sentence.text) <= _MAX_SENTENCE and not _RELATIVE_DAY.match(sentence.text)
        )[:1]
        for first, found in ((1, told), (0, others))
        for story in found
        if story.id in group.stories or _is_forced(group)  # what another page tells is a line
    }
    return Theme(
        slug=make_slug(group),
        title=compose_title(group, members, told, refs, dispute, quarter),
        language="",
        stories=tuple(ref.id for ref in sorted((refs[one.id] for one in told), key=_get_time)),
        more=tuple(sorted((refs[one.id] for one in others), key=_get_time)),
        told={story_id: found for story_id, found in elsewhere.items() if found},
        dispute=dispute,
        distinct=_is_forced(group),
    )


def _add_figures(theme: Theme, figures: tuple[ThemeFigure, ...]) -> Theme:
    return replace(theme, figures=figures, unit="%") if figures else theme


def make_slug(group: StoryTheme) -> str:
    """Return the name of a theme in addresses: the same for the same topics."""
    parts = [re.sub(r"[^a-z0-9]+", "-", topic.lower()).strip("-") for topic in group.topics]
    return "-".join(part or group.stories[0] for part in parts)  # no Latin letter names no place


def _get_time(ref: StoryRef) -> tuple[object, ...]:
    return ref.published, ref.id
