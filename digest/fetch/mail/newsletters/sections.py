"""Sections of a newsletter: what a heading says of the parts below it, and where they end. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Literal

from digest.fetch.mail.newsletters import words
from digest.fetch.mail.newsletters.blocks import Block
from digest.fetch.mail.newsletters.headings import CandidateStart, describe_look, strip_decoration
from digest.fetch.mail.newsletters.words import count_words, normalize_phrase

# aside: jobs, events, what a letter asks for or tells of itself: no news. picks: what its writers
# read and use: news only where a part is a headline. A menu has short links, a roundup a story in
# each paragraph; classifieds are advertisements.
SectionKind = Literal["aside", "picks", "menu", "roundup", "classifieds", ""]
_ENCLOSING = ("aside", "picks", "classifieds")

_PERIOD = re.compile(r"^(?:(?:today|this (?:week|month|issue))'s|our|your|the) ")
_TOPICS = re.compile(r"careers?|karriere|carriera|carri[eè]res?|carreras?")  # of stories as well
_MAX_NAME = 8  # words of the heading of a section
_MAX_PREFIX = 5  # words before a colon that name the section of one story
_MIN_HEADLINE = 4  # words
_MIN_LABELS = 3  # headings of one look that divide the whole letter


def classify_section(name: str) -> SectionKind:
    """Return the kind of a section by the words of its heading; "" for one of stories."""
    name = normalize_phrase(name)
    if not 0 < count_words(name) <= _MAX_NAME:
        return ""
    return _classify_name(name) or _classify_name(_PERIOD.sub("", name))


def _classify_name(name: str) -> SectionKind:
    asides = (words.JOBS, words.OWN_MATTERS, words.EVENTS)
    if any(pattern.fullmatch(name) for pattern in asides) or words.POLL.search(name):
        return "aside"
    kinds: tuple[tuple[re.Pattern[str], SectionKind], ...] = (
        (words.PICKS, "picks"),
        (words.CLASSIFIEDS, "classifieds"),
        (words.MENU, "menu"),
        (words.ROUNDUP, "roundup"),
    )
    return next((kind for pattern, kind in kinds if pattern.fullmatch(name)), "")


def is_aside(title: str, *, like_stories: bool = False) -> bool:
    """Return whether a title, or its beginning before a colon, names what is no news: "Job: …".

    A headline behind the colon, made as the stories are, may be news: "Survey: half of us …".
    """
    prefix = re.match(r"([^:|：]{3,40})\s*[:|：]", strip_decoration(title))
    named = prefix and count_words(prefix[1]) <= _MAX_PREFIX and not title.endswith("?")
    begins = normalize_phrase(prefix[1]) if prefix and named else ""
    whole = normalize_phrase(title)
    if words.JOBS.fullmatch(begins) or any(
        pattern.fullmatch(whole) for pattern in (words.JOBS, words.OWN_MATTERS)
    ):
        return True
    is_news = like_stories and count_words(whole) - count_words(begins) >= _MIN_HEADLINE
    return words.OWN_MATTERS.fullmatch(begins) is not None and not is_news


def is_section_name(block: Block) -> bool:
    """Return whether a line of any look names a section that is no news, or short news."""
    if block.links or block.bullet or not block.gap or block.word_count > _MAX_NAME:
        return False
    kind = "" if re.search(r"[.,;:!]$", block.text) else classify_section(block.text)
    is_roundup = kind == "roundup" and block.text.isupper() and block.word_count > 1
    return is_roundup or kind in _ENCLOSING


class SectionTracker:
    """The section that the next block of a newsletter stands in.

    A section ends at a heading as large as its own. The heading may be a label, smaller than the
    headlines below it: where such labels divide the whole letter, each ends the one before, else a
    label is that of one story, and of all that do not look like the stories above it.
    """

    def __init__(self, headings: Sequence[Block]) -> None:
        """Prepare for a newsletter with these headings, linked or not."""
        self._labels = Counter(describe_look(block) for block in headings if not block.links)
        lengths: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
        for block in headings:
            if not classify_section(block.text):
                lengths[describe_look(block)].append(block.word_count)
        self._headlines = {  # looks of headlines, which names of sections are too short for
            look
            for look, found in lengths.items()
            if sum(found) >= _MIN_HEADLINE * len(found) > _MIN_HEADLINE
        }
        self._told: set[tuple[object, ...]] = set()  # looks of stories
        self._heading: Block | None = None
        self._kind: SectionKind = ""
        self._members = 0
        self._member_size = 0.0  # of the first
        self._are_plain = False  # the parts are neither bold nor headings
        self._is_told = False  # it has a text of its own, and is no list
        self._splits = False

    @property
    def is_menu(self) -> bool:
        """Whether the links of the section are a menu."""
        return self._kind == "menu"

    @property
    def splits(self) -> bool:
        """Whether each paragraph of the section is a story."""
        return self._splits

    def is_sponsored(self, block: Block) -> bool:
        """Return whether a part is an advertisement: its section says so, or it is an event's."""
        if self._heading is block and self._is_event_card(block):
            return True
        return self._kind == "classifieds"

    def begin(
        self, block: Block, below: Block | None, *, splits: bool, is_kicker: bool = False
    ) -> None:
        """Enter the section of a heading, or of the label of one story."""
        self._heading, self._members = block, 0
        name = strip_decoration(block.text)
        is_topic = is_kicker and _TOPICS.fullmatch(normalize_phrase(name))
        self._kind = "" if is_topic else classify_section(name)
        self._are_plain = bool(below and not below.bold and not below.level)
        is_text = self._are_plain and below and not below.bullet
        self._is_told = bool(is_text and below and not below.text.endswith(":"))
        self._splits = splits or self._kind in ("roundup", "picks", "classifieds")

    def encloses(self, block: Block, *, plain: bool) -> bool:
        """Return whether a heading belongs to the section that is no news, and ends it not."""
        if not (self._heading and self._kind in _ENCLOSING):
            return False
        size = self._heading.size
        if block.size == size:
            return plain and not block.gap
        return block.size < size or self._is_below_label(block)

    def meet_headline(self, block: Block, below: Block | None) -> None:
        """End the section at a linked headline that is none of its parts.

        It looks like the heading; or has a teaser, in a menu; or is bold where the parts are plain.
        """
        if not (block.bold or block.level):
            return
        if self._heading and describe_look(block) == describe_look(self._heading):
            self._kind = ""
        if self.is_menu and below and not below.links and below.word_count >= 10:
            self._kind = ""
        if self._are_plain and self._kind in _ENCLOSING:
            self._kind = ""

    def take(self, block: Block, start: CandidateStart) -> bool:
        """Return whether a part that begins with a block is left out with its section."""
        if block.bullet and self._is_told and describe_look(block) in self._told:
            self._kind = ""  # a list of stories goes on after it
        is_inside = bool(self._heading and self._kind in _ENCLOSING)
        if is_inside and self._heading and block is not self._heading:
            is_inside = block.size <= self._heading.size or self._is_below_label(block)
            self._member_size = self._member_size if self._members else block.size
            self._members += 1
        if not is_inside:
            self._told.add(describe_look(block))
        if self._heading is block and self._is_event_card(block):
            return False
        is_headline = start.kind != "item" and count_words(start.title) >= _MIN_HEADLINE
        return is_inside and (self._kind == "aside" or (self._kind == "picks" and not is_headline))

    def _is_event_card(self, block: Block) -> bool:
        """Return whether the heading that names an event looks as headlines do."""
        is_event = words.EVENTS.fullmatch(normalize_phrase(strip_decoration(block.text)))
        return bool(is_event and describe_look(block) in self._headlines)

    def _is_below_label(self, block: Block) -> bool:
        label = self._heading
        if label is None or block.size <= label.size:
            return False
        if not self._members or self._labels[describe_look(label)] >= _MIN_LABELS:
            return True
        return block.size <= self._member_size and describe_look(block) not in self._told
