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
class DisputedView:
    """What one story says: its words, "" where the story as it stands beside them has them."""

    quote: QuoteView | None
    entry: ThemeEntry | None  # None where the theme names the story nowhere


@dataclass(frozen=True, slots=True)
class DisputeView:
    """What the sources of a theme do not agree on, side by side; the stories stand there alone."""

    about: str
    sides: tuple[tuple[DisputedView, ...], ...]


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
        sides = self.dispute.sides if self.dispute else ()
        disputed = (one.entry for side in sides for one in side if one.entry)
        return tuple(entry.story for entry in (*disputed, *self.entries) if entry.story)


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
    others = _list_others(theme, here, context)
    entries, lines = _lay_out_stories(theme, here, others, quoted, context)
    dispute, moved = _build_dispute(theme, entries, lines, context)
    places = {story.id: story for story in context.edition.stories}
    told = [places[story_id] for story_id in theme.stories if story_id in places]
    quotes = dict.fromkeys(_build_quote(figure.quote, context) for figure in theme.figures)
    return ThemeView(
        title=capitalize(context.fit_text(words.translate_note(theme.title), _MAX_TITLE))
        or words.translate("A theme in a script that the paper lacks"),
        lang=lang,
        dir=get_text_direction(lang),
        reported=_describe_reports(told, theme.more, context),
        entries=tuple(entry for entry in entries if entry.id not in moved),
        lines=tuple(line for line in lines if line.story.id not in moved),
        dispute=dispute,
        chart=_build_chart(theme, context),
        quotes=tuple(quote for quote in quotes if quote.text),
    )


def _list_others(
    theme: Theme, here: Sequence[EditionStory], context: ViewContext
) -> list[tuple[StoryRef, str]]:
    """Return by time the stories that a theme does not tell, with the section that does, or ""."""
    inside = {story.id for story in here}
    others = [(ref, "") for ref in theme.more]
    for section in context.edition.sections:
        name = context.words.translate_label(SECTIONS, section.slug)
        others += [
            (refer_to(story), name if story.id in context.printed_ids else "")
            for story in section.stories
            if story.id in theme.stories and story.id not in inside
        ]
    return sorted(others, key=lambda other: (other[0].published, other[0].id))


def _lay_out_stories(
    theme: Theme,
    here: Sequence[EditionStory],
    others: Sequence[tuple[StoryRef, str]],
    quoted: Collection[str],
    context: ViewContext,
) -> tuple[list[ThemeEntry], list[ThemeLine]]:
    """Return by time the stories of a theme that stand in sentences, and those in one line."""
    limits = context.options.limits
    if context.options.brief:
        limits = replace(limits, sentences=2, characters=280, whys=1, quotes=0, sources=2)
    sentences = _choose_sentences(theme, others, len(here), quoted, context)
    timed = [
        ((story.told, story.id), ThemeEntry(story.id, build_story(story, limits, context)))
        for story in here
    ]
    lines = []
    for ref, section in others:
        line = _build_line(ref, section, sentences.get(ref.id, ""), context)
        if line.text:
            timed.append(((ref.published, ref.id), ThemeEntry(ref.id, line=line)))
        else:
            lines.append(line)
    return [entry for _, entry in sorted(timed, key=lambda pair: pair[0])], lines


def _choose_sentences(
    theme: Theme,
    others: Sequence[tuple[StoryRef, str]],
    here: int,
    quoted: Collection[str],
    context: ViewContext,
) -> dict[str, str]:
    """Return by id the sentences that a theme tells of stories that stand elsewhere.

    A theme that would be left with lines tells again what another theme told; on paper it tells
    the best alone.
    """
    found = {
        ref.id: _find_sentence(ref, section, theme, context)
        for ref, section in others
        if ref.id not in quoted
    }
    if here + sum(map(bool, found.values())) < _MIN_ENTRIES:
        found = {
            ref.id: found.get(ref.id) or _find_sentence(ref, "", theme, context)
            for ref, _ in others
        }
    if context.options.brief:
        ranked = (*theme.stories, *(ref.id for ref in theme.more))
        told = [story_id for story_id in ranked if found.get(story_id)]
        kept = told[: max(0, _MAX_PAPER_ENTRIES - here)]
        found = {story_id: found[story_id] for story_id in kept}
    return found


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


def _build_dispute(
    theme: Theme,
    entries: Sequence[ThemeEntry],
    lines: Sequence[ThemeLine],
    context: ViewContext,
) -> tuple[DisputeView | None, frozenset[str]]:
    """Build what the sources do not agree on, and return the ids of the stories that it takes.

    None where the medium cannot write both sides.
    """
    if theme.dispute is None:
        return None, frozenset()
    standing = {entry.id: entry for entry in entries}
    standing |= {line.story.id: ThemeEntry(line.story.id, line=line) for line in lines}

    ids = theme.dispute.stories or tuple(("",) * len(side) for side in theme.dispute.sides)
    sides = tuple(
        tuple(
            one
            for sentence, story_id in zip(side, side_ids, strict=True)
            if (one := _build_disputed(sentence, standing.get(story_id), context))
        )
        for side, side_ids in zip(theme.dispute.sides, ids, strict=True)
    )
    if not all(sides):
        return None, frozenset()
    moved = frozenset(one.entry.id for side in sides for one in side if one.entry)
    return DisputeView(context.words.translate_note(theme.dispute.about), sides), moved


def _build_disputed(
    sentence: Sentence, entry: ThemeEntry | None, context: ViewContext
) -> DisputedView | None:
    """Build what one story says; None where the medium cannot write it."""
    quote = _build_quote(sentence, context)
    if not quote.text:
        return None
    if entry is None:
        return DisputedView(quote, None)
    shown = (
        {entry.story.title, *entry.story.summary}
        if entry.story
        else {entry.line.story.title, entry.line.text}
        if entry.line
        else set[str]()
    )
    # a headline may be cut where it is shown
    repeats = any(quote.text.startswith(text.removesuffix("…").rstrip()) for text in shown if text)
    return DisputedView(None if repeats else quote, _drop_other_words(entry, quote))


def _drop_other_words(entry: ThemeEntry, quote: QuoteView) -> ThemeEntry:
    """Return an entry without a sentence that is not the one in which it takes a side.

    What takes it in its headline keeps the first sentence, which says more of it.
    """
    title = entry.story.title if entry.story else entry.line.story.title if entry.line else ""
    if title and quote.text.startswith(title.removesuffix("…").rstrip()):
        if entry.story:
            return replace(entry, story=replace(entry.story, summary=entry.story.summary[:1]))
        return entry
    if entry.story and quote.text not in entry.story.summary:
        return replace(entry, story=replace(entry.story, summary=()))
    if entry.line and quote.text != entry.line.text:
        return replace(entry, line=replace(entry.line, text=""))
    return entry


def _build_line(ref: StoryRef, section: str, text: str, context: ViewContext) -> ThemeLine:
    """Build a line; on paper the headline is cut to what the line has room for."""
    length = _MAX_LINE
    if context.options.brief and not text:
        beside = len(ref.source) + _DAY_CHARS + (_PAGE_CHARS if section else 0)
        length = max(_MIN_HEADLINE, _PAPER_LINE - beside)
    return ThemeLine(build_ref(ref, context, length, marks=True), section, text)


def _describe_reports(
    told: Sequence[EditionStory], more: Sequence[StoryRef], context: ViewContext
) -> str:
    """Say who reported a theme, and from when to when."""
    words = context.words
    # Whom the theme's lines name: a publisher whose report no line shows is none of them.
    names = [refer_to(story).source for story in told] + [ref.source for ref in more]
    sources = [name for source in dict.fromkeys(names) if (name := context.fit_text(source, 50))]
    days = sorted((*(story.told for story in told), *(ref.published for ref in more)))
    if not sources:
        return ""
    if rest := len(sources) - _MAX_PUBLISHERS if len(sources) > _MAX_PUBLISHERS + 1 else 0:
        sources = sources[:_MAX_PUBLISHERS]
        sources.append(words.translate_plural("%(n)s more", "%(n)s more", rest))
    return words.translate(
        "From %(sources)s, %(first)s to %(last)s.",
        sources=words.join_names(sources),
        first=context.format_story_day(days[0]),
        last=context.format_story_day(days[-1]),
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
