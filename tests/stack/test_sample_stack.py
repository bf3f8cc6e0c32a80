"""The fictional company's stack over two sample quarters: what must be said of each product."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from digest.app import decide
from digest.app.previous import load_earlier_decisions
from digest.decide.relations import RELATION_POINTS
from digest.edition import (
    QuarterView,
    StackReport,
    build_radar,
    build_stack_report,
    index_rings,
)
from digest.edition.stack.basis import MAX_ITEMS
from digest.model.edition import ProductRow, StoryRef
from digest.model.stack import Stack
from digest.model.story import Story
from digest.rank import rank_stories
from digest.write.headlines import choose_headline
from tests.factories.sample import Q3, SAMPLE, decision, stack

BEFORE = Q3.previous
TODAY = date(2026, 10, 1)


def tell(story: Story) -> StoryRef:
    item, tags = story.lead.item, story.tags
    title, language = choose_headline(story, "en")
    return StoryRef(
        story.id,
        title,
        language,
        item.url,
        item.source_name,
        item.published_or_seen,
        tags.event,
        tags.evidence,
    )


@cache
def made() -> StackReport:
    rings = index_rings(build_radar(seen(decision(BEFORE), Stack()), None))
    quarter = replace(
        seen(decision(), stack()), before=decision(BEFORE).relevant_stories, comparable=True
    )
    decided = load_earlier_decisions(SAMPLE / "editions", Q3, SAMPLE / "output")
    return build_stack_report(quarter, rings, decided.still_open, closed=decided.closed)


def seen(decided: decide.QuarterDecision, through: Stack) -> QuarterView:
    chosen = [one.story for one in decided.chosen]
    return QuarterView(through, chosen, decided.relevant_stories, decided.relations, tell, TODAY)


def line(product: str) -> ProductRow:
    return next(one for one in made().stack.lines if one.product.name == product)


def titles(*groups: tuple[StoryRef, ...]) -> str:
    return " | ".join(ref.title for group in groups for ref in group)


# product → words that must stand in its own news, words of others that must not
NEWS = {
    "Merrowbank": (
        ["Deputies", "Plinthmark is now part", "sue Merrowbank"],
        ["Tamberlyn", "Corvessa"],
    ),
    "Plinthmark": (
        ["each segment costs", "Plinthmark is now part"],
        ["Deputies", "sue Merrowbank"],
    ),
    "Tamberlyn": (
        ["Classic Journeys", "12%", "send times", "Quillhaven"],
        ["Merrowbank", "layoff"],
    ),
    "Wherrow Ads": (
        ["Measurement Relay", "Germany and Italy", "proceedings"],
        ["Tamberlyn", "Vantelope to"],
    ),
    "Tallyvane": (["budgets under", "214 geo tests"], ["store screens"]),
    "Vantelope": (["Undertow", "Panestra"], ["Nimblefig", "Veriplank"]),
    "Spindlehook": (["tokens", "gate for all the agents"], ["Deputies"]),
    "Brindlecart": (["0.8%", "tills", "payday"], ["Glasspeel"]),
    "Glasspeel": (["licence", "A/B testing"], ["webinar", "Webinar"]),
    "Pictorelle": (["passports", "Wickerdesk"], ["Glasspeel"]),
    "Wickerdesk": (["proofing", "Pictorelle"], ["passports"]),
    "Corvessa": (["Larkhill Bank"], ["Emberlark", "Bualink"]),
    "Dovetide": (["24 millions"], ["Caffè Lontra"]),
    "Quillhaven": (["31%", "Tamberlyn"], ["Hally Studio"]),
    "Pathlark": (["free plan"], ["Tallyvane"]),
    "Chimewell": (["AI Across", "RCS"], ["Bualink"]),
    "Tillerby": (["Caffè Lontra", "$31m"], ["points that expire"]),
    "Presswren": (["Loopfern"], ["Chimewell"]),
    "Accordane": (["agentic", "180 days"], ["Rookwell withdraws"]),
    "Veriplank": (["accreditation", "chief executive"], ["Undertow"]),
    "Postquill": (["abandoned cart"], ["Pictorelle"]),
    "Cleanquay": (["plain SQL"], ["Dovetide"]),
    "Trellispath": (["seven days"], ["Brindlecart"]),
    "Convenara": (["Parolive"], ["Postquill"]),
    "Hally": (["Halcyra 5", "Thai voices", "Hally Studio"], ["Emberlark", "Rookwell"]),
}


def test_every_product_is_in_the_table() -> None:
    assert NEWS.keys() == {one.name for one in stack().products}


@pytest.mark.parametrize("product", NEWS)
def test_what_must_and_must_not_be_said_of(product: str) -> None:
    """Its own stories and its maker's stand in its line; others' do not."""
    must, must_not = NEWS[product]
    everything = [
        story
        for story in decision().relevant_stories
        for one in decision().relations[story.id]
        if one.kind in ("product", "vendor") and product in one.products
    ]
    found = " | ".join(
        [*(tell(story).title for story in everything), *(s.lead.item.title for s in everything)]
    )
    assert [words for words in must if words not in found] == []
    assert [words for words in must_not if words in found] == []


RIVALS = {
    "Tamberlyn": "Flinkwerk",
    "Vantelope": "Nimblefig",
    "Corvessa": "Bualink",
    "Wherrow Ads": "Hally",
}


@pytest.mark.whole
@pytest.mark.parametrize("product", RIVALS)
def test_rivals_launches(product: str) -> None:
    """A launch of somebody else in its category, and never one of its own maker."""
    assert RIVALS[product] in titles(line(product).rivals)
    assert product not in titles(line(product).rivals)


def test_relations_that_are_none() -> None:
    """What happens where we run nothing and want nothing is not ours."""
    relations = {
        story.lead.item.title: decision().relations[story.id]
        for story in decision().relevant_stories
    }
    for words in (
        "Rookwell withdraws",
        "Marginelle",
        "Gaugefinch",
        "43 companies hold",
        "Bureau issues final rule",
    ):
        found = [kinds for title, kinds in relations.items() if words in title]
        assert all(one.kind == "none" for kinds in found for one in kinds), words


def test_a_gap_is_found_for_the_goal_that_nothing_serves() -> None:
    """Nobody here runs call analytics; the goal counts on it."""
    kinds = {
        (one.kind, one.category, one.goal)
        for story in decision().relevant_stories
        for one in decision().relations[story.id]
        if one.kind == "gap"
    }
    assert ("gap", "call-analytics", "Answer within the hour") in kinds
    assert not any(category == "customer-experience" for _, category, _ in kinds)


@pytest.mark.whole
@pytest.mark.parametrize(
    ("product", "notice", "end"),
    [
        ("Merrowbank", date(2026, 12, 31), date(2027, 3, 31)),
        ("Tamberlyn", date(2026, 11, 1), date(2026, 12, 31)),
        ("Vantelope", None, date(2026, 11, 30)),  # its day of notice, 1 September, has passed
        ("Pictorelle", None, date(2027, 8, 31)),
        ("Wickerdesk", None, None),
    ],
)
def test_contract_dates_ahead(product: str, notice: date | None, end: date | None) -> None:
    assert (line(product).notice_by, line(product).ends) == (notice, end)


def test_two_products_in_one_home_category_are_told() -> None:
    assert line("Vantelope").overlaps == ("Veriplank",)
    assert line("Merrowbank").overlaps == ()


def test_heat_is_counted_in_both_quarters() -> None:
    """Counted again here, by hand, from the labels."""
    row = next(row for row in made().stack.heat if row.category == "crm")
    for quarter, stories, ai in (
        (decision(), row.stories, row.ai),
        (decision(BEFORE), row.stories_before, row.ai_before),
    ):
        there = [story.tags for story in quarter.relevant_stories if story.tags.category == "crm"]
        assert (len(there), sum(tags.ai in ("core", "applied") for tags in there)) == (stories, ai)
    assert [str(one) for one in row.spend] == ["96,000 EUR"]


LEDGER = {
    "Merrowbank": "seen",
    "Tamberlyn": "shipped",
    "Corvessa": "unwatched",  # the sample reads no source of its own
    "Convenara": "open",
    "Glasspeel": "open",
}


def test_the_ledger() -> None:
    """Deputies shipped in July and stand there as seen: nothing says that the promise is kept."""
    assert {one.promise.vendor: one.standing for one in made().ledger.lines} == LEDGER
    merrowbank = made().ledger.lines[0]
    assert ["Deputies are here" in ref.title for ref in merrowbank.seen] == [True]
    assert merrowbank.matched == ("Deputies",)


def test_questions_go_to_the_main_makers() -> None:
    """The anchors come first, and what is being retired is not asked about."""
    asked = [one.vendor for one in made().ledger.questions]
    assert asked[:2] == ["Merrowbank", "Tamberlyn"]
    assert {"Plinthmark", "Spindlehook", "Brindlecart"} <= set(asked)
    assert "Quillhaven" not in asked


@pytest.mark.parametrize(
    ("name", "ring", "moved"),
    [
        ("Merrowbank", "act", "in"),
        ("Tamberlyn", "act", "new"),
        ("Wherrow", "act", "in"),
        ("Tallyvane", "ask", "new"),
        ("Wickerdesk", "ask", "new"),
        ("Accordane", "ask", "new"),
        ("Corvessa", "ask", "new"),
        ("Hally", "try", "new"),
        ("Agent Order Protocol", "watch", "new"),
    ],
)
def test_the_radar(name: str, ring: str, moved: str) -> None:
    """Rings by the rule, movement since the second quarter, the team's blips where it put them."""
    blip = next(blip for blip in made().radar.blips if blip.name == name)
    assert (blip.ring, blip.moved) == (ring, moved)
    assert blip.held == (name in ("Hally", "Agent Order Protocol"))


def test_decisions_of_the_second_quarter_are_carried_and_the_closed_one_is_not() -> None:
    carried = {one.what: one.owner for one in made().agenda.carried}
    assert carried == {
        "Ask Merrowbank for a customer who has measured Deputies": "Ines Aldous",
        "Find out which letters need Classic Journeys": "Jonas Weir",
    }


def test_the_agenda() -> None:
    """Four parts; trials, the gap, what is retiring and what is unmeasured are decided there."""
    parts = {
        part.slug: " | ".join([*part.points, *(f"{one.what} {one.why}" for one in part.items)])
        for part in made().agenda.parts
    }
    assert list(parts) == ["strategy", "usage", "gaps", "open"]
    assert "16 February 2026" in parts["strategy"]
    contracts = {row.product: (row.day, row.kind) for row in made().agenda.contracts}
    assert contracts["Tamberlyn"] == (date(2026, 11, 1), "notice")
    assert contracts["Vantelope"] == (date(2026, 11, 30), "contract end")
    assert "Buy Accordane, or end its trial?" in parts["usage"]
    assert "at least 26.3% of the marketing budget" in parts["usage"]
    assert "Call Analytics & Management" in parts["gaps"]
    assert "Quillhaven" in parts["gaps"]
    assert sum(len(part.items) for part in made().agenda.parts) <= MAX_ITEMS


@pytest.mark.parametrize(
    ("title", "effective", "touched", "spared"),
    [
        ("Regulation on consent signals", "from 1 February 2027", "Dovetide", "Tamberlyn"),
        # That its maker signs a code says nothing of a product.
        ("Synthetic Media Labelling Code", "from 1 October 2026", "", "Wherrow Ads"),
        ("Two customers sue Merrowbank", "Ab 1. November", "Merrowbank", "Dovetide"),
    ],
)
def test_rules_with_their_day_and_what_they_touch(
    title: str, effective: str, touched: str, spared: str
) -> None:
    rule = next(one for one in made().agenda.rules if title in one.story.title)
    assert rule.effective == effective
    assert not touched or touched in rule.products
    assert spared not in rule.products


def test_relations_weigh_in_the_ranking() -> None:
    """Without the stack the part is missing; with it, the same story has its points."""
    with_stack = {one.story.id: one for one in decision().ranked}
    ours = next(id_ for id_, found in decision().relations.items() if found[0].kind == "product")
    assert with_stack[ours].parts["relation"] >= RELATION_POINTS["product"]
    without = rank_stories([with_stack[ours].story], Q3)
    assert "relation" not in without[0].parts
    assert round(with_stack[ours].score - without[0].score, 3) == round(
        with_stack[ours].parts["relation"], 3
    )
