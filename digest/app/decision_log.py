"""The team's decisions of all quarters: open, late, done or dropped, and what came of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from digest.app.previous import find_decided_quarters, load_traced_decisions
from digest.app.workspace import Workspace
from digest.config.sources import SourcesConfig
from digest.decide.follow_up import TracedDecision
from digest.model.decisions import TeamDecision

STATES = ("open", "late", "done", "dropped")  # late ones are open, too


def load_decision_log(
    workspace: Workspace, config: SourcesConfig, now: datetime
) -> tuple[TracedDecision, ...]:
    """Load the decisions of all quarters, each once, oldest first. Raises ConfigError."""
    folder = workspace.root / "editions"
    quarters = find_decided_quarters(folder, now, config)
    return load_traced_decisions(folder, quarters[-1]) if quarters else ()


def filter_log(
    log: Sequence[TracedDecision], today: date, states: Sequence[str] = (), owner: str = ""
) -> tuple[TracedDecision, ...]:
    """Return the decisions in one of the states, and of the owner where one is named.

    The late ones come first, then those with the next day, then what is closed.
    """
    kept = [
        one
        for one in log
        if (not states or not set(states).isdisjoint(list_states(one.decision, today)))
        and owner.casefold() in ("", one.decision.owner.casefold())
    ]
    kept.sort(key=lambda one: (one.decision.state != "open", one.decision.due or date.max))
    return tuple(kept)


def list_states(decision: TeamDecision, today: date) -> tuple[str, ...]:
    """Return the states of a decision; one that is late is open, too."""
    return ("late", "open") if decision.is_late(today) else (decision.state,)


def decision_to_json(one: TracedDecision, today: date) -> dict[str, Any]:
    """Return a decision as plain values."""
    late = one.decision.is_late(today)
    return {**asdict(one.decision), "late": late, "first_due": one.first_due}


def describe_decision(one: TracedDecision, today: date) -> str:
    """Return a decision in a line."""
    decision = one.decision
    state = list_states(decision, today)[0]
    parts = [decision.owner or "no owner"]
    if decision.closed:
        parts.append(f"closed {decision.closed}")
    elif decision.due:
        moved = f", first {one.first_due}" if one.first_due != decision.due else ""
        parts.append(f"due {decision.due}{moved}")
    else:
        parts.append("no day")
    step = f"{decision.step}: " if decision.step else ""
    told = decision.outcome or decision.note
    outcome = f"  → {told}" if told else ""
    return f"{state:8} {decision.quarter}  {step}{decision.what} ({'; '.join(parts)}){outcome}"
