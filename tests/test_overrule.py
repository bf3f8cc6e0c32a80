"""The team's word over the machine's: it holds wherever its story went, or is reported."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.cluster import choose_lead
from digest.decide.decisions import (
    apply_choices,
    apply_decisions,
    list_edited_fields,
    list_pinned_ids,
    list_unprinted,
)
from digest.model.decisions import EditorialDecisions, StoryDecision
from digest.model.reasons import LeftOut, LeftOutReason
from digest.model.story import RankedStory
from tests.factories.examples import try_examples
from tests.factories.items import NOW, START, story, tagged

LOW = LeftOut(LeftOutReason.BELOW_FLOOR, {"score": 1, "floor": 2})

A, B, C, D = (tagged(n) for n in (1, 2, 3, 4))
STORIES = (story(A, B), story(C), story(D))


def decide(*decisions, stories=STORIES):
    return apply_decisions(stories, EditorialDecisions(tuple(decisions)), choose_lead)


def of(one, **more):
    """A decision for the story that tells an item."""
    return StoryDecision(url=one.item.url, item=one.item.id, title=one.item.title, **more)


def groups(result):
    return {frozenset(member.item.id for member in one.items) for one in result.stories}


def ids(*members):
    return frozenset(member.item.id for member in members)


def ranked(result):
    return tuple(RankedStory(one, 9.0 - n, {}) for n, one in enumerate(result.stories))


def test_untouched_stories_are_the_same_objects():
    """So that nothing has to be judged again for them."""
    result = decide(of(C, tags={"ai": "core"}))
    assert [one is other for one, other in zip(result.stories, STORIES, strict=True)] == [
        True,
        False,
        True,
    ]


def test_merge_and_split_keep_every_item_once():
    """The named story keeps its name; the rest of a split is a story of its own."""
    result = decide(of(C, merge=(D.item.url,)), of(A, split=(B.item.id,), by="Anna"))
    assert groups(result) == {ids(A), ids(B), ids(C, D)}
    joined = next(one for one in result.stories if len(one.items) == 2)
    assert joined.lead == C
    assert joined.merges[0].matched == ("joined by the team",)


def test_a_split_of_the_lead_leaves_a_story_with_another_lead():
    """Whichever item is named."""
    assert groups(decide(of(B, split=(A.item.id,)))) == {ids(A), ids(B), ids(C), ids(D)}


def test_corrected_tags_hold_for_the_whole_story():
    """With who said so as the reason; what has no AI has no evidence."""
    result = decide(
        of(
            B,
            tags={"ai": "none", "evidence": "claimed", "category": None, "vendors": ("Acme",)},
            by="Ben",
        )
    )
    tags = result.stories[0].tags
    assert (tags.ai, tags.evidence, tags.category, tags.vendors) == ("none", None, None, ("Acme",))
    assert tags.why["ai"] == ("Ben said so",)


def test_keep_drop_and_pin():
    """Pinned first in their order, dropped out with the reason, kept in whatever its score."""
    result = decide(of(A, pin=2), of(C, drop="dull"), of(D, pin=1))
    every = ranked(result)
    chosen, left = apply_choices(every[:2], {every[2].story.id: LOW}, every, result)
    assert [one.story.lead for one in chosen] == [D, A]
    assert {story: str(why) for story, why in left.items()} == {
        STORIES[1].id: "dropped by the team: dull"
    }
    assert list_pinned_ids(chosen, result.decisions) == (STORIES[2].id, STORIES[0].id)


def test_what_is_kept_is_relevant():
    """Even where the machine did not think so."""
    off = tagged(9, relevant=False)
    assert decide(of(off, keep=True), stories=(story(off),)).stories[0].tags.relevant


def test_a_decision_finds_its_story_by_address_when_the_id_is_new():
    """As in an archive that was made anew, or under another name of the source."""
    moved = tagged(1, category="seo")
    moved = replace(moved, item=replace(moved.item, id="i999"))
    result = decide(of(A, headline="Ours"), stories=(story(moved),))
    assert result.decisions["s999"].headline == "Ours"
    assert not result.lost


@pytest.mark.parametrize(
    "what", [{"drop": "dull"}, {"merge": ("i1",)}, {"tags": {"ai": "core"}}, {"note": "x"}]
)
def test_a_decision_whose_story_is_gone_is_told(what):
    """With what it decided, and of which story."""
    (lost,) = decide(of(tagged(50), **what)).lost
    assert "Vendor 50" in lost
    assert next(iter(what.get("tags", what))) in lost
    assert "no item of this quarter" in lost


def test_a_merge_with_what_is_gone_is_told():
    """And the rest of the decision holds."""
    result = decide(of(A, merge=("https://gone.example/",), headline="Ours"))
    assert "https://gone.example/" in result.lost[0]
    assert result.decisions[STORIES[0].id].headline == "Ours"


def test_two_decisions_on_one_story_the_later_counts_and_the_other_is_told():
    """As when better clustering makes one story of two."""
    result = decide(of(A, drop="dull", note="first", at=START), of(B, keep=True, at=NOW))
    decision = result.decisions[STORIES[0].id]
    assert (decision.keep, decision.drop, decision.note) == (True, "", "first")
    assert decision.by == ""
    kept = decide(of(A, headline="one", at=START), of(B, headline="two", at=NOW))
    assert kept.decisions[STORIES[0].id].headline == "two"
    assert "headline" in kept.lost[0]


def test_what_is_the_teams_word_is_named():
    """For the reader, and for learning."""
    assert list_edited_fields(of(A, headline="x", note="y", tags={"ai": "core"}, ring="act")) == (
        "headline",
        "note",
        "ai",
        "ring",
    )


def test_an_item_leaves_a_story_that_was_joined():
    """Alone, though it came with another: what the merge names stays."""
    result = decide(of(C, merge=(A.item.id,), split=(B.item.id,)))
    assert groups(result) == {ids(A, C), ids(B), ids(D)}
    assert not result.lost


def test_a_split_that_a_merge_undoes_is_told():
    """And so is one that names the story's own item."""
    result = decide(
        of(A, split=(B.item.id,)), of(C, merge=(A.item.id, B.item.id)), of(D, split=(D.item.url,))
    )
    assert groups(result) == {ids(A, B, C), ids(D)}
    assert ["another decision merges" in line for line in result.lost] == [True, False]
    assert "names the story" in result.lost[1]


def test_a_page_that_two_sources_list_is_split_off_with_both_its_items():
    """An address names a page, not a reading of it."""
    twin = replace(D, item=replace(D.item, id="i777"))
    result = decide(of(A, split=(D.item.url,)), stories=(story(A, D, twin),))
    assert groups(result) == {ids(A), ids(D, twin)}


def test_what_a_later_word_takes_is_told_of_the_story_that_said_it():
    """Of three decisions on one story, too; in and out exclude each other, keep and pin do not."""
    whole = (story(A, B, C),)
    between = START + (NOW - START) / 2
    several = [
        of(one, headline=one.item.title, at=at) for one, at in ((A, START), (B, between), (C, NOW))
    ]
    first, second = decide(*several, stories=whole).lost
    assert first.startswith("headline of “Vendor 1 ")
    assert second.startswith("headline of “Vendor 2 ")
    assert decide(of(A, keep=True, at=START), of(B, pin=1, at=NOW), stories=whole).lost == ()


def test_dropping_what_was_added_by_hand_takes_nothing_from_anybody():
    """The keep that comes with it was nobody's word."""
    assert decide(of(A, keep=True), of(A, drop="old", by="Anna")).lost == ()


def test_evidence_without_ai_is_told():
    """Whether the team says so, or the judgement does by now."""
    for tags in ({"ai": "none", "evidence": "claimed"}, {"evidence": "claimed"}):
        (line,) = decide(of(A, tags=tags)).lost
        assert line.startswith("evidence of")


def test_words_for_a_story_that_stays_out_are_told():
    """Where the team did not drop it: a late item may have outranked it."""
    result = decide(of(A, note="Ours."), of(C, note="x", drop="dull"), of(D, pin=1, headline="y"))
    left: dict[str, Any] = {
        STORIES[0].id: "below the best 40",
        STORIES[1].id: "dropped",
        STORIES[2].id: "the section deals is off",
    }
    assert list_unprinted(result, {}) == ()
    first, second = list_unprinted(result, left)
    assert (
        first
        == "note of “Vendor 1 launches product 1”: the story stays out of the edition: below the best 40"
    )
    assert second.startswith("pin, headline of “Vendor 4 ")


MEMBERS = [tagged(n) for n in range(8)]
REFERENCES = st.lists(
    st.sampled_from([name for one in MEMBERS for name in (one.item.id, one.item.url)] + ["gone"]),
    max_size=2,
).map(tuple)
WORDS = st.sampled_from(["one", "two"])
RULING = st.fixed_dictionaries(
    {},
    optional={
        "choice": st.sampled_from(
            [("keep", True), ("drop", "x"), ("drop", "y"), ("pin", 1), ("pin", 2)]
        ),
        "headline": WORDS,
        "note": WORDS,
        "ring": st.sampled_from(["act", "ask"]),
        "relation": st.sampled_from(["rival", "gap"]),
        "tags": st.fixed_dictionaries(
            {},
            optional={
                "event": st.sampled_from(["update", "pricing"]),
                "ai": st.sampled_from(["none", "core"]),
                "evidence": st.sampled_from(["claimed", "evidenced"]),
                "category": st.sampled_from([None, "seo"]),
            },
        ),
        "merge": REFERENCES,
        "split": REFERENCES,
        "at": st.sampled_from([NOW - timedelta(days=days) for days in range(3)]),
    },
)


def _ruling(n, what):
    """A decision of the n-th item; 8 and 9 are told by nobody."""
    choice = dict([what["choice"]]) if "choice" in what else {}
    return of(
        tagged(n), **choice, **{name: value for name, value in what.items() if name != "choice"}
    )


def not_in_force(decision, result, chosen):
    """What a decision decided and does not hold now."""
    home = {member.item.id: one for one in result.stories for member in one.items}
    urls = {member.item.url: member.item.id for one in result.stories for member in one.items}
    named = lambda reference: home.get(urls.get(reference, reference))  # noqa: E731
    mine = home.get(decision.item)
    if mine is None:
        yield from list_edited_fields(decision)
        yield from (
            name for name in ("keep", "drop", "pin", "merge", "split") if getattr(decision, name)
        )
        return
    held = result.decisions[mine.id]
    yield from (name for name in ("drop", "pin", "headline", "note", "ring", "relation")
                if getattr(decision, name) and getattr(held, name) != getattr(decision, name))  # fmt: skip
    if decision.keep and mine.id not in chosen:
        yield "keep"
    yield from (name for name, value in decision.tags.items() if getattr(mine.tags, name) != value)
    yield from ("merge" for reference in decision.merge if named(reference) is not mine)
    yield from ("split" for reference in decision.split if named(reference) in (mine, None))


@try_examples(200)
@given(
    st.dictionaries(st.integers(0, 9), RULING, max_size=6),
    st.lists(st.integers(0, 3), min_size=8, max_size=8),
    st.booleans(),
)
def test_under_any_grouping_no_item_is_lost_and_each_word_of_the_team_holds_or_is_told(
    rows, homes, with_ids
):
    """The law of rebuilds.

    Whatever the stories are now, and whether or not ids are the same: items stay, each once; of
    every decision, every single word is in force on the story of its item, or a line names it and its
    story.
    """
    new = {one.item.id: one if with_ids else replace(one, item=replace(one.item, id="x" + one.item.id))
           for one in MEMBERS}  # fmt: skip
    members = list(new.values())
    stories = [
        story(*(m for m, home in zip(members, homes, strict=True) if home == n))
        for n in sorted(set(homes))
    ]
    decisions = [_ruling(n, what) for n, what in rows.items()]
    result = decide(*decisions, stories=stories)
    assert sorted(m.item.id for one in result.stories for m in one.items) == sorted(
        m.item.id for m in members
    )
    assert len({one.id for one in result.stories}) == len(result.stories)
    every = ranked(result)
    chosen, left = apply_choices((), {one.story.id: LOW for one in every}, every, result)
    told = (*result.lost, *list_unprinted(result, left))
    for decision in decisions:
        item = new[decision.item].item.id if decision.item in new else decision.item
        now = replace(
            decision,
            item=item,
            merge=_renamed(decision.merge, new),
            split=_renamed(decision.split, new),
        )
        for word in not_in_force(now, result, {one.story.id for one in chosen}):
            assert any(word in line and decision.title in line for line in told), (
                word,
                decision,
                told,
            )
    for story_id, held in result.decisions.items():
        if story_id in left and not held.drop and (held.headline or held.note):
            assert any(held.title in line and "stays out" in line for line in told)


def _renamed(references, new):
    return tuple(new[name].item.id if name in new else name for name in references)


def unsure(member, **confidence):
    """The member with fields that the machine is not sure of."""
    tags = replace(member.tags, confidence=confidence, unsure=frozenset(confidence))
    return replace(member, tags=tags)


def test_what_the_team_said_is_certain():
    """A label of the team's is printed, the machine's other doubts stay."""
    doubted = story(unsure(A, event=0.4, category=0.5))
    (one,) = decide(of(A, tags={"event": "update"}), stories=(doubted,)).stories
    assert one.tags.is_certain("event")
    assert not one.tags.is_certain("category")
    assert one.tags.confidence == {"event": 1.0, "category": 0.5}


def test_a_story_is_as_sure_as_the_item_whose_label_it_takes():
    """The category is the second item's where the first has none, and so is its certainty."""
    first = unsure(A, event=0.9, category=0.6, relevant=0.7)
    first = replace(first, tags=replace(first.tags, category=None, relevant=False))
    second = unsure(B, event=0.2, category=0.8, relevant=0.6)
    second = replace(second, tags=replace(second.tags, category="crm", unsure=frozenset()))
    tags = story(first, second).tags
    assert tags.confidence == {"event": 0.9, "category": 0.8, "relevant": 0.6}
    assert tags.relevance_probability == 0.6
    assert not tags.is_certain("event")
    assert tags.is_certain("category")
