"""Places in the briefing: whatever a line points to is drawn, in every medium and at every length.

A reference that takes a place has to be printed by a macro that draws its id; WeasyPrint refuses a
paper with a page number of a place that is not there.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from digest.model.edition import Edition
from digest.model.sections import FIRST_SECTION
from digest.render import fit
from digest.render.templates import get_environment
from digest.render.theme import DEFAULT_THEME
from digest.render.views import RenderOptions, build_page_view
from digest.render.words import load_localizer
from tests.factories import editions

IDS = re.compile(r'\bid="([^"]+)"')
TARGETS = re.compile(r'\b(?:href|data-target)="#([^"]+)"')


def draw(edition: Edition, template: str, options: RenderOptions) -> tuple[set[str], str]:
    """Return the places that a medium gave out, and its HTML."""
    words = load_localizer(edition.language, edition.zone)
    page = build_page_view(edition, words, options)
    more = {"flows": False, "front_only": False, "policy": "", "style": "", "script": ""}
    html = get_environment(words, DEFAULT_THEME).get_template(template).render(page=page, **more)
    given = set(page.stack_pages.context.marked.values()) if page.stack_pages else set()
    return given, html


@pytest.mark.parametrize("made", [editions.edition, editions.briefing], ids=["stories", "all"])
@pytest.mark.parametrize("length", ["whole", "shortened", "page one alone"])
def test_every_place_on_paper_that_is_pointed_to_is_drawn(
    made: Callable[[], Edition], length: str
) -> None:
    """The less is told in full, the more lines take a place of their own."""
    edition = made()
    kept = fit.map_kept_stories(edition, ())
    if length == "shortened":
        kept = fit.map_kept_stories(edition, fit.compute_drop_order(edition))
    elif length == "page one alone":
        kept = {slug: ids if slug == FIRST_SECTION else frozenset() for slug, ids in kept.items()}
    options = RenderOptions(brief=True, kept=kept, themes=fit.MANY_THEMES, pointers=4)
    given, html = draw(edition, "pages/paper.html", options)
    drawn = set(IDS.findall(html))
    assert set(TARGETS.findall(html)) <= drawn
    assert given <= drawn


@pytest.mark.parametrize("made", [editions.edition, editions.briefing], ids=["stories", "all"])
def test_every_place_on_the_page_that_is_pointed_to_is_drawn(made: Callable[[], Edition]) -> None:
    given, html = draw(made(), "pages/digest.html", RenderOptions())
    drawn = set(IDS.findall(html))
    assert set(TARGETS.findall(html)) - {"main"} <= drawn
    assert given <= drawn


def test_no_place_is_drawn_twice() -> None:
    for template, options in (
        ("pages/paper.html", RenderOptions(brief=True)),
        ("pages/digest.html", RenderOptions()),
    ):
        drawn = IDS.findall(draw(editions.briefing(), template, options)[1])
        assert len(drawn) == len(set(drawn))
