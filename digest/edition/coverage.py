"""What was read of each source for a quarter, said as far as it is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from digest.model.edition import CoverageRow
from digest.model.item import Item
from digest.model.source import Source

State = Literal["read", "failed", "silent", "never read", "switched off"]


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
    """One row a source, in the order of the configuration. `items` are those of the quarter."""
    held, printed = (
        Counter(item.source for item in items),
        Counter(item.source for item in in_edition),
    )
    return tuple(
        _build_coverage_row(
            source,
            held[source.slug],
            printed[source.slug],
            readings.get(source.slug, SourceReadStatus()),
        )
        for source in sources
    )


def _build_coverage_row(
    source: Source, held: int, printed: int, reading: SourceReadStatus
) -> CoverageRow:
    return CoverageRow(
        source=source.name,
        tier=source.tier,
        url=source.url,
        items=held,
        in_edition=printed,
        state=_classify_state(source, held, reading),
        last_success=reading.last_success,
        held_from=reading.held_from,
        held_to=reading.held_to,
        problem=reading.problem,
        days=reading.days,
    )


def _classify_state(source: Source, held: int, reading: SourceReadStatus) -> State:
    if not source.enabled:
        return "switched off"
    if reading.problem:
        return "failed"
    if reading.last_success is None:
        return "never read"
    return "read" if held else "silent"
