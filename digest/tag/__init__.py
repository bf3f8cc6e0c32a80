"""What an item is judged to be: relevant, category, AI grade, evidence, event, vendors, with the words that decided.

Offline, deterministic, pure once loaded. Knows nothing of other items, of the archive or of what is printed.
"""

from __future__ import annotations

from digest.tag.judge import Judge
from digest.tag.lab import item_from_json, quality, score
from digest.tag.language import detect_language
from digest.tag.rules import Overrides, Rule

__all__ = ["Judge", "Overrides", "Rule", "detect_language", "item_from_json", "quality", "score"]
