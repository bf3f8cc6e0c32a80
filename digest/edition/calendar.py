"""Dates and duties of the next two quarters."""

from __future__ import annotations

from collections.abc import Sequence

from digest.edition.quarter import QuarterView
from digest.model.decisions import TeamDecision
from digest.model.edition import CalendarEntry


def build_calendar(
    quarter: QuarterView, decisions: Sequence[TeamDecision] = ()
) -> tuple[CalendarEntry, ...]:
    """Return what takes effect, ends or must be done, by day.

    `decisions` are those of the team that are still open.
    """
    return ()
