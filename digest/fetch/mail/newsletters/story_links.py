"""The page of a story: the link of its headline, a call to action, or one in its text. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from digest.fetch.mail.newsletters import words
from digest.fetch.mail.newsletters.blocks import Block, Link
from digest.fetch.mail.newsletters.boilerplate import (
    LinkResolver,
    is_bare_address,
    is_offer,
    remove_anchors,
    stands_apart,
)
from digest.fetch.mail.newsletters.candidates import StoryCandidate
from digest.fetch.mail.newsletters.words import count_words, is_read_more

_CALL_WORDS = 12  # the most words beside a call to action


def find_link(candidate: StoryCandidate, resolver: LinkResolver) -> tuple[str, bool]:
    """Return the link of a story, and whether a call to action or a button gives it.

    It is the link of the headline; else a call to action on a line of its own; else the first link.
    """
    link = candidate.link
    if link and not (candidate.kind in ("item", "lead") and is_bare_address(link)):
        return link.href, False
    button = candidate.button
    sells = candidate.sponsored  # where an offer is what it is all about
    if button and (sells or not is_offer(button)):
        return button.href, True
    first = link.href if link else ""
    offer, inside = button.href if button else "", ""  # and one inside a text
    for block in candidate.body:
        if match_byline(block):
            continue
        links, calls = resolver.find_story_links(block), resolver.find_calls(block)
        if calls and count_words(remove_anchors(block, links)) <= _CALL_WORDS:
            if sells or not is_offer(calls[0]):
                return calls[0].href, True
            offer = offer or calls[0].href
        last = links[-1] if links else None
        is_call = last and last.text and (last.call or is_read_more(last.text))
        if last and is_call and _ends_text(last, block):
            return last.href, True
        inside = inside or next((link.href for link in links if is_offer(link)), "")
        if not offer:
            first = first or next((link.href for link in links if not is_offer(link)), "")
    if first or not offer:
        return first or candidate.picture_href or inside, False
    return offer, True


def _ends_text(link: Link, block: Block) -> bool:
    """Return whether a link is the last of a text and no part of its last sentence."""
    return stands_apart(link, block) and not re.search(r"\w", block.text[link.end :])


def match_byline(block: Block) -> re.Match[str] | None:
    """Match a line that names who wrote a story."""
    return words.BYLINE.fullmatch(block.text.strip()) if block.word_count <= 12 else None


def count_block_words(blocks: Iterable[Block]) -> int:
    """Count the words of several blocks."""
    return count_words(" ".join(block.text for block in blocks))
