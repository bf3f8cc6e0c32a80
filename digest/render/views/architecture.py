"""What feeds what: the stack's architecture as a picture, and in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from digest.i18n import N_
from digest.model.edition import StackView
from digest.model.stack import DataFlow
from digest.render.flow_layout import BOX_HEIGHT, PICTURE_WIDTH, Edge, FlowLayout, Point
from digest.render.views.context import ViewContext

_MAX_SYSTEMS, _MAX_HEIGHT = 24, 440.0
_MAX_PAPER_FLOWS = 20  # in words
_MAX_NAME, _MAX_DATA = 40, 40
_MAX_UNCONNECTED = 12


@dataclass(frozen=True, slots=True)
class SystemBox:
    """A system in the picture: its name and the left upper corner of its box."""

    name: str
    x: float
    y: float
    own: bool  # a product of the stack
    href: str  # the row of the product, or ""


@dataclass(frozen=True, slots=True)
class FlowLine:
    """A line of the picture, and the triangles at its ends, as paths of SVG."""

    path: str
    heads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ArchitectureView:
    """The picture, and all that it shows in words."""

    width: float
    height: float
    box_width: float
    box_height: float
    boxes: tuple[SystemBox, ...]
    lines: tuple[FlowLine, ...]
    title: str
    flows: tuple[tuple[str, str, str], ...]  # from, to, which data
    more: int  # of them, that the medium does not tell
    links: str  # what is connected without a direction
    alone: str  # products for which the file states nothing


def build_architecture(
    stack: StackView, context: ViewContext, rows: Mapping[str, str]
) -> ArchitectureView | None:
    """Build the picture; None where the file states no flow.

    `rows` are the ids of the products' rows by name, to which their boxes point.
    """
    words = context.words
    flows = stack.flows
    if not flows:
        return None
    products = [line.product.name for line in stack.lines]
    systems, drawn, picture = _lay_out(flows, products)
    connected = {name for flow in flows for name in (flow.source, flow.target)}
    alone = [name for name in products if name not in connected]
    directed = [flow for flow in flows if flow.directed]
    told = directed[: _MAX_PAPER_FLOWS if context.options.brief else None]
    return ArchitectureView(
        width=PICTURE_WIDTH,
        height=round(picture.height, 1),
        box_width=picture.box_width,
        box_height=BOX_HEIGHT,
        boxes=tuple(
            SystemBox(
                context.fit_text(name, _MAX_NAME),
                round(picture.places[name][0] - picture.box_width / 2, 1),
                round(picture.places[name][1] - BOX_HEIGHT / 2, 1),
                name in products,
                f"#{rows[name]}" if rows.get(name) else "",
            )
            for name in systems
        ),
        lines=tuple(_draw_lines(picture, drawn)),
        title=words.translate(N_("What feeds what")),
        flows=tuple(
            (
                context.fit_text(flow.source, _MAX_NAME),
                context.fit_text(flow.target, _MAX_NAME),
                words.join_names(context.fit_text(one, _MAX_DATA) for one in flow.data),
            )
            for flow in told
        ),
        more=len(directed) - len(told),
        links=words.join_names(
            f"{context.fit_text(flow.source, _MAX_NAME)} – "
            f"{context.fit_text(flow.target, _MAX_NAME)}"
            for flow in flows
            if not flow.directed
        ),
        alone=_name_unconnected(alone, context),
    )


def _name_unconnected(names: Sequence[str], context: ViewContext) -> str:
    """Name the products for which no connection is stated; many are counted."""
    words = context.words
    if len(names) > _MAX_UNCONNECTED and context.options.brief:
        return words.translate_plural(
            "For %(n)s other product no connection is stated.",
            "For %(n)s other products no connection is stated.",
            len(names),
        )
    if not names:
        return ""
    listed = words.join_names(names)
    return words.translate(N_("No connection is stated for: %(names)s."), names=listed)


def _lay_out(
    flows: Sequence[DataFlow], products: Sequence[str]
) -> tuple[list[str], list[DataFlow], FlowLayout]:
    """Return the systems that are drawn, their flows, and their places.

    Products come in the file's order, then others. Of more than a page holds, those with the most
    connections are drawn.
    """
    named = [name for flow in flows for name in (flow.source, flow.target)]
    order = dict.fromkeys((*(name for name in products if name in named), *named))
    ranked = sorted(order, key=lambda name: -named.count(name))[:_MAX_SYSTEMS]  # stable
    while True:
        drawn = [flow for flow in flows if {flow.source, flow.target} <= set(ranked)]
        joined = {name for flow in drawn for name in (flow.source, flow.target)}
        systems = [name for name in order if name in joined]
        picture = FlowLayout(
            systems,
            [(flow.source, flow.target) for flow in drawn if flow.directed],
            [(flow.source, flow.target) for flow in drawn if not flow.directed],
        )
        if picture.height <= _MAX_HEIGHT:
            return systems, drawn, picture
        ranked.pop()


def _draw_lines(picture: FlowLayout, flows: Sequence[DataFlow]) -> Iterable[FlowLine]:
    """Yield a line for each pair of systems, with a head at each end that data flows to."""
    targets: dict[Edge, set[str]] = {edge: set() for edge in picture.forward}
    for flow in flows:
        pair = (flow.source, flow.target)
        edge = pair if pair in targets else pair[::-1]
        if edge in targets and flow.directed:
            targets[edge].add(flow.target)
    for edge, fed in targets.items():
        points = picture.trace_line(edge)
        arc = picture.column[edge[0]] == picture.column[edge[1]]
        heads = []
        if edge[1] in fed:
            heads.append(_draw_head(points[-1], left=arc))
        if edge[0] in fed:
            heads.append(_draw_head(points[0], left=True))
        yield FlowLine(_draw_curve(points, arc=arc), tuple(heads))


def _draw_curve(points: Sequence[Point], *, arc: bool) -> str:
    """Return a path through points that leaves and reaches each one level."""
    (x, y), *rest = points
    path = [f"M{x:.1f} {y:.1f}"]
    for number, (to_x, to_y) in enumerate(rest):
        if arc:
            path.append(f"C{x + 18:.1f} {y:.1f} {to_x + 18:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}")
        elif len(rest) > 1 and number % 2:  # across a column
            path.append(f"L{to_x:.1f} {to_y:.1f}")
        else:
            middle = (x + to_x) / 2
            path.append(f"C{middle:.1f} {y:.1f} {middle:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}")
        x, y = to_x, to_y
    return " ".join(path)


def _draw_head(point: Point, *, left: bool) -> str:
    """Return the triangle of an arrow that ends at a point; `left`: it points to the left."""
    x, y = point
    back = 5 if left else -5
    return f"M{x:.1f} {y:.1f} l{back} -2.6 v5.2 Z"
