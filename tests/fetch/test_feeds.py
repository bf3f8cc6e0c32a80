"""Feeds of every kind, well-formed, odd, broken and hostile."""

import html
import io
import json
import re
import warnings
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.errors import ParseError
from digest.fetch.read.feeds import parse_feed
from digest.fetch.read.fields import normalize_title
from digest.fetch.read.sanitize import sanitize_feed_xml
from digest.model.retrieved import FeedEntry, ParsedFeed
from tests.factories import hostile

URL = "https://acme.example/blog/feed.xml"
REAL = Path(__file__).parents[2] / ".." / "shared" / "real" / "feeds"
NINE = datetime(2026, 7, 6, 9, tzinfo=UTC)

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:atom="http://www.w3.org/2005/Atom">
<channel><title>Acme</title><link>https://acme.example/blog/</link><language>en_gb</language><ttl>90</ttl>
<generator>https://wordpress.example/?v=6.8</generator>
<atom:link rel="self" href="feed.xml"/><atom:link rel="hub" href="https://hub.example/"/>
%s
</channel></rss>"""
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Acme</title><link href="/blog/"/>%s</feed>'


def rss(*items: str) -> bytes:
    return (RSS % "\n".join(f"<item>{item}</item>" for item in items)).encode()


def atom(*entries: str, head: str = "") -> bytes:
    return (ATOM % (head + "\n".join(f"<entry>{entry}</entry>" for entry in entries))).encode()


def one(body: bytes, content_type: str = "application/xml", url: str = URL) -> FeedEntry:
    (entry,) = parse_feed(body, content_type, url).entries
    return entry


def words(document: ParsedFeed) -> list[str]:
    return [
        word
        for entry in document.entries
        for word in (
            entry.title,
            entry.summary,
            entry.text,
            entry.link,
            entry.guid or "",
            *entry.authors,
        )
    ] + [document.title, document.generator, *document.problems, *document.links.values()]


# ---------------------------------------------------------------- kinds


def test_rss_2() -> None:
    """Everything that a feed says of itself and of an entry."""
    item = """<title>Acme ships &amp;amp; shows</title><link>https://acme.example/1?a=1&amp;section=2</link>
      <guid isPermaLink="false">acme-1</guid><pubDate>Mon, 06 Jul 2026 11:00:00 +0200</pubDate>
      <dc:creator>Ann Lee</dc:creator><description>&lt;p&gt;In &lt;b&gt;brief&lt;/b&gt;.&lt;/p&gt;</description>
      <content:encoded><![CDATA[<p>At <i>length</i>.</p><script>alert(1)</script>]]></content:encoded>"""
    document = parse_feed(rss(item), "application/rss+xml", URL)
    assert document == ParsedFeed(
        entries=(
            FeedEntry(
                link="https://acme.example/1?a=1&section=2",
                title="Acme ships & shows",
                summary="In brief.",
                text="At length.",
                published=NINE,
                authors=("Ann Lee",),
                language="en-GB",
                guid="acme-1",
            ),
        ),
        title="Acme",
        home="https://acme.example/blog/",
        language="en-GB",
        links={"self": "https://acme.example/blog/feed.xml", "hub": "https://hub.example/"},
        ttl_minutes=90,
        generator="https://wordpress.example/?v=6.8",
    )


def test_atom() -> None:
    """xml:base, alternate among links, xhtml content, an entry's own language; updated stands in for published."""
    entry = """<id>tag:acme.example,2026:1</id><title type="html">Acme &amp;lt;3 data</title>
      <updated>2026-07-06T09:00:00Z</updated>
      <link rel="edit" href="https://acme.example/edit"/><link rel="alternate" type="application/json" href="x.json"/>
      <link rel="alternate" type="text/html" href="1" xml:base="https://acme.example/news/"/>
      <author><name>Ann Lee</name><email>ann@acme.example</email></author><author><name>Bo</name></author>
      <content type="xhtml" xml:lang="it"><div xmlns="http://www.w3.org/1999/xhtml"><p>Ciao
      &amp; <b>via</b></p><p>Due</p></div></content>"""
    head = '<link rel="next" href="?page=2"/><link rel="prev-archive" href="/archive/3"/>'
    document = parse_feed(atom(entry, head=head), "application/atom+xml", URL)
    (read,) = document.entries
    assert (read.link, read.title, read.text) == (
        "https://acme.example/news/1",
        "Acme <3 data",
        "Ciao & via\nDue",
    )
    assert (read.published, read.updated, read.language) == (NINE, NINE, "it")
    assert read.authors == ("Ann Lee", "Bo")
    assert document.language == "de"
    assert document.links == {
        "next": URL + "?page=2",
        "prev-archive": "https://acme.example/archive/3",
    }


RDF = "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns="
LINKED = "<title>One</title><link>http://a.example/1</link>"
KINDS = {
    "RSS 0.91": f"<rss version='0.91'><channel><title>A</title><item>{LINKED}</item></channel></rss>",
    "RSS 0.9": f"{RDF}'http://my.netscape.com/rdf/simple/0.9/'><channel><title>A</title></channel>"
    f"<item>{LINKED}</item></rdf:RDF>",
    "RSS 1.0": f"{RDF}'http://purl.org/rss/1.0/'><channel rdf:about='x'><title>A</title></channel>"
    f"<item rdf:about='http://a.example/1'>{LINKED}</item></rdf:RDF>",
    "Atom 0.3": "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><title>A</title><entry><title>One</title>"
    "<link rel='alternate' type='text/html' href='http://a.example/1'/></entry></feed>",
    "prefixed Atom": "<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:title>A</a:title><a:entry><a:title>One</a:title>"
    "<a:link href='http://a.example/1'/></a:entry></a:feed>",
    "JSON Feed 1.0": '{"version":"https://jsonfeed.org/version/1","title":"A",'
    '"items":[{"id":1,"title":"One","url":"http://a.example/1"}]}',
}


@pytest.mark.parametrize("kind", KINDS)
def test_other_kinds(kind: str) -> None:
    document = parse_feed(KINDS[kind].encode(), "", URL)
    assert document.title == "A"
    assert [(entry.title, entry.link) for entry in document.entries] == [
        ("One", "http://a.example/1")
    ]


def json_feed(*items: dict[str, object], **more: object) -> bytes:
    return json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "title": "Acme", "items": items, **more}
    ).encode()


def test_json_feed() -> None:
    item: dict[str, object] = {
        "id": "acme-1", "url": "/1", "title": "Acme &amp; co",
        "summary": "In < brief", "content_html": "<p>At length</p>",
        "date_published": "2026-07-06T11:00:00+02:00", "authors": [{"name": "Ann Lee"}], "language": "it",
    }  # fmt: skip
    document = parse_feed(
        json_feed(item, next_url="/feed?page=2", home_page_url="https://acme.example/"),
        "text/plain",
        URL,
    )
    (read,) = document.entries
    assert read == FeedEntry(
        "https://acme.example/1",
        "Acme & co",
        "In < brief",
        "At length",
        NINE,
        None,
        ("Ann Lee",),
        "it",
        "acme-1",
    )
    assert document.links == {"next": "https://acme.example/feed?page=2"}


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"id": None},
        {"url": 5},
        {"title": ["x"]},
        {"authors": "x"},
        {"authors": [1]},
        {"date_published": 1783328400},
        {"tags": 1},
    ],
)
def test_json_of_the_wrong_types_is_read_as_far_as_it_goes(item: dict[str, object]) -> None:
    assert len(parse_feed(json_feed({"id": "1", "title": "Right"}, item), "", URL).entries) == 2


# ---------------------------------------------------------------- fields


GOOGLE = "https://www.google.com/url?rct=j&amp;sa=t&amp;url=https://acme.example/1&amp;ct=ga"
LIKE_ENTITIES = "https://acme.example/1?region=us&amp;copy=2&amp;section=3"
ORIGINAL = "<f:origLink xmlns:f='http://rssnamespace.org/feedburner/ext/1.0'>https://acme.example/1</f:origLink>"


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<link>/1</link>", "https://acme.example/1"),
        ("<link>1</link>", "https://acme.example/blog/1"),
        ("<link xml:base='https://other.example/x/'>1</link>", "https://other.example/x/1"),
        ("<link>\n https://acme.example/1 \n</link>", "https://acme.example/1"),
        ("<guid>https://acme.example/1</guid>", "https://acme.example/1"),
        ("<guid isPermaLink='false'>https://acme.example/1</guid>", "https://acme.example/1"),
        ("<guid isPermaLink='false'>1234</guid>", ""),
        ("<guid>urn:x:1</guid>", ""),
        ("<link>https://acme.example/1</link><guid>https://acme.example/?p=1</guid>", "https://acme.example/1"),
        ("<link></link><guid>https://acme.example/1</guid>", "https://acme.example/1"),
        ("<link>javascript:alert(1)</link><guid>https://acme.example/1</guid>", "https://acme.example/1"),
        ("<link>java&amp;#9;script:alert(1)</link>", ""),
        ("<link>data:text/html,x</link>", ""),
        ("<link>mailto:ann@acme.example?subject=x</link>", "mailto:ann@acme.example?subject=x"),
        ("<link>mailto:ann@acme.example&#10;bcc:x</link>", ""),
        ("<link>file:///etc/passwd</link>", ""),
        ("<atom:link rel='alternate' href='https://acme.example/1'/>", "https://acme.example/1"),
        ("<atom:link rel='enclosure' href='https://acme.example/1.mp3'/>", ""),
        (f"<link>{GOOGLE}</link>", "https://acme.example/1"),
        ("<link>https://www.google.com/url?q=x&amp;sa=t</link>", "https://www.google.com/url?q=x&sa=t"),
        (f"<link>{LIKE_ENTITIES}</link>", "https://acme.example/1?region=us&copy=2&section=3"),
        (f"<link>https://feeds.example/~r/1</link>{ORIGINAL}", "https://acme.example/1"),
        (f"<link>https://acme.example/{'x' * 5000}</link>", ""),
    ],
)  # fmt: skip
def test_the_link_of_an_entry(inside: str, expected: str) -> None:
    assert one(rss(f"<title>One</title>{inside}")).link == expected


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("A &amp; B", "A & B"),
        ("A &amp;amp; B", "A & B"),
        ("A &amp;amp;amp; B", "A & B"),
        ("It&amp;#8217;s", "It’s"),
        ("It&#146;s &#8220;on&#8221;", "It’s “on”"),
        ("Caf&eacute; &nbsp; noir", "Café noir"),
        ("<![CDATA[A <b>bold</b> & plain]]>", "A bold & plain"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;Real", "Real"),
        ("&amp;lt;b&amp;gt;Bold&amp;lt;/b&amp;gt;", "Bold"),
        ("&lt;![CDATA[Wrapped]]&gt;", "Wrapped"),
        ("5 &lt; 6", "5 < 6"),
        ("{{7*7}} {% x %}", "{{7*7}} {% x %}"),
        ("a\u202eb\u200e c&#xFEFF;", "ab c"),
        ("Smile &#xD83D;&#xDE00; &#55357;&#56832;", "Smile 😀 😀"),
        ("Lone &#xD800; half", "Lone half"),
        ("Far &#99999999999; out", "Far out"),
        ("Bell &#7; rings", "Bell rings"),
        ("AT&T, R&D", "AT&T, R&D"),
        ("ราคา&nbsp;ใหม่", "ราคา ใหม่"),
    ],
)
def test_titles_are_plain_text(inside: str, expected: str) -> None:
    assert one(rss(f"<title>{inside}</title>")).title == expected


def test_fields_are_cut_to_size() -> None:
    long = "word " * 60_000
    body = rss(
        f"<title>{long}</title><description>{long[:20000]}</description><content:encoded>{long}</content:encoded>"
    )
    entry = one(body)
    assert 400 < len(entry.title) <= 500
    assert 4_900 < len(entry.summary) <= 5_000
    assert 199_000 < len(entry.text) <= 200_000


def test_a_long_description_alone_is_a_text() -> None:
    entry = one(rss(f"<title>One</title><description>{'word ' * 3000}</description>"))
    assert len(entry.summary) <= 5_000
    assert len(entry.text) == 3000 * 5 - 1


def test_a_content_alone_is_no_summary() -> None:
    entry = one(rss("<title>One</title><content:encoded>All of it</content:encoded>"))
    assert (entry.summary, entry.text) == ("", "All of it")


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<author>ann@acme.example (Ann Lee)</author>", ("Ann Lee",)),
        ("<author>ann@acme.example</author>", ()),
        ("<author>Ann &lt;b&gt;Lee&lt;/b&gt;</author>", ("Ann Lee",)),
        ("<dc:creator>Ann Lee</dc:creator><dc:creator>Bo</dc:creator>", ("Ann Lee", "Bo")),
        ("<dc:creator><![CDATA[ ]]></dc:creator>", ()),
        ("", ()),
    ],
)
def test_authors_are_names(inside: str, expected: tuple[str, ...]) -> None:
    assert one(rss(f"<title>One</title>{inside}")).authors == expected


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<pubDate>Mon, 06 Jul 2026 09:00:00 GMT</pubDate>", NINE),
        ("<dc:date>2026-07-06T11:00:00+02:00</dc:date>", NINE),
        ("<pubDate>soon</pubDate><dc:date>2026-07-06T09:00:00Z</dc:date>", NINE),
        ("<pubDate>Mon, 06 Jul 2150 09:00:00 GMT</pubDate>", NINE.replace(year=2150)),
        ("<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>", None),
        ("<pubDate>soon</pubDate>", None),
        ("", None),
    ],
)
def test_dates(inside: str, expected: datetime | None) -> None:
    """None is told in the document's problems."""
    document = parse_feed(rss(f"<title>One</title>{inside}"), "", URL)
    assert document.entries[0].published == expected
    assert bool(document.problems) == (expected is None)


@pytest.mark.parametrize(
    ("head", "minutes"),
    [
        ("<ttl>60</ttl>", 60), ("<ttl>0</ttl>", None), ("<ttl>-5</ttl>", None), ("<ttl>soon</ttl>", None),
        ("<ttl>99999999999</ttl>", 525600),
        ("<s:updatePeriod>hourly</s:updatePeriod><s:updateFrequency>4</s:updateFrequency>", 15),
        ("<s:updatePeriod>daily</s:updatePeriod>", 1440), ("", None),
    ],
)  # fmt: skip
def test_how_long_a_feed_stays_as_it_is(head: str, minutes: int | None) -> None:
    body = f"<rss xmlns:s='http://purl.org/rss/1.0/modules/syndication/'><channel>{head}</channel></rss>"
    assert parse_feed(body.encode(), "", URL).ttl_minutes == minutes


# ---------------------------------------------------------------- broken


ONE = "<item><title>One</title><link>https://acme.example/1</link></item>"
TWO = ONE.replace("One", "Two").replace("/1", "/2")
OPEN = "<rss version='2.0'><channel><title>Acme</title>"
CLOSE = "</channel></rss>"


@pytest.mark.parametrize(
    ("body", "titles"),
    [
        (OPEN + ONE + TWO, ["One", "Two"]),
        (OPEN + ONE + TWO[:-20], ["One", "Two"]),
        (OPEN + ONE + "<item><title>Tw", ["One"]),
        (OPEN + ONE + "<item><title>Two</title><link>https://acme.example/tw", ["One", "Two"]),
        (OPEN + ONE + "<item><description><![CDATA[<p>never ends", ["One"]),
        (OPEN + "<item><title>Zero <b>x</title></item>" + ONE + CLOSE, ["Zero x", "One"]),
        (OPEN + "<item><title>Zero</title><description><p>a<br>b</description></item>" + ONE + CLOSE, ["Zero", "One"]),
        (OPEN + "<item><title>Zero</title>" + ONE + CLOSE, ["Zero", "One"]),
        (OPEN + ONE + TWO + CLOSE + "<!-- served in 3 ms --><p>junk</p>", ["One", "Two"]),
        ("Warning: mysql_connect() in /srv/feed.php\n" + OPEN + ONE + CLOSE, ["One"]),
        ("\n\n  <?xml version='1.0'?>" + OPEN + ONE + CLOSE, ["One"]),
        ("\ufeff\ufeff<?xml version='1.0'?>" + OPEN + ONE + CLOSE, ["One"]),
        (OPEN + "<x:y>undeclared</x:y>" + ONE.replace("<link>", "<dc:date>x</dc:date><link>") + CLOSE, ["One"]),
        (OPEN + ONE.replace("One", "O\x00n\x0be\x1b") + CLOSE, ["One"]),
        (OPEN + "<item></item>" + ONE + CLOSE, ["One"]),
    ],
    ids=["no end", "cut in an end tag", "cut in a title", "cut in a link", "cut in CDATA", "bad nesting",
         "HTML unescaped", "item in item", "junk after", "junk before", "white space before", "two marks",
         "undeclared prefix", "control characters", "an empty item"],
)  # fmt: skip
def test_a_broken_feed_gives_the_entries_that_can_be_had(body: str, titles: list[str]) -> None:
    document = parse_feed(body.encode(), "", URL)
    assert [entry.title for entry in document.entries] == titles
    assert all(
        entry.link in ("", "https://acme.example/1", "https://acme.example/2")
        for entry in document.entries
    )


def test_what_was_mended_is_told() -> None:
    assert "XML is broken" in parse_feed((OPEN + ONE + TWO).encode(), "", URL).problems[0]
    assert (
        "before the feed"
        in parse_feed(("Warning!" + OPEN + ONE + CLOSE).encode(), "", URL).problems[0]
    )
    assert "no entries" in parse_feed((OPEN + CLOSE).encode(), "", URL).problems[0]


def test_broken_json_gives_the_items_before_the_fault() -> None:
    whole = json_feed({"id": "1", "title": "One"}, {"id": "2", "title": "Two"})
    document = parse_feed(whole[:-20], "", URL)
    assert [entry.title for entry in document.entries] == ["One"]
    assert "JSON is broken" in document.problems[0]


@pytest.mark.parametrize(
    ("body", "came"),
    [
        ("", "an empty answer"),
        ("<!doctype html><title>Acme</title><h1>Hello</h1>", "a web page titled “Acme”"),
        (
            "<html><head><title>Sign in</title></head><form><input type=password></form></html>",
            "a login page",
        ),
        (
            "<html><title>Before you continue</title><button>Accept all</button></html>",
            "a consent page",
        ),
        (
            "<html><title>Just a moment...</title><div id='cf-challenge'></div></html>",
            "a bot check",
        ),
        ("<html><title>404 Not Found</title></html>", "an error page"),
        ('{"status": "ok", "articles": []}', "JSON that is no feed"),
        ("<urlset><url/></urlset>", "a sitemap"),
        ("<opml><body/></opml>", "a list of feeds"),
        ("%PDF-1.7", "a PDF file"),
        ("hello", "text that is no feed"),
        ("<html><title>A\x1b[31m\n&lt;script&gt;</title></html>", "a web page titled “A[31m"),
        ("<html><script>var x = '<rss></rss>'</script></html>", "a web page"),
    ],
)
def test_what_is_no_feed_is_named(body: str, came: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse_feed(body.encode(), "text/html", "https://bob:s3cret@acme.example/feed")
    assert caught.value.kind == "not-a-feed"
    assert f"gave {came}" in caught.value.message
    assert caught.value.hint
    assert "s3cret" not in str(caught.value)


# ---------------------------------------------------------------- hostile


def test_nothing_external_is_loaded(tmp_path: Path) -> None:
    """External entities, parameter entities, DTDs and XInclude leave no trace; a harmless internal entity works."""
    secret = tmp_path / "secret"
    secret.write_text("s3cret")
    doctype = f"""<!DOCTYPE rss SYSTEM "file://{secret}" [<!ENTITY x SYSTEM "file://{secret}">
      <!ENTITY % p SYSTEM "file://{secret}"> %p;
      <!ENTITY acme "Acme &#38; Co"><!ENTITY nest "&x;&acme;">]>"""
    include = f"<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' parse='text' href='file://{secret}'/>"
    item = (
        f"<item><title>By &acme;</title><description>a &x; b &nest; {include}</description></item>"
    )
    document = parse_feed((doctype + OPEN + item + CLOSE).encode(), "", URL)
    assert document.entries[0].title == "By Acme & Co"
    assert "s3cret" not in str(document)


def test_the_document_type_is_taken_off() -> None:
    """Before anything reads it."""
    doctype = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    feed = sanitize_feed_xml(doctype + OPEN + "<item><title>A</title></item>" + CLOSE)
    assert feed is not None
    assert b"<!DOCTYPE" not in feed.xml


def test_what_entities_stand_for_has_an_end() -> None:
    """A thousand characters, ten thousand times."""
    doctype = f'<!DOCTYPE rss [<!ENTITY a "{"x" * 1_000}">]>'
    items = f"<item><description>{'&a;' * 500}</description></item>" * 20
    feed = sanitize_feed_xml(doctype + OPEN + items + CLOSE)
    assert feed is not None
    assert len(feed.xml) < 2 * 2**20


def test_a_long_author_is_cut_before_it_is_read() -> None:
    """feedparser's pattern for authors takes 19 s for 60 kB."""
    feed = sanitize_feed_xml(OPEN + f"<item><author>{'a ' * 30_000}</author></item>" + CLOSE)
    assert feed is not None
    assert len(feed.xml) < 3_000


@pytest.mark.parametrize("body", hostile.FEEDS.values(), ids=hostile.FEEDS)
def test_hostile_feeds_give_entries_of_a_bounded_size(body: str) -> None:
    """Whatever their entities stand for; benchmarks/bench_hostile.py measures what they cost."""
    assert sum(map(len, words(parse_feed(body.encode(), "", URL)))) < 3 * 2**20


def test_no_more_than_so_many_entries_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digest.fetch.read.sanitize.MAX_ENTRIES", 50)
    document = parse_feed((OPEN + ONE * 60 + CLOSE).encode(), "", URL)
    assert len(document.entries) == 50
    assert "60 entries" in document.problems[0]


RSS_1_1 = (
    "<Channel xmlns='http://purl.org/net/rss1.1#'><title>T</title><items>"
    "<item><title>One</title></item></items></Channel>"
)
ENTRY_ALONE = (
    "<?xml version='1.0'?><entry xmlns='http://www.w3.org/2005/Atom'><title>One</title></entry>"
)
MEDIA_TITLE = (
    "<rss xmlns:media='http://search.yahoo.com/mrss/'><channel><item>"
    "<media:title>One</media:title><link>/1</link></item></channel></rss>"
)
OTHER_THINGS = rss(
    "<title>One</title><og><title>Two</title><description>Three</description></og>"
    "<image><title>Four</title></image>"
)


@pytest.mark.parametrize("body", [RSS_1_1, ENTRY_ALONE, MEDIA_TITLE, OTHER_THINGS])
def test_an_entry_is_found_where_few_publishers_put_it(body: str | bytes) -> None:
    """Items in a list of their own, an entry without a feed, a title of media only."""
    document = parse_feed(body if isinstance(body, bytes) else body.encode(), "", URL)
    assert [(entry.title, entry.summary, entry.text) for entry in document.entries] == [
        ("One", "", "")
    ]


def test_a_page_with_an_element_named_entry_is_no_feed() -> None:
    with pytest.raises(ParseError):
        parse_feed(b"<html><body><entry><title>x</title></entry></body></html>", "", URL)


# ---------------------------------------------------------------- laws

XHTML = "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>x</div></content>"
SAMPLES = [
    rss(
        "<title>A &amp; B</title><link>/1</link><pubDate>Mon, 06 Jul 2026 09:00:00 GMT</pubDate>",
        "<title>C</title>",
    ),
    atom(f"<title>A</title><link href='/1'/>{XHTML}", "<title>B</title>"),
    json_feed({"id": "1", "title": "A", "content_html": "<p>x</p>"}, {"id": "2", "url": "/2"}),
]
PIECES = [
    b"&#xD800;", b"&#99999999999;", b"&x;", b"&", b"<", b">", b"]]>", b"<![CDATA[", b"<item>", b"</item>", b"<entry/>",
    b"\0", b"\xff", b"\x1b", b"<!--", b"<!DOCTYPE x [", b"<?xml version='1.0' encoding='utf-16'?>", b"xmlns='x'",
    b"<script>alert(1)</script>", b"&lt;img src=x onerror=y&gt;", b'"', b"{", b"\xed\xa0\x80", b"\\ud800",
    "\u202e".encode(), b"xml:base='::'", b"<link href='http://[/'/>", b"&amp;lt;b&amp;gt;",
]  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    body = bytearray(draw(st.sampled_from(SAMPLES)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(body)))
        until = at + draw(st.integers(0, 30)) * draw(st.booleans())
        body[at:until] = draw(st.sampled_from(PIECES) | st.binary(max_size=8))
    return bytes(body)


def check(body: bytes) -> int:
    """The number of entries of a document that keeps the laws."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            document = parse_feed(body, "", URL)
        except ParseError:
            return 0
    for word in words(document):
        # Lines end in summaries and texts, each a block of the page.
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]", word)
    for entry in document.entries:
        assert not re.search(r"<[a-zA-Z/!?][^>]*>", entry.title)
        assert entry.link == "" or entry.link.startswith(("http://", "https://", "mailto:"))
        assert entry.published is None or entry.published.tzinfo is UTC
    return len(document.entries)


@given(mutated())
def test_mutated_feeds_give_a_document_or_a_parse_error(body: bytes) -> None:
    """No other error, no control character anywhere, no tag in a title, no other scheme in a link."""
    check(body)


@given(
    st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
@example(b"<rss><item><title>x</title></rss>")
@example(b"<rss/>")
@example(b"<feed")
@example(b"{}")
@example(b'{"version":"https://jsonfeed.org/version/1","items":[{"title":"\\ud800\\u0000"}]}')
@example(b"\x1f\x8b")
def test_any_bytes_give_a_document_or_a_parse_error(body: bytes) -> None:
    check(body)


@given(st.text(max_size=80))
def test_no_tag_survives_in_a_title_however_often_it_was_escaped(text: str) -> None:
    for _ in range(3):
        text = text.replace("&", "&amp;").replace("<", "&lt;")
        check(rss(f"<title>{text}</title>"))


@pytest.mark.parametrize("times", range(10))
def test_nothing_in_a_title_begins_a_tag(times: int) -> None:
    """Where resolving ends, too, and where a tag has no end."""
    for markup in ("A <b>c</b>", "a <b", "a <!x"):
        for _ in range(times):
            markup = html.escape(markup)
        assert not re.search(r"<[a-zA-Z/!?]", normalize_title(markup))


# ---------------------------------------------------------------- real feeds


@pytest.mark.real
@pytest.mark.skipif(not REAL.is_dir(), reason="the real feeds are not beside the repository")
def test_real_feeds_give_as_many_entries_as_feedparser_finds() -> None:
    """None crashes; JSON feeds count besides; none of them holds a control character."""
    mine = theirs = 0
    for path in sorted(REAL.iterdir()):
        body = path.read_bytes()
        entries = check(body)
        if path.suffix == ".json":
            assert entries
            continue
        mine += entries
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs += len(
                feedparser.parse(
                    io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False
                ).entries
            )
    assert mine >= theirs > 3000


def test_text_after_an_empty_element_is_kept() -> None:
    """Written as XML an empty iframe is `<iframe/>`, which HTML takes for a start without an end."""
    inside = "<p>Before</p><iframe src='x'></iframe><p>A &lt; B</p><br/><p>After</p>"
    xhtml = f"<div xmlns='http://www.w3.org/1999/xhtml'>{inside}</div>"
    for markup in (
        xhtml,
        xhtml.replace("<", "<h:").replace("<h:/", "</h:").replace("xmlns", "xmlns:h"),
    ):
        entry = f"<title>One</title><content type='xhtml'>{markup}</content>"
        assert one(atom(entry)).text.splitlines() == ["Before", "A < B", "After"]


def test_the_author_of_a_feed_is_that_of_its_entries() -> None:
    """RFC 4287 4.2.1 and JSON Feed 1.1; the editor of an RSS channel is not."""
    head = "<author><name>Ann Lee</name></author>"
    own = "<title>Two</title><author><name>Bob</name></author>"
    entries = parse_feed(atom("<title>One</title>", own, head=head), "", URL).entries
    assert [entry.authors for entry in entries] == [("Ann Lee",), ("Bob",)]
    item: dict[str, object] = {"id": "1", "title": "One"}
    feed = json_feed(item, {**item, "authors": {"name": "Bob"}}, authors=[{"name": "Ann Lee"}])
    entries = parse_feed(feed, "application/json", URL).entries
    assert [entry.authors for entry in entries] == [("Ann Lee",), ("Bob",)]
    editor = (
        "<managingEditor>ann@acme.example (Ann)</managingEditor><item><title>One</title></item>"
    )
    assert one(f"<rss version='2.0'><channel>{editor}</channel></rss>".encode()).authors == ()


@pytest.mark.parametrize(
    "body",
    [
        (
            "<Channel xmlns='http://purl.org/net/rss1.1#'><title>A</title><items>"
            "<item><title>One</title></item></items></Channel>"
        ),
        "<entry xmlns='http://www.w3.org/2005/Atom'><title>One</title><id>urn:1</id></entry>",
        (
            "<rss version='2.0' xmlns:media='http://search.yahoo.com/mrss/'><channel><item>"
            "<guid>x</guid><media:content><media:title>One</media:title></media:content></item>"
            "</channel></rss>"
        ),
    ],
)
def test_rare_kinds_give_their_entry(body: str) -> None:
    assert one(body.encode()).title == "One"
