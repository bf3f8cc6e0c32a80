"""The words behind the glyphs: what is copied from the PDF or found in it is what is printed.

WeasyPrint gives each glyph of a font the text of its first use, and the second glyph of a letter
none (its issue 2841). But one glyph serves several letters: a bracket the other bracket in a line
from right to left, an Arabic body three letters with the dots of each. So, here:

- a use of a glyph for another text gets a code of its own, with that text;
- a glyph that adds no letter (a dot, half of the Thai sara am) and a mark that is moved to its
  letter (a tone over a vowel sign, an Arabic short vowel) are drawn as outlines, and the letter's
  code has the text of both.

ActualText would say the same, but readers that do not know it would go without, and Chrome and
MuPDF misplace it in lines from right to left; a code with its text is understood by all.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, NamedTuple

# Soft hyphens, spaces of no width, marks of direction: they shape a line and are not copied.
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]")
_SHOWN_TEXT = re.compile(rb"\[(.*)\] TJ")
_SHOWN_GLYPHS = re.compile(rb"<([0-9a-f]*)>")
_SHOWN_PART = re.compile(rb"<([0-9a-f]*)>|([^<>]+)")  # glyphs; a move
_LAST_CODE = 0xFFFF  # WeasyPrint numbers what a font lacks from the other end
_MAP_BLOCK = 100  # entries of a ToUnicode map, as PDF limits it


class Standing(IntEnum):
    """How a glyph stands in its line: what takes no room marks another."""

    MOVED = 0  # takes no room and is not where the font has it
    NO_ROOM = 1
    ROOM = 2


@dataclass
class _FontCodes:
    """The codes of a WeasyPrint font beyond the numbers of its glyphs."""

    font: Any
    known: set[int] = field(default_factory=set)  # glyphs whose number has the right text
    codes: dict[tuple[int, str], int] = field(default_factory=dict)  # glyph, text → code

    def find(self, glyph: int, text: str) -> int:
        texts: dict[int, str] = self.font.to_unicode
        if glyph not in self.known:
            self.known.add(glyph)
            texts[glyph] = text
        if texts[glyph] == text:
            return glyph
        return self.codes.setdefault((glyph, text), _LAST_CODE - len(self.codes))

    @cached_property
    def outlines(self) -> Any:
        """The font as fontTools reads it, before WeasyPrint leaves out what is not used."""
        from fontTools.ttLib import TTFont

        return TTFont(io.BytesIO(self.font.file_content), fontNumber=self.font.index, lazy=True)


@dataclass(frozen=True)
class _Outline:
    """A glyph as a picture, of the kind that WeasyPrint draws after a line."""

    codes: _FontCodes
    glyph: int

    def draw(self, stream: Any, font_size: float, *_: object) -> None:
        from fontTools.pens.basePen import BasePen

        class _Pen(BasePen):  # type: ignore[misc] # fontTools ships no types
            def _moveTo(self, pt: tuple[float, float]) -> None:
                stream.move_to(*pt)

            def _lineTo(self, pt: tuple[float, float]) -> None:
                stream.line_to(*pt)

            def _curveToOne(self, *points: tuple[float, float]) -> None:
                stream.curve_to(*(number for point in points for number in point))

            def _closePath(self) -> None:
                stream.close()

        font = self.codes.outlines
        scale = font_size / font["head"].unitsPerEm
        stream.transform(a=scale, d=-scale)
        glyphs = font.getGlyphSet()
        glyphs[font.getGlyphName(self.glyph)].draw(_Pen(glyphs))
        stream.fill()


class _Use(NamedTuple):
    """A glyph where it is drawn."""

    font: _FontCodes
    glyph: int
    code: int  # 0 for an outline


# as WeasyPrint has emojis: what draws it, its font, width, height, place in ems, height in pixels
_Picture = tuple[_Outline, None, int, int, float, float]


class TextLayer:
    """The texts that glyphs were drawn for, font by font."""

    def __init__(self) -> None:
        self._fonts: dict[str, _FontCodes] = {}

    def rewrite_line(self, stream: Any, layout: Any, start: int) -> list[_Picture]:
        """Put codes into what was drawn of a line since a place in the stream.

        Return the outlines to draw after it.
        """
        lines = stream.stream[start:]
        drawn = [glyph for line in lines for glyph in _read_glyphs(line)]
        texts = list(self._share_line(stream, layout))
        if len(drawn) != len(texts):
            return []  # letters that are pictures, or drawn in a way that we do not know
        codes = [
            font.find(glyph, text) if text else 0
            for glyph, (font, text) in zip(drawn, texts, strict=True)
        ]
        if codes == drawn:
            return []
        fonts = [font for font, _ in texts]
        uses = map(_Use, fonts, drawn, codes)
        stream.stream[start:], outlines = _write_line(lines, uses)
        return outlines

    def finish(self, _document: Any, pdf: Any) -> None:
        """Add text, width and glyph of each new code to the fonts (a finisher of WeasyPrint)."""
        fonts = {one.font.name: one for one in self._fonts.values() if one.codes}
        for value in [one for one in pdf.objects if isinstance(one, dict)]:
            if used := fonts.get(value.get("BaseFont")):
                if "ToUnicode" in value:
                    lines = pdf.objects[int(value["ToUnicode"].split()[0])].stream
                    end = lines.index(b"endcmap")
                    lines[end:end] = _map_to_unicode(used.codes)
                else:
                    _add_codes(pdf, value, used)

    def _share_line(self, stream: Any, layout: Any) -> Iterator[tuple[_FontCodes, str]]:
        """Share the text of a laid out line among the glyphs that are drawn."""
        from weasyprint.text.ffi import ffi, pango

        text = layout.text.encode()
        run = layout.get_first_line()[0].runs[0]
        while run != ffi.NULL:
            item, glyphs = run.data.item, run.data.glyphs
            run = run.next
            font, _ = stream.add_font(item.analysis.font)
            codes = self._fonts.setdefault(font.hash, _FontCodes(font))
            count = glyphs.num_glyphs
            infos = zip(ffi.unpack(glyphs.log_clusters, count), glyphs.glyphs[0:count], strict=True)
            placed = [
                (item.offset + start, _find_standing(info.geometry))
                for start, info in infos
                if info.glyph != pango.PANGO_GLYPH_EMPTY
            ]
            step = -1 if item.analysis.level % 2 else 1  # from right to left, or not
            texts = share_text(text, placed[::step], item.offset + item.length)
            yield from ((codes, text) for text in texts[::step])


@contextmanager
def collect_text_layer() -> Iterator[TextLayer]:
    """Have WeasyPrint draw lines with their words, as long as this lasts."""
    from weasyprint.draw import text as module

    layer, draw_line = TextLayer(), module.draw_first_line

    def draw_line_with_words(stream: Any, textbox: Any, *options: Any, **more: Any) -> Any:
        start = len(stream.stream)
        pictures = draw_line(stream, textbox, *options, **more)
        if len(stream.stream) > start:  # what cannot be seen is not drawn
            pictures += layer.rewrite_line(stream, textbox.pango_layout, start)
        return pictures

    module.draw_first_line = draw_line_with_words
    try:
        yield layer
    finally:
        module.draw_first_line = draw_line


def share_text(text: bytes, glyphs: Sequence[tuple[int, Standing]], end: int) -> list[str]:
    """Share a run's text among its glyphs: what each stands for, "" for nothing.

    `glyphs` says for each, in the order of reading, where its letters begin in `text`, in bytes,
    and how it stands; `end` is where the run ends. A mark that was moved has its text with the
    letter that it stands at, since readers would take it for a line of its own.
    """
    letters = text[end - len(glyphs) : end]
    if letters.isascii() and [start for start, _ in glyphs] == [*range(end - len(glyphs), end)]:
        return list(letters.decode())  # as most are
    groups = [(start, [*group]) for start, group in groupby(glyphs, itemgetter(0))]
    if not groups:
        return []
    shares: list[str] = []
    letter = 0  # where the letter that marks stand at has its shares
    ends = [start for start, _ in groups[1:]] + [end]
    for (start, group), after in zip(groups, ends, strict=True):
        chars = _UNSEEN.sub("", text[start:after].decode())
        if not unicodedata.category(chars[:1] or " ").startswith("M"):
            letter = len(shares)
        standings = [standing for _, standing in group]
        # Of more glyphs than letters, those that take no room add none.
        order = sorted(range(len(group)), key=lambda n: standings[n], reverse=True)
        named = sorted(order[: len(chars)])
        for n, standing in enumerate(standings):
            at = named.index(n) if n in named else -1
            share = "" if at < 0 else chars[at:] if n == named[-1] else chars[at]
            owners = [place for place in range(letter, len(shares)) if shares[place]]
            if share and owners and standing == Standing.MOVED:
                shares[owners[-1]] += share
                share = ""
            shares.append(share)
    return shares


def _find_standing(geometry: Any) -> Standing:
    if geometry.width:
        return Standing.ROOM
    return Standing.MOVED if geometry.x_offset or geometry.y_offset else Standing.NO_ROOM


def _read_glyphs(line: bytes) -> list[int]:
    """Read the glyphs that a line of a content stream shows."""
    shown = _SHOWN_TEXT.fullmatch(line)
    if not shown:
        return []
    digits = b"".join(_SHOWN_GLYPHS.findall(shown[1]))
    return [int(digits[n : n + 4], 16) for n in range(0, len(digits), 4)]


def _write_line(lines: Iterable[bytes], uses: Iterable[_Use]) -> tuple[list[bytes], list[_Picture]]:
    """Write the lines of a content stream again, with codes and outlines."""
    written: list[bytes] = []
    outlines: list[_Picture] = []
    following = iter(uses)
    x = rise = 0.0  # in thousandths of the font's size; in pixels
    for line in lines:
        shown = _SHOWN_TEXT.fullmatch(line)
        if not shown:
            written.append(line)
            if line.endswith(b" Ts"):
                rise = float(line.split()[0])
            continue
        parts: list[bytes] = []
        for found in _SHOWN_PART.finditer(shown[1]):
            if found[2]:
                parts.append(found[2])
                x -= float(found[2])
                continue
            for font, glyph, code in islice(following, len(found[1]) // 4):
                width = font.font.widths[glyph]
                if code:
                    parts.append(b"<%04x>" % code)
                else:
                    parts.append(b"%d" % -width)
                    outlines.append((_Outline(font, glyph), None, 1, 1, x / 1000, -rise))
                x += width
        written.append(b"[" + b" ".join(parts).replace(b"> <", b"") + b"] TJ")
    return written, outlines


def _map_to_unicode(codes: Mapping[tuple[int, str], int]) -> Iterator[bytes]:
    """Write entries of a ToUnicode map."""
    entries = [b"<%04x> <%s>" % (code, _to_hex(text)) for (_, text), code in codes.items()]
    for start in range(0, len(entries), _MAP_BLOCK):
        block = entries[start : start + _MAP_BLOCK]
        yield from (b"%d beginbfchar" % len(block), *block, b"endbfchar")


def _add_codes(pdf: Any, value: Any, used: _FontCodes) -> None:
    """Give a font of the PDF glyphs and widths for codes."""
    from pydyf import Array, Stream

    glyphs = {code: glyph for (glyph, _), code in used.codes.items()}
    table = bytearray(2 * (_LAST_CODE + 1))
    for code, glyph in {**{one: one for one in used.font.to_unicode}, **glyphs}.items():
        table[2 * code : 2 * code + 2] = glyph.to_bytes(2, "big")
    stream = Stream([bytes(table)], compress=True)
    pdf.add_object(stream)
    value["CIDToGIDMap"] = stream.reference
    widths = [used.font.widths[glyphs[code]] for code in sorted(glyphs)]
    value["W"] += [min(glyphs), Array(widths)]


def _to_hex(text: str) -> bytes:
    return text.encode("utf-16-be").hex().encode()
