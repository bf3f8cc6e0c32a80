"""Themes of the quarter, as they are printed: who reported, what was measured, what else was."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from digest.model.edition import EditionStory, StoryRef, Theme
from digest.render.views.charts import Bar, BarChart
from digest.render.views.context import StoryLimits, ViewContext, to_safe_href
from digest.render.views.story import StoryRefView, build_ref, refer_to
from digest.render.words import SECTIONS, get_text_direction, sanitize_language_tag

_MAX_PUBLISHERS = 5  # that are named
_MAX_TITLE = 150  # characters
_MAX_LINE = 160  # of a headline in one line
_PAPER_LINE = 104  # of a line on paper, with source, day and page
_MIN_HEADLINE = 40
_DAY_CHARS, _PAGE_CHARS = 14, 9
_MAX_QUOTE = 240


@dataclass(frozen=True, slots=True)
class ThemeLine:
    """A story of a theme in one line: another section tells it, or none."""

    story: StoryRefView
    section: str  # the name of the section that tells it, else ""


@dataclass(frozen=True, slots=True)
class FigureQuote:
    """The sentence that a figure stands in."""

    text: str
    source: str
    href: str


@dataclass(frozen=True, slots=True)
class ThemeView:
    """A theme beside the stories that are told in it."""

    title: str
    lang: str
    dir: str
    reported: str  # who reported it, from when to when
    lines: tuple[ThemeLine, ...]  # its other stories, by time
    chart: BarChart | None
    quotes: tuple[FigureQuote, ...]  # of the chart's figures
    limits: StoryLimits  # of its stories


def build_theme(theme: Theme, here: Collection[str], context: ViewContext) -> ThemeView:
    """Build the view of a theme; `here` are the ids of the stories that are told in it.

    What the medium has no room for stands in one line, as what is not told does.
    """
    words, lang = context.words, sanitize_language_tag(theme.language)
    places = {
        story.id: (story, section.slug)
        for section in context.edition.sections
        for story in section.stories
    }
    told = [places[story_id] for story_id in theme.stories if story_id in places]
    others = [(ref, "") for ref in theme.more]
    for story, slug in told:
        if story.id not in here:
            is_printed = story.id in context.printed_ids
            section = words.translate_label(SECTIONS, slug) if is_printed else ""
            others.append((refer_to(story), section))
    others.sort(key=lambda other: (other[0].published, other[0].id))
    limits = context.options.limits
    if context.options.brief:
        limits = replace(limits, sentences=2, characters=280, whys=1, quotes=0, sources=2)
    quotes = dict.fromkeys(
        FigureQuote(
            context.fit_text(figure.quote.text, _MAX_QUOTE),
            context.fit_text(figure.quote.source, 60),
            to_safe_href(figure.quote.url),
        )
        for figure in theme.figures
    )
    return ThemeView(
        title=context.fit_text(theme.title, _MAX_TITLE)
        or words.translate("A theme in a script that the paper lacks"),
        lang=lang,
        dir=get_text_direction(lang),
        reported=_describe_reports([story for story, _ in told], theme.more, context),
        lines=tuple(_build_line(ref, section, context) for ref, section in others),
        chart=_build_chart(theme, context),
        quotes=tuple(quotes),
        limits=limits,
    )


def _build_line(ref: StoryRef, section: str, context: ViewContext) -> ThemeLine:
    """Build a line; on paper the headline is cut to what the line has room for."""
    length = _MAX_LINE
    if context.options.brief:
        beside = len(ref.source) + _DAY_CHARS + (_PAGE_CHARS if section else 0)
        length = max(_MIN_HEADLINE, _PAPER_LINE - beside)
    return ThemeLine(build_ref(ref, context, length), section)


def _describe_reports(
    told: Sequence[EditionStory], more: Sequence[StoryRef], context: ViewContext
) -> str:
    """Say who reported a theme, and from when to when."""
    words = context.words
    names = [item.source for story in told for item in story.items] + [ref.source for ref in more]
    sources = [name for source in dict.fromkeys(names) if (name := context.fit_text(source, 50))]
    days = sorted((*(story.published for story in told), *(ref.published for ref in more)))
    if not sources:
        return ""
    if rest := len(sources) - _MAX_PUBLISHERS if len(sources) > _MAX_PUBLISHERS + 1 else 0:
        sources = sources[:_MAX_PUBLISHERS]
        sources.append(words.translate_plural("%(n)s more", "%(n)s more", rest))
    return words.translate(
        "From %(sources)s, %(first)s to %(last)s.",
        sources=words.join_names(sources),
        first=words.format_day(days[0]),
        last=words.format_day(days[-1]),
    )


def _build_chart(theme: Theme, context: ViewContext) -> BarChart | None:
    """Build bars of a theme's figures, the largest as long as the picture; None without any."""
    words = context.words
    largest = max((figure.value for figure in theme.figures), default=0.0)
    if largest <= 0:
        return None
    return BarChart(
        title=words.translate("Side by side"),
        bars=tuple(
            Bar(
                label=context.fit_text(words.translate_note(figure.label), 40),
                share=figure.value / largest,
                said=words.format_share(figure.value / 100)
                if figure.value.is_integer()
                else f"{words.format_number(figure.value)}%",
            )
            for figure in theme.figures
        ),
        now=words.translate("Share"),
        before="",
    )
