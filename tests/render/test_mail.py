"""The mail: page one in HTML that mail programs can show, and as plain text."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from digest.render.mail import (
    MAX_HTML_BYTES,
    MailingContext,
    format_notes,
    format_subject,
    insert_notes,
    read_subject,
    render_mail_parts,
    render_notice,
)
from tests.factories import editions

EDITIONS = {
    "full": editions.briefing,
    "of the market": editions.edition,
    "thin": editions.thin,
    "empty": editions.empty,
    "hostile": editions.hostile,
    "of 300": lambda: editions.large(300),
}
MADE: dict[str, Any] = {}


def made(name):
    """An edition and its mail, made once."""
    if name not in MADE:
        edition = EDITIONS[name]()
        MADE[name] = (edition, *render_mail_parts(edition))
    return MADE[name]


class Tags(HTMLParser):
    """The tags and attributes of a page, and its ids."""

    def __init__(self, markup):
        super().__init__()
        self.tags, self.attributes, self.styles, self.loose = [], [], [], []
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in ("meta", "br"):
            self.loose.append(tag)

    def handle_endtag(self, tag):
        assert self.loose.pop() == tag

    @property
    def ids(self):
        return [value for name, value in self.attributes if name == "id"]


@pytest.mark.parametrize("name", EDITIONS)
def test_it_fits_and_loads_nothing(name):
    """Under 40 kB; no picture, script, form or sheet; every address a web address; well formed."""
    _, page, _ = made(name)
    tags = Tags(page)
    assert len(page.encode()) <= MAX_HTML_BYTES == 40_000
    assert tags.loose == []
    assert not {*tags.tags} & {
        "img",
        "svg",
        "script",
        "form",
        "iframe",
        "link",
        "object",
        "video",
        "base",
    }
    assert not [
        name
        for name, _ in tags.attributes
        if name.startswith("on") or name in ("src", "background", "srcset")
    ]
    assert "url(" not in page
    assert "@import" not in page
    links = [value for name, value in tags.attributes if name == "href"]
    assert all(re.match(r"https?://|#", link) for link in links)
    assert all(role == "presentation" for name, role in tags.attributes if name == "role")
    assert tags.tags.count("table") == page.count('role="presentation"') - page.count(
        '<!--[if mso]><table role="presentation"'
    )


@pytest.mark.parametrize("name", EDITIONS)
def test_it_holds_page_one(name):
    """Its stories and no other, under the ids that page and data have; their words in both parts."""
    edition, page, text = made(name)
    five = next(section.stories for section in edition.sections if section.slug == "five")
    assert Tags(page).ids == [story.id for story in five]
    if name == "hostile":
        return
    flat = " ".join(text.split())
    for story in five:
        assert " ".join(story.title.split()) in flat
        assert story.items[0].url in text
        assert all(sentence.text in flat for sentence in story.summary[:1])


def test_decisions_come_first():
    """Each with its reason, day, money and owner; then what to know; the figures last."""
    _, page, text = made("full")
    for part in (page, text):
        places = [
            part.index(words)
            for words in (
                "Renew, renegotiate or leave Postlark?",
                "by 1 November 2026",
                "€96,000 a year",
                "Head of CRM",
                "Who labels what AI has made?",
                "Halden buys customer data platform",
                "€294,000",
            )
        ]
        lead, *_ = (part.rindex("€294,000"),)
        assert places[:-1] == sorted(places[:-1])
        assert lead > places[-2]


def test_the_lead_is_the_preheader():
    """What a mail program shows beside the subject."""
    _, page, _ = made("full")
    hidden = re.search(r'<div style="display:none[^>]*>([^<]*)</div>', page)
    assert hidden
    assert hidden[1].startswith("Postlark raises e-mail prices by up to 22%")


def test_the_subject_is_the_news():
    """The first decision, or the first story; escaped in the page, plain in the subject."""
    assert read_subject(made("full")[1]) == (
        "Martech Digest, Q3 2026: Renew, renegotiate or leave Postlark?"
    )
    assert read_subject(made("hostile")[1]).endswith("${7*7}")
    assert "<script>" in read_subject(made("hostile")[1])
    assert read_subject(made("empty")[1]) == "Martech Digest, Q3 2026"
    assert read_subject("<p>no mail of ours") == ""


def test_hostile_words_are_only_words():
    """Escaped once in HTML; in the plain text no control character and nothing escaped."""
    _, page, text = made("hostile")
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert "{{ 7*7 }}" in page
    assert "&lt;" not in text
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e]", text)


def test_equal_editions_give_equal_mails():
    """Same input, same bytes."""
    assert render_mail_parts(editions.briefing()) == made("full")[1:]


@pytest.mark.parametrize(
    ("occasion", "line", "words"),
    [
        (MailingContext("2026-Q3", "en"), "Acme, Q3 2026: News", "attached as a PDF"),
        (
            MailingContext("2026-Q3", "en", False, "https://x.example/a?b=1&c"),
            "Acme, Q3 2026: News",
            "https://x.example/a?b=1&c",
        ),
        (
            MailingContext("2026-Q3", "en", proof=True),
            "[Proof] Acme, Q3 2026: News",
            "sent to look at",
        ),
        (
            MailingContext("2026-Q3", "en", draft=True),
            "[Draft] Acme, Q3 2026: News",
            "digest approve 2026-Q3",
        ),
        (
            MailingContext("2026-Q3", "en", version=2, correction="<b>Wrong</b>"),
            "Correction: Acme, Q3 2026: News",
            "<b>Wrong</b>",
        ),
    ],
)
def test_notes_stand_above(occasion, line, words):
    """In both parts, escaped in HTML, addresses as links."""
    _, page, text = made("thin")
    lines = format_notes(occasion)
    page, text = insert_notes(page, text, lines)
    assert format_subject("Acme, Q3 2026: News", occasion) == line
    assert words in text.partition("\n\n")[0]
    assert "<b>Wrong" not in page
    assert page.index(lines[0][:20].replace("<", "&lt;")) < page.index("<h1")
    if occasion.link:
        assert ("href", occasion.link) in Tags(page).attributes


def test_a_notice_is_short_and_safe():
    """What the team gets when something needs a person."""
    page, text = render_notice(["<script>x</script> fails", "see https://a.example/b"], "en")
    assert "<script>" not in page
    assert '<a class="d-link" style="color:#0b5563" href="https://a.example/b">' in page
    assert text == "<script>x</script> fails\n\nsee https://a.example/b\n\n"


def test_an_edition_so_far_says_so():
    """And a sample as well."""
    page, text = render_mail_parts(replace(editions.thin(), so_far=True, sample=True))
    for part in (page, text):
        assert "So far: the quarter ends on" in part
        assert "every company, product and story here is made up" in part
