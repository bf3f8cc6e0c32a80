"""Articles' own pages: which are asked for, how politely, what is kept, and what an edition makes of them."""

import json
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner

from digest.app.fulltext import choose_articles, read_pages
from digest.archive import Archive, PageState, SourceState, fingerprint_items
from digest.cli import cli
from digest.config.sources import parse_sources
from digest.decide.source_health import SourceStatus, list_findings
from digest.errors import DigestError, ParseError
from digest.extras import suggest_install
from digest.fetch.http.client import HttpLimits
from digest.fetch.read.article_worker import ArticleReader
from digest.model.source import MailboxRule
from digest.model.story import Story
from digest.model.tags import TaggedItem
from digest.tag import ItemJudge
from digest.write.summaries import build_summary
from tests.factories.items import NOW, item, source, tags
from tests.factories.servers import by_path, fetcher, reply, site
from tests.fetch import articles

ACME = source("Acme News", fulltext=True)
PAGE = reply(articles.page(articles.ARTICLE).encode(), content_type="text/html")


@pytest.fixture
def archive(archive_place):
    with Archive.open(archive_place) as opened:
        yield opened


@pytest.fixture(scope="module")
def reader():
    with ArticleReader(seconds=5) as opened:
        yield opened


# ---------------------------------------------------------------- which


def chosen(
    *items,
    sources=(ACME,),
    pages=(),
    states=(),
    relevant=lambda _: True,
    now=NOW,
    most=40,
    lacking=None,
):
    known = {page.url: page for page in pages}
    kept = {state.slug: state for state in states}
    wants = choose_articles(
        items,
        sources,
        known,
        kept,
        relevant=relevant,
        now=now,
        limit=most,
        lacks_sentence=lacking,
        description_limit=most,
    )
    return [want.item.id for want in wants]


HIDDEN = "https://u1.ct.sendgrid.net/ls/click?upn=u001.abcdefghijklmnopqrstuvwxyz0123456789"
WHICH = [
    ("a short item of a source that allows it", {}, {}, True),
    ("its source does not allow it", {"sources": [source("Acme News")]}, {}, False),
    ("its source is switched off", {"sources": [replace(ACME, enabled=False)]}, {}, False),
    ("it is not relevant", {"relevant": lambda _: False}, {}, False),
    ("its feed says enough", {}, {"text": "Words. " * 100}, False),
    ("it is a part of a page", {}, {"url": "https://acme-news.example/changes#v2"}, False),
    (
        "it leads to a mail address",
        {},
        {"url": "mailto:a@acme.example", "link": "mailto:a@acme.example"},
        False,
    ),
    ("its link hides its target", {}, {"link": HIDDEN}, False),
    (
        "its feed asked to wait",
        {"states": [SourceState("acme-news", not_before=NOW + timedelta(1))]},
        {},
        False,
    ),
    (
        "its feed has waited",
        {"states": [SourceState("acme-news", not_before=NOW - timedelta(1))]},
        {},
        True,
    ),
]


@pytest.mark.parametrize(
    ("name", "given", "of_item", "wanted"), WHICH, ids=[row[0] for row in WHICH]
)
def test_which_pages_are_asked_for(name, given, of_item, wanted):
    """Off by default; only what an edition could use, and can be asked for without harm."""
    assert bool(chosen(item(1, **of_item), **given)) is wanted


PLAIN = source("Acme News")
DESCRIBED = [
    ("an item without a sentence", {}, {}, True),
    ("one with a sentence", {"lacking": lambda _: False}, {}, False),
    ("descriptions are switched off", {"lacking": None}, {}, False),
    ("it is not relevant", {"relevant": lambda _: False}, {}, False),
    ("a long text without a sentence", {}, {"text": "words " * 200}, True),
    ("it was asked for", {"pages": [PageState(item(1).url, NOW, "no-description")]}, {}, False),
    ("it was described", {"pages": [PageState(item(1).url, NOW, "described")]}, {}, False),
    ("the article is allowed since", {"sources": [ACME], "pages": [PageState(item(1).url, NOW, "described")]}, {}, True),
    ("its link hides its target", {}, {"link": HIDDEN}, False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "given", "of_item", "wanted"), DESCRIBED, ids=[row[0] for row in DESCRIBED]
)
def test_which_pages_are_asked_for_their_description(name, given, of_item, wanted):
    """By default; only of relevant items that have no sentence, and once."""
    options = {"sources": [PLAIN], "lacking": lambda _: True} | given
    assert bool(chosen(item(1, **of_item), **options)) is wanted


def test_the_newest_come_first_and_each_page_once():
    """At most ten of a source in a run, at most so many in all; two items of one page are one request."""
    many = [item(n) for n in range(1, 30)]
    newest = [one.id for one in sorted(many, key=lambda one: one.published_or_seen, reverse=True)]
    assert chosen(*many) == newest[:10]
    assert chosen(*many, most=3) == newest[:3]
    assert len(chosen(item(1), item(2, url=item(1).url))) == 1


TIMES = [
    ("read", "read", 1, 1000, False),
    ("the publisher's word", "http-403", 1, 1000, False),
    ("robots.txt", "robots", 1, 1000, False),
    ("nothing on it", "too-short", 1, 1000, False),
    ("failed five hours ago", "timeout", 1, 5, False),
    ("failed six hours ago", "timeout", 1, 6, True),
    ("failed twice", "http-500", 2, 11, False),
    ("failed twice, half a day ago", "http-500", 2, 12, True),
    ("not there yet a day ago", "http-404", 3, 24, True),
    ("failed four times", "timeout", 4, 1000, False),
]


@pytest.mark.parametrize(
    ("name", "outcome", "tries", "hours", "asked"), TIMES, ids=[row[0] for row in TIMES]
)
def test_a_page_is_asked_once_and_a_fault_a_few_times(name, outcome, tries, hours, asked):
    """Four tries in two days; never where asking again would change nothing."""
    page = PageState(item(1).url, NOW - timedelta(hours=hours), outcome, tries)
    assert bool(chosen(item(1), pages=[page])) is asked


def test_a_host_that_asked_to_wait_is_left_alone():
    """All its pages, until then."""
    page = PageState(item(1).url, NOW, "http-429", 1, NOW + timedelta(hours=9))
    assert chosen(item(1), item(2), pages=[page], now=NOW + timedelta(hours=8)) == []
    assert len(chosen(item(1), item(2), pages=[page], now=NOW + timedelta(hours=10))) == 2


# ---------------------------------------------------------------- how


def at(running, path, **more):
    """An item whose page is at this path."""
    named = {
        "url": f"https://{running.place}{path}",
        "link": running.url(path),
        "title": articles.TITLE,
    }
    return item(1, **({"id": f"i{path}"} | named | more))


def ask(
    archive, reader, running, *items, sources=None, limits=None, now=NOW, fetching=None, **more
):
    """One run over these items; gives outcome by path, and what was asked for."""
    archive.record_attempt(SourceState("acme-news"), items, at=now, outcome="read")
    del running.requests[:]
    wants = choose_articles(
        archive.load_items(),
        sources or (replace(ACME, url=running.url("/feed")),),
        archive.load_page_states(),
        archive.load_source_states(),
        relevant=lambda _: True,
        now=now,
        limit=40,
        **more,
    )
    limits = limits or HttpLimits(seconds=3, body_bytes=200_000)
    reports = read_pages(
        wants,
        archive,
        fetching or fetcher(running, limits=limits),
        reader,
        agent="martech-digest",
        now=now,
    )
    outcomes = {
        url.rpartition("/")[2]: page.outcome for url, page in archive.load_page_states().items()
    }
    return outcomes, [request.split(" ")[1] for request in running.requests], reports


def test_what_pages_give_is_kept_a_fault_too(archive, reader):
    """robots.txt is asked for once and obeyed; texts stand beside the feed's words, which stay as they were."""
    answers = by_path(
        {
            "/robots.txt": reply(b"User-agent: *\nDisallow: /private\n"),
            "/good": PAGE,
            "/thai": reply(articles.page(articles.THAI, title=articles.THAI_TITLE).encode()),
            "/coded": reply(
                articles.page(articles.ARTICLE, charset="").encode("cp1252"),
                content_type="text/html",
            ),
            "/stub": reply(
                articles.page(
                    articles.ARTICLE[:3], below="<p>Subscribe to continue reading.</p>"
                ).encode()
            ),
            "/private": PAGE,
            "/moved": reply(status="302 Found", location="/private"),
            "/huge": reply(b"<p>" + b"Word. " * 100_000),
        }
    )
    with site(answers) as running:
        paths = ["/good", "/coded", "/stub", "/private", "/moved", "/huge", "/lost"]
        items = [
            *(at(running, path) for path in paths),
            at(running, "/thai", title=articles.THAI_TITLE, language="th"),
        ]
        outcomes, asked, (report,) = ask(archive, reader, running, *items)
        _, again, none = ask(archive, reader, running)
    assert outcomes == {
        "good": "read", "thai": "read", "coded": "read", "stub": "paywall", "private": "robots", "moved": "robots",
        "huge": "too-large", "lost": "http-404",
    }  # fmt: skip
    assert sorted(asked) == sorted(
        ["/robots.txt", "/good", "/thai", "/coded", "/stub", "/moved", "/huge", "/lost"]
    )
    assert (report.source, report.read, report.requested_pages) == ("Acme News", 3, 8)
    assert (again, none) == ([], ())
    held = {one.link.rpartition("/")[2]: one for one in archive.load_items()}
    assert articles.ARTICLE[0] in held["good"].fulltext.splitlines()
    assert held["coded"].fulltext == held["good"].fulltext
    assert held["good"].summary == items[0].summary
    assert not held["private"].fulltext
    assert not held["moved"].fulltext


@pytest.mark.parametrize(("forbidden", "outcome"), [("/", "robots"), ("/other", "read")])
def test_the_rules_of_the_host_that_a_redirect_leads_to_count_first(
    archive, reader, forbidden, outcome
):
    """Its page is asked for only where they allow it."""
    rules = reply(f"User-agent: *\nDisallow: {forbidden}\n".encode())
    with site(by_path({"/robots.txt": rules, "/there": PAGE})) as second:
        answers = {"/a": reply(status="302 Found", location=second.url("/there"))}
        with site(by_path(answers)) as first:
            both = fetcher(first, second, limits=HttpLimits(seconds=3))
            outcomes, _, _ = ask(archive, reader, first, at(first, "/a"), fetching=both)
    asked = [request.split(" ")[1] for request in second.requests]
    assert outcomes == {"a": outcome}
    assert asked == ["/robots.txt", *(["/there"] if outcome == "read" else [])]


SAID = "Northvale opened its data hub to retailers with fewer than fifty shops on Tuesday."


def head(*metas):
    return "".join(f'<meta {name} content="{said}">' for name, said in metas)


LD = '<script type="application/ld+json">{"@type": "NewsArticle", %s}</script>'
DESCRIPTIONS = {
    "meta": (head(('name="description"', SAID)), SAID),
    "og": (head(('property="og:description"', SAID)), SAID),
    "json-ld": (LD % f'"description": "{SAID}"', SAID),
    "lead": (LD % f'"articleBody": "{SAID} It costs 900 euros. The rest is cut"', f"{SAID} It costs 900 euros."),
    "escaped": (head(('name="description"', f"&lt;p&gt;{SAID}&lt;/p&gt;")), SAID),
    "of-the-site": (head(('name="description"', "All the news of the trade, every day.")), ""),
    "the-title": (head(('name="description"', articles.TITLE)), ""),
    "none": ("", ""),
}  # fmt: skip


def test_descriptions_are_kept_apart_from_articles(archive, reader):
    """The publisher's own words for others to show; nothing of the article beside them."""
    answers = {
        f"/{name}": reply(articles.page(articles.ARTICLE, head=put).encode())
        for name, (put, _) in DESCRIPTIONS.items()
    }
    other = articles.page(articles.OTHER, title="Ferry strike ends", head=head(('name="description"', SAID)))  # fmt: skip
    answers |= {
        "/robots.txt": reply(b"User-agent: *\nDisallow: /private\n"),
        "/private": PAGE,
        "/elsewhere": reply(other.encode()),
    }
    with site(by_path(answers)) as running:
        items = [at(running, path) for path in answers if path != "/robots.txt"]
        plain = replace(PLAIN, url=running.url("/feed"))
        options = {"sources": (plain,), "lacks_sentence": lambda _: True, "description_limit": 40}
        outcomes, asked, (report,) = ask(archive, reader, running, *items, **options)
        again = ask(archive, reader, running, **options)[1]
    held = {one.link.rpartition("/")[2]: one for one in archive.load_items()}
    assert {name: held[name].description for name in DESCRIPTIONS} == {
        name: kept for name, (_, kept) in DESCRIPTIONS.items()
    }
    assert not any(one.fulltext for one in held.values())
    assert outcomes == {
        **{name: "described" if kept else "no-description" for name, (_, kept) in DESCRIPTIONS.items()},
        "private": "robots", "elsewhere": "other-page",
    }  # fmt: skip
    assert (report.read, report.requested_pages) == (5, 10)
    assert "/private" not in asked
    assert again == []


def test_a_paid_article_leaves_its_description(archive, reader):
    """Its outcome stays the reason why there is no article."""
    stub = articles.page(
        articles.ARTICLE, head=articles.NOT_FREE + head(('name="description"', SAID))
    )
    with site(by_path({"/paid": reply(stub.encode())})) as running:
        outcomes, _, _ = ask(archive, reader, running, at(running, "/paid"))
    (held,) = archive.load_items()
    assert outcomes == {"paid": "paywall"}
    assert (held.fulltext, held.description) == ("", SAID)


BUSY = [
    ("429", reply(status="429 Too Many Requests", retry_after="7200"), "http-429"),
    ("503", reply(status="503 Service Unavailable"), "http-503"),
    ("500", reply(status="500 Oops"), "http-500"),
]


@pytest.mark.parametrize(("name", "answer", "kind"), BUSY, ids=[row[0] for row in BUSY])
def test_a_host_in_trouble_is_asked_for_one_page(archive, reader, name, answer, kind):
    """The others are left for another run, and nothing is remembered against them."""
    with site(
        lambda request, send: send(reply(status="404 No") if "robots" in request else answer)
    ) as running:
        outcomes, asked, _ = ask(
            archive, reader, running, at(running, "/a"), at(running, "/b"), at(running, "/c")
        )
        later = NOW + timedelta(hours=1)
        busy = ask(archive, reader, running, now=later)[1]
    assert list(outcomes.values()) == [kind]
    assert len(asked) == 2
    assert len(busy) == (0 if name == "429" else 2)


def test_a_slow_page_is_given_up(archive, reader):
    """At the limit of one request; its host is not asked for more."""
    done = threading.Event()

    def never(request, send):
        if "robots" in request:
            return send(reply(status="404 No"))
        return done.wait()

    with site(never) as running:
        hasty = HastyForPages(running)
        outcomes, _, _ = ask(
            archive, reader, running, at(running, "/a"), at(running, "/b"), fetching=hasty
        )
        done.set()
    assert list(outcomes.values()) == ["timeout"]
    assert len(hasty.asked) == 2


def test_pages_for_which_a_source_has_no_time_are_left(archive, reader, monkeypatch):
    """A host that wants long pauses gives what there is time for; the rest is as if never asked."""

    async def skip(seconds):
        """A pause takes no time here."""

    monkeypatch.setattr("digest.fetch.http.client.asyncio.sleep", skip)
    paths = ["/a", "/b", "/c", "/d"]
    slow = reply(b"User-agent: *\nCrawl-delay: 8\n")
    with site(by_path({"/robots.txt": slow} | dict.fromkeys(paths, PAGE))) as running:
        items = [at(running, path) for path in paths]
        outcomes, asked, (report,) = ask(archive, reader, running, *items)
        assert asked == ["/robots.txt", *asked[1:]]
        assert list(outcomes.values()) == ["read", "read"]
        assert (report.requested_pages, report.left) == (2, 2)
        assert str(report).endswith("2 left for the next run: the time of one source was used up")
        outcomes, _, _ = ask(archive, reader, running, *items)
    assert sorted(outcomes) == ["a", "b", "c", "d"]


class HastyForPages:
    """A fetcher that waits for robots.txt as long as it takes, and hardly for a page."""

    def __init__(self, running):
        self.asked = []
        self.patient = fetcher(running, limits=HttpLimits(seconds=60))
        self.hasty = fetcher(running, limits=HttpLimits(seconds=0.1))

    async def __aenter__(self):
        return self

    async def __aexit__(self, *error):
        await self.patient.__aexit__(*error)
        await self.hasty.__aexit__(*error)

    async def get(self, request):
        self.asked.append(request.url)
        return await (self.patient if "robots" in request.url else self.hasty).get(request)


def test_a_robots_file_that_cannot_be_had_allows_nothing(archive, reader):
    """By RFC 9309; it is tried again like a page that failed."""
    with site(by_path({"/robots.txt": reply(status="500 Oops"), "/a": PAGE})) as running:
        outcomes, asked, _ = ask(archive, reader, running, at(running, "/a"))
    assert (outcomes, asked) == ({"a": "http-500"}, ["/robots.txt"])


def test_secrets_go_to_no_page(archive, reader):
    """A source's headers are for its feed alone."""
    with site(by_path({"/own": PAGE})) as own, site(by_path({"/far": PAGE})) as other:
        secret = replace(
            ACME, url=own.url("/feed"), headers={"X-Key": "s3cret", "Accept": "application/xml"}
        )
        wants = choose_articles(
            [at(own, "/own"), at(other, "/far")], [secret], {}, {}, relevant=bool, now=NOW, limit=9
        )
        read_pages(wants, archive, fetcher(own, other), reader, agent="martech-digest", now=NOW)
    assert own.requests
    assert not any("s3cret" in request for request in own.requests)
    assert not any("s3cret" in request for request in other.requests)
    assert own.header("accept", -1).startswith("text/html")


def test_a_letters_story_is_asked_for_without_who_reads_it(archive, reader):
    """The marks that newsletters put into their links stay at home."""
    letter = item(
        1, link="https://acme-news.example/1?ck_subscriber_id=7", letter="<1@acme.example>"
    )
    weekly = source(
        "Acme News", url=None, fulltext=True, mailbox=MailboxRule(path="letters", sender="a")
    )
    (want,) = choose_articles([letter], [weekly], {}, {}, relevant=bool, now=NOW, limit=9)
    assert want.url == letter.url


# ---------------------------------------------------------------- what for


def test_pages_count_in_the_fingerprint_and_survive_an_edit(archive):
    """An edition made with a page differs from one without; the feed's edits leave the page's text."""
    archive.record_attempt(SourceState("acme-news"), [item(1), item(2)], at=NOW, outcome="read")
    before = archive.load_items()
    archive.save_page(PageState(item(1).url, NOW, "read", text="From its page."))
    after = archive.load_items()
    assert fingerprint_items(before) != fingerprint_items(after)
    archive.record_attempt(
        SourceState("acme-news"), [item(1, title="Edited")], at=NOW, outcome="read"
    )
    assert [(one.title, one.fulltext) for one in archive.load_items() if one.fulltext] == [
        ("Edited", "From its page.")
    ]
    assert archive.find_items(item(1).id, "")[0].fulltext == "From its page."


def told(**more):
    tagged = TaggedItem(item(1, title=articles.TITLE, **more), tags(vendors=("Northvale",)))
    return [one.text for one in build_summary(Story("s1", (tagged,), tagged))]


def test_a_summary_takes_sentences_of_the_page_where_the_feed_has_few():
    """Word for word, with the item's address; where the feed tells enough, its words stand alone."""
    text = "\n".join(articles.ARTICLE)
    enough = "Northvale sells the hub for 900 euros a month. It is available in Austria from October 2026."
    assert told(summary="") == []
    chosen = told(summary="", fulltext=text)
    assert 2 <= len(chosen) <= 3
    assert all(one in text for one in chosen)
    assert told(summary=enough, fulltext=text) == told(summary=enough)


def test_claim_points_come_from_the_page_and_no_judgement_does():
    """What an item is judged to be is the same with and without its page."""
    plain = item(
        1,
        title="Northvale launches an AI agent for email",
        summary="The agent writes subject lines with AI.",
    )
    without = ItemJudge.load().judge_item(plain)
    page = "The agent is generally available to shops in Austria from Monday on.\nPricing"
    with_page = ItemJudge.load().judge_item(replace(plain, fulltext=page))
    assert replace(with_page, points=(), why={}) == replace(without, points=(), why={})
    assert not [point for point in without.points if point.kind == "availability"]
    assert [point.quote for point in with_page.points if point.kind == "availability"] == [
        page.splitlines()[0]
    ]


def test_figures_of_a_page_are_no_proof_where_the_feed_speaks_of_none():
    """A page is full of figures: a grade does not rise by one that stands somewhere on it."""
    plain = item(
        1,
        title="Northvale launches an AI agent for email",
        summary="The agent writes subject lines with AI.",
    )
    page = "The model was trained on 4.2 million receipts of eleven chains.\nIt replaces a team of nine people."
    assert (
        ItemJudge.load().judge_item(replace(plain, fulltext=page)).evidence
        == ItemJudge.load().judge_item(plain).evidence
    )


def test_a_source_whose_articles_cannot_be_read_is_told():
    """Where it allows them, and not for a few."""
    pulse = SourceStatus(last_success=NOW, pages={"robots": 5})
    recent = [item(1, published=NOW)]
    assert [one.kind for one in list_findings(ACME, pulse, recent, None, NOW)] == ["unread"]
    for other in (
        replace(pulse, pages={"robots": 4}),
        replace(pulse, pages={"robots": 5, "read": 1}),
    ):
        assert not list(list_findings(ACME, other, recent, None, NOW))
    assert not list(list_findings(source("Acme News"), pulse, recent, None, NOW))


# ---------------------------------------------------------------- the commands

AT = "2026-10-02T06:00:00Z"
FEED = (
    '<rss version="2.0"><channel><title>Acme</title><item><title>Northvale launches AI data hub for email marketing'
    "</title><link>{root}/hub?utm_source=rss</link><description>Northvale has a new AI hub.</description>"
    "<pubDate>Wed, 15 Jul 2026 09:00:00 GMT</pubDate></item><item><title>Our summer party</title>"
    "<link>{root}/party</link><pubDate>Thu, 16 Jul 2026 09:00:00 GMT</pubDate></item></channel></rss>"
)


def run(*args, code=0):
    result = CliRunner().invoke(cli, [str(arg) for arg in args])
    assert result.exit_code == code or isinstance(result.exception, DigestError), (
        result.output,
        result.exception,
    )
    return result


@pytest.fixture
def workspace(tmp_path):
    """Writes sources.yaml for a server."""

    def write(running, fulltext):
        (tmp_path / "sources.yaml").write_text(
            f"digest:\n  limits: {{story_floor: 0}}\n  network: {{allow_private: ['{running.place}']}}\nsources:\n  - name: Acme News\n"
            f"    url: {running.url('/feed')}\n    fulltext: {json.dumps(fulltext)}\n"
        )
        return ("--workspace", tmp_path, "--now", AT)

    return write


@pytest.fixture
def publisher():
    """A publisher with a feed that says little."""
    with site(
        lambda request, send: by_path({"/hub?utm_source=rss": PAGE, "/feed": feed})(request, send)
    ) as running:
        feed = reply(FEED.format(root=running.url("")).encode())
        yield running


def paths(running):
    return [request.split(" ")[1] for request in running.requests]


def test_nothing_is_asked_for_where_descriptions_are_switched_off(publisher, workspace, tmp_path):
    """The feed, and nothing else."""
    options = workspace(publisher, False)
    settings = tmp_path / "sources.yaml"
    settings.write_text(
        settings.read_text().replace("network: {", "network: {descriptions: false, ")
    )
    run("collect", *options, "--history", "2026-Q3")
    assert not [path for path in paths(publisher) if "hub" in path or "party" in path]


def test_a_feed_of_bare_titles_is_told_by_the_pages_descriptions(workspace, tmp_path, no_paper):
    """By default, without the extra: the relevant item's page is asked for once."""
    described = articles.page([], head=head(('name="description"', SAID)))
    bare = FEED.replace("<description>Northvale has a new AI hub.</description>", "")
    with site(
        lambda request, send: by_path(
            {"/hub?utm_source=rss": reply(described.encode()), "/feed": reply(bare.format(root=running.url("")).encode())}
        )(request, send)
    ) as running:  # fmt: skip
        options = workspace(running, False)
        for _ in range(2):
            run("collect", *options, "--history", "2026-Q3")
        assert [path for path in paths(running) if "hub" in path or "party" in path] == [
            "/hub?utm_source=rss"
        ]
    run("build", "2026-Q3", *options)
    edition = json.loads((tmp_path / "output" / "2026-Q3" / "edition.json").read_text())
    (story,) = (one for section in edition["sections"] for one in section["stories"])
    assert [one["text"] for one in story["summary"]] == [SAID]


@pytest.mark.whole
def test_collect_reads_the_article_and_the_edition_quotes_it(
    publisher, workspace, tmp_path, no_paper
):
    """Once, of the relevant item only; the same edition twice; collect and health count it."""
    options = workspace(publisher, True)
    (row,) = json.loads(run("collect", *options, "--history", "2026-Q3", "--json").stdout)
    assert (row["pages"], row["pages_read"]) == (1, 1)
    assert "1 of 1 article read" in row["notes"]
    assert [path for path in paths(publisher) if "hub" in path] == ["/hub?utm_source=rss"]
    run("collect", *options, "--history", "2026-Q3")
    assert len([path for path in paths(publisher) if "hub" in path]) == 1
    editions = []
    for _ in range(2):
        run("build", "2026-Q3", *options)
        editions.append(
            {path.name: path.read_bytes() for path in (tmp_path / "output" / "2026-Q3").iterdir()}
        )
    assert editions[0] == editions[1]
    sections = json.loads(editions[0]["edition.json"])["sections"]
    (story,) = (one for section in sections for one in section["stories"])
    quoted = [one for one in story["summary"] if one["text"] in articles.ARTICLE]
    assert quoted
    assert {one["url"] for one in quoted} == {f"http://{publisher.place}/hub"}
    row = json.loads(run("sources", "health", "2026-Q3", *options, "--json", code=3).stdout)[0]
    assert row["articles"] == {"read": 1}
    assert (
        "its page    read on 2026-10-02"
        in run("explain", f"https://{publisher.place}/hub", *options).stdout
    )


def test_run_reads_articles_before_it_builds(publisher, workspace, tmp_path, no_paper):
    """And its log counts them."""
    run("run", *workspace(publisher, True))
    events = json.loads((tmp_path / "output" / "run.json").read_text())["events"]
    assert [event["message"] for event in events if event["event"] == "articles"] == [
        "1 of 1 article read"
    ]
    edition = (tmp_path / "output" / "2026-Q3" / "edition.json").read_text()
    assert any(json.dumps(one, ensure_ascii=False)[1:-1] in edition for one in articles.ARTICLE)


def test_without_the_extra_collecting_goes_on(publisher, workspace, monkeypatch):
    """What, where, and what to do: in collect and in doctor."""
    options = workspace(publisher, True)
    monkeypatch.setattr("digest.config.sources.find_spec", lambda name: None)
    monkeypatch.setattr(ArticleReader, "starts", lambda self: False)
    result = run("collect", *options, "--history", "2026-Q3")
    assert "source Acme News: fulltext needs trafilatura" in result.stderr
    assert suggest_install("fulltext") in result.stderr
    assert "1 of 1 source read, 2 new items" in result.stderr
    told = json.loads(run("doctor", *options, "--json", code=1).stdout)
    assert "trafilatura" in next(row["fault"] for row in told if row["check"] == "sources.yaml")
    assert "trafilatura" in next(row["fault"] for row in told if row["check"] == "articles")


def test_the_doctor_reads_an_article(publisher, workspace, monkeypatch):
    """It tries the extra, and does not only look for it."""
    options = workspace(publisher, True)
    told = {
        row["check"]: row["fault"] for row in json.loads(run("doctor", *options, "--json").stdout)
    }
    assert told["articles"] == ""

    def refuse(self, page, title):
        raise ParseError("too little text", kind="too-short")

    monkeypatch.setattr(ArticleReader, "extract_article", refuse)
    told = {
        row["check"]: row["fault"]
        for row in json.loads(run("doctor", *options, "--json", code=1).stdout)
    }
    assert "too little text" in told["articles"]


def test_a_source_that_is_off_needs_no_extra(monkeypatch):
    """And neither does one that does not ask for it."""
    monkeypatch.setattr("digest.config.sources.find_spec", lambda name: None)
    text = "sources:\n  - {name: A, url: https://a.example/feed, fulltext: true, enabled: false}\n"
    other = "  - {name: B, url: https://b.example/feed}\n"
    assert parse_sources(text + other, {}).warnings == ()
