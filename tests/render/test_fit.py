"""What is left out of the paper, and in which order."""

from dataclasses import replace

import pytest

from digest.render import fit
from tests.factories import editions


def measured(pages: int, last: float, each: float = 0.1) -> fit.PaperMeasurement:
    return fit.PaperMeasurement(
        pages, last, {story.id: each for story in editions.edition().stories}
    )


def test_the_least_of_categories_go_first():
    """Then those of the themes; never one of the five, a deal or a rule."""
    made = editions.edition()
    home = {story.id: section.slug for section in made.sections for story in section.stories}
    score = {story.id: story.score for story in made.stories}
    order = fit.compute_drop_order(made)
    assert {home[one] for one in order} == {"categories", "themes"}
    touching = {story.id for story in made.stories if story.why_it_matters}
    may_go = [one for one in home if home[one] in ("categories", "themes") and one not in touching]
    assert sorted(order) == sorted(may_go)
    first = [one for one in order if home[one] == "categories"]
    assert list(order[: len(first)]) == first == sorted(first, key=lambda one: score[one])


@pytest.mark.parametrize(("whys", "stays"), [(("You run it: check it.",), True), ((), False)])
def test_what_has_a_consequence_stays(whys, stays):
    """Whatever its score."""
    made = editions.edition()
    sections = tuple(
        replace(
            section,
            stories=tuple(
                replace(one, why_it_matters=whys) if one.id == "s030" else one
                for one in section.stories
            ),
        )
        for section in made.sections
    )
    order = fit.compute_drop_order(replace(made, sections=sections))
    assert ("s030" not in order) == stays


def test_as_many_go_as_the_excess_asks_for():
    """Half a page too much, ten stories a page: five go."""
    order = fit.compute_drop_order(editions.edition())
    assert fit.extend_drop(order, frozenset(), measured(13, 0.5), budget=12) == frozenset(order[:5])
    assert fit.extend_drop(order, frozenset(order[:5]), measured(13, 0.1), budget=12) == frozenset(
        order[:6]
    )


def test_a_paper_within_its_budget_has_no_excess():
    """A full last page is no excess, one page more is."""
    assert measured(12, 1.0).count_excess_pages(12) == 0
    assert measured(13, 0.25).count_excess_pages(12) == 0.25
    assert measured(14, 0.25).count_excess_pages(12) == 1.25


def test_the_best_of_what_was_dropped_comes_back():
    """As far as it fits and its height is known; what was never laid out stays out."""
    order = fit.compute_drop_order(editions.edition())
    dropped, heights = frozenset(order[:10]), dict.fromkeys(order[5:], 0.2)
    assert fit.restore_stories(order, dropped, heights, 0.7) == frozenset(order[:7])
    assert fit.restore_stories(order, dropped, heights, 9.0) == frozenset(order[:5])
    assert fit.restore_stories(order, dropped, heights, 0.1) == dropped


def test_a_huge_quarter_is_not_laid_out_whole():
    """Of many stories no more are tried than could ever stand on the pages."""
    made = editions.large(250)
    dropped = fit.choose_first_drop(made, fit.compute_drop_order(made), 12)
    assert 250 - len(dropped) == 154
    assert (
        fit.choose_first_drop(editions.edition(), fit.compute_drop_order(editions.edition()), 12)
        == frozenset()
    )


def test_kept_is_what_was_not_dropped():
    """Section by section."""
    kept = fit.map_kept_stories(editions.edition(), {"s014", "s015"})
    assert "s014" not in kept["categories"]
    assert "s016" in kept["categories"]
    assert len(kept["five"]) == 5
