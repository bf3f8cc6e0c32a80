"""The figures of a quarter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from digest.model.edition import QuarterCounts
from digest.model.story import Story
from digest.model.tags import TaggedItem


def count_quarter(
    items: Sequence[TaggedItem], stories: Sequence[Story], in_edition: int
) -> QuarterCounts:
    """Count a quarter's items, and its relevant stories by what they were judged to be."""
    relevant = [story.tags for story in stories if story.tags.relevant]
    return QuarterCounts(
        items=len(items),
        relevant=sum(member.tags.relevant for member in items),
        stories=len(relevant),
        in_edition=in_edition,
        sources=len({member.item.source for member in items}),
        by_category=sort_by_count(tags.category or "none" for tags in relevant),
        by_event=sort_by_count(tags.event for tags in relevant),
        by_ai=sort_by_count(tags.ai for tags in relevant),
        by_evidence=sort_by_count(tags.evidence for tags in relevant if tags.evidence),
    )


def sort_by_count(names: Iterable[str]) -> dict[str, int]:
    """Count names, the most frequent first."""
    return dict(sorted(Counter(names).items(), key=lambda row: (-row[1], row[0])))
