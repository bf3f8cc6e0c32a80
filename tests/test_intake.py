"""From entry to item: identity and dates."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from digest.intake import choose_plausible_date, describe_left_out, make_item, make_items
from digest.model.retrieved import EntryPart, FeedEntry
from digest.model.source import ReadingRule, Source

SEEN = datetime(2026, 8, 8, 6, tzinfo=UTC)
SOURCE = Source("Acme News", "acme-news", "https://acme.example/feed")
ENTRY = FeedEntry(
    "https://acme.example/a?utm_source=rss",
    "Acme buys Bolt",
    "Words.",
    "",
    datetime(2026, 8, 1, tzinfo=UTC),
)


def detect(title: str, summary: str, stated: str | None) -> str:
    return stated or "en"


DATES = [
    ("a day of this quarter", datetime(2026, 7, 3, tzinfo=UTC), True),
    ("tomorrow, for zones", SEEN + timedelta(days=1), True),
    ("next year", SEEN + timedelta(days=365), False),
    ("the epoch", datetime(1970, 1, 1, tzinfo=UTC), False),
    ("none", None, False),
]


@pytest.mark.parametrize(("name", "date", "stands"), DATES, ids=[row[0] for row in DATES])
def test_a_date_stands_when_it_can_be_believed(name, date, stands):
    """Otherwise first sight dates the item, and it says so."""
    assert (choose_plausible_date(date, SEEN) is not None) is stands
    item = make_item(replace(ENTRY, published=date), SOURCE, SEEN, detect)
    assert item.dated_by == ("publisher" if stands else "first_seen")
    assert item.published_or_seen == (date if stands else SEEN)


def test_an_item_is_its_source_and_canonical_url():
    """Tracking, guid and wording do not make another item; another source does."""
    item = make_item(ENTRY, SOURCE, SEEN, detect)
    same = make_item(
        replace(ENTRY, link="http://www.acme.example/a/", guid="new", title="Other"),
        SOURCE,
        SEEN,
        detect,
    )
    other = make_item(ENTRY, replace(SOURCE, slug="bolt-blog"), SEEN, detect)
    assert item.id == same.id != other.id
    assert item.url == "https://acme.example/a"
    assert item.link == ENTRY.link


def test_without_link_the_guid_and_then_the_title_serve():
    """No entry is lost for want of an address."""
    first, second = replace(ENTRY, link="", guid="1"), replace(ENTRY, link="", guid="2")
    third, fourth = replace(ENTRY, link="", title="One"), replace(ENTRY, link="", title="Two")
    ids = {make_item(entry, SOURCE, SEEN, detect).id for entry in (first, second, third, fourth)}
    assert len(ids) == 4


def test_each_once_and_no_empty_ones():
    """A document that repeats an entry gives it once; an entry without words is none."""
    empty = replace(ENTRY, link="https://acme.example/e", title="", summary="")
    assert len(make_items([ENTRY, ENTRY, empty], SOURCE, SEEN, detect)) == 1


def test_the_stated_language_goes_to_the_detector():
    """The entry's first, then the source's."""
    italian = replace(SOURCE, language="it")
    assert make_item(ENTRY, italian, SEEN, detect).language == "it"
    assert make_item(replace(ENTRY, language="de"), italian, SEEN, detect).language == "de"


def test_the_address_to_print_is_the_published_one() -> None:
    """The key has https and no www; a publisher that has only http gets no dead link."""
    item = make_item(
        replace(ENTRY, link="http://www.acme.example/a/?utm_source=x"),
        SOURCE,
        SEEN,
        lambda *_: "en",
    )
    assert (item.url, item.address) == ("https://acme.example/a", "http://www.acme.example/a/")


ISSUE = replace(
    ENTRY,
    link="https://acme.example/week-31/?utm_source=rss",
    title="Week 31 – Acme Pulse",
    guid="31",
    authors=("Ann",),
    parts=(
        EntryPart("Bolt is sold", "Acme buys Bolt.", "Acme buys Bolt. It paid cash.", ""),
        EntryPart("Zorbly closes", "Zorbly ends.", "", "https://zorbly.example/end"),
    ),
)


def test_an_issue_gives_itself_and_its_parts():
    """Each with its own words and place, dated as the issue, whose address is its letter."""
    issue, sold, closed = make_items([ISSUE], SOURCE, SEEN, detect)
    assert (issue.title, issue.letter) == (ISSUE.title, None)
    assert issue.url == sold.letter == closed.letter == "https://acme.example/week-31"
    assert sold.link == "https://acme.example/week-31/?utm_source=rss#bolt-is-sold"
    assert (sold.title, sold.summary) == ("Bolt is sold", "Acme buys Bolt.")
    assert sold.text == "Acme buys Bolt. It paid cash."
    assert (closed.link, closed.text) == ("https://zorbly.example/end", "")
    assert {one.published for one in (issue, sold, closed)} == {ISSUE.published}
    assert {one.authors for one in (issue, sold, closed)} == {("Ann",)}


def test_a_source_may_keep_its_entries_whole():
    """`newsletter: false` says so of letters and of round-ups."""
    whole = replace(SOURCE, reading=ReadingRule(letters=False))
    assert [one.title for one in make_items([ISSUE], whole, SEEN, detect)] == [ISSUE.title]


def test_parts_are_the_same_items_whenever_they_are_read():
    """Another order, another tracker and other words below the headline make no other item."""
    other = replace(
        ISSUE,
        link="http://www.acme.example/week-31?utm_medium=x",
        parts=tuple(replace(part, summary="Edited.") for part in reversed(ISSUE.parts)),
    )
    first, second = (make_items([one], SOURCE, SEEN, detect) for one in (ISSUE, other))
    assert {one.id for one in first} == {one.id for one in second}


def test_a_part_with_the_page_of_an_entry_is_that_entry():
    """Wherever the two stand in the feed; the entry says more of it."""
    own = replace(ENTRY, link="https://zorbly.example/end", title="Why Zorbly had to close")
    for entries in ([ISSUE, own], [own, ISSUE]):
        items = make_items(entries, SOURCE, SEEN, detect)
        (found,) = (one for one in items if one.url == "https://zorbly.example/end")
        assert (found.title, found.letter) == (own.title, "https://acme.example/week-31")
        assert len(items) == 3


def test_no_key_of_a_feed_stands_in_parts():
    key = "a8Kd93jsLq02mXz7"
    secret = replace(SOURCE, url=f"https://acme.example/feed?token={key}")
    leaky = replace(
        ISSUE,
        link=f"https://acme.example/week-31?token={key}",
        parts=(EntryPart(f"Read with {key}", f"See {key}.", "", f"https://a.example/?t={key}"),),
    )
    items = make_items([leaky], secret, SEEN, detect)
    assert len(items) == 2
    assert key not in repr(items)


RELEASES = {
    "v2.1.0": "Acme Kit: v2.1.0",
    "3.1.0 - 2026-07-14": "Acme Kit: 3.1.0 - 2026-07-14",
    "July 2026": "Acme Kit: July 2026",
    "8.4 – journey templates": "8.4 – journey templates",
    "New reports": "New reports",
}


@pytest.mark.parametrize("title", RELEASES)
def test_a_bare_version_in_release_notes_gets_its_makers_name(title):
    entry = replace(ENTRY, title=title)
    notes = Source("Acme Kit", "acme-kit", "https://acme.example/r", publishes="release-notes")
    assert make_item(entry, notes, SEEN, detect).title == RELEASES[title]
    assert make_item(entry, SOURCE, SEEN, detect).title == title


def test_only_an_entry_with_the_address_of_another_is_told_as_left_out():
    """The kept one's title may be another than it was published with, as that of release notes."""
    release, other = replace(ENTRY, title="v2.1.0"), replace(ENTRY, title="v2.2.0")
    assert describe_left_out([release], SOURCE) == ()
    (told,) = describe_left_out([release, release, other], SOURCE)
    assert told.startswith("1 of 3 entries")
    assert "v2.2.0" in told


NEWS = (
    "Acme opened its data hub to shops with fewer than fifty branches. It costs 900 euros a month."
)
FRAMED = {
    "dateline of a wire": f"LONDON--(BUSINESS WIRE)--{NEWS}",
    "dateline with a day": f"SAN JOSE, Calif. – July 14, 2026 – {NEWS}",
    "dateline in Italian": f"Milano, 14 luglio 2026 – {NEWS}",
    "the company at the end": f"{NEWS}\nAbout Acme\nAcme is the leading AI-powered platform.",
    "contacts and the future": f"{NEWS}\nMedia Contact\nAnn, +39 02 1234\nForward-Looking Statements\nMay.",
    "in German": f"{NEWS}\nÜber Acme\nAcme ist führend.\nPressekontakt\nAnn",
    "marks of the end": f"{NEWS}\n###\nAll names are marks of their owners.",
    "on one line": f"{NEWS} About Acme Acme is the leading AI-powered platform.",
}


@pytest.mark.parametrize("name", FRAMED)
def test_of_a_press_release_its_news_is_kept(name):
    """A judgement by its words is then one of its news."""
    room = replace(SOURCE, publishes="press-room")
    entry = replace(ENTRY, text=FRAMED[name])
    assert make_item(entry, room, SEEN, detect).text == NEWS
    assert make_item(entry, SOURCE, SEEN, detect).text == FRAMED[name]


@pytest.mark.parametrize(
    "text",
    [
        NEWS,
        "About 300 shops use it now. Nobody counted those before Acme did so in May of this year.",
        "About Acme",
        f"{NEWS}\nAbout a third of them sell flowers.",
        f"{NEWS}\nAbout a third of them sell flowers, which is more than Acme had thought before.",
        "Acme, founded on July 14, 2026, sells flowers.",
    ],
)
def test_news_is_no_frame(text):
    room = replace(SOURCE, publishes="press-room")
    assert make_item(replace(ENTRY, summary=text), room, SEEN, detect).summary == text


KEY = "k3yA9zQ7pL2mX8"
FEEDS = {
    "parameter": f"https://acme.example/feed?api_key={KEY}",
    "short name": "https://acme.example/feed?k=plainwords",
    "path": f"https://acme.example/feeds/{KEY}.xml",
    "password": f"https://reader:{KEY}@acme.example/feed",
}
ECHOES = [  # what of the address it is, the link as read, what is kept of it
    ("parameter", f"https://acme.example/feed?api_key={KEY}#1", "https://acme.example/feed#1"),
    ("parameter", f"https://acme.example/a?id=1&auth={KEY}", "https://acme.example/a?id=1"),
    ("parameter", f"https://other.example/{KEY}/a", ""),
    ("parameter", f"https://acme.example/a#{KEY}", "https://acme.example/a"),
    ("parameter", "https://acme.example/a?api_key=other1234", "https://acme.example/a?api_key=other1234"),
    ("short name", "https://acme.example/a?k=plainwords", "https://acme.example/a"),
    ("short name", "https://acme.example/a?code=plainwords", "https://acme.example/a"),
    ("short name", "https://acme.example/plainwords", "https://acme.example/plainwords"),
    ("path", f"https://acme.example/feeds/{KEY}/entries/1.html", ""),
    ("path", f"https://acme.example/a?from={KEY}", "https://acme.example/a"),
    ("path", "https://acme.example/feeds/a", "https://acme.example/feeds/a"),
    ("password", f"https://reader:{KEY}@acme.example/a", "https://acme.example/a"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("feed", "link", "kept"), ECHOES, ids=[f"{row[0]} {row[1]}" for row in ECHOES]
)
def test_a_feed_that_repeats_its_key_gives_it_to_nobody(feed, link, kept):
    """In no link, however a publisher takes it up; a link that is nothing without it is left out,
    and told."""
    source = Source("Acme", "acme", FEEDS[feed])
    entry = replace(ENTRY, link=link, text=f"Read at {FEEDS[feed]}.", authors=(f"by {KEY}",))
    (item,) = make_items([entry], source, SEEN, detect)
    assert item.link == kept
    assert KEY not in item.url + item.text or feed == "short name"
    assert "plainwords" not in item.text
    told = describe_left_out([entry], source)
    assert [line.startswith("1 of 1 entries lead to") for line in told] == ([] if kept else [True])


def test_a_feed_without_a_key_keeps_its_words():
    """A name of joined words and a parameter of a form are none; nor are words of a watched page,
    whose address readers get."""
    entry = replace(
        ENTRY,
        link="https://acme.example/SearchEngineNews/1?t=week",
        text="This week, SearchEngineNews",
    )
    source = Source("Acme", "acme", "https://acme.example/SearchEngineNews/feed?t=day")
    (item,) = make_items([entry], source, SEEN, detect)
    assert (item.link, item.text) == (entry.link, entry.text)
    page = Source("Acme", "acme", FEEDS["path"], reading=ReadingRule("watch"))
    (item,) = make_items([replace(ENTRY, link=FEEDS["path"])], page, SEEN, detect)
    assert item.link == FEEDS["path"]


def test_a_key_of_where_the_address_led_is_hidden():
    """A redirect gives a key of its own."""
    entry = replace(ENTRY, text=f"Read at {FEEDS['path']}")
    (item,) = make_items([entry], SOURCE, SEEN, detect, FEEDS["path"])
    assert item.text == "Read at https://acme.example/feeds/***"


def test_a_header_that_is_repeated_is_hidden():
    """The value and each of its words; of a header that is no secret nothing is hidden."""
    headers = {"Authorization": f"Bearer {KEY}", "Accept": "application/xml"}
    source = replace(SOURCE, headers=headers, secret_headers=("Authorization",))
    entry = replace(ENTRY, title=f"You sent {KEY} for application/xml")
    (item,) = make_items([entry], source, SEEN, detect)
    assert item.title == "You sent *** for application/xml"


def test_an_item_has_no_endless_words():
    """They keep whoever reads them busy: of figures in claims, of names in deals."""
    endless = "1." * 4_000
    entry = replace(ENTRY, title=endless, summary=f"Costs {endless}.", text=f"Costs {endless}.")
    item = make_item(entry, SOURCE, SEEN, detect)
    assert max(map(len, f"{item.title} {item.summary} {item.text}".split())) <= 121


def test_words_that_broken_markup_doubles_are_one_each():
    entry = replace(ENTRY, title="Acme’s testAcme’s test", summary="After BolideBolide spoke.")
    assert make_item(entry, SOURCE, SEEN, detect).summary == "After Bolide spoke."
