"""How crowded the market is, counted from stories."""

from __future__ import annotations

import pytest

from digest.edition import build_deals, build_register, measure_saturation
from digest.edition.saturation import read_amount
from digest.model.stack import Money
from tests.edition.test_claims import view
from tests.factories.stories import story


@pytest.mark.parametrize(
    ("title", "summary", "raised"),
    [
        ("Acme raises $30M to build agents", "", Money(30e6, "USD")),
        ("Acme raises €1.5 billion", "", Money(1.5e9, "EUR")),
        ("Acme sammelt 12 Millionen Euro ein", "", Money(12e6, "EUR")),
        ("Acme raises £500,000", "", Money(5e5, "GBP")),
        ("Acme raises money", "The round of $8 million was led by Dax.", Money(8e6, "USD")),
        ("Acme raises $30M at a $400M valuation", "", Money(30e6, "USD")),
        ("Acme, valued at $2 billion, raises $50 million", "", Money(50e6, "USD")),
        ("Acme gets funding at $500 million value", "", None),
        ("Acme sells shares at $33", "", None),
        ("Acme raises ₹2,500 crore", "", Money(25e9, "INR")),
        ("Acme secures Rs 67.4 Cr", "", Money(674e6, "INR")),
        ("Acme raises $1.285 billion", "", Money(1.285e9, "USD")),
        ("Acme sammelt 1,285 Milliarden Euro ein", "", Money(1.285e9, "EUR")),
        ("Acme lève 1,5 milliard de dollars", "", Money(1.5e9, "USD")),
        ("Acme raccoglie 3,6 milioni di euro", "", Money(3.6e6, "EUR")),
        ("Acme recauda 2 mil millones de euros", "", Money(2e9, "EUR")),
        ("Acme capta US$ 4 bilhões", "", Money(4e9, "USD")),
        ("アクメ、35億円を調達", "", Money(3.5e9, "JPY")),
        ("アクメ、8000億円を調達し企業価値30兆円に", "", Money(8e11, "JPY")),
        ("艾克获 7,000 萬美元融资", "", Money(7e7, "USD")),
        ("Acme ระดมทุน 1.8 พันล้านยูโร", "", Money(1.8e9, "EUR")),
        ("Acme raises $5M, Dax raises $9M", "", None),
        ("Acme raises A$30M", "", None),  # another dollar
        ("Acme raises money", "", None),
    ],
)
def test_the_sum_of_a_round(title: str, summary: str, raised: Money | None) -> None:
    assert read_amount(story(title, summary=summary, event="funding")) == raised


def test_sums_of_two_currencies_are_never_added() -> None:
    stories = [
        story("Acme raises $30M", vendors=["Acme"], event="funding"),
        story("Dax raises $15M", vendors=["Dax"], event="funding"),
        story("Eos raises €2M", vendors=["Eos"], event="funding"),
        story("Fen raises money", vendors=["Fen"], event="funding"),
        story("Gil shuts down", vendors=["Gil"], event="shutdown"),
    ]
    quarter = view(*stories)
    found = measure_saturation(quarter, build_deals(quarter), build_register(quarter))
    assert found
    assert found.raised == (Money(2e6, "EUR"), Money(45e6, "USD"))
    assert (len(found.rounds), found.priced) == (4, 3)
    assert [ref.title for ref in (*found.closures, *found.withdrawals)] == ["Gil shuts down"]


def test_a_quarter_without_such_stories_has_none() -> None:
    quarter = view(story("Acme writes"))
    assert measure_saturation(quarter, build_deals(quarter), build_register(quarter)) is None
