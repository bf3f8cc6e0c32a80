"""The blocks of a plain-text body. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from digest.fetch.mail.newsletters.blocks import (
    BULLET,
    CONTROL,
    INVISIBLE,
    MAX_BLOCKS,
    MAX_CHARS,
    Block,
    Link,
    is_title,
)
from digest.fetch.mail.newsletters.words import count_words
from digest.text import clean_text

_MAX_RULE = 200  # characters of a line that may be a rule
_MIN_WRAPPED = 45  # characters of a line that may have been wrapped by hand
_MIN_FILLED = 0.6  # of the width, by a line wrapped in a script without spaces
_MIN_SENTENCE = 10  # words before a full stop that are no headline
_MIN_ADDRESSED = 3  # headlines below their addresses
_MAX_ANCHOR = 200  # characters before a numbered reference that are its anchor

_URL = r"(?:https?://|www\.)[^\s<>\"\u00a0]+"
_REFERENCE = re.compile(
    rf"^[^\S\n]*\[(\d{{1,3}})\]:?\s+(?:<)?({_URL})>?[^\S\n]*$", re.MULTILINE | re.IGNORECASE
)
_LISTED_REFERENCE = re.compile(  # in a list of addresses at the end: "1. https://…"
    rf"^[^\S\n]*\(?(\d{{1,3}})[.):][^\S\n]+<?({_URL})>?[^\S\n]*$", re.MULTILINE | re.IGNORECASE
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
_HANGING = re.compile(  # words that no line ends with unless it was wrapped
    r"\s(?:the|an?|of|to|in|on|at|by|for|from|with|and|or|its|their|"
    r"der|die|das|den|dem|des|ein|eine|einen|einem|einer|von|mit|im|am|zum|zur|für|und|oder|auf|"
    r"il|lo|la|le|gli|un|una|uno|di|del|della|dei|da|dal|dalla|con|per|nel|nella|e|ed|"
    r"les|une|du|de|au|aux|et|ou|avec|pour|dans|sur|par|el|los|las|al|en|y|por|para)$"
)
_ADDRESSED = re.compile(rf"[<(\[]{_URL}[>)\]]\W*$", re.IGNORECASE)  # a line that its address ends
_UNSPACED = re.compile(r"\W?[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
_QUOTED = re.compile(r"^(?:>\s?)+")


def parse_text_blocks(text: str, *, flowed: bool = False) -> tuple[Block, ...]:
    """Return the blocks of a plain-text body, its wrapped lines joined.

    A line was wrapped where the first word of the next line would not have fitted.
    """
    text = INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = CONTROL.sub("", text).expandtabs(4)
    references = dict(_REFERENCE.findall(text))
    listed = dict(_LISTED_REFERENCE.findall(text))
    if listed and all(f"[{number}]" in text for number in listed):
        references |= listed
        text = _LISTED_REFERENCE.sub("", text)
    lines = [_QUOTED.sub("", line)[:MAX_CHARS] for line in _REFERENCE.sub("", text).split("\n")]
    blocks: list[Block] = []
    cell, gap = 0, True
    for row in _join_wrapped_lines(lines[: 2 * MAX_BLOCKS], flowed):
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
    return tuple(_link_headlines(blocks[:MAX_BLOCKS]))


def _link_headlines(blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield the blocks; a headline or item becomes a link to the address after or below it."""
    rows = [_ends_with_address(block) for block in blocks]
    if sum(_stands_below_address(*pair) for pair in pairwise(blocks)) >= _MIN_ADDRESSED:
        yield from _link_to_addresses_above(blocks)
        return
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


def _stands_below_address(above: Block, block: Block) -> bool:
    """Return whether a headline stands below its address, with which a paragraph begins."""
    is_address = above.gap and not above.text and len(above.links) == 1
    return is_address and not block.gap and not block.links and is_title(block.text, ends=".:,;…")


def _link_to_addresses_above(blocks: Sequence[Block]) -> Iterator[Block]:
    above: Block | None = None
    for block in blocks:
        if above and _stands_below_address(above, block):
            yield replace(_link_title(block, above.links[0].href), gap=True)
        else:
            if above:
                yield above
            if block.text or not block.links:
                yield block
        above = None if block.text or not block.links else block
    if above:
        yield above


def _is_row(rows: Sequence[str], index: int) -> bool:
    return 0 <= index < len(rows) and rows[index] == "row"


def _link_title(block: Block, href: str) -> Block:
    title = clean_text(BULLET.sub("", block.text)).rstrip(" :-–—>→")
    start = max(0, block.text.find(title))
    return replace(block, links=(Link(title, href, start, start + len(title)),))


def _stands_above_address(block: Block, below: Block) -> bool:
    source = re.fullmatch(r"(?:[^\s|]+ ){0,3}[^\s|]+\s*[|–—:·-]", below.text)
    is_address = not ((below.text and not source) or below.gap or below.bullet)
    is_address = is_address and len(below.links) == 1
    if not is_address or block.links or block.rule:
        return False
    return is_title(block.text, ends=".:,;…") and (block.gap or block.bullet)


def _ends_with_address(block: Block) -> str:
    """Return how a headline has its address after it: "alone", or as one "row" of several."""
    if len(block.links) != 1 or block.links[0].text or block.rule:
        return ""
    after = block.text[block.links[0].start :]
    if after.strip() or not is_title(block.text.rstrip(" :-–—>→"), ends=".,;…"):
        return ""
    ended = re.search(r"[:–—>→-]\s*$", block.text)
    return "alone" if block.bullet or (block.gap and not ended) else "row"


def _make_reference(before: str, after: str, address: str) -> Link:
    """Return the link of a number in brackets.

    A headline that ends with one is its anchor; a footnote inside or after sentences has none.
    """
    is_headline = not re.search(r"[.!?:;]\s|[。！？；]", before) and not re.search(r"\w", after)
    is_headline &= 0 < len(before) <= _MAX_ANCHOR and not re.match(r"\s*[.;]", after)
    is_headline &= not (before.endswith(".") and count_words(before) >= _MIN_SENTENCE)
    if not is_headline:
        return Link("", address, len(before), len(before))
    return Link(clean_text(before), address, 0, len(before))


def _is_rule(line: str) -> bool:
    return len(line) <= _MAX_RULE and _RULE.match(line) is not None


def _divides(line: str) -> bool:
    return _is_rule(line) or (len(line) <= _MAX_RULE and _FENCE.match(line) is not None)


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
    if not line.strip() or not following.strip() or _divides(line) or _divides(following):
        return False
    if BULLET.match(following) or re.match(rf"\s*[<(]?{_URL}", following, re.IGNORECASE):
        return False
    if _ADDRESSED.search(line):
        return False
    if flowed and line.endswith(" ") and line != "-- ":
        return True
    if _breaks_sentence(line, following):
        return True
    indents = [len(text) - len(text.lstrip()) for text in (line, following)]
    indented = indents[1] > indents[0] + (6 if BULLET.match(line) else 3)
    first = following.split(None, 1)[0]
    if _UNSPACED.match(first) and len(line.rstrip()) < _MIN_FILLED * width:
        return False  # a word as long as a sentence fits into no line
    return not indented and len(line.rstrip()) + 1 + len(first) > width


def _breaks_sentence(line: str, following: str) -> bool:
    """Return whether the sentence of a long line goes on in the next: lines wrapped by hand.

    No sentence and no headline ends with an article or a preposition.
    """
    is_long = len(line.strip()) >= _MIN_WRAPPED and "://" not in line
    ends = re.search(r"[.!?:;…]['\"’”)»]*$", line.rstrip())
    goes_on = re.match(r"\s{0,4}[a-zà-ÿ]", following) or _HANGING.search(line.rstrip())
    return bool(is_long and not ends and goes_on)


def _build_text_block(row: str, references: dict[str, str], cell: int, gap: bool) -> Block:
    heading = re.match(r"\s*(#{1,6})\s+(?=\S)", row)
    row = re.sub(r"\s#+\s*$", "", row) if heading else row
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
        text=text[:MAX_CHARS],
        links=tuple(links),
        level=len(heading[1]) if heading else 0,
        bold=bool(starred) or capitals,
        lead=clean_text(lead[1]) if lead else "",
        bullet=bool(BULLET.match(row)),
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
