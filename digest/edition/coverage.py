"""What was read of each source for a quarter, as far as it is known."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from digest.model.edition import CoverageRow, SourceState, get_fields
from digest.model.item import Item
from digest.model.source import Source
from digest.urls import extract_home, hide_url_secrets, replace_urls_by_hosts


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
    homes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for item in items:
        homes[item.source][extract_home(item.address) or ""] += 1
    rows = []
    for source in sources:
        reading = readings.get(source.slug, SourceReadStatus())
        # for readers: the address of a feed is the team's
        shown = replace_urls_by_hosts(hide_url_secrets(reading.problem, source.url or ""))
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
            url=_find_home(source, homes[source.slug]),
            items=held[source.slug],
            in_edition=printed[source.slug],
            state=state,
            **get_fields(replace(reading, problem=shown), SourceReadStatus),
        )
        rows.append(row)
    return tuple(rows)


def _find_home(source: Source, homes: Mapping[str, int]) -> str | None:
    """Return the site that a source's items are on, else that of its feed; None for a mailbox.

    `homes` counts the items by their sites, "" for none.

    A feed's own address is never printed: readers need the site, and the address may be a secret.
    """
    if source.url is None:
        return None
    known = sorted((-number, home) for home, number in homes.items() if home)
    return known[0][1] if known else extract_home(source.url)
