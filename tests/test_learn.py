"""What the team's decisions teach: labels, and lines proposed with their effect."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from digest.cluster import cluster_items
from digest.config.vocabulary import add_lines, parse_vocabulary
from digest.decide.decisions import ItemIndex
from digest.learn.evaluation import (
    ChangeBenchmark,
    ReviewedQuarter,
    build_labelled_rows,
    collect_feedback,
    merge_feedback,
)
from digest.learn.proposals import (
    find_refusals,
    justifies_rule,
    measure_combined_effect,
    propose_changes,
)
from digest.model.decisions import StoryDecision
from digest.model.item import Item
from digest.model.tags import TaggedItem
from digest.tag import ItemJudge, Overrides, Rule, item_from_json
from digest.tag.rules import build_team_terms, build_team_vendor
from tests.factories.items import story, tagged

REFERENCE: tuple[dict[str, Any], ...] = tuple(
    map(
        json.loads,
        (Path(__file__).parent / "data" / "reference.jsonl").read_text("utf-8").splitlines(),
    )
)
A, B = tagged(1, ai="mention", evidence=None), tagged(2, relevant=False)
STORIES = (story(A), story(B))


def test_a_correction_is_a_row_with_all_labels():
    """Those that the team gave, and the judgement's own; what it had said is told."""
    (row,) = build_labelled_rows(
        STORIES, [StoryDecision(item=A.item.id, tags={"ai": "core", "category": "crm"})]
    )
    assert (row["ai"], row["category"], row["event"], row["relevant"]) == (
        "core",
        "crm",
        "launch",
        True,
    )
    assert (row["given"], row["corrected"], row["was"]) == (
        ["ai", "category"],
        ["ai"],
        {"ai": "mention"},
    )
    assert row["title"] == A.item.title


def test_what_was_kept_is_relevant_and_what_is_gone_teaches_nothing():
    """A drop says nothing of the tags."""
    rows = list(build_labelled_rows(STORIES, [StoryDecision(item=B.item.id, keep=True), StoryDecision(item="x", tags={"ai": "core"}),
                                   StoryDecision(item=A.item.id, drop="dull")]))  # fmt: skip
    assert [(row["id"], row["relevant"], row["corrected"]) for row in rows] == [
        (B.item.id, True, ["relevant"])
    ]


def test_a_label_stays_one_when_the_judgement_has_learned_it():
    """Otherwise nobody would see it being lost again."""
    (row,) = build_labelled_rows(STORIES, [StoryDecision(item=A.item.id, tags={"category": "crm"})])
    assert (row["given"], row["corrected"], row["was"]) == (["category"], [], {})


def test_lessons_say_what_the_briefing_should_be():
    """A dropped item should have stayed out, a kept one is relevant, no AI has no evidence; of one item the last word
    counts; notes and pins of words teach nothing."""
    one = ReviewedQuarter(
        "2026-Q2",
        STORIES,
        (StoryDecision(item=A.item.id, drop="dull"), StoryDecision(item=B.item.id, pin=1)),
    )
    two = ReviewedQuarter(
        "2026-Q3",
        STORIES,
        (
            StoryDecision(item=A.item.id, tags={"ai": "none"}),
            StoryDecision(item=B.item.id, note="x"),
        ),
    )
    assert [dict(lesson.target_labels) for lesson in one.feedback] == [
        {"relevant": False},
        {"relevant": True},
    ]
    assert [(one.quarter, dict(one.target_labels)) for one in merge_feedback([one, two])] == [
        ("2026-Q3", {"ai": "none", "evidence": None}),
        ("2026-Q2", {"relevant": True}),
    ]
    assert (
        list(collect_feedback(ItemIndex(STORIES), [StoryDecision(item=A.item.id, headline="x")]))
        == []
    )


# ---------------------------------------------------------------- proposals


def entries(
    *rows: tuple[str, str, str], quarter: str = "2026-Q2", source: str = "Trade Daily"
) -> list[Item]:
    """Items of (id, title, summary)."""
    return [
        item_from_json(
            {
                "id": key,
                "title": title,
                "summary": summary,
                "source": source,
                "date": f"{quarter[:4]}-05-02",
            }
        )
        for key, title, summary in rows
    ]


LEDGERS = entries(
    ("l1", "Zorblatt launches a plonket room", "It opens on Monday."),
    ("l2", "Zorblatt gives its plonket room another door", "Visitors may come in from the garden."),
    ("l3", "Quorbly paints the walls of its plonket room", "They are green from now on."),
)
GOSSIP = entries(
    *(
        (
            f"g{n}",
            f"{name} launches AI agent for email marketing",
            "The agent writes subject lines and is available now.",
        )
        for n, name in enumerate(("Brevo", "Klaviyo", "HubSpot", "Braze"))
    ),
    source="Gossip Daily",
)
BAKERS = entries(
    *(
        (f"b{n}", f"{name} bakes bread by the harbour", "Warm from six.")
        for n, name in enumerate(("Ann", "Bo", "Cy"))
    ),
    source="Baker Times",
)
OTHERS = entries(
    ("o1", "Salesforce buys a customer data platform", "The deal closes in autumn."),
    ("o2", "Seven ways to write a better newsletter", "Our favourite tips."),
)


def reviewed(
    items: list[Item],
    *rulings: StoryDecision,
    in_force: Overrides | None = None,
    quarter: str = "2026-Q2",
) -> ReviewedQuarter:
    """A quarter judged with what is in force; its edition tells all that is relevant and was not dropped."""
    judge = ItemJudge.load(in_force) if in_force else ItemJudge.load()
    stories = cluster_items([TaggedItem(item, judge.judge_item(item)) for item in items])
    dropped = {ruling.item for ruling in rulings if ruling.drop}
    told = {
        one.id
        for one in stories
        if one.tags.relevant and not dropped & {member.item.id for member in one.items}
    }
    return ReviewedQuarter(quarter, stories, rulings, frozenset(told))


def retag(items: list[Item], **tags: Any) -> list[StoryDecision]:
    return [StoryDecision(item=item.id, tags=tags) for item in items]


def drop(items: list[Item]) -> list[StoryDecision]:
    return [StoryDecision(item=item.id, drop="gossip") for item in items]


def proposed(
    *quarters: ReviewedQuarter, overrides: Overrides | None = None, offered: bool = True
) -> list[dict[str, Any]]:
    found = propose_changes(quarters, overrides or Overrides(), REFERENCE)
    return [dict(one.line.entry) for one in found if one.is_offered == offered]


def without_weights(found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Which weight does it is for the weights that ship."""
    return [{slug: word.partition("^")[0] for slug, word in one.items()} for one in found]


def test_a_word_that_corrected_items_share_is_proposed():
    """With the least weight that does it, what it rests on, and its effect."""
    (one,) = propose_changes(
        [reviewed([*LEDGERS, *OTHERS], *retag(LEDGERS, category="crm"))], Overrides(), REFERENCE
    )
    assert without_weights([one.line.entry]) == [{"crm": "plonket room"}]
    assert {lesson.item.id for lesson in one.rests_on} == {"l1", "l2", "l3"}
    assert (one.effect.right, one.effect.decision_count, one.effect.worse, one.is_offered) == (
        (0, 3),
        3,
        (),
        True,
    )
    assert all(was == then for was, then in one.effect.figures.values())


def test_corrections_of_several_quarters_count_together():
    """One in each is enough."""
    two = (
        reviewed(LEDGERS[:1], *retag(LEDGERS[:1], category="crm")),
        reviewed(LEDGERS[1:2], *retag(LEDGERS[1:2], category="crm")),
    )
    assert without_weights(proposed(*two)) == [{"crm": "plonket room"}]
    assert proposed(*two[:1]) == []


@pytest.mark.parametrize(
    "rulings",
    [
        retag(LEDGERS[:1], category="crm"),
        [*retag(LEDGERS[:2], category="crm"), *retag(LEDGERS[2:], category="print")],
        retag(LEDGERS, category=None),
        retag(LEDGERS, event="people"),
    ],
    ids=["once", "contrary", "no category", "another field"],
)
def test_what_does_not_recur_or_is_contradicted_is_not_proposed(rulings):
    """No word of all three comes of it."""
    assert "ledger" not in str(proposed(reviewed(LEDGERS, *rulings)))


def test_a_word_that_stands_elsewhere_is_not_proposed():
    """Items of other categories that nobody moved use it."""
    many = entries(
        *((f"x{n}", f"Ledger room of hotel {n} opens", "Guests sign there.") for n in range(6))
    )
    rulings = retag(LEDGERS, category="crm")
    assert not any("ledger" in str(one) for one in proposed(reviewed([*LEDGERS, *many], *rulings)))


def test_an_unknown_company_is_proposed_with_its_category():
    """Where the team named it; known to be used as a word, it needs its capital."""
    items = entries(
        ("v1", "Plover opens CRM to agencies", "CRM records can now be shared."),
        (
            "v2",
            "Plover adds CRM records for agencies",
            "A plover flies past agencies that use a CRM.",
        ),
    )
    rulings = retag(items, vendors=["Plover"], category="crm")
    (one,) = [one for one in proposed(reviewed(items, *rulings)) if one.get("name")]
    assert one == {"name": "Plover", "categories": ("crm",), "care": {"Plover": "word"}}


def test_what_the_team_drops_nearly_all_of_becomes_a_rule():
    """Its name says so; nothing else is proposed for the same drops."""
    rule = {
        "name": "the team drops: source Gossip Daily",
        "effect": "exclude",
        "sources": ("Gossip Daily",),
    }
    assert proposed(reviewed([*GOSSIP, *OTHERS], *drop(GOSSIP))) == [rule]


@pytest.mark.parametrize(
    ("items", "rulings"),
    [
        (GOSSIP, drop(GOSSIP[:2])),
        (GOSSIP, [*drop(GOSSIP[:3]), StoryDecision(item="g3", keep=True)]),
        ([*GOSSIP, *entries(("g9", "Shopify raises prices of its plans", "From October."), source="Gossip Daily")],
         drop(GOSSIP[:3])),
    ],
    ids=["too few", "one was kept", "two were let stand"],
)  # fmt: skip
def test_a_rule_needs_drops_and_nothing_kept(items, rulings):
    """At least three, none kept, and nearly all that the edition told."""
    assert not [one for one in proposed(reviewed(items, *rulings)) if one.get("sources")]


def test_what_the_team_keeps_though_the_machine_leaves_it_out_becomes_a_rule():
    """Likewise; a rule lets in only where the team kept nearly all of it."""
    keeps = [StoryDecision(item=item.id, keep=True) for item in BAKERS]
    rule = {
        "name": "the team keeps: source Baker Times",
        "effect": "include",
        "sources": ("Baker Times",),
    }
    assert rule in proposed(reviewed(BAKERS, *keeps))
    more = entries(
        *((f"b{n}", f"Oven {n} is for sale", "Call us.") for n in (7, 8)), source="Baker Times"
    )
    assert rule not in proposed(reviewed([*BAKERS, *more], *keeps))


def test_what_makes_the_reference_set_worse_is_shown_and_not_offered():
    """The team's rule would take out items that the reference set holds relevant."""
    items = entries(
        *((f"t{n}", item.title, item.summary) for n, item in enumerate(GOSSIP)),
        source="Trade Daily",
    )
    shown = propose_changes([reviewed(items, *drop(items))], Overrides(), REFERENCE)
    refused = {one.line.entry["name"]: one.effect for one in shown if not one.is_offered}
    assert "the team drops: source Trade Daily" in refused
    assert "relevant: " in refused["the team drops: source Trade Daily"].worse[0]


def test_what_is_in_force_is_not_proposed_again():
    """The items are judged as the team wanted then."""
    held = Overrides(
        build_team_terms({"crm": ["plonket room^6"]}),
        rules=(Rule("x", "exclude", sources=("Gossip Daily",)),),
    )
    items = [*LEDGERS, *GOSSIP]
    rulings = [*retag(LEDGERS, category="crm"), *drop(GOSSIP)]
    assert proposed(reviewed(items, *rulings, in_force=held), overrides=held) == []
    assert len(proposed(reviewed(items, *rulings))) == 2


def test_several_at_once_are_measured_at_once():
    """As accepting them does."""
    quarter = reviewed([*LEDGERS, *GOSSIP], *retag(LEDGERS, category="crm"), *drop(GOSSIP))
    both = propose_changes([quarter], Overrides(), REFERENCE)
    effect = measure_combined_effect(both, [quarter], Overrides(), REFERENCE)
    assert (effect.right, effect.gain, effect.decision_count, effect.worse) == ((0, 7), 7, 7, ())


def test_an_item_that_no_change_reaches_is_not_judged_again():
    """The effect is the same as that of judging everything."""
    bench = ChangeBenchmark(
        Overrides(), reviewed(LEDGERS, *retag(LEDGERS, category="crm")).feedback, REFERENCE
    )
    changed = Overrides(build_team_terms({"crm": ["plonket room^6"]}))
    assert bench.measure_effect(
        changed, lambda item, _: "plonket" in item.title
    ) == bench.measure_effect(changed)


@pytest.mark.parametrize(
    ("decided", "whole", "worth"), [(2, 2, False), (3, 3, True), (4, 5, True), (3, 4, False)]
)
def test_how_many_speak_for_a_rule(decided, whole, worth):
    """Three, and four of five."""
    assert justifies_rule(decided, whole) == worth


# ---------------------------------------------------------------- what happened, and new names

MOTHBALLS = entries(
    ("m1", "Salesforce mothballs an old form builder", "It is available until March."),
    ("m2", "Adobe mothballs its smallest edition", "It is available until March."),
)


def test_a_word_of_titles_tells_an_event_that_was_corrected():
    """As a pattern under events; offered with its effect, and judged right in the next quarter."""
    quarter = reviewed([*MOTHBALLS, *OTHERS], *retag(MOTHBALLS, event="shutdown"))
    (made,) = [one for one in propose_changes([quarter], Overrides(), REFERENCE) if one.is_offered]
    assert made.line.entry == {"shutdown": r"\bmothballs\b"}
    assert made.effect.gain == 2
    text = add_lines("", (made.line,))
    assert add_lines(text, (made.line,)) == text
    file = parse_vocabulary(text)
    assert file.events["shutdown"].title == (r"\bmothballs\b",)
    overrides = Overrides(events={"shutdown": {"title": (r"\bmothballs\b",)}})
    (later,) = entries(("n1", "Oracle mothballs a campaign tool", "From May on."))
    assert ItemJudge.load(overrides).judge_item(later).event == "shutdown"


@pytest.mark.parametrize(
    ("items", "rulings"),
    [
        (MOTHBALLS, retag(MOTHBALLS[:1], event="shutdown")),
        (
            MOTHBALLS,
            [*retag(MOTHBALLS[:1], event="shutdown"), *retag(MOTHBALLS[1:], event="pricing")],
        ),
        (
            [
                *MOTHBALLS,
                *entries(*((f"x{n}", f"Vendor{n} mothballs it", "Now.") for n in range(4))),
            ],
            retag(MOTHBALLS, event="shutdown"),
        ),
    ],
    ids=["once", "told otherwise", "stands elsewhere"],
)
def test_a_word_that_tells_no_event_for_sure_is_not_proposed(items, rulings):
    """What recurs among them is named with the reason."""
    quarter = reviewed(items, *rulings)
    found = propose_changes([quarter], Overrides(), REFERENCE)
    assert not [one for one in found if one.line.group == "events"]
    if len(items) > 2:
        (refusal,) = find_refusals([quarter], found)
        assert "no word that their titles share" in refusal.reason


def new_name(name, *summaries):
    """Three items of two publishers that a name acts in."""
    return [
        *entries(
            (f"{name}1", f"{name} launches an email builder for shops", summaries[0]),
            (f"{name}2", f"{name} adds subject lines to newsletters", summaries[1]),
        ),
        *entries((f"{name}3", f"{name} opens its editor", summaries[2]), source="Martech Wire"),
    ]


def test_a_new_name_that_is_seen_often_is_offered_as_a_vendor():
    """Without a correction; a word that is also written small is no name."""
    news = "It sends newsletters by email. It is available now."
    items = new_name("Quarrowby", news, news, news)
    words = new_name("Marketers", news, "Many marketers wait.", "For marketers, this is new.")
    found = propose_changes([reviewed([*items, *words, *OTHERS])], Overrides(), REFERENCE)
    (made,) = [one for one in found if one.is_offered]
    assert made.line.entry["name"] == "Quarrowby"
    assert "3 items of 2 publishers" in made.why
    assert made.effect.moved == 3
    known = Overrides(vendors=(build_team_vendor("Quarrowby"),))
    assert not proposed(reviewed([*items, *OTHERS], in_force=known), overrides=known)


@pytest.mark.whole
@pytest.mark.parametrize(
    "told",
    ["Kordella, formerly Klaviyo, sells to shops.", "Klaviyo has renamed itself Kordella.",
     "Klaviyo is now Kordella.", "Today Klaviyo rebrands as Kordella."],
)  # fmt: skip
def test_a_new_name_of_a_known_vendor_is_offered_as_its_other_name(told):
    """First, and with the other names that the vendor has; a vendor of its own may be chosen, too."""
    items = new_name("Kordella", told, "It is available now.", "It is available now.")
    found = propose_changes([reviewed([*items, *OTHERS])], Overrides(), REFERENCE)
    first, *_ = [one for one in found if one.is_offered]
    assert first.line.entry["name"] == "Klaviyo"
    assert first.line.entry["aliases"][-1] == "Kordella"
    changed = Overrides(vendors=(build_team_vendor(**first.line.entry),))
    (later,) = entries(("k9", "Kordella launches an agent for email", "It is available now."))
    assert ItemJudge.load(changed).judge_item(later).vendors == ("Klaviyo",)
    assert ItemJudge.load().judge_item(later).vendors == ()


def test_a_name_in_one_publishers_way_of_writing_is_not_offered():
    """Nor one that stands in too few items."""
    news = "It sends newsletters by email. It is available now."
    alone = [replace(one, source_name="Trade Daily") for one in new_name("Quarrowby", *[news] * 3)]
    assert not proposed(reviewed([*alone, *OTHERS]))
    assert not proposed(reviewed([*new_name("Quarrowby", *[news] * 3)[1:], *OTHERS]))
