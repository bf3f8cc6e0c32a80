"""For whom a change holds: the sentence of a report that bounds what its headline says of all.

"Google rolls out an opt-out" reads as if everybody had it; "to a subset of site owners" stands
further down. What is read is the report's own words, and nothing is said where it has none.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator
from functools import cache, lru_cache
from pathlib import Path

from digest.edition.claim_points import says_nothing
from digest.edition.claim_sentences import is_clean_sentence, iter_sentences, repeats_headline
from digest.model.edition import Sentence
from digest.model.story import Story
from digest.model.tags import Event
from digest.text import clean_text, list_stems

_WORDS = Path(__file__).with_name("reach_words.toml")
_EVENTS: frozenset[Event] = frozenset(("launch", "update", "shutdown", "pricing", "incident"))
_SHORTEST, _LONGEST = 40, 240  # characters of a sentence
_STEM_CHARS = 5
_MAX_ITEMS = 3  # of a story that are read
_POINTS_BACK = re.compile(r"^(?:for now,? )?(?:it|its|he|she|they|that|this)\b", re.IGNORECASE)
_OPINION = re.compile(r"[?？]|\b(?:I|my|we)\b")  # or a question


def find_reach(story: Story, told: Collection[str]) -> Sentence | None:
    """Return the sentence that says for whom, where or in which plans a change holds.

    `told` are the sentences that stand beside it. None where one of them says it already, or where
    no report has a whole sentence about the same thing.
    """
    if story.tags.event not in _EVENTS or any(_bounds(text) is not None for text in told):
        return None
    subject = " ".join((clean_text(story.lead.item.title), *told))
    stems = list_stems(subject, _STEM_CHARS, _STEM_CHARS)
    found = [
        (strength, place, sentence)
        for place, sentence in enumerate(_iter_sentences(story))
        if (strength := _bounds(sentence.text)) is not None
        and sentence.text not in told
        and stems & list_stems(sentence.text, _STEM_CHARS, _STEM_CHARS)
    ]
    return min(found, key=lambda one: one[:2])[2] if found else None


def _iter_sentences(story: Story) -> Iterator[Sentence]:
    """Yield the sentences that bound something, whole and such as can stand by themselves."""
    for member in story.items[:_MAX_ITEMS]:
        item = member.item
        for text in iter_sentences(item):
            if not _SHORTEST <= len(text) <= _LONGEST or _bounds(text) is None:
                continue
            is_own = not (_POINTS_BACK.search(text) or _OPINION.search(text))
            is_said = not (says_nothing(text) or repeats_headline(text, item.title))
            if is_own and is_said and is_clean_sentence(text):
                yield Sentence(text, item.source_name, item.link)


@lru_cache(maxsize=4096)  # a decision at the desk asks again of the stories that stay
def _bounds(text: str) -> int | None:
    """Return how surely a sentence bounds what it tells of, 0 the surest; None for not."""
    return next((place for place, words in enumerate(_compile_words()) if words.search(text)), None)


@cache
def _compile_words() -> tuple[re.Pattern[str], ...]:
    table = tomllib.loads(_WORDS.read_text(encoding="utf-8"))
    return tuple(
        re.compile("|".join(rf"(?:{line})" for line in words.split("\n") if line), re.IGNORECASE)
        for words in (table["sure"], table["likely"])
    )
