"""A sentence beside its sources: what every rule is given, and how clauses find their places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from digest.ground.dates import carries_date
from digest.ground.name_index import NameIndex, has_group, has_name, index_names
from digest.ground.name_tables import find_phrases
from digest.ground.numbers import carries
from digest.ground.passages import Passage, Source, shorten, split_clauses
from digest.ground.script import is_unspaced

_NEAR = 0.7  # of the best match, for a sentence of a source to be about the same


@dataclass(frozen=True)
class Aligned:
    """A sentence of a source, and how much of a clause it has."""

    source: Source
    passage: Passage
    score: float


@dataclass(frozen=True)
class Claim:
    """A sentence, read, with the items that it cites and the others of the same batch."""

    passage: Passage
    cited: tuple[Source, ...]
    others: tuple[Source, ...]

    @cached_property
    def clauses(self) -> tuple[Passage, ...]:
        """The sentence's clauses, in order."""
        return split_clauses(self.passage)

    @cached_property
    def sentences(self) -> list[tuple[Source, Passage]]:
        """All sentences of the cited items."""
        return [(source, sentence) for source in self.cited for sentence in source.sentences]

    def align(self, clause: Passage, share: float = _NEAR) -> list[Aligned]:
        """Return the sentences of the cited items that are most about the same as a clause.

        `share` is how near to the best match they come.
        """
        rated = [
            Aligned(source, passage, score_overlap(clause, passage))
            for source, passage in self.sentences
        ]
        best = max((one.score for one in rated), default=0.0)
        return [one for one in rated if best > 0 and one.score >= share * best]

    @cached_property
    def rewritten(self) -> frozenset[str]:
        """The words of names that the cited items write in another way ("New York Times", NYT)."""
        return find_rewritten(self.passage, self.cited)

    @property
    def is_same_language(self) -> bool:
        """Whether a cited item is in the sentence's own language."""
        return any(source.language == self.passage.language for source in self.cited)


def find_rewritten(passage: Passage, sources: Sequence[Source]) -> frozenset[str]:
    """Return the words of names in a passage that the sources write in another way."""
    return frozenset(
        word
        for number, form, _ in find_phrases(passage.folded)
        if any(has_group(source.index, number) for source in sources)
        for word in form.split()
    )


@lru_cache(maxsize=20_000)
def index_text(text: str) -> NameIndex:
    """Return what names are looked for in, of a sentence."""
    return index_names(text)


def score_overlap(clause: Passage, passage: Passage) -> float:
    """Return how much of a clause a sentence of a source has: names, figures, words, concepts."""
    index = index_text(passage.text)
    names = {name.key for name in clause.names if name.sure}
    score = 2.0 * sum(has_name(index, key) for key in names)
    score += 3.0 * sum(
        any(carries(other, quantity) for other in passage.quantities)
        for quantity in clause.quantities
    )
    score += 2.0 * sum(
        any(day.month == date.month and day.day == date.day for date in passage.dates)
        for day in clause.dates
        if day.month
    )
    score += 1.0 * len(clause.subjects & passage.subjects)
    if clause.language == passage.language:
        own = {stem for stem, _ in clause.stems}
        weight = 0.3 if is_unspaced(clause.language) else 1.0
        score += weight * len(own & {stem for stem, _ in passage.stems})
    return score


def measure_coverage(clause: Passage, sources: Iterable[Source]) -> tuple[float, float]:
    """Return how much of a clause stands in some items, of 1, and out of how much it was told.

    The second value is the weight of all that could be looked for.
    """
    found = total = 0.0
    for weight, stands in iter_evidence(clause, tuple(sources)):
        total += weight
        found += weight * stands
    return (found / total if total else 0.0), total


def iter_evidence(clause: Passage, sources: Sequence[Source]) -> Iterator[tuple[float, bool]]:
    """Yield the weight of each thing in a clause that can be looked for, and whether it stands."""
    rewritten = find_rewritten(clause, sources)
    for key in {name.key for name in clause.names if name.sure}:
        yield 2.0, key in rewritten or any(has_name(source.index, key) for source in sources)
    for figure in clause.quantities:
        yield 2.0, any(carries(own, figure) for s in sources for own in s.whole.quantities)
    for day in clause.dates:
        if day.month or day.year:
            yield 2.0, any(carries_date(day, s.whole.dates, s.published) for s in sources)
    for name in clause.names:  # "API" after an article, in German
        if not name.sure and any(has_name(source.index, name.key) for source in sources):
            yield 1.0, True
    same = [source for source in sources if source.language == clause.language]
    concepts = frozenset().union(*(source.whole.concept_names for source in sources))
    if same:
        stems = {stem for source in same for stem, _ in source.whole.stems}
        weight = 0.3 if is_unspaced(clause.language) else 1.0
        known = [(found.start, found.end, found.concept) for found in clause.concepts]
        for stem, at in dict(clause.stems).items():
            alike = any(a <= at < b and concept in concepts for a, b, concept in known)
            yield weight, stem in stems or alike
    else:
        for concept in clause.subjects:
            yield 1.0, concept in concepts


_BOUND_REACH = 8  # characters between "more" and the figure that it bounds


def drop_bounds(clause: Passage, bounding: tuple[str, ...] = ("more", "less")) -> frozenset[str]:
    """Return the concepts of a clause without the bounding ones that bound a figure."""
    bounds = [quantity.start for quantity in clause.quantities]
    return frozenset(
        one.concept
        for one in clause.concepts
        if one.concept not in bounding
        or not any(0 <= start - one.end <= _BOUND_REACH for start in bounds)
    )


def join_concepts(passages: Iterable[Passage]) -> frozenset[str]:
    """Return the concepts of some passages together."""
    return frozenset().union(*(passage.concept_names for passage in passages))


def quote_concept(passage: Passage, concept: str) -> str:
    """Return the words by which a passage says a concept."""
    one = next(found for found in passage.concepts if found.concept == concept)
    return passage.folded[one.start : one.end]


def stands_so(claim: Claim, concept: str) -> bool:
    """Return whether a cited item has the very words by which a sentence says a concept."""
    words = [
        claim.passage.folded[one.start : one.end]
        for one in claim.passage.concepts
        if one.concept == concept
    ]
    stems = {stem for source in claim.cited for stem, _ in source.whole.stems}
    return all(
        any(word in source.folded for source in claim.cited) or shorten(word) in stems
        for word in words
    )
