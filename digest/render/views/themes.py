"""Themes of the quarter, as they are printed: who reported, what was measured, what else was."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from digest.model.edition import EditionStory, Sentence, StoryRef, Theme
from digest.render.views.charts import Bar, BarChart
from digest.render.views.context import ViewContext, to_safe_href
from digest.render.views.story import StoryRefView, StoryView, build_ref, build_story, refer_to
from digest.render.words import SECTIONS, get_text_direction, sanitize_language_tag

_MAX_PUBLISHERS = 5  # that are named
_MAX_TITLE = 190  # characters
_MAX_LINE = 160  # of a headline in one line
_PAPER_LINE = 104  # of a line on paper, with source, day and page
_MIN_HEADLINE = 40
_DAY_CHARS, _PAGE_CHARS = 14, 9
_MAX_QUOTE = 240
_MAX_SENTENCE = 320
_MAX_PAPER_ENTRIES = 3  # stories that a theme tells in sentences on paper
_MIN_ENTRIES = 2  # stories that a theme tells in sentences


@dataclass(frozen=True, slots=True)
class QuoteView:
    """A source's words, and where they stand."""

    text: str
    source: str
    href: str


@dataclass(frozen=True, slots=True)
class ThemeLine:
    """A story of a theme that another section tells in full, or none: in a sentence, or a line."""

    story: StoryRefView
    section: str  # the name of the section that tells it, else ""
    text: str = ""  # a sentence that does not stand there


@dataclass(frozen=True, slots=True)
class ThemeEntry:
    """A story of a theme as it comes in time: told here, or in a line."""

    id: str  # the story's
    story: StoryView | None = None
    line: ThemeLine | None = None


@dataclass(frozen=True, slots=True)
class DisputeView:
    """What the sources of a theme do not agree on, side by side."""

    about: str
    sides: tuple[tuple[QuoteView, ...], ...]


@dataclass(frozen=True, slots=True)
class ThemeView:
    """A theme as it is printed."""

    title: str
    lang: str
    dir: str
    reported: str  # who reported it, from when to when
    entries: tuple[ThemeEntry, ...]  # the stories that are told in sentences, by time
    lines: tuple[ThemeLine, ...]  # its other stories, by time
    dispute: DisputeView | None
    chart: BarChart | None
    quotes: tuple[QuoteView, ...]  # of the chart's figures

    @property
    def stories(self) -> tuple[StoryView, ...]:
        """The stories that are told here and nowhere else."""
        return tuple(entry.story for entry in self.entries if entry.story)


def build_theme(
    theme: Theme,
    here: Sequence[EditionStory],
    context: ViewContext,
    quoted: Collection[str] = (),
) -> ThemeView:
    """Build the view of a theme; `here` are the stories that are told in it.

    What the medium has no room for stands in a sentence, as what is not told does; in one line
    where there is none, or where a theme before this one told it (`quoted`: ids). A theme that
    would be left with lines tells again in short what stands elsewhere.
    """
    words = context.words
    lang = sanitize_language_tag(theme.language) if theme.language else words.language
    places = {
        story.id: (story, section.slug)
        for section in context.edition.sections
        for story in section.stories
    }
    told = [places[story_id] for story_id in theme.stories if story_id in places]
    others = [(ref, "") for ref in theme.more]
    inside = {story.id for story in here}
    for story, slug in told:
        if story.id not in inside:
            is_printed = story.id in context.printed_ids
            section = words.translate_label(SECTIONS, slug) if is_printed else ""
            others.append((refer_to(story), section))
    limits = context.options.limits
    if context.options.brief:
        limits = replace(limits, sentences=2, characters=280, whys=1, quotes=0, sources=2)
    timed = [
        ((story.published, story.id), ThemeEntry(story.id, build_story(story, limits, context)))
        for story in here
    ]
    others.sort(key=lambda other: (other[0].published, other[0].id))
    found = {
        ref.id: _find_sentence(ref, section, theme, context)
        for ref, section in others
        if ref.id not in quoted
    }
    if len(timed) + sum(map(bool, found.values())) < _MIN_ENTRIES:
        found = {
            ref.id: found.get(ref.id) or _find_sentence(ref, "", theme, context)
            for ref, _ in others
        }
    if context.options.brief:
        ranked = [*theme.stories, *(ref.id for ref in theme.more)]
        told_ids = [id_ for id_ in ranked if found.get(id_)]
        found = {id_: found[id_] for id_ in told_ids[: max(0, _MAX_PAPER_ENTRIES - len(timed))]}
    lines = []
    for ref, section in others:
        line = _build_line(ref, section, found.get(ref.id, ""), context)
        if line.text:
            timed.append(((ref.published, ref.id), ThemeEntry(ref.id, line=line)))
        else:
            lines.append(line)
    timed.sort(key=lambda pair: pair[0])
    quotes = dict.fromkeys(_build_quote(figure.quote, context) for figure in theme.figures)
    return ThemeView(
        title=capitalize(context.fit_text(words.translate_note(theme.title), _MAX_TITLE))
        or words.translate("A theme in a script that the paper lacks"),
        lang=lang,
        dir=get_text_direction(lang),
        reported=_describe_reports([story for story, _ in told], theme.more, context),
        entries=tuple(entry for _, entry in timed),
        lines=tuple(lines),
        dispute=_build_dispute(theme, context),
        chart=_build_chart(theme, context),
        quotes=tuple(quote for quote in quotes if quote.text),
    )


def capitalize(text: str) -> str:
    """Return a text with its first letter large and all others as they are."""
    return text[:1].upper() + text[1:]


def _find_sentence(ref: StoryRef, section: str, theme: Theme, context: ViewContext) -> str:
    """Return the sentence that a theme tells of a story that is not told in it.

    It is the theme's own; where the medium does not print the story, the story's first.
    """
    sentences: Sequence[Sentence] = theme.told.get(ref.id, ())
    if not section:
        stories = (story for story in context.edition.stories if story.id == ref.id)
        sentences = next((story.summary for story in stories), sentences)
    texts = (context.fit_text(sentence.text, _MAX_SENTENCE) for sentence in sentences)
    return next((text for text in texts if text and not text.endswith("…")), "")


def _build_quote(sentence: Sentence, context: ViewContext) -> QuoteView:
    return QuoteView(
        context.fit_text(sentence.text, _MAX_QUOTE),
        context.fit_text(sentence.source, 60),
        to_safe_href(sentence.url),
    )


def _build_dispute(theme: Theme, context: ViewContext) -> DisputeView | None:
    """Build what the sources do not agree on; None where the medium cannot write both sides."""
    if theme.dispute is None:
        return None
    sides = tuple(
        tuple(quote for sentence in side if (quote := _build_quote(sentence, context)).text)
        for side in theme.dispute.sides
    )
    if not all(sides):
        return None
    return DisputeView(context.words.translate_note(theme.dispute.about), sides)


def _build_line(ref: StoryRef, section: str, text: str, context: ViewContext) -> ThemeLine:
    """Build a line; on paper the headline is cut to what the line has room for."""
    length = _MAX_LINE
    if context.options.brief and not text:
        beside = len(ref.source) + _DAY_CHARS + (_PAGE_CHARS if section else 0)
        length = max(_MIN_HEADLINE, _PAPER_LINE - beside)
    return ThemeLine(build_ref(ref, context, length), section, text)


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
