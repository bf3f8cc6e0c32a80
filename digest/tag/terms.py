"""Find terms in text.

A term is found by whole words, whatever stands between them ("e-mail", "e mail"); a `*` lets a word
go on. A term with letters of a script without spaces is found in the running text. Finding goes by
a term's first word, so thousands of terms cost little.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from digest.errors import ConfigError, Problem
from digest.tag.words import NO_SPACES, fold_text

_PIECE = re.compile(rf"[{NO_SPACES}]+|[^\W_{NO_SPACES}]+\+?")
_TERM_PIECE = re.compile(rf"(?:[{NO_SPACES}]+|[^\W_{NO_SPACES}]+\+?)\*?")
_MAX_KEPT = 20_000  # words whose terms are kept
_UNSPACED = re.compile(f"[{NO_SPACES}]")


@dataclass(frozen=True, slots=True)
class Term:
    """A term as it is written, its label, its weight, and whether it is a team's own."""

    text: str
    label: str
    weight: float = 1.0
    of_team: bool = False


@dataclass(frozen=True, slots=True)
class TermHit:
    """A term found, and the words of the folded text that it found."""

    term: Term
    words: str


class TermMatcher:
    """Finds terms in folded text."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._exact_index: dict[str, list[tuple[tuple[str, ...], Term]]] = {}
        self._prefix_index: dict[str, list[tuple[tuple[str, ...], Term]]] = {}
        self._running_index: dict[str, list[tuple[str, Term]]] = {}
        for term in terms:
            folded = fold_text(term.text)
            pieces = _TERM_PIECE.findall(folded)
            if _UNSPACED.search(folded):
                plain = "".join(pieces).replace("*", "")
                self._running_index.setdefault(plain[0], []).append((plain, term))
            elif pieces:
                first, rest = pieces[0], tuple(pieces[1:])
                index = self._prefix_index if first.endswith("*") else self._exact_index
                index.setdefault(first.removesuffix("*"), []).append((rest, term))
        self._prefix_sizes = sorted(set(map(len, self._prefix_index)))
        self._listed: dict[str, tuple[tuple[tuple[str, ...], Term], ...]] = {}

    def find_terms(self, folded: str) -> list[TermHit]:
        """Return every term in the text, once for each place where it stands."""
        pieces = _PIECE.findall(folded)
        hits = []
        for at, piece in enumerate(pieces):
            if listed := self._list_terms(piece):
                hits += [
                    TermHit(term, " ".join(pieces[at : at + 1 + len(rest)]))
                    for rest, term in listed
                    if not rest or _matches_rest(pieces, at + 1, rest)
                ]
        if self._running_index and _UNSPACED.search(folded):
            text = "".join(folded.split())
            for first in dict.fromkeys(text):
                for plain, term in self._running_index.get(first, ()):
                    at = text.find(plain)
                    if at >= 0 and not (at and _is_latin(first) and _is_latin(text[at - 1])):
                        hits.append(TermHit(term, plain))
        return hits

    def _list_terms(self, piece: str) -> tuple[tuple[tuple[str, ...], Term], ...]:
        """Return the terms that may begin with a word: their further words and themselves.

        Few words make up most of all texts: what was looked up is kept.
        """
        known = self._listed.get(piece)
        if known is None:
            starts = (piece[:size] for size in self._prefix_sizes if size <= len(piece))
            by_prefix = (entry for start in starts for entry in self._prefix_index.get(start, ()))
            known = (*self._exact_index.get(piece, ()), *by_prefix)
            if len(self._listed) >= _MAX_KEPT:
                self._listed.clear()
            self._listed[piece] = known
        return known

    def find_labels(self, folded: str) -> tuple[str, ...]:
        """Return the labels of the terms in the text, sorted, each once."""
        return tuple(sorted({hit.term.label for hit in self.find_terms(folded)}))


def _matches_rest(pieces: list[str], at: int, rest: tuple[str, ...]) -> bool:
    return at + len(rest) <= len(pieces) and all(
        have.startswith(wanted[:-1]) if wanted.endswith("*") else have == wanted
        for have, wanted in zip(pieces[at:], rest, strict=False)
    )


def _is_latin(letter: str) -> bool:
    return letter.isalpha() and letter < "\u0250"


def split_terms(listed: str, label: str, where: str = "") -> list[Term]:
    """Return the terms of a comma-separated text, each with its weight after `^`.

    Raises ConfigError for a weight that is no number, naming `where`.
    """
    terms = []
    for entry in listed.split(","):
        text, mark, weight = entry.strip().partition("^")
        if not text:
            continue
        try:
            terms.append(Term(" ".join(text.split()), label, float(weight) if mark else 1.0))
        except ValueError as error:
            what = f"the weight of {text!r} must be a number, as in {text}^2, not {weight!r}"
            raise ConfigError((Problem(where or label, 0, 0, label, what),)) from error
    return terms
