"""Pictures show what the edition counts, and say it in words."""

from dataclasses import replace

import pytest

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


def test_the_strip_counts_what_is_held_day_by_day():
    """Each day's share of all sources; in a quarter so far it ends today."""
    made = editions.edition()
    strip = charts.coverage_strip(made, EN)
    held = [sum(row.days[day] == "h" for row in made.coverage) / 48 for day in range(92)]
    assert [level for _, level in strip.points[::2]] == held
    assert strip.points[-1][0] == 1.0
    assert strip.first == "1 Jul 2026: 41 of 48"
    assert strip.alternative.startswith("Of 48 sources, 1 Jul 2026 is known to be held of 41 and 30 Sep 2026 of")
    so_far = charts.coverage_strip(editions.thin(), EN)
    assert 0.4 < so_far.points[-1][0] < 0.5
    assert so_far.last == "8 Aug 2026: 2 of 2"


@pytest.mark.parametrize(
    ("days", "said", "runs"),
    [
        ("hhmu..", "2/4", (("held", 0, 2), ("missing", 2, 1), ("unknown", 3, 1))),
        ("uuuu", "0/4", (("unknown", 0, 4),)),
        ("....", None, None),
        ("", None, None),
    ],
)
def test_the_days_of_a_source(days, said, runs):
    """Runs of days held, missing and unknown; nothing of days to come, nothing where nothing is known."""
    told = charts.source_days(days, EN)
    assert (told.said, told.runs, told.all) == (said, runs, len(days)) if said else told is None


def test_the_days_of_a_source_in_words():
    """Every number of the picture."""
    assert charts.source_days("hhmu..", EN).alternative == "2 of 4 days held, 1 missing, 1 not known"
