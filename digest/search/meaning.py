"""Rank texts by meaning: vectors of a question and of items compared.

Any two texts of the model are alike, those of one language more so, and questions are like
questions. What items of a language have in common is taken off them, and what questions of a
language have in common off the question, before they are compared. Whether a question is about
anything of theirs at all is told by everyday questions (`everyday.tsv`). Pure.
"""

from __future__ import annotations

import base64
import heapq
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain
from operator import mul
from statistics import fmean

from digest.vectors import read_vector

_ESTIMATED = 3000  # of each language, the nearest by sign, whose signs are weighed
_COMPARED = 300  # of each language, the nearest by sign, compared in full
_SIZES = 4  # of the numbers of a question, that signs are weighed by
_COMMON = 0.75  # share of a mean that is taken off: a part of it is what they are about
_MEAN_SAMPLE = 300  # of each language
_USUAL_COUNT = 30  # items that what is usual in the trade counts as, in the mean of all
_FEW = 10  # items that the mean of all counts as, in that of a language
_OF_ITEMS, _OF_QUESTIONS = "items", "questions "  # in usual.tsv; of a language
_EVERYDAY_LANGUAGE = "en"
_OWN_LANGUAGE = 0.08  # that items in a question's own language are nearer, whatever they say
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
    """The vectors of items, and what those of each language have in common."""

    by_language: Mapping[str, Sequence[ItemVector]]
    by_number: Mapping[int, tuple[str, ItemVector]]  # with the language
    common: Mapping[str, bytes]


def build_vector_set(
    rows: Sequence[tuple[int, str, bytes]], common: Mapping[str, bytes] | None = None
) -> VectorSet:
    """Return vectors of one length, given as number, language and bytes, ready to be compared.

    `common`: of a larger set that they are part of; theirs where it is not given.
    """
    if common is None:
        common = _measure_common(rows)
    by_language: dict[str, list[ItemVector]] = {}
    for number, language, raw in rows:
        one = ItemVector(number, raw, _read_signs(raw, common[language]))
        by_language.setdefault(language, []).append(one)
    by_number = {one.number: (key, one) for key, of in by_language.items() for one in of}
    return VectorSet(by_language, by_number, common)


def _measure_common(rows: Sequence[tuple[int, str, bytes]]) -> dict[str, bytes]:
    """Return what items of each language have in common; few are drawn to what is usual."""
    by_language: dict[str, list[bytes]] = {}
    for _, language, raw in rows:
        by_language.setdefault(language, []).append(raw)
    samples = {
        language: list(map(read_vector, of[:: len(of) // _MEAN_SAMPLE + 1]))
        for language, of in by_language.items()
    }
    usual = [read_vector(load_usual()[_OF_ITEMS])] * _USUAL_COUNT
    of_all = _measure_mean([*usual, *chain.from_iterable(samples.values())])
    return {
        language: _round(_measure_mean([*[of_all] * _FEW, *sample]))
        for language, sample in samples.items()
    }


def _measure_mean(vectors: Sequence[Sequence[float]]) -> list[float]:
    return [sum(column) / len(vectors) for column in zip(*vectors, strict=True)]


def _normalize(values: Sequence[float]) -> list[float]:
    length = math.sqrt(sum(map(mul, values, values))) or 1.0
    return [value / length for value in values]


def _round(mean: Iterable[float]) -> bytes:
    return bytes(round(_COMMON * value) & 0xFF for value in mean)


def _to_unsigned(raw: bytes) -> bytes:
    """Return signed bytes as unsigned ones, in the same order."""
    return raw.translate(_BIASED)


def _read_signs(raw: bytes, mean: bytes) -> int:
    """Return which numbers are above the mean, all bytes at once.

    The halves of two bytes differ by less than the highest bit, which the subtraction keeps or not.
    """
    high = int.from_bytes(b"\x80" * len(raw))
    low = high - (high >> 7)  # 0x7f in each byte
    halves, center = ((int.from_bytes(_to_unsigned(one)) >> 1) & low for one in (raw, mean))
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


@dataclass(frozen=True, slots=True)
class _Common:
    """What vectors have in common, with its product with a question and its square."""

    numbers: Sequence[int]
    of_question: float
    square: float


class NearnessMeter:
    """Measures how near items are to a question, as the mean cosine of what is not common.

    `ways`: vectors of the question, said in one way or several. `language`: of the question.
    `everyday`: how near the nearest everyday question is.
    """

    def __init__(self, ways: Sequence[bytes], language: str, vectors: VectorSet) -> None:
        common = read_vector(_get_common_of_questions(language))
        parts = [
            _normalize([a - b for a, b in zip(read_vector(way), common, strict=True)])
            for way in ways
        ]
        self._question = _measure_mean(parts)
        self._signs = sum(
            0x80 << 8 * place for place, value in enumerate(reversed(self._question)) if value >= 0
        )
        self._masks = _mask_sizes(self._question)
        self._language, self._vectors = language, vectors
        self._common = {key: self._measure_common(raw) for key, raw in vectors.common.items()}
        of_everyday = self._measure_common(_get_common_of_questions(_EVERYDAY_LANGUAGE))
        self.everyday = max(self._compare(raw, of_everyday) for _, raw in load_everyday())

    def _measure_common(self, raw: bytes) -> _Common:
        numbers = read_vector(raw)
        return _Common(
            numbers, sum(map(mul, self._question, numbers)), sum(map(mul, numbers, numbers))
        )

    def _compare(self, raw: bytes, common: _Common) -> float:
        """Return the cosine of a vector and the question, each without what is common."""
        numbers = read_vector(raw)
        product = sum(map(mul, numbers, self._question)) - common.of_question
        square = sum(map(mul, numbers, numbers)) - 2 * sum(map(mul, numbers, common.numbers))
        return float(product / math.sqrt(max(1.0, square + common.square)))

    def rank_nearest(self, most: int) -> dict[int, float]:
        """Return the numbers of the nearest items with their nearness, the nearest first.

        Of all items the signs are counted, which takes a hundredth of the time, of the nearest by
        these they are weighed, and of the nearest by that the whole vectors compared.
        """
        found: dict[int, float] = {}
        for language, vectors in self._vectors.by_language.items():
            if len(vectors) > _ESTIMATED:
                vectors = heapq.nsmallest(_ESTIMATED, vectors, key=self._count_differing)
            near = heapq.nsmallest(_COMPARED, vectors, key=self._estimate_distance)
            found |= {one.number: self._measure_item(language, one) for one in near}
        return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:most])

    def _count_differing(self, one: ItemVector) -> int:
        return (one.signs ^ self._signs).bit_count()

    def _estimate_distance(self, one: ItemVector) -> float:
        """Return how much of the question lies on the other side of the mean than a vector."""
        differing = one.signs ^ self._signs
        return math.fsum(size * (differing & mask).bit_count() for size, mask in self._masks)

    def measure_items(self, numbers: Iterable[int]) -> dict[int, float]:
        """Return the nearness of these items, of those that have vectors."""
        found = ((number, self._vectors.by_number.get(number)) for number in numbers)
        return {number: self._measure_item(*held) for number, held in found if held}

    def _measure_item(self, language: str, one: ItemVector) -> float:
        near = self._compare(one.raw, self._common[language])
        return near - _OWN_LANGUAGE if language == self._language else near


@cache
def load_everyday() -> tuple[tuple[str, bytes], ...]:
    """Return everyday questions with their vectors, made by tools/make_everyday.py."""
    lines = (files("digest.search") / "everyday.tsv").read_text("utf-8").splitlines()[1:]
    pairs = (line.split("\t") for line in lines)
    return tuple((text, base64.b64decode(vector)) for text, vector in pairs)


@cache
def load_usual() -> Mapping[str, bytes]:
    """Return the mean vectors of items of the trade and of questions by their language.

    They are made by tools/make_everyday.py.
    """
    lines = (files("digest.search") / "usual.tsv").read_text("utf-8").splitlines()[1:]
    pairs = (line.split("\t") for line in lines)
    return {name: base64.b64decode(vector) for name, vector in pairs}


@cache
def _get_common_of_questions(language: str) -> bytes:
    """Return what questions of a language have in common; those of all where it is unknown."""
    usual = load_usual()
    known = usual.get(_OF_QUESTIONS + language)
    every = [raw for name, raw in usual.items() if name.startswith(_OF_QUESTIONS)]
    return _round(_measure_mean(list(map(read_vector, [known] if known else every))))
