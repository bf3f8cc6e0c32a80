"""Themes: stories of the quarter that are about one thing, titled by what one of them found."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence

from digest.edition.quarter import QuarterView
from digest.model.edition import StoryRef, Theme, ThemeFigure
from digest.model.story import Story, StoryTheme

MAX_THEMES = 6
MAX_TOLD = 8  # stories of a theme that are told, the best
MAX_MORE = 4  # and that stand in one line
_MAX_TITLE = 110  # characters; a longer headline reads as a sentence, not as a title
FigureFinder = Callable[[Sequence[Story]], tuple[ThemeFigure, ...]]

# What makes a headline a finding: a figure, a verb of what happened or was found. What a headline
# only asks, promises or counts is none.
_FIGURE = re.compile(
    r"\d+(?:[.,]\d+)*\s?%|[$€£]\s?\d|\b\d+ (?:in|of|out of) \d+|\b\d+(?:\.\d+)?x\b"
)
_FINDING = re.compile(
    r"\b(?:says?|shows?|finds?|found|rules?|requires?|must|bans?|ends?|adds?|opens?|closes?|cuts?"
    r"|raises?|drops?|falls?|grows?|rises?|drives?|driving|becom(?:es|ing)|replac(?:es|ing)|moves?"
    r"|clears?|buys?|acquires?|charges?|costs?|brings?|comes?|leaves?|loses?|lost|makes?|takes?"
    r"|gets?|puts?|joins?|launch(?:es|ed)|starts?|begins?|can|could|may|will|has|have|is|are"
    r"|isn['’]t|aren['’]t|tied to)\b",
    re.IGNORECASE,
)
_LIST = re.compile(r",.*(?:,| (?:and|&) )", re.IGNORECASE)  # several findings are none
_NO_FINDING = re.compile(
    r"\?|^(?:why|how|what|when|where|who|inside|introducing|announcing|meet|celebrating|guide)\b"
    r"|^\d+ (?:ways|things|tips|reasons|steps)\b|\b(?:you|your)\b|: use this\b",
    re.IGNORECASE,
)


def find_themes(
    quarter: QuarterView, find_figures: FigureFinder = lambda _: ()
) -> tuple[Theme, ...]:
    """Return up to six themes, the one that weighs most first.

    A theme is one of the quarter's groups of stories of which the briefing tells at least one.
    `find_figures` returns the figures of stories that can be compared, or none.
    """
    places = {story.id: place for place, story in enumerate(quarter.stories)}
    stories = {story.id: story for story in quarter.stories}
    chosen = {story.id for story in quarter.chosen}
    themes: list[Theme] = []
    for group in quarter.themes:
        members = sorted(
            (stories[story_id] for story_id in group.stories if story_id in stories),
            key=lambda story: places[story.id],
        )
        told = [story for story in members if story.id in chosen][:MAX_TOLD]
        if told:
            used = {theme.title for theme in themes}
            themes.append(_build_theme(group, members, told, used, quarter, find_figures))
    return tuple(themes[:MAX_THEMES])


def _build_theme(
    group: StoryTheme,
    members: Sequence[Story],
    told: Sequence[Story],
    used: Collection[str],
    quarter: QuarterView,
    find_figures: FigureFinder,
) -> Theme:
    """Build a theme of stories, best first; `used` are the titles of the themes before it."""
    references = {story.id: quarter.make_ref(story) for story in members}
    candidates = [references[story.id] for story in told]
    others = [references[story.id] for story in members if story not in told]
    title = _choose_title(
        [ref for ref in candidates if ref.title not in used] or candidates,
        [ref for ref in others if ref.title not in used],
    )
    others.sort(key=lambda ref: ref.language != title.language)  # stable: else the best first
    figures = find_figures(members)
    return Theme(
        slug=make_slug(group),
        title=title.title,
        language=title.language,
        stories=tuple(ref.id for ref in sorted(candidates, key=_get_time)),
        more=tuple(sorted(others[:MAX_MORE], key=_get_time)),
        figures=figures,
        unit="%" if figures else "",
    )


def make_slug(group: StoryTheme) -> str:
    """Return the name of a theme in addresses: the same for the same topics."""
    parts = [re.sub(r"[^a-z0-9]+", "-", topic.lower()).strip("-") for topic in group.topics]
    return "-".join(part or group.stories[0] for part in parts)  # no Latin letter names no place


def _choose_title(told: Sequence[StoryRef], others: Sequence[StoryRef]) -> StoryRef:
    """Return the story whose headline says most of what was found; told ones go before others.

    Of equal ones the first is taken, in the language that most have.
    """
    refs = [*told, *others]
    language = Counter(ref.language for ref in refs).most_common(1)[0][0]
    good = [ref for ref in told if _score_title(ref.title) > 0] or refs
    return max(good, key=lambda ref: (ref.language == language, _score_title(ref.title)))


def _score_title(title: str) -> int:
    """Return how much a headline says of what was found; 0 or less for nothing."""
    return (
        2 * bool(_FIGURE.search(title))
        + 2 * bool(_FINDING.search(title))
        - 4 * bool(_NO_FINDING.search(title))
        - 2 * (len(title) > _MAX_TITLE or bool(_LIST.search(title)))
    )


def _get_time(ref: StoryRef) -> tuple[object, ...]:
    return ref.published, ref.id
