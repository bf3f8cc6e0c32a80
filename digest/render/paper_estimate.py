"""Estimate how long a paper becomes with other contents, from one that was laid out.

A layout takes fifty times as long as its HTML. So what is to go is chosen by estimates, and laid
out once: a part of the paper takes room in proportion to its letters, and pictures as they say.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from operator import itemgetter

from digest.render.fit import PaperMeasurement

_PART = re.compile(r'<section class="section[^"]*" id="([^"]+)">')
_PICTURE = re.compile(r"<svg([^>]*)>.*?</svg>", re.DOTALL)
_HEIGHT = re.compile(r"height: ([\d.]+)pt")  # else that of the view
_VIEW_HEIGHT = re.compile(r'viewBox="0 0 [\d.]+ ([\d.]+)"')
_TAG = re.compile(r"<[^>]*>")
_SPACE = re.compile(r"\s+")
_SURE_SHARE = 0.9  # of the room that is saved: breaks keep the rest


@dataclass(frozen=True, slots=True)
class PartContent:
    """What stands in a part: letters, and how many points its pictures are high."""

    letters: int
    pictures: float


_NOTHING = PartContent(0, 0.0)


def measure_parts(html: str) -> Mapping[str, PartContent]:
    """Return what stands in each part of a paper, by its slug."""
    _, *found = _PART.split(html)
    return {
        slug: PartContent(
            len(_SPACE.sub(" ", _TAG.sub("", _PICTURE.sub("", body)))),
            sum(_read_height(picture[1]) for picture in _PICTURE.finditer(body)),
        )
        for slug, body in zip(found[::2], found[1::2], strict=True)
    }


def _read_height(attributes: str) -> float:
    stated = _HEIGHT.search(attributes) or _VIEW_HEIGHT.search(attributes)
    return float(stated[1]) if stated else 0.0


def estimate_paper(
    measured: PaperMeasurement,
    before: Mapping[str, PartContent],
    after: Mapping[str, PartContent],
    page_height: float,
) -> PaperMeasurement:
    """Return how long a paper that was measured with one content becomes with another.

    `page_height` is the height of what a page holds, in points.
    """
    change = 0.0
    for slug in {**before, **after}:
        old, new = before.get(slug, _NOTHING), after.get(slug, _NOTHING)
        text = max(0.0, measured.heights.get(slug, 0.0) - old.pictures / page_height)
        change += text * (new.letters - old.letters) / max(1, old.letters)
        change += (new.pictures - old.pictures) / page_height
    filled = measured.filled + change * (_SURE_SHARE if change < 0 else 1)
    pages = max(1, math.ceil(filled))
    return PaperMeasurement(pages, filled - pages + 1, measured.heights)


def estimate_places(
    places: Mapping[str, float],
    before: Mapping[str, PartContent],
    after: Mapping[str, PartContent],
) -> Mapping[str, float]:
    """Return where anchors stand, in pages, once a paper holds other contents in its parts.

    Places in a part move together, by what goes from it or comes to it and to the parts before it.
    """
    starts = sorted((places[slug], slug) for slug in before if slug in places)
    ends = [start for start, _ in starts[1:]] + [max(places.values(), default=0.0)]
    moved: list[tuple[float, float, float]] = []  # from where, to where, by what share
    shift = 0.0
    for (start, slug), end in zip(starts, ends, strict=False):  # where there is no part, an end
        share = after.get(slug, _NOTHING).letters / max(1, before[slug].letters)
        moved.append((start, start + shift, share))
        shift += (end - start) * (share - 1)
    found = {}
    for name, place in places.items():
        at = bisect_right(moved, place, key=itemgetter(0)) - 1
        start, to, share = moved[at] if at >= 0 else (0.0, 0.0, 1.0)
        found[name] = to + (place - start) * share
    return found
