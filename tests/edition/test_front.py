"""Page one: a lead, what to decide, the figures that matter; nothing half empty, nothing made up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

import pytest

from digest.edition.front import build_front
from digest.edition.front_questions import pick_decisions
from digest.edition.quarter import QuarterView
from digest.model.edition import (
    CalendarEntry,
    Claim,
    CoverageRow,
    FrontPage,
    RuleEntry,
    Sentence,
    StackView,
    Theme,
)
from digest.model.stack import Money, Product, Promise, Relation, Stack, Usage
from digest.model.story import Story
from tests.factories.stories import story, tell

TODAY = date(2026, 10, 1)
DESK = Product(
    "Desk",
    ("crm",),
    vendor="Acme",
    owner="Ada",
    cost=Money(96000, "EUR"),
    contract_end=date(2027, 1, 1),
    notice_days=60,
)
SENDER = Product(
    "Sender",
    ("email-marketing",),
    vendor="Bolt",
    owner="Ines",
    cost=Money(180000, "EUR"),
    contract_end=date(2027, 1, 31),
    notice_months=3,
)
OLD = Product(
    "Oldmail",
    ("email-marketing",),
    vendor="Mira",
    status="retiring",
    cost=Money(6000, "EUR"),
    contract_end=date(2026, 12, 31),
    notice_days=30,
)
DEAL = story("Acme buys Glint", event="acquisition", vendors=["Acme"])
PRICE = story("Bolt puts its price up", event="pricing", vendors=["Bolt"])
NEWS = story("Acme adds a button", event="update", vendors=["Acme"])
RELATIONS = {
    DEAL.id: (Relation("vendor", ("Desk",), "Acme", "crm"),),
    PRICE.id: (Relation("product", ("Sender",), "Bolt", "email-marketing"),),
    NEWS.id: (Relation("product", ("Desk",), "Acme", "crm"),),
}
STACK_VIEW: Any = object()  # that there is one is all that page one asks


def make_front(
    *stories: Story,
    products: tuple[Product, ...] = (),
    calendar: tuple[CalendarEntry, ...] = (),
    claims: tuple[Claim, ...] = (),
    themes: tuple[Theme, ...] = (),
    stack: StackView | None = STACK_VIEW,
    summaries: Mapping[str, Sequence[Sentence]] = MappingProxyType({}),
    promises: tuple[Promise, ...] = (),
    sources: tuple[str, ...] = (),  # that were read
) -> FrontPage:
    file = Stack(products, promises=promises)
    coverage = [read_source(name) for name in sources]
    quarter = QuarterView(file, stories, stories, RELATIONS, tell, TODAY, coverage=coverage)
    questions = pick_decisions(quarter, calendar, summaries)
    return build_front(quarter, calendar, claims, themes, stack, questions)


def read_source(name: str) -> CoverageRow:
    return CoverageRow(name, "vendor", None, 3, 1, "read", None, None, None)


def make_duty(day: date, products: tuple[str, ...] = (), **more: Any) -> CalendarEntry:
    return CalendarEntry(
        day=day,
        last=day,
        kind=more.pop("kind", "effective"),
        what="Bids change",
        language="en",
        story=tell(NEWS),
        products=products,
        **more,
    )


def test_a_quarter_of_nothing_has_nothing_on_page_one() -> None:
    """No empty card, no question without a reason."""
    assert make_front(stack=None) == FrontPage()


def test_one_decision_of_each_kind_the_nearest_first() -> None:
    """Changed terms, the nearest dated change, the dearest contract; each can be answered."""
    front = make_front(
        DEAL,
        products=(DESK, SENDER, OLD),
        calendar=(make_duty(date(2026, 11, 15), ("Rooms",)),),
    )
    assert [(one.question, one.owner, one.due, one.cost) for one in front.decisions] == [
        ("Renew Sender, or give notice?", "Ines", date(2026, 10, 31), Money(180000, "EUR")),
        ("Renew Desk, or give notice?", "Ada", date(2026, 11, 2), Money(96000, "EUR")),
        ("Give notice for Oldmail, as planned?", "", date(2026, 12, 1), Money(6000, "EUR")),
    ]
    assert front.decisions[1].reason == (
        "A deal of its maker (The Paper, 10 August 2026): “Acme buys Glint”. "
        "We hold no promise on its price."
    )


@pytest.mark.parametrize(
    ("category", "question"),
    [("crm", ["Replace what closes at Desk, or do without it?"]), ("video-marketing", [])],
)
def test_what_a_maker_ends_elsewhere_asks_nothing_of_our_product(
    category: str, question: list[str]
) -> None:
    """What it ends of the field that our product serves does."""
    one = story("Acme ends Reel", event="shutdown", vendors=["Acme"], category=category)
    relations = {one.id: (Relation("vendor", ("Desk",), "Acme", "crm"),)}
    desk = replace(DESK, contract_end=None)
    quarter = QuarterView(Stack((desk,)), [one], [one], relations, tell, TODAY)
    assert [row.question for row in pick_decisions(quarter, ()).decisions] == question


@pytest.mark.parametrize(
    ("kind", "question"),
    [
        ("effective", "Adapt Desk to the change of 15 November 2026, or accept it?"),
        ("deadline", "Do in time what is asked of users of Desk, or do without it?"),
        ("ends", "Replace what ends at Desk, or do without it?"),
    ],
)
def test_a_dated_change_asks_for_one_of_two_ways(kind: Any, question: str) -> None:
    """The reason is the source's own sentence, with its name."""
    desk = replace(DESK, contract_end=None)
    said = {NEWS.id: [Sentence("Acme ends its old bids on 15 November.", "The Post", "")]}
    (decision,) = make_front(
        products=(desk,),
        calendar=(make_duty(date(2026, 11, 15), ("Desk",), kind=kind),),
        summaries=said,
    ).decisions
    assert decision.question == question
    assert decision.reason == "The Post: “Acme ends its old bids on 15 November.”"


def test_what_is_due_within_two_quarters_is_named_where_it_is_not_asked() -> None:
    """The most money is asked about, in order of days; the rest that the card counts is a line."""
    small = replace(
        DESK,
        name="Words",
        cost=Money(12000, "EUR"),
        contract_end=date(2026, 12, 10),
        notice_days=30,
    )
    later = replace(DESK, name="Rooms", contract_end=date(2027, 6, 1))
    far = replace(DESK, name="Halls", contract_end=date(2027, 12, 1))
    bids = Product("Bids", ("search-social-ads",), owner="Bo")
    front = make_front(
        DEAL,
        products=(DESK, SENDER, small, later, far, bids),
        calendar=(make_duty(date(2026, 10, 5), ("Bids",)),),
    )
    assert [(one.products, one.due) for one in front.decisions] == [
        (("Bids",), date(2026, 10, 5)),
        (("Sender",), date(2026, 10, 31)),
        (("Desk",), date(2026, 11, 2)),
    ]
    assert front.also_due == (
        "Also due: Words 10 Nov (12,000 EUR) and Rooms 2 Apr 2027 (96,000 EUR)."
    )
    assert make_front(DEAL, products=(DESK,)).also_due is None


def test_a_product_is_asked_about_once() -> None:
    """Its deal and its contract are one decision; what is left takes the places."""
    front = make_front(DEAL, PRICE, products=(DESK, SENDER, OLD))
    assert [one.question for one in front.decisions] == [
        "Renew Sender, or give notice?",
        "Renew Desk, or give notice?",
        "Give notice for Oldmail, as planned?",
    ]


def test_changed_terms_of_a_contract_that_is_far_away_ask_for_a_word_of_the_maker() -> None:
    """There is nothing to renew yet."""
    far = replace(DESK, contract_end=date(2029, 1, 1))
    (decision,) = make_front(DEAL, products=(far,)).decisions
    assert decision.question == "Ask the maker of Desk now for its word on price and roadmap?"


def test_a_late_promise_speaks_against_a_renewal() -> None:
    """What was promised on price is not said to be missing."""
    promises = (
        Promise("Acme", "A fixed price for two years", by=date(2026, 9, 1)),
        Promise("Acme", "Kept", by=date(2026, 9, 1), state="shipped"),
    )
    (decision,) = make_front(DEAL, products=(DESK,), promises=promises).decisions
    assert decision.reason.endswith(
        "“A fixed price for two years” was due on 1 September 2026; its maker has no "
        "source of its own here: has it come?"
    )
    assert "Kept" not in decision.reason
    assert "no promise" not in decision.reason
    (decision,) = make_front(DEAL, products=(DESK,), promises=promises, sources=("Acme",)).decisions
    assert "for 1 September 2026 is not recorded as kept: “A fixed price" in decision.reason


def test_what_was_told_of_a_late_promises_product_stands_beside_it() -> None:
    promise = Promise(
        "Acme", "Deskmate answers all letters", promised=date(2026, 3, 1), by=date(2026, 6, 30)
    )
    told = story("Few companies use Deskmate", event="opinion", vendors=["Acme"])
    (decision,) = make_front(told, products=(DESK,), promises=(promise,)).decisions
    assert decision.reason == (
        "“Deskmate answers all letters” was due on 30 June 2026; its maker has no source of its "
        "own here: has it come? “Few companies use Deskmate” (The Paper, 10 Aug, a comment)."
    )


def test_what_is_done_with_our_data_speaks_on_a_renewal() -> None:
    """Of our product alone."""
    ours = story("Desk shares customer data with its models", vendors=["Acme"], event="other")
    others = story("Sender shares customer data with its models", vendors=["Bolt"], event="other")
    relations = {
        ours.id: (Relation("product", ("Desk",), "Acme", "crm"),),
        others.id: (Relation("product", ("Sender",), "Bolt", "email-marketing"),),
    }
    quarter = QuarterView(Stack((DESK,)), (), (others, ours), relations, tell, TODAY)
    (decision,) = pick_decisions(quarter, ()).decisions
    assert decision.reason.endswith(
        "“Desk shares customer data with its models” (The Paper, 10 Aug, its headline alone)."
    )
    assert "Sender" not in decision.reason


def test_a_card_says_how_many_vendors_nobody_watches() -> None:
    front = make_front(DEAL, products=(DESK, SENDER), sources=("Acme",))
    label = "of our vendors with a deal, an end or a new price; no source of their own: 1"
    assert front.cards[1].label == f"{label} (180,000 EUR)"
    free = replace(SENDER, cost=None)
    front = make_front(DEAL, products=(DESK, free), sources=("Acme",))
    assert front.cards[1].label == label
    front = make_front(DEAL, products=(DESK, SENDER), sources=("Acme", "Bolt"))
    assert front.cards[1].label == "of our vendors with a deal, a closure or a price change"


def test_a_reason_has_whole_facts_alone() -> None:
    """What does not fit is left out, and a shorter one after it is told."""
    promises = tuple(
        Promise("Acme", f"{word} " * 9 + "letters", by=date(2026, 6, 30))
        for word in ("Green", "Large", "Plain")
    )
    desk = replace(DESK, usage=Usage(seats=60, used=45))
    (decision,) = make_front(products=(desk,), promises=promises).decisions
    assert "Green" in decision.reason
    assert "Large" not in decision.reason
    assert decision.reason.endswith("15 of 60 seats unused, at 24,000 EUR a year.")


def test_a_renewal_is_weighed_by_seats_and_by_what_is_promised_until_its_notice() -> None:
    """What is promised for later is no reason yet."""
    promises = (
        Promise("Acme", "Agents in every plan", by=date(2026, 10, 30)),
        Promise("Acme", "A new design", by=date(2026, 12, 30)),
    )
    desk = replace(DESK, usage=Usage(seats=60, used=45))
    (decision,) = make_front(DEAL, products=(desk,), promises=promises).decisions
    assert "Its maker promised by 30 October 2026: “Agents in every plan”." in decision.reason
    assert "15 of 60 seats unused, at 24,000 EUR a year." in decision.reason
    assert "A new design" not in decision.reason


@pytest.mark.parametrize(
    ("status", "question"),
    [
        ("trial", "Buy Desk, or end its trial?"),
        ("retiring", "Give notice for Desk, as planned?"),
        ("anchor", "Renew Desk, or give notice?"),
    ],
)
def test_the_question_follows_the_status(status: Any, question: str) -> None:
    """A trial is bought or not, what retires ends."""
    (decision,) = make_front(products=(replace(DESK, status=status),)).decisions
    assert decision.question == question
    assert decision.reason == "The contract runs to 1 January 2027."


def test_a_notice_that_has_passed_is_no_decision() -> None:
    """Nothing can be decided of it any more."""
    past = replace(DESK, contract_end=date(2026, 10, 20))
    front = make_front(products=(past,))
    assert front.decisions == ()
    assert front.lead == ()


def test_the_cards_count_what_is_ours() -> None:
    """Money at stake, vendors that changed, dates ahead, claims with proof."""
    ours = Claim(
        story=tell(NEWS),
        subject="Desk",
        evidence="evidenced",
        points={"result": Sentence("Desk cut the work by 50%.", "The Paper", "")},
        products=("Desk",),
        speaker="independent",
    )
    claims = (
        replace(ours, speaker="vendor"),
        replace(ours, points={}),
        replace(ours, products=()),
        replace(ours, study=True),
    )
    calendar = (make_duty(date(2026, 11, 15)), make_duty(date(2027, 6, 1)))
    front = make_front(DEAL, products=(DESK, SENDER), calendar=calendar, claims=claims)
    assert [card.value for card in front.cards] == ["276,000 EUR", "1 of 2", "1", "1 of 3"]
    assert front.cards[-1].label == ("AI claims measured by others, 1 by their vendors")


def test_without_a_stack_the_cards_are_of_the_market() -> None:
    """The same frame, filled with what happened to anybody."""
    claim = Claim(story=tell(NEWS), subject="Desk", evidence="claimed", points={})
    front = make_front(
        DEAL, PRICE, NEWS, calendar=(make_duty(date(2026, 11, 15)),), claims=(claim,), stack=None
    )
    assert [(card.value, card.label) for card in front.cards] == [
        ("2", "purchases, closures and price changes"),
        ("1", "dates and duties in the next six months"),
        ("0 of 1", "AI claims measured by others"),
    ]
    assert [one.question for one in front.decisions] == [
        "Does this touch us: “Acme adds a button”?"
    ]


def test_the_lead_is_made_of_facts_and_says_no_sentence_of_a_story() -> None:
    """The weightiest theme's finding, what happened to own vendors; a card tells what is due."""
    theme = Theme(slug="ads", title="Ads: 3 stories", language="", stories=(PRICE.id, NEWS.id))
    front = make_front(DEAL, NEWS, products=(DESK, SENDER), themes=(theme,))
    assert front.lead == (
        "Ads: 3 stories.",
        "News of our vendors: deals (Acme).",
    )
    assert front.cards[0].label == ("a year up for notice, first on 31 October 2026")
    both = make_front(DEAL, PRICE, products=(DESK, SENDER))
    assert both.lead == ("News of our vendors: deals (Acme); price changes (Bolt).",)
    free = replace(DESK, cost=None)
    assert make_front(products=(free,)).lead == (
        "Contracts come up for notice, the first on 2 November 2026.",
    )
    without = make_front(NEWS, calendar=(make_duty(date(2026, 11, 15)),), stack=None)
    assert without.lead == ("The next date: 15 November 2026, “Bids change”.",)


def test_since_when_is_said_or_said_to_be_missing() -> None:
    """Of what binds; a study and an update without a day say nothing."""
    dated = story(
        "Acme moves its bids",
        summary="From 1 September 2026, Acme moves its bids.",
        day="2026-09-02",
    )
    planned = story("Acme moves its ads", summary="From 2 September 2026, Acme moves its ads.")
    rule = story("A rule on labels", event="regulation", vendors=[])
    requires = story("Acme requires a label")
    study = story("A study of labels", event="research")
    since = make_front(dated, planned, rule, requires, study).since
    assert since[dated.id] == "In force since 1 September 2026."
    # What was only announced may have changed since.
    assert since[planned.id] == "Was announced for 2 September 2026."
    assert since[rule.id] == since[requires.id] == "No start date is given."
    assert study.id not in since


def test_a_day_that_another_report_confirmed_is_no_announcement() -> None:
    law = story("A law on labels", event="regulation", vendors=[])
    item = replace(law.lead.item, summary="The law applies from 2 September 2026.")
    lead = replace(law.lead, item=item)
    planned = replace(law, items=(lead,), lead=lead)
    day = date(2026, 9, 2)
    for forecast, words in ((True, "Was announced for"), (False, "In force since")):
        rule = RuleEntry(story=tell(planned), kind="in force", day=day, last=day, forecast=forecast)
        quarter = QuarterView(Stack(), [planned], [planned], {}, tell, TODAY)
        since = build_front(quarter, (), (), (), None, rules=(rule,)).since
        assert since[planned.id] == f"{words} 2 September 2026."


def test_a_case_has_no_start_date_to_miss() -> None:
    case = story("Court dismisses claims on labels", event="regulation", vendors=[])
    entry = RuleEntry(story=tell(case), kind="ruling")
    assert (
        case.id
        not in build_front(
            QuarterView(Stack(), [case], [case], {}, tell, TODAY), (), (), (), None, rules=(entry,)
        ).since
    )


def test_incidents_of_our_own_products_come_first_beside_three_other_questions() -> None:
    """A sure one of the product itself; one of its maker's other products is none."""
    flaw = story("Sender has a flaw that lets strangers in", event="incident", vendors=["Bolt"])
    other = story("Acme's shop was down", event="incident", vendors=["Acme"], category="seo")
    addon = story("A flaw in a Desk plugin", event="incident", vendors=["Acme"])
    own_addon = story("Hole in a Sender plugin", event="incident", vendors=["Bolt"])
    relations = {
        flaw.id: (Relation("product", ("Sender",), "Bolt", "email-marketing"),),
        other.id: (Relation("vendor", ("Desk",), "Acme", "crm"),),
        addon.id: (Relation("product", ("Desk",), "Acme", "crm"),),
        own_addon.id: (Relation("product", ("Sender",), "Bolt", "email-marketing"),),
    }
    stories = (addon, other, flaw, own_addon)
    quarter = QuarterView(Stack((DESK, SENDER, OLD)), stories, stories, relations, tell, TODAY)
    found = pick_decisions(quarter, ())
    first, *rest = found.decisions
    assert first.question == "Is our Sender affected, and is it patched?"
    assert (first.owner, first.story, first.due) == ("Ines", flaw.id, None)
    assert "Sender has a flaw that lets strangers in" in first.reason
    assert "An add-on, too: “Hole in a Sender plugin”." in first.reason
    assert len(rest) == 3
    front = build_front(quarter, (), (), (), STACK_VIEW, found)
    assert "News of our vendors: a breach, weakness or outage (Sender)." in front.lead
    # What the table of deals says to touch us is named, as its maker's where ours was not hit.
    broke_in = story("AI of Acme broke into Dax", event="incident", vendors=["Acme"])
    named = {broke_in.id: (Relation("product", ("Desk",), "Acme", "crm"),), **relations}
    told = replace(quarter, stories=(*stories, broke_in), relations=named)
    front = build_front(told, (), (), (), STACK_VIEW, pick_decisions(told, ()))
    assert "News of our vendors: a breach, weakness or outage (Sender and Acme)." in front.lead


@pytest.mark.parametrize(
    ("title", "question"),
    [
        ("Sender has a flaw", "Is our Sender affected, and is it patched?"),
        ("Sender was breached", "Is our data in Sender affected?"),
        ("Sender was down on Monday", ""),
        ("Sender's AI hacked a bank", ""),
    ],
)
def test_an_incident_is_a_question_where_something_is_to_be_checked(
    title: str, question: str
) -> None:
    """An outage is over, and AI that attacked others leaves nothing of ours to check."""
    told = story(title, event="incident", vendors=["Bolt"])
    relations = {told.id: (Relation("product", ("Sender",), "Bolt", "email-marketing"),)}
    quarter = QuarterView(Stack((SENDER,)), (told,), (told,), relations, tell, TODAY)
    asked = [one.question for one in pick_decisions(quarter, ()).decisions if one.story == told.id]
    assert asked == ([question] if question else [])


def test_a_dated_price_asks_whether_to_accept_it() -> None:
    desk = replace(DESK, contract_end=None)
    entry = replace(make_duty(date(2026, 11, 15), ("Desk",)), story=tell(PRICE))
    (decision,) = make_front(products=(desk,), calendar=(entry,)).decisions
    assert decision.question == "Accept the new price of Desk, or look for another product?"
