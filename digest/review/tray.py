"""What a person looks for among the stories that are left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from digest.model.story import Story

VIEWS: Mapping[str, str] = {
    "out": "Left out, relevant",
    "all": "All that is left out",
    "new": "New since yesterday",
    "decided": "Decided by the team",
    "everything": "Every story",
}
ORDERS: Mapping[str, str] = {"rank": "best first", "doubt": "least certain first"}
PAGE_SIZE = 40  # rows that are shown at once


@dataclass(frozen=True, slots=True)
class StoryFilter:
    """What a person looks for in the tray."""

    view: str = "out"
    words: str = ""
    source: str = ""
    vendor: str = ""
    category: str = ""
    ai: str = ""
    event: str = ""
    stack: str = ""  # own: about what the company runs
    order: str = "rank"

    def fits_labels(self, story: Story) -> bool:
        """Return whether a story has the labels, publisher and words that are looked for."""
        tags = story.tags
        return (
            self.category in ("", tags.category or "none")
            and self.ai in ("", tags.ai)
            and self.event in ("", tags.event)
            and (not self.vendor or self.vendor in tags.vendors)
            and (not self.source or self.source in _list_publishers(story))
            and _holds_words(story, self.words)
        )


def _list_publishers(story: Story) -> set[str]:
    return {member.item.source_name for member in story.items}


def _holds_words(story: Story, words: str) -> bool:
    """Return whether one item of a story holds all words."""
    asked = words.casefold().split()
    if not asked:
        return True
    items = (member.item for member in story.items)
    texts = (
        "\n".join((item.title, item.source_name, item.summary, item.text)).casefold()
        for item in items
    )
    return any(all(word in text for word in asked) for text in texts)
