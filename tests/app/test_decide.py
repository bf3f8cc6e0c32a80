"""Stories that no source gives a whole sentence for: why they stay out, and what brings them in."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from digest.app.decide import QuarterDecision, decide_stories
from digest.model.decisions import EditorialDecisions, StoryDecision
from digest.model.reasons import LeftOutReason
from digest.model.story import EarlierStory, StoryThread
from digest.rank import SelectionLimits, load_default_weights
from tests.factories.items import START
from tests.factories.review import Q3, story

_TOLD = story(1)
_LEAD = replace(_TOLD.lead, item=replace(_TOLD.lead.item, summary=""))
SILENT = replace(_TOLD, items=(_LEAD,), lead=_LEAD)
NO_FLOOR = SelectionLimits(floor=-9, consequence_floor=-9, own_floor=-9)


def decide(
    *, tied: Mapping[str, StoryThread] = MappingProxyType({}), **decided: Any
) -> QuarterDecision:
    """Return the quarter of the story alone, under what the team decided of it."""
    item = SILENT.lead.item
    decisions = (StoryDecision(url=item.url, item=item.id, title=item.title, **decided),)
    return decide_stories(
        Q3,
        (SILENT,),
        weights=load_default_weights(),
        limits=NO_FLOOR,
        stack_index=None,
        editorial_decisions=EditorialDecisions(decisions if decided else ()),
        tied=tied,
    )


def test_a_story_without_a_sentence_stays_out() -> None:
    """And is said to."""
    assert decide().left_out[SILENT.id].reason is LeftOutReason.NO_SENTENCE


@pytest.mark.parametrize(
    "decided",
    [
        {"keep": True},
        {"pin": 1},
        {"headline": "Our headline"},
        {"summary": "We say what it is."},
        {"note": "Read this."},
    ],
    ids=lambda decided: next(iter(decided)),
)
def test_what_the_team_decides_of_it_is_carried_out(decided: dict[str, Any]) -> None:
    """Its own words serve where a source's are missing; nothing of it is reported as lost."""
    made = decide(**decided)
    assert [one.story.id for one in made.chosen] == [SILENT.id]
    assert made.left_out == {}
    assert made.decided.lost == ()


def test_a_tag_is_no_word_of_the_team() -> None:
    """A story that is only labelled otherwise still has nothing to print."""
    made = decide(tags={"category": "crm"})
    assert made.left_out[SILENT.id].reason is LeftOutReason.NO_SENTENCE


def test_a_repeat_without_a_sentence_is_called_a_repeat() -> None:
    """What an earlier edition told is the better reason."""
    earlier = EarlierStory("s0", "2026-Q2", "Merrowbank opens a platform", "", "", START, "en", ())
    thread = StoryThread(earlier, "repeat", ("title",))
    made = decide(tied={SILENT.lead.item.id: thread})
    assert made.left_out[SILENT.id].reason is LeftOutReason.ALREADY_TOLD
