"""Tell a quarter that was never collected: what feeds still hold behind its end is no quarter."""

from __future__ import annotations

from typing import NamedTuple

from digest.app.context import AppContext
from digest.app.source_state import coverage_days
from digest.archive import Archive
from digest.model.source import COVERED, UNKNOWN
from digest.period import Quarter

_MOSTLY_HELD = 0.5  # of the days of a quarter, over all its sources


class Leftovers(NamedTuple):
    """What is missing of a quarter that was never collected, and what to do about it."""

    words: str
    hint: str


def find_leftovers(context: AppContext, quarter: Quarter, archive: Archive) -> Leftovers | None:
    """Return what is missing of a quarter that had ended when its sources were first read.

    What the feeds still held then is no quarter. None where most of its days are held, or nothing.
    """
    known, states = archive.load_collection_period(), archive.load_source_states()
    read = [
        states[source.slug]
        for source in context.config.sources
        if source.enabled
        and source.url
        and source.slug in states
        and states[source.slug].last_success  # what never answered says nothing of what is held
    ]
    if context.sample or not read or not known or known[0] < quarter.end:
        return None
    days = "".join(coverage_days(state, quarter, context.now) for state in read)
    held = days.count(COVERED) / len(days)
    if held >= _MOSTLY_HELD or archive.find_first_time(quarter.start, quarter.end) is None:
        return None
    words = f"{quarter} had ended when its sources were first read: {held:.0%} of its days are held"
    force = f"`digest build {quarter} --force` builds what there is"
    if UNKNOWN in days:
        return Leftovers(words, f"`digest collect --history {quarter}` reaches back; {force}")
    return Leftovers(f"{words}, and no source reaches further back", force)
