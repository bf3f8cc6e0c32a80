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
from digest.model import EVENTS, Item, Tags
from digest.tag.lexicon import CLAIM_POINTS
from digest.tag.terms import Term, Terms, split_terms
from digest.tag.vendors import Vendor, shipped
from digest.tag.words import fold
from digest.taxonomy import CATEGORIES

_MOST_SEARCHED = 2_000  # characters of an item that a pattern is tried on
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
        problems = tuple(Problem("", 0, 0, self.name, what) for what in _faults(self))
        if problems:
            raise ConfigError(problems)

    def holds(self, item: Item, tags: Tags) -> bool:
        """Whether all conditions hold for a judged item."""
        text = fold(f"{item.title} {item.summary}")[:_MOST_SEARCHED]
        return (
            (not self.words or bool(Terms(Term(word, "") for word in self.words).find(text)))
            and (not self.pattern or bool(_compiled(self.pattern).search(text)))
            and (not self.sources or _any_of(self.sources, (item.source, item.source_name)))
            and (not self.vendors or _any_of(self.vendors, tags.vendors))
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
        problems = tuple(Problem("", 0, 0, where, what) for where, what in self._faults())
        if problems:
            raise ConfigError(problems)

    def _faults(self) -> Iterator[tuple[str, str]]:
        for term in self.terms:
            if term.label not in CATEGORIES:
                yield term.text, f"{term.label!r} is no category slug"
        listed = [
            (f"events.{event}.{place}", event in EVENTS and place in _PLACES, several)
            for event, places in self.events.items()
            for place, several in places.items()
        ]
        listed += [(f"claims.{kind}", kind in CLAIM_POINTS, several) for kind, several in self.claims.items()]
        for where, known, several in listed:
            if not known:
                yield (
                    where,
                    "is no place for patterns: those of an event have title and body, those of a claim its points",
                )
            yield from ((where, what) for pattern in several for what in patterns.faults(pattern))

    def first_rule(self, item: Item, tags: Tags) -> Rule | None:
        """The first rule that holds for a judged item."""
        return next((rule for rule in self.rules if rule.holds(item, tags)), None)


def terms_of(by_category: Mapping[str, Iterable[str]]) -> tuple[Term, ...]:
    """Terms from words listed under category slugs, each with its weight after ^ where it has one."""
    return tuple(
        replace(term, of_team=True)
        for slug, words in by_category.items()
        for word in words
        for term in split_terms(word, slug, slug)
    )


def vendor_of(name: str, **said: Any) -> Vendor:
    """A company as the packaged list has it, where it has it, with what a team says of it."""
    return replace(next((one for one in shipped() if one.name == name), Vendor(name)), **said)


def _any_of(wanted: Iterable[str], have: Iterable[str]) -> bool:
    return bool(set(map(fold, wanted)) & set(map(fold, have)))


def _faults(rule: Rule) -> Iterable[str]:
    if not any((rule.words, rule.pattern, rule.sources, rule.vendors, rule.categories, rule.events)):
        yield "a rule needs at least one condition: words, pattern, sources, vendors, categories or events"
    for slug in rule.categories:
        if slug not in CATEGORIES and slug != "none":
            yield f"{slug!r} is no category slug"
    for event in rule.events:
        if event not in EVENTS:
            yield f"{event!r} is no event; allowed are {', '.join(EVENTS)}"
    if rule.pattern:
        yield from patterns.faults(rule.pattern)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return patterns.compiled(pattern)
