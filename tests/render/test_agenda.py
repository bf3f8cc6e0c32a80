"""The review's agenda as Markdown."""

import re
from dataclasses import replace
from datetime import date

import markdown
import pytest

from digest.render.agenda import render_agenda_markdown
from digest.render.views import RenderOptions, build_page_view
from digest.render.words import load_localizer
from tests.factories import editions


def test_all_that_is_to_be_decided_can_be_ticked_off():
    """What page one asks first, then each item of each part with who and until when; the tables beside."""
    made = editions.briefing()
    text = render_agenda_markdown(made)
    assert made.agenda
    assert made.ledger
    asked = len(made.front.decisions)
    items = sum(len(part.items) for part in made.agenda.parts)
    questions = sum(len(vendor.questions) for vendor in made.ledger.questions)
    assert text.count("- [ ] ") == asked + items + len(made.agenda.carried) + questions
    assert text.startswith("# Agenda of the review, Q3 2026\n")
    for decision in made.front.decisions:
        assert decision.owner in text
    for contract in made.agenda.contracts:
        assert f"| {contract.product} | " in text
    assert "\n\n\n" not in text


def test_it_is_markdown_that_others_read():
    """Tables are tables, links lead to the stories."""
    made = editions.briefing()
    html = markdown.markdown(render_agenda_markdown(made), extensions=["tables"])
    assert html.count("<table>") >= 2
    links = set(re.findall(r'href="([^"]+)"', html))
    assert made.agenda.proposals[0].story.url in links


@pytest.mark.parametrize("language", ["en", "it", "th"])
def test_in_other_languages(language):
    """Dates are written as there."""
    text = render_agenda_markdown(replace(editions.briefing(), language=language))
    assert {"en": "October", "it": "ottobre", "th": "ตุลาคม"}[language] in text


def test_hostile_text_is_no_markup():
    """A headline is text: no link, no image, no HTML, no cell of a table of its own."""
    made = editions.briefing()
    assert made.agenda
    evil = "[x](javascript:alert(1)) ![i](https://e.example/p.png) <script>alert(1)</script> | a | `b` *c*"
    step = made.agenda.proposals[0]
    story = replace(step.story, title=evil, url="https://paper.example/a)b|c`d<img src=x>")
    agenda = replace(made.agenda, proposals=(replace(step, story=story),))
    text = render_agenda_markdown(replace(made, agenda=agenda))
    html = markdown.markdown(text, extensions=["tables"])
    assert "<script" not in html
    assert "<img" not in html
    assert "](https://paper.example/a%29b%7Cc%60d%3Cimg%20src=x%3E)" in text
    assert 'href="javascript' not in html
    (row,) = [line for line in text.splitlines() if "alert(1)" in line]
    assert len(re.findall(r"(?<!\\)\|", row)) == 6


def test_without_an_agenda_only_its_head():
    """An edition without a stack."""
    text = render_agenda_markdown(replace(editions.edition(), front=editions.empty().front))
    assert text.splitlines()[0] == "# Agenda of the review, Q3 2026"
    assert "- [ ]" not in text


def test_what_page_one_asks_comes_first_and_the_rest_by_its_day():
    """Numbered through; what has no day comes last in its part."""
    made = editions.briefing()
    pages = build_page_view(made, load_localizer("en"), RenderOptions(brief=True)).stack_pages
    assert pages
    assert pages.agenda
    first, *parts = pages.agenda.parts
    assert [(one.what, one.href) for one in first.items] == [
        (str(decision.question), "#front") for decision in made.front.decisions
    ]
    assert [one.number for part in pages.agenda.parts for one in part.items] == [
        n + 1 for n in range(sum(len(part.items) for part in pages.agenda.parts))
    ]
    assert made.agenda
    days = {
        str(item.what): item.due or date.max for part in made.agenda.parts for item in part.items
    }
    for part in parts:
        assert [days[one.what] for one in part.items] == sorted(
            days[one.what] for one in part.items
        )
    assert len(set(days.values())) > 1
