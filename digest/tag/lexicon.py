"""Load what the judgement knows before it sees an item.

That is category terms, event patterns, AI words and claim patterns, read from vocabulary/*.toml and
compiled.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from digest import patterns
from digest.tag.terms import Term, TermMatcher, split_terms
from digest.tag.words import fold_text
from digest.taxonomy import CATEGORIES

VOCABULARY_DIR = Path(__file__).parent / "vocabulary"
Place = str  # "title" or "body"
CLAIM_POINTS = ("data", "method", "availability", "customer", "result", "speaker", "difference")


@dataclass(frozen=True, slots=True)
class AiWords:
    """Words that say AI: `exact` with their capitals, `terms` in any case.

    `loose` count only in languages where they are no other word.
    """

    exact: re.Pattern[str]
    terms: TermMatcher
    loose: re.Pattern[str]
    loose_not_in: frozenset[str]

    def has_ai_word(self, text: str) -> bool:
        """Return whether a text, in any language, has a word that can say AI only."""
        return bool(self.exact.search(text)) or bool(self.terms.find_terms(fold_text(text)))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The vocabulary, compiled."""

    categories: TermMatcher
    # event → place → language → pattern
    events: Mapping[str, Mapping[Place, Mapping[str, re.Pattern[str]]]]
    ai: AiWords
    phrases: Mapping[Place, Mapping[str, re.Pattern[str]]]  # place → feature → pattern
    claims: Mapping[str, tuple[re.Pattern[str], ...]]
    concepts: TermMatcher  # of the trade, by their words in all languages
    actors: TermMatcher  # kinds of those who act in news: retailer, brand, regulator


def build_vocabulary(extra_terms: Iterable[Term] = (), without: Collection[str] = ()) -> Vocabulary:
    """Return the packaged vocabulary with `extra_terms` and without the terms of these texts."""
    packaged = (
        term
        for slug, category in CATEGORIES.items()
        for listed in category.words.values()
        for term in split_terms(listed, slug)
        if term.text not in without
    )
    return Vocabulary(
        categories=TermMatcher((*packaged, *extra_terms)),
        events={
            event: {place: _LazyPatterns(by_language) for place, by_language in places.items()}
            for event, places in _read_vocabulary_file("events.toml").items()
        },
        ai=_compile_ai_words(),
        phrases={
            place: _compile_all(by_name)
            for place, by_name in _read_vocabulary_file("phrases.toml").items()
        },
        claims={
            kind: tuple(map(re.compile, listed))
            for kind, listed in _read_vocabulary_file("claims.toml").items()
        },
        concepts=_load_label_terms("concepts.tsv"),
        actors=load_actors(),
    )


def extend_vocabulary(
    vocabulary: Vocabulary,
    events: Mapping[str, Mapping[Place, tuple[str, ...]]],
    claims: Mapping[str, tuple[str, ...]],
    ai: Sequence[str],
) -> Vocabulary:
    """Return a vocabulary with a team's patterns and AI words.

    A pattern counts in every language, as those under `any` do. A word with a capital counts as it
    is written, another in any case, and a trailing `*` lets it go on.
    """
    merged = {
        event: {place: dict(by_language) for place, by_language in places.items()}
        for event, places in vocabulary.events.items()
    }
    for event, added in events.items():
        places = merged.setdefault(event, {})
        for place, listed in added.items():
            by_language = places.setdefault(place, {})
            known = [by_language["any"].pattern] if "any" in by_language else []
            if team := [f"(?i:{patterns.compile_pattern(one).pattern})" for one in listed]:
                by_language["any"] = re.compile("|".join([*team, *known]))
    return replace(
        vocabulary,
        events=merged,
        claims={
            kind: (
                *vocabulary.claims.get(kind, ()),
                *map(patterns.compile_pattern, claims.get(kind, ())),
            )
            for kind in dict.fromkeys((*vocabulary.claims, *claims))
        },
        ai=_compile_ai_words(ai),
    )


@cache
def _read_vocabulary_file(name: str) -> Mapping[str, Any]:
    # TOML, because this is read on every start: 5 ms, where YAML takes 75
    return tomllib.loads((VOCABULARY_DIR / name).read_text("utf-8"))


class _LazyPatterns(Mapping[str, re.Pattern[str]]):
    """Regular expressions by language, compiled when asked for: a run meets few."""

    def __init__(self, listed: Mapping[str, str]) -> None:
        self._listed, self._compiled = listed, dict[str, re.Pattern[str]]()

    def __getitem__(self, language: str) -> re.Pattern[str]:
        if language not in self._compiled:
            self._compiled[language] = re.compile(self._listed[language])
        return self._compiled[language]

    def __contains__(self, language: object) -> bool:
        return language in self._listed

    def __iter__(self) -> Iterator[str]:
        return iter(self._listed)

    def __len__(self) -> int:
        return len(self._listed)


def load_actors() -> TermMatcher:
    """Return what finds the kinds of those who act in news."""
    return _load_label_terms("actors.tsv")


@cache
def _load_label_terms(name: str) -> TermMatcher:
    """Load a table of labels and their comma-separated words."""
    lines = (VOCABULARY_DIR / name).read_text("utf-8").splitlines()[1:]
    listed = (line.split("\t") for line in lines)
    return TermMatcher(
        term for label, words in listed for term in split_terms(fold_text(words), label, name)
    )


def _compile_all(listed: Mapping[str, str]) -> dict[str, re.Pattern[str]]:
    return {name: re.compile(pattern) for name, pattern in listed.items()}


def _compile_ai_words(added: Sequence[str] = ()) -> AiWords:
    listed = _read_vocabulary_file("ai.toml")
    written = [word for word in added if word != word.lower()]
    any_case = [word for word in added if word == word.lower()]
    return AiWords(
        exact=_compile_alternatives(", ".join([listed["exact"], *written])),
        terms=TermMatcher(
            term
            for terms in (*listed["terms"].values(), *any_case)
            for term in split_terms(terms, "ai")
        ),
        loose=_compile_alternatives(listed["loose"]),
        loose_not_in=frozenset(part.strip() for part in listed["loose_not_in"].split(",")),
    )


def _compile_alternatives(listed: str) -> re.Pattern[str]:
    """Return a pattern that finds any of the comma-separated words, the longest first."""
    words = sorted(
        (part.strip() for part in listed.replace("\n", " ").split(",")),
        key=lambda word: (-len(word), word),
    )
    letter = r"[^\W_\u0e00-\u0eff\u3040-\u9fff]"
    return re.compile(rf"(?<!{letter})(?:{'|'.join(map(re.escape, words))})(?!{letter})")
