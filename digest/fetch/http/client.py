"""The only code that makes HTTP requests. Polite, bounded, guarded.

What it sees to, for every request and every hop of a redirect: at most so many requests at once, in
all and per host, and a pause between two to one host; one limit on the whole time, and on that of
all requests that share an allowance; a cap on the decoded bytes; the address that is really called
is one of the open internet; secrets stay with the origin they were given for. What it leaves to
others: when to ask, and what the answer means.

A source that fails raises FetchError, whose `kind` is one of: bad-address, private-address,
unknown-host, unreachable, certificate, timeout, no-time, too-large, bad-coding, bad-answer,
bad-header, broken-off, bad-redirect, too-many-redirects, gone, http-NNN.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import socket
import ssl
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, aclosing, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any, Protocol, Self
from urllib.parse import urlsplit

import httpcore
import httpx

from digest.errors import FetchError, UsageError
from digest.fetch.allowance import get_allowance
from digest.fetch.http.exchange import (
    PERMANENT_REDIRECTS,
    REDIRECTS,
    HttpResponse,
    RequestHop,
    build_first_hop,
    build_headers,
    bypass_cache,
    describe_status_error,
    follow_redirect,
    format_url,
    make_bad_address_error,
    read_validators,
)
from digest.fetch.http.guard import get_host_port, is_allowed, is_public
from digest.fetch.http.inflate import CodingError, Inflater, TooLargeError
from digest.model.retrieved import Retrieved, Validators
from digest.text import clean_text

# Both libraries log addresses, with the passwords and keys that stand in them.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]

# Kinds of FetchError after which nothing can have arrived.
NOTHING_SENT = ("bad-address", "private-address", "unknown-host", "unreachable", "certificate")
_CONNECT_TIMEOUT = {"timeout": {"connect": 15.0}}  # seconds
_MAX_ADDRESSES = 4  # of one host, tried in turn
# What a server may send around what it has to say: each line and each piece costs work.
_MAX_HEAD_BYTES = 256 * 1024
_MAX_PIECES = 50_000
_ERRORS = (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """What one run may cost.

    `seconds` is for one request with all its redirects, waiting for a slot not counted.
    """

    at_once: int = 50
    per_host: int = 2
    pause: float = 0.5  # seconds between the starts of two requests to one host; half is chance
    seconds: float = 20.0
    body_bytes: int = 16 * 2**20  # decoded
    redirects: int = 10


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request to make.

    `headers` are the source's own and are taken for secrets; `verify=False` takes any certificate
    of that host. Validators are sent byte for byte; give them only where what they name is still
    held. `pause` is how long the host asks to wait after the request before, in seconds. `origin`
    is the team's address that led to this one; None: the team named this one itself, "": no address
    of the team's did. Only where it is in `allow_private` may what is called be private.
    `check_hop` is called with the address of each redirect before it is followed, and raises
    SourceError where it is not to be.
    """

    source: str  # Source.slug
    url: str
    validators: Validators = field(default=Validators())
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    verify: bool = True
    pause: float = 0.0
    origin: str | None = None
    check_hop: Callable[[str], Awaitable[object]] | None = field(
        default=None, repr=False, compare=False
    )


class FetcherProtocol(AbstractAsyncContextManager[Any], Protocol):
    """What asking needs of a fetcher; Fetcher is one, folder.FolderFetcher another.

    It is opened for one event loop.
    """

    async def get(self, request: HttpRequest) -> Retrieved:
        """Return one source's answer. Raise FetchError."""


class Fetcher:
    """Makes requests within limits. An async context manager, for one event loop.

    `allow_private` lists the `host:port` that may lead to private addresses, for requests of the
    team's own addresses: no redirect or link of a stranger leads there; `resolve` gives the
    addresses of a name (default: the system's resolver); `trust` is the TLS context for
    certificates that are checked (default: certifi's authorities); `chance` gives numbers from 0 to
    1, so that pauses differ. Hosts in `allow_private` are the team's own, and get no pause.
    `hold_host` keeps a host's slot over several programs; default: within this fetcher.
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
        chance: Callable[[], float] = random.random,
        hold_host: Callable[[str], AbstractAsyncContextManager[Any]] | None = None,
    ) -> None:
        self._chance, self._last_starts = chance, dict[str, float]()
        self.limits, self._now, self._user_agent = limits, now, user_agent
        self._allowed, self._trust = tuple(allow_private), trust
        self._resolver_threads = ThreadPoolExecutor(limits.at_once, "resolve")
        self._resolve = resolve or self._resolve_with_system
        self._transports: dict[tuple[bool, bool], httpx.AsyncBaseTransport] = {}
        self._slots = asyncio.Semaphore(limits.at_once)
        self._host_slots: defaultdict[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(limits.per_host)
        )
        self._hold_host = hold_host or self._host_slots.__getitem__

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        for transport in self._transports.values():
            await transport.aclose()
        self._resolver_threads.shutdown(wait=False, cancel_futures=True)

    async def get(self, request: HttpRequest) -> Retrieved:
        """Return one source's answer, after redirects. Raise FetchError.

        An answer that broke off comes back as far as it came, says so in `problems`, and carries no
        validators, so that it is asked for again in full.
        """
        first = build_first_hop(request.url, request.headers, request.validators, request.verify)
        is_own = self._is_own(request.url if request.origin is None else request.origin)
        hop, is_permanent, spent = first, True, 0.0
        clock = asyncio.get_running_loop().time
        allowance = get_allowance()
        for _ in range(self.limits.redirects + 1):
            host = urlsplit(hop.url).hostname or ""
            # the host's slot and pause first, so that waiting for them blocks no one else
            async with self._hold_host(host):
                with suppress(ValueError):  # an address that cannot be right is told below
                    await self._keep_pause(hop.url, request.pause)
                async with self._slots:
                    started = clock()
                    with allowance.running():
                        response = await self._send_request(
                            hop, self.limits.seconds - spent, is_own=is_own
                        )
                    spent += clock() - started
            if response.status in REDIRECTS:
                is_permanent = is_permanent and response.status in PERMANENT_REDIRECTS
                hop = follow_redirect(hop, response)
                if request.check_hop:
                    await request.check_hop(hop.url)
            elif response.status == 304 and hop.validators == Validators():
                hop = bypass_cache(hop)
            elif response.status == 304 or 200 <= response.status < 300:
                has_moved = is_permanent and hop.url != first.url
                return Retrieved(
                    source=request.source,
                    url=hop.url,
                    requested=first.url,
                    status=response.status,
                    body=response.body,
                    content_type=response.headers.get("content-type", ""),
                    validators=response.validators,
                    retrieved=self._now(),
                    headers=response.headers,
                    moved_to=hop.url if has_moved else None,
                    problems=response.problems,
                )
            else:
                raise describe_status_error(hop.url, response, self._now())
        raise FetchError(
            f"{format_url(first.url)} redirects more than {self.limits.redirects} times",
            "look at the address in a browser, and put the one it ends at into sources.yaml",
            kind="too-many-redirects",
        )

    async def _keep_pause(self, url: str, asked: float) -> None:
        """Wait until the host may be asked again."""
        allowance = get_allowance()
        host = get_host_port(url).rpartition(":")[0]
        usual = self.limits.pause * (0.5 + 0.5 * self._chance())
        pause = asked or (0.0 if self._is_own(url) else usual)
        now = asyncio.get_running_loop().time()
        last = self._last_starts.get(host)
        start = now if last is None else max(now, last + pause)
        # what is over the pause that is asked for is the turn of other sources of that host
        allowance.check(format_url(url), min(start - now, asked))
        self._last_starts[host] = start
        await asyncio.sleep(start - now)
        allowance.spend(min(start - now, asked))

    def _is_own(self, url: str) -> bool:
        """Return whether an address is one of those that may be private."""
        try:
            host, _, port = get_host_port(url).rpartition(":")
        except ValueError:
            return False
        return is_allowed(host.strip("[]"), int(port), self._allowed)

    async def post(self, url: str, data: bytes) -> int:
        """Send JSON to an address, and return the status of the answer; follow no redirect.

        Raise FetchError, whose kind tells whether anything may have arrived: see `NOTHING_SENT`.
        """
        return (await self._post(url, data, {}, reads_body=False)).status

    async def ask(self, url: str, data: bytes, headers: Mapping[str, str]) -> bytes:
        """Send JSON to a service, and return the body of its answer; follow no redirect.

        `headers` are taken for secrets. Raise FetchError, for a status other than success, too.
        """
        response = await self._post(url, data, headers, reads_body=True)
        if not 200 <= response.status < 300:
            raise describe_status_error(url, response, self._now())
        if response.problems:
            raise FetchError(f"{format_url(url)}: {response.problems[0]}", kind="broken-off")
        return response.body

    async def _post(
        self, url: str, data: bytes, headers: Mapping[str, str], *, reads_body: bool
    ) -> HttpResponse:
        hop = build_first_hop(url, headers, Validators(), verify=True)
        sent = {"content-type": "application/json", "user-agent": self._user_agent, **hop.secret}
        request = httpx.Request(
            "POST", hop.url, headers=sent, content=data, extensions=_CONNECT_TIMEOUT
        )
        shown = format_url(hop.url)
        try:
            async with asyncio.timeout(self.limits.seconds):
                raw = await self._get_transport(hop.verify).handle_async_request(request)
                async with aclosing(raw):
                    named = {name.lower(): value for name, value in raw.headers.items()}
                    response = HttpResponse(raw.status_code, named, Validators())
                    if reads_body and 200 <= response.status < 300:
                        body, problems = await self._read_body(raw, hop.url)
                        response = replace(response, body=body, problems=problems)
        except httpx.ConnectTimeout as error:
            raise FetchError(f"{shown} cannot be reached", kind="unreachable") from error
        except _ERRORS as error:
            timeout = FetchError(f"{shown} did not answer", kind="timeout")
            raise _translate_error(hop.url, error, timeout) from error
        return response

    async def exchange(self, url: str, data: bytes, headers: Mapping[str, str]) -> HttpResponse:
        """Send JSON to an address, and return the whole answer, of whatever status.

        `headers` are taken for secrets; no redirect is followed, so they reach that origin alone.
        Raise FetchError, also where the answer broke off; see `NOTHING_SENT`.
        """
        hop = build_first_hop(url, headers, Validators(), verify=True)
        shown = format_url(hop.url)
        try:
            sent = {"content-type": "application/json", "accept": "application/json"}
            named = build_headers(replace(hop, harmless={**hop.harmless, **sent}), self._user_agent)
            request = httpx.Request(
                "POST", hop.url, headers=named, content=data, extensions=_CONNECT_TIMEOUT
            )
            async with asyncio.timeout(self.limits.seconds):
                raw = await self._get_transport(hop.verify).handle_async_request(request)
                async with aclosing(raw):
                    body, problems = await self._read_body(raw, hop.url)
        except httpx.ConnectTimeout as error:
            raise FetchError(f"{shown} cannot be reached", kind="unreachable") from error
        except _ERRORS as error:
            words = f"{shown} did not answer in full within {self.limits.seconds:g} s"
            raise _translate_error(hop.url, error, FetchError(words, kind="timeout")) from error
        if problems:
            raise FetchError(f"{shown}: {problems[0]}", kind="broken-off")
        found = {name.lower(): value for name, value in raw.headers.items()}
        return HttpResponse(raw.status_code, found, Validators(), body)

    async def _send_request(self, hop: RequestHop, seconds: float, *, is_own: bool) -> HttpResponse:
        """Return the answer to one request, with its body for a success. Raise FetchError."""
        allowance = get_allowance()
        try:
            async with asyncio.timeout(min(seconds, allowance.left)):
                # the transport alone: a client would keep cookies and read every Location itself
                headers = build_headers(hop, self._user_agent)
                request = httpx.Request(
                    "GET", hop.url, headers=headers, extensions=_CONNECT_TIMEOUT
                )
                transport = self._get_transport(hop.verify, is_own=is_own)
                line = _Line(format_url(hop.url), _MAX_HEAD_BYTES)
                _current_line.set(line)
                raw = await transport.handle_async_request(request)
                line.allow_bytes(self.limits.body_bytes * 5 // 4)
                async with aclosing(raw):
                    named = {name.lower(): value for name, value in raw.headers.items()}
                    named.pop("set-cookie", None)
                    validators = read_validators(raw.headers.raw)
                    response = HttpResponse(raw.status_code, named, validators)
                    if not 200 <= response.status < 300:
                        return response
                    body, problems = await self._read_body(raw, hop.url)
        except _ERRORS as error:
            timeout = FetchError(
                f"{format_url(hop.url)} did not answer in full within {self.limits.seconds:g} s",
                "it is asked again at the next run; if that fails too, "
                "look at the address in a browser",
                kind="timeout",
            )
            timeout = timeout if allowance.left else allowance.describe_timeout(format_url(hop.url))
            raise _translate_error(hop.url, error, timeout) from error
        validators = Validators() if problems else validators
        return replace(response, body=body, problems=problems, validators=validators)

    async def _read_body(self, response: httpx.Response, url: str) -> tuple[bytes, tuple[str, ...]]:
        """Return as much as came of the decoded body, and what was wrong with it."""
        body, received, pieces, fault, shown = bytearray(), 0, 0, "", format_url(url)
        max_bytes = self.limits.body_bytes
        try:
            inflater = Inflater(response.headers.get("content-encoding", ""), max_bytes)
            async for chunk in response.aiter_raw():
                received += len(chunk)
                pieces += 1
                if received > max_bytes:
                    raise TooLargeError
                if pieces > _MAX_PIECES:
                    words = f"{shown} sends its answer in more than {_MAX_PIECES} pieces"
                    raise FetchError(words, kind="bad-answer")
                for piece in inflater.inflate_chunk(chunk):
                    body += piece
            fault = "" if inflater.complete or not received else "its compressed body is cut short"
        except TooLargeError as error:
            raise FetchError(
                f"{shown} sends more than {max_bytes / 2**20:g} MiB",
                "no feed is that large: look at the address, or raise the limit in sources.yaml",
                kind="too-large",
            ) from error
        except CodingError as error:
            fault = str(error)
            if not body:
                raise FetchError(f"{shown}: {fault}", kind="bad-coding") from error
        except (httpx.RemoteProtocolError, httpx.ReadError) as error:
            fault = "the connection broke off"
            if not body:
                raise FetchError(f"{shown}: {fault}", kind="broken-off") from error
        problem = f"the answer ends after {len(body)} bytes: {fault}"
        return bytes(body), (problem,) if fault else ()

    def _get_transport(self, verify: bool, *, is_own: bool = True) -> httpx.AsyncBaseTransport:
        if (verify, is_own) not in self._transports:
            if verify:
                context = self._trust or load_trust()
            else:
                context = ssl.create_default_context()
                context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            backend = _GuardedBackend(self._allowed, self._resolve, is_own=is_own)
            self._transports[verify, is_own] = _GuardedTransport(
                context, self.limits.at_once, backend
            )
        return self._transports[verify, is_own]

    async def _resolve_with_system(self, host: str, port: int) -> Sequence[str]:
        def look_up_addresses() -> list[str]:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            return list(dict.fromkeys(str(row[4][0]) for row in rows))

        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._resolver_threads, look_up_addresses)


@cache
def load_trust(*ca_files: str) -> ssl.SSLContext:
    """Return the TLS context of all fetchers, which trusts certifi's authorities and `ca_files`.

    It is kept, because reading the authorities takes 30 ms. Raise UsageError for a file that holds
    no certificates.
    """
    context = httpx.create_ssl_context(trust_env=False)
    for file in ca_files:
        try:
            context.load_verify_locations(file)
        except (OSError, ssl.SSLError) as error:
            reason = getattr(error, "strerror", None) or "it holds no certificate in PEM form"
            raise UsageError(
                f"the certificates of {file} cannot be read: {clean_text(str(reason))}",
                "give a file in PEM form as digest.network.ca_file or in SSL_CERT_FILE",
            ) from None
    return context


async def fetch_or_error(fetcher: FetcherProtocol, request: HttpRequest) -> Retrieved | FetchError:
    """Return one source's answer, or the error that asking for it raised."""
    try:
        return await fetcher.get(request)
    except FetchError as error:
        return error


def fetch_all(
    fetcher: FetcherProtocol, requests: Sequence[HttpRequest]
) -> list[Retrieved | FetchError]:
    """Make all requests and close the fetcher. Answers are in order; one that fails is a value."""

    async def fetch_every() -> list[Retrieved | FetchError]:
        async with fetcher:
            return await asyncio.gather(*(fetch_or_error(fetcher, request) for request in requests))

    return asyncio.run(fetch_every())


def post_json(fetcher: Fetcher, url: str, data: object) -> int:
    """Send one JSON document and close the fetcher; see Fetcher.post."""

    async def post_once() -> int:
        async with fetcher:
            return await fetcher.post(url, json.dumps(data, ensure_ascii=False).encode())

    return asyncio.run(post_once())


# ---------------------------------------------------------------- the guard


class _GuardedTransport(httpx.AsyncHTTPTransport):
    """httpx's transport over a pool that connects through our backend.

    It sets the one attribute that its base class needs, because httpx has no parameter for the
    backend. Rewriting the address to a checked IP would do without, but then two hosts behind one
    IP would share a TLS connection.
    """

    def __init__(self, context: ssl.SSLContext, at_once: int, backend: _GuardedBackend) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=at_once,
            max_keepalive_connections=at_once,
            keepalive_expiry=2.0,  # below the 5 s after which common servers hang up
            network_backend=backend,
        )


@dataclass
class _Line:
    """How much may still come over the line for the request that is being made."""

    shown: str  # its address
    left: int  # bytes

    def allow_bytes(self, more: int) -> None:
        """Let as much more come: what is to come next is of another kind."""
        self.left += more

    def count_bytes(self, received: int) -> None:
        """Count what came. Raise FetchError where it is too much."""
        self.left -= received
        if self.left < 0:
            raise FetchError(f"{self.shown} sends lines without end", kind="bad-answer")


_current_line: ContextVar[_Line | None] = ContextVar("line", default=None)


class _MeteredStream(httpcore.AsyncNetworkStream):
    """A stream whose bytes count before the protocol reads them.

    A server may answer "continue" for ever, or wrap each byte of its answer in a page of its own.
    """

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = await self._inner.read(max_bytes, timeout)
        line = _current_line.get()
        if line is not None:
            line.count_bytes(len(data))
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        return _MeteredStream(await self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects to addresses that were checked.

    Name and address are looked up once, so nothing can change between. `is_own`: it is asked for an
    address of the team's, for which those in `allowed` may be private.
    """

    def __init__(self, allowed: Collection[str], resolve: Resolver, *, is_own: bool) -> None:
        self._allowed, self._resolve, self._inner = allowed, resolve, httpcore.AnyIOBackend()
        self._is_own = is_own

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
                stream = await self._inner.connect_tcp(
                    address, port, share, local_address, socket_options
                )
                return _MeteredStream(stream)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = failure or error
        raise failure or httpcore.ConnectError("no address")

    async def _resolve_addresses(self, host: str, port: int) -> Sequence[str]:
        """Return the addresses of a host. Raise FetchError for none and for private ones."""
        shown = clean_text(host)
        cause: Exception | None = None
        try:
            found = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            found, cause = (), error
        if not found:
            raise FetchError(
                f"there is no host named {shown}",
                "look for a typing mistake, and whether DNS works",
                kind="unknown-host",
            ) from cause
        is_listed = is_allowed(host, port, self._allowed)
        if not (is_listed and self._is_own) and not all(map(is_public, found)):
            hint = f"add {shown}:{port} to digest.network.allow_private in sources.yaml"
            if is_listed:
                hint = "name it as a source: no redirect or link of another one may lead there"
            raise FetchError(
                f"{shown}:{port} leads to an address that is not on the open internet",
                f"if that is meant, {hint}",
                kind="private-address",
            )
        return found[:_MAX_ADDRESSES]


# ---------------------------------------------------------------- errors


def _translate_error(url: str, error: Exception, timeout: FetchError) -> FetchError:
    """Return a library's or the system's error in our words; `timeout` where it is one of time."""
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return timeout
    shown = format_url(url)
    causes: list[BaseException] = []  # the error and what led to it, the last first
    current: BaseException | None = error
    while current is not None and current not in causes:
        causes.append(current)
        current = current.__cause__ or current.__context__
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            reason = clean_text(cause.verify_message)
            return FetchError(
                f"{shown} shows a certificate that cannot be trusted: {reason}",
                "an authority of your own is named by digest.network.ca_file; else tell the "
                "publisher, or set tls_verify: false for the source if you know the host",
                kind="certificate",
            )
    if isinstance(error, httpx.ConnectError):
        reasons = [cause.strerror for cause in causes if isinstance(cause, OSError)]
        reason = next((f": {clean_text(reason)}" for reason in reasons if reason), "")
        return FetchError(f"{shown} cannot be reached{reason}", kind="unreachable")
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol):
        return make_bad_address_error(url)
    if isinstance(error, httpx.LocalProtocolError | ValueError):
        return FetchError(
            f"{shown}: a header of ours cannot be sent",
            "look at the source's headers",
            kind="bad-header",
        )
    return FetchError(f"{shown} does not answer as a web server does", kind="bad-answer")
