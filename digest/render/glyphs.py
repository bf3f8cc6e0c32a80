"""What the fonts can write, so that the paper never shows an empty box in place of a letter."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Set
from functools import cache
from html import escape
from pathlib import Path

_LOOSE_JOINER = re.compile(r"(?<!\w)\u200d|\u200d(?!\w)")  # what held an emoji together
_VARIATION_SELECTOR = re.compile(r"[\ufe00-\ufe0f\U000e0100-\U000e01ef]")  # picks only a look
_WITHOUT_MEANING = frozenset("SCPZ")  # symbols, controls, punctuation, spaces
_UNDRAWN = frozenset("\t\n\r\u00ad\u200b\u200c\u200d\u200e\u200f\u2060")  # no glyph is looked for
_STAND_IN = "?"


@cache
def read_code_points(fonts: Path) -> frozenset[int]:
    """Return the code points that at least one font of a folder can write."""
    from fontTools.ttLib import TTFont

    codes: set[int] = set()
    for path in sorted(fonts.glob("*.ttf")):
        with TTFont(path, lazy=True) as font:
            codes.update(font.getBestCmap())
    return frozenset(codes)


def make_legible(text: str, covered: Set[int]) -> str | None:
    """Return a text in letters that can be written: fancy ones made plain, emoji left out.

    None where letters remain that no font has: half a title is worse than none.
    """
    if all(ord(char) in covered for char in text):
        return text
    letters: list[str] = []
    for char in text:
        plain = char if ord(char) in covered else unicodedata.normalize("NFKC", char)
        if all(ord(part) in covered for part in plain):
            letters.append(plain)
        elif unicodedata.category(char)[0] in _WITHOUT_MEANING or _VARIATION_SELECTOR.match(char):
            continue
        else:
            return None
    return " ".join(_LOOSE_JOINER.sub("", "".join(letters)).split())


def replace_unwritable(page: str, covered: Set[int]) -> tuple[str, str]:
    """Return a page in which every letter can be written, and the letters that could not be.

    A mark takes the place of each: what the views let pass must not cost the whole paper.
    """
    missing = {char for char in set(page) if ord(char) not in covered and char not in _UNDRAWN}
    if not missing:
        return page, ""
    written = {char: make_legible(char, covered) for char in missing}
    table = {  # escaped: a fancy sign may turn into one of markup
        ord(char): _STAND_IN if text is None else escape(text) or (" " if char.isspace() else "")
        for char, text in written.items()
    }
    return page.translate(table), "".join(sorted(char for char in missing if written[char] is None))
