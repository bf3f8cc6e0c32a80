"""Read an item: its words folded and freed of boilerplate, and what the vocabulary finds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from digest.model.item import Item
from digest.tag.lexicon import Place, Vocabulary
from digest.tag.terms import TermHit
from digest.tag.words import fold_text
from digest.text import join_lines

BODY_CHARS = 1000  # what the summary and the head of the text hold of news
_BOILERPLATE = re.compile(
    r"via @[\w, @.]+$|\(\d+ minute (?:read|video)\)|"
    r"the post .{0,300}?(?:appeared first on [^.]{1,60}\.?|$)|"
    r"点击卡片可查看原文。?|来自[^：:]{1,20}[：:]|"
    r"continue reading.{0,80}$|read more$|暂无详细摘要[^ ]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ItemText:
    """An item's words; `title` and `raw_body` keep their capitals."""

    title: str
    folded_title: str
    folded_body: str
    raw_body: str  # summary and head of the text
    language: str
    source: str  # the publisher's name


def read_item(item: Item) -> ItemText:
    """Return an item's words as the judgement reads them."""
    title = strip_boilerplate(item.title)
    raw = strip_boilerplate(join_summary_text(item.summary, item.text)[: 2 * BODY_CHARS])
    folded_title, body = fold_text(title), fold_text(raw)[:BODY_CHARS]
    if body.startswith(folded_title):
        body = body[len(folded_title) :].strip()
    return ItemText(title, folded_title, body, raw[:BODY_CHARS], item.language, item.source_name)


def join_summary_text(summary: str, text: str) -> str:
    """Return summary and text on one line, without repeating what a feed gives as both."""
    summary, text = join_lines(summary), join_lines(text)
    if text and summary and text.startswith(summary.rstrip(".…")[:80]):
        return max(summary, text, key=len)
    return f"{summary} {text}".strip()


def strip_boilerplate(text: str) -> str:
    """Return a text without by-lines, reading times and "the post appeared first on"."""
    return _BOILERPLATE.sub(" ", text).strip()


@dataclass(frozen=True, slots=True)
class VocabularyMatches:
    """What the vocabulary finds in an item."""

    categories: tuple[tuple[str, TermHit], ...]  # (place, hit), each term once in a place
    events: Mapping[tuple[str, str], str]  # (event, place) → the words that match
    ai_in_title: tuple[str, ...]
    ai_in_body: tuple[str, ...]
    concepts: Mapping[Place, tuple[str, ...]]  # of the trade, sorted
    actors: Mapping[Place, tuple[str, ...]]  # kinds of those named, sorted

    @property
    def names_ai(self) -> bool:
        """Whether a word of the item says AI."""
        return bool(self.ai_in_title or self.ai_in_body)


def match_vocabulary(reading: ItemText, vocabulary: Vocabulary) -> VocabularyMatches:
    """Return what the vocabulary finds; "title" and "body" are the places.

    Patterns of events in English are tried in every language: its words are in all headlines of
    the trade.
    """
    ai = vocabulary.ai

    def find_ai_words(raw: str, folded: str) -> tuple[str, ...]:
        exact = (match[0].lower() for match in ai.exact.finditer(raw))
        loose = () if reading.language in ai.loose_not_in else ai.loose.findall(folded)
        return (*exact, *(hit.words for hit in ai.terms.find_terms(folded)), *loose)

    places = (("title", reading.folded_title), ("body", reading.folded_body))
    languages = dict.fromkeys(("en", reading.language, "any"))
    events = {}
    for (event, patterns), (place, text) in product(vocabulary.events.items(), places):
        of_place = patterns.get(place, {})
        tried = (of_place[name].search(text) for name in languages if name in of_place)
        if match := next(filter(None, tried), None):
            events[event, place] = match[0].strip()
    return VocabularyMatches(
        categories=tuple(
            (place, hit)
            for place, text in places
            for hit in {hit.term: hit for hit in vocabulary.categories.find_terms(text)}.values()
        ),
        events=events,
        ai_in_title=find_ai_words(reading.title, reading.folded_title),
        ai_in_body=find_ai_words(reading.raw_body, reading.folded_body),
        concepts={place: vocabulary.concepts.find_labels(text) for place, text in places},
        actors={place: vocabulary.actors.find_labels(text) for place, text in places},
    )
