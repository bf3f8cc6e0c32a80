"""The names and words that a question may use for what an item says in others.

A `Lexicon` is built by `digest.app.search_lexicon` of the shipped vocabulary: vendors with their
aliases in all scripts, category words and words of what happens, by language. Pure once built.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from digest.search.words import fold_words, is_unspaced, split_tokens

_MIN_PREFIX = 3  # letters of a form that lets a word go on
_PARTICLES = frozenset("的了吗呢吧和与及是がをはにへ")  # single letters that end a word before them
_BEFORE_KNOWN = frozenset("对把被给让向由从在")  # … where a known word follows
_MAX_RUN_WORD = 16  # letters
_MAX_SURFACE = 6  # words of the longest form


@dataclass(frozen=True, slots=True)
class Form:
    """Tokens that follow each other; with `prefix` the last one may go on."""

    tokens: tuple[str, ...]
    prefix: bool = False

    def write_match(self) -> str:
        """Return the form as an expression of FTS5."""
        return f'"{" ".join(self.tokens)}"{"*" if self.prefix else ""}'


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name or a word stands for; `gloss` says it in English."""

    labels: tuple[str, ...] = ()  # that items about it have
    forms: tuple[Form, ...] = ()  # other ways to write it
    others: tuple[Form, ...] = ()  # what is much the same under another name
    is_name: bool = False  # of a vendor or a product
    is_proper: bool = False  # a place, a person, an institution, in all languages that it has
    gloss: str = ""


@dataclass(frozen=True)
class Lexicon:
    """Names and words with what they stand for, by their folded form.

    `prefixes` are the forms that let a word go on.
    """

    whole: Mapping[str, Meaning] = field(default_factory=dict)
    words: frozenset[str] = frozenset()  # of scripts without spaces, to cut runs at
    prefixes: Mapping[str, Meaning] = field(default_factory=dict)

    def find_meaning(self, surface: str) -> Meaning | None:
        """Return what a folded name, word or phrase stands for."""
        found = self.whole.get(surface)
        if found and (found.forms or found.is_name):
            return found
        longer = self._find_prefix(surface)
        return merge_meanings((longer, found)) if found and longer else found or longer

    def _find_prefix(self, surface: str) -> Meaning | None:
        """Return what the longest form stands for that a word goes on from."""
        last_word = surface.rfind(" ") + 1  # only the last word may go on
        for length in range(len(surface), last_word + _MIN_PREFIX - 1, -1):
            if found := self.prefixes.get(surface[:length]):
                return found
        return None

    def find_longest(self, words: list[str], start: int) -> tuple[int, Meaning] | None:
        """Return how many words from `start` on make the longest known form, and its meaning."""
        for count in range(min(_MAX_SURFACE, len(words) - start), 0, -1):
            if found := self.find_meaning(" ".join(words[start : start + count])):
                return count, found
        return None

    def cut_run(self, run: str) -> Iterator[tuple[str, Meaning | None]]:
        """Yield the known words of a run without spaces, and what stands between them."""
        rest, at = "", 0
        while at < len(run):
            longest = self._find_known(run, at)
            if longest and (len(longest) > 1 or not rest or self._ends_word(run, at)):
                if rest:
                    yield rest, None
                    rest = ""
                yield longest, self.whole.get(longest)
                at += len(longest)
            else:
                rest, at = rest + run[at], at + 1
        if rest:
            yield rest, None

    def _find_known(self, run: str, at: int) -> str:
        """Return the longest known word at a place of a run, "" where there is none."""
        stops = load_stop_words()
        for length in range(min(_MAX_RUN_WORD, len(run) - at), 0, -1):
            part = run[at : at + length]
            if part in self.whole or part in stops or part in self.words:
                return part
        return ""

    def _ends_word(self, run: str, at: int) -> bool:
        """Return whether the single letter at a place ends the word before it."""
        if run[at] in _BEFORE_KNOWN:
            return len(self._find_known(run, at + 1)) > 1
        return run[at] in _PARTICLES


def merge_meanings(meanings: Iterable[Meaning]) -> Meaning:
    """Return what several meanings of one form are together; a name is nothing else beside."""
    listed = tuple(meanings)
    every = tuple(one for one in listed if one.is_name) or listed
    return Meaning(
        tuple(dict.fromkeys(label for one in every for label in one.labels)),
        tuple(dict.fromkeys(form for one in every for form in one.forms)),
        tuple(dict.fromkeys(form for one in every for form in one.others)),
        any(one.is_name for one in every),
        all(one.is_proper for one in every),
        next((one.gloss for one in every if one.gloss), ""),
    )


def make_form(written: str) -> Form | None:
    """Return the form that a name or term gives; a trailing * lets a word go on."""
    tokens = tuple(split_tokens(fold_words(written.rstrip("*"))))
    if not tokens:
        return None
    goes_on = written.endswith("*") and len(tokens[-1]) >= _MIN_PREFIX
    return Form(tokens, goes_on and not is_unspaced(tokens[-1]))


@cache
def load_stop_words() -> frozenset[str]:
    """Return the folded words of all languages that say nothing of what a question is about."""
    lines = (files("digest.search") / "stopwords.tsv").read_text("utf-8").splitlines()[1:]
    return frozenset(fold_words(word) for line in lines for word in line.split("\t")[1].split())
