"""Judge an item: relevance, category, AI grade, evidence, event, vendors, each with its reasons.

Offline, deterministic, pure once loaded. Knows nothing of other items, of the archive or of what is
printed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

_MODULES = {  # imported when one of them is asked for: collecting needs languages alone
    "digest.tag.judge": ("ItemJudge",),
    "digest.tag.lab": ("item_from_json", "load_quality", "measure_agreement"),
    "digest.tag.language": ("detect_language",),
    "digest.tag.rules": ("Overrides", "Rule"),
}


def __getattr__(name: str) -> Any:
    import importlib

    for module, names in _MODULES.items():
        if name in names:
            return getattr(importlib.import_module(module), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
