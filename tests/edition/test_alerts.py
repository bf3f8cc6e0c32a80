"""What the team is told between editions, and what is not worth an alarm."""

from dataclasses import replace
from datetime import date

import pytest

from digest.edition import QuarterView
from digest.edition.alerts import find_alerts
from digest.model.stack import Product, Relation, Stack
from digest.render.alerts import write_alert_message
from tests.factories.stories import story, tell

TODAY = date(2026, 8, 20)
STACK = Stack(
    products=(
        Product("Acme", ("crm",), owner="Ada", contract_end=date(2026, 10, 31), notice_days=60),
        Product("Cirrus Ads", ("search-social-ads",), vendor="Cirrus", owner="Bao"),
        Product("Ember", ("cdp",), owner="Ada", contract_end=date(2026, 9, 10)),
        Product("Dovecote", ("email-marketing",), status="retiring", contract_end=date(2026, 9, 30), notice_days=30),
    )
)  # fmt: skip
OURS = {
    "Acme": Relation("product", ("Acme",), "Acme"),
    "Cirrus Ads": Relation("product", ("Cirrus Ads",), "Cirrus"),
    "Cirrus": Relation("vendor", ("Cirrus Ads",), "Cirrus"),
    "rival": Relation("rival", ("Acme",), "Newcomer"),
}


def see(*told, today=TODAY):
    """The alerts of news at `today`, contracts apart. `told`: pairs of a story and a name of OURS."""
    stories = [one for one, _ in told]
    relations = {one.id: (OURS[name],) for one, name in told}
    view = QuarterView(STACK, (), stories, relations, tell, today)
    return [one for one in find_alerts(view, date(2026, 8, 6), 30) if not one.keys[0].startswith(("notice", "contract"))]  # fmt: skip


@pytest.mark.parametrize(
    ("title", "event", "relation", "kind", "about"),
    [
        ("Data of Acme customers stolen", "incident", "Acme", "incident", (("Acme",), "")),
        ("Cirrus suffers a breach of its accounts", "incident", "Cirrus", "incident", (("Cirrus Ads",), "Cirrus")),
        ("Acme raises its prices by 20 %", "pricing", "Acme", "price", (("Acme",), "")),
        ("Newcomer buys Acme", "acquisition", "Acme", "deal", (("Acme",), "")),
        ("Cirrus Ads ends its old interface", "shutdown", "Cirrus Ads", "end", (("Cirrus Ads",), "")),
        ("Cirrus sunsets its maps", "shutdown", "Cirrus", "end", (("Cirrus Ads",), "Cirrus")),
        ("Acme shares customer data with partners by default", "update", "Acme", "terms", (("Acme",), "")),
        ("Cirrus Ads requires disclosure of models", "update", "Cirrus Ads", "terms", (("Cirrus Ads",), "")),
        ("Acme adds a calendar", "update", "Acme", None, None),
        ("Acme raises $30M", "funding", "Acme", None, None),
        ("Acme names a chief executive", "people", "Acme", None, None),
        ("Newcomer raises its prices", "pricing", "rival", None, None),
        ("Weakness in a plugin for Acme", "incident", "Acme", None, None),
        ("Newcomer Opens Shop, Acme Deal Rumoured, Other Prices Rise, More News", "pricing", "Acme", None, None),
    ],
)  # fmt: skip
def test_what_is_told(title, event, relation, kind, about):
    """Of ours and of their makers, what cannot wait; nothing else."""
    found = see((story(title, event=event, vendors=["Acme"]), relation))
    assert [(one.kind, (one.products, one.vendor)) for one in found] == (
        [(kind, about)] if kind else []
    )


def make_unsure(one, confidence):
    """The story with an event that is not sure enough to be printed."""
    tags = replace(one.lead.tags, unsure=frozenset({"event"}), confidence={"event": confidence})
    lead = replace(one.lead, tags=tags)
    return replace(one, items=(lead,), lead=lead)


@pytest.mark.parametrize(
    ("event", "confidence", "kind"),
    [("pricing", 0.6, "likely"), ("pricing", 0.4, None), ("people", 0.6, None)],
)
def test_what_is_more_likely_than_not_is_told_without_a_name(event, confidence, kind):
    """It may be a price; that it is one is not said. The rest waits for the edition."""
    doubtful = make_unsure(story("Acme changes its plans", event=event), confidence)
    assert [one.kind for one in see((doubtful, "Acme"))] == ([kind] if kind else [])


def test_the_end_of_what_a_maker_makes_is_not_that_of_our_product():
    """Sure or not, what ends is named, or it is news of the maker."""
    sure = story("Cirrus sunsets its maps", event="shutdown")
    for end in (sure, make_unsure(sure, 0.6)):
        (alert,) = see((end, "Cirrus"))
        assert (alert.products, alert.vendor) == (("Cirrus Ads",), "Cirrus")


def test_a_likely_report_of_a_sure_event_is_no_second_alert():
    first = story("Acme breach exposes 40,000 records", event="incident", day="2026-08-10")
    again = make_unsure(
        story("40,000 records exposed at Acme", event="incident", day="2026-08-12"), 0.6
    )
    (alert,) = see((first, "Acme"), (again, "Acme"))
    assert (alert.kind, alert.reports) == ("incident", 2)


def test_reports_of_one_event_are_one_alert():
    """Worded otherwise, days apart; another event at the same product is another."""
    first = story("Acme breach exposes 40,000 records", event="incident", day="2026-08-10")
    again = story(
        "40,000 records exposed: what we know of the Acme attack",
        event="incident",
        day="2026-08-13",
    )
    other = story("Acme was down for three hours", event="incident", day="2026-08-12")
    later = story("Acme breach exposes 40,000 records again", event="incident", day="2026-08-20")
    found = see((first, "Acme"), (again, "Acme"), (other, "Acme"), (later, "Acme"))
    keys = [one.keys for one in found]
    assert keys == [
        (first.lead.item.id, again.lead.item.id, later.lead.item.id),
        (other.lead.item.id,),
    ]
    assert found[0].day == date(2026, 8, 10)


def test_old_news_is_not_told_and_joins_what_is_new():
    """A further report of what is older than the days that count is no news."""
    old = story("Newcomer buys Acme for $2 billion", event="acquisition", day="2026-08-01")
    again = story("Why Newcomer buys Acme for $2 billion", event="acquisition", day="2026-08-09")
    assert see((old, "Acme"), (again, "Acme")) == []
    assert len(see((again, "Acme"))) == 1


@pytest.mark.parametrize(
    ("today", "told"),
    [
        (date(2026, 7, 1), []),
        (date(2026, 8, 5), ["notice Dovecote 2026-08-31", "notice Acme 2026-09-01"]),
        (date(2026, 8, 20), ["notice Dovecote 2026-08-31", "notice Acme 2026-09-01", "contract end Ember 2026-09-10"]),
        (date(2026, 9, 5), ["contract end Ember 2026-09-10"]),
    ],
)  # fmt: skip
def test_days_of_notice(today, told):
    """Within thirty days; the end of a contract only where it has no day of notice."""
    view = QuarterView(STACK, (), (), {}, tell, today)
    assert [one.keys[0] for one in find_alerts(view, today, 30)] == told


def test_a_line_does_not_name_a_product_twice():
    """A change on a watched page begins with whose page it is."""
    watched, told = (
        see((story(title, event="pricing", vendors=["Acme"]), "Acme"))
        for title in ("Acme: Starter: “€100”, before “€90”", "Acme raises its prices")
    )
    lines = write_alert_message([*watched, *told], "en").lines
    assert [line.partition(" (")[0] for line in lines] == [
        "[Price change] Acme: Starter: “€100”, before “€90”",
        "[Price change] Acme: Acme raises its prices",
    ]
