"""The figures of the quarter at a glance, measured out for the macros that draw them.

Each picture carries its own words: a title, and labels for every mark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from digest.model.edition import Edition, EditionStory, QuarterCounts
from digest.model.tags import AI_GRADES, EVIDENCE_GRADES
from digest.render.words import EVENT_COLUMNS, LABELS, Localizer

_HEAT_STEPS = 4
_MAX_MATRIX_ROWS = 14  # the most categories in the matrix; the others are one row


@dataclass(frozen=True, slots=True)
class Bar:
    """One labelled bar; 0 and "" where there is no earlier quarter."""

    label: str
    share: float  # of 1, as is `share_before`
    said: str  # `118 · 38%`
    share_before: float = 0.0
    said_before: str = ""


@dataclass(frozen=True, slots=True)
class BarChart:
    """A chart of bars."""

    title: str
    bars: tuple[Bar, ...]
    now: str  # the names of the two quarters
    before: str  # "" where there is no earlier quarter


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A category: its stories in this briefing by event, and all its stories of the quarter."""

    label: str
    cells: tuple[tuple[int, int], ...]  # number, and heat from 0 (nothing) to 4
    total: int
    quarter: int
    change: str  # against the quarter before, as +3; "" where nothing is known


@dataclass(frozen=True, slots=True)
class EventMatrix:
    """Stories by category and event."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    now: str  # the name of the quarter
    before: str  # the name of the quarter before; "" where nothing is known of it


def build_matrix(edition: Edition, words: Localizer) -> EventMatrix | None:
    """Count stories of this briefing by category and event; None where there are none."""
    stories: dict[str | None, list[EditionStory]] = {}
    for story in edition.stories:
        stories.setdefault(story.category, []).append(story)
    if not stories:
        return None
    order = sorted(
        stories,
        key=lambda slug: (slug is None, -len(stories[slug]), words.translate_category(slug)),
    )
    peak = max(max(_count_events(members)) for members in stories.values())
    peak = max(peak, _HEAT_STEPS)  # two stories are not hot because most categories have one
    now, before = edition.counts.by_category, edition.counts_before
    rows = []
    for slug in order[:_MAX_MATRIX_ROWS]:
        number = len(stories[slug])
        quarter = max(now.get(slug or "", 0), number)
        change = ""
        if before and slug:
            difference = quarter - before.by_category.get(slug, 0)
            sign = "±" if not difference else "+" if difference > 0 else "−"  # a true minus
            change = f"{sign}{words.format_number(abs(difference))}"
        rows.append(
            MatrixRow(
                label=words.translate_category(slug),
                cells=_build_cells(stories[slug], peak),
                total=number,
                quarter=quarter,
                change=change,
            )
        )
    if rest := order[_MAX_MATRIX_ROWS:]:
        others = [story for slug in rest for story in stories[slug]]
        label = words.translate_plural("%(n)s more category", "%(n)s more categories", len(rest))
        number = len(others)
        rows.append(MatrixRow(label, _build_cells(others, peak), number, number, ""))
    return EventMatrix(
        title=words.translate("Stories in this briefing, by stack category and what happened"),
        columns=tuple(words.translate(name) for name, _ in EVENT_COLUMNS),
        rows=tuple(rows),
        now=words.format_quarter(edition.quarter, short=True),
        before=words.format_previous_quarter(edition.quarter, short=True) if before else "",
    )


def _count_events(stories: Sequence[EditionStory]) -> list[int]:
    """Count stories by the columns of the matrix."""
    return [sum(story.event in events for story in stories) for _, events in EVENT_COLUMNS]


def _build_cells(stories: Sequence[EditionStory], peak: int) -> tuple[tuple[int, int], ...]:
    return tuple((n, -(-min(n, peak) * _HEAT_STEPS // peak)) for n in _count_events(stories))


def build_evidence_ladder(edition: Edition, words: Localizer) -> BarChart | None:
    """Count the quarter's AI claims by step of proof; None where no story claims anything."""
    total = sum(_count_grades(edition.counts, "evidence", EVIDENCE_GRADES).values())
    title = words.translate_plural(
        "What stands behind %(n)s AI claim", "What stands behind %(n)s AI claims", total
    )
    return _build_bar_chart(title, "evidence", EVIDENCE_GRADES, edition, words)


def build_ai_share(edition: Edition, words: Localizer) -> BarChart | None:
    """Count the quarter's stories by grade of AI; None where there are no stories."""
    total = sum(_count_grades(edition.counts, "ai", AI_GRADES).values())
    title = words.translate_plural(
        "AI in %(n)s story of the quarter", "AI in %(n)s stories of the quarter", total
    )
    return _build_bar_chart(title, "ai", AI_GRADES, edition, words)


def _count_grades(
    counts: QuarterCounts | None, field: Literal["ai", "evidence"], slugs: Sequence[str]
) -> Mapping[str, int]:
    table: Mapping[str, int] = getattr(counts, f"by_{field}", {})
    return {slug: table.get(slug, 0) for slug in slugs}


def _build_bar_chart(
    title: str,
    field: Literal["ai", "evidence"],
    slugs: Sequence[str],
    edition: Edition,
    words: Localizer,
) -> BarChart | None:
    now = _count_grades(edition.counts, field, slugs)
    before = _count_grades(edition.counts_before, field, slugs)
    total, total_before = sum(now.values()), sum(before.values())

    def format_part(value: int, whole: int) -> str:
        return f"{words.format_number(value)} · {words.format_share(value / whole)}"

    if not total:
        return None
    bars = tuple(
        Bar(
            label=words.translate_label(LABELS[field], slug),
            share=now[slug] / total,
            said=format_part(now[slug], total),
            share_before=before[slug] / total_before if total_before else 0.0,
            said_before=format_part(before[slug], total_before) if total_before else "",
        )
        for slug in slugs
    )
    return BarChart(
        title=title,
        bars=bars,
        now=words.format_quarter(edition.quarter, short=True),
        before=words.format_previous_quarter(edition.quarter, short=True) if total_before else "",
    )
