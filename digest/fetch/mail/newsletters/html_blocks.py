"""The blocks of an HTML body. Pure.

What a reader of the mail cannot see (preheaders, tracking pixels, comments, styles) is left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import lxml.etree
import lxml.html

from digest.fetch.mail.newsletters.blocks import (
    BODY_SIZE,
    CONTROL,
    INVISIBLE,
    MAX_BLOCKS,
    MAX_CHARS,
    Block,
    Link,
)
from digest.fetch.mail.newsletters.words import count_words
from digest.text import clean_text

_MAX_STYLE = 1_000  # characters of a style attribute that are read
_MOST_PREFORMATTED = 0.6  # of a text, in one that is plain
_MAX_BUTTON = 6  # words
_TITLE_SIZE, _LARGE_TITLE = 19.0, 22.0  # pixels of a bold line that is a title; of any line
_MAX_TITLE = 24  # words of a title over several lines

_LINES = frozenset(
    "p div td th tr table tbody thead tfoot li ul ol dl dt dd h1 h2 h3 h4 h5 h6 center blockquote "
    "pre section article header footer main aside nav figure figcaption address form fieldset body "
    "html caption details summary".split()
)
_CELLS = frozenset("td th li section article blockquote header footer".split())
_INVISIBLE_TAGS = frozenset(
    "script style head title noscript template svg math iframe object embed select textarea audio "
    "video map".split()
)
_BOLD = frozenset(("b", "strong", "th"))
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_HEADING_SIZES = (0.0, 32.0, 24.0, 19.0, 16.0, 13.0, 11.0)  # pixels, by level
_FONT_SIZES = {"1": 10.0, "2": 13.0, "3": 16.0, "4": 18.0, "5": 24.0, "6": 32.0, "7": 48.0}
_FONT_SIZES |= {"-2": 10.0, "-1": 13.0, "+1": 18.0, "+2": 24.0, "+3": 32.0}
_HIDES = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|"
    r"(?<![-\w])opacity\s*:\s*0(?:\.0*)?\s*(?:;|!|$)|max-height\s*:\s*[01](?:px)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
_SIZE = re.compile(r"font(?:-size)?\s*:[^;]*?(?<![\w.#/])(\d*\.?\d+)(px|pt|r?em|%)", re.IGNORECASE)
_NO_SIZE = re.compile(r"font-size\s*:\s*0(?:\.0*)?(?:px|pt|r?em|%)?\s*(?:;|!|$)", re.IGNORECASE)
_WEIGHT = re.compile(
    r"font(?:-weight)?\s*:[^;]*?(?<![\w-])(bold(?:er)?|normal|lighter|[1-9]00)\b", re.IGNORECASE
)
_BUTTON_CLASS = re.compile(r"(?:^|[-_\s]|mcn)(?:btn|button|cta)(?:content)?(?:$|[-_\s\d])", re.I)
_FILLED = re.compile(
    r"background(?:-color)?\s*:\s*(?!none|transparent|inherit|#fff\b|#ffffff|white)", re.I
)
_FRAMED = re.compile(r"(?<![-\w])border\s*:\s*[1-9]", re.I)
_LONE_BULLET = re.compile(r"[•·‣▪■●○◦►▶→»–-]")  # in a cell of its own
_PADDED = re.compile(r"padding(?:-\w+)?\s*:[^;]*?\b(?:[89]|[1-9]\d)px", re.I)  # a label has less


@dataclass(frozen=True, slots=True)
class _TextStyle:
    """The style that an element passes on to its content."""

    bold: bool = False
    size: float = BODY_SIZE
    href: str = ""
    anchor: int = 0  # number of the <a>
    button: bool = False  # the <a> is drawn as a button
    level: int = 0
    bullet: bool = False
    cell: int = 0

    def derive(self, element: lxml.html.HtmlElement, tag: str) -> _TextStyle:
        """Return the style inside an element."""
        level = _HEADINGS.get(tag, self.level)
        bold = self.bold or tag in _BOLD or tag in _HEADINGS
        size = _HEADING_SIZES[level] if tag in _HEADINGS else self.size
        css = element.get("style", "")[:_MAX_STYLE]
        if tag == "font":
            size = _FONT_SIZES.get(element.get("size", "").strip(), size)
        elif tag in ("big", "small"):
            size *= 1.2 if tag == "big" else 0.85
        if _NO_SIZE.search(css):
            size = 0.0
        elif found := _SIZE.search(css):
            n, em = float(found[1]), self.size
            units = {"px": n, "pt": n * 4 / 3, "em": n * em, "rem": n * 16.0, "%": n / 100 * em}
            size = units[found[2].lower()]
        if found := _WEIGHT.search(css):
            bold = found[1].lower() in ("bold", "bolder", "600", "700", "800", "900")
        if (level, bold, size) == (self.level, self.bold, self.size):
            return self
        return replace(self, level=level, bold=bold, size=size)


@dataclass(frozen=True, slots=True)
class _TextRun:
    text: str
    style: _TextStyle


def parse_html_blocks(markup: str) -> tuple[tuple[Block, ...], str | None]:
    """Return the blocks of an HTML body, and the language that its root states."""
    try:
        root = lxml.html.document_fromstring(CONTROL.sub("", markup).encode(), parser=_parser())
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError, ValueError, AssertionError):
        return (), None
    language = (root.get("lang") or root.get("xml:lang") or "").strip()
    stated = language if re.fullmatch(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*", language) else None
    return _HtmlWalker().collect_blocks(root), stated


def extract_preformatted(markup: str) -> str:
    """Return the text of a body that is a plain text inside HTML, with its addresses; else ""."""
    if "<pre" not in markup.lower():
        return ""
    try:
        root = lxml.html.document_fromstring(CONTROL.sub("", markup).encode(), parser=_parser())
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError, ValueError, AssertionError):
        return ""
    total = len(_read_text(root))
    for anchor in root.iter("a"):
        href, text = anchor.get("href", ""), _read_text(anchor)
        if href and "://" not in text:
            anchor.tail = f" ({href}){anchor.tail or ''}"
    found = "\n".join(_read_text(element) for element in root.iter("pre"))
    return found if len(found) >= _MOST_PREFORMATTED * total else ""


def _read_text(element: lxml.etree._Element) -> str:
    return "".join(map(str, element.itertext()))


def _parser() -> lxml.html.HTMLParser:
    return lxml.html.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True
    )


class _HtmlWalker:
    """One pass over the tree, without recursion, because newsletters nest deep."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._runs: list[_TextRun] = []
        self._images: list[tuple[str, str]] = []
        self._cells = 0
        self._anchors = 0
        self._gap = True

    def collect_blocks(self, root: lxml.html.HtmlElement) -> tuple[Block, ...]:
        styles = [_TextStyle()]
        walk = lxml.etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            if len(self._blocks) >= MAX_BLOCKS:
                break
            tag = element.tag if isinstance(element.tag, str) else ""
            if event == "start" and _is_hidden(element, tag):
                walk.skip_subtree()
                styles.append(styles[-1])
            elif event == "start":
                styles.append(self._enter_element(element, tag, styles[-1]))
                if element.text:
                    self._runs.append(_TextRun(element.text, styles[-1]))
            else:
                style = styles.pop()
                if tag in _LINES and not _is_hidden(element, tag):
                    self._flush_block(style)
                    self._gap = True
                if element.tail:
                    self._runs.append(_TextRun(element.tail, styles[-1]))
        self._flush_block(_TextStyle())
        return tuple(_join_titles(self._blocks))

    def _enter_element(
        self, element: lxml.html.HtmlElement, tag: str, style: _TextStyle
    ) -> _TextStyle:
        if tag in _LINES:
            self._flush_block(style)
            self._gap = True
        elif tag == "br":
            if all(run.text.isspace() for run in self._runs):
                self._gap = True  # an empty line
            self._flush_block(style, soft=True)
        elif tag == "hr":
            self._flush_block(style)
            self._blocks.append(Block("", rule=True, cell=style.cell))
        elif tag == "img":
            sizes = (element.get("width", ""), element.get("height", ""))
            if not any(re.fullmatch(r"[0-3](?:px)?", size.strip()) for size in sizes):
                self._images.append((clean_text(element.get("alt", ""))[:300], style.href))
        style = style.derive(element, tag)
        if tag in _CELLS:
            self._cells += 1
            bullet = tag == "li" or (style.bullet and tag != "td")
            style = replace(style, cell=self._cells, bullet=bullet)
        if tag == "a" and element.get("href"):
            self._anchors += 1
            href = element.get("href", "")[:MAX_CHARS]
            button = _is_button(element)
            style = replace(style, href=href, anchor=self._anchors, button=button)
        return style

    def _flush_block(self, style: _TextStyle, *, soft: bool = False) -> None:
        """Make a block of what was read since the last one. `soft`: a line break ends it."""
        runs, images = self._runs, tuple(self._images)
        self._runs, self._images = [], []
        if not images and all(run.text.isspace() for run in runs):
            return
        block = _build_block(runs, images)
        if _LONE_BULLET.fullmatch(block.text) and not (images or block.links):
            return
        if block.text or images:
            cell = runs[0].style.cell if runs else style.cell
            self._blocks.append(replace(block, cell=cell, gap=self._gap))
            self._gap = not soft


def _join_titles(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield the blocks; the lines of a heading or of one link that look alike, as one."""
    above: Block | None = None
    for block in blocks:
        if above and _continues_title(above, block):
            text = f"{above.text} {block.text}"
            links = tuple(replace(link, text=text, end=len(text)) for link in above.links)
            above = replace(above, text=text, links=links, images=above.images + block.images)
            continue
        if above:
            yield above
        above = block
    if above:
        yield above


def _continues_title(above: Block, block: Block) -> bool:
    looks = [(one.level, one.bold, one.size, one.cell, one.bullet) for one in (above, block)]
    if block.gap or looks[0] != looks[1] or not (above.text and block.text):
        return False
    if count_words(f"{above.text} {block.text}") > _MAX_TITLE or re.search(r"[.:;]$", above.text):
        return False
    links = [one.links[0] for one in (above, block) if len(one.links) == 1]
    covered = [link.text == one.text for link, one in zip(links, (above, block), strict=False)]
    is_linked = len(links) == 2 and all(covered) and links[0].href == links[1].href
    is_title = above.level > 0 or above.size >= _LARGE_TITLE
    is_title = is_title or (above.bold and above.size >= _TITLE_SIZE)
    return is_linked if links or above.links or block.links else is_title


def _is_button(element: lxml.html.HtmlElement) -> bool:
    """Return whether a link is drawn as a button: by its style, its class or its own table cell."""
    if _BUTTON_CLASS.search(element.get("class", "")) or element.get("role") == "button":
        return True
    css = element.get("style", "")[:_MAX_STYLE]
    if (_FILLED.search(css) or _FRAMED.search(css)) and _PADDED.search(css):
        return True
    cell = element.getparent()
    if cell is None or cell.tag not in ("td", "div", "th") or len(cell) > 1:
        return False
    if _BUTTON_CLASS.search(cell.get("class", "")):
        return True
    css = cell.get("style", "")[:_MAX_STYLE]
    return bool((cell.get("bgcolor") or _FILLED.search(css)) and "border-radius" in css)


def _is_hidden(element: lxml.html.HtmlElement, tag: str) -> bool:
    css = element.get("style", "")[:_MAX_STYLE]
    hidden = tag in _INVISIBLE_TAGS or element.get("hidden") is not None
    return hidden or _HIDES.search(css) is not None


def _build_block(runs: Iterable[_TextRun], images: tuple[tuple[str, str], ...]) -> Block:
    """Join the runs to a line with white space as in a browser. Text of no size is left out."""
    text, weights = "", Counter[tuple[bool, float]]()
    links: list[Link] = []
    lead, leading, begun, level, bullet = "", True, False, 0, False
    anchor, start, href, button = 0, 0, "", True
    for run in runs:
        style = run.style
        if style.size < 2.5 or len(text) > MAX_CHARS:
            continue
        words = re.sub(r"\s+", " ", INVISIBLE.sub("", run.text[: 2 * MAX_CHARS]))
        if not text or text.endswith(" "):
            words = words.lstrip(" ")
        if style.anchor != anchor:
            _add_link(links, text, start, href)
            anchor, start, href = style.anchor, len(text), style.href
        text += words
        if not words.strip():
            continue
        weights[style.bold, style.size] += len(words.strip())
        button &= style.button or not re.search(r"\w", words)
        level, bullet = level or style.level, bullet or style.bullet
        if leading and not style.bold and re.search(r"\w", words):
            lead, leading = (text[: len(text) - len(words)] if begun else ""), False
        begun = begun or (style.bold and bool(re.search(r"\w", words)))
    _add_link(links, text, start, href)
    total, sizes = sum(weights.values()), Counter[float]()
    for (_, size), count in weights.items():
        sizes[size] += count
    bold_chars = sum(count for (bold, _), count in weights.items() if bold)
    bold = bool(total) and bold_chars >= 0.9 * total
    text = text.rstrip()
    return Block(
        text,
        tuple(link for link in links if link.start <= len(text)),
        images,
        level,
        bold,
        "" if bold else clean_text(lead),
        max(sizes, key=sizes.__getitem__, default=0) or BODY_SIZE,
        bullet,
        button=button and len(links) == 1 and count_words(text) <= _MAX_BUTTON,
    )


def _add_link(links: list[Link], text: str, start: int, href: str) -> None:
    anchor = text[start:].strip()
    if href and anchor:
        links.append(Link(clean_text(anchor), href, start, len(text)))
