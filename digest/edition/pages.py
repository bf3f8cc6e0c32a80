"""The pages that a stack.yaml adds to a briefing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from digest.edition.agenda import agenda
from digest.edition.ledger import ledger
from digest.edition.radar import radar
from digest.edition.stackview import Relations, Tell, stack_view
from digest.model import Agenda, Ledger, Radar, Ring, Stack, StackView, Story, TeamDecision

_OURS = ("product", "vendor")


@dataclass(frozen=True, slots=True)
class Pages:
    """Stack, ledger, radar and agenda of one edition."""

    stack: StackView
    ledger: Ledger
    radar: Radar
    agenda: Agenda


def pages(
    stack: Stack,
    chosen: Sequence[Story],
    stories: Sequence[Story],
    relations: Relations,
    *,
    before: Sequence[Story] | None,
    rings_before: Mapping[str, Ring] | None,
    carried: Sequence[TeamDecision],
    tell: Tell,
    today: date,
) -> Pages:
    """The pages of a quarter. `chosen` are the briefing's stories, `stories` all relevant ones, both best first;
    `before` those of the quarter before, None where the archive holds nothing of it."""
    view = stack_view(stack, stories, relations, before, tell, today)
    blips = radar(on_radar(chosen, stories, relations), relations, stack.placed, rings_before, tell)
    return Pages(
        stack=view,
        ledger=ledger(stack, stories, relations, before or (), tell, today),
        radar=blips,
        agenda=agenda(stack, view, blips, chosen, stories, relations, carried, tell, today),
    )


def on_radar(chosen: Sequence[Story], stories: Sequence[Story], relations: Relations) -> list[Story]:
    """What the radar is made of: all that the briefing tells, and all that happened to what is ours."""
    told = {story.id for story in chosen}
    return [
        story for story in stories if story.id in told or any(one.kind in _OURS for one in relations.get(story.id, ()))
    ]
