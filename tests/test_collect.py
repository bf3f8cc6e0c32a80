"""Collecting: what is asked, what is kept, what is said of each source."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from digest.app.collect import CollectionOptions, collect_sources
from digest.archive import Archive
from digest.errors import FetchError, MailboxError
from digest.model.retrieved import FeedEntry, Retrieved, Validators
from digest.model.source import MailboxRule
from tests.factories.items import NOW, START, source

ACME = source("Acme News")
BOLT = source("Bolt Blog")


def feed(*titles: str) -> bytes:
    rows = "".join(
        f"<item><title>{title}</title><link>https://acme.example/{title.replace(' ', '-')}</link>"
        f"<pubDate>Wed, 0{n} Jul 2026 09:00:00 GMT</pubDate></item>"
        for n, title in enumerate(titles, 1)
    )
    return f'<rss version="2.0"><channel><title>Acme</title>{rows}</channel></rss>'.encode()


class Scripted:
    """A fetcher that answers from a table, slug → answer or FetchError, and notes what it was asked."""

    def __init__(self, **answers):
        self.answers, self.asked = (
            {slug.replace("_", "-"): answer for slug, answer in answers.items()},
            [],
        )

    async def __aenter__(self):
        return self

    async def __aexit__(self, *error):
        return None

    async def get(self, ask):
        self.asked.append(ask)
        answer = self.answers[ask.source]
        if isinstance(answer, FetchError):
            raise answer
        if isinstance(answer, bytes):
            return Retrieved(
                ask.source,
                ask.url,
                ask.url,
                200,
                answer,
                "application/xml",
                Validators('"v1"'),
                NOW,
            )
        return replace(answer, source=ask.source, url=answer.url or ask.url, requested=ask.url)


UNCHANGED = Retrieved("", "", "", 304, b"", "", Validators(), NOW)


@pytest.fixture
def archive(archive_place):
    with Archive.open(archive_place) as opened:
        yield opened


def no_letters(source, state):
    raise AssertionError("no newsletter is configured")


def read(archive, fetcher, *sources, now=NOW, letters=no_letters):
    detect = lambda title, summary, stated: stated or "en"  # noqa: E731
    return collect_sources(
        sources or (ACME,),
        archive,
        fetcher,
        CollectionOptions(
            read_newsletters=letters,
            detect=detect,
            now=now,
        ),
    ).reports


def test_what_a_feed_gives_is_archived(archive):
    """Entries become items, the report counts them."""
    report = read(archive, Scripted(acme_news=feed("One", "Two")))[0]
    assert (report.outcome, report.entries, report.new) == ("read", 2, 2)
    assert [item.title for item in archive.load_items()] == ["One", "Two"]


def test_a_report_tells_how_long_its_source_took(archive):
    """In a field of its own, which `--json` does not print: it differs each time."""
    ticks = iter(range(0, 100, 5))
    report = collect_sources(
        [ACME],
        archive,
        Scripted(acme_news=feed("One")),
        CollectionOptions(
            read_newsletters=no_letters,
            detect=lambda title, summary, stated: stated or "en",
            now=NOW,
        ),
        timer=lambda: next(ticks),
    ).reports[0]
    assert report.seconds == 5
    assert "seconds" not in report.to_json()


def test_the_second_time_only_changes_are_asked_for(archive):
    """The validators go back byte for byte, and a 304 keeps them."""
    read(archive, Scripted(acme_news=feed("One")))
    for _ in range(2):
        fetcher = Scripted(acme_news=UNCHANGED)
        assert read(archive, fetcher)[0].outcome == "unchanged"
        assert fetcher.asked[0].validators == Validators('"v1"')
    assert len(archive.load_items()) == 1


def test_an_equal_body_is_no_news(archive):
    """A server without validators sends the same again: nothing is parsed, nothing changes."""
    read(archive, Scripted(acme_news=feed("One")))
    assert read(archive, Scripted(acme_news=feed("One")))[0].outcome == "unchanged"


def test_another_address_starts_afresh(archive):
    """Validators belong to an address; after a change in sources.yaml they are not sent."""
    read(archive, Scripted(acme_news=feed("One")))
    fetcher = Scripted(acme_news=feed("One"))
    read(archive, fetcher, replace(ACME, url="https://new.example/feed"))
    assert fetcher.asked[0].validators == Validators()


def test_a_failed_source_keeps_what_it_gave_and_harms_no_other(archive):
    """Its fault is a value in the report, counted in a row."""
    read(archive, Scripted(acme_news=feed("One"), bolt_blog=feed("Two")), ACME, BOLT)
    down = FetchError("no answer", "wait", kind="timeout")
    for times in (1, 2):
        reports = read(
            archive, Scripted(acme_news=down, bolt_blog=feed("Two", "Three")), ACME, BOLT
        )
        assert (reports[0].failed, reports[0].outcome, reports[0].mend) == (True, "timeout", "wait")
        assert archive.load_source_states()[ACME.slug].failures == times
    assert {item.title for item in archive.load_items()} == {"One", "Two", "Three"}
    read(archive, Scripted(acme_news=feed("One"), bolt_blog=feed("Two")), ACME, BOLT)
    assert archive.load_source_states()[ACME.slug].failures == 0


def test_what_is_no_feed_is_a_failure_and_takes_nothing_away(archive):
    """A login page answered as 200 is recognised; the next good answer is read in full."""
    read(archive, Scripted(acme_news=feed("One")))
    page = (
        b"<!doctype html><html><head><title>Sign in</title></head><body><form></form></body></html>"
    )
    assert read(archive, Scripted(acme_news=page))[0].failed
    assert len(archive.load_items()) == 1
    assert read(archive, Scripted(acme_news=feed("One", "Two")))[0].new == 1


def test_gone_is_not_asked_again_until_its_address_changes(archive):
    """410 is the publisher's word."""
    read(archive, Scripted(acme_news=FetchError("is gone", kind="gone")))
    quiet = Scripted(acme_news=feed("One"))
    report = read(archive, quiet)[0]
    assert (report.outcome, report.failed, quiet.asked) == ("gone", True, [])
    moved = Scripted(acme_news=feed("One"))
    assert read(archive, moved, replace(ACME, url="https://new.example/feed"))[0].new == 1


def test_a_wait_that_was_asked_for_is_kept(archive):
    """429 with Retry-After: no request before then."""
    busy = FetchError("asks us to wait", kind="http-429", retry_after=NOW + timedelta(hours=2))
    read(archive, Scripted(acme_news=busy))
    early = Scripted(acme_news=feed("One"))
    report = read(archive, early, now=NOW + timedelta(hours=1))[0]
    assert (report.outcome, report.failed, early.asked) == ("waiting", False, [])
    assert read(archive, early, now=NOW + timedelta(hours=3))[0].new == 1


def test_a_permanent_move_is_told(archive):
    """With the address to put into sources.yaml."""
    answer = Retrieved("", "https://new.example/feed", "", 200, feed("One"), "", Validators(), NOW,
                       moved_to="https://new.example/feed")  # fmt: skip
    report = read(archive, Scripted(acme_news=answer))[0]
    assert any("https://new.example/feed" in note for note in report.notes)


def test_a_source_that_is_switched_off_is_not_asked(archive):
    """And not reported."""
    fetcher = Scripted(acme_news=feed("One"))
    assert read(archive, fetcher, ACME, replace(BOLT, enabled=False))[0].source == "Acme News"
    assert [ask.source for ask in fetcher.asked] == ["acme-news"]


def test_letters_are_archived_and_their_memory_kept(archive):
    """A newsletter's stories come in like entries; what the mailbox wants to remember is remembered."""
    weekly = source(
        "Weekly", url=None, mailbox=MailboxRule(path="letters", sender="weekly@x.example")
    )
    entry = FeedEntry(
        "https://acme.example/x", "Story", "Words.", "", START, letter="<1@x.example>"
    )

    def letters(source, state):
        return (
            (entry,),
            replace(state, memory={"uid": state.memory.get("uid", 0) + 1}),
            ("one letter was odd",),
        )

    reports = read(archive, Scripted(acme_news=feed("One")), ACME, weekly, letters=letters)
    assert (reports[1].new, reports[1].notes) == (1, ("one letter was odd",))
    read(archive, Scripted(acme_news=feed("One")), ACME, weekly, letters=letters)
    assert archive.load_source_states()["weekly"].memory == {"uid": 2}
    assert {item.letter for item in archive.load_items()} == {None, "<1@x.example>"}


HIDDEN = "https://u1.ct.sendgrid.net/ls/click?upn=u001.abcdefghijklmnopqrstuvwxyz0123456789"


@pytest.mark.parametrize(("follow", "link"), [(True, "https://acme.example/x"), (False, HIDDEN)])
def test_a_hidden_link_is_followed_only_where_the_source_says_so(archive, follow, link):
    """Asking for it tells the sender that the letter was read."""
    rule = MailboxRule(path="letters", sender="weekly@x.example", follow_links=follow)
    weekly = source("Weekly", url=None, mailbox=rule)
    entry = FeedEntry(HIDDEN, "Story", "Words.", "", START, letter="<1@x.example>")
    answer = Retrieved("", "https://acme.example/x", "", 200, b"", "text/html", Validators(), NOW)
    fetcher = Scripted(weekly=answer)
    read(archive, fetcher, weekly, letters=lambda source, state: ((entry,), state, ()))
    assert [item.link for item in archive.load_items()] == [link]
    # no address of the team's led there, so what its network allows to be read is not for it
    assert [one.origin for one in fetcher.asked] == [""] * follow


def test_links_that_keep_their_target_are_counted(archive):
    """With the reasons."""
    rule = MailboxRule(path="letters", sender="weekly@x.example", follow_links=True)
    weekly = source("Weekly", url=None, mailbox=rule)
    entry = FeedEntry(HIDDEN, "Story", "Words.", "", START, letter="<1@x.example>")
    fetcher = Scripted(weekly=FetchError("inside", kind="private-address"))
    (report,) = read(archive, fetcher, weekly, letters=lambda source, state: ((entry,), state, ()))
    assert report.notes == ("1 of 1 hidden link kept its target (1 private-address)",)
    assert [item.link for item in archive.load_items()] == [HIDDEN]


def test_entries_that_give_no_item_are_counted(archive):
    """With a plain short piece of what the first of them says."""
    link = "<link>https://acme.example/changes</link>"
    items = "".join(
        f"<item>{inside}</item>"
        for inside in (
            f"<title>One</title>{link}",
            f"<title>One</title>{link}",
            f"<title>Two {'and more ' * 30}</title>{link}",
            "<link>https://acme.example/bare</link>",
        )
    )
    body = f"<rss version='2.0'><channel><title>Acme</title>{items}</channel></rss>".encode()
    (report,) = read(archive, Scripted(acme_news=body), ACME)
    wordless, hidden = report.notes[-2:]
    assert wordless == "1 of 4 entries have neither title nor text"
    assert hidden.startswith("1 of 4 entries have the address of another one")
    assert len(hidden) < 200
    assert report.new == 1


def test_a_mailbox_that_fails_is_reported(archive):
    """Like any source."""
    weekly = source("Weekly", url=None, mailbox=MailboxRule(account="main", list_id="weekly"))

    def letters(source, state):
        raise MailboxError("wrong password", "set DIGEST_IMAP_PASSWORD", kind="login")

    report = read(archive, Scripted(), weekly, letters=letters)[0]
    assert (report.outcome, report.problem) == ("login", "wrong password")


TTL = feed("One").replace(b"<title>Acme</title>", b"<title>Acme</title><ttl>90</ttl>", 1)
AGED = Retrieved(
    "",
    "",
    "",
    200,
    feed("One"),
    "",
    Validators(),
    NOW,
    headers={"cache-control": "public, max-age=3600"},
)
CENTURY = replace(AGED, headers={"cache-control": "max-age=3153600000"})


@pytest.mark.parametrize(
    ("name", "answer", "hours"),
    [
        ("nothing said", feed("One"), 0),
        ("ttl", TTL, 1.5),
        ("max-age", AGED, 1),
        ("a century", CENTURY, 24),
    ],
    ids=["nothing said", "ttl", "max-age", "a century"],
)
def test_a_feed_is_left_alone_as_long_as_it_says(archive, name, answer, hours):
    """A day at most; its wish is no fault."""
    read(archive, Scripted(acme_news=answer))
    fetcher = Scripted(acme_news=answer)
    for early, asked in ((0.01, 0), (-0.01, 1)):
        if hours or not early > 0:
            report = read(archive, fetcher, now=NOW + timedelta(hours=hours - early))[0]
            assert (len(fetcher.asked), report.failed) == (asked, False)


def test_a_feed_without_news_is_asked_more_seldom(archive):
    """After half a day of silence every second hour, after 48 answers every sixth; news ends that."""
    read(archive, Scripted(acme_news=feed("One")))
    fetcher = Scripted(acme_news=UNCHANGED)
    for hour in range(1, 97):
        read(archive, fetcher, now=NOW + timedelta(hours=hour))
    assert len(fetcher.asked) == 12 + 36 + 2
    fetcher.answers["acme-news"] = feed("One", "Two")
    for hour in range(102, 106):
        read(archive, fetcher, now=NOW + timedelta(hours=hour))
    assert len(fetcher.asked) == 12 + 36 + 2 + 4


def test_feeds_are_read_while_letters_are(archive):
    """A mailbox that takes its time keeps no answer of a feed waiting."""
    feed_is_read = threading.Event()
    mail = replace(ACME, name="Mail", slug="mail", url=None, mailbox=MailboxRule(sender="a@b.c"))

    class Announcing(Scripted):
        async def get(self, ask):
            answer = await super().get(ask)
            feed_is_read.set()
            return answer

    def read_slowly(source, state):
        assert feed_is_read.wait(10)
        return (), state, ()

    mail_report, feed_report = read(
        archive, Announcing(acme_news=feed("One")), mail, ACME, letters=read_slowly
    )
    assert (mail_report.outcome, feed_report.new) == ("read", 1)
