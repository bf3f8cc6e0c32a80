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
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from digest.errors import RenderError
from digest.model import Edition
from digest.render.data import edition_json
from digest.render.glyphs import covered_by, legible
from digest.render.templates import asset, environment, templates_dir
from digest.render.view import Cuts, Printing, page
from digest.render.words import Words, words_for

BODY = Cuts(title=170, sentences=3, characters=420, whys=2, quotes=3, sources=3)
FRONT = Cuts(title=120, sentences=2, characters=260, whys=1, quotes=0, sources=2)

_FONTCONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


def pdf(edition: Edition, page_budget: int = 12) -> bytes:
    """The edition as PDF/UA-1 with edition.json attached, of at most `page_budget` A4 pages.

    Equal editions give equal bytes. Raises RenderError where something cannot be drawn.
    """
    words = words_for(edition.language, edition.zone)
    covered = covered_by(templates_dir() / "fonts")
    printing = Printing(BODY, FRONT, legible=lambda text: legible(text, covered))
    with _fonts() as fonts, _warnings_are_errors():
        document = _layout(edition, words, printing, fonts)
        return _written(document, edition)


def _layout(edition: Edition, words: Words, printing: Printing, fonts: Any) -> Any:
    from weasyprint import CSS, HTML

    view = page(edition, words, printing)
    text = environment(words).get_template("pages/paper.html").render(page=view, version=edition.version)
    style = CSS(string=asset("css/paper.css").decode(), font_config=fonts, url_fetcher=_refuse())
    return HTML(string=text, base_url=None, url_fetcher=_refuse()).render(
        stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1", pdf_tags=True
    )


def _written(document: Any, edition: Edition) -> bytes:
    from weasyprint import Attachment

    data = edition_json(edition)
    attachment = Attachment(
        string=data.decode(),
        name="edition.json",
        description=f"The data of this briefing, {edition.quarter}",
        created=edition.as_of,
        modified=edition.as_of,
        relationship="Data",
        url_fetcher=_refuse(),
    )
    made: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True, attachments=[attachment])
    return made


def _refuse() -> Any:
    """A fetcher that fetches nothing."""
    from weasyprint.urls import URLFetcher

    class Refuse(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
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
