"""The pages that a stack.yaml adds to a briefing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digest.edition.quarter import QuarterView
from digest.edition.stack.agenda import build_agenda
from digest.edition.stack.basis import NO_BASIS, AgendaBasis
from digest.edition.stack.promises import build_ledger
from digest.edition.stack.radar import build_radar
from digest.edition.stack.view import build_stack_view
from digest.model.decisions import TeamDecision
from digest.model.edition import (
    Agenda,
    PromiseLedger,
    Radar,
    StackView,
)
from digest.model.stack import Ring


@dataclass(frozen=True, slots=True)
class StackReport:
    """Stack, ledger, radar and agenda of one edition."""

    stack: StackView
    ledger: PromiseLedger
    radar: Radar
    agenda: Agenda


def build_stack_report(
    quarter: QuarterView,
    rings_before: Mapping[str, Ring] | None,
    carried: Sequence[TeamDecision],
    basis: AgendaBasis = NO_BASIS,
    stack: StackView | None = None,
    closed: Sequence[TeamDecision] = (),
) -> StackReport:
    """Return the pages of a quarter.

    `rings_before` are those of the edition before (see `build_radar`), `carried` the decisions of
    earlier editions that are still open, `closed` those closed since the edition before, `basis` is
    what other parts found, `stack` the table of the stack where it is built already.
    """
    view, radar = stack or build_stack_view(quarter), build_radar(quarter, rings_before)
    agenda = build_agenda(quarter, view, radar, carried, basis, closed)
    return StackReport(view, build_ledger(quarter), radar, agenda)
