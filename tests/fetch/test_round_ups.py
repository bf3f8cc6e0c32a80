"""Entries that tell several events, and those that only look so."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import escape

import pytest

from digest.fetch.read.feeds import parse_feed
from digest.fetch.read.pages import read_page
from digest.fetch.read.round_ups import add_parts
from digest.model.retrieved import FeedEntry

LINK = "https://trade.example/2026/week-31"
ENTRY = FeedEntry(LINK, "", "", "", datetime(2026, 7, 31, 9, tzinfo=UTC))


def build_section(headline: str, *, level: int = 3, labels: bool = True, link: str = "") -> str:
    named = f"<a href='{link}'>{headline} in detail</a>" if link else f"{headline} in detail"
    facts = "<h4>Key facts</h4><p>It holds from Monday on.</p><p>Why it matters: budgets move.</p>"
    call = f"<p>Our report: {named}</p>"
    return (
        f"<h{level}>{headline}</h{level}><p>{headline}, as both firms said on Tuesday.</p>"
        f"{facts + call if labels else ''}"
    )


NEWS = ["Quillhaven buys Tamberlyn", "Zorbly raises its prices", "Court fines Merrowbank in Rome"]
LABELLED = "".join(map(build_section, NEWS))
BARE = "".join(build_section(one, labels=False) for one in NEWS)
MARKDOWN = "".join(
    f"<p>### {one}</p><p>{one}, as both firms said.</p><p>Key facts:</p><p>It is so.</p>"
    for one in NEWS
)
LETTER = "".join(
    f"<h3><a href='https://paper{number}.example/{number}'>{one}</a></h3><p>{one}, as both firms "
    "said on Tuesday; nobody who was asked by the paper would add a word to it.</p>"
    for number, one in enumerate(NEWS)
)
TOOLS = "".join(
    f"<h3>{number}. {name}</h3><p>{name} suits small teams well.</p><h4>Top features</h4>"
    "<p>It counts clicks.</p><h4>Pricing</h4><p>It costs 9 euros a month.</p>"
    for number, name in enumerate(("Quillhaven Reach Pro", "Zorbly for Teams", "Merrowbank Ads"), 1)
)
OPINION = "<h3>Theme of the week: nobody decides</h3><p>We see it so.</p>"
LISTED = "Quillhaven buys Tamberlyn; Zorbly raises its prices"
THREE = "Quillhaven buys Tamberlyn; Zorbly raises its prices; Court fines Merrowbank in Rome"
CLAUSES = (
    "Quillhaven buys its rival Tamberlyn; Zorbly raises its prices again; and a court fines "
    "Merrowbank. The post appeared first on Trade."
)
REPORTS = [f"{one} in detail" for one in NEWS]

# name → title, summary, markup, titles of the parts
CASES = {
    "headings with labels in common": ("Week 31 – Trade Pulse", "", LABELLED, REPORTS),
    "what has no label is the issue's own": (
        "Week 31 – Trade Pulse",
        "",
        f"<h3>Welcome to all of you</h3><p>It was a week.</p>{LABELLED}{OPINION}",
        REPORTS,
    ),
    "headings as in Markdown": ("Week 31 – Trade Pulse", "", MARKDOWN, NEWS),
    "headings above texts alone": ("Week 31 – Trade Pulse", "", BARE, []),
    "two headings are too few": (
        "Week 31 – Trade Pulse",
        "",
        "".join(map(build_section, NEWS[:2])),
        [],
    ),
    "a title that is no round-up's": ("How three deals were made", "", LABELLED, []),
    "a list of tools": ("The 3 best tools of 2026", "", TOOLS, []),
    "headings that are links": ("This week in commerce", "", LETTER, NEWS),
    "links to one page": (
        "This week in commerce",
        "",
        re.sub(r"https://paper\d.example/\d", "https://a.example/", LETTER),
        [],
    ),
    "links in few headings": ("This week in commerce", "", LETTER + BARE, []),
    "the same under another title": ("What we read", "", LETTER, []),
    "a title that lists headings": (
        LISTED,
        "",
        BARE,
        NEWS,
    ),
    "what the title alone tells": (
        f"{LISTED}; Ostrava opens a data centre",
        "",
        BARE,
        [*NEWS, "Ostrava opens a data centre"],
    ),
    "a title that is about something else": ("Rivers rise; Lakes fall", "", BARE, []),
    "a title and clauses": (
        LISTED,
        CLAUSES,
        "",
        [*LISTED.split("; "), "A court fines Merrowbank"],
    ),
    "clauses without a list": (
        LISTED,
        "Quillhaven buys its rival; Zorbly watches it; Merrowbank does so, too.",
        "",
        [],
    ),
    "clauses under one headline": ("Quillhaven grows again", CLAUSES, "", []),
    "three headlines": (THREE, "", "", NEWS),
    "two headlines": (LISTED, "", "", []),
    "a series before them": (f"Trade Daily: {THREE}", "", "", NEWS),
    "a series behind them": (f"{THREE} | Trade Daily", "", "", NEWS),
    "headlines in Chinese": (
        "七点晨报丨远山公司收购白石科技；某平台上调会员价格；法院对某广告公司罚款",
        "",
        "",
        ["远山公司收购白石科技", "某平台上调会员价格", "法院对某广告公司罚款"],
    ),
    "two clauses of one event": ("Quillhaven buys Tamberlyn; its founder stays; staff go", "", "", []),
    "notes behind labels": ("Case: a flow; Pattern: one graph of it; Check: every run", "", "", []),
    "commas": ("Quillhaven Buys Tamberlyn, Zorbly Grows, Merrowbank Falls", "", "", []),
    "short names": ("Bolt; Zorbly; Tamberlyn", "", "", []),
    "a text for a title": (f"{'某平台宣布' * 12}；某公司宣布涨价了；法院作出了判决", "", "", []),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_parts_are_found_where_the_structure_is_sure(name):
    title, summary, markup, titles = CASES[name]
    found = add_parts(replace(ENTRY, title=title, summary=summary), markup)
    assert [part.title for part in found.parts] == titles


def test_a_part_has_its_own_words():
    """Its first words are what stands before the labels; the text is all of it."""
    found = add_parts(replace(ENTRY, title="Week 31 – Trade Pulse"), LABELLED)
    assert found.parts[1].summary == "Zorbly raises its prices, as both firms said on Tuesday."
    assert found.parts[1].text.splitlines()[1:3] == ["Key facts", "It holds from Monday on."]


def test_a_clause_becomes_a_sentence():
    found = add_parts(replace(ENTRY, title=LISTED, summary=CLAUSES))
    assert found.parts[2].summary == "A court fines Merrowbank."


@pytest.mark.parametrize(
    ("name", "links", "expected"),
    [
        ("pages of others", ["https://a.example/1", "https://b.example/2"], [True, True]),
        ("a page of its own site", ["/2026/report", "https://b.example/2"], [True, True]),
        ("the issue's own page", [LINK + "?utm_source=rss", "https://b.example/2"], [False, True]),
        ("one page for two parts", ["https://a.example/1", "https://a.example/1"], [False, False]),
        ("what is no page", ["mailto:editor@trade.example", "#top"], [False, False]),
    ],
)
def test_a_part_leads_to_its_page(name, links, expected):
    """Where it has none, or shares it, it stands on the issue's."""
    sections = zip(NEWS, [*links, ""], strict=True)
    markup = "".join(build_section(one, link=link) for one, link in sections)
    found = add_parts(replace(ENTRY, title="Week 31 – Trade Pulse"), markup)
    assert [bool(part.link) for part in found.parts] == [*expected, False]


def test_a_link_within_a_sentence_is_no_page_of_a_part():
    """It may lead to another report, whose item the part would be."""
    linked = LABELLED.replace("budgets", "<a href='https://trade.example/2025/old'>budgets</a>")
    found = add_parts(replace(ENTRY, title="Week 31 – Trade Pulse"), linked)
    assert [(part.title, part.link) for part in found.parts] == [(one, "") for one in REPORTS]


@pytest.mark.parametrize("missing", [{"link": ""}, {"published": None}])
def test_an_issue_without_place_or_date_stays_whole(missing):
    entry = replace(ENTRY, title=THREE, **missing)
    assert add_parts(entry) == entry


def test_every_reader_of_full_texts_finds_them():
    title, date = "Week 31 – Trade Pulse", "2026-07-31T09:00:00Z"
    feed = (
        f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Trade</title><entry><title>{title}"
        f"</title><link href='{LINK}'/><published>{date}</published><content type='html'>"
        f"{escape(LABELLED)}</content></entry></feed>"
    )
    quoted = LABELLED.replace('"', '\\"')
    json_feed = (
        '{"version": "https://jsonfeed.org/version/1.1", "title": "Trade", "items": [{"id": "1", '
        f'"url": "{LINK}", "title": "{title}", "date_published": "{date}", '
        f'"content_html": "{quoted}"}}]}}'
    )
    posts = (
        f'[{{"link": "{LINK}", "date_gmt": "2026-07-31T09:00:00", "title": {{"rendered": "{title}"'
        f'}}, "content": {{"rendered": "{quoted}"}}}}]'
    )
    page = (
        f"<html><head><title>{title}</title><meta property='article:published_time' "
        f"content='{date}'></head><body><article>{LABELLED}</article></body></html>"
    )
    api = "https://trade.example/wp-json/wp/v2/posts?per_page=1"
    entries = [
        *parse_feed(feed.encode(), "application/atom+xml", "https://trade.example/feed").entries,
        *parse_feed(json_feed.encode(), "application/json", "https://trade.example/f").entries,
        *parse_feed(posts.encode(), "application/json", api).entries,
        read_page(page.encode(), "text/html", LINK),
    ]
    assert [[part.title for part in entry.parts] for entry in entries] == [REPORTS] * 4
