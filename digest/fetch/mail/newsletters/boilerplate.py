"""What in a letter is its frame: the house around the stories, and the way out. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from digest.fetch.mail.newsletters import words
from digest.fetch.mail.newsletters.blocks import Block, Link
from digest.fetch.mail.newsletters.links import (
    is_share_link,
    make_target_key,
    strip_personal_data,
    unwrap_link,
)

_MAX_BOILERPLATE = 1_200  # characters: longer texts are no frame
_FOOTER_FROM = 0.55  # of the letter's text: a farewell after this is its footer

# ---------------------------------------------------------------- links


@dataclass(slots=True)
class LinkResolver:
    """Links as the letter's reader should see them, worked out once each."""

    recipients: tuple[str, ...]
    _known: dict[str, str] = field(default_factory=dict)
    _content: dict[Block, tuple[Link, ...]] = field(default_factory=dict)

    def resolve_target(self, href: str) -> str:
        """Where a link leads, without anything about the reader; "" where it leads to no page."""
        if href not in self._known:
            url = unwrap_link(href)
            self._known[href] = strip_personal_data(url, self.recipients) if url else ""
        return self._known[href]

    def is_story_link(self, link: Link) -> bool:
        """Whether a link may lead to a story."""
        if (
            link.href.startswith("#")
            or is_share_link(link.href)
            or words.is_boilerplate_label(link.text)
        ):
            return False
        if words.ANSWER.fullmatch(words.normalize_phrase(link.text)):
            return False
        url = self.resolve_target(link.href)
        return bool(url) and not (
            is_share_link(url) or _is_boilerplate_url(url) or _PROFILE.match(url)
        )

    def get_target_key(self, href: str) -> str:
        """What two links to one page share."""
        return make_target_key(self.resolve_target(href) or href)

    def find_story_links(self, block: Block) -> tuple[Link, ...]:
        """The links of a block that may lead to a story."""
        if block.links and block not in self._content:
            self._content[block] = tuple(link for link in block.links if self.is_story_link(link))
        return self._content.get(block, ())


_BOILERPLATE_PATH = re.compile(
    r"/(?:un-?subscri\w*|unsub|opt-?out|(?:email-?|manage-?|my-?)?(?:preferences?|subscriptions?)|abmelden|abbestellen|disiscri\w*|"
    r"(?:email-)?settings|account|my-account|desabonn\w*|desinscri\w*|baja|privacy(?:-policy)?|terms(?:-of-\w+)?|impressum|datenschutz|profile/edit|"
    r"subscribe|signup|sign-up|disable_email)(?:\.\w{2,5})?/?",
    re.IGNORECASE,
)


_PROFILE = re.compile(  # somebody's page on a social network
    r"https?://(?:(?:www|m)\.)?(?:(?:x|twitter|instagram|facebook|tiktok|threads|pinterest)\.(?:com|net)/@?[\w.-]+|"
    r"(?:\w+\.)?linkedin\.com/(?:in|company|school|showcase)/[^/?#]+|youtube\.com/(?:@|c/|channel/|user/)[^/?#]+|"
    r"bsky\.app/profile/[^/?#]+|t\.me/\w+|(?:facebook|instagram|linkedin|youtube|x|twitter)\.com)/?(?:[?#].*)?$",
    re.IGNORECASE,
)


def _is_boilerplate_url(url: str) -> bool:
    path = url.partition("://")[2].partition("/")[2].partition("?")[0]
    return bool(
        _BOILERPLATE_PATH.search("/" + path)
        and _BOILERPLATE_PATH.fullmatch("/" + path.rpartition("/")[2])
    )


def is_bare_address(link: Link) -> bool:
    """Whether a link lies on no words, or on its own address."""
    return not link.text or bool(
        re.match(
            r"(?:https?://|www\.)\S*$|[\w-]+(?:\.[\w-]+)*\.(?!(?:js|ts|py|rs|md|net)$)[a-z]{2,18}(?:/\S*)?$",
            link.text,
            re.IGNORECASE,
        )
    )


def is_call_to_action(link: Link) -> bool:
    """Whether a link says "go on here" rather than what it leads to."""
    return is_bare_address(link) or words.is_read_more(link.text)


# ---------------------------------------------------------------- the frame of the letter

# "idle": dates and by-lines, which neither say anything of a story nor end one.
BlockRole = Literal["frame", "idle", "rule", "label", "tail", "poll", "picture", "text"]


def classify_blocks(
    blocks: Sequence[Block], reader: LinkResolver
) -> Iterator[tuple[BlockRole, Block]]:
    """Each block with what it is to the letter, up to its footer."""
    total = sum(len(block.text) for block in blocks) or 1
    passed, polling = 0, False
    for block in blocks:
        role = _classify_block(block, reader)
        passed += len(block.text)
        if passed > _FOOTER_FROM * total and _is_farewell(block, reader):
            return
        if polling and role in ("text", "frame") and _is_poll_answer(block):
            role = "frame"
        elif role != "rule":
            polling = role == "poll"
        yield role, block


def _classify_block(block: Block, reader: LinkResolver) -> BlockRole:
    if block.rule:
        return "rule"
    if not block.text and not block.links:
        return "picture"
    text = words.normalize_phrase(block.text)
    length = max(
        words.count_words(block.text), len(text) // 20
    )  # words, and what takes their place
    content = reader.find_story_links(block)
    if _is_sponsor_label(block, content):
        return "label"
    if length <= 9 and words.SPONSORED_TAIL.fullmatch(block.text.strip()):
        return "tail"
    if words.DATE_LINE.fullmatch(block.text.strip()):
        return "idle"
    if (
        words.is_boilerplate_label(block.text)
        or _is_link_menu(block, content, reader)
        or (block.links and not content and length <= 25)
    ):
        return "frame"
    if length <= 20 and words.POLL.search(text) and (not content or text.endswith("?")):
        return "poll"
    if (length <= 45 and words.PLEA.match(text)) or (
        length <= 90 and _is_boilerplate_text(block, content)
    ):
        return "frame"
    if (
        length <= 8
        and content
        and all(_AUTHOR.search(reader.resolve_target(link.href)) for link in content)
    ):
        return "idle"
    return "text"


_AUTHOR = re.compile(
    r"//[^/]+/(?:@[\w.-]+|(?:author|authors|profile|people|by|u|user)/[^/]+)/?(?:\?|$)"
)


def _is_boilerplate_text(block: Block, content: Sequence[Link]) -> bool:
    """Whether a block speaks of the letter itself, and none of its links says what story it leads to."""
    text, idle = words.fold_text(block.text), len(content) < len(block.links)
    if len(text) > _MAX_BOILERPLATE or not (
        idle or all(is_call_to_action(link) for link in content)
    ):
        return False
    leaves = "unsubscrib" in text and (idle or words.FAREWELL.search(text) is not None)
    return leaves or words.BOILERPLATE_TEXT.search(text) is not None


def _is_farewell(block: Block, reader: LinkResolver) -> bool:
    """Whether a block is where a letter takes its leave."""
    ways_out = (link for link in block.links if "unsubscri" in f"{link.href} {link.text}".lower())
    if any(not reader.is_story_link(link) for link in ways_out):
        return True
    return len(block.text) <= _MAX_BOILERPLATE and bool(
        words.FAREWELL.search(words.fold_text(block.text))
    )


def _is_sponsor_label(block: Block, content: Sequence[Link]) -> bool:
    """Whether a block does nothing but announce an advertisement."""
    text = words.normalize_phrase(block.text)
    if words.SPONSOR.fullmatch(text):
        return True
    match = words.SPONSOR_NAMED.match(text)
    if not match or len(content) > 1 or re.search(r"[.!?]\s+\w", block.text):
        return False
    if "with" in match[0] and re.search(r",(?: \S+){3}", text):
        return False  # "In partnership with Acme, Bolt opens a shop"
    return words.count_words(text[match.end() :]) <= 7 and words.count_words(text) <= 14


def _is_link_menu(block: Block, content: Sequence[Link], reader: LinkResolver) -> bool:
    """A row of short links: navigation, ratings, a house's products."""
    if len(block.links) < 2:
        return False
    linked = sum(len(link.text) for link in block.links)
    mean = sum(words.count_words(link.text) for link in block.links) / len(block.links)
    covered = linked >= 0.6 * len(re.sub(r"[\s|•·/,–—-]+", "", block.text) or "x")
    same = len({reader.get_target_key(link.href) for link in content}) == 1
    return covered and not same and mean < (3.0 if len(block.links) > 2 else 2.5)


def _is_poll_answer(block: Block) -> bool:
    return bool(block.links) and words.count_words(block.text) <= 9


def strip_links(block: Block, content: Sequence[Link]) -> str:
    """What a block says besides its links."""
    text = block.text
    for link in sorted(content, key=lambda one: -one.start):
        text = text[: link.start] + " " + text[link.end :]
    return text
