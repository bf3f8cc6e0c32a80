"""What the judgement knows before it sees an item: category terms, event patterns, AI words, claim patterns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from digest.tag.terms import Term, Terms, read_yaml, split_terms

HERE = Path(__file__).parent / "vocabulary"
Place = str  # "title" or "body"


@dataclass(frozen=True, slots=True)
class AiWords:
    """Words that say AI: `exact` with their capitals, `terms` without, `loose` only where they are no other word."""

    exact: re.Pattern[str]
    terms: Terms
    loose: re.Pattern[str]
    loose_not_in: frozenset[str]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All of it, compiled."""

    categories: Terms
    events: Mapping[str, Mapping[Place, Mapping[str, re.Pattern[str]]]]  # event → place → language → pattern
    ai: AiWords
    phrases: Mapping[Place, Mapping[str, re.Pattern[str]]]  # place → feature → pattern
    claims: Mapping[str, tuple[re.Pattern[str], ...]]


def load(extra_terms: tuple[Term, ...] = (), without: frozenset[str] = frozenset()) -> Vocabulary:
    """The packaged vocabulary; `extra_terms` are added, terms whose text is in `without` are left out."""
    return Vocabulary(
        categories=Terms([*(t for t in category_terms() if t.text not in without), *extra_terms]),
        events=_events(),
        ai=_ai(),
        phrases=_phrases(),
        claims=_claims(),
    )


def category_terms() -> list[Term]:
    """The packaged category terms, labelled with their slugs."""
    by_slug = cast("Mapping[str, Mapping[str, str]]", read_yaml(HERE / "categories.yaml"))
    return [
        term
        for slug, by_language in by_slug.items()
        for listed in by_language.values()
        for term in split_terms(listed, slug)
    ]


def _events() -> dict[str, dict[Place, dict[str, re.Pattern[str]]]]:
    listed = cast("Mapping[str, Mapping[Place, Mapping[str, str]]]", read_yaml(HERE / "events.yaml"))
    return {
        event: {
            place: {language: re.compile(pattern) for language, pattern in patterns.items()}
            for place, patterns in places.items()
        }
        for event, places in listed.items()
    }


def _phrases() -> dict[Place, dict[str, re.Pattern[str]]]:
    listed = cast("Mapping[Place, Mapping[str, str]]", read_yaml(HERE / "phrases.yaml"))
    return {
        place: {name: re.compile(pattern) for name, pattern in patterns.items()} for place, patterns in listed.items()
    }


def _claims() -> dict[str, tuple[re.Pattern[str], ...]]:
    listed = cast("Mapping[str, list[str]]", read_yaml(HERE / "claims.yaml"))
    return {kind: tuple(map(re.compile, patterns)) for kind, patterns in listed.items()}


def _ai() -> AiWords:
    listed = cast("Mapping[str, Any]", read_yaml(HERE / "ai.yaml"))
    terms = [term for by_language in listed["terms"].values() for term in split_terms(by_language, "ai")]
    return AiWords(
        exact=_one_of(listed["exact"]),
        terms=Terms(terms),
        loose=_one_of(listed["loose"]),
        loose_not_in=frozenset(part.strip() for part in listed["loose_not_in"].split(",")),
    )


def _one_of(listed: str) -> re.Pattern[str]:
    words = sorted((part.strip() for part in listed.replace("\n", " ").split(",")), key=lambda word: (-len(word), word))
    return re.compile(
        r"(?<![^\W_\u0e00-\u0eff\u3040-\u9fff])(?:"
        + "|".join(map(re.escape, words))
        + r")(?![^\W_\u0e00-\u0eff\u3040-\u9fff])"
    )
