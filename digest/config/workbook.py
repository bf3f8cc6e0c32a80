"""The cells of an XLSX workbook. Pure, bounded: a file from anywhere may be given.

Own code over lxml, because openpyxl makes objects of all that a workbook holds: of 20 KB it made
4 GB, and a merged range over a whole sheet never ended. Here a part is read as a stream, what lies
beyond the bounds is passed over, and a workbook of more elements than any table has is refused.
Formulas count with the result that the file stores.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from lxml import etree

from digest.text import quote_words

Cell = str | float | date | None  # a float may be whole, or true or false

MAX_ROWS, MAX_COLUMNS = 5000, 60
_MAX_UNPACKED = 16 * 2**20  # bytes
_MAX_ELEMENTS = 1_200_000  # of all parts: twice as many as cells, and as texts, may count
_MAX_MERGED = MAX_ROWS * MAX_COLUMNS  # cells
_PIECE = 64 * 1024
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_WHOLE = re.compile(r"-?[0-9]{1,15}")
# formats that every workbook has, and letters of a format that stand for a part of a date
_DATE_FORMATS = frozenset((*range(14, 23), *range(27, 37), *range(50, 59)))
_NO_DATE_LETTERS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_DATE_LETTERS = re.compile(r"[dy]|m(?!.*0)", re.IGNORECASE)
_NO_RESULT = "a formula whose result the file does not store"


class WorkbookError(Exception):
    """It is no workbook that can be read; the text says why."""


@dataclass(slots=True)
class Worksheet:
    """Rows of cells, and what was odd in reading them: (row, column) from 0 → words."""

    rows: Sequence[Sequence[Any]]
    cell_problems: Mapping[tuple[int, int], str] = field(default_factory=dict)


def read_workbook(data: bytes) -> list[Worksheet]:
    """Return the tables of a workbook in their order. Raise WorkbookError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return _WorkbookReader(packed).read_sheets()
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, ValueError, KeyError) as error:
        # a damaged ZIP raises any of them, and so does a part that is named and is not there
        raise WorkbookError("it is no whole XLSX file") from error


class _WorkbookReader:
    def __init__(self, packed: zipfile.ZipFile) -> None:
        self._packed, self._elements = packed, 0
        parts = packed.infolist()
        if sum(part.file_size for part in parts) > _MAX_UNPACKED:
            raise WorkbookError("it unpacks to more than 16 MiB")
        if any(part.compress_type not in _PACKINGS for part in parts):
            raise WorkbookError("it is packed in a way that no spreadsheet program packs")
        self._names = {part.filename for part in parts}

    def read_sheets(self) -> list[Worksheet]:
        main = next(
            (
                place
                for kind, place in self._read_relations("").values()
                if kind == "officeDocument"
            ),
            "xl/workbook.xml",
        )
        book = _BookPart()
        self._read_part(main, book)
        relations = self._read_relations(main)
        strings, styles = _StringsPart(), _StylesPart()
        for kind, place in relations.values():
            if kind == "sharedStrings":
                self._read_part(place, strings)
            elif kind == "styles":
                self._read_part(place, styles)
        sheets = []
        for name in book.sheets:
            kind, place = relations.get(name, ("", ""))
            if kind == "worksheet":
                part = _SheetPart(strings.texts, styles.list_dates(), book.first_day)
                self._read_part(place, part)
                sheets.append(part.make_sheet())
        return sheets

    def _read_relations(self, place: str) -> dict[str, tuple[str, str]]:
        """Return what a part refers to: name → kind and place."""
        folder, name = posixpath.split(place)
        part = _RelationsPart(folder)
        path = posixpath.join(folder, "_rels", f"{name}.rels")
        if path in self._names:
            self._read_part(path, part)
        return part.relations

    def _read_part(self, place: str, part: _Part) -> None:
        parser = etree.XMLParser(
            target=_Target(part, self._count_element),
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
        )
        try:
            with self._packed.open(place) as handle:
                while piece := handle.read(_PIECE):
                    parser.feed(piece)
            parser.close()
        except etree.XMLSyntaxError as error:
            raise WorkbookError(f"it is damaged: {quote_words(str(error))}") from error

    def _count_element(self) -> None:
        self._elements += 1
        if self._elements > _MAX_ELEMENTS:
            raise WorkbookError("it holds more cells than any table of products")


class _Part:
    """What is taken from a part of a workbook as it passes by."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take the beginning of an element."""

    def end(self, tag: str, text: str) -> None:
        """Take the end of an element, and the text since the last tag."""


class _Target:
    """Hands a parser's events to a part: names without their namespaces, text in one piece."""

    def __init__(self, part: _Part, count: Callable[[], None]) -> None:
        self._part, self._count, self._text = part, count, list[str]()

    def start(self, tag: str | bytes, attributes: Mapping[Any, Any]) -> None:
        self._count()
        self._text.clear()
        self._part.start(_strip_namespace(tag), attributes)

    def data(self, data: str | bytes) -> None:
        self._text.append(str(data))

    def end(self, tag: str | bytes) -> None:
        self._part.end(_strip_namespace(tag), "".join(self._text))
        self._text.clear()

    def doctype(self, *_: object) -> None:
        raise WorkbookError("it declares entities, which no spreadsheet program does")

    def comment(self, text: str | bytes) -> None:
        """Pass it over."""

    def close(self) -> None:
        """Nothing is left to do."""


def _strip_namespace(tag: str | bytes) -> str:
    return str(tag).rpartition("}")[2]


class _RelationsPart(_Part):
    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.relations: dict[str, tuple[str, str]] = {}

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "Relationship":
            kind = attributes.get("Type", "").rpartition("/")[2]
            place = posixpath.normpath(posixpath.join(self._folder, attributes.get("Target", "")))
            self.relations[attributes.get("Id", "")] = kind, place.lstrip("/")


class _BookPart(_Part):
    def __init__(self) -> None:
        self.sheets: list[str] = []  # names of relations
        self.first_day = date(1899, 12, 30)

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "sheet":
            named = (attributes[key] for key in attributes if _strip_namespace(key) == "id")
            self.sheets += named
        elif tag == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            self.first_day = date(1904, 1, 1)


class _StringsPart(_Part):
    """The texts that cells name by their numbers."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._pieces: list[str] = []
        self._is_phonetic = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:  # noqa: ARG002
        self._is_phonetic |= tag == "rPh"

    def end(self, tag: str, text: str) -> None:
        if tag == "t" and not self._is_phonetic:
            self._pieces.append(text)
        elif tag == "rPh":
            self._is_phonetic = False
        elif tag == "si":
            self.texts.append("".join(self._pieces))
            self._pieces.clear()


class _StylesPart(_Part):
    """Which styles show a number as a date."""

    def __init__(self) -> None:
        self._formats: list[str] = []
        self._own_dates: set[str] = set()
        self._in_cells = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "numFmt":
            plain = _NO_DATE_LETTERS.sub("", attributes.get("formatCode", "")[:200])
            if _DATE_LETTERS.search(plain):
                self._own_dates.add(attributes.get("numFmtId", ""))
        elif tag == "xf" and self._in_cells:
            self._formats.append(attributes.get("numFmtId", ""))
        self._in_cells |= tag == "cellXfs"

    def end(self, tag: str, text: str) -> None:  # noqa: ARG002
        self._in_cells &= tag != "cellXfs"

    def list_dates(self) -> frozenset[str]:
        """Return the styles that show dates, as cells name them."""
        dates = {*map(str, _DATE_FORMATS), *self._own_dates}
        return frozenset(str(at) for at, name in enumerate(self._formats) if name in dates)


class _SheetPart(_Part):
    def __init__(self, texts: Sequence[str], dates: frozenset[str], first_day: date) -> None:
        self._texts, self._dates, self._first_day = texts, dates, first_day
        self._rows: list[list[Cell]] = []
        self._problems: dict[tuple[int, int], str] = {}
        self._merged: list[tuple[int, int, int]] = []  # column, first row, row after the last
        self._row, self._column = -1, -1
        self._kind, self._style = "", ""
        self._value, self._inline, self._is_formula = "", list[str](), False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "row":
            stated = attributes.get("r", "")
            self._row = int(stated) - 1 if _is_row_number(stated) else self._row + 1
            self._column = -1
        elif tag == "c":
            place = _locate_cell(attributes.get("r", ""))
            self._row, self._column = place or (self._row, self._column + 1)
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self._value, self._is_formula = "", False
            self._inline.clear()
        elif tag == "mergeCell":
            self._note_merged(attributes.get("ref", ""))

    def end(self, tag: str, text: str) -> None:
        if tag == "v":
            self._value = text
        elif tag == "t":
            self._inline.append(text)
        elif tag == "f":
            self._is_formula = True
        elif tag == "c" and 0 <= self._row < MAX_ROWS and self._column < MAX_COLUMNS:
            self._keep_cell()

    def _keep_cell(self) -> None:
        value = self._convert_value()
        if value is None:
            if self._is_formula:
                self._problems[self._row, self._column] = _NO_RESULT
            return
        self._rows += ([] for _ in range(self._row + 1 - len(self._rows)))
        row = self._rows[self._row]
        row += [None] * (self._column + 1 - len(row))
        row[self._column] = value

    def _convert_value(self) -> Cell:
        value = self._value.strip()
        if self._kind == "inlineStr":
            return "".join(self._inline) or None
        if not value:
            return None
        if self._kind == "s":
            at = int(value) if _WHOLE.fullmatch(value) else -1
            return self._texts[at] if 0 <= at < len(self._texts) else None
        if self._kind == "b":
            return value == "1"
        return self._convert_number(value) if self._kind == "n" else self._value

    def _convert_number(self, value: str) -> Cell:
        try:
            number = int(value) if _WHOLE.fullmatch(value) else float(value)
            if self._style not in self._dates or number < 1:
                return number if abs(number) < float("inf") else value
            # the calendar of 1900 has a 29 February that there never was
            early = number < 61 and self._first_day.year < 1900
            return self._first_day + timedelta(days=number + early)
        except (ValueError, OverflowError):
            return value

    def _note_merged(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        start, end = _locate_cell(first), _locate_cell(last)
        if start and end and start[0] < MAX_ROWS and start[1] < MAX_COLUMNS:
            self._merged.append((start[1], start[0], min(end[0] + 1, MAX_ROWS)))

    def make_sheet(self) -> Worksheet:
        """Return the table. What is merged counts in each of its rows, but in one column."""
        left = _MAX_MERGED
        for column, first, after in self._merged:
            left -= after - first
            if left < 0:
                raise WorkbookError("more cells are merged than a table has")
            row = self._rows[first] if first < len(self._rows) else []
            value = row[column] if column < len(row) else None
            for other in self._rows[first + 1 : after] if value is not None else ():
                other += [None] * (column + 1 - len(other))
                other[column] = value
        return Worksheet(self._rows, self._problems)


def _is_row_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < len(text) < 8 and text[0] != "0"


def _locate_cell(reference: str) -> tuple[int, int] | None:
    """Return row and column from 0 of a reference such as B12."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = 26 * column + ord(letter) - 64
    return int(match[2]) - 1, column - 1
