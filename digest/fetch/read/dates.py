"""Dates as publishers write them, to aware UTC. Pure.

The rules: a time without a zone is UTC; a date without a time is midnight UTC; zone names are those
of RFC 822 and the common European and Asian ones, where one name has two meanings the one that more
feeds use (CST is America's, IST India's, BST Britain's summer), those of the time zone database
(`America/New_York`), and an unknown one is UTC. No date is invented: what cannot be read, what
names no day, what could be one of two days (06/07/2026), and what lies before 1990 (the epoch is no
date), is None. The future is kept as it is; whether to believe it is the archive's business.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from digest.fetch.read.date_scripts import rewrite_date
from digest.months import MONTHS_OF_ANY_LANGUAGE
from digest.text import quote_words, truncate_text

_WORDS = json.loads(Path(__file__).with_name("date_words.json").read_text("utf-8"))
_ZONE_HOURS: Mapping[str, float] = _WORDS["zones"]  # ahead of UTC, by name


def _number_words(table: Mapping[str, str]) -> dict[str, int]:
    return {word: int(number) for number, words in table.items() for word in words.split()}


_MONTHS = _number_words(_WORDS["months"]) | dict(MONTHS_OF_ANY_LANGUAGE)
_WEEKDAYS = _number_words(_WORDS["weekdays"])  # from Monday, 0

_CLOCK = (
    r"(?P<H>\d{1,2}):(?P<M>\d\d)(?::(?P<S>\d\d)(?:[.,]\d+)?)?"
    r"\s*(?P<half>[ap]\.?m\b\.?)?"
)
_TIME = rf"(?:(?:,?\s+(?:-\s+)?(?:at\s+)?{_CLOCK}|\s)\s*(?P<z>.*))?"  # or a zone alone
_WEEKDAY = r"(?:(?P<w>[^\W\d]+)(?:-feira)?(?:[.,]+\s*|\s+|(?=\d)))?"
_ISO = re.compile(
    r"(?P<y>\d{4})-?(?P<m>\d\d)-?(?P<d>\d\d)"
    r"(?:[T ]\s*(?P<H>\d\d?):?(?P<M>\d\d)(?::?(?P<S>\d\d)(?:[.,]\d+)?)?"
    r"\s*(?P<half>[ap]\.?m\b\.?)?\s*(?P<z>.*))?",
    re.IGNORECASE,
)
_ISO_WEEK = re.compile(rf"(?P<y>\d{{4}})-?W(?P<week>\d\d)-?(?P<wd>[1-7])(?:[T ]{_CLOCK}(?P<z>.*))?")
_ISO_DAY = re.compile(rf"(?P<y>\d{{4}})-(?P<yd>\d{{3}})(?:[T ]{_CLOCK}(?P<z>.*))?")
_NUMBERED = re.compile(  # 2026/7/6
    rf"{_WEEKDAY}(?P<y>\d{{4}})[-/.]\s?(?P<m>\d\d?)[-/.]\s?(?P<d>\d\d?){_TIME}", re.IGNORECASE
)
_DOTTED = re.compile(rf"{_WEEKDAY}(?P<d>\d\d?)\.\s?(?P<m>\d\d?)\.\s?(?P<y>\d{{4}}){_TIME}")
_EITHER_FIRST = re.compile(  # Fri, 26/06/2020; 10/30/23 21:55:58
    rf"{_WEEKDAY}(?P<one>\d\d?)(?P<mark>[/ -])(?P<two>\d\d?)(?P=mark)(?P<y>\d{{4}}|\d\d){_TIME}",
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(  # RFC 822: Mon, 06 Jul 2026 09:00:00 GMT; 6 de julio de 2026
    rf"{_WEEKDAY}(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|\.|º)?(?:[\s-]+|(?<=\.))"
    r"(?:d['’]|del?\s+)?(?P<b>[^\W\d]+)\.?,?(?:\s+del?\s+|[\s-]+)"
    rf"(?P<y>\d{{2}}|\d{{4}})(?:\s?(?:г\.|р\.))?{_TIME}",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(  # July 6, 2026 9:00 am EST
    rf"{_WEEKDAY}(?P<b>[^\W\d]+)\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}}){_TIME}",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(  # 2026. július 6.; 2026-Jul-06
    r"(?P<y>\d{4})[-.\s]\s?(?P<b>[^\W\d]+)[-.\s]\s?(?P<d>\d\d?)\.?"
    rf"(?:(?:T|,?\s+){_CLOCK}\s*(?P<z>.*))?",
    re.IGNORECASE,
)
_ASCTIME = re.compile(  # Mon Jul  6 09:00:00 2026
    rf"(?:[^\W\d]+)\s+(?P<b>[^\W\d]+)\s+(?P<d>\d{{1,2}})\s+{_CLOCK}"
    r"\s*(?P<z>[A-Z]{2,5}|[+-]\d{4})?\s+(?P<y>\d{4})",
    re.IGNORECASE,
)
_PATTERNS = (
    _ISO, _DAY_FIRST, _MONTH_FIRST, _ASCTIME, _NUMBERED, _DOTTED, _EITHER_FIRST, _YEAR_FIRST,
    _ISO_WEEK, _ISO_DAY,
)  # fmt: skip
# Seconds or milliseconds since 1970, of 2001 to 2030: no written date starts with such digits.
_UNIX = re.compile(r"(1[0-8]\d{8})(?:\d{3})?")
_OFFSET = re.compile(  # also Go's `+0700 +07 m=+0.1`, JavaScript's `GMT+0700 (Indochina Time)`
    r"(?:UTC|GMT|UT)?\s*([+\-−])\s?(\d{1,2})(?::?(\d\d)|:0)?"
    r"(?:Z|\s+[A-Z]{1,5}|\s+[+-]\d\d(?:\d\d)?)?(?:\s+m=\S+)?(?:\s*\(.*\))?",
    re.IGNORECASE,
)
_NAMED = re.compile(r"\(?([A-Za-z]{1,5}|[A-Za-z_]+(?:/[A-Za-z_]+){1,2})\)?(?:\s*\(.*\))?")
_FIRST_YEAR = 1990
_MAX_LENGTH = 100  # characters of a date
_MONTHS_IN_YEAR = 12


def parse_date(text: str) -> datetime | None:
    """Return the instant that a text names, in UTC; None where it names none that can be right."""
    text = rewrite_date(" ".join(text[:_MAX_LENGTH].split()))
    stamp = _UNIX.fullmatch(text)
    if stamp:
        return datetime.fromtimestamp(int(stamp[1]), UTC)
    matches = filter(None, (pattern.fullmatch(text) for pattern in _PATTERNS))
    for match in matches:
        try:
            return _build_datetime(match.groupdict())
        except (LookupError, ValueError, OverflowError):
            continue
    return None


def describe_date_problems(entries: int, undated: Sequence[str]) -> tuple[str, ...]:
    """Return in words what is wrong with the dates of so many entries.

    `undated` holds the date as stated, or "", of each entry without a usable one.
    """
    unreadable = [stated for stated in undated if stated]
    missing = len(undated) - len(unreadable)
    problems = []
    if unreadable:
        example = truncate_text(quote_words(unreadable[0]), 40)
        problems.append(
            f"{len(unreadable)} of {entries} entries have a date that cannot be right, "
            f"such as {example!r}"
        )
    if missing:
        problems.append(f"{missing} of {entries} entries have no date")
    return tuple(problems)


def _build_datetime(part: dict[str, str | None]) -> datetime | None:
    """Return the instant that the parts of a date name. Raise LookupError or ValueError."""
    day = _build_day(part)
    if day.year < _FIRST_YEAR:
        return None
    hour, minute, second = (int(part.get(key) or 0) for key in "HMS")
    half = (part.get("half") or "").lower()[:1]
    if half and hour <= 12:  # some write 15:09 pm
        hour = hour % 12 + (12 if half == "p" else 0)
    day_after = timedelta(days=1) if (hour, minute, second) == (24, 0, 0) else timedelta()
    hour = 0 if day_after else hour
    local = datetime(day.year, day.month, day.day, hour, minute, min(second, 59), tzinfo=UTC)
    return local + day_after - _parse_utc_offset(part.get("z") or "", local)


def _build_day(part: Mapping[str, str | None]) -> date:
    """Return the day that the parts of a date name. Raise LookupError or ValueError."""
    stated = part["y"] or ""
    year = int(stated)
    if len(stated) == 2:
        year += 1900 if year > 89 else 2000
    elif 2500 < year < 2700:  # Thai years are counted from the Buddha's death
        year -= 543
    if part.get("week"):
        return date.fromisocalendar(year, int(part["week"] or ""), int(part["wd"] or ""))
    if part.get("yd"):
        day = date(year, 1, 1) + timedelta(days=int(part["yd"] or "") - 1)
        if day.year != year:
            raise ValueError(part["yd"])
        return day
    if part.get("one"):
        return _tell_day_from_month(year, part)
    name = (part.get("b") or "").lower()
    month = _find_month(name) if name else int(part["m"] or 0)
    return date(year, month, int(part["d"] or 0))


def _tell_day_from_month(year: int, part: Mapping[str, str | None]) -> date:
    """Return the day of 26/06/2020 or 06/26/2020. Raise ValueError where it could be one of two.

    One number beyond 12 tells, and so does a weekday that only one of the two days is.
    """
    one, two = int(part["one"] or ""), int(part["two"] or "")
    possible = {
        date(year, month, day)
        for day, month in ((one, two), (two, one))
        if 0 < month <= _MONTHS_IN_YEAR
    }
    weekday = _WEEKDAYS.get((part.get("w") or "").lower())
    if len(possible) > 1 and weekday is not None:
        possible = {day for day in possible if day.weekday() == weekday}
    if len(possible) != 1:
        raise ValueError(part)
    return possible.pop()


def _find_month(name: str) -> int:
    """Return the number of a month by its name or the beginning of it. Raise LookupError."""
    if name in _MONTHS:
        return _MONTHS[name]
    if len(name) < 3:
        raise LookupError(name)
    for full, number in _MONTHS.items():
        if full.startswith(name):
            return number
    raise LookupError(name)


def _parse_utc_offset(text: str, local: datetime) -> timedelta:
    """Return how far a zone is ahead of UTC at a local time. Raise ValueError for no zone."""
    text = text.strip().rstrip(".")
    offset = _OFFSET.fullmatch(text)
    if offset:
        ahead = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        if ahead >= timedelta(hours=24):
            raise ValueError(text)
        return ahead if offset[1] == "+" else -ahead
    named = _NAMED.fullmatch(text)
    if text and not named:
        raise ValueError(text)
    if named and "/" in named[1]:
        zone = _load_zone(named[1])
        return (zone and local.replace(tzinfo=zone).utcoffset()) or timedelta()
    return timedelta(hours=_ZONE_HOURS.get(named[1].lower(), 0) if named else 0)


@lru_cache(maxsize=64)
def _load_zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
