"""How long a paper becomes with other contents, by one that was laid out."""

import pytest

from digest.render.fit import PaperMeasurement
from digest.render.paper_estimate import (
    PartContent,
    estimate_paper,
    estimate_places,
    measure_parts,
)

_HTML = """
<p>The first page</p>
<section class="section" id="deals">
  <h2>Deals</h2> <p>Ten <b>letters</b></p>
</section>
<section class="section by-category" id="radar">
  <svg viewBox="0 0 500 218"><text>Not read</text></svg>
  <svg viewBox="0 0 10 20" style="width: 500.0pt; height: 164.0pt"></svg>
</section>
"""


def test_a_part_holds_letters_and_pictures():
    """Letters without markup and the text of pictures; a height that is stated goes first."""
    found = measure_parts(_HTML)
    assert list(found) == ["deals", "radar"]
    assert found["deals"] == PartContent(len(" Deals Ten letters "), 0)
    assert found["radar"].pictures == 218 + 164
    assert found["radar"].letters <= 3


@pytest.mark.parametrize(
    ("before", "after", "pages", "last"),
    [
        pytest.param((1000, 0), (1000, 0), 12, 0.5, id="nothing changes"),
        pytest.param((1000, 0), (500, 0), 12, 0.05, id="half of a page goes, most of it for sure"),
        pytest.param((1000, 0), (1500, 0), 12, 1.0, id="what comes counts whole"),
        pytest.param((1000, 0), (0, 0), 11, 0.6, id="a part goes"),
        pytest.param((1000, 350), (1000, 0), 12, 0.05, id="a picture goes"),
        pytest.param((500, 350), (250, 350), 12, 0.275, id="text beside a picture goes"),
    ],
)
def test_a_paper_is_estimated(before, after, pages, last):
    """The part took a page of the paper's eleven and a half; a page holds 700 points."""
    measured = PaperMeasurement(12, 0.5, {"deals": 1.0})
    contents = {"deals": PartContent(*before)}, {"deals": PartContent(*after)}
    found = estimate_paper(measured, *contents, page_height=700)
    assert (found.pages, pytest.approx(found.last)) == (pages, last)


@pytest.mark.parametrize(
    ("after", "places"),
    [
        pytest.param((1000, 1000), (0.5, 1.0, 1.5, 3.0, 4.5), id="nothing changes"),
        pytest.param((500, 1000), (0.5, 1.0, 1.25, 2.0, 3.5), id="what follows moves up"),
        pytest.param((1000, 500), (0.5, 1.0, 1.5, 3.0, 3.75), id="what stands before stays"),
        pytest.param((0, 1000), (0.5, 1.0, 1.0, 1.0, 2.5), id="a part goes"),
        pytest.param((1500, 1000), (0.5, 1.0, 1.75, 4.0, 5.5), id="a part grows"),
    ],
)
def test_places_move_with_what_stands_before_them(after, places):
    """Within a part by its share, after it by all that it gives or takes; page one stays."""
    found = estimate_places(
        {"front": 0.5, "deals": 1.0, "story": 1.5, "rules": 3.0, "end": 4.5},
        {"deals": PartContent(1000, 0), "rules": PartContent(1000, 0)},
        dict(zip(("deals", "rules"), (PartContent(letters, 0) for letters in after), strict=True)),
    )
    assert tuple(found.values()) == pytest.approx(places)


def test_a_paper_without_parts_keeps_its_places():
    """As a template of the team's may have none."""
    assert estimate_places({"end": 0.5}, {}, {}) == {"end": 0.5}
