"""A product's row in the table of the stack: which page tells its stories, what was promised."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from digest.model.edition import PromiseRow
from digest.model.stack import ProductAi, Promise
from digest.render.views import RenderOptions, build_page_view
from digest.render.views.stack import ProductView
from digest.render.words import load_localizer
from tests.factories import editions


def build_row(made, kept=None) -> ProductView:
    """The row of the first product."""
    options = RenderOptions(kept=kept)
    pages = build_page_view(made, load_localizer("en"), options).stack_pages
    assert pages
    return pages.stack.products[0]


def with_stories(*ids: str):
    """The briefing with these stories of the first product, the first of them named."""
    made = editions.briefing()
    assert made.stack
    refs = {story.id: editions.refer(story) for story in made.stories}
    line = replace(made.stack.lines[0], happened=refs[ids[0]], stories=ids)
    return replace(made, stack=replace(made.stack, lines=(line, *made.stack.lines[1:])))


def test_a_row_points_to_its_story_and_the_first_of_the_others():
    """First in the order of reading, whatever their order in the row."""
    made = with_stories("s030", "s036", "s002")
    row = build_row(made)
    assert row.top
    assert (row.top.href, row.rest, row.rest_href) == ("#s030", 2, "#s002")


def test_what_is_not_printed_is_not_promised():
    """Of the others those are counted that the medium prints."""
    made = with_stories("s030", "s036", "s002")
    row = build_row(made, kept={"five": frozenset(("s002",))})
    assert row.top
    assert not row.top.href.startswith("#s")
    assert row.rest >= 1  # what another part names in a line counts, too
    assert row.rest_href == "#s002"
    alone = build_row(with_stories("s030"))
    assert (alone.rest, alone.rest_href) == (0, "")


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ([], ""),
        ([None], "Promise: open"),
        ([date(2026, 9, 30)], "Promise for 30 Sep 2026: open"),
        ([None, date(2027, 1, 2), date(2026, 9, 30)], "Promise for 30 Sep 2026: open; 2 more"),
    ],
    ids=str,
)
def test_a_row_says_how_its_makers_promises_stand(days, said):
    """That which is due first."""
    made = editions.briefing()
    assert made.stack
    assert made.ledger
    vendor = made.stack.lines[0].product.vendor_or_name
    rows = tuple(PromiseRow(Promise(vendor, "A planner", by=day), "open") for day in days)
    others = tuple(row for row in made.ledger.lines if row.promise.vendor != vendor)
    made = replace(made, ledger=replace(made.ledger, lines=(*others, *rows)))
    assert build_row(made).promise == said


@pytest.mark.parametrize(
    ("ai", "said"),
    [
        (ProductAi(used=True, purpose="drafts"), "drafts; its data: not recorded"),
        (ProductAi(used=True, data="letters"), "its data: letters"),
        (ProductAi(used=True), "used; its data: not recorded"),
        (ProductAi(used=False), "not used"),
        (ProductAi(), ""),
    ],
)
def test_a_row_says_on_whose_data_its_ai_works(ai, said):
    """Or that the file does not record it."""
    made = with_stories("s030")
    assert made.stack
    line = made.stack.lines[0]
    line = replace(line, product=replace(line.product, ai=ai))
    assert build_row(replace(made, stack=replace(made.stack, lines=(line,)))).ai == said
