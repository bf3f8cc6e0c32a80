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
from digest.model.edition import Edition
from digest.render import fit
from digest.render.edition_json import edition_to_json
from digest.render.glyphs import make_legible, read_code_points
from digest.render.layout import find_layout_faults
from digest.render.templates import find_templates_dir, get_environment, read_asset
from digest.render.theme import DEFAULT_THEME, DocumentTheme
from digest.render.views import PageView, RenderOptions, StoryLimits, build_page_view
from digest.render.views.sections import SectionView
from digest.render.words import Localizer, load_localizer

_BODY_LIMITS = StoryLimits(title=170, sentences=3, characters=420, whys=2, quotes=3, sources=3)
# The first page's stories, from rich to poor: the first that fits on one page is printed.
_FIRST_PAGE_LIMITS = (
    StoryLimits(title=130, sentences=3, characters=300, whys=2, quotes=0, sources=3),
    StoryLimits(title=120, sentences=2, characters=240, whys=1, quotes=0, sources=2),
    StoryLimits(title=110, sentences=2, characters=160, whys=1, quotes=0, sources=2),
    StoryLimits(title=90, sentences=1, characters=110, whys=1, quotes=0, sources=1),
    StoryLimits(title=70, sentences=0, characters=0, whys=0, quotes=0, sources=1),
)
_MAX_COVERAGE_ROWS = 60  # of the table of sources
_MIN_COVERAGE_ROWS = 12
_NEAR_EMPTY = 0.25  # of the last page
_ATTEMPTS = 10
_USABLE_SHARE = 0.7  # of a page: what breaks leave of it
_TOP, _BOTTOM = 19 / 25.4 * 96, 18 / 25.4 * 96  # margins in CSS pixels, as paper.css has them

_FONTCONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


def render_pdf(edition: Edition, theme: DocumentTheme = DEFAULT_THEME) -> bytes:
    """The edition as PDF/UA-1 with edition.json attached, in as many pages as the look has.

    Stories that do not fit are counted in a line that sends the reader to the HTML; the first page, the pictures and
    the sources stay, so that fewer than four pages cannot be promised. Equal editions give equal bytes.
    Raises RenderError where something cannot be drawn.
    """
    return render_and_check_pdf(edition, theme)[0]


def render_and_check_pdf(
    edition: Edition, theme: DocumentTheme = DEFAULT_THEME
) -> tuple[bytes, tuple[str, ...]]:
    """The same, and what is wrong with the layout, in words."""
    if missing := check_pdf_support():
        raise RenderError(missing)
    words = load_localizer(edition.language, edition.zone)
    with _raise_on_warnings(), _configure_fonts() as fonts:
        document = _fit_document(edition, words, theme.pages, _create_renderer(words, theme, fonts))
        return _write_pdf(document, edition), find_layout_faults(document.pages, theme.pages)


def check_pdf_support() -> str:
    """What is missing on this machine to draw a PDF, with what to do; "" where nothing is."""
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError) as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        return (
            f"WeasyPrint cannot start ({first}); on Debian or Ubuntu: apt-get install libpango-1.0-0 libpangoft2-1.0-0 "
            "libharfbuzz-subset0, on macOS: brew install pango"
        )
    return (
        ""
        if read_code_points(find_templates_dir() / "fonts")
        else f"no font in {find_templates_dir() / 'fonts'}"
    )


@dataclass(frozen=True, slots=True)
class _PaperRenderer:
    """Lays out views of the edition: the template, our style as WeasyPrint has read it, our fonts."""

    template: Template
    style: Any
    fonts: Any
    logo: str

    def lay_out_view(self, view: PageView) -> Any:
        """A WeasyPrint document of a view."""
        from weasyprint import HTML

        html = HTML(
            string=self.template.render(page=view), url_fetcher=_create_url_fetcher(self.logo)
        )
        return html.render(
            stylesheets=[self.style], font_config=self.fonts, pdf_variant="pdf/ua-1", pdf_tags=True
        )


def _create_renderer(words: Localizer, theme: DocumentTheme, fonts: Any) -> _PaperRenderer:
    from weasyprint import CSS

    text = theme.apply_colours(read_asset("css/paper.css").decode()).replace(
        "size: A4;", f"size: {theme.paper};", 1
    )
    style = CSS(string=text, font_config=fonts, url_fetcher=_create_url_fetcher())
    return _PaperRenderer(
        get_environment(words, theme).get_template("pages/paper.html"), style, fonts, theme.logo
    )


def _fit_document(edition: Edition, words: Localizer, budget: int, renderer: _PaperRenderer) -> Any:
    """The document that keeps to its pages."""
    covered = read_code_points(find_templates_dir() / "fonts")
    printing = RenderOptions(
        _BODY_LIMITS,
        _FIRST_PAGE_LIMITS[0],
        rows=_MAX_COVERAGE_ROWS,
        brief=True,
        legible=lambda text: make_legible(text, covered),
    )
    printing = _fit_first_page(edition, words, printing, renderer)
    order = fit.compute_drop_order(edition)
    dropped = fit.choose_first_drop(edition, order, budget)
    heights: dict[str, float] = {}
    generous = True  # once, what was dropped too much comes back
    for attempt in range(_ATTEMPTS):
        view = build_page_view(
            edition, words, replace(printing, kept=fit.map_kept_stories(edition, dropped))
        )
        document = renderer.lay_out_view(view)
        measured = _measure_document(document)
        rows = len(view.method.lines)
        spare = attempt + 1 < _ATTEMPTS
        if measured.count_excess_pages(budget) and spare and len(dropped) < len(order):
            heights |= measured.heights
            dropped = fit.extend_drop(order, dropped, measured, budget)
        elif generous and dropped and measured.pages < budget and spare:
            generous = False
            dropped = fit.restore_stories(
                order, dropped, heights, (budget - measured.pages) * _USABLE_SHARE
            )
        elif _is_last_page_sparse(measured) and spare and rows > _MIN_COVERAGE_ROWS:
            fewer = 2 + int(measured.last / _estimate_row_height(document, rows))
            printing = replace(printing, rows=max(_MIN_COVERAGE_ROWS, rows - fewer))
        else:
            break
    return document


def _fit_first_page(
    edition: Edition, words: Localizer, printing: RenderOptions, renderer: _PaperRenderer
) -> RenderOptions:
    """The richest cuts with which the first page is one page; tried on a paper that is little else."""
    nothing = replace(edition, coverage=(), left_out={}, quality={})
    kept = fit.map_kept_stories(edition, fit.compute_drop_order(edition))
    five = {
        story.id
        for section in edition.sections
        if section.slug == "five"
        for story in section.stories
    }
    for cuts in _FIRST_PAGE_LIMITS:
        printing = replace(printing, first_limits=cuts)
        view = build_page_view(nothing, words, replace(printing, kept=kept))
        own = view.stack_pages.contents if view.stack_pages else ()
        headings = [*((one.slug, one.name) for one in view.sections), *own]
        contents = tuple(SectionView(slug, name, "", (), (), "", "") for slug, name in headings)
        document = renderer.lay_out_view(
            replace(view, sections=contents, stack_pages=None, matrix=None, share=None, ladder=None)
        )
        if not five & document.pages[1].anchors.keys():
            break
    # The side column stands beside the stories, so that a legend too long for it does not make a page of its own.
    return replace(printing, legend="legend" not in document.pages[1].anchors)


def _measure_document(document: Any) -> fit.PaperMeasurement:
    heights: dict[str, float] = {}
    for sheet in document.pages:
        room = _get_usable_height(sheet)
        for name, (_, top, _, bottom) in sheet.anchors.items():
            heights[name] = heights.get(name, 0.0) + (bottom - top) / room
    last = document.pages[-1]
    return fit.PaperMeasurement(
        len(document.pages), (last.anchors["end"][1] - _TOP) / _get_usable_height(last), heights
    )


def _get_usable_height(sheet: Any) -> float:
    """The height of a page between its margins, in CSS pixels."""
    return float(sheet.height) - _TOP - _BOTTOM


def _is_last_page_sparse(measured: fit.PaperMeasurement) -> bool:
    return measured.pages > 2 and measured.last < _NEAR_EMPTY


def _estimate_row_height(document: Any, rows: int) -> float:
    """The part of a page that a line of the table of sources takes."""
    total = _measure_document(document).heights.get("coverage", 0.0)
    return max(total / (rows + 1), 0.005)


def _write_pdf(document: Any, edition: Edition) -> bytes:
    from weasyprint import Attachment

    data = edition_to_json(edition)
    attachment = Attachment(
        string=data.decode(),
        name="edition.json",
        description=f"The data of this briefing, {edition.quarter}",
        created=edition.as_of,
        modified=edition.as_of,
        url_fetcher=_create_url_fetcher(),
    )
    made: bytes = document.write_pdf(
        pdf_variant="pdf/ua-1", pdf_tags=True, attachments=[attachment]
    )
    return made


def _create_url_fetcher(allowed_url: str = "") -> Any:
    """A fetcher that fetches nothing but the logo, which is data that we hold."""
    from weasyprint.urls import URLFetcher

    class _RefusingFetcher(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: object = None) -> Any:
            if allowed_url and url == allowed_url:
                return super().fetch(url, headers)
            raise ValueError(f"the briefing loads nothing, {url[:80]!r} neither")

    return _RefusingFetcher()


@contextmanager
def _configure_fonts() -> Iterator[Any]:
    """WeasyPrint's font configuration with our fonts and no others, whatever the machine has."""
    with tempfile.TemporaryDirectory(prefix="digest-fonts-") as folder:
        config = Path(folder, "fonts.conf")
        fonts, cache = escape(str(find_templates_dir() / "fonts")), escape(folder)
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


class _WarningCollector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def _raise_on_warnings() -> Iterator[None]:
    """Raises RenderError at the end where WeasyPrint has warned of anything."""
    logger, kept = logging.getLogger("weasyprint"), _WarningCollector()
    logger.addHandler(kept)
    try:
        yield
    finally:
        logger.removeHandler(kept)
    if kept.messages:
        more = f", and {len(kept.messages) - 1} more" if len(kept.messages) > 1 else ""
        raise RenderError(
            f"WeasyPrint could not draw the briefing as it should: {kept.messages[0]}{more}"
        )
