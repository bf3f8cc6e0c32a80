"""Themes: stories of the quarter that are about one thing."""

from __future__ import annotations

from digest.edition.quarter import QuarterView
from digest.model.edition import Theme


def find_themes(quarter: QuarterView) -> tuple[Theme, ...]:
    """Return three to six themes, the one that weighs most first; fewer where there are none."""
    return ()
