"""The figures of a quarter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from digest.model.edition import QuarterCounts
from digest.model.story import Story
from digest.model.tags import TaggedItem


def count_quarter(
    items: Sequence[TaggedItem], stories: Sequence[Story], in_edition: int
) -> QuarterCounts:
    """Counts of a quarter's items, and of its relevant stories by category, event, AI grade and evidence."""
    relevant = [story.tags for story in stories if story.tags.relevant]
    return QuarterCounts(
        items=len(items),
        relevant=sum(member.tags.relevant for member in items),
        stories=len(relevant),
        in_edition=in_edition,
        sources=len({member.item.source for member in items}),
        by_category=_sort_by_count(Counter(tags.category or "none" for tags in relevant)),
        by_event=_sort_by_count(Counter(tags.event for tags in relevant)),
        by_ai=_sort_by_count(Counter(tags.ai for tags in relevant)),
        by_evidence=_sort_by_count(Counter(tags.evidence for tags in relevant if tags.evidence)),
    )


def _sort_by_count(counter: Counter[str]) -> dict[str, int]:
    return dict(sorted(counter.items(), key=lambda row: (-row[1], row[0])))
