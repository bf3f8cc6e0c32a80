"""digest.html: self-contained, harmless, readable without its script."""

import base64
import hashlib
import re
from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import pairwise

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model.edition import Edition
from digest.render.html import render_html
from digest.render.templates import read_asset
from tests.factories import editions

TEXT = st.text(min_size=1, max_size=60)


@cache
def drawn(name: str) -> bytes:
    return render_html(getattr(editions, name)())


def parsed(made: bytes) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(
        made.decode(), parser=lxml.html.HTMLParser(encoding="utf-8")
    )


def elements(made: bytes) -> Counter:
    return Counter(str(node.tag) for node in parsed(made).iter())


def titled(title: str) -> Edition:
    """A small edition with a text from outside in every place that takes one."""
    made = editions.thin()
    story = made.sections[0].stories[0]
    items = (replace(story.items[0], source=title, via=title, title=title),)
    summary = tuple(replace(line, text=title, source=title) for line in story.summary)
    story = replace(
        story, title=title, items=items, summary=summary, why_it_matters=(title,), vendors=(title,)
    )
    return replace(made, sections=(replace(made.sections[0], stories=(story,)), *made.sections[1:]))


@pytest.mark.parametrize("name", ["edition", "thin", "empty", "hostile"])
def test_loads_nothing(name):
    """No element fetches anything, no attribute runs anything, and the policy forbids both."""
    page = parsed(drawn(name))
    assert page.xpath("count(//style)") == 1
    assert page.xpath("count(//script)") == 1
    assert not page.xpath(
        "//img|//iframe|//object|//embed|//link|//base|//audio|//video"
        "|//*[@src]|//*[@style]|//*[@action]"
    )
    assert not [
        name for node in page.iter() for name in node.attrib if name.lower().startswith("on")
    ]
    assert {href.split(":")[0] for href in page.xpath("//@href") if not href.startswith("#")} <= {
        "http",
        "https",
    }
    assert "url(" not in re.sub(
        r"url\(data:font/woff2;base64,[A-Za-z0-9+/=]+\)", "", page.xpath("string(//style)")
    )


def test_the_policy_names_the_one_style_and_the_one_script():
    """By the hash of exactly what stands in the page; everything else is refused."""
    page = parsed(drawn("edition"))
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    for kind in ("style", "script"):
        digest = base64.b64encode(
            hashlib.sha256(page.xpath(f"string(//{kind})").encode()).digest()
        ).decode()
        assert rules[f"{kind}-src"] == f"'sha256-{digest}'"
    assert (rules["default-src"], rules["base-uri"], rules["form-action"]) == (
        "'none'",
        "'none'",
        "'none'",
    )


@settings(max_examples=15, deadline=None)
@given(TEXT)
def test_a_text_from_outside_stays_a_text(text):
    """Whatever stands in a title, the page has the elements it has for any other title."""
    assert elements(render_html(titled(text + "x"))) == elements(render_html(titled("x")))


def test_templates_and_markup_in_titles_are_shown_as_they_are():
    """Neither Jinja nor the browser acts on them."""
    made = render_html(titled("{{ 7*7 }} {% raw %} <b>&amp;</b>"))
    (title,) = parsed(made).xpath("//article[@id='s000']//*[contains(@class, 'title')]")
    assert title.text_content().split(" ", 1)[1] == "{{ 7*7 }} {% raw %} <b>&amp;</b>"


def test_holds_every_story_once():
    """With an anchor for each, its heading linked to the lead source."""
    page = parsed(drawn("edition"))
    assert page.xpath("//article/@id") == [
        one
        for one in page.xpath("//article/@id")
        if one in {story.id for story in editions.edition().stories}
    ]
    assert sorted(page.xpath("//article/@id")) == sorted(
        story.id for story in editions.edition().stories
    )
    for story in editions.edition().stories:
        (link,) = page.xpath(f"//article[@id='{story.id}']//*[contains(@class, 'title')]//a")
        assert link.get("href") == story.items[0].url
        assert link.text_content() == story.title


def test_ids_are_unique_and_links_within_lead_somewhere():
    """No broken anchor, no anchor twice."""
    for name in ("edition", "thin", "empty", "hostile"):
        page = parsed(drawn(name))
        ids = page.xpath("//@id")
        assert len(ids) == len(set(ids))
        assert {href[1:] for href in page.xpath("//@href") if href.startswith("#")} <= set(ids)


def test_headings_skip_no_level():
    """One h1, and never a step of more than one down."""
    for name in ("edition", "thin", "empty"):
        levels = [
            int(node.tag[1])
            for node in parsed(drawn(name)).iter("h1", "h2", "h3", "h4", "h5", "h6")
        ]
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))


def test_stories_carry_their_language_and_direction():
    """So that a screen reader speaks and a browser sets them right."""
    page = parsed(drawn("edition"))
    story = next(one for one in editions.edition().stories if one.language == "ar")
    (title,) = page.xpath(f"//article[@id='{story.id}']//h4//bdi")
    assert (title.get("lang"), title.get("dir")) == ("ar", "rtl")
    assert page.get("lang") == "en"


def test_pictures_have_words_and_twins():
    """Each is an image with a title, and its numbers stand in a table or a sentence too."""
    page = parsed(drawn("edition"))
    pictures = page.xpath("//*[local-name()='svg']")
    kinds = Counter(picture.get("class").split()[-1] for picture in pictures)
    assert kinds == {"bar": 10, "days": 48, "strip": 1}
    for picture in pictures:
        title = picture.xpath("string(*[local-name()='title'])")
        assert picture.get("role") == "img"
        assert len(title) > 10
        assert picture.xpath("ancestor::table|ancestor::figure//*[@class='twin']"), title


def test_banners_stand_on_the_page():
    """Sample and so far."""
    text = parsed(drawn("thin")).text_content()
    assert "Sample: every company" in text
    assert "So far: the quarter ends on 30 September 2026" in text
    assert "Sample:" not in parsed(drawn("empty")).text_content()


@pytest.mark.parametrize(
    ("form_id", "entries", "fields"),
    [
        ("filter", "//article", {"category", "ai", "evidence", "event"}),
        (
            "register-filter",
            "//table[@class='register']//tr[@class='row']",
            {"category", "ai", "event", "new"},
        ),
    ],
)
def test_a_filter_is_hidden_until_the_script_runs(form_id, entries, fields):
    """Without the script all is shown, and nothing is offered that would not work."""
    page = parsed(drawn("edition"))
    (form,) = page.xpath(f"//form[@id='{form_id}']")
    assert form.xpath("ancestor-or-self::*[@hidden]")
    assert not page.xpath(f"{entries}[@hidden]")
    assert {select.get("name") for select in form.iter("select")} == fields
    for select in form.iter("select"):
        offered = {option.get("value") for option in select.iter("option")} - {""}
        assert offered <= set(page.xpath(f"{entries}/@data-{select.get('name')}"))
        assert page.xpath(f"//label[@for='{select.get('id')}']")


def test_equal_editions_give_equal_bytes():
    """Made apart from each other."""
    assert render_html(editions.edition()) == render_html(editions.edition())


def test_the_page_is_small():
    """Forty stories, a register of 120, fonts included, in a third of a megabyte."""
    assert len(drawn("edition")) < 333_000


def _variables(style: str, dark: bool) -> dict[str, str]:
    blocks = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    light, night = blocks[0], blocks[1]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", light + (night if dark else "")))


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * one for one in colour[1:])
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("ink", "paper"),
        ("soft", "paper"),
        ("accent", "paper"),
        ("warn", "paper"),
        ("ink", "heat-1"),
        ("ink", "heat-2"),
        ("ink", "heat-3"),
        ("on-heat-4", "heat-4"),
    ],
)
def test_contrast(text, ground, dark):
    """At least 4.5 to 1 for every text, by day and by night (WCAG 2.2 AA)."""
    colours = _variables(read_asset("css/web.css").decode(), dark)
    assert _contrast(colours[text], colours[ground]) >= 4.5
