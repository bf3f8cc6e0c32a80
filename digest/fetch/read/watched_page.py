"""A page that is watched, read as one entry: its own words, a line each. Pure.

What changes without anything having changed is left out: menus, banners, forms, carousels, rows of
customers' logos and quotations, and what is hidden. A line that stands under a heading is compared
with what stood under the same heading: headings are marked with `HEADING`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from lxml import etree

from digest.errors import ParseError
from digest.fetch.read import fields
from digest.fetch.read.diagnose import describe_content
from digest.fetch.read.pages import PageMetadata, parse_html
from digest.fetch.read.reader import FeedContent, SourceReader
from digest.model.retrieved import FeedEntry, ParsedFeed
from digest.text import clean_text, truncate_text

HEADING = "# "  # how the line of a heading begins
_MIN_CHARACTERS = 80  # a page with less is an empty frame that a script fills
_MAX_LINES = 4_000
_MAX_LINE = 2_000  # characters
_MAX_TEXT = 200_000
_MAX_NAMES = 400  # characters of class, id and role that are looked at
_CELL = " | "  # between the cells of a table's row
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6 caption legend".split())
_BLOCKS = frozenset(
    "address article blockquote body br dd details div dl dt fieldset figcaption figure hr li main "
    "ol p pre section summary table tbody tfoot thead tr ul".split()
)
_CELLS = frozenset(("td", "th"))
_DROPPED = frozenset(
    "audio button canvas dialog head iframe input math nav noscript object option script select "
    "style svg template textarea video".split()
)
_FRAMES = frozenset(("aside", "footer", "form"))  # which at times hold all of a page
_HIDDEN_MAIL = "data-cfemail"
_FEW_LINKS = 3  # in the header of a plan; that of a site has more
_BESIDE = re.compile(  # boxes that turn, greet or sell
    r"(?:^|[\s_-])(?:carousel|slider|slick|swiper|glide|splide|marquee|ticker|testimonials?|"
    r"logos|logo-?(?:wall|bar|strip|grid)|trusted-by|social-proof|customer-(?:logos?|stories|quotes?)|"
    r"cookie-(?:banner|notice|bar|consent)|consent|announcement-bar|promo-?bar|banner|modal|popup|"
    r"overlay|breadcrumbs?|newsletter|visually-hidden|sr-only)(?:$|[\s_-])",
    re.IGNORECASE,
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


class WatchedPageReader(SourceReader):
    """Reads the words of a page, where its source says that it is watched."""

    kind = "watch"

    def parse(self, content: FeedContent) -> ParsedFeed:
        """Return the page as its one entry. Raise ParseError (kind no-text) where it says nothing.

        A page that a bot check or a login answers for says nothing, too.
        """
        root = parse_html(content.text.encode("utf-8", "replace"), "text/html; charset=utf-8")
        lines = list(_list_lines(root)) if root is not None else []
        text = truncate_text("\n".join(lines), _MAX_TEXT) if len(lines) else ""
        if root is None or len(text) < _MIN_CHARACTERS:
            found, _ = describe_content(content.text)
            raise ParseError(
                f"it holds too little text to be watched: {found}",
                "a script may fill it: name another page of the vendor under watch: in stack.yaml",
                kind="no-text",
            )
        page = PageMetadata(root)
        language = fields.normalize_language(root.get("lang"), page.meta.get("og:locale"))
        entry = FeedEntry(
            link=content.url,
            title=fields.normalize_title(page.find_title()),
            summary="",
            text=text,
            published=None,
            language=language,
        )
        return ParsedFeed(entries=(entry,), language=language, home=content.url, is_page=True)


def _list_lines(root: etree._Element) -> Iterator[str]:
    """Yield the lines of a page, each clean and none twice in a row."""
    last, count = "", 0
    for line, is_heading in _walk(root):
        text = clean_text(line).strip(" |")
        text = truncate_text(f"{HEADING}{text}" if is_heading else text, _MAX_LINE) if text else ""
        if text and text != last and count < _MAX_LINES:
            last, count = text, count + 1
            yield text


def _walk(root: etree._Element) -> Iterator[tuple[str, bool]]:
    """Yield the text of each block in its order, and whether it is a heading.

    The tree is walked without recursion: a page may be nested as deep as it likes.
    """
    words: list[str] = []
    heading = False
    skipped: etree._Element | None = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if skipped is not None:
            if event == "end" and element is skipped:
                skipped = None
                words.append(element.tail or "")
            continue
        if event == "start" and (hidden := element.get(_HIDDEN_MAIL)):
            skipped = element
            words.append(_read_hidden_mail(hidden))
            continue
        if event == "start" and _is_beside(element, tag):
            skipped = element
            words.append(" ")
            continue
        is_block = tag in _BLOCKS or tag in _HEADINGS
        if is_block:
            yield "".join(words), heading
            words = []
            heading = event == "start" and tag in _HEADINGS
        if event == "start":
            words.append(element.text or "")
        else:
            words.append(_CELL if tag in _CELLS else "")
            words.append(element.tail or "")
    yield "".join(words), heading


def _read_hidden_mail(code: str) -> str:
    """Return the mail address that Cloudflare hides on some days and shows on others; else ""."""
    try:
        key, *letters = bytes.fromhex(code[:_MAX_NAMES])
    except ValueError:
        return ""
    return bytes(letter ^ key for letter in letters).decode("utf-8", "replace")


def _is_beside(element: etree._Element, tag: str) -> bool:
    """Return whether an element is no part of what the page says.

    What holds the page's heading is the page, whatever it is called or made of.
    """
    if tag in _DROPPED:
        return True
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    if _HIDDEN_STYLE.search(element.get("style") or ""):
        return True
    if element.get("aria-roledescription") or element.get("aria-live"):
        return True
    names = " ".join(element.get(name) or "" for name in ("class", "id", "role"))[:_MAX_NAMES]
    is_frame = _has_menu(element) if tag == "header" else tag in _FRAMES
    if not is_frame and not _BESIDE.search(names):
        return False
    return next(element.iter("h1", "main", "body"), None) is None


def _has_menu(header: etree._Element) -> bool:
    """Return whether a header is the site's, and not that of a part of its page."""
    links = islice(header.iter("a"), _FEW_LINKS + 1)
    return sum(1 for _ in links) > _FEW_LINKS or next(header.iter("nav"), None) is not None
