"""What the page recomputes step by step is what a build makes at once."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.app.decide import decide_stories
from digest.decide.relations import StackIndex, index_stack
from digest.model.decisions import EditorialDecisions, StoryDecision
from digest.model.stack import Product, Stack
from digest.rank import SelectionLimits, load_default_weights
from tests.review.desks import Q3, story

STORIES = tuple(story(n, size=1 + n % 3) for n in range(12))
STACK = Stack(products=(Product("Halcyra 0", ("crm",)), Product("Merrowbank 1", ("cdp",))))
WHATS = (
    {"keep": True}, {"drop": "dull"}, {"pin": 1}, {"tags": {"ai": "core"}}, {"tags": {"event": "shutdown"}},
    {"note": "x"}, {"relation": "gap"}, {"merge": (STORIES[7].lead.item.url,)},
    {"split": (STORIES[2].items[1].item.id,)}, {"merge": (STORIES[2].lead.item.id,), "tags": {"category": "seo"}},
)  # fmt: skip
STATES = st.lists(
    st.dictionaries(st.integers(0, 11), st.sampled_from(WHATS), max_size=4), min_size=1, max_size=4
)


def rulings(state):
    """The rulings of a state: story's number → what was decided."""
    leads = {n: STORIES[n].lead.item for n in state}
    return EditorialDecisions(
        tuple(
            StoryDecision(url=leads[n].url, item=leads[n].id, **what) for n, what in state.items()
        )
    )


@pytest.mark.parametrize(
    "lens", [None, StackIndex(STACK, index_stack(STACK))], ids=["no stack", "a stack"]
)
def test_step_by_step_and_at_once_give_the_same(lens):
    """Whatever was decided before."""

    @settings(max_examples=30, deadline=None, database=None)
    @given(STATES)
    def law(states):
        known = None
        for state in states:
            known = settled(rulings(state), known)
        assert known == settled(rulings(states[-1]), None)

    def settled(held, known):
        return decide_stories(
            Q3,
            STORIES,
            weights=load_default_weights(),
            limits=SelectionLimits(stories=6),
            stack_index=lens,
            editorial_decisions=held,
            known=known,
        )

    law()
