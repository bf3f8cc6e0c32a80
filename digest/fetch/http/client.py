"""Edge: the only code that makes HTTP requests. Polite, bounded, guarded.

What it sees to, for every request and every hop of a redirect: at most so many requests at once, in all and per host;
one limit on the whole time; a cap on the decoded bytes; the address that is really called is one of the open internet;
secrets stay with the origin they were given for. What it leaves to others: when to ask, and what the answer means.

A source that fails raises FetchError, whose `kind` is one of: bad-address, private-address, unknown-host, unreachable,
certificate, timeout, too-large, bad-coding, bad-answer, broken-off, bad-redirect, too-many-redirects, gone, http-NNN.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import logging
import socket
import ssl
from collections import defaultdict
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Mapping,
    Sequence,
)
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Protocol, Self
from urllib.parse import quote, unquote, urldefrag, urljoin, urlsplit, urlunsplit

import httpcore
import httpx

from digest.errors import FetchError
from digest.fetch.http.guard import get_host_port, is_allowed, is_public
from digest.fetch.http.inflate import CodingError, Inflater, TooLargeError
from digest.model.retrieved import Retrieved, Validators
from digest.text import clean_text
from digest.urls import is_web_url, redact_url

# Both libraries log addresses, with the passwords and keys that stand in them.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]

_REDIRECTS = (301, 302, 303, 307, 308)
_PERMANENT = (301, 308)
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, text/html;q=0.7, application/json;q=0.7, */*;q=0.5"
)
_CROSS_ORIGIN_HEADERS = {
    "accept",
    "accept-language",
    "user-agent",
}  # configured headers that may go to another origin
_LONGEST_WAIT = timedelta(days=7)  # a Retry-After beyond it is a mistake
_CONNECT_SECONDS = 15.0
_MAX_ADDRESSES = 4  # of one host, tried in turn


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """What one run may cost. `seconds` is for one request with all its redirects, waiting for a slot not counted."""

    at_once: int = 50
    per_host: int = 2
    seconds: float = 60.0
    body_bytes: int = 16 * 2**20  # decoded
    redirects: int = 10


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request to make. `headers` are the source's own and are taken for secrets; `verify=False` takes any
    certificate of that host. Validators are sent byte for byte; give them only where what they name is still held."""

    source: str  # Source.slug
    url: str
    validators: Validators = field(default=Validators())
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    verify: bool = True


@dataclass(frozen=True, slots=True)
class _RequestHop:
    """One request as it goes out: no credentials in `url`; `secret` and `harmless` headers apart."""

    url: str
    secret: Mapping[str, str] = field(repr=False)
    harmless: Mapping[str, str]
    validators: Validators
    verify: bool


@dataclass(frozen=True, slots=True)
class _HttpResponse:
    """What one request brought."""

    status: int
    headers: Mapping[str, str]
    validators: Validators
    body: bytes = b""
    problems: tuple[str, ...] = ()


class Fetcher:
    """Makes requests within limits. An async context manager, for one event loop.

    `allow_private` lists the `host:port` that may lead to private addresses; `resolve` gives the addresses of a name
    (default: the system's resolver); `trust` is the TLS context for certificates that are checked (default: certifi's
    authorities).
    """

    def __init__(
        self,
        *,
        user_agent: str,
        now: Callable[[], datetime],
        limits: HttpLimits = HttpLimits(),
        allow_private: Collection[str] = (),
        resolve: Resolver | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self.limits, self._now, self._user_agent = limits, now, user_agent
        self._allowed, self._trust = tuple(allow_private), trust
        self._names = ThreadPoolExecutor(limits.at_once, "resolve")
        self._resolve = resolve or self._resolve_with_system
        self._transports: dict[bool, httpx.AsyncBaseTransport] = {}
        self._slots = asyncio.Semaphore(limits.at_once)
        self._host_slots: defaultdict[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(limits.per_host)
        )
        self.requests = 0  # made so far, redirects included

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for transport in self._transports.values():
            await transport.aclose()
        self._names.shutdown(wait=False, cancel_futures=True)

    async def get(self, request: HttpRequest) -> Retrieved:
        """One source's answer, after redirects. Raises FetchError.

        An answer that broke off comes back as far as it came, says so in `problems`, and carries no validators, so that
        it is asked for again in full.
        """
        first = _first_hop(request)
        hop, permanent, spent = first, True, 0.0
        clock = asyncio.get_running_loop().time
        for _ in range(self.limits.redirects + 1):
            async with self._acquire_slot(hop.url):
                started = clock()
                answer = await self._send_with_timeout(hop, self.limits.seconds - spent)
                spent += clock() - started
            if answer.status in _REDIRECTS:
                permanent = permanent and answer.status in _PERMANENT
                hop = _next_hop(hop, answer)
            elif answer.status == 304 and hop.validators == Validators():
                # a cache on the way answers for a copy that we do not have
                if "cache-control" in hop.harmless:
                    raise FetchError(
                        f"{_format_url(hop.url)} says unchanged, to one who has nothing",
                        kind="http-304",
                    )
                hop = replace(hop, harmless={**hop.harmless, "cache-control": "no-cache"})
            else:
                return self._build_retrieved(request.source, first, hop, answer, permanent)
        raise FetchError(
            f"{_format_url(first.url)} redirects more than {self.limits.redirects} times",
            "look at the address in a browser, and put the one it ends at into sources.yaml",
            kind="too-many-redirects",
        )

    async def post(self, url: str, data: bytes) -> int:
        """Sends JSON to an address, and gives the status of the answer; a redirect is not followed. Raises FetchError,
        whose kind tells whether anything may have arrived: see `NOTHING_SENT`."""
        hop = _first_hop(HttpRequest("", url))
        request = httpx.Request(
            "POST",
            hop.url,
            headers={
                "content-type": "application/json",
                "user-agent": self._user_agent,
                **hop.secret,
            },
            content=data,
            extensions={"timeout": {"connect": _CONNECT_SECONDS}},
        )
        self.requests += 1
        try:
            async with asyncio.timeout(self.limits.seconds):
                response = await self._get_transport(hop.verify).handle_async_request(request)
                await response.aclose()
        except httpx.ConnectTimeout as error:
            raise FetchError(
                f"{_format_url(hop.url)} cannot be reached", kind="unreachable"
            ) from error
        except (TimeoutError, httpx.TimeoutException) as error:
            raise FetchError(f"{_format_url(hop.url)} did not answer", kind="timeout") from error
        except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, OSError, ValueError) as error:
            raise _translate_error(hop.url, error) from error
        return response.status_code

    def _build_retrieved(
        self,
        source: str,
        first: _RequestHop,
        hop: _RequestHop,
        answer: _HttpResponse,
        permanent: bool,
    ) -> Retrieved:
        if answer.status != 304 and not 200 <= answer.status < 300:
            raise _describe_status_error(hop.url, answer, self._now())
        return Retrieved(
            source=source,
            url=hop.url,
            requested=first.url,
            status=answer.status,
            body=answer.body,
            content_type=answer.headers.get("content-type", ""),
            validators=answer.validators,
            retrieved=self._now(),
            headers=answer.headers,
            moved_to=hop.url if permanent and hop.url != first.url else None,
            problems=answer.problems,
        )

    @contextlib.asynccontextmanager
    async def _acquire_slot(self, url: str) -> AsyncIterator[None]:
        host = urlsplit(url).hostname or ""
        async with (
            self._host_slots[host],
            self._slots,
        ):  # the host's first, so that waiting for it blocks no one else
            yield

    async def _send_with_timeout(self, hop: _RequestHop, seconds: float) -> _HttpResponse:
        try:
            async with asyncio.timeout(seconds):
                return await self._send_request(hop)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise FetchError(
                f"{_format_url(hop.url)} did not answer in full within {self.limits.seconds:g} s",
                "it is asked again at the next run; if that fails too, look at the address in a browser",
                kind="timeout",
            ) from error
        except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, OSError, ValueError) as error:
            raise _translate_error(hop.url, error) from error

    async def _send_request(self, hop: _RequestHop) -> _HttpResponse:
        self.requests += 1
        headers = _build_headers(hop, self._user_agent)
        # the transport alone: a client would keep cookies and read every Location itself
        request = httpx.Request(
            "GET", hop.url, headers=headers, extensions={"timeout": {"connect": _CONNECT_SECONDS}}
        )
        response = await self._get_transport(hop.verify).handle_async_request(request)
        async with contextlib.aclosing(response):
            known = {
                name.lower(): value
                for name, value in response.headers.items()
                if name.lower() != "set-cookie"
            }
            answer = _HttpResponse(
                response.status_code, known, _read_validators(response.headers.raw)
            )
            if not 200 <= answer.status < 300:
                return answer
            body, problems = await self._read_body(response, hop.url)
            return replace(
                answer,
                body=body,
                problems=problems,
                validators=Validators() if problems else answer.validators,
            )

    async def _read_body(self, response: httpx.Response, url: str) -> tuple[bytes, tuple[str, ...]]:
        """The decoded body and what was wrong with it; as much as came, where it broke off."""
        out, raw, trouble = bytearray(), 0, ""
        try:
            inflater = Inflater(
                response.headers.get("content-encoding", ""), self.limits.body_bytes
            )
            async for data in response.aiter_raw():
                raw += len(data)
                if raw > self.limits.body_bytes:
                    raise TooLargeError
                for piece in inflater.inflate_chunk(data):
                    out += piece
            trouble = "" if inflater.complete or not raw else "its compressed body is cut short"
        except TooLargeError as error:
            raise FetchError(
                f"{_format_url(url)} sends more than {self.limits.body_bytes / 2**20:g} MiB",
                "no feed is that large: look at the address, or raise the limit in sources.yaml",
                kind="too-large",
            ) from error
        except CodingError as error:
            trouble = str(error)
            if not out:
                raise FetchError(f"{_format_url(url)}: {error}", kind="bad-coding") from error
        except (httpx.RemoteProtocolError, httpx.ReadError) as error:
            trouble = "the connection broke off"
            if not out:
                raise FetchError(f"{_format_url(url)}: {trouble}", kind="broken-off") from error
        return bytes(out), (
            f"the answer ends after {len(out)} bytes: {trouble}",
        ) if trouble else ()

    def _get_transport(self, verify: bool) -> httpx.AsyncBaseTransport:
        if verify not in self._transports:
            context = (
                (self._trust or httpx.create_ssl_context(trust_env=False))
                if verify
                else _create_unverified_context()
            )
            self._transports[verify] = _GuardedTransport(
                context, self.limits.at_once, self._allowed, self._resolve
            )
        return self._transports[verify]

    async def _resolve_with_system(self, host: str, port: int) -> Sequence[str]:
        def look_up_addresses() -> list[str]:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            return list(dict.fromkeys(str(row[4][0]) for row in rows))

        return await asyncio.get_running_loop().run_in_executor(self._names, look_up_addresses)


class FetcherProtocol(Protocol):
    """What asking needs of a fetcher; Fetcher is one, folder.FolderFetcher another."""

    async def __aenter__(self) -> Self:
        """Opens it for one event loop."""

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Lets go of its connections."""

    async def get(self, request: HttpRequest) -> Retrieved:
        """One source's answer. Raises FetchError."""


async def fetch_or_error(fetcher: FetcherProtocol, request: HttpRequest) -> Retrieved | FetchError:
    """Return one source's answer, or the error that asking for it raised."""
    try:
        return await fetcher.get(request)
    except FetchError as error:
        return error


def fetch_all(
    fetcher: FetcherProtocol,
    requests: Sequence[HttpRequest],
    on_done: Callable[[HttpRequest, Retrieved | FetchError], None] | None = None,
) -> list[Retrieved | FetchError]:
    """Makes all requests and closes the fetcher. The answers stand in the order of `asks`; one that fails is a value.

    `on_done` is called as each comes in.
    """

    async def fetch_one(request: HttpRequest) -> Retrieved | FetchError:
        try:
            result: Retrieved | FetchError = await fetcher.get(request)
        except FetchError as error:
            result = error
        if on_done:
            on_done(request, result)
        return result

    async def fetch_every() -> list[Retrieved | FetchError]:
        async with fetcher:
            return list(await asyncio.gather(*map(fetch_one, requests)))

    return asyncio.run(fetch_every())


NOTHING_SENT = (
    "bad-address",
    "private-address",
    "unknown-host",
    "unreachable",
    "certificate",
)  # kinds of FetchError


def post_json(fetcher: Fetcher, url: str, data: object) -> int:
    """Sends one JSON document and closes the fetcher; see Fetcher.post."""

    async def post_once() -> int:
        async with fetcher:
            return await fetcher.post(url, json.dumps(data, ensure_ascii=False).encode())

    return asyncio.run(post_once())


# ---------------------------------------------------------------- the guard


class _GuardedTransport(httpx.AsyncHTTPTransport):
    """httpx's transport over a pool that connects through our backend.

    It sets the one attribute that its base class needs, because httpx has no parameter for the backend. Rewriting the
    address to a checked IP would do without, but then two hosts behind one IP would share a TLS connection.
    """

    def __init__(
        self, context: ssl.SSLContext, at_once: int, allowed: Collection[str], resolve: Resolver
    ) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=at_once,
            max_keepalive_connections=at_once,
            keepalive_expiry=2.0,  # below the 5 s after which common servers hang up
            network_backend=_GuardedBackend(allowed, resolve),
        )


class _GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects to addresses that were checked. Name and address are looked up once, so nothing can change between."""

    def __init__(self, allowed: Collection[str], resolve: Resolver) -> None:
        self._allowed, self._resolve, self._inner = allowed, resolve, httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await self._resolve_addresses(host, port)
        share = None if timeout is None else timeout / len(addresses)
        failure: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for address in addresses:
            try:
                return await self._inner.connect_tcp(
                    address, port, share, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = failure or error
        raise failure or httpcore.ConnectError("no address")

    async def _resolve_addresses(self, host: str, port: int) -> Sequence[str]:
        try:
            found = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise _unknown_host_error(host) from error
        if not found:
            raise _unknown_host_error(host)
        if not is_allowed(host, port, self._allowed) and not all(map(is_public, found)):
            raise FetchError(
                f"{clean_text(host)}:{port} leads to an address that is not on the open internet",
                f"if that is meant, add {clean_text(host)}:{port} to digest.network.allow_private in sources.yaml",
                kind="private-address",
            )
        return found[:_MAX_ADDRESSES]


def _unknown_host_error(host: str) -> FetchError:
    return FetchError(
        f"there is no host named {clean_text(host)}",
        "look for a typing mistake, and whether DNS works",
        kind="unknown-host",
    )


def _create_unverified_context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


# ---------------------------------------------------------------- judgement


def _first_hop(request: HttpRequest) -> _RequestHop:
    """Raises FetchError where the address is none of the web."""
    if not is_web_url(request.url):
        raise _bad_address_error(request.url)
    parts = urlsplit(request.url)
    secret = {
        name.lower(): value
        for name, value in request.headers.items()
        if name.lower() not in _CROSS_ORIGIN_HEADERS
    }
    harmless = {
        name.lower(): value
        for name, value in request.headers.items()
        if name.lower() in _CROSS_ORIGIN_HEADERS
    }
    if "@" in parts.netloc:
        pair = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
        secret.setdefault("authorization", "Basic " + base64.b64encode(pair.encode()).decode())
    return _RequestHop(
        _strip_credentials(request.url), secret, harmless, request.validators, request.verify
    )


def _next_hop(hop: _RequestHop, answer: _HttpResponse) -> _RequestHop:
    """Where a redirect leads. Secrets go along to the same origin only, or from http to https of the same host."""
    # as browsers do: a space is taken for %20, and bytes beyond ASCII are sent on as they came
    location = quote(answer.headers.get("location", "").strip(), safe="%/:=&?~#+!$,;'@()*[]|")
    try:
        url = _strip_credentials(urljoin(hop.url, location)) if location else ""
        kept = is_web_url(url) and _keeps_secrets(hop.url, url)
    except ValueError:
        url, kept = "", False
    if not is_web_url(url):
        raise FetchError(
            f"{_format_url(hop.url)} redirects to what is no web address: {_format_url(location) or 'nothing'}",
            "look at the address in a browser",
            kind="bad-redirect",
        )
    same_host = urlsplit(hop.url).hostname == urlsplit(url).hostname
    return replace(
        hop, url=url, secret=hop.secret if kept else {}, verify=hop.verify or not same_host
    )


def _keeps_secrets(before: str, after: str) -> bool:
    if get_host_port(before).endswith(":80") and get_host_port(after).endswith(":443"):
        return urlsplit(before).hostname == urlsplit(after).hostname
    return (
        get_host_port(before) == get_host_port(after)
        and urlsplit(before).scheme == urlsplit(after).scheme
    )


def _strip_credentials(url: str) -> str:
    parts = urlsplit(urldefrag(url).url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _build_headers(hop: _RequestHop, user_agent: str) -> list[tuple[bytes, bytes]]:
    """In bytes, so that a validator goes back exactly as it came. Raises ValueError for what no header can hold."""
    named = {
        "accept": _ACCEPT,
        "user-agent": user_agent,
        **hop.harmless,
        **hop.secret,
        "accept-encoding": "gzip, deflate",
    }
    headers = [(name.encode("ascii"), value.encode("utf-8")) for name, value in named.items()]
    for name, value in (
        (b"if-none-match", hop.validators.etag),
        (b"if-modified-since", hop.validators.last_modified),
    ):
        if value is not None:
            headers.append((name, value.encode("latin-1")))
    return headers


def _read_validators(raw: Iterable[tuple[bytes, bytes]]) -> Validators:
    first: dict[bytes, str] = {}
    for name, value in raw:
        first.setdefault(name.lower(), value.decode("latin-1"))
    return Validators(first.get(b"etag"), first.get(b"last-modified"))


def _describe_status_error(url: str, answer: _HttpResponse, now: datetime) -> FetchError:
    """What a status other than success means."""
    shown, status = _format_url(url), answer.status
    if status == 410:
        return FetchError(
            f"{shown} is gone for good (410)",
            "remove the source, or find its new address",
            kind="gone",
        )
    kind = f"http-{status}"
    if status in (429, 503):
        wait = parse_retry_after(answer.headers.get("retry-after", ""), now)
        until = f" until {wait:%Y-%m-%d %H:%M} UTC" if wait else ""
        return FetchError(
            f"{shown} asks us to wait{until} ({status})", "", kind=kind, retry_after=wait
        )
    if answer.headers.get("cf-mitigated", "").lower() == "challenge":
        return FetchError(
            f"{shown} wants a person to pass a check ({status})", "ask the publisher", kind=kind
        )
    mends = {
        401: "it wants a password: give headers for the source, with the secret in an environment variable",
        403: "it refuses us: look whether it has another feed, or ask the publisher",
        404: "look for the feed's new address with `digest sources add` and the site's home page",
    }
    mend = mends.get(
        status, "it is asked again at the next run" if status >= 500 else "look at it in a browser"
    )
    return FetchError(f"{shown} answers {status}", mend, kind=kind)


def parse_retry_after(value: str, now: datetime) -> datetime | None:
    """When a Retry-After header (seconds or a date) bids us come back, at most a week away; None for nonsense."""
    value = value.strip()
    latest = now + _LONGEST_WAIT
    if value.isascii() and value.isdigit():
        seconds = min(int(value[:12]), int(_LONGEST_WAIT.total_seconds()))
        return now + timedelta(seconds=seconds)
    try:
        when = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return min(when.astimezone(UTC), latest) if when > now else None


def _translate_error(url: str, error: Exception) -> FetchError:
    """A library's or the system's error in our words."""
    shown = _format_url(url)
    causes = _list_causes(error)
    certificate = next(
        (cause for cause in causes if isinstance(cause, ssl.SSLCertVerificationError)), None
    )
    if certificate:
        return FetchError(
            f"{shown} shows a certificate that cannot be trusted: {clean_text(certificate.verify_message)}",
            "tell the publisher; only if you know the host, set verify: false for the source",
            kind="certificate",
        )
    if isinstance(error, httpx.ConnectError):
        reason = next(
            (
                clean_text(cause.strerror)
                for cause in causes
                if isinstance(cause, OSError) and cause.strerror
            ),
            "",
        )
        return FetchError(
            f"{shown} cannot be reached{': ' + reason if reason else ''}", "", kind="unreachable"
        )
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol):
        return _bad_address_error(url)
    if isinstance(error, httpx.LocalProtocolError | ValueError):
        return FetchError(
            f"{shown}: a header of ours cannot be sent",
            "look at the source's headers",
            kind="bad-header",
        )
    return FetchError(f"{shown} does not answer as a web server does", "", kind="bad-answer")


def _list_causes(error: BaseException) -> list[BaseException]:
    """An error and what led to it, the last first."""
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in chain:
        chain.append(current)
        current = current.__cause__ or current.__context__
    return chain


def _bad_address_error(url: str) -> FetchError:
    return FetchError(
        f"{_format_url(url)} is no address of the web",
        "it must begin with http:// or https://",
        kind="bad-address",
    )


def _format_url(url: str) -> str:
    return clean_text(redact_url(url))[:300]
