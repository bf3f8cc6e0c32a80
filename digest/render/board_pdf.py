"""The board page on paper: one page across, PDF/UA-1, of the same layout as the slide."""

from __future__ import annotations

from digest.model.board import Board
from digest.model.edition import format_utc
from digest.render.board import BoardSheet
from digest.render.board_boxes import Paragraph
from digest.render.pdf import draw_one_page
from digest.render.templates import get_environment, read_asset
from digest.render.text_measure import measure_line_height
from digest.render.theme import DEFAULT_THEME, DocumentTheme, Paper
from digest.render.words import Localizer

PAPERS: dict[Paper, tuple[float, float]] = {  # inches, across
    "A4": (11.693, 8.268),
    "Letter": (11.0, 8.5),
}


def render_board_pdf(
    board: Board, sheet: BoardSheet, words: Localizer, theme: DocumentTheme = DEFAULT_THEME
) -> bytes:
    """Render the page as a PDF of one page. Raises RenderError where it cannot be drawn."""
    html = (
        get_environment(words, theme)
        .get_template("pages/board.html")
        .render(
            sheet=sheet,
            organisation=board.organisation,
            created=format_utc(board.as_of),
            leading=_measure_leading,
        )
    )
    style = theme.apply_colours(read_asset("css/board.css").decode())
    return draw_one_page(html, style.replace("PAGE", f"{theme.paper} landscape", 1))


def _measure_leading(paragraph: Paragraph) -> float:
    return measure_line_height(paragraph.text, paragraph.style)
