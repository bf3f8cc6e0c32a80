"""Reads a letter's blocks in order and hangs each on the head it belongs to. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from digest.fetch.newsletters import words
from digest.fetch.newsletters.blocks import Block, Link
from digest.fetch.newsletters.frame import Reader, Role, asks, said
from digest.fetch.newsletters.heads import Head, Kind, complete, item_head, linked_head, undecorated
from digest.fetch.newsletters.links import shares
from digest.urls import host

_MOST_HEADING = 24  # words
_CALL = 12  # the most words beside a link that only says "go on here"
_AHEAD = 12  # blocks looked at after a head


@dataclass(slots=True)
class Unit:
    """A story in the making: a head, and the blocks after it that say more."""

    kind: Kind
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
    picture: str = ""  # where its picture leads
    call: str = ""  # where its button leads
    level: int = 0
    cell: int = 0

    @property
    def empty(self) -> bool:
        """Whether nothing but the head is known."""
        return not (self.body or self.link or self.rest)

    @property
    def told(self) -> bool:
        """Whether something is said of it already."""
        return bool(self.rest) or any(words.count(block.text) >= 5 for block in self.body)


class Assembly:
    """The reading of one letter. `base` is the size of running text, `plain` says that the letter is plain text."""

    def __init__(self, reader: Reader, base: float, sender: str, *, plain: bool) -> None:
        self._reader = reader
        self._base = base
        self._sender = words.bare(sender)
        self._plain = plain
        self._units: list[Unit] = []
        self._sponsors = _Sponsors(reader)
        self._skip_from = 0.0  # size of the heading whose section is skipped; 0 where none is
        self._menu = False
        self._splitting = False
        self._picture = ""
        self._quoted: set[str] = set()
        self._orphan = Block("")  # text that nothing took: the name of a bare address below it
        self._following: Sequence[Block] = ()

    def units(self, shown: Sequence[tuple[Role, Block]]) -> list[Unit]:
        """The units of a letter, in their order."""
        for index, (role, block) in enumerate(shown):
            ahead = shown[index + 1 : index + 1 + _AHEAD]
            self._following = [one for other, one in ahead if other not in ("picture", "label", "idle")]
            before = shown[index - 1][1] if index else None
            if role == "idle":
                continue
            if role == "text":
                self._text(block)
            elif role == "label":
                self._close()
                self._sponsors.announce(block, fenced=self._plain and bool(before and before.rule))
            elif role == "picture":
                self._pictured(block)
            elif role == "tail":
                self._tail()
            else:
                self._divide(role)
        return self._units

    @property
    def _unit(self) -> Unit | None:
        """The unit that what follows may belong to."""
        return self._units[-1] if self._units and self._units[-1].open else None

    def _close(self) -> None:
        if self._units:
            self._units[-1].open = False

    # ------------------------------------------------------------ what is no text

    def _tail(self) -> None:
        if self._units:
            self._units[-1].sponsored = True
            self._close()

    def _divide(self, role: Role) -> None:
        if role == "rule":
            self._sponsors.fence()
        else:
            self._picture = ""
        if self._units and not self._units[-1].empty:
            self._close()

    def _pictured(self, block: Block) -> None:
        linked = [(alt, href) for alt, href in block.images if href and self._reader.target(href) and not shares(href)]
        if not linked:
            return
        alt, href = linked[0]
        self._sponsors.logo(alt, href)
        name = words.bare(alt)
        if words.is_chrome(alt) or "logo" in name or (name and name == self._sender):
            return
        self._picture = href
        if self._unit and not self._unit.picture:
            self._unit.picture = href

    # ------------------------------------------------------------ text

    def _text(self, block: Block) -> None:
        """Gives the block to the first that takes it."""
        content = self._reader.content(block)
        picture, self._picture = self._picture, ""
        count = len(self._units)
        takers = (self._call, self._button, self._heading, self._linked, self._entry, self._opening, self._paragraph)
        any(take(block, content) for take in takers)
        self._sponsors.passed()
        if len(self._units) > count:
            self._units[-1].picture = self._units[-1].picture or picture

    def _call(self, block: Block, content: Sequence[Link]) -> bool:
        """ "Read more", on a line of its own."""
        unit = self._unit
        if not (unit and content and all(asks(link) for link in content)) or block.lead:
            return False
        if words.count(said(block, content)) > (2 if block.bullet else _CALL):
            return False
        unit.open = self._plain or not unit.told
        unit.body.append(block)
        return True

    def _button(self, block: Block, content: Sequence[Link]) -> bool:
        """A short linked line below a heading and its text: the story's button, whatever it says."""
        unit = self._unit
        if not (unit and unit.kind == "heading" and unit.told and not unit.call and len(content) == 1):
            return False
        if block.bullet or words.count(block.text) > 4 or words.count(said(block, content)):
            return False
        below = self._following[0] if self._following else None
        if below and not below.gap and below.cell == block.cell and words.count(below.text) >= 6:
            return False  # a headline with its teaser
        unit.call, unit.open = content[0].href, self._plain
        unit.body.append(block)
        return True

    def _linked(self, block: Block, content: Sequence[Link]) -> bool:
        head = None if self._quotes(block, content) else linked_head(block, content)
        if head is None or self._belongs(block, head):
            return False
        unit = self._unit
        if unit and unit.link and head.link and self._reader.key(unit.link.href) == self._reader.key(head.link.href):
            unit.body.append(block)  # a card's second line, a picture's caption
        else:
            self._start(head, block)
        return True

    def _entry(self, block: Block, content: Sequence[Link]) -> bool:
        """A list's entry that has a link."""
        if not (content and block.bullet) or self._belongs(block, None) or self._quotes(block, content):
            return False
        self._start(item_head(block, content), block)
        return True

    def _opening(self, block: Block, content: Sequence[Link]) -> bool:
        """A paragraph whose bold opening begins a story of its own."""
        lead = words.bare(block.lead)
        if not _opens(block) or words.count(lead) > 20 or words.count(block.text) < 6:
            return False
        last = self._units[-1] if self._units else None
        after_head = last is not None and last.kind == "heading" and not last.body and last.link is None
        if last and last.open and last.kind != "lead" and not after_head:
            return False
        alike = any(_opens(one) for one in self._following[:8])
        if not ((content and (complete(block) or alike)) or (complete(block) and alike)):
            return False
        head = item_head(block, content)
        self._start(Head("lead", head.title, head.link, head.rest), block)
        return True

    def _paragraph(self, block: Block, content: Sequence[Link]) -> bool:
        """Running text: more of the open unit, or, in a round-up, an advertisement or plain text, a story by itself."""
        if not (content and self._splitting) and self._unit:
            self._unit.body.append(block)
            return True
        lone = self._splitting or self._sponsors.awaited or (self._plain and words.count(block.text) <= 60)
        if content and lone and not self._quotes(block, content):
            head = item_head(block, content)
            self._start(head if head.title else item_head(replace(self._orphan, links=block.links), content), block)
            return True
        self._orphan = block
        return False

    def _quotes(self, block: Block, content: Sequence[Link]) -> bool:
        """Whether a block is a piece of somebody's post, shown as a card that is one link."""
        if not content:
            return False
        key = self._reader.key(content[0].href)
        if words.HANDLE.fullmatch(block.text.strip()) and words.count(said(block, content)) <= 2:
            self._quoted.add(key)
        return key in self._quoted

    def _belongs(self, block: Block, head: Head | None) -> bool:
        """Whether a list's entry only details the open story: the story has its link, and announced the list."""
        unit = self._unit
        if not (unit and block.bullet):
            return False
        if not self._plain and block.cell == unit.cell and not block.gap:
            return True  # the second line of the same entry
        if head or not unit.body:
            return False
        if unit.kind == "heading":  # its text has given its link before the list
            linked = any(self._reader.content(one) for one in unit.body if not one.bullet)
            unit.detailed = unit.detailed or (linked and not self._splitting)
        elif unit.link:
            unit.detailed = unit.detailed or unit.body[-1].text.rstrip().endswith(":")
        return unit.detailed

    # ------------------------------------------------------------ headings

    def _heading(self, block: Block, content: Sequence[Link]) -> bool:
        if content or not self._is_heading(block):
            return False
        title = undecorated(block.text)
        name, length = words.bare(title), words.count(title)
        smaller = block.size < self._skip_from or (block.size == self._skip_from and self._plain and not block.gap)
        if not (self._skip_from and smaller):
            skips = words.JOBS.fullmatch(name) or (words.POLL.search(name) and length <= 8)
            self._skip_from = block.size if skips else 0.0
            self._menu = bool(words.MENU.fullmatch(name))
            self._splitting = bool(words.ROUNDUP.fullmatch(name)) or (length <= 3 and self._comments_follow())
        self._start(Head("heading", title, None, ""), block)
        return True

    def _is_heading(self, block: Block) -> bool:
        length = words.count(block.text)
        if not 0 < length <= _MOST_HEADING or re.search(r"[,;]$", block.text):
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

    def _comments_follow(self) -> bool:
        """Whether the paragraphs below a short heading are three or more comments, each with its link."""
        run: list[Block] = []
        for block in self._following:
            if block.rule or block.level or block.bold or block.bullet:
                break
            run.append(block)
        linked = [block for block in run if self._reader.content(block) and words.count(block.text) <= 60]
        return len(linked) >= 3 and len(linked) >= 0.8 * len(run)

    def _start(self, head: Head, block: Block) -> None:
        below = _until_heading(self._following)
        unit = Unit(
            head.kind,
            head.title,
            block.size,
            head.link,
            head.rest,
            sponsored=self._sponsors.claims(head.link, (block, *below), first=not self._units),
            skipped=bool(self._skip_from and block.size <= self._skip_from),
            menu=self._menu,
            level=block.level,
            cell=block.cell,
        )
        self._units.append(unit)


def _opens(block: Block) -> bool:
    """Whether a paragraph has a bold opening that may name a story."""
    lead = words.bare(block.lead)
    named = words.count(lead) >= 2 or (words.count(lead) == 1 and block.lead.rstrip().endswith(":"))
    return named and not words.CONNECTORS.fullmatch(lead)


def _until_heading(following: Sequence[Block]) -> list[Block]:
    below: list[Block] = []
    for block in following[:4]:
        if block.level or (block.bold and not block.links):
            break
        below.append(block)
    return below


class _Sponsors:
    """What a label ("Sponsored by Acme") announces: whose it is, and where its logo leads."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.awaited = False
        self._name = ""
        self._logo = ""
        self._fenced = False  # everything up to the next line drawn across is the sponsor's
        self._said = False

    def announce(self, block: Block, *, fenced: bool) -> None:
        """A label was read."""
        text = words.bare(block.text)
        match = words.SPONSOR_NAMED.match(text)
        content = self._reader.content(block)
        self._name = re.sub(r"^\W+", "", text[match.end() :]) if match else ""
        self._logo = self._reader.key(content[0].href) if content else ""
        self.awaited, self._fenced, self._said = True, fenced, False

    def logo(self, alt: str, href: str) -> None:
        """A linked picture was read."""
        if self.awaited and not self._logo:
            self._logo = self._reader.key(href)
            self._name = self._name or words.bare(alt)

    def passed(self) -> None:
        """A block of text was read."""
        self._said = True

    def fence(self) -> None:
        """A line drawn across was read."""
        if self._fenced and self._said:
            self.awaited = self._fenced = False

    def claims(self, link: Link | None, blocks: Sequence[Block], *, first: bool) -> bool:
        """Whether a unit that starts is what was announced. It is where it follows the label at once; where a logo
        came between, or the letter begins with the label, it must name the sponsor or lead where the logo leads."""
        if not self.awaited:
            return False
        self.awaited = self._fenced
        if link and self._logo and self._reader.key(link.href) == self._logo:
            return True
        if not self._logo and not (first and self._name):
            return True
        name = set(re.findall(r"\w{3,}", self._name)) - {"the", "and", "inc"}
        pages = [self._reader.target(one.href) for block in blocks for one in block.links]
        said = " ".join((*(block.text for block in blocks), *map(host, pages))).casefold()
        return any(word in said for word in name)
