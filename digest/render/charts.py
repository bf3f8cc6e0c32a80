"""The figures behind the pictures: what each one shows, measured out for the macros that draw it. Pure.

Each picture carries its own words: a title, an alternative text that tells what is seen, labels for every mark.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby, pairwise
from math import cos, pi, sin
from textwrap import wrap
from typing import Protocol

from digest.i18n import N_
from digest.model.edition import Edition, EditionStory, QuarterCounts
from digest.model.source import COVERED, FUTURE, MISSING, UNKNOWN
from digest.model.tags import AI_GRADES, EVIDENCE_GRADES
from digest.render.words import EVENT_COLUMNS, LABELS, Localizer
from digest.taxonomy import GROUPS

_HEAT_STEPS = 4
_STATES_OF_DAYS = {COVERED: "held", MISSING: "missing", UNKNOWN: "unknown"}
_COUNTED = {
    "held": COVERED,
    "missing": MISSING,
    "unknown": UNKNOWN,
    "all": COVERED + MISSING + UNKNOWN,
}
_RADII = (0, 64, 110, 152, 188)  # of the radar's rings, the middle first
_MAX_SECTOR_LINE = 15  # of a sector's name
_BLIP_ROOM = 15  # the room that a blip takes
_MAX_MATRIX_ROWS = 14  # the most categories in the matrix; the others are one row


@dataclass(frozen=True, slots=True)
class Bar:
    """One labelled bar. `share` and `share_before` are parts of 1; None and "" where there is no earlier quarter."""

    label: str
    value: int
    share: float
    said: str
    share_before: float | None
    said_before: str


@dataclass(frozen=True, slots=True)
class BarChart:
    """A chart of bars."""

    title: str
    bars: tuple[Bar, ...]
    now: str  # the names of the two quarters
    before: str  # "" where there is no earlier quarter


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """A number in the matrix; `heat` from 0 (nothing) to 4."""

    value: int
    heat: int


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A category: its stories in this briefing by what happened, and all its stories of the quarter."""

    slug: str
    label: str
    cells: tuple[MatrixCell, ...]
    total: int
    quarter: int
    change: str  # against the quarter before, as +3; "" where nothing is known


@dataclass(frozen=True, slots=True)
class EventMatrix:
    """Stories by category and event."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    has_change: bool
    before: str


@dataclass(frozen=True, slots=True)
class CoverageStrip:
    """Of how many sources each day of the quarter is known to be held. `points`: (part of the quarter, part of all
    sources)."""

    title: str
    alternative: str
    points: tuple[tuple[float, float], ...]
    first: str  # what stands at both ends of the axis
    last: str


@dataclass(frozen=True, slots=True)
class SourceDayStrip:
    """The days of one source. `runs`: state (held, missing, unknown), first day, number of days; `all`: days of the
    quarter, those to come too."""

    alternative: str
    said: str  # `80/92`
    runs: tuple[tuple[str, int, int], ...]
    all: int


class RadarRing(Protocol):
    """A ring of the radar, the innermost first."""

    @property
    def slug(self) -> str: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class RadarMark:
    """A blip that is to stand on the radar."""

    number: int
    name: str
    ring: str  # slug
    group: str  # slug; "" for none
    move: str  # new | in | out | stays


@dataclass(frozen=True, slots=True)
class PlottedBlip:
    """A blip's place in the picture."""

    number: int
    x: float
    y: float
    move: str


@dataclass(frozen=True, slots=True)
class RingArc:
    """A ring: its outer radius, and the middle of its breadth, where its name stands."""

    name: str
    radius: float
    middle: float


@dataclass(frozen=True, slots=True)
class RadarSector:
    """The name of a group, where it stands."""

    lines: tuple[str, ...]
    x: float
    y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class RadarKey:
    """What a shape means."""

    move: str
    name: str
    x: int


@dataclass(frozen=True, slots=True)
class RadarChart:
    """The radar, outermost ring first, as it is drawn."""

    title: str
    alternative: str
    height: int
    rings: tuple[RingArc, ...]
    spokes: tuple[tuple[float, float], ...]
    sectors: tuple[RadarSector, ...]
    blips: tuple[PlottedBlip, ...]
    keys: tuple[RadarKey, ...]


def build_matrix(edition: Edition, words: Localizer) -> EventMatrix | None:
    """Stories of this briefing by category and event; None where there are none."""
    told: dict[str | None, list[EditionStory]] = {}
    for story in edition.stories:
        told.setdefault(story.category, []).append(story)
    if not told:
        return None
    order = sorted(
        told, key=lambda slug: (slug is None, -len(told[slug]), words.translate_category(slug))
    )
    most = max(
        len(_filter_by_events(stories, events))
        for stories in told.values()
        for _, events in EVENT_COLUMNS
    )
    most = max(most, _HEAT_STEPS)  # two stories are not hot because most categories have one
    before = edition.counts_before
    rows = [
        _build_matrix_row(slug, told[slug], edition.counts, before, most, words)
        for slug in order[:_MAX_MATRIX_ROWS]
    ]
    if rest := order[_MAX_MATRIX_ROWS:]:
        stories = [story for slug in rest for story in told[slug]]
        label = words.translate_plural("%(n)s more category", "%(n)s more categories", len(rest))
        rows.append(
            MatrixRow("", label, _build_cells(stories, most), len(stories), len(stories), "")
        )
    return EventMatrix(
        words.translate(N_("Stories in this briefing, by stack category and what happened")),
        tuple(words.translate(name) for name, _ in EVENT_COLUMNS),
        tuple(rows),
        before is not None,
        words.format_previous_quarter(edition.quarter, short=True),
    )


def build_evidence_ladder(edition: Edition, words: Localizer) -> BarChart | None:
    """How many of the quarter's AI claims stand on which step of proof; None where no story claims anything."""
    bars = _build_bars(
        edition,
        words,
        {slug: words.translate_label(LABELS["evidence"], slug) for slug in EVIDENCE_GRADES},
        "by_evidence",
    )
    total = sum(bar.value for bar in bars)
    title = words.translate_plural(
        "What stands behind %(n)s AI claim", "What stands behind %(n)s AI claims", total
    )
    return _build_bar_chart(title, bars, edition, words) if total else None


def build_ai_share(edition: Edition, words: Localizer) -> BarChart | None:
    """How many of the quarter's stories are about AI, by grade; None where there are no stories."""
    bars = _build_bars(
        edition,
        words,
        {slug: words.translate_label(LABELS["ai"], slug) for slug in AI_GRADES},
        "by_ai",
    )
    total = sum(bar.value for bar in bars)
    title = words.translate_plural(
        "AI in %(n)s story of the quarter", "AI in %(n)s stories of the quarter", total
    )
    return _build_bar_chart(title, bars, edition, words) if total else None


def build_coverage_strip(edition: Edition, words: Localizer) -> CoverageStrip | None:
    """Of how many sources each day that has come is known to be held; None where nothing is known of any day."""
    known = [row.days for row in edition.coverage if row.days]
    come = max((len(days.rstrip(FUTURE)) for days in known), default=0)
    if not come or not any(COVERED in days for days in known):
        return None
    levels = [sum(days[n : n + 1] == COVERED for days in known) for n in range(come)]
    total, span = len(edition.coverage), max(map(len, known))
    first, last = edition.start, edition.start + timedelta(days=come - 1, hours=12)
    values = {
        "first": words.format_day(first), "last": words.format_day(last), "few": words.format_number(levels[0]),
        "many": words.format_number(levels[-1]), "all": words.format_number(total),
        "whole": words.format_number(sum(days.rstrip(FUTURE) == COVERED * come for days in known)),
    }  # fmt: skip
    said = N_("%(day)s: %(few)s of %(all)s")
    alternative = N_(
        "Of %(all)s sources, %(first)s is known to be held of %(few)s and %(last)s of %(many)s; "
        "%(whole)s are held for every day."
    )
    steps = [
        ((n + edge) / span, level / total) for n, level in enumerate(levels) for edge in (0, 1)
    ]
    return CoverageStrip(
        words.translate(N_("Sources of which a day is known to be held, day by day")),
        words.translate(alternative, **values),
        tuple(steps),
        words.translate(said, day=values["first"], few=values["few"], all=values["all"]),
        words.translate(said, day=values["last"], few=values["many"], all=values["all"]),
    )


def build_source_days(days: str, words: Localizer) -> SourceDayStrip | None:
    """The days of a source; None where nothing is known of them."""
    if not days.strip(FUTURE):
        return None
    runs, start = [], 0
    for letter, group in groupby(days):
        length = len(list(group))
        if letter in _STATES_OF_DAYS:
            runs.append((_STATES_OF_DAYS[letter], start, length))
        start += length
    counted = {
        name: sum(days.count(letter) for letter in letters) for name, letters in _COUNTED.items()
    }
    alternative = words.translate(
        N_("%(held)s of %(all)s days held, %(missing)s missing, %(unknown)s not known"),
        **{name: words.format_number(n) for name, n in counted.items()},
    )
    return SourceDayStrip(
        alternative,
        f"{words.format_number(counted['held'])}/{words.format_number(counted['all'])}",
        tuple(runs),
        len(days),
    )


def build_radar_chart(
    rings: Sequence[RadarRing], blips: Sequence[RadarMark], words: Localizer, compared: bool
) -> RadarChart:
    """A half circle, the innermost ring in the middle. `blips` are in the order of their numbers; those of one place
    stand apart from each other in rows."""
    groups = list(dict.fromkeys(sorted({blip.group for blip in blips}, key=[*GROUPS, ""].index)))
    step = pi / max(1, len(groups))
    bounds = dict(zip((ring.slug for ring in rings), pairwise(_RADII), strict=True))
    here: dict[tuple[str, str], list[RadarMark]] = {}
    for blip in blips:
        here.setdefault((blip.ring, blip.group), []).append(blip)
    spots = []
    for (ring, group), marks in here.items():
        for mark, (radius, part) in zip(
            marks, _spread_blips(len(marks), bounds[ring], step), strict=True
        ):
            x, y = _polar_to_xy(radius, pi - step * (groups.index(group) + part))
            spots.append(PlottedBlip(mark.number, x, y, mark.move))
    names = {"new": N_("new"), "in": N_("nearer"), "out": N_("farther"), "stays": N_("as before")}
    shown = [move for move in names if compared and any(spot.move == move for spot in spots)]
    alternative = "; ".join(
        f"{ring.name}: {', '.join(one.name for one in blips if one.ring == ring.slug)}"
        for ring in rings
        if any(one.ring == ring.slug for one in blips)
    )
    return RadarChart(
        title=words.translate(N_("Where vendors stand for us")),
        alternative=f"{alternative}.",
        height=236 if shown else 218,
        rings=tuple(
            RingArc(ring.name, outer, round((inner + outer) / 2, 1))
            for ring, (inner, outer) in reversed(list(zip(rings, bounds.values(), strict=True)))
        ),
        spokes=tuple(_polar_to_xy(_RADII[-1], pi - step * n) for n in range(1, len(groups))),
        sectors=tuple(_build_sector(words.translate_label(GROUPS, slug) if slug else words.translate_category(None), pi - step * (n + 0.5))
                      for n, slug in enumerate(groups)) if len(groups) > 1 else (),
        blips=tuple(sorted(spots, key=lambda spot: spot.number)),
        keys=tuple(RadarKey(move, words.translate(names[move]), 40 + 110 * n) for n, move in enumerate(shown)),
    )  # fmt: skip


def _spread_blips(
    number: int, bounds: tuple[float, float], step: float
) -> Iterator[tuple[float, float]]:
    """Places for blips of one ring and sector: distance from the middle, part of the sector."""
    inner, outer = bounds
    room = max(1, int((inner + outer) / 2 * step / _BLIP_ROOM))
    rows = max(1, -(-number // room))
    for n in range(number):
        row, place = divmod(n, room)
        wide = min(room, number - row * room)
        yield inner + (outer - inner) * (row + 1) / (rows + 1), (place + 1) / (wide + 1)


def _polar_to_xy(radius: float, angle: float) -> tuple[float, float]:
    return round(250 + radius * cos(angle), 1), round(204 - radius * sin(angle), 1)


def _build_sector(name: str, angle: float) -> RadarSector:
    x, y = _polar_to_xy(_RADII[-1] + 8, angle)
    anchor = "middle" if abs(cos(angle)) < 0.15 else "start" if cos(angle) > 0 else "end"
    lines = tuple(wrap(name, _MAX_SECTOR_LINE, break_long_words=False))
    return RadarSector(lines, x, round(y - 4 * len(lines) + 6, 1), anchor)


def _filter_by_events(stories: Sequence[EditionStory], events: Sequence[str]) -> list[EditionStory]:
    return [story for story in stories if story.event in events]


def _build_cells(stories: Sequence[EditionStory], most: int) -> tuple[MatrixCell, ...]:
    numbers = [len(_filter_by_events(stories, events)) for _, events in EVENT_COLUMNS]
    return tuple(MatrixCell(n, -(-min(n, most) * _HEAT_STEPS // most) if n else 0) for n in numbers)


def _build_matrix_row(
    slug: str | None,
    stories: Sequence[EditionStory],
    counts: QuarterCounts,
    before: QuarterCounts | None,
    most: int,
    words: Localizer,
) -> MatrixRow:
    quarter = max(counts.by_category.get(slug or "", 0), len(stories))
    change = (
        format_signed(quarter - before.by_category.get(slug or "", 0), words)
        if before and slug
        else ""
    )
    return MatrixRow(
        slug or "",
        words.translate_category(slug),
        _build_cells(stories, most),
        len(stories),
        quarter,
        change,
    )


def format_signed(change: int, words: Localizer) -> str:
    """`+3`, `−2` with a true minus, `±0`."""
    return "±0" if not change else f"{'+' if change > 0 else '−'}{words.format_number(abs(change))}"


def _build_bars(
    edition: Edition, words: Localizer, labels: Mapping[str, str], field: str
) -> tuple[Bar, ...]:
    now: Mapping[str, int] = getattr(edition.counts, field)
    before: Mapping[str, int] = (
        getattr(edition.counts_before, field) if edition.counts_before else {}
    )
    total, total_before = (sum(counts.get(slug, 0) for slug in labels) for counts in (now, before))
    bars = []
    for slug, label in labels.items():
        value, earlier = now.get(slug, 0), before.get(slug, 0)
        bars.append(
            Bar(
                label=label,
                value=value,
                share=value / total if total else 0.0,
                said=_format_part(value, total, words),
                share_before=earlier / total_before if total_before else None,
                said_before=_format_part(earlier, total_before, words) if total_before else "",
            )
        )
    return tuple(bars)


def _format_part(value: int, total: int, words: Localizer) -> str:
    """`118 · 38%`."""
    return (
        f"{words.format_number(value)} · {words.format_share(value / total)}"
        if total
        else words.format_number(value)
    )


def _build_bar_chart(
    title: str, bars: tuple[Bar, ...], edition: Edition, words: Localizer
) -> BarChart:
    before = any(bar.said_before for bar in bars)
    shown = words.format_previous_quarter(edition.quarter, short=True) if before else ""
    return BarChart(title, bars, words.format_quarter(edition.quarter, short=True), shown)
