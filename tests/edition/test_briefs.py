"""Which stories are told in one sentence although the briefing does not tell them in full."""

from dataclasses import replace
from datetime import date

import pytest

from digest.edition.briefs import choose_briefs, find_doubtful_stories
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
    """Best first; what is neither, nor of a field of ours, is for the register."""
    new = story("Bolide launches a planner", event="launch")
    own = story("Acme adds a calendar", event="update")
    other = story("Corvid adds a calendar", event="update", category="seo")
    assert choose(other, new, own, own=[own]) == [new.lead.item.title, own.lead.item.title]


def test_the_best_news_of_our_fields_gets_a_sentence():
    """A few of a category; a deal or a result adds nothing to a plan."""
    field = [story(f"Corvid adds calendar {n}", event="update") for n in range(6)]
    result = story("Corvid earns more", event="results")
    titles = [one.lead.item.title for one in field[:4]]
    assert choose(result, *field) == titles
    assert choose(*field, reason=LeftOutReason.OPINION) == []


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


ACME_BY_BOLT = Stack(products=(Product("Acme", ("crm",), vendor="Bolt"),))


@pytest.mark.parametrize(
    ("title", "more", "reason", "found"),
    [
        ("Bolt gives in to its customers", {}, LeftOutReason.NOT_RELEVANT, True),
        ("What Bolt’s slow sales teach", {"event": "opinion"}, LeftOutReason.OPINION, True),
        ("Bolt takes back its terms", {"event": "promo"}, LeftOutReason.PROMOTION, True),
        ("Bolt takes back its terms", {}, LeftOutReason.TEAM_RULE, False),
        ("Bolt takes back its terms", {}, LeftOutReason.DROPPED_BY_TEAM, False),
        ("Ten tricks for Bolt", {"event": "howto"}, LeftOutReason.HOWTO, False),
        ("Why Bolt is best", {"source": "Bolt Blog"}, LeftOutReason.PROMOTION, False),
        ("Why sales are slow", {}, LeftOutReason.NOT_RELEVANT, False),
        ("Bolt makes a watch", {"category": "talent"}, LeftOutReason.NOT_RELEVANT, False),
    ],
)
def test_the_machine_alone_drops_no_news_of_our_makers(title, more, reason, found):
    """The team does, and so does what the maker itself writes, or what is of no field of ours."""
    one = story(title, vendors=("Bolt",), **more)
    tags = replace(one.tags, relevant=False)
    lead = replace(one.lead, tags=tags)
    one = replace(one, items=(lead,), lead=lead)
    relations = {one.id: (Relation("vendor", ("Acme",), "Bolt"),)}
    kept = find_doubtful_stories([one], {one.id: LeftOut(reason)}, relations, ACME_BY_BOLT)
    assert bool(kept) == found


@pytest.mark.parametrize(
    ("event", "reason", "found"),
    [
        ("launch", LeftOutReason.BELOW_LAST, True),
        ("launch", LeftOutReason.BELOW_FLOOR, True),
        ("launch", LeftOutReason.NOT_RELEVANT, False),
        ("launch", LeftOutReason.OLDER_PART, False),
        ("update", LeftOutReason.BELOW_LAST, False),
    ],
)
def test_a_launch_of_our_maker_that_ranks_with_the_relevant_ones_is_not_lost(event, reason, found):
    """The maker tells it itself; its other news, and what ranks with nothing, is dropped."""
    one = story("Bolt opens Presence", event=event, vendors=("Bolt",), source="Bolt Blog")
    lead = replace(one.lead, tags=replace(one.tags, relevant=False))
    one = replace(one, items=(lead,), lead=lead)
    relations = {one.id: (Relation("vendor", ("Acme",), "Bolt"),)}
    kept = find_doubtful_stories([one], {one.id: LeftOut(reason)}, relations, ACME_BY_BOLT)
    assert bool(kept) == found


@pytest.mark.parametrize(
    ("title", "event", "kind", "found"),
    [
        ("Bolt brings Acme a calendar", "update", "product", True),
        ("Bolt Calls is now generally available", "launch", "vendor", True),
        ("Why Bolt is best", "opinion", "product", False),
        ("How to use Acme well", "howto", "product", False),
        ("Bolt opens a factory", "launch", "vendor", False),
        ("Bolt Calls is coming soon", "launch", "vendor", False),
        ("Corvid adds a calendar", "update", "rival", False),
    ],
)
def test_what_a_maker_brings_our_product_is_not_lost(title, event, kind, found):
    """It says so on its own blog, and the machine alone holds it for no news."""
    one = story(title, event=event, vendors=("Bolt",), source="Bolt Blog")
    lead = replace(one.lead, tags=replace(one.tags, relevant=False))
    one = replace(one, items=(lead,), lead=lead)
    relations = {one.id: (Relation(kind, ("Acme",), "Bolt"),)}
    left = {one.id: LeftOut(LeftOutReason.NOT_RELEVANT)}
    assert bool(find_doubtful_stories([one], left, relations, ACME_BY_BOLT)) == found


def test_what_a_rival_writes_of_our_product_is_its_advertisement():
    """It names ours in the headline, on its own blog."""
    one = story("Corvid or Bolt: which is right?", vendors=("Corvid", "Bolt"), source="Corvid Blog")
    tags = replace(one.tags, relevant=False)
    lead = replace(one.lead, tags=tags)
    one = replace(one, items=(lead,), lead=lead)
    relations = {one.id: (Relation("vendor", ("Acme",), "Bolt"),)}
    left = {one.id: LeftOut(LeftOutReason.PROMOTION)}
    assert find_doubtful_stories([one], left, relations, ACME_BY_BOLT) == ()


def test_what_the_machine_doubts_gets_a_sentence_and_decides_no_verdict():
    """It stands in the product's row after all else."""
    doubtful = story("Bolt gives in to its customers", event="shutdown", vendors=("Bolt",))
    relations = {doubtful.id: (Relation("vendor", ("Acme",), "Bolt"),)}
    view = QuarterView(
        ACME_BY_BOLT, [], [], relations, tell, date(2026, 9, 30), doubtful=(doubtful,)
    )
    stack = build_stack_view(view)
    assert stack.lines[0].stories == (doubtful.id,)
    assert stack.lines[0].verdict == "watch"
    assert choose_briefs(view, {doubtful.id: LeftOut(LeftOutReason.OPINION)}, stack) == (doubtful,)


@pytest.mark.parametrize("first", ["incident", "pricing", "update", "launch", "partnership"])
def test_what_weighs_most_heads_the_row_of_a_product(first):
    """An incident asks to act, told by one report."""
    order = ["incident", "pricing", "update", "launch", "partnership"]
    here = [story(f"Acme: {event}", event=event) for event in order[order.index(first) :]]
    relations = {one.id: (Relation("product", ("Acme",), "Acme"),) for one in here}
    stories = list(reversed(here))
    row = build_stack_view(
        QuarterView(ACME, [], stories, relations, tell, date(2026, 9, 30))
    ).lines[0]
    assert row.happened
    assert row.happened.event == first
    assert (row.verdict == "act") == (first == "incident")
