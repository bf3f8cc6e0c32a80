"""What was found in stories once serves every later decision of the same stories."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.app.decide import cap_sources, decide_stories
from digest.app.findings import StoryFindings
from digest.decide.relations import StackIndex, index_stack
from digest.model.decisions import EditorialDecisions, StoryDecision
from digest.model.source import Source
from digest.model.stack import Product, Stack
from digest.model.tags import TaggedItem
from digest.rank import SelectionLimits, extract_features, load_default_weights
from tests.factories.items import NOW, item, tags
from tests.factories.review import Q3, story

STORIES = tuple(story(n, size=1 + n % 3) for n in range(12))
FINDINGS = StoryFindings(STORIES, extract_features(STORIES, Q3))  # of all cases one after another
STACK = Stack(products=(Product("Halcyra 0", ("crm",)), Product("Merrowbank 1", ("cdp",))))
WHATS = (
    {"keep": True},
    {"drop": "dull"},
    {"pin": 1},
    {"tags": {"ai": "core"}},
    {"tags": {"event": "shutdown"}},
    {"note": "x"},
    {"relation": "gap"},
    {"merge": (STORIES[7].lead.item.url,)},
    {"split": (STORIES[2].items[1].item.id,)},
    {"merge": (STORIES[2].lead.item.id,), "tags": {"category": "seo"}},
)


def make_decisions(state):
    """Return the decisions of a state: story's number → what was decided."""
    leads = {n: STORIES[n].lead.item for n in state}
    return EditorialDecisions(
        tuple(
            StoryDecision(url=leads[n].url, item=leads[n].id, **what) for n, what in state.items()
        )
    )


@pytest.mark.whole
@pytest.mark.parametrize(
    "stack_index", [None, StackIndex(STACK, index_stack(STACK))], ids=["no stack", "a stack"]
)
@settings(max_examples=60, deadline=None, database=None)
@given(st.dictionaries(st.integers(0, 11), st.sampled_from(WHATS), max_size=4))
def test_what_was_found_before_the_decisions_holds_after_them(stack_index, state):
    """Whatever was decided: merges and splits as well as corrected tags."""

    def decide(findings):
        return decide_stories(
            Q3,
            STORIES,
            weights=load_default_weights(),
            limits=SelectionLimits(stories=6),
            stack_index=stack_index,
            editorial_decisions=make_decisions(state),
            findings=findings,
        )

    assert decide(FINDINGS) == decide(None)


def test_a_capped_source_gives_the_surest_of_each_day():
    """The rest is not relevant, with the reason; other sources and other days stay as they are."""
    day = {"published": NOW - timedelta(days=3)}
    flood = [
        TaggedItem(item(n, source="flood", **day), tags(confidence={"relevant": 0.5 + n / 100}))
        for n in range(8)
    ]
    later = TaggedItem(item(8, source="flood", published=NOW - timedelta(days=2)), tags())
    other = [TaggedItem(item(20 + n, source="other", **day), tags()) for n in range(8)]
    sources = (
        Source("Flood", "flood", "https://flood.example/feed", per_day=2),
        Source("Other", "other", "https://other.example/feed"),
    )
    capped = cap_sources([*flood, later, *other], sources)
    inside = [member.item.id for member in capped if member.tags.relevant]
    assert inside == [one.item.id for one in (*flood[6:], later, *other)]
    assert capped[0].tags.why["relevant"] == ("its source is capped at 2 a day",)
    assert cap_sources(flood, sources[1:]) == tuple(flood)
