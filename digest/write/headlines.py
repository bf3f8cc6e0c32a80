"""The headline of a story without a model: the clearest title that a source has, cleaned.

What publishers put around their words goes: site names, notes in brackets, bait, emoji, capitals.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import NamedTuple

from digest.model.item import Item
from digest.model.story import Story
from digest.model.tags import TaggedItem
from digest.text import CaselessPattern, list_words, split_sentences, strip_credits, truncate_text
from digest.urls import extract_host
from digest.wholeness import WIDE
from digest.write.wording import (
    ACTION_VERB,
    FIGURE,
    PHRASES,
    STOPWORDS,
    clean_body,
    clean_markup,
    compact_text,
    list_content_words,
)

_MAX_TITLE_CHARS = 160
_BROKEN_TITLE = re.compile(  # ends before the noun that has to follow
    r"\b(?:the|and|or|its|their|your|our|und|oder|dem|einem|einer|della|dello|degli|delle|aux|los"
    r"|las)$"
    r"|(?:\b(?:[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]ix|[Ss]even|[Ee]ight|[Nn]ine|[Tt]en|[Ss]everal)"
    r"|\b\d+) [Nn]ew [\w.&’'-]*(?<!s)(?<!eople)(?<!edia)(?<!ata)(?<!taff)(?<!men)$"
)

_CASED_WORD = re.compile(r"\w[\w&'’-]*")
_SMALL = re.compile("[a-z]")
_SHOUTED = 0.7  # of a title's letters are capitals
_EMOJI = re.compile(r"[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d\u2b50\u2b55]+")
_SERIES = re.compile(r"\s[–—-]\s(?:\w+ )?(?:pulse|roundup|round-up|recap)$", re.IGNORECASE)
_LAST_PART = re.compile(r"^(.*)(\s[|–—·•-]\s|\s?[|｜]\s?)([^|｜]+)$")
_TAIL_NOTE = re.compile(rf"\s*[(\[](?:{PHRASES['asides']})[)\]]\s*$", re.IGNORECASE)
_HEAD_NOTE = re.compile(
    r"^(?:(?:exclusive|breaking|breaking news|watch|sponsored|updated?|news)\s*[:|–—]\s*"
    r"|[\u3400-\u9fff0-9]{2,6}[|｜丨]\s*|\[[^\]]{2,20}\]\s*)",
    re.IGNORECASE,
)
_WIDE_TAIL = re.compile(r"\s*[|｜丨]\s*[\u3400-\u9fff0-9]{2,6}$")
_BAIT_TAIL = re.compile(
    rf"(?:\s*[-–—:;,.…(]\s*|\s+)(?:and\s+)?(?:{PHRASES['bait_tails']})\b.*$", re.IGNORECASE
)
_BAIT = CaselessPattern(
    rf"\b(?:{PHRASES['bait']})\b|!"
    r"|^(?:why|how|what|when|should|is|are|can|do|does|will)\b|\?"
)
_VAGUE = CaselessPattern(
    r"^(?:introducing|announcing|meet|celebrating|our|a|an|the future)\b|[“”\"]"
    r"|\b(?:your|you|we|i)\b"
)


class Headline(NamedTuple):
    """A title, its language, and the item that has it."""

    title: str
    language: str
    item: Item


def choose_headline(story: Story, language: str = "en") -> tuple[str, str]:
    """Choose the clearest title, as find_headline() does, and return it with its language."""
    headline = find_headline(story, language)
    return headline.title, headline.language


def find_headline(story: Story, language: str = "en") -> Headline:
    """Find the clearest title among the story's relevant items, cleaned.

    That is `language` where an item has it, else the one that most items have. The title is never
    cut within a word, and "" only where no item has a word.
    """
    relevant = [member for member in story.items if member.tags.relevant] or story.items
    languages = Counter(member.item.language for member in relevant)
    if language not in languages:
        lead = story.lead.item.language
        language = min(languages, key=lambda tag: (-languages[tag], tag != lead, tag))
    members = [member for member in relevant if member.item.language == language]
    common = Counter(
        word for member in story.items for word in list_content_words(member.item.title)
    )
    titles = [(title, member) for member in members if (title := _find_whole_title(member.item))]
    if not titles:
        for member in members:
            sentences = split_sentences(clean_body(member.item))
            titles.append((next(iter(sentences), ""), member))
    title, best = max(
        titles,
        key=lambda pair: (_score_title(pair[0], pair[1], story, common), pair[1].item.id),
    )
    return Headline(truncate_text(title, _MAX_TITLE_CHARS), language, best.item)


def clean_title(item: Item) -> str:
    """Return an item's title without site names, newsletter notes, bait, emoji and shouting."""
    title = _strip_title(item.title, item.url, item.source_name)
    title = _fix_all_caps(title, item.summary or item.text)
    return title if title.endswith(("…", "...")) or WIDE.search(title) else title.rstrip(" .")


@lru_cache(maxsize=4096)  # headlines, sentences and products ask for it, and each decision again
def _strip_title(published: str, url: str, source_name: str) -> str:
    """Return a title without what its publisher put around it, shouted as it may be."""
    title = clean_markup(_EMOJI.sub(" ", published))
    title = _SERIES.sub("", strip_credits(title))
    title = title[:1].upper() + title[1:] if published[:1].isupper() else title
    for _ in range(3):
        title = _WIDE_TAIL.sub("", _strip_site_name(title, url, source_name))
        title = _HEAD_NOTE.sub("", _TAIL_NOTE.sub("", title)).strip()
    short = _BAIT_TAIL.sub("", title).strip(" -–—:;,.")
    title = short if len(list_words(short)) >= 4 else title
    return re.sub(r"\s*!+$", "", re.sub(r"([!?])\1+", r"\1", title))


def _find_whole_title(item: Item) -> str:
    """Return an item's cleaned title; where it breaks off, the first sentence that begins like it.

    Some letters cut a headline without a mark.
    """
    title = clean_title(item)
    if not _BROKEN_TITLE.search(title):
        return title
    first = next(iter(split_sentences(clean_body(item))), "")
    begins = list_words(title)[:1] == list_words(first)[:1]
    return first.rstrip(".") if begins and len(first) > len(title) else title


def _strip_site_name(title: str, url: str, source_name: str) -> str:
    match = _LAST_PART.search(title)
    if not match or len(list_words(match[1])) < 2 or len(list_words(match[3])) > 6:
        return title
    host = extract_host(url)
    site = compact_text(host.rpartition(".")[0].rpartition(".")[2] or host)
    name, source = compact_text(match[3]), compact_text(source_name)
    is_known = name and (
        name == site or name in source or source in name or (site and name.startswith(site))
    )
    return match[1] if is_known else title


def _fix_all_caps(title: str, body: str) -> str:
    """Return a shouted title in the case that its words have in the body, else in small letters."""
    if len(_SMALL.findall(title)) > (1 - _SHOUTED) * len(title):  # as in most: looked at no further
        return title
    letters = [letter for letter in title if letter.isalpha() and letter.upper() != letter.lower()]
    capitals = sum(letter.isupper() for letter in letters)
    if len(title.split()) < 4 or not letters or capitals < _SHOUTED * len(letters):
        return title
    seen = {
        word.casefold(): word
        for word in reversed(_CASED_WORD.findall(body))
        if not word.isupper() or len(word) < 5
    }

    def restore_case(match: re.Match[str]) -> str:
        word, small = match[0], match[0].casefold()
        is_acronym = len(word) <= 3 and word.isupper() and small not in STOPWORDS
        return seen.get(small) or (word if is_acronym else small)

    quiet = " ".join(_CASED_WORD.sub(restore_case, word) for word in title.split())
    return quiet[:1].upper() + quiet[1:]


def _score_title(title: str, member: TaggedItem, story: Story, common: Counter[str]) -> float:
    """Score a title: words that other titles share, vendor, verb and figure; no bait, no cut."""
    words = list_content_words(title)
    pairs = max(len(words) * max(len(story.items) - 1, 1), 1)
    named = any(vendor.casefold() in title.casefold() for vendor in story.tags.vendors)
    length = len(title) * (2 if WIDE.search(title) else 1)
    shared = sum(common[word] - 1 for word in words) / pairs
    acts, figure = ACTION_VERB.occurs_in(title), bool(FIGURE.search(title))
    score = 2 * shared + 1.0 * named + 0.6 * acts + 0.3 * figure
    bait, vague = _BAIT.occurs_in(title), _VAGUE.occurs_in(title)
    score += 0.5 * (member is story.lead) - 0.8 * bait - 0.4 * vague
    score -= 0.8 * (length < 25) + 0.5 * (length > 120) + 1.5 * title.endswith(("…", "..."))
    talks = member.tags.event in ("opinion", "howto", "promo")
    return score - 0.5 * (member.item.tier == "newsletter") - 1.0 * talks
