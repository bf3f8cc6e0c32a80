"""Boilerplate removal: blocks and links of the newsletter itself, not of a story. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal

from digest.fetch.mail.newsletters import words
from digest.fetch.mail.newsletters.blocks import Block, Link, is_title
from digest.fetch.mail.newsletters.links import (
    is_opaque,
    is_share_link,
    make_target_key,
    strip_personal_data,
    unwrap_link,
)
from digest.fetch.mail.newsletters.mime import ADDRESS
from digest.fetch.mail.newsletters.words import count_words, is_boilerplate_label, normalize_phrase

_NUMERAL = re.compile(r"[#№]?\d{1,2}[.)/]?")  # that counts the stories, in a line of its own
_FOOTNOTE = re.compile(r"[*†‡] ?\w(?!.*\*$)")
_POSTSCRIPT = re.compile(r"\W*P\.? ?(?:P\.? ?)?S\.?(?:[:.–—-]|\s)")
_MAX_BOILERPLATE = 1_200  # characters: a longer text is content
_MAX_CONTACT = 30  # words around an address for mails
_MAX_REPEATED, _SHORT_CALL = 6, 3  # words of a call that is repeated; of one that is so once
_MIN_TITLES, _MAX_LABEL = 3, 5  # titles above calls; words of a line between
_MAX_CLOSING = 3  # words of a link after the last sentence
_SMALL, _MAX_PREHEADER = 12.0, 3  # pixels; words of a first line that is one link
_MAX_QUESTION, _MAX_ANSWER = 20, 8  # words of a question, and of an answer that is a link
_MEAN_ANSWER, _MIN_ANSWERS = 4, 2  # answers are shorter than headlines
_FOOTER_FROM = 0.55  # of the newsletter's text: a farewell after this begins the footer

# ---------------------------------------------------------------- links

_BOILERPLATE_PATH = re.compile(  # the last segment of a path
    r"/(?:un-?subscri\w*|unsub|opt-?out|"
    r"(?:email-?|manage-?|my-?)?(?:preferences?|subscriptions?)|abmelden|abbestellen|disiscri\w*|"
    r"(?:email-)?settings|account|my-account|desabonn\w*|desinscri\w*|baja|privacy(?:-policy)?|"
    r"terms(?:-of-\w+)?|impressum|datenschutz|subscribe|signup|sign-up|disable_email|"
    r"advertis(?:e|ing)(?:-with-us)?|media-?kit|mediadaten|refer(?:ral)?s?|refer-a-friend|invite|"
    r"donate|upgrade|contact(?:-us)?|kontakt|contatti|contacto|careers|jobs)"
    r"(?:\.\w{2,5})?",
    re.IGNORECASE,
)
_LEAVING = re.compile(  # "/unsubscribe/" and the number of the reader
    r"/(?:un-?subscribe|opt-?out|abmelden|abbestellen|desinscription|disiscrizione)/[^/]*\d",
    re.IGNORECASE,
)
_JOB = re.compile(  # an advertisement of a job
    r"https?://(?:(?:jobs?|careers?|karriere|stellen)\.|[^/]+/(?:[\w-]+/)?(?:jobs?|careers?|vacanc(?:y|ies)|"
    r"stellen(?:angebote?|anzeigen?|markt)|karriere|emplois?|offres?-d-emploi|empleos?|vagas?|vacatures?|lavora-con-noi)/[^?#]|"
    r"(?:[\w-]+\.)?(?:greenhouse\.io|lever\.co|workable\.com|ashbyhq\.com|recruitee\.com|personio\.(?:de|com)|"
    r"smartrecruiters\.com|stepstone\.\w+|indeed\.\w+|welcometothejungle\.com)/)",
    re.IGNORECASE,
)
_PROFILE = re.compile(  # somebody's page on a social network
    r"https?://(?:(?:www|m)\.)?(?:"
    r"(?:x|twitter|instagram|facebook|tiktok|threads|pinterest)\.(?:com|net)/@?[\w.-]+|"
    r"(?:\w+\.)?linkedin\.com/(?:in|company|school|showcase)/[^/?#]+|"
    r"youtube\.com/(?:@|c/|channel/|user/)[^/?#]+|bsky\.app/profile/[^/?#]+|t\.me/\w+|"
    r"(?:facebook|instagram|linkedin|youtube|x|twitter)\.com)/?(?:[?#].*)?$",
    re.IGNORECASE,
)
_AUTHOR = re.compile(
    r"//[^/]+/(?:@[\w.-]+|(?:author|authors|profile|people|by|u|user|(?:comm/)?newsletters)/[^/]+)/?(?:\?|$)"
)
_BARE_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S*$|"
    r"[\w-]+(?:\.[\w-]+)*\.(?!(?:js|ts|py|rs|md|net)$)[a-z]{2,18}(?:/\S*)?$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class LinkResolver:
    """The links of a newsletter, without personal data of its `recipients`; each resolved once."""

    recipients: tuple[str, ...]
    _targets: dict[str, str] = field(default_factory=dict)
    _story_links: dict[Block, tuple[Link, ...]] = field(default_factory=dict)

    def resolve_target(self, href: str) -> str:
        """Return the address of the page that a link leads to; "" where it leads to none."""
        if href not in self._targets:
            url = unwrap_link(href)
            self._targets[href] = strip_personal_data(url, self.recipients) if url else ""
        return self._targets[href]

    def is_story_link(self, link: Link) -> bool:
        """Return whether a link may lead to a story."""
        phrase = normalize_phrase(link.text)
        is_own = is_boilerplate_label(link.text) or words.ANSWER.fullmatch(phrase)
        return not is_own and self.is_page(link)

    def is_page(self, link: Link) -> bool:
        """Return whether a link may lead to a story, whatever its anchor says."""
        if link.href.startswith("#") or is_share_link(link.href):
            return False
        url = self.resolve_target(link.href)
        path = url.partition("://")[2].partition("/")[2].partition("?")[0]
        boilerplate = _BOILERPLATE_PATH.fullmatch("/" + path.rpartition("/")[2])
        boilerplate = boilerplate or _LEAVING.search("/" + path)
        other = is_share_link(url) or _PROFILE.match(url) or _JOB.match(url)
        return bool(url) and not (boilerplate or other)

    def get_target_key(self, href: str) -> str:
        """Return a key that all links to one page share."""
        return make_target_key(self.resolve_target(href) or href)

    def find_story_links(self, block: Block) -> tuple[Link, ...]:
        """Return the links of a block that may lead to a story."""
        if block.links and block not in self._story_links:
            links = tuple(link for link in block.links if self.is_story_link(link))
            self._story_links[block] = links
        return self._story_links.get(block, ())

    def find_calls(self, block: Block) -> list[Link]:
        """Return the links of a block that are calls to action and may lead to a story."""
        links = self.find_story_links(block)
        return [link for link in links if is_call_to_action(link) or closes_text(link, block)]


def is_bare_address(link: Link) -> bool:
    """Return whether a link has no anchor, or its own address as anchor."""
    return not link.text or _BARE_ADDRESS.match(link.text) is not None


def is_call_to_action(link: Link) -> bool:
    """Return whether an anchor says "read on" rather than what the link leads to."""
    called = link.call or words.is_read_more(link.text)
    return called or is_bare_address(link) or is_offer(link)


def mark_repeated_calls(blocks: Sequence[Block], resolver: LinkResolver) -> list[Block]:
    """Return the blocks; links are calls whose words end several texts, each with its own page.

    So a call is recognized whatever it says, in any language.
    """
    pages: defaultdict[str, set[str]] = defaultdict(set)
    inside: set[str] = set()
    for above, block in pairwise((Block(""), *(block for block in blocks if block.text))):
        for link in block.links:
            phrase = normalize_phrase(link.text)
            is_last = not re.search(r"\w", block.text[link.end :]) and stands_apart(link, block)
            is_below = link.start or not any(one.text == above.text for one in above.links)
            is_short = count_words(phrase) <= _MAX_REPEATED
            if is_last and is_below and is_short and not link.href.startswith("#"):
                pages[phrase].add(resolver.get_target_key(link.href))
            else:
                inside.add(phrase)
    calls = {
        phrase
        for phrase, found in pages.items()
        if phrase and len(found) >= (2 if count_words(phrase) <= _SHORT_CALL else 3)
    } - inside
    return [
        replace(
            block,
            links=tuple(
                replace(link, call=normalize_phrase(link.text) in calls) for link in block.links
            ),
        )
        if block.links
        else block
        for block in blocks
    ]


def mark_called_titles(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks; lines that look like any other are titles where a call stands below each.

    The name of a source may stand between, as in the rows of a table.
    """
    lines = [block for block in blocks if block.text]
    calls = [index for index, line in enumerate(lines) if _is_repeated_call(line)]
    found: set[int] = set()
    headed = 0  # stand below a title: they are its text
    for index in calls:
        rows = [
            place
            for place in range(max(0, index - 2), index)
            if not (lines[place].links or lines[place].bold or lines[place].level)
        ]
        titles = [place for place in rows if is_title(lines[place].text, ends=".:,;!…")]
        others = [place for place in rows if place not in titles]
        if titles and all(lines[place].word_count <= _MAX_LABEL for place in others):
            above = lines[titles[0] - 1] if titles[0] else Block("")
            headed += bool(above.bold or above.level or (above.links and not above.links[0].call))
            found.add(id(lines[titles[0]]))
    if len(found) < max(_MIN_TITLES, len(calls)) or headed > 1:
        return list(blocks)
    return [replace(block, bold=block.bold or id(block) in found) for block in blocks]


def _is_repeated_call(line: Block) -> bool:
    return len(line.links) == 1 and line.links[0].call and line.links[0].text == line.text


def closes_text(link: Link, block: Block, longest: int = _MAX_CLOSING) -> bool:
    """Return whether a link of a few words stands after the last sentence: "It is out. Details"."""
    is_last = not re.search(r"\w", block.text[link.end :])
    is_after = re.search(r"[.!?…。:][\"'”’»)]*\s+[(\[]?$", block.text[: link.start])
    return bool(is_last and is_after and count_words(link.text) <= longest)


def stands_apart(link: Link, block: Block) -> bool:
    """Return whether a link is no part of a sentence that begins before it."""
    before = block.text[: link.start].rstrip()
    return not before or before[-1] in ".!?:…。！？：–—-|·•→>»”\"'’)]"


def is_offer(link: Link) -> bool:
    """Return whether an anchor asks to buy, to try, or to take: an advertisement's call."""
    phrase = normalize_phrase(link.text)
    return bool(words.OFFER.fullmatch(phrase) or words.DOWNLOAD.fullmatch(phrase))


def remove_anchors(block: Block, links: Sequence[Link]) -> str:
    """Return the text of a block without the anchors of links."""
    text = block.text
    for link in sorted(links, key=lambda link: -link.start):
        text = text[: link.start] + " " + text[link.end :]
    return text


# ---------------------------------------------------------------- blocks

# label: announces an advertisement below it; tail: marks one above it; idle: dates and by-lines,
# which neither belong to a story nor end one
BlockRole = Literal["boilerplate", "idle", "rule", "label", "tail", "poll", "picture", "text"]


def classify_blocks(
    blocks: Sequence[Block], resolver: LinkResolver
) -> Iterator[tuple[BlockRole, Block]]:
    """Yield each block with its role, up to the footer."""
    total = sum(len(block.text) for block in blocks) or 1
    passed, in_poll = 0, False
    first = next((block for block in blocks if block.text), None)
    for index, block in enumerate(blocks):
        role = _classify_block(block, resolver)
        if role == "text" and _asks_readers(block, blocks[index + 1 : index + 1 + _MAX_QUESTION]):
            role = "poll"
        if block is first and role == "text" and _is_preheader(block):
            role = "boilerplate"
        passed += len(block.text)
        if passed > _FOOTER_FROM * total:
            leaving = [
                link for link in block.links if "unsubscri" in f"{link.href} {link.text}".lower()
            ]
            says_farewell = words.FAREWELL.search(words.fold_text(block.text)) is not None
            is_short = len(block.text) <= _MAX_BOILERPLATE
            if (is_short and says_farewell) or not all(map(resolver.is_story_link, leaving)):
                return
        is_answer = block.links and block.word_count <= 9 and not block.level
        if in_poll and role in ("text", "boilerplate") and is_answer:
            role = "boilerplate"
        elif role != "rule":
            in_poll = role == "poll"
        yield role, block


def _asks_readers(block: Block, below: Sequence[Block]) -> bool:
    """Return whether a line is a question whose answers below it are short links: a poll."""
    is_question = re.search(r"[?？]\W*$", block.text) and block.word_count <= _MAX_QUESTION
    if block.links or not is_question:
        return False
    answers: list[Link] = []
    for line in below:
        is_answer = line.links and sum(len(one.text) for one in line.links) >= 0.6 * len(line.text)
        if is_answer:
            answers.extend(line.links)
        elif line.text or line.rule:
            break
    lengths = [count_words(link.text) for link in answers]
    own = [is_call_to_action(link) or is_boilerplate_label(link.text) for link in answers]
    is_short = lengths and max(lengths) <= _MAX_ANSWER
    is_short = is_short and sum(lengths) < _MEAN_ANSWER * len(lengths)
    return bool(len(answers) >= _MIN_ANSWERS and is_short and not any(own))


def _classify_block(block: Block, resolver: LinkResolver) -> BlockRole:
    if block.rule:
        return "rule"
    if not block.text and not block.links:
        return "picture"
    text, line = normalize_phrase(block.text), block.text.strip()
    length = max(block.word_count, len(text) // 20)  # words, and what takes their room
    links = resolver.find_story_links(block)
    if _is_sponsor_label(block, links):
        return "tail" if _FOOTNOTE.match(line) else "label"
    if length <= 9 and words.SPONSORED_TAIL.fullmatch(line):
        return "tail"
    if words.DATE_LINE.fullmatch(line) or (_NUMERAL.fullmatch(line) and not block.links):
        return "idle"
    if (
        is_boilerplate_label(block.text)
        or _is_link_menu(block, links, resolver)
        or (block.links and not links and length <= 25)
    ):
        return "boilerplate"
    if length <= 20 and words.POLL.search(text) and (not links or text.endswith("?")):
        return "poll"
    # "We're hiring" alone is the heading of a part with advertisements, not a plea
    is_plea = length <= 45 and words.PLEA.match(text) and not words.JOBS.fullmatch(text)
    folded, has_others = words.fold_text(block.text), len(links) < len(block.links)
    names_story = not (has_others or all(map(is_call_to_action, links)))
    leaves = "unsubscrib" in folded and (has_others or words.FAREWELL.search(folded))
    is_short = length <= 90 and len(folded) <= _MAX_BOILERPLATE
    is_own = is_short and not names_story and (leaves or words.BOILERPLATE_TEXT.search(folded))
    is_postscript = length <= 60 and _POSTSCRIPT.match(line)
    is_contact = length <= _MAX_CONTACT and ADDRESS.search(line) and not names_story
    if is_plea or is_own or is_postscript or is_contact:  # about the newsletter
        return "boilerplate"
    targets = [resolver.resolve_target(link.href) for link in links]
    is_byline = length <= 8 and targets and all(map(_is_author_page, targets))
    is_byline = is_byline and not any(map(is_call_to_action, links))
    return "idle" if is_byline else "text"


def _is_author_page(url: str) -> bool:
    """Return whether an address is that of a person's page; "/u/click?…" is a mailer's counter."""
    return _AUTHOR.search(url) is not None and not is_opaque(url)


def _is_preheader(block: Block) -> bool:
    """Return whether the first line of a newsletter is a short link, or in small print."""
    link = block.links[0] if block.links else None
    is_headline = block.bold or block.level or block.button
    if link is None or is_headline:
        return False
    is_small = block.size <= _SMALL and count_words(link.text) < block.word_count
    return is_small or (block.word_count <= _MAX_PREHEADER and len(link.text) == len(block.text))


def _is_sponsor_label(block: Block, links: Sequence[Link]) -> bool:
    """Return whether a block only announces an advertisement."""
    text = normalize_phrase(block.text)
    if words.SPONSOR.fullmatch(text):
        return True
    match = words.SPONSOR_NAMED.match(text)
    if not match or len(links) > 1 or re.search(r"[.!?]\s+\w", block.text):
        return False
    if "with" in match[0] and re.search(r",(?: \S+){3}", text):
        return False  # "In partnership with Acme, Bolt opens a shop"
    return count_words(text[match.end() :]) <= 7 and count_words(text) <= 14


def _is_link_menu(block: Block, links: Sequence[Link], resolver: LinkResolver) -> bool:
    """Return whether a block is a row of short links: navigation, ratings, products."""
    if len(block.links) < 2 or words.SOURCE.match(block.text[: block.links[0].start]):
        return False
    chars = sum(len(link.text) for link in block.links)
    mean = sum(count_words(link.text) for link in block.links) / len(block.links)
    covered = chars >= 0.6 * len(re.sub(r"[\s|•·/,–—-]+", "", block.text) or "x")
    same = len({resolver.get_target_key(link.href) for link in links}) == 1
    return covered and not same and mean < (3.0 if len(block.links) > 2 else 2.5)
