"""Reads a letter's blocks in order and hangs each on the head it belongs to. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from digest.fetch.mail.newsletters import words
from digest.fetch.mail.newsletters.blocks import Block, Link
from digest.fetch.mail.newsletters.boilerplate import (
    BlockRole,
    LinkResolver,
    is_call_to_action,
    remove_anchors,
)
from digest.fetch.mail.newsletters.headings import (
    CandidateKind,
    CandidateStart,
    build_item_start,
    find_linked_start,
    is_complete_lead,
    strip_decoration,
)
from digest.fetch.mail.newsletters.links import is_share_link
from digest.urls import extract_host

_MAX_HEADING = 24  # words
_CALL_WORDS = 12  # the most words beside a link that only says "go on here"
_LOOKAHEAD_BLOCKS = 12  # blocks looked at after a head


@dataclass(slots=True)
class StoryCandidate:
    """A story in the making: a head, and the blocks after it that say more."""

    kind: CandidateKind
    title: str
    size: float = 0.0
    link: Link | None = None
    rest: str = ""  # of the head's own block, after the title
    body: list[Block] = field(default_factory=list)
    sponsored: bool = False
    skipped: bool = False  # a job, or part of a poll
    menu: bool = False  # stands under a heading of the house's own things
    open: bool = True  # whether what follows may say more of it
    detailed: bool = False  # the list below it belongs to it
    picture_href: str = ""  # where its picture leads
    button_href: str = ""  # where its button leads
    level: int = 0
    cell: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing but the head is known."""
        return not (self.body or self.link or self.rest)

    @property
    def has_text(self) -> bool:
        """Whether something is said of it already."""
        return bool(self.rest) or any(words.count_words(block.text) >= 5 for block in self.body)


class StoryAssembler:
    """The reading of one letter. `base` is the size of running text, `plain` says that the letter is plain text."""

    def __init__(self, reader: LinkResolver, base: float, sender: str, *, plain: bool) -> None:
        self._reader = reader
        self._base = base
        self._sender = words.normalize_phrase(sender)
        self._plain = plain
        self._candidates: list[StoryCandidate] = []
        self._sponsors = _SponsorTracker(reader)
        self._skip_from = 0.0  # size of the heading whose section is skipped; 0 where none is
        self._menu = False
        self._splitting = False
        self._picture = ""
        self._quoted: set[str] = set()
        self._orphan = Block("")  # text that nothing took: the name of a bare address below it
        self._following: Sequence[Block] = ()

    def group_blocks(self, shown: Sequence[tuple[BlockRole, Block]]) -> list[StoryCandidate]:
        """The units of a letter, in their order."""
        for index, (role, block) in enumerate(shown):
            ahead = shown[index + 1 : index + 1 + _LOOKAHEAD_BLOCKS]
            self._following = [
                one for other, one in ahead if other not in ("picture", "label", "idle")
            ]
            before = shown[index - 1][1] if index else None
            if role == "idle":
                continue
            if role == "text":
                self._assign_text(block)
            elif role == "label":
                self._close_candidate()
                self._sponsors.record_label(
                    block, fenced=self._plain and bool(before and before.rule)
                )
            elif role == "picture":
                self._handle_picture(block)
            elif role == "tail":
                self._mark_sponsored()
            else:
                self._handle_divider(role)
        return self._candidates

    @property
    def _current_candidate(self) -> StoryCandidate | None:
        """The unit that what follows may belong to."""
        return self._candidates[-1] if self._candidates and self._candidates[-1].open else None

    def _close_candidate(self) -> None:
        if self._candidates:
            self._candidates[-1].open = False

    # ------------------------------------------------------------ what is no text

    def _mark_sponsored(self) -> None:
        if self._candidates:
            self._candidates[-1].sponsored = True
            self._close_candidate()

    def _handle_divider(self, role: BlockRole) -> None:
        if role == "rule":
            self._sponsors.record_rule()
        else:
            self._picture = ""
        if self._candidates and not self._candidates[-1].is_empty:
            self._close_candidate()

    def _handle_picture(self, block: Block) -> None:
        linked = [
            (alt, href)
            for alt, href in block.images
            if href and self._reader.resolve_target(href) and not is_share_link(href)
        ]
        if not linked:
            return
        alt, href = linked[0]
        self._sponsors.record_logo(alt, href)
        name = words.normalize_phrase(alt)
        if words.is_boilerplate_label(alt) or "logo" in name or (name and name == self._sender):
            return
        self._picture = href
        if self._current_candidate and not self._current_candidate.picture_href:
            self._current_candidate.picture_href = href

    # ------------------------------------------------------------ text

    def _assign_text(self, block: Block) -> None:
        """Gives the block to the first that takes it."""
        content = self._reader.find_story_links(block)
        picture, self._picture = self._picture, ""
        count = len(self._candidates)
        takers = (
            self._take_call_to_action,
            self._take_button,
            self._take_heading,
            self._take_linked_headline,
            self._take_list_item,
            self._take_bold_lead,
            self._take_paragraph,
        )
        any(take(block, content) for take in takers)
        self._sponsors.record_text()
        if len(self._candidates) > count:
            self._candidates[-1].picture_href = self._candidates[-1].picture_href or picture

    def _take_call_to_action(self, block: Block, content: Sequence[Link]) -> bool:
        """ "Read more", on a line of its own."""
        unit = self._current_candidate
        if (
            not (unit and content and all(is_call_to_action(link) for link in content))
            or block.lead
        ):
            return False
        if words.count_words(remove_anchors(block, content)) > (2 if block.bullet else _CALL_WORDS):
            return False
        unit.open = self._plain or not unit.has_text
        unit.body.append(block)
        return True

    def _take_button(self, block: Block, content: Sequence[Link]) -> bool:
        """A short linked line below a heading and its text: the story's button, whatever it says."""
        unit = self._current_candidate
        if not (
            unit
            and unit.kind == "heading"
            and unit.has_text
            and not unit.button_href
            and len(content) == 1
        ):
            return False
        if (
            block.bullet
            or words.count_words(block.text) > 4
            or words.count_words(remove_anchors(block, content))
        ):
            return False
        below = self._following[0] if self._following else None
        if (
            below
            and not below.gap
            and below.cell == block.cell
            and words.count_words(below.text) >= 6
        ):
            return False  # a headline with its teaser
        unit.button_href, unit.open = content[0].href, self._plain
        unit.body.append(block)
        return True

    def _take_linked_headline(self, block: Block, content: Sequence[Link]) -> bool:
        head = None if self._is_quoted_post(block, content) else find_linked_start(block, content)
        if head is None or self._is_story_detail(block, head):
            return False
        unit = self._current_candidate
        if (
            unit
            and unit.link
            and head.link
            and self._reader.get_target_key(unit.link.href)
            == self._reader.get_target_key(head.link.href)
        ):
            unit.body.append(block)  # a card's second line, a picture's caption
        else:
            self._add_candidate(head, block)
        return True

    def _take_list_item(self, block: Block, content: Sequence[Link]) -> bool:
        """A list's entry that has a link."""
        if (
            not (content and block.bullet)
            or self._is_story_detail(block, None)
            or self._is_quoted_post(block, content)
        ):
            return False
        self._add_candidate(build_item_start(block, content), block)
        return True

    def _take_bold_lead(self, block: Block, content: Sequence[Link]) -> bool:
        """A paragraph whose bold opening begins a story of its own."""
        lead = words.normalize_phrase(block.lead)
        if (
            not _has_bold_lead(block)
            or words.count_words(lead) > 20
            or words.count_words(block.text) < 6
        ):
            return False
        last = self._candidates[-1] if self._candidates else None
        after_head = (
            last is not None and last.kind == "heading" and not last.body and last.link is None
        )
        if last and last.open and last.kind != "lead" and not after_head:
            return False
        alike = any(_has_bold_lead(one) for one in self._following[:8])
        if not (
            (content and (is_complete_lead(block) or alike)) or (is_complete_lead(block) and alike)
        ):
            return False
        head = build_item_start(block, content)
        self._add_candidate(CandidateStart("lead", head.title, head.link, head.rest), block)
        return True

    def _take_paragraph(self, block: Block, content: Sequence[Link]) -> bool:
        """Running text: more of the open unit, or, in a round-up, an advertisement or plain text, a story by itself."""
        if not (content and self._splitting) and self._current_candidate:
            self._current_candidate.body.append(block)
            return True
        lone = (
            self._splitting
            or self._sponsors.awaited
            or (self._plain and words.count_words(block.text) <= 60)
        )
        if content and lone and not self._is_quoted_post(block, content):
            head = build_item_start(block, content)
            self._add_candidate(
                head
                if head.title
                else build_item_start(replace(self._orphan, links=block.links), content),
                block,
            )
            return True
        self._orphan = block
        return False

    def _is_quoted_post(self, block: Block, content: Sequence[Link]) -> bool:
        """Whether a block is a piece of somebody's post, shown as a card that is one link."""
        if not content:
            return False
        key = self._reader.get_target_key(content[0].href)
        if (
            words.HANDLE.fullmatch(block.text.strip())
            and words.count_words(remove_anchors(block, content)) <= 2
        ):
            self._quoted.add(key)
        return key in self._quoted

    def _is_story_detail(self, block: Block, head: CandidateStart | None) -> bool:
        """Whether a list's entry only details the open story: the story has its link, and announced the list."""
        unit = self._current_candidate
        if not (unit and block.bullet):
            return False
        if not self._plain and block.cell == unit.cell and not block.gap:
            return True  # the second line of the same entry
        if head or not unit.body:
            return False
        if unit.kind == "heading":  # its text has given its link before the list
            linked = any(self._reader.find_story_links(one) for one in unit.body if not one.bullet)
            unit.detailed = unit.detailed or (linked and not self._splitting)
        elif unit.link:
            unit.detailed = unit.detailed or unit.body[-1].text.rstrip().endswith(":")
        return unit.detailed

    # ------------------------------------------------------------ headings

    def _take_heading(self, block: Block, content: Sequence[Link]) -> bool:
        if content or not self._is_heading(block):
            return False
        title = strip_decoration(block.text)
        name, length = words.normalize_phrase(title), words.count_words(title)
        smaller = block.size < self._skip_from or (
            block.size == self._skip_from and self._plain and not block.gap
        )
        if not (self._skip_from and smaller):
            skips = words.JOBS.fullmatch(name) or (words.POLL.search(name) and length <= 8)
            self._skip_from = block.size if skips else 0.0
            self._menu = bool(words.MENU.fullmatch(name))
            self._splitting = bool(words.ROUNDUP.fullmatch(name)) or (
                length <= 3 and self._has_comments_below()
            )
        self._add_candidate(CandidateStart("heading", title, None, ""), block)
        return True

    def _is_heading(self, block: Block) -> bool:
        length = words.count_words(block.text)
        if not 0 < length <= _MAX_HEADING or re.search(r"[,;]$", block.text):
            return False
        if block.level:
            return True
        if (block.bold or block.size >= 1.2 * self._base) and not block.bullet:
            return not re.search(r"(?<!\.)\.$", block.text) or length <= 6
        return self._plain and self._is_plain_heading(block, length)

    def _is_plain_heading(self, block: Block, length: int) -> bool:
        """In plain text: a short line with space above it, and its text right below, or alone."""
        below = self._following[0] if self._following else None
        if not (block.gap and below) or length > 18 or len(block.text) > 120:
            return False
        if block.text.endswith(".") or (block.text.endswith(":") and length > 3):
            return False
        if words.GREETING.fullmatch(block.text) and length <= 6:
            return False
        return not block.bullet or (below.gap and not below.bullet)

    def _has_comments_below(self) -> bool:
        """Whether the paragraphs below a short heading are three or more comments, each with its link."""
        run: list[Block] = []
        for block in self._following:
            if block.rule or block.level or block.bold or block.bullet:
                break
            run.append(block)
        linked = [
            block
            for block in run
            if self._reader.find_story_links(block) and words.count_words(block.text) <= 60
        ]
        return len(linked) >= 3 and len(linked) >= 0.8 * len(run)

    def _add_candidate(self, head: CandidateStart, block: Block) -> None:
        below = _blocks_before_heading(self._following)
        unit = StoryCandidate(
            head.kind,
            head.title,
            block.size,
            head.link,
            head.rest,
            sponsored=self._sponsors.is_sponsored(
                head.link, (block, *below), first=not self._candidates
            ),
            skipped=bool(self._skip_from and block.size <= self._skip_from),
            menu=self._menu,
            level=block.level,
            cell=block.cell,
        )
        self._candidates.append(unit)


def _has_bold_lead(block: Block) -> bool:
    """Whether a paragraph has a bold opening that may name a story."""
    lead = words.normalize_phrase(block.lead)
    named = words.count_words(lead) >= 2 or (
        words.count_words(lead) == 1 and block.lead.rstrip().endswith(":")
    )
    return named and not words.CONNECTORS.fullmatch(lead)


def _blocks_before_heading(following: Sequence[Block]) -> list[Block]:
    below: list[Block] = []
    for block in following[:4]:
        if block.level or (block.bold and not block.links):
            break
        below.append(block)
    return below


class _SponsorTracker:
    """What a label ("Sponsored by Acme") announces: whose it is, and where its logo leads."""

    def __init__(self, reader: LinkResolver) -> None:
        self._reader = reader
        self.awaited = False
        self._name = ""
        self._logo = ""
        self._fenced = False  # everything up to the next line drawn across is the sponsor's
        self._text_seen = False

    def record_label(self, block: Block, *, fenced: bool) -> None:
        """A label was read."""
        text = words.normalize_phrase(block.text)
        match = words.SPONSOR_NAMED.match(text)
        content = self._reader.find_story_links(block)
        self._name = re.sub(r"^\W+", "", text[match.end() :]) if match else ""
        self._logo = self._reader.get_target_key(content[0].href) if content else ""
        self.awaited, self._fenced, self._text_seen = True, fenced, False

    def record_logo(self, alt: str, href: str) -> None:
        """A linked picture was read."""
        if self.awaited and not self._logo:
            self._logo = self._reader.get_target_key(href)
            self._name = self._name or words.normalize_phrase(alt)

    def record_text(self) -> None:
        """A block of text was read."""
        self._text_seen = True

    def record_rule(self) -> None:
        """A line drawn across was read."""
        if self._fenced and self._text_seen:
            self.awaited = self._fenced = False

    def is_sponsored(self, link: Link | None, blocks: Sequence[Block], *, first: bool) -> bool:
        """Whether a unit that starts is what was announced. It is where it follows the label at once; where a logo
        came between, or the letter begins with the label, it must name the sponsor or lead where the logo leads."""
        if not self.awaited:
            return False
        self.awaited = self._fenced
        if link and self._logo and self._reader.get_target_key(link.href) == self._logo:
            return True
        if not self._logo and not (first and self._name):
            return True
        name = set(re.findall(r"\w{3,}", self._name)) - {"the", "and", "inc"}
        pages = [self._reader.resolve_target(one.href) for block in blocks for one in block.links]
        said = " ".join((*(block.text for block in blocks), *map(extract_host, pages))).casefold()
        return any(word in said for word in name)
