"""Page one: a lead, what to decide, the figures that matter; nothing half empty, nothing made up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

import pytest

from digest.edition.front import build_front
from digest.edition.quarter import QuarterView
from digest.model.edition import CalendarEntry, Claim, FrontPage, Sentence, StackView, Theme
from digest.model.stack import Money, Product, Relation, Stack
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
) -> FrontPage:
    quarter = QuarterView(Stack(products), stories, stories, RELATIONS, tell, TODAY)
    return build_front(quarter, calendar, claims, themes, stack, summaries)


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


def test_one_decision_of_each_kind() -> None:
    """Changed terms first, then the nearest dated change, then the dearest contract."""
    front = make_front(
        DEAL,
        products=(DESK, SENDER, OLD),
        calendar=(make_duty(date(2026, 11, 15), ("Desk",)),),
    )
    assert [(one.question, one.owner, one.due, one.cost) for one in front.decisions] == [
        (
            "Before we renew Desk: what must its maker promise us?",
            "Ada",
            date(2026, 11, 2),
            Money(96000, "EUR"),
        ),
        ("Who prepares Desk for this change?", "Ada", date(2026, 11, 15), None),
        (
            "Do we keep Sender beyond its term?",
            "Ines",
            date(2026, 10, 31),
            Money(180000, "EUR"),
        ),
    ]
    assert front.decisions[0].reason == "“Acme buys Glint”"


def test_a_product_is_asked_about_once() -> None:
    """Its deal and its contract are one decision; what is left takes the places."""
    front = make_front(DEAL, PRICE, products=(DESK, SENDER, OLD))
    assert [one.question for one in front.decisions] == [
        "What will Sender cost us, and do we accept it?",
        "Before we renew Desk: what must its maker promise us?",
        "Do we let Oldmail end?",
    ]


@pytest.mark.parametrize(
    ("status", "question"),
    [
        ("trial", "Do we buy Desk after its trial?"),
        ("retiring", "Do we let Desk end?"),
        ("anchor", "Do we keep Desk beyond its term?"),
    ],
)
def test_the_question_follows_the_status(status: Any, question: str) -> None:
    """A trial is bought or not, what retires ends."""
    (decision,) = make_front(products=(replace(DESK, status=status),)).decisions
    assert decision.question == question
    assert decision.reason == "The contract ends on 1 January 2027, and notice is due before."


def test_a_notice_that_has_passed_is_no_decision() -> None:
    """Nothing can be decided of it any more."""
    past = replace(DESK, contract_end=date(2026, 10, 20))
    front = make_front(products=(past,))
    assert front.decisions == ()
    assert front.lead == ()


def test_the_cards_count_what_is_ours() -> None:
    """Money at stake, vendors that changed, dates ahead, claims with proof."""
    ours = Claim(
        story=tell(NEWS), subject="Desk", evidence="evidenced", points={}, products=("Desk",)
    )
    claims = (
        ours,
        replace(ours, evidence="claimed"),
        replace(ours, products=()),
        replace(ours, study=True),
    )
    calendar = (make_duty(date(2026, 11, 15)), make_duty(date(2027, 6, 1)))
    front = make_front(DEAL, products=(DESK, SENDER), calendar=calendar, claims=claims)
    assert [card.value for card in front.cards] == ["276,000 EUR", "1 of 2", "1", "2 of 3"]


def test_without_a_stack_the_cards_are_of_the_market() -> None:
    """The same frame, filled with what happened to anybody."""
    claim = Claim(story=tell(NEWS), subject="Desk", evidence="claimed", points={})
    front = make_front(
        DEAL, PRICE, NEWS, calendar=(make_duty(date(2026, 11, 15)),), claims=(claim,), stack=None
    )
    assert [(card.value, card.label) for card in front.cards] == [
        ("2", "purchases, closures and price changes"),
        ("1", "dates and duties in the next six months"),
        ("0 of 1", "AI claims quoted with proof"),
    ]
    assert [one.question for one in front.decisions] == [
        "Does this touch us, and who prepares for it?"
    ]


def test_the_lead_is_a_sentence_of_the_weightiest_theme_and_what_falls_due() -> None:
    """A sentence that gives a figure comes first; the rest is counted from the stack file."""
    theme = Theme(slug="ads", title="Ads", language="en", stories=(PRICE.id, NEWS.id))
    summaries = {
        DEAL.id: [Sentence("Acme pays $4 million for Glint.", "The Paper", "")],
        PRICE.id: [Sentence("Bolt changes its plans.", "The Paper", "")],
        NEWS.id: [
            Sentence("Acme adds a button.", "The Post", ""),
            Sentence("Ads took 9% of clicks.", "The Post", ""),
        ],
    }
    front = make_front(
        DEAL, PRICE, NEWS, products=(DESK, SENDER), themes=(theme,), summaries=summaries
    )
    assert front.lead == (
        "The Post: “Ads took 9% of clicks.”",
        "Contracts of 276,000 EUR a year come up for notice, the first on 31 October 2026.",
    )
    without = make_front(NEWS, calendar=(make_duty(date(2026, 11, 15)),), stack=None)
    assert without.lead == ("The next date: 15 November 2026, “Bids change”.",)
