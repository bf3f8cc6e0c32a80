"""What was read of each source for a quarter, as far as it is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.model.edition import CoverageRow, SourceState, get_fields
from digest.model.item import Item
from digest.model.source import Source


@dataclass(frozen=True, slots=True)
class SourceReadStatus:
    """How reading a source went until now."""

    last_success: datetime | None = None
    problem: str = ""
    held_from: datetime | None = None
    held_to: datetime | None = None
    days: str = ""  # of the quarter, in the letters of digest.model.source


def build_coverage(
    sources: Sequence[Source],
    items: Sequence[Item],
    in_edition: Sequence[Item],
    readings: Mapping[str, SourceReadStatus],
) -> tuple[CoverageRow, ...]:
    """Return one row a source, in the order of the configuration. `items` are the quarter's."""
    held = Counter(item.source for item in items)
    printed = Counter(item.source for item in in_edition)
    rows = []
    for source in sources:
        reading = readings.get(source.slug, SourceReadStatus())
        state: SourceState = "read" if held[source.slug] else "silent"
        if not source.enabled:
            state = "switched off"
        elif reading.problem:
            state = "failed"
        elif reading.last_success is None:
            state = "never read"
        row = CoverageRow(
            source=source.name,
            tier=source.tier,
            url=source.url,
            items=held[source.slug],
            in_edition=printed[source.slug],
            state=state,
            **get_fields(reading, SourceReadStatus),
        )
        rows.append(row)
    return tuple(rows)
