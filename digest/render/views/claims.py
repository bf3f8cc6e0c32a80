"""The table of AI claims, as it is printed."""

from __future__ import annotations

from dataclasses import dataclass

from digest.render.views.context import ViewContext
from digest.render.words import SECTIONS


@dataclass(frozen=True, slots=True)
class ClaimsPage:
    """The table of AI claims, as it is printed."""

    name: str  # of the section


def build_claims_page(context: ViewContext) -> ClaimsPage | None:
    """Build the page; None where there is nothing to show."""
    if not context.edition.claims:
        return None
    return ClaimsPage(context.words.translate_label(SECTIONS, "ai-watch"))
