"""A newsletter's body as a flat sequence of blocks: lines with their links and their style. Pure.

Newsletters are laid out with tables inside tables, so the tree says little about what belongs
together; the order of the lines and their style say nearly all. HTML and plain text give the same
kind of sequence. What a reader of the mail cannot see (preheaders, tracking pixels, comments,
styles) is left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import lxml.etree
import lxml.html

from digest.fetch.mail.newsletters.words import (
    SOURCE,
    asks_to_read,
    count_words,
    is_boilerplate_label,
    is_read_more,
)
from digest.text import clean_text

_MAX_BLOCKS = 6_000
_MAX_CHARS = 20_000  # of one block
_MAX_STYLE = 1_000  # characters of a style attribute that are read
_MIN_TITLES = 3  # short lines above text that make titles of them
_MIN_BELOW = 8  # words of the text below one
_FOOT_LINES = 3  # the last lines, which are often small
_MAX_BUTTON = 6  # words
_MAX_RULE = 200  # characters of a line that may be a rule
_MIN_WRAPPED = 45  # characters of a line that may have been wrapped by hand
_MIN_SENTENCE = 10  # words before a full stop that are no headline
_MAX_HEADLINE = 24  # words of a line with its address below it
_MAX_ANCHOR = 200  # characters before a numbered reference that are its anchor
_BODY_SIZE = 16.0  # pixels, where nothing else is stated


@dataclass(frozen=True, slots=True)
class Link:
    """A link inside a block: anchor, from `start` to `end` of the block's text, and address."""

    text: str
    href: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """A line of a newsletter. `cell` numbers the layout cell it stands in."""

    text: str
    links: tuple[Link, ...] = ()
    images: tuple[tuple[str, str], ...] = ()  # alternative text, address of the link around it
    level: int = 0  # of an HTML heading, 1 to 6
    bold: bool = False  # all of its words
    lead: str = ""  # the bold words at its beginning, where others follow
    size: float = _BODY_SIZE
    bullet: bool = False
    rule: bool = False  # a horizontal line
    cell: int = 0
    gap: bool = True  # more than a line break above it
    button: bool = False  # one short link, drawn as a button

    @property
    def word_count(self) -> int:
        """The number of words."""
        return count_words(self.text)


# ---------------------------------------------------------------- HTML

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
_PADDED = re.compile(r"padding(?:-\w+)?\s*:[^;]*?\b(?:[89]|[1-9]\d)px", re.I)  # a label has less
_INVISIBLE = re.compile("[\u200b\u200c\u034f\u00ad\u2060-\u2064\ufeff\u180e\u2007]+")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class _TextStyle:
    """The style that an element passes on to its content."""

    bold: bool = False
    size: float = _BODY_SIZE
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
    parser = lxml.html.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        root = lxml.html.document_fromstring(_CONTROL.sub("", markup).encode(), parser=parser)
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError, ValueError, AssertionError):
        return (), None
    language = (root.get("lang") or root.get("xml:lang") or "").strip()
    stated = language if re.fullmatch(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*", language) else None
    return _HtmlWalker().collect_blocks(root), stated


def mark_plain_titles(blocks: Sequence[Block]) -> Sequence[Block]:
    """Return the blocks; where nothing looks different, as by hand, short lines above text bold.

    Three or more such lines are titles; fewer may be a greeting and a name.
    """
    told = [block for block in blocks if block.text]
    styled = (block.level or block.bold or block.lead or block.bullet for block in told)
    if any(styled) or len({block.size for block in told[:-_FOOT_LINES]}) > 1:
        return blocks
    titles = {index for index, pair in enumerate(pairwise(blocks)) if _is_plain_title(*pair)}
    if len(titles) < _MIN_TITLES:
        return blocks
    return [replace(one, bold=one.bold or index in titles) for index, one in enumerate(blocks)]


def _is_plain_title(block: Block, below: Block) -> bool:
    is_told = below.word_count >= _MIN_BELOW or any("://" in link.text for link in below.links)
    is_line = not block.links and block.gap and _is_title(block.text, ends=".:,;!…")
    return is_line and is_told


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
            if len(self._blocks) >= _MAX_BLOCKS:
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
        return tuple(self._blocks)

    def _enter_element(
        self, element: lxml.html.HtmlElement, tag: str, style: _TextStyle
    ) -> _TextStyle:
        if tag in _LINES:
            self._flush_block(style)
            self._gap = True
        elif tag == "br":
            self._gap = not self._runs
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
            href = element.get("href", "")[:_MAX_CHARS]
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
        if block.text or images:
            cell = runs[0].style.cell if runs else style.cell
            self._blocks.append(replace(block, cell=cell, gap=self._gap))
            self._gap = not soft


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
        if style.size < 2.5 or len(text) > _MAX_CHARS:
            continue
        words = re.sub(r"\s+", " ", _INVISIBLE.sub("", run.text[: 2 * _MAX_CHARS]))
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
        max(sizes, key=sizes.__getitem__, default=0) or _BODY_SIZE,
        bullet,
        button=button and len(links) == 1 and count_words(text) <= _MAX_BUTTON,
    )


def _add_link(links: list[Link], text: str, start: int, href: str) -> None:
    anchor = text[start:].strip()
    if href and anchor:
        links.append(Link(clean_text(anchor), href, start, len(text)))


# ---------------------------------------------------------------- plain text

_URL = r"(?:https?://|www\.)[^\s<>\"\u00a0]+"
_REFERENCE = re.compile(
    rf"^[^\S\n]*\[(\d{{1,3}})\]:?\s+(?:<)?({_URL})>?[^\S\n]*$", re.MULTILINE | re.IGNORECASE
)
_LINK = re.compile(  # Markdown, an address with or without brackets, the number of a reference
    rf"\[([^\[\]\n]{{1,300}})\]\(\s*({_URL})\s*\)|"
    rf"[<(\[]\s*({_URL})\s*[>)\]]|({_URL})|\[(\d{{1,3}})\]",
    re.IGNORECASE,
)
_RULE = re.compile(
    r"^\W*([-=_*~#+.•·—–─━═―＝＿])\1{3,}\W*$|^\s*[-=_*~─━═―＝]{2,}\s*$|^\s*(?:[-*_] ){3,}\s*$"
)
_SPACED_MARKS = re.compile(r"(?:([-=*_~#]) (?=\1)){2,}")  # "- - - -": a rule, with words or none
_FENCE = re.compile(  # words in a line that is a rule, in its middle or at one of its ends
    r"^\W*([-=_*~#+─━═―＝])\1{2,}\s*(?P<words>[^\s=_*~#─━═―＝-].*?)\s*([-=_*~#+─━═―＝])\3{2,}\W*$|"
    r"^\W?[-=─━═―＝]\s?(?P<first>[^\s=─━═―＝-][^=─━═―＝-]{0,40}?)\s*([-=─━═―＝])\5{7,}\W*$|"
    r"^\W*([-=─━═―＝])\6{7,}\s*(?P<last>[^\s=─━═―＝-][^=─━═―＝-]{0,40}?)\s*[-=─━═―＝]?\W?$"
)
_BULLET = re.compile(r"^\s*(?:[*•·‣▪■●○◦►▶→>+–—-]|\[?\d{1,2}[.)\]])\s+(?=\S)")
_QUOTED = re.compile(r"^(?:>\s?)+")


def parse_text_blocks(text: str, *, flowed: bool = False) -> tuple[Block, ...]:
    """Return the blocks of a plain-text body, its wrapped lines joined.

    A line was wrapped where the first word of the next line would not have fitted.
    """
    text = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _CONTROL.sub("", text).expandtabs(4)
    references = dict(_REFERENCE.findall(text))
    lines = [_QUOTED.sub("", line)[:_MAX_CHARS] for line in _REFERENCE.sub("", text).split("\n")]
    blocks: list[Block] = []
    cell, gap = 0, True
    for row in _join_wrapped_lines(lines[: 2 * _MAX_BLOCKS], flowed):
        if len(row) <= _MAX_RULE and _SPACED_MARKS.match(row.lstrip()):
            row = _SPACED_MARKS.sub(lambda marks: marks[0].replace(" ", ""), row)
        fence = _FENCE.match(row) if len(row) <= _MAX_RULE else None
        if not row.strip():
            cell, gap = cell + (not gap), True
        elif fence or _is_rule(row):
            above = blocks[-1] if blocks and _is_rule(row) and not gap else None
            if above and not above.rule and len(above.text) <= 90 and not above.links and above.gap:
                blocks[-1] = replace(above, level=above.level or 3)  # underlined
            blocks.append(Block("", rule=True, cell=cell))
            named = (fence["words"] or fence["first"]) if fence else ""  # what is below it
            if named:
                blocks.append(Block(clean_text(named), cell=cell))
            gap = True
        else:
            blocks.append(_build_text_block(row, references, cell, gap))
            gap = False
    return tuple(_link_headlines(blocks[:_MAX_BLOCKS]))


def _link_headlines(blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield the blocks; a headline or item becomes a link to the address after or below it."""
    rows = [_ends_with_address(block) for block in blocks]
    skipped = -1
    for index, block in enumerate(blocks):
        below = blocks[index + 1] if index + 1 < len(blocks) else None
        if index == skipped:
            continue
        in_row = _is_row(rows, index) and _is_row(rows, index - 1) + _is_row(rows, index + 1) > 0
        if below and _stands_above_address(block, below):
            skipped = index + 1
            yield _link_title(block, below.links[0].href)
        elif rows[index] == "alone" or in_row:
            yield _link_title(block, block.links[0].href)
        else:
            yield block


def _is_row(rows: Sequence[str], index: int) -> bool:
    return 0 <= index < len(rows) and rows[index] == "row"


def _link_title(block: Block, href: str) -> Block:
    title = clean_text(_BULLET.sub("", block.text)).rstrip(" :-–—>→")
    start = max(0, block.text.find(title))
    return replace(block, links=(Link(title, href, start, start + len(title)),))


def _is_title(text: str, *, ends: str) -> bool:
    """Return whether a line may be a headline: one phrase, without an end of `ends`."""
    title = _BULLET.sub("", text)
    one = not re.search(r"[.!] +\w", title) and not re.search(rf"[{ends}]$", title)
    own = is_read_more(title) or is_boilerplate_label(title.rstrip(" :")) or SOURCE.match(title)
    return one and 3 <= count_words(title) <= _MAX_HEADLINE and not (own or asks_to_read(title))


def _stands_above_address(block: Block, below: Block) -> bool:
    is_address = not (below.text or below.gap or below.bullet) and len(below.links) == 1
    if not is_address or block.links or block.rule:
        return False
    return _is_title(block.text, ends=".:,;…") and (block.gap or block.bullet)


def _ends_with_address(block: Block) -> str:
    """Return how a headline has its address after it: "alone", or as one "row" of several."""
    if len(block.links) != 1 or block.links[0].text or block.rule:
        return ""
    after = block.text[block.links[0].start :]
    if after.strip() or not _is_title(block.text.rstrip(" :-–—>→"), ends=".,;…"):
        return ""
    ended = re.search(r"[:–—>→-]\s*$", block.text)
    return "alone" if block.bullet or (block.gap and not ended) else "row"


def _make_reference(before: str, after: str, address: str) -> Link:
    """Return the link of a number in brackets.

    A headline that ends with one is its anchor; a footnote inside or after sentences has none.
    """
    is_headline = not re.search(r"[.!?:;。]\s", before) and not re.search(r"\w", after)
    is_headline &= 0 < len(before) <= _MAX_ANCHOR and not re.match(r"\s*[.;]", after)
    is_headline &= not (before.endswith(".") and count_words(before) >= _MIN_SENTENCE)
    if not is_headline:
        return Link("", address, len(before), len(before))
    return Link(clean_text(before), address, 0, len(before))


def _is_rule(line: str) -> bool:
    return len(line) <= _MAX_RULE and _RULE.match(line) is not None


def _join_wrapped_lines(lines: list[str], flowed: bool) -> Iterator[str]:
    plain = (len(line.rstrip()) for line in lines if "://" not in line)
    lengths = sorted(length for length in plain if 40 <= length <= 100)
    # the text wraps at the column where its longest common lines end
    width = lengths[int(len(lengths) * 0.97)] if len(lengths) >= 4 else 10_000
    row = ""
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        row = f"{row} {line.strip()}" if row else line.rstrip("\n")
        row = row.rstrip()
        if not _is_continuation(line, following, width, flowed):
            yield row
            row = ""
    if row:
        yield row


def _is_continuation(line: str, following: str, width: int, flowed: bool) -> bool:
    """Return whether `following` is the rest of a wrapped line."""
    if not line.strip() or not following.strip() or _is_rule(line) or _is_rule(following):
        return False
    if _BULLET.match(following) or re.match(rf"\s*[<(]?{_URL}", following, re.IGNORECASE):
        return False
    if flowed and line.endswith(" ") and line != "-- ":
        return True
    if _breaks_sentence(line, following):
        return True
    indents = [len(text) - len(text.lstrip()) for text in (line, following)]
    indented = indents[1] > indents[0] + (6 if _BULLET.match(line) else 3)
    first = following.split(None, 1)[0]
    return not indented and len(line.rstrip()) + 1 + len(first) > width


def _breaks_sentence(line: str, following: str) -> bool:
    """Return whether the sentence of a long line goes on in the next: lines wrapped by hand."""
    is_long = len(line.strip()) >= _MIN_WRAPPED and "://" not in line
    ends = re.search(r"[.!?:;…]['\"’”)»]*$", line.rstrip())
    return bool(is_long and not ends and re.match(r"\s{0,4}[a-zà-ÿ]", following))


def _build_text_block(row: str, references: dict[str, str], cell: int, gap: bool) -> Block:
    heading = re.match(r"\s*(#{1,6})\s+(?=\S)", row)
    text, links = _extract_links(clean_text(row[heading.end() :] if heading else row), references)
    starred = re.fullmatch(r"(\*{1,2}|__) ?(?=\S)([^*_]{3,160})(?<=\S) ?\1:?", text)
    lead = re.match(r"\*{1,2}(?=\S)([^*]{3,160})(?<=\S)\*{1,2}(?=\W)", text)
    if starred:
        text, lead = starred[2], None
        links = [replace(link, text=link.text or text, start=0, end=len(text)) for link in links]
    elif lead:
        text, shift = lead[1] + text[lead.end() :], len(lead[1]) - lead.end()
        links = [
            replace(link, start=max(0, link.start + shift), end=max(0, link.end + shift))
            for link in links
        ]
    letters = [letter for letter in text if letter.isalpha()]
    # in scripts that know no capitals, an "AI" among them makes no heading
    capitals = (
        text.isupper()
        and len(text.split()) <= 14
        and len(letters) >= 4
        and 2 * sum(map(str.isupper, letters)) > len(letters)
    )
    return Block(
        text=text[:_MAX_CHARS],
        links=tuple(links),
        level=len(heading[1]) if heading else 0,
        bold=bool(starred) or capitals,
        lead=clean_text(lead[1]) if lead else "",
        bullet=bool(_BULLET.match(row)),
        cell=cell,
        gap=gap,
    )


def _extract_links(line: str, references: dict[str, str]) -> tuple[str, list[Link]]:
    """Return a line without the addresses written into it, and its links.

    A bare address has no anchor; a numbered reference may have one, see `_make_reference`.
    """
    text, done = "", 0
    links: list[Link] = []
    for match in _LINK.finditer(line):
        anchor, address, bracketed, bare, number = match.groups()
        if number and number not in references:
            continue
        text += line[done : match.start()]
        done = match.end()
        if anchor:
            links.append(Link(clean_text(anchor), address, len(text), len(text) + len(anchor)))
            text += anchor
        elif number:
            links.append(_make_reference(text.rstrip(), line[done:], references[number]))
        else:
            address = bracketed or bare
            # the punctuation of a sentence that ends with an address is not a part of it
            end = len(address.rstrip(".,;:!?'\"»”)*_"))
            if address[end : end + 1] == ")" and "(" in address[:end]:
                end += 1
            links.append(Link("", address[:end], len(text), len(text)))
            text += address[end:]
    return clean_text(text + line[done:]), links
