"""The paper: the only module, with `text_layer`, that knows WeasyPrint.

Nothing is loaded while it draws: the style travels in the document, fonts come from the templates
folder alone, and the fetcher refuses every address. Whatever
WeasyPrint warns of is a fault of the product and an error.
"""

from __future__ import annotations

import gc
import logging
import os
import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from logging.handlers import BufferingHandler
from typing import Any

from digest.errors import RenderError
from digest.model.edition import Edition
from digest.render import fit
from digest.render.edition_json import edition_to_json
from digest.render.glyphs import make_legible, read_code_points, replace_unwritable
from digest.render.layout import MAX_BLANK, find_layout_faults, measure_blank, measure_foot
from digest.render.paper_estimate import estimate_paper, estimate_places, measure_parts
from digest.render.paper_links import unlink_missing_places
from digest.render.templates import find_templates_dir, get_environment, read_asset
from digest.render.text_layer import collect_text_layer
from digest.render.theme import DEFAULT_THEME, DocumentTheme
from digest.render.views import PageView, RenderOptions, StoryLimits, build_page_view
from digest.render.words import Localizer, load_localizer

_BODY_LIMITS = StoryLimits(
    title=170, sentences=2, characters=250, whys=1, quotes=0, sources=1, contexts=1
)
# The first page's stories, from rich to poor: the first that fits on one page is printed.
_ONE_SENTENCE = StoryLimits(
    title=120, sentences=1, characters=180, whys=1, quotes=0, sources=1, contexts=0, reach=False
)
_HEADLINE_ALONE = replace(_ONE_SENTENCE, title=75, sentences=0)
_FIRST_PAGE_LIMITS = (  # of its stories, from the richest
    StoryLimits(title=170, sentences=3, characters=460, whys=2, quotes=0, sources=3, contexts=1),
    StoryLimits(title=150, sentences=3, characters=360, whys=2, quotes=0, sources=3, contexts=0),
    StoryLimits(title=150, sentences=2, characters=280, whys=1, quotes=0, sources=2, contexts=0),
    StoryLimits(title=120, sentences=2, characters=220, whys=1, quotes=0, sources=1, contexts=0),
    replace(_ONE_SENTENCE, reach=True),
    *(replace(_ONE_SENTENCE, summaries=number) for number in (5, 4, 3, 2, 1)),
    _HEADLINE_ALONE,
    replace(_HEADLINE_ALONE, title=70, whys=0),
)
_ATTEMPTS = 6  # layouts of a whole paper; three are the rule
_MAX_STEPS = 60  # of choosing what a paper is to hold
_CORRECTIONS = 3  # of numbers of pages
_ANY_PAGE = 7  # stands for a number that is not known yet
_NEW_OBJECTS = 100_000  # that are made before the collector of garbage looks at them
_MOST_LETTERS = 8  # that a warning names
_FULL_ENOUGH = 1 - MAX_BLANK  # of page one, for the next part to begin on another page
_TOP, _BOTTOM = 15 / 25.4 * 96, 13.5 / 25.4 * 96  # margins in CSS pixels, as paper.css has them

logger = logging.getLogger(__name__)

_TARGET = re.compile(r'data-target="#([^"]+)"')


def render_pdf(edition: Edition, theme: DocumentTheme = DEFAULT_THEME) -> bytes:
    """Render the edition as PDF/UA-1 with edition.json attached, in at most the theme's pages.

    Stories that do not fit stand in the register alone, and a line says how many; what concerns the
    company's own stack, deals and rules stay, so that the budget can be broken where they alone
    fill it. Equal editions give equal bytes. Raises RenderError where something cannot be drawn.
    """
    return render_and_check_pdf(edition, theme)[0]


def render_and_check_pdf(
    edition: Edition, theme: DocumentTheme = DEFAULT_THEME
) -> tuple[bytes, tuple[str, ...]]:
    """Render the same; return also what is wrong with the layout, in words."""
    if missing := check_pdf_support():
        raise RenderError(missing)
    from weasyprint import CSS, HTML, Attachment

    words = load_localizer(edition.language, edition.zone, edition.period)
    text = theme.apply_colours(read_asset("css/paper.css").decode())
    text = text.replace("size: A4;", f"size: {theme.paper};", 1)
    template = get_environment(words, theme).get_template("pages/paper.html")
    fonts = _configure_fonts()
    covered, lost = read_code_points(find_templates_dir() / "fonts"), set[str]()
    missing_places: set[str] = set()
    with _raise_on_warnings(), _delay_garbage_collection():
        style = CSS(string=text, font_config=fonts, url_fetcher=_create_url_fetcher())

        def lay_out(html: str) -> Any:
            return HTML(string=html, url_fetcher=_create_url_fetcher(theme.logo)).render(
                stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1", pdf_tags=True
            )

        def render(view: PageView, *, flows: bool = False, front_only: bool = False) -> str:
            html = template.render(page=view, flows=flows, front_only=front_only)
            html, unknown = replace_unwritable(html, covered)
            lost.update(unknown)
            if not front_only:  # which has no other part
                html, nowhere = unlink_missing_places(html)
                missing_places.update(nowhere)
            return html

        document = _PaperFitter(edition, words, theme.pages, render, lay_out).lay_out_edition()
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
        return pdf, (
            *_tell_lost(lost),
            *_tell_missing_places(missing_places),
            *find_layout_faults(document.pages, theme.pages),
        )


def _tell_missing_places(places: Collection[str]) -> tuple[str, ...]:
    """Log which references point to no place of the paper; return it in words."""
    if not places:
        return ()
    fault = f"the paper refers to places that it lacks, without a link: {', '.join(sorted(places))}"
    logger.warning("%s", fault)
    return (fault,)


def _tell_lost(letters: Collection[str]) -> tuple[str, ...]:
    """Log which letters the paper shows as a mark, as nobody asked for that; return it in words."""
    if not letters:
        return ()
    fault = f"no font of the paper has {_list_letters(letters)}: a question mark stands there"
    logger.warning("%s", fault)
    return (fault,)


def _list_letters(letters: Collection[str]) -> str:
    first = sorted(letters)[:_MOST_LETTERS]
    more = f" and {len(letters) - len(first)} more" if len(letters) > len(first) else ""
    return ", ".join(f"{letter} (U+{ord(letter):04X})" for letter in first) + more


def draw_one_page(html: str, style: str) -> bytes:
    """Draw HTML that is laid out for one page, as PDF/UA-1. Equal texts give equal bytes.

    Raises RenderError where it is more than a page, or something cannot be drawn.
    """
    if missing := check_pdf_support():
        raise RenderError(missing)
    from weasyprint import CSS, HTML

    fonts = _configure_fonts()
    html, unknown = replace_unwritable(html, read_code_points(find_templates_dir() / "fonts"))
    _tell_lost(unknown)
    with _raise_on_warnings():
        sheet = CSS(string=style, font_config=fonts, url_fetcher=_create_url_fetcher())
        document = HTML(string=html, url_fetcher=_create_url_fetcher()).render(
            stylesheets=[sheet], font_config=fonts, pdf_variant="pdf/ua-1", pdf_tags=True
        )
        if len(document.pages) != 1:
            raise RenderError(f"the page takes {len(document.pages)} pages")
        with collect_text_layer() as layer:
            pdf: bytes = document.write_pdf(
                finisher=layer.finish, pdf_variant="pdf/ua-1", pdf_tags=True
            )
        return pdf


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


@dataclass(frozen=True, slots=True)
class _Paper:
    """A laid-out paper, and what it was laid out from."""

    view: PageView
    html: str
    document: Any  # WeasyPrint's
    measured: fit.PaperMeasurement
    numbers: Mapping[str, int]  # of the pages, by anchor, as they are printed


class _PaperFitter:
    """Lays an edition out until it keeps to its pages, as seldom as it can.

    What is to go, or may come back, is chosen by estimates from the paper before. Numbers of pages
    are written from that paper, too: WeasyPrint lays most pages out twice more to find its own.
    """

    def __init__(
        self,
        edition: Edition,
        words: Localizer,
        budget: int,
        render: Callable[..., str],
        lay_out: Callable[[str], Any],
    ) -> None:
        """Take what gives the HTML of a view, and what lays HTML out."""
        self._edition, self._words, self._budget = edition, words, budget
        self._render, self._lay_out = render, lay_out
        self._order = fit.compute_drop_order(edition)
        self._heights: dict[str, float] = {}  # of all that was laid out so far
        self._numbers: Mapping[str, int] = {}
        self._flows = False  # whether the second part begins on page one
        covered = read_code_points(find_templates_dir() / "fonts")
        self._options = RenderOptions(
            _BODY_LIMITS,
            brief=True,
            themes=fit.MANY_THEMES,
            pointers=fit.MANY_POINTERS,
            named=fit.ALL_NAMED,
            news=fit.MANY_NEWS,
            claims=fit.MANY_CLAIMS,
            legible=cache(lambda text: make_legible(text, covered)),
        )

    def lay_out_edition(self) -> Any:
        """Return the document that is to be drawn."""
        self._fit_first_page()
        choice = fit.PaperChoice(
            fit.choose_first_drop(self._edition, self._order, self._budget),
            self._options.register_pages,
        )
        fitting: tuple[fit.PaperChoice, _Paper] | None = None  # the last that kept to its pages
        for _ in range(_ATTEMPTS):
            paper = self._lay_out_view(self._view_choice(choice))
            if paper.measured.pages <= self._budget:
                fitting = choice, paper
            elif fitting:  # more came back than there was room for
                less, paper = fit.fill_less(fitting[0]), fitting[1]
                if less is None:
                    break
                choice, fitting = less, (less, paper)
            better = self._choose_next(choice, paper)
            if better == choice:
                break
            choice = better
        return self._correct_numbers(self._fill_blank(fitting[1] if fitting else paper))

    def _view_choice(self, choice: fit.PaperChoice) -> PageView:
        options = replace(
            self._options,
            kept=fit.map_kept_stories(self._edition, choice.dropped),
            register_pages=choice.register_pages,
            themes=choice.themes,
            pointers=choice.pointers,
            named=choice.named,
            concise=choice.concise,
            news=choice.news,
            details=choice.details,
            radar=choice.radar,
            claims=choice.claims,
        )
        return build_page_view(self._edition, self._words, options)

    def _lay_out_view(self, view: PageView) -> _Paper:
        html = self._render(view, flows=self._flows)
        document = self._lay_out(_write_page_numbers(html, self._numbers))
        measured = _measure_document(document)
        paper = _Paper(view, html, document, measured, self._numbers)
        self._heights |= measured.heights
        self._numbers = _find_page_numbers(document)
        return paper

    def _choose_next(self, choice: fit.PaperChoice, paper: _Paper) -> fit.PaperChoice:
        """Refine a choice step by step, by estimates, until it should keep to its pages.

        Where the paper keeps to them, refine it as long as what comes back should fit: on the last
        page, or at the foot of others.
        """
        parts, estimated = measure_parts(paper.html), paper.measured
        is_long = paper.measured.pages > self._budget
        feet = sum(measure_foot(page._page_box) for page in paper.document.pages[:-1])
        feet *= choice.room_share
        found, chosen = choice, parts
        for _ in range(_MAX_STEPS):
            better = fit.refine_choice(found, self._order, estimated, self._heights, self._budget)
            if better == found:
                break
            html = self._render(self._view_choice(better), flows=self._flows)
            others = measure_parts(html)
            height = _get_page_height(paper.document)
            estimated = estimate_paper(paper.measured, parts, others, height)
            is_kept = estimated.pages <= self._budget
            if not (is_long or estimated.count_excess_pages(self._budget) <= feet):
                break
            found, chosen = better, others
            if is_long == is_kept:  # it fits now, or fills what other pages have left
                break
        self._numbers = {
            name: 1 + int(place)
            for name, place in estimate_places(_find_places(paper.document), parts, chosen).items()
        }
        return found

    def _fill_blank(self, paper: _Paper) -> _Paper:
        """Lay a part that leaves a page blank before it after its successor, where that fills it.

        What can leave one is a picture, which does not break.
        """
        pages, parts = paper.document.pages, list(paper.view.parts)
        blanks = [measure_blank(page._page_box) for page in pages[:-1]]
        worst = max(blanks, default=0.0)
        if worst <= MAX_BLANK:
            return paper
        after = pages[blanks.index(worst) + 1]
        begun = [place for place, part in enumerate(parts) if part.slug in after.anchors]
        if not begun or begun[0] + 2 >= len(parts):  # the sources stay last
            return paper
        first, second = begun[0], begun[0] + 1
        parts[first], parts[second] = parts[second], parts[first]
        other = self._lay_out_view(replace(paper.view, parts=tuple(parts)))
        others = other.document.pages
        left = max((measure_blank(page._page_box) for page in others[:-1]), default=0.0)
        return other if left < worst and len(others) <= len(pages) else paper

    def _correct_numbers(self, paper: _Paper) -> Any:
        """Return the document with the right numbers of pages."""
        for _ in range(_CORRECTIONS):
            right = _find_page_numbers(paper.document)
            if _write_page_numbers(paper.html, right) == _write_page_numbers(
                paper.html, paper.numbers
            ):
                return paper.document
            if _reprint_page_numbers(paper, right):
                return paper.document
            document = self._lay_out(_write_page_numbers(paper.html, right))
            paper = replace(paper, document=document, numbers=right)
        return self._lay_out(paper.html)  # numbers that move what they count are WeasyPrint's

    def _fit_first_page(self) -> None:
        """Find the richest limits with which page one is one page, on a paper of nothing else.

        The next part has to begin on it, where it would stand half empty.
        """
        kept = fit.map_kept_stories(self._edition, self._order)
        filled: dict[int, float] = {}  # place of the limits → part of page one that is filled

        def fits(place: int) -> bool:
            limits = _FIRST_PAGE_LIMITS[place]
            options = replace(self._options, kept=kept, first_limits=limits)
            view = build_page_view(self._edition, self._words, options)
            html = _write_page_numbers(self._render(view, front_only=True), {})
            page = self._lay_out(html).pages[0]
            if "front-end" in page.anchors:
                filled[place] = page.anchors["front-end"][1] / page.height
            return place in filled

        found = bisect_left(range(len(_FIRST_PAGE_LIMITS)), True, key=fits)
        limits = _FIRST_PAGE_LIMITS[min(found, len(_FIRST_PAGE_LIMITS) - 1)]
        self._options = replace(self._options, first_limits=limits)
        self._flows = filled.get(found, 1.0) < _FULL_ENOUGH


def _write_page_numbers(html: str, numbers: Mapping[str, int]) -> str:
    """Write on what page each place stands that a reader is sent to; see paper.css."""
    return _TARGET.sub(
        lambda found: f'{found[0]} data-page="{numbers.get(found[1], _ANY_PAGE)}"', html
    )


def _reprint_page_numbers(paper: _Paper, numbers: Mapping[str, int]) -> bool:
    """Put the right numbers into a paper that is laid out; return whether that could be done.

    It can where each takes the room of the one in its place, as other figures of the same length
    do: the paper is then as if it were laid out with them. Else nothing is changed.
    """
    from weasyprint.formatting_structure.boxes import TextBox
    from weasyprint.text.line_break import split_first_line

    def measure_width(box: Any, text: str) -> float:
        *_, width, _height, _baseline = split_first_line(text, box.style, None, None, 0)
        return float(width)

    changes = []
    for page in paper.document.pages:
        for box in page._page_box.descendants():
            is_after = isinstance(box, TextBox) and str(box.element_tag).endswith("::after")
            if not is_after or not box.element.get("data-page") or not box.text.strip():
                continue
            right = str(numbers.get(box.element.get("data-target")[1:], _ANY_PAGE))
            text = box.text.replace(box.element.get("data-page"), right)
            if text.strip() != right or measure_width(box, text) != measure_width(box, box.text):
                return False
            changes.append((box, text))
    if len(changes) != len(_TARGET.findall(paper.html)):
        return False  # one is in a place that we do not know
    for box, text in changes:
        box.text = box.pango_layout.text = text
    return True


def _find_page_numbers(document: Any) -> Mapping[str, int]:
    """Return the page on which each anchor begins."""
    return {name: 1 + int(place) for name, place in _find_places(document).items()}


def _find_places(document: Any) -> Mapping[str, float]:
    """Return where each anchor begins: the pages before it, and the part of its own above it."""
    places: dict[str, float] = {}
    for number, page in enumerate(document.pages):
        room = float(page.height) - _TOP - _BOTTOM
        for name, (_, top, *_) in page.anchors.items():
            places.setdefault(name, number + min(max(0.0, (top - _TOP) / room), 0.999))
    return places


def _get_page_height(document: Any) -> float:
    """Return the height of what a page holds, in points."""
    return (float(document.pages[0].height) - _TOP - _BOTTOM) * 72 / 96


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


def _configure_fonts() -> Any:
    """Give WeasyPrint the fonts of the templates folder and no others, whatever the machine has.

    They are added file by file: of a folder, fontconfig would write a cache to the disk, and what
    is written for one drawing stays there when its process is killed.
    """
    from weasyprint.text.ffi import ffi, fontconfig, pangoft2
    from weasyprint.text.fonts import FontConfiguration

    folder, before = find_templates_dir() / "fonts", os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(folder / "fonts.conf")
    try:
        fonts = FontConfiguration()
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before
    for path in sorted(folder.glob("*.ttf")):
        if not fontconfig.FcConfigAppFontAddFile(fonts._config, os.fsencode(path)):
            raise RenderError(f"the font {path} cannot be read", "install the package again")
    pangoft2.pango_fc_font_map_config_changed(ffi.cast("PangoFcFontMap *", fonts.font_map))
    return fonts


@contextmanager
def _delay_garbage_collection() -> Iterator[None]:
    """Look for cycles seldom while millions of boxes are made: it takes a sixth of the time.

    Not looking at all keeps every layout that was tried in memory.
    """
    before = gc.get_threshold()
    gc.freeze()  # what was there before is no garbage of the layouts
    gc.set_threshold(_NEW_OBJECTS, 10, 10)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


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
