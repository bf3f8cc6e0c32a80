"""What begins a story: a linked headline, a list's entry, a bold opening. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from digest.fetch.mail.newsletters import words
from digest.fetch.mail.newsletters.blocks import Block, Link
from digest.fetch.mail.newsletters.boilerplate import is_call_to_action
from digest.text import split_sentences

_HEADLINE_WORDS = 4  # a link of fewer words at the start of a line may be a part of its sentence

CandidateKind = Literal["linked", "heading", "lead", "item", "paragraph"]


def find_base_size(blocks: Sequence[Block]) -> float:
    """The size of running text."""
    sizes = [block.size for block in blocks if words.count_words(block.text) >= 12]
    return median(sizes or [block.size for block in blocks if block.text] or [16.0])


def strip_decoration(text: str) -> str:
    """A text without the bullet, number or picture it begins with."""
    return re.sub(r"^(?:[^\w\"'“‘«(¿¡$€£#@]+|\(?\d{1,2}[.)\]:/]\s+(?=\D))+", "", text)


@dataclass(frozen=True, slots=True)
class CandidateStart:
    """A story's beginning: its title, its link, and what its line says after the title."""

    kind: CandidateKind
    title: str
    link: Link | None
    rest: str


def find_linked_start(block: Block, content: Sequence[Link]) -> CandidateStart | None:
    """A headline that is a link, alone or with its teaser on the same line."""
    link = next((one for one in content if not is_call_to_action(one)), None)
    if link is None or words.count_words(block.text[: link.start]) > 2:
        return None
    before, after = strip_decoration(block.text[: link.start]), block.text[link.end :].strip()
    if before and not re.search(r"[:|–—\])-]\s*$", before) and words.count_words(before):
        return None
    anchors = words.count_words(link.text)
    tail = words.READING_TIME.sub(" ", after)
    if words.count_words(re.sub(r"[(\[][^)\]]{0,60}[)\]]", "", tail)) <= 1 and anchors <= 40:
        return CandidateStart("linked", link.text, link, "")
    alone = all(one is link or is_call_to_action(one) for one in content)
    if alone and not _continues_sentence(after) and words.count_words(tail) <= 4 and anchors >= 2:
        return CandidateStart("linked", link.text, link, "")
    if re.match(r"[–—:|↳(•·-]|\.(?:\s|$)", after) or re.search(r"[.:?!]$", link.text):
        return CandidateStart("linked", link.text, link, re.sub(r"^[\s–—:|↳•·.-]+", "", after))
    if anchors >= _HEADLINE_WORDS and not _continues_sentence(after):
        return CandidateStart("linked", link.text, link, _choose_teaser_text(after, block.text))
    return None


def _choose_teaser_text(rest: str, text: str) -> str:
    """The rest of a block where it reads by itself, else the whole block."""
    opening = re.match(r"[\s\"'”’»)]*(.)", rest)
    reads = opening is None or (not opening[1].islower() and opening.start(1) < 2)
    return rest if reads else strip_decoration(text)


def _continues_sentence(after: str) -> bool:
    """Whether the words after a link go on with its sentence."""
    return bool(re.match(r"[\s,;'’)]*[a-zà-ÿ\u0e00-\u0eff]|[,;'’]", after))


def build_item_start(block: Block, content: Sequence[Link]) -> CandidateStart:
    """A list's entry, or a paragraph that is one: named by its bold words, or by its first sentence."""
    if (
        words.count_words(block.lead) >= 2
        and is_complete_lead(block)
        and not words.CONNECTORS.fullmatch(words.normalize_phrase(block.lead))
    ):
        return CandidateStart(
            "item",
            block.lead,
            choose_best_link(content),
            _choose_teaser_text(block.text[len(block.lead) :].strip(), block.text),
        )
    text = strip_decoration(block.text)
    first = split_sentences(text)[0] if text else ""
    link = choose_best_link(content)
    if words.count_words(first) > 30 and link and words.count_words(link.text) >= _HEADLINE_WORDS:
        return CandidateStart("item", link.text, link, text)
    return CandidateStart("item", first, link, text[len(first) :].strip())


def is_complete_lead(block: Block) -> bool:
    """Whether a bold opening is a title, and not only the first words of a sentence."""
    rest = block.text[len(block.lead) :].lstrip()
    return bool(
        re.search(r"[.:?!–—-][\"'”’)]*$", block.lead.rstrip())
        or re.match(r"[:–—-]|[^\W\da-zà-ÿ]", rest)
    )


def choose_best_link(content: Sequence[Link]) -> Link | None:
    """The first link that says what it leads to, else the first."""
    return next(
        (link for link in content if not is_call_to_action(link)), content[0] if content else None
    )
