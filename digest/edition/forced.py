"""Changes that users cannot leave alone: what they must follow, and what takes effect by a day.

Themes and agenda ask here, so that they name the same changes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from digest.edition.quarter import QuarterView
from digest.edition.rule_kinds import classify_rule
from digest.edition.stack.duties import forces_change
from digest.edition.story_dates import find_reach
from digest.model.story import Story
from digest.model.tags import Event

# What can be forced on users: a study, a result or a new product is not.
_CHANGE_EVENTS: frozenset[Event] = frozenset(
    ("update", "other", "shutdown", "pricing", "regulation")
)


@dataclass(frozen=True, slots=True)
class ForcedChange:
    """A change by the best story of it; `day` to `last` is when it holds, None where none says."""

    story: Story
    day: date | None = None
    last: date | None = None
    place: str = ""  # where it begins, if a report says that it comes elsewhere later


def list_forced_changes(stories: Iterable[Story], quarter: QuarterView) -> tuple[ForcedChange, ...]:
    """Return the changes that stories tell of, each once, by its first story.

    Two stories of one vendor that name the same day tell of one change.
    """
    found: list[ForcedChange] = []
    for story in stories:
        change = find_forced_change(story, quarter)
        if change and not any(_is_same(change, other) for other in found):
            found.append(change)
    return tuple(found)


def find_forced_change(story: Story, quarter: QuarterView) -> ForcedChange | None:
    """Return what a story forces on users; None where it forces nothing."""
    if story.tags.event not in _CHANGE_EVENTS:
        return None
    days = quarter.find_dates(story)
    if days:
        dated = next((one for one in days if one.fact.day == one.fact.last), days[0])
        place = find_reach(story, dated).place
        return ForcedChange(story, dated.fact.day, dated.fact.last, place)
    if classify_rule(story) == "platform" or forces_change(story):
        return ForcedChange(story)
    return None


def _is_same(change: ForcedChange, other: ForcedChange) -> bool:
    return (
        change.day is not None
        and change.day == change.last
        and (change.day, change.last) == (other.day, other.last)
        and change.story.tags.vendors[:1] == other.story.tags.vendors[:1]
    )
