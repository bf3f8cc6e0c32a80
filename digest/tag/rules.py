"""Hold what a team adds to the judgement: words, companies, and rules that stand above it.

Plain values, built from a workspace's file. A rule's conditions must all hold; the first rule that
holds decides whether an item is relevant, and is named as the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal

from digest import patterns
from digest.errors import ConfigError, Problem
from digest.model.item import Item
from digest.model.tags import EVENTS, Tags
from digest.tag.lexicon import CLAIM_POINTS
from digest.tag.terms import Term, TermMatcher, split_terms
from digest.tag.vendors import Vendor, load_shipped_vendors
from digest.tag.words import fold_text
from digest.taxonomy import CATEGORIES

_MAX_SEARCHED_CHARS = 2_000  # characters of an item that a pattern is tried on
_PLACES = ("title", "body")
_compile_pattern = cache(patterns.compile_pattern)
_NO_CONDITION = (
    "a rule needs at least one condition: words, pattern, sources, vendors, categories or events"
)
_NO_PLACE = (
    "is no place for patterns: those of an event have title and body, those of a claim its points"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """Includes or excludes the items for which every condition that is given holds."""

    name: str
    effect: Literal["include", "exclude"]
    words: tuple[str, ...] = ()  # any of these, as whole words; a trailing * lets a word go on
    pattern: str = ""  # a regular expression, searched in the folded title and summary
    sources: tuple[str, ...] = ()  # slugs or names
    vendors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    events: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        conditions = ("words", "pattern", "sources", "vendors", "categories", "events")
        found = [] if any(getattr(self, name) for name in conditions) else [_NO_CONDITION]
        found += [
            f"{slug!r} is no category slug"
            for slug in self.categories
            if slug not in CATEGORIES and slug != "none"
        ]
        found += [
            f"{event!r} is no event; allowed are {', '.join(EVENTS)}"
            for event in self.events
            if event not in EVENTS
        ]
        if self.pattern:
            found += patterns.find_faults(self.pattern)
        _raise_problems((self.name, what) for what in found)

    def applies_to(self, item: Item, tags: Tags) -> bool:
        """Return whether all conditions hold for a judged item."""
        text = fold_text(f"{item.title} {item.summary}")[:_MAX_SEARCHED_CHARS]
        terms = TermMatcher(Term(word, "") for word in self.words)
        return (
            (not self.words or bool(terms.find_terms(text)))
            and (not self.pattern or bool(_compile_pattern(self.pattern).search(text)))
            and (not self.sources or _has_overlap(self.sources, (item.source, item.source_name)))
            and (not self.vendors or _has_overlap(self.vendors, tags.vendors))
            and (not self.categories or (tags.category or "none") in self.categories)
            and (not self.events or tags.event in self.events)
        )


@dataclass(frozen=True, slots=True)
class Overrides:
    """All that a team adds.

    `without` names packaged category terms that shall not count; `events` holds patterns by event
    and place ("title", "body"), `claims` those of the AI-claim test by its points, `ai` words that
    say AI.
    """

    terms: tuple[Term, ...] = ()
    without: frozenset[str] = frozenset()
    vendors: tuple[Vendor, ...] = ()
    rules: tuple[Rule, ...] = ()
    events: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    claims: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ai: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        found = [
            (term.text, f"{term.label!r} is no category slug")
            for term in self.terms
            if term.label not in CATEGORIES
        ]
        listed = [
            (f"events.{event}.{place}", event in EVENTS and place in _PLACES, several)
            for event, places in self.events.items()
            for place, several in places.items()
        ]
        listed += [
            (f"claims.{kind}", kind in CLAIM_POINTS, several)
            for kind, several in self.claims.items()
        ]
        for where, known, listed_patterns in listed:
            if not known:
                found.append((where, _NO_PLACE))
            for pattern in listed_patterns:
                found += ((where, what) for what in patterns.find_faults(pattern))
        _raise_problems(found)

    def find_rule(self, item: Item, tags: Tags) -> Rule | None:
        """Return the first rule that holds for a judged item; None where none does."""
        return next((rule for rule in self.rules if rule.applies_to(item, tags)), None)


def build_team_terms(by_category: Mapping[str, Iterable[str]]) -> tuple[Term, ...]:
    """Return the terms of words listed under category slugs, with a weight after ^ or without."""
    return tuple(
        replace(term, of_team=True)
        for slug, words in by_category.items()
        for word in words
        for term in split_terms(word, slug, slug)
    )


def build_team_vendor(name: str, **changes: Any) -> Vendor:
    """Return a company as the packaged list has it, if it has it, with what a team says of it."""
    known = (vendor for vendor in load_shipped_vendors() if vendor.name == name)
    return replace(next(known, Vendor(name)), **changes)


def _has_overlap(names: Iterable[str], others: Iterable[str]) -> bool:
    return not set(map(fold_text, names)).isdisjoint(map(fold_text, others))


def _raise_problems(found: Iterable[tuple[str, str]]) -> None:
    """Raise ConfigError where there are problems, each a place and what is wrong there."""
    if problems := tuple(Problem("", 0, 0, where, what) for where, what in found):
        raise ConfigError(problems)
