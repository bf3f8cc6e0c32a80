"""What goes into a briefing and where: chosen stories and their texts in, an Edition out.

A story stands in one section only. The first five of all stories make the quarter in five; the
sections that they would have stood in point to them. `digest.model.sections` declares the others.
"""

from __future__ import annotations

from digest.edition.alerts import find_alerts
from digest.edition.board import build_board
from digest.edition.briefs import choose_briefs, find_doubtful_stories
from digest.edition.calendar import build_calendar
from digest.edition.claims import build_claims
from digest.edition.compose import EditionContext, StoryText, compose_edition
from digest.edition.consequence import explain_consequences
from digest.edition.counts import count_quarter, sort_by_count
from digest.edition.coverage import SourceReadStatus, build_coverage
from digest.edition.deals import build_deals
from digest.edition.front import build_front
from digest.edition.front_questions import FrontQuestions, pick_decisions
from digest.edition.quarter import QuarterView
from digest.edition.register import build_register
from digest.edition.rules import build_rules
from digest.edition.saturation import measure_saturation
from digest.edition.stack.basis import AgendaBasis
from digest.edition.stack.figures import add_stack_figures
from digest.edition.stack.pages import StackReport, build_stack_report
from digest.edition.stack.radar import assign_ring, build_radar, index_rings
from digest.edition.stack.view import build_stack_view
from digest.edition.themes import find_themes
from digest.edition.trend import (
    QuarterHolding,
    compare_coverage,
    compute_trend,
    measure_holding,
    refuse_unlike_judgements,
)

__all__ = [
    "AgendaBasis",
    "EditionContext",
    "FrontQuestions",
    "QuarterHolding",
    "QuarterView",
    "SourceReadStatus",
    "StackReport",
    "StoryText",
    "add_stack_figures",
    "assign_ring",
    "build_board",
    "build_calendar",
    "build_claims",
    "build_coverage",
    "build_deals",
    "build_front",
    "build_radar",
    "build_register",
    "build_rules",
    "build_stack_report",
    "build_stack_view",
    "choose_briefs",
    "compare_coverage",
    "compose_edition",
    "compute_trend",
    "count_quarter",
    "explain_consequences",
    "find_alerts",
    "find_doubtful_stories",
    "find_themes",
    "index_rings",
    "measure_holding",
    "measure_saturation",
    "pick_decisions",
    "refuse_unlike_judgements",
    "sort_by_count",
]
