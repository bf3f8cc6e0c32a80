"""Stage: which stories a CMO needs first, and which go in. Pure: Stories in, RankedStories out, best first.

The score of a story is the sum of named parts, all stored with it; the points stand in `Weights` (weights.json), set by
tools/train_rank.py against importance as readers rated it, and can be changed by the team.
"""

from __future__ import annotations

from digest.rank.score import rank
from digest.rank.select import TOLD_ALREADY, Limits, Selection, kind_of, select
from digest.rank.weights import Weights, default_weights

__all__ = ["TOLD_ALREADY", "Limits", "Selection", "Weights", "default_weights", "kind_of", "rank", "select"]
