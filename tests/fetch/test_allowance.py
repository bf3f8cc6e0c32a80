"""How long strangers may have us for one source, whatever is asked for its sake."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.app.collect import CollectionOptions, HistoryOptions, SourceReport, collect_sources
from digest.archive import Archive
from digest.errors import FetchError, ParseError
from digest.fetch.allowance import TimeAllowance, allow_time
from digest.fetch.http.client import HttpLimits, HttpRequest, fetch_or_error
from digest.fetch.http.shared import SharedAnswers
from digest.fetch.read.parser_process import ParserProcess
from digest.model.retrieved import FeedEntry, Retrieved
from digest.model.source import MailboxRule, ReadingRule, Source
from tests.factories.items import NOW, START, source
from tests.factories.servers import Site, by_path, fetcher, reply, site

PATIENT = HttpLimits(seconds=5, pause=0)
QUARTER = datetime(2026, 7, 1, tzinfo=UTC)


@contextmanager
def stalling(answers: dict[str, bytes]) -> Iterator[Site]:
    """A site that answers these paths, and keeps whoever asks for another one waiting."""
    over = threading.Event()

    def answer(request: str, send: Callable[[bytes], None]) -> None:
        found = answers.get(request.split(" ")[1])
        if found is None:
            over.wait()
        else:
            send(found)

    with site(answer) as running:
        try:
            yield running
        finally:
            over.set()


def list_asked(running: Site) -> list[str]:
    return [request.split(" ")[1] for request in running.requests]


def ask_all(running: Site, *paths: str) -> list[FetchError]:
    """The faults of a source's requests, one after the other, within 0.3 s."""
    allowance = TimeAllowance(0.3)

    async def ask() -> list[Retrieved | FetchError]:
        async with fetcher(running, limits=PATIENT) as client:
            with allow_time(allowance):
                requests = [HttpRequest("acme", running.url(path)) for path in paths]
                return [await fetch_or_error(client, request) for request in requests]

    found = [answer for answer in asyncio.run(ask()) if isinstance(answer, FetchError)]
    assert allowance.spent < PATIENT.seconds
    return found


# ---------------------------------------------------------------- what counts


def test_what_runs_at_once_counts_once() -> None:
    now = 0.0
    allowance = TimeAllowance(10, timer=lambda: now)
    with allowance.running():
        now = 2
        with allowance.running():
            now = 5
        assert (allowance.spent, allowance.left) == (5, 5)
    now = 100
    assert allowance.spent == 5
    allowance.spend(3)
    allowance.check("it", seconds=1)
    with pytest.raises(FetchError, match="it was not asked for: the 10 s that one source"):
        allowance.check("it", seconds=2)


@pytest.mark.whole
def test_a_server_that_never_answers_is_waited_for_once() -> None:
    """Though each of its requests would be waited for much longer."""
    with stalling({}) as running:
        first, second = ask_all(running, "/a", "/b")
    assert (first.kind, second.kind) == ("timeout", "no-time")
    assert "the 0.3 s that one source may take were used up" in str(first)
    assert list_asked(running) == ["/a"]


@pytest.mark.whole
def test_redirects_share_the_time() -> None:
    with stalling({"/a": reply(status="302 Found", Location="/b")}) as running:
        found = ask_all(running, "/a", "/a")
    assert [fault.kind for fault in found] == ["timeout", "no-time"]
    assert list_asked(running) == ["/a", "/b"]


def test_a_pause_that_a_host_asks_for_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each source pays its own: what it waits for others of its host does not count."""

    async def skip(seconds: float) -> None:
        """A pause takes no time here."""

    monkeypatch.setattr("digest.fetch.http.client.asyncio.sleep", skip)
    with site(by_path({"/a": reply(b"a")})) as running:

        async def ask(client: object, count: int) -> list[str]:
            request = HttpRequest("acme", running.url("/a"), pause=5)
            with allow_time(TimeAllowance(12)):
                found = [await fetch_or_error(client, request) for _ in range(count)]  # type: ignore[arg-type]
            return [getattr(one, "kind", "") for one in found]

        async def ask_as_two_sources() -> tuple[list[str], list[str]]:
            async with fetcher(running, limits=PATIENT) as client:
                return await ask(client, 4), await ask(client, 3)

        first, second = asyncio.run(ask_as_two_sources())
    assert first == ["", "", "", "no-time"]  # before the first of all there is no pause
    assert second == ["", "", "no-time"]


@pytest.mark.whole
@pytest.mark.parametrize("items", [500, 20_000], ids=["here", "in a process of its own"])
def test_what_is_parsed_counts(items: int) -> None:
    allowance = TimeAllowance()
    with ParserProcess() as parsers, allow_time(allowance), suppress(ParseError):
        parsers.parse_feed(b"<rss>" + b"<item/>" * items, "", "https://acme.example/feed")
    assert allowance.spent > 0


# ---------------------------------------------------------------- what several sources want


@pytest.mark.whole
def test_a_source_without_time_takes_no_answer_from_the_others() -> None:
    """What they want all is asked for once; each waits for it as long as it may."""
    over = threading.Event()

    def answer(request: str, send: Callable[[bytes], None]) -> None:
        over.wait()
        send(reply(b"User-agent: *"))

    with site(answer) as running:

        async def ask_twice() -> tuple[Retrieved | FetchError, Retrieved | FetchError]:
            async with fetcher(running, limits=PATIENT) as client:
                shared = SharedAnswers(client)
                request = HttpRequest("acme", running.url("/robots.txt"))
                with allow_time(TimeAllowance(0.2)):
                    hasty = await shared.get(request)
                over.set()
                with allow_time(TimeAllowance(60)) as allowance:
                    patient = await shared.get(request)
                assert allowance.spent < 60
                return hasty, patient

        hasty, patient = asyncio.run(ask_twice())
    assert isinstance(hasty, FetchError)
    assert hasty.kind == "timeout"
    assert isinstance(patient, Retrieved)
    assert len(running.requests) == 1


# ---------------------------------------------------------------- a source in a run


def feed(day: int, links: str = "") -> bytes:
    entry = (
        f"<entry><title>Day {day}</title><link href='/{day}'/>"
        f"<published>2026-07-{day:02}T09:00:00Z</published></entry>"
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'>{links}{entry}</feed>".encode()


class Trusting:
    """A fetcher that lets links of letters lead to this machine, where these sites are."""

    def __init__(self, running: Site) -> None:
        self._inner = fetcher(running, limits=PATIENT)

    async def __aenter__(self) -> Trusting:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._inner.__aexit__(*error)

    async def get(self, request: HttpRequest) -> Retrieved:
        return await self._inner.get(replace(request, origin=None))


def collect(
    folder: Path,
    running: Site,
    *sources: Source,
    letters: tuple[FeedEntry, ...] = (),
    history: HistoryOptions | None = None,
) -> tuple[list[SourceReport], list[str]]:
    """What a run reports of these sources, and the titles that the archive then has."""
    with Archive.open(folder / "archive.db") as archive:
        reports = collect_sources(
            sources,
            archive,
            Trusting(running),
            CollectionOptions(
                read_newsletters=lambda source, state: (letters, state, ()),
                detect=lambda title, summary, stated: stated or "en",
                now=NOW,
                seconds=0.4,
                history=history,
            ),
        ).reports
        return list(reports), [item.title for item in archive.load_items()]


@pytest.mark.whole
def test_slow_robots_and_redirects_of_a_page_cost_one_source(tmp_path: Path) -> None:
    """It is told, and the other source of the same host is read."""
    answers = {
        "/robots.txt": reply(status="404 Not Found"),
        "/news": reply(status="302 Found", Location="/later"),
        "/feed": reply(feed(9)),
    }
    with stalling(answers) as running:
        page = source("Slow Page", url=running.url("/news"), reading=ReadingRule("page"))
        fine = source("Fine Feed", url=running.url("/feed"))
        (slow, good), titles = collect(tmp_path, running, page, fine)
    assert slow.outcome == "timeout"
    assert "the 0.4 s that one source may take were used up" in slow.problem
    assert "digest.limits.source_seconds" in slow.mend
    assert (good.outcome, titles) == ("read", ["Day 9"])
    assert PATIENT.seconds > slow.server_seconds > good.server_seconds > 0


@pytest.mark.whole
def test_the_links_of_a_letter_share_its_time(tmp_path: Path) -> None:
    """The letter is kept with the links that it gave, and the rest is counted."""
    with stalling({}) as running:
        hidden = [running.url(f"/ls/click?upn=u001.{'abcdefghij' * 6}{n}") for n in range(3)]
        letters = tuple(
            FeedEntry(link, f"Story {n}", "Words.", "", START, letter="<1@x.example>")
            for n, link in enumerate(hidden)
        )
        rule = MailboxRule(path="letters", sender="weekly@x.example", follow_links=True)
        weekly = source("Weekly", url=None, mailbox=rule)
        (report,), titles = collect(tmp_path, running, weekly, letters=letters)
    assert report.outcome == "read"
    assert report.notes == ("3 of 3 hidden links kept their target (1 timeout, 2 no-time)",)
    assert len(titles) == 3
    assert len(running.requests) == 1


@pytest.mark.whole
def test_history_has_a_time_of_its_own_and_goes_on_at_the_next_run(tmp_path: Path) -> None:
    """What came is kept; the slow page is asked for again, and no other before it."""
    answers = {
        "/robots.txt": reply(status="404 Not Found"),
        "/feed": reply(feed(20, "<link rel='next' href='/2'/>")),
        "/2": reply(feed(15, "<link rel='next' href='/3'/>")),
    }
    history = HistoryOptions(QUARTER, NOW, "martech-digest", seconds=0.3)
    with stalling(answers) as running:
        acme = source("Acme", url=running.url("/feed"))
        (report,), titles = collect(tmp_path, running, acme, history=history)
        asked = list_asked(running)
        assert asked[-1] == "/3"
        assert sorted(titles) == ["Day 15", "Day 20"]
        (note,) = [note for note in report.notes if "history" in note]
        assert "the limit of time for its history was reached with 1 pages to go" in note
        assert report.history_seconds > 0
        answers["/3"] = reply(feed(1))
        del running.requests[:]
        _, titles = collect(tmp_path, running, acme, history=replace(history, seconds=60))
    assert list_asked(running)[1:2] == ["/3"]
    assert sorted(titles) == ["Day 1", "Day 15", "Day 20"]
