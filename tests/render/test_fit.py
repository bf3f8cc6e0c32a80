"""What is left out of the paper, and in which order."""

from dataclasses import replace

import pytest

from digest.model.stack import Relation
from digest.render import fit
from tests.factories import editions


def measured(pages: int, last: float, each: float = 0.1) -> fit.PaperMeasurement:
    return fit.PaperMeasurement(
        pages, last, {story.id: each for story in editions.edition().stories}
    )


def test_the_least_of_categories_go_first():
    """Then those of the themes, then launches; never one of the five, a deal or a rule."""
    made = editions.edition()
    home = {story.id: section.slug for section in made.sections for story in section.stories}
    score = {story.id: story.score for story in made.stories}
    order = fit.compute_drop_order(made)
    assert {home[one] for one in order} == {"categories", "themes"}
    touching = {story.id for story in made.stories if story.why_it_matters}
    may_go = [one for one in home if home[one] in ("categories", "themes") and one not in touching]
    assert sorted(order) == sorted(may_go)
    launches = {story.id for story in made.stories if story.event == "launch"}
    first = [one for one in order if home[one] == "categories" and one not in launches]
    assert list(order[: len(first)]) == first == sorted(first, key=lambda one: score[one])
    last = [one for one in order if home[one] == "categories" and one in launches]
    assert list(order[-len(last) :]) == last


@pytest.mark.parametrize(("whys", "stays"), [(("We run it: check it.",), True), ((), False)])
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


@pytest.mark.parametrize(("better", "late"), [(1, True), (2, False)])
def test_the_best_two_of_an_own_category_go_late(better, late):
    """However low they rank among all."""
    made = editions.briefing()
    assert made.stack
    section = next(one for one in made.sections if one.slug == "categories")
    line = made.stack.lines[0]
    product = replace(line.product, categories=("talent",))
    made = replace(made, stack=replace(made.stack, lines=(replace(line, product=product),)))
    rows = tuple(
        replace(
            section.stories[0],
            id=f"s90{n}",
            event="update",
            category="talent",
            score=-float(n),
            why_it_matters=(),
            relation=None,
        )
        for n in range(better + 1)
    )
    sections = tuple(replace(one, briefs=rows) if one is section else one for one in made.sections)
    order = fit.compute_drop_order(replace(made, sections=sections))
    assert (order[0] != f"s90{better}") == late


@pytest.mark.parametrize("kind", ["product", "rival"])
def test_what_is_told_in_a_sentence_alone_goes_first_but_for_own_news(kind):
    """And one that the table of the stack names stays."""
    made = editions.briefing()
    section = next(one for one in made.sections if one.slug == "categories")
    brief = replace(
        section.stories[0],
        id="s900",
        event="update",
        category="talent",
        why_it_matters=(),
        relation=Relation(kind, ("Fernway CRM",)),
    )
    sections = tuple(
        replace(one, briefs=(brief,)) if one is section else one for one in made.sections
    )
    made = replace(made, sections=sections)
    order = fit.compute_drop_order(made)
    assert (order[0] == "s900") == (kind == "rival")
    assert "s900" in fit.map_kept_stories(made, frozenset())["categories"]
    assert made.stack
    line = made.stack.lines[0]
    named = replace(line, happened=replace(editions.refer(section.stories[0]), id="s900"))
    made = replace(made, stack=replace(made.stack, lines=(named, *made.stack.lines[1:])))
    assert "s900" not in fit.compute_drop_order(made)


@pytest.mark.parametrize(
    ("choice", "pages", "last", "dropped", "register"),
    [
        pytest.param((0, 2.0), 13, 0.5, 0, 0.15, id="the register goes first"),
        pytest.param((0, 2.0), 14, 0.5, 0, 0.15, id="also where it nearly suffices"),
        pytest.param((0, 2.0), 15, 0.05, 3, 0.15, id="and stories where it does not suffice"),
        pytest.param((0, 0.15), 13, 0.5, 5, 0.15, id="then stories alone"),
        pytest.param((5, 0.15), 12, 0.5, 1, 0.15, id="what fits comes back"),
        pytest.param((0, 0.15), 12, 0.5, 0, 0.55, id="the register takes the room"),
        pytest.param((0, 2.0), 12, 0.5, 0, 2.0, id="a full register takes none"),
        pytest.param((0, 0.15), 12, 0.95, 0, 0.15, id="a full paper is left as it is"),
    ],
)
def test_a_choice_is_refined(choice, pages, last, dropped, register):
    """Twelve pages may be used; each story takes a tenth of one."""
    order = fit.compute_drop_order(editions.edition())
    paper = measured(pages, last)
    found = fit.refine_choice(
        fit.PaperChoice(frozenset(order[: choice[0]]), choice[1], themes=3, pointers=1, details=1),
        order,
        paper,
        paper.heights,
        12,
    )
    assert len(found.dropped) == dropped
    assert found.register_pages == pytest.approx(register)


@pytest.mark.parametrize(
    ("register", "pages", "themes"),
    [
        pytest.param(0.15, 13, 3, id="before a story"),
        pytest.param(2.0, 15, 3, id="with the register"),
        pytest.param(2.0, 13, 4, id="not where the register suffices"),
        pytest.param(0.15, 12, 4, id="not where all fits"),
    ],
)
def test_the_fourth_theme_goes_before_news_by_category(register, pages, themes):
    """Its stories stand in their categories then."""
    paper = measured(pages, 0.05)
    order = fit.compute_drop_order(editions.edition())
    choice = fit.PaperChoice(frozenset(), register)
    found = fit.refine_choice(choice, order, paper, paper.heights, 12)
    assert (found.themes, found.dropped) == (themes, frozenset())


def test_pointers_go_before_stories_and_the_rest_of_the_register_last():
    """A whole sentence says more than a headline and a page."""
    paper = measured(13, 0.05)
    order = fit.compute_drop_order(editions.edition())
    choice = fit.PaperChoice(frozenset(), 0.15, themes=3)
    found = fit.refine_choice(choice, order, paper, paper.heights, 12)
    assert found == replace(choice, pointers=1)
    found = fit.refine_choice(found, order, paper, paper.heights, 12)
    assert found == replace(choice, pointers=1, details=1)
    found = replace(found, dropped=frozenset(order))
    found = fit.refine_choice(found, order, paper, paper.heights, 12)
    assert (found.claims, found.details) == (3, 1)
    found = fit.refine_choice(found, order, paper, paper.heights, 12)
    assert (found.claims, found.details) == (0, 1)
    found = fit.refine_choice(found, order, paper, paper.heights, 12)
    assert (found.details, found.named) == (0, fit.ALL_NAMED)
    steps = []
    while found.named:
        found = fit.refine_choice(found, order, paper, paper.heights, 12)
        steps.append(found.named)
    assert steps == [24, 16, 12, 8, 5, 3, 2, 0]
    found = fit.refine_choice(found, order, paper, paper.heights, 12)
    assert (found.concise, found.news) == (True, fit.MANY_NEWS)
    for news in (8, 4):
        found = fit.refine_choice(found, order, paper, paper.heights, 12)
        assert found.news == news
    last = fit.refine_choice(found, order, paper, paper.heights, 12)
    assert last.register_pages < 0.15


def test_room_goes_to_names_step_by_step_then_to_stories():
    """What came back was too much: half of the room is tried, then a quarter, then none."""
    order = fit.compute_drop_order(editions.edition())
    paper = measured(12, 0.3)
    short = fit.PaperChoice(frozenset(order[:3]), 0.0, named=3)
    named = fit.refine_choice(short, order, paper, paper.heights, 12)
    assert named == replace(short, named=5)
    named = replace(short, named=fit.ALL_NAMED)
    whole = fit.refine_choice(named, order, paper, paper.heights, 12)
    assert (whole.dropped, whole.restored) == (frozenset(), True)
    less = fit.fill_less(named)
    assert less
    assert fit.refine_choice(less, order, paper, paper.heights, 12).dropped == {order[0]}
    least = fit.fill_less(less)
    assert least
    assert fit.fill_less(least) is None


def test_the_radar_goes_where_nothing_else_is_left_to_go():
    """A large stack fills the paper; its table says the radar's verdicts, too."""
    paper = measured(14, 0.05)
    order = fit.compute_drop_order(editions.edition())
    choice = fit.PaperChoice(
        frozenset(order),
        0.0,
        themes=3,
        pointers=1,
        named=0,
        concise=True,
        news=4,
        claims=0,
        details=0,
    )
    found = fit.refine_choice(choice, order, paper, paper.heights, 12)
    assert found == replace(choice, radar=False)
    assert fit.refine_choice(found, order, paper, paper.heights, 12) == found


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
