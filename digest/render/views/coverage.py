"""The section on sources and method: what was read, what was left out, how well labels do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from digest.i18n import N_
from digest.model.edition import CoverageRow, Edition
from digest.model.source import COVERED, FUTURE, MISSING, UNKNOWN
from digest.model.stack import Money
from digest.render.views.context import ViewContext
from digest.render.views.sections import sort_by_count
from digest.render.words import LABELS, SECTIONS, Localizer
from digest.text import clean_text
from digest.urls import extract_host

_MAX_REASONS, _MAX_PAPER_REASONS = 7, 4  # why items were left out; the rest is one line
_MAX_FAILED = 6  # sources that could not be read, by name
_RECENT = timedelta(days=7)  # before the edition's day; for an older newest item a word is due
_FAILED = ("failed", "never read")
_DAY_STATES = {COVERED: "held", MISSING: "missing", UNKNOWN: "unknown"}


_MAX_STRIPS = 60  # sources whose days are drawn: those with a problem come first


@dataclass(frozen=True, slots=True)
class CoverageStrip:
    """Of how many sources each day of the quarter is known to be held."""

    title: str
    alternative: str
    points: tuple[tuple[float, float], ...]  # part of the days come, part of all sources
    first: str  # what stands at both ends of the axis
    last: str


@dataclass(frozen=True, slots=True)
class SourceDayStrip:
    """The days of one source."""

    alternative: str
    said: str  # `80/92`
    runs: tuple[tuple[str, int, int], ...]  # held, missing or unknown; first day, number of days;
    # none where it is said in words alone
    all: int  # days of the quarter, those to come too


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """A source in the table of sources."""

    row: CoverageRow
    name: str
    problem: str
    days: SourceDayStrip | None


@dataclass(frozen=True, slots=True)
class MethodView:
    """The section on sources, coverage and quality; rows are pairs of a name and a value."""

    name: str
    lead: str
    strip: CoverageStrip | None
    lines: tuple[CoverageLine, ...]  # none on paper, as are figures of quality and provenance
    left_out: tuple[tuple[str, str], ...]
    quality: tuple[tuple[str, str], ...]
    provenance: tuple[tuple[str, str], ...]


def build_method(context: ViewContext) -> MethodView:
    """Build the section; sources with a problem come first, then those that gave most."""
    edition, words = context.edition, context.words
    rows = sorted(
        edition.coverage,
        key=lambda row: (
            row.state not in _FAILED,
            -row.in_edition,
            -row.items,
            row.source.casefold(),
        ),
    )
    reasons = sort_by_count(edition.left_out)
    most = _MAX_PAPER_REASONS if context.options.brief else _MAX_REASONS
    left_out = [
        (context.fit_text(words.translate(reason), 90), words.format_number(number))
        for reason, number in reasons[:most]
    ]
    if rest := reasons[most:]:
        number = sum(number for _, number in rest)
        left_out.append((words.translate("for other reasons"), words.format_number(number)))
    is_full = not context.options.brief
    return MethodView(
        name=words.translate_label(SECTIONS, "sources"),
        lead=" ".join(filter(None, (_describe_coverage(rows, context), describe_model(context)))),
        strip=build_coverage_strip(context) if is_full else None,
        lines=tuple(
            CoverageLine(
                row=row,
                name=context.fit_text(row.source, 60) or extract_host(row.url or ""),
                problem=context.fit_text(row.problem, 160),
                days=build_source_days(row.days, words, drawn=place < _MAX_STRIPS),
            )
            for place, row in enumerate(rows)
            if is_full
        ),
        left_out=tuple(left_out),
        quality=tuple(
            (
                words.translate_label(LABELS["quality"], clean_text(name)),
                words.format_share(value) if 0 <= value <= 1 else words.format_number(value),
            )
            for name, value in edition.quality.items()
            if is_full
        ),
        provenance=(
            (words.translate("Built"), words.format_timestamp(edition.as_of)),
            (words.translate("Program"), clean_text(edition.generated_from.version)),
            (words.translate("Archive"), clean_text(edition.generated_from.archive)),
            (words.translate("Settings"), clean_text(edition.generated_from.config)[:16]),
        )
        if is_full
        else (),
    )


def _describe_coverage(rows: list[CoverageRow], context: ViewContext) -> str:
    words = context.words
    failed = [row for row in rows if row.state in _FAILED]
    # Page one of a paper says it where it has a lead.
    says_it = context.options.brief and context.edition.front.lead
    newest = "" if says_it else describe_newest(context)
    lead = words.translate_plural(
        "%(n)s source is followed; %(gave)s gave items of this quarter.",
        "%(n)s sources are followed; %(gave)s gave items of this quarter.",
        len(rows),
        gave=words.format_number(sum(row.items > 0 for row in rows)),
    )
    lead = f"{lead} {newest}".rstrip()
    if not failed:
        return lead
    if not context.options.brief:
        return f"{lead} " + words.translate_plural(
            "%(n)s could not be read and stands first in the table.",
            "%(n)s could not be read and stand first in the table.",
            len(failed),
        )
    named = [name for row in failed[:_MAX_FAILED] if (name := context.fit_text(row.source, 60))]
    if rest := len(failed) - len(named):
        named.append(words.translate_plural("%(n)s more", "%(n)s more", rest))
    return f"{lead} " + words.translate(
        "Not everything could be read of %(names)s.", names=words.join_names(named)
    )


def find_last_read(edition: Edition) -> datetime | None:
    """Return when the newest item was published; None where it is as new as the edition."""
    last = min(edition.as_of, edition.end)
    newest = max((row.held_to for row in edition.coverage if row.held_to), default=None)
    return None if newest is None or last - newest <= _RECENT else newest


def describe_newest(context: ViewContext) -> str:
    """Say of which day the newest item is where the edition's last days have none."""
    edition, words = context.edition, context.words
    newest = find_last_read(edition)
    if newest is None:
        return ""
    last = min(edition.as_of, edition.end)
    days_since = (last.astimezone(words.zone).date() - newest.astimezone(words.zone).date()).days
    return words.translate(
        N_("The newest item read is of %(day)s, %(n)s days before."),
        day=words.format_date(newest.astimezone(words.zone).date()),
        n=words.format_number(days_since),
    )


def describe_model(context: ViewContext) -> str:
    """Say what a language model did for the edition, at what cost; "" where none was asked."""
    note, words = context.edition.model, context.words
    if note is None:
        return ""
    parts = []
    if note.judged:
        text = N_("The language model %(name)s judged %(count)s of %(all)s items.")
        parts.append(
            words.translate(
                text,
                name=context.fit_text(note.name, 60),
                count=words.format_number(note.judged),
                all=words.format_number(note.items),
            )
        )
    if note.written:
        accepted = N_(
            "Texts that the language model %(name)s wrote: %(count)s, each accepted by the team."
        )
        voted = N_(
            "Texts that the language model %(name)s wrote: %(count)s, each checked against its"
            " sources by rules and a vote of the model."
        )
        parts.append(
            words.translate(
                accepted if note.accepted else voted,
                name=context.fit_text(note.name, 60),
                count=words.format_number(note.written),
            )
        )
    if note.unanswered:
        text = N_(
            "%(count)s questions to the language model got no answer; the sources' own words stand"
            " there."
        )
        parts.append(words.translate(text, count=words.format_number(note.unanswered)))
    if note.cost >= 0.005 and parts:
        cost = words.format_money(Money(round(note.cost, 2), note.currency))
        parts.append(words.translate("The language model cost %(cost)s.", cost=cost))
    return " ".join(parts)


def build_coverage_strip(context: ViewContext) -> CoverageStrip | None:
    """Count for each day that has come of how many sources it is held.

    None where nothing is known of any day.
    """
    edition, words = context.edition, context.words
    known = [row.days for row in edition.coverage if row.days]
    come = max((len(days.rstrip(FUTURE)) for days in known), default=0)
    if not come or not any(COVERED in days for days in known):
        return None
    levels = [sum(days[n : n + 1] == COVERED for days in known) for n in range(come)]
    total = len(edition.coverage)
    whole = sum(days.rstrip(FUTURE) == COVERED * come for days in known)
    values = {
        "first": words.format_day(edition.start),
        "last": words.format_day(edition.start + timedelta(days=come - 1, hours=12)),
        "few": words.format_number(levels[0]),
        "many": words.format_number(levels[-1]),
        "all": words.format_number(total),
        "whole": words.format_number(whole),
    }

    def describe_end(day: str, held: str) -> str:
        return words.translate("%(day)s: %(few)s of %(all)s", day=day, few=held, all=values["all"])

    return CoverageStrip(
        title=words.translate("Sources of which a day is known to be held, day by day"),
        alternative=words.translate(
            "Of %(all)s sources, %(first)s is known to be held of %(few)s and %(last)s of "
            "%(many)s; %(whole)s are held for every day.",
            **values,
        ),
        points=tuple(
            ((n + edge) / come, level / total) for n, level in enumerate(levels) for edge in (0, 1)
        ),
        first=describe_end(values["first"], values["few"]),
        last=describe_end(values["last"], values["many"]),
    )


def build_source_days(days: str, words: Localizer, *, drawn: bool) -> SourceDayStrip | None:
    """Measure the runs of days of a source; None where nothing is known of them.

    Only a strip that is `drawn` has runs: half a kilobyte each, for hundreds of sources.
    """
    if not days.strip(FUTURE):
        return None
    runs, start = [], 0
    for letter, group in groupby(days):
        length = len(list(group))
        if letter in _DAY_STATES:
            runs.append((_DAY_STATES[letter], start, length))
        start += length
    counts = {name: days.count(letter) for letter, name in _DAY_STATES.items()}
    counts["all"] = sum(counts.values())
    numbers = {name: words.format_number(number) for name, number in counts.items()}
    return SourceDayStrip(
        words.translate(
            "%(held)s of %(all)s days held, %(missing)s missing, %(unknown)s not known", **numbers
        ),
        f"{numbers['held']}/{numbers['all']}",
        tuple(runs) if drawn else (),
        len(days),
    )
