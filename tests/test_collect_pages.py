"""Collecting pages without a feed: robots.txt first, and a changed layout is told."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urljoin

import pytest

from digest.app.collect import CollectionOptions, HistoryOptions, SourceReport, collect_sources
from digest.app.page_sources import PageGate
from digest.archive import Archive
from digest.decide.source_health import SourceStatus, list_findings
from digest.errors import FetchError
from digest.fetch.http.client import HttpRequest
from digest.model.retrieved import Retrieved, Validators
from digest.model.source import ReadingRule, Source
from tests.factories.items import NOW
from tests.factories.items import source as make_source

NEWS = "https://site.example/news"
ROBOTS = "https://site.example/robots.txt"
PAGE = replace(make_source("Site"), url=NEWS, reading=ReadingRule(kind="page"))


def page(days: range, month: int = 7, links: str = "") -> bytes:
    rows = "".join(
        f"<li><a href='/news/{month}-{n}'>Consent records move to one place, part {n}</a> "
        f"<time datetime='2026-{month:02}-{n:02}'></time></li>"
        for n in days
    )
    return f"<html><body><ul>{rows}</ul>{links}</body></html>".encode()


class Site:
    """A host that answers from a table of addresses, and notes what it was asked for."""

    def __init__(self, pages: dict[str, bytes]) -> None:
        self.pages, self.asked, self.verified = pages, list[str](), dict[str, bool]()

    async def __aenter__(self) -> "Site":
        return self

    async def __aexit__(self, *error: object) -> None:
        return None

    async def get(self, request: HttpRequest) -> Retrieved:
        self.asked.append(request.url)
        self.verified[request.url] = request.verify
        body = self.pages.get(request.url)
        if body is None:
            raise FetchError("not there", kind="http-404")
        return Retrieved(
            request.source, request.url, request.url, 200, body, "text/html", Validators(), NOW
        )


@pytest.fixture
def archive(archive_place):
    with Archive.open(archive_place) as opened:
        yield opened


def collect(
    archive, site: Site, now: datetime = NOW, back_to=None, source: Source = PAGE
) -> SourceReport:
    history = HistoryOptions(back_to, now, "martech-digest") if back_to else None
    reports = collect_sources(
        [source],
        archive,
        site,
        CollectionOptions(
            read_newsletters=lambda source, state: ((), state, ()),
            detect=lambda title, summary, stated: stated or "en",
            now=now,
            history=history,
        ),
    ).reports
    return reports[0]


def test_a_page_is_read_after_its_robots_txt(archive) -> None:
    site = Site({NEWS: page(range(1, 7))})
    assert collect(archive, site).new == 6
    assert site.asked == [ROBOTS, NEWS]


def test_certificates_that_the_team_lets_pass_are_those_of_its_own_host(archive) -> None:
    """Not those of the host that a page redirects to, whose robots.txt is asked for."""
    elsewhere = "https://elsewhere.example/robots.txt"
    site = Site({ROBOTS: b"", elsewhere: b""})
    gate = PageGate(site, "martech-digest")
    careless = replace(PAGE, tls_verify=False)
    asyncio.run(gate.check_page(careless, NEWS))
    asyncio.run(gate.check_page(careless, urljoin(elsewhere, "/news")))
    assert site.verified == {ROBOTS: False, elsewhere: True}


def test_a_page_that_robots_txt_forbids_is_not_asked_for(archive) -> None:
    site = Site({NEWS: page(range(1, 7)), ROBOTS: b"User-agent: *\nDisallow: /news"})
    report = collect(archive, site)
    assert (report.outcome, site.asked) == ("robots", [ROBOTS])


def test_a_changed_layout_is_a_failure_that_says_what_the_page_gave_before(archive) -> None:
    collect(archive, Site({NEWS: page(range(1, 7))}))
    report = collect(archive, Site({NEWS: b"<html>new</html>"}), NOW + timedelta(days=7))
    assert report.outcome == "layout-changed"
    assert "gave 6 entries 7 days ago, 0 today" in report.problem
    state = archive.load_source_states()["site"]
    status = SourceStatus(kind=state.kind, problem=state.problem, failures=state.failures)
    [finding] = list_findings(PAGE, status, (), None, NOW)
    assert finding.kind == "changed"
    assert "select:" in finding.mend
    later = collect(archive, Site({NEWS: b"<html>new</html>"}), NOW + timedelta(days=8))
    assert "gave 6 entries 8 days ago" in later.problem


def test_a_page_that_never_gave_entries_says_how_to_name_them(archive) -> None:
    report = collect(archive, Site({NEWS: b"<html>nothing</html>"}))
    assert report.outcome == "no-list"
    assert "select:" in report.mend


def test_a_list_that_shrinks_much_is_told(archive) -> None:
    collect(archive, Site({NEWS: page(range(1, 13))}))
    report = collect(archive, Site({NEWS: page(range(1, 4))}), NOW + timedelta(days=2))
    assert "gave 12 entries 2 days ago, 3 now: its layout may have changed" in report.notes


def test_history_follows_the_numbered_pages_that_robots_txt_allows(archive) -> None:
    older = "<nav><a href='/news?page={}'>Older</a></nav>"
    pages = {
        NEWS: page(range(10, 16), links=older.format(2)),
        f"{NEWS}?page=2": page(range(1, 8), links=older.format(3)),
        f"{NEWS}?page=3": page(range(1, 8), month=6),
    }
    start = datetime(2026, 7, 1, tzinfo=NOW.tzinfo)
    report = collect(archive, Site(pages), back_to=start)
    assert report.new >= 13
    fenced = Site(pages | {ROBOTS: b"User-agent: *\nDisallow: /news?page="})
    collect(archive, fenced, back_to=start - timedelta(days=90))
    assert f"{NEWS}?page=2" not in fenced.asked


def test_another_rule_reads_the_same_answer_anew(archive) -> None:
    site = Site({NEWS: page(range(1, 7))})
    assert collect(archive, site).outcome == "read"
    assert collect(archive, site).outcome == "unchanged"
    select = {"item": "li", "title": "time"}  # gives nothing: a <time> without text
    changed = replace(PAGE, reading=ReadingRule(kind="page", select=select))
    assert collect(archive, site, source=changed).outcome == "layout-changed"
