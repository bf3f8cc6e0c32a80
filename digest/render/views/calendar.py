"""Dates and duties, as they are printed: by month, what is overdue first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from digest.i18n import N_, TranslatableText
from digest.model.edition import CalendarEntry, DateKind, drop_noticed_ends
from digest.render.views.context import ViewContext, to_safe_href
from digest.render.views.rules import describe_touched
from digest.render.views.story import mark_language
from digest.render.words import SECTIONS, Localizer, get_text_direction, sanitize_language_tag

DATE_KINDS: Mapping[DateKind, str] = {
    "effective": N_("Takes effect"),
    "deadline": N_("Must be done"),
    "ends": N_("Ends"),
    "notice": N_("Notice"),
    "contract end": N_("Contract"),
    "promise": N_("Promise"),
    "decision": N_("Decision"),
    "review": N_("Review"),
}
_WHAT_LENGTH = 160  # characters
_QUOTE_LENGTH = 400
_WHOM_LENGTH = 110
# Of paper, which has one page for it, in points: its height, a row, a further line, a month's row.
_PAPER_HEIGHT, _ROW_HEIGHT, _LINE_HEIGHT, _MONTH_HEIGHT = 675, 15, 11, 20
_LINE_LENGTH = 72  # characters of the column of texts


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """A date, as it is printed."""

    day: str  # `1 Oct`, or `21–30 Oct`
    iso: str
    kind: str  # of a story's date; "" where the text says it
    text: str
    lang: str
    dir: str
    foreign: str  # as in StoryView
    href: str  # of the story
    source: str  # its publisher
    quote: str  # the sentence that names the date; "" where it is the text itself
    products: str
    who: str  # owner, and what is at stake
    overdue: bool


@dataclass(frozen=True, slots=True)
class CalendarMonth:
    """The dates of a month; those that are overdue stand before the first."""

    name: str
    rows: tuple[CalendarRow, ...]


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """Dates and duties, as they are printed."""

    name: str  # of the section
    months: tuple[CalendarMonth, ...]
    more: str  # how many dates paper leaves out


def build_calendar_page(context: ViewContext) -> CalendarPage | None:
    """Build the page; None where there is nothing to show."""
    entries, words = context.edition.calendar, context.words
    if not entries:
        return None
    today = context.edition.as_of.astimezone(words.zone).date()
    if context.options.brief:
        entries = _merge_contracts(entries)
    kept = _choose_for_paper(entries) if context.options.brief else entries
    months = []
    for (overdue, month), group in groupby(kept, key=lambda entry: _get_month(entry, today)):
        name = words.translate(N_("Overdue")) if overdue else words.format_month(month)
        rows = tuple(_build_row(entry, context, overdue=overdue) for entry in group)
        months.append(CalendarMonth(name, rows))
    left = len(entries) - len(kept)
    more = words.translate_plural(
        "%(n)s more date stands on the web page.", "%(n)s more dates stand on the web page.", left
    )
    name = words.translate_label(SECTIONS, "calendar")
    return CalendarPage(name, tuple(months), more if left else "")


def _get_month(entry: CalendarEntry, today: date) -> tuple[bool, date]:
    """Return whether a date has passed, and the first of its month."""
    overdue = entry.last < today
    return overdue, date.min if overdue else entry.day.replace(day=1)


def _merge_contracts(entries: Sequence[CalendarEntry]) -> tuple[CalendarEntry, ...]:
    """Return the entries with the end of a contract told where its notice is."""
    ends = {entry.products: entry.day for entry in entries if entry.kind == "contract end"}
    return tuple(
        replace(
            entry,
            what=TranslatableText(
                N_("%(what)s (contract to %(day)s)"), what=entry.what, day=ends[entry.products]
            ),
        )
        if entry.kind == "notice" and entry.products in ends
        else entry
        for entry in drop_noticed_ends(entries)
    )


def _choose_for_paper(entries: Sequence[CalendarEntry]) -> list[CalendarEntry]:
    """Return what fits on a page: every duty, our products' dates, rules, then the others."""
    months = {entry.day.replace(day=1) for entry in entries}
    room, kept = _PAPER_HEIGHT - _MONTH_HEIGHT * len(months), set()

    def rank(n: int) -> tuple[bool, bool, bool, int]:
        story = entries[n].story
        is_rule = story is not None and story.event == "regulation"
        return story is not None, not entries[n].products, not is_rule, n

    for n in sorted(range(len(entries)), key=rank):
        entry = entries[n]
        length = len(entry.what) + (len(entry.quote.source) + 15 if entry.quote else 0)
        height = _ROW_HEIGHT + _LINE_HEIGHT * (length // _LINE_LENGTH)
        if entry.story is None or room >= height:
            kept.add(n)
            room -= height
    return [entry for n, entry in enumerate(entries) if n in kept]


def _format_days(entry: CalendarEntry, context: ViewContext) -> str:
    """Return the day, or first and last: `1 Oct`, `21–30 Oct`, `1 Oct – 31 Dec`.

    On paper, which has no headings of months, a day of another year has its year.
    """
    words, this_year = context.words, context.edition.as_of.year
    if context.options.brief and this_year not in (entry.day.year, entry.last.year):
        if entry.day == entry.last:
            return words.format_short_date(entry.day)
        return words.format_short_month(entry.day)
    last = words.format_month_day(entry.last)
    if entry.day == entry.last:
        return last
    if entry.day.replace(day=1) == entry.last.replace(day=1):
        return f"{entry.day.day}–{last}"
    return f"{words.format_month_day(entry.day)} – {last}"


def _build_row(entry: CalendarEntry, context: ViewContext, *, overdue: bool) -> CalendarRow:
    words = context.words
    lang = sanitize_language_tag(entry.language) if entry.language else words.language
    text = context.fit_text(words.translate_note(entry.what), _WHAT_LENGTH)
    if not text:
        text, lang = (
            words.translate(N_("A report in a script that the paper lacks")),
            words.language,
        )
    quote = context.fit_text(entry.quote.text, _QUOTE_LENGTH) if entry.quote else ""
    href = ""
    if entry.story:
        printed = entry.story.id in context.printed_ids
        href = f"#{entry.story.id}" if printed else to_safe_href(entry.story.url)
    names = words.join_names(context.fit_text(name, 60) for name in entry.products)
    cost = (
        words.translate("%(cost)s a year", cost=words.format_money(entry.cost))
        if entry.cost
        else ""
    )
    return CalendarRow(
        day=_format_days(entry, context),
        iso=entry.day.isoformat(),
        kind=name_date_kind(entry, words) if entry.story else "",
        text=text,
        lang=lang,
        dir=get_text_direction(lang),
        foreign=mark_language(lang, words),
        href=href,
        source=context.fit_text(entry.quote.source, 50) if entry.quote else "",
        quote="" if quote == text else quote,
        products=names if entry.story or entry.kind == "promise" else "",
        who=_describe_who(entry, context, cost, has_products=bool(names)),
        overdue=overdue,
    )


def name_date_kind(entry: CalendarEntry, words: Localizer) -> str:
    """Return what happens on a day: that of a price is no launch."""
    return words.translate(N_("Its price changes") if entry.of_price else DATE_KINDS[entry.kind])


def _describe_who(
    entry: CalendarEntry, context: ViewContext, cost: str, *, has_products: bool
) -> str:
    """Return for whom a date holds, its owner and what is at stake; else what its rule touches."""
    words, whom = context.words, context.fit_text(entry.whom, _WHOM_LENGTH)
    own = [part for part in (context.fit_text(entry.owner, 60), cost) if part]
    if not own and not has_products and (touched := _describe_rule(entry, context)):
        own, whom = [touched], "" if whom in touched else whom
    held_for = [words.translate(N_("for “%(whom)s”"), whom=whom)] if whom else []
    return ", ".join((*held_for, *own))


def _describe_rule(entry: CalendarEntry, context: ViewContext) -> str:
    """Say what the rule of a date touches; "" where the date is no rule's."""
    found = (one for one in context.edition.rules if entry.story and one.story.id == entry.story.id)
    rule = next(found, None)
    return describe_touched(rule, context) if rule else ""
