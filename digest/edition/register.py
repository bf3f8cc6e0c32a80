"""The register: every relevant story of the quarter in one line."""

from __future__ import annotations

from digest.edition.quarter import QuarterView
from digest.model.edition import RegisterRow


def build_register(quarter: QuarterView) -> tuple[RegisterRow, ...]:
    """Return a row for each relevant story: new products first, then by category and day."""
    return ()
