"""Sums of money in a text, in the ways in which languages write them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from digest.model.stack import Money
from digest.patterns import join_alternatives
from digest.scale_words import (
    ENGLISH_SCALES,
    SCALES,
    SPACED_SCALES,
    UNSPACED_PATTERN,
    UNSPACED_SCALES,
)

_CURRENCIES: Mapping[str, str] = {
    "$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "RS": "INR",
    "RS.": "INR", "R$": "BRL", "฿": "THB", "EURO": "EUR", "EUROS": "EUR", "DOLLAR": "USD",
    "DOLLARS": "USD", "DOLLARI": "USD", "DOLARES": "USD", "DÓLARES": "USD", "POUNDS": "GBP",
    "円": "JPY", "日元": "JPY", "ドル": "USD", "米ドル": "USD", "美元": "USD", "美金": "USD",
    "鎂": "USD", "欧元": "EUR", "歐元": "EUR", "ユーロ": "EUR", "人民币": "CNY", "人民幣": "CNY",
    "元": "CNY", "บาท": "THB", "ดอลลาร์": "USD", "ยูโร": "EUR",
}  # fmt: skip
_COMMA_GROUPED = ENGLISH_SCALES | UNSPACED_SCALES  # words after numbers as 1,285
_SPACED = join_alternatives(SPACED_SCALES)
_CODES = join_alternatives(
    word for word in _CURRENCIES if word.isascii() or word in ("€", "£", "DÓLARES")
)
_SIGNS = join_alternatives(word for word in _CURRENCIES if not re.search(r"[^\W\d_]{3}", word))
_NAMES = join_alternatives(word for word in _CURRENCIES if re.match(r"[\u0e00-\u9fff]", word))
_AMOUNT = re.compile(
    # $30M, US$ 2 billion, EUR 4m
    rf"(?<![\w$€£¥])(?P<sign>{_SIGNS}|USD|EUR|GBP|CHF)\s?(?P<number>\d+(?:[.,]\d+)*)\s?"
    rf"(?:-?(?P<scale>{_SPACED}|{UNSPACED_PATTERN}))?(?![A-Za-zÀ-ÿ])"
    # 30 million dollars, 1,8 milliard $, 3,6 miliardi di dollari
    rf"|(?<![\w.,])(?P<bare>\d+(?:[.,]\d+)?)\s?(?:(?P<size>{_SPACED})\b)?\.?\s"
    rf"(?:d[ei] |d['’])?(?P<code>{_CODES}|USD|EUR|GBP|CHF)(?![A-Za-zÀ-ÿ])"
    # 8000億円, 42亿美元, 100 ล้านบาท
    rf"|(?P<plain>\d+(?:[.,]\d+)*)\s?(?P<power>{UNSPACED_PATTERN})?\s?(?P<name>{_NAMES})",
    re.IGNORECASE,
)
# What is no sum of this deal: what a firm is worth, turns over or has raised in all.
_OF_OTHER = re.compile(
    r"(?:valu(?:e|ed|ing|ation)|worth|revenue|in total|to date|so far|altogether|annual|bewertet|"
    r"bewertung|umsatz|insgesamt|valoris\w+|chiffre d['’]affaires|au total|valutat\w+|"
    r"valutazione|fatturato|in totale|valoraci\w+|valorad\w+|ingresos|en total|avaliad\w+|"
    r"avaliação|receita|no total)\b|企業価値|評価額|時価総額|累計|累计|估值|市值|营收|營收|"
    r"มูลค่าบริษัท|มูลค่ากิจการ",
    re.IGNORECASE,
)
_NEAR = 40  # characters around an amount in which words say what it is


def names_amount(text: str) -> bool:
    """Return whether a text names a sum of money, whatever it is of."""
    return _AMOUNT.search(text) is not None


def list_amounts(text: str) -> set[Money]:
    """Return the sums that a text names, without what words say to be of something else.

    A word is of the amount that it stands beside: between two amounts it may be of either.
    """
    found = set()
    matches = list(_AMOUNT.finditer(text))
    for place, match in enumerate(matches):
        first = matches[place - 1].end() if place else 0
        last = matches[place + 1].start() if place + 1 < len(matches) else len(text)
        before = text[max(first, match.start() - _NEAR) : match.start()]
        after = text[match.end() : min(last, match.end() + _NEAR)]
        is_next_to_other = place + 1 < len(matches) and _ends_with_other(after)
        if not (_OF_OTHER.search(before) or (_OF_OTHER.search(after) and not is_next_to_other)):
            found.add(_read_money(match))
    return found


def _ends_with_other(text: str) -> bool:
    """Return whether words before the next amount say what that one is: "at a valuation of"."""
    matches = list(_OF_OTHER.finditer(text))
    return bool(matches) and len(text) - matches[-1].end() <= 4


def _read_money(match: re.Match[str]) -> Money:
    number = match["number"] or match["bare"] or match["plain"]
    word = (match["scale"] or match["size"] or match["power"] or "").lower()
    # Before three digits a comma groups them in English and Asia, and a full stop elsewhere, where
    # a word of scale follows: "2,500 crore", "1.285 billion", "1,285 Milliarden".
    mark = "[.,]" if not word else "," if word in _COMMA_GROUPED else r"\."
    plain = re.sub(rf"{mark}(?=\d{{3}}(?:\D|$))", "", number)
    code = (match["sign"] or match["code"] or match["name"]).upper()
    return Money(float(plain.replace(",", ".")) * SCALES.get(word, 1), _CURRENCIES.get(code, code))
