"""Stage: what goes into a briefing and where. Pure: stories that were ranked, chosen and told in; an Edition out.

A story stands in one section only. The first five of all stories make the quarter in five; the sections that they
would have stood in point to them. Rules and deals go by what happened; AI watch takes the first of the stories whose
subject is AI; all others stand under their stack category.
"""

from __future__ import annotations

from digest.edition.compose import Frame, Team, Told, compose, section_of
from digest.edition.counts import count
from digest.edition.coverage import Reading, coverage
from digest.edition.pages import Pages, on_radar, pages
from digest.edition.radar import radar, ring_of, rings
from digest.edition.trend import trend

__all__ = [
    "Frame", "Pages", "Reading", "Team", "Told", "compose", "count", "coverage", "on_radar", "pages", "radar",
    "ring_of", "rings", "section_of", "trend",
]  # fmt: skip
