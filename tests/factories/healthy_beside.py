"""A run over feeds that are built to be slow, beside a healthy one that takes its time.

Real sockets on loopback, the real client, parser process and archive.
"""

from __future__ import annotations

import asyncio
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from digest.app.collect import CollectionOptions, CollectionReport, SourceReport, collect_sources
from digest.archive import Archive
from digest.fetch.http.client import Fetcher, HttpLimits
from digest.fetch.read.parser_process import ParserProcess
from digest.model.source import Source
from digest.tag.language import detect_language
from digest.text import slugify
from tests.factories.slow_feeds import ITEM, build_feed

HEALTHY = "Healthy"
DELAY, PATIENCE = 8.0, 20.0  # seconds
NOW = datetime(2026, 8, 1, 6, tzinfo=UTC)


@dataclass(frozen=True)
class SlowRun:
    """How a run went: a report for each source, and the longest stretch of work of its loop.

    It is in seconds of CPU, so that other work of the machine does not count.
    """

    reports: Mapping[str, SourceReport]
    longest_stretch: float


def collect_beside_healthy(feeds: Mapping[str, bytes], delay: float = DELAY) -> SlowRun:
    """Read the feeds in one run with a healthy one that answers after `delay` seconds."""
    bodies = {f"/{slugify(name)}": body for name, body in feeds.items()}
    with (
        serve(bodies, 0.0, "127.0.0.1") as slow,
        serve({"/healthy": build_feed(ITEM)}, delay, "127.0.0.2") as healthy,
        tempfile.TemporaryDirectory() as folder,
        Archive.open(Path(folder) / "archive.db") as archive,
        ParserProcess() as parsers,
    ):
        sources = [Source(name, slugify(name), f"http://{slow}/{slugify(name)}") for name in feeds]
        sources.append(Source(HEALTHY, "healthy", f"http://{healthy}/healthy"))
        watch = _WatchedFetcher(
            user_agent="bench",
            now=lambda: NOW,
            limits=HttpLimits(seconds=PATIENCE),
            allow_private=(slow, healthy),
        )
        collected: CollectionReport = collect_sources(
            sources,
            archive,
            watch,
            CollectionOptions(
                read_newsletters=lambda _, state: ((), state, ()),
                detect=detect_language,
                now=NOW,
                parsers=parsers,
            ),
        )
    return SlowRun({report.source: report for report in collected.reports}, watch.longest_stretch)


class _WatchedFetcher(Fetcher):
    """The client, with a clock beside it that says for how long its event loop did one thing."""

    _TICK = 0.02  # seconds
    longest_stretch = 0.0

    async def __aenter__(self) -> _WatchedFetcher:
        self._clock = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, *error: object) -> None:
        self._clock.cancel()
        await super().__aexit__(*error)

    async def _watch(self) -> None:
        while True:
            started = time.thread_time()
            await asyncio.sleep(self._TICK)
            self.longest_stretch = max(self.longest_stretch, time.thread_time() - started)


@contextmanager
def serve(bodies: Mapping[str, bytes], delay: float, host: str) -> Iterator[str]:
    """Serve bodies by their paths, each answer after `delay` seconds; give host and port."""
    loop = asyncio.new_event_loop()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await asyncio.sleep(delay)
                body = bodies.get(head.split(b" ", 2)[1].decode(), b"")
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
                    b"Content-Length: %d\r\n\r\n" % len(body) + body
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = loop.run_until_complete(asyncio.start_server(answer, host, 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield f"{host}:{server.sockets[0].getsockname()[1]}"
    finally:
        loop.call_soon_threadsafe(_stop, loop, server)
        thread.join()
        loop.close()


def _stop(loop: asyncio.AbstractEventLoop, server: asyncio.Server) -> None:
    server.close()
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.call_soon(loop.stop)
