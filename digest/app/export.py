"""Data of a workspace for other programs: items, and editions as they were built."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from digest.app.context import AppContext
from digest.app.judge import decide_quarter
from digest.archive import Archive
from digest.edition.rows import iter_item_rows
from digest.errors import DigestError
from digest.period import Quarter, quarter_containing


def iter_items(context: AppContext, quarter: Quarter | None = None) -> Iterator[dict[str, Any]]:
    """Yield the judged items of a quarter, else of the whole archive, each once."""
    with Archive.open(context.workspace.archive, create=False) as archive:
        before: frozenset[str] = frozenset()
        for one in (quarter,) if quarter else _iter_quarters(context, archive):
            decision = decide_quarter(context, one, archive)
            chosen = {ranked.story.id for ranked in decision.chosen}
            for row in iter_item_rows(decision.stories, chosen, decision.left_out):
                if row["id"] not in before:  # one that came late belongs to the next quarter, too
                    yield row
            before = frozenset(member.item.id for member in decision.items)


def _iter_quarters(context: AppContext, archive: Archive) -> Iterator[Quarter]:
    """Yield the quarters of which the archive holds items, oldest first."""
    settings = context.config.digest
    day = archive.find_first_time()
    while day:
        quarter = quarter_containing(day, settings.timezone, settings.fiscal_year_starts)
        yield quarter
        day = archive.find_first_time(quarter.end)


def read_edition_json(context: AppContext, quarter: Quarter) -> str:
    """Return the edition.json of a quarter. Raises DigestError where it has not been built."""
    path = context.workspace.edition_folder(quarter.name) / "edition.json"
    if not path.is_file():
        raise DigestError(f"{quarter} has not been built", f"run `digest build {quarter}` first")
    return path.read_text(encoding="utf-8")
