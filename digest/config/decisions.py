"""editions/QUARTER.yaml, as far as decisions go: what was decided, by whom, until when, and whether it is done.

The rest of that file is not read here and not judged.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, Field

from digest.config.kinds import Line
from digest.config.stack import Text
from digest.config.validate import Settings, load
from digest.model import DecisionState, TeamDecision


class DecisionEntry(Settings):
    """A decision of the team."""

    what: Line = Field(description="what was decided, in a few words; the same words in a later file follow it up")
    step: Literal["act", "try", "ask", "watch", "ignore"] | None = Field(
        None, description="act | try | ask | watch | ignore"
    )
    story: Line | None = Field(None, description="the id of the story that it answers")
    owner: Line | None = Field(None, description="who does it")
    due: date | None = Field(None, description="until when")
    state: DecisionState = Field("open", description="open | done | dropped")
    note: Text = Field("", description="what came of it")


class DecisionsFile(Settings):
    """The decisions in a file of an edition."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True, allow_inf_nan=False)

    decisions: tuple[DecisionEntry, ...] = ()


def load_decisions(path: Path, quarter: str) -> tuple[TeamDecision, ...]:
    """Edge: the decisions of one edition. Raises ConfigError with every problem."""
    return tuple(
        TeamDecision(
            entry.what, entry.step, entry.story or "", entry.owner or "", entry.due, entry.state, quarter, entry.note
        )
        for entry in load(path, DecisionsFile).decisions
    )


def still_open(decisions: Iterable[TeamDecision]) -> tuple[TeamDecision, ...]:
    """The decisions that no later one of the same words has closed. `decisions` come oldest first; the last word of
    each counts, with the quarter in which it was first taken."""
    last: dict[str, TeamDecision] = {}
    first: dict[str, str] = {}
    for one in decisions:
        key = one.what.casefold()
        first.setdefault(key, one.quarter)
        last[key] = one
    return tuple(
        TeamDecision(one.what, one.step, one.story, one.owner, one.due, one.state, first[key], one.note)
        for key, one in last.items()
        if one.state == "open"
    )
