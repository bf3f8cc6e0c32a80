"""Where a story candidate starts: a linked headline, a list item, a bold lead. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Literal

from digest.fetch.mail.newsletters.blocks import Block, Link
from digest.fetch.mail.newsletters.boilerplate import is_call_to_action
from digest.fetch.mail.newsletters.words import (
    ADDING,
    BYLINE,
    CONNECTORS,
    FINITE,
    GREETING,
    READING_TIME,
    SPONSORED_TITLE,
    count_words,
    is_read_more,
    normalize_phrase,
)
from digest.text import clean_text, split_sentences

_MAX_HEADING = 24  # words
_MAX_KICKER = 5  # words
_MIN_LONG = 3  # paragraphs that show the size of running text
_HEADING_MARK = re.compile(r"\s*[■◆◇□★☆◎]")  # before headings of plain text, not before items
_HEADLINE_WORDS = 4  # a link of fewer words at the start of a line may be a part of its sentence

_NUMBER = re.compile(r"^#?\d{1,2}[.)\]:/]?\s*$")  # before a headline that is a link
_DIVIDED = re.compile(r"((?:[^\s–—]+ ){2,19}[^\s–—]+) [–—-] ([A-ZÀ-Þ\d\"“„].{30,})$")

CandidateKind = Literal["linked", "heading", "lead", "item", "paragraph"]


@dataclass(frozen=True, slots=True)
class CandidateStart:
    """The first block of a candidate: its title, its link, and the text after the title."""

    kind: CandidateKind
    title: str
    link: Link | None
    rest: str


def clean_title(text: str) -> str:
    """Return a title without reading time, advertiser's mark and decoration."""
    text = READING_TIME.sub(" ", SPONSORED_TITLE.sub(" ", text))
    text = strip_decoration(clean_text(text)).rstrip(" :|–—-→»>↗")
    return clean_text(text)


def describe_look(block: Block) -> tuple[object, ...]:
    """Return what headings of one rank have in common: level, weight, size, number or mark."""
    is_numbered = re.match(r"\W*\d{1,2}(?:[.)\]:/]\s|\ufe0f?\u20e3)", block.text) is not None
    marked = is_numbered or _HEADING_MARK.match(block.text) is not None
    return block.level, block.bold, round(block.size), marked


def find_base_size(blocks: Sequence[Block]) -> float:
    """Return the font size of running text."""
    sizes = [block.size for block in blocks if block.word_count >= 12]
    if len(sizes) < _MIN_LONG:  # its texts are short, and the long ones may be small print
        sizes = [block.size for block in blocks if block.word_count >= 5]
    return median(sizes or [block.size for block in blocks if block.text] or [16.0])


def strip_decoration(text: str) -> str:
    """Remove the bullet, number or emoji at the beginning of a text."""
    text = re.sub(r"^\W*(?:\d{1,2}\ufe0f?\u20e3)+", "", text)  # a number drawn as a key
    return re.sub(r"^(?:[^\w\"'“‘«(¿¡$€£#@]+|\(?\d{1,2}[.)\]:/]\s+(?=\D))+", "", text)


def is_heading(block: Block, below: Block | None, base: float, *, plain: bool) -> bool:
    """Return whether a block without links is a heading above the block `below`.

    By its level or style; in plain text, a short line with space above it, and its text below.
    """
    text, length = block.text, block.word_count
    if not 0 < length <= _MAX_HEADING or re.search(r"[,;]$", text):
        return False
    if block.level:
        return True
    if (block.bold or block.size >= 1.2 * base) and not block.bullet:
        return not re.search(r"(?<!\.)\.$", text) or length <= 6
    if not (plain and block.gap and below) or length > 18 or len(text) > 120:
        return False
    if text.endswith(".") or (text.endswith(":") and length > 3) or "。" in text:
        return False
    if is_read_more(text):
        return False
    if not below.gap and re.match(r"[a-zà-ÿ](?![A-Z])|[.,;:]", below.text):
        return False  # its sentence goes on
    if GREETING.fullmatch(text) and length <= 6:
        return False
    if _HEADING_MARK.match(text):
        return not below.bullet
    return not block.bullet or (below.gap and not below.bullet)


def is_kicker(block: Block, below: Block | None, base: float) -> bool:
    """Return whether a short line in smaller print belongs to the headline below: "Opinion"."""
    if below is None or block.links or block.bullet or not 0 < block.word_count <= _MAX_KICKER:
        return False
    is_headed = below.level or below.bold or below.size > base
    is_above = block.cell == below.cell and block.size < below.size and is_headed
    is_name = not re.search(r"[.,;:!?…]$", block.text) and not BYLINE.fullmatch(block.text)
    return bool(is_above and is_name)


def link_called_headline(block: Block, base: float) -> Block:
    """Return a headline whose end is linked, by a call ("Bolt sold [read]") or not, as a link."""
    link = block.links[0] if len(block.links) == 1 else None
    if link is None or not (block.level or block.bold or block.size >= 1.2 * base):
        return block
    before = block.text[: link.start].rstrip(" ([|–—-:→")
    is_last = not re.search(r"\w", block.text[link.end :])
    if not (3 <= count_words(before) <= _MAX_HEADING and is_last):
        return block
    if link.call or is_read_more(link.text):
        title = before
    elif block.word_count <= _MAX_HEADING and (block.level or block.size >= 1.2 * base):
        title = block.text  # its last words are linked
    else:
        return block
    return replace(block, text=title, links=(Link(title, link.href, 0, len(title)),))


def find_linked_start(block: Block, links: Sequence[Link]) -> CandidateStart | None:
    """Return the headline that is a link, alone or with its teaser on the same line."""
    link = next((link for link in links if not is_call_to_action(link)), None)
    if link is None or count_words(block.text[: link.start]) > 2:
        return None
    if (headline := _find_headline_after(link, links, block)) is not None:
        return CandidateStart("linked", headline.text, headline, block.text[headline.end :].strip())
    before, after = strip_decoration(block.text[: link.start]), block.text[link.end :].strip()
    before = _NUMBER.sub("", before)
    is_badge = before.strip().isupper()  # "NEW"
    is_apart = is_badge or re.search(r"[:|–—\])-]\s*$", before)
    if before and not is_apart and count_words(before):
        return None
    length, tail = count_words(link.text), READING_TIME.sub(" ", after)
    if length >= _HEADLINE_WORDS and BYLINE.fullmatch(after.lstrip(",|•·–— ")):
        return CandidateStart("linked", link.text, link, "")
    continued = re.match(r"[\s,;'’)]*[a-zà-ÿ\u0e00-\u0eff]|[,;'’]", after)  # with its sentence
    alone = count_words(re.sub(r"[(\[][^)\]]{0,60}[)\]]", "", tail)) <= 1 and length <= 40
    if not alone and not continued and count_words(tail) <= 4 and length >= 2:
        alone = all(other is link or is_call_to_action(other) for other in links)
    if alone:
        return CandidateStart("linked", link.text, link, "")
    if re.match(r"[–—:|↳(•·-]|\.(?:\s|$)", after) or re.search(r"[.:?!]$", link.text):
        return CandidateStart("linked", link.text, link, re.sub(r"^[\s–—:|↳•·.-]+", "", after))
    if length >= _HEADLINE_WORDS and not continued:
        return CandidateStart("linked", link.text, link, _choose_teaser_text(after, block.text))
    return None


def _find_headline_after(source: Link, links: Sequence[Link], block: Block) -> Link | None:
    """Return the linked headline behind the linked name of its source: "Wire: Bolt sold"."""
    later = next((link for link in links if link.start >= source.end), None)
    if later is None or count_words(source.text) >= _HEADLINE_WORDS:
        return None
    is_apart = re.fullmatch(r"\s*[:|–—·]\s*", block.text[source.end : later.start])
    return later if is_apart and count_words(later.text) >= _HEADLINE_WORDS else None


def _choose_teaser_text(rest: str, text: str) -> str:
    """Return the rest of a block where it is a sentence, else the whole block."""
    opening = re.match(r"[\s\"'”’»)]*(.)", rest)
    is_sentence = opening is None or (not opening[1].islower() and opening.start(1) < 2)
    return rest if is_sentence else strip_decoration(text)


def build_item_start(block: Block, links: Sequence[Link]) -> CandidateStart:
    """Return the start of a list item or paragraph, titled by its bold lead or first sentence."""
    link = next(
        (link for link in links if not is_call_to_action(link)), links[0] if links else None
    )
    lead = block.lead
    is_connector = CONNECTORS.fullmatch(normalize_phrase(lead))
    if count_words(lead) >= 2 and is_complete_lead(block) and not is_connector:
        rest = _choose_teaser_text(block.text[len(lead) :].strip(), block.text)
        return CandidateStart("item", lead, link, rest)
    text = strip_decoration(block.text)
    first, rest = split_title(text)
    if count_words(first) > 30 and link and count_words(link.text) >= _HEADLINE_WORDS:
        return CandidateStart("item", link.text, link, text)
    if link and _is_clause(link, block):
        return CandidateStart("item", link.text, link, text)
    return CandidateStart("item", first, link, rest)


def split_title(text: str) -> tuple[str, str]:
    """Return a text's first sentence, or the headline before a dash in it, and the rest."""
    first = next(iter(split_sentences(text)), "")  # spaces alone are no sentence
    if divided := _DIVIDED.match(first):
        return divided[1], text[divided.start(2) :]
    return first, text[len(first) :].strip()


def _is_clause(link: Link, block: Block) -> bool:
    """Return whether the anchor at the start of a sentence says by itself what happened.

    It has a finite verb, and the sentence only adds to it: "Acme will close | in May, it says."
    """
    rest = block.text[link.end :].lstrip(" ,–—")
    begins = not strip_decoration(block.text[: link.start]).strip()
    long = count_words(link.text) >= _HEADLINE_WORDS
    return bool(begins and long and FINITE.search(link.text) and ADDING.match(rest))


def is_complete_lead(block: Block) -> bool:
    """Return whether a bold lead is a title, and not only the first words of a sentence."""
    rest = block.text[len(block.lead) :].lstrip()
    ends = re.search(r"[.:?!–—-][\"'”’)]*$", block.lead.rstrip())
    return bool(ends or re.match(r"[:–—-]|[^\W\da-zà-ÿ]", rest))
