"""Hand the rules of `digest.ground` to the language model's writer, as its gate."""

from __future__ import annotations

from collections.abc import Sequence

from digest.language_model.writer import DraftSource, Gate


def load_gate() -> Gate:
    """Return the gate that every sentence of a model must pass. It remembers its answers."""
    from digest.ground import GroundItem, check_sentence  # slow to load

    known: dict[tuple[object, ...], str] = {}

    def to_item(source: DraftSource) -> GroundItem:
        return GroundItem(
            source.id,
            source.title,
            text=source.text,
            lang=source.lang,
            date=source.day,
            publisher=source.publisher,
        )

    def check(
        sentence: str, cited: Sequence[DraftSource], sources: Sequence[DraftSource], language: str
    ) -> str:
        key = (sentence, *(source.id for source in cited), *sources, language)
        if key not in known:
            verdict = check_sentence(
                sentence, list(map(to_item, cited)), list(map(to_item, sources)), language
            )
            reason = verdict.reason or "the rules do not find it there"
            known[key] = "" if verdict.passes else reason
        return known[key]

    return check
