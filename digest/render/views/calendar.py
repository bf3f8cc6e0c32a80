"""Dates and duties, as they are printed."""

from __future__ import annotations

from dataclasses import dataclass

from digest.render.views.context import ViewContext
from digest.render.words import SECTIONS


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """Dates and duties, as they are printed."""

    name: str  # of the section


def build_calendar_page(context: ViewContext) -> CalendarPage | None:
    """Build the page; None where there is nothing to show."""
    if not context.edition.calendar:
        return None
    return CalendarPage(context.words.translate_label(SECTIONS, "calendar"))
