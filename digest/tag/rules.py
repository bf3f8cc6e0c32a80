"""What a team adds to the judgement: words, companies, and rules that stand above it.

Plain values, built by the CLI from a workspace's file. A rule's conditions must all hold; the first rule that holds
decides whether an item is relevant, and is named as the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
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
        problems = tuple(Problem("", 0, 0, self.name, what) for what in _find_rule_problems(self))
        if problems:
            raise ConfigError(problems)

    def applies_to(self, item: Item, tags: Tags) -> bool:
        """Whether all conditions hold for a judged item."""
        text = fold_text(f"{item.title} {item.summary}")[:_MAX_SEARCHED_CHARS]
        return (
            (
                not self.words
                or bool(TermMatcher(Term(word, "") for word in self.words).find_terms(text))
            )
            and (not self.pattern or bool(_compile_pattern(self.pattern).search(text)))
            and (not self.sources or _has_overlap(self.sources, (item.source, item.source_name)))
            and (not self.vendors or _has_overlap(self.vendors, tags.vendors))
            and (not self.categories or (tags.category or "none") in self.categories)
            and (not self.events or tags.event in self.events)
        )


@dataclass(frozen=True, slots=True)
class Overrides:
    """All that a team adds. `without` names packaged category terms that shall not count; `events` holds patterns by
    event and place ("title", "body"), `claims` those of the AI-claim test by its points, `ai` words that say AI."""

    terms: tuple[Term, ...] = ()
    without: frozenset[str] = frozenset()
    vendors: tuple[Vendor, ...] = ()
    rules: tuple[Rule, ...] = ()
    events: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    claims: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ai: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        problems = tuple(Problem("", 0, 0, where, what) for where, what in self._find_problems())
        if problems:
            raise ConfigError(problems)

    def _find_problems(self) -> Iterator[tuple[str, str]]:
        for term in self.terms:
            if term.label not in CATEGORIES:
                yield term.text, f"{term.label!r} is no category slug"
        listed = [
            (f"events.{event}.{place}", event in EVENTS and place in _PLACES, several)
            for event, places in self.events.items()
            for place, several in places.items()
        ]
        listed += [
            (f"claims.{kind}", kind in CLAIM_POINTS, several)
            for kind, several in self.claims.items()
        ]
        for where, known, several in listed:
            if not known:
                yield (
                    where,
                    "is no place for patterns: those of an event have title and body, those of a claim its points",
                )
            yield from (
                (where, what) for pattern in several for what in patterns.find_faults(pattern)
            )

    def find_rule(self, item: Item, tags: Tags) -> Rule | None:
        """The first rule that holds for a judged item."""
        return next((rule for rule in self.rules if rule.applies_to(item, tags)), None)


def build_team_terms(by_category: Mapping[str, Iterable[str]]) -> tuple[Term, ...]:
    """Terms from words listed under category slugs, each with its weight after ^ where it has one."""
    return tuple(
        replace(term, of_team=True)
        for slug, words in by_category.items()
        for word in words
        for term in split_terms(word, slug, slug)
    )


def build_team_vendor(name: str, **said: Any) -> Vendor:
    """A company as the packaged list has it, where it has it, with what a team says of it."""
    return replace(
        next((one for one in load_shipped_vendors() if one.name == name), Vendor(name)), **said
    )


def _has_overlap(wanted: Iterable[str], have: Iterable[str]) -> bool:
    return bool(set(map(fold_text, wanted)) & set(map(fold_text, have)))


def _find_rule_problems(rule: Rule) -> Iterable[str]:
    if not any(
        (rule.words, rule.pattern, rule.sources, rule.vendors, rule.categories, rule.events)
    ):
        yield "a rule needs at least one condition: words, pattern, sources, vendors, categories or events"
    for slug in rule.categories:
        if slug not in CATEGORIES and slug != "none":
            yield f"{slug!r} is no category slug"
    for event in rule.events:
        if event not in EVENTS:
            yield f"{event!r} is no event; allowed are {', '.join(EVENTS)}"
    if rule.pattern:
        yield from patterns.find_faults(rule.pattern)


@cache
def _compile_pattern(pattern: str) -> re.Pattern[str]:
    return patterns.compile_pattern(pattern)
