"""Story candidates: groups the blocks of a newsletter under the headings they belong to. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

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
    describe_look,
    find_linked_start,
    is_complete_lead,
    is_heading,
    strip_decoration,
)
from digest.fetch.mail.newsletters.links import is_share_link
from digest.fetch.mail.newsletters.sections import SectionTracker, is_aside, is_section_name
from digest.fetch.mail.newsletters.words import count_words, normalize_phrase
from digest.urls import extract_host

_CALL_WORDS = 12  # the most words beside a call to action
_MIN_COMMENT = 15  # words of a paragraph about a page
_MIN_LINKED, _MOST_LINKED = 3, 0.75  # items of a list with a link, and their share
_MIN_ITEM = 8  # words of one without
_MIN_TOLD_BELOW = 8  # words of the text below a title and its mark
_MAX_BOX = 0.5  # of a letter's words, in a cell that is a box
_MIN_TOLD = 60  # words below a heading before a list that are a story and no introduction to it
_HEADLINE_WORDS = 4  # the fewest of a picture's text that is a headline
_MIN_TEASER = 6  # words of the paragraph below it
_MAX_TITLE = 20  # words of a list item that is the title of what is below it
_MAX_SOURCE = 5  # words of the name of a source
_MAX_BEFORE_LINK = 5  # characters before the link of one that begins with it
_LOOKAHEAD_BLOCKS = 12  # blocks looked at after a block


@dataclass(slots=True)
class StoryCandidate:
    """A heading with the blocks after it that say more."""

    kind: CandidateKind
    title: str
    size: float = 0.0
    link: Link | None = None
    rest: str = ""  # of the heading's own block, after the title
    body: list[Block] = field(default_factory=list)
    sponsored: bool = False
    skipped: bool = False  # a job, or part of a poll
    menu: bool = False  # stands under the heading of a menu
    open: bool = True  # the next blocks may belong to it
    listed: bool = False  # an item without a link in a list whose others have one
    detailed: bool = False  # the list below it belongs to it
    picture_href: str = ""  # address of its linked picture
    button: Link | None = None
    level: int = 0
    cell: int = 0
    look: tuple[object, ...] = ()  # of its heading: see describe_look

    @property
    def is_empty(self) -> bool:
        """Whether nothing but the heading is known."""
        return not (self.body or self.link or self.rest)

    def has_own_text(self, block: Block) -> bool:
        """Whether a paragraph below is more than the teaser of a headline that is a link."""
        is_teaser = self.kind == "linked" and not block.bullet and block.cell == self.cell
        return bool(self.rest or self.body) or not is_teaser

    @property
    def has_text(self) -> bool:
        """Whether there is some text already."""
        return bool(self.rest) or any(block.word_count >= 5 for block in self.body)


class StoryAssembler:
    """The grouping of one newsletter.

    `base` is the font size of running text, `plain` says that the newsletter is plain text.
    """

    def __init__(self, resolver: LinkResolver, base: float, sender: str, *, plain: bool) -> None:
        self._resolver = resolver
        self._base = base
        self._sender = normalize_phrase(sender)
        self._plain = plain
        self._candidates: list[StoryCandidate] = []
        self._sponsors = _SponsorTracker(resolver)
        self._section = SectionTracker([])
        self._picture_href = ""
        self._picture_title = ""  # its alternative text
        self._quoted: set[str] = set()
        self._unassigned = Block("")  # the title of a bare address below it
        self._following: Sequence[Block] = ()
        self._listed: set[int] = set()  # of items without a link, by the identity of their block

    def group_blocks(self, blocks: Sequence[tuple[BlockRole, Block]]) -> list[StoryCandidate]:
        """Return the candidates of a newsletter in their order."""
        lines = [block for role, block in blocks if role == "text"]
        self._section = SectionTracker(
            [line for line in lines if is_heading(line, None, self._base, plain=False)]
        )
        self._listed = _find_listed_items(blocks, self._resolver)
        boxes = set() if self._plain else _find_boxes(blocks)
        for index, (role, block) in enumerate(blocks):
            ahead = blocks[index + 1 : index + 1 + _LOOKAHEAD_BLOCKS]
            self._following = [
                other for kind, other in ahead if kind not in ("picture", "label", "idle")
            ]
            last = self._candidates[-1] if self._candidates else None
            if role == "text" or (role in ("boilerplate", "poll") and is_section_name(block)):
                self._assign_text(block)
            elif role == "picture":
                self._handle_picture(block)
            elif role == "label" and last and self._is_below_title(block, last):
                last.sponsored = True
                continue
            elif role == "label":
                fenced = self._plain and index > 0 and blocks[index - 1][1].rule
                self._sponsors.record_label(block, fenced=fenced, boxed=block.cell in boxes)
            elif role == "tail" and last and not self._sponsors.is_new:
                last.sponsored = True
            elif role == "rule":
                self._sponsors.record_rule()
            elif role in ("boilerplate", "poll"):
                self._picture_href = ""
            divides = role in ("rule", "boilerplate", "poll")
            if last and (role in ("label", "tail") or (divides and not last.is_empty)):
                last.open = False
        return self._candidates

    def _is_below_title(self, label: Block, last: StoryCandidate) -> bool:
        """Return whether a label stands between a title and its text: it is that title's."""
        below = self._following[0] if self._following else None
        is_title = last.open and last.kind in ("heading", "linked") and not (last.body or last.rest)
        is_told = below and below.word_count >= _MIN_TOLD_BELOW and not (below.bold or below.level)
        return bool(is_title and is_told and label.cell == last.cell and label.size < last.size)

    @property
    def _open_candidate(self) -> StoryCandidate | None:
        """The candidate that the next block may belong to."""
        return self._candidates[-1] if self._candidates and self._candidates[-1].open else None

    def _handle_picture(self, block: Block) -> None:
        resolve = self._resolver.resolve_target
        linked = (
            image for image in block.images if resolve(image[1]) and not is_share_link(image[1])
        )
        alt, href = next(linked, ("", ""))
        if not href:
            return
        self._sponsors.record_logo(alt, href)
        name = normalize_phrase(alt)
        is_logo = "logo" in name or (name and name == self._sender)
        if is_logo or words.is_boilerplate_label(alt):
            return
        above = self._open_candidate
        if alt and above and above.has_text and words.is_read_more(alt):
            above.button = above.button or Link(alt, href, 0, 0)  # a button that is a picture
            return
        self._picture_href, self._picture_title = href, alt

    # ------------------------------------------------------------ text

    def _assign_text(self, block: Block) -> None:
        """Give the block to the first method that takes it.

        Running text is left: more of the open candidate, or a story of a round-up or sponsor.
        """
        links = self._resolver.find_story_links(block)
        picture, self._picture_href = self._picture_href, ""
        count = len(self._candidates)
        takers = (
            self._take_call_to_action,
            self._take_heading,
            self._take_linked_line,
            self._take_listed_item,
            self._take_bold_lead,
        )
        candidate = self._open_candidate
        alone = self._section.splits or self._sponsors.awaited
        alone = alone or (self._plain and block.word_count <= 60)
        if any(take(block, links) for take in takers):
            pass
        elif picture and self._is_titled_picture(picture, block):
            title = Link(self._picture_title, picture, 0, 0)
            self._add_candidate(CandidateStart("linked", title.text, title, block.text), block)
        elif candidate and not (links and self._section.splits and candidate.has_own_text(block)):
            candidate.body.append(block)
        elif links and alone and not self._is_quoted_post(block, links):
            start = build_item_start(block, links)
            if not start.title:
                start = build_item_start(replace(self._unassigned, links=block.links), links)
            self._add_candidate(start, block)
        else:
            self._unassigned = block
        self._sponsors.text_seen, self._sponsors.is_new = True, False
        if len(self._candidates) > count:
            started = self._candidates[-1]
            started.picture_href = started.picture_href or picture
            if not (started.link or self._is_picture_below(candidate, started)):
                return
        if candidate and not candidate.picture_href:
            candidate.picture_href = picture

    def _take_call_to_action(self, block: Block, links: Sequence[Link]) -> bool:
        """Take "read more" on a line of its own, or a button: a short linked line below a text."""
        candidate = self._open_candidate
        if not (candidate and links):
            return False
        if (
            candidate.has_text
            and len(links) == 1
            and count_words(links[0].text) <= _MAX_SOURCE
            and words.SOURCE.match(block.text[: links[0].start])
        ):
            candidate.body.append(block)  # "Source: The Ledger"
            return True
        beside = count_words(remove_anchors(block, links))
        calls = all(map(is_call_to_action, links)) and not block.lead
        if calls and beside <= (2 if block.bullet else _CALL_WORDS):
            candidate.open = self._plain or not candidate.has_text
            candidate.body.append(block)
            return True
        is_short = len(links) == 1 and block.word_count <= 4 and not (block.bullet or beside)
        follows_text = candidate.kind == "heading" and candidate.has_text
        if block.button and candidate.has_text:
            candidate.button = candidate.button or links[0]
            candidate.open = self._plain
            return True
        if not (is_short and follows_text) or candidate.button:
            return False
        below = self._following[0] if self._following else None
        if below and not below.gap and below.cell == block.cell and below.word_count >= 6:
            return False  # a headline with its teaser
        candidate.button, candidate.open = links[0], self._plain
        candidate.body.append(block)
        return True

    def _take_linked_line(self, block: Block, links: Sequence[Link]) -> bool:
        """Take a headline that is a link, or a list item that has one."""
        quoted = self._is_quoted_post(block, links)
        start = None if quoted else find_linked_start(block, links)
        if not (start or quoted) and self._continues_comments(block, links):
            start = build_item_start(block, links)
        is_candidate = start or (links and block.bullet)
        if not is_candidate or self._is_story_detail(block, start) or quoted:
            return False
        candidate, key = self._open_candidate, self._resolver.get_target_key
        if (
            start
            and candidate
            and candidate.link
            and start.link
            and key(candidate.link.href) == key(start.link.href)
        ):
            candidate.body.append(block)  # the second line of a card, the caption of a picture
        else:
            below = self._following[0] if self._following else None
            self._section.meet_headline(block, below)
            self._add_candidate(start or build_item_start(block, links), block)
        return True

    def _take_listed_item(self, block: Block, links: Sequence[Link]) -> bool:
        """Take an item of a list: its address stands below it, or only it has none."""
        below = self._following[0] if self._following else None
        is_addressed = bool(
            self._plain
            and below
            and len(below.links) == 1
            and not (below.text or below.gap or below.bullet)
        )
        is_listed = id(block) in self._listed
        if not block.bullet or links or not (is_addressed or is_listed):
            return False
        self._add_candidate(build_item_start(block, ()), block)
        self._candidates[-1].listed = is_listed
        return True

    def _take_bold_lead(self, block: Block, links: Sequence[Link]) -> bool:
        """Take a paragraph whose bold lead begins a new story."""
        if not _has_bold_lead(block) or count_words(normalize_phrase(block.lead)) > 20:
            return False
        last = self._candidates[-1] if self._candidates else None
        if last and last.open and last.kind != "lead":
            after_heading = last.kind == "heading" and not last.body and last.link is None
            if not after_heading:
                return False
        reasons = (
            bool(links),
            is_complete_lead(block),
            any(map(_has_bold_lead, self._following[:8])),
        )
        if block.word_count < 6 or sum(reasons) < 2:
            return False
        self._add_candidate(replace(build_item_start(block, links), kind="lead"), block)
        return True

    def _continues_comments(self, block: Block, links: Sequence[Link]) -> bool:
        """Return whether a paragraph begins with the page it is about, as the story above does."""
        above = self._open_candidate
        return bool(
            above
            and above.kind == "linked"
            and above.link
            and above.rest
            and not above.body
            and above.cell == block.cell
            and block.word_count >= _MIN_COMMENT
            and links
            and links[0].start <= _MAX_BEFORE_LINK
            and count_words(links[0].text) >= 2
            and not is_call_to_action(links[0])
        )

    def _is_quoted_post(self, block: Block, links: Sequence[Link]) -> bool:
        """Return whether a block is part of a quoted post, shown as a card that is one link."""
        if not links:
            return False
        key = self._resolver.get_target_key(links[0].href)
        is_handle = words.HANDLE.fullmatch(block.text.strip())
        if is_handle and count_words(remove_anchors(block, links)) <= 2:
            self._quoted.add(key)
        return key in self._quoted

    def _is_story_detail(self, block: Block, start: CandidateStart | None) -> bool:
        """Return whether a list item details the open story, which has its link and says so."""
        candidate = self._open_candidate
        if not (candidate and block.bullet):
            return False
        if not self._plain and block.cell == candidate.cell and not block.gap:
            return True  # the second line of the same item
        if start or not candidate.body:
            return False
        if candidate.kind == "heading":  # its text gave its link before the list, or its story
            text = [block for block in candidate.body if not block.bullet]
            linked = any(map(self._resolver.find_story_links, text))
            told = sum(block.word_count for block in text) >= _MIN_TOLD
            told = told or any(
                words.CONNECTORS.fullmatch(normalize_phrase(block.lead)) for block in text
            )
            candidate.detailed |= (linked or told) and not self._section.splits
        elif candidate.link:
            announced = candidate.body[-1].text.rstrip().endswith(":")
            candidate.detailed = candidate.detailed or announced
        return candidate.detailed

    # ------------------------------------------------------------ headings

    def _take_heading(self, block: Block, links: Sequence[Link]) -> bool:
        below = self._following[0] if self._following else None
        is_head = is_heading(block, below, self._base, plain=self._plain) or is_section_name(block)
        if links or not (is_head or self._heads_item(block, below)):
            return False
        title = strip_decoration(block.text)
        if not self._section.encloses(block, plain=self._plain):
            # three or more short paragraphs, each with a link, are comments on stories
            run = list(
                takewhile(
                    lambda block: not (block.rule or block.level or block.bold or block.bullet),
                    self._following,
                )
            )
            find_links = self._resolver.find_story_links
            linked = sum(1 for block in run if find_links(block) and block.word_count <= 60)
            has_comments = count_words(title) <= 3 and linked >= 3 and linked >= 0.8 * len(run)
            self._section.begin(block, below, splits=has_comments)
        self._add_candidate(CandidateStart("heading", title, None, ""), block)
        return True

    def _is_picture_below(self, above: StoryCandidate | None, below: StoryCandidate) -> bool:
        """Return whether a picture between two stories belongs to the one above it.

        It stands above its heading in most letters; in one that begins without it, below its text.
        """
        if above is None or above.look != below.look or above.picture_href:
            return False
        links = [link for block in above.body for link in self._resolver.find_story_links(block)]
        is_named = normalize_phrase(self._picture_title) == normalize_phrase(below.title)
        return not (links or above.link or above.button or is_named)

    def _is_titled_picture(self, href: str, block: Block) -> bool:
        """Return whether a picture above a paragraph shows its headline: the call below leads on.

        A picture inside a story has the page of the story.
        """
        key, open_story = self._resolver.get_target_key, self._open_candidate
        if open_story and (not open_story.has_text or self._leads_to(open_story, key(href))):
            return False
        calls = (link for other in self._following[:2] for link in self._resolver.find_calls(other))
        call = next(calls, None)
        is_title = _HEADLINE_WORDS <= count_words(self._picture_title) <= _MAX_TITLE
        told = is_title and block.word_count >= _MIN_TEASER
        return bool(told and call and key(call.href) == key(href))

    def _leads_to(self, candidate: StoryCandidate, key: str) -> bool:
        find = self._resolver.get_target_key
        links = [candidate.link, *(link for block in candidate.body for link in block.links)]
        return any(link and find(link.href) == key for link in links)

    def _heads_item(self, block: Block, below: Block | None) -> bool:
        """Return whether a bullet of plain text is a title: text and an address stand below it."""
        if not (self._plain and block.bullet and below) or below.gap or below.bullet:
            return False
        title = strip_decoration(block.text)
        item = takewhile(lambda block: not (block.gap or block.bullet), self._following)
        told = any(map(self._resolver.find_story_links, item))
        is_title = 3 <= count_words(title) <= _MAX_TITLE and not re.search(r"[.:,;]$", title)
        return is_title and told and not re.match(r"[a-zà-ÿ.,;:]", below.text)

    def _add_candidate(self, start: CandidateStart, block: Block) -> None:
        below = takewhile(
            lambda block: not (block.level or (block.bold and not block.links)),
            self._following[:4],
        )
        self._candidates.append(
            StoryCandidate(
                start.kind,
                start.title,
                block.size,
                start.link,
                start.rest,
                sponsored=self._section.is_sponsored(block)
                or self._sponsors.is_sponsored(
                    start.link, (block, *below), first=not self._candidates
                ),
                skipped=self._section.take(block, start) or is_aside(start.title),
                menu=self._section.is_menu,
                level=block.level,
                cell=block.cell,
                look=describe_look(block),
            )
        )


def _find_listed_items(
    blocks: Sequence[tuple[BlockRole, Block]], resolver: LinkResolver
) -> set[int]:
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


def _find_boxes(blocks: Sequence[tuple[BlockRole, Block]]) -> set[int]:
    """Return the layout cells that hold a small part of a letter."""
    counts: Counter[int] = Counter()
    for _, block in blocks:
        counts[block.cell] += block.word_count
    return {cell for cell, count in counts.items() if count <= _MAX_BOX * counts.total()}


def _has_bold_lead(block: Block) -> bool:
    """Return whether a paragraph has a bold lead that may be the title of a story."""
    lead = normalize_phrase(block.lead)
    length = count_words(lead)
    is_title = length >= 2 or (length == 1 and block.lead.rstrip().endswith(":"))
    return is_title and not words.CONNECTORS.fullmatch(lead)


class _SponsorTracker:
    """What a label ("Sponsored by Acme") announces: the name, and the target of the logo."""

    def __init__(self, resolver: LinkResolver) -> None:
        self._resolver = resolver
        self.awaited = False
        self.text_seen = False  # since the label
        self.is_new = False  # nothing stood below the label so far
        self._name = ""
        self._logo = ""
        self._fenced = False  # everything up to the next rule is the sponsor's
        self._box: int | None = None  # the layout cell of the label: all that stands in it is

    def record_label(self, block: Block, *, fenced: bool, boxed: bool) -> None:
        text = normalize_phrase(block.text)
        match = words.SPONSOR_NAMED.match(text)
        links = self._resolver.find_story_links(block)
        self._name = re.sub(r"^\W+", "", text[match.end() :]) if match else ""
        self._logo = self._resolver.get_target_key(links[0].href) if links else ""
        self.awaited, self._fenced, self.text_seen, self.is_new = True, fenced, False, True
        self._box = block.cell if boxed and block.cell else None

    def record_logo(self, alt: str, href: str) -> None:
        if self.awaited and not self._logo:
            self._logo = self._resolver.get_target_key(href)
            self._name = self._name or normalize_phrase(alt)

    def record_rule(self) -> None:
        if self._fenced and self.text_seen:
            self.awaited = self._fenced = False

    def is_sponsored(self, link: Link | None, blocks: Sequence[Block], *, first: bool) -> bool:
        """Return whether a new candidate is the announced advertisement.

        It is where it follows the label at once; where a logo came between, or the newsletter
        begins with the label, it must name the sponsor or have the target of the logo.
        """
        if blocks[0].cell == self._box:
            self.awaited = False
            return True
        if not self.awaited:
            return False
        self.awaited = self._fenced
        if link and self._logo and self._resolver.get_target_key(link.href) == self._logo:
            return True
        if not self._logo and not (first and self._name):
            return True
        name = set(re.findall(r"\w{3,}", self._name)) - {"the", "and", "inc"}
        texts = [block.text for block in blocks]
        hrefs = [link.href for block in blocks for link in block.links]
        hosts = [extract_host(self._resolver.resolve_target(href)) for href in hrefs]
        text = " ".join((*texts, *hosts)).casefold()
        return any(word in text for word in name)
