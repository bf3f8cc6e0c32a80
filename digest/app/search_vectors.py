"""Find items by meaning: those whose vectors are near that of a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from digest.app.context import AppContext
from digest.app.vectors import embed_question
from digest.archive import ArchivePlace, read_archive_state
from digest.archive.search import SearchFilter, SearchIndex
from digest.search.meaning import NearnessMeter, VectorSet, build_vector_set
from digest.search.query import Term, add_glosses, drop_names

_EVERYTHING = SearchFilter()


@dataclass(frozen=True, slots=True)
class QuestionMeaning:
    """What a question means: its vectors, with the archive and the model that it is compared in.

    `ways`: the vectors of the question with its words in English, and without its names.
    """

    ways: tuple[bytes, ...] = field(repr=False)
    language: str
    model: str
    archive: ArchivePlace


def read_meaning(
    context: AppContext, text: str, language: str, terms: Sequence[Term]
) -> QuestionMeaning | None:
    """Return what a question means; None without a model of vectors."""
    settings = context.config.embeddings
    if settings is None:
        return None
    said = dict.fromkeys((add_glosses(text, terms), drop_names(text, terms) or text))
    ways = [embed_question(context, one) for one in said]
    if None in ways:
        return None
    return QuestionMeaning(
        tuple(filter(None, ways)), language, settings.name, context.workspace.archive
    )


def open_meter(
    index: SearchIndex, meaning: QuestionMeaning, allowed: SearchFilter
) -> NearnessMeter | None:
    """Return what measures items that pass a filter; None where none of them has a vector."""
    vectors = _hold_vectors(index, meaning)
    if replace(allowed, private=True) != _EVERYTHING:
        vectors = _read_vectors(index, meaning, allowed, vectors.common)
    if not vectors.by_language:
        return None
    return NearnessMeter(meaning.ways, meaning.language, vectors)


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
    return build_vector_set([row for row in rows if len(row[2]) == len(meaning.ways[0])], common)
