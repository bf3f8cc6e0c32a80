"""`digest build --check`: says nothing of what is right, and in words what is wrong."""

import io
from collections.abc import Callable

import pikepdf
import pytest

from digest.render.check import find_faults
from digest.render.edition_json import edition_to_json
from digest.render.html import render_html
from digest.render.layout import find_layout_faults
from digest.render.mail import render_mail_parts
from digest.render.theme import DocumentTheme
from tests.factories import editions

STYLE = "@page { size: 100px; margin: 10px } * { margin: 0; font-size: 10px; line-height: 10px }"


@pytest.fixture
def files(drawn: Callable[[str], bytes]) -> dict[str, bytes]:
    """The files of the full quarter."""
    made = editions.edition()
    mail, _ = render_mail_parts(made)
    return {
        "digest.html": render_html(made),
        "digest.pdf": drawn("edition"),
        "mail.html": mail.encode(),
        "edition.json": edition_to_json(made),
    }


def test_what_is_right_is_passed_in_silence(files):
    """Page, paper, mail, data and colours of the full quarter."""
    assert find_faults(files, DocumentTheme()) == ()


@pytest.mark.parametrize(
    ("name", "right", "wrong", "said"),
    [
        (
            "digest.html",
            'href="#rules"',
            'href="#nowhere"',
            "digest.html: a link leads nowhere: #nowhere",
        ),
        (
            "digest.html",
            '<section class="section" id="rules">',
            '<section class="section" id="deals">',
            "stands twice",
        ),
        ("digest.html", "<h2>", "<h5>", "digest.html: its headings skip a level"),
        ("digest.html", '<html lang="en">', "<html>", "digest.html: the page says no language"),
        ("digest.html", "</main>", "<img></main>", "digest.html: a picture has no words: img"),
        (
            "digest.html",
            '<article class="story" id="s007"',
            '<article class="story" id="s999"',
            "the same stories",
        ),
        (
            "mail.html",
            "</body>",
            "<img src=x></body>",
            "mail.html: holds something that mail programs do not show",
        ),
        ("mail.html", "</body>", "x" * 102_000 + "</body>", "and mail programs cut at 102,000"),
        (
            "mail.html",
            'id="s007"',
            'id="s999"',
            "mail.html names stories that edition.json does not hold",
        ),
        ("edition.json", '"en"', '"it"', "digest.pdf: the data attached to it is not edition.json"),
    ],
)
def test_what_is_wrong_is_told(files, name, right, wrong, said):
    """Each fault in words, with the file that has it."""
    assert right in files[name].decode()
    files[name] = files[name].decode().replace(right, wrong, 1).encode()
    assert any(said in fault for fault in find_faults(files, DocumentTheme())), find_faults(
        files, DocumentTheme()
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
def test_a_spoilt_paper_is_told(files, spoil, said):
    """What PDF/UA-1 asks for and a program can see."""
    with pikepdf.open(io.BytesIO(files["digest.pdf"])) as paper:
        spoil(paper)
        out = io.BytesIO()
        paper.save(out)
    files["digest.pdf"] = out.getvalue()
    assert any(said in fault for fault in find_faults(files, DocumentTheme())), find_faults(
        files, DocumentTheme()
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<p>one<p>two<p>three", ""),
        ("<p>" + "long" * 20, "page 1: text runs out of the page to the right: “longlonglong"),
        (
            "<p style='position:absolute;top:95px'>low",
            "page 1: text runs out of the page at its foot: “low”",
        ),
        ("<p>x<br>x<br>x<br>x<p style='break-before:page'>one", "page 2: is almost empty"),
        ("<p>x<br>x<br>x<h2>Alone</h2>", "page 1: a heading stands alone at the foot: “Alone”"),
        (
            "<p>1<br>2<br>3<br>4" + "<p style='break-before:page'>1<br>2<br>3<br>4" * 2,
            "the paper has 3 pages, and 2",
        ),
    ],
)
def test_faults_of_layout(body, said):
    """Pages too many or empty, text beyond the margin, a heading without its text."""
    from weasyprint import CSS, HTML

    pages = HTML(string=body).render(stylesheets=[CSS(string=STYLE)]).pages
    found = find_layout_faults(pages, 2)
    assert (found == ()) if not said else any(said in fault for fault in found), found
