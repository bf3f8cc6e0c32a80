"""The team's word over the machine's: it holds wherever its story went, or is reported."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.cluster import leader
from digest.model import RankedStory, Ruling, Rulings
from digest.overrule import choose, edited, overrule, pinned
from tests.fakes import story, tagged

A, B, C, D = (tagged(n) for n in (1, 2, 3, 4))
STORIES = (story(A, B), story(C), story(D))


def ruled(*rulings, stories=STORIES):
    return overrule(stories, Rulings(tuple(rulings)), leader)


def of(one, **more):
    """A ruling for the story that tells an item."""
    return Ruling(url=one.item.url, item=one.item.id, title=one.item.title, **more)


def groups(result):
    return {frozenset(member.item.id for member in one.items) for one in result.stories}


def ids(*members):
    return frozenset(member.item.id for member in members)


def ranked(result):
    return tuple(RankedStory(one, 9.0 - n, {}) for n, one in enumerate(result.stories))


def test_untouched_stories_are_the_same_objects():
    """So that nothing has to be judged again for them."""
    result = ruled(of(C, tags={"ai": "core"}))
    assert [one is other for one, other in zip(result.stories, STORIES, strict=True)] == [True, False, True]


def test_merge_and_split_keep_every_item_once():
    """The named story keeps its name; the rest of a split is a story of its own."""
    result = ruled(of(C, merge=(D.item.url,)), of(A, split=(B.item.id,), by="Anna"))
    assert groups(result) == {ids(A), ids(B), ids(C, D)}
    joined = next(one for one in result.stories if len(one.items) == 2)
    assert joined.lead == C
    assert joined.merges[0].matched == ("joined by the team",)


def test_a_split_of_the_lead_leaves_a_story_with_another_lead():
    """Whichever item is named."""
    assert groups(ruled(of(B, split=(A.item.id,)))) == {ids(A), ids(B), ids(C), ids(D)}


def test_corrected_tags_hold_for_the_whole_story():
    """With who said so as the reason; what has no AI has no evidence."""
    result = ruled(of(B, tags={"ai": "none", "evidence": "claimed", "category": None, "vendors": ("Acme",)}, by="Ben"))
    tags = result.stories[0].tags
    assert (tags.ai, tags.evidence, tags.category, tags.vendors) == ("none", None, None, ("Acme",))
    assert tags.why["ai"] == ("Ben said so",)


def test_keep_drop_and_pin():
    """Pinned first in their order, dropped out with the reason, kept in whatever its score."""
    result = ruled(of(A, pin=2), of(C, drop="dull"), of(D, pin=1))
    every = ranked(result)
    chosen, left = choose(every[:2], {every[2].story.id: "low"}, every, result)
    assert [one.story.lead for one in chosen] == [D, A]
    assert left == {STORIES[1].id: "dropped by the team: dull"}
    assert pinned(chosen, result.rulings) == (STORIES[2].id, STORIES[0].id)


def test_what_is_kept_is_relevant():
    """Even where the machine did not think so."""
    off = tagged(9, relevant=False)
    assert ruled(of(off, keep=True), stories=(story(off),)).stories[0].tags.relevant


def test_a_decision_finds_its_story_by_address_when_the_id_is_new():
    """As in an archive that was made anew, or under another name of the source."""
    moved = tagged(1, category="seo")
    moved = replace(moved, item=replace(moved.item, id="i999"))
    result = ruled(of(A, headline="Ours"), stories=(story(moved),))
    assert result.rulings["s999"].headline == "Ours"
    assert not result.lost


@pytest.mark.parametrize("what", [{"drop": "dull"}, {"merge": ("i1",)}, {"tags": {"ai": "core"}}, {"note": "x"}])
def test_a_decision_whose_story_is_gone_is_told(what):
    """With what it decided, and of which story."""
    (lost,) = ruled(of(tagged(50), **what)).lost
    assert "Vendor 50" in lost
    assert next(iter(what.get("tags", what))) in lost
    assert "no item of this quarter" in lost


def test_a_merge_with_what_is_gone_is_told():
    """And the rest of the decision holds."""
    result = ruled(of(A, merge=("https://gone.example/",), headline="Ours"))
    assert "https://gone.example/" in result.lost[0]
    assert result.rulings[STORIES[0].id].headline == "Ours"


def test_two_decisions_on_one_story_the_later_counts_and_the_other_is_told():
    """As when better clustering makes one story of two."""
    from tests.fakes import NOW, START

    result = ruled(of(A, drop="dull", note="first", at=START), of(B, keep=True, at=NOW))
    ruling = result.rulings[STORIES[0].id]
    assert (ruling.keep, ruling.drop, ruling.note) == (True, "", "first")
    assert ruling.by == ""
    kept = ruled(of(A, headline="one", at=START), of(B, headline="two", at=NOW))
    assert kept.rulings[STORIES[0].id].headline == "two"
    assert "headline" in kept.lost[0]


def test_what_is_the_teams_word_is_named():
    """For the reader, and for learning."""
    assert edited(of(A, headline="x", note="y", tags={"ai": "core"}, ring="act")) == ("headline", "note", "ai", "ring")


MEMBERS = [tagged(n) for n in range(8)]
REFERENCES = st.lists(st.sampled_from([one.item.id for one in MEMBERS] + ["gone"]), max_size=3).map(tuple)
RULINGS = st.lists(
    st.tuples(
        st.integers(0, 9),
        st.sampled_from([{}, {"keep": True}, {"drop": "x"}, {"pin": 3}, {"tags": {"event": "update"}}]),
        REFERENCES,
        REFERENCES,
    ),
    max_size=6,
)


@given(RULINGS, st.lists(st.integers(0, 3), min_size=8, max_size=8))
def test_under_any_clustering_no_item_is_lost_and_every_decision_holds_or_is_told(rows, homes):
    """The law of rebuilds: items stay, each once; a ruling is in force on some story or reported."""
    stories = [story(*(m for m, home in zip(MEMBERS, homes, strict=True) if home == n)) for n in sorted(set(homes))]
    rulings = [of(tagged(n), **what, merge=merge, split=split) for n, what, merge, split in rows]
    result = ruled(*rulings, stories=stories)
    assert sorted(m.item.id for one in result.stories for m in one.items) == sorted(m.item.id for m in MEMBERS)
    assert len({one.id for one in result.stories}) == len(result.stories)
    home = {m.item.id: one.id for one in result.stories for m in one.items}
    for ruling in rulings:
        if ruling.item in home:
            held = result.rulings[home[ruling.item]]
            same = all(getattr(held, name) == getattr(ruling, name) for name in ("keep", "drop", "pin"))
            assert same or len(rulings) > 1
        else:
            assert any(ruling.url in line for line in result.lost)
