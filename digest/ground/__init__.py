"""The grounding gate: whether the items that a sentence names carry what it says, by rules alone.

Pure: no model, no network, no clock.
"""

from digest.ground.check import check_sentence
from digest.ground.types import GroundItem, Verdict

__all__ = ["GroundItem", "Verdict", "check_sentence"]
