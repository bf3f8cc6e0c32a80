"""Figures that can stand side by side."""

import pytest

from digest.model.edition import ThemeFigure
from digest.write.comparisons import find_comparable_figures
from tests.factories.stories import story

SOURCES = ("The Paper", "Trade Weekly", "Ad Ledger")


def compare(*summaries: str, sources=SOURCES) -> tuple[ThemeFigure, ...]:
    return find_comparable_figures(
        [
            story(f"Report {n}", source=source, summary=summary)
            for n, (summary, source) in enumerate(zip(summaries, sources, strict=False))
        ]
    )


def test_shares_of_one_thing_by_several_publishers():
    """The largest first, each with its sentence."""
    found = compare(
        "Answers now appear on 31% of searches, says Orla.",
        "Generated answers appear above results in 43% of all searches, a count shows.",
        "The panel saw answers appear on 12.5 percent of searches in June.",
    )
    assert [(figure.value, figure.label) for figure in found] == [
        (43.0, "Trade Weekly"),
        (31.0, "The Paper"),
        (12.5, "Ad Ledger"),
    ]
    assert found[1].quote.text == "Answers now appear on 31% of searches, says Orla."


def test_one_change_measured_twice():
    found = compare(
        "Publishers with answers above them saw 9% fewer visits from search in spring.",
        "Shops with answers above them saw 22% fewer visits from search.",
    )
    assert [figure.value for figure in found] == [22.0, 9.0]


def test_what_a_sentence_compares_itself():
    found = compare("The model finishes 71% of the office tasks, up from 54%, in a public test.")
    assert [(figure.value, figure.label) for figure in found] == [(71.0, "now"), (54.0, "before")]
    found = compare("The share of searches with answers rose from 12% in May to 31% in August.")
    assert [(figure.value, figure.label) for figure in found] == [(31.0, "now"), (12.0, "before")]


@pytest.mark.parametrize(
    "summaries",
    [
        pytest.param(("Answers appear on 31% of searches.",), id="one figure"),
        pytest.param(
            ("Answers appear on 31% of searches.", "Agents place 2% of orders in shops."),
            id="of different things",
        ),
        pytest.param(
            ("Answers appear on 31% of searches.", "Bots make 8% of searches by night."),
            id="of one thing among other words",
        ),
        pytest.param(
            ("Shops saw 9% fewer visits from search.", "Shops saw 9% more visits from search."),
            id="in different directions",
        ),
        pytest.param(
            ("Answers appear on 31% of searches.", "Answers appear on 31% of searches, too."),
            id="the same figure twice",
        ),
        pytest.param(("Prices rise by 12%. Some pay 9%.",), id="two figures of one report"),
    ],
)
def test_what_is_not_compared(summaries):
    assert compare(*summaries) == ()


def test_one_publisher_is_no_comparison():
    assert (
        compare(
            "Answers appear on 31% of searches.",
            "Answers appear on 43% of all searches now.",
            sources=("The Paper", "The Paper"),
        )
        == ()
    )
