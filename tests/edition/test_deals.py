"""What happened to vendors, counted by kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import pytest

from digest.edition import QuarterView
from digest.edition.deals import build_deals, classify_deal
from digest.model.stack import Product, Relation, Stack
from digest.model.story import Story
from tests.factories.stories import story, tell

ACME = Product("Acme", ("crm",), owner="Ada")
OTHER = Product("Bolide Mail", ("email-marketing",), vendor="Bolide")


def see(
    chosen: Sequence[Story],
    stories: Sequence[Story],
    relations: Mapping[str, Sequence[Relation]] | None = None,
) -> QuarterView:
    stack = Stack(products=(ACME, OTHER)) if relations else Stack()
    return QuarterView(stack, chosen, stories, relations or {}, tell, date(2026, 8, 20))


def make_unsure(one: Story) -> Story:
    lead = replace(one.lead, tags=replace(one.lead.tags, unsure=frozenset({"event"})))
    return replace(one, items=(lead,), lead=lead)


@pytest.mark.parametrize(
    ("title", "event", "kind"),
    [
        ("Acme buys Bolide", "acquisition", "acquisition"),
        ("Acme offers $2B for Bolide", "acquisition", "unsure"),
        ("Acme raises its price by 12% on September 1", "pricing", "pricing"),
        ("Acme in talks to acquire Bolide", "acquisition", "unsure"),
        ("Acme buys Bolide in bid to grow", "acquisition", "acquisition"),
        ("艾克拟收购宝力德", "acquisition", "unsure"),
        ("Acme raises $30M", "funding", "funding"),
        ("Acme files for bankruptcy", "shutdown", "closure"),
        ("Acme is shutting down", "shutdown", "closure"),
        ("Acme is shutting down after ten years", "shutdown", "closure"),
        ("Acme is shutting down its old editor", "shutdown", "withdrawal"),
        ("Acme ceases operations in May", "shutdown", "closure"),
        ("Acme pulls new image feature", "shutdown", "withdrawal"),
        ("Acme shuts down its old editor", "shutdown", "withdrawal"),
        ("Acme raises prices", "pricing", "pricing"),
        ("Acme breached", "incident", "incident"),
        ("Acme's revenue grows", "results", "results"),
        ("Acme adds a button", "update", None),
    ],
)
def test_a_story_is_a_deal_of_a_kind(title, event, kind):
    """A feature that is withdrawn closes no vendor."""
    assert classify_deal(story(title, event=event)) == kind


@pytest.mark.parametrize(("event", "kind"), [("pricing", "unsure"), ("results", None)])
def test_a_doubtful_kind_is_not_counted_as_one(event, kind):
    """What may be a deal stands with the deals; what may be results does not."""
    assert classify_deal(make_unsure(story("Acme", event=event))) == kind


def test_every_sure_deal_is_there_told_or_not_but_results_only_where_told():
    """In the order of their kinds."""
    breach = story("Acme leaks addresses", event="incident", vendors=["Acme"])
    raised = story("Bolide raises $30M", event="funding", vendors=["Bolide"])
    result = story("Acme grows", event="results", vendors=["Acme"])
    told = story("Acme shrinks", event="results", vendors=["Acme"])
    found = build_deals(see([told], [breach, raised, result, told]))
    assert [(entry.kind, entry.story.id) for entry in found] == [
        ("funding", raised.id),
        ("incident", breach.id),
        ("results", told.id),
    ]


@pytest.mark.parametrize(
    ("title", "event", "vendors", "name"),
    [
        ("Encora raises $30M", "funding", ["Encora"], "Encora"),
        ("Exclusive: Encora raises $30M", "funding", ["Encora"], "Encora"),
        ("Former Acme engineers raise $15M for Dealia", "funding", ["Acme"], ""),
        ("Acme's Warmbo deal points ahead", "acquisition", ["Warmbo", "Acme"], "Acme"),
        ("Lower prices for Quill 5", "pricing", ["Acme"], "Acme"),
    ],
)
def test_a_deal_is_named_after_whom_it_is_told_of(title, event, vendors, name):
    """Who only invests, or was left, is not named."""
    one = story(title, event=event, vendors=vendors)
    (entry,) = build_deals(see([one], [one]))
    assert entry.name == name


def test_products_of_ours_stand_beside_a_deal_and_else_those_of_the_maker():
    """A price of another product touches none of ours, but its maker is one of ours."""
    breach = story("Acme leaks addresses", event="incident", vendors=["Acme"])
    price = story("Bolide raises API prices", event="pricing", vendors=["Bolide"], category="seo")
    relations = {
        breach.id: [Relation("product", ("Acme",), "Acme", "crm")],
        price.id: [Relation("vendor", ("Bolide Mail",), "Bolide", "seo")],
    }
    found = build_deals(see([], [breach, price], relations))
    assert [(entry.kind, entry.products, entry.maker_of) for entry in found] == [
        ("pricing", (), ("Bolide Mail",)),
        ("incident", ("Acme",), ()),
    ]


def test_who_was_bought_is_read_from_headline_or_text():
    """Of a purchase only."""
    one = story("Acme's Warmbo deal", event="acquisition", summary="Acme's acquisition is done.")
    other = story("Acme buys Warmbo ads", event="pricing")
    parties = [(entry.buyer, entry.bought) for entry in build_deals(see([], [one, other]))]
    assert parties == [("Acme", "Warmbo"), ("", "")]


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Quill 5 will be included in all Max plans", None),
        ("Quill 5 is included in all plans at no extra cost", "pricing"),
        ("Quill 5 is included in Max plans for $20", "pricing"),
    ],
)
def test_what_a_plan_holds_is_no_price(title, kind):
    """But what it costs is."""
    assert classify_deal(story(title, event="pricing")) == kind


def test_an_add_on_of_others_is_none_of_ours():
    """It is told as one, so that somebody looks whether it is installed."""
    one = story("Acme plugin Postly lets anybody in", event="incident", vendors=["Acme"])
    relations = {one.id: [Relation("product", ("Acme",), "Acme", "crm")]}
    (entry,) = build_deals(see([], [one], relations))
    assert (entry.products, entry.maker_of, entry.addon_to) == ((), (), ("Acme",))


@pytest.mark.parametrize(
    ("summary", "event", "priced"),
    [
        ("Acme pays $210 million, half of it in shares.", "acquisition", True),
        ("Acme zahlt 210 Millionen Euro.", "acquisition", True),
        ("Acme had 210 million visits.", "acquisition", False),
        ("Acme raises $210 million.", "funding", None),
    ],
)
def test_of_an_acquisition_it_is_known_whether_a_sum_is_told(summary, event, priced):
    one = story("Acme and Bolide", event=event, vendors=["Acme", "Bolide"], summary=summary)
    (entry,) = build_deals(see([one], [one]))
    assert entry.priced is priced
