"""A stack out of a spreadsheet:

CSV or XLSX to products as stack.yaml writes them. Pure, bounded; nothing is guessed.

The columns are known by their headings in English, Italian or German. A value that cannot be read
for certain ("ca. 20k") is left out and told with its row, for a person to fill in. Formulas count
with the result that the file stores.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from digest.config.stack import find_category, load_currency_codes, suggest_category
from digest.errors import UsageError
from digest.text import clean_text

MAX_BYTES = 10 * 2**20
_MAX_UNPACKED = 100 * 2**20
_MAX_ROWS, _MAX_COLUMNS = 5000, 60
_HEAD_ROWS = 20  # the row of headings stands in the first of them

_FIELDS: Mapping[str, str] = {
    "name": "name|product|tool|software|application|app|system|product name|tool name|prodotto|strumento|applicazione|"
    "nome|nome prodotto|produkt|werkzeug|anwendung|produktname|bezeichnung|name des tools",
    "vendor": "vendor|supplier|provider|company|maker|manufacturer|fornitore|produttore|azienda|anbieter|hersteller|"
    "lieferant|firma",
    "categories": "category|categories|type|stack category|area|categoria|categorie|tipo|ambito|kategorie|kategorien|"
    "bereich|typ",
    "owner": "owner|product owner|responsible|contact|business owner|responsabile|referente|proprietario|"
    "verantwortlich|verantwortliche|verantwortlicher|ansprechpartner|eigner|zuständig",
    "contribution": "contribution|purpose|use|used for|description|what for|scopo|uso|descrizione|utilizzo|contributo|"
    "zweck|nutzen|beschreibung|wofür|beitrag|einsatz",
    "users": "users|seats|licences|licenses|number of users|utenti|licenze|numero utenti|nutzer|benutzer|lizenzen|"
    "anzahl nutzer|anwender",
    "status": "status|state|stato|zustand",
    "cost": "cost|annual cost|yearly cost|cost per year|price|annual spend|spend|costo|costo annuo|costo annuale|spesa|"
    "prezzo|spesa annua|kosten|jahreskosten|kosten pro jahr|preis|kosten p.a.|jährliche kosten",
    "currency": "currency|valuta|währung",
    "contract_end": "contract end|end of contract|renewal|renewal date|contract until|expires|expiry|end date|"
    "fine contratto|scadenza|scadenza contratto|rinnovo|data rinnovo|vertragsende|vertrag bis|laufzeit bis|"
    "verlängerung|ablauf|kündbar zum",
    "notice": "notice|notice period|preavviso|periodo di preavviso|kündigungsfrist|frist|kündigung",
    "data": "data|data held|dati|daten|gespeicherte daten",
    "integrations": "integrations|integration|connected with|integrazioni|schnittstellen|integrationen|anbindungen",
}  # fmt: skip
_HEADINGS = {heading: name for name, headings in _FIELDS.items() for heading in headings.split("|")}
_STATUS: Mapping[str, str] = {
    word: status
    for status, words in {
        "anchor": "anchor|core|critical|strategic|principale|centrale|kern|kernsystem|zentral|strategisch",
        "in use": "in use|active|live|used|in uso|attivo|in esercizio|aktiv|im einsatz|produktiv|in nutzung",
        "trial": "trial|pilot|test|poc|on trial|prova|in prova|pilota|im test|testphase|probe",
        "retiring": "retiring|sunset|phase out|end of life|being retired|in dismissione|dismissione|auslaufend|"
        "wird abgelöst|abschaltung|in ablösung",
    }.items()
    for word in words.split("|")
}  # fmt: skip
_SYMBOLS: Mapping[str, str] = {
    "€": "EUR",
    "$": "USD",
    "£": "GBP",
    "¥": "JPY",
    "฿": "THB",
    "chf": "CHF",
    "fr.": "CHF",
}
_SPLIT = re.compile(r"\s*[;|/\n]\s*|\s*,\s+|,(?=\S)")
_NUMBER = re.compile(r"\d{1,3}(?:[.,' \u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?")
_UNITS = {"day": "days", "giorn": "days", "tag": "days", "week": "weeks", "settiman": "weeks", "woche": "weeks",
          "month": "months", "mes": "months", "monat": "months"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StackImport:
    """What a spreadsheet gave. `columns`: heading → field; `ignored`: headings that nothing is known for; `problems`:
    what was left out, with its row.
    """

    products: tuple[dict[str, Any], ...]
    columns: Mapping[str, str]
    ignored: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Worksheet:
    """Rows of cells, and what was odd in reading them: (row, column) → words."""

    rows: Sequence[Sequence[Any]]
    cell_problems: Mapping[tuple[int, int], str] = field(default_factory=dict)


def import_stack(data: bytes, name: str) -> StackImport:
    """Return the products of a CSV or XLSX file; `name` is its name in messages.

    Raises UsageError where it holds none.
    """
    if len(data) > MAX_BYTES:
        raise UsageError(f"{name} is larger than 10 MiB", "split it")
    sheets = (
        list(_read_xlsx(data, name)) if data.startswith(b"PK") else [_Worksheet(_read_csv(data))]
    )
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UsageError(f"{name} is an old Excel file (.xls)", "save it as .xlsx or .csv")
    for sheet in sheets:
        found = _find_heading_row(sheet.rows)
        if found is not None:
            return _read_products(sheet, found)
    known = "a column named product (prodotto, Produkt) or name, and one more that is known, as category, cost or owner"
    raise UsageError(f"{name} has no row of headings that is known", f"it needs {known}")


def format_stack_yaml(products: Sequence[Mapping[str, Any]]) -> str:
    """Return the products as the text of a stack.yaml."""
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedSeq

    def to_flow_style(value: Any) -> Any:
        if isinstance(value, list):
            flow = CommentedSeq(value)
            flow.fa.set_flow_style()
            return flow
        return value

    yaml = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 100_000
    out = io.StringIO()
    yaml.dump(
        {
            "products": [
                {key: to_flow_style(value) for key, value in one.items()} for one in products
            ]
        },
        out,
    )
    return out.getvalue()


# ---------------------------------------------------------------- files


def _read_csv(data: bytes) -> list[list[str]]:
    text = _decode_text(data)
    first = [line for line in text.splitlines() if line.strip()][:_HEAD_ROWS]
    delimiter = max(";\t|,", key=lambda sign: (_score_delimiter(first, sign), -";\t|,".index(sign)))
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return [row[:_MAX_COLUMNS] for _, row in zip(range(_MAX_ROWS), rows, strict=False)]
    except csv.Error as error:
        raise UsageError(
            f"the list cannot be read as CSV: {error}", "save it again as CSV or XLSX"
        ) from None


def _decode_text(data: bytes) -> str:
    """UTF-8 or UTF-16 by their marks, UTF-8 where it is valid, else windows-1252, as Excel saves CSV in Europe."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _score_delimiter(lines: Sequence[str], sign: str) -> int:
    """Return how many cells a delimiter makes, where most lines have as many."""
    counts = [len(row) for row in csv.reader(lines, delimiter=sign)]
    usual = max(set(counts), key=counts.count, default=0)
    return usual * counts.count(usual) if usual > 1 else 0


def _read_xlsx(data: bytes, name: str) -> Iterator[_Worksheet]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(info.file_size for info in packed.infolist()) > _MAX_UNPACKED:
                raise UsageError(
                    f"{name} unpacks to more than 100 MiB", "take out sheets that hold no products"
                )
    except zipfile.BadZipFile:
        raise UsageError(f"{name} is no whole XLSX file", "save it again, or as CSV") from None
    import openpyxl

    try:
        values = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
        formulas = openpyxl.load_workbook(io.BytesIO(data))
    except Exception as error:  # noqa: BLE001 - openpyxl raises whatever its parts raise
        raise UsageError(
            f"{name} cannot be read as XLSX: {clean_text(str(error))[:120]}",
            "save it again, or as CSV",
        ) from None
    for sheet, raw in zip(values.worksheets, formulas.worksheets, strict=True):
        yield _read_worksheet(sheet, raw)


def _read_worksheet(sheet: Any, raw: Any) -> _Worksheet:
    size = {
        "max_row": min(sheet.max_row, _MAX_ROWS),
        "max_col": min(sheet.max_column, _MAX_COLUMNS),
    }
    rows = [list(row) for row in sheet.iter_rows(**size, values_only=True)]
    odd = {}
    for row in raw.iter_rows(**size):
        for cell in row:
            if cell.data_type == "f" and rows[cell.row - 1][cell.column - 1] is None:
                odd[cell.row - 1, cell.column - 1] = (
                    "a formula whose result the file does not store"
                )
    for merged in sheet.merged_cells.ranges:
        value = rows[merged.min_row - 1][merged.min_col - 1]
        for at in range(
            merged.min_row - 1, min(merged.max_row, len(rows))
        ):  # down, not across: titles stay titles
            rows[at][merged.min_col - 1] = value
    return _Worksheet(rows, odd)


# ---------------------------------------------------------------- headings and rows


def _find_heading_row(rows: Sequence[Sequence[Any]]) -> int | None:
    for at, row in enumerate(rows[:_HEAD_ROWS]):
        found = [name for cell in row if (name := _match_heading(cell))]
        if "name" in found and len(set(found)) > 1:
            return at
    return None


def _match_heading(heading: object) -> str | None:
    """Return the field that a heading names; a unit or currency in brackets is no part of it."""
    words = re.sub(r"[(\[].*?[)\]]|[:*]", " ", clean_text(str(heading or ""))).casefold()
    words = " ".join(
        re.sub(r"\b(?:in )?(?:eur|euro|usd|gbp|chf|thb)\b|[€$£]", " ", words)
        .replace("_", " ")
        .split()
    )
    return _HEADINGS.get(words)


def _read_products(sheet: _Worksheet, at: int) -> StackImport:
    headings = [clean_text(str(cell or "")) for cell in sheet.rows[at]]
    fields: dict[int, str] = {}
    for column, heading in enumerate(headings):
        name = _match_heading(heading)
        if name and name not in fields.values():
            fields[column] = name
    products, problems, seen = [], [], set()
    for number, row in enumerate(sheet.rows[at + 1 :], at + 1):
        read = _ProductRowReader(number + 1, headings)
        cells = {fields[column]: row[column] for column in fields if column < len(row)}
        for column, name in fields.items():
            if words := sheet.cell_problems.get((number, column)):
                read.add_problem(
                    headings[column], f"holds {words}: open the file, save it, and import it again"
                )
                cells[name] = None
        product = read.read_product(
            cells, {name: headings[column] for column, name in fields.items()}
        )
        if product and product["name"].casefold() in seen:
            read.add_problem("", f"{product['name']!r} stood in a row before; this one is left out")
        elif product:
            seen.add(product["name"].casefold())
            products.append(product)
        problems += read.problems
    return StackImport(
        tuple(products),
        {headings[column]: name for column, name in fields.items()},
        tuple(
            heading for column, heading in enumerate(headings) if heading and column not in fields
        ),
        tuple(problems),
    )


class _ProductRowReader:
    """One row being read."""

    def __init__(self, number: int, headings: Sequence[str]) -> None:
        self.number = number
        self.headings = headings
        self.problems: list[str] = []

    def add_problem(self, heading: str, what: str) -> None:
        where = f"row {self.number}, {heading}" if heading else f"row {self.number}"
        self.problems.append(f"{where}: {what}")

    def read_product(
        self, cells: Mapping[str, Any], headings: Mapping[str, str]
    ) -> dict[str, Any] | None:
        """Return the product of the row; None of an empty row, or one that only sums up."""
        name = _cell_text(cells.get("name"))
        if not name or re.fullmatch(
            r"(?:grand )?total[ei]?|summe|gesamt|totale|sum", name.casefold()
        ):
            return None
        made: dict[str, Any] = {"name": name, "categories": []}
        readers: Mapping[str, Callable[[Any, str], Any]] = {
            "categories": self._read_categories, "users": self._read_user_count, "status": self._read_status,
            "contract_end": self._read_date, "notice": self._read_notice, "data": self._read_list, "integrations": self._read_list,
        }  # fmt: skip
        for key in ("categories", "vendor", "owner", "contribution", "users", "status"):
            self._set_value(made, key, cells, headings, readers)
        made |= self._read_cost(cells, headings)
        for key in ("contract_end", "notice", "data", "integrations"):
            self._set_value(made, key, cells, headings, readers)
        if "notice" in made and "contract_end" not in made:
            self.add_problem(
                headings["notice"], "a notice period without the contract's end is left out"
            )
            del made["notice"]
        return made

    def _set_value(
        self, made: dict[str, Any], key: str, cells: Mapping[str, Any], headings: Mapping[str, str],
        readers: Mapping[str, Callable[[Any, str], Any]],
    ) -> None:  # fmt: skip
        if _cell_text(cells.get(key)):
            reader = readers.get(key)
            value = reader(cells[key], headings[key]) if reader else _cell_text(cells[key])
            if value not in (None, "", []):
                made[key] = value

    def _read_categories(self, cell: Any, heading: str) -> list[str]:
        found = []
        for part in _split_category_names(_cell_text(cell)):
            slug = find_category(part)
            if slug:
                found.append(slug)
            else:
                near = suggest_category(part)
                self.add_problem(
                    heading,
                    f"{part!r} is no stack category" + (f"; did you mean {near}?" if near else ""),
                )
        return list(dict.fromkeys(found))

    def _read_user_count(self, cell: Any, heading: str) -> int | None:
        number = cell if isinstance(cell, int | float) else _parse_amount(_cell_text(cell))
        if number is None or number < 0 or number != int(number):
            self.add_problem(heading, f"{_cell_text(cell)!r} is no whole number")
            return None
        return int(number)

    def _read_status(self, cell: Any, heading: str) -> str | None:
        status = _STATUS.get(_cell_text(cell).casefold())
        if status is None:
            self.add_problem(
                heading, f"{_cell_text(cell)!r} is none of anchor, in use, trial, retiring"
            )
        return status

    def _read_cost(self, cells: Mapping[str, Any], headings: Mapping[str, str]) -> dict[str, Any]:
        cell = cells.get("cost")
        if not _cell_text(cell):
            return {}
        amount = cell if isinstance(cell, int | float) else _parse_amount(_cell_text(cell))
        currency = (
            _find_currency(_cell_text(cells.get("currency")))
            or _find_currency(_cell_text(cell))
            or _find_currency(headings["cost"])
        )
        if amount is None or isinstance(amount, bool) or amount < 0:
            self.add_problem(headings["cost"], f"{_cell_text(cell)!r} is no amount: write a number")
        elif currency is None:
            self.add_problem(
                headings["cost"],
                f"{_cell_text(cell)!r} has no currency, in the cell, its heading or a column of its own",
            )
        else:
            return {
                "cost": int(amount) if amount == int(amount) else round(float(amount), 2),
                "currency": currency,
            }
        return {}

    def _read_date(self, cell: Any, heading: str) -> str | None:
        if isinstance(cell, datetime | date):
            return f"{cell:%Y-%m-%d}"
        day = _parse_day(_cell_text(cell))
        if day is None:
            self.add_problem(
                heading,
                f"{_cell_text(cell)!r} is no date that can be read for certain: write 2026-09-30",
            )
        return day.isoformat() if day else None

    def _read_notice(self, cell: Any, heading: str) -> str | None:
        words = f"{_cell_text(cell)} {heading}".casefold()
        number = re.search(r"\d{1,3}", words)
        unit = next((unit for stem, unit in _UNITS.items() if re.search(rf"\b{stem}", words)), None)
        if number is None or unit is None:
            self.add_problem(
                heading, f"{_cell_text(cell)!r} is no period: write 90 days or 3 months"
            )
            return None
        return f"{int(number[0])} {unit}"

    def _read_list(self, cell: Any, _heading: str) -> list[str]:
        return [part for part in _SPLIT.split(_cell_text(cell)) if part]


# ---------------------------------------------------------------- cells


def _split_category_names(words: str) -> Iterator[str]:
    """Yield the names in a cell that lists categories. Some names hold a comma or a slash themselves: the longest run of
    parts that is a name is one.
    """
    parts = [part for part in re.split(r"\s*([;|,/])\s*", words) if part]
    at = 0
    while at < len(parts):
        ends = range(len(parts), at, -1)
        names = (
            "".join(f"{one} " if one in ",;" else one for one in parts[at:end]).strip()
            for end in ends
        )
        end, name = next(
            ((end, name) for end, name in zip(ends, names, strict=True) if find_category(name)),
            (0, ""),
        )
        if not name and parts[at] not in ";|,/":
            end, name = at + 1, parts[at]
        if name:
            yield name
        at = max(end, at + 1)


def _cell_text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell == int(cell):
        return str(int(cell))
    return clean_text(unicodedata.normalize("NFC", str(cell)))


def _parse_amount(words: str) -> float | None:
    """Return an amount as English, Italian and German write it; None where there is anything but a number and a currency."""
    bare = re.sub(r"€|\$|£|¥|฿|\b[A-Za-z]{3}\b|\bEuro\b|,-+|\.-+", " ", words).strip()
    if not _NUMBER.fullmatch(bare):
        return None
    whole, _, cents = re.fullmatch(r"(.*?)(?:([.,])(\d{1,2}))?", bare).groups()  # type: ignore[union-attr]
    return float(re.sub(r"\D", "", whole) + (f".{cents}" if cents else ""))


def _find_currency(words: str) -> str | None:
    for found in re.finditer(r"\b[A-Za-z]{3}\b", words):
        if found[0].upper() in load_currency_codes():
            return found[0].upper()
    if re.search(r"\beuro\b", words, re.IGNORECASE):
        return "EUR"
    return next((code for symbol, code in _SYMBOLS.items() if symbol in words.casefold()), None)


def _parse_day(words: str) -> date | None:
    """Return a day: 2026-09-30, 30.9.2026, 30/09/2026.

    Of two numbers that could both be the month, none is guessed.
    """
    try:
        return date.fromisoformat(words)
    except ValueError:
        pass
    match = re.fullmatch(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})", words)
    if not match:
        return None
    first, sign, second, year = int(match[1]), match[2], int(match[3]), int(match[4])
    try:
        if sign == "." or first > 12 or first == second:
            return date(year, second, first)
        return date(year, first, second) if second > 12 else None
    except ValueError:
        return None
