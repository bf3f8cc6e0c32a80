"""A stack out of a spreadsheet: CSV or XLSX to products as stack.yaml writes them. Pure, bounded.

The columns are known by their headings in English, Italian or German; nothing is guessed. A value
that cannot be read for certain ("ca. 20k") is left out and reported with its row, for a person to
fill in. Formulas count with the result that the file stores.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from digest.config.categories import find_category, suggest_category
from digest.config.cells import parse_amount, read_day, read_text
from digest.config.kinds import load_currency_codes
from digest.config.own_columns import OwnColumn, read_own_columns
from digest.config.workbook import MAX_COLUMNS, MAX_ROWS, WorkbookError, Worksheet, read_workbook
from digest.errors import UsageError
from digest.text import clean_text

MAX_BYTES = 10 * 2**20
_HEAD_ROWS = 20  # the row of headings stands in the first of them
_LONGEST_HEADING = 200  # characters of it that are looked at

# headings of columns, words for a product's status, signs of currencies, stems of periods
_WORDS: Mapping[str, Any] = json.loads(
    Path(__file__).with_name("spreadsheet.json").read_text("utf-8")
)
_HEADINGS = {heading: name for name, several in _WORDS["fields"].items() for heading in several}
_STATUS = {word: status for status, words in _WORDS["status"].items() for word in words}
_SPLIT = re.compile(r"\s*[;|/\n]\s*|\s*,\s+|,(?=\S)")


@dataclass(frozen=True, slots=True)
class StackImport:
    """What a spreadsheet gave.

    `columns`: heading → field; `ignored`: headings that nothing is known for; `own_columns`: those
    of them that are read as fields of the company's own; `problems`: what was left out, with its
    row.
    """

    products: tuple[dict[str, Any], ...]
    columns: Mapping[str, str]
    ignored: tuple[str, ...] = ()
    own_columns: tuple[OwnColumn, ...] = ()
    problems: tuple[str, ...] = ()


def import_stack(data: bytes, name: str, *, own_fields: bool = False) -> StackImport:
    """Return the products of a CSV or XLSX file; `name` is its name in messages.

    `own_fields`: columns that nothing is known for are fields of the company's own. Raises
    UsageError where it holds none.
    """
    if len(data) > MAX_BYTES:
        raise UsageError(f"{name} is larger than 10 MiB", "split it")
    sheets = _read_xlsx(data, name) if data.startswith(b"PK") else [Worksheet(_read_csv(data))]
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UsageError(f"{name} is an old Excel file (.xls)", "save it as .xlsx or .csv")
    for sheet in sheets:
        for at, row in enumerate(sheet.rows[:_HEAD_ROWS]):
            named = {_match_heading(cell) for cell in row} - {None}
            if "name" in named and len(named) > 1:
                return _read_products(sheet, at, own_fields=own_fields)
    raise UsageError(
        f"{name} has no row of headings that is known",
        "it needs a column named product (prodotto, Produkt) or name, and one more that is known, "
        "as category, cost or owner",
    )


# ---------------------------------------------------------------- files


def _read_csv(data: bytes) -> list[list[str]]:
    """Return the rows of a CSV file.

    It is UTF-8 or UTF-16 by its mark, UTF-8 where it is valid, else windows-1252, as Excel saves
    CSV in Europe. Its delimiter is the one that makes the most cells in lines of the most common
    length.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
    first = [line for line in text.splitlines() if line.strip()][:_HEAD_ROWS]

    def score(sign: str) -> int:
        counts = [len(row) for row in csv.reader(first, delimiter=sign)]
        usual = max(set(counts), key=counts.count, default=0)
        return usual * counts.count(usual) if usual > 1 else 0

    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(";\t|,", key=score))
        return [row[:MAX_COLUMNS] for row in islice(rows, MAX_ROWS)]
    except csv.Error as error:
        raise UsageError(
            f"the list cannot be read as CSV: {error}", "save it again as CSV or XLSX"
        ) from None


def _read_xlsx(data: bytes, name: str) -> list[Worksheet]:
    try:
        return read_workbook(data)
    except WorkbookError as error:
        raise UsageError(
            f"{name} cannot be read as XLSX: {error}", "save it again with its one table, or as CSV"
        ) from None


# ---------------------------------------------------------------- headings and rows


def _match_heading(heading: object) -> str | None:
    """Return the field that a heading names; a unit or currency in it counts for nothing."""
    text = clean_text(str(heading or ""))[:_LONGEST_HEADING]
    words = re.sub(r"[(\[].*?[)\]]|[:*]", " ", text).casefold()
    words = re.sub(r"\b(?:in )?(?:eur|euro|usd|gbp|chf|thb)\b|[€$£]", " ", words)
    return _HEADINGS.get(" ".join(words.replace("_", " ").split()))


def _read_products(sheet: Worksheet, at: int, *, own_fields: bool) -> StackImport:
    headings = [clean_text(str(cell or "")) for cell in sheet.rows[at]]
    fields: dict[int, str] = {}
    for column, heading in enumerate(headings):
        name = _match_heading(heading)
        if name and name not in fields.values():
            fields[column] = name
    by_field = {name: headings[column] for column, name in fields.items()}
    products: dict[str, dict[str, Any]] = {}
    rows: dict[str, Sequence[Any]] = {}
    problems: list[str] = []
    for number, row in enumerate(sheet.rows[at + 1 :], at + 1):
        found = []  # (heading or "", what is wrong)
        cells = {fields[column]: row[column] for column in fields if column < len(row)}
        for column, name in fields.items():
            if words := sheet.cell_problems.get((number, column)):
                what = f"holds {words}: open the file, save it, and import it again"
                found.append((headings[column], what))
                cells[name] = None
        product = _read_product(cells, by_field, found)
        if product and product["name"].casefold() in products:
            what = f"{product['name']!r} stood in a row before; this one is left out"
            found.append(("", what))
        elif product:
            products[product["name"].casefold()] = product
            rows[product["name"].casefold()] = row
        problems += (
            f"row {number + 1}{', ' if heading else ''}{heading}: {what}" for heading, what in found
        )
    unknown = {at: name for at, name in enumerate(headings) if name and at not in fields}
    own = read_own_columns(unknown, rows) if own_fields else ()
    for one in own:
        for key, value in one.values.items():
            products[key].setdefault("fields", {})[one.name] = value
    read = {one.label for one in own}
    _fill_currency(products.values())
    ignored = tuple(name for name in unknown.values() if name not in read)
    columns = {headings[column]: name for column, name in fields.items()}
    return StackImport(tuple(products.values()), columns, ignored, own, tuple(problems))


def _fill_currency(products: Iterable[dict[str, Any]]) -> None:
    """Give a cost of 0 without a currency that of most others; without any it is left out."""
    costly = [product for product in products if "cost" in product]
    known = Counter(product["currency"] for product in costly if "currency" in product)
    for product in costly:
        if "currency" not in product and known:
            product["currency"] = known.most_common(1)[0][0]
        elif "currency" not in product:
            del product["cost"]


def _read_product(
    cells: Mapping[str, Any], headings: Mapping[str, str], problems: list[tuple[str, str]]
) -> dict[str, Any] | None:
    """Return the product of a row; None of an empty row, or one that only sums up.

    What cannot be read is left out, and put into `problems` with its heading.
    """
    name = read_text(cells.get("name"))
    if not name or re.fullmatch(r"(?:grand )?total[ei]?|summe|gesamt|totale|sum", name.casefold()):
        return None
    product: dict[str, Any] = {"name": name, "categories": []}
    for key, read in _READERS.items():
        cell = cells.get(key)
        if not read_text(cell):
            continue
        try:
            if key == "cost":
                currency = (read_text(cells.get("currency")), read_text(cell), headings[key])
                product |= _read_cost(cell, currency)
            elif key == "categories":
                product[key] = _read_categories(cell, headings[key], problems)
            elif (value := read(cell, headings[key])) not in ("", []):
                product[key] = value
        except ValueError as error:
            problems.append((headings[key], str(error)))
    if "notice" in product and "contract_end" not in product:
        what = "a notice period without the contract's end is left out"
        problems.append((headings["notice"], what))
        del product["notice"]
    for key in [key for key in product if "." in key]:
        group, _, name = key.partition(".")
        product.setdefault(group, {})[name] = product.pop(key)
    return product


# ---------------------------------------------------------------- what cells hold
# Each takes a cell and its heading, and raises ValueError where it cannot be read for certain.


def _read_text(cell: Any, _heading: str) -> str:
    return read_text(cell)


def _read_list(cell: Any, _heading: str) -> list[str]:
    return [part for part in _SPLIT.split(read_text(cell)) if part]


def _read_categories(cell: Any, heading: str, problems: list[tuple[str, str]]) -> list[str]:
    """Return the categories in a cell.

    Some names hold a comma or a slash themselves: the longest run of parts that is a name is one.
    """
    parts = [part for part in re.split(r"\s*([;|,/])\s*", read_text(cell)) if part]
    found, at = [], 0
    while at < len(parts):
        for end in range(len(parts), at, -1):
            name = "".join(f"{part} " if part in ",;" else part for part in parts[at:end]).strip()
            if slug := find_category(name):
                found.append(slug)
                at = end
                break
        else:
            if parts[at] not in ";|,/":
                near = suggest_category(parts[at])
                hint = f"; did you mean {near}?" if near else ""
                problems.append((heading, f"{parts[at]!r} is no stack category{hint}"))
            at += 1
    return list(dict.fromkeys(found))


def _read_user_count(cell: Any, _heading: str) -> int:
    number = cell if isinstance(cell, int | float) else parse_amount(read_text(cell))
    if number is None or number < 0 or number != int(number):
        raise ValueError(f"{read_text(cell)!r} is no whole number")
    return int(number)


def _read_status(cell: Any, _heading: str) -> str:
    status: str | None = _STATUS.get(read_text(cell).casefold())
    if status is None:
        raise ValueError(f"{read_text(cell)!r} is none of anchor, in use, trial, retiring")
    return status


def _read_cost(cell: Any, where: Sequence[str]) -> dict[str, Any]:
    """Return the cost and its currency, which is looked for in several texts."""
    amount = cell if isinstance(cell, int | float) else parse_amount(read_text(cell))
    if amount is None or isinstance(amount, bool) or amount < 0:
        raise ValueError(f"{read_text(cell)!r} is no amount: write a number")
    cost = int(amount) if amount == int(amount) else round(float(amount), 2)
    for words in where:
        codes = map(str.upper, re.findall(r"\b[A-Za-z]{3}\b", words))
        names = ["EUR"] if re.search(r"\beuro\b", words, re.IGNORECASE) else []
        signs = (code for symbol, code in _WORDS["symbols"].items() if symbol in words.casefold())
        for code in (*filter(load_currency_codes().__contains__, codes), *names, *signs):
            return {"cost": cost, "currency": code}
    if cost == 0:  # nothing is nothing in every currency: that of the others is taken
        return {"cost": 0}
    what = "has no currency, in the cell, its heading or a column of its own"
    raise ValueError(f"{read_text(cell)!r} {what}")


def _read_notice(cell: Any, heading: str) -> str:
    words = f"{read_text(cell)} {heading}".casefold()
    number = re.search(r"\d{1,3}", words)
    units = (unit for stem, unit in _WORDS["units"].items() if re.search(rf"\b{stem}", words))
    unit = next(units, None)
    if number is None or unit is None:
        raise ValueError(f"{read_text(cell)!r} is no period: write 90 days or 3 months")
    return f"{int(number[0])} {unit}"


# in the order in which stack.yaml holds them
_READERS: Mapping[str, Callable[[Any, str], Any]] = {
    "categories": _read_text,
    "vendor": _read_text,
    "owner": _read_text,
    "contribution": _read_text,
    "users": _read_user_count,
    "usage.seats": _read_user_count,
    "usage.used": _read_user_count,
    "usage.active": _read_user_count,
    "status": _read_status,
    "cost": _read_text,
    "contract_end": lambda cell, _heading: read_day(cell),
    "notice": _read_notice,
    "data": _read_list,
    "integrations": _read_list,
}
