"""Decide what of the ranked candidates answers a question, and whether anything does. Pure.

A candidate that does not say the rare names of a question is about somebody else: it answers
nothing, however near it is. One candidate has to carry enough for anything to be an answer. By
words alone it says in one place most of the question, its names, and something beside them. By
meaning, nearness and words are added, and their sum has to reach what is usual for a question as
long and as everyday. Where one does, others that say less stand below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from digest.search.query import NameGroups, Term
from digest.search.ranking import Ranked
from digest.search.words import is_unspaced

_MIN_COVERAGE = 0.52  # share of a question, by weight, that the best has to say
_MIN_MATCHED = 2  # terms, where the question has as many
_MIN_NAMES = 0.5  # of the weight of its names, that what answers by words has to say
_MIN_REST = 0.25  # of the weight of what is no name, that the best has to say
_MIN_BESIDE, _MIN_OF_BEST = 0.25, 0.35  # coverage and share of the best's score of the others

_SCORE_SHARE = 0.12  # of a candidate's score by its words, that is added to its nearness
# what an answer has of both: less by each term beside the names, as nothing is as near to all of a
# long question as to a short one; more where an everyday question is near
_MIN_SUM, _LESS_A_TERM, _MAX_COUNTED, _EVERYDAY_SHARE = 0.40, 0.022, 7.0, 0.54
_NEARNESS_OF_SAID = 0.5  # of what says all and has no vector: as near as such items are
_MIN_OF_NEAREST = 0.4  # share of the best's nearness and words of the others
_OPENING = "“”\"'《「『【〈（([ 0123456789"  # before a title's first letter


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near candidates are to a question in meaning, by number, and an everyday one."""

    everyday: float
    of_items: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NamesAsked:
    """The names of a question, and those of them that an answer has to say."""

    groups: NameGroups
    required: NameGroups


class Evidence:
    """Measures what candidates say of a question."""

    def __init__(
        self,
        terms: Sequence[Term],
        weights: Mapping[str, float],
        nearness: Nearness | None = None,
        asked: NamesAsked | None = None,
        *,
        asks_amount: bool = False,
    ) -> None:
        self._asks_amount = asks_amount
        self._count, self._nearness = len(terms), nearness
        self._weights = weights
        self._names = _group_names(terms, asked)
        self._required = asked.required if asked else ()
        self._unspelled = frozenset[str]()  # names that texts in other scripts write in their own
        if not any(is_unspaced(term.text) for term in terms):
            self._unspelled = frozenset(
                term.text for term in terms if term.is_proper and not term.is_known
            )
        self._rest = frozenset(term.text for term in terms if not term.is_name)
        self._asked = sum(term.share for term in terms if not term.is_name)

    def says_names(self, one: Ranked) -> bool:
        """Return whether a candidate says half of the names that are asked for, by weight."""
        total = said = 0.0
        for group in self._names:
            total += max(self._weigh(name) for name in group)
            said += max(self._weigh(name & one.matched) for name in group)
        return said >= _MIN_NAMES * total

    def _weigh(self, names: Iterable[str]) -> float:
        return sum(self._weights[name] for name in names)

    def says_enough(self, one: Ranked) -> bool:
        """Return whether a candidate is an answer by its words alone.

        In one place: words that stand far from each other in a long text say nothing together.
        """
        passage = one.in_passage or dict.fromkeys(one.matched, 1.0)
        said = sum(self._weights[term] * quality for term, quality in passage.items())
        return (
            min(said / self._weigh_asked(one), self._measure_coverage(one)) >= _MIN_COVERAGE
            and len(one.matched) >= min(_MIN_MATCHED, self._count)
            and self.says_names(one)
            and (self._says_all_names(one) or self._says_rest(passage))
        )

    def _says_rest(self, said: Iterable[str]) -> bool:
        """Return whether enough is said of what is no name."""
        whole = self._weigh(self._rest)
        return not whole or self._weigh(self._rest & frozenset(said)) >= _MIN_REST * whole

    def _measure_coverage(self, one: Ranked) -> float:
        """Return the share of the question that a candidate says."""
        return one.coverage * sum(self._weights.values()) / self._weigh_asked(one)

    def _weigh_asked(self, one: Ranked) -> float:
        """Return the weight of what a candidate has to say: of names that are listed, one."""
        return self._weigh(self._rest | self._find_needed(one)) or 1.0

    def _find_needed(self, one: Ranked) -> frozenset[str]:
        """Return the names that a candidate has to say: of those that are listed, its own."""
        needed = set[str]()
        for group in self._names:
            said = [name for name in group if name <= one.matched]
            needed.update(*(said or group))
        return frozenset(needed)

    def _says_required(self, one: Ranked) -> bool:
        if not self._required:
            return True
        said = one.matched
        if self._unspelled and is_unspaced(one.candidate.title.lstrip(_OPENING)):
            said |= self._unspelled
        return all(any(name <= said for name in group) for group in self._required)

    def _says_all_names(self, one: Ranked) -> bool:
        return len(self._names) > 1 and all(
            any(name <= one.matched for name in group) for group in self._names
        )

    def choose(self, ranked: Sequence[Ranked]) -> list[Ranked]:
        """Return the candidates that answer, best first; none where none carries enough."""
        ranked = list(filter(self._says_required, ranked))
        if not any(map(self._carries, ranked)):
            return []
        if self._nearness:
            return self._choose_near(ranked)
        named = [one for one in ranked if self.says_names(one)]
        least = _MIN_OF_BEST * named[0].score
        return [one for one in named if one.coverage >= _MIN_BESIDE and one.score >= least]

    def _choose_near(self, ranked: Sequence[Ranked]) -> list[Ranked]:
        """Return what is near and says much, the most of both first."""
        sums = {one.candidate.number: self._add_words(one) for one in ranked}
        least = _MIN_OF_NEAREST * max(sums.values())
        chosen = [one for one in ranked if sums[one.candidate.number] >= least]
        return sorted(chosen, key=lambda one: -sums[one.candidate.number])

    def _carries(self, one: Ranked) -> bool:
        """Return whether a candidate is an answer by itself."""
        if self._asks_amount and not one.gives_amount:
            return False
        if self._nearness is None or one.candidate.number not in self._nearness.of_items:
            return self.says_enough(one)
        usual = _MIN_SUM + _EVERYDAY_SHARE * self._nearness.everyday
        return self._add_words(one) >= usual - _LESS_A_TERM * min(self._asked, _MAX_COUNTED)

    def _add_words(self, one: Ranked) -> float:
        """Return how near a candidate is by meaning and words."""
        assert self._nearness
        usual = _NEARNESS_OF_SAID * one.coverage
        near = self._nearness.of_items.get(one.candidate.number, usual)
        return near + _SCORE_SHARE * one.score


def _group_names(terms: Sequence[Term], asked: NamesAsked | None) -> NameGroups:
    """Return the names among the terms as they are asked for; each alone where that is unknown."""
    names = frozenset(term.text for term in terms if term.is_name)
    if asked is None:
        return tuple((frozenset((name,)),) for name in sorted(names))
    groups = (tuple(filter(None, (name & names for name in group))) for group in asked.groups)
    return tuple(filter(None, groups))
