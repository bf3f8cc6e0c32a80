"""Web pages that list entries, read without being told how, and by selectors.

The pages of data/list_pages have the structure of real ones and made-up words; expected.json holds
the titles, addresses and days that a reader sees on them.
"""

import json
from pathlib import Path

import pytest

from digest.errors import ParseError
from digest.fetch.read.feeds import parse_feed
from digest.model.retrieved import ParsedFeed
from digest.model.source import ReadingRule

PAGES = Path(__file__).parents[1] / "data" / "list_pages"
EXPECTED = json.loads((PAGES / "expected.json").read_text("utf-8"))
URL = "https://site.example/news"
PAGE = ReadingRule(kind="page")


def read_page(markup: str, url: str = URL, rule: ReadingRule = PAGE) -> ParsedFeed:
    return parse_feed(markup.encode(), "text/html; charset=utf-8", url, {}, rule)


def list_rows(document: ParsedFeed) -> list[list[str]]:
    return [
        [entry.title, entry.link, f"{entry.published:%Y-%m-%d}" if entry.published else ""]
        for entry in document.entries
    ]


@pytest.mark.parametrize("name", EXPECTED)
def test_entries_are_found_by_looking(name: str) -> None:
    page = (PAGES / f"{name}.html").read_text("utf-8")
    found = list_rows(read_page(page, EXPECTED[name]["url"]))
    assert sorted(found) == sorted(EXPECTED[name]["entries"])


def build_item(number: int, title: str = "Consent records move to one place") -> str:
    return (
        f"<div class='x'><a href='/news/{number}'>{title}, part {number}</a>"
        f"<b class='when'>{number}.07.2026</b><i>Told in a few words.</i></div>"
    )


ITEMS = "".join(map(build_item, range(10, 15)))
EMPTY = {
    "an article": f"<h1>One story</h1><p>{'Words of a long article follow here. ' * 30}</p>",
    "a menu": "".join(f"<li><a href='/{n}'>Solutions {n}</a></li>" for n in "abcdef"),
    "nothing": "",
    "a shell that scripts fill": "<div id='root'></div><script>start()</script>",
}


@pytest.mark.parametrize("name", EMPTY)
def test_a_page_without_a_list_is_refused(name: str) -> None:
    with pytest.raises(ParseError) as refused:
        read_page(f"<html><body>{EMPTY[name]}</body></html>")
    assert refused.value.kind == "no-list"
    assert "select" in refused.value.hint or not EMPTY[name]


def test_a_frame_that_is_named_after_its_sidebar_is_no_sidebar() -> None:
    story = "<h3><a href='/news/{0}'>Consent records move, part {0}</a></h3><p>{0} July 2026</p>"
    stories = "".join(map(story.format, range(1, 6)))
    page = (
        f"<body><div class='layout has-sidebar'>{stories}<div class='sidebar'><ul></ul></div></div>"
    )
    assert len(read_page(page).entries) == 5


def test_selectors_find_what_the_team_names() -> None:
    select = {"item": "div.x", "date": "b.when", "summary": "i"}
    page = read_page(ITEMS, rule=ReadingRule(kind="page", select=select))
    assert list_rows(page)[0] == [
        "Consent records move to one place, part 10",
        "https://site.example/news/10",
        "2026-07-10",
    ]
    assert page.entries[0].summary == "Told in a few words."
    assert len(page.entries) == 5


def test_selectors_that_find_nothing_are_told() -> None:
    with pytest.raises(ParseError, match="no list of entries"):
        read_page(ITEMS, rule=ReadingRule(kind="page", select={"item": "article"}))


OLDER = {
    "rel=next": (
        "<a rel='next' href='/news?after=9'>More</a>",
        "https://site.example/news?after=9",
    ),
    "numbers": (
        "<a href='?page=2'>2</a><a href='?page=3'>3</a>",
        "https://site.example/news?page=2",
    ),
    "a path": ("<a href='/news/page/2/'>2</a>", "https://site.example/news/page/2/"),
    "other lists": ("<a href='/jobs?page=2'>2</a>", ""),
    "another host": ("<a rel='next' href='https://other.example/2'>Next</a>", ""),
    "nothing": ("", ""),
}


@pytest.mark.parametrize("name", OLDER)
def test_the_next_older_page_is_found(name: str) -> None:
    links, expected = OLDER[name]
    assert read_page(f"<body>{ITEMS}<nav>{links}</nav></body>").links.get("next", "") == expected


def test_a_later_page_names_the_one_after_it() -> None:
    links = "<a href='/news'>1</a><a href='/news?page=3'>3</a>"
    page = read_page(f"<body>{ITEMS}<nav>{links}</nav></body>", f"{URL}?page=2")
    assert page.links["next"] == f"{URL}?page=3"


def test_dates_that_could_be_one_of_two_days_stay_open() -> None:
    """Unless another date of the list tells which number is the day."""
    rows = "".join(
        f"<h3><a href='/news/{n}'>A headline of several words {n}</a></h3><p>0{n}/07/2026</p>"
        for n in range(1, 5)
    )
    open_dates = read_page(f"<body>{rows}</body>")
    assert {entry.published for entry in open_dates.entries} == {None}
    more = "<h3><a href='/news/9'>A headline that tells the order</a></h3><p>23/07/2026</p>"
    days = [row[2] for row in list_rows(read_page(f"<body>{rows}{more}</body>"))]
    assert days == ["2026-07-01", "2026-07-02", "2026-07-03", "2026-07-04", "2026-07-23"]


def test_json_is_read_by_dotted_paths() -> None:
    rows = [
        {"attributes": {"title": "One"}, "to": ["/a"], "at": "2026-07-06", "lead": "<b>Few</b>"},
        {"attributes": {"title": "Two"}, "to": ["/b"], "at": "2026-07-05"},
    ]
    paths = {
        "items": "data.posts",
        "title": "attributes.title",
        "link": "to.0",
        "date": "at",
        "summary": "lead",
    }
    rule = ReadingRule(kind="json", paths=paths)
    body = json.dumps({"data": {"posts": rows}})
    page = read_page(body, "https://site.example/api/posts", rule)
    assert list_rows(page) == [
        ["One", "https://site.example/a", "2026-07-06"],
        ["Two", "https://site.example/b", "2026-07-05"],
    ]
    assert page.entries[0].summary == "Few"
    with pytest.raises(ParseError, match="is a list at"):
        read_page(json.dumps({"data": []}), URL, rule)


def test_control_characters_of_a_page_are_gone() -> None:
    """The parser lets them in, and refuses them where a part of the page is taken out."""
    rows = "".join(
        f"<li><a href='/{n}'>Acme opens its office number {n}</a> <time>2026-07-0{n}</time></li>"
        for n in (1, 2)
    )
    page = f"<ul>{rows}</ul><div>a<nav>x</nav> b\x01c</div>"
    feed = parse_feed(page.encode(), "text/html", "https://acme.example/", rule=ReadingRule("page"))
    assert len(feed.entries) == 2
