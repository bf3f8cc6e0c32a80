"""The pages of the stack: figures that stand in the files or were counted, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.edition import QuarterView, build_stack_report
from digest.edition.ai_impacts import find_ai_impacts
from digest.edition.stack.contracts import list_contracts
from digest.edition.stack.money import calculate_spend
from digest.edition.stack.pages import StackReport
from digest.edition.stack.promises import build_ledger
from digest.edition.stack.questions import ask_about_story
from digest.edition.stack.radar import MAX_BLIPS, assign_ring, build_radar
from digest.edition.story_dates import quote_effective_date
from digest.model.decisions import TeamDecision
from digest.model.edition import CoverageRow
from digest.model.stack import (
    Budget,
    Goal,
    Money,
    Product,
    Promise,
    RadarPlacement,
    Relation,
    RelationKind,
    Stack,
)
from digest.model.story import Story
from tests.factories.stories import story, tell

TODAY = date(2026, 10, 1)
FULL = Product(
    "Acme",
    ("crm",),
    owner="Ada",
    users=77337,
    status="anchor",
    cost=Money(61111, "EUR"),
    contract_end=date(2027, 3, 31),
    notice_days=90,
)
STACK = Stack(
    products=(FULL, Product("Bolide", ("seo",), cost=Money(5222, "EUR"))),
    goals=(Goal("Win back", ("cdp",)),),
    budget=Budget(Money(777000, "EUR"), 4321, Money(88, "EUR")),
    promises=(Promise("Acme", "Envoy agents for service", date(2026, 5, 2), date(2026, 9, 13)),),
    policy_reviewed=date(2026, 2, 16),
)
NEWS = story("Acme puts its price up", event="pricing", vendors=["Acme"])


def made(stack: Stack, stories: list[Story] | None = None, **more: Any) -> StackReport:
    stories = [NEWS] if stories is None else stories
    relations = {
        NEWS.id: (Relation("product", ("Acme",), "Acme", "crm"),),
        **more.pop("relations", {}),
    }
    quarter = replace(seen(stories, relations, stack), before=more.get("before"))
    return build_stack_report(quarter, more.get("rings_before"), more.get("carried", ()))


def seen(
    stories: list[Story], relations: Any = MappingProxyType({}), stack: Stack = STACK
) -> QuarterView:
    """A quarter of which the briefing tells every story, with a source of Acme's own."""
    return QuarterView(stack, stories, stories, relations, tell, TODAY, coverage=(source("Acme"),))


def source(name: str) -> CoverageRow:
    """A source that was read."""
    return CoverageRow(name, "vendor", None, 3, 1, "read", None, None, None)


def said(found: object) -> str:
    """All that pages hold, as text."""
    return repr(found)


def product(**change: Any) -> Callable[[Stack], Stack]:
    return lambda stack: replace(stack, products=(replace(FULL, **change), *stack.products[1:]))


def budget(**change: Any) -> Callable[[Stack], Stack]:
    return lambda stack: replace(stack, budget=replace(stack.budget, **change))


@pytest.mark.parametrize(
    ("empty", "gone"),
    [
        (product(cost=None), ["61111", "66333", "8.5", "8%", "9%"]),
        (product(users=None), ["77337"]),
        (product(notice_days=None), ["2026, 12, 31", "31 December 2026"]),
        (
            product(contract_end=None),
            ["2027, 3, 31", "31 March 2027", "2026, 12, 31", "31 December 2026"],
        ),
        (budget(marketing=None), ["777000", "share=0", "of the marketing budget"]),
        (budget(new_customers=None), ["4321", "15.35", "for each new customer"]),
        (budget(cac=None), ["amount=88", "share_of_cac=0"]),
        (lambda stack: replace(stack, policy_reviewed=None), ["2026, 2, 16", "16 February"]),
        (lambda stack: replace(stack, promises=()), ["13 September", "2026, 9, 13"]),
        (lambda stack: replace(stack, products=(), budget=Budget()), ["61111", "5222", "a year"]),
    ],
)
def test_an_empty_field_gives_no_figure(empty: Callable[[Stack], Stack], gone: list[str]) -> None:
    """Each figure is there with its field, and nowhere without it."""
    full, less = said(made(STACK)), said(made(empty(STACK)))
    assert any(words in full for words in gone), "the test would prove nothing"
    assert [words for words in gone if words in less] == []


def test_a_stack_of_names_says_no_number_but_counts() -> None:
    """Of products with no more than a name and a category there is no amount, share or date."""
    found = made(Stack(products=(Product("Acme", ("crm",)),)))
    notes = [
        str(note)
        for part in found.agenda.parts
        for note in (*part.points, *(text for one in part.items for text in (one.what, one.why)))
    ]
    assert not [note for note in notes if re.search(r"\d|%|EUR", note)]
    assert found.stack.spend == calculate_spend(Stack(products=(Product("Acme", ("crm",)),)))
    assert found.stack.spend.total == ()
    assert found.stack.spend.share is None


def test_sums_keep_currencies_apart_and_say_what_is_missing() -> None:
    products = (
        Product("A", ("crm",), cost=Money(10, "EUR")),
        Product("B", ("seo",), cost=Money(5, "USD")),
        Product("C", ("seo",), cost=Money(20, "EUR")),
        Product("D", ("seo",)),
    )
    found = calculate_spend(
        Stack(products=products, budget=Budget(Money(100, "EUR"), 6, Money(50, "EUR")))
    )
    assert found.total == (Money(30, "EUR"), Money(5, "USD"))
    assert found.without_cost == ("D",)
    assert found.share == 0.3
    assert found.per_customer == Money(5, "EUR")
    assert found.share_of_cac == 0.1
    assert set(found.by_category) == {
        ("crm", Money(10, "EUR")),
        ("seo", Money(5, "USD")),
        ("seo", Money(20, "EUR")),
    }
    assert found.by_category[0] == ("seo", Money(20, "EUR"))


def test_a_budget_in_another_currency_gives_no_share() -> None:
    found = calculate_spend(Stack(products=(FULL,), budget=Budget(Money(100, "USD"))))
    assert found.share is None


# ---------------------------------------------------------------- ledger


@pytest.mark.parametrize(
    ("promise", "title", "standing"),
    [
        ({"state": "shipped"}, "Nothing of theirs", "shipped"),
        ({"state": "withdrawn"}, "Acme Envoy agents for service are here", "withdrawn"),
        ({}, "Acme Envoy agents answer letters", "seen"),
        ({}, "Acme moves its office", "slipped"),
        ({"by": date(2026, 12, 1)}, "Acme moves its office", "open"),
        ({"by": date(2026, 12, 1)}, "Nothing of theirs", "silent"),
        ({"by": None}, "Nothing of theirs", "silent"),
        ({}, "Bolide Envoy agents for service", "slipped"),  # another vendor's
        ({"vendor": "Dax"}, "Nothing of theirs", "unwatched"),  # no source of Dax is read
        ({"vendor": "Dax", "by": None}, "Nothing of theirs", "unwatched"),
    ],
)
def test_how_a_promise_stands(promise: dict[str, Any], title: str, standing: str) -> None:
    """The team's word first, then a later story with the promise's words, then dates."""
    stack = Stack(promises=(replace(STACK.promises[0], **promise),))
    vendors = [title.partition(" ")[0]] if title[0] in "AB" else ["Caravel"]
    quarter = seen([story(title, event="launch", vendors=vendors)], stack=stack)
    (line,) = build_ledger(quarter).lines
    assert line.standing == standing
    assert bool(line.seen) == (standing == "seen")


def test_what_is_seen_is_proposed_with_its_words_and_never_asserted() -> None:
    """A story before the promise keeps nothing, and two common words are not enough."""
    stack = Stack(promises=STACK.promises)
    early = story(
        "Acme Envoy agents for service", event="launch", vendors=["Acme"], day="2026-04-01"
    )
    loose = story("Acme makes service agents wear hats", event="launch", vendors=["Acme"])
    later = story("Acme Envoy agents answer letters", event="launch", vendors=["Acme"])
    others = [
        story("Service agents everywhere", event="launch", vendors=[name])
        for name in ("Dax", "Eos", "Fir")
    ]
    (line,) = build_ledger(seen([early, loose, later, *others], stack=stack)).lines
    assert [one.title for one in line.seen] == ["Acme Envoy agents answer letters"]
    assert line.matched == ("Envoy",)
    assert line.standing == "seen"
    assert line.promise.state == "open"


def test_questions_come_from_what_is_open() -> None:
    """A slipped promise, a claim without proof, a changed price; nothing of all other vendors."""
    claim = story(
        "Acme reinvents selling with AI",
        ai="core",
        evidence="claimed",
        vendors=["Acme"],
        event="launch",
    )
    ours = (Relation("product", ("Acme",), "Acme", "crm"),)
    found = build_ledger(seen([NEWS, claim], {NEWS.id: ours, claim.id: ours}))
    (acme,) = found.questions
    assert acme.vendor == "Acme"
    assert [re.sub("“.*?”", "…", question) for question in acme.questions] == [
        (
            "You said that this would come by 13 September 2026: …. Where does it stand, and what "
            "is the new date?"
        ),
        "…: does it change the 61,111 EUR a year that we pay for Acme, and from when?",
        (
            "…: on whose data and how much, from when for us and what does it do better than "
            "without AI?"
        ),
    ]


def test_every_vendor_stands_in_a_row() -> None:
    """The dearest first: what it promised, what it shipped, and a question to each."""
    ours = (Relation("product", ("Acme",), "Acme", "crm"),)
    shipped = story(
        "Acme launches Envoy", ai="core", evidence="claimed", vendors=["Acme"], event="launch"
    )
    guessed = story("Acme may launch a robot", ai="core", vendors=["Acme"], event="update")
    quarter = seen([shipped, guessed], {shipped.id: ours, guessed.id: ours})
    acme, bolide = build_ledger(quarter).vendors
    assert (acme.vendor, [str(one) for one in acme.cost]) == ("Acme", ["61,111 EUR"])
    assert [row.promise.what for row in acme.promised] == ["Envoy agents for service"]
    assert ([one.title for one in acme.shipped], acme.with_ai) == (["Acme launches Envoy"], 1)
    assert "on whose data" in acme.questions[1]
    assert (bolide.vendor, bolide.shipped, bolide.watched) == ("Bolide", (), False)
    assert bolide.questions == ("Which AI comes for Bolide, from when and on which data?",)


def test_what_a_maker_ships_elsewhere_is_not_for_our_product() -> None:
    """A launch that names another of its products, or is for plans that we have not."""
    made: dict[str, Any] = {
        "ai": "core",
        "evidence": "claimed",
        "vendors": ["Acme"],
        "event": "launch",
    }
    ours = story("Acme launches Envoy", **made)
    other = story("Acme Ads launches an agent", **made)
    near = story("Acme launches an agent for leads", **made)
    plan = story("Acme launches letters for Pro users", **made)
    product, vendor = Relation("product", ("Acme",), "Acme"), Relation("vendor", ("Acme",), "Acme")
    related = {ours.id: (product,), other.id: (vendor,), near.id: (vendor,), plan.id: (product,)}
    quarter = seen([ours, other, near, plan], related)
    acme, _ = build_ledger(quarter).vendors
    assert (acme.with_ai, acme.with_ai_for_us, acme.ours) == (4, 2, (ours.id, near.id))
    # The page on AI says the same.
    added = [one.story.id for one in find_ai_impacts(quarter) if one.kind == "adds"]
    assert added == [ours.id, near.id]


def test_what_a_vendor_says_will_come_is_its_promise() -> None:
    words = "Acme plans to launch an agent for letters in spring."
    one = story("Acme updates its desk", ai="core", vendors=["Acme"], event="update", summary=words)
    ours = (Relation("product", ("Acme",), "Acme", "crm"),)
    acme, _ = build_ledger(seen([one], {one.id: ours})).vendors
    assert [found.quote.text for found in acme.announced] == [words]


@pytest.mark.parametrize(
    ("status", "question"),
    [
        ("retiring", "We leave Bolide: how do we get our data out, and when do you delete it?"),
        (
            "in use",
            "Which AI comes for Bolide, from when and on which data?",
        ),
    ],
)
def test_a_vendor_of_whom_nothing_is_told_is_asked(status: Any, question: str) -> None:
    stack = Stack(products=(Product("Bolide", ("seo",), status=status),))
    (row,) = build_ledger(seen([], stack=stack)).vendors
    assert row.questions == (question,)


# ---------------------------------------------------------------- radar

OURS_ONLY = (Relation("product", ("Acme",), "Acme", "crm"),)
OURS, RIVAL = (
    Relation("product", ("Acme",), "Acme", "crm"),
    Relation("rival", ("Acme",), "Dax", "crm"),
)


@pytest.mark.parametrize(
    ("relation", "more", "ring"),
    [
        (OURS, {"event": "pricing", "tier": "vendor"}, "act"),
        (OURS, {"event": "pricing"}, "ask"),  # one paper says so
        (OURS, {"event": "launch", "ai": "core", "evidence": "evidenced"}, "ask"),  # one headline
        (OURS, {"event": "launch", "ai": "core", "evidence": "claimed"}, "ask"),
        (OURS, {"event": "people"}, "ask"),
        (RIVAL, {"event": "launch", "ai": "core", "evidence": "evidenced"}, "ask"),
        (RIVAL, {"event": "launch", "ai": "core", "evidence": "claimed"}, "ask"),
        (RIVAL, {"event": "pricing", "tier": "vendor"}, "watch"),
        (Relation("none"), {"event": "launch", "ai": "core", "evidence": "evidenced"}, "watch"),
    ],
)
def test_the_rule_of_the_rings(relation: Relation, more: dict[str, Any], ring: str) -> None:
    one = story("Dax and Acme", vendors=["Dax"], **more)
    assert assign_ring(one, relation) == ring


def test_two_publishers_make_a_try() -> None:
    """The same launch, told once more by somebody else, and in the category alone."""
    more: dict[str, Any] = {"event": "launch", "ai": "core", "evidence": "specified"}
    more["vendors"] = ["Dax"]
    one, two = story("Dax opens", **more), story("Dax opens it", source="The Ledger", **more)
    both = replace(one, items=(*one.items, *two.items))
    assert assign_ring(both, RIVAL) == "try"
    assert assign_ring(both, replace(RIVAL, category="seo")) == "ask"


@pytest.mark.parametrize(
    ("reports", "product", "placed"),
    [
        (["The Paper"], Product("Acme", ("crm",)), False),  # one headline
        (["The Paper", "The Ledger"], Product("Acme", ("crm",)), True),
        (["The Paper", "Acme Blog"], Product("Acme", ("crm",)), True),
        (["Acme Blog", "Acme News"], Product("Acme", ("crm",)), False),  # one voice
        (["The Paper"], FULL, True),  # and its notice falls due
        (["The Paper"], Product("Acme", ("crm",), status="trial"), True),
    ],
)
def test_a_blip_has_two_independent_reasons(
    reports: list[str], product: Product, placed: bool
) -> None:
    stories = [story(f"Acme tells {name}", vendors=["Acme"], source=name) for name in reports]
    relations = {one.id: (Relation("product", ("Acme",), "Acme", "crm"),) for one in stories}
    found = build_radar(seen(stories, relations, Stack(products=(product,))), None)
    assert bool(found.blips) == placed
    assert all(len(blip.grounds) >= 2 and blip.what == "We run it" for blip in found.blips)


def test_a_radar_of_few_is_a_line_of_the_agenda() -> None:
    """Nothing earned a place; placed by the team, it is named there."""
    (strategy, *_) = made(Stack(products=(Product("Acme", ("crm",)),))).agenda.parts
    assert [str(point) for point in strategy.points if "radar" in point.lower()] == [
        "No radar: for no vendor there are two independent reasons to place it"
    ]
    (strategy, *_) = made(Stack(placed=(RadarPlacement("Agents", "try"),))).agenda.parts
    assert "two independent reasons place only Agents (try)" in str(strategy.points)


def test_movement_is_told_against_the_edition_before() -> None:
    stories = {
        name: story(f"{name} tells", vendors=[name], event="people")
        for name in ("Acme", "Dax", "Eos", "Fir")
    }
    relations = {one.id: (replace(OURS, vendor=name),) for name, one in stories.items()}
    before = {"acme": "watch", "dax": "act", "eos": "ask"}
    found = build_radar(seen(list(stories.values()), relations), before)  # type: ignore[arg-type]
    assert {blip.name: blip.moved for blip in found.blips} == {
        "Acme": "in",
        "Dax": "out",
        "Eos": "stays",
        "Fir": "new",
    }
    assert found.compared
    assert not build_radar(seen(list(stories.values()), relations), None).compared


def test_the_team_places_and_holds() -> None:
    """A placed blip stays in its ring, and a placed product stands for its vendor."""
    one = story("Acme puts prices up", vendors=["Acme Corp"], event="pricing", tier="vendor")
    relations = {one.id: (Relation("product", ("Acme",), "Acme Corp", "crm"),)}
    placed = (
        RadarPlacement("Acme", "watch", "data", "we leave in May"),
        RadarPlacement("Agents that buy", "try"),
    )
    quarter = seen([one], relations, replace(STACK, placed=placed))
    found = {blip.name: blip for blip in build_radar(quarter, None).blips}
    assert set(found) == {"Acme", "Agents that buy"}
    assert (found["Acme"].ring, found["Acme"].reason, found["Acme"].held) == (
        "watch",
        "we leave in May",
        True,
    )


def test_at_most_thirty_blips_and_the_teams_are_among_them() -> None:
    stories = [
        story(f"V{n} tells {paper}", vendors=[f"V{n}"], source=paper)
        for n in range(50)
        for paper in ("The Paper", "The Ledger")
    ]
    found = build_radar(seen(stories, stack=Stack(placed=(RadarPlacement("Ours", "watch"),))), None)
    assert len(found.blips) == MAX_BLIPS == 30
    assert "Ours" in {blip.name for blip in found.blips}


# ---------------------------------------------------------------- agenda


def test_open_decisions_come_again() -> None:
    one = TeamDecision("Ask Acme", owner="Ada", quarter="2026-Q2")
    assert made(STACK, carried=(one,)).agenda.carried == (one,)


def test_a_proposed_step_has_the_owner_and_the_day_of_the_file_or_none() -> None:
    """Nothing is filled in that the file does not give."""
    (step,) = made(STACK).agenda.proposals
    assert (step.owner, step.due) == ("Ada", date(2026, 12, 31))
    (bare,) = made(Stack(products=(Product("Acme", ("crm",)),))).agenda.proposals
    assert (bare.owner, bare.due) == ("", None)


@pytest.mark.parametrize(
    ("stack", "verdict", "reason"),
    [
        (
            product(contract_end=date(2027, 1, 31)),
            "act",
            "renew it or give notice",
        ),
        (
            product(contract_end=date(2027, 6, 1)),
            "ask",
            "whether to renew: notice within two quarters",
        ),
        (product(contract_end=None), "watch", "no news"),
        (product(contract_end=None, status="trial"), "try", "see what its trial shows"),
        (
            product(contract_end=date(2027, 1, 31), status="trial"),
            "act",
            "buy it, or end its trial",
        ),
        (product(status="retiring"), "act", "give notice, as planned"),
        (product(status="retiring", contract_end=None), "watch", "it is being retired"),
    ],
)
def test_the_verdict_without_news(
    stack: Callable[[Stack], Stack], verdict: str, reason: str
) -> None:
    changed = replace(stack(STACK), promises=())
    line, _ = made(changed, []).stack.lines
    assert (line.verdict, str(line.reason)) == (verdict, reason)


@pytest.mark.parametrize(
    ("more", "verdict", "reason"),
    [
        ({"event": "pricing", "source": "Acme Blog"}, "act", "settle what its new price costs us"),
        ({"event": "pricing"}, "ask", "whether a price change reaches us"),
        (
            {"event": "update", "source": "Acme Blog", "summary": "Version 2 is no longer served."},
            "act",
            "follow a change that binds its users",
        ),
        ({"event": "update"}, "watch", "no change of its terms found"),
        (
            {"event": "launch", "ai": "core", "evidence": "claimed"},
            "ask",
            "for proof of what its AI is said to do",
        ),
        (
            {
                "event": "launch",
                "ai": "core",
                "evidence": "claimed",
                "summary": "An MCP server lets agents of others read its letters.",
            },
            "ask",
            "who may connect AI of others to it",
        ),
    ],
)
def test_the_verdict_by_what_happened(more: dict[str, Any], verdict: str, reason: str) -> None:
    one = story("Acme tells", vendors=["Acme"], **more)
    stack = Stack(products=(Product("Acme", ("crm",)),))
    view = seen([one], {one.id: (Relation("product", ("Acme",), "Acme", "crm"),)}, stack)
    (line,) = build_stack_report(view, None, ()).stack.lines
    assert (line.verdict, str(line.reason)) == (verdict, reason)
    assert line.happened == tell(one)


@pytest.mark.parametrize(
    ("title", "verdict"),
    [
        ("Acme signs a code of practice for AI", "watch"),  # it binds itself alone
        ("Regulator sues Acme over letters", "watch"),  # nothing is decided
        ("Court fines Acme over letters", "ask"),
    ],
)
def test_what_binds_nobody_asks_nothing_of_a_product(title: str, verdict: str) -> None:
    one = story(title, vendors=["Acme"], event="regulation")
    stack = Stack(products=(Product("Acme", ("crm",)),))
    view = seen([one], {one.id: (Relation("product", ("Acme",), "Acme", "crm"),)}, stack)
    (line,) = build_stack_report(view, None, ()).stack.lines
    assert line.verdict == verdict


@pytest.mark.parametrize(
    ("title", "summary", "event", "is_told"),
    [
        ("Posty improves its adapter for Acme", "", "update", True),
        ("Posty Connector for Acme opens", "", "launch", True),
        ("One inbox for Posty & Acme", "The Posty Adapter for Acme sorts calls.", "update", True),
        ("One inbox for Posty", "The Posty Adapter for Acme sorts calls.", "update", False),
        ("Posty is better than Acme", "", "update", False),
        ("A flaw in the Acme plugin Posty", "", "incident", False),
    ],
)
def test_what_a_partner_makes_for_a_product_is_told_as_its(
    title: str, summary: str, event: str, is_told: bool
) -> None:
    """Where nothing else is told of the product: it did not happen to that."""
    one = story(title, vendors=["Posty"], event=event, summary=summary)
    stack = Stack(products=(Product("Acme", ("crm",)),))
    (line,) = build_stack_report(seen([one], {}, stack), None, ()).stack.lines
    assert (line.happened, line.partner) == (None, tell(one) if is_told else None)
    ours = {one.id: (Relation("product", ("Acme",), "Acme", "crm"),)}
    (line,) = build_stack_report(seen([one], ours, stack), None, ()).stack.lines
    assert line.partner is None


@pytest.mark.parametrize(("category", "first"), [("crm", 0), ("video-marketing", 1)])
def test_what_a_maker_ends_of_another_field_does_not_lead(category: str, first: int) -> None:
    """What it brings out in the field of our product does."""
    ended = story("Acme ends Reel", vendors=["Acme"], event="shutdown", category=category)
    opened = story("Acme opens a server", vendors=["Acme"], event="launch")
    stack = Stack(products=(Product("Desk", ("crm",), vendor="Acme"),))
    relation = (Relation("vendor", ("Desk",), "Acme", "crm"),)
    view = seen([ended, opened], dict.fromkeys((ended.id, opened.id), relation), stack)
    (line,) = build_stack_report(view, None, ()).stack.lines
    assert line.happened == tell((ended, opened)[first])


def test_a_change_that_binds_names_the_day_that_comes_next() -> None:
    """Of changes that are well sourced; a day that has passed and one of another's are none."""

    def change(title: str, day: str, source: str = "Acme Blog") -> Story:
        summary = f"The old key is no longer served. It takes effect on {day}."
        return story(title, vendors=["Acme"], source=source, summary=summary)

    stack = Stack(products=(Product("Acme", ("crm",)),))
    ours = (Relation("product", ("Acme",), "Acme", "crm"),)
    maker = (Relation("vendor", ("Acme",), "Acme", "crm"),)
    later = change("Acme requires a new key", "December 1, 2026")
    next_one = change("Acme requires a new lock", "November 2, 2026")
    past = change("Acme requires a new door", "September 2, 2026")
    doubted = change("Acme requires a new bell", "October 20, 2026", "The Paper")
    others = change("Acme requires a new watch", "October 15, 2026")
    others = replace(others, lead=replace(others.lead, tags=replace(others.tags, category="seo")))
    narrow = change("Acme requires a new seal for Harbour Campaigns", "November 20, 2026")
    known = (later, next_one, past, doubted, narrow)
    relations = dict.fromkeys([one.id for one in known], ours)
    relations[others.id] = maker
    for stories, reason in (
        ([later, next_one, past, doubted, others], "follow the change of 2 November 2026"),
        ([past, doubted, others], "follow a change that binds its users"),
        ([narrow, later], "see whether the change of 20 November 2026 reaches us"),
    ):
        (line,) = build_stack_report(seen(stories, relations, stack), None, ()).stack.lines
        assert (line.verdict, str(line.reason)) == ("act", reason)


@pytest.mark.parametrize(
    ("title", "reason"),
    [
        ("Court fines Acme", "no change of its terms found"),
        ("Acme is sued over books", "no change of its terms found"),
        ("Acme pledges to label pictures", "no change of its terms found"),
        ("Parliament passes the Acme Act", "what a rule or ruling asks of it"),
    ],
)
def test_a_case_or_promise_of_a_maker_asks_nothing_of_its_users(title: str, reason: str) -> None:
    one = story(title, vendors=["Acme"], event="regulation", category="crm")
    stack = Stack(products=(Product("Desk", ("crm",), vendor="Acme"),))
    view = seen([one], {one.id: (Relation("vendor", ("Desk",), "Acme", "crm"),)}, stack)
    (line,) = build_stack_report(view, None, ()).stack.lines
    assert str(line.reason) == reason


def test_an_incident_at_a_maker_is_asked_about_before_its_price() -> None:
    """Also where the incident is held for no news of marketing."""
    price = story(
        "Acme cuts prices", vendors=["Acme"], event="pricing", source="Acme Blog", category="crm"
    )
    incident = story("Acme tells of a breach", vendors=["Acme"], event="incident")
    stack = Stack(products=(Product("Desk", ("crm",), vendor="Acme"),))
    made = Relation("vendor", ("Desk",), "Acme", "crm")
    relations = {one.id: (made,) for one in (price, incident)}
    view = replace(seen([price], relations, stack), doubtful=(incident,))
    (line,) = build_stack_report(view, None, ()).stack.lines
    assert str(line.reason) == "whether an incident at its maker touches our data"
    (line,) = build_stack_report(replace(view, doubtful=()), None, ()).stack.lines
    assert str(line.reason) == "whether a price change of its maker reaches us"


def test_a_change_that_is_not_sure_is_asked_about() -> None:
    """Whoever tells it: a label that is not printed is no verdict."""
    one = story("Acme gives away its plan", vendors=["Acme"], event="pricing", source="Acme Blog")
    lead = replace(one.lead, tags=replace(one.lead.tags, unsure=frozenset(("event",))))
    one = replace(one, items=(lead,), lead=lead)
    stack = Stack(products=(Product("Acme", ("crm",)),))
    view = seen([one], {one.id: (Relation("product", ("Acme",), "Acme", "crm"),)}, stack)
    (line,) = build_stack_report(view, None, ()).stack.lines
    assert (line.verdict, str(line.reason)) == ("ask", "whether this news changes its terms")


def test_every_product_has_a_row_and_says_who_watches_it() -> None:
    """Also one of which nothing was read; and vendors without a source are named."""
    found = made(STACK, []).stack
    assert [(line.product.name, line.happened, line.watched_by) for line in found.lines] == [
        ("Acme", None, ("Acme",)),
        ("Bolide", None, ()),
    ]
    assert (found.sources, found.unwatched, found.changed) == (1, ("Bolide",), ())
    assert made(STACK).stack.changed == ("Acme",)


def test_a_vendor_of_many_products_makes_no_news_of_each() -> None:
    """What it does in a category of one product is no news of the other; a deal is of both."""
    stack = Stack(
        products=(
            Product("Acme Ads", ("display-programmatic",), "Acme"),
            Product("Acme Count", ("web-analytics",), "Acme"),
        )
    )
    news = story("Acme counts anew", category="web-analytics", vendors=["Acme"])
    deal = story("Acme buys Dax", category="crm", event="acquisition", vendors=["Acme"])
    both = (Relation("vendor", ("Acme Ads", "Acme Count"), "Acme", "display-programmatic"),)
    for stories, expected in (([news], [None, news]), ([news, deal], [deal, deal])):
        view = seen(stories, {one.id: both for one in stories}, stack)
        lines = build_stack_report(view, None, ()).stack.lines
        assert [line.happened for line in lines] == [one and tell(one) for one in expected]
        assert all(line.of_maker for line in lines if line.happened)


def test_all_contracts_ahead_are_listed_the_dearest_first() -> None:
    """None is cut, one that is retiring is to end, and a passed notice is told by its end."""
    end = date(2027, 1, 1)
    products = (
        *(Product(f"P{n}", (), cost=Money(n, "EUR"), contract_end=end, notice_days=30)
          for n in range(9)),
        Product("Old", (), status="retiring", cost=Money(50, "EUR"), contract_end=end,
                notice_days=30),
        Product("Late", (), contract_end=date(2026, 11, 1), notice_days=90),
        Product("Far", (), contract_end=date(2028, 1, 1), notice_days=30),
    )  # fmt: skip
    rows = list_contracts(products, TODAY)
    assert [row.product for row in rows] == ["Old", *(f"P{n}" for n in reversed(range(9))), "Late"]
    assert [row.product for row in rows if row.retiring] == ["Old"]
    assert (rows[-1].kind, rows[0].kind) == ("contract end", "notice")
    assert made(Stack(products=products)).agenda.contracts == rows


def test_no_question_is_asked_about_an_issue_of_a_newsletter() -> None:
    issue = story(
        "Acme's Envoy Family, New Ways to Train Robots, Models Invoking Models",
        event="launch",
        ai="core",
        evidence="claimed",
        vendors=["Acme"],
    )
    view = seen([issue], {issue.id: OURS_ONLY}, replace(STACK, promises=()))
    assert build_ledger(view).questions == ()


def test_a_rule_says_who_must_do_what() -> None:
    """The first whole sentence with a duty; no exemption, and nothing that leans on another."""
    rule = story(
        "Rule on search",
        event="regulation",
        summary="This shall not apply to small shops. It must be read with care. "
        "Operators of search engines must name the sources of each answer.",
    )
    (line,) = made(STACK, [rule]).agenda.rules
    assert line.duty is not None
    assert line.duty.text == "Operators of search engines must name the sources of each answer."


def test_a_rule_touches_what_it_names_and_what_is_of_its_category() -> None:
    rule = story(
        "Rule on search",
        event="regulation",
        category="seo",
        summary="It applies from 1 February 2027.",
    )
    (line,) = made(STACK, [rule]).agenda.rules
    assert (line.effective, line.products) == ("from 1 February 2027", ("Bolide",))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The rule applies from 1 February 2027.", "from 1 February 2027"),
        ("It takes effect on January 4, 2027.", "on January 4, 2027"),
        ("It took effect on July 14, 2026.", "on July 14, 2026"),
        ("Companies must register by 1 March 2027.", "by 1 March 2027"),
        ("Published on 3 July. It applies from 2 August 2026.", "from 2 August 2026"),
        ("The office met on Monday.", ""),
        ("Sales rose from 12 to 13 per cent.", ""),
    ],
)
def test_from_when_in_the_sources_words(text: str, words: str) -> None:
    assert quote_effective_date(story("A rule", summary=text, event="regulation")) == words


COSTS = st.one_of(
    st.none(),
    st.builds(Money, st.integers(0, 10**6).map(float), st.sampled_from(["EUR", "USD", "THB"])),
)


@given(st.lists(COSTS, max_size=30))
@settings(max_examples=60, deadline=None)
def test_rows_add_up_to_the_total(costs: list[Money | None]) -> None:
    """In each currency, with costs of zero, and costs that are missing named."""
    products = tuple(Product(f"P{n}", ("crm",), cost=cost) for n, cost in enumerate(costs))
    found = made(Stack(products=products), []).stack
    shown = [line.product.cost for line in found.lines]
    assert len(shown) == len(costs)
    assert {money.currency: money.amount for money in found.spend.total} == {
        currency: sum(one.amount for one in shown if one and one.currency == currency)
        for currency in {one.currency for one in shown if one}
    }
    assert len(found.spend.without_cost) == shown.count(None)


@pytest.mark.parametrize(
    ("title", "kind", "verdict", "asked"),
    [
        ("Acme tells of a breach", "vendor", "whether an incident at its maker touches our data",
         "does it reach our Desk or our data"),
        ("Desk was breached", "product", "find out whether ours is affected",
         "does it reach our Desk or our data"),
        ("Desk was down on Monday", "product", "for the cause of its outage",
         "what was the cause"),
        ("Acme's AI hacked a bank", "product", "no change of its terms found",
         "what keeps the AI of our Desk within its bounds"),
        ("Acme's AI hacked a bank", "vendor", "no change of its terms found", ""),
        ("A flaw in Acme's shop", "vendor", "no change of its terms found", ""),
    ],
)  # fmt: skip
def test_what_an_incident_asks_follows_from_its_kind(
    title: str, kind: RelationKind, verdict: str, asked: str
) -> None:
    """An AI that attacked others, and another product of the maker, ask nothing of our data."""
    told = story(title, vendors=["Acme"], event="incident", category="seo")
    stack = Stack(products=(Product("Desk", ("crm",), vendor="Acme"),))
    view = seen([told], {told.id: (Relation(kind, ("Desk",), "Acme", "crm"),)}, stack)
    (line,) = build_stack_report(view, None, ()).stack.lines
    assert str(line.reason) == verdict
    question = ask_about_story(told, view)
    assert (question is None) == (asked == "")
    assert asked in str(question or "")
