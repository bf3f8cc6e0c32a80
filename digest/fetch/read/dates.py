"""Dates as publishers write them, to aware UTC. Pure.

The rules: a time without a zone is UTC; a date without a time is midnight UTC; zone names are those of RFC 822 and the
common European and Asian ones, where one name has two meanings the one more feeds use (CST is America's, IST India's,
BST Britain's summer), and an unknown one is UTC. No date is invented: what cannot be read, what names no day, and what
lies before 1990 (the epoch is no date), is None. The future is kept as it is; whether to believe it is the archive's
business.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from digest.text import clean_text, truncate_text

_HOURS = {
    "ut": 0, "utc": 0, "gmt": 0, "z": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "mez": 1, "met": 1, "cest": 2,
    "mesz": 2, "mest": 2, "eet": 2, "sast": 2, "eest": 3, "msk": 3, "gst": 4, "pkt": 5, "ist": 5.5, "ict": 7, "wib": 7,
    "sgt": 8, "hkt": 8, "awst": 8, "pht": 8, "jst": 9, "kst": 9, "acst": 9.5, "aest": 10, "aedt": 11, "nzst": 12,
    "nzdt": 13, "brt": -3, "art": -3, "clt": -4, "ast": -4, "adt": -3, "est": -5, "edt": -4, "et": -5, "cst": -6,
    "cdt": -5, "ct": -6, "mst": -7, "mdt": -6, "mt": -7, "pst": -8, "pdt": -7, "pt": -8, "akst": -9, "akdt": -8,
    "hst": -10,
}  # fmt: skip
_MONTHS = {
    month: number
    for number, names in enumerate(
        (
            "jan january gen gennaio janvier janv januar enero",
            "feb february febbraio fev février februar febr febrero",
            "mar march marzo mars mär märz maerz", "apr april aprile avr avril abr abril", "may mai mag maggio mayo",
            "jun june giu giugno juin juni junio", "jul july lug luglio juil juillet juli julio",
            "aug august ago agosto août aout", "sep sept september set settembre septembre septiembre",
            "oct october ott ottobre octobre okt oktober octubre", "nov november novembre noviembre",
            "dec december dic dicembre déc décembre dez dezember diciembre",
        ),
        1,
    )
    for month in names.split()
}  # fmt: skip
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
    rf"(?:[^\W\d]+\.?,?\s*)?(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.)?[\s-]+(?P<b>[^\W\d]+)\.?,?[\s-]+(?P<y>\d{{2}}|\d{{4}})"
    rf"(?:,?\s+(?:at\s+)?{_CLOCK}\s*(?P<z>.*))?",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(  # July 6, 2026 9:00 am EST
    rf"(?:[^\W\d]+\.?,\s*)?(?P<b>[^\W\d]+)\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})"
    rf"(?:,?\s+(?:at\s+)?{_CLOCK}\s*(?P<z>.*))?",
    re.IGNORECASE,
)
_ASCTIME = re.compile(  # Mon Jul  6 09:00:00 2026
    rf"(?:[^\W\d]+)\s+(?P<b>[^\W\d]+)\s+(?P<d>\d{{1,2}})\s+{_CLOCK}\s*(?P<z>[A-Z]{{2,5}})?\s+(?P<y>\d{{4}})",
    re.IGNORECASE,
)
_PATTERNS = (_ISO, _DAY_FIRST, _MONTH_FIRST, _ASCTIME, _NUMBERED)
_OFFSET = re.compile(
    r"(?:UTC|GMT|UT)?\s*([+\-−])\s?(\d{1,2}):?(\d\d)?(?:\s*\(.*\))?", re.IGNORECASE
)
_NAMED = re.compile(r"\(?([A-Za-z]{1,5}|[A-Za-z]+/[A-Za-z_/]+)\)?(?:\s*\(.*\))?")
_FIRST_YEAR = 1990
_MOST = 100  # characters of a date


def parse_date(text: str) -> datetime | None:
    """The instant that a text names, in UTC; None where it names none that can be right."""
    text = " ".join(text[:_MOST].split())
    if not text:
        return None
    for pattern in _PATTERNS:
        match = pattern.fullmatch(text)
        if match:
            try:
                return _build_datetime(match.groupdict())
            except (ValueError, OverflowError):
                return None
    return None


def describe_date_problems(entries: int, undated: int, unread: Sequence[str]) -> tuple[str, ...]:
    """In words, what is wrong where `undated` of so many entries have no usable date; `unread` are those as stated."""
    example = f", such as {truncate_text(clean_text(unread[0]), 40)!r}" if unread else ""
    without = undated - len(unread)
    told = (
        f"{len(unread)} of {entries} entries have a date that cannot be right{example}"
        if unread
        else "",
        f"{without} of {entries} entries have no date" if without else "",
    )
    return tuple(filter(None, told))


def _build_datetime(part: dict[str, str | None]) -> datetime | None:
    """Raises ValueError where the parts are no date."""
    year, month = _parse_year(part["y"] or ""), _parse_month(part)
    zone = _parse_utc_offset(part.get("z") or "")
    if year < _FIRST_YEAR:
        return None
    hour, minute, second = (int(part.get(key) or 0) for key in "HMS")
    half = (part.get("half") or "").lower()[:1]
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    day_after = timedelta(days=1) if (hour, minute, second) == (24, 0, 0) else timedelta()
    hour = 0 if day_after else hour
    moment = datetime(year, month, int(part["d"] or 0), hour, minute, min(second, 59), tzinfo=UTC)
    return moment + day_after - zone


def _parse_year(digits: str) -> int:
    """Two digits are of this century or, above 89, of the last; Thai years (Buddhist era) are counted back."""
    year = int(digits)
    if len(digits) == 2:
        return year + (1900 if year > 89 else 2000)
    return year - 543 if 2500 < year < 2700 else year


def _parse_month(part: dict[str, str | None]) -> int:
    name = part.get("b")
    if name is None:
        return int(part["m"] or 0)
    number = _MONTHS.get(name.lower()) or _MONTHS.get(name.lower()[:3])
    if number is None:
        raise ValueError(name)
    return number


def _parse_utc_offset(text: str) -> timedelta:
    """How far a zone is ahead of UTC. Raises ValueError where the text is no zone."""
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
    return timedelta(hours=_HOURS.get(named[1].lower(), 0) if named else 0)
