"""What our fonts can write, so that the paper never shows an empty box where a letter should stand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Set
from functools import cache
from pathlib import Path

_LOOSE_JOINER = re.compile(r"(?<!\w)\u200d|\u200d(?!\w)")  # what held an emoji together
_WITHOUT_MEANING = frozenset(
    "SCPZ"
)  # symbols, controls, punctuation, spaces: left out where no font has them


@cache
def read_code_points(fonts: Path) -> frozenset[int]:
    """The code points that at least one font of a folder can write."""
    from fontTools.ttLib import TTFont

    codes: set[int] = set()
    for path in sorted(fonts.glob("*.ttf")):
        with TTFont(path, lazy=True) as font:
            codes.update(font.getBestCmap())
    return frozenset(codes)


def make_legible(text: str, covered: Set[int]) -> str | None:
    """A text in letters that can be written: fancy letters become plain ones, emoji are left out. None where letters
    remain that no font has: half a title is worse than none."""
    if all(ord(char) in covered for char in text):
        return text
    letters: list[str] = []
    for char in text:
        plain = char if ord(char) in covered else unicodedata.normalize("NFKC", char)
        if all(ord(one) in covered for one in plain):
            letters.append(plain)
        elif unicodedata.category(char)[0] not in _WITHOUT_MEANING and not _is_variation_selector(
            char
        ):
            return None
    return " ".join(_LOOSE_JOINER.sub("", "".join(letters)).split())


def _is_variation_selector(char: str) -> bool:
    """A mark that only picks the look of the character before it."""
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
