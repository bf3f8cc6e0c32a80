"""Page one beside its stories: a lead, what to decide, and the figures that matter."""

from __future__ import annotations

from collections.abc import Sequence

from digest.edition.quarter import QuarterView
from digest.model.edition import CalendarEntry, Claim, FrontPage, StackView


def build_front(
    quarter: QuarterView,
    calendar: Sequence[CalendarEntry],
    claims: Sequence[Claim],
    stack: StackView | None,
) -> FrontPage:
    """Return page one. Without a stack (None) it tells of the market."""
    return FrontPage()
