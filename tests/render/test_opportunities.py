"""What could add to the company's plan, as it is printed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from digest.model.edition import (
    Edition,
    EditionStory,
    Opportunity,
    OpportunityWay,
    Sentence,
)
from digest.model.stack import Goal
from digest.render.views import RenderOptions, build_page_view
from digest.render.views.categories import CategoriesView
from digest.render.views.opportunities import OpportunitiesView
from digest.render.words import load_localizer
from tests.factories import editions

REACH, REST = Goal("Reach more people", ("seo",)), Goal("Rest", ("dam",))


def with_opportunities(*found: Opportunity, goals: tuple[Goal, ...] = (REACH, REST)) -> Edition:
    made = editions.briefing()
    assert made.stack
    stack = replace(made.stack, goals=goals, opportunities=found)
    return replace(made, stack=stack)


def section_stories() -> list[EditionStory]:
    made = editions.briefing()
    return list(next(one for one in made.sections if one.slug == "categories").stories)


def offer(one: EditionStory, **changes: Any) -> Opportunity:
    return replace(
        Opportunity(editions.refer(one), "product", ("Sender",), "Bolt", "seo", REACH.name),
        **changes,
    )


def show(made: Edition, *, brief: bool = True) -> tuple[CategoriesView, OpportunitiesView]:
    page = build_page_view(made, load_localizer("en"), RenderOptions(brief=brief))
    view = page.sections["categories"].by_category
    assert view
    assert view.opportunities
    return view, view.opportunities


def list_entries(view: CategoriesView) -> list[str]:
    return [entry.story.id for one in view.categories for entry in one.entries]


def test_without_opportunities_there_is_no_table() -> None:
    page = build_page_view(editions.briefing(), load_localizer("en"))
    view = page.sections["categories"].by_category
    assert view
    assert view.opportunities is None


def test_they_stand_by_goal_and_a_goal_without_any_is_named() -> None:
    first, second = section_stories()[:2]
    _, found = show(
        with_opportunities(offer(first), offer(second, goal="", products=("Bolt One",)))
    )
    assert [group.name for group in found.groups] == [
        "Goal: “Reach more people”",
        "Other news in our products and beside them",
    ]
    assert found.nothing == "Nothing new was found that speaks for “Rest”."


def test_paper_tells_a_story_in_its_row_and_not_again_in_its_category() -> None:
    """The page has room for both, and points from the row to the entry."""
    first = section_stories()[0]
    gain = Sentence("It makes letters easier.", "The Paper", "https://paper.example/1")
    made = with_opportunities(offer(first, gain=gain, act="in test"))
    view, found = show(made)
    (row,) = found.groups[0].rows
    assert (row.story.anchor, row.place, row.text, row.act) == (first.id, "", gain.text, "in test")
    assert first.id not in list_entries(view)
    view, found = show(made, brief=False)
    (row,) = found.groups[0].rows
    assert (row.place, row.text) == (f"#{first.id}", gain.text)
    assert first.id in list_entries(view)


def test_paper_points_to_what_another_page_tells() -> None:
    made = editions.briefing()
    told = next(one for one in made.sections if one.slug == "deals").stories[0]
    view, found = show(with_opportunities(offer(told)))
    (row,) = found.groups[0].rows
    assert (row.place, row.story.href, row.text) == (f"#{told.id}", f"#{told.id}", "")
    assert told.id not in {ref.id for one in view.categories for ref in one.elsewhere}


@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("product", "In our Sender: do we have it?"),
        ("maker", "By Bolt, outside our products"),
        ("market", "By Bolt, no vendor of ours"),
        ("rival", "By Bolt, beside our Sender"),
    ],
)
def test_a_row_says_how_we_would_come_by_it(way: OpportunityWay, said: str) -> None:
    _, found = show(with_opportunities(offer(section_stories()[0], way=way)))
    assert found.groups[0].rows[0].way == said


def test_what_was_withdrawn_since_adds_nothing() -> None:
    first = section_stories()[0]
    made = with_opportunities(offer(first))
    rows = tuple(
        replace(row, withdrawn_by="x") if row.story == first.id else row for row in made.register
    )
    assert any(row.withdrawn_by for row in rows)
    page = build_page_view(replace(made, register=rows), load_localizer("en"))
    view = page.sections["categories"].by_category
    assert view
    assert view.opportunities is None


def test_the_page_tells_what_a_story_says_where_no_sentence_says_what_gets_better() -> None:
    first = next(one for one in section_stories() if one.summary)
    _, found = show(with_opportunities(offer(first)), brief=False)
    assert found.groups[0].rows[0].text == first.summary[0].text
