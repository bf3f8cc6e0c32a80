"""For whom a change holds: the sentence of a report that bounds what its headline says of all.

"Google rolls out an opt-out" reads as if everybody had it; "to a subset of site owners" stands
further down. What is read is the report's own words, and nothing is said where it has none.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

from digest.edition.claim_points import says_nothing
from digest.edition.claim_sentences import is_clean_sentence, iter_sentences, repeats_headline
from digest.edition.story_dates import compile_day
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
_MAX_WHOM, _MAX_CHOICE = 100, 70  # characters
_OPINION = re.compile(r"[?？]|\b(?:I|my|we)\b")  # or a question


@dataclass(frozen=True, slots=True)
class Condition:
    """Which of a maker's customers a change holds for, in a report's words."""

    whom: str  # "campaigns that are limited by budget"
    choice: str = ""  # "This one is not opt-in"; "" where no report says whether one can choose


def find_condition(story: Story) -> Condition | None:
    """Return for which campaigns, accounts, advertisers or the like a change holds; None for all.

    Whether the company is or has such is not known: the reader is asked. The names of those whom
    the story is about narrow nothing.
    """
    if story.tags.event not in _EVENTS:
        return None
    items = [member.item for member in story.items[:_MAX_ITEMS]]
    sentences = [
        text
        for item in items
        for text in (clean_text(item.title), *iter_sentences(item))
        if text and not _OPINION.search(text)
    ]
    if any(_compile_words("universal").search(text) for text in sentences):
        return None
    names = {word for name in story.tags.vendors for word in name.split()}
    for pattern in _compile_conditions():
        for text in sentences:
            whom = found["whom"].strip() if (found := pattern.search(text)) else ""
            if whom and len(whom) <= _MAX_WHOM and not names.intersection(whom.split()):
                return Condition(whom, _find_choice(sentences))
    return None


def _find_choice(sentences: Collection[str]) -> str:
    """Return the clause that says whether one can choose; "" where none does."""
    pattern = _compile_words("choice")
    clauses = (
        found[found.lastindex or 0].strip() for text in sentences if (found := pattern.search(text))
    )
    return next((clause for clause in clauses if len(clause) <= _MAX_CHOICE), "")


def find_way_out(stories: Iterable[Story], vendor: str, day: date) -> Sentence | None:
    """Return the sentence that one can leave what a vendor changes on a day; None for none.

    Any report of the quarter on the vendor may say it, as long as it names the day.
    """
    for story in stories:
        if vendor not in story.tags.vendors:
            continue
        for item in (member.item for member in story.items[:_MAX_ITEMS]):
            named = compile_day(day, item.language)
            for sentence in iter_sentences(item) if named else ():
                text = sentence.strip('“”" ')
                is_meant = named and named.search(text) and _compile_words("way out").search(text)
                if is_meant and len(text) <= _LONGEST and is_clean_sentence(text):
                    return Sentence(text, item.source_name, item.address)
    return None


def find_reach(story: Story, told: Collection[str]) -> Sentence | None:
    """Return the sentence that says for whom, where or in which plans a change holds.

    `told` are the sentences that stand beside it. None where one of them says it already, or where
    no report has a whole sentence about the same thing.
    """
    if story.tags.event not in _EVENTS or any(
        _bounds(text, story.tags.event) is not None for text in told
    ):
        return None
    subject = " ".join((clean_text(story.lead.item.title), *told))
    stems = list_stems(subject, _STEM_CHARS, _STEM_CHARS)
    found = [
        (strength, place, sentence)
        for place, sentence in enumerate(_iter_sentences(story))
        if (strength := _bounds(sentence.text, story.tags.event)) is not None
        and sentence.text not in told
        and stems & list_stems(sentence.text, _STEM_CHARS, _STEM_CHARS)
    ]
    return min(found, key=lambda one: one[:2])[2] if found else None


def _iter_sentences(story: Story) -> Iterator[Sentence]:
    """Yield the sentences that bound something, whole and such as can stand by themselves."""
    for member in story.items[:_MAX_ITEMS]:
        item = member.item
        for text in iter_sentences(item):
            if not _SHORTEST <= len(text) <= _LONGEST or (_bounds(text, story.tags.event) is None):
                continue
            is_own = not (_POINTS_BACK.search(text) or _OPINION.search(text))
            is_said = not (says_nothing(text) or repeats_headline(text, item.title))
            if is_own and is_said and is_clean_sentence(text):
                yield Sentence(text, item.source_name, item.address)


@lru_cache(maxsize=4096)  # a decision at the desk asks again of the stories that stay
def _bounds(text: str, event: Event) -> int | None:
    """Return how surely a sentence bounds what it tells of, 0 the surest; None for not."""
    tables = ("sure", "likely", *(("incident",) if event == "incident" else ()))
    return next(
        (place for place, table in enumerate(tables) if _compile_words(table).search(text)), None
    )


@cache
def _load_words() -> dict[str, str]:
    return tomllib.loads(_WORDS.read_text(encoding="utf-8"))


@cache
def _compile_words(table: str) -> re.Pattern[str]:
    lines = (line for line in _load_words()[table].split("\n") if line)
    return re.compile("|".join(rf"(?:{line})" for line in lines), re.IGNORECASE)


@cache
def _compile_conditions() -> tuple[re.Pattern[str], ...]:
    words, mark = _load_words(), "(?P<whom>"
    parts = (line.partition(mark) for line in words["condition"].split("\n") if line)
    return tuple(
        re.compile(rf"(?<!\w)(?i:{before}){mark}{behind.replace('GROUP', words['groups'])}")
        for before, _, behind in parts
    )
