"""Decide which stories a CMO needs first, and which go in. Pure.

The score of a story is the sum of named parts, all stored with it. The points stand in
`RankingWeights` (weights.json), set by tools/train_rank.py against importance as readers rated it.
"""

from __future__ import annotations

from digest.rank.score import (
    StoryFeatures,
    WordPoints,
    extract_features,
    rank_stories,
    score_words,
)
from digest.rank.select import (
    Selection,
    SelectionLimits,
    StoryTraits,
    find_consequence,
    find_traits,
    select_stories,
)
from digest.rank.weights import RankingWeights, load_default_weights

__all__ = [
    "RankingWeights",
    "Selection",
    "SelectionLimits",
    "StoryFeatures",
    "StoryTraits",
    "WordPoints",
    "extract_features",
    "find_consequence",
    "find_traits",
    "load_default_weights",
    "rank_stories",
    "score_words",
    "select_stories",
]
