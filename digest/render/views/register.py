"""The register of the quarter, as it is printed."""

from __future__ import annotations

from dataclasses import dataclass

from digest.render.views.context import ViewContext
from digest.render.words import SECTIONS


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """The register of the quarter, as it is printed."""

    name: str  # of the section


def build_register_page(context: ViewContext) -> RegisterPage | None:
    """Build the page; None where there is nothing to show."""
    if not context.edition.register:
        return None
    return RegisterPage(context.words.translate_label(SECTIONS, "register"))
