"""A newsletter that is one piece: whether it is, its title, its prose, its page. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from digest.fetch.mail.newsletters import words
from digest.fetch.mail.newsletters.blocks import Block
from digest.fetch.mail.newsletters.boilerplate import BlockRole, LinkResolver
from digest.fetch.mail.newsletters.headings import clean_title, is_heading
from digest.fetch.mail.newsletters.links import is_share_link, make_target_key
from digest.fetch.mail.newsletters.words import count_words, is_boilerplate_label, normalize_phrase
from digest.text import clean_text, truncate_text
from digest.urls import canonical_url

if TYPE_CHECKING:
    from digest.fetch.mail.newsletters.stories import NewsletterStory

_MAX_HEADING = 24  # words
_MAX_TEXT = 60_000
_MAX_NAME = 4  # words of the name of a letter
_TOP_LINES = 6  # lines of a newsletter that are its head
_TOP_CHARS = 2_500  # characters before which its title stands
_LONGEST_LABEL = 200  # characters before an address that may name it
_MIN_PARAGRAPH = 20  # words
MIN_SECTIONS = 3  # stories below headings that look alike
MIN_RANKED = 2  # those of which one has the title of the letter: that of an essay stands above all
MOST_LINKED = 0.75  # share of those that have a link of their own
MAX_SECTION, MAX_NUMBERED = 100, 200  # mean words of one; of a numbered one
_MAX_BRIEF = 50  # mean words of one that is no part of an essay
_MOST_TOLD = 0.6  # share of the prose below the first of them that stands in them
_BEGINNING = 60  # characters of a text by which it is found
_MAX_STORY_WORDS = 250  # of one story that count against an essay

_SENDER_PARTS = re.compile(r"\s+(?:via|from|at|@|de|von|di)\s+|\s*[|·•]\s*")


def split_sender(sender: str) -> list[str]:
    """Return the name of a sender and its parts: "Ann at Acme", "Ann", "Acme"."""
    return [sender, *_SENDER_PARTS.split(sender)]


def find_web_edition(blocks: Sequence[Block], resolver: LinkResolver) -> str:
    """Return the address of the newsletter on the web, a plain one before an opaque one, or "".

    Links to it below the head that lead to several pages belong to single stories.
    """
    top: list[str] = []
    below: list[str] = []
    for index, block in enumerate(block for block in blocks if block.text):
        for link in block.links:
            before = block.text[max(0, link.start - _LONGEST_LABEL) : link.start]
            label = normalize_phrase(link.text or before).removesuffix(" at")
            # "online" alone counts only in the head, or at the beginning of a line
            alone = count_words(label) == 1 and index >= _TOP_LINES and before.strip()
            if words.WEB_EDITION.fullmatch(label) and not alone:
                url = resolver.resolve_target(link.href)
                if url and not is_share_link(url):
                    (top if index < _TOP_LINES else below).append(url)
    found = top or (below if len(set(map(make_target_key, below))) == 1 else [])
    known = [url for url in found if make_target_key(url) == canonical_url(url) and len(url) < 200]
    return (known or found or [""])[0]


def find_title(
    blocks: Sequence[Block],
    subject: str,
    sender: str,
    edition: str,
    resolver: LinkResolver,
    base: float,
) -> tuple[str, str]:
    """Return the heading near the top that is like the subject or leads to the web edition.

    The name of the sender is none, though subjects often begin with it.
    """
    passed, subject_words = 0, set(re.findall(r"\w+", subject.casefold()))
    for block in blocks:
        if passed > _TOP_CHARS:
            break
        passed += len(block.text)
        large = block.level or block.bold or block.size >= 1.2 * base
        if not block.text or not large or block.word_count > _MAX_HEADING:
            continue
        if is_boilerplate_label(block.text):
            continue
        title = normalize_phrase(block.text)
        parts = map(normalize_phrase, split_sender(sender))
        is_masthead = words.names_issue(title, normalize_phrase(subject))
        is_masthead = is_masthead or any(words.names_issue(part, title) for part in parts)
        if is_masthead or (words.MASTHEAD.search(title) and count_words(title) <= _MAX_NAME):
            continue
        if normalize_phrase(block.text) == normalize_phrase(sender) != normalize_phrase(subject):
            continue
        url = next(filter(None, (resolver.resolve_target(link.href) for link in block.links)), "")
        is_edition = url and edition and make_target_key(url) == make_target_key(edition)
        title_words = set(re.findall(r"\w+", block.text.casefold()))
        shorter, longer = sorted((len(title_words), len(subject_words)))
        common = len(title_words & subject_words)
        is_similar = shorter > 0 and common >= 0.7 * shorter and common >= 0.5 * longer
        if is_edition or is_similar:
            return clean_title(block.text), url
    return "", ""


def find_first_heading(
    content: Sequence[tuple[BlockRole, Block]], base: float, *, plain: bool
) -> str:
    """Return the heading that stands above the first paragraph of an essay; "" for none."""
    blocks = [block for role, block in content if role == "text"]
    for block, below in pairwise(blocks[:_TOP_LINES]):
        if block.word_count >= _MIN_PARAGRAPH:
            break
        is_alone = below.gap and below.word_count >= _MIN_PARAGRAPH
        if is_alone and block.word_count >= 3 and is_heading(block, below, base, plain=plain):
            return clean_title(block.text)
    return ""


def extract_prose(content: Sequence[tuple[BlockRole, Block]], title: str) -> str:
    """Return the running text without boilerplate, title and greeting."""
    texts = [
        block.text for role, block in content if role == "text" and clean_title(block.text) != title
    ]

    def is_greeting(text: str) -> bool:
        ends = text.endswith((",", "!", ":", "–", "—"))
        return ends and count_words(text) <= 6 and words.GREETING.fullmatch(text) is not None

    texts = [text for index, text in enumerate(texts) if index > 12 or not is_greeting(text)]
    return truncate_text(clean_text(" ".join(texts)), _MAX_TEXT)


def is_essay(stories: Sequence[NewsletterStory], text: str, title: str) -> bool:
    """Return whether a newsletter is one piece of writing: its prose outweighs its stories."""
    total = count_words(text)
    news = [story for story in stories if not story.sponsored]
    own = [story for story in news if story.title == title]
    strong = [story for story in news if story.strong and story not in own]
    weak = len(news) - len(strong) - len(own)
    if total < 60:
        return False
    told = sum(story.word_count for story in news)
    covers = len(news) == len(own) or (total < _MAX_STORY_WORDS and told >= _MOST_TOLD * total)
    if own and covers and own[0].strong and own[0].word_count < _MAX_STORY_WORDS:
        return False
    if not strong:
        return bool(title) or weak <= 1
    share = 1 - sum(min(story.word_count, _MAX_STORY_WORDS) for story in strong) / total
    if title and all(story.link_only for story in strong):  # a list of links below
        return share >= 0.85 and total >= 120
    if title:
        return share >= 0.7 and total >= 250
    return len(strong) <= 1 and weak <= 1 and share >= 0.85 and total >= 250


def find_sections(
    stories: Sequence[NewsletterStory], text: str, title: str
) -> tuple[object, ...] | None:
    """Return the look of the headings that divide a newsletter into short stories; None for none.

    A number before some of them makes no difference.

    Its own title then names the first of them, or stands above all. An essay's parts are longer,
    and few of them have a page of their own. What stands above the first introduces them, and is
    no longer than they are where the title is none of theirs.
    """
    for look in {story.look[:-1] for story in stories if story.look}:
        alike = [story for story in stories if story.look[:-1] == look and not story.sponsored]
        pages = {make_target_key(story.link) for story in alike if story.link}
        told = sum(story.word_count for story in alike)
        is_numbered = any(story.look[-1] for story in alike)
        is_first = any(story.title == title for story in alike)
        is_brief = is_numbered or told <= _MAX_BRIEF * len(alike)
        fewest = MIN_RANKED if is_first else MIN_SECTIONS + (not is_brief)
        if len(pages) < max(fewest, MOST_LINKED * len(alike)):
            continue
        longest = MAX_NUMBERED if is_numbered or is_first else MAX_SECTION
        start = max(0, text.find(alike[0].teaser[:_BEGINNING]))
        covers = told >= _MOST_TOLD * count_words(text[start:])
        is_introduced = is_first or count_words(text[:start]) <= told
        if told <= longest * len(alike) and covers and is_introduced:
            return look
    return None
