"""An article's own page."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import ParseError
from digest.fetch.read.pages import read_page
from digest.model.retrieved import FeedEntry

URL = "https://acme.example/blog/1"
DAY = datetime(2026, 7, 6, 9, tzinfo=UTC)
WHEN = "2026-07-06T09:00:00Z"
LD = '<script type="application/ld+json">'
SAID = f'"datePublished": "{WHEN}"'
DATED = f'<meta property="article:published_time" content="{WHEN}">'


def page(head: str = DATED, body: str = "", title: str = "One") -> bytes:
    head = f"<title>{title}</title>{head}"
    return (
        f"<!doctype html><html lang='en-gb'><head>{head}</head><body>{body}</body></html>".encode()
    )


def read(body: bytes, url: str = URL) -> FeedEntry:
    return read_page(body, "text/html; charset=utf-8", url)


def test_all_that_a_page_says() -> None:
    head = f"""{DATED}<meta property="og:title" content="Acme ships &amp;amp; shows | Acme">
      <meta name="description" content="In brief"><meta property="og:site_name" content="Acme">
      <link rel="canonical" href="/blog/one"><meta name="author" content="Ann Lee">
      <meta property="article:modified_time" content="2026-07-07T09:00:00Z">"""
    body = """<nav><p>Menu</p></nav><article><h1>X</h1><p>At <b>length</b>.</p><ul><li>And
      <p>more</p></li></ul></article>
      <p>Foot</p>"""
    assert read(page(head, body)) == FeedEntry(
        link="https://acme.example/blog/one", title="Acme ships & shows", summary="In brief",
        text="At length.\nAnd\nmore", published=DAY, updated=DAY.replace(day=7), authors=("Ann Lee",), language="en-GB",
    )  # fmt: skip


@pytest.mark.parametrize(
    "head_and_body",
    [
        (DATED, ""),
        (f'{LD}{{"@type": "NewsArticle", "datePublished": "{WHEN}"}}</script>', ""),
        (f'{LD}[{{"@graph": [{{"@type": "WebSite"}}, {{"@type": ["BlogPosting"], {SAID}}}]}}]</script>', ""),
        (f'{LD}broken</script><meta name="date" content="{WHEN}">', ""),
        (f'<meta itemprop="datePublished" content="{WHEN}">', ""),
        (f'<meta name="DC.date.issued" content="{WHEN}">', ""),
        ("", f'<article><time datetime="{WHEN}">today</time></article>'),
        ("", "<article><time>July 6, 2026 9:00 am UTC</time></article>"),
        ("", f'<time datetime="2020-01-01"></time><time itemprop="datePublished" datetime="{WHEN}"></time>'),
    ],
)  # fmt: skip
def test_where_a_date_stands(head_and_body: tuple[str, str]) -> None:
    assert read(page(*head_and_body)).published == DAY


OWN = f"<p>{'Acme now ships a planner that drafts a campaign from a brief. ' * 5}</p>"
TEASERS = "".join(
    f"<div><h3>Story {n}</h3><p>{n} July 2026</p><p>What it tells in one line, a teaser.</p></div>"
    for n in range(1, 9)
)


@pytest.mark.parametrize(
    ("body", "url"),
    [
        ("<h1>One</h1><p>6 July 2026</p>" + OWN, URL),
        ("<h1>One</h1><p>By Ann Lee, Monday, 6 July 2026, 4 min read</p>" + OWN, URL),
        ("<p>Blog</p><span>July 6, 2026</span><h1>One</h1>" + OWN, URL),
        ("<h1>One</h1><p>BERLIN, July 6, 2026 (News) -- Acme ships.</p>" + OWN, URL),
        ("<h1>One</h1><p>06.07.2026</p>" + OWN + TEASERS, URL),
        ("<h1>One</h1><p>6 กรกฎาคม 2569</p>" + OWN, URL),
        ("<h1>One</h1><p>2026年7月6日</p>" + OWN, URL),
        ("<h1>One</h1><time datetime='2026-07-06'>today</time>" + OWN, URL),
        ("<h1>One</h1><p>Updated 9 July 2026</p><p>6 July 2026</p>" + OWN, URL),
        ("<aside><p>1 May 2020</p></aside><h1>One</h1><p class='date'>6 July 2026</p>" + OWN, URL),
        ("<div class='related'><p>1 May 2020</p></div><h1>One</h1><p>6 July 2026</p>" + OWN, URL),
        (
            "<div class='related-posts'><time class='published' datetime='2020-01-01'></time></div>"
            "<h1>One</h1><p>6 July 2026</p>" + OWN,
            URL,
        ),
        (OWN + "<div class='post-date'>6 July 2026</div>", URL),
        (OWN, "https://acme.example/2026/07/06/one"),
        (OWN, "https://acme.example/news/20260706-one"),
    ],
)
def test_a_day_that_a_page_only_shows(body: str, url: str) -> None:
    found = read(page("", body), url).published
    assert found == datetime(2026, 7, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    "body",
    [
        "<h1>One</h1>" + TEASERS,
        "<h1>One</h1><p>6 July 2026</p>" + TEASERS,
        "<h1>One</h1>" + OWN + "<footer>6 July 2026</footer>",
        "<h1>One</h1><p>We spoke of 6 July 2026 in a sentence that goes on to say what else happened on "
        "that day and why it matters to all of us who were there at the time.</p>" + OWN,
        "<h1>One</h1><p>06/07/2026</p>" + OWN,
    ],
)
def test_days_of_others_are_not_the_pages(body: str) -> None:
    with pytest.raises(ParseError, match="no date"):
        read(page("", body))


def test_a_page_of_all_stories_of_a_day_is_no_article() -> None:
    with pytest.raises(ParseError, match="no date"):
        read(page("", OWN), "https://acme.example/2026/07/06/")


@pytest.mark.parametrize(
    "line",
    ["April 17, 2026", "Published on 17 April 2026", "17.04.2026 09:00", "By Ann · 17 April 2026"],
)
def test_a_date_line_is_no_text(line: str) -> None:
    entry = read(
        page(DATED, f"<article><p>{line}</p>{OWN}<p>On 17 April 2026 more follows.</p></article>")
    )
    assert entry.text.startswith("Acme now ships")
    assert entry.text.endswith("On 17 April 2026 more follows.")


@pytest.mark.parametrize(
    ("body", "url", "reason"),
    [
        (page(), "https://acme.example/", "home page"),
        (page(""), URL, "no date"),
        (page("", "<p>July 6, 2026</p>"), URL, "no date"),
        (page("", f"<article><time datetime='{WHEN}'></time></article>" * 2), URL, "no date"),
        (page("<meta name='date' content='1970-01-01'>"), URL, "no date"),
        (
            page(f"<meta property='og:type' content='website'><meta name='date' content='{WHEN}'>"),
            URL,
            "lists others",
        ),
        (page(title=""), URL, "no title"),
        (b"", URL, "no HTML"),
    ],
)
def test_what_is_no_article_gives_nothing_and_a_reason(body: bytes, url: str, reason: str) -> None:
    with pytest.raises(ParseError, match=reason):
        read(body, url)


@pytest.mark.parametrize(
    ("title", "site", "expected"),
    [
        ("One | Acme", "Acme", "One"), ("One - Acme News", "Acme News", "One"), ("Acme: One", "Acme", "One"),
        ("One | Other", "Acme", "One | Other"), ("Acme", "Acme", "Acme"), ("One – ACME", "Acme", "One"),
        ("A - B | Acme", "Acme", "A - B"),
    ],
)  # fmt: skip
def test_the_site_is_no_part_of_a_title(title: str, site: str, expected: str) -> None:
    assert (
        read(page(DATED + f'<meta property="og:site_name" content="{site}">', title=title)).title
        == expected
    )


@pytest.mark.parametrize(
    "canonical", ["https://other.example/blog/1", "/", "javascript:alert(1)", "http://[", ""]
)
def test_an_address_that_is_not_the_pages_own_is_not_taken(canonical: str) -> None:
    assert read(page(DATED + f'<link rel="canonical" href="{canonical}">')).link == URL


@given(
    st.binary(max_size=300)
    | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))
)
def test_any_bytes_are_an_article_or_an_error(body: bytes) -> None:
    for start in (b"", page()[:-14], b'<script type="application/ld+json">'):
        try:
            read(start + body)
        except ParseError:
            continue
