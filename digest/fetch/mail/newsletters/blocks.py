"""A newsletter's body as a flat sequence of blocks: lines with their links and their style. Pure.

Newsletters are laid out with tables inside tables, so the tree says little about what belongs
together; the order of the lines and their style say nearly all. `html_blocks` and `text_blocks`
give the same kind of sequence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from digest.fetch.mail.newsletters.words import (
    GREETING,
    SOURCE,
    asks_to_read,
    count_words,
    is_boilerplate_label,
    is_read_more,
)

MAX_BLOCKS = 6_000
MAX_CHARS = 20_000  # of one block
BODY_SIZE = 16.0  # pixels, where nothing else is stated
_MIN_TITLES = 3  # short lines above text that make titles of them
_MIN_BELOW = 8  # words of the text below one
_FOOT_LINES = 3  # the last lines, which are often small
_MUCH_LARGER = 1.2  # times the size of the text below
_MAX_HEADLINE = 24  # words of one
_MAX_GREETING = 6  # words

INVISIBLE = re.compile("[\u200b\u200c\u034f\u00ad\u2060-\u2064\ufeff\u180e\u2007]+")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
BULLET = re.compile(r"^\s*(?:[*•·‣▪■●○◦►▶→>+–—-]|\[?\d{1,2}[.)\]])\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Link:
    """A link inside a block: anchor, from `start` to `end` of the block's text, and address."""

    text: str
    href: str
    start: int
    end: int
    call: bool = False  # its words stand below several stories, each time with another page


@dataclass(frozen=True, slots=True)
class Block:
    """A line of a newsletter. `cell` numbers the layout cell it stands in."""

    text: str
    links: tuple[Link, ...] = ()
    images: tuple[tuple[str, str], ...] = ()  # alternative text, address of the link around it
    level: int = 0  # of an HTML heading, 1 to 6
    bold: bool = False  # all of its words
    lead: str = ""  # the bold words at its beginning, where others follow
    size: float = BODY_SIZE
    bullet: bool = False
    rule: bool = False  # a horizontal line
    cell: int = 0
    gap: bool = True  # more than a line break above it
    button: bool = False  # one short link, drawn as a button

    @property
    def word_count(self) -> int:
        """The number of words."""
        return count_words(self.text)


def mark_plain_titles(blocks: Sequence[Block]) -> Sequence[Block]:
    """Return the blocks; where titles do not look much different, the lines that are titles bold.

    They are a little larger than the text below, or short lines where all looks the same, as by
    hand. Three or more such lines are titles; fewer may be a greeting and a name.
    """
    told = [block for block in blocks if block.text]
    larger = {
        index
        for index, (block, below) in enumerate(pairwise(blocks))
        if 1 < block.size / (below.size or 1) < _MUCH_LARGER and _is_larger_title(block, below)
    }
    styled = (block.level or block.bold or block.lead or block.bullet for block in told)
    is_alike = not any(styled) and len({block.size for block in told[:-_FOOT_LINES]}) <= 1
    found = [index for index, pair in enumerate(pairwise(blocks)) if _is_plain_title(*pair)]
    subtitled = Counter(_describe(blocks[index - 1]) for index in found if index)
    plain = {
        index
        for index in found
        if not (index and _is_styled(blocks[index - 1]))
        or subtitled[_describe(blocks[index - 1])] == 1
    }
    headed = sum(_is_styled(block) and bool(below.text) for block, below in pairwise(blocks))
    if not is_alike and headed >= len(plain):
        plain = set()
    titles = {index for found in (larger, plain) if len(found) >= _MIN_TITLES for index in found}
    return [replace(one, bold=one.bold or index in titles) for index, one in enumerate(blocks)]


def _is_larger_title(block: Block, below: Block) -> bool:
    is_line = 3 <= block.word_count <= _MAX_HEADLINE and not (block.bullet or block.bold)
    return is_line and not block.links and below.word_count >= _MIN_BELOW


def _is_styled(block: Block) -> bool:
    """Return whether a block looks like the title of what is below it."""
    is_title = block.bold or block.level or block.lead or block.bullet or block.button
    link = block.links[0] if block.links else None
    is_headline = link and len(link.text) == len(block.text) and count_words(link.text) > 3
    return bool(is_title or (is_headline and not is_read_more(link.text if link else "")))


def _describe(block: Block) -> tuple[object, ...]:
    return block.level, block.bold, block.size, bool(block.links)


def _is_plain_title(block: Block, below: Block) -> bool:
    is_told = below.word_count >= _MIN_BELOW or any("://" in link.text for link in below.links)
    is_line = not block.links and block.gap and is_title(block.text, ends=".:,;!…")
    return is_line and is_told and block.size >= below.size


def is_title(text: str, *, ends: str) -> bool:
    """Return whether a line may be a headline: one phrase, without an end of `ends`."""
    title = BULLET.sub("", text)
    one = not re.search(r"[.!] +\w|[。！？]\w", title)
    one = one and not re.search(rf"[{ends}。！，：；]$", title)
    own = is_read_more(title) or is_boilerplate_label(title.rstrip(" :")) or SOURCE.match(title)
    greets = GREETING.fullmatch(title) and count_words(title) <= _MAX_GREETING
    return (
        one
        and 3 <= count_words(title) <= _MAX_HEADLINE
        and not (own or greets or asks_to_read(title))
    )
