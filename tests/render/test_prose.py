"""The team's Markdown: what it may be, and where it stands."""

from dataclasses import replace
from datetime import date

import pytest

from digest.model.decisions import TeamDecision
from digest.render.html import render_html
from digest.render.mail import render_mail_parts
from digest.render.prose import render_markdown
from tests.factories import editions
from tests.factories.work import count_steps


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*a* **b**", "<p><em>a</em> <strong>b</strong></p>"),
        ("a\n\n* b\n* c", "<p>a</p>\n<ul>\n<li>b</li>\n<li>c</li>\n</ul>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("<div onclick=x>a</div>", "<p>&lt;div onclick=x&gt;a&lt;/div&gt;</p>"),
        ("![x](https://evil.example/p.gif)", "<p></p>"),
        ("[x](javascript:alert(1))", '<p><a rel="noopener noreferrer nofollow">x</a></p>'),
        ("[x](java&#9;script:alert(1))", None),
        ("a&#4;b&#27;[31m", "<p>ab[31m</p>"),
        ("[x](java&#4;script:alert(1))", '<p><a rel="noopener noreferrer nofollow">x</a></p>'),
        (
            "[x](https://a.example/)",
            '<p><a href="https://a.example/" rel="noopener noreferrer nofollow">x</a></p>',
        ),
        ("# Head", "Head"),
        ("{{ 7*7 }}", "<p>{{ 7*7 }}</p>"),
    ],
)
def test_markdown_is_cleaned_after_rendering(text, shown):
    """Paragraphs, lists, emphasis and web links; markup is text, and nothing is loaded."""
    made = str(render_markdown(text))
    assert made == shown or shown is None
    assert "javascript:" not in made.replace("javascript:alert(1)", "", 0) or "href" not in made


@pytest.mark.whole
@pytest.mark.parametrize("shape", ["</ <![CDATA[", "[a", "[](", "[a](", "![", "a\n===\n", "> [a\n"])
@pytest.mark.parametrize("length", [990, 1400, 6000])
def test_a_note_of_brackets_takes_little(shape, length):
    """For each of them all that follows was passed over, six times."""
    note = (shape * length)[:length]
    assert count_steps(lambda: render_markdown(note)) < 5_000_000


def test_a_long_note_keeps_its_links():
    """A hundred of them in one list, as long as a note may be."""
    note = "* [report](https://a.example/1) says much more than that\n" * 100
    assert len(note) < 6_000
    assert str(render_markdown(note)).count("<a href=") == 100


def test_notes_letter_and_decisions_stand_in_the_edition():
    """In HTML and, the notes, in the mail."""
    made = editions.edition()
    first = made.sections[0]
    noted = replace(first.stories[0], note="It **moves** our plan. <img src=x>", edited=("note",))
    made = replace(
        made,
        sections=(replace(first, stories=(noted, *first.stories[1:])), *made.sections[1:]),
        letter="Dear *all*",
        decisions=(TeamDecision("Ask Bolt", "ask", owner="Ben", due=date(2026, 11, 30)),),
    )
    page = render_html(made).decode()
    assert "<strong>moves</strong> our plan. &lt;img src=x&gt;" in page
    assert "<p>Dear <em>all</em></p>" in page
    assert "Ask Bolt (Ben, 30 November 2026)" in page
    assert all("our plan" in part for part in render_mail_parts(made))
