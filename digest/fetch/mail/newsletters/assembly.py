"""Story candidates: groups the blocks of a newsletter under the headings they belong to. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from digest.fetch.mail.newsletters import words
from digest.fetch.mail.newsletters.blocks import Block, Link
from digest.fetch.mail.newsletters.boilerplate import (
    BlockRole,
    LinkResolver,
    is_call_to_action,
    remove_anchors,
)
from digest.fetch.mail.newsletters.candidates import StoryCandidate
from digest.fetch.mail.newsletters.headings import (
    CandidateStart,
    build_item_start,
    describe_look,
    find_linked_start,
    is_complete_lead,
    is_heading,
    is_kicker,
    strip_decoration,
)
from digest.fetch.mail.newsletters.links import is_share_link
from digest.fetch.mail.newsletters.patterns import find_patterns, names_author
from digest.fetch.mail.newsletters.sections import SectionTracker, is_section_name
from digest.fetch.mail.newsletters.sponsors import SponsorTracker
from digest.fetch.mail.newsletters.words import count_words, normalize_phrase

_CALL_WORDS = 12  # the most words beside a call to action
_MAX_COMMENT, _MOST_ANCHOR = 60, 0.8  # words of one; of its text, by its link: a headline is all
_MIN_COMMENT = 15  # words of a paragraph about a page
_MIN_TOLD_BELOW = 8  # words of the text below a title and its mark
_MIN_TOLD = 60  # words below a heading before a list that are a story and no introduction to it
_HEADLINE_WORDS = 4  # the fewest of a picture's text that is a headline
_MIN_TEASER = 6  # words of the paragraph below it
_MAX_TITLE = 20  # words of a list item that is the title of what is below it
_APP = re.compile(r"\bapp\b", re.IGNORECASE)
_MIN_BELOW = 2  # pictures below stories that show that all stand so
_MAX_SOURCE = 5  # words of the name of a source
_MAX_BEFORE_LINK = 5  # characters before the link of one that begins with it
_SHORT_CALL, _LONG_CALL = 4, 10  # words of a linked line below a text; of one above a heading
_MAX_CALL_LABEL = 3  # words before the link of a call
_MAX_FENCED = 120  # words between two rules that are an advertisement
_LOOKAHEAD_BLOCKS = 12  # blocks looked at after a block


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
        self._sponsors = SponsorTracker(resolver)
        self._section = SectionTracker([])
        self._picture_href = ""
        self._picture_title = ""  # its alternative text
        self._picture_cell = 0
        self._pictures_below = 0  # stories so far whose picture stands below their text
        self._quoted: set[str] = set()
        self._unassigned = Block("")  # the title of a bare address below it
        self._following: Sequence[Block] = ()
        self._in_post = False  # the name or handle above a post was the last line
        self._patterns = find_patterns((), resolver)

    def group_blocks(self, blocks: Sequence[tuple[BlockRole, Block]]) -> list[StoryCandidate]:
        """Return the candidates of a newsletter in their order."""
        lines = [block for role, block in blocks if role == "text"]
        self._section = SectionTracker(
            [line for line in lines if is_heading(line, None, self._base, plain=False)]
        )
        self._patterns = find_patterns(blocks, self._resolver)
        boxes = frozenset() if self._plain else self._patterns.boxes
        for index, (role, block) in enumerate(blocks):
            ahead = blocks[index + 1 : index + 1 + _LOOKAHEAD_BLOCKS]
            self._following = [
                other for kind, other in ahead if kind not in ("picture", "label", "idle")
            ]
            last = self._candidates[-1] if self._candidates else None
            role = "label" if role == "tail" and self._begins_paragraph(block) else role
            if role == "text" or (role in ("boilerplate", "poll") and is_section_name(block)):
                self._assign_text(block)
            elif role == "picture":
                self._handle_picture(block)
            elif role == "label" and last and self._is_label_above(block, last):
                last.sponsored = True
                continue
            elif role == "label":
                fenced = self._plain and index > 0 and blocks[index - 1][1].rule
                fenced = fenced and _count_to_rule(blocks[index:]) <= _MAX_FENCED
                self._sponsors.record_label(block, fenced=fenced, boxed=block.cell in boxes)
            elif role == "tail" and last and not self._sponsors.is_new:
                last.sponsored = True
            elif role == "rule":
                self._sponsors.record_rule()
            elif role in ("boilerplate", "poll"):
                self._picture_href = ""
                self._keep_button(block)
            divides = role in ("rule", "boilerplate", "poll")
            if last and (role in ("label", "tail") or (divides and not last.is_empty)):
                last.open = False
        return self._candidates

    def _begins_paragraph(self, block: Block) -> bool:
        """Return whether a line of plain text begins a paragraph, which it says is paid for."""
        below = self._following[0] if self._following else None
        return bool(self._plain and block.gap and below and not below.gap)

    def _keep_button(self, block: Block) -> None:
        """Keep the page of a button below a story whose words may be those of boilerplate.

        What leads to anything else of the letter's own is none of the stories without a link.
        """
        candidate = self._open_candidate
        if not (candidate and candidate.has_text and block.links):
            return
        if block.button and _APP.search(block.text):
            candidate.doubtful_button = next(filter(self._resolver.is_page, block.links), None)
        else:
            candidate.refers = True

    def _is_label_above(self, label: Block, last: StoryCandidate) -> bool:
        """Return whether a label is that of the story above.

        It stands between its title and its text, or as the last line of its card.
        """
        below = self._following[0] if self._following else None
        is_title = last.open and last.kind in ("heading", "linked") and not (last.body or last.rest)
        is_told = below and below.word_count >= _MIN_TOLD_BELOW and not (below.bold or below.level)
        in_card = label.cell == last.cell and label.size < last.size
        ends = last.open and last.has_text and below is not None and below.cell != label.cell
        return bool(in_card and ((is_title and is_told) or (ends and not self._plain)))

    @property
    def _open_candidate(self) -> StoryCandidate | None:
        """The candidate that the next block may belong to."""
        return self._candidates[-1] if self._candidates and self._candidates[-1].open else None

    def _handle_picture(self, block: Block) -> None:
        resolve = self._resolver.resolve_target
        linked = (
            image for image in block.images if resolve(image[1]) and not is_share_link(image[1])
        )
        titled = (image for image in block.images if image[0] in self._patterns.titled)
        alt, href = next(linked, next(titled, ("", "")))
        if not (href or alt):
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
        if above and above.has_text and self._pictures_below >= _MIN_BELOW:
            above.picture_href = above.picture_href or href
            return
        self._picture_href, self._picture_title, self._picture_cell = href, alt, block.cell

    # ------------------------------------------------------------ text

    def _assign_text(self, block: Block) -> None:
        """Give the block to the first method that takes it.

        Running text is left: more of the open candidate, or a story of a round-up or sponsor.
        """
        links = self._resolver.find_story_links(block)
        picture, self._picture_href = self._picture_href, ""
        count = len(self._candidates)
        takers = (
            self._take_linked_label,
            self._take_post,
            self._take_call_to_action,
            self._take_heading,
            self._take_linked_line,
            self._take_listed_item,
            self._take_bold_lead,
            self._take_opening,
        )
        candidate = self._open_candidate
        alone = self._section.splits or self._sponsors.awaited
        alone = alone or (self._plain and block.word_count <= 60)
        if any(take(block, links) for take in takers):
            pass
        elif self._picture_title and self._is_titled_picture(picture, block):
            title, self._picture_title = self._picture_title, ""
            link = Link(title, picture, 0, 0) if picture else None
            self._add_candidate(CandidateStart("linked", title, link, block.text), block)
        elif candidate and candidate.is_ended_list(block):
            candidate.open = False
            self._unassigned = block
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
        started = self._candidates[-1] if len(self._candidates) > count else None
        self._assign_picture(picture, candidate, started)

    def _assign_picture(
        self, picture: str, above: StoryCandidate | None, started: StoryCandidate | None
    ) -> None:
        """Give the page of a picture to the story that its line started, or to the one above."""
        if started:
            started.picture_href = started.picture_href or picture
            is_inside = above and self._picture_cell == started.cell != above.cell
            if is_inside or not (started.link or self._is_picture_below(above, started)):
                return
            if not started.link and started.picture_href == picture:
                started.picture_href = ""
                self._pictures_below += 1
        if above and not above.picture_href:
            above.picture_href = picture

    def _take_linked_label(self, block: Block, links: Sequence[Link]) -> bool:
        """Take the label of a card that is all one link: smaller, above its headline."""
        below = self._following[0] if self._following else None
        if not (below and links) or block.bullet or block.word_count > _MAX_SOURCE:
            return False
        if words.HANDLE.fullmatch(block.text.strip()):
            return False
        key = self._resolver.get_target_key
        targets = {key(link.href) for line in (block, below) for link in line.links}
        covered = all(line.links and line.links[0].text == line.text for line in (block, below))
        return covered and len(targets) == 1 and block.size < below.size

    def _take_call_to_action(self, block: Block, links: Sequence[Link]) -> bool:
        """Take "read more" on a line of its own, or a button: a short linked line below a text."""
        candidate = self._open_candidate
        last = self._candidates[-1] if self._candidates else None
        if last and links and words.BESIDE.match(block.text[: links[0].start]):
            if last.open:
                last.body.append(block)  # "Related: A year of floors"
            return True
        if not (candidate and links):
            return False
        is_told = candidate.has_text or candidate.kind == "linked"
        are_names = all(count_words(link.text) <= _MAX_SOURCE for link in links)
        if is_told and are_names and words.SOURCE.match(block.text[: links[0].start]):
            candidate.body.append(block)  # "Source: The Ledger", "More: Daybook, Wire"
            return True
        beside = count_words(remove_anchors(block, block.links))  # "Back to top" counts for nothing
        calls = all(map(is_call_to_action, links)) and not block.lead
        if calls and beside <= (2 if block.bullet else _CALL_WORDS):
            candidate.open = self._plain or not candidate.has_text
            candidate.body.append(block)
            return True
        in_item = block.bullet and candidate.bullet and block.cell == candidate.cell
        is_alone = len(links) == 1 and (not beside or _is_labelled(block, links[0]))
        is_alone = is_alone and (in_item or not block.bullet)
        is_short = is_alone and (
            count_words(links[0].text) <= _SHORT_CALL or self._is_last_line(block)
        )
        follows_text = candidate.has_text and (candidate.kind in ("heading", "lead") or in_item)
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

    def _is_last_line(self, block: Block) -> bool:
        """Return whether a linked line ends a story without a link so far: a heading is below."""
        candidate = self._open_candidate
        if not candidate or block.bold or block.level or block.size > self._base:
            return False
        linked = any(map(self._resolver.find_story_links, candidate.body))
        below = self._following[0] if self._following else None
        ends = below is not None and describe_look(below) == candidate.look
        return ends and not linked and block.word_count <= _LONG_CALL

    def _take_post(self, block: Block, links: Sequence[Link]) -> bool:
        """Take the name above a post and what it says: posts that a letter collects are stories."""
        below = self._following[0] if self._following else None
        is_handle = self._in_post and words.HANDLE.fullmatch(block.text.strip())
        if is_handle or (self._patterns.has_posts and below and names_author(block, below)):
            self._in_post = True
            return True
        calls = [link for other in self._following[:2] for link in self._resolver.find_calls(other)]
        is_post = self._in_post and calls and not links
        self._in_post = False
        if is_post:
            self._add_candidate(build_item_start(block, ()), block)
        return bool(is_post)

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
        if start and start.rest and self._is_first_sentence(block):
            return False
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

    def _is_first_sentence(self, block: Block) -> bool:
        """Return whether a paragraph that begins with a link is the text of the headline above.

        The name of a section has fewer words, or several such paragraphs below it.
        """
        above = self._open_candidate
        links = self._resolver.find_story_links
        if not above or above.kind != "heading" or above.link or any(map(links, above.body)):
            return False
        if block.bold or block.level or block.bullet or self._plain:
            return False
        below = takewhile(
            lambda line: describe_look(line) != above.look and not line.rule, self._following
        )
        return count_words(above.title) >= _HEADLINE_WORDS and not any(map(links, below))

    def _take_listed_item(self, block: Block, links: Sequence[Link]) -> bool:
        """Take an item of a list: its address stands below it, or only it has none."""
        candidate = self._open_candidate
        below = self._following[0] if self._following else None
        is_addressed = bool(
            self._plain
            and below
            and len(below.links) == 1
            and not (below.text or below.gap or below.bullet)
        )
        item = takewhile(lambda line: line.bullet and line.cell == block.cell, self._following)
        is_first = not (self._plain or (candidate and candidate.cell == block.cell))
        is_title = block.bold or block.word_count > _MAX_SOURCE
        is_addressed |= is_first and is_title and any(map(self._resolver.find_story_links, item))
        is_listed = id(block) in self._patterns.listed
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

    def _take_opening(self, block: Block, links: Sequence[Link]) -> bool:
        """Take a paragraph that begins as most others do, with bold words or a link."""
        if id(block) not in self._patterns.openings:
            return False
        if links and links[0].start <= _MAX_BEFORE_LINK and self._is_first_sentence(block):
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
        is_unlinked = candidate.bullet and not (candidate.link or candidate.body)
        if not self._plain and block.cell == candidate.cell and (is_unlinked or not block.gap):
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
        is_label = not self._plain and is_kicker(block, below, self._base)
        if links or not (is_head or is_label or self._heads_item(block, below)):
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
            linked = sum(
                block.word_count <= _MAX_COMMENT
                and len(links[0].text) < _MOST_ANCHOR * len(block.text)
                for block in run
                if (links := find_links(block))
            )
            has_comments = count_words(title) <= 3 and linked >= 3 and linked >= 0.8 * len(run)
            self._section.begin(block, below, splits=has_comments, is_kicker=is_label)
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
        if self._picture_title in self._patterns.titled:
            return True
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
        """Return whether a bullet of plain text is a title: text and an address stand below it.

        In a letter without addresses the text suffices.
        """
        if not (self._plain and block.bullet and below) or below.gap or below.bullet:
            return False
        title = strip_decoration(block.text)
        item = takewhile(lambda block: not (block.gap or block.bullet), self._following)
        told = not self._patterns.is_linked or any(map(self._resolver.find_story_links, item))
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
                sponsored=words.SPONSORED_TITLE.match(block.text) is not None
                or self._section.is_sponsored(block)
                or self._sponsors.is_sponsored(
                    start.link, (block, *below), first=not self._candidates
                ),
                skipped=self._section.take(block, start),
                menu=self._section.is_menu,
                level=block.level,
                cell=block.cell,
                bullet=block.bullet,
                sourced=re.search(r"\([^()\d]{2,40}\)$", block.text) is not None,
                look=describe_look(block),
            )
        )


def _count_to_rule(blocks: Sequence[tuple[BlockRole, Block]]) -> int:
    """Count the words up to the next rule."""
    return sum(block.word_count for _, block in takewhile(lambda row: not row[1].rule, blocks))


def _is_labelled(block: Block, link: Link) -> bool:
    """Return whether nothing but a few words with a colon stand before a link: "Go deeper: …"."""
    before = block.text[: link.start].rstrip()
    is_last = not re.search(r"\w", block.text[link.end :])
    return is_last and before.endswith((":", "：")) and count_words(before) <= _MAX_CALL_LABEL


def _has_bold_lead(block: Block) -> bool:
    """Return whether a paragraph has a bold lead that may be the title of a story."""
    lead = normalize_phrase(block.lead)
    length = count_words(lead)
    is_title = length >= 2 or (length == 1 and block.lead.rstrip().endswith(":"))
    return is_title and not words.CONNECTORS.fullmatch(lead)
