"""vocabulary.yaml: what the team teaches the judgement: words, patterns, companies, rules.

A pattern is a regular expression over small letters, bounded in time: see digest/patterns.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import filterfalse
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from digest import patterns
from digest.config.categories import CategorySlug
from digest.config.kinds import ShortText
from digest.config.tree import parse_yaml
from digest.config.validate import (
    RuleViolation,
    Settings,
    find_repeats,
    find_texts,
    find_values,
    fingerprint_file,
    key,
    load_model,
    validate_yaml,
)
from digest.config.yaml_file import insert_value
from digest.model.tags import Event

Group = Literal["words", "vendors", "events", "rules"]
GROUPS: tuple[Group, ...] = ("words", "vendors", "events", "rules")
ClaimKind = Literal["data", "method", "availability", "customer", "result", "speaker", "difference"]
_WEIGHT = re.compile(r"(?:[0-9]{1,3}|[0-9]{0,3}\.[0-9]{1,3})")
_CONDITIONS = ("words", "pattern", "sources", "vendors", "categories", "events")


def _validate_pattern(text: str) -> str:
    for fault in patterns.find_faults(text):
        raise ValueError(fault)
    return text


TeamPattern = Annotated[str, AfterValidator(_validate_pattern), Field(min_length=1, max_length=200)]


class VendorEntry(Settings):
    """A company, or a product of one, that the packaged list lacks or has wrong.

    What is not given stays as it is.
    """

    name: ShortText
    aliases: tuple[ShortText, ...] = key("other written forms", ())
    site: ShortText | None = key("host of its site, as acme.com")
    parent: ShortText | None = key("the company that owns it")
    kind: Literal["company", "product", "media"] = "company"
    categories: tuple[CategorySlug, ...] = key("the home category first", ())
    care: Mapping[ShortText, Literal["any", "case", "word", "cue"]] = key(
        "how much a written form needs to be believed; see digest/tag/vendors.py", {}
    )
    cues: tuple[ShortText, ...] = key("words that vouch for it anywhere in the item", ())


class RuleEntry(Settings):
    """Includes or excludes the items for which every condition given holds.

    The first rule that holds decides.
    """

    name: ShortText
    effect: Literal["include", "exclude"]
    words: tuple[ShortText, ...] = key("any of these; a trailing * lets a word go on", ())
    pattern: TeamPattern | None = key("a regular expression, searched in title and summary")
    sources: tuple[ShortText, ...] = ()
    vendors: tuple[ShortText, ...] = ()
    categories: tuple[CategorySlug | Literal["none"], ...] = ()
    events: tuple[Event, ...] = ()


class EventPatterns(Settings):
    """How an event is told; one that is found counts as a packaged one of that event."""

    title: tuple[TeamPattern, ...] = key("regular expressions, searched in titles", ())
    body: tuple[TeamPattern, ...] = key("regular expressions, searched in summaries and texts", ())


class VocabularyFile(Settings):
    """The whole file; every part is optional."""

    words: Mapping[CategorySlug, tuple[ShortText, ...]] = key(
        "category → words that speak for it, as crm^2", {}
    )
    without: tuple[ShortText, ...] = key("packaged words that shall not count", ())
    vendors: tuple[VendorEntry, ...] = ()
    rules: tuple[RuleEntry, ...] = ()
    events: Mapping[Event, EventPatterns] = key(
        "event → patterns of titles and texts that tell it", {}
    )
    claims: dict[ClaimKind, tuple[TeamPattern, ...]] = key(
        "point of the AI-claim test → patterns of sentences that answer it", {}
    )
    ai: tuple[ShortText, ...] = key(
        "words that say AI; with a capital they count only as written", ()
    )


def load_vocabulary(path: Path) -> VocabularyFile:
    """Return the team's vocabulary. Raises ConfigError with all problems at once."""
    return load_model(path, VocabularyFile, rules=_check_vocabulary)


def parse_vocabulary(text: str, name: str = "vocabulary.yaml") -> VocabularyFile:
    """Return the vocabulary that a text holds. Raises ConfigError with every problem."""
    return validate_yaml(text, VocabularyFile, name, rules=_check_vocabulary)


def fingerprint_vocabulary(path: Path) -> str:
    """Return a fingerprint of what a file teaches; "" where it teaches nothing.

    It is the same under other comments.
    """
    return fingerprint_file(load_vocabulary(path)) if path.exists() else ""


# ---------------------------------------------------------------- what one field cannot judge alone


def _check_vocabulary(plain: Any) -> Iterator[RuleViolation]:
    for loc, word in find_texts(plain, "words", "*", "*"):
        text, mark, weight = word.partition("^")
        if not re.search(r"\w", text):
            yield RuleViolation(loc, "holds no word")
        if mark and not _WEIGHT.fullmatch(weight.strip()):
            yield RuleViolation(loc, "the weight behind ^ must be a number, as in crm^2")
    for loc, word in find_texts(plain, "ai", "*"):
        if word.endswith("*") and word != word.lower():
            what = (
                "a word with a capital counts only as it is written: take out the *, or the capital"
            )
            yield RuleViolation(loc, what)
    for loc, rule in find_values(plain, "rules", "*"):
        if isinstance(rule, dict) and not any(rule.get(name) for name in _CONDITIONS):
            what = f"a rule needs at least one condition: {', '.join(_CONDITIONS)}"
            yield RuleViolation(loc, what)
    for group in ("vendors", "rules"):
        names = find_texts(plain, group, "*", "name")
        yield from find_repeats(names, lambda _, __: "the same name stands here twice")


# ---------------------------------------------------------------- lines added to the file


@dataclass(frozen=True, slots=True)
class VocabularyLine:
    """A line for vocabulary.yaml.

    It is an entry of `vendors` or `rules`; a category and its word, which stands under `words`:
    `{crm: ledger^4}`; or an event and a pattern of titles that tell it, under `events`.
    """

    group: Group
    entry: Mapping[str, Any]


def add_lines(text: str, lines: tuple[VocabularyLine, ...], file: str = "vocabulary.yaml") -> str:
    """Return the text of vocabulary.yaml with more lines, each where a person would write it.

    Raises ConfigError where text or result is no vocabulary, DigestError where it is laid out in a
    way that takes a person.
    """
    parse_vocabulary(text, file)
    for line in lines:
        if line.group == "events":
            for event, pattern in line.entry.items():
                text = _add_pattern(text, event, pattern, file)
            continue
        if line.group != "words":
            count = sum(1 for _ in find_values(parse_yaml(text, file).plain_value, line.group, "*"))
            text = insert_value(text, (line.group, count), line.entry, file)
            continue
        for slug, word in line.entry.items():
            categories = (parse_yaml(text, file).plain_value or {}).get("words") or {}
            known = categories.get(slug) or ()
            if word not in known:
                is_plain = word[:1].isalpha() and set(filterfalse(str.isalnum, word)) <= set(" ^*.")
                term = word if is_plain else DoubleQuotedScalarString(word)
                text = insert_value(text, ("words", slug, len(known)), term, file)
    parse_vocabulary(text, file)
    return text


def _add_pattern(text: str, event: str, pattern: str, file: str) -> str:
    """Return the text with one more pattern of the titles that tell an event."""
    events = (parse_yaml(text, file).plain_value or {}).get("events") or {}
    known = (events.get(event) or {}).get("title") or ()
    if pattern in known:
        return text
    return insert_value(text, ("events", event, "title", len(known)), pattern, file)
