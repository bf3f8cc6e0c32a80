"""The figures of a quarter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from digest.model import Counts, Story, TaggedItem


def count(items: Sequence[TaggedItem], stories: Sequence[Story], in_edition: int) -> Counts:
    """Counts of a quarter's items, and of its relevant stories by category, event, AI grade and evidence."""
    relevant = [story.tags for story in stories if story.tags.relevant]
    return Counts(
        items=len(items),
        relevant=sum(member.tags.relevant for member in items),
        stories=len(relevant),
        in_edition=in_edition,
        sources=len({member.item.source for member in items}),
        by_category=_ordered(Counter(tags.category or "none" for tags in relevant)),
        by_event=_ordered(Counter(tags.event for tags in relevant)),
        by_ai=_ordered(Counter(tags.ai for tags in relevant)),
        by_evidence=_ordered(Counter(tags.evidence for tags in relevant if tags.evidence)),
    )


def _ordered(counter: Counter[str]) -> dict[str, int]:
    return dict(sorted(counter.items(), key=lambda row: (-row[1], row[0])))
