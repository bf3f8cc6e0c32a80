"""Find what a text speaks of, the same for all languages: `+ads`, `+court`, `+eu`.

The table `concepts.tsv` holds a concept a line with the words of all languages for it: a star lets
a word go on, and a word in capitals is found in capitals alone (`AI`, not the Italian "ai"). Words
of scripts without spaces are found anywhere. Reports of one event in two languages share few words,
but who acts and what it is about.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from digest.cluster.names import SIMPLIFIED, read_data_file

_WIDE = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WORD = re.compile(r"[^\W_]+")
_MAX_PHRASE = 4  # words


@dataclass(frozen=True, slots=True)
class _ConceptTable:
    """The forms of all concepts by how they are found."""

    words: Mapping[str, frozenset[str]]  # a whole word, or several with spaces → concepts
    prefixes: Mapping[str, frozenset[str]]  # what a word begins with
    openers: frozenset[str]  # first words of forms of several words
    wide: Mapping[str, frozenset[str]]
    wide_pattern: re.Pattern[str]


@cache
def _load_table() -> _ConceptTable:
    words: dict[str, set[str]] = defaultdict(set)
    prefixes: dict[str, set[str]] = defaultdict(set)
    wide: dict[str, set[str]] = defaultdict(set)
    for line in read_data_file("concepts.tsv").splitlines():
        concept, forms = line.split("\t")
        for form in forms.split(", "):
            if _WIDE.search(form):
                wide[form.casefold().translate(SIMPLIFIED)].add(f"+{concept}")
            elif form.endswith("*"):
                prefixes[form[:-1]].add(f"+{concept}")
            elif form.isupper():
                words[form].add(f"+{concept}")
            else:
                words[" ".join(_WORD.findall(form.casefold()))].add(f"+{concept}")
    longest_first = sorted(wide, key=len, reverse=True)
    return _ConceptTable(
        _freeze(words),
        _freeze(prefixes),
        frozenset(form.split()[0] for form in words if " " in form),
        _freeze(wide),
        re.compile("|".join(map(re.escape, longest_first))),
    )


def _freeze(found: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    return {form: frozenset(concepts) for form, concepts in found.items()}


def find_concepts(text: str) -> Iterator[str]:
    """Yield the concepts that a text speaks of; its characters are the simplest, as in traits.

    Words of a longer form stand for that alone: the name of a law says no more than the law.
    """
    table = _load_table()
    words, at = _WORD.findall(text), 0
    while at < len(words):
        length = _measure_phrase(words, at, table) if words[at].casefold() in table.openers else 1
        if length == 1:
            yield from _find_word(words[at])
        else:
            yield from table.words[" ".join(words[at : at + length]).casefold()]
        at += length
    if not text.isascii():
        for match in table.wide_pattern.finditer(text.casefold()):
            yield from table.wide[match[0]]


def _measure_phrase(words: Sequence[str], at: int, table: _ConceptTable) -> int:
    """Return how many words from `at` on make the longest form of several words, else 1."""
    for length in range(min(_MAX_PHRASE, len(words) - at), 1, -1):
        if " ".join(words[at : at + length]).casefold() in table.words:
            return length
    return 1


@lru_cache(maxsize=100_000)
def _find_word(word: str) -> frozenset[str]:
    """Return the concepts of a word: as it is written, in small letters, by how it begins."""
    table = _load_table()
    found = table.words.get(word, frozenset[str]())
    word = word.casefold()
    found |= table.words.get(word, frozenset())
    for length in range(len(word), 1, -1):
        if longest := table.prefixes.get(word[:length]):
            return found | longest
    return found
