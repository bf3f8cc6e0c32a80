"""The board page as one slide: the only code that knows python-pptx.

Table and chart are PowerPoint's own, so that whoever gets the slide can edit them; the sources of
all that it says stand in the speaker's notes. Letters are Arial and, in Thai, Leelawadee UI, which
PowerPoint has; they are narrower than ours, by which everything was measured.
"""

from __future__ import annotations

import io
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from digest.errors import RenderError
from digest.extras import suggest_install
from digest.model.board import Board
from digest.render.board import BoardSheet
from digest.render.board_boxes import (
    CELL_X,
    CELL_Y,
    HEADING,
    HEADING_HEIGHT,
    ChartBox,
    Colour,
    Paragraph,
    Place,
    TableBox,
    TextBox,
)
from digest.render.office_files import fix_times
from digest.render.text_measure import TextStyle, measure_line_height
from digest.render.theme import DEFAULT_THEME, DocumentTheme

if TYPE_CHECKING:
    from pptx.slide import Slide

SLIDE = (13.333, 7.5)  # inches
_LATIN, _COMPLEX = "Arial", "Leelawadee UI"
_TITLE_ONLY = 5  # the layout of that name in python-pptx's own template
_LOCALES = {"en": "en-GB", "it": "it-IT", "th": "th-TH"}
_INK, _SOFT, _RULE = "#16202a", "#56606b", "#d5d2ca"
_KICKER, _FOOT = TextStyle(10.0, bold=True), TextStyle(8.5)
_STYLE = "{http://schemas.openxmlformats.org/presentationml/2006/main}style"
_EMU = 914_400  # an inch


def check_slide_support() -> str:
    """Return what is missing on this machine to make slides, with what to do; "" for nothing."""
    return "" if find_spec("pptx") else f"slides need python-pptx: {suggest_install('office')}"


def render_board_slides(
    board: Board, sheet: BoardSheet, theme: DocumentTheme = DEFAULT_THEME
) -> bytes:
    """Render the page as a .pptx of one slide. Equal pages give equal bytes.

    Raises RenderError where python-pptx is not installed.
    """
    if missing := check_slide_support():
        raise RenderError(missing)
    from pptx import Presentation
    from pptx.util import Inches

    show = Presentation()
    show.slide_width, show.slide_height = Inches(sheet.width), Inches(sheet.height)
    properties = show.core_properties
    properties.title, properties.author = sheet.heading, board.organisation
    properties.language, properties.last_modified_by = sheet.lang, ""
    slide = show.slides.add_slide(show.slide_layouts[_TITLE_ONLY])
    drawing = _SlideDrawing(slide, sheet, theme)
    drawing.draw_head()
    for box in sheet.boxes:
        drawing.draw_box(box)
    for table in sheet.tables:
        drawing.draw_table(table)
    if sheet.chart:
        drawing.draw_chart(sheet.chart)
    notes = slide.notes_slide.notes_text_frame
    if notes is not None:
        notes.text = "\n".join(sheet.notes)
    out = io.BytesIO()
    show.save(out)
    return fix_times(out.getvalue(), board.as_of)


class _SlideDrawing:
    """Draws the parts of a page on a slide."""

    def __init__(self, slide: Slide, sheet: BoardSheet, theme: DocumentTheme) -> None:
        self.slide, self.sheet = slide, sheet
        self.colours: dict[Colour, str] = {"ink": _INK, "soft": _SOFT, "accent": theme.accent}

    def draw_head(self) -> None:
        """Draw what stands above and below the parts: whose page it is, its title, its day."""
        sheet, lang = self.sheet, self.sheet.lang
        margin, inner = 0.03 * sheet.width, 0.94 * sheet.width
        self.draw_rule(Place(margin, 0.22, inner, 0.03), self.colours["accent"])
        kicker = Paragraph(sheet.kicker, _KICKER, lang, "accent")
        self.draw_paragraphs(Place(margin, 0.27, 0.7 * inner, 0.25), [kicker])
        stamp = Paragraph(sheet.stamp, TextStyle(10.0), lang, "soft")
        self.draw_paragraphs(
            Place(margin + 0.7 * inner, 0.27, 0.3 * inner, 0.25), [stamp], end=True
        )
        title = self.slide.shapes.title
        assert title is not None
        _put(title, Place(margin, 0.5, inner, 0.42))
        self.fill_frame(
            title.text_frame, [Paragraph(sheet.heading, TextStyle(sheet.points, bold=True), lang)]
        )
        foot = Paragraph(sheet.footer, _FOOT, lang, "soft")
        self.draw_paragraphs(Place(margin, sheet.height - 0.3, inner, 0.2), [foot])

    def draw_heading(self, place: Place, text: str) -> None:
        """Draw the heading of a part at the top of its place, under a rule."""
        self.draw_rule(Place(place.x, place.y, place.width, 0.012), _INK)
        heading = Paragraph(text, HEADING, self.sheet.lang, "accent")
        self.draw_paragraphs(Place(place.x, place.y, place.width, HEADING_HEIGHT), [heading])

    def draw_box(self, box: TextBox) -> None:
        """Draw paragraphs under their heading."""
        self.draw_heading(box.place, box.heading)
        shape = self.draw_paragraphs(_below_heading(box.place), box.paragraphs)
        shape.name = box.slug

    def draw_paragraphs(self, place: Place, paragraphs: Any, *, end: bool = False) -> Any:
        """Draw a text box and return it. `end`: its lines end at the right."""
        shape = self.slide.shapes.add_textbox(*_to_emu(place))
        self.fill_frame(shape.text_frame, paragraphs, end=end)
        return shape

    def fill_frame(self, frame: Any, paragraphs: Any, *, end: bool = False) -> None:
        """Fill a frame of a shape or a cell with paragraphs, without margins of its own."""
        from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
        from pptx.util import Pt

        frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
        frame.vertical_anchor = MSO_ANCHOR.TOP
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        for number, text in enumerate(paragraphs):
            paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            paragraph.alignment = PP_ALIGN.RIGHT if end else PP_ALIGN.LEFT
            height = measure_line_height(text.text, text.style)
            paragraph.line_spacing = Pt(round(height * 72, 1))
            paragraph.space_after = Pt(3) if len(paragraphs) > 1 else Pt(0)
            if text.dir == "rtl":
                paragraph._p.get_or_add_pPr().set("rtl", "1")
            self.add_run(paragraph, text)

    def add_run(self, paragraph: Any, text: Paragraph) -> None:
        """Add the words of a paragraph in its style."""
        from pptx.dml.color import RGBColor
        from pptx.oxml.ns import qn
        from pptx.util import Pt

        run = paragraph.add_run()
        run.text = text.text
        font = run.font
        font.size, font.bold, font.name = Pt(text.style.points), text.style.bold, _LATIN
        font.color.rgb = RGBColor.from_string(self.colours[text.colour].removeprefix("#").upper())
        properties = run._r.get_or_add_rPr()
        locale = _LOCALES.get(text.lang) or (text.lang if text.lang != "und" else "")
        if locale:
            properties.set("lang", locale)
        complex_font = properties.makeelement(qn("a:cs"), {"typeface": _COMPLEX})
        properties.append(complex_font)

    def draw_rule(self, place: Place, colour: str) -> None:
        """Draw a thin bar."""
        from pptx.dml.color import RGBColor
        from pptx.enum.shapes import MSO_SHAPE

        shape = self.slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *_to_emu(place))
        shape.fill.solid()
        shape.fill.fore_color.rgb = RGBColor.from_string(colour.removeprefix("#").upper())
        shape.line.fill.background()
        style = shape._element.find(_STYLE)
        if style is not None:  # the template's shadow
            shape._element.remove(style)
        shape._element.nvSpPr.cNvPr.set("descr", "")

    def draw_table(self, table: TableBox) -> None:
        """Draw a table of PowerPoint's own, its rows as high as they were measured."""
        from pptx.util import Inches

        self.draw_heading(table.place, table.heading)
        if not table.rows:
            return
        count = len(table.heights)
        place = _below_heading(table.place)
        frame = self.slide.shapes.add_table(
            count, len(table.widths), *_to_emu(Place(*place[:3], sum(table.heights)))
        )
        frame.name = table.slug
        grid = frame.table
        _clear_table_style(grid, has_head=bool(table.columns))
        for column, width in zip(grid.columns, table.widths, strict=True):
            column.width = Inches(width)
        for row, height in zip(grid.rows, table.heights, strict=True):
            row.height = Inches(height)
        rows = list(table.rows)
        if table.columns:
            style = TextStyle(table.points - 0.5, bold=True)
            head = [Paragraph(name, style, self.sheet.lang, "soft") for name in table.columns]
            rows.insert(0, tuple(head))
        for at, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                self.fill_cell(grid.cell(at, column), cell)

    def fill_cell(self, cell: Any, text: Paragraph) -> None:
        """Fill a cell, with a thin line under it."""
        from pptx.util import Inches

        self.fill_frame(cell.text_frame, [text])
        cell.margin_left = cell.margin_right = Inches(CELL_X)
        cell.margin_top = cell.margin_bottom = Inches(CELL_Y)
        cell.fill.background()
        _underline_cell(cell, _RULE)

    def draw_chart(self, chart: ChartBox) -> None:
        """Draw a bar chart of PowerPoint's own, with its amounts beside the bars."""
        from pptx.chart.data import CategoryChartData
        from pptx.dml.color import RGBColor
        from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION
        from pptx.util import Pt

        self.draw_heading(chart.place, chart.heading)
        data = CategoryChartData(number_format="#,##0")
        data.categories = chart.names
        data.add_series(chart.heading, chart.values)
        frame = self.slide.shapes.add_chart(
            XL_CHART_TYPE.BAR_CLUSTERED, *_to_emu(_below_heading(chart.place)), data
        )
        frame.name = chart.slug
        frame._element.nvGraphicFramePr.cNvPr.set("descr", chart.alt)
        drawn = frame.chart
        drawn.has_legend = drawn.has_title = False
        drawn.font.size, drawn.font.name = Pt(9), _LATIN
        names, amounts = drawn.category_axis, drawn.value_axis
        names.reverse_order = True  # the largest on top
        names.format.line.fill.background()
        names.has_major_gridlines = amounts.has_major_gridlines = False
        amounts.visible, amounts.minimum_scale = False, 0
        amounts.maximum_scale = max(chart.values) * 1.25  # room for the amounts
        plot = drawn.plots[0]
        plot.gap_width, plot.has_data_labels = 45, True
        labels = plot.data_labels
        labels.number_format, labels.number_format_is_linked = "#,##0", False
        labels.position, labels.font.size = XL_LABEL_POSITION.OUTSIDE_END, Pt(9)
        fill = plot.series[0].format.fill
        fill.solid()
        fill.fore_color.rgb = RGBColor.from_string(self.colours["accent"].removeprefix("#").upper())


def _below_heading(place: Place) -> Place:
    return place._replace(y=place.y + HEADING_HEIGHT, height=place.height - HEADING_HEIGHT)


def _to_emu(place: Place) -> tuple[Any, Any, Any, Any]:
    from pptx.util import Emu

    x, y, width, height = (Emu(round(value * _EMU)) for value in place)
    return x, y, width, height


def _put(shape: Any, place: Place) -> None:
    shape.left, shape.top, shape.width, shape.height = _to_emu(place)


def _clear_table_style(grid: Any, *, has_head: bool) -> None:
    """Take the bands and colours of PowerPoint's default style from a table."""
    grid.first_row, grid.horz_banding = has_head, False
    style = grid._tbl.tblPr.find(
        "{http://schemas.openxmlformats.org/drawingml/2006/main}tableStyleId"
    )
    if style is not None:
        style.text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # no style, no grid


def _underline_cell(cell: Any, colour: str) -> None:
    """Draw the lower border of a cell, which python-pptx has no words for."""
    from pptx.oxml import parse_xml

    border = (
        '<a:lnB xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" w="6350">'
        f'<a:solidFill><a:srgbClr val="{colour.removeprefix("#").upper()}"/></a:solidFill></a:lnB>'
    )
    cell._tc.get_or_add_tcPr().insert(0, parse_xml(border))
