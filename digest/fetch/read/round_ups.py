"""The parts of an entry that tells several events: a round-up, an issue of a letter. Pure.

An entry has parts where its structure is sure, and stays whole everywhere else:

- Its title is a round-up's ("This week in …", "… – Acme Pulse"), and three or more of its headings
  have the same labels below them ("Key facts", "Why this matters"). What has none of these labels
  is the issue's own: its opinion, its dates, what it advertises.
- Its title is a round-up's, and three or more of its headings are links, each to a page of its own.
- Its title lists headlines between semicolons, and two of them or more stand as headings, with
  others like them, each above a text of its own. What the title alone tells is a part, too.
- Its title lists headlines between semicolons, and the first sentence of its summary lists as many
  clauses or more.
- Its title lists three headlines or more between semicolons.

A list of tips, of tools or of a product's functions has headings and links as well: without such a
title nothing has parts. Nor has a list between commas, for a headline has commas of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from digest.fetch.mail.newsletters.blocks import Block
from digest.fetch.mail.newsletters.html_blocks import parse_html_blocks
from digest.fetch.read import fields
from digest.model.retrieved import EntryPart, FeedEntry
from digest.text import (
    clean_text,
    is_round_up_title,
    list_stems,
    list_words,
    split_sentences,
    strip_credits,
)
from digest.urls import canonical_url

_MIN_PARTS, _MIN_LISTED = 3, 2  # of which so many stand in the title
_MAX_PARTS = 30
_MAX_MARKUP = 100_000  # characters; they take 0.1 s of CPU
_MOST_LINKED = 0.8  # of the headings
_MARKDOWN = re.compile(r"(#{2,6})\s+(?=\S)")
_NUMBER = re.compile(r"\(?\d{1,2}[.)]\s+")
# "Key facts: The court …", and a paragraph of a label alone
_LABEL = re.compile(r"([^\W\d_][^:：.!?\n]{2,40})[:：](?:\s|$)")
_MAX_LABEL = 5  # words
_MAX_HEADLINE = 30  # words
_MIN_HEADLINE = 3  # words
_MIN_WIDE, _MAX_WIDE = 6, 48  # characters, where words are not spaced
# "… is sold.”", "…已被收购。（来源：某报）"
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]」』）]*(?:\s*[(（][^()（）]{1,40}[)）])?$")
_BETWEEN = re.compile(r"\s*[;；]\s*")
_SERIES_NAME = re.compile(  # "8点1氪丨…", "Acme Daily: …", "… | Acme Daily"
    r"^(?:[^丨｜|:：;；]{1,14}[丨｜|]|[^:;]{0,30}\b(?:daily|weekly|digest|briefing|news):(?=\s))\s*|"
    r"\s*[丨｜|][^丨｜|:：;；]{1,20}$",
    re.IGNORECASE,
)
_WIDE = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_STARTS_SMALL = re.compile(r"[^\w]*[a-zà-ÿ]")
_CONJUNCTION = re.compile(r"^(?:and|und|et|e|y|plus)\s+", re.IGNORECASE)
_SHORT_STEM = 4  # letters of a word that shows what a clause is about
_WIDE_PAIR = re.compile(r"(?=([\u3040-\u30ff\u3400-\u9fff]{2}))")
_ALIKE = 2  # words, or pairs of wide characters, that a headline and a heading share


def add_parts(entry: FeedEntry, markup: str = "") -> FeedEntry:
    """Return an entry with its parts, where it surely tells of several events.

    `markup` is that of its full text. An entry without an address or a date has none: its parts
    would have no place, and another quarter than the issue.
    """
    if not entry.link or not (entry.published or entry.updated):
        return entry
    is_round_up, headlines = is_round_up_title(entry.title), _list_headlines(entry.title)
    parts: Sequence[EntryPart] = ()
    if (is_round_up or headlines) and "<" in markup and len(markup) <= _MAX_MARKUP:
        blocks = [_mark_heading(block) for block in parse_html_blocks(markup)[0] if block.text]
        if is_round_up:
            parts = _find_labelled_parts(entry, blocks) or _find_linked_parts(entry, blocks)
        parts = parts or _find_listed_parts(entry, blocks, headlines)
    parts = parts or _split_title(entry, headlines)
    parts = _drop_repeats(parts, canonical_url(entry.link))
    return replace(entry, parts=parts) if len(parts) > 1 else entry


def _drop_repeats(parts: Sequence[EntryPart], issue: str) -> tuple[EntryPart, ...]:
    """Return the parts, each title once; no link is the issue's own page or that of two parts."""
    by_title: dict[str, EntryPart] = {}
    for part in parts:
        by_title.setdefault(part.title, part)
    pages = Counter(canonical_url(part.link) for part in by_title.values())
    pages[issue] += len(parts)
    return tuple(
        replace(part, link=part.link if pages[canonical_url(part.link)] == 1 else "")
        for part in by_title.values()
    )


# ---------------------------------------------------------------- headings


@dataclass(frozen=True, slots=True)
class _Section:
    """What stands between two headings of a text."""

    heading: Block
    blocks: tuple[Block, ...]

    @property
    def labels(self) -> frozenset[str]:
        """The headings within it, and the labels of its paragraphs."""
        return frozenset(filter(None, map(_find_label, self.blocks)))


def _find_labelled_parts(entry: FeedEntry, blocks: Sequence[Block]) -> tuple[EntryPart, ...]:
    """Return the parts of a text whose sections have labels in common; () where too few have."""
    for sections in _list_sections(blocks):
        counts = Counter(label for section in sections for label in section.labels)
        common = frozenset(label for label, count in counts.items() if count >= _MIN_PARTS)
        labelled = [section for section in sections if section.labels & common]
        if 2 * len(labelled) >= len(sections) and (
            parts := _read_sections(labelled, common, entry)
        ):
            return parts
    return ()


def _find_linked_parts(entry: FeedEntry, blocks: Sequence[Block]) -> tuple[EntryPart, ...]:
    """Return the parts of a text nearly all of whose headings are links to pages of their own."""
    for sections in _list_sections(blocks):
        linked = [section for section in sections if section.heading.links]
        pages = {canonical_url(section.heading.links[0].href) for section in linked}
        if _MOST_LINKED * len(sections) <= len(pages) and (
            parts := _read_sections(linked, frozenset(), entry)
        ):
            return parts
    return ()


def _find_listed_parts(
    entry: FeedEntry, blocks: Sequence[Block], headlines: Sequence[str]
) -> tuple[EntryPart, ...]:
    """Return the parts of a text among whose headings stand headlines that its title lists."""
    listed = list(map(_list_signs, headlines))
    for sections in _list_sections(blocks):
        parts = _read_sections(sections, frozenset(), entry)
        told = [_list_signs(part.title) for part in parts]
        lost = [
            headline
            for headline, signs in zip(headlines, listed, strict=True)
            if not any(len(signs & known) >= _ALIKE for known in told)
        ]
        if parts and len(headlines) - len(lost) >= _MIN_LISTED:
            return (*parts, *(EntryPart(headline, "", "", "") for headline in lost))
    return ()


def _list_signs(text: str) -> frozenset[str]:
    """Return what shows of which event a headline is: stems, and pairs of wide characters."""
    return list_stems(text, _SHORT_STEM) | frozenset(_WIDE_PAIR.findall(text))


def _list_sections(blocks: Sequence[Block]) -> Iterator[tuple[_Section, ...]]:
    """Yield the sections below the headings of each level that has enough of them."""
    levels = Counter(block.level for block in blocks if block.level)
    for level in sorted(levels):
        if levels[level] >= _MIN_PARTS:
            yield tuple(_split_sections(blocks, level))


def _mark_heading(block: Block) -> Block:
    """Return a block, with the level of a heading that is written as in Markdown."""
    mark = _MARKDOWN.match(block.text)
    if block.level or not mark:
        return block
    text = block.text[mark.end() :]
    return replace(block, text=text, level=len(mark[1]), links=(), lead="")


def _split_sections(blocks: Sequence[Block], level: int) -> Iterator[_Section]:
    """Yield the sections below the headings of a level; a larger heading ends one, too."""
    heading: Block | None = None
    below: list[Block] = []
    for block in blocks:
        if 0 < block.level <= level:
            if heading:
                yield _Section(heading, tuple(below))
            heading, below = (block if block.level == level else None), []
        else:
            below.append(block)
    if heading:
        yield _Section(heading, tuple(below))


def _find_label(block: Block) -> str:
    """Return the label at the beginning of a block, in small letters; "" where there is none."""
    label = _LABEL.match(block.text)
    text = block.text if block.level else label[1] if label else block.lead
    words = list_words(text.casefold())
    return " ".join(words) if len(words) <= _MAX_LABEL else ""


def _read_sections(
    sections: Sequence[_Section], common: frozenset[str], entry: FeedEntry
) -> tuple[EntryPart, ...]:
    """Return the parts that sections tell; () where they are too few for a round-up."""
    found = (_read_section(section, common, entry) for section in sections)
    parts = tuple(part for part in found if part)[:_MAX_PARTS]
    return parts if len(parts) >= _MIN_PARTS else ()


def _read_section(section: _Section, common: frozenset[str], entry: FeedEntry) -> EntryPart | None:
    """Return the part that a section tells; None where it has no headline or no sentence."""
    title = _read_headline(section.heading.text)
    if not title:
        return None
    lead: list[str] = []
    for block in section.blocks:
        if block.level or _find_label(block) in common:
            break
        lead.append(clean_text(block.text))
    summary = "\n".join(lead if common else lead[:1])
    if not _SENTENCE_END.search(summary):
        return None
    lines = (clean_text(block.text) for block in section.blocks)
    call = _find_call(section, common)
    links = (*section.heading.links, *(call.links if call else ()))
    return EntryPart(
        _read_report(call, title) if call else title,
        summary,
        "\n".join(lines),
        fields.normalize_link(links[0].href, entry.link) if links else "",
    )


def _read_headline(text: str) -> str:
    """Return a headline without its number; "" for what is too short or too long for one."""
    headline = fields.normalize_title(_NUMBER.sub("", text, count=1)).strip(" .")
    return headline if _is_long_enough(headline) else ""


def _is_long_enough(headline: str) -> bool:
    if _WIDE.search(headline):
        return _MIN_WIDE <= len(headline) <= _MAX_WIDE
    return _MIN_HEADLINE <= len(list_words(headline)) <= _MAX_HEADLINE


def _find_call(section: _Section, common: frozenset[str]) -> Block | None:
    """Return the block that ends a section and names its report: "Our report: Acme sells Bolt"."""
    last = section.blocks[-1]
    is_call = _find_label(last) in common and not _SENTENCE_END.search(last.text)
    return last if is_call else None


def _read_report(call: Block, title: str) -> str:
    """Return the headline of the report that a part names, where it is of the same event.

    The report is an entry of its own, with which a part of the same headline is one story.
    """
    label = _LABEL.match(call.text)
    headline = _read_headline(call.text[label.end() :]) if label else ""
    is_alike = len(_list_signs(headline) & _list_signs(title)) >= _ALIKE
    return headline if is_alike else title


# ---------------------------------------------------------------- titles


def _list_headlines(title: str) -> tuple[str, ...]:
    """Return the headlines that a title lists between semicolons; () where it is no such list.

    Words in small letters behind a semicolon go on with the same event; a label before each part
    ("Pattern: …; Verify: …") makes a note of it.
    """
    if not _BETWEEN.search(title):
        return ()
    headlines = _BETWEEN.split(_SERIES_NAME.sub("", strip_credits(title)).strip(" ;；"))
    labels = sum(_LABEL.match(headline) is not None for headline in headlines)
    if len(headlines) < _MIN_LISTED or labels > 1 or any(map(_STARTS_SMALL.match, headlines)):
        return ()
    return tuple(headlines)


def _split_title(entry: FeedEntry, headlines: Sequence[str]) -> tuple[EntryPart, ...]:
    """Return the headlines of a title, with their clauses of the summary's first sentence."""
    if not headlines:
        return ()
    if clauses := _split_clauses(entry.summary, len(headlines)):
        pairs = zip_longest(headlines, clauses, fillvalue="")
        return tuple(_pair_clause(headline, clause) for headline, clause in pairs)
    if len(headlines) < _MIN_PARTS or not all(map(_is_long_enough, headlines)):
        return ()
    return tuple(EntryPart(headline, "", "", "") for headline in headlines[:_MAX_PARTS])


def _split_clauses(summary: str, at_least: int) -> list[str]:
    """Return the clauses that the first sentence of a summary lists; [] for none or too few.

    The last begins with "and": other sentences have semicolons between what one event brought.
    """
    sentence = next(iter(split_sentences(summary)), "")
    clauses = [clause.strip(" .") for clause in _BETWEEN.split(sentence)]
    is_list = len(clauses) >= max(at_least, _MIN_PARTS) and _CONJUNCTION.match(clauses[-1])
    if not is_list or not all(map(_is_long_enough, clauses)):
        return []
    return [_make_sentence(_CONJUNCTION.sub("", clause)) for clause in clauses]


def _make_sentence(clause: str) -> str:
    end = "" if _SENTENCE_END.search(clause) else "."
    return clause[:1].upper() + clause[1:] + end


def _pair_clause(headline: str, clause: str) -> EntryPart:
    """Return a part with its headline; without one that is about the clause, with the clause."""
    shared = list_stems(headline, _SHORT_STEM) & list_stems(clause, _SHORT_STEM)
    return EntryPart(headline if shared else clause.rstrip("."), clause, "", "")
