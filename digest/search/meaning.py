"""Rank texts by meaning: vectors of a question and of items compared, and joined with words.

A question's similarity to an item says little by itself, since any two texts of the model are alike
(those of one language more so). It is held against everyday questions (`everyday.tsv`): what is
nearer to those than to any item is about something else. Pure.
"""

from __future__ import annotations

import base64
import heapq
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from statistics import fmean
from typing import TypeVar

from digest.vectors import calculate_similarity, read_vector

_K = 60  # of reciprocal rank fusion: Cormack, Clarke and Büttcher (2009)
_COMPARED = 200  # of each language, the nearest by sign, compared in full
_SAMPLE = 60  # of each language, from which its usual similarity is measured
_FEW = 4  # items below which a language's usual similarity is mostly that of the others
_MEAN_SAMPLE = 300
_BIASED = bytes(byte ^ 0x80 for byte in range(256))
_T = TypeVar("_T", bound=Hashable)


@dataclass(frozen=True, slots=True)
class ItemVector:
    """The vector of an entry of the index.

    `signs`: in each byte the highest bit tells whether the number is above the mean.
    """

    number: int
    raw: bytes
    signs: int


@dataclass(frozen=True, slots=True)
class VectorSet:
    """The vectors of items by their language, and the mean of all, as the signs are read."""

    by_language: Mapping[str, Sequence[ItemVector]]
    mean: int


def build_vector_set(rows: Sequence[tuple[int, str, bytes]]) -> VectorSet:
    """Return vectors of one length, given as number, language and bytes, ready to be compared."""
    sample = [raw for _, _, raw in rows[:: len(rows) // _MEAN_SAMPLE + 1]]
    columns = zip(*(_bias(raw) for raw in sample), strict=True)
    mean = int.from_bytes(bytes(sum(column) // len(sample) for column in columns))
    by_language: dict[str, list[ItemVector]] = {}
    for number, language, raw in rows:
        one = ItemVector(number, raw, _read_signs(raw, mean))
        by_language.setdefault(language, []).append(one)
    return VectorSet(by_language, mean)


def _bias(raw: bytes) -> bytes:
    """Return signed bytes as unsigned ones, in the same order."""
    return raw.translate(_BIASED)


def _read_signs(raw: bytes, mean: int) -> int:
    """Return which numbers are above the mean, all bytes at once.

    The halves of two bytes differ by less than the highest bit, which the subtraction keeps or not.
    """
    high = int.from_bytes(b"\x80" * len(raw))
    low = high - (high >> 7)  # 0x7f in each byte
    halves = (int.from_bytes(_bias(raw)) >> 1) & low
    return ((halves | high) - ((mean >> 1) & low)) & high


class NearnessMeter:
    """Measures how much nearer items are to a question than the nearest everyday question is."""

    def __init__(self, vector: bytes, vectors: VectorSet) -> None:
        self._signs, self._numbers = _read_signs(vector, vectors.mean), read_vector(vector)
        self._by_language = vectors.by_language
        self._everyday = max(
            calculate_similarity(self._numbers, read_vector(raw)) for _, raw in load_everyday()
        )
        self._usual = self._measure_usual()

    def _measure_usual(self) -> dict[str, float]:
        """Return how much more alike than the most frequent language each language is."""
        found: dict[str, float] = {}
        reference = 0.0
        largest_first = sorted(self._by_language.items(), key=lambda pair: (-len(pair[1]), pair[0]))
        for language, vectors in largest_first:
            cosines = [self._compare(one) for one in vectors[:: len(vectors) // _SAMPLE + 1]]
            reference = reference or fmean(cosines)
            count = len(cosines)
            found[language] = count / (count + _FEW) * (fmean(cosines) - reference)
        return found

    def _compare(self, one: ItemVector) -> float:
        return calculate_similarity(self._numbers, read_vector(one.raw))

    def rank_nearest(self, most: int) -> dict[int, float]:
        """Return the numbers of the nearest items with their nearness, the nearest first.

        Of all items the signs are compared, which takes a hundredth of the time, and of the nearest
        by these the whole vectors.
        """
        found: dict[int, float] = {}
        for language, vectors in self._by_language.items():
            near = heapq.nsmallest(
                _COMPARED, vectors, key=lambda one: (one.signs ^ self._signs).bit_count()
            )
            found |= {one.number: self._measure(one, language) for one in near}
        return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:most])

    def measure_items(self, numbers: Iterable[int]) -> dict[int, float]:
        """Return the nearness of these items, of those that have vectors."""
        wanted = frozenset(numbers)
        return {
            one.number: self._measure(one, language)
            for language, vectors in self._by_language.items()
            for one in vectors
            if one.number in wanted
        }

    def _measure(self, one: ItemVector, language: str) -> float:
        return self._compare(one) - self._usual[language] - self._everyday


@cache
def load_everyday() -> tuple[tuple[str, bytes], ...]:
    """Return everyday questions with their vectors, made by tools/make_everyday.py."""
    lines = (files("digest.search") / "everyday.tsv").read_text("utf-8").splitlines()[1:]
    pairs = (line.split("\t") for line in lines)
    return tuple((text, base64.b64decode(vector)) for text, vector in pairs)


def fuse_ranks(*rankings: Sequence[_T]) -> list[_T]:
    """Return what several rankings hold, by the sum of reciprocal ranks, the best first."""
    scores: dict[_T, float] = {}
    for ranking in rankings:
        for rank, one in enumerate(ranking, 1):
            scores[one] = scores.get(one, 0.0) + 1 / (_K + rank)
    return sorted(scores, key=lambda one: -scores[one])  # stable: the first ranking's comes first
