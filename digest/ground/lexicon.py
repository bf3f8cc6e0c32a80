"""Find what words mean the same in several languages (`concepts.toml`, `units.toml`)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from digest.ground.script import fold, is_unspaced

_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_SIMPLE = re.compile(r"[^\W_]+(?:-[^\W_]+)*\*?")
_MIN_PREFIX = 2


@dataclass(frozen=True, slots=True)
class Found:
    """A word of a concept in a folded text."""

    concept: str
    start: int
    end: int


@dataclass(slots=True)
class _Table:
    """The words of one language, ready to be found."""

    whole: dict[str, list[str]] = field(default_factory=dict)
    stems: dict[str, list[str]] = field(default_factory=dict)
    literals: list[tuple[str, str]] = field(default_factory=list)
    patterns: list[tuple[str, re.Pattern[str], bool]] = field(default_factory=list)

    def add(self, concept: str, term: str, *, unspaced: bool) -> None:
        accented = term.startswith("~")
        term = term.lstrip("~")
        if unspaced and not re.search(r"[\\(\[?*|]", term):
            self.literals.append((concept, term))
        elif not accented and not unspaced and _SIMPLE.fullmatch(term):
            table = self.stems if term.endswith("*") else self.whole
            table.setdefault(term.rstrip("*"), []).append(concept)
        else:
            source = re.sub(r"(?<=[^\W_)])\*", r"\\w*", term).replace(" * ", r" (?:[\w'-]+ ){0,6}")
            bounds = ("", "") if unspaced else (r"(?<!\w)(?:", r")(?!\w)")
            self.patterns.append((concept, re.compile(source.join(bounds)), accented))


@cache
def _load_tables(name: str) -> dict[str, _Table]:
    data = tomllib.loads(files("digest.ground").joinpath(name).read_text("utf-8"))
    tables: dict[str, _Table] = {}
    for concept, by_language in data.items():
        for language, terms in by_language.items():
            table = tables.setdefault(language, _Table())
            for term in filter(None, map(str.strip, terms.split(","))):
                table.add(concept, term, unspaced=is_unspaced(language))
    return tables


def find_concepts(folded: str, accented: str, language: str, name: str) -> Iterator[Found]:
    """Yield the words of a file's concepts in a folded text; places are those of `folded`."""
    table = _load_tables(name).get(language)
    if table is None:
        return
    for match in _WORD.finditer(folded):
        word = match[0]
        seen: list[str] = []
        for part in {word, *word.split("-")}:
            seen += table.whole.get(part, ())
            for length in range(_MIN_PREFIX, len(part) + 1):
                seen += table.stems.get(part[:length], ())
        yield from (Found(concept, *match.span()) for concept in dict.fromkeys(seen))
    for concept, literal in table.literals:
        at = folded.find(literal)
        while at >= 0:
            yield Found(concept, at, at + len(literal))
            at = folded.find(literal, at + len(literal))
    for concept, pattern, in_accented in table.patterns:
        for match in pattern.finditer(accented if in_accented else folded):
            yield Found(concept, *match.span())


def find_text_concepts(text: str, language: str, name: str = "concepts.toml") -> list[Found]:
    """Return the concepts of a text in order of their places in its folded form."""
    found = find_concepts(fold(text), fold(text, accents=True), language, name)
    return sorted(found, key=lambda one: (one.start, one.end))
