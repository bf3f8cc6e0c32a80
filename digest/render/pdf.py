"""The paper: the only module that knows WeasyPrint.

Nothing is loaded while it draws: the style travels in the document, fonts come from our own folder through a fontconfig
file of our own, and the fetcher refuses every address. Whatever WeasyPrint warns of is a fault of ours and an error.
"""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from jinja2 import Template

from digest.errors import RenderError
from digest.model import Edition
from digest.render import fit
from digest.render.data import edition_json
from digest.render.glyphs import covered_by, legible
from digest.render.layout import layout_faults
from digest.render.look import Look
from digest.render.templates import asset, environment, templates_dir
from digest.render.view import Cuts, Page, Printing, SectionView, page
from digest.render.words import Words, words_for

_BODY = Cuts(title=170, sentences=3, characters=420, whys=2, quotes=3, sources=3)
# The first page's stories, from rich to poor: the first that fits on one page is printed.
_FRONT = (
    Cuts(title=130, sentences=3, characters=300, whys=2, quotes=0, sources=3),
    Cuts(title=120, sentences=2, characters=240, whys=1, quotes=0, sources=2),
    Cuts(title=110, sentences=2, characters=160, whys=1, quotes=0, sources=2),
    Cuts(title=90, sentences=1, characters=110, whys=1, quotes=0, sources=1),
    Cuts(title=70, sentences=0, characters=0, whys=0, quotes=0, sources=1),
)
_ROWS = 60  # of the table of sources
_FEWEST_ROWS = 12
_NEAR_EMPTY = 0.25  # of the last page
_ATTEMPTS = 10
_USED = 0.7  # of a page: what breaks leave of it
_TOP, _BOTTOM = 19 / 25.4 * 96, 18 / 25.4 * 96  # margins in CSS pixels, as paper.css has them

_FONTCONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


def pdf(edition: Edition, look: Look = Look()) -> bytes:  # noqa: B008 - frozen
    """The edition as PDF/UA-1 with edition.json attached, in as many pages as the look has.

    Stories that do not fit are counted in a line that sends the reader to the HTML; the first page, the pictures and
    the sources stay, so that fewer than four pages cannot be promised. Equal editions give equal bytes.
    Raises RenderError where something cannot be drawn.
    """
    return drawn(edition, look)[0]


def drawn(edition: Edition, look: Look = Look()) -> tuple[bytes, tuple[str, ...]]:  # noqa: B008 - frozen
    """The same, and what is wrong with the layout, in words."""
    if missing := ready():
        raise RenderError(missing)
    words = words_for(edition.language, edition.zone)
    with _warnings_are_errors(), _fonts() as fonts:
        document = _fitted(edition, words, look.pages, _press(words, look, fonts))
        return _written(document, edition), layout_faults(document.pages, look.pages)


def ready() -> str:
    """What is missing on this machine to draw a PDF, with what to do; "" where nothing is."""
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError) as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        return (
            f"WeasyPrint cannot start ({first}); on Debian or Ubuntu: apt-get install libpango-1.0-0 libpangoft2-1.0-0 "
            "libharfbuzz-subset0, on macOS: brew install pango"
        )
    return "" if covered_by(templates_dir() / "fonts") else f"no font in {templates_dir() / 'fonts'}"


@dataclass(frozen=True, slots=True)
class _Press:
    """Lays out views of the edition: the template, our style as WeasyPrint has read it, our fonts."""

    template: Template
    style: Any
    fonts: Any
    logo: str

    def lay_out(self, view: Page) -> Any:
        """A WeasyPrint document of a view."""
        from weasyprint import HTML

        html = HTML(string=self.template.render(page=view), url_fetcher=_refuse(self.logo))
        return html.render(stylesheets=[self.style], font_config=self.fonts, pdf_variant="pdf/ua-1", pdf_tags=True)


def _press(words: Words, look: Look, fonts: Any) -> _Press:
    from weasyprint import CSS

    text = look.coloured(asset("css/paper.css").decode()).replace("size: A4;", f"size: {look.paper};", 1)
    style = CSS(string=text, font_config=fonts, url_fetcher=_refuse())
    return _Press(environment(words, look).get_template("pages/paper.html"), style, fonts, look.logo)


def _fitted(edition: Edition, words: Words, budget: int, press: _Press) -> Any:
    """The document that keeps to its pages."""
    covered = covered_by(templates_dir() / "fonts")
    printing = Printing(_BODY, _FRONT[0], rows=_ROWS, brief=True, legible=lambda text: legible(text, covered))
    printing = _with_one_first_page(edition, words, printing, press)
    order = fit.least_first(edition)
    dropped = fit.first_drop(edition, order, budget)
    heights: dict[str, float] = {}
    generous = True  # once, what was dropped too much comes back
    for attempt in range(_ATTEMPTS):
        view = page(edition, words, replace(printing, kept=fit.kept(edition, dropped)))
        document = press.lay_out(view)
        measured = _measured(document)
        rows = len(view.method.lines)
        spare = attempt + 1 < _ATTEMPTS
        if measured.excess(budget) and spare and len(dropped) < len(order):
            heights |= measured.heights
            dropped = fit.next_drop(order, dropped, measured, budget)
        elif generous and dropped and measured.pages < budget and spare:
            generous = False
            dropped = fit.give_back(order, dropped, heights, (budget - measured.pages) * _USED)
        elif _last_page_is_poor(measured) and spare and rows > _FEWEST_ROWS:
            fewer = 2 + int(measured.last / _row_height(document, rows))
            printing = replace(printing, rows=max(_FEWEST_ROWS, rows - fewer))
        else:
            break
    return document


def _with_one_first_page(edition: Edition, words: Words, printing: Printing, press: _Press) -> Printing:
    """The richest cuts with which the first page is one page; tried on a paper that is little else."""
    nothing = replace(edition, coverage=(), left_out={}, quality={})
    kept = fit.kept(edition, fit.least_first(edition))
    five = {story.id for section in edition.sections if section.slug == "five" for story in section.stories}
    for cuts in _FRONT:
        printing = replace(printing, first=cuts)
        view = page(nothing, words, replace(printing, kept=kept))
        own = view.ours.contents if view.ours else ()
        headings = [*((one.slug, one.name) for one in view.sections), *own]
        contents = tuple(SectionView(slug, name, "", (), (), "", "") for slug, name in headings)
        document = press.lay_out(replace(view, sections=contents, ours=None, matrix=None, share=None, ladder=None))
        if not five & document.pages[1].anchors.keys():
            break
    # The side column stands beside the stories, so that a legend too long for it does not make a page of its own.
    return replace(printing, legend="legend" not in document.pages[1].anchors)


def _measured(document: Any) -> fit.Measured:
    heights: dict[str, float] = {}
    for sheet in document.pages:
        room = _room(sheet)
        for name, (_, top, _, bottom) in sheet.anchors.items():
            heights[name] = heights.get(name, 0.0) + (bottom - top) / room
    last = document.pages[-1]
    return fit.Measured(len(document.pages), (last.anchors["end"][1] - _TOP) / _room(last), heights)


def _room(sheet: Any) -> float:
    """The height of a page between its margins, in CSS pixels."""
    return float(sheet.height) - _TOP - _BOTTOM


def _last_page_is_poor(measured: fit.Measured) -> bool:
    return measured.pages > 2 and measured.last < _NEAR_EMPTY


def _row_height(document: Any, rows: int) -> float:
    """The part of a page that a line of the table of sources takes."""
    total = _measured(document).heights.get("coverage", 0.0)
    return max(total / (rows + 1), 0.005)


def _written(document: Any, edition: Edition) -> bytes:
    from weasyprint import Attachment

    data = edition_json(edition)
    attachment = Attachment(
        string=data.decode(),
        name="edition.json",
        description=f"The data of this briefing, {edition.quarter}",
        created=edition.as_of,
        modified=edition.as_of,
        url_fetcher=_refuse(),
    )
    made: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True, attachments=[attachment])
    return made


def _refuse(but: str = "") -> Any:
    """A fetcher that fetches nothing but the logo, which is data that we hold."""
    from weasyprint.urls import URLFetcher

    class Refuse(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: object = None) -> Any:
            if but and url == but:
                return super().fetch(url, headers)
            raise ValueError(f"the briefing loads nothing, {url[:80]!r} neither")

    return Refuse()


@contextmanager
def _fonts() -> Iterator[Any]:
    """WeasyPrint's font configuration with our fonts and no others, whatever the machine has."""
    with tempfile.TemporaryDirectory(prefix="digest-fonts-") as folder:
        config = Path(folder, "fonts.conf")
        fonts, cache = escape(str(templates_dir() / "fonts")), escape(folder)
        config.write_text(_FONTCONFIG.format(fonts=fonts, cache=cache), encoding="utf-8")
        before = os.environ.get("FONTCONFIG_FILE")
        os.environ["FONTCONFIG_FILE"] = str(config)
        try:
            from weasyprint.text.fonts import FontConfiguration

            yield FontConfiguration()
        finally:
            if before is None:
                del os.environ["FONTCONFIG_FILE"]
            else:
                os.environ["FONTCONFIG_FILE"] = before


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def _warnings_are_errors() -> Iterator[None]:
    """Raises RenderError at the end where WeasyPrint has warned of anything."""
    logger, kept = logging.getLogger("weasyprint"), _Kept()
    logger.addHandler(kept)
    try:
        yield
    finally:
        logger.removeHandler(kept)
    if kept.messages:
        more = f", and {len(kept.messages) - 1} more" if len(kept.messages) > 1 else ""
        raise RenderError(f"WeasyPrint could not draw the briefing as it should: {kept.messages[0]}{more}")
