"""The words of a goal's name, and how many of them a story's reports use."""

from __future__ import annotations

import re

from digest.model.stack import Goal
from digest.model.story import Story

_WORD = re.compile(r"[^\W\d_]{4,}")  # long enough to name a thing


def count_goal_words(story: Story, goal: Goal) -> int:
    """Return how many words of a goal's name a story's reports hold, in whatever number."""
    said = " ".join(f"{member.item.title} {member.item.summary}" for member in story.items)
    return len(_list_stems(said) & _list_stems(goal.name))


def _list_stems(text: str) -> frozenset[str]:
    words = (word.casefold().rstrip("aeios") for word in _WORD.findall(text))
    return frozenset(word for word in words if len(word) > 2)
