"""Pictures show what the edition counts, and say it in words."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.i18n import TranslatableText
from digest.model.edition import Blip, Radar
from digest.render.views import RenderOptions, charts, coverage
from digest.render.views.context import ViewContext
from digest.render.views.radar import RadarPage, build_radar_page
from digest.render.words import load_localizer
from digest.taxonomy import GROUPS
from tests.factories import editions

EN = load_localizer("en")


def context(edition) -> ViewContext:
    return ViewContext(edition, EN, RenderOptions())


def test_the_matrix_adds_up():
    """Every story of the briefing stands in one cell; what does not fit the rows is summed up in
    the last."""
    made = editions.edition()
    matrix = charts.build_matrix(made, EN)
    assert matrix
    assert sum(number for row in matrix.rows for number, _ in row.cells) == len(made.stories)
    assert [sum(number for number, _ in row.cells) for row in matrix.rows] == [
        row.total for row in matrix.rows
    ]
    assert matrix.rows[-1].label == "7 more categories"
    assert {heat for row in matrix.rows for _, heat in row.cells} <= {0, 1, 2, 3, 4}


def test_the_matrix_tells_the_change():
    """Of all the quarter's stories, not of those printed alone."""
    rows = {row.label: row for row in charts.build_matrix(editions.edition(), EN).rows}
    assert (rows["CDP"].quarter, rows["CDP"].change) == (31, "+3")
    assert rows["SEO"].change == "±0"
    assert rows["Email Marketing"].change == "−1"
    assert not charts.build_matrix(replace(editions.edition(), counts_before=None), EN).before


def test_bars_say_what_they_show():
    """Shares add up to one; every number is written too, those of the quarter before as well."""
    chart = charts.build_ai_share(editions.edition(), EN)
    assert chart
    assert abs(sum(bar.share for bar in chart.bars) - 1) < 1e-9
    assert [bar.said for bar in chart.bars] == ["118 · 38%", "64 · 21%", "41 · 13%", "88 · 28%"]
    assert (chart.bars[0].said_before, chart.before) == ("98 · 33%", "Q2 2026")
    ladder = charts.build_evidence_ladder(replace(editions.edition(), counts_before=None), EN)
    assert (ladder.title, ladder.before) == ("What stands behind 153 AI claims", "")


def test_nothing_is_drawn_of_nothing():
    """No picture without data behind it."""
    made = editions.empty()
    assert charts.build_matrix(made, EN) is None
    assert charts.build_ai_share(made, EN) is None
    assert charts.build_evidence_ladder(made, EN) is None
    assert coverage.build_coverage_strip(context(made)) is None


def test_the_strip_counts_what_is_held_day_by_day():
    """Each day's share of all sources; the axis ends today, where its label stands."""
    made = editions.edition()
    strip = coverage.build_coverage_strip(context(made))
    held = [sum(row.days[day] == "h" for row in made.coverage) / 48 for day in range(92)]
    assert [level for _, level in strip.points[::2]] == held
    assert strip.points[-1][0] == 1.0
    assert strip.first == "1 Jul 2026: 41 of 48"
    assert strip.alternative.startswith(
        "Of 48 sources, 1 Jul 2026 is known to be held of 41 and 30 Sep 2026 of"
    )
    so_far = coverage.build_coverage_strip(context(editions.thin()))
    assert so_far.points[-1][0] == 1.0
    assert so_far.last == "8 Aug 2026: 2 of 2"


def radar(*blips: Blip, compared: bool = True) -> RadarPage:
    return build_radar_page(Radar(blips, compared), context(editions.edition()))


PLACE = st.tuples(st.sampled_from(["act", "try", "ask", "watch"]), st.sampled_from([*GROUPS, None]))


@given(st.lists(PLACE, min_size=1, max_size=30))
def test_every_blip_stands_in_its_ring(places):
    """Each once, within its ring, inside the half circle, apart from the others; the words name
    them all."""
    blips = [
        Blip(f"Vendor {n}", ring, group, TranslatableText("It is so."))
        for n, (ring, group) in enumerate(places, 1)
    ]
    made = radar(*blips)
    radii = {ring.slug: ring.radius for ring in made.rings}
    inside = {"watch": radii["ask"], "ask": radii["try"], "try": radii["act"], "act": 0}
    assert [spot.number for spot in made.blips] == list(range(1, len(blips) + 1))
    for spot, blip in zip(made.blips, blips, strict=True):
        assert spot.name == blip.name
        distance = ((spot.x - 250) ** 2 + (spot.y - 204) ** 2) ** 0.5
        assert inside[blip.ring] - 0.2 < distance < radii[blip.ring] + 0.2
        assert spot.y <= 204
        assert blip.name in made.alternative
    assert len({(spot.x, spot.y) for spot in made.blips}) == len(blips)


def test_the_radar_shows_moves_only_where_there_is_something_to_compare():
    """Without an edition before there is no key, and its picture is lower."""
    blip = Blip("Alder", "act", "data", TranslatableText("It is so."), moved="stays")
    alone, compared = radar(blip, compared=False), radar(blip)
    assert alone.keys == ()
    assert alone.height < compared.height
    ((move, name, _),) = compared.keys
    assert (move, name) == ("stays", "as before")


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
    """Runs of days held, missing and unknown; nothing of days to come, nothing where nothing is
    known."""
    told = coverage.build_source_days(days, EN, drawn=True)
    assert (told.said, told.runs, told.all) == (said, runs, len(days)) if said else told is None


def test_the_days_of_a_source_in_words():
    """Every number of the picture."""
    assert (
        coverage.build_source_days("hhmu..", EN, drawn=True).alternative
        == "2 of 4 days held, 1 missing, 1 not known"
    )
