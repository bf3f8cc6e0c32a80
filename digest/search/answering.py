"""Decide what of the ranked candidates answers a question, and whether anything does. Pure.

One candidate has to carry enough for anything to be an answer: by its words most of the question,
its names, and something beside them; or by its meaning more than an everyday question does. Where
one does, others that say less stand below it. Words and meaning are added, not ranked apart: what
is near in both goes before what is first in one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from digest.search.query import Term
from digest.search.ranking import Ranked

_MIN_COVERAGE = 0.45  # share of a question, by weight, that the best has to say
_MIN_MATCHED = 2  # terms, where the question has as many
_MIN_NAMES = 0.5  # of the weight of its names, that every passage has to say
_MIN_REST = 0.25  # of the weight of what is no name, that the best has to say
_MIN_BESIDE, _MIN_OF_BEST = 0.25, 0.35  # coverage and share of the best's score of the others

_COVERAGE_SHARE = 0.2  # of a cosine, for saying all of the question
# nearness with words, beyond the nearest everyday question: what names are said in is nearer anyway
_MIN_NEAR, _MIN_NEAR_USUAL_NAMES, _MIN_NEAR_NAMES = -0.03, 0.1, 0.18
_USUAL_NAME = 5.0  # weight up to which a name is in one of twenty items
_MIN_NEAR_SAID = -0.1  # … of what says enough by its words
_NEARNESS_OF_SAID = 0.5  # of what says all and has no vector: as near as such items are
_MIN_OF_NEAREST = 0.4  # share of the best's nearness and words of the others


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near candidates are to a question in meaning, by number, and an everyday one."""

    everyday: float
    of_items: Mapping[int, float] = field(default_factory=dict)


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
        named = [one for one in ranked if self.says_names(one)]
        if not any(map(self._carries, named)):
            return []
        if self._nearness:
            near = {one.candidate.number: self._measure_nearness(one) for one in named}
            least = _MIN_OF_NEAREST * max(near.values())
            chosen = [one for one in named if near[one.candidate.number] >= least]
            return sorted(chosen, key=lambda one: -near[one.candidate.number])
        least = _MIN_OF_BEST * named[0].score
        return [one for one in named if one.coverage >= _MIN_BESIDE and one.score >= least]

    def _carries(self, one: Ranked) -> bool:
        """Return whether a candidate is an answer by itself."""
        if self._nearness is None or one.candidate.number not in self._nearness.of_items:
            return self.says_enough(one)
        beyond = self._measure_nearness(one) - self._nearness.everyday
        if beyond >= self._get_least():
            return True
        return beyond >= _MIN_NEAR_SAID and self.says_enough(one)

    def _get_least(self) -> float:
        """Return how near, beyond everyday questions, an answer has to be."""
        if not self._names:
            return _MIN_NEAR
        is_usual = max(self._names.values()) < _USUAL_NAME
        return _MIN_NEAR_USUAL_NAMES if is_usual else _MIN_NEAR_NAMES

    def _measure_nearness(self, one: Ranked) -> float:
        """Return how near a candidate is by meaning and by words."""
        assert self._nearness
        usual = _NEARNESS_OF_SAID * one.coverage
        near = self._nearness.of_items.get(one.candidate.number, usual)
        return near + _COVERAGE_SHARE * one.coverage


def _measure_share(weights: Mapping[str, float], one: Ranked) -> float:
    """Return the share of the weights of terms that a candidate says; 1 of none."""
    total = sum(weights.values())
    return sum(weights.get(text, 0.0) for text in one.matched) / total if total else 1.0
