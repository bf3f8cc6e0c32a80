"""Reaching back over real sockets: a publisher of our own, and the replayed ones."""

import asyncio
import json
import sys
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from digest.errors import FetchError
from digest.fetch.backfill.coverage import CoverageState, find_gaps
from digest.fetch.backfill.plan import is_backfill_settled
from digest.fetch.backfill.run import (
    Backfill,
    BackfillRequest,
    BackfillResult,
    build_source_request,
    find_feeds,
)
from digest.fetch.http.client import Fetcher, HttpLimits, HttpRequest, fetch_all
from digest.fetch.read.feeds import parse_feed
from digest.fetch.read.parser_process import (
    UNBOUNDED_PARSERS,
    DocumentParsers,
    UnboundedParsers,
)
from digest.model.retrieved import Retrieved, Validators
from digest.model.source import Source
from digest.urls import canonical_url
from tests.factories.servers import always, by_path, fetcher, reply, site

SHARED = Path(__file__).parents[2] / ".." / "shared"
START, END = datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)
FRESH = CoverageState()
AS_OF = datetime(2026, 8, 8, 6, tzinfo=UTC)


def feed(day: int, links: str = "") -> bytes:
    entry = f"<entry><title>Day {day}</title><link href='/{day}'/><published>2026-07-{day:02}T09:00:00Z</published></entry>"
    return f"<feed xmlns='http://www.w3.org/2005/Atom'>{links}{entry}</feed>".encode()


def errand(
    source: Source, answer: Retrieved | FetchError, state: CoverageState = FRESH
) -> BackfillRequest:
    assert isinstance(answer, Retrieved)
    return BackfillRequest(
        source, parse_feed(answer.body, answer.content_type, answer.url), answer, state
    )


def reach_back(
    client: Fetcher,
    errands: Sequence[BackfillRequest],
    parsers: DocumentParsers = UNBOUNDED_PARSERS,
) -> list[BackfillResult]:
    """What one run finds of the quarter, in the order of the errands."""

    async def every() -> list[BackfillResult]:
        async with client:
            reach = Backfill(client, agent="martech-digest", parsers=parsers)
            return list(await asyncio.gather(*(reach.run(one, START, END) for one in errands)))

    return asyncio.run(every())


def test_secrets_go_to_the_feeds_own_origin_only() -> None:
    """The feed moved to another port and its older pages are there: they are read without the headers."""
    pages = by_path({"/2": reply(feed(2)), "/feed": reply(feed(9, "<link rel='next' href='/2'/>"))})
    with site(pages) as new, site(always(reply(status="302 Found", Location=new.url()))) as old:
        source = Source("Acme", "acme", old.url(), headers={"X-Key": "s3cret"})

        (answer,) = fetch_all(
            fetcher(old, new), [HttpRequest("acme", old.url(), headers=source.headers)]
        )
        (reached,) = reach_back(fetcher(old, new), [errand(source, answer)])
    assert [entry.title for entry in reached.entries] == ["Day 2"]
    assert "s3cret" in old.requests[0]
    assert not any("s3cret" in request for request in new.requests)


def test_the_older_pages_of_a_source_are_read_while_those_of_another_are() -> None:
    """Each waits in its parser for the other one: neither keeps the run from going on."""
    both = threading.Barrier(2, timeout=10)

    class Meeting(UnboundedParsers):
        def parse_feed(self, *arguments: Any, **named: Any) -> Any:
            both.wait()
            return parse_feed(*arguments, **named)

    pages = by_path({"/2": reply(feed(2)), "/feed": reply(feed(9, "<link rel='next' href='/2'/>"))})
    with site(pages) as acme, site(pages) as bolt:
        sources = [Source("Acme", "acme", acme.url()), Source("Bolt", "bolt", bolt.url())]
        answers = fetch_all(
            fetcher(acme, bolt), [HttpRequest(one.slug, one.url or "") for one in sources]
        )
        errands = [errand(one, answer) for one, answer in zip(sources, answers, strict=True)]
        found = reach_back(fetcher(acme, bolt), errands, Meeting())
    assert [[entry.title for entry in one.entries] for one in found] == [["Day 2"]] * 2


# ---------------------------------------------------------------- the replayed publishers


@pytest.fixture(scope="module")
def replay() -> Iterator[Any]:
    if not (SHARED / "tools" / "replay.py").is_file():
        pytest.skip("the replayed publishers are not beside the repository")
    sys.path.insert(0, str(SHARED / "tools"))
    try:
        import replay as module
    finally:
        sys.path.pop(0)
    items = SHARED / "real" / "items.jsonl"
    args = SimpleNamespace(
        items=str(items), port=0, as_of="2026-08-07", window=10, latency_ms=0, log=None
    )
    with module.Replay(args) as server:
        threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        ).start()
        yield server
        server.shutdown()


def sources(replay: Any) -> list[Source]:
    return [Source(one.name, slug, f"{one.root}feed") for slug, one in replay.sites.items()]


def replayed(replay: Any) -> Fetcher:
    return Fetcher(
        user_agent="martech-digest/0",
        now=lambda: AS_OF,
        limits=HttpLimits(per_host=4),
        allow_private=[f"127.0.0.1:{replay.server_port}"],
    )


@pytest.mark.whole
def test_the_quarter_is_whole_from_one_run(replay: Any) -> None:
    """All that one run can reach of every publisher is there, once and nothing else; the second run asks for no more
    than the feeds."""

    def run(states: dict[str, CoverageState]) -> dict[str, tuple[list[str], BackfillResult]]:
        every = sources(replay)
        answers = fetch_all(
            replayed(replay), [HttpRequest(source.slug, source.url or "") for source in every]
        )
        errands = [errand(*pair, states[pair[0].slug]) for pair in zip(every, answers, strict=True)]
        results = reach_back(replayed(replay), errands)
        return {
            one.source.slug: (
                [
                    entry.link
                    for entry in (*one.document.entries, *got.entries)
                    if (entry.published or END) >= START
                ],
                got,
            )
            for one, got in zip(errands, results, strict=True)
        }

    first = run(dict.fromkeys(replay.sites, FRESH))
    log, replay.seen = replay.seen, []
    for slug, (links, reached) in first.items():
        publisher = replay.sites[slug]
        of_quarter = [item for item in publisher.items if START <= item.when <= AS_OF]
        exist = {canonical_url(publisher.link(item)) for item in of_quarter}
        there = [canonical_url(link) for link in links]
        assert len(there) == len(set(there)), slug
        assert set(there) <= exist, slug
        if publisher.kind != "plain":
            assert set(there) == exist, slug
            assert reached.state.way == "none" or not find_gaps(reached.state, START, END), slug
        asked = [row["path"] for row in log if row["path"].startswith(f"/{slug}/")]
        pages = len(exist) if publisher.kind == "sitemap" else -(-len(exist) // publisher.window)
        assert len(asked) - 1 <= max(1, pages) + 2, (slug, asked)
        assert len(set(asked)) == len(asked), slug
    states = {
        slug: CoverageState.from_json(json.loads(json.dumps(reached.state.to_json())))
        for slug, (_, reached) in first.items()
    }
    second = run(states)
    assert all(is_backfill_settled(state, START, END, AS_OF) for state in states.values())
    assert sum(reached.requests for _, reached in second.values()) == 0
    assert len(replay.seen) == len(replay.sites)
    assert sum(row["path"] == "/robots.txt" for row in log) == 1


@pytest.mark.whole
def test_every_publishers_feed_is_found_from_its_home_page(replay: Any) -> None:
    async def run() -> list[str]:
        async with replayed(replay) as one:
            found = await asyncio.gather(
                *(find_feeds(one, publisher.root) for publisher in replay.sites.values())
            )
        return [discovered.feeds[0].url for discovered in found]

    assert asyncio.run(run()) == [publisher.root + "feed" for publisher in replay.sites.values()]


def test_an_unchanged_feed_costs_no_body(replay: Any) -> None:
    async def run() -> tuple[Validators, int]:
        async with replayed(replay) as one:
            source = sources(replay)[0]
            assert source.url
            first = await one.get(HttpRequest(source.slug, source.url))
            second = await one.get(HttpRequest(source.slug, source.url, first.validators))
        return first.validators, second.status

    validators, status = asyncio.run(run())
    assert validators.etag
    assert status == 304


@pytest.mark.parametrize(
    ("url", "goes_along"),
    [
        ("https://shared.example/acme/feed", True),
        ("https://shared.example/acme/feed/?page=2", True),
        ("https://shared.example/robots.txt", False),
        ("https://shared.example/", False),
        ("https://shared.example/other/feed", False),
        ("https://shared.example:8443/acme/feed", False),
        ("http://shared.example/acme/feed", False),
    ],
)
def test_secret_headers_go_to_the_feed_alone(url, goes_along):
    """On a shared host every other path belongs to somebody else."""
    source = Source("Acme", "acme", "https://shared.example/acme/feed", headers={"X-Key": "s3cret"})
    assert bool(build_source_request(source, url).headers) is goes_along


def test_what_a_source_leads_to_says_so():
    """Private addresses that the team may read are for its own sources."""
    asked = build_source_request(Source("Acme", "acme", "https://acme.example/feed"), "http://a/b")
    assert asked.origin == "https://acme.example/feed"
    assert build_source_request(Source("Letters", "letters", None), "http://a/b").origin == ""
