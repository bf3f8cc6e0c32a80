"""A story as it is printed, and a story as other pages point to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from markupsafe import Markup

from digest.i18n import N_, TranslatableText
from digest.model.edition import EarlierReport, EditionStory, Reference, RuleEntry, StoryRef
from digest.model.tags import EVIDENCE_GRADES, Evidence
from digest.render.views.context import StoryLimits, ViewContext, to_safe_href
from digest.render.words import (
    EVENTS,
    LABELS,
    Localizer,
    get_text_direction,
    sanitize_language_tag,
)
from digest.text import clean_text, html_to_text
from digest.urls import extract_host

_MAX_SENTENCE_LENGTH = 500  # characters; what is longer is left out, since half of it says less
_LONGEST_TEXT = 10_000
_MAX_WHY = 360  # characters of what follows, which may quote whom it holds for
_UNSURE = "unsure"  # the slug of a label that is not printed
_AMOUNT_SPACE = re.compile(r"(?<=\d) (?=[€$£¥]|[A-Z]{3}\b)")  # amounts stay on one line


@dataclass(frozen=True, slots=True)
class LabelledLine:
    """A line with its label and address ("" where it has no safe one)."""

    label: str
    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class SourceLink:
    """One report of a story."""

    name: str
    href: str
    via: str  # the newsletter that brought it


@dataclass(frozen=True, slots=True)
class Badge:
    """A grade in words, and its step on the ladder (1 to 3)."""

    slug: str
    label: str
    step: int


@dataclass(frozen=True, slots=True)
class StoryView:
    """A story as it is printed."""

    id: str
    number: int  # its place among the five, 0 elsewhere
    title: str
    lang: str
    dir: str
    foreign: str  # `IT` where the title is in another language than the edition, else ""
    has_placeholder_title: bool  # the title is a note of the product's, in its language
    href: str
    summary: tuple[str, ...]
    why: tuple[str, ...]
    context: tuple[LabelledLine, ...]  # what an earlier edition told, and where sources differ
    rule: tuple[LabelledLine, ...]  # of a rule: from when, and what of ours it touches
    quotes: tuple[LabelledLine, ...]
    event: str
    event_slug: str
    category: str
    category_slug: str
    ai: str
    ai_slug: str
    evidence: Badge | None
    sources: tuple[SourceLink, ...]
    more_sources: int
    day: str  # of the first source, whose headline it is
    iso_day: str
    quoted_from: (
        str  # whose sentences stand here beside those of the first source, and of which day
    )
    relation_slug: str
    note: Markup  # the team's, in HTML
    note_text: str  # the same in plain words


def build_story(
    story: EditionStory, limits: StoryLimits, context: ViewContext, number: int = 0
) -> StoryView:
    """Build the view of a story, cut to `limits`; `number` is its place among the five."""
    words = context.words
    title = context.fit_text(story.title, limits.title)
    lang = sanitize_language_tag(story.language) if title else words.language
    whys = [
        context.fit_text(words.translate_note(why), _MAX_WHY)
        for why in story.why_it_matters[: limits.whys]
    ]
    if number and limits.whys and (since := _describe_since(story, whys, context)):
        whys = [f"{since} {whys[0]}", *whys[1:]] if whys else [since]
    publishers: dict[str, Reference] = {}
    for item in story.items:
        publishers.setdefault(item.source, item)
    note = context.render_team_text(story.note)
    return StoryView(
        id=story.id,
        number=number,
        title=title or _build_placeholder_title(story, context),
        lang=lang,
        dir=get_text_direction(lang),
        foreign=mark_language(lang, words),
        has_placeholder_title=not title,
        href=to_safe_href(story.items[0].url) if story.items else "",
        summary=(
            *_iter_summary(story, limits, context),
            *(_iter_reach(story, context) if limits.reach else ()),
        ),
        why=(
            *(_AMOUNT_SPACE.sub("\N{NO-BREAK SPACE}", why) for why in whys if why),
            *(
                [words.translate("[text by a language model]")]
                if "why_it_matters" in story.written
                else ()
            ),
        ),
        context=tuple(islice(_iter_context(story, context), limits.contexts)),
        rule=() if number else tuple(_iter_rule_facts(story, context)),
        quotes=tuple(
            LabelledLine(words.translate_label(LABELS["points"], point.kind), quote)
            for point in story.points[: limits.quotes]
            if (quote := context.fit_text(point.quote, 240))
        ),
        event=words.translate_label(EVENTS, story.event or ""),
        event_slug=story.event or _UNSURE,
        category=words.translate_category(story.category) if story.category else "",
        category_slug=story.category or "none",
        ai=words.translate_label(LABELS["ai"], story.ai or ""),
        ai_slug=story.ai or _UNSURE,
        evidence=build_badge(story.evidence, words) if story.evidence else None,
        sources=tuple(
            SourceLink(
                name=context.fit_text(item.source, 60) or extract_host(item.url),
                href=to_safe_href(item.url),
                via=context.fit_text(item.via or "", 60),
            )
            for item in list(publishers.values())[: limits.sources]
        ),
        more_sources=max(0, len(publishers) - limits.sources),
        day=context.format_story_day(story.told),
        iso_day=story.told.astimezone(words.zone).date().isoformat(),
        quoted_from=_name_other_sources(story, limits, context),
        relation_slug=story.relation.kind if story.relation else "none",
        note=note,
        note_text=html_to_text(note),
    )


def mark_language(lang: str, words: Localizer) -> str:
    """Return the short mark of a language other than the edition's: `IT`; "" for its own."""
    base = lang.partition("-")[0]
    return "" if base in ("und", words.language) else base.upper()


def _describe_since(story: EditionStory, whys: Sequence[str], context: ViewContext) -> str:
    """Say from when what page one tells holds; "" where that is not known or `whys` say it."""
    words, since = context.words, context.edition.front.since.get(story.id, "")
    day = since.values.get("day") if isinstance(since, TranslatableText) else None
    # The month is enough: that is how a consequence names a day that is not exact.
    said = words.format_month(day) if isinstance(day, date) else ""
    if not said and not whys:
        return ""  # that no day is given is no news where nothing follows
    return "" if said and any(said in why for why in whys) else words.translate_note(since)


def _iter_rule_facts(story: EditionStory, context: ViewContext) -> Iterator[LabelledLine]:
    """Yield from when a rule applies and which products it touches, as far as is known."""
    words = context.words
    entry = next((entry for entry in context.edition.rules if entry.story.id == story.id), None)
    if entry is None:
        return
    if entry.day:
        when = format_rule_day(entry, context)
        yield LabelledLine(words.translate("From when"), when)
    if entry.products and not story.why_it_matters:
        yield LabelledLine(words.translate("Touches"), words.join_names(entry.products))


def format_rule_day(entry: RuleEntry, context: ViewContext) -> str:
    """Return from when a rule applies, and who says so where another report does.

    Paper has a narrow column for it.
    """
    words = context.words
    format_date = words.format_short_date if context.options.brief else words.format_date
    if entry.day is None or entry.last is None:
        return words.translate("no day given")
    if entry.day == entry.last:
        when = format_date(entry.day)
    elif (entry.day.day, entry.day.month, entry.day.year) == (1, entry.last.month, entry.last.year):
        when = words.format_month(entry.day)
    else:
        when = f"{format_date(entry.day)} – {format_date(entry.last)}"
    if entry.rolls_out:
        when = words.translate(N_("%(when)s, step by step"), when=when)
    if entry.kind == "law":  # its day has come, and no report since says that it applies
        when = words.translate(N_("%(when)s, as announced"), when=when)
    if entry.dated_by and entry.dated_by.source != entry.story.source:
        source = context.fit_text(entry.dated_by.source, 50)
        return words.translate("%(when)s (%(source)s)", when=when, source=source)
    return when


def name_law(entry: RuleEntry, words: Localizer) -> str:
    """Return the own name of a rule’s law, with the article that its headline names, if any."""
    if entry.law and entry.article:
        text = N_("%(law)s, Article %(article)s")
        return words.translate(text, law=entry.law, article=entry.article)
    return entry.law


def build_badge(grade: Evidence, words: Localizer) -> Badge:
    """Build the badge of a grade of proof."""
    step = len(EVIDENCE_GRADES) - EVIDENCE_GRADES.index(grade)
    return Badge(grade, words.translate_label(LABELS["evidence"], grade), step)


def _build_placeholder_title(story: EditionStory, context: ViewContext) -> str:
    words = context.words
    if context.is_legible(story.title):
        return words.translate("A report without a title")
    return words.translate(
        "A report in %(language)s: its title stands in the HTML edition",
        language=words.get_language_name(story.language),
    )


def _iter_summary(story: EditionStory, limits: StoryLimits, context: ViewContext) -> Iterator[str]:
    """Yield whole sentences, as many as there is room for; the first of them always."""
    left, longest = limits.characters, max(limits.characters, _MAX_SENTENCE_LENGTH)
    is_first = True
    for sentence in story.summary[: limits.sentences]:
        text = context.fit_text(sentence.text, _LONGEST_TEXT)
        if text and len(text) <= (longest if is_first else left):
            yield text
            left, is_first = left - len(text), False
    if {"title", "summary"} & set(story.written):
        yield context.words.translate("[text by a language model]")


def _iter_reach(story: EditionStory, context: ViewContext) -> Iterator[str]:
    """Yield the sentence that says for whom a change holds, where the summary does not."""
    if story.reach and (text := context.fit_text(story.reach.text, _LONGEST_TEXT)):
        yield text


def _name_other_sources(story: EditionStory, limits: StoryLimits, context: ViewContext) -> str:
    """Return the sources of printed sentences but the first, each with its day: "Paper, 2 Aug"."""
    printed = [*story.summary[: limits.sentences], *([story.reach] if limits.reach else [])]
    shown = list(dict.fromkeys(item.source for item in story.items))[: max(1, limits.sources)]
    items = {item.url: item for item in reversed(story.items)}
    names = []
    for sentence in filter(None, printed):
        item = items.get(sentence.url)
        name = context.fit_text(sentence.source, 60)
        if item is None or not name or sentence.source in shown:
            continue  # the team's own words have no source
        day = context.format_story_day(item.published) if item.published else ""
        names.append(", ".join(filter(None, (name, day))))
    return "; ".join(dict.fromkeys(names))


def describe_thread(thread: EarlierReport, title: str, words: Localizer) -> str:
    """Say what an earlier edition told of a story's product, and what has become of it since."""
    values = {"quarter": words.format_quarter(clean_text(thread.edition)), "title": title}
    if thread.act is None or thread.now in (None, thread.act):
        news = ", ".join(map(words.translate_note, thread.news))
        return words.translate(
            "in %(quarter)s as “%(title)s”; new since: %(news)s", **values, news=news
        )
    values["now"] = words.translate_label(LABELS["acts"], thread.now)
    if thread.act == "announced" and thread.due:
        return words.translate(
            "in %(quarter)s announced for %(day)s as “%(title)s”; now %(now)s",
            **values,
            day=words.format_date(thread.due),
        )
    values["then"] = words.translate_label(LABELS["acts"], thread.act)
    return words.translate("in %(quarter)s %(then)s as “%(title)s”; now %(now)s", **values)


def _iter_context(story: EditionStory, context: ViewContext) -> Iterator[LabelledLine]:
    words, thread = context.words, story.thread
    if thread and (title := context.fit_text(thread.title, 160)):
        label = words.translate("Seen before")
        yield LabelledLine(label, describe_thread(thread, title, words), to_safe_href(thread.url))
    for first, second in story.conflicts:
        text = words.translate(
            "%(first)s says “%(one)s”, %(second)s says “%(other)s”",
            first=context.fit_text(first.source, 60),
            one=context.fit_text(first.text, 200),
            second=context.fit_text(second.source, 60),
            other=context.fit_text(second.text, 200),
        )
        yield LabelledLine(words.translate("Sources differ"), text)


@dataclass(frozen=True, slots=True)
class StoryRefView:
    """A story that is pointed to."""

    title: str
    lang: str
    dir: str
    foreign: str  # as in StoryView
    href: str  # to its place in this briefing where it is printed, else to its source
    source: str
    day: str
    id: str = ""  # the story's
    anchor: str = ""  # its own place, where the briefing names it here first and tells it nowhere


def refer_to(story: EditionStory) -> StoryRef:
    """Return the reference of a story of the briefing."""
    lead = next(iter(story.items), None)
    return StoryRef(
        story.id,
        story.title,
        story.language,
        lead.url if lead else "",
        lead.source if lead else "",
        story.told,
        story.event,
        story.evidence,
    )


def build_ref(
    story: StoryRef, context: ViewContext, length: int = 90, *, marks: bool = False
) -> StoryRefView:
    """Build the view of a reference, its title cut to `length` characters.

    `marks`: other pages may point to it, as the place of a story that is told nowhere in full.
    """
    words = context.words
    title, lang = context.fit_text(story.title, length), sanitize_language_tag(story.language)
    if not title:
        title = words.translate("A report in a script that the paper lacks")
        lang = words.language
    return StoryRefView(
        title=title,
        lang=lang,
        dir=get_text_direction(lang),
        foreign=mark_language(lang, words),
        href=f"#{story.id}" if story.id in context.printed_ids else to_safe_href(story.url),
        source=context.fit_text(story.source, 50),
        day=context.format_story_day(story.published),
        id=story.id,
        anchor=context.mark_place(story.id) if marks else "",
    )
