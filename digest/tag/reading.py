"""How an item is read: its words folded and freed of furniture, and what the vocabulary finds in them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from digest.model import Item
from digest.tag.lexicon import Vocabulary
from digest.tag.terms import Hit
from digest.tag.words import fold

BODY_CHARS = 1000  # what the summary and the head of the text hold of news
_FURNITURE = re.compile(
    r"via @[\w, @.]+$|\(\d+ minute (?:read|video)\)|the post .{0,300}?(?:appeared first on [^.]{1,60}\.?|$)|"
    r"点击卡片可查看原文。?|来自[^：:]{1,20}[：:]|continue reading.{0,80}$|read more$|暂无详细摘要[^ ]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """An item's words. `head` and `body` are folded; `title` and `raw` keep their capitals."""

    title: str
    head: str
    body: str
    raw: str  # summary and head of the text
    language: str
    source: str  # the publisher's name


def read(item: Item) -> Reading:
    """How an item is read."""
    title = without_furniture(item.title)
    raw = without_furniture(told_after_title(item.summary, item.text)[: 2 * BODY_CHARS])
    head, body = fold(title), fold(raw)[:BODY_CHARS]
    if body.startswith(head):
        body = body[len(head) :].strip()
    return Reading(title, head, body, raw[:BODY_CHARS], item.language, item.source_name)


def told_after_title(summary: str, text: str) -> str:
    """Summary and text, without telling twice what a feed gives as both."""
    if text and summary and text.startswith(summary.rstrip(".…")[:80]):
        return max(summary, text, key=len)
    return f"{summary} {text}".strip()


def without_furniture(text: str) -> str:
    """A text without what feed software adds: by-lines, reading times, "the post appeared first on"."""
    return _FURNITURE.sub(" ", text).strip()


def category_hits(reading: Reading, vocabulary: Vocabulary) -> Iterable[tuple[str, Hit]]:
    """(place, hit) of every category term, each term once in a place."""
    for place, text in (("title", reading.head), ("body", reading.body)):
        for hit in {hit.term: hit for hit in vocabulary.categories.find(text)}.values():
            yield place, hit


def event_words(reading: Reading, vocabulary: Vocabulary) -> dict[tuple[str, str], str]:
    """(event, place) → the words that match its headline grammar; English is tried in every language."""
    languages = dict.fromkeys(("en", reading.language, "any"))
    found = {}
    for event, places in vocabulary.events.items():
        for place, text in (("title", reading.head), ("body", reading.body)):
            patterns = places.get(place, {})
            tried = (patterns[language].search(text) for language in languages if language in patterns)
            match = next(filter(None, tried), None)
            if match:
                found[event, place] = match[0].strip()
    return found


def ai_words(reading: Reading, vocabulary: Vocabulary) -> tuple[list[str], list[str]]:
    """The words that say AI, of the title and of the rest."""
    return (
        _ai_words(reading.title, reading.head, reading.language, vocabulary),
        _ai_words(reading.raw, reading.body, reading.language, vocabulary),
    )


def _ai_words(raw: str, folded: str, language: str, vocabulary: Vocabulary) -> list[str]:
    ai = vocabulary.ai
    found = [match[0].lower() for match in ai.exact.finditer(raw)]
    found += [hit.words for hit in ai.terms.find(folded)]
    if language not in ai.loose_not_in:
        found += ai.loose.findall(folded)
    return found
