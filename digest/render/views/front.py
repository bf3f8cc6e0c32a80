"""Page one beside its stories, as it is printed."""

from __future__ import annotations

from dataclasses import dataclass

from digest.render.views.context import ViewContext


@dataclass(frozen=True, slots=True)
class FrontView:
    """Lead, decisions and cards of page one."""

    lead: str


def build_front_view(context: ViewContext) -> FrontView:
    """Build page one."""
    words = context.words
    return FrontView(" ".join(map(words.translate_note, context.edition.front.lead)))
