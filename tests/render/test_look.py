"""An organisation's colour, logo and paper: in every file, readable, and nothing else changes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.render.check import find_colour_faults
from digest.render.html import render_html
from digest.render.mail import render_mail_parts
from digest.render.theme import (
    MIN_CONTRAST,
    DocumentTheme,
    compute_contrast,
    find_svg_fault,
    mix_colours,
)
from tests.factories import editions

HEX = st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#ffffff", "#ffffff", 1.0), ("#767676", "#ffffff", 4.54)],
)
def test_contrast_is_that_of_wcag(one, other, ratio):
    """Known pairs, whichever comes first."""
    assert (
        compute_contrast(one, other)
        == compute_contrast(other, one)
        == pytest.approx(ratio, abs=0.01)
    )


def test_the_default_look_can_be_read():
    """By day and by night."""
    assert list(find_colour_faults(DocumentTheme())) == []


@given(HEX)
def test_whatever_accent_can_be_read_on_white_can_be_read_everywhere(accent):
    """Tints give way to the letters on them; a colour too light for white is told."""
    found = list(find_colour_faults(DocumentTheme(accent)))
    readable = compute_contrast(accent, "#ffffff") >= MIN_CONTRAST
    assert bool(found) != readable, found


@given(HEX, HEX, st.floats(0, 1))
def test_a_mixture_is_a_colour(one, other, share):
    """And all or nothing of one gives one of the two."""
    assert re.fullmatch("#[0-9a-f]{6}", mix_colours(one, other, share))
    assert (mix_colours(one, other, 1), mix_colours(one, other, 0)) == (one, other)


def test_the_accent_stands_in_page_and_mail():
    """In place of the default one; a colour in a title is a text like any other."""
    made = editions.thin()
    for text in (
        render_html(made, DocumentTheme("#7a1f5c")).decode(),
        render_mail_parts(made, DocumentTheme("#7a1f5c"))[0],
    ):
        assert "#7a1f5c" in text
        assert "#0b5563" not in text


def test_the_default_look_changes_nothing():
    """Byte for byte."""
    assert render_html(editions.thin(), DocumentTheme()) == render_html(editions.thin())


def test_the_logo_stands_on_page_one_with_words():
    """The organisation's name, or the title where it has none."""
    page = render_html(
        editions.edition(), DocumentTheme(logo="data:image/png;base64,AAAA")
    ).decode()
    assert '<img class="logo" src="data:image/png;base64,AAAA" alt="Fernwood Outdoor">' in page
    assert "<img" not in render_html(editions.edition()).decode()


PLAIN_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><defs><linearGradient id="a"/></defs>'
    '<style>rect { fill: url(#a) }</style><rect width="9" height="9"/><use href="#a"/></svg>'
)
ACTIVE_SVG = {
    "script": "<script>alert(1)</script>",
    "foreignObject": "<foreignObject><p>x</p></foreignObject>",
    "onload": '<rect onload="alert(1)"/>',
    "href": '<image href="https://evil.example/x.png"/>',
    "javascript": '<a href="javascript:alert(1)"><rect/></a>',
    "loads a file": "<style>@import url(https://evil.example/x.css);</style>",
    "style": '<rect style="fill: url(https://evil.example/x.svg#a)"/>',
}


def test_a_plain_svg_is_a_logo():
    """Its own gradients and parts may be used."""
    assert find_svg_fault(PLAIN_SVG.encode()) == ""


@pytest.mark.parametrize("named", ACTIVE_SVG)
def test_an_svg_that_runs_or_loads_is_no_logo(named):
    """It would go to every reader."""
    fault = find_svg_fault(PLAIN_SVG.replace("</svg>", ACTIVE_SVG[named] + "</svg>").encode())
    assert named.replace("javascript", "href") in fault


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ("<svg", "well-formed"),
        ("<html><svg/></html>", "is no SVG"),
        ('<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>', "document type"),
    ],
)
def test_what_is_no_svg_is_told(data, fault):
    assert fault in find_svg_fault(data.encode())
