"""Letters after the ways of a hundred made-up senders: each gives its stories, and nothing else.

They are in data/letters: `makes.jsonl` has whole letters with the titles and pages of their
stories, `own_matters.jsonl` what letters say of themselves: a title, a text, and what to press.
"""

from __future__ import annotations

import json
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from digest.fetch.mail.newsletters import ParsedNewsletter, parse_newsletter
from digest.urls import canonical_url

DATA = Path(__file__).parents[1] / "data" / "letters"


def read_rows(name: str) -> list[Any]:
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]


MAKES = {row["name"]: row for row in read_rows("makes.jsonl")}
STORIES = (
    ("Penfold prints coupons again", "The grocer ends three years of offers in an app alone."),
    ("Olden sells its identity graph", "Three bidders have looked at the books since May."),
    ("Levy on retail screens goes to court", "The city expects a ruling and has set money aside."),
    ("Tarn buys Askwell for $90 million", "It is the third purchase this year, and the largest."),
)


def read_letter(body: str, *, subject: str, sender: str, plain: bool = False) -> ParsedNewsletter:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "cmo@reader.example", subject
    mail["Date"], mail["Message-ID"] = "Tue, 24 Nov 2026 07:00:00 +0000", "<1@x.example>"
    mail.set_content(body if plain else f"<html><body>{body}</body></html>", subtype="plain" if plain else "html")  # fmt: skip
    return parse_newsletter(bytes(mail))


def fold(title: str) -> str:
    return "".join(letter for letter in title.casefold() if letter.isalnum())


@pytest.mark.parametrize("name", MAKES)
def test_a_letter_gives_its_stories_with_titles_and_pages(name: str) -> None:
    row = MAKES[name]
    body = row.get("text") or row["html"]
    letter = read_letter(body, subject=row["subject"], sender=row["sender"], plain="text" in row)
    given = [one for one in letter.entries if not one.sponsored]
    assert len(given) == len(row["want"])
    wanted = {fold(title): page for title, page in row["want"]}
    for one in given:
        page = next(page for title, page in wanted.items() if fold(one.title).startswith(title))
        page = page if "://" in page else f"https://{page}.example/p"
        assert page == "https://.example/p" or canonical_url(one.link) == canonical_url(page)


def build_story(make: str, title: str, text: str) -> str:
    """A story as a linked headline, as a bold line with a button, or as an item of a list."""
    page = f"https://{fold(title)}.example/p"
    return {
        "linked": f'<h3><a href="{page}">{title}</a></h3><p>{text}</p>',
        "button": f'<p style="font-size:18px"><b>{title}</b></p><p>{text}</p>'
        f'<p><a href="{page}" style="background:#06c;padding:10px 18px">Read more</a></p>',
        "item": f'<ul><li><b><a href="{page}">{title}</a></b>: {text}</li></ul>',
    }[make]


def build_own_matter(make: str, title: str, text: str, call: str) -> str:
    anchor = 'href="https://x.example/k7f3"'
    link = f"<a {anchor}>{call}</a>" if call else ""
    button = f'<p><a {anchor} style="background:#06c;padding:10px 18px">{call}</a></p>'
    return {
        "linked": f"<h3>{title}</h3><p>{text}</p><p>{link}</p>",
        "button": f'<p style="font-size:18px"><b>{title}</b></p><p>{text}</p>'
        + (button if call else ""),
        "item": f"<p><b>{title}</b><br>{text} {link}</p>",
    }[make]


@pytest.mark.parametrize("make", ["linked", "button", "item"])
@pytest.mark.parametrize("row", read_rows("own_matters.jsonl"), ids=lambda row: row[0])
def test_what_a_letter_says_of_itself_is_no_story_and_takes_none(row: list[str], make: str) -> None:
    stories = [build_story(make, *story) for story in STORIES]
    for place in (2, len(stories)):
        parts = [*stories[:place], build_own_matter(make, *row), *stories[place:]]
        body = '<p style="font-size:24px">Field Notes</p>' + "".join(parts)
        letter = read_letter(body, subject="Coupons, screens", sender="Field Notes <a@fn.example>")
        given = [one.title for one in letter.entries if not one.sponsored]
        assert given == [title for title, _ in STORIES]
