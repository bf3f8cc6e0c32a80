"""Lists of feeds in and out: what other programs write is read, what is hostile does nothing."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config.opml import MAX_BYTES, MAX_FEEDS, ListedFeed, export_opml, import_feed_list
from digest.config.source_changes import add_source
from digest.config.sources import parse_sources
from digest.errors import UsageError
from digest.model.source import TIERS, MailboxRule, Source
from digest.text import slugify
from tests.factories.examples import try_examples

_LISTS = Path(__file__).parents[2] / ".." / "shared" / "real" / "source_lists"


def opml(body: str, head: str = "") -> bytes:
    """An OPML file."""
    return f'<?xml version="1.0" encoding="UTF-8"?>{head}<opml version="2.0"><head/><body>{body}</body></opml>'.encode()


_A = '<outline text="A" xmlUrl="https://a.example/"/>'
_URL = "https://a.example/"
_FEED = ListedFeed("A", _URL)
_UTF_16 = '<?xml version="1.0" encoding="utf-16"?><opml><body><outline text="ü" xmlUrl="https://a.example/"/></body></opml>'
LISTS = [
    ("a feed", opml(_A), _FEED),
    ("title for text", opml(_A.replace("text=", "title=")), _FEED),
    ("an empty text", opml('<outline text=" " title="A" xmlUrl="https://a.example/"/>'), _FEED),
    ("another spelling", opml('<outline text="A" xmlURL="https://a.example/"/>'), _FEED),
    (
        "no name",
        opml('<outline xmlUrl="https://www.a.example/x"/>'),
        ListedFeed("a.example", "https://www.a.example/x"),
    ),
    ("a folder", opml(f'<outline text="CRM">{_A}</outline>'), ListedFeed("A", _URL, tags=("CRM",))),
    (
        "a tier's folder",
        opml(f'<outline text="Vendor"><outline text="AI">{_A}</outline></outline>'),
        ListedFeed("A", _URL, "vendor", tags=("AI",)),
    ),
    (
        "categories",
        opml(_A.replace("/>", ' category="/x, y"/>')),
        ListedFeed("A", _URL, tags=("x", "y")),
    ),
    (
        "in two folders",
        opml(
            f'<outline text="X">{_A}</outline><outline text="Y">{_A.replace("https", "http")}</outline>'
        ),
        ListedFeed("A", _URL, tags=("X", "Y")),
    ),
    (
        "a language",
        opml(_A.replace("/>", ' language="it"/>')),
        ListedFeed("A", _URL, language="it"),
    ),
    (
        "a bare &",
        opml('<outline text="A & B" xmlUrl="https://a.example/?a=1&b=2"/>'),
        ListedFeed("A & B", _URL + "?a=1&b=2"),
    ),
    (
        "&amp;",
        opml('<outline text="A &amp; B" xmlUrl="https://a.example/?a=1&amp;b=2"/>'),
        ListedFeed("A & B", _URL + "?a=1&b=2"),
    ),
    ("utf-16", _UTF_16.encode("utf-16"), ListedFeed("ü", _URL)),
    ("a feed: address", opml('<outline text="A" xmlUrl="feed://a.example/"/>'), _FEED),
    ("a line", b"https://a.example/feed\n", ListedFeed("a.example", "https://a.example/feed")),
    (
        "a line with a name",
        b"\xef\xbb\xbfA, https://a.example/feed\n",
        ListedFeed("A", "https://a.example/feed"),
    ),
    (
        "a name behind",
        "https://a.example/feed\tÄ\n".encode("cp1252"),
        ListedFeed("Ä", "https://a.example/feed"),
    ),
    (
        "Markdown",
        b"# mine\n\n- [A](https://a.example/feed)\n",
        ListedFeed("A", "https://a.example/feed"),
    ),
    (
        "feed: in a line",
        b"feed:https://a.example/feed A\n",
        ListedFeed("A", "https://a.example/feed"),
    ),
]


@pytest.mark.parametrize(
    ("data", "feed"), [case[1:] for case in LISTS], ids=[case[0] for case in LISTS]
)
def test_lists_of_other_programs_are_read(data: bytes, feed: ListedFeed) -> None:
    """Every form in which a feed may stand gives that one feed and no complaint."""
    found = import_feed_list(data)
    assert found.feeds == (feed,)
    assert not found.problems


@pytest.mark.parametrize(
    ("data", "tags"),
    [
        (opml(f"<outline text='B'></unexpected>{_A}</outline>"), ("B",)),
        (opml(_A, "</unexpected>"), ()),
        (opml(f"</outline>{_A}"), ()),
        (opml(f"<!-- </opml> --></head>{_A}"), ()),
    ],
)
def test_a_stray_end_tag_ends_nothing(data: bytes, tags: tuple[str, ...]) -> None:
    found = import_feed_list(data)
    assert found.feeds == (ListedFeed("A", _URL, tags=tags),)
    assert found.problems == ("the file is broken in line 1; what could be read was taken",)


def test_what_cannot_be_used_is_told_beside_what_can() -> None:
    """A list is taken as far as it goes; no password is repeated."""
    found = import_feed_list(
        b"A https://a.example/\nnothing here\nB https://me:hunter2@b.example/\n"
    )
    assert [feed.name for feed in found.feeds] == ["A"]
    assert found.problems[0] == "line 2 holds no address: nothing here"
    assert "b.example" in found.problems[1]
    assert "hunter2" not in found.problems[1]
    broken = import_feed_list(
        b'<opml><body><outline text="A" xmlUrl="https://a.example/"/><outline text="B"'
    )
    assert len(broken.feeds) == 1
    assert "broken in line 1" in broken.problems[0]


USELESS = [
    ("nothing", b""),
    ("no list", b"hello\nworld\n"),
    ("a web page", b"<!doctype html><html><body><p>hi</body></html>"),
    (
        "a feed",
        b'<?xml version="1.0"?><rss><channel><link>https://a.example/</link></channel></rss>',
    ),
    ("an empty list", opml("")),
    ("only dangerous addresses", opml('<outline text="A" xmlUrl="javascript:alert(1)"/>')),
    ("only files", opml('<outline text="A" xmlUrl="file:///etc/passwd"/>')),
    ("binary", bytes(range(256))),
    ("too large", b"#" * (MAX_BYTES + 1)),
    ("too many", "".join(f"https://a.example/{n}\n" for n in range(MAX_FEEDS + 1)).encode()),
]


@pytest.mark.parametrize("data", [case[1] for case in USELESS], ids=[case[0] for case in USELESS])
def test_what_is_no_list_is_refused(data: bytes) -> None:
    """A clear answer, and exit code 2."""
    with pytest.raises(UsageError):
        import_feed_list(data)


_BOMB = '<!DOCTYPE o [<!ENTITY a "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
)
HOSTILE = [
    ("billion laughs", _BOMB + "]>", "&j;"),
    ("a file", '<!DOCTYPE o [<!ENTITY j SYSTEM "file:///etc/passwd">]>', "&j;"),
    (
        "a parameter entity",
        '<!DOCTYPE o [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x.dtd"> %p;]>',
        "&j;",
    ),
    ("an entity of its own", '<!DOCTYPE o [<!ENTITY j "x">]>', "&j;"),
]


@pytest.mark.parametrize(
    ("head", "name"), [case[1:] for case in HOSTILE], ids=[case[0] for case in HOSTILE]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_no_entity_is_expanded(head: str, name: str, encoding: str) -> None:
    """Entities are refused, whatever they would have meant; the billion laughs would not fit into memory."""
    body = f'<opml><body><outline text="{name}" xmlUrl="https://a.example/">{name}</outline></body></opml>'
    data = f'<?xml version="1.0" encoding="{encoding}"?>{head}{body}'.encode(encoding)
    with pytest.raises(UsageError, match="entities"):
        import_feed_list(data)


def test_nothing_outside_is_loaded(tmp_path: Path) -> None:
    """A DTD and an XInclude are passed over."""
    secret = tmp_path / "secret"
    secret.write_text("hunter2")
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" parse="text" href="{secret.as_uri()}"/>'
    data = opml(
        f'<outline text="A" xmlUrl="https://a.example/">{include}</outline>',
        f'<!DOCTYPE o SYSTEM "{secret.as_uri()}">',
    )
    assert import_feed_list(data).feeds == (ListedFeed("A", "https://a.example/"),)


def test_deep_folders_end_somewhere() -> None:
    """5,000 folders in each other are no reason to fall over."""
    with pytest.raises(UsageError):
        import_feed_list(b"<opml><body>" + b'<outline text="x">' * 5000)


def test_names_are_cleaned() -> None:
    """No control or direction-changing character and no endless name comes out of a list."""
    (feed,) = import_feed_list(
        opml('<outline text="A\u202e&#9;B&#10;%s" xmlUrl="https://a.example/"/>' % ("x" * 500))
    ).feeds
    assert feed.name.startswith("A B x")
    assert len(feed.name) <= 120


def test_export_has_a_folder_for_each_tier_and_tag() -> None:
    """What a reader program shows."""
    sources = (
        Source("A & <B>", "a", "https://a.example/?x=1&y=2", "vendor", tags=("crm", "b")),
        Source(
            "C",
            "c",
            "https://c.example/",
            "regulator",
            language="fr",
            headers={"Authorization": "hunter2"},
        ),
        Source("D", "d", "https://d.example/", "vendor", tags=("crm",)),
        Source("Letter", "letter", None, "newsletter", mailbox=MailboxRule(path="x", sender="y")),
    )
    written = export_opml(sources, "Ours").decode()
    assert written == (
        "<?xml version='1.0' encoding='utf-8'?>\n"
        '<opml version="2.0">\n'
        "  <head>\n    <title>Ours</title>\n  </head>\n"
        "  <body>\n"
        '    <outline text="vendor">\n'
        '      <outline text="crm">\n'
        '        <outline type="rss" text="A &amp; &lt;B&gt;" xmlUrl="https://a.example/?x=1&amp;y=2" category="b"/>\n'
        '        <outline type="rss" text="D" xmlUrl="https://d.example/"/>\n'
        "      </outline>\n"
        "    </outline>\n"
        '    <outline text="regulator">\n'
        '      <outline type="rss" text="C" xmlUrl="https://c.example/" language="fr"/>\n'
        "    </outline>\n"
        "  </body>\n"
        "</opml>\n"
    )


_word = st.from_regex(r"[a-zà-ž0-9ก-ฮ][a-zà-ž0-9ก-ฮ &<>'\"]{0,10}[a-z]", fullmatch=True).filter(
    lambda word: "  " not in word
)
_tag = _word.filter(lambda tag: tag.casefold() not in TIERS)


@given(
    st.lists(
        st.tuples(_word, st.sampled_from(TIERS), st.lists(_tag, max_size=3, unique=True)),
        min_size=1,
        max_size=6,
    )
)
@try_examples(60)
def test_what_is_exported_can_be_imported(feeds: list[tuple[str, str, list[str]]]) -> None:
    """Name, address, tier and tags come back as they were."""
    sources = [
        Source(name, slugify(name), f"https://a.example/{n}?x=1&y=2", tier, tags=tuple(tags))  # type: ignore[arg-type]
        for n, (name, tier, tags) in enumerate(feeds)
    ]
    back = import_feed_list(export_opml(sources, "T"))
    expected = {
        ListedFeed(source.name, str(source.url), source.tier, None, source.tags)
        for source in sources
    }
    assert set(back.feeds) == expected
    assert not back.problems


def test_imported_feeds_go_into_the_file() -> None:
    """A feed's fields are what an edit takes, and what comes out is valid."""
    text = "sources: []\n"
    for feed in import_feed_list(
        opml(
            '<outline text="Press"><outline text="A: b" xmlUrl="https://a.example/" language="it"/></outline>'
        )
    ).feeds:
        text = add_source(text, feed.to_source_entry())
    (source,) = parse_sources(text, {}).sources
    assert (source.name, source.url, source.tier, source.language) == (
        "A: b",
        "https://a.example/",
        "press",
        "it",
    )


def test_a_real_list_is_read_whole() -> None:
    """A list compiled by hand from public repositories: every feed of it, and none twice."""
    path = _LISTS / "compiled_martech_feeds.opml"
    if not path.is_file():
        pytest.skip("the shared test data is not beside this repository")
    found = import_feed_list(path.read_bytes())
    assert len(found.feeds) == path.read_text(encoding="utf-8").count("xmlUrl=")
    assert not found.problems


def test_half_a_letter_costs_itself_alone():
    """The parser takes it, and Python does not."""
    found = import_feed_list(
        b"<opml><body><outline text='Acme&#xD800; &#55357;' xmlUrl='https://a.example/f'/></body></opml>"
    )
    assert [(one.name, one.url) for one in found.feeds] == [("Acme", "https://a.example/f")]


@pytest.mark.parametrize(
    "tags",
    ["".join(f"<a{n}>" for n in range(30_000)) + "</z>" * 30_000, "<a>" * 30_000 + "</b>" * 30_000],
)
def test_end_tags_of_nothing_take_little_time(tags):
    """However many are open: once a tag, not once for each pair of them."""
    started = time.process_time()
    with pytest.raises(UsageError):
        import_feed_list(f"<opml><body>{tags}".encode())
    assert time.process_time() - started < 2


def test_a_root_without_a_name_is_no_list():
    """In words."""
    with pytest.raises(UsageError, match="no OPML"):
        import_feed_list(b"<ohttps://acme version='2.0'><body/></o>")
