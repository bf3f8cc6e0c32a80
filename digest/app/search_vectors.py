"""Find items by meaning: those whose vectors are near that of a question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from digest.app.context import AppContext
from digest.app.vectors import embed_question
from digest.archive import ArchivePlace, read_archive_state
from digest.archive.search import SearchFilter, SearchIndex
from digest.search.answering import Nearness
from digest.search.meaning import NearnessMeter, VectorSet, build_vector_set
from digest.search.query import Term, add_glosses, drop_names

_EVERYTHING = SearchFilter()


@dataclass(frozen=True, slots=True)
class QuestionMeaning:
    """What a question means: its vector, with the archive and the model that it is compared in.

    `rest`: the vector of the question without its names; the same where it has none.
    """

    vector: bytes = field(repr=False)
    rest: bytes = field(repr=False)
    language: str
    model: str
    archive: ArchivePlace


def read_meaning(
    context: AppContext, text: str, language: str, terms: Sequence[Term]
) -> QuestionMeaning | None:
    """Return what a question means; None without a model of vectors."""
    settings = context.config.embeddings
    vector = embed_question(context, add_glosses(text, terms))
    if settings is None or vector is None:
        return None
    without, rest = drop_names(text, terms), vector
    if without not in ("", text):
        words = add_glosses(without, (term for term in terms if not term.is_name))
        rest = embed_question(context, words) or vector
    return QuestionMeaning(vector, rest, language, settings.name, context.workspace.archive)


@dataclass(frozen=True, slots=True)
class QuestionMeters:
    """What measures how near items are to a question, and to what it asks beside its names."""

    whole: NearnessMeter
    rest: NearnessMeter

    def measure(self, nearest: int, others: Iterable[int] = ()) -> Nearness:
        """Return how near the nearest items are, and others."""
        of_items = self.whole.rank_nearest(nearest) | self.whole.measure_items(others)
        of_rest = {} if self.rest is self.whole else self.rest.measure_items(of_items)
        return Nearness(self.whole.everyday, of_items, of_rest)


def open_meters(
    index: SearchIndex, meaning: QuestionMeaning, allowed: SearchFilter
) -> QuestionMeters | None:
    """Return what measures items that pass a filter; None where none of them has a vector."""
    vectors = _hold_vectors(index, meaning)
    if replace(allowed, private=True) != _EVERYTHING:
        vectors = _read_vectors(index, meaning, allowed, vectors.common)
    if not vectors.by_language:
        return None
    whole = NearnessMeter(meaning.vector, meaning.language, vectors)
    if meaning.rest == meaning.vector:
        return QuestionMeters(whole, whole)
    return QuestionMeters(whole, NearnessMeter(meaning.rest, meaning.language, vectors))


def _hold_vectors(index: SearchIndex, meaning: QuestionMeaning) -> VectorSet:
    """Return all vectors, read again only where the archive has changed since."""
    key = meaning.archive, meaning.model
    state = read_archive_state(meaning.archive)
    if key not in _held or _held[key][0] != state:
        _held[key] = state, _read_vectors(index, meaning, _EVERYTHING)
    return _held[key][1]


_held: dict[tuple[ArchivePlace, str], tuple[str, VectorSet]] = {}


def _read_vectors(
    index: SearchIndex,
    meaning: QuestionMeaning,
    allowed: SearchFilter,
    common: Mapping[str, bytes] | None = None,
) -> VectorSet:
    rows = index.load_vectors(meaning.model, allowed)
    return build_vector_set([row for row in rows if len(row[2]) == len(meaning.vector)], common)
