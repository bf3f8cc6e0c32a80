"""Rank texts by meaning: vectors of a question and of items compared.

Any two texts of the model are alike, those of one trade and one language more so: what the items
have in common is taken off before they are compared. Whether a question is about them at all is
told by everyday questions (`everyday.tsv`), to which others are nearer. Pure.
"""

from __future__ import annotations

import base64
import heapq
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from operator import mul
from statistics import fmean

from digest.vectors import read_vector

_ESTIMATED = 3000  # of each language, the nearest by sign, whose signs are weighed
_COMPARED = 300  # of each language, the nearest by sign, compared in full
_SIZES = 4  # of the numbers of a question, that signs are weighed by
_SAMPLE = 60  # of each language, from which its usual similarity is measured
_FEW = 4  # items below which a language's usual similarity is mostly that of the others
_MEAN_SAMPLE = 300
_USUAL_COUNT = 30  # items that what is usual in the trade counts as, in the mean
_BIASED = bytes(byte ^ 0x80 for byte in range(256))


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
    """The vectors of items by their language, and what all have in common."""

    by_language: Mapping[str, Sequence[ItemVector]]
    mean: bytes


def build_vector_set(rows: Sequence[tuple[int, str, bytes]], mean: bytes = b"") -> VectorSet:
    """Return vectors of one length, given as number, language and bytes, ready to be compared.

    `mean`: of a larger set that they are part of; theirs where it is empty.
    """
    center = mean or _measure_mean([raw for _, _, raw in rows])
    by_language: dict[str, list[ItemVector]] = {}
    for number, language, raw in rows:
        one = ItemVector(number, raw, _read_signs(raw, center))
        by_language.setdefault(language, []).append(one)
    return VectorSet(by_language, center)


def _measure_mean(vectors: Sequence[bytes]) -> bytes:
    """Return the mean of vectors, that of few drawn to what is usual in the trade."""
    sample = [read_vector(raw) for raw in vectors[:: len(vectors) // _MEAN_SAMPLE + 1]]
    usual = read_vector(load_usual())
    if not sample or len(sample[0]) != len(usual):
        usual = (0,) * (len(sample[0]) if sample else 0)
    count = len(sample) + _USUAL_COUNT
    sums = (sum(column) for column in zip(*sample, strict=True))
    return bytes(
        round((total + _USUAL_COUNT * value) / count) & 0xFF
        for total, value in zip(sums, usual, strict=True)
    )


def _bias(raw: bytes) -> bytes:
    """Return signed bytes as unsigned ones, in the same order."""
    return raw.translate(_BIASED)


def _read_signs(raw: bytes, mean: bytes) -> int:
    """Return which numbers are above the mean, all bytes at once.

    The halves of two bytes differ by less than the highest bit, which the subtraction keeps or not.
    """
    high = int.from_bytes(b"\x80" * len(raw))
    low = high - (high >> 7)  # 0x7f in each byte
    halves, center = ((int.from_bytes(_bias(one)) >> 1) & low for one in (raw, mean))
    return ((halves | high) - center) & high


def _mask_sizes(numbers: Sequence[float]) -> tuple[tuple[float, int], ...]:
    """Return the places of the largest numbers, the next, ... as signs, with their mean size."""
    places = sorted(range(len(numbers)), key=lambda place: -abs(numbers[place]))
    step = -(-len(places) // _SIZES) or 1
    groups = (places[start : start + step] for start in range(0, len(places), step))
    return tuple(
        (
            fmean(abs(numbers[place]) for place in group),
            sum(0x80 << 8 * (len(numbers) - 1 - place) for place in group),
        )
        for group in groups
    )


class NearnessMeter:
    """Measures how near items are to a question, as the cosine of what is not common to all.

    `everyday`: how near the nearest everyday question is.
    """

    def __init__(self, vector: bytes, vectors: VectorSet) -> None:
        self._mean = read_vector(vectors.mean)
        own = [a - b for a, b in zip(read_vector(vector), self._mean, strict=True)]
        length = math.sqrt(sum(map(mul, own, own))) or 1.0
        self._question = [value / length for value in own]
        self._signs = _read_signs(vector, vectors.mean)
        self._masks = _mask_sizes(self._question)
        self._of_mean = sum(map(mul, self._question, self._mean))
        self._square = sum(map(mul, self._mean, self._mean))
        self._by_language = vectors.by_language
        self.everyday = max(self._compare(raw) for _, raw in load_everyday())
        self._usual = self._measure_usual()

    def _measure_usual(self) -> dict[str, float]:
        """Return how much more alike than the most frequent language each language is."""
        found: dict[str, float] = {}
        reference = 0.0
        largest_first = sorted(self._by_language.items(), key=lambda pair: (-len(pair[1]), pair[0]))
        for language, vectors in largest_first:
            cosines = [self._compare(one.raw) for one in vectors[:: len(vectors) // _SAMPLE + 1]]
            reference = reference or fmean(cosines)
            count = len(cosines)
            found[language] = count / (count + _FEW) * (fmean(cosines) - reference)
        return found

    def _compare(self, raw: bytes) -> float:
        """Return the cosine of a vector and the question, each without the mean."""
        numbers = read_vector(raw)
        product = sum(map(mul, numbers, self._question)) - self._of_mean
        square = sum(map(mul, numbers, numbers)) - 2 * sum(map(mul, numbers, self._mean))
        return float(product / math.sqrt(max(1.0, square + self._square)))

    def rank_nearest(self, most: int) -> dict[int, float]:
        """Return the numbers of the nearest items with their nearness, the nearest first.

        Of all items the signs are counted, which takes a hundredth of the time, of the nearest by
        these they are weighed, and of the nearest by that the whole vectors compared.
        """
        found: dict[int, float] = {}
        for language, vectors in self._by_language.items():
            if len(vectors) > _ESTIMATED:
                vectors = heapq.nsmallest(_ESTIMATED, vectors, key=self._count_differing)
            near = heapq.nsmallest(_COMPARED, vectors, key=self._estimate_distance)
            found |= {one.number: self._measure(one, language) for one in near}
        return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:most])

    def _count_differing(self, one: ItemVector) -> int:
        return (one.signs ^ self._signs).bit_count()

    def _estimate_distance(self, one: ItemVector) -> float:
        """Return how much of the question lies on the other side of the mean than a vector."""
        differing = one.signs ^ self._signs
        return math.fsum(size * (differing & mask).bit_count() for size, mask in self._masks)

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
        return self._compare(one.raw) - self._usual[language]


@cache
def load_everyday() -> tuple[tuple[str, bytes], ...]:
    """Return everyday questions with their vectors, made by tools/make_everyday.py."""
    lines = (files("digest.search") / "everyday.tsv").read_text("utf-8").splitlines()[1:]
    pairs = (line.split("\t") for line in lines)
    return tuple((text, base64.b64decode(vector)) for text, vector in pairs)


@cache
def load_usual() -> bytes:
    """Return the mean vector of texts of the trade, made by tools/make_everyday.py."""
    return base64.b64decode((files("digest.search") / "usual.txt").read_text("utf-8"))
