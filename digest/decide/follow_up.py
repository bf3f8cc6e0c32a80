"""What became of the team's decisions, from the quarter in which each was taken.

A decision is known by its words. Where a later file has the same words, it follows the decision up:
what it says of owner, day, state and outcome counts, and the rest stays.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from digest.model.decisions import TeamDecision


@dataclass(frozen=True, slots=True)
class TracedDecision:
    """A decision as the files say it last; its quarter is the one in which it was taken."""

    decision: TeamDecision
    first_due: date | None  # the day that it was given at first
    last_quarter: str  # of the last file that speaks of it


def trace_decisions(decisions: Iterable[TeamDecision]) -> tuple[TracedDecision, ...]:
    """Return each decision once. `decisions` come oldest first."""
    traced: dict[str, TracedDecision] = {}
    for decision in decisions:
        key = decision.what.casefold()
        if before := traced.get(key):
            merged = _follow_up(before.decision, decision)
            first_due = before.first_due or decision.due
        else:
            merged, first_due = decision, decision.due
        traced[key] = TracedDecision(merged, first_due, decision.quarter)
    return tuple(traced.values())


def _follow_up(before: TeamDecision, after: TeamDecision) -> TeamDecision:
    return replace(
        after,
        step=after.step or before.step,
        story=after.story or before.story,
        owner=after.owner or before.owner,
        due=after.due or before.due,
        quarter=before.quarter,
        note=after.note or before.note,
        outcome=after.outcome or before.outcome,
    )


def select_closed_decisions(
    traced: Iterable[TracedDecision],
    start: date,
    recent: Collection[str],
    told: Collection[str] = (),
) -> Iterator[TeamDecision]:
    """Yield the decisions that an edition tells as closed.

    They are those closed since `start`, the first day of its quarter; without a day of closing,
    those that a file of one of the `recent` quarters closes. What an earlier edition told is not
    told again: `told` are its words in small letters.
    """
    for one in traced:
        decision = one.decision
        if decision.state == "open" or decision.what.casefold() in told:
            continue
        is_recent = one.last_quarter in recent
        if decision.closed >= start if decision.closed else is_recent:
            yield decision
