"""index.html and feed.xml: every edition, the newest first, harmless, stable."""

import lxml.etree
import lxml.html
import pytest

from digest.render.edition_json import edition_to_dict
from digest.render.site import FoundEdition, render_feed, render_index
from tests.factories import editions

ATOM = "{http://www.w3.org/2005/Atom}"


def shelf() -> list[FoundEdition]:
    """Three quarters, the second in two languages, the last hostile and not ended."""
    first = edition_to_dict(editions.edition()) | {
        "quarter": "2026-Q2",
        "start": "2026-04-01T00:00:00Z",
        "end": "2026-07-01T00:00:00Z",
        "sample": False,
    }
    last = edition_to_dict(editions.hostile()) | {
        "quarter": "2026-Q4",
        "start": "2026-10-01T00:00:00Z",
        "end": "2027-01-01T00:00:00Z",
        "so_far": True,
    }
    return [
        FoundEdition("2026-Q2", first),
        FoundEdition("2026-Q4", last),
        FoundEdition("2026-Q3", edition_to_dict(editions.edition()), ("it",)),
    ]


def index(found=None, language: str = "en") -> lxml.html.HtmlElement:
    made = render_index(shelf() if found is None else found, "Digest <b>", "A & B", language)
    return lxml.html.document_fromstring(
        made.decode(), parser=lxml.html.HTMLParser(encoding="utf-8")
    )


def test_the_newest_edition_comes_first():
    """Each with its days, its number of stories, its first headlines and its files."""
    page = index()
    assert [one.text_content().split(" so far")[0] for one in page.xpath("//h3/a")] == [
        "Q4 2026",
        "Q3 2026",
        "Q2 2026",
    ]
    assert page.xpath("//article")[1].xpath("count(.//li)") == 5
    assert "1 July 2026 – 30 September 2026 · 40 stories" in page.text_content()
    assert page.xpath("//article[2]//p[@class='files']/a/@href") == [
        "2026-Q3/digest.html",
        "2026-Q3/digest.pdf",
        "2026-Q3/edition.json",
        "2026-Q3/it/digest.html",
    ]
    assert [
        one.text for one in page.xpath("//article[2]//p[@class='files']/a[@hreflang='it']")
    ] == ["italiano"]
    assert [one.text for one in page.xpath("//article[1]//span[@class='mark']")] == [
        "so far",
        "sample",
    ]


def test_nothing_from_outside_acts():
    """No script, no style but ours, titles as text."""
    page = index()
    assert not page.xpath("//script|//img|//iframe|//*[@style]|//*[@src]")
    assert {href.split(":")[0] for href in page.xpath("//@href")} <= {
        href for href in page.xpath("//@href") if ":" not in href
    }


def test_without_editions_it_says_so():
    """Nobody sees an empty page."""
    assert "No briefing has been made yet." in index([]).text_content()


@pytest.mark.parametrize(
    ("language", "heading"), [("it", "3º trimestre 2026"), ("th", "ไตรมาส 3 ปี 2026")]
)
def test_speaks_the_first_language(language, heading):
    """With its lang."""
    page = index(language=language)
    assert page.get("lang") == language
    assert heading in page.text_content()


def feed(home: str = "") -> lxml.etree._Element:
    return lxml.etree.fromstring(render_feed(shelf(), "Digest <b>", "A & B", "en", home))


def test_the_feed_is_atom():
    """Each entry with an id of its own that stays, a date, a title and a link; the newest date is
    the feed's."""
    made = feed("https://digest.example.com/q")
    entries = made.findall(f"{ATOM}entry")
    assert [one.findtext(f"{ATOM}title") for one in entries][1:] == [
        "Martech Digest, Q3 2026 (sample)",
        "Martech Digest, Q2 2026",
    ]
    ids = [made.findtext(f"{ATOM}id"), *(one.findtext(f"{ATOM}id") for one in entries)]
    assert len(set(ids)) == 4
    assert all(one.startswith("urn:uuid:") for one in ids)
    assert ids == [one.text for one in feed().iter(f"{ATOM}id")]
    assert made.findtext(f"{ATOM}updated") == max(
        one.findtext(f"{ATOM}updated", "") for one in entries
    )
    links = [one.get("href") for one in entries[1].iter(f"{ATOM}link")]
    assert links[0] == "https://digest.example.com/q/2026-Q3/digest.html"


@pytest.mark.whole
def test_equal_editions_give_equal_bytes():
    """Whatever the order in which they are found."""
    assert render_index(shelf(), "T", "", "en") == render_index(shelf()[::-1], "T", "", "en")
    assert render_feed(shelf(), "T", "", "en") == render_feed(shelf()[::-1], "T", "", "en")
