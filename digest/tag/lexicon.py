"""What the judgement knows before it sees an item: category terms, event patterns, AI words, claim patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, cast

from digest import patterns
from digest.tag.terms import Term, TermMatcher, read_yaml, split_terms
from digest.tag.words import fold_text
from digest.taxonomy import CATEGORIES

VOCABULARY_DIR = Path(__file__).parent / "vocabulary"
Place = str  # "title" or "body"
CLAIM_POINTS = ("data", "method", "availability", "customer", "result", "speaker", "difference")


@dataclass(frozen=True, slots=True)
class AiWords:
    """Words that say AI: `exact` with their capitals, `terms` without, `loose` only where they are no other word."""

    exact: re.Pattern[str]
    terms: TermMatcher
    loose: re.Pattern[str]
    loose_not_in: frozenset[str]

    def has_ai_word(self, text: str) -> bool:
        """Whether a text, in whatever language, has a word that can say AI only."""
        return bool(self.exact.search(text)) or bool(self.terms.find_terms(fold_text(text)))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All of it, compiled."""

    categories: TermMatcher
    events: Mapping[
        str, Mapping[Place, Mapping[str, re.Pattern[str]]]
    ]  # event → place → language → pattern
    ai: AiWords
    phrases: Mapping[Place, Mapping[str, re.Pattern[str]]]  # place → feature → pattern
    claims: Mapping[str, tuple[re.Pattern[str], ...]]


def build_vocabulary(
    extra_terms: tuple[Term, ...] = (), without: frozenset[str] = frozenset()
) -> Vocabulary:
    """The packaged vocabulary; `extra_terms` are added, terms whose text is in `without` are left out."""
    return Vocabulary(
        categories=TermMatcher(
            [*(t for t in load_category_terms() if t.text not in without), *extra_terms]
        ),
        events=_compile_events(),
        ai=_compile_ai_words(),
        phrases=_compile_phrases(),
        claims=_compile_claims(),
    )


def extend_vocabulary(
    vocabulary: Vocabulary,
    events: Mapping[str, Mapping[Place, tuple[str, ...]]],
    claims: Mapping[str, tuple[str, ...]],
    ai: Iterable[str],
) -> Vocabulary:
    """A vocabulary with a team's patterns and AI words. A pattern counts in every language, as those under `any` do. A
    word with a capital counts as it is written, another in any case, and a trailing `*` lets it go on."""
    return replace(
        vocabulary,
        events={
            event: _add_patterns(vocabulary.events.get(event, {}), events.get(event, {}))
            for event in (
                *vocabulary.events,
                *(event for event in events if event not in vocabulary.events),
            )
        },
        claims={
            kind: (
                *vocabulary.claims.get(kind, ()),
                *map(patterns.compile_pattern, claims.get(kind, ())),
            )
            for kind in (
                *vocabulary.claims,
                *(kind for kind in claims if kind not in vocabulary.claims),
            )
        },
        ai=_compile_ai_words(tuple(ai)),
    )


def _add_patterns(
    packaged: Mapping[Place, Mapping[str, re.Pattern[str]]], added: Mapping[Place, tuple[str, ...]]
) -> dict[Place, Mapping[str, re.Pattern[str]]]:
    places = {place: dict(by_language) for place, by_language in packaged.items()}
    for place, several in added.items():
        by_language = places.setdefault(place, {})
        known = [by_language["any"].pattern] if "any" in by_language else []
        team = [f"(?i:{patterns.compile_pattern(pattern).pattern})" for pattern in several]
        if team:
            by_language["any"] = re.compile("|".join([*team, *known]))
    return {**places}


@cache
def _read_vocabulary_file(name: str) -> Mapping[str, object]:
    return read_yaml(VOCABULARY_DIR / name)


def load_category_terms() -> list[Term]:
    """The packaged category terms, labelled with their slugs."""
    return [
        term
        for slug, category in CATEGORIES.items()
        for listed in category.words.values()
        for term in split_terms(listed, slug)
    ]


def _compile_events() -> dict[str, dict[Place, dict[str, re.Pattern[str]]]]:
    listed = cast(
        "Mapping[str, Mapping[Place, Mapping[str, str]]]", _read_vocabulary_file("events.yaml")
    )
    return {
        event: {
            place: {language: re.compile(pattern) for language, pattern in patterns.items()}
            for place, patterns in places.items()
        }
        for event, places in listed.items()
    }


def _compile_phrases() -> dict[Place, dict[str, re.Pattern[str]]]:
    listed = cast("Mapping[Place, Mapping[str, str]]", _read_vocabulary_file("phrases.yaml"))
    return {
        place: {name: re.compile(pattern) for name, pattern in patterns.items()}
        for place, patterns in listed.items()
    }


def _compile_claims() -> dict[str, tuple[re.Pattern[str], ...]]:
    listed = cast("Mapping[str, list[str]]", _read_vocabulary_file("claims.yaml"))
    return {kind: tuple(map(re.compile, patterns)) for kind, patterns in listed.items()}


def _compile_ai_words(added: tuple[str, ...] = ()) -> AiWords:
    listed = cast("Mapping[str, Any]", _read_vocabulary_file("ai.yaml"))
    written = [word for word in added if word != word.lower()]
    any_case = [word for word in added if word not in written]
    terms = [
        term
        for several in (*listed["terms"].values(), *any_case)
        for term in split_terms(several, "ai")
    ]
    return AiWords(
        exact=_compile_alternatives(", ".join([listed["exact"], *written])),
        terms=TermMatcher(terms),
        loose=_compile_alternatives(listed["loose"]),
        loose_not_in=frozenset(part.strip() for part in listed["loose_not_in"].split(",")),
    )


def _compile_alternatives(listed: str) -> re.Pattern[str]:
    words = sorted(
        (part.strip() for part in listed.replace("\n", " ").split(",")),
        key=lambda word: (-len(word), word),
    )
    return re.compile(
        r"(?<![^\W_\u0e00-\u0eff\u3040-\u9fff])(?:"
        + "|".join(map(re.escape, words))
        + r")(?![^\W_\u0e00-\u0eff\u3040-\u9fff])"
    )
