"""What repeats alike in a letter: each of several like things is a story. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from digest.fetch.mail.newsletters import words
from digest.fetch.mail.newsletters.blocks import Block, is_title
from digest.fetch.mail.newsletters.boilerplate import (
    BlockRole,
    LinkResolver,
    closes_text,
    is_call_to_action,
    remove_anchors,
)
from digest.fetch.mail.newsletters.words import count_words, normalize_phrase

_MIN_LINKED, _MOST_LINKED = 3, 0.75  # items of a list with a link, and their share
_MIN_ITEM = 8  # words of one without
_MAX_BOX = 0.5  # of a letter's words, in a cell that is a box
_MIN_HEADLINE, MAX_HEADLINE = 4, 20  # words of a picture's text that is a headline
_MIN_TEASER = 6  # words of the paragraph below it
_MOST_LINES = 12  # below a picture, up to the call
_MOST_HEADED = 0.6  # of such pictures; the first may stand below the letter's name
_MAX_AUTHOR = 5  # words of the name above a post
_MIN_PARAGRAPH = 12  # words
_MAX_NAME = 2  # words of the name of a section
_MIN_CLOSED = 8  # words of one above its call
_MIN_OPENINGS, _MOST_OPENINGS = 3, 0.6  # paragraphs that begin alike, and their share
_MAX_LAST = 8  # words of a last sentence that is a link
_MAX_BESIDE = 2  # words beside a call on a line of its own
_MOST_COVERED = 0.7  # of the text of a paragraph, by its link; a card is all link
_NUMBER = re.compile(r"\W{0,2}\d{1,2}[.)/:\]] +\W{0,2}\w")
_MAX_BEFORE = 5  # characters before the link of one that begins with it

Rows = Sequence[tuple[BlockRole, Block]]


@dataclass(frozen=True, slots=True)
class Patterns:
    """The patterns of a letter; blocks by their identity."""

    listed: frozenset[int]  # items without a link of lists whose others have one
    boxes: frozenset[int]  # layout cells that hold a small part of the letter
    titled: frozenset[str]  # alternative texts of pictures that are headlines
    openings: frozenset[int]  # paragraphs that are a story each
    has_posts: bool  # of a social network, with the names of their authors
    is_linked: bool  # some page is named


def find_patterns(blocks: Rows, resolver: LinkResolver) -> Patterns:
    """Return what repeats alike in a letter."""
    lines = [block for role, block in blocks if role == "text"]
    return Patterns(
        listed=frozenset(_find_listed_items(blocks, resolver)),
        boxes=frozenset(_find_boxes(blocks)),
        titled=frozenset(_find_titled_pictures(blocks, resolver)),
        openings=frozenset(_find_openings(lines, resolver) or _find_closed(blocks, resolver)),
        has_posts=sum(names_author(*pair) for pair in pairwise(lines)) > 1,
        is_linked=any(map(resolver.find_story_links, lines)),
    )


def names_author(block: Block, below: Block) -> bool:
    """Return whether a line is the name above a post, with the handle on the line below."""
    is_name = not block.links and block.word_count <= _MAX_AUTHOR and not block.bullet
    return is_name and not below.links and words.HANDLE.fullmatch(below.text.strip()) is not None


def _find_openings(lines: Sequence[Block], resolver: LinkResolver) -> set[int]:
    """Return the paragraphs that begin as most others do: bold, with a link or with a number."""
    paragraphs = [
        line
        for line in lines
        if line.word_count >= _MIN_PARAGRAPH and not (line.bullet or line.bold or line.level)
    ]
    addressed = {id(line) for line, below in pairwise(lines) if _is_call_line(below, resolver)}
    told = [one for one in paragraphs if id(one) in addressed or resolver.find_story_links(one)]
    bold = [line for line in told if _names_story(line)]
    linked = [line for line in paragraphs if _begins_with_link(line, resolver)]
    numbered = [line for line in paragraphs if _NUMBER.match(line.text)]
    if len({id(line) for line in told} & {id(line) for line in numbered}) < _MIN_OPENINGS:
        numbered = []
    return {
        id(line)
        for alike in (bold, linked, numbered)
        if _are_most(alike, paragraphs)
        for line in alike
    }


def _are_most(alike: Sequence[Block], paragraphs: Sequence[Block]) -> bool:
    """Return whether paragraphs are most of those from the first of them on.

    What stands above them is an introduction, however long.
    """
    if len(alike) < _MIN_OPENINGS:
        return False
    first = next(index for index, one in enumerate(paragraphs) if one is alike[0])
    return len(alike) >= _MOST_OPENINGS * len(paragraphs[first:])


def _find_closed(blocks: Rows, resolver: LinkResolver) -> set[int]:
    """Return the paragraphs of a letter without titles that each end with a call, or stand above.

    A rule below a paragraph with a link ends it as well. Nothing but a greeting, another such
    paragraph or its call stands above each: what is below a title is its text, up to its call.
    """
    lines = [block for role, block in blocks if role == "text" or _names_picture(role, block)]
    ruled = {id(block) for (_, block), (role, _) in pairwise(blocks) if role == "rule"}
    found: list[Block] = []
    headed = False
    for above, line, below in zip(
        (Block(""), *lines), lines, (*lines[1:], Block("")), strict=False
    ):
        links = resolver.find_story_links(line)
        is_titled = line.bullet or line.lead or line.bold or line.level or above.images
        is_titled = is_titled or (
            not _is_call_line(above, resolver)
            and above.size >= line.size  # in smaller print stands who wrote it
            and not re.search(r"\s[·•]\s", above.text)  # "Ann Lee · LinkedIn"
            and is_title(above.text, ends=".:,;!…")
        )
        is_heading = (line.bold or line.level) and line.word_count > _MAX_NAME
        headed = bool(is_heading) or (headed and not _is_call_line(above, resolver))
        is_closed = _is_call_line(below, resolver) or bool(resolver.find_calls(line))
        is_closed = is_closed or (
            bool(links) and (id(line) in ruled or closes_text(links[-1], line, _MAX_LAST))
        )
        if line.word_count >= _MIN_CLOSED and is_closed and not (is_titled or headed):
            found.append(line)
    closed = set(map(id, found))
    paragraphs = [one for one in lines if one.word_count >= _MIN_PARAGRAPH or id(one) in closed]
    return closed if _are_most(found, paragraphs) else set()


def _is_call_line(line: Block, resolver: LinkResolver) -> bool:
    calls = resolver.find_calls(line)
    return bool(calls) and count_words(remove_anchors(line, calls)) <= _MAX_BESIDE


def _names_picture(role: BlockRole, block: Block) -> bool:
    return role == "picture" and any(alt for alt, _ in block.images)


def _names_story(line: Block) -> bool:
    lead = normalize_phrase(line.lead)
    return bool(lead) and not words.CONNECTORS.fullmatch(lead)


def _begins_with_link(line: Block, resolver: LinkResolver) -> bool:
    link = next(iter(resolver.find_story_links(line)), None)
    if link is None or link.start > _MAX_BEFORE or is_call_to_action(link):
        return False
    return count_words(link.text) >= 2 and link.end < _MOST_COVERED * len(line.text)


def _find_listed_items(blocks: Rows, resolver: LinkResolver) -> set[int]:
    """Return the items without a link, as sentences, of lists in which nearly all have one."""
    found: set[int] = set()
    items: list[tuple[Block, bool]] = []
    for _, block in (*blocks, ("rule", Block("", rule=True))):
        linked = bool(resolver.find_story_links(block))
        if block.bullet:
            items.append((block, linked))
        elif items and linked and not block.text and not block.gap:
            items[-1] = items[-1][0], True  # its address below it
        else:
            bare = [item for item, has_link in items if not has_link]
            if len(items) - len(bare) >= max(_MIN_LINKED, _MOST_LINKED * len(items)):
                found.update(id(item) for item in bare if item.word_count >= _MIN_ITEM)
            items = []
    return found


def _find_titled_pictures(blocks: Rows, resolver: LinkResolver) -> set[str]:
    """Return the texts of pictures that stand for headlines: a paragraph and a call below each.

    Two or more of them, for a single one may as well describe a picture.
    """
    found: set[str] = set()
    headed = 0  # have a headline above, to which they belong
    above = Block("")
    for index, (role, block) in enumerate(blocks):
        above = block if role == "text" else above
        linked = [(alt, href) for alt, href in block.images if resolver.resolve_target(href)]
        rows = takewhile(lambda row: row[0] != "picture", blocks[index + 1 : index + _MOST_LINES])
        below = [other for kind, other in rows if kind == "text"]
        alt, href = next(iter((*linked, *block.images)), ("", ""))
        if role != "picture" or not alt or not below:
            continue
        text, key = below[0], resolver.get_target_key
        calls = [call for line in below[:2] for call in resolver.find_calls(line)]
        calls += [
            call
            for line in below[2:]
            for call in resolver.find_calls(line)
            if linked and key(call.href) == key(href)
        ]
        is_paragraph = text.word_count >= _MIN_TEASER and not (text.bold or text.level)
        is_paragraph &= not any(link.text == text.text for link in text.links)
        is_paragraph &= text.size <= max((line.size for line in below[1:]), default=text.size)
        is_title = _MIN_HEADLINE <= count_words(alt) <= MAX_HEADLINE
        if is_paragraph and is_title and calls:
            found.add(alt)
            headed += above.bold or above.level > 0
    return found if len(found) > 1 and headed < _MOST_HEADED * len(found) else set()


def _find_boxes(blocks: Rows) -> set[int]:
    """Return the layout cells that hold a small part of a letter."""
    counts: Counter[int] = Counter()
    for _, block in blocks:
        counts[block.cell] += block.word_count
    return {cell for cell, count in counts.items() if count <= _MAX_BOX * counts.total()}
