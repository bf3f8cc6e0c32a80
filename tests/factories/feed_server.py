"""A server of many feeds on many loopback hosts that counts who is asked, how often, at once."""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

_FEED = (
    '<rss version="2.0"><channel><title>{name}</title><language>en</language>{rows}</channel></rss>'
)
_ROW = (
    "<item><title>{name} ships release {n}</title><link>http://{host}{path}/{n}</link>"
    "<description>Release {n} of {name} adds audiences.</description>"
    "<pubDate>Wed, 0{day} Jul 2026 09:00:00 GMT</pubDate></item>"
)


class FeedServer:
    """What the server counted. Feeds are at http://127.0.0.N:PORT/feed-M."""

    def __init__(self, port: int, *, latency: float, entries: int) -> None:
        self.port, self.latency, self.entries = port, latency, entries
        self.asked: Counter[str] = Counter()
        self.answers: dict[str, tuple[int, dict[str, str]]] = {}  # path → status and headers
        self.most_at_once: Counter[str] = Counter()
        self.gate = threading.Event()  # requests wait while it is not set
        self.gate.set()
        self._active: defaultdict[str, set[int]] = defaultdict(set)
        self._changed = threading.Condition()
        self._count = 0

    def begin(self, host: str, path: str) -> int:
        with self._changed:
            self._count += 1
            self.asked[path] += 1
            self._active[host].add(self._count)
            self.most_at_once[host] = max(self.most_at_once[host], len(self._active[host]))
            self._changed.notify_all()
            return self._count

    def end(self, host: str, number: int) -> None:
        with self._changed:
            self._active[host].discard(number)
            self._changed.notify_all()

    def forget_active(self) -> set[str]:
        """Take requests that are under way for dead, as their program is."""
        with self._changed:
            self._active.clear()
            return set(self.asked)

    def wait_for_active(self, count: int, seconds: float = 60) -> None:
        with self._changed:
            assert self._changed.wait_for(
                lambda: sum(map(len, self._active.values())) >= count, seconds
            )

    def write_feed(self, host: str, path: str) -> bytes:
        name = path.strip("/").title()
        rows = "".join(
            _ROW.format(name=name, n=n, host=host, path=path, day=1 + n % 9)
            for n in range(self.entries)
        )
        return _FEED.format(name=name, rows=rows).encode()


@contextmanager
def serve_feeds(*, latency: float = 0.02, entries: int = 2) -> Iterator[FeedServer]:
    """Serve until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        counts: ClassVar[FeedServer]

        def do_GET(self) -> None:
            host = self.headers["Host"].partition(":")[0]
            number = self.counts.begin(host, self.path)
            try:
                self.counts.gate.wait(60)
                time.sleep(self.counts.latency)  # a publisher's distance
                status, headers = self.counts.answers.get(self.path, (200, {}))
                body = (
                    self.counts.write_feed(self.headers["Host"], self.path)
                    if status == 200
                    else b""
                )
                self.counts.end(host, number)  # before the asker knows: it may ask on
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/rss+xml")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                self.close_connection = True
            finally:
                self.counts.end(host, number)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base's)
            return

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

    server = Server(("0.0.0.0", 0), Handler)
    Handler.counts = FeedServer(server.server_address[1], latency=latency, entries=entries)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Handler.counts
    finally:
        Handler.counts.gate.set()
        server.shutdown()
        server.server_close()
        thread.join()


def write_sources(server: FeedServer, feeds: int, hosts: int) -> str:
    """Return a sources.yaml that reads so many feeds of so many hosts."""
    names = [f"127.0.0.{n + 1}" for n in range(hosts)]
    allowed = ", ".join(f"'{name}:{server.port}'" for name in names)
    rows = "".join(
        f"  - {{name: Feed {n}, url: 'http://{names[n % hosts]}:{server.port}/feed-{n}'}}\n"
        for n in range(feeds)
    )
    return (
        f"digest:\n  network: {{allow_private: [{allowed}], descriptions: false}}\nsources:\n{rows}"
    )
