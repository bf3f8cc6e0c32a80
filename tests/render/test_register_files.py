"""The register as spreadsheets."""

import csv
import io
import re
import zipfile
from dataclasses import replace
from datetime import datetime

import openpyxl
import pytest

from digest.render.register_files import render_register_files
from tests.factories import editions


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def read_sheet(data: bytes):
    return openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]


def test_a_row_for_each_story():
    made = editions.edition()
    files = render_register_files(made)
    rows, sheet = read_csv(files["register.csv"]), read_sheet(files["register.xlsx"])
    assert len(rows) == sheet.max_row == len(made.register) + 1
    assert [row[0] for row in rows[1:]] == [row.headline for row in made.register]
    assert [cell.value for cell in sheet["A"][1:]] == [row.headline for row in made.register]
    assert isinstance(sheet["H2"].value, datetime)


def test_equal_editions_give_equal_bytes():
    made = editions.edition()
    first, second = render_register_files(made), render_register_files(made)
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first["register.xlsx"])) as book:
        assert {entry.date_time for entry in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert f"{made.as_of:%Y-%m-%dT%H:%M:%SZ}".encode() in book.read("docProps/core.xml")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum", " =1+1", "＝1+1"])
def test_no_text_of_others_is_a_formula(text):
    made = editions.edition()
    row = replace(made.register[0], headline=text, subject=text, source=text)
    files = render_register_files(replace(made, register=(row,)))
    cells = read_csv(files["register.csv"])[1]
    assert {cells[0][0], cells[1][0], cells[6][0]} == {"'"}
    sheet = read_sheet(files["register.xlsx"])
    assert [sheet[place].data_type for place in ("A2", "B2", "G2")] == ["s", "s", "s"]
    assert sheet["A2"].value == text.strip()


@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize(
    "text", ["x;=cmd|' /C calc'!A0;y", "x; =1+1", 'x;"=1+1', "x;;@sum(1)", '"=1+1', "a;b;-1"]
)
def test_no_text_is_a_formula_where_semicolons_part_cells(text, separator):
    """As in an Excel of Germany, Italy or France; quotes count at a cell's beginning alone."""
    made = editions.edition()
    row = replace(made.register[0], headline=text, subject=text, url=f"https://acme.example/{text}")
    data = render_register_files(replace(made, register=(row,)))["register.csv"]
    for cell in data.decode("utf-8-sig").splitlines()[1].split(separator):
        assert not re.match(r"[\s\"]*[=+@-]", cell), cell


def test_an_address_that_is_no_web_address_is_left_out():
    made = editions.edition()
    row = replace(made.register[0], url="javascript:alert(1)", headline="A\x00B\x1bC")
    files = render_register_files(replace(made, register=(row,)))
    cells = read_csv(files["register.csv"])[1]
    assert cells[10] == ""
    assert cells[0] == "ABC"


def test_what_is_not_sure_is_an_empty_cell():
    made = editions.edition()
    row = replace(made.register[0], category=None, event=None, ai=None, subject="", vendor="")
    cells = read_csv(render_register_files(replace(made, register=(row,)))["register.csv"])[1]
    assert cells[1:6] == [""] * 5


def test_headings_are_in_the_editions_language():
    made = editions.edition(language="it")
    sheet = read_sheet(render_register_files(made)["register.xlsx"])
    assert sheet["G1"].value == "Fonte"
