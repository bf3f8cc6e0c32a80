"""What vendors claim of their AI, and which points of the test their words answer."""

from __future__ import annotations

from digest.edition.quarter import QuarterView
from digest.model.edition import Claim


def build_claims(quarter: QuarterView) -> tuple[Claim, ...]:
    """Return the claims of the quarter, those that touch the stack first, then the best proven."""
    return ()
