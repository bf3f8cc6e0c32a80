"""Pictures show what the edition counts, and say it in words."""

from dataclasses import replace

from digest.render import charts
from digest.render.words import words_for
from tests.render import editions

EN = words_for("en")


def test_the_matrix_adds_up():
    """Every story of the briefing stands in one cell; what does not fit the rows is summed up in the last."""
    made = editions.edition()
    matrix = charts.matrix(made, EN)
    assert sum(cell.value for row in matrix.rows for cell in row.cells) == len(made.stories)
    assert [sum(cell.value for cell in row.cells) for row in matrix.rows] == [row.total for row in matrix.rows]
    assert matrix.rows[-1].label == "7 more categories"
    assert {cell.heat for row in matrix.rows for cell in row.cells} <= {0, 1, 2, 3, 4}


def test_the_matrix_tells_the_change():
    """Of all the quarter's stories, not of those printed alone."""
    rows = {row.label: row for row in charts.matrix(editions.edition(), EN).rows}
    assert (rows["CDP"].quarter, rows["CDP"].change) == (31, "+3")
    assert rows["SEO"].change == "±0"
    assert rows["Email Marketing"].change == "−1"
    assert not charts.matrix(replace(editions.edition(), counts_before=None), EN).has_change


def test_bars_say_what_they_show():
    """Shares add up to one; the alternative text holds every number, those of the quarter before too."""
    chart = charts.ai_share(editions.edition(), EN)
    assert abs(sum(bar.share for bar in chart.bars) - 1) < 1e-9
    assert [bar.said for bar in chart.bars] == ["118 · 38%", "64 · 21%", "41 · 13%", "88 · 28%"]
    assert "AI is the subject: 118 · 38%" in chart.alternative
    assert "In Q2 2026: AI is the subject: 98 · 33%" in chart.alternative
    ladder = charts.evidence_ladder(replace(editions.edition(), counts_before=None), EN)
    assert (ladder.title, ladder.before) == ("What stands behind 153 AI claims", "")


def test_nothing_is_drawn_of_nothing():
    """No picture without data behind it."""
    made = editions.empty()
    assert charts.matrix(made, EN) is None
    assert charts.ai_share(made, EN) is None
    assert charts.evidence_ladder(made, EN) is None
    assert charts.coverage_strip(made, EN) is None


def test_the_strip_rises_as_sources_are_held():
    """From what was held on the first day to the last; in a quarter so far it ends today."""
    strip = charts.coverage_strip(editions.edition(), EN)
    levels = [level for _, level in strip.points]
    assert levels == sorted(levels)
    assert (strip.first, strip.last) == ("1 Jul 2026: 16 of 48", "30 Sep 2026: 43 of 48")
    assert strip.points[-1][0] == 1.0
    so_far = charts.coverage_strip(editions.thin(), EN)
    assert 0.4 < so_far.points[-1][0] < 0.5
    assert so_far.last == "8 Aug 2026: 2 of 2"
