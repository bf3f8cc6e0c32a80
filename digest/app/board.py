"""The board page and the review's agenda of a quarter, made of its edition."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Literal

from digest.app.build import build_editions, load_style
from digest.app.context import AppContext, load_stack_index
from digest.app.logs import log_event
from digest.app.workspace import write_file
from digest.edition import build_board
from digest.errors import UsageError
from digest.model.edition import Edition
from digest.model.stack import Stack
from digest.period import Quarter

BoardFormat = Literal["pdf", "pptx"]


def render_board(
    context: AppContext, quarter: Quarter, form: BoardFormat, language: str | None = None
) -> bytes:
    """Return the board page of a quarter, in the first language of the editions if none is given.

    Raises UsageError for another language, RenderError where it cannot be drawn.
    """
    from digest.render.board import lay_out_board
    from digest.render.board_pdf import PAPERS, render_board_pdf
    from digest.render.board_slides import SLIDE, check_slide_support, render_board_slides
    from digest.render.words import load_localizer

    if form == "pptx" and (missing := check_slide_support()):
        raise UsageError(missing)
    index, theme = load_stack_index(context), load_style(context)
    edition = _build_edition(context, quarter, language)
    board = build_board(edition, index.stack if index else Stack())
    words = load_localizer(board.language, board.zone, quarter.kind)
    if form == "pptx":
        return render_board_slides(board, lay_out_board(board, words, *SLIDE), theme)
    return render_board_pdf(board, lay_out_board(board, words, *PAPERS[theme.paper]), words, theme)


def write_board(
    context: AppContext,
    quarter: Quarter,
    form: BoardFormat,
    language: str | None = None,
    output: Path | None = None,
) -> Path:
    """Write the board page into a file, else into the edition's folder; return its path."""
    data = render_board(context, quarter, form, language)
    folder = context.workspace.edition_folder(quarter.name)
    path = output or folder / (f"board-{language}.{form}" if language else f"board.{form}")
    write_file(path, data)
    return path


def render_agenda(context: AppContext, quarter: Quarter, language: str | None = None) -> str:
    """Return the agenda of the review as Markdown. Raises UsageError where there is no stack."""
    from digest.render.agenda import render_agenda_markdown

    if load_stack_index(context) is None:
        raise UsageError(
            "there is no stack.yaml: an agenda is of the products that it names",
            "write it, or run `digest stack import FILE`",
        )
    return render_agenda_markdown(_build_edition(context, quarter, language))


def _build_edition(context: AppContext, quarter: Quarter, language: str | None) -> Edition:
    """Build the edition in one language, as `digest build` would, and ask no language model."""
    settings = context.config.digest
    chosen = language or settings.languages[0]
    config = context.config
    if chosen not in settings.languages:
        from digest.render.words import LANGUAGES

        if chosen not in LANGUAGES:
            raise UsageError(
                f"there is no catalogue for {chosen!r}", f"there are: {', '.join(LANGUAGES)}"
            )
    one = settings.model_copy(update={"languages": (chosen,)})
    alone = replace(context, config=replace(config, digest=one))
    edition = build_editions(alone, quarter, ask=False)[0]
    built = _read_archive_mark(context, quarter)
    if built and built != edition.generated_from.archive:
        words = f"{quarter} was built of other items than this page: run `digest build {quarter}`"
        log_event("board", words, trouble=True)
    return edition


def _read_archive_mark(context: AppContext, quarter: Quarter) -> str:
    """Return of which items the quarter's edition was built; "" where it has not been."""
    path = context.workspace.edition_folder(quarter.name) / "edition.json"
    try:
        return str(json.loads(path.read_bytes())["generated_from"]["archive"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
