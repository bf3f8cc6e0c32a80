"""Decide what of the ranked candidates answers a question, and whether anything does. Pure.

One candidate has to carry enough for anything to be an answer: by its words most of the question,
its names, and something beside them; or by its meaning, which has to be near to the question and to
what it asks beside the names. Where one does, others that say less stand below it. Words and
meaning are added, not ranked apart: what is near in both goes before what is first in one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from digest.search.query import Term
from digest.search.ranking import Ranked

_MIN_COVERAGE = 0.45  # share of a question, by weight, that the best has to say
_MIN_MATCHED = 2  # terms, where the question has as many
_MIN_NAMES = 0.5  # of the weight of its names, that what answers by words has to say
_MIN_REST = 0.25  # of the weight of what is no name, that the best has to say
_MIN_BESIDE, _MIN_OF_BEST = 0.25, 0.35  # coverage and share of the best's score of the others

_COVERAGE_SHARE = 0.2  # of a cosine, for saying all of the question
_NAMELESS = 0.05  # taken off what says too few of the names
# nearness that an answer has, less by each term beside the names: nothing is as near to all of a
# long question as to a short one; more where an everyday question is near
_MIN_NEAR, _LESS_A_TERM, _MAX_COUNTED, _EVERYDAY_SHARE = 0.55, 0.0377, 7.0, 0.1
_LESS_SAID = 0.05  # nearness less of what says enough by its words
_NEARNESS_OF_SAID = 0.5  # of what says all and has no vector: as near as such items are
_MIN_OF_NEAREST = 0.4  # share of the best's nearness and words of the others


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near candidates are to a question in meaning, by number, and an everyday one.

    `of_rest`: how near they are to what a question asks beside its names.
    """

    everyday: float
    of_items: Mapping[int, float] = field(default_factory=dict)
    of_rest: Mapping[int, float] = field(default_factory=dict)


class Evidence:
    """Measures what candidates say of a question."""

    def __init__(
        self,
        terms: Sequence[Term],
        weights: Mapping[str, float],
        nearness: Nearness | None = None,
    ) -> None:
        self._count, self._nearness = len(terms), nearness
        self._names = {one.text: weights[one.text] for one in terms if one.is_name}
        self._rest = {one.text: weights[one.text] for one in terms if not one.is_name}
        self._asked = sum(one.share for one in terms if not one.is_name)

    def says_names(self, one: Ranked) -> bool:
        """Return whether a candidate says half of the names that are asked for, by weight."""
        return _measure_share(self._names, one) >= _MIN_NAMES

    def says_enough(self, one: Ranked) -> bool:
        """Return whether a candidate is an answer by its words alone."""
        return (
            one.coverage >= _MIN_COVERAGE
            and len(one.matched) >= min(_MIN_MATCHED, self._count)
            and self.says_names(one)
            and (self._says_all_names(one) or _measure_share(self._rest, one) >= _MIN_REST)
        )

    def _says_all_names(self, one: Ranked) -> bool:
        return len(self._names) > 1 and self._names.keys() <= one.matched

    def choose(self, ranked: Sequence[Ranked]) -> list[Ranked]:
        """Return the candidates that answer, best first; none where none carries enough."""
        if not any(map(self._carries, ranked)):
            return []
        if self._nearness:
            return self._choose_near(ranked)
        named = [one for one in ranked if self.says_names(one)]
        least = _MIN_OF_BEST * named[0].score
        return [one for one in named if one.coverage >= _MIN_BESIDE and one.score >= least]

    def _choose_near(self, ranked: Sequence[Ranked]) -> list[Ranked]:
        """Return what says the names, or answers without them, the nearest first."""
        sums = {
            one.candidate.number: self._measure_nearness(one) + _COVERAGE_SHARE * one.coverage
            for one in ranked
            if self.says_names(one) or self._carries(one)
        }
        least = _MIN_OF_NEAREST * max(sums.values())
        chosen = [one for one in ranked if sums.get(one.candidate.number, -1.0) >= least]
        return sorted(chosen, key=lambda one: -sums[one.candidate.number])

    def _carries(self, one: Ranked) -> bool:
        """Return whether a candidate is an answer by itself."""
        if self._nearness is None or one.candidate.number not in self._nearness.of_items:
            return self.says_enough(one)
        near = self._measure_nearness(one)
        if self.says_names(one):
            near = (near + self._nearness.of_rest.get(one.candidate.number, near)) / 2
        least = self._get_least()
        return near >= least or (near >= least - _LESS_SAID and self.says_enough(one))

    def _get_least(self) -> float:
        """Return how near an answer has to be."""
        assert self._nearness
        usual = _MIN_NEAR + _EVERYDAY_SHARE * self._nearness.everyday
        return usual - _LESS_A_TERM * min(self._asked, _MAX_COUNTED)

    def _measure_nearness(self, one: Ranked) -> float:
        """Return how near a candidate is by meaning; less where it does not say the names."""
        assert self._nearness
        usual = _NEARNESS_OF_SAID * one.coverage
        near = self._nearness.of_items.get(one.candidate.number, usual)
        return near if self.says_names(one) else near - _NAMELESS


def _measure_share(weights: Mapping[str, float], one: Ranked) -> float:
    """Return the share of the weights of terms that a candidate says; 1 of none."""
    total = sum(weights.values())
    return sum(weights.get(text, 0.0) for text in one.matched) / total if total else 1.0
