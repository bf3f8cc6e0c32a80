"""Advertisements that a label announces: which story the label means. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from digest.fetch.mail.newsletters import words
from digest.fetch.mail.newsletters.blocks import Block, Link
from digest.fetch.mail.newsletters.boilerplate import LinkResolver
from digest.fetch.mail.newsletters.words import normalize_phrase
from digest.urls import extract_host


class SponsorTracker:
    """What a label ("Sponsored by Acme") announces: the name, and the target of the logo."""

    def __init__(self, resolver: LinkResolver) -> None:
        self._resolver = resolver
        self.awaited = False
        self.text_seen = False  # since the label
        self.is_new = False  # nothing stood below the label so far
        self._name = ""
        self._logo = ""
        self._fenced = False  # everything up to the next rule is the sponsor's
        self._level = 0  # of the label: a heading of its rank ends what the rules enclose
        self._box: int | None = None  # the layout cell of the label: all that stands in it is

    def record_label(self, block: Block, *, fenced: bool, boxed: bool) -> None:
        text = normalize_phrase(block.text)
        match = words.SPONSOR_NAMED.match(text)
        links = self._resolver.find_story_links(block)
        self._name = re.sub(r"^\W+", "", text[match.end() :]) if match else ""
        self._logo = self._resolver.get_target_key(links[0].href) if links else ""
        self.awaited, self._fenced, self.text_seen, self.is_new = True, fenced, False, True
        self._level = block.level
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
        if self._fenced and 0 < blocks[0].level <= self._level:
            self.awaited = self._fenced = False
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
