"""The items of the review's agenda: what to decide, why now, who, until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from digest.edition.quarter import QuarterView
from digest.edition.stack.basis import AgendaBasis
from digest.edition.stack.evidence import list_evidence
from digest.edition.stack.gaps import list_gap_items
from digest.edition.stack.goals import list_strategy_items
from digest.edition.stack.open_items import list_open_items
from digest.edition.stack.overlaps import list_overlapping
from digest.edition.stack.usage import list_usage_items
from digest.i18n import TranslatableText
from digest.model.edition import AgendaItem, CoverageRow, FrontDecision, RuleEntry, RuleRow
from digest.model.stack import (
    Goal,
    GoalMeasure,
    Money,
    Product,
    ProductAi,
    Promise,
    Relation,
    Stack,
    Status,
    Usage,
)
from digest.model.story import Story
from tests.factories.stories import story, tell

TODAY = date(2026, 9, 30)
SENDER = Product(
    "Sender",
    ("email-marketing",),
    vendor="Bolt",
    owner="Ines",
    users=10,
    cost=Money(20000, "EUR"),
    contract_end=date(2026, 12, 31),
    notice_days=30,
    contribution="Sends a third of all letters.",
)
GOAL = Goal("Win back customers", ("email-marketing", "seo"))
OLD = replace(SENDER, name="Oldmail", vendor="Mira", status="retiring", owner="Ada")


def view(
    stack: Stack, *stories: Story, relations: Mapping[str, tuple[Relation, ...]] | None = None
) -> QuarterView:
    return QuarterView(stack, stories, stories, relations or {}, tell, TODAY)


def tell_items(items: tuple[AgendaItem, ...]) -> list[tuple[str, str]]:
    return [(one.what, one.why) for one in items]


def test_a_goal_is_weighed_by_what_speaks_for_and_against_it() -> None:
    """The best of each, each with its story; nobody owns a goal by file, so one is proposed.

    What is new in its field alone speaks for no plan of ours.
    """
    field = story("Mira adds a button", category="email-marketing", vendors=["Mira"])
    news = story("Bolt adds a button to Sender", category="email-marketing")
    forced = story("Bolt requires a new key", category="email-marketing")
    ours = (Relation("product", ("Sender",), "Bolt"),)
    quarter = view(
        Stack((SENDER,), (GOAL,)),
        *(field, news, forced),
        relations={forced.id: ours, news.id: ours},
    )
    first, policy = list_strategy_items(quarter, AgendaBasis())
    assert first.what == "Keep the plan for “Win back customers” as it is?"
    assert (first.owner, first.proposed) == ("", "Ines")
    assert first.why == (
        "no figure of it in the stack file · For: “Bolt adds a button to Sender” · "
        "To weigh: “Bolt requires a new key”, which its users must follow"
    )
    assert [fact.story for fact in first.facts] == [None, news.id, forced.id]
    assert policy.what == "Write down a policy on AI at work."


def test_what_speaks_of_a_goals_own_words_is_weighed_first() -> None:
    """The key that all must have says less of customers than what decides who is shown a shop."""
    key = story("Bolt requires a new key", category="email-marketing")
    buyers = story("Bolt requires consent of returning customers", category="email-marketing")
    ours = (Relation("product", ("Sender",), "Bolt"),)
    quarter = view(
        Stack((SENDER,), (GOAL,)), key, buyers, relations=dict.fromkeys([key.id, buyers.id], ours)
    )
    first, *_ = list_strategy_items(quarter, AgendaBasis())
    assert [fact.story for fact in first.facts] == [None, buyers.id]


@pytest.mark.parametrize(
    ("product", "kind", "event", "why"),
    [
        (SENDER, "product", "pricing", "To weigh: a price change at Sender: “A lower price”"),
        (
            SENDER,
            "vendor",
            "pricing",
            (
                "To weigh: a price change at Bolt, maker of Sender, which is not named: "
                "“A lower price”"
            ),
        ),
        (
            SENDER,
            "vendor",
            "incident",
            "To weigh: an incident at Bolt, maker of Sender: “A lower price”",
        ),
        (
            replace(SENDER, categories=("crm", "email-marketing")),
            "product",
            "pricing",
            "To weigh: nothing that we run serves SEO",
        ),
        (OLD, "product", "pricing", "To weigh: Oldmail is being retired"),
    ],
)
def test_only_what_serves_a_goal_first_is_weighed(
    product: Product, kind: Any, event: Any, why: str
) -> None:
    """What befalls a maker is not said of its product."""
    news = story("A lower price", event=event, vendors=["Bolt"])
    related = {news.id: (Relation(kind, (product.name,), "Bolt"),)}
    quarter = view(Stack((product,), (GOAL,)), news, relations=related)
    first, *_ = list_strategy_items(quarter, AgendaBasis())
    assert first.why == f"no figure of it in the stack file · {why}"


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("on November 14, 2026", "from 14 November 2026, in the U.S. first"),
        ("in late November 2026", "to begin in late November 2026, in the U.S. first"),
    ],
    ids=["a day", "a part of a month"],
)
def test_a_change_that_begins_elsewhere_says_where(when: str, told: str) -> None:
    """Whether its day is known or only about when."""
    forced = story(
        "Sender requires a new key",
        category="email-marketing",
        vendors=["Bolt"],
        summary=f"The new key is required {when}. A small group of U.S. customers comes first.",
    )
    related = {forced.id: (Relation("product", ("Sender",), "Bolt"),)}
    goal = Goal("Win back customers", ("email-marketing",))
    quarter = view(Stack((SENDER,), (goal,)), forced, relations=related)
    first, *_ = list_strategy_items(quarter, AgendaBasis())
    assert first.why.endswith(f"“Sender requires a new key”, {told}")


def test_a_goal_is_told_with_how_it_stands() -> None:
    """A meeting on a goal needs its measure before the news."""
    measure = GoalMeasure(41.2, date(2026, 8, 15), 38, "EUR", "cost of a lead")
    goal = Goal("Win back customers", ("email-marketing",), measure=measure)
    first, *_ = list_strategy_items(view(Stack((SENDER,), (goal,))), AgendaBasis())
    assert first.why == (
        "cost of a lead: 41.20 EUR on 15 August 2026, target 38 EUR · "
        "The quarter brought nothing for or against it."
    )


def test_a_goal_that_nothing_touches_is_told_so() -> None:
    served = view(Stack((SENDER,), (Goal("Win back customers", ("email-marketing",)),)))
    first, *_ = list_strategy_items(served, AgendaBasis())
    assert [str(fact.text) for fact in first.facts] == [
        "no figure of it in the stack file",
        "The quarter brought nothing for or against it.",
    ]


def test_what_many_own_is_each_owners() -> None:
    """Nobody answers for the figures of another's product."""
    bare = Product("Desk", ("crm",), owner="Ada", cost=Money(1, "EUR"))
    (item,) = list_usage_items(view(Stack((replace(SENDER, contribution="Letters"), bare))))
    assert item.owner == "each owner"


def test_what_the_file_does_not_measure_is_named() -> None:
    bare = Product("Desk", ("crm",), contribution="Holds leads.")
    found = tell_items(list_usage_items(view(Stack((SENDER, bare)))))
    assert [what for what, _ in found] == ["Record the figures that the stack file lacks."]
    assert found[0][1] == (
        "The yearly cost of Desk: without it the total, its share and the cost for a customer are "
        "too low. No number of users in the stack file: Desk. "
        "Among what stays, no figure of active use: Sender and Desk. "
        "A yield is recorded for Sender alone."
    )


def test_seats_are_matched_to_their_use() -> None:
    """More users than seats, or a fifth of the seats unused, or dear ones; never what retires.

    What costs most comes first.
    """

    def seat(name: str, used: int, status: Status = "in use", cost: Money | None = None) -> Product:
        usage = Usage(seats=60, used=used)
        return replace(SENDER, name=name, status=status, usage=usage, cost=cost)

    products = (
        seat("Desk", 61),
        seat("Sender", 48, cost=Money(6000, "EUR")),
        seat("Shop", 49),
        seat("Anchor", 57, cost=Money(120_000, "EUR")),
        seat("Pen", 59, cost=Money(6000, "EUR")),
        seat("Quill", 12),
        seat("Oldmail", 1, status="retiring"),
    )
    found = {str(one.what): one for one in list_usage_items(view(Stack(products)))}
    item = found["Match the seats that we pay for to those in use."]
    assert item.why == (
        "Anchor: 3 of 60 seats unused, at 6,000 EUR a year. "
        "Sender: 12 of 60 seats unused, at 1,200 EUR a year. "
        "Desk: 61 users on 60 seats. "
        "Quill: 12 of 60 seats used."
    )
    assert item.owner == "Ines"


def test_what_a_vendor_may_do_with_our_data_is_settled() -> None:
    """Of our products alone, even where the machine holds the story for no news."""
    told = story("Bolt reverses course on data sharing")
    doubted = story("Bolt trains its AI on customer data")
    other = story("Corvid drops data sharing")
    related = {one.id: (Relation("product", ("Sender",), "Bolt"),) for one in (told, doubted)}
    quarter = replace(view(Stack((SENDER,)), told, other, relations=related), doubtful=(doubted,))
    found = [one for one in list_open_items(quarter, (), AgendaBasis()) if "data" in one.what]
    assert [(one.what, one.story, one.owner) for one in found] == [
        ("Settle what Sender may do with our data?", told.id, "Ines"),
        ("Settle what Sender may do with our data?", doubted.id, "Ines"),
    ]


def test_a_trial_is_bought_or_ended() -> None:
    (item,) = list_usage_items(view(Stack((replace(SENDER, status="trial"),))))
    assert (item.what, item.due) == ("Buy Sender, or end its trial?", date(2026, 12, 1))
    assert item.why == "On trial with 10 users at 20,000 EUR a year."


BREACH = story("Bolt tells of a breach", event="incident", vendors=["Bolt"])
THREAT = story("AI replaces search", event="opinion", ai="core", category="email-marketing")
AGAINST = story(
    "What shops see",
    event="research",
    ai="core",
    category="email-marketing",
    summary="Larkhill says that AI is not replacing search for its shops.",
)
RIVAL = story(
    "Mira opens Quill",
    event="launch",
    ai="core",
    evidence="claimed",
    category="email-marketing",
    vendors=["Mira"],
    summary="Mira lets Quill write the letters of shops.",
)
ADDON = story("Sender plugin Posty tells of a breach", event="incident", vendors=["Sender"])
EVIDENCE_OF = {
    BREACH.id: (Relation("vendor", ("Sender",), "Bolt"),),
    ADDON.id: (Relation("product", ("Sender",), "Bolt"),),
    RIVAL.id: (Relation("rival", ("Sender",), "Mira", "email-marketing"),),
}


@pytest.mark.parametrize(
    ("stories", "evidence"),
    [
        ([BREACH], ["An incident at its maker: “Bolt tells of a breach”."]),
        ([ADDON], []),
        ([THREAT], ["AI could threaten its field: “AI replaces search”."]),
        (
            [THREAT, AGAINST],
            ["AI could threaten its field, which others dispute: “AI replaces search”."],
        ),
        ([RIVAL], ["Mira brings AI into its field: “Mira opens Quill”."]),
        (
            [RIVAL, THREAT, BREACH],
            [
                "An incident at its maker: “Bolt tells of a breach”.",
                "AI could threaten its field: “AI replaces search”.",
            ],
        ),
    ],
    ids=["incident", "of an add-on", "threat", "disputed", "rival", "all"],
)
def test_the_quarters_evidence_stands_beside_a_renewal_and_a_trial(
    stories: list[Story], evidence: list[str]
) -> None:
    """The maker's incident first; a rival only where no report threatens the field."""
    quarter = view(Stack((SENDER,)), *stories, relations=EVIDENCE_OF)
    assert [str(one) for one in list_evidence(SENDER, quarter)] == evidence
    (renewal,) = [
        one for one in list_open_items(quarter, (), AgendaBasis()) if one.what.startswith("Renew")
    ]
    tried = view(Stack((replace(SENDER, status="trial"),)), *stories, relations=EVIDENCE_OF)
    (trial,) = list_usage_items(tried)
    for item in (renewal, trial):
        said = str(item.why)
        assert said.endswith(" ".join(evidence))
        assert ("incident" in said or "AI " in said) == bool(evidence)


def test_an_incident_that_may_be_no_news_is_evidence() -> None:
    quarter = view(Stack((SENDER,)), THREAT, relations=EVIDENCE_OF)
    assert len(list_evidence(SENDER, quarter)) == 1
    assert len(list_evidence(SENDER, replace(quarter, doubtful=(BREACH,)))) == 2


def test_the_work_of_what_retires_goes_to_what_serves_the_same() -> None:
    """Its notice is asked with it, once, and not where page one asks for it."""
    quarter = view(Stack((SENDER, OLD)))
    succession, *_ = list_gap_items(quarter, AgendaBasis())
    assert (
        succession.what == "Give notice for Oldmail as planned, and let Sender take over its work?"
    )
    asked = FrontDecision(
        question=TranslatableText("Give notice?"),
        reason=TranslatableText("Now."),
        products=("Oldmail",),
    )
    basis = AgendaBasis(decisions=(asked,))
    succession, *_ = list_gap_items(quarter, basis)
    assert succession.what == "Move the work of Oldmail to Sender?"
    assert [one.what for one in list_open_items(quarter, (), basis)] == [
        "Renew Sender, or give notice?"
    ]


def test_ai_that_is_left_aside_is_asked_about() -> None:
    news = story("Bolt adds AI", ai="core")
    related = {news.id: (Relation("product", ("Sender",), "Bolt"),)}
    quarter = view(Stack((SENDER,)), news, relations=related)
    (item,) = list_gap_items(quarter, AgendaBasis())
    assert item.what == "Use the AI of what we run, or leave it off?"
    assert "no use of AI is recorded for Sender" in item.why
    using = view(Stack((replace(SENDER, ai=ProductAi(used=True)),)), news, relations=related)
    assert list_gap_items(using, AgendaBasis()) == ()


def test_products_that_do_the_same_work_are_asked_about_the_dearest_first() -> None:
    """One serves mainly what another serves, too; side work in common and what retires is none."""
    journeys = replace(SENDER, name="Journeys", categories=("crm", "email-marketing"))
    shop = Product("Shop", ("cms-web-experience", "content-marketing"), cost=Money(9000, "EUR"))
    pages = Product("Pages", ("cms-web-experience",), cost=Money(1000, "EUR"))
    writer = Product("Writer", ("ai-platforms", "content-marketing"))
    products = (shop, pages, writer, SENDER, journeys, OLD)
    found = [
        item for item in list_gap_items(view(Stack(products)), AgendaBasis()) if "Keep" in item.what
    ]
    assert [(item.what, item.owner) for item in found] == [
        ("Keep both Sender and Journeys?", "Ines"),
        ("Keep both Shop and Pages?", ""),
    ]
    # until then one of them can be given up; the others have no contract on record
    assert [item.due for item in found] == [SENDER.notice_by, None]
    assert SENDER.notice_by
    assert found[0].why == "Both serve Email Marketing; together they cost 40,000 EUR a year."
    third = replace(SENDER, name="Third", cost=None)
    (item, _) = [
        item
        for item in list_gap_items(view(Stack((*products, third))), AgendaBasis())
        if "Keep" in item.what
    ]
    assert item.what == "Keep all of Sender, Journeys and Third?"
    assert item.why.startswith("All serve Email Marketing; together they cost 40,000 EUR a year.")
    assert list_overlapping(OLD, products) == list_overlapping(writer, products) == ()


def test_open_decisions_have_owner_and_day_and_none_is_crowded_out() -> None:
    rule = story("A law on labels", event="regulation")
    forced = story("Bolt requires a new key")
    related = {forced.id: (Relation("product", ("Sender",), "Bolt"),)}
    promises = (
        Promise("Bolt", "Letters that write themselves", by=date(2026, 6, 30)),
        Promise("Bolt", "Kept", by=date(2026, 6, 30), state="shipped"),
        Promise("Bolt", "A second", by=date(2026, 6, 30)),
    )
    quarter = view(Stack((SENDER,), promises=promises), rule, forced, relations=related)
    rows = (RuleRow(tell(rule), "from 1 October 2026", ("Sender",)),)
    found = list_open_items(quarter, rows, AgendaBasis(), 4)
    assert [(one.what, one.owner, one.due) for one in found] == [
        ("Ask Bolt whether it has kept its promise before renewal?", "Ines", date(2026, 12, 1)),
        ("Renew Sender, or give notice?", "Ines", date(2026, 12, 1)),
        ("Name who answers for “A law on labels”.", "", None),
        ("Check what changes in Sender: “Bolt requires a new key”.", "Ines", None),
    ]
    assert found[3].why == "The Paper on 10 August 2026."
    assert (found[0].why, found[2].proposed) == (
        "“Letters that write themselves” was due on 30 June 2026; Bolt has no source of its own here.",
        "Ines",
    )
    assert list_open_items(quarter, rows, AgendaBasis(), 0) == ()


def test_a_law_is_asked_about_once_and_by_its_own_name() -> None:
    """What a court decides between others asks for nobody who answers for it."""
    law = story("Article 50 of the AI Act applies", event="regulation")
    again = story("Labels of the AI Act explained", event="regulation")
    ruling = story("Court dismisses claims on the DMA", event="regulation")
    quarter = view(Stack((SENDER,)), law, again, ruling)
    rows = [RuleRow(tell(one), "", ("Sender",)) for one in (law, again, ruling)]
    found = list_open_items(quarter, rows, AgendaBasis())
    assert [one.what for one in found if "Name" in one.what] == [
        "Name who answers for the AI Act, Article 50."
    ]


def test_duties_of_the_same_product_are_one_item() -> None:
    """Four at most; those of another product stand apart."""
    forced = [story(f"Bolt requires key {number}") for number in range(5)]
    other = story("Quill requires a new key")
    related = {one.id: (Relation("product", ("Sender",), "Bolt"),) for one in forced}
    related[other.id] = (Relation("product", ("Desk",), "Quill"),)
    desk = replace(SENDER, name="Desk", owner="")
    quarter = view(Stack((SENDER, desk)), *forced, other, relations=related)
    found = [one for one in list_open_items(quarter, (), AgendaBasis()) if "key" in one.what]
    titles = [f"“Bolt requires key {number}”" for number in range(4)]
    assert [(one.what, one.why, one.owner) for one in found] == [
        (f"Check what changes in Sender: {', '.join(titles[:3])} and {titles[3]}.", "", "Ines"),
        (
            "Who checks what changes in Desk: “Quill requires a new key”?",
            "The Paper on 10 August 2026.",
            "",
        ),
    ]


def test_what_page_one_decides_is_not_asked_in_other_words() -> None:
    """A late promise is a reason of the renewal that page one asks about; a rival, too."""
    launch = story("Mira ships letters", event="launch", category="email-marketing")
    related = {launch.id: (Relation("rival", ("Sender",), "Mira"),)}
    promises = (Promise("Bolt", "Letters that write themselves", by=date(2026, 6, 30)),)
    quarter = view(Stack((SENDER,), promises=promises), launch, relations=related)
    asked = FrontDecision(
        question=TranslatableText("Renew Sender?"),
        reason=TranslatableText("Now."),
        products=("Sender",),
    )
    assert len(list_gap_items(quarter, AgendaBasis())) == 1
    assert list_gap_items(quarter, AgendaBasis(decisions=(asked,))) == ()
    assert list_open_items(quarter, (), AgendaBasis(decisions=(asked,))) == ()


def test_a_promise_is_late_where_somebody_looked() -> None:
    promises = (Promise("Bolt", "Letters that write themselves", by=date(2026, 6, 30)),)
    coverage = (CoverageRow("Bolt", "vendor", None, 3, 1, "read", None, None, None),)
    quarter = replace(view(Stack((SENDER,), promises=promises)), coverage=coverage)
    first, *_ = list_open_items(quarter, (), AgendaBasis())
    assert first.what == "Make Bolt’s late promise a condition of renewal?"


@pytest.mark.parametrize(
    ("title", "others"),
    [("A new way to send", ()), ("Mira ships letters", (OLD,))],
    ids=["its headline names no vendor", "we run its maker's product"],
)
def test_what_is_no_rival_to_compare_with(title: str, others: tuple[Product, ...]) -> None:
    launch = story(title, event="launch", category="email-marketing")
    related = {launch.id: (Relation("rival", ("Sender",), "Mira"),)}
    quarter = view(Stack((SENDER, *others)), launch, relations=related)
    found = list_gap_items(quarter, AgendaBasis())
    assert not [item for item in found if item.what.startswith("Compare")]


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ({}, ["Do we use Dax? A rule of theirs touches Email Marketing."]),
        ({"day": date(2026, 9, 1)}, []),
        ({"day": None}, []),
        ({"kind": "in force"}, []),
        ({"products": ("Sender",)}, []),
        ({"binds": ("Bolt",)}, []),
        ({"category": "seo"}, []),
    ],
    ids=["ahead", "past", "no day", "law", "touches ours", "our maker", "no field of ours"],
)
def test_a_platform_that_the_stack_does_not_name_is_asked_about(
    changes: dict[str, Any], asked: list[str]
) -> None:
    """Where its rule is still to come and touches a field in which something is run."""
    told = story("Dax blocks senders", event="update")
    quarter = view(Stack((SENDER,)), told)
    rule = RuleEntry(story=quarter.make_ref(told), kind="platform", day=date(2026, 11, 1),
                     binds=("Dax",), category="email-marketing")  # fmt: skip
    basis = AgendaBasis(rules=(replace(rule, **changes),))
    items = [one for one in list_open_items(quarter, (), basis) if one.section == "rules"]
    assert [one.what for one in items] == asked
    assert all(one.due == rule.day and one.story == told.id for one in items)
