"""The register as spreadsheets: register.csv and register.xlsx. Equal editions give equal bytes.

Texts of others are text in every program that opens them: in CSV a mark goes before what a
spreadsheet would take for a formula, in XLSX every cell says that it is a string.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date

from digest.model.edition import Edition, RegisterRow
from digest.render.office_files import fix_times
from digest.render.views.context import to_safe_href
from digest.render.words import EVENTS, LABELS, SECTIONS, Localizer, load_localizer
from digest.text import clean_text, truncate_text

_MAX_CELL = 2000  # characters
# Where a formula begins in some program: in a cell, and in one that is none where a semicolon
# parts cells, as it does for every Excel of Germany, Italy or France that is given commas.
_FORMULA = re.compile(r"(?:^|(?<=;))(?=[\s\"']*[=+\-@＝＋－＠])")
_WIDTHS = (70, 24, 24, 30, 14, 16, 26, 12, 8, 10, 60)  # of the columns, in characters
_Cell = str | date


def render_register_files(edition: Edition) -> dict[str, bytes]:
    """Return the register's files by name."""
    words = load_localizer(edition.language, edition.zone, edition.period)
    table = [_list_headings(words), *_iter_rows(edition.register, words)]
    return {
        "register.csv": _write_csv(table),
        "register.xlsx": _write_xlsx(table, edition, words),
    }


def _list_headings(words: Localizer) -> list[_Cell]:
    return [
        words.translate("Story"),
        words.translate("Product or subject"),
        words.translate("Vendor"),
        words.translate("Stack category"),
        words.translate("What happened"),
        words.translate("AI in the story"),
        words.translate("Source"),
        words.translate("Date"),
        words.translate("New product"),
        words.translate("Told in full"),
        words.translate("Address"),
    ]


def _iter_rows(rows: Sequence[RegisterRow], words: Localizer) -> Iterator[list[_Cell]]:
    yes = words.translate("yes")
    for row in rows:
        cells: list[_Cell] = [
            row.headline,
            row.subject,
            row.vendor,
            words.translate_category(row.category) if row.category else "",
            words.translate_label(EVENTS, row.event) if row.event else "",
            words.translate_label(LABELS["ai"], row.ai) if row.ai else "",
            row.source,
            row.published.astimezone(words.zone).date(),
            yes if row.new_product else "",
            yes if row.told else "",
            to_safe_href(row.url),
        ]
        yield [
            truncate_text(clean_text(cell), _MAX_CELL) if isinstance(cell, str) else cell
            for cell in cells
        ]


def _write_csv(table: Sequence[Sequence[_Cell]]) -> bytes:
    """Write CSV in UTF-8, with the mark by which spreadsheets know that it is."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in table:
        writer.writerow(
            [_FORMULA.sub("'", cell) if isinstance(cell, str) else cell for cell in row]
        )
    return out.getvalue().encode("utf-8-sig", "replace")


def _write_xlsx(table: Sequence[Sequence[_Cell]], edition: Edition, words: Localizer) -> bytes:
    """Write a workbook of one sheet, with a filter on its headings."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet(words.translate_label(SECTIONS, "register")[:31])
    for at, row in enumerate(table, 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(at, column, value if isinstance(value, date) else None)
            if isinstance(value, str):
                cell.value = value.encode("utf-8", "replace").decode()
                cell.data_type = "s"  # else what begins with = is a formula
            if at == 1:
                cell.font = Font(bold=True)
    for column, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = sheet.dimensions
    book.properties.creator = clean_text(edition.title)
    book.properties.created = edition.as_of.astimezone(UTC).replace(tzinfo=None)
    out = io.BytesIO()
    book.save(out)
    return fix_times(out.getvalue(), edition.as_of)
