"""What dates a sentence names, and what they are: something takes effect, is due, or ends. Pure.

A date counts only where the words around it say what it is; dates of events, studies, deals and
people, forecasts, ranges and days that lie behind are none. A wrong date is worse than none.
"""

from __future__ import annotations

import re
import tomllib
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from digest.months import MONTHS, get_full_months
from digest.text import clean_text, split_sentences

DateRole = Literal["effective", "deadline", "ends"]

GRACE = timedelta(days=4)  # by which a day may lie before the report of it
_JUST_PAST = timedelta(days=120)  # a month named without a year within them is the one that was
_MAX_CUE_DISTANCE = 110  # characters between a date and the verb that it belongs to
_MAX_SENTENCE_LENGTH = 600  # characters; a longer one is a page without full stops
_BUDDHIST_YEARS = 543
_WITHOUT_SPACES = frozenset({"th", "zh", "ja"})
_BY_NUMBERS = frozenset({"zh", "ja"})  # a month is a number there
_WITH_CAPITALS = frozenset({"en", "de"})  # a month has a capital there: "may" is a verb
_TABLES = tomllib.loads(Path(__file__).with_name("date_words.toml").read_text(encoding="utf-8"))
_QUOTES = '“"«„'
_SAID_BEFORE = 4  # sentences before a quotation, which may name its day
_MAX_SAID_DISTANCE = 12  # characters: "announced on", "said late on"
_CUES = (
    *("effective", "begins", "ends", "lasts", "duty", "change", "arrives"),
    *("doubt", "other", "said", "undone", "price"),
)
_PARTS = ("early", "mid", "late", "end")
_TRIGGERS = ("start", "by", "until", "from", "after", "on", "between")
_NEVER = r"(?!)"
_BREAK = r";|\s[—–]\s|(?<!\d)\.\s"
_EMPHASIS = re.compile(r"\*\*|__|`")
_ARTICLE = r"(?:the|den|dem|der|le|la|el|il)?"
_PUT_OFF_TO = re.compile(
    r"(?:(?<!\w)(?:to|until|till|auf|bis|au|à|al|a|hasta|para|até|naar|tot)\s+"
    r"(?:the |den |dem |zum |le |il |el |o )?|[至到])$",
    re.IGNORECASE,
)
_DAY_POINT = re.compile(r"(?<!\d)\d{1,2}\.$")


@dataclass(frozen=True, slots=True)
class DatedFact:
    """A date that a sentence names: `day` to `last`, which are one where it names a day."""

    role: DateRole
    day: date
    last: date
    sentence: str  # the whole of it
    words: str  # of it, that name the date, with what stands before it: "from 1 February 2027"
    binding: bool  # it speaks of prices, rules, terms or duties
    direct: bool  # it begins with the date, or says "starting", "effective"
    arrives: bool  # it is about something new that is to be had
    relative: bool = False  # "this month", by the day on which it is said
    of_price: bool = False  # it is that of a price which holds for a time


@dataclass(frozen=True, slots=True)
class _NamedDate:
    """A date where it stands in a text."""

    start: int
    end: int
    first: date
    last: date
    at_end: bool  # "the end of September", which as a limit is its last day
    is_range: bool = False
    is_relative: bool = False  # "this month", by the day on which it is said


@lru_cache(maxsize=100_000)  # the calendar, the rules and the agenda read the same texts
def read_text_dates(
    text: str, language: str, published: date, grace: timedelta = GRACE
) -> tuple[DatedFact, ...]:
    """Return the dates that the sentences of a text name, in order; none goes over a line's end."""
    return tuple(_iter_text_dates(text, language, published, grace))


def _iter_text_dates(
    text: str, language: str, published: date, grace: timedelta
) -> Iterator[DatedFact]:
    before: list[str] = []
    for line in _EMPHASIS.sub("", text).splitlines():
        for sentence in _split_sentences(clean_text(line), language):
            if len(sentence) <= _MAX_SENTENCE_LENGTH:
                for fact in read_dates(sentence, language, published, grace):
                    if not fact.relative or sentence[0] not in _QUOTES:
                        yield fact
                    elif said := _find_day_said(before, language, published):
                        # What is quoted was said on another day than that of the report.
                        yield from read_dates(sentence, language, said, grace)
            before = [*before[1 - _SAID_BEFORE :], sentence]


def _find_day_said(before: Iterable[str], language: str, published: date) -> date | None:
    """Return the day on which somebody said what is quoted, by the sentences before it."""
    if language not in _TABLES:
        return None
    reader = _load_reader(language)
    for sentence in reversed(list(before)):
        if said := reader.cues["said"].search(sentence):
            days = [
                named
                for named in reader.find_dates(sentence, published, _JUST_PAST)
                if named.first == named.last <= published
                and 0 <= named.start - said.end() <= _MAX_SAID_DISTANCE
            ]
            if days:
                return days[0].first
    return None


def read_dates(
    sentence: str, language: str, published: date, grace: timedelta = GRACE
) -> tuple[DatedFact, ...]:
    """Return the dates that a sentence names with their roles, in order.

    Years that are missing follow from the day of publication. A day that lies more than `grace`
    before it is none. Sentences in a language without a table have no dates.
    """
    if language not in _TABLES or not re.search(r"\d|[^\W\d]{3}", sentence):
        return ()
    reader = _load_reader(language)
    all_named = reader.find_dates(sentence, published, grace)  # most sentences have none
    if not all_named or reader.cues["undone"].search(sentence):
        return ()  # what is cancelled, put off or made permanent has no date, or another
    found = [
        fact
        for named in all_named
        if named.last >= published - grace
        # "in July", in July, is when it was told.
        and (
            named.is_relative
            or not (named.first < named.last and named.first <= published <= named.last)
        )
        and (
            fact := reader.judge_date(
                sentence, named, is_ahead=published < named.first == named.last
            )
        )
    ]
    return tuple(found)


def read_cancelled_spans(
    text: str, language: str, published: date
) -> tuple[tuple[date, date], ...]:
    """Return the days and months of what sentences say is cancelled or put off.

    The day that it is put off to is none of them.
    """
    if language not in _TABLES:
        return ()
    reader = _load_reader(language)
    return tuple(
        (named.first, named.first if named.is_range else named.last)
        for line in _EMPHASIS.sub("", text).splitlines()
        for sentence in _split_sentences(clean_text(line), language)
        if len(sentence) <= _MAX_SENTENCE_LENGTH and reader.cues["undone"].search(sentence)
        for named in reader.find_dates(sentence, published, GRACE)
        if not _PUT_OFF_TO.search(sentence[: named.start])
    )


def _split_sentences(text: str, language: str) -> list[str]:
    """Return the sentences of a text. The point of "1. Oktober" ends none."""
    months = MONTHS.get(language, {})
    joined: list[str] = []
    for sentence in split_sentences(text):
        first = re.match(r"\w+", sentence)
        if joined and first and first[0].lower() in months and _DAY_POINT.search(joined[-1]):
            joined[-1] += f" {sentence}"
        else:
            joined.append(sentence)
    return joined


@cache
def _load_reader(language: str) -> _DateReader:
    return _DateReader(language)


class _DateReader:
    """The patterns of a language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.words = {
            key: text.strip().replace("\n", "|") for key, text in _TABLES[language].items()
        }
        self.months = MONTHS.get(language, {})
        spaced = language not in _WITHOUT_SPACES
        self.open, self.close = (r"(?<!\w)", r"(?!\w)") if spaced else ("", "")
        self.dates = self._compile(f"{self.open}(?:{self._write_date_pattern()})")
        self.joins = self._compile(rf"\s*(?:[-–—]|{self._list('joins')})\s*{_ARTICLE}\s*")
        self.triggers = {
            key: self._compile(rf"{self.open}(?:{self._list(key)})\s*{_ARTICLE}\s*$")
            for key in _TRIGGERS
        }
        self.behind = {
            kind: self._compile(rf"\s*(?:{self._list(key)}){self.close}")
            for kind, key in (("by", "behind_by"), ("start", "behind_from"))
        }
        self.cues = {
            key: self._compile(f"{self.open}(?:{self._list(key)}){self.close}") for key in _CUES
        }
        self.breaks = self._compile(f"{_BREAK}|(?:{self._list('breaks')}){self.close}")

    def _list(self, key: str) -> str:
        """Return the alternatives of a row of the table; a pattern that never fits without any."""
        return self.words.get(key) or _NEVER

    @staticmethod
    def _compile(pattern: str) -> re.Pattern[str]:
        return re.compile(pattern, re.IGNORECASE)

    # ------------------------------------------------------------ the dates of a text

    def _write_date_pattern(self) -> str:
        """Return the pattern of a date, whose groups `_span` reads.

        Their first letter is the form: i 2026-10-01, n 1.10.2026, a 1 October, b October 1,
        c October, q a quarter; their second is y, m or d.
        """
        iso = r"(?P<iy>20\d\d)-(?P<im>[01]\d)-(?P<id>[0-3]\d)(?!\d)"
        if self.language in _BY_NUMBERS:
            return (
                rf"{iso}|(?:(?P<ay>20\d\d)\s?年\s?)?(?P<am>1[0-2]|[1-9])\s?月"
                r"(?:\s?(?P<ad>[1-3]?\d)\s?[日号號])?"
            )
        month, full = (
            self._list_months(self.months),
            self._list_months(get_full_months(self.language)),
        )
        year, gap = r"(?:\.?,?\s+(?:de |del |of )?(?P<{}>20\d\d)(?![\d-]))?", r"\s+"
        if self.language == "th":
            year, gap = r"(?:\s*(?:พ\.ศ\.|ค\.ศ\.|ปี)?\s*(?P<{}>2[05]\d\d)(?!\d))?", r"\s*"
        to = rf"(?:\s?[-–]\s?|\s(?:{self._list('joins')})\s)"
        day = r"\d{1,2}(?:st|nd|rd|th|er|\.|º|°|ª)?"
        parts = "|".join(f"(?P<{name}>{self._list(name)})" for name in _PARTS)
        names = _TABLES[self.language].get("quarters", "").split("\n")
        quarters = "|".join(
            f"(?P<q{n}>Q{n}|{name})" for n, name in enumerate(filter(None, names), 1)
        )
        early, late, end_year = map(self._list, ("early", "late", "year_end"))
        forms = [
            rf"(?P<this_month>{self._list('this_month')}){self.close}",
            rf"(?P<year_end>{end_year})(?!\d)|{iso}",
            (
                rf"(?<![\d.])(?P<ad>{day})(?:{to}(?P<alast>{day}))?{gap}(?:of |de |d[’'])?"
                rf"(?P<am>{month}){year.format('ay')}"
            ),
            rf"(?:(?:{parts})[\s-]*)?(?P<cm>{full}){year.format('cy')}",
            (
                rf"(?:(?P<qearly>{early})[\s-]*|(?P<qlate>{late})[\s-]*)?(?:{quarters})"
                rf"{self.close}{year.format('qy')}"
            ),
        ]
        if self.language == "en":
            forms.insert(
                2,
                rf"(?P<bm>{month})\.?\s+(?P<bd>\d{{1,2}})(?:st|nd|rd|th)?"
                r"(?:\s?[-–]\s?(?P<blast>\d{1,2}))?(?:,?\s+(?P<by>20\d\d))?(?![\d:%]|\.\d)",
            )
        elif self.language != "th":  # in English 1/10 may be the tenth of January
            forms.insert(2, r"(?<![\d.])(?P<nd>\d{1,2})[./](?P<nm>\d{1,2})[./](?P<ny>20\d\d)")
        return "|".join(forms)

    def _list_months(self, names: Iterable[str]) -> str:
        has_case = self.language in _WITH_CAPITALS
        written = sorted((name.capitalize() if has_case else name for name in names), key=len)
        flags = "-i" if has_case else ""
        return f"(?{flags}:{'|'.join(map(re.escape, reversed(written)))}){self.close}"

    def find_dates(self, text: str, published: date, grace: timedelta) -> list[_NamedDate]:
        """Return the dates of a text in order, two that make a range as one."""
        found: list[_NamedDate] = []
        for match in self.dates.finditer(text):
            named = self._resolve(match, published, grace)
            if named is None:
                continue
            before = found[-1] if found else None
            if before and self.joins.fullmatch(text, before.end, named.start):
                found[-1] = _NamedDate(
                    before.start, named.end, before.first, named.last, False, is_range=True
                )
            else:
                found.append(named)
        return found

    def _resolve(
        self, match: re.Match[str], published: date, grace: timedelta
    ) -> _NamedDate | None:
        part = match.groupdict()
        if part.get("this_month"):
            first = published.replace(day=1)
            last = _get_last_day(published.year, published.month)
            return _NamedDate(match.start(), match.end(), first, last, False, is_relative=True)
        given = (part.get(f"{form}y") for form in ("i", "n", "a", "b", "c", "q", "end_"))
        year = next((int(text) for text in given if text), None)
        if year and year > 2500:
            year -= _BUDDHIST_YEARS
        years = [year] if year else [published.year + step for step in (-1, 0, 1, 2)]
        spans = []
        for candidate in years:
            try:
                spans.append(self._span(part, candidate))
            except ValueError:  # no such day in that year
                continue
        if not spans:
            return None
        first, last = spans[0]
        if not year:
            at = next(n for n, span in enumerate(spans) if span[1] >= published - grace)
            was = spans[at - 1] if at else None
            is_past = was and published - was[1] <= _JUST_PAST
            first, last = was if was and is_past else spans[at]
        at_end = bool(part.get("end") or part.get("year_end"))
        is_range = bool(part.get("alast") or part.get("blast"))
        return _NamedDate(match.start(), match.end(), first, last, at_end, is_range)

    def _span(self, part: dict[str, str | None], year: int) -> tuple[date, date]:
        """Return the first and the last day that a date's words may mean. Raise ValueError."""
        if part.get("year_end"):
            return date(year, 12, 1), date(year, 12, 31)
        quarter = next((n for n in (1, 2, 3, 4) if part.get(f"q{n}")), 0)
        if quarter:
            start = 3 * quarter - 2
            early, late = part.get("qearly"), part.get("qlate")
            opening, closing = start + 2 * bool(late), start + 2 - 2 * bool(early)
            return date(year, opening, 1), _get_last_day(year, closing)
        form = next(form for form in "inabc" if part.get(f"{form}m"))
        name, day = part[f"{form}m"] or "", part.get(f"{form}d")
        month = int(name) if name.isdigit() else self.months[name.lower()]
        if day:
            last = part.get(f"{form}last") or day
            return date(year, month, _read_number(day)), date(year, month, _read_number(last))
        final = _get_last_day(year, month)
        if part.get("early"):
            return date(year, month, 1), date(year, month, 10)
        if part.get("mid"):
            return date(year, month, 11), date(year, month, 20)
        return date(year, month, 21 if part.get("late") or part.get("end") else 1), final

    # ------------------------------------------------------------ what a date is

    def judge_date(self, sentence: str, named: _NamedDate, *, is_ahead: bool) -> DatedFact | None:
        """Return what a date is; None where the words around it do not say so."""
        start, end = self._find_clause(sentence, named)
        before, behind = sentence[start : named.start], sentence[named.end : end]
        # Dates hold words of their own ("the end of May"), which say nothing about the rest.
        clause = self.dates.sub(lambda found: " " * len(found[0]), sentence[start:end])
        says = {key: pattern.search(clause) is not None for key, pattern in self.cues.items()}
        if says["doubt"] or says["other"]:
            return None
        trigger, opening = self._find_trigger(before, behind, is_day=named.first == named.last)
        if named.is_relative:
            trigger = "start" if says["change"] or says["duty"] else ""
        initial = not sentence[: start + opening].strip(" \"'“‘«([")
        role = self._choose_role(trigger, says, clause, named.start - start, initial or is_ahead)
        if named.is_range:  # most ranges are those of data: only what is forced on somebody counts
            role = "effective" if says["effective"] and says["change"] and trigger else None
        if role is None:
            return None
        exact = role == "deadline" or trigger == "until"
        return DatedFact(
            role,
            named.last if exact and named.at_end else named.first,
            named.last,
            sentence,
            sentence[start + opening : named.end].strip(),
            binding=says["change"] or says["duty"],
            direct=trigger == "start" or initial,
            arrives=says["arrives"],
            relative=named.is_relative,
            of_price=says["price"],
        )

    def _find_clause(self, sentence: str, named: _NamedDate) -> tuple[int, int]:
        start, end = 0, len(sentence)
        for found in self.breaks.finditer(sentence):
            if found.end() <= named.start:
                start = found.end()
            elif found.start() >= named.end:
                return start, found.start()
        return start, end

    def _find_trigger(self, before: str, behind: str, *, is_day: bool) -> tuple[str, int]:
        """Return the kind of the words beside a date, and where those before it begin.

        "The 15 September defaults" begin on it; "the October change" may be that of any month.
        """
        for role, pattern in self.behind.items():
            if pattern.match(behind) and (is_day or role != "start"):
                return role, len(before)
        found = [
            (match.start(), -_TRIGGERS.index(kind), kind)
            for kind, pattern in self.triggers.items()
            if (match := pattern.search(before))
        ]
        if not found:
            return "", len(before)
        opening, _, kind = min(found, key=lambda row: (row[0], -row[1]))  # the longest words
        return kind, opening

    def _choose_role(
        self, trigger: str, says: dict[str, bool], clause: str, at: int, starts: bool
    ) -> DateRole | None:
        begins = says["begins"] and says["change"]
        if trigger in ("start", "from", "after"):
            known = says["change"] or says["duty"] or says["effective"] or says["ends"]
            if trigger != "start" and not known and not (starts and trigger == "from"):
                return None
            is_end = says["ends"] and not says["effective"]
            return "ends" if is_end else "effective"
        if trigger == "until":
            return "deadline" if says["duty"] else "ends" if says["lasts"] else None
        if trigger == "by":
            return "deadline" if says["duty"] else None
        if trigger == "on":
            keys = ["ends", "effective", *(["begins"] if begins else [])]
            nearest = min(
                (
                    (min(abs(at - found.end()), abs(at - found.start())), key)
                    for key in keys
                    for found in self.cues[key].finditer(clause)
                ),
                default=(_MAX_CUE_DISTANCE, ""),
            )
            if nearest[0] < _MAX_CUE_DISTANCE:
                return "ends" if nearest[1] == "ends" else "effective"
        return None


def _read_number(day: str) -> int:
    return int(re.sub(r"\D", "", day))


def _get_last_day(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])
