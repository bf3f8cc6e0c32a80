"""Find items by meaning: those whose vectors are near that of a question."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from digest.app.context import AppContext
from digest.app.vectors import embed_question
from digest.archive import ArchivePlace, read_archive_state
from digest.archive.search import SearchFilter, SearchIndex
from digest.search.meaning import NearnessMeter, VectorSet, build_vector_set

_EVERYTHING = SearchFilter()


@dataclass(frozen=True, slots=True)
class QuestionMeaning:
    """What a question means: its vector, with the archive and the model that it is compared in."""

    vector: bytes = field(repr=False)
    model: str
    archive: ArchivePlace


def read_meaning(context: AppContext, text: str) -> QuestionMeaning | None:
    """Return what a question means; None without a model of vectors."""
    settings = context.config.embeddings
    vector = embed_question(context, text)
    if settings is None or vector is None:
        return None
    return QuestionMeaning(vector, settings.name, context.workspace.archive)


def open_meter(
    index: SearchIndex, meaning: QuestionMeaning, allowed: SearchFilter
) -> NearnessMeter | None:
    """Return what measures how near items that pass a filter are; None where none has a vector."""
    if replace(allowed, private=True) != _EVERYTHING:
        common = _hold_vectors(index, meaning).mean
        vectors = _read_vectors(index, meaning, allowed, common)
    else:
        vectors = _hold_vectors(index, meaning)
    return NearnessMeter(meaning.vector, vectors) if vectors.by_language else None


def _hold_vectors(index: SearchIndex, meaning: QuestionMeaning) -> VectorSet:
    """Return all vectors, read again only where the archive has changed since."""
    key = meaning.archive, meaning.model
    state = read_archive_state(meaning.archive)
    if key not in _held or _held[key][0] != state:
        _held[key] = state, _read_vectors(index, meaning, _EVERYTHING)
    return _held[key][1]


_held: dict[tuple[ArchivePlace, str], tuple[str, VectorSet]] = {}


def _read_vectors(
    index: SearchIndex, meaning: QuestionMeaning, allowed: SearchFilter, mean: bytes = b""
) -> VectorSet:
    rows = index.load_vectors(meaning.model, allowed)
    return build_vector_set([row for row in rows if len(row[2]) == len(meaning.vector)], mean)
