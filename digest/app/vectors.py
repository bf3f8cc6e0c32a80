"""Make the vectors of items, where the team has a model for it, and hand them to the judgement.

They are made while collecting and kept in the archive, so that an edition is built without the
model and from the same numbers each time. An item without a vector is judged by its words alone.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from digest.app.context import AppContext, find_secret, make_fetcher
from digest.archive import Archive
from digest.errors import DigestError
from digest.model.item import Item
from digest.vectors import quantize_vector

if TYPE_CHECKING:
    from digest.tag.vectors import EmbedTexts

logger = logging.getLogger(__name__)

_REQUEST_SECONDS = 60.0  # for a batch of texts
_MAX_ITEMS = 5000  # of one run: a long history takes several


def attach_vectors(
    context: AppContext, archive: Archive, items: Iterable[Item]
) -> tuple[Item, ...]:
    """Return items with the vectors that the archive holds; as they are where there is no model."""
    listed = tuple(items)
    settings = context.config.embeddings
    if settings is None:
        return listed
    found = archive.load_vectors(settings.name, [item.id for item in listed])
    return tuple(replace(item, vector=found.get(item.id, b"")) for item in listed)


def make_vectors(context: AppContext, back_to: datetime | None = None) -> int:
    """Make and keep the vectors that items lack, the newest first; return how many were made.

    The items are those from `back_to`, else from the start of the quarter before this one. A model
    that fails is a warning: the items are judged by their words until it is back. So is one that
    gives other vectors than there are weights for: none of those is kept.
    """
    settings = context.config.embeddings
    if settings is None:
        return 0
    start = min(filter(None, (back_to, context.resolve_quarter("current").previous.start)))
    with Archive.open(context.workspace.archive) as archive:
        items = archive.load_items(start)
        held = archive.load_vectors(settings.name, [item.id for item in items])
        lacking = [item for item in reversed(items) if item.id not in held][:_MAX_ITEMS]
        if not lacking:
            return 0
        try:
            return _fill_archive(context, archive, lacking, settings.name)
        except DigestError as error:
            logger.warning(
                "embeddings: %s; items without a vector are judged by words alone", error
            )
            return 0


def _fill_archive(context: AppContext, archive: Archive, items: Sequence[Item], name: str) -> int:
    from digest.fetch.embeddings import BATCH
    from digest.tag.vectors import choose_prefix, compose_vector_text, load_vector_model

    embed = _open_model(context)
    prefix = choose_prefix(load_vector_model(), embed)
    made = 0
    with context.progress("making vectors", len(items)) as advance:
        for start in range(0, len(items), BATCH):
            batch = items[start : start + BATCH]
            vectors = embed([prefix + compose_vector_text(item) for item in batch])
            rows = zip(batch, map(_quantize_or_refuse, vectors), strict=True)
            archive.save_vectors(name, rows)
            made += len(batch)
            for _ in batch:
                advance()
    return made


def _quantize_or_refuse(vector: Sequence[float]) -> bytes:
    from digest.tag.vectors import load_vector_model

    if len(vector) != load_vector_model().dimensions:
        raise DigestError(f"a vector has {len(vector)} numbers")
    try:
        return quantize_vector(vector)
    except ValueError as error:
        raise DigestError(f"the model gives {error}") from error


def embed_question(context: AppContext, text: str) -> bytes | None:
    """Return the vector of a question; None where there is no model or it fails, which is logged.

    The model is opened once in a process.
    """
    from digest.tag.vectors import choose_prefix, load_vector_model

    settings = context.config.embeddings
    if settings is None:
        return None
    key = settings.model_dump_json()
    try:
        if key not in _opened:
            embed = _open_model(context)
            _opened[key] = embed, choose_prefix(load_vector_model(), embed)
        embed, prefix = _opened[key]
        return _quantize_or_refuse(embed([prefix + text])[0])
    except DigestError as error:
        logger.warning("embeddings: %s; the archive is searched by words alone", error)
        return None


_opened: dict[str, tuple[EmbedTexts, str]] = {}


def _open_model(context: AppContext) -> EmbedTexts:
    """Return what makes vectors. Raises DigestError where the model in the program is missing."""
    from digest.fetch.embeddings import EmbeddingService, LocalModel
    from digest.fetch.http.guard import get_host_port

    settings = context.config.embeddings
    assert settings
    if settings.base_url is None:
        return LocalModel().embed_texts
    base_url = settings.base_url
    return EmbeddingService(
        base_url,
        settings.served_as or settings.name,
        # an address that the team itself names may be private
        lambda: make_fetcher(context, service=(get_host_port(base_url), _REQUEST_SECONDS)),
        key.value if (key := find_secret(context, settings, "key")) else "",
    ).embed_texts
