"""The picture of what feeds what: laws that hold for every set of flows."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from digest.render.flow_layout import BOX_HEIGHT, PICTURE_WIDTH, FlowLayout
from tests.factories.examples import try_examples

SYSTEMS = [f"S{number}" for number in range(12)]
_EDGES = st.lists(st.tuples(st.sampled_from(SYSTEMS), st.sampled_from(SYSTEMS)), max_size=24)


@try_examples(80)
@given(_EDGES, _EDGES)
def test_boxes_stand_apart_inside_the_picture_and_lines_lead_right(
    edges: list[tuple[str, str]], links: list[tuple[str, str]]
) -> None:
    made = FlowLayout(SYSTEMS, edges, links)
    places = {name: made.places[name] for name in SYSTEMS}
    half, tall = made.box_width / 2, BOX_HEIGHT / 2
    for x, y in places.values():
        assert half <= x <= PICTURE_WIDTH - half + 1e-6
        assert tall <= y <= made.height - tall
    for (x, y), (other_x, other_y) in combinations(places.values(), 2):
        assert abs(x - other_x) >= made.box_width or abs(y - other_y) >= BOX_HEIGHT
    for source, target in made.forward:
        assert made.column[source] <= made.column[target]
        assert len(made.trace_line((source, target))) >= 2
    pairs = {frozenset(edge) for edge in (*edges, *links) if edge[0] != edge[1]}
    assert {frozenset(edge) for edge in made.forward} == pairs
    assert made.columns <= 5


def test_what_feeds_stands_left_of_what_it_feeds() -> None:
    """Along a chain, with a line that is fed back and one that passes a column."""
    made = FlowLayout(["A", "B", "C"], [("A", "B"), ("B", "C"), ("C", "A"), ("A", "C")])
    assert [made.column[name] for name in "ABC"] == [0, 1, 2]
    assert made.forward == [("A", "B"), ("B", "C"), ("A", "C")]
    assert len(made.trace_line(("A", "C"))) == 4
    left, right = made.trace_line(("A", "B"))
    assert left[0] < right[0]


def test_a_link_without_a_direction_takes_no_column_of_its_own() -> None:
    """Its ends stand beside each other, and what is fed stays where the flows put it."""
    made = FlowLayout(["A", "B", "C"], [("A", "B")], [("C", "A")])
    assert [made.column[name] for name in "ABC"] == [0, 1, 1]


def test_lines_do_not_cross_where_they_need_not() -> None:
    """The order in a column follows the neighbours', not the file."""
    made = FlowLayout(["A", "B", "C", "D"], [("A", "D"), ("B", "C")])
    assert made.slots in (
        [["A", "B"], ["D", "C"]],
        [["B", "A"], ["C", "D"]],
    )
