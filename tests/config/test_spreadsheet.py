"""A spreadsheet becomes a stack: read right, or told and left out; nothing is guessed."""

from __future__ import annotations

import io
import resource
import zipfile
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config.spreadsheet import StackImport, import_stack
from digest.config.stack import parse_stack
from digest.config.yaml_file import dump_yaml
from digest.errors import UsageError
from tests.factories import hostile
from tests.factories.examples import try_examples


def rows_of(text: str, encoding: str = "utf-8") -> StackImport:
    return import_stack(text.encode(encoding), "stack.csv")


def workbook(*rows: list[Any], merge: tuple[str, ...] = ()) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cells in merge:
        book.active.merge_cells(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_german_csv_in_windows_1252_with_semicolons() -> None:
    """As a German Excel saves it: its charset, its delimiter, its way with amounts and dates."""
    found = rows_of(
        "Produkt;Kategorie;Verantwortlich;Kosten pro Jahr (€);Vertragsende;Kündigungsfrist;Status\r\n"
        "Merrowbank;CRM;Jörg Weiß;96.000,00;31.03.2027;3 Monate;im Einsatz\r\n"
        "Tamberlyn;Email Marketing, Marketing Automation & Campaign/Lead Management;Änne Groß;1.250;31.12.2026;"
        "60 Tage;\r\n"
        "Summe;;;97.250;;;\r\n",
        "cp1252",
    )
    assert found.problems == ()
    assert found.products == (
        {"name": "Merrowbank", "categories": ["crm"], "owner": "Jörg Weiß", "status": "in use", "cost": 96000,
         "currency": "EUR", "contract_end": "2027-03-31", "notice": "3 months"},
        {"name": "Tamberlyn", "categories": ["email-marketing", "marketing-automation"], "owner": "Änne Groß",
         "cost": 1250, "currency": "EUR", "contract_end": "2026-12-31", "notice": "60 days"},
    )  # fmt: skip


def test_an_italian_csv() -> None:
    found = rows_of("Prodotto,Fornitore,Categoria,Costo annuo,Valuta,Scadenza,Preavviso\nHally,Halcyra,ai-platforms,"
                    '"37.800,50",EUR,28/02/2027,1 mese\n')  # fmt: skip
    assert found.products == (
        {"name": "Hally", "categories": ["ai-platforms"], "vendor": "Halcyra", "cost": 37800.5, "currency": "EUR",
         "contract_end": "2027-02-28", "notice": "1 months"},
    )  # fmt: skip


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_delimiter(delimiter: str) -> None:
    found = rows_of(
        "\n".join(delimiter.join(row) for row in (("Tool", "Type"), ("Plinthmark", "cdp")))
    )
    assert found.products == ({"name": "Plinthmark", "categories": ["cdp"]},)


def test_a_workbook_with_merged_cells_and_formulas() -> None:
    """A title over all columns, a vendor over two rows, and a cost that is computed but was never stored."""
    data = workbook(
        ["Our stack 2026", None, None, None],
        ["Tool", "Vendor", "Category", "Annual cost (EUR)"],
        ["Merrowbank", "Merrowbank Inc", "crm", 96000],
        ["Plinthmark", None, "CDP", "=D3*2"],
        ["Hally", "Halcyra", "ai-platforms", 37800.5],
        merge=("A1:D1", "B3:B4"),
    )
    found = import_stack(data, "stack.xlsx")
    assert [(one["name"], one["vendor"], one.get("cost")) for one in found.products] == [
        ("Merrowbank", "Merrowbank Inc", 96000), ("Plinthmark", "Merrowbank Inc", None), ("Hally", "Halcyra", 37800.5),
    ]  # fmt: skip
    (told,) = found.problems
    assert told.startswith(
        "row 4, Annual cost (EUR): holds a formula whose result the file does not store: open"
    )


def test_a_formula_counts_with_its_stored_result() -> None:
    """Excel stores results beside formulas; they are what a reader of the sheet sees."""
    import zipfile

    plain = workbook(["Tool", "Cost in EUR"], ["Hally", "=2*3"])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data.replace(b"<f>2*3</f><v></v>", b"<f>2*3</f><v>6</v>").replace(
                b"<f>2*3</f><v />", b"<f>2*3</f><v>6</v>"))  # fmt: skip
    (hally,) = import_stack(out.getvalue(), "x.xlsx").products
    assert hally["cost"] == 6


def test_real_dates_of_a_workbook() -> None:
    data = workbook(
        ["Product", "Renewal"], ["Hally", datetime(2027, 2, 28)], ["Tallyvane", date(2027, 1, 31)]
    )
    assert [one["contract_end"] for one in import_stack(data, "x.xlsx").products] == [
        "2027-02-28",
        "2027-01-31",
    ]


@pytest.mark.parametrize(
    ("heading", "cell", "told"),
    [
        ("Cost (EUR)", "ca. 20k", "row 2, Cost (EUR): 'ca. 20k' is no amount: write a number"),
        ("Cost (EUR)", "12,34,5", "'12,34,5' is no amount"),
        (
            "Cost",
            "20000",
            "row 2, Cost: '20000' has no currency, in the cell, its heading or a column of its own",
        ),
        ("Category", "crmm", "row 2, Category: 'crmm' is no stack category; did you mean crm?"),
        (
            "Contract end",
            "03/04/2027",
            "'03/04/2027' is no date that can be read for certain: write 2026-09-30",
        ),
        ("Contract end", "31.02.2027", "is no date"),
        ("Contract end", "Q3", "is no date"),
        ("Users", "a few", "'a few' is no whole number"),
        ("Status", "hm", "'hm' is none of anchor, in use, trial, retiring"),
    ],
)
def test_what_cannot_be_read_for_certain_is_told_and_left_out(
    heading: str, cell: str, told: str
) -> None:
    found = rows_of(f"Product;{heading}\nHally;{cell}\n")
    assert told in found.problems[0]
    assert found.products == ({"name": "Hally", "categories": []},)


def test_nothing_is_nothing_in_every_currency() -> None:
    """A cost of 0 has the currency of most others, and none where no cost has one."""
    listed = rows_of("Product;Cost\nHally;0\nTallyvane;9 EUR\nMorrow;8 EUR\nOtter;7 USD\n")
    costs = [(one["cost"], one["currency"]) for one in listed.products]
    assert costs == [(0, "EUR"), (9, "EUR"), (8, "EUR"), (7, "USD")]
    assert listed.problems == ()
    assert rows_of("Product;Cost\nHally;0\n").products == ({"name": "Hally", "categories": []},)


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("€ 20,000", 20000), ("20.000 €", 20000), ("20'000 CHF", 20000), ("20 000 EUR", 20000), ("19,99 EUR", 19.99),
        ("$1,234.50", 1234.5), ("1.234,50 EUR", 1234.5), ("1.200 EUR", 1200), ("0 EUR", 0), ("฿900", 900),
    ],
)  # fmt: skip
def test_amounts_as_people_write_them(cell: str, amount: float) -> None:
    (product,) = rows_of(f"Product\tCost\nHally\t{cell}\n").products
    assert product["cost"] == amount


def test_a_product_that_stands_twice_is_taken_once() -> None:
    found = rows_of("Product;Category\nHally;crm\nHALLY;cdp\n")
    assert len(found.products) == 1
    assert found.problems == ("row 3: 'HALLY' stood in a row before; this one is left out",)


def test_columns_are_told_as_they_were_read() -> None:
    found = rows_of("Product;Category;Colour\nHally;crm;red\n")
    assert found.columns == {"Product": "name", "Category": "categories"}
    assert found.ignored == ("Colour",)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "no row of headings"),
        (b"a;b\nc;d\n", "no row of headings"),
        (b"PK\x03\x04 not a zip", "is no whole XLSX file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "is an old Excel file"),
        (b"x" * (10 * 2**20 + 1), "is larger than 10 MiB"),
    ],
)
def test_what_is_no_list_of_products_is_refused(data: bytes, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        import_stack(data, "list")


def test_a_heading_of_open_brackets_takes_little() -> None:
    """Rows of them, as long as a cell may be; what follows each bracket was looked through."""
    rows = "\n".join(["[A." * 43_000 + ",x"] * 19)
    found = rows_of(f"{rows}\nProduct,Owner\nQuillmark,Ada\n")
    assert [product["name"] for product in found.products] == ["Quillmark"]


def test_a_workbook_that_unpacks_to_too_much_is_refused() -> None:
    """Before it is unpacked."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", bytes(101 * 2**20))
    with pytest.raises(UsageError, match="unpacks to more than 16 MiB"):
        import_stack(packed.getvalue(), "list")


_TOLD = {
    "a million cells": "more cells than any table",
    "a million rows": "more cells than any table",
    "ranges over all": "more cells are merged than a table has",
    "an entity": "declares entities",
    "open cells": "is damaged",
}


@pytest.mark.whole
@pytest.mark.parametrize("name", hostile.WORKBOOKS)
def test_no_workbook_costs_much(name: str) -> None:
    """Of 20 KB, openpyxl made 4 GB; a merged range over a sheet kept it busy without end."""
    data, memory = hostile.WORKBOOKS[name], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if name in _TOLD:
        with pytest.raises(UsageError, match=f"cannot be read as XLSX: .*{_TOLD[name]}"):
            import_stack(data, "list.xlsx", own_fields=True)
    else:
        found = import_stack(data, "list.xlsx", own_fields=True)
        assert set(found.columns) == {"product", "category"}
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 150 * 1024


def test_a_workbook_as_others_write_it() -> None:
    """No places of cells, strings in runs with how they are spoken, dates by a format of its own, the years from 1904."""
    cells = (
        "<row><c t='inlineStr'><is><r><t>Pro</t></r><r><t>duct</t></r></is></c>"
        "<c t='str'><v>Renewal</v></c><c t='str'><v>Users</v></c><c t='str'><v>Ours</v></c></row>"
        "<row r='3'><c r='A3' t='str'><v>Hally</v></c><c r='B3' s='1'><v>44983.5</v></c>"
        "<c r='C3' s='0'><v>12</v></c><c r='D3' t='b'><v>1</v></c></row>"
        "<row><c t='e'><v>#REF!</v></c><c t='d'><v>2027-03-31</v></c><c><v>1E1</v></c></row>"
    )
    plain = hostile.build_workbook(f"<sheetData>{cells}</sheetData>")
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name).replace(b"<sheets>", b"<workbookPr date1904='1'/><sheets>")
            more = (
                b"<Relationship Id='r2' Type='x/styles' Target='/xl/styles.xml'/></Relationships>"
            )
            new.writestr(name, data.replace(b"</Relationships>", more))
        new.writestr(
            "xl/styles.xml",
            "<styleSheet><numFmts><numFmt numFmtId='170' formatCode='[$-407]dd\\.mmm\\ yyyy'/></numFmts>"
            "<cellStyleXfs><xf numFmtId='170'/></cellStyleXfs>"
            "<cellXfs><xf numFmtId='3'/><xf numFmtId='170'/></cellXfs></styleSheet>",
        )
    found = import_stack(out.getvalue(), "x.xlsx", own_fields=True)
    assert found.products == (
        {
            "name": "Hally",
            "categories": [],
            "users": 12,
            "contract_end": "2027-02-27",
            "fields": {"ours": True},
        },
        {"name": "#REF!", "categories": [], "users": 10, "contract_end": "2027-03-31"},
    )


@try_examples(60)
@given(
    st.lists(
        st.tuples(st.text(max_size=20), st.text(max_size=20), st.text(max_size=12)), max_size=8
    )
)
def test_whatever_stands_in_the_cells_the_text_is_a_stack(rows: list[tuple[str, str, str]]) -> None:
    """What is written can always be read, and holds the products that were shown."""
    import csv

    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([("Product", "Owner", "Cost (EUR)"), *rows])
    try:
        found = import_stack(out.getvalue().encode("utf-8", "replace"), "x.csv")
    except UsageError:
        return
    if all(len(one["name"]) <= 200 for one in found.products):
        stack = parse_stack(dump_yaml({"products": found.products})).stack
        assert [one.name for one in stack.products] == [one["name"] for one in found.products]


def test_other_columns_are_read_as_own_fields_where_asked() -> None:
    """A column has the type that all of its cells have; a heading without Latin letters has a place."""
    text = (
        "Product;Owner;NPS;Contract no.;Live since;สัญญา;Empty\n"
        "Acme;Ada;4;A-17;2019-04-01;x;\nBolide;Bo;4,5;17;01.05.2021;;\n"
    )
    assert rows_of(text).own_columns == ()
    assert rows_of(text).ignored == ("NPS", "Contract no.", "Live since", "สัญญา", "Empty")
    found = import_stack(text.encode(), "stack.csv", own_fields=True)
    assert [(one.name, one.kind, one.label) for one in found.own_columns] == [
        ("nps", "number", "NPS"),
        ("contract_no", "text", "Contract no."),
        ("live_since", "date", "Live since"),
        ("column_6", "text", "สัญญา"),
    ]
    assert [one["fields"] for one in found.products] == [
        {"nps": 4, "contract_no": "A-17", "live_since": "2019-04-01", "column_6": "x"},
        {"nps": 4.5, "contract_no": "17", "live_since": "2021-05-01"},
    ]
    assert found.ignored == ("Empty",)


def test_seats_bought_and_used_are_the_use_of_a_product() -> None:
    (acme,) = rows_of("Tool;Seats bought;Assigned seats;Active users\nAcme;60;41;33\n").products
    assert acme["usage"] == {"seats": 60, "used": 41, "active": 33}


def test_a_cell_without_end_is_told():
    """Also in the lines that tell the delimiter."""
    with pytest.raises(UsageError, match="cannot be read as CSV"):
        import_stack(b'product,cost\n"' + b"x" * 200_000, "list.csv")
