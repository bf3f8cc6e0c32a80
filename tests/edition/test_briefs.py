"""Which stories are told in one sentence although the briefing does not tell them in full."""

from dataclasses import replace
from datetime import date

import pytest

from digest.edition.briefs import choose_briefs
from digest.edition.quarter import QuarterView
from digest.edition.stack.view import build_stack_view
from digest.model.reasons import LeftOut, LeftOutReason
from digest.model.stack import Product, Relation, Stack
from digest.model.story import Story
from tests.factories.stories import story, tell

ACME = Stack(products=(Product("Acme", ("crm",)),))


def choose(*stories: Story, own=(), reason=LeftOutReason.BELOW_LAST, chosen=()) -> list[str]:
    """The titles that get a sentence; `own` are about Acme, `reason` kept each one out."""
    relations = {one.id: (Relation("product", ("Acme",), "Acme"),) for one in own}
    view = QuarterView(ACME, list(chosen), stories, relations, tell, date(2026, 9, 30))
    left_out = {one.id: LeftOut(reason) for one in stories if one not in chosen}
    briefs = choose_briefs(view, left_out, build_stack_view(view))
    return [one.lead.item.title for one in briefs]


def test_new_products_and_own_news_get_a_sentence():
    """Best first; what is neither is for the register."""
    new = story("Bolide launches a planner", event="launch")
    own = story("Acme adds a calendar", event="update")
    other = story("Corvid adds a calendar", event="update")
    assert choose(other, new, own, own=[own]) == [new.lead.item.title, own.lead.item.title]


def test_what_is_told_in_full_is_not_told_again():
    own = story("Acme adds a calendar", event="update")
    assert choose(own, own=[own], chosen=[own]) == []


def test_a_launch_that_is_not_sure_is_none():
    new = story("Bolide launches a planner", event="launch")
    tags = replace(new.tags, unsure=frozenset(("event",)))
    lead = replace(new.lead, tags=tags)
    assert choose(replace(new, items=(lead,), lead=lead)) == []


@pytest.mark.parametrize(
    ("reason", "named", "further"),
    [
        (LeftOutReason.BELOW_FLOOR, True, True),
        (LeftOutReason.OLDER_PART, True, True),
        (LeftOutReason.OPINION, True, False),
        (LeftOutReason.DROPPED_BY_TEAM, False, False),
        (LeftOutReason.SECTION_OFF, False, False),
    ],
    ids=lambda one: getattr(one, "name", one),
)
def test_what_kept_it_out_decides(reason, named, further):
    """What the table of the stack names needs its sentence, but for what the team took out."""
    first = story("Acme puts its price up", event="pricing")
    second = story("Acme adds a calendar", event="update")
    titles = choose(first, second, own=[first, second], reason=reason)
    assert [one.lead.item.title in titles for one in (first, second)] == [named, further]


def test_a_flood_is_cut_and_what_the_table_names_stays():
    """Also where it ranks last."""
    flood = [story(f"Bolide launches planner {n}", event="launch") for n in range(60)]
    named = story("Acme adds a calendar", event="update")
    titles = choose(*flood, named, own=[named])
    assert len(titles) == 40
    assert titles[-1] == named.lead.item.title
