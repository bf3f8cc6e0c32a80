"""Judge an item: relevance, category, AI grade, evidence, event, vendors, each with its reasons.

Offline, deterministic, pure once loaded. Knows nothing of other items, of the archive or of what is
printed.
"""

from __future__ import annotations

from digest.tag.judge import ItemJudge
from digest.tag.lab import item_from_json, load_quality, measure_agreement
from digest.tag.language import detect_language
from digest.tag.rules import Overrides, Rule

__all__ = [
    "ItemJudge",
    "Overrides",
    "Rule",
    "detect_language",
    "item_from_json",
    "load_quality",
    "measure_agreement",
]
