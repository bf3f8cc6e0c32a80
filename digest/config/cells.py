"""What a cell of a spreadsheet holds: text, an amount or a day, as people write them."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from digest.text import clean_text

_NUMBER = re.compile(r"\d{1,3}(?:[.,' \u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?")


def read_text(cell: Any) -> str:
    """Return what a cell holds as text; "" for an empty one."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell == int(cell):
        return str(int(cell))
    return clean_text(unicodedata.normalize("NFC", str(cell)))


def parse_amount(words: str) -> float | None:
    """Return an amount as English, Italian and German write it.

    None where there is anything but a number and a currency.
    """
    bare = re.sub(r"€|\$|£|¥|฿|\b[A-Za-z]{3}\b|\bEuro\b|,-+|\.-+", " ", words).strip()
    if not _NUMBER.fullmatch(bare):
        return None
    cents = re.search(r"[.,](\d{1,2})$", bare)
    whole = re.sub(r"\D", "", bare[: cents.start()] if cents else bare)
    return float(whole + (f".{cents[1]}" if cents else ""))


def read_day(cell: Any) -> str:
    """Return a day: 2026-09-30, 30.9.2026, 30/09/2026.

    Of two numbers that could both be the month, none is guessed. Raises ValueError where it cannot
    be read for certain.
    """
    if isinstance(cell, datetime | date):
        return f"{cell:%Y-%m-%d}"
    words = read_text(cell)
    with suppress(ValueError):
        return date.fromisoformat(words).isoformat()
    if match := re.fullmatch(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})", words):
        first, second, year = map(int, match.group(1, 3, 4))
        with suppress(ValueError):
            if match[2] == "." or first > 12 or first == second:
                return date(year, second, first).isoformat()
            if second > 12:
                return date(year, first, second).isoformat()
    raise ValueError(f"{words!r} is no date that can be read for certain: write 2026-09-30")
