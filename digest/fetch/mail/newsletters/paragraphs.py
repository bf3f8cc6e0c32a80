"""Paragraphs that hold several stories, as one block for each. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from digest.fetch.mail.newsletters.blocks import Block
from digest.fetch.mail.newsletters.boilerplate import BlockRole, LinkResolver
from digest.fetch.mail.newsletters.words import count_words
from digest.text import split_sentences

_HEADLINE_WORDS = 4  # of a headline, at least
_MIN_ROW, _MOST_COVERED = 3, 0.85  # links of a row of headlines; share of its text in them


def split_link_rows(
    content: Iterable[tuple[BlockRole, Block]], resolver: LinkResolver
) -> Iterator[tuple[BlockRole, Block]]:
    """Yield the blocks; a paragraph of stories as one block for each.

    They are headlines, each a link to a page; or, below a label, sentences with one link each.
    """
    label = False
    for role, block in content:
        if label and role == "text" and (sentences := _split_linked_sentences(block, resolver)):
            yield from ((role, sentence) for sentence in sentences)
            label = False
            continue
        if role != "picture":
            label = role == "text" and _is_label(block)
        links = resolver.find_story_links(block) if role == "text" else ()
        covered = sum(len(link.text) for link in links) >= _MOST_COVERED * len(block.text)
        lengths = [count_words(link.text) for link in links]
        pages = {resolver.get_target_key(link.href) for link in links}
        is_row = len(links) == len(block.links) == len(pages) >= _MIN_ROW and covered
        if is_row and min(lengths) >= _HEADLINE_WORDS - 1:
            for link in links:
                own = replace(link, start=0, end=len(link.text))
                yield role, replace(block, text=link.text, links=(own,), images=(), lead="")
        else:
            yield role, block


def _is_label(block: Block) -> bool:
    is_short = 0 < block.word_count < _HEADLINE_WORDS and not block.links
    return bool(is_short and (block.bold or block.level))


def _split_linked_sentences(block: Block, resolver: LinkResolver) -> list[Block]:
    """Return the sentences of a paragraph as items where each has a link to a page of its own."""
    links = resolver.find_story_links(block)
    if block.bullet or len(links) < _MIN_ROW:
        return []
    items: list[Block] = []
    start = 0
    for sentence in split_sentences(block.text):
        start = block.text.find(sentence, start)
        own = [link for link in links if start <= link.start < start + len(sentence)]
        if len(own) != 1:
            return []
        moved = replace(own[0], start=own[0].start - start, end=own[0].end - start)
        items.append(
            replace(block, text=sentence, links=(moved,), images=(), lead="", bullet=True, gap=True)
        )
        start += len(sentence)
    pages = {resolver.get_target_key(item.links[0].href) for item in items}
    return items if len(pages) == len(items) >= _MIN_ROW else []
