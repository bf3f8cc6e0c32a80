"""The team's Markdown: what it may be, and where it stands."""

from dataclasses import replace
from datetime import date

import pytest

from digest.model.decisions import TeamDecision
from digest.render.html import render_html
from digest.render.mail import render_mail_parts
from digest.render.prose import render_markdown
from tests.factories import editions


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
