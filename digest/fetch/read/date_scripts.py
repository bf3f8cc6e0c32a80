"""Dates in Thai, Chinese, Japanese and Korean, rewritten in digits and Latin words. Pure.

`dates` reads what comes out. Nothing is added: an era is counted to the common one, and the half of
a day that stands before its hour moves behind it.
"""

from __future__ import annotations

import re
import unicodedata

from digest.months import MONTHS, get_full_months
from digest.patterns import join_alternatives

_THAI = re.compile(r"[\u0e01-\u0e5b]")
_THAI_MONTHS = {
    unicodedata.normalize("NFKC", name): get_full_months("en")[number - 1]
    for name, number in MONTHS["th"].items()
}
_THAI_MONTH = re.compile(join_alternatives(_THAI_MONTHS))
_THAI_WEEKDAY = re.compile(
    r"^(?:วัน)?(?:จันทร์|อังคาร|พุธ|พฤหัสบดี|พฤหัสฯ?|ศุกร์|เสาร์|อาทิตย์|จ\.|อ\.|พ\.|พฤ\.|ศ\.|ส\.|อา\.)?(?:ที่)?[\s,]*"
)
_THAI_FILLER = re.compile(r"พ\.\s?ศ\.|ค\.\s?ศ\.|เวลา|น\.|นาฬิกา|[-–|]\s")  # era, "at", "o'clock"
_THAI_SHORT_YEAR = re.compile(r"([A-Za-z]\s+)(\d\d)(?=\s|,|$)")
_THAI_CLOCK = re.compile(r"\b(\d\d?)\.(\d\d)(?=\s|$)")
_BUDDHIST_CENTURY = 2500

_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ERAS = {"令和": 2018, "平成": 1988}  # the year before an era's first
_ERA_YEAR = re.compile(r"(令和|平成)\s?(\d\d?|元)\s?年")
_KOREAN_DOTS = re.compile(r"(\d{4})\.\s?(\d\d?)\.\s?(\d\d?)\.(?=\s|$|\()")
_MARKED_DAY = re.compile(r"(\d{4})\s?[年년]\s?(\d\d?)\s?[月월]\s?(\d\d?)\s?[日일号號]?")
_WEEKDAY_MARK = re.compile(
    r"\([月火水木金土日月화수목금토일一二三四五六]\)|(?:星期|周|週|礼拜|禮拜)[一二三四五六日天]|"
    r"[月火水木金土日]曜日?|[월화수목금토일]요일"
)
_HALF = re.compile(r"(上午|午前|오전|凌晨|早上)|(下午|午後|오후|晚上)")
_MARKED_CLOCK = re.compile(
    r"(\d\d?)\s?[時时点點시]\s?(?:(\d\d?)\s?[分분])?(?:\s?(\d\d?)\s?[秒초])?"
)
_HALF_FIRST = re.compile(r"\b(am|pm)\s*(\d\d?:\d\d(?::\d\d)?)")


def rewrite_date(text: str) -> str:
    """Return a date in digits and Latin words; the text itself where it is in such words."""
    text = unicodedata.normalize("NFKC", text)
    if _THAI.search(text):
        return _rewrite_thai(text)
    text = _KOREAN_DOTS.sub(r"\1-\2-\3 ", text)
    return " ".join((_rewrite_east_asian(text) if _EAST_ASIAN.search(text) else text).split())


def _rewrite_thai(text: str) -> str:
    """Return a Thai date with English months; two digits of a year are the Buddhist era's."""
    text = _THAI_WEEKDAY.sub("", text, count=1)
    text = _THAI_MONTH.sub(lambda match: f" {_THAI_MONTHS[match[0]]} ", text)
    text = _THAI_CLOCK.sub(r"\1:\2", _THAI_FILLER.sub(" ", text))
    text = _THAI_SHORT_YEAR.sub(
        lambda match: match[1] + str(_BUDDHIST_CENTURY + int(match[2])), text
    )
    return " ".join(text.split())


def _rewrite_east_asian(text: str) -> str:
    def count_era(match: re.Match[str]) -> str:
        return f"{_ERAS[match[1]] + (1 if match[2] == '元' else int(match[2]))}年"

    def write_clock(match: re.Match[str]) -> str:
        return f" {match[1]}:{(match[2] or '0'):0>2}:{(match[3] or '0'):0>2}"

    text = _MARKED_DAY.sub(r"\1-\2-\3 ", _ERA_YEAR.sub(count_era, text))
    text = _HALF.sub(lambda match: " am " if match[1] else " pm ", _WEEKDAY_MARK.sub(" ", text))
    return _HALF_FIRST.sub(r"\2 \1", _MARKED_CLOCK.sub(write_clock, text))
