"""`digest build --check`: says nothing of what is right, and in words what is wrong."""

import io
import json
from collections.abc import Callable, Mapping
from typing import Any

import pikepdf
import pytest

from digest.render.check import (
    find_data_faults,
    find_faults,
    find_html_faults,
    find_mail_faults,
    find_pdf_faults,
    find_private_words,
)
from digest.render.edition_json import edition_to_json
from digest.render.html import render_html
from digest.render.layout import find_layout_faults, measure_blank, measure_foot
from digest.render.mail import render_mail_parts
from digest.render.pdf_text import iter_page_text, read_pdf_text
from digest.render.templates import find_templates_dir
from digest.render.theme import DocumentTheme
from tests.factories import editions

FONT = find_templates_dir() / "fonts" / "Inter_400Regular.ttf"  # a machine's own ones differ
STYLE = (
    f"@font-face {{ font-family: Inter; src: url({FONT.as_uri()}) }}"
    "@page { size: 100px; margin: 10px }"
    "* { margin: 0; font: 10px/10px Inter }"
)


@pytest.fixture(scope="module")
def made() -> Mapping[str, bytes]:
    """The files of the full quarter but its paper, made once."""
    briefing = editions.briefing()
    mail, _ = render_mail_parts(briefing)
    return {
        "digest.html": render_html(briefing),
        "mail.html": mail.encode(),
        "edition.json": edition_to_json(briefing),
    }


@pytest.fixture
def files(made: Mapping[str, bytes]) -> dict[str, bytes]:
    """The same, to be spoilt by a test."""
    return dict(made)


@pytest.fixture
def all_files(files: dict[str, bytes], drawn: Callable[[str], bytes]) -> dict[str, bytes]:
    """The same with the paper, which takes seconds to draw."""
    return files | {"digest.pdf": drawn("briefing")}


def look_at(files: dict[str, bytes], name: str) -> list[str]:
    """The faults of one of the files."""
    edition = json.loads(files["edition.json"])
    looks: dict[str, Callable[[], Any]] = {
        "digest.html": lambda: find_html_faults(files["digest.html"], edition),
        "digest.pdf": lambda: find_pdf_faults(files["digest.pdf"], files["edition.json"]),
        "mail.html": lambda: find_mail_faults(files["mail.html"], edition),
        "edition.json": lambda: find_data_faults(edition),
    }
    return [f"{name}: {fault}" for fault in looks[name]()]


@pytest.mark.whole
def test_what_is_right_is_passed_in_silence(all_files):
    """Page, paper, mail, data and colours of the full quarter."""
    assert find_faults(all_files, DocumentTheme()) == ()


@pytest.mark.parametrize(
    ("name", "right", "wrong", "said"),
    [
        (
            "digest.html",
            'href="#glance"',
            'href="#nowhere"',
            "digest.html: a link leads nowhere: #nowhere",
        ),
        (
            "digest.html",
            '<section class="section" id="rules">',
            '<section class="section" id="deals">',
            "stands twice",
        ),
        ("digest.html", "<h2 ", "<h5 ", "digest.html: its headings skip a level"),
        ("digest.html", '<html lang="en">', "<html>", "digest.html: the page says no language"),
        ("digest.html", "</main>", "<img></main>", "digest.html: a picture has no words: img"),
        (
            "digest.html",
            '<article class="story entry" id="s007"',
            '<article class="story entry" id="s999"',
            "the same stories",
        ),
        (
            "mail.html",
            "</body>",
            "<img src=x></body>",
            "mail.html: holds something that mail programs do not show",
        ),
        ("mail.html", "</body>", "x" * 40_000 + "</body>", "page one needs no more than 40,000"),
        (
            "mail.html",
            'id="s004"',
            'id="s999"',
            "mail.html: names stories that edition.json does not hold",
        ),
    ],
)
def test_what_is_wrong_is_told(files, name, right, wrong, said):
    """Each fault in words, with the file that has it."""
    assert right in files[name].decode()
    files[name] = files[name].decode().replace(right, wrong, 1).encode()
    assert said in " | ".join(look_at(files, name))


@pytest.mark.whole
def test_other_data_than_the_paper_carries_is_told(all_files):
    """By the paper, which has the edition's data attached."""
    all_files["edition.json"] = all_files["edition.json"].replace(b'"en"', b'"it"', 1)
    assert "digest.pdf: the data attached to it is not edition.json" in look_at(
        all_files, "digest.pdf"
    )


def _untagged(paper: pikepdf.Pdf) -> None:
    del paper.Root.MarkInfo


def _speechless(paper: pikepdf.Pdf) -> None:
    del paper.Root.Lang


def _pictures(paper: pikepdf.Pdf) -> None:
    for one in paper.objects:
        if isinstance(one, pikepdf.Dictionary) and one.get("/S") == "/Figure":
            del one.Alt


def _acting(paper: pikepdf.Pdf) -> None:
    paper.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="1")


def _bare(paper: pikepdf.Pdf) -> None:
    del paper.attachments["edition.json"]


def _levels(paper: pikepdf.Pdf) -> None:
    for one in paper.objects:
        if isinstance(one, pikepdf.Dictionary) and one.get("/S") == "/H2":
            one.S = pikepdf.Name.H5


@pytest.mark.whole
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_untagged, "is not tagged"),
        (_speechless, "says no language"),
        (_pictures, "pictures have no words"),
        (_acting, "acts when it is opened"),
        (_bare, "does not carry edition.json"),
        (_levels, "headings skip a level"),
    ],
)
def test_a_spoilt_paper_is_told(all_files, spoil, said):
    """What PDF/UA-1 asks for and a program can see."""
    with pikepdf.open(io.BytesIO(all_files["digest.pdf"])) as paper:
        spoil(paper)
        out = io.BytesIO()
        paper.save(out)
    all_files["digest.pdf"] = out.getvalue()
    assert said in " | ".join(look_at(all_files, "digest.pdf"))


def change_data(
    files: dict[str, bytes], change: Callable[[Any], None], look: str = "edition.json"
) -> list[str]:
    """The faults of one of the files once the data has changed."""
    data = json.loads(files["edition.json"])
    change(data)
    return look_at(files | {"edition.json": json.dumps(data).encode()}, look)


def test_a_stack_that_does_not_add_up_is_told(files):
    """In the currency in which it does not."""

    def spoil(data: Any) -> None:
        data["stack"]["lines"][0]["product"]["cost"]["amount"] -= 34_000

    assert (
        "edition.json: the products of the stack add up to 573,000.00 EUR, and the total shown is "
        "607,000.00" in change_data(files, spoil)
    )


def test_a_product_without_a_row_is_told(files):
    """The page has to name every product of the stack."""

    def spoil(data: Any) -> None:
        data["stack"]["lines"][0]["product"]["name"] = "Postlark Deliver"

    assert "digest.html: the stack has no row for Postlark Deliver" in change_data(
        files, spoil, "digest.html"
    )


def test_a_total_in_a_currency_that_no_product_has_is_told(files):
    """As is one that is missing."""

    def spoil(data: Any) -> None:
        data["stack"]["spend"]["total"][0]["currency"] = "USD"

    found = change_data(files, spoil)
    assert sum("the products of the stack add up to" in fault for fault in found) == 2


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("The price rises in May.", ""),
        ("“We paused the test,” she said.", ""),
        ("iPhone users see no change.", ""),
        ("広告文の自動生成機能を公開した。", ""),
        ("and the price rises in May.", "begins within"),
        ("The price rises in", "no end"),
        ("The price rises in May…", "cut"),
        ("", "empty"),
    ],
)
def test_a_sentence_is_whole_or_told(files, text, fault):
    """With what keeps it from being one."""

    def spoil(data: Any) -> None:
        data["sections"][0]["stories"][0]["summary"][0]["text"] = text

    told = [found for found in change_data(files, spoil) if "not a whole sentence" in found]
    assert told == ([f"edition.json: not a whole sentence ({fault}): “{text}”"] if fault else [])


@pytest.mark.whole
@pytest.mark.parametrize(
    ("private", "names"),
    [
        ("the boss cannot stand this vendor", set()),
        ("Orbiva takes over survey panel Askwell", {"digest.html", "digest.pdf", "edition.json"}),
        (
            "halden has agreed  to acquire\nTessera",
            {"digest.html", "digest.pdf", "edition.json", "mail.html"},
        ),
        ("promo", set()),  # too short to be known for a remark
        ("", set()),
    ],
)
def test_private_words_are_found_in_every_file(all_files, private, names):
    """However lines break; the fault does not repeat them."""
    found = find_private_words(all_files, [private])
    told = {fault.split(":")[0] for fault in found if "holds a private text" in fault}
    assert told == names
    assert not any(private in fault for fault in found if private)


def test_a_token_within_markup_is_found(files, drawn):
    """In an attribute, in the data, escaped or not."""
    secret = 'tok"en&42-xyz'
    files["digest.pdf"] = drawn("empty")
    files["mail.html"] += b'<a href="https://x.example/?k=tok&quot;en&amp;42-xyz">x</a>'
    assert find_private_words(files, [secret]) == ["mail.html: holds a private text of the team"]


@pytest.mark.whole
@pytest.mark.parametrize("story", ["s000", "s034", "s038"])
def test_a_story_that_must_be_printed_is_missed(all_files, story):
    """One of page one, a deal, a rule."""
    with pikepdf.open(io.BytesIO(all_files["digest.pdf"])) as paper:
        names = paper.Root.Names.Dests.Names
        for place, name in enumerate(names):
            if str(name) == story:
                names[place] = pikepdf.String("gone")
        out = io.BytesIO()
        paper.save(out)
    all_files["digest.pdf"] = out.getvalue()
    found = look_at(all_files, "digest.pdf")
    assert [fault for fault in found if "a story that must stand here does not" in fault]


@pytest.mark.whole
def test_a_story_with_a_consequence_must_be_printed_wherever_it_stands(all_files):
    """The consequence decides, not the section."""

    def spoil(data: Any) -> None:
        section = next(one for one in data["sections"] if one["slug"] == "categories")
        section["stories"][0] |= {"id": "s999", "why_it_matters": ["We run it: check it."]}

    found = change_data(all_files, spoil, "digest.pdf")
    assert [fault for fault in found if "a story that must stand here does not" in fault]


@pytest.mark.parametrize(("size", "said"), [("8.5pt", ""), ("8pt", "letters of 8.0 pt")])
def test_small_letters_are_told(files, size, said):
    """With the page and the words, as they stand in the file."""
    from weasyprint import HTML

    small = HTML(string=f"<html lang=en><title>x</title><p style='font-size:{size}'>Tiny words")
    found = list(find_pdf_faults(small.write_pdf(pdf_variant="pdf/ua-1"), files["edition.json"]))
    told = [fault for fault in found if "letters of" in fault]
    assert bool(told) == bool(said)
    assert all(said in fault and "“Tiny words”" in fault for fault in told)


@pytest.mark.whole
@pytest.mark.parametrize(
    "name",
    [
        *(pytest.param(name, marks=pytest.mark.whole) for name in ("briefing", "edition")),
        "thin",
        "empty",
    ],
)
def test_nothing_on_paper_is_small(paper, name):
    """Running heads, tables and pictures too."""
    sizes = {size for page in paper(name).pages for size, _ in iter_page_text(page)}
    assert min(sizes) > 8.49


@pytest.mark.whole
def test_the_text_of_a_paper_is_read(drawn):
    """As it was drawn, words of several languages among it."""
    text = "".join(read_pdf_text(drawn("briefing")).split())
    for title in ("Halden buys customer data platform", "ルーメンリーチ、広告文"):
        assert "".join(title.split()) in text


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<p>one<p>two<p>three", ""),
        ("<p>" + "long" * 20, "page 1: text runs out of the page to the right: “longlonglong"),
        (
            "<p style='position:absolute;top:95px'>low",
            "page 1: text runs out of the page at its foot: “low”",
        ),
        (
            "<p>x<p style='break-before:page'>y",
            "page 1: 65% of it is blank",
        ),
        (
            "<p>1<br>2<p style='margin-top:30px'>3<p style='break-before:page'>4",
            "",
        ),
        (
            "<p>1<div>2<br>3<br>4<br>5<br>6<br>7<br>8<br>9<br><b id='front-end'>10</b></div>",
            "page one does not end on page one",
        ),
        ("<p>x<br>x<br>x<h2>Alone</h2>", "page 1: a heading stands alone at the foot: “Alone”"),
        ('<p>x<br>x<br>x<h2 style="display: inline">Run in</h2> <b>it goes on</b>', ""),
        (
            "<p>1<br>2<br>3<br>4" + "<p style='break-before:page'>1<br>2<br>3<br>4" * 2,
            "the paper has 3 pages, and 2",
        ),
    ],
)
def test_faults_of_layout(body, said):
    """Pages too many or blank, text beyond the margin, a heading without its text, page one."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    sheet = CSS(string=STYLE, font_config=fonts)
    pages = HTML(string=body).render(stylesheets=[sheet], font_config=fonts).pages
    found = find_layout_faults(pages, 2)
    assert (found == ()) if not said else any(said in fault for fault in found), found


@pytest.mark.parametrize(
    ("body", "foot", "blank"),
    [
        ("", 80, 80),
        ("<p>1", 52, 52),  # a line and its leading
        ("<p>1<p style='margin-top:50px'>2", 0, 16),
        ("<p>1<br>2<br>3<br>4<br>5<br>6<br>7<br>8", 0, 0),
        ("<p>1<p style='position:absolute;top:200px'>beyond", 52, 52),
    ],
    ids=["nothing", "a line", "a gap between", "full", "text beyond the page"],
)
def test_what_is_left_at_the_foot_of_a_page(body, foot, blank):
    """Below all that stands on it; a gap above something is none of the foot."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    sheet = CSS(string=STYLE, font_config=fonts)
    (page,) = HTML(string=body).render(stylesheets=[sheet], font_config=fonts).pages
    assert round(measure_foot(page._page_box) * 80) == foot
    assert round(measure_blank(page._page_box) * 80) == blank
