"""digest.pdf: accessible, stable, bounded, laid out with care."""

import base64
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise, takewhile
from typing import Any

import pikepdf
import pytest

from digest.errors import RenderError
from digest.i18n import TranslatableText
from digest.model.edition import FrontCard, FrontPage
from digest.model.sections import SECTIONS_BY_SLUG
from digest.render import pdf as module
from digest.render.edition_json import edition_to_json
from digest.render.glyphs import read_code_points
from digest.render.html import render_html
from digest.render.mail import render_mail_parts
from digest.render.pdf import check_pdf_support, render_pdf
from digest.render.templates import find_templates_dir
from digest.render.theme import DocumentTheme
from tests.factories import editions

LOGO = (
    "data:image/svg+xml;base64,"
    + base64.b64encode(
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10">'
        b'<rect width="40" height="10"/></svg>'
    ).decode()
)
Paper = Callable[[str], pikepdf.Pdf]


def places(paper: pikepdf.Pdf) -> dict[str, tuple[int, float]]:
    """Anchor → its page, counted from 0, and its height on it, in points from the bottom."""
    pages: dict[Any, int] = {page.objgen: n for n, page in enumerate(paper.pages)}
    names = paper.Root.Names.Dests.Names
    found = {}
    for name, target in zip(names[::2], names[1::2], strict=True):
        place = target.D if isinstance(target, pikepdf.Dictionary) else target
        found[str(name)] = (pages[place[0].objgen], float(place[3]))
    return found


def structure(node: pikepdf.Object, kinds: list[pikepdf.Dictionary]) -> list[pikepdf.Dictionary]:
    """All structure elements under a node, in reading order."""
    below: Any = node.get("/K")
    below = below if isinstance(below, pikepdf.Array) else [below]
    for child in below:
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            kinds.append(child)
            structure(child, kinds)
    return kinds


def words(drawn: bytes, *options: str) -> str:
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext (poppler-utils) is not installed")
    done = subprocess.run(
        ["pdftotext", *options, "-", "-"], input=drawn, capture_output=True, check=True
    )
    return done.stdout.decode()


@pytest.mark.whole
def test_says_what_it_is(paper: Paper):
    """Title, language, author, tags, and that it claims PDF/UA-1."""
    made = paper("thin")
    assert str(made.Root.Lang) == "en"
    assert made.Root.MarkInfo.Marked
    assert made.Root.ViewerPreferences.DisplayDocTitle
    assert str(made.docinfo["/Title"]) == "Martech Digest, Q3 2026"
    with made.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == "Martech Digest, Q3 2026"


@pytest.mark.whole
def test_is_tagged_in_reading_order(paper: Paper):
    """One H1 first, no heading level skipped, tables with headers, pictures with words."""
    made = paper("briefing")
    elements = structure(made.Root.StructTreeRoot, [])
    kinds = [str(element.S)[1:] for element in elements]
    headings = [int(kind[1]) for kind in kinds if kind[0] == "H" and kind[1:].isdigit()]
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(headings))
    figures = [element for element in elements if str(element.S) == "/Figure"]
    assert len(figures) >= 4
    assert all(len(str(figure.Alt)) > 10 for figure in figures)
    assert kinds.count("TH") > 20
    assert kinds.count("Art") >= 30
    # No heading or paragraph within another of its kind: what a float or a positioned box inside
    # one would give.
    assert not [
        one for one in elements if str(one.S) in ("/P", "/H3") and str(one.P.S) == str(one.S)
    ]


@pytest.mark.whole
def test_has_bookmarks_and_contents(paper: Paper):
    """A bookmark for each section, by its name, and contents that link to each.

    A part stands after the next one where that fills a page, as the radar, a picture that does not
    break, after the agenda; the register is there where it has room.
    """
    made = paper("briefing")
    with made.open_outline() as outline:
        (top,) = outline.root
        assert top.title == "Martech Digest Q3 2026"
        titles = [child.title for child in top.children]
        assert abs(titles.index("Radar") - titles.index("Review agenda")) == 1
        titles = [title for title in titles if title not in ("Radar", "Register of the quarter")]
        expected = [
            "Decide",
            "The quarter in five",
            "Dates and duties",
            "Deals and vendor health",
            "Themes of the quarter",
            "New by stack category",
            "Our stack",
            "AI in our stack",
            "AI claims",
            "What vendors promised",
            "Rules and risk",
            "Review agenda",
            "Sources and method",
        ]
        assert sorted(titles) == sorted(expected)
        moved = [place for place, title in enumerate(titles) if title != expected[place]]
        assert moved in ([], [moved[0], moved[0] + 1] if moved else [])
    assert {"calendar", "ai-watch", "deals", "rules", "sources"} <= places(made).keys()


def test_carries_its_data(paper: Paper):
    """The attached file is the edition's data, byte for byte."""
    made = paper("thin")
    attached = made.attachments["edition.json"]
    assert attached.get_file().read_bytes() == edition_to_json(editions.thin())
    assert attached.get_file().mime_type == "application/json"


@pytest.mark.real
def test_all_files_hold_the_same_stories(paper: Paper):
    """Page, paper, mail, plain text and data: story by story, under the same ids."""
    made = editions.edition()
    ids = {story.id for story in made.stories}
    data = json.loads(edition_to_json(made))
    assert {story["id"] for section in data["sections"] for story in section["stories"]} == ids
    assert ids <= places(paper("edition")).keys()
    page = render_html(made).decode()
    articles = set(re.findall(r'<article class="story[^"]*" id="([^"]+)"', page))
    assert articles == ids
    mail, text = render_mail_parts(made)
    five = made.sections[0].stories
    assert all(f'<td id="{one.id}"' in mail for one in five)
    assert all(story.items[0].url in text for story in five)


@pytest.mark.real
def test_titles_stand_in_the_text(drawn):
    """What is printed can be searched and copied (other scripts: test_text_layer)."""
    text = " ".join(words(drawn("edition")).split())
    for story in editions.edition().stories:
        if story.language in ("en", "de", "it") and story.title.isascii():
            assert story.title in text


@pytest.mark.whole
def test_the_first_page_stands_alone(paper: Paper, drawn):
    """Lead, decisions, the five and the figures on it, the next section on the next page."""
    found = places(paper("briefing"))
    assert {found[f"s00{n}"][0] for n in range(5)} == {0}
    assert found["front-end"][0] == 0
    assert found["calendar"][0] == 1
    text = " ".join(words(drawn("briefing"), "-l", "1").split())
    for phrase in (
        "Fernwood Outdoor",
        "Q3 2026",
        "Postlark raises e-mail prices",
        "Renew, renegotiate or leave Postlark?",
        "€96,000 a year",
        f"page {found['deals'][0] + 1}",
        "€294,000",
        "4 of your 19 tracked vendors connect to Tessera.",
        "Sample: every company",
    ):
        assert phrase in text


@pytest.mark.parametrize("name", [pytest.param("edition", marks=pytest.mark.real), "thin", "empty"])
def test_a_short_first_page_is_filled(paper: Paper, faults, name):
    """Where there is little to say the next part begins on it; no page but the last is blank."""
    assert [fault for fault in faults(name) if "blank" in fault] == []
    assert places(paper(name))["front-end"][0] == 0


def test_the_contents_name_the_right_pages(paper: Paper, drawn):
    """The number beside a section is the page it starts on."""
    text = " ".join(words(drawn("briefing"), "-l", "1").split())
    found = places(paper("briefing"))
    for slug, name in (("ai-watch", "AI claims"), ("sources", "Sources and method")):
        assert f"{name} {found[slug][0] + 1}" in text


@pytest.mark.real
@pytest.mark.parametrize("name", ["edition", "thin", "hostile"])
def test_no_heading_at_a_pages_foot(paper: Paper, name):
    """A group's heading stands on the page of its first story, a section's on that of what comes
    next."""
    found = places(paper(name))
    made = getattr(editions, name)()
    order = sorted(found.items(), key=lambda one: (one[1][0], -one[1][1]))
    groups = [
        n
        for n, (anchor, _) in enumerate(order)
        if anchor.split("-")[0] in ("categories", "deals") and "-" in anchor
    ]
    stories = {story.id for story in made.stories}
    headings = {order[n][0] for n in groups} | SECTIONS_BY_SLUG.keys()  # a group may have no story
    for n in groups:
        below = takewhile(lambda one: one[0] not in headings, order[n + 1 :])
        follower = next((place for anchor, place in below if anchor in stories), None)
        if follower:
            assert follower[0] == order[n][1][0], order[n][0]


@pytest.mark.real
@pytest.mark.parametrize(("number", "budget"), [(24, 4)])
def test_keeps_to_its_pages(number, budget):
    """By leaving out the least, saying how many, and printing the five and the sources all the
    same."""
    made = editions.large(number)
    drawn = render_pdf(made, DocumentTheme(pages=budget))
    with pikepdf.open(io.BytesIO(drawn)) as paper:
        assert budget - 1 <= len(paper.pages) <= budget
        found = places(paper)
    printed = {story.id for story in made.stories if story.id in found}
    assert {f"s00{n}" for n in range(5)} <= printed
    assert len(printed) < number
    assert re.search(
        r"in the register of the HTML edition alone: \d+", " ".join(words(drawn).split())
    )


@pytest.mark.real
def test_numbers_of_pages_are_those_that_weasyprint_finds(drawn, monkeypatch):
    """They are written from the layout before, which saves two more; what is printed is the same."""
    ours = words(drawn("edition"))
    monkeypatch.setattr(module, "_write_page_numbers", lambda html, _numbers: html)
    assert words(render_pdf(editions.edition())) == ours


@pytest.mark.real
@pytest.mark.parametrize("guess", [pytest.param(3, id="as long"), pytest.param(33, id="longer")])
def test_numbers_of_pages_are_put_in_place_as_if_laid_out_anew(guess, monkeypatch):
    """Those that take the same room are; for others the paper is laid out once more."""
    made, reprint, done = editions.edition(), module._reprint_page_numbers, list[bool]()

    def note(*found):
        done.append(reprint(*found))
        return done[-1]

    monkeypatch.setattr(module, "_ANY_PAGE", guess)
    monkeypatch.setattr(module, "_reprint_page_numbers", lambda *_: False)
    anew = render_pdf(made)
    monkeypatch.setattr(module, "_reprint_page_numbers", note)
    assert render_pdf(made) == anew
    assert done == [guess < 10]


@pytest.mark.real
def test_a_long_paper_is_laid_out_three_times_at_most(monkeypatch):
    """Once as it came, once as it should fit, once with what the room that is left takes."""
    laid_out = []
    measure = module._measure_document

    def count(document):
        laid_out.append(document)
        return measure(document)

    monkeypatch.setattr(module, "_measure_document", count)
    drawn = render_pdf(editions.large(24), DocumentTheme(pages=5))
    with pikepdf.open(io.BytesIO(drawn)) as paper:
        assert len(paper.pages) <= 5
    assert len(laid_out) <= 3


@pytest.mark.whole
def test_equal_editions_give_equal_bytes(drawn, monkeypatch, tmp_path):
    """Drawn twice, apart from each other; another fontconfig of the machine changes nothing, and
    is found as it was."""
    monkeypatch.setenv("FONTCONFIG_FILE", str(tmp_path / "none.conf"))
    assert render_pdf(editions.thin()) == drawn("thin")
    assert os.environ["FONTCONFIG_FILE"] == str(tmp_path / "none.conf")


@pytest.mark.whole
def test_letter_paper_accent_and_logo(drawn):
    """The paper that was asked for, and the logo as its one picture, with words."""
    look = DocumentTheme("#7a1f5c", LOGO, "Letter")
    with pikepdf.open(io.BytesIO(render_pdf(editions.empty(), look))) as paper:
        assert [float(one) for one in paper.pages[0].MediaBox] == [0, 0, 612, 792]
        figures = [
            one for one in structure(paper.Root.StructTreeRoot, []) if str(one.S) == "/Figure"
        ]
        assert [str(one.Alt) for one in figures] == ["Fernwood Outdoor"]


def test_only_our_fonts_are_used(paper: Paper):
    """Seven faces at most, all embedded."""
    names = set()
    for page in paper("briefing").pages:
        for font in page.Resources.get("/Font", {}).values():
            below = font.DescendantFonts[0]
            assert "/FontFile2" in below.FontDescriptor
            names.add(str(font.BaseFont).split("+")[1])
    assert all(name.startswith(("Inter", "Source-Serif-4", "Noto-Sans")) for name in names)


def test_loads_nothing(monkeypatch):
    """Not even what a template would ask for: the fetcher refuses, and a refusal is an error."""
    press = "digest.render.pdf.get_environment"

    class Leaky:
        def get_template(self, _name):
            return self

        def render(self, **_values):
            return (
                '<html lang="en"><title>x</title><link rel="attachment" href="file:///etc/passwd">'
                '<img alt="x" src="http://127.0.0.1:9/pixel.png"><div id="sources"><div id="end">x'
            )

    monkeypatch.setattr(press, lambda _words, _look: Leaky())
    monkeypatch.setattr(module._PaperFitter, "_fit_first_page", lambda _fitter: None)
    with pytest.raises(RenderError, match="loads nothing"):
        render_pdf(editions.thin())


@pytest.mark.real
def test_hostile_text_is_text(drawn, paper: Paper):
    """Markup, templates and file links are printed; nothing runs, nothing is attached but the
    data."""
    made = paper("hostile")
    assert list(made.attachments) == ["edition.json"]
    assert "/OpenAction" not in made.Root
    assert "/JavaScript" not in made.Root.Names
    text = words(drawn("hostile"))
    assert "<script>alert(1)</script>" in text
    assert "{{ 7*7 }}" in text
    links = [
        str(one.A.URI)
        for page in made.pages
        for one in page.get("/Annots", [])
        if "/A" in one and "/URI" in one.A
    ]
    assert all(link.startswith(("http://", "https://")) for link in links)


@pytest.mark.real
def test_what_is_legible_is_drawn():
    """A sweep through the characters that our fonts have gives no missing glyph and no other
    warning."""
    codes = sorted(read_code_points(find_templates_dir() / "fonts"))[::11]
    lines = ["".join(map(chr, codes[n : n + 100])) for n in range(0, len(codes), 100)]
    made = editions.thin()
    story = made.sections[0].stories[0]
    told = tuple(
        replace(
            story,
            id=f"u{n}",
            title=line,
            summary=(replace(story.summary[0], text=line),),
            why_it_matters=(),
        )
        for n, line in enumerate(lines)
    )
    sections = (made.sections[0], replace(made.sections[1], stories=told), *made.sections[2:])
    assert render_pdf(replace(made, sections=sections)).startswith(b"%PDF-1.7")


def test_a_warning_is_an_error(monkeypatch):
    """A style that WeasyPrint does not know does not pass in silence."""
    monkeypatch.setattr(module, "read_asset", lambda name: b"p { colour: blue }")
    with pytest.raises(RenderError, match="colour"):
        render_pdf(editions.empty())


def test_a_letter_without_a_font_costs_no_paper(caplog):
    """What a view lets pass is printed as a mark and told; a headline that a lead quotes is left
    out."""
    made = editions.empty()
    quoted = TranslatableText("1 story is of %(theme)s", theme="कख गघ")
    lead = (quoted, TranslatableText("The market in short."))
    card = FrontCard(TranslatableText("3"), TranslatableText("कख deals ﹤b﹥"))
    front = FrontPage(lead, (), (card,))
    pdf, faults = module.render_and_check_pdf(replace(made, front=front))
    assert "?? deals <b>" in words(pdf)
    assert "1 story is of" not in words(pdf)
    told = "no font of the paper has क (U+0915), ख (U+0916): a question mark stands there"
    assert faults[:1] == (told,)
    assert caplog.messages == [told]


@pytest.mark.parametrize(
    "word",
    ["正式發布", "发布", "マーケ", "마케팅", "แพลตฟอร์ม", "منصة", "פלטפורמה", "Москва", "Ελλάδα"],
)
def test_scripts_stand_beside_latin_words(word):
    """A space after a word is drawn in that word's font, which must have one."""
    paper = (find_templates_dir() / "css" / "paper.css").read_text(encoding="utf-8")
    faces = re.search(r'font: [\w./ ]+((?:"[^"]+",? ?)+)', paper)
    assert faces
    style = f"body {{ font-family: {faces[1]} }}"
    html = f"<html lang=en><title>A page</title><body><p>Kimi {word} Claude\u00a0{word}\u202f5"
    assert words(module.draw_one_page(html, style)).count("Claude") == 1


def test_a_page_is_drawn_where_nothing_can_be_written(monkeypatch):
    """A process that is killed while it draws leaves no folder of fonts behind: it makes none."""
    monkeypatch.setattr(tempfile, "tempdir", "/nonexistent")
    style = "@page { size: A4 landscape } body { font-family: 'Inter' }"
    html = "<html lang=en><title>A page</title><body><p>A sentence."
    assert module.draw_one_page(html, style).startswith(b"%PDF-1.7")


def test_a_font_that_cannot_be_read_is_told(monkeypatch, tmp_path):
    """No other letters stand in for those of a damaged file."""
    shutil.copytree(find_templates_dir() / "fonts", tmp_path / "fonts")
    (tmp_path / "fonts" / "Inter_400Regular.ttf").write_bytes(b"damaged")
    monkeypatch.setattr(module, "find_templates_dir", lambda: tmp_path)
    with pytest.raises(RenderError, match="Inter_400Regular"):
        module._configure_fonts()


def test_this_machine_is_ready():
    """Where these tests run, nothing is missing."""
    assert check_pdf_support() == ""


def test_a_machine_without_pango_is_told_what_to_install(monkeypatch):
    """No traceback of a library that cannot be loaded, but the packages to install."""
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    assert "libpango" in check_pdf_support()
    with pytest.raises(RenderError, match="brew install pango"):
        render_pdf(editions.thin())
