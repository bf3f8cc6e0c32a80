"""The pages that a stack.yaml adds to a briefing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from digest.edition.stack.agenda import build_agenda
from digest.edition.stack.promises import build_ledger
from digest.edition.stack.radar import build_radar
from digest.edition.stack.view import MakeStoryRef, Relations, build_stack_view
from digest.model.decisions import TeamDecision
from digest.model.edition import Agenda, PromiseLedger, Radar, StackView
from digest.model.stack import Ring, Stack
from digest.model.story import Story

_OUR_RELATIONS = ("product", "vendor")


@dataclass(frozen=True, slots=True)
class StackReport:
    """Stack, ledger, radar and agenda of one edition."""

    stack: StackView
    ledger: PromiseLedger
    radar: Radar
    agenda: Agenda


def build_stack_report(
    stack: Stack,
    chosen: Sequence[Story],
    stories: Sequence[Story],
    relations: Relations,
    *,
    before: Sequence[Story] | None,
    rings_before: Mapping[str, Ring] | None,
    carried: Sequence[TeamDecision],
    make_ref: MakeStoryRef,
    today: date,
) -> StackReport:
    """The pages of a quarter. `chosen` are the briefing's stories, `stories` all relevant ones, both best first;
    `before` those of the quarter before, None where the archive holds nothing of it."""
    view = build_stack_view(stack, stories, relations, before, make_ref, today)
    blips = build_radar(
        select_radar_stories(chosen, stories, relations),
        relations,
        stack.placed,
        rings_before,
        make_ref,
    )
    return StackReport(
        stack=view,
        ledger=build_ledger(stack, stories, relations, before or (), make_ref, today),
        radar=blips,
        agenda=build_agenda(
            stack, view, blips, chosen, stories, relations, carried, make_ref, today
        ),
    )


def select_radar_stories(
    chosen: Sequence[Story], stories: Sequence[Story], relations: Relations
) -> list[Story]:
    """What the radar is made of: all that the briefing tells, and all that happened to what is ours."""
    told = {story.id for story in chosen}
    return [
        story
        for story in stories
        if story.id in told
        or any(one.kind in _OUR_RELATIONS for one in relations.get(story.id, ()))
    ]
