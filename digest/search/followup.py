"""Read a question in the light of the one before: "And Salesforce?", "What does it cost?". Pure."""

from __future__ import annotations

from collections.abc import Sequence

from digest.search.query import Term


def carry_terms(before: Sequence[Term], now: Sequence[Term]) -> tuple[Term, ...]:
    """Return the terms of a question with what it leaves to the question before.

    A question that names nobody is about those who were named before, and one that says nothing of
    them asks the same again. A question with both is a question of its own.
    """
    has_name, has_word = (any(term.is_name == kind for term in now) for kind in (True, False))
    kept = [
        term
        for term in before
        if (not has_name if term.is_name else not has_word) and term not in now
    ]
    return (*now, *kept)
