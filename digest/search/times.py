"""Words of time in a question: "in July", "this quarter", "seit Juli", "七月", as days.

A month without a year is the last one that has begun.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from digest.months import MONTHS, get_full_months
from digest.patterns import join_alternatives
from digest.period import Quarter

_LANGUAGES = ("en", "de", "fr", "it", "es", "th")
_FULL_MONTHS = {
    name: number
    for language in _LANGUAGES
    for number, name in enumerate(get_full_months(language), 1)
}
_SHORT_THAI = {name: number for name, number in MONTHS["th"].items() if "." in name}
_AMBIGUOUS = ("may", "march", "mars", "mai", "set", "marzo", "august")
_ZH_NUMBERS = {
    name: number for number, name in enumerate("一 二 三 四 五 六 七 八 九 十 十一 十二".split(), 1)
}
_IN = (
    r"in|during|im|en|nel|nello|a|ad|au|au mois de|nel mese di|di|de|d|dal mese di|of|durante|"
    r"pendant|während"
)
_SINCE = (
    r"since|from|after|seit|ab|nach|da|dal|dall|dopo|depuis|desde|après|después de|ตั้งแต่|自从|自|从"
)
_UNTIL = r"before|until|till|by|vor|bis|prima di|fino a|avant|jusqu en|antes de|hasta|ก่อน"
_PREPOSITION = rf"(?P<since>{_SINCE})|(?P<until>{_UNTIL})|(?:{_IN})"
_MONTH_NAMES = join_alternatives([*_FULL_MONTHS, *_SHORT_THAI])
_MONTH = re.compile(
    rf"(?:(?<!\w)(?P<lead>{_PREPOSITION})\s*)?(?:เดือน)?"
    rf"(?<![a-z])(?P<month>{_MONTH_NAMES})(?![a-zà-ÿ])"
    rf"(?:\s*(?:of|de|del|di|ปี)?\s*(?P<year>20\d\d))?",
    re.IGNORECASE,
)
_ZH_MONTH = re.compile(
    r"(?P<since>自从|自|从)?(?:(?P<year>20\d\d)年)?"
    r"(?P<month>1[0-2]|[1-9]|十[一二]|[一二三四五六七八九十])月(?:份|以来|之后|以後|以后)?"
)
_QUARTER = re.compile(
    rf"(?:(?<!\w)(?P<lead>{_PREPOSITION})\s*)?(?:(?P<year>20\d\d)\s*-?\s*[Qq](?P<number>[1-4])|"
    r"[Qq](?P<number2>[1-4])\s*(?P<year2>20\d\d)?)(?!\w)"
)
_YEAR = re.compile(rf"(?<!\w)(?P<lead>{_PREPOSITION})\s*(?P<year>20\d\d)(?:年)?(?!\w)")
_ZH_YEAR = re.compile(r"(?P<year>20\d\d)年")
_AGO = re.compile(
    r"(?:in |over |during )?(?:the )?"
    r"(?:last|past|letzten|vergangenen|ultimi|ultime|derniers|dernières|últimos|últimas)\s+"
    r"(?P<count>\d{1,3})\s+(?P<unit>days?|weeks?|months?|tagen?|wochen|monaten?|giorni|settimane|"
    r"mesi|jours|semaines|mois|días|semanas|meses)",
    re.IGNORECASE,
)
_UNIT_DAYS = {"d": 1, "t": 1, "g": 1, "j": 1, "w": 7, "s": 7, "m": 30}
_RELATIVE = (  # pattern → which period, and how many of it back
    (
        (
            r"this quarter|current quarter|(?:in )?diese[ms]? quartal|questo trimestre|"
            r"ce trimestre|este trimestre|ไตรมาสนี้|本季度?|这个?季度"
        ),
        ("quarter", 0),
    ),
    (
        (
            r"last quarter|previous quarter|(?:im )?letzte[ns]? quartal|(?:lo )?scorso trimestre|"
            r"trimestre scorso|trimestre dernier|dernier trimestre|trimestre pasado|ไตรมาสที่แล้ว|"
            r"上个?季度?"
        ),
        ("quarter", 1),
    ),
    (
        r"this month|diesen monat|in diesem monat|questo mese|ce mois|este mes|เดือนนี้|本月|这个月",
        ("month", 0),
    ),
    (
        (
            r"last month|letzten monat|(?:il )?mese scorso|(?:lo )?scorso mese|mois dernier|"
            r"mes pasado|เดือนที่แล้ว|上个?月"
        ),
        ("month", 1),
    ),
    (
        r"this year|dieses jahr|in diesem jahr|quest'?\s?anno|cette année|este año|ปีนี้|今年",
        ("year", 0),
    ),
    (
        r"last year|letztes jahr|(?:l'?)?anno scorso|année dernière|año pasado|ปีที่แล้ว|去年",
        ("year", 1),
    ),
    (
        r"this week|diese woche|questa settimana|cette semaine|esta semana|สัปดาห์นี้|本周|这周",
        ("week", 0),
    ),
    (
        r"last week|letzte woche|settimana scorsa|semaine dernière|semana pasada|สัปดาห์ที่แล้ว|上周",
        ("week", 1),
    ),
)


@dataclass(frozen=True, slots=True)
class DaySpan:
    """Half-open days; None where a side is open."""

    start: date | None = None
    end: date | None = None


def extract_time(text: str, today: date, quarter: Quarter) -> tuple[str, DaySpan | None]:
    """Return a question without its words of time, and what they say.

    `quarter` is the one of today, in the team's own counting.
    """
    for pattern, (unit, back) in _RELATIVE:
        if match := re.search(rf"(?<![^\W{chr(0x0E00)}-\u9fff])(?:{pattern})", text, re.IGNORECASE):
            return _cut(text, match), _find_relative(unit, back, today, quarter)
    if match := _AGO.search(text):
        days = _UNIT_DAYS[match["unit"][0].lower()] * int(match["count"])
        if match["unit"].lower() in ("meses", "mesi", "mois"):
            days = 30 * int(match["count"])
        return _cut(text, match), DaySpan(today - timedelta(days=days))
    if match := _QUARTER.search(text):
        number = int(match["number"] or match["number2"])
        year = int(match["year"] or match["year2"] or today.year)
        first = date(year, 3 * number - 2, 1)
        return _cut(text, match), _take_side(match, first, _add_months(first, 3))
    return _extract_month_or_year(text, today)


def _extract_month_or_year(text: str, today: date) -> tuple[str, DaySpan | None]:
    for match in (*_MONTH.finditer(text), *_ZH_MONTH.finditer(text)):
        if span := _read_month(match, today):
            return _cut(text, match), span
    if named := _YEAR.search(text) or _ZH_YEAR.search(text):
        year = int(named["year"])
        return _cut(text, named), _take_side(named, date(year, 1, 1), date(year + 1, 1, 1))
    return text, None


def _read_month(match: re.Match[str], today: date) -> DaySpan | None:
    found = match.groupdict()
    name = match["month"].lower()
    if name in _AMBIGUOUS and not found.get("lead") and not match["year"]:
        return None
    number = (
        _FULL_MONTHS.get(name)
        or _SHORT_THAI.get(name)
        or _ZH_NUMBERS.get(name)
        or (int(name) if name.isdigit() else None)
    )
    if not number:
        return None
    year = int(match["year"]) if match["year"] else today.year - (number > today.month)
    first = date(year, number, 1)
    return _take_side(match, first, _add_months(first, 1))


def _take_side(match: re.Match[str], start: date, end: date) -> DaySpan:
    found = match.groupdict()
    if found.get("since"):
        return DaySpan(start)
    return DaySpan(None, start) if found.get("until") else DaySpan(start, end)


def _find_relative(unit: str, back: int, today: date, quarter: Quarter) -> DaySpan:
    if unit == "quarter":
        for _ in range(back):
            quarter = quarter.previous
        days = quarter.days
        return DaySpan(days[0], days[-1] + timedelta(days=1))
    if unit == "year":
        return DaySpan(date(today.year - back, 1, 1), date(today.year - back + 1, 1, 1))
    if unit == "month":
        first = _add_months(today.replace(day=1), -back)
        return DaySpan(first, _add_months(first, 1))
    monday = today - timedelta(days=today.weekday() + 7 * back)
    return DaySpan(monday, monday + timedelta(days=7))


def _add_months(first: date, months: int) -> date:
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _cut(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]} {text[match.end() :]}"
