"""News of a sentence or two, one below the other: items of a list that has no marks. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from digest.fetch.mail.newsletters.blocks import Block
from digest.fetch.mail.newsletters.boilerplate import (
    BlockRole,
    LinkResolver,
    is_call_to_action,
    remove_anchors,
)
from digest.fetch.mail.newsletters.headings import find_base_size
from digest.fetch.mail.newsletters.words import count_words

_MIN_WORDS, _MAX_WORDS, _MAX_MEAN = 6, 60, 40  # of one; paragraphs of an essay are longer
_MAX_TOLD = 3  # paragraphs of one story; above more stands the name of a section
_MIN_HEADLINE, _MOST_ANCHOR = 4, 0.8  # words of one; of its text, by its link
_MIN_BEFORE = 5  # characters before the first link
_MIN_BRIEFS, _MOST_BRIEFS = 4, 0.7  # and their share of the lines as long, from the first on
_MOST_FOLLOWING = 0.5  # share of those that stand below another, not below a title
_MAX_NAME = 2  # words of the name of a section
_MOST_SEVERAL = 0.6  # share of the names of sections with several below them

Rows = list[tuple[BlockRole, Block]]


def mark_briefs(blocks: Rows, resolver: LinkResolver) -> Rows:
    """Return the blocks; where most lines are short and have a page each, they are items."""
    lines = [block for role, block in blocks if role == "text" and block.word_count]
    base = find_base_size(lines)
    briefs: list[Block] = []
    told: list[Block] = []  # below a headline: they are its text, unless they are too many
    headed = False
    for line in (*lines, Block("", bold=True)):
        if _is_heading(line, base):
            briefs += told if not headed or len(told) > _MAX_TOLD else []
            headed, told = line.word_count >= _MIN_HEADLINE, []
        elif _is_brief(line, resolver):
            told.append(line)
    if not _are_listed(briefs, lines):
        return blocks
    marked = {id(line) for line in briefs}
    return [
        (role, replace(block, bullet=True, cell=-index) if id(block) in marked else block)
        for index, (role, block) in enumerate(blocks, 1)
    ]


def _is_heading(line: Block, base: float) -> bool:
    """Return whether a line looks like a heading, or is a headline that is all link."""
    is_large = line.bold or line.level > 0 or line.size >= 1.2 * base
    link = line.links[0] if len(line.links) == 1 else None
    is_link = link is not None and len(link.text) >= _MOST_ANCHOR * len(line.text)
    return not line.bullet and (is_large or (is_link and line.word_count >= _MIN_HEADLINE))


def _is_brief(line: Block, resolver: LinkResolver) -> bool:
    is_plain = not (line.bold or line.lead or line.level or line.bullet or line.button)
    links = resolver.find_story_links(line)
    begins = bool(links) and links[0].start < _MIN_BEFORE  # a headline, and what is said of it
    is_call = all(map(is_call_to_action, links))
    is_call = is_call and count_words(remove_anchors(line, links)) < _MIN_WORDS
    return (
        is_plain
        and bool(links)
        and not (is_call or begins)
        and _MIN_WORDS <= line.word_count <= _MAX_WORDS
    )


def _are_listed(briefs: Sequence[Block], lines: Sequence[Block]) -> bool:
    if len(briefs) < _MIN_BRIEFS:
        return False
    places = [index for index, line in enumerate(lines) if any(line is one for one in briefs)]
    told = [line for line in lines[places[0] :] if line.word_count >= _MIN_WORDS]
    following = [index - 1 in places for index in places]
    first = [index for index in places if index - 1 not in places]
    names = all(0 < lines[index - 1].word_count <= _MAX_NAME for index in first if index)
    several = sum(index + 1 in places for index in first) if names else 0  # under one
    is_listed = sum(following) >= _MOST_FOLLOWING * len(briefs)
    is_listed = is_listed or (several > 1 and several >= _MOST_SEVERAL * len(first))
    return (
        len(briefs) >= _MOST_BRIEFS * len(told)
        and is_listed
        and sum(line.word_count for line in briefs) <= _MAX_MEAN * len(briefs)
    )
