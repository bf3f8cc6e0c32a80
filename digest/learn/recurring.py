"""Notice at once when the team corrects the same thing again.

Pure, and cheap enough to ask at each look at a story; what it would teach is measured by
`digest.learn.proposals`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from digest.learn.evaluation import ItemFeedback
from digest.taxonomy import CATEGORIES

_RECURS = 2  # corrections alike, from which on it is asked whether it is always so


def describe_recurring(
    feedback: Iterable[ItemFeedback], item_ids: Collection[str]
) -> Iterator[str]:
    """Yield in words which corrections of a story's items were made of other items, too.

    `feedback` is what the team decided on all items, the story's own among it.
    """
    patterns = {lesson.item.id: tuple(_iter_patterns(lesson)) for lesson in feedback}
    counts = Counter(pattern for of_item in patterns.values() for pattern in of_item)
    mine = dict.fromkeys(
        pattern for key, of_item in patterns.items() if key in item_ids for pattern in of_item
    )
    for pattern in mine:
        if counts[pattern] >= _RECURS:
            yield f"{counts[pattern]} {pattern}"


def _iter_patterns(lesson: ItemFeedback) -> Iterator[str]:
    """Yield what a correction is an example of, as words that a number stands before."""
    given, tags = lesson.given, lesson.tags
    if lesson.is_recategorised:
        to = CATEGORIES[lesson.category].name if lesson.category else "no category"
        for name in given.get("vendors", tags.vendors):
            yield f"stories of {name} were moved to {to}."
        yield f"stories were moved from {tags.category or 'no category'} to {to}."
    if lesson.drop_reason:
        yield f"stories of {lesson.item.source_name} were dropped."
    if "event" in given and given["event"] != tags.event:
        yield f"stories were corrected to {given['event']}."
    for name in given.get("vendors", ()):
        if name not in tags.vendors:
            yield f"stories were said to be about {name}."
