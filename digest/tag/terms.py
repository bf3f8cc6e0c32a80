"""The vocabulary: terms and patterns read from data, made into matchers.

A term is found by whole words, whatever stands between them ("e-mail", "e mail"); a `*` lets a word go on. A term with
letters of a script without spaces is found in the running text. Finding goes by a term's first word, so thousands of
terms cost little.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from digest.errors import ConfigError, Problem
from digest.tag.words import NO_SPACES, fold

HERE = Path(__file__).parent / "vocabulary"
_PIECE = re.compile(rf"[{NO_SPACES}]+|[^\W_{NO_SPACES}]+\+?")
_TERM_PIECE = re.compile(rf"(?:[{NO_SPACES}]+|[^\W_{NO_SPACES}]+\+?)\*?")
_UNSPACED = re.compile(f"[{NO_SPACES}]")


@dataclass(frozen=True, slots=True)
class Term:
    """A term as it is written, whom it speaks for, how strongly, and whether it is a team's own."""

    text: str
    label: str
    weight: float = 1.0
    of_team: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A term found, and the words of the folded text that it found."""

    term: Term
    words: str


class Terms:
    """Finds terms in folded text."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._closed: dict[str, list[tuple[tuple[str, ...], Term]]] = {}
        self._open: dict[str, list[tuple[tuple[str, ...], Term]]] = {}
        self._running: dict[str, list[tuple[str, Term]]] = {}
        for term in terms:
            self._place(term)
        self._open_sizes = sorted(set(map(len, self._open)))

    def _place(self, term: Term) -> None:
        folded = fold(term.text)
        pieces = _TERM_PIECE.findall(folded)
        if _UNSPACED.search(folded):
            plain = "".join(pieces).replace("*", "")
            self._running.setdefault(plain[0], []).append((plain, term))
        elif pieces:
            first, rest = pieces[0], tuple(pieces[1:])
            index = self._open if first.endswith("*") else self._closed
            index.setdefault(first.removesuffix("*"), []).append((rest, term))

    def find(self, folded: str) -> list[Hit]:
        """Every term in the text, once for each place where it stands."""
        pieces = _PIECE.findall(folded)
        hits = [
            Hit(term, " ".join(pieces[at : at + 1 + len(rest)]))
            for at in range(len(pieces))
            for rest, term in self._starting(pieces[at])
            if _follow(pieces, at + 1, rest)
        ]
        if self._running and _UNSPACED.search(folded):
            hits.extend(self._in_running_text("".join(folded.split())))
        return hits

    def _starting(self, piece: str) -> Iterable[tuple[tuple[str, ...], Term]]:
        yield from self._closed.get(piece, ())
        for size in self._open_sizes:
            if size <= len(piece):
                yield from self._open.get(piece[:size], ())

    def _in_running_text(self, text: str) -> Iterable[Hit]:
        for first in dict.fromkeys(text):
            for plain, term in self._running.get(first, ()):
                at = text.find(plain)
                if at >= 0 and not (at and _is_latin(first) and _is_latin(text[at - 1])):
                    yield Hit(term, plain)


def _follow(pieces: list[str], at: int, rest: tuple[str, ...]) -> bool:
    if at + len(rest) > len(pieces):
        return False
    return all(
        have.startswith(wanted[:-1]) if wanted.endswith("*") else have == wanted
        for have, wanted in zip(pieces[at:], rest, strict=False)
    )


def _is_latin(letter: str) -> bool:
    return letter.isalpha() and letter < "\u0250"


def split_terms(listed: str, label: str, where: str = "") -> list[Term]:
    """The terms of a comma-separated text, each with its weight after `^`.

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


def read_yaml(path: Path) -> Mapping[str, object]:
    """A packaged vocabulary file."""
    from ruamel.yaml import YAML  # heavy: only where vocabulary is loaded

    loaded: Mapping[str, object] = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
    return loaded
