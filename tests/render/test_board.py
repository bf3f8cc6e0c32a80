"""The board page: what stands on it, that all of it fits, and that a slide can be edited."""

import io
import os
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pptx import Presentation

from digest.edition.board import build_board
from digest.model.edition import Sentence, Spend
from digest.model.stack import Goal, Money, Product, ProductAi, Stack
from digest.render.board import lay_out_board
from digest.render.board_boxes import CELL_X, HEADING_HEIGHT
from digest.render.board_pdf import PAPERS, render_board_pdf
from digest.render.board_slides import SLIDE, render_board_slides
from digest.render.templates import find_templates_dir
from digest.render.text_measure import (
    TextStyle,
    count_lines,
    cut_to_lines,
    fit_line,
    measure_height,
    measure_width,
)
from digest.render.theme import DocumentTheme
from digest.render.words import load_localizer
from tests.factories import editions

STACK = Stack(
    products=(
        Product("Postlark", ("email-marketing",), owner="Ada", ai=ProductAi(used=True, purpose="picks the hour")),
        Product("Kestrel Ads", ("search-social-ads",), ai=ProductAi(used=False)),
    ),
    goals=(Goal("Win back customers", ("email-marketing",)),),
    ai_strategy=("A person decides.", "No customer data trains a model of others."),
)  # fmt: skip
LONG = {
    "en": "A long headline on what became of everybody who bought a platform in the years of cheap money, told at length",
    "it": "Un titolo lungo su che cosa è stato di chiunque abbia comprato una piattaforma negli anni del denaro a basso costo",
    "th": "พาดหัวที่ยาวมากเกี่ยวกับการรวมตัวของแพลตฟอร์มการตลาดอัตโนมัติและความหมายต่อทุกคนที่ซื้อระบบเหล่านี้ในช่วงหลายปีที่ผ่านมา",
}


def board_of(made=None, language="en", **changes):
    made = made or editions.briefing()
    return replace(build_board(replace(made, language=language), STACK), **changes)


def crowded(language):
    """A board of which every text is far too long."""
    board, text = board_of(language=language), LONG[language]
    quote = Sentence(f"{text}. " * 4, "The Paper", "https://paper.example/1")
    return replace(
        board,
        strategy=(f"{text}. " * 2,) * 6,
        moves=tuple(
            replace(one, title=text * 2, language=language, quote=quote) for one in board.moves
        ),
        risks=tuple(
            replace(one, what=text * 2, language=language, products=(text[:60],) * 3)
            for one in board.risks
        ),
        decisions=tuple(replace(one, owner=text) for one in board.decisions),
    )


def lay_out(board, size=SLIDE):
    return lay_out_board(board, load_localizer(board.language, board.zone), *size)


def read_slide(data):
    (slide,) = Presentation(io.BytesIO(data)).slides
    return slide


def test_what_stands_on_it():
    """The company's own words and figures, three moves, days, decisions; retired and unused AI is not in use."""
    board = board_of()
    assert board.strategy == STACK.ai_strategy
    assert [one.product for one in board.uses] == ["Postlark"]
    assert len(board.moves) == 3
    assert board.moves[0].title == editions.briefing().themes[0].title
    assert board.decisions == editions.briefing().front.decisions
    groups = [bool(one.products) for one in board.risks]
    assert groups == sorted(groups, reverse=True)  # ours first


def test_without_a_stack_it_says_what_is_missing():
    """And tells of the market."""
    board = build_board(editions.edition(), Stack())
    sheet = lay_out(board)
    words = " ".join(one.text for box in sheet.boxes for one in box.paragraphs)
    assert "states no AI strategy" in words
    assert sheet.chart is None
    assert any("gives no amounts" in cell.text for table in sheet.tables for row in table.rows for cell in row)  # fmt: skip


@pytest.mark.parametrize("size", [SLIDE, *PAPERS.values()])
@pytest.mark.parametrize("language", LONG)
@pytest.mark.parametrize("make", [board_of, crowded], ids=["usual", "crowded"])
def test_everything_fits(make, language, size):
    """By our own measure: no box holds more than its height, no cell more than its row, none leaves the page."""
    board = make(language=language) if make is board_of else make(language)
    sheet = lay_out(board, size)
    for box in sheet.boxes:
        height = sum(measure_height(one.text, box.place.width, one.style) for one in box.paragraphs)
        assert height <= box.place.height - HEADING_HEIGHT
        assert box.paragraphs
    for table in sheet.tables:
        assert sum(table.heights) <= table.place.height - HEADING_HEIGHT
        assert sum(table.widths) == pytest.approx(table.place.width)
        for row, height in zip(table.rows, table.heights[bool(table.columns) :], strict=True):
            for cell, width in zip(row, table.widths, strict=True):
                assert measure_height(cell.text, width - 2 * CELL_X, cell.style) <= height
                assert cell.style.points >= 8.5
    for place in (*(box.place for box in sheet.boxes), *(table.place for table in sheet.tables)):
        assert place.x + place.width <= sheet.width
        assert place.y + place.height <= sheet.height
    decisions = next(table for table in sheet.tables if table.slug == "decisions")
    assert len(decisions.rows) == len(board.decisions)  # none is lost


@pytest.mark.parametrize("size", [SLIDE, *PAPERS.values()])
@pytest.mark.parametrize("language", LONG)
def test_who_decides_by_when_is_told_whole(language, size):
    """Owner, day and cost of a decision stand there uncut; a move names two publishers and how many more."""
    board = board_of(language=language)
    quote = Sentence("Anybody who buys it gets the other one as well, from August on.", "The Paper", "https://paper.example/1")  # fmt: skip
    names = ("The Weekly Paper for Marketing", "Another Weekly Paper", "A Third Paper", "A Fourth")
    sheet = lay_out(
        replace(
            board,
            decisions=tuple(
                replace(one, owner="Ines Aldous", due=date(2026, 12, 30), cost=Money(96000, "EUR"))
                for one in board.decisions
            ),
            moves=tuple(replace(one, sources=names, quote=quote) for one in board.moves),
        ),
        size,
    )
    decisions = next(table for table in sheet.tables if table.slug == "decisions")
    assert all("2026" in who.text and "96" in who.text for _, who in decisions.rows)
    assert not any("…" in who.text for _, who in decisions.rows)
    for box in sheet.boxes:
        if box.slug.startswith("move"):
            _, credit, said = box.paragraphs
            assert "Another Weekly Paper" in credit.text
            assert "Third" not in credit.text
            assert quote.text in said.text


def test_texts_lose_whole_sentences():
    """And a single one too long ends at a word."""
    style, width = TextStyle(10.0), 2.0
    text = (
        "The first sentence is short. The second one is too long for what is left of the room here."
    )
    assert cut_to_lines(text, width, style, 2) == "The first sentence is short."
    cut = cut_to_lines("one two three four five six seven eight nine ten eleven", 1.0, style, 2)
    assert cut.endswith("…")
    assert count_lines(cut, 1.0, style) <= 2
    assert count_lines("Donaudampfschifffahrtsgesellschaftskapitän", 1.0, style) > 1
    assert measure_width("WW", style) > measure_width("ii", style)
    assert measure_width("W", TextStyle(20.0)) == pytest.approx(2 * measure_width("W", style))


def test_a_long_title_shrinks_to_its_line():
    """As it may in another language; and is cut where it is too long at the smallest size."""
    assert fit_line("Short", 4.0, (20.0, 14.0), bold=True) == ("Short", 20.0)
    text, points = fit_line("A title of some length", 2.3, (20.0, 14.0), bold=True)
    assert (text, points) == ("A title of some length", 14.0)
    assert fit_line("A title of some length", 1.0, (20.0, 14.0), bold=True)[0].endswith("…")


@given(st.text(max_size=300), st.floats(0.5, 5), st.integers(1, 6))
def test_a_cut_text_has_room(text, width, lines):
    """Whatever it is."""
    style = TextStyle(9.0)
    assert count_lines(cut_to_lines(text, width, style, lines), width, style) <= lines


def test_the_slide_is_powerpoints_own():
    """A title, tables and a chart that can be edited, with the theme's colour, and the sources in the notes."""
    theme = DocumentTheme(accent="#7a1f3d")
    board = board_of()
    slide = read_slide(render_board_slides(board, lay_out(board), theme))
    assert "Q3 2026" in slide.shapes.title.text_frame.text
    tables = {shape.name: shape.table for shape in slide.shapes if shape.has_table}
    assert set(tables) == {"money", "risks", "decisions"}
    (chart,) = [shape.chart for shape in slide.shapes if shape.has_chart]
    spend = editions.briefing().stack.spend
    assert chart.plots[0].series[0].values[0] == spend.by_category[0][1].amount
    assert chart.plots[0].series[0].format.fill.fore_color.rgb.__str__() == "7A1F3D"
    notes = slide.notes_slide.notes_text_frame.text
    assert "stack.yaml" in notes
    for move in board.moves:
        assert move.links[0][1] in notes
    strategy = next(shape for shape in slide.shapes if shape.name == "strategy")
    assert "A person decides." in strategy.text_frame.text


@pytest.mark.whole
def test_equal_pages_are_equal_bytes(monkeypatch):
    """At another hour, too: the slide, the workbook inside its chart, the paper."""
    board = board_of()
    sheet, words = lay_out(board), load_localizer("en", board.zone)
    first = render_board_slides(board, sheet)
    monkeypatch.setenv("TZ", "Asia/Bangkok")
    assert render_board_slides(board, sheet) == first
    with zipfile.ZipFile(io.BytesIO(first)) as files:
        assert {entry.date_time for entry in files.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        book = next(name for name in files.namelist() if name.endswith(".xlsx"))
        with zipfile.ZipFile(io.BytesIO(files.read(book))) as inner:
            assert b"2026-10-02T06:00:00Z" in inner.read("docProps/core.xml")
    paper = lay_out(board, PAPERS["A4"])
    assert render_board_pdf(board, paper, words) == render_board_pdf(board, paper, words)


@pytest.mark.whole
@pytest.mark.slow
@pytest.mark.parametrize("language", LONG)
@pytest.mark.parametrize("paper", PAPERS)
def test_the_paper_is_one_page_across(language, paper):
    """Tagged, with a title, in the language of the edition, however much there is to say."""
    board, words = crowded(language), load_localizer(language, "UTC")
    data = render_board_pdf(board, lay_out(board, PAPERS[paper]), words, DocumentTheme(paper=paper))
    with pikepdf.open(io.BytesIO(data)) as pdf:
        (page,) = pdf.pages
        width, height = (float(one) / 72 for one in page.mediabox[2:])
        assert (width, height) == pytest.approx(PAPERS[paper], abs=0.01)
        assert pdf.Root.Lang == language
        assert pdf.Root.MarkInfo.Marked


def test_hostile_text_is_text():
    """On paper and on a slide: no markup, no control character, no address that is none."""
    made = editions.hostile()
    board = build_board(made, STACK)
    data = render_board_slides(board, lay_out(board))
    for shape in read_slide(data).shapes:
        if shape.has_text_frame:
            assert not re.search(r"[\x00-\x08\x0e-\x1f\x7f]", shape.text_frame.text)
    with zipfile.ZipFile(io.BytesIO(data)) as files:
        slide = files.read("ppt/slides/slide1.xml")
        relations = files.read("ppt/slides/_rels/slide1.xml.rels")
    assert b"<script" not in slide
    assert b"http://schemas" in relations
    assert b'TargetMode="External"' not in relations
    render_board_pdf(board, lay_out(board, PAPERS["A4"]), load_localizer("en", "UTC"))


def test_two_currencies_are_never_one_bar():
    """The chart is of one; the table names both."""
    spend = Spend(
        total=(Money(900, "EUR"), Money(400, "USD")),
        by_category=(("crm", Money(900, "EUR")), ("seo", Money(400, "USD"))),
    )
    sheet = lay_out(board_of(spend=spend))
    assert sheet.chart.values == (900,)
    (money,) = [table for table in sheet.tables if table.slug == "money"]
    assert "€900" in money.rows[0][1].text
    assert "400" in money.rows[0][1].text


def list_words(path):
    """Each word of a PDF with its box, in inches."""
    out = subprocess.run(
        ["pdftotext", "-bbox", path, "-"], capture_output=True, text=True, check=True
    )
    for found in re.finditer(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>', out.stdout):  # fmt: skip
        yield *(float(value) / 72 for value in found.groups()[:4]), unescape(found[5])


@pytest.mark.real
@pytest.mark.parametrize("language", LONG)
@pytest.mark.parametrize("make", [board_of, crowded], ids=["usual", "crowded"])
def test_libreoffice_draws_every_word_in_its_box(make, language, tmp_path):
    """As another program sets it, with its own fonts: the middle of each word lies in a part of the page.

    Beside the line at the foot nothing but its words stands, where letters are as wide as Arial.
    """
    if not shutil.which("soffice"):
        pytest.skip("needs libreoffice-impress")
    board = make(language=language) if make is board_of else make(language)
    sheet = lay_out(board)
    (tmp_path / "board.pptx").write_bytes(render_board_slides(board, sheet))
    # PowerPoint has a Thai font of its own; where this machine has none, ours stands in
    fonts = find_templates_dir() / "fonts"
    (tmp_path / "fonts.conf").write_text(
        "<?xml version='1.0'?><fontconfig><dir>/usr/share/fonts</dir>"
        f"<dir>{fonts}</dir><cachedir>{tmp_path}/cache</cachedir></fontconfig>"
    )
    environment = {**os.environ, "FONTCONFIG_FILE": str(tmp_path / "fonts.conf")}
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/office", "--headless", "--convert-to",
         "pdf", "--outdir", tmp_path, tmp_path / "board.pptx"],
        check=True, capture_output=True, timeout=300, env=environment,
    )  # fmt: skip
    parts = [*sheet.boxes, *sheet.tables, *filter(None, [sheet.chart])]
    words = list(list_words(tmp_path / "board.pdf"))
    assert len(words) > 100
    as_wide_as_arial = any(Path("/usr/share/fonts").rglob("LiberationSans-Regular.ttf"))
    for left, top, right, bottom, word in words:
        middle = (top + bottom) / 2
        if as_wide_as_arial and middle >= sheet.height - 0.32:
            assert word in sheet.footer
        if 0.97 < middle < sheet.height - 0.32:
            assert any(
                one.place.x - 0.05 <= left
                and right <= one.place.x + one.place.width + 0.05
                and one.place.y <= middle <= one.place.y + one.place.height
                for one in parts
            ), (word, left, top, right, bottom)
