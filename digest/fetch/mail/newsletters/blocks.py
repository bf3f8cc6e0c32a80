"""A letter's body as a flat row of blocks: what stands on a line of its own, with its links and its looks. Pure.

Letters are laid out with tables inside tables, so the tree says little about what belongs together; the order of the
lines and their looks say nearly all. HTML and plain text come out as the same kind of row, and what follows does not
care which it was. What a reader of the mail cannot see (preheaders, tracking pixels, comments, styles) is left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import lxml.etree
import lxml.html

from digest.text import clean_text

_MAX_BLOCKS = 6_000
_MOST_CHARS = 20_000  # of one block
_MAX_STYLE = 1_000  # characters of a style that are looked at
_MAX_RULE = 200  # characters of a line that may be one drawn across
_BODY_SIZE = 16.0  # pixels, where nothing says otherwise


@dataclass(frozen=True, slots=True)
class Link:
    """A link inside a block: the words it lies on (from `start` to `end` of the block's text) and its address."""

    text: str
    href: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """A line of a letter. `cell` numbers the layout cell it stands in."""

    text: str
    links: tuple[Link, ...] = ()
    images: tuple[
        tuple[str, str], ...
    ] = ()  # alternative text, address that a click on it leads to
    level: int = 0  # of an HTML heading, 1 to 6
    bold: bool = False  # every word is
    lead: str = ""  # the bold words it begins with, where others follow
    size: float = _BODY_SIZE
    bullet: bool = False
    rule: bool = False  # a line drawn across
    cell: int = 0
    gap: bool = True  # space above: no mere line break


# ---------------------------------------------------------------- HTML

_LINES = frozenset(
    "p div td th tr table tbody thead tfoot li ul ol dl dt dd h1 h2 h3 h4 h5 h6 center blockquote pre section article "
    "header footer main aside nav figure figcaption address form fieldset body html caption details summary".split()
)
_CELLS = frozenset(("td", "th", "li", "section", "article", "blockquote", "header", "footer"))
_UNSEEN = frozenset(
    "script style head title noscript template svg math iframe object embed select textarea audio video map".split()
)
_BOLD = frozenset(("b", "strong", "th"))
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_FONT_SIZES = {
    "1": 10.0, "2": 13.0, "3": 16.0, "4": 18.0, "5": 24.0, "6": 32.0, "7": 48.0,
    "-2": 10.0, "-1": 13.0, "+1": 18.0, "+2": 24.0, "+3": 32.0,
}  # fmt: skip
_HEADING_SIZES = (0.0, 32.0, 24.0, 19.0, 16.0, 13.0, 11.0)
_HIDES = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?<![-\w])opacity\s*:\s*0(?:\.0*)?\s*(?:;|!|$)|"
    r"max-height\s*:\s*[01](?:px)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
_SIZE = re.compile(r"font(?:-size)?\s*:[^;]*?(?<![\w.#/])(\d*\.?\d+)(px|pt|r?em|%)", re.IGNORECASE)
_NO_SIZE = re.compile(r"font-size\s*:\s*0(?:\.0*)?(?:px|pt|r?em|%)?\s*(?:;|!|$)", re.IGNORECASE)
_WEIGHT = re.compile(
    r"font(?:-weight)?\s*:[^;]*?(?<![\w-])(bold(?:er)?|normal|lighter|[1-9]00)\b", re.IGNORECASE
)
_INVISIBLE = re.compile("[\u200b\u200c\u034f\u00ad\u2060-\u2064\ufeff\u180e\u2007]+")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class _TextStyle:
    """What an element hands down to what is inside it."""

    bold: bool = False
    size: float = _BODY_SIZE
    href: str = ""
    anchor: int = 0  # numbers the <a>
    level: int = 0
    bullet: bool = False
    cell: int = 0


@dataclass(frozen=True, slots=True)
class _TextRun:
    text: str
    style: _TextStyle


def parse_html_blocks(markup: str) -> tuple[tuple[Block, ...], str | None]:
    """The blocks of an HTML body, and the language that its root states."""
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


class _HtmlWalker:
    """One pass over the tree, without recursion: letters nest as deep as they like."""

    def __init__(self) -> None:
        self._done: list[Block] = []
        self._runs: list[_TextRun] = []
        self._images: list[tuple[str, str]] = []
        self._cells = 0
        self._anchors = 0
        self._gap = True

    def collect_blocks(self, root: lxml.html.HtmlElement) -> tuple[Block, ...]:
        looks = [_TextStyle()]
        walk = lxml.etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            if len(self._done) >= _MAX_BLOCKS:
                break
            tag = element.tag if isinstance(element.tag, str) else ""
            if event == "start":
                unseen = tag in _UNSEEN or _is_hidden(element)
                if unseen:
                    walk.skip_subtree()
                looks.append(looks[-1] if unseen else self._enter_element(element, tag, looks[-1]))
                if not unseen and element.text:
                    self._runs.append(_TextRun(element.text, looks[-1]))
            else:
                look = looks.pop()
                if tag in _LINES and not (tag in _UNSEEN or _is_hidden(element)):
                    self._flush_block(look)
                    self._gap = True
                if element.tail:
                    self._runs.append(_TextRun(element.tail, looks[-1]))
        self._flush_block(_TextStyle())
        return tuple(self._done)

    def _enter_element(
        self, element: lxml.html.HtmlElement, tag: str, look: _TextStyle
    ) -> _TextStyle:
        if tag in _LINES:
            self._flush_block(look)
            self._gap = True
        elif tag == "br":
            self._gap = not self._runs
            self._flush_block(look, soft=True)
        elif tag == "hr":
            self._flush_block(look)
            self._done.append(Block("", rule=True, cell=look.cell))
        elif tag == "img":
            self._add_image(element, look)
        look = _compute_style(element, tag, look)
        if tag in _CELLS:
            self._cells += 1
            look = replace(
                look, cell=self._cells, bullet=tag == "li" or (look.bullet and tag != "td")
            )
        if tag == "a" and element.get("href"):
            self._anchors += 1
            look = replace(look, href=element.get("href", "")[:_MOST_CHARS], anchor=self._anchors)
        return look

    def _add_image(self, element: lxml.html.HtmlElement, look: _TextStyle) -> None:
        sizes = (element.get("width", ""), element.get("height", ""))
        if any(re.fullmatch(r"[0-3](?:px)?", size.strip()) for size in sizes):
            return
        self._images.append((clean_text(element.get("alt", ""))[:300], look.href))

    def _flush_block(self, look: _TextStyle, *, soft: bool = False) -> None:
        runs, images = self._runs, tuple(self._images)
        self._runs, self._images = [], []
        if not images and all(run.text.isspace() for run in runs):
            return
        block = _build_block(runs, images)
        if block.text or images:
            self._done.append(
                replace(block, cell=runs[0].style.cell if runs else look.cell, gap=self._gap)
            )
            self._gap = not soft


def _is_hidden(element: lxml.html.HtmlElement) -> bool:
    style = element.get("style", "")[:_MAX_STYLE]
    return bool(_HIDES.search(style)) or element.get("hidden") is not None


def _compute_style(element: lxml.html.HtmlElement, tag: str, look: _TextStyle) -> _TextStyle:
    level = _HEADINGS.get(tag, look.level)
    bold = look.bold or tag in _BOLD or tag in _HEADINGS
    size = _HEADING_SIZES[level] if tag in _HEADINGS else look.size
    style = element.get("style", "")[:_MAX_STYLE]
    if tag == "font":
        size = _FONT_SIZES.get(element.get("size", "").strip(), size)
    elif tag in ("big", "small"):
        size *= 1.2 if tag == "big" else 0.85
    if style:
        if _NO_SIZE.search(style):
            size = 0.0
        elif found := _SIZE.search(style):
            size = _to_pixels(float(found[1]), found[2].lower(), look.size)
        if found := _WEIGHT.search(style):
            bold = found[1].lower() in ("bold", "bolder", "600", "700", "800", "900")
    if (level, bold, size) == (look.level, look.bold, look.size):
        return look
    return replace(look, level=level, bold=bold, size=size)


def _to_pixels(number: float, unit: str, around: float) -> float:
    return {
        "px": number,
        "pt": number * 4 / 3,
        "em": number * around,
        "rem": number * 16.0,
        "%": number / 100 * around,
    }[unit]


def _build_block(runs: Iterable[_TextRun], images: tuple[tuple[str, str], ...]) -> Block:
    """The runs joined to one line with white space as a browser shows it; text of no size is no text."""
    text, weights = "", Counter[tuple[bool, float]]()
    links: list[Link] = []
    lead, leading, begun, level, bullet = "", True, False, 0, False
    anchor, start, href = 0, 0, ""
    for run in runs:
        if run.style.size < 2.5 or len(text) > _MOST_CHARS:
            continue
        words = re.sub(r"\s+", " ", _INVISIBLE.sub("", run.text[: 2 * _MOST_CHARS]))
        if not text or text.endswith(" "):
            words = words.lstrip(" ")
        if run.style.anchor != anchor:
            _add_link(links, text, start, href)
            anchor, start, href = run.style.anchor, len(text), run.style.href
        text += words
        if not words.strip():
            continue
        weights[run.style.bold, run.style.size] += len(words.strip())
        level, bullet = level or run.style.level, bullet or run.style.bullet
        if leading and not run.style.bold and re.search(r"\w", words):
            lead, leading = (text[: len(text) - len(words)] if begun else ""), False
        begun = begun or (run.style.bold and bool(re.search(r"\w", words)))
    _add_link(links, text, start, href)
    total = sum(weights.values())
    heavy = sum(count for (bold, _), count in weights.items() if bold)
    size = max(
        (size for _, size in weights),
        key=lambda one: sum(n for (_, s), n in weights.items() if s == one),
        default=0,
    )
    bold = bool(total) and heavy >= 0.9 * total
    text = text.rstrip()
    tidied = tuple(link for link in links if link.start <= len(text))
    return Block(
        text,
        tidied,
        images,
        level,
        bold,
        "" if bold else clean_text(lead),
        size or _BODY_SIZE,
        bullet,
    )


def _add_link(links: list[Link], text: str, start: int, href: str) -> None:
    if href and len(text) >= start:
        words = text[start:].strip()
        if words:
            links.append(Link(clean_text(words), href, start, len(text)))


# ---------------------------------------------------------------- plain text

_URL = r"(?:https?://|www\.)[^\s<>\"\u00a0]+"
_REFERENCE = re.compile(
    rf"^\s*\[(\d{{1,3}})\]:?\s+(?:<)?({_URL})>?\s*$", re.MULTILINE | re.IGNORECASE
)
_MARKDOWN = re.compile(rf"\[([^\[\]\n]{{1,300}})\]\(\s*({_URL})\s*\)", re.IGNORECASE)
_POINTED = re.compile(rf"[<(\[]\s*({_URL})\s*[>)\]]|({_URL})", re.IGNORECASE)
_RULE = re.compile(
    r"^\W*([-=_*~#+.•·—–─━═])\1{3,}\W*$|^\s*[-=_*~─━═]{2,}\s*$|^\s*(?:[-*_] ){3,}\s*$"
)
_FENCE = re.compile(
    r"^\W*([-=_*~#+─━═])\1{2,}\s*(?P<words>[^\s=_*~#─━═-].*?)\s*([-=_*~#+─━═])\3{2,}\W*$"
)
_BULLET = re.compile(r"^\s*(?:[*•·‣▪■●○◦►▶→>+–—-]|\[?\d{1,2}[.)\]])\s+(?=\S)")
_QUOTED = re.compile(r"^(?:>\s?)+")


def parse_text_blocks(text: str, *, flowed: bool = False) -> tuple[Block, ...]:
    """The blocks of a plain-text body. Lines that were only wrapped are joined again: a line was wrapped where the
    first word of the next would not have fitted any more."""
    text = _CONTROL.sub(
        "", _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    ).expandtabs(4)
    references = dict(_REFERENCE.findall(text))
    lines = [_QUOTED.sub("", line)[:_MOST_CHARS] for line in _REFERENCE.sub("", text).split("\n")]
    rows = list(_join_wrapped_lines(lines[: 2 * _MAX_BLOCKS], flowed))
    blocks: list[Block] = []
    cell, gap = 0, True
    for row in rows:
        fence = _FENCE.match(row) if len(row) <= _MAX_RULE else None
        if not row.strip():
            cell, gap = cell + (not gap), True
            continue
        if fence or _is_rule(row):
            underlined = (
                _is_rule(row)
                and blocks
                and not gap
                and not blocks[-1].rule
                and len(blocks[-1].text) <= 90
            )
            if underlined and not blocks[-1].links and blocks[-1].gap:
                blocks[-1] = replace(blocks[-1], level=blocks[-1].level or 3)
            blocks.append(Block("", rule=True, cell=cell))
            if fence:
                blocks.append(Block(clean_text(fence["words"]), cell=cell))
            gap = True
            continue
        blocks.append(_build_text_block(row, references, cell, gap))
        gap = False
    return tuple(blocks[:_MAX_BLOCKS])


def _is_rule(line: str) -> bool:
    return len(line) <= _MAX_RULE and _RULE.match(line) is not None


def _join_wrapped_lines(lines: list[str], flowed: bool) -> Iterator[str]:
    width = _find_wrap_width(lines)
    row = ""
    for index, line in enumerate(lines):
        row = f"{row} {line.strip()}" if row else line.rstrip("\n")
        following = lines[index + 1] if index + 1 < len(lines) else ""
        if _is_continuation(line, following, width, flowed):
            row = row.rstrip()
            continue
        yield row.rstrip()
        row = ""
    if row:
        yield row


def _is_continuation(line: str, following: str, width: int, flowed: bool) -> bool:
    """Whether `following` is the rest of a wrapped line."""
    if not line.strip() or not following.strip() or _is_rule(line) or _is_rule(following):
        return False
    if _BULLET.match(following) or re.match(rf"\s*[<(]?{_URL}", following, re.IGNORECASE):
        return False
    if flowed and line.endswith(" ") and line != "-- ":
        return True
    indented = len(following) - len(following.lstrip()) > len(line) - len(line.lstrip()) + (
        3 if not _BULLET.match(line) else 6
    )
    first = following.split(None, 1)[0]
    return not indented and len(line.rstrip()) + 1 + len(first) > width


def _find_wrap_width(lines: list[str]) -> int:
    """The column at which the letter wraps: where its longest common lines end."""
    lengths = sorted(
        len(line.rstrip())
        for line in lines
        if 40 <= len(line.rstrip()) <= 100 and "://" not in line
    )
    return lengths[int(len(lengths) * 0.97)] if len(lengths) >= 4 else 10_000


def _build_text_block(row: str, references: dict[str, str], cell: int, gap: bool) -> Block:
    bullet = bool(_BULLET.match(row))
    marked = re.match(r"\s*(#{1,6})\s+(?=\S)", row)
    text, links = _extract_links(clean_text(row[marked.end() :] if marked else row), references)
    starred = re.fullmatch(r"(\*{1,2}|__)(?=\S)([^*_]{3,160})(?<=\S)\1:?", text)
    lead = re.match(r"\*{1,2}(?=\S)([^*]{3,160})(?<=\S)\*{1,2}(?=\W)", text)
    if starred:
        text, links = starred[2], ()
    elif lead:
        text, links = (
            lead[1] + text[lead.end() :],
            tuple(_shift_links(links, len(lead[1]) - lead.end())),
        )
    loud = text.isupper() and len(text.split()) <= 14 and sum(map(str.isalpha, text)) >= 4
    return Block(
        text=text[:_MOST_CHARS],
        links=links,
        level=len(marked[1]) if marked else 0,
        bold=bool(starred) or loud,
        lead=clean_text(lead[1]) if lead and not starred else "",
        bullet=bullet,
        cell=cell,
        gap=gap,
    )


def _shift_links(links: Iterable[Link], by: int) -> Iterator[Link]:
    for link in links:
        yield replace(link, start=max(0, link.start + by), end=max(0, link.end + by))


def _extract_links(line: str, references: dict[str, str]) -> tuple[str, tuple[Link, ...]]:
    """A line without the addresses written into it, and the links that they make. An address lies on no words of its
    own; the numbered reference of a line lies on the words before it."""
    text, at = "", 0
    links: list[Link] = []
    pattern = re.compile(rf"{_MARKDOWN.pattern}|{_POINTED.pattern}|\[(\d{{1,3}})\]", re.IGNORECASE)
    for match in pattern.finditer(line):
        words, address, pointed, bare, number = match.groups()
        if number and number not in references:
            continue
        text += line[at : match.start()]
        at = match.end()
        if words:
            links.append(Link(clean_text(words), address, len(text), len(text) + len(words)))
            text += words
        elif number:
            links.append(
                Link(clean_text(_trim_anchor(text)), references[number], 0, len(text.rstrip()))
            )
        else:
            address, rest = _split_punctuation(pointed or bare)
            links.append(Link("", address, len(text), len(text)))
            text += rest
    text += line[at:]
    return clean_text(text), tuple(links)


def _trim_anchor(text: str) -> str:
    return text.rstrip()[-200:]


def _split_punctuation(address: str) -> tuple[str, str]:
    """An address without the punctuation of the sentence that it ends, and that punctuation."""
    end = len(address.rstrip(".,;:!?'\"»”)*_"))
    if address[end : end + 1] == ")" and "(" in address[:end]:
        end += 1
    return address[:end], address[end:]
