"""Dates as publishers write them, to aware UTC. Pure.

The rules: a time without a zone is UTC; a date without a time is midnight UTC; zone names are those
of RFC 822 and the common European and Asian ones, where one name has two meanings the one that more
feeds use (CST is America's, IST India's, BST Britain's summer), and an unknown one is UTC. No date
is invented: what cannot be read, what names no day, and what lies before 1990 (the epoch is no
date), is None. The future is kept as it is; whether to believe it is the archive's business.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from digest.months import MONTHS_OF_ANY_LANGUAGE
from digest.text import clean_text, truncate_text

_WORDS = json.loads(Path(__file__).with_name("date_words.json").read_text("utf-8"))
_ZONE_HOURS: Mapping[str, float] = _WORDS["zones"]  # ahead of UTC, by name
_ISO = re.compile(
    r"(?P<y>\d{4})-?(?P<m>\d\d)-?(?P<d>\d\d)"
    r"(?:[T ]\s*(?P<H>\d\d):?(?P<M>\d\d)(?::?(?P<S>\d\d)(?:[.,]\d+)?)?\s*(?P<z>.*))?"
)
_NUMBERED = re.compile(  # 2026/7/6, 2026-7-6, 2026年7月6日
    r"(?P<y>\d{4})[-/.年]\s?(?P<m>\d\d?)[-/.月]\s?(?P<d>\d\d?)日?"
    r"(?:\s+(?P<H>\d\d?):(?P<M>\d\d)(?::(?P<S>\d\d))?\s*(?P<z>.*))?"
)
_CLOCK = r"(?P<H>\d{1,2}):(?P<M>\d\d)(?::(?P<S>\d\d)(?:[.,]\d+)?)?\s*(?P<half>[ap]\.?m\.?)?"
_DAY_FIRST = re.compile(  # RFC 822: Mon, 06 Jul 2026 09:00:00 GMT
    r"(?:[^\W\d]+\.?,?\s*)?(?P<d>\d{1,2})(?:st|nd|rd|th|\.)?"
    r"[\s-]+(?P<b>[^\W\d]+)\.?,?[\s-]+(?P<y>\d{2}|\d{4})"
    rf"(?:,?\s+(?:at\s+)?{_CLOCK}\s*(?P<z>.*))?",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(  # July 6, 2026 9:00 am EST
    rf"(?:[^\W\d]+\.?,\s*)?(?P<b>[^\W\d]+)\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})"
    rf"(?:,?\s+(?:at\s+)?{_CLOCK}\s*(?P<z>.*))?",
    re.IGNORECASE,
)
_ASCTIME = re.compile(  # Mon Jul  6 09:00:00 2026
    rf"(?:[^\W\d]+)\s+(?P<b>[^\W\d]+)\s+(?P<d>\d{{1,2}})\s+{_CLOCK}"
    r"\s*(?P<z>[A-Z]{2,5})?\s+(?P<y>\d{4})",
    re.IGNORECASE,
)
_PATTERNS = (_ISO, _DAY_FIRST, _MONTH_FIRST, _ASCTIME, _NUMBERED)
_OFFSET = re.compile(
    r"(?:UTC|GMT|UT)?\s*([+\-−])\s?(\d{1,2}):?(\d\d)?(?:\s*\(.*\))?", re.IGNORECASE
)
_NAMED = re.compile(r"\(?([A-Za-z]{1,5}|[A-Za-z]+/[A-Za-z_/]+)\)?(?:\s*\(.*\))?")
_FIRST_YEAR = 1990
_MAX_LENGTH = 100  # characters of a date


def parse_date(text: str) -> datetime | None:
    """Return the instant that a text names, in UTC; None where it names none that can be right."""
    text = " ".join(text[:_MAX_LENGTH].split())
    match = next(filter(None, (pattern.fullmatch(text) for pattern in _PATTERNS)), None)
    try:
        return _build_datetime(match.groupdict()) if match else None
    except (LookupError, ValueError, OverflowError):
        return None


def describe_date_problems(entries: int, undated: Sequence[str]) -> tuple[str, ...]:
    """Return in words what is wrong with the dates of so many entries.

    `undated` holds the date as stated, or "", of each entry without a usable one.
    """
    unreadable = [stated for stated in undated if stated]
    missing = len(undated) - len(unreadable)
    problems = []
    if unreadable:
        example = truncate_text(clean_text(unreadable[0]), 40)
        problems.append(
            f"{len(unreadable)} of {entries} entries have a date that cannot be right, "
            f"such as {example!r}"
        )
    if missing:
        problems.append(f"{missing} of {entries} entries have no date")
    return tuple(problems)


def _build_datetime(part: dict[str, str | None]) -> datetime | None:
    """Return the instant that the parts of a date name. Raise LookupError or ValueError."""
    year = int(part["y"] or "")
    if len(part["y"] or "") == 2:
        year += 1900 if year > 89 else 2000
    elif 2500 < year < 2700:  # Thai years are counted from the Buddha's death
        year -= 543
    offset = _parse_utc_offset(part.get("z") or "")
    name = (part.get("b") or "").lower()
    month = (
        (MONTHS_OF_ANY_LANGUAGE.get(name) or MONTHS_OF_ANY_LANGUAGE[name[:3]])
        if name
        else int(part["m"] or 0)
    )
    if year < _FIRST_YEAR:
        return None
    hour, minute, second = (int(part.get(key) or 0) for key in "HMS")
    half = (part.get("half") or "").lower()[:1]
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    day_after = timedelta(days=1) if (hour, minute, second) == (24, 0, 0) else timedelta()
    hour = 0 if day_after else hour
    moment = datetime(year, month, int(part["d"] or 0), hour, minute, min(second, 59), tzinfo=UTC)
    return moment + day_after - offset


def _parse_utc_offset(text: str) -> timedelta:
    """Return how far a zone is ahead of UTC. Raise ValueError where the text is no zone."""
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
    return timedelta(hours=_ZONE_HOURS.get(named[1].lower(), 0) if named else 0)
