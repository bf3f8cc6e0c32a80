"""Publishers played on loopback sockets, byte by byte, so that they can misbehave."""

import contextlib
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from digest.fetch.http.client import Fetcher, HttpLimits, HttpRequest, fetch_all

NOW = datetime(2026, 10, 2, 6, tzinfo=UTC)
LIMITS = HttpLimits(seconds=10)
Script = Callable[[str, Callable[[bytes], None]], None]  # (request text, send)


@dataclass
class Site:
    """A running server: its address, and the requests that it saw, as text."""

    port: int
    scheme: str = "http"
    requests: list[str] = field(default_factory=list)

    def url(self, path: str = "/feed", host: str = "127.0.0.1", login: str = "") -> str:
        return f"{self.scheme}://{login}{host}:{self.port}{path}"

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    def header(self, name: str, n: int = -1) -> str | None:
        """A header of the n-th request."""
        for line in self.requests[n].split("\r\n")[1:]:
            key, _, value = line.partition(": ")
            if key.lower() == name:
                return value
        return None


@contextlib.contextmanager
def site(script: Script, tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """Serves one request a connection with `script`."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            wrapped = tls.wrap_socket(self.request, server_side=True) if tls else self.request
            with wrapped as connection:
                request = b""
                while b"\r\n\r\n" not in request:
                    more = connection.recv(65536)
                    if not more:
                        return
                    request += more
                text = request.decode("latin-1")
                running.requests.append(text)
                script(text, connection.sendall)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads, request_queue_size, block_on_close = True, 128, False

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that goes away is what many of these tests are about."""

    with Server(("127.0.0.1", 0), Handler) as server:
        running = Site(server.server_address[1], "https" if tls else "http")
        thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        thread.start()
        try:
            yield running
        finally:
            server.shutdown()


def reply(body: bytes = b"", status: str = "200 OK", length: bool = True, **headers: str) -> bytes:
    """An answer as bytes; underscores in header names are hyphens."""
    lines = [f"HTTP/1.1 {status}", "Connection: close"]
    lines += [f"Content-Length: {len(body)}"] if length else []
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def always(answer: bytes) -> Script:
    """The same answer to every request."""
    return lambda request, send: send(answer)


def by_path(answers: dict[str, bytes]) -> Script:
    """An answer for each path, and 404 for any other."""
    return lambda request, send: send(
        answers.get(request.split(" ")[1], reply(status="404 Not Found"))
    )


def fetcher(*sites: Site, limits: HttpLimits = LIMITS, **more: Any) -> Fetcher:
    """A fetcher that may call these sites."""
    allowed = more.pop("allow_private", [running.place for running in sites])
    return Fetcher(
        user_agent="martech-digest/0 (test)",
        now=lambda: NOW,
        limits=limits,
        allow_private=allowed,
        **more,
    )


def fetch(url: str, *sites: Site, limits: HttpLimits = LIMITS, **ask: Any) -> Any:
    """One request's outcome: Retrieved or FetchError."""
    (result,) = fetch_all(fetcher(*sites, limits=limits), [HttpRequest("acme", url, **ask)])
    return result
