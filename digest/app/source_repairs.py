"""Say what can be done about a source with one word; `digest.app.source_care` does it."""

from __future__ import annotations

from collections.abc import Sequence

from digest.decide.source_health import SourceFinding
from digest.model.source import Source

FLOOD_CAP = 5  # items of one day that a source that floods may still give
_RETRY = {"retry": "Try again now"}
_DISABLE = {"disable": "Switch it off"}
_SEARCH = {"search": "Look for another feed"}
_REMOVE = {"remove": "Remove it"}
_REPAIRS: dict[str, dict[str, str]] = {  # kind of finding → how → label
    "dead": _RETRY | _SEARCH | _DISABLE | _REMOVE,
    "blocked": _RETRY | _SEARCH | _DISABLE,
    "changed": _RETRY | _SEARCH | _DISABLE,
    "moved": {"move": "Take the new address"},
    "silent": _RETRY | _SEARCH | _DISABLE,
    "unread": {"no-fulltext": "Read its feed alone"},
    "undated": {},
    "duplicate": _DISABLE | _REMOVE,
    "flood": {"cap": f"Tell {FLOOD_CAP} a day at most"} | _DISABLE | _REMOVE,
    "off-topic": _DISABLE | _REMOVE,
    "letter": {"split": "Split its letters into stories"} | _RETRY | _DISABLE,
}


def list_repairs(source: Source, findings: Sequence[SourceFinding]) -> dict[str, str]:
    """Return what can be done about a source's findings: its short name → what a button says."""
    repairs: dict[str, str] = {}
    for finding in findings:
        repairs |= _REPAIRS.get(finding.kind, _DISABLE)
    if source.url is None:  # its letters come by mail: no site is known, and they are split already
        repairs = {how: label for how, label in repairs.items() if how not in ("search", "split")}
    return repairs
