"""The paper: the only module, with `text_layer`, that knows WeasyPrint.

Nothing is loaded while it draws: the style travels in the document, fonts come from the templates
folder through a fontconfig file of its own, and the fetcher refuses every address. Whatever
WeasyPrint warns of is a fault of the product and an error.
"""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from logging.handlers import BufferingHandler
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from digest.errors import RenderError
from digest.model.edition import Edition
from digest.model.sections import FIRST_SECTION
from digest.render import fit
from digest.render.edition_json import edition_to_json
from digest.render.glyphs import make_legible, read_code_points
from digest.render.layout import find_layout_faults
from digest.render.templates import find_templates_dir, get_environment, read_asset
from digest.render.text_layer import collect_text_layer
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

_LayOut = Callable[[PageView], Any]  # gives a WeasyPrint document

_FONTCONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


def render_pdf(edition: Edition, theme: DocumentTheme = DEFAULT_THEME) -> bytes:
    """Render the edition as PDF/UA-1 with edition.json attached, in at most the theme's pages.

    Stories that do not fit are counted in a line that sends the reader to the HTML; the first page,
    the pictures and the sources stay, so that fewer than four pages cannot be promised. Equal
    editions give equal bytes. Raises RenderError where something cannot be drawn.
    """
    return render_and_check_pdf(edition, theme)[0]


def render_and_check_pdf(
    edition: Edition, theme: DocumentTheme = DEFAULT_THEME
) -> tuple[bytes, tuple[str, ...]]:
    """Render the same; return also what is wrong with the layout, in words."""
    if missing := check_pdf_support():
        raise RenderError(missing)
    from weasyprint import CSS, HTML, Attachment

    words = load_localizer(edition.language, edition.zone)
    text = theme.apply_colours(read_asset("css/paper.css").decode())
    text = text.replace("size: A4;", f"size: {theme.paper};", 1)
    template = get_environment(words, theme).get_template("pages/paper.html")
    with _raise_on_warnings(), _configure_fonts() as fonts:
        style = CSS(string=text, font_config=fonts, url_fetcher=_create_url_fetcher())

        def lay_out(view: PageView) -> Any:
            html = template.render(page=view)
            return HTML(string=html, url_fetcher=_create_url_fetcher(theme.logo)).render(
                stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1", pdf_tags=True
            )

        document = _fit_document(edition, words, theme.pages, lay_out)
        attachment = Attachment(
            string=edition_to_json(edition).decode(),
            name="edition.json",
            description=f"The data of this briefing, {edition.quarter}",
            created=edition.as_of,
            modified=edition.as_of,
            url_fetcher=_create_url_fetcher(),
        )
        with collect_text_layer() as layer:
            pdf: bytes = document.write_pdf(
                finisher=layer.finish,
                pdf_variant="pdf/ua-1",
                pdf_tags=True,
                attachments=[attachment],
            )
        return pdf, find_layout_faults(document.pages, theme.pages)


def check_pdf_support() -> str:
    """Return what is missing on this machine to draw a PDF, with what to do; "" for nothing."""
    try:
        import weasyprint  # noqa: F401 - whether it can be imported is the question
    except (ImportError, OSError) as error:
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        return (
            f"WeasyPrint cannot start ({first}); on Debian or Ubuntu: apt-get install "
            "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0, on macOS: brew install pango"
        )
    folder = find_templates_dir() / "fonts"
    return "" if read_code_points(folder) else f"no font in {folder}"


def _fit_document(edition: Edition, words: Localizer, budget: int, lay_out: _LayOut) -> Any:
    """Lay out the edition until it keeps to its pages; return the document."""
    covered = read_code_points(find_templates_dir() / "fonts")
    options = RenderOptions(
        _BODY_LIMITS,
        rows=_MAX_COVERAGE_ROWS,
        brief=True,
        legible=lambda text: make_legible(text, covered),
    )
    options = _fit_first_page(edition, words, options, lay_out)
    order = fit.compute_drop_order(edition)
    dropped = fit.choose_first_drop(edition, order, budget)
    heights: dict[str, float] = {}
    can_restore = True  # once, what was dropped too much comes back
    for attempt in range(_ATTEMPTS):
        kept = fit.map_kept_stories(edition, dropped)
        view = build_page_view(edition, words, replace(options, kept=kept))
        document = lay_out(view)
        if attempt + 1 == _ATTEMPTS:
            break
        measured = _measure_document(document)
        rows = len(view.method.lines)
        if measured.count_excess_pages(budget) and len(dropped) < len(order):
            heights |= measured.heights
            dropped = fit.extend_drop(order, dropped, measured, budget)
        elif can_restore and dropped and measured.pages < budget:
            can_restore = False
            room = (budget - measured.pages) * _USABLE_SHARE
            dropped = fit.restore_stories(order, dropped, heights, room)
        elif measured.pages > 2 and measured.last < _NEAR_EMPTY and rows > _MIN_COVERAGE_ROWS:
            row_height = max(measured.heights.get("coverage", 0.0) / (rows + 1), 0.005)
            fewer = 2 + int(measured.last / row_height)
            options = replace(options, rows=max(_MIN_COVERAGE_ROWS, rows - fewer))
        else:
            break
    return document


def _fit_first_page(
    edition: Edition, words: Localizer, options: RenderOptions, lay_out: _LayOut
) -> RenderOptions:
    """Find the richest limits with which the first page is one page, on a paper of little else."""
    first_page = replace(edition, coverage=(), left_out={}, quality={})
    kept = fit.map_kept_stories(edition, fit.compute_drop_order(edition))
    first_stories = {
        story.id
        for section in edition.sections
        if section.slug == FIRST_SECTION
        for story in section.stories
    }
    for limits in _FIRST_PAGE_LIMITS:
        options = replace(options, first_limits=limits)
        view = build_page_view(first_page, words, replace(options, kept=kept))
        headings = [(section.slug, section.name) for section in view.sections]
        headings += view.stack_pages.contents if view.stack_pages else ()
        contents = tuple(SectionView(slug, name) for slug, name in headings)
        document = lay_out(
            replace(view, sections=contents, stack_pages=None, matrix=None, share=None, ladder=None)
        )
        if not first_stories & document.pages[1].anchors.keys():
            break
    # The side column stands beside the stories, so that a legend too long for it does not make a
    # page of its own.
    return replace(options, legend="legend" not in document.pages[1].anchors)


def _measure_document(document: Any) -> fit.PaperMeasurement:
    heights: dict[str, float] = {}
    room = 1.0
    for page in document.pages:
        room = float(page.height) - _TOP - _BOTTOM  # in CSS pixels
        for name, (_, top, _, bottom) in page.anchors.items():
            heights[name] = heights.get(name, 0.0) + (bottom - top) / room
    end = document.pages[-1].anchors["end"][1]
    return fit.PaperMeasurement(len(document.pages), (end - _TOP) / room, heights)


def _create_url_fetcher(allowed_url: str = "") -> Any:
    """Create a fetcher that fetches nothing but the logo, which is data at hand."""
    from weasyprint.urls import URLFetcher

    class _RefusingFetcher(URLFetcher):  # type: ignore[misc] # WeasyPrint ships no types
        def fetch(self, url: str, headers: object = None) -> Any:
            if allowed_url and url == allowed_url:
                return super().fetch(url, headers)
            raise ValueError(f"the briefing loads nothing, {url[:80]!r} neither")

    return _RefusingFetcher()


@contextmanager
def _configure_fonts() -> Iterator[Any]:
    """Give WeasyPrint the fonts of the templates folder and no others, whatever the machine has."""
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


@contextmanager
def _raise_on_warnings() -> Iterator[None]:
    """Raise RenderError at the end where WeasyPrint has warned of anything."""
    logger, collector = logging.getLogger("weasyprint"), BufferingHandler(capacity=1_000_000)
    collector.setLevel(logging.WARNING)
    logger.addHandler(collector)
    try:
        yield
    finally:
        logger.removeHandler(collector)
    if messages := [record.getMessage() for record in collector.buffer]:
        more = f", and {len(messages) - 1} more" if len(messages) > 1 else ""
        raise RenderError(
            f"WeasyPrint could not draw the briefing as it should: {messages[0]}{more}"
        )
