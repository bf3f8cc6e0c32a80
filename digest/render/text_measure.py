"""How much room text takes, by the widths of the letters in our fonts, so that it is cut in time.

Widths are of the fonts in templates/fonts. Other programs draw slides with fonts of their own; ours
is wider than Arial, which stands there, so that what fits here fits there. Scripts without spaces
are counted as if they could break anywhere, with some room for the words that cannot.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from digest.render.templates import find_templates_dir
from digest.text import split_sentences, truncate_text

_FONTS = {  # weight → files, the first that has a letter counts
    False: (
        "Inter_400Regular.ttf",
        "NotoSansThai_400Regular.ttf",
        "NotoSansArabic_400Regular.ttf",
        "NotoSansHebrew_400Regular.ttf",
        "NotoSansSC_400Regular_GB2312_JIS0208_Big5.ttf",
        "NotoSansKR_400Regular_KSX1001.ttf",
    ),
    True: (
        "Inter_600SemiBold.ttf",
        "NotoSansThai_600SemiBold.ttf",
        "NotoSansArabic_600SemiBold.ttf",
        "NotoSansHebrew_600SemiBold.ttf",
        "NotoSansSC_400Regular_GB2312_JIS0208_Big5.ttf",
        "NotoSansKR_400Regular_KSX1001.ttf",
    ),
}
_POINTS = 72.0  # an inch
_UNKNOWN = 1.0  # em: the width of a letter that no font has
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
_UNSPACED_WEIGHT = 2.0  # a text of which half is such words is measured as if all were
_TALL = re.compile(r"[\u0e00-\u0eff\u0600-\u06ff\u0590-\u05ff]")  # marks above and below letters
_UNSPACED_LOSS = 0.1  # of a line of words without spaces: what its last word leaves free
_LEADING, _TALL_LEADING = 1.22, 1.42  # of a line's height to the size of its letters


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How a text is set. `points` is the size of its letters."""

    points: float
    bold: bool = False


@cache
def _load_widths(path: Path) -> Mapping[int, float]:
    """Return the width in em of every code point that a font has."""
    from fontTools.ttLib import TTFont

    with TTFont(path, lazy=True) as font:
        units = font["head"].unitsPerEm
        advances = font["hmtx"].metrics
        return {code: advances[name][0] / units for code, name in font.getBestCmap().items()}


@cache
def _measure_letter(letter: str, bold: bool) -> float:
    folder = find_templates_dir() / "fonts"
    code = ord(letter)
    for name in _FONTS[bold]:
        widths = _load_widths(folder / name)
        if code in widths:
            return widths[code]
    return _UNKNOWN


def measure_width(text: str, style: TextStyle) -> float:
    """Return how wide a text is on one line, in inches."""
    em = sum(_measure_letter(letter, style.bold) for letter in text)
    return em * style.points / _POINTS


def measure_line_height(text: str, style: TextStyle) -> float:
    """Return the height of each line of a text, in inches: Thai has marks above its letters."""
    leading = _TALL_LEADING if _TALL.search(text) else _LEADING
    return leading * style.points / _POINTS


def count_lines(text: str, width: float, style: TextStyle) -> int:
    """Return how many lines a text takes in a width in inches."""
    unspaced = len(_UNSPACED.findall(text)) / max(len(text), 1)
    room = width * (1.0 - _UNSPACED_LOSS * min(1.0, _UNSPACED_WEIGHT * unspaced))
    space = measure_width(" ", style)
    lines, used = 1, 0.0
    for word in text.split():
        length = measure_width(word, style)
        gap = space if used else 0.0
        if used + gap + length <= room:
            used += gap + length
            continue
        if length <= room:
            lines, used = lines + 1, length
            continue
        # a word wider than a line, or a run of a script without spaces: it breaks inside
        rest = length - max(0.0, room - used - gap)
        full = int(rest // room)
        lines, used = lines + full + 1, rest - full * room
    return lines


def measure_height(text: str, width: float, style: TextStyle) -> float:
    """Return how high a text is in a width, both in inches; 0 for ""."""
    return count_lines(text, width, style) * measure_line_height(text, style) if text else 0.0


def fit_line(text: str, width: float, sizes: Sequence[float], *, bold: bool) -> tuple[str, float]:
    """Return a text for one line and the largest of the sizes at which it fits; else it is cut."""
    for points in sizes:
        if measure_width(text, TextStyle(points, bold)) <= width:
            return text, points
    return cut_to_lines(text, width, TextStyle(sizes[-1], bold), 1), sizes[-1]


def cut_to_lines(text: str, width: float, style: TextStyle, lines: int) -> str:
    """Return as much of a text as so many lines hold: whole sentences, else cut at a word's end."""
    if count_lines(text, width, style) <= lines:
        return text
    sentences = split_sentences(text)
    for number in range(len(sentences) - 1, 0, -1):
        kept = " ".join(sentences[:number])
        if count_lines(kept, width, style) <= lines:
            return kept
    low, high = 0, len(text)
    while low < high:  # the longest that fits
        middle = (low + high + 1) // 2
        fits = count_lines(truncate_text(text, middle), width, style) <= lines
        low, high = (middle, high) if fits else (low, middle - 1)
    return truncate_text(text, low) if low else ""
