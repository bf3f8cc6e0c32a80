"""How an item is read: its words folded and freed of furniture, and what the vocabulary finds in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from digest.model.item import Item
from digest.tag.lexicon import Vocabulary
from digest.tag.terms import TermHit
from digest.tag.words import fold_text

BODY_CHARS = 1000  # what the summary and the head of the text hold of news
_BOILERPLATE = re.compile(
    r"via @[\w, @.]+$|\(\d+ minute (?:read|video)\)|the post .{0,300}?(?:appeared first on [^.]{1,60}\.?|$)|"
    r"点击卡片可查看原文。?|来自[^：:]{1,20}[：:]|continue reading.{0,80}$|read more$|暂无详细摘要[^ ]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ItemText:
    """An item's words. `head` and `body` are folded; `title` and `raw` keep their capitals."""

    title: str
    folded_title: str
    folded_body: str
    raw_body: str  # summary and head of the text
    language: str
    source: str  # the publisher's name


def read_item(item: Item) -> ItemText:
    """How an item is read."""
    title = strip_boilerplate(item.title)
    raw = strip_boilerplate(join_summary_text(item.summary, item.text)[: 2 * BODY_CHARS])
    head, body = fold_text(title), fold_text(raw)[:BODY_CHARS]
    if body.startswith(head):
        body = body[len(head) :].strip()
    return ItemText(title, head, body, raw[:BODY_CHARS], item.language, item.source_name)


def join_summary_text(summary: str, text: str) -> str:
    """Summary and text, without telling twice what a feed gives as both."""
    if text and summary and text.startswith(summary.rstrip(".…")[:80]):
        return max(summary, text, key=len)
    return f"{summary} {text}".strip()


def strip_boilerplate(text: str) -> str:
    """A text without what feed software adds: by-lines, reading times, "the post appeared first on"."""
    return _BOILERPLATE.sub(" ", text).strip()


@dataclass(frozen=True, slots=True)
class VocabularyMatches:
    """What the vocabulary finds in a reading."""

    categories: tuple[tuple[str, TermHit], ...]  # (place, hit), each term once in a place
    events: Mapping[
        tuple[str, str], str
    ]  # (event, place) → the words that match its headline grammar
    ai_in_title: tuple[str, ...]
    ai_in_body: tuple[str, ...]


def match_vocabulary(reading: ItemText, vocabulary: Vocabulary) -> VocabularyMatches:
    """What the vocabulary finds; "title" and "body" are the places."""
    places = (("title", reading.folded_title), ("body", reading.folded_body))
    return VocabularyMatches(
        categories=tuple(
            (place, hit)
            for place, text in places
            for hit in {hit.term: hit for hit in vocabulary.categories.find_terms(text)}.values()
        ),
        events=_match_events(reading, vocabulary),
        ai_in_title=_find_ai_words(
            reading.title, reading.folded_title, reading.language, vocabulary
        ),
        ai_in_body=_find_ai_words(
            reading.raw_body, reading.folded_body, reading.language, vocabulary
        ),
    )


def _match_events(reading: ItemText, vocabulary: Vocabulary) -> dict[tuple[str, str], str]:
    """English is tried in every language: its words are in all headlines of the trade."""
    languages = dict.fromkeys(("en", reading.language, "any"))
    found = {}
    for event, places in vocabulary.events.items():
        for place, text in (("title", reading.folded_title), ("body", reading.folded_body)):
            patterns = places.get(place, {})
            tried = (
                patterns[language].search(text) for language in languages if language in patterns
            )
            match = next(filter(None, tried), None)
            if match:
                found[event, place] = match[0].strip()
    return found


def _find_ai_words(raw: str, folded: str, language: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    ai = vocabulary.ai
    exact = (match[0].lower() for match in ai.exact.finditer(raw))
    loose = () if language in ai.loose_not_in else ai.loose.findall(folded)
    return (*exact, *(hit.words for hit in ai.terms.find_terms(folded)), *loose)
