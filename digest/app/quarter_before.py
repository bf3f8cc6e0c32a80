"""Summarise a quarter for the edition of the next one.

An edition says little of the quarter before: its figures, what grew and fell since, and what its
relevant stories report of vendors and promises. That is kept in the archive, under a fingerprint of
all that the quarter's decision follows from, so that no edition decides two quarters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from digest.app.context import AppContext, config_fingerprint, load_quarter_decisions
from digest.app.decide import QuarterDecision
from digest.app.fingerprints import DECIDING, fingerprint_parts, fingerprint_program
from digest.app.judge import decide_quarter, load_quarter_items
from digest.app.kept_stories import StoryRow, restore_story, save_kept, store_story
from digest.app.logs import LOGGER
from digest.app.previous import load_earlier_stories
from digest.archive import Archive
from digest.edition import count_quarter
from digest.model.edition import QuarterCounts
from digest.model.item import Item
from digest.model.story import Story
from digest.model.tags import TaggedItem, Tags
from digest.period import Quarter


@dataclass(frozen=True, slots=True)
class QuarterSummary:
    """What the edition of the next quarter says of a quarter."""

    quarter: Quarter
    counts: QuarterCounts
    relevant_items: Mapping[str, int]  # by source
    sources: frozenset[str]  # that any story is of
    relevant_stories: tuple[Story, ...]  # and those of its edition, best first
    items: tuple[Item, ...] = field(default=(), repr=False)  # where a model may have judged them


def summarize_quarter(decision: QuarterDecision) -> QuarterSummary:
    """Return the summary of a decided quarter."""
    relevant = (member.item.source for member in decision.items if member.tags.relevant)
    return QuarterSummary(
        quarter=decision.quarter,
        counts=count_quarter(decision.items, decision.stories, 0),
        relevant_items=Counter(relevant),
        sources=frozenset(member.item.source for member in decision.items),
        relevant_stories=decision.relevant_stories,
        items=tuple(member.item for member in decision.items),
    )


def load_quarter_summary(context: AppContext, quarter: Quarter, archive: Archive) -> QuarterSummary:
    """Return a quarter's summary, as far as possible the kept one. Raises ConfigError."""
    if context.config.model is not None:  # its answers are known by the judge alone
        return summarize_quarter(decide_quarter(context, quarter, archive))
    name = f"summary {quarter.name}"
    items = load_quarter_items(context, quarter, archive)
    fingerprint = fingerprint_parts(
        fingerprint_program(DECIDING),
        config_fingerprint(context, quarter),
        *map(repr, load_earlier_stories(context.workspace.output, quarter)),
        *(part for item in items for part in (repr(item), item.vector)),
    )
    kept = archive.load_result(name, fingerprint)
    if kept is not None:
        added = load_quarter_decisions(context, quarter).added
        try:
            return _restore_summary(kept, quarter, (*items, *added))
        except (LookupError, TypeError, ValueError):
            LOGGER.debug(f"digest: the kept {name} cannot be read")
    summary = summarize_quarter(decide_quarter(context, quarter, archive))
    save_kept(archive, name, fingerprint, _store_summary(summary))
    return summary


@dataclass(frozen=True, slots=True)
class _StoredSummary:
    counts: QuarterCounts
    relevant_items: dict[str, int]
    sources: frozenset[str]
    stories: list[StoryRow]
    tags: dict[str, Tags]  # of the stories' items, by id


@cache
def _get_adapter() -> TypeAdapter[_StoredSummary]:
    return TypeAdapter(_StoredSummary)


def _store_summary(summary: QuarterSummary) -> Any:
    stories = summary.relevant_stories
    stored = _StoredSummary(
        summary.counts,
        dict(summary.relevant_items),
        summary.sources,
        list(map(store_story, stories)),
        {member.item.id: member.tags for story in stories for member in story.items},
    )
    return _get_adapter().dump_python(stored, mode="json")


def _restore_summary(text: str, quarter: Quarter, items: Sequence[Item]) -> QuarterSummary:
    """Raise ValueError or KeyError where the text is no summary of these items."""
    stored = _get_adapter().validate_json(text)
    by_id = {
        item.id: TaggedItem(item, stored.tags[item.id]) for item in items if item.id in stored.tags
    }
    return QuarterSummary(
        quarter,
        stored.counts,
        stored.relevant_items,
        stored.sources,
        tuple(restore_story(row, by_id) for row in stored.stories),
    )
