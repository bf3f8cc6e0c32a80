"""Stage: what goes into a briefing and where. Pure: stories that were ranked, chosen and told in; an Edition out.

A story stands in one section only. The first five of all stories make the quarter in five; the sections that they
would have stood in point to them. Rules and deals go by what happened; AI watch takes the first of the stories whose
subject is AI; all others stand under their stack category.
"""

from __future__ import annotations

from digest.edition.compose import (
    EditionMetadata,
    StoryText,
    TeamInput,
    choose_section,
    compose_edition,
)
from digest.edition.counts import count_quarter
from digest.edition.coverage import SourceReadStatus, build_coverage
from digest.edition.stack.pages import StackReport, build_stack_report, select_radar_stories
from digest.edition.stack.radar import assign_ring, build_radar, index_rings
from digest.edition.trend import compute_trend

__all__ = [
    "EditionMetadata", "StackReport", "SourceReadStatus", "TeamInput", "StoryText", "compose_edition", "count_quarter", "build_coverage", "select_radar_stories", "build_stack_report", "build_radar",
    "assign_ring", "index_rings", "choose_section", "compute_trend",
]  # fmt: skip
