"""How a briefing looks in an organisation's hands: its accent colour, its logo, its paper.

The colours stand in styles and templates as the default theme has them; another accent's take their
place when these are read. Tints are made of the accent, and each is kept as light, or as dark, as
the letters on it need.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from lxml import etree

from digest.text import clean_text

Paper = Literal["A4", "Letter"]
DEFAULT_PAGES = 10
MIN_CONTRAST = 4.5  # of text, by WCAG 2.2 AA
_ACCENT, _INK, _WHITE = "#0b5563", "#16202a", "#ffffff"
_NIGHT, _NIGHT_INK = "#12181e", "#e8e6e1"
# Colours of the default theme and how much of the accent is in each, on white and on the dark page.
_BARS = "#4d8f9b"
_TINTS = {
    _BARS: 0.73,
    "#78b0ba": 0.55,
    "#a9cbd1": 0.35,
    "#c9dfe3": 0.22,
    "#d9e7ea": 0.155,
    "#e0ebed": 0.13,
}
_NIGHT_TINTS = {"#2f6470": 0.6, "#24505a": 0.45, "#1d333a": 0.25}
_ACTIVE_SVG = frozenset("script foreignObject iframe embed object handler listener".split())
_SVG_LOADS = re.compile(r"(?i)url\(\s*['\"]?(?!#|data:image/)|@import|javascript:")
_NIGHT_ACCENTS = ("#7cc4d1", "#7cc4d0")


@dataclass(frozen=True, slots=True)
class DocumentTheme:
    """The look of a briefing."""

    accent: str = _ACCENT  # as #rrggbb
    logo: str = ""  # a data: address of a picture; "" for none
    paper: Paper = "A4"
    pages: int = DEFAULT_PAGES  # the most that the paper has

    def apply_colours(self, text: str) -> str:
        """Return a style or a template in this theme's colours."""
        if self.accent.lower() == _ACCENT:
            return text
        colours = _derive_colours(self.accent.lower())
        return re.sub("|".join(colours), lambda found: colours[found[0]], text)


DEFAULT_THEME = DocumentTheme()


def find_svg_fault(data: bytes) -> str:
    """Return what keeps an SVG from being a plain picture, in words, or "" where nothing does.

    A logo goes to every reader: it must run nothing and load nothing.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        return f"is no well-formed SVG: {clean_text(str(error))[:120]}"
    if etree.QName(root).localname != "svg":
        return "is no SVG"
    if root.getroottree().docinfo.internalDTD is not None:
        return "declares a document type of its own"
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        name = etree.QName(element).localname
        if name in _ACTIVE_SVG:
            return f"holds the element {name} in line {element.sourceline}"
        for attribute, value in element.attrib.items():
            local = etree.QName(attribute).localname.lower()
            loads = local in ("href", "src") and not str(value).strip().startswith(
                ("#", "data:image/")
            )
            if local.startswith("on") or loads or _SVG_LOADS.search(str(value)):
                return f"holds the attribute {local} in line {element.sourceline}"
        if name == "style" and _SVG_LOADS.search("".join(map(str, element.itertext()))):
            return f"loads a file in line {element.sourceline}"
    return ""


@cache
def _derive_colours(accent: str) -> Mapping[str, str]:
    """Map each colour of the default theme to that of another accent."""
    colours = {_ACCENT: accent}
    for old, share in _TINTS.items():
        colours[old] = _mix_readable(accent, _WHITE, _INK, share)
    # The darkest tint fills bars only, no letters stand on it.
    colours[_BARS] = mix_colours(accent, _WHITE, _TINTS[_BARS])
    for old, share in _NIGHT_TINTS.items():
        colours[old] = _mix_readable(accent, _NIGHT, _NIGHT_INK, share)
    light = _mix_readable(_WHITE, accent, _NIGHT, 0.5, towards=0.95)
    return colours | dict.fromkeys(_NIGHT_ACCENTS, light)


def _mix_readable(colour: str, ground: str, ink: str, share: float, towards: float = 0.0) -> str:
    """Mix colour and ground, with as much colour as letters in `ink` bear.

    The share of the colour moves towards 0, or another value, until the contrast suffices.
    """
    step = 0.02 if towards > share else -0.02
    mixed = mix_colours(colour, ground, share)
    while compute_contrast(mixed, ink) < MIN_CONTRAST and abs(share - towards) > 0.02:
        share += step
        mixed = mix_colours(colour, ground, share)
    return mixed


def mix_colours(colour: str, ground: str, share: float) -> str:
    """Return `share` of a colour over a ground."""
    pairs = zip(_split_channels(colour), _split_channels(ground), strict=True)
    return "#" + "".join(f"{round(255 * (a * share + b * (1 - share))):02x}" for a, b in pairs)


def compute_contrast(one: str, other: str) -> float:
    """Compute the contrast ratio of two colours as WCAG 2.2 defines it, 1 to 21."""
    dark, light = sorted((_compute_luminance(one), _compute_luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _compute_luminance(colour: str) -> float:
    """Compute the relative luminance of a colour as WCAG 2.2 defines it, 0 to 1."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in _split_channels(colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _split_channels(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
