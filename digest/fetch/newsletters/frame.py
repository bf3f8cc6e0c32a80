"""What in a letter is its frame: the house around the stories, and the way out. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from digest.fetch.newsletters import words
from digest.fetch.newsletters.blocks import Block, Link
from digest.fetch.newsletters.links import impersonal, same_target, shares, unwrap

_MOST_FRAME = 1_200  # characters: longer texts are no frame
_FOOTER_FROM = 0.55  # of the letter's text: a farewell after this is its footer

# ---------------------------------------------------------------- links


@dataclass(slots=True)
class Reader:
    """Links as the letter's reader should see them, worked out once each."""

    readers: tuple[str, ...]
    _known: dict[str, str] = field(default_factory=dict)
    _content: dict[Block, tuple[Link, ...]] = field(default_factory=dict)

    def target(self, href: str) -> str:
        """Where a link leads, without anything about the reader; "" where it leads to no page."""
        if href not in self._known:
            url = unwrap(href)
            self._known[href] = impersonal(url, self.readers) if url else ""
        return self._known[href]

    def leads(self, link: Link) -> bool:
        """Whether a link may lead to a story."""
        if link.href.startswith("#") or shares(link.href) or words.is_chrome(link.text):
            return False
        if words.ANSWER.fullmatch(words.bare(link.text)):
            return False
        url = self.target(link.href)
        return bool(url) and not (shares(url) or _frame_page(url) or _PROFILE.match(url))

    def key(self, href: str) -> str:
        """What two links to one page share."""
        return same_target(self.target(href) or href)

    def content(self, block: Block) -> tuple[Link, ...]:
        """The links of a block that may lead to a story."""
        if block.links and block not in self._content:
            self._content[block] = tuple(link for link in block.links if self.leads(link))
        return self._content.get(block, ())


_FRAME_PATH = re.compile(
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


def _frame_page(url: str) -> bool:
    path = url.partition("://")[2].partition("/")[2].partition("?")[0]
    return bool(_FRAME_PATH.search("/" + path) and _FRAME_PATH.fullmatch("/" + path.rpartition("/")[2]))


def bare_address(link: Link) -> bool:
    """Whether a link lies on no words, or on its own address."""
    return not link.text or bool(
        re.match(
            r"(?:https?://|www\.)\S*$|[\w-]+(?:\.[\w-]+)*\.(?!(?:js|ts|py|rs|md|net)$)[a-z]{2,18}(?:/\S*)?$",
            link.text,
            re.IGNORECASE,
        )
    )


def asks(link: Link) -> bool:
    """Whether a link says "go on here" rather than what it leads to."""
    return bare_address(link) or words.is_more(link.text)


# ---------------------------------------------------------------- the frame of the letter

# "idle": dates and by-lines, which neither say anything of a story nor end one.
Role = Literal["frame", "idle", "rule", "label", "tail", "poll", "picture", "text"]


def framed(blocks: Sequence[Block], reader: Reader) -> Iterator[tuple[Role, Block]]:
    """Each block with what it is to the letter, up to its footer."""
    total = sum(len(block.text) for block in blocks) or 1
    passed, polling = 0, False
    for block in blocks:
        role = _role(block, reader)
        passed += len(block.text)
        if passed > _FOOTER_FROM * total and _farewell(block, reader):
            return
        if polling and role in ("text", "frame") and _answer(block):
            role = "frame"
        elif role != "rule":
            polling = role == "poll"
        yield role, block


def _role(block: Block, reader: Reader) -> Role:
    if block.rule:
        return "rule"
    if not block.text and not block.links:
        return "picture"
    text = words.bare(block.text)
    length = max(words.count(block.text), len(text) // 20)  # words, and what takes their place
    content = reader.content(block)
    if _labels(block, content):
        return "label"
    if length <= 9 and words.SPONSORED_TAIL.fullmatch(block.text.strip()):
        return "tail"
    if words.DATE_LINE.fullmatch(block.text.strip()):
        return "idle"
    if words.is_chrome(block.text) or _menu(block, content, reader) or (block.links and not content and length <= 25):
        return "frame"
    if length <= 20 and words.POLL.search(text) and (not content or text.endswith("?")):
        return "poll"
    if (length <= 45 and words.PLEA.match(text)) or (length <= 90 and _frames(block, content)):
        return "frame"
    if length <= 8 and content and all(_AUTHOR.search(reader.target(link.href)) for link in content):
        return "idle"
    return "text"


_AUTHOR = re.compile(r"//[^/]+/(?:@[\w.-]+|(?:author|authors|profile|people|by|u|user)/[^/]+)/?(?:\?|$)")


def _frames(block: Block, content: Sequence[Link]) -> bool:
    """Whether a block speaks of the letter itself, and none of its links says what story it leads to."""
    text, idle = words.lower(block.text), len(content) < len(block.links)
    if len(text) > _MOST_FRAME or not (idle or all(asks(link) for link in content)):
        return False
    leaves = "unsubscrib" in text and (idle or words.FAREWELL.search(text) is not None)
    return leaves or words.FRAME.search(text) is not None


def _farewell(block: Block, reader: Reader) -> bool:
    """Whether a block is where a letter takes its leave."""
    ways_out = (link for link in block.links if "unsubscri" in f"{link.href} {link.text}".lower())
    if any(not reader.leads(link) for link in ways_out):
        return True
    return len(block.text) <= _MOST_FRAME and bool(words.FAREWELL.search(words.lower(block.text)))


def _labels(block: Block, content: Sequence[Link]) -> bool:
    """Whether a block does nothing but announce an advertisement."""
    text = words.bare(block.text)
    if words.SPONSOR.fullmatch(text):
        return True
    match = words.SPONSOR_NAMED.match(text)
    if not match or len(content) > 1 or re.search(r"[.!?]\s+\w", block.text):
        return False
    if "with" in match[0] and re.search(r",(?: \S+){3}", text):
        return False  # "In partnership with Acme, Bolt opens a shop"
    return words.count(text[match.end() :]) <= 7 and words.count(text) <= 14


def _menu(block: Block, content: Sequence[Link], reader: Reader) -> bool:
    """A row of short links: navigation, ratings, a house's products."""
    if len(block.links) < 2:
        return False
    linked = sum(len(link.text) for link in block.links)
    mean = sum(words.count(link.text) for link in block.links) / len(block.links)
    covered = linked >= 0.6 * len(re.sub(r"[\s|•·/,–—-]+", "", block.text) or "x")
    same = len({reader.key(link.href) for link in content}) == 1
    return covered and not same and mean < (3.0 if len(block.links) > 2 else 2.5)


def _answer(block: Block) -> bool:
    return bool(block.links) and words.count(block.text) <= 9


def said(block: Block, content: Sequence[Link]) -> str:
    """What a block says besides its links."""
    text = block.text
    for link in sorted(content, key=lambda one: -one.start):
        text = text[: link.start] + " " + text[link.end :]
    return text
