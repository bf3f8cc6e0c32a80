"""The radar: its rings and blips, and where each stands in the picture.

The picture is a half circle, the innermost ring in the middle, a sector for each group of stack
categories. Lengths are units of the picture, which is 500 wide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import cos, pi, sin
from textwrap import wrap

from digest.model.edition import Blip, Radar
from digest.model.stack import RINGS
from digest.render.views.context import ViewContext
from digest.render.views.story import StoryRefView, build_ref
from digest.render.words import LABELS
from digest.taxonomy import GROUPS

_RADII = (0, 64, 110, 152, 188)  # of the rings, the middle first
_MAX_SECTOR_LINE = 15  # characters of a sector's name in a line
_BLIP_ROOM = 18  # the length of an arc that a blip takes


@dataclass(frozen=True, slots=True)
class BlipView:
    """A blip in the list and in the picture."""

    name: str
    group: str
    moved: str  # in words; "" where it stays or there is nothing to compare with
    move: str  # new | in | out | stays
    what: str  # what it is to the company
    reason: str
    grounds: str  # the independent reasons, in a row
    story: StoryRefView | None
    is_told: bool  # this briefing tells the story in full
    number: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class RingView:
    """A ring: its outer radius, and the middle of its breadth, where its name stands."""

    slug: str
    name: str
    means: str
    blips: tuple[BlipView, ...]
    radius: int
    middle: float


@dataclass(frozen=True, slots=True)
class RadarSector:
    """The name of a group in lines, and where it stands."""

    lines: tuple[str, ...]
    x: float
    y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class RadarPage:
    """The radar, innermost ring first."""

    title: str
    alternative: str
    compared: str  # with which edition; "" with none
    height: int
    rings: tuple[RingView, ...]
    spokes: tuple[tuple[float, float], ...]
    sectors: tuple[RadarSector, ...]
    keys: tuple[tuple[str, str, int], ...]  # move, its name, x: what a shape means

    @property
    def blips(self) -> list[BlipView]:
        """The blips in the order of their numbers."""
        blips = (blip for ring in self.rings for blip in ring.blips)
        return sorted(blips, key=lambda blip: blip.number)


def build_radar_page(radar: Radar, context: ViewContext) -> RadarPage:
    """Place the blips; those of one ring and sector stand apart from each other in rows."""
    words = context.words
    before = words.format_previous_quarter(context.edition.quarter)
    groups = sorted({blip.group or "" for blip in radar.blips}, key=[*GROUPS, ""].index)
    step = pi / max(1, len(groups))
    bounds = dict(zip(RINGS, pairwise(_RADII), strict=True))
    crowds = Counter((blip.ring, blip.group or "") for blip in radar.blips)
    places = {key: _spread_blips(crowds[key], bounds[key[0]], step) for key in crowds}
    blips: dict[str, list[BlipView]] = {slug: [] for slug in RINGS}
    for number, blip in enumerate(radar.blips, 1):
        radius, part = next(places[blip.ring, blip.group or ""])
        place = _polar_to_xy(radius, pi - step * (groups.index(blip.group or "") + part))
        blips[blip.ring].append(_build_blip(blip, radar.compared, number, place, context))
    rings = tuple(
        RingView(
            slug=slug,
            name=words.translate_label(LABELS["rings"], slug),
            means=words.translate_label(LABELS["ring_descriptions"], slug),
            blips=tuple(blips[slug]),
            radius=outer,
            middle=round((inner + outer) / 2, 1),
        )
        for slug, (inner, outer) in bounds.items()
    )
    moves = {blip.moved for blip in radar.blips} if radar.compared else set()
    shown = [move for move in LABELS["moves"] if move in moves]
    names = "; ".join(
        f"{ring.name}: {', '.join(blip.name for blip in ring.blips)}"
        for ring in rings
        if ring.blips
    )
    return RadarPage(
        title=words.translate("Where vendors stand for us"),
        alternative=f"{names}.",
        compared=words.translate("Moves are against %(quarter)s.", quarter=before)
        if radar.compared
        else "",
        height=236 if shown else 218,
        rings=rings,
        spokes=tuple(_polar_to_xy(_RADII[-1], pi - step * n) for n in range(1, len(groups))),
        sectors=tuple(
            _build_sector(
                words.translate_label(GROUPS, group) or words.translate_category(None),
                pi - step * (n + 0.5),
            )
            for n, group in enumerate(groups)
            if len(groups) > 1
        ),
        keys=tuple(
            (move, words.translate_label(LABELS["moves"], move), 40 + 110 * n)
            for n, move in enumerate(shown)
        ),
    )


def _build_blip(
    blip: Blip, compared: bool, number: int, place: tuple[float, float], context: ViewContext
) -> BlipView:
    words = context.words
    reason = context.fit_text(words.translate_note(blip.reason), 200)
    if blip.held and blip.reason.values:
        reason = words.translate("Placed by the team: %(reason)s", reason=reason)
    has_moved = compared and blip.moved != "stays"
    return BlipView(
        name=blip.name,
        group=words.translate_label(GROUPS, blip.group) if blip.group else "",
        moved=words.translate_label(LABELS["moves"], blip.moved) if has_moved else "",
        move=blip.moved if compared else "stays",
        what=words.translate_note(blip.what),
        reason=reason,
        grounds="; ".join(map(words.translate_note, blip.grounds)),
        story=build_ref(blip.story, context) if blip.story else None,
        is_told=blip.story is not None and blip.story.id in context.printed_ids,
        number=number,
        x=place[0],
        y=place[1],
    )


def _spread_blips(
    number: int, bounds: tuple[float, float], step: float
) -> Iterator[tuple[float, float]]:
    """Yield places in one ring and sector: distance from the middle, part of the sector."""
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
