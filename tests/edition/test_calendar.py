"""Dates and duties of the next two quarters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from digest.edition import QuarterView, build_calendar, build_rules
from digest.model.decisions import TeamDecision
from digest.model.edition import CalendarEntry
from digest.model.stack import Money, Product, Promise, Relation, Stack
from digest.model.story import Story
from digest.period import PLANNING_HORIZON
from tests.factories.stories import story, tell

TODAY = date(2026, 8, 20)
ACME = Product(
    "Acme",
    ("crm",),
    owner="Ada",
    cost=Money(96000, "EUR"),
    contract_end=date(2027, 1, 1),
    notice_days=60,
)
BOLIDE = Product(
    "Bolide", ("seo",), status="retiring", contract_end=date(2026, 9, 30), notice_days=30
)
FREE = replace(ACME, contract_end=None)
NO_STACK = Stack()
OURS = Relation("product", ("Acme",), "Acme", "crm")


def see(
    stories: Sequence[Story] = (),
    stack: Stack = NO_STACK,
    relations: Mapping[str, Sequence[Relation]] | None = None,
) -> QuarterView:
    return QuarterView(stack, stories, stories, relations or {}, tell, TODAY)


def list_rows(entries: Sequence[CalendarEntry]) -> list[tuple[str, str, str]]:
    return [(str(entry.day), entry.kind, str(entry.what)) for entry in entries]


def test_contracts_give_their_notice_and_their_end_with_owner_and_cost() -> None:
    found = build_calendar(see(stack=Stack(products=(ACME, BOLIDE))))
    assert list_rows(found) == [
        ("2026-08-31", "notice", "Bolide, which we are retiring: last day to give notice"),
        ("2026-09-30", "contract end", "Bolide: contract ends"),
        ("2026-11-02", "notice", "Acme: last day to give notice"),
        ("2027-01-01", "contract end", "Acme: contract ends"),
    ]
    assert [(entry.owner, entry.cost) for entry in found[2:]] == [("Ada", ACME.cost)] * 2


def test_what_costs_nothing_shows_no_cost() -> None:
    free = replace(ACME, cost=Money(0, "EUR"))
    assert {entry.cost for entry in build_calendar(see(stack=Stack(products=(free,))))} == {None}


def test_promises_decisions_and_the_policy() -> None:
    stack = Stack(
        products=(replace(ACME, contract_end=None),),
        promises=(
            Promise("Acme", "agents in every plan", by=date(2026, 9, 30)),
            Promise("Acme", "a voice", by=date(2026, 9, 30), state="shipped"),
            Promise("Acme", "a face", by=date(2026, 6, 30)),
        ),
        policy_reviewed=date(2025, 9, 1),
    )
    decisions = (
        TeamDecision("Renew Acme?", owner="Ada", due=date(2026, 8, 1)),
        TeamDecision("Try Bolide?", due=date(2026, 10, 1), state="done"),
        TeamDecision("Some day"),
    )
    assert list_rows(build_calendar(see(stack=stack), decisions)) == [
        ("2026-08-01", "decision", "Decision due: Renew Acme?"),
        ("2026-09-01", "review", "AI policy: a year since its last review on 1 September 2025"),
        ("2026-09-30", "promise", "Acme has promised: agents in every plan"),
    ]


def test_a_story_gives_its_date_with_the_sentence_and_what_it_touches() -> None:
    news = story(
        "Acme ends its old editor",
        event="shutdown",
        vendors=["Acme"],
        summary="Acme has news. Its old editor will be shut down on 31 October 2026. Read more…",
    )
    (entry,) = build_calendar(
        see([news], Stack(products=(replace(ACME, contract_end=None),)), {news.id: [OURS]})
    )
    assert (entry.day, entry.kind, entry.what, entry.language) == (
        date(2026, 10, 31),
        "ends",
        "Acme ends its old editor",
        "en",
    )
    assert entry.quote is not None
    assert entry.quote.text == "Its old editor will be shut down on 31 October 2026."
    assert (entry.products, entry.owner, entry.cost) == (("Acme",), "Ada", None)


def test_a_short_sentence_that_names_the_vendor_says_what_the_headline_does_not() -> None:
    news = story(
        "Introducing Acme 5",
        vendors=["Acme"],
        summary="It is here. Acme 4 remains available until 31 October 2026.",
    )
    (entry,) = build_calendar(see([news]))
    assert entry.what == "Acme 4 remains available until 31 October 2026."


def test_a_sentence_on_our_one_product_says_what_the_headline_does_not() -> None:
    """Its own column names the product."""
    told = story(
        "Meet your new teammates",
        event="pricing",
        vendors=["Acme"],
        summary="The free use ends on 31 October.",
    )
    (entry,) = build_calendar(see([told], relations={told.id: (OURS,)}, stack=Stack((FREE,))))
    assert (entry.what, entry.products) == ("The free use ends on 31 October.", ("Acme",))


def test_dates_without_a_consequence_are_left_out() -> None:
    told = [
        story("A study", event="research", summary="The new fee takes effect on 1 October."),
        story("A launch", event="launch", summary="The beta is in all plans from 1 October."),
        story("A feature", summary="A calendar will be in all plans from 1 October."),
        story("A thing of the past", event="pricing", day="2026-07-02", summary="Prices rise from 1 August."),
        story("Of the year after", event="regulation", summary="The law applies from 1 August 2027."),
    ]  # fmt: skip
    assert build_calendar(see(told)) == ()


def test_a_date_that_several_stories_tell_stands_once() -> None:
    text = "The law applies from 1 October."
    first, second, third = (
        story("The law is printed", event="regulation", category="seo", summary=text),
        story("A law for all", event="regulation", category="seo", summary="The law applies from October."),
        story("Another law", event="regulation", category="crm", summary=text),
    )  # fmt: skip
    found = build_calendar(see([first, second, third]))
    assert [entry.what for entry in found] == ["Another law", "The law is printed"]


def test_what_ends_by_a_day_and_takes_effect_on_it_is_one_fact() -> None:
    """Of one story, whose reports may call it by either name."""
    told = story(
        "Acme ends journeys",
        event="shutdown",
        vendors=["Acme"],
        summary="The service ends on 1 October. The change takes effect on 1 October.",
    )
    found = build_calendar(see([told], Stack((ACME,)), {told.id: (OURS,)}))
    assert [entry.kind for entry in found if entry.story] == ["ends"]


def test_a_date_that_a_later_report_takes_back_is_none() -> None:
    """It names the same maker, product and day; an earlier report and another product do not."""
    launch = story(
        "Acme launches Bolide 5",
        vendors=["Acme"],
        event="launch",
        summary="Its introductory price is 2 euros, then 3 from 1 September 2026.",
        day="2026-08-01",
    )
    cancelled = story(
        "Acme keeps Bolide 5 cheap",
        vendors=["Acme"],
        event="pricing",
        summary="Acme makes the price permanent, canceling a planned September 1 increase.",
        day="2026-08-10",
    )
    (row,) = build_calendar(see([launch]))
    assert (str(row.day), row.of_price) == ("2026-09-01", True)
    assert build_calendar(see([launch, cancelled])) == ()
    other = story(
        "Acme launches Cargo",
        vendors=["Acme"],
        event="pricing",
        summary="Its price rises from 1 September 2026.",
        day="2026-08-01",
    )
    assert len(build_calendar(see([other, cancelled]))) == 1
    again = replace_day(launch, "2026-08-12")
    assert len(build_calendar(see([again, cancelled]))) == 1


def replace_day(one: Story, day: str) -> Story:
    """Return a story published on another day."""
    when = one.lead.item.first_seen.replace(day=int(day[-2:]))
    item = replace(one.lead.item, published=when, first_seen=when)
    lead = replace(one.lead, item=item)
    return replace(one, items=(lead,), lead=lead)


def test_the_price_of_a_model_is_that_of_no_product_that_it_does_not_name() -> None:
    """A maker's other price touches ours only where the sentence says so."""
    launch = story(
        "Acme launches Bolide 5",
        vendors=["Acme"],
        event="launch",
        summary="Its introductory price is 2 euros, then 3 from 1 September 2026.",
    )
    stack = Stack(products=(FREE,))
    (row,) = build_calendar(see([launch], stack, {launch.id: [OURS]}))
    assert row.products == ()


def test_a_date_of_somebody_elses_product_is_not_ours() -> None:
    """Its sentence names another company, and neither our product nor its maker."""
    told = story(
        "Acme and Corvid end their old plans",
        event="shutdown",
        vendors=["Acme", "Corvid"],
        summary="Corvid ends its plans on 1 October. Acme ends its plans on 5 October.",
    )
    found = build_calendar(see([told], Stack((ACME,)), {told.id: (OURS,)}))
    ours = {str(entry.day): entry.products for entry in found if entry.story}
    assert ours == {"2026-10-01": (), "2026-10-05": ("Acme",)}


def test_an_answer_to_a_draft_is_no_duty_of_a_product() -> None:
    """The day of a consultation stands there, without our products."""
    draft = story(
        "Consultation: a draft standard for signals",
        event="regulation",
        category="crm",
        summary="Comments must be sent by 1 October.",
    )
    quarter = see([draft], Stack((ACME,)))
    (entry,) = (one for one in build_calendar(quarter, (), build_rules(quarter)) if one.story)
    assert (str(entry.day), entry.products) == ("2026-10-01", ())


def test_a_sentence_that_a_page_is_glued_to_is_not_quoted() -> None:
    glued = (
        "August 3, 2026 A law Skip to content - Paper ## A law The law applies from 1 October. "
        "It applies from 1 October. The law applies from 1 October 2026."
    )
    (entry,) = build_calendar(see([story("A law", event="regulation", summary=glued)]))
    assert entry.quote is not None
    assert entry.quote.text == "The law applies from 1 October 2026."


@given(
    st.lists(
        st.tuples(
            st.dates(TODAY - timedelta(days=400), TODAY + timedelta(days=900)),
            st.integers(0, 200),
            st.integers(0, 100_000),
        ),
        max_size=60,
    )
)
def test_entries_are_in_order_and_no_contract_is_missing(
    contracts: list[tuple[date, int, int]],
) -> None:
    products = tuple(
        Product(f"P{n}", ("crm",), cost=Money(cost, "EUR"), contract_end=end, notice_days=days)
        for n, (end, days, cost) in enumerate(contracts)
    )
    news = story("A law", event="regulation", summary="The law applies from late September.")
    found = build_calendar(see([news], Stack(products=products)))
    days = [entry.day for entry in found]
    assert days == sorted(days)
    told = {(entry.products[0], entry.kind, entry.day) for entry in found if entry.products}
    soon = TODAY + PLANNING_HORIZON
    assert told == {
        (product.name, kind, day)
        for product in products
        for kind, day in (("notice", product.notice_by), ("contract end", product.contract_end))
        if day and TODAY <= day <= soon
    }
