"""What stands on the pages of a PDF, and how large its letters are.

Reads the pages as they were written: every text that is shown, with the size that its font has
after all transformations, decoded by the font's own map. Needs pikepdf.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import hypot
from typing import Any

_CHARS = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
_RANGES = re.compile(rb"beginbfrange(.*?)endbfrange", re.DOTALL)
_PAIR = re.compile(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]*)>")
_TRIPLE = re.compile(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>")

_Matrix = tuple[float, float, float, float]  # scale and shear; places do not matter
_Glyphs = Mapping[int, str]
_IDENTITY: _Matrix = (1.0, 0.0, 0.0, 1.0)


def read_pdf_text(pdf: bytes) -> str:
    """Return all text of a PDF in the order in which it is drawn, without spaces between lines."""
    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as document:
        pages: Any = document.pages
        return "".join(text for page in pages for _, text in iter_page_text(page))


def iter_page_text(page: Any) -> Iterator[tuple[float, str]]:
    """Yield the texts of a page or form: size in points, characters."""
    yield from _iter_text(page, _IDENTITY)


@dataclass(slots=True)
class _State:
    """What the operators of a page have set so far."""

    matrix: _Matrix
    fonts: Mapping[str, _Glyphs]
    kept: list[_Matrix] = field(default_factory=list)
    text_matrix: _Matrix = _IDENTITY
    glyphs: _Glyphs = field(default_factory=dict)
    size: float = 0.0

    def apply(self, operator: str, operands: Sequence[Any]) -> None:
        """Carry out an operator that draws nothing; leave any other."""
        match operator:
            case "q":
                self.kept.append(self.matrix)
            case "Q" if self.kept:
                self.matrix = self.kept.pop()
            case "cm":
                self.matrix = _multiply(_read_matrix(operands), self.matrix)
            case "BT":
                self.text_matrix = _IDENTITY
            case "Tm":
                self.text_matrix = _read_matrix(operands)
            case "Tf":
                self.glyphs = self.fonts.get(str(operands[0]), {})
                self.size = float(operands[1])

    def show(self, strings: Sequence[Any]) -> tuple[float, str]:
        """Return a text and how high its letters are."""
        *_, c, d = _multiply(self.text_matrix, self.matrix)
        text = "".join(_decode(bytes(part), self.glyphs) for part in _iter_strings(strings))
        return self.size * hypot(c, d), text


def _iter_text(content: Any, outer: _Matrix) -> Iterator[tuple[float, str]]:
    import pikepdf

    resources: Any = content.get("/Resources", {})
    fonts = {name: _read_glyphs(font) for name, font in dict(resources.get("/Font", {})).items()}
    forms: Any = resources.get("/XObject", {})
    state = _State(outer, fonts)
    for step in pikepdf.parse_content_stream(content):
        operator = str(step.operator)
        operands: Any = step.operands
        if operator in ("Tj", "TJ"):
            yield state.show(operands[0] if operator == "TJ" else operands)
        elif operator == "Do":
            form = forms.get(str(operands[0]))
            if form is not None and form.get("/Subtype") == "/Form":
                own = _read_matrix(form.get("/Matrix", _IDENTITY))
                yield from _iter_text(form, _multiply(own, state.matrix))
        else:
            state.apply(operator, operands)


def _iter_strings(shown: Any) -> Iterator[Any]:
    import pikepdf

    return (part for part in shown if isinstance(part, pikepdf.String))


def _read_matrix(operands: Sequence[Any]) -> _Matrix:
    a, b, c, d = (float(value) for value in list(operands)[:4])
    return a, b, c, d


def _multiply(one: _Matrix, other: _Matrix) -> _Matrix:
    (a, b, c, d), (e, f, g, h) = one, other
    return a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h


def _decode(string: bytes, glyphs: _Glyphs) -> str:
    """Return the characters of a string of two-byte codes."""
    codes = (int.from_bytes(string[n : n + 2], "big") for n in range(0, len(string), 2))
    return "".join(glyphs.get(code, "\ufffd") for code in codes)


def _read_glyphs(font: Any) -> dict[int, str]:
    """Return what each code of a font means: its /ToUnicode."""
    if "/ToUnicode" not in font:
        return {}
    cmap, glyphs = font.ToUnicode.read_bytes(), dict[int, str]()
    for block in _CHARS.findall(cmap):
        for code, text in _PAIR.findall(block):
            glyphs[int(code, 16)] = _read_utf16(text)
    for block in _RANGES.findall(cmap):
        for first, last, text in _TRIPLE.findall(block):
            start = int(text, 16)
            for offset in range(int(last, 16) - int(first, 16) + 1):
                glyphs[int(first, 16) + offset] = chr(start + offset)
    return glyphs


def _read_utf16(text: bytes) -> str:
    return bytes.fromhex(text.decode()).decode("utf-16-be", "replace")


def list_page_anchors(pdf: bytes) -> tuple[tuple[str, ...], ...]:
    """Return the names of the places that links in a PDF may lead to, page by page, from above."""
    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as document:
        pages: Any = document.pages
        numbers = {page.objgen: number for number, page in enumerate(pages)}
        found: list[list[tuple[float, str]]] = [[] for _ in pages]
        root: Any = document.Root
        names: Any = root.Names.get("/Dests") if "/Names" in root else None
        for name, place in _iter_destinations(names) if names is not None else ():
            if (number := numbers.get(place[0].objgen)) is not None:
                found[number].append((-float(place[3]), name))
        return tuple(tuple(name for _, name in sorted(of_page)) for of_page in found)


def _iter_destinations(node: Any) -> Iterator[tuple[str, Any]]:
    """Yield the named destinations of a name tree: name, [page, /XYZ, left, top, zoom]."""
    for kid in node.get("/Kids", ()):
        yield from _iter_destinations(kid)
    listed = list(node.get("/Names", ()))
    yield from ((str(name), place) for name, place in zip(listed[::2], listed[1::2], strict=True))
