"""Places for what feeds what: boxes in columns, so that data flows from left to right.

The layout is the usual one for layered drawings: cycles are broken in the given order, a box stands
one column behind the last that feeds it, lines that cross a column get a place in it, and the order
in a column follows the neighbours' (K. Sugiyama et al., 1981). Lines of what is fed back run the
other way. The same input gives the same picture. Units are points of paper.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

PICTURE_WIDTH, BOX_HEIGHT = 500.0, 30.0  # of three lines
_MAX_COLUMNS = 5
_ROW, _LANE = 38.0, 12.0  # height that a box, and a line that passes, have in a column
_MAX_GAP = 70.0  # between columns
_BOX_WIDTHS = {1: 120.0, 2: 120.0, 3: 108.0, 4: 92.0, 5: 76.0}  # by number of columns
_SWEEPS = 8
_PORT = 4.0  # between the ends of two lines at a box

Edge = tuple[str, str]
Point = tuple[float, float]


class FlowLayout:
    """Places for systems, and the points through which the lines between them run."""

    def __init__(
        self, systems: Sequence[str], edges: Iterable[Edge], links: Iterable[Edge] = ()
    ) -> None:
        """Lay systems out by `edges`, what feeds what; `links` have no direction."""
        self.order = {name: at for at, name in enumerate(systems)}
        pairs = dict.fromkeys(edge for edge in edges if edge[0] != edge[1])
        self.forward = self._break_cycles(pairs)
        self.column = self._assign_columns()
        self._add_links(links)
        self.chains = self._route_edges()
        self.slots = self._order_columns()
        self.places = self._place_slots()

    def _break_cycles(self, pairs: Iterable[Edge]) -> list[Edge]:
        """Return each pair in the direction in which it is drawn: no path leads back."""
        follows: dict[str, list[str]] = defaultdict(list)
        forward: list[Edge] = []
        for source, target in pairs:
            if self._reaches(follows, target, source):
                source, target = target, source
            if (source, target) not in forward:
                forward.append((source, target))
                follows[source].append(target)
        return forward

    @staticmethod
    def _reaches(follows: Mapping[str, Sequence[str]], start: str, end: str) -> bool:
        seen, waiting = {start}, [start]
        while waiting:
            for name in follows.get(waiting.pop(), ()):
                if name == end:
                    return True
                if name not in seen:
                    seen.add(name)
                    waiting.append(name)
        return start == end

    def _assign_columns(self) -> dict[str, int]:
        """Return the column of each system: behind all that feed it, drawn near to what it feeds.

        More columns than the page holds are drawn together.
        """
        column = dict.fromkeys(self.order, 0)
        for _ in self.order:
            for source, target in self.forward:
                column[target] = max(column[target], column[source] + 1)
        for _ in self.order:
            for name in self.order:
                ahead = [column[target] for source, target in self.forward if source == name]
                if ahead and not any(target == name for _, target in self.forward):
                    column[name] = min(ahead) - 1
        last = max(column.values(), default=0)
        if last >= _MAX_COLUMNS:
            scale = (_MAX_COLUMNS - 1) / last
            column = {name: int(number * scale + 0.5) for name, number in column.items()}
        return column

    def _add_links(self, links: Iterable[Edge]) -> None:
        """Draw each link as a line to the right; what has nothing but links stands beside it."""
        placed = {name for edge in self.forward for name in edge}
        for one, other in links:
            for name, near in ((one, other), (other, one)):
                if name not in placed:
                    at = self.column[near]
                    self.column[name] = at - 1 if at else at + 1
                    placed.update((name, near))
            edge = (one, other) if self.column[one] <= self.column[other] else (other, one)
            if one != other and edge not in self.forward and edge[::-1] not in self.forward:
                self.forward.append(edge)
        self.columns = max(self.column.values(), default=0) + 1
        self.box_width = _BOX_WIDTHS[self.columns]

    def _route_edges(self) -> dict[Edge, list[str]]:
        """Return for each line the slots that it passes, its two systems first and last."""
        chains = {}
        for number, (source, target) in enumerate(self.forward):
            between = range(self.column[source] + 1, self.column[target])
            lanes = [f"\0{number}\0{at}" for at in between]
            self.column.update(dict(zip(lanes, between, strict=True)))
            chains[source, target] = [source, *lanes, target]
        return chains

    def _order_columns(self) -> list[list[str]]:
        """Return the slots of each column from top to bottom, few lines crossing."""
        slots: list[list[str]] = [[] for _ in range(self.columns)]
        for name, at in self.column.items():
            slots[at].append(name)
        near: dict[str, list[str]] = defaultdict(list)
        for chain in self.chains.values():
            for one, other in pairwise(chain):
                near[one].append(other)
                near[other].append(one)
        best, least = [list(one) for one in slots], self._count_crossings(slots)
        for sweep in range(_SWEEPS):
            steps = range(1, self.columns) if sweep % 2 == 0 else range(self.columns - 2, -1, -1)
            for at in steps:
                beside = slots[at - 1 if sweep % 2 == 0 else at + 1]
                slots[at] = _sort_by_neighbours(slots[at], beside, near)
            if (crossings := self._count_crossings(slots)) < least:
                best, least = [list(one) for one in slots], crossings
        return best

    def _count_crossings(self, slots: Sequence[Sequence[str]]) -> int:
        place = {name: at for column in slots for at, name in enumerate(column)}
        steps: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for chain in self.chains.values():
            for one, other in pairwise(chain):
                steps[self.column[one]].append((place[one], place[other]))
        return sum(
            (one[0] - other[0]) * (one[1] - other[1]) < 0
            for ends in steps.values()
            for at, one in enumerate(ends)
            for other in ends[:at]
        )

    def _place_slots(self) -> dict[str, Point]:
        """Return the middle of each slot; columns are centred on the longest."""
        heights = [
            sum(_ROW if name in self.order else _LANE for name in column) for column in self.slots
        ]
        self.height = max(heights, default=0.0)
        free = PICTURE_WIDTH - self.columns * self.box_width
        gap = min(_MAX_GAP, free / max(self.columns - 1, 1))
        used = self.columns * self.box_width + (self.columns - 1) * gap
        left = (PICTURE_WIDTH - used) / 2 + self.box_width / 2
        places = {}
        for at, (column, height) in enumerate(zip(self.slots, heights, strict=True)):
            y = (self.height - height) / 2
            for name in column:
                size = _ROW if name in self.order else _LANE
                places[name] = (left + at * (self.box_width + gap), y + size / 2)
                y += size
        return places

    def trace_line(self, edge: Edge) -> list[Point]:
        """Return the points of a line from the right of its first box to the left of its last."""
        chain = self.chains[edge]
        points = [self.places[name] for name in chain]
        half = self.box_width / 2
        start, end = points[0], points[-1]
        same = self.column[edge[0]] == self.column[edge[1]]
        first = (start[0] + half, start[1] + self._get_port(edge, leaving=True))
        last = (end[0] + (half if same else -half), end[1] + self._get_port(edge, leaving=False))
        lanes = [
            point for x, y in points[1:-1] for point in ((x - half * 0.8, y), (x + half * 0.8, y))
        ]
        return [first, *lanes, last]

    def _get_port(self, edge: Edge, *, leaving: bool) -> float:
        """Return how far from the middle of its box a line ends, so that several stand apart."""
        at = 0 if leaving else 1
        beside = 1 if leaving else -2
        ends = [one for one in self.forward if one[at] == edge[at]]
        ends.sort(key=lambda one: self.places[self.chains[one][beside]][1])  # stable
        room = min(_PORT, (BOX_HEIGHT - 6) / max(len(ends) - 1, 1))
        return (ends.index(edge) - (len(ends) - 1) / 2) * room


def _sort_by_neighbours(
    column: Sequence[str], beside: Sequence[str], near: Mapping[str, Sequence[str]]
) -> list[str]:
    """Return the slots of a column by the mean place of their neighbours in the one beside it."""
    rank = {name: at / max(len(beside) - 1, 1) for at, name in enumerate(beside)}
    now = {name: at / max(len(column) - 1, 1) for at, name in enumerate(column)}

    def weigh(name: str) -> float:
        ranks = [rank[other] for other in near[name] if other in rank]
        return sum(ranks) / len(ranks) if ranks else now[name]

    return sorted(column, key=weigh)  # stable
