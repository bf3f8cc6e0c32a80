"""Fetching, against servers on loopback that behave and misbehave."""

import asyncio
import gzip
import logging
import random
import socket
import ssl
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpcore
import pytest
import trustme
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from digest.errors import FetchError
from digest.fetch.http.client import HttpLimits, HttpRequest, fetch_all
from digest.fetch.http.exchange import (
    HttpResponse,
    build_first_hop,
    follow_redirect,
    parse_retry_after,
)
from digest.model.retrieved import Retrieved, Validators
from tests.factories.servers import NOW, Script, Site, always, by_path, fetch, fetcher, reply, site

FEED = b"<rss version='2.0'><channel><title>Acme</title></channel></rss>"


def refused(result: object) -> FetchError:
    assert isinstance(result, FetchError), result
    return result


# ---------------------------------------------------------------- what comes back


def test_an_answer_carries_body_type_validators_and_time() -> None:
    """What a server says is handed on; header names are lower-case, cookies are not kept."""
    answer = reply(
        FEED,
        Content_Type="application/rss+xml",
        ETag='W/"a b"',
        Last_Modified="yesterday",
        Set_Cookie="id=1",
    )
    with site(always(answer)) as acme:
        result = fetch(acme.url(), acme)
    assert (result.status, result.body, result.content_type) == (200, FEED, "application/rss+xml")
    assert result.validators == Validators('W/"a b"', "yesterday")
    assert (result.source, result.retrieved, result.url) == ("acme", NOW, acme.url())
    assert result.moved_to is None
    assert result.problems == ()
    assert "set-cookie" not in result.headers
    assert acme.header("user-agent") == "martech-digest/0 (test)"


@pytest.mark.parametrize("etag", ['"plain"', 'W/"weak"', "unquoted", '"caf\xe9"', '"a","b"', '""'])
def test_validators_go_back_byte_for_byte(etag: str) -> None:
    """An ETag is an opaque string of bytes, and 304 to it is an answer without a body."""
    with site(
        always(reply(FEED, ETag=etag, Last_Modified="Tue, 1 Sep 2026 00:00:00 +0000"))
    ) as acme:
        validators = fetch(acme.url(), acme).validators
    with site(always(reply(status="304 Not Modified", length=False))) as acme:
        result = fetch(acme.url(), acme, validators=validators)
    assert result.not_modified
    assert result.body == b""
    assert acme.header("if-none-match") == etag
    assert acme.header("if-modified-since") == "Tue, 1 Sep 2026 00:00:00 +0000"


def test_unchanged_without_a_stored_copy_is_asked_again_in_full() -> None:
    """A 304 that no validator asked for comes from a cache on the way; one request goes past it."""

    def script(request: str, send: object) -> None:
        send(
            reply(FEED) if "no-cache" in request else reply(status="304 Not Modified", length=False)
        )  # type: ignore[operator]

    with site(script) as acme:
        assert fetch(acme.url(), acme).body == FEED
    assert len(acme.requests) == 2
    with site(always(reply(status="304 Not Modified", length=False))) as stubborn:
        assert refused(fetch(stubborn.url(), stubborn)).kind == "http-304"
    assert len(stubborn.requests) == 2


@pytest.mark.parametrize(
    "coding",
    ["gzip", "x-gzip", "deflate", "deflate-bare", "gzip, gzip", "identity", "gzip-label-only"],
)
def test_content_codings_are_undone(coding: str) -> None:
    bare = zlib.compressobj(wbits=-15)
    bodies = {
        "gzip": gzip.compress(FEED), "x-gzip": gzip.compress(FEED), "deflate": zlib.compress(FEED),
        "deflate-bare": bare.compress(FEED) + bare.flush(), "gzip, gzip": gzip.compress(gzip.compress(FEED)),
        "identity": FEED, "gzip-label-only": FEED,
    }  # fmt: skip
    label = {"deflate-bare": "deflate", "gzip-label-only": "gzip"}.get(coding, coding)
    with site(always(reply(bodies[coding], Content_Encoding=label))) as acme:
        result = fetch(acme.url(), acme)
    assert result.body == FEED
    assert result.problems == ()


# ---------------------------------------------------------------- bounds


@pytest.mark.whole
def test_a_bomb_is_stopped_with_flat_memory() -> None:
    """1 MB that would become 1 GB, doubly compressed or not, costs a few times the cap and no more."""
    inner = gzip.compress(bytes(64 * 2**20), 9)
    for body, coding in (
        (inner, "gzip"),
        (gzip.compress(inner, 9), "gzip, gzip"),
        (zlib.compress(bytes(2**26)), "deflate"),
    ):
        with site(always(reply(body, Content_Encoding=coding))) as acme:
            tracemalloc.start()
            error = refused(
                fetch(acme.url(), acme, limits=HttpLimits(seconds=10, body_bytes=2**20))
            )
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert error.kind == "too-large"
        assert "1 MiB" in str(error)
        assert peak < 8 * 2**20


def test_an_endless_body_is_stopped_at_the_cap() -> None:
    def script(request: str, send: object) -> None:
        send(reply(length=False))  # type: ignore[operator]
        while True:
            send(b"x" * 65536)  # type: ignore[operator]

    with site(script) as acme:
        assert (
            refused(fetch(acme.url(), acme, limits=HttpLimits(seconds=10, body_bytes=2**20))).kind
            == "too-large"
        )


def test_what_comes_over_the_line_is_capped_too() -> None:
    """Compressed bytes that stand for nothing never reach the cap on what they stand for."""
    nothing = b"\x00\x00\x00\xff\xff" * 10_000  # empty blocks of deflate

    def script(request: str, send: object) -> None:
        send(reply(b"\x1f\x8b\x08" + bytes(7), length=False, Content_Encoding="gzip"))  # type: ignore[operator]
        while True:
            send(nothing)  # type: ignore[operator]

    with site(script) as acme:
        limits = HttpLimits(seconds=3, body_bytes=2**20)
        assert refused(fetch(acme.url(), acme, limits=limits)).kind == "too-large"


@pytest.mark.whole
@pytest.mark.parametrize("slow", ["headers", "drip", "stalled"])
def test_the_whole_request_has_one_limit(slow: str) -> None:
    """Slow headers, a byte now and then and a stalled body end at the limit; the other source is not harmed."""
    stop = threading.Event()

    def script(request: str, send: object) -> None:
        if slow != "headers":
            send(reply(FEED * 100)[:-1000])  # type: ignore[operator]
        while slow != "stalled" and not stop.wait(0.02):
            send(b"x" if slow == "drip" else b"")  # type: ignore[operator]
        stop.wait()  # for ever, had the fetcher no limit

    with site(script) as slug, site(always(reply(FEED))) as fine:
        both = fetcher(slug, fine, limits=HttpLimits(seconds=2))
        late, good = fetch_all(
            both, [HttpRequest("slug", slug.url()), HttpRequest("fine", fine.url())]
        )
        stop.set()
    assert refused(late).kind == "timeout"
    assert isinstance(good, Retrieved)


@pytest.mark.whole
def test_waiting_for_a_slot_does_not_count_against_the_limit(httpserver: HTTPServer) -> None:
    """Ten requests of one host, two at once, each within the limit: all are answered though the whole takes longer."""
    at_work, most, lock = 0, 0, threading.Lock()

    def handler(request: Request) -> Response:
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
        time.sleep(0.15)
        with lock:
            at_work -= 1
        return Response(FEED)

    httpserver.expect_request("/feed").respond_with_handler(handler)
    limits = HttpLimits(per_host=2, seconds=0.6)
    slow = fetcher(limits=limits, allow_private=[f"{httpserver.host}:{httpserver.port}"])
    results = fetch_all(
        slow, [HttpRequest(f"s{n}", httpserver.url_for("/feed")) for n in range(10)]
    )
    assert [type(result) for result in results] == [Retrieved] * 10
    assert most <= 2


def test_a_host_is_given_a_pause_between_two_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pause it asks for, else a usual one, half of it by chance; the team's own hosts none."""
    waits: list[float] = []

    async def note(seconds: float) -> None:
        waits.append(round(seconds))

    monkeypatch.setattr("digest.fetch.http.client.asyncio.sleep", note)
    with site(by_path({"/a": reply(b"a")})) as acme:
        asked = [HttpRequest("a", acme.url("/a"), pause=seconds) for seconds in (0, 5, 5, 0)]
        fetch_all(fetcher(acme, limits=HttpLimits(per_host=1)), asked)
        assert waits == [0, 5, 10, 10]
    waits.clear()
    limits = HttpLimits(pause=2)
    elsewhere = fetcher(limits=limits, allow_private=[], chance=lambda: 1.0)
    fetch_all(elsewhere, [HttpRequest("a", "http://no-such-host.example/a")] * 3)
    assert waits == [0, 2, 4]


def test_answers_stand_in_the_order_of_the_requests() -> None:
    paths = {f"/{n}": reply(str(n).encode()) for n in range(20)}
    with site(by_path(paths)) as acme:
        requests = [HttpRequest(str(n), acme.url(f"/{n}")) for n in range(21)]
        results = fetch_all(fetcher(acme), requests)
    assert [
        result.body.decode() for result in results[:20] if isinstance(result, Retrieved)
    ] == list(map(str, range(20)))
    assert refused(results[20]).kind == "http-404"


# ---------------------------------------------------------------- broken answers


def cut(body: bytes, **headers: Any) -> bytes:
    """An answer whose length promises more than comes."""
    return reply(body, **headers).replace(
        f"Length: {len(body)}".encode(), f"Length: {len(body) + 500}".encode()
    )


BIG = b"<rss><channel>" + b"".join(b"<item><title>%d</title></item>" % n for n in range(1000))
NOISE = random.Random(4).randbytes(2**16)


@pytest.mark.parametrize(
    ("answer", "least"),
    [
        (cut(BIG), len(BIG)),
        (reply(gzip.compress(BIG + NOISE)[:-5000], Content_Encoding="gzip"), len(BIG)),
        (
            reply(gzip.compress(BIG + NOISE)[:40000] + b"\0" * 9000, Content_Encoding="gzip"),
            len(BIG),
        ),
        (
            reply(
                b"%x\r\n" % len(BIG) + BIG + b"\r\nffff\r\nabc",
                length=False,
                Transfer_Encoding="chunked",
            ),
            len(BIG),
        ),
    ],
    ids=["short body", "truncated gzip", "damaged gzip", "chunks that end"],
)
def test_what_came_before_a_break_is_kept_and_asked_for_again(answer: bytes, least: int) -> None:
    """A broken answer has no validators: the next run must not be told that it is unchanged."""
    with site(
        always(answer.replace(b"Connection: close", b'Connection: close\r\nETag: "1"'))
    ) as acme:
        result = fetch(acme.url(), acme)
    assert result.body.startswith(BIG)
    assert len(result.body) >= least
    assert result.problems
    assert result.validators == Validators()


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"", "bad-answer"),
        (b"\0\1\2 what\r\n\r\n", "bad-answer"),
        (b"HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n", "bad-answer"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 300_000 + b"\r\n\r\n", "bad-answer"),
        (cut(b""), "broken-off"),
        (reply(b"\xff\xff\xff", Content_Encoding="deflate"), "bad-coding"),
        (reply(b"zzzz", Content_Encoding="br"), "bad-coding"),
        (reply(b"zzzz", Content_Encoding="gzip, gzip, gzip, gzip"), "bad-coding"),
        (reply(status="410 Gone"), "gone"),
        (reply(status="404 Not Found"), "http-404"),
        (reply(status="500 Oops"), "http-500"),
        (reply(status="403 Forbidden", cf_mitigated="challenge"), "http-403"),
    ],
    ids=lambda value: value if isinstance(value, str) else repr(value[:24]),
)
def test_answers_that_cannot_be_used_are_errors_with_a_kind(answer: bytes, kind: str) -> None:
    """Each says where, and is asked once."""
    with site(always(answer)) as acme:
        error = refused(fetch(acme.url("/feed?token=secret"), acme))
    assert error.kind == kind
    assert acme.place in str(error)
    assert "secret" not in str(error)
    assert len(acme.requests) == 1


def test_a_closed_port_and_an_unknown_name_are_told_apart() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    closed = f"127.0.0.1:{port}"
    (unreachable,) = fetch_all(
        fetcher(allow_private=[closed]), [HttpRequest("a", f"http://{closed}/")]
    )

    async def nothing(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    (unknown,) = fetch_all(fetcher(resolve=nothing), [HttpRequest("a", "http://no-such.example/")])
    assert refused(unreachable).kind == "unreachable"
    assert refused(unknown).kind == "unknown-host"


@pytest.mark.parametrize(
    "headers", [{"X-Key": "a\r\nHost: evil"}, {"X-Ke\ny": "a"}, {"": "a"}, {"X-Ké": "a"}]
)
def test_a_header_that_no_request_can_hold_is_told(headers: dict[str, str]) -> None:
    with site(always(reply(FEED))) as acme:
        assert refused(fetch(acme.url(), acme, headers=headers)).kind == "bad-header"
    assert acme.requests == []


# ---------------------------------------------------------------- waiting


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", NOW + timedelta(seconds=120)),
        ("0", NOW),
        ("Fri, 02 Oct 2026 07:00:00 GMT", NOW + timedelta(hours=1)),
        ("Fri, 02 Oct 2026 07:00:00 -0000", NOW + timedelta(hours=1)),
        ("9467280000", NOW + timedelta(days=7)),
        ("9" * 5000, NOW + timedelta(days=7)),
        ("Sun, 01 Jan 2326 00:00:00 GMT", NOW + timedelta(days=7)),
        ("Fri, 02 Oct 2020 07:00:00 GMT", None),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("Fri, 99 Oct 2026 99:00:00 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 -2300", NOW + timedelta(days=7)),
        ("²", None),
    ],
)
def test_retry_after_is_obeyed_within_reason(value: str, expected: datetime | None) -> None:
    """At most a week; nonsense and the past say nothing."""
    assert parse_retry_after(value, NOW) == expected


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
def test_a_server_that_bids_us_wait_is_asked_once(status: str) -> None:
    with site(always(reply(status=status, Retry_After="3600"))) as acme:
        error = refused(fetch(acme.url(), acme))
    assert error.retry_after == NOW + timedelta(hours=1)
    assert error.kind == f"http-{status[:3]}"
    assert len(acme.requests) == 1


# ---------------------------------------------------------------- redirects


def redirects_to(other: Site) -> Script:
    return always(reply(status="302 Found", Location=other.url()))


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [
        ((301,), True),
        ((308, 301), True),
        ((302,), False),
        ((301, 302), False),
        ((307, 308), False),
        ((303,), False),
    ],
)
def test_a_move_is_told_only_where_every_hop_is_permanent(
    statuses: tuple[int, ...], moved: bool
) -> None:
    answers = {
        f"/{n}": reply(status=f"{status} Moved", Location=f"/{n + 1}")
        for n, status in enumerate(statuses)
    }
    with site(by_path({**answers, f"/{len(statuses)}": reply(FEED)})) as acme:
        result = fetch(acme.url("/0"), acme)
    end = acme.url(f"/{len(statuses)}")
    assert (result.requested, result.url) == (acme.url("/0"), end)
    assert result.moved_to == (end if moved else None)


def test_chains_end_at_ten_hops() -> None:
    """Ten redirects are followed, eleven and loops are an error."""
    answers = {f"/{n}": reply(status="302 Found", Location=f"/{n + 1}") for n in range(1, 12)}
    with site(
        by_path(
            {**answers, "/12": reply(FEED), "/loop": reply(status="301 Moved", Location="/loop")}
        )
    ) as acme:
        assert fetch(acme.url("/2"), acme).body == FEED
        assert refused(fetch(acme.url("/1"), acme)).kind == "too-many-redirects"
        acme.requests.clear()
        assert refused(fetch(acme.url("/loop"), acme)).kind == "too-many-redirects"
    assert len(acme.requests) == 11


@pytest.mark.parametrize(
    ("head", "flood"),
    [
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
        (b"", b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" * 1000),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 1000),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"1;" + b"a" * 10_000 + b"\r\nx\r\n",
        ),
    ],
    ids=["continue", "hints", "pieces of a byte", "remarks on pieces"],
)
def test_what_stands_around_an_answer_is_bounded(head: bytes, flood: bytes) -> None:
    """A server kept the reader busy for all of the time that it had, and others waited."""

    def send_without_end(_: str, send: Callable[[bytes], None]) -> None:
        send(head)
        while True:
            send(flood)

    with site(send_without_end) as acme:
        error = refused(fetch(acme.url(), acme, limits=HttpLimits(seconds=60)))
    assert error.kind == "bad-answer"


def test_an_answer_in_many_pieces_with_hints_before_it_is_taken() -> None:
    """As servers stream what they make."""
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: <style.css>\r\n\r\n" * 50
    pieces = b"".join(b"%x\r\n%b\r\n" % (len(FEED), FEED) for _ in range(5_000))
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    with site(always(hints + head + pieces + b"0\r\n\r\n")) as acme:
        assert fetch(acme.url(), acme).body == FEED * 5_000


@pytest.mark.parametrize(
    "location",
    [
        "",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "ftp://127.0.0.1/",
        "http://[::1",
        "http://a:b/",
        "http://user@//evil.example/",
        "data:,x",
    ],
)
def test_a_redirect_to_what_is_no_web_address_is_told(location: str) -> None:
    with site(always(reply(status="302 Found", Location=location))) as acme:
        assert refused(fetch(acme.url(), acme)).kind in ("bad-redirect", "bad-address")


def test_odd_but_clear_locations_are_followed() -> None:
    """Relative, with spaces, with bytes beyond ASCII, with a fragment."""
    answers = {
        "/a": reply(status="302 Found", Location="b c"),
        "/b%20c": reply(status="302 Found", Location="/d\xc3\xa9#part"),
        "/d%C3%A9": reply(FEED),
    }
    with site(by_path(answers)) as acme:
        assert fetch(acme.url("/a"), acme).url == acme.url("/d%C3%A9")


SECRETS = {
    "Authorization": "Bearer s3cret",
    "X-Api-Key": "s3cret",
    "Cookie": "s3cret",
    "Accept-Language": "it",
}


def test_secrets_stay_with_their_origin() -> None:
    """Another port is another origin; a redirect back does not bring them back; harmless headers go along."""
    with site(always(b"")) as first, site(by_path({"/feed": reply(FEED)})) as second:
        for step in ("away", "same"):
            target = second.url() if step == "away" else "/there"
            answers = {"/feed": reply(status="302 Found", Location=target), "/there": reply(FEED)}
            with site(by_path(answers)) as acme:
                result = fetch(
                    acme.url(login="user:pa%20ss@"), acme, first, second, headers=SECRETS
                )
                assert isinstance(result, Retrieved)
                assert acme.header("authorization", 0) == "Bearer s3cret"
                assert "pa" not in result.url + result.requested
                if step == "same":
                    assert acme.header("x-api-key") == "s3cret"
    assert "s3cret" not in second.requests[0]
    assert second.header("accept-language") == "it"


def test_a_password_in_an_address_is_sent_once_and_shown_never(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with site(
        by_path(
            {
                "/feed?api_key=k3y": reply(status="302 Found", Location="/gone?key=t0ken"),
                "/gone?key=t0ken": reply(status="410 Gone"),
            }
        )
    ) as acme:
        error = refused(fetch(acme.url("/feed?api_key=k3y", login="bob:s3cret@"), acme))
    assert (
        acme.header("authorization", 0)
        == acme.header("authorization", 1)
        == "Basic Ym9iOnMzY3JldA=="
    )
    assert "s3cret" not in str(error) + caplog.text
    assert "k3y" not in caplog.text
    assert "t0ken" not in str(error) + caplog.text


def test_a_password_that_a_redirect_brings_is_not_used() -> None:
    with site(by_path({"/feed": reply(FEED)})) as other:
        target = other.url(login="eve:evil@")
        with site(always(reply(status="302 Found", Location=target))) as acme:
            result = fetch(acme.url(), acme, other)
    assert result.url == other.url()
    assert other.header("authorization") is None


# ---------------------------------------------------------------- private addresses


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "[::1]", "[::ffff:127.0.0.1]", "[::]",
     "0.0.0.0", "169.254.169.254", "10.0.0.1"],
)  # fmt: skip
def test_private_addresses_are_refused_however_they_are_spelled(host: str) -> None:
    with site(always(reply(FEED))) as acme:
        (result,) = fetch_all(fetcher(), [HttpRequest("acme", f"http://{host}:{acme.port}/feed")])
    assert refused(result).kind in ("private-address", "bad-address", "unknown-host")
    assert acme.requests == []


def test_a_private_address_behind_a_redirect_is_refused() -> None:
    with site(always(reply(FEED))) as inside, site(redirects_to(inside)) as acme:
        error = refused(fetch(acme.url(), acme))
    assert error.kind == "private-address"
    assert "allow_private" in error.hint
    assert inside.requests == []


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://feed.example:{stranger}/feed", None),
        ("http://127.0.0.1:{inside}/delete", "https://feed.example/feed"),
        ("http://127.0.0.1:{inside}/delete", ""),
        ("http://127.0.0.1:{inside}/delete", "http://[::1"),
    ],
    ids=["a redirect", "a link", "a letter's link", "nonsense"],
)
def test_a_stranger_leads_to_nothing_private_that_is_allowed(
    monkeypatch: pytest.MonkeyPatch, url: str, origin: str | None
) -> None:
    """What the team lets be read on its own network is for its own sources."""
    connect = httpcore.AnyIOBackend.connect_tcp

    async def resolve(host: str, port: int) -> Sequence[str]:
        return ["93.184.216.34"] if host == "feed.example" else [host]

    async def connect_here(self: Any, host: str, *more: Any) -> Any:
        return await connect(self, "127.0.0.1", *more)

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect_here)
    with site(always(reply(FEED))) as inside, site(redirects_to(inside)) as stranger:
        asked = url.format(stranger=stranger.port, inside=inside.port)
        requests = [HttpRequest("a", inside.url()), HttpRequest("a", asked, origin=origin)]
        allowed, result = fetch_all(fetcher(inside, resolve=resolve), requests)
    assert isinstance(allowed, Retrieved)
    error = refused(result)
    assert error.kind == "private-address"
    assert "name it as a source" in error.hint
    assert len(inside.requests) == 1


def test_a_name_is_looked_up_once_and_its_address_checked_then() -> None:
    """A name that answers differently the second time gains nothing: the checked address is the one that is called."""
    looks: list[str] = []

    async def rebinding(host: str, port: int) -> Sequence[str]:
        looks.append(host)
        return ["192.0.2.7"] if len(looks) == 1 else ["127.0.0.1"]

    async def mixed(host: str, port: int) -> Sequence[str]:
        return ["93.184.216.34", "127.0.0.1"]

    with site(always(reply(FEED))) as acme:
        for resolve in (rebinding, mixed):
            (result,) = fetch_all(
                fetcher(resolve=resolve), [HttpRequest("a", acme.url(host="feed.example"))]
            )
            assert refused(result).kind == "private-address"
    assert looks == ["feed.example"]
    assert acme.requests == []


def test_the_address_that_was_checked_is_the_one_that_is_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever the name's server answers to a second question."""
    called: list[str] = []

    async def rebinding(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["93.184.216.34"] if len(asked) == 1 else ["127.0.0.1"]

    async def connect(self: object, host: str, *more: object) -> None:
        called.append(host)
        raise httpcore.ConnectError("not here")

    asked: list[str] = []
    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect)
    request = HttpRequest("a", "http://feed.example/")
    (result,) = fetch_all(fetcher(resolve=rebinding), [request])
    assert refused(result).kind == "unreachable"
    assert (asked, called) == (["feed.example"], ["93.184.216.34"])


def test_the_second_address_is_tried_where_the_first_is_dead() -> None:
    async def two(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.9", "127.0.0.1"]

    with site(always(reply(FEED))) as acme:
        allowed = [f"feed.example:{acme.port}"]
        (result,) = fetch_all(
            fetcher(resolve=two, allow_private=allowed),
            [HttpRequest("a", acme.url(host="feed.example"))],
        )
    assert isinstance(result, Retrieved)
    assert acme.header("host") == f"feed.example:{acme.port}"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://a.example/",
        "feed",
        "",
        "http://",
        "http://a b.example/",
        "http://[1",
        "http://a:99999/",
    ],
)
def test_only_web_addresses_are_asked(url: str) -> None:
    (result,) = fetch_all(fetcher(), [HttpRequest("a", url)])
    assert refused(result).kind in ("bad-address", "unknown-host")


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with site(always(reply(FEED))) as acme:
        assert isinstance(fetch(acme.url(), acme), Retrieved)


# ---------------------------------------------------------------- certificates


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def tls(authority: trustme.CA, *names: str, **more: object) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names, **more).configure_cert(context)  # type: ignore[arg-type]
    return context


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def test_untrusted_certificates_are_refused_and_can_be_allowed_for_a_source(
    authority: trustme.CA,
) -> None:
    with site(always(reply(FEED)), tls(authority, "127.0.0.1")) as acme:
        error = refused(fetch(acme.url(), acme))
        assert error.kind == "certificate"
        assert "verify" in error.hint
        assert acme.requests == []
        assert fetch(acme.url(), acme, verify=False).body == FEED


@pytest.mark.parametrize(
    ("target", "checked"),
    [("https://acme.example/there", False), ("https://other.example/", True)],
)
def test_an_opt_out_of_certificates_is_not_taken_to_another_host(
    target: str, checked: bool
) -> None:
    """It was given for the host that the team knows."""
    hop = build_first_hop("https://acme.example/feed", {}, Validators(), verify=False)
    answer = HttpResponse(302, {"location": target}, Validators())
    assert follow_redirect(hop, answer).verify is checked


@pytest.mark.parametrize(
    ("names", "more", "kind"),
    [
        (["feed.example"], {}, None),
        (["other.example"], {}, "certificate"),
        (["127.0.0.1"], {}, "certificate"),
        (["feed.example"], {"not_after": datetime(2020, 1, 1, tzinfo=UTC)}, "certificate"),
    ],
    ids=["right", "other host", "the address instead of the name", "expired"],
)
def test_certificates_are_checked_for_the_name_that_was_asked(
    authority: trustme.CA, names: list[str], more: dict[str, object], kind: str | None
) -> None:
    """The connection goes to a checked address, the certificate and the Host header stay the name's."""

    async def here(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    with site(always(reply(FEED)), tls(authority, *names, **more)) as acme:
        trusted = fetcher(
            resolve=here, allow_private=[f"feed.example:{acme.port}"], trust=trusting(authority)
        )
        (result,) = fetch_all(trusted, [HttpRequest("a", acme.url(host="feed.example"))])
    assert (result.kind if isinstance(result, FetchError) else None) == kind


def test_secrets_are_dropped_on_the_way_from_https_to_http(authority: trustme.CA) -> None:
    with (
        site(always(reply(FEED))) as plain,
        site(redirects_to(plain), tls(authority, "127.0.0.1")) as secure,
    ):
        result = fetch(
            secure.url(login="bob:s3cret@"),
            secure,
            plain,
            verify=False,
            headers={"Cookie": "s3cret"},
        )
    assert isinstance(result, Retrieved)
    assert "s3cret" in secure.requests[0]
    assert "authorization" not in plain.requests[0].lower()
    assert "s3cret" not in plain.requests[0]


def test_the_loop_is_left_clean() -> None:
    """Nothing runs on when all is answered."""

    async def run() -> set[asyncio.Task[object]]:
        with site(always(reply(FEED))) as acme:
            async with fetcher(acme) as one:
                await asyncio.gather(*(one.get(HttpRequest("a", acme.url())) for _ in range(5)))
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert asyncio.run(run()) == set()
