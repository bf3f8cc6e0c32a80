"""The tags of an item that tells what changed on a page that is watched: known, and not guessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from digest.model.item import Item
from digest.model.source import WatchKind, find_watch_kind
from digest.model.tags import Event, Tags

_EVENTS: Mapping[WatchKind, Event] = {
    "price": "pricing",
    "terms": "regulation",  # a policy of the vendor, as the pages of rules call it
    "subprocessors": "regulation",
    "status": "incident",
}
_KNOWN = frozenset(("relevant", "event", "ai"))


def name_watched_change(item: Item, tags: Tags) -> Tags:
    """Return the tags with what is known of a watched page's item; those of others as they are."""
    kind = find_watch_kind(item.source)
    if kind is None:
        return tags
    return replace(
        tags,
        relevant=True,
        event=_EVENTS[kind],
        ai="none",
        evidence=None,
        points=(),
        why={**tags.why, "relevant": ("a page that is watched",), "event": (f"its {kind}",)},
        confidence={**tags.confidence, **dict.fromkeys(_KNOWN, 1.0)},
        unsure=tags.unsure - _KNOWN,
    )
