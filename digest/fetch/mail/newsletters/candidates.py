"""A story while a letter is read: its heading with what stands below it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from digest.fetch.mail.newsletters.blocks import Block, Link
from digest.fetch.mail.newsletters.headings import CandidateKind


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
    sourced: bool = False  # the name of a source stands after the title
    refers: bool = False  # to the letter's own matters: "Upgrade"
    listed: bool = False  # an item without a link in a list whose others have one
    detailed: bool = False  # the list below it belongs to it
    picture_href: str = ""  # address of its linked picture
    button: Link | None = None
    doubtful_button: Link | None = None  # whose words are as well those of boilerplate
    level: int = 0
    cell: int = 0
    bullet: bool = False  # an item of a list
    look: tuple[object, ...] = ()  # of its heading: see describe_look

    @property
    def is_empty(self) -> bool:
        """Whether nothing but the heading is known."""
        return not (self.body or self.link or self.rest)

    def has_own_text(self, block: Block) -> bool:
        """Whether a paragraph below is more than the teaser of a headline that is a link."""
        is_teaser = self.kind == "linked" and not block.bullet and block.cell == self.cell
        return bool(self.rest or self.body) or not is_teaser

    def is_ended_list(self, block: Block) -> bool:
        """Whether a paragraph stands below the list of HTML in which this is an item."""
        return self.kind == "item" and self.bullet and not block.bullet and block.cell != self.cell

    @property
    def has_text(self) -> bool:
        """Whether there is some text already."""
        return bool(self.rest) or any(block.word_count >= 5 for block in self.body)
