"""Decide what of the ranked candidates answers a question, and whether anything does. Pure.

One candidate has to say enough for anything to be an answer: most of the question, its names, and
something beside them. Where one does, others that say less of it stand below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from digest.search.query import Term
from digest.search.ranking import Ranked

_MIN_COVERAGE = 0.45  # share of a question, by weight, that the best has to say
_MIN_MATCHED = 2  # terms, where the question has as many
_MIN_NAMES = 0.5  # of the weight of its names, that every passage has to say
_MIN_REST = 0.25  # of the weight of what is no name, that the best has to say
_MIN_BESIDE, _MIN_OF_BEST = 0.25, 0.35  # coverage and share of the best's score of the others


class Evidence:
    """Measures what candidates say of a question."""

    def __init__(self, terms: Sequence[Term], weights: Mapping[str, float]) -> None:
        self._count = len(terms)
        self._names = {one.text: weights[one.text] for one in terms if one.is_name}
        self._rest = {one.text: weights[one.text] for one in terms if not one.is_name}

    def says_names(self, one: Ranked) -> bool:
        """Return whether a candidate says half of the names that are asked for, by weight."""
        return _measure_share(self._names, one) >= _MIN_NAMES

    def answers(self, one: Ranked) -> bool:
        """Return whether a candidate says enough to be an answer by itself."""
        return (
            one.coverage >= _MIN_COVERAGE
            and len(one.matched) >= min(_MIN_MATCHED, self._count)
            and self.says_names(one)
            and _measure_share(self._rest, one) >= _MIN_REST
        )

    def choose(self, ranked: Sequence[Ranked]) -> list[Ranked]:
        """Return the candidates that answer, best first; none where none says enough."""
        named = [one for one in ranked if self.says_names(one)]
        if not any(map(self.answers, named)):
            return []
        least = _MIN_OF_BEST * named[0].score
        return [one for one in named if one.coverage >= _MIN_BESIDE and one.score >= least]


def _measure_share(weights: Mapping[str, float], one: Ranked) -> float:
    """Return the share of the weights of terms that a candidate says; 1 of none."""
    total = sum(weights.values())
    return sum(weights.get(text, 0.0) for text in one.matched) / total if total else 1.0
