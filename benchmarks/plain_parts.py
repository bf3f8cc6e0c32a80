"""The plain sum of the parts of collecting, as the yardstick of it: nothing but libraries.

    python benchmarks/plain_parts.py DATABASE URL COUNT

Asks COUNT feeds of URL/0 … with httpx, 50 at once and with their ETags, parses what came with
feedparser without its own cleaning, takes markup out with nh3, and stores entries in SQLite. No
dates beyond feedparser's, no languages, no identity of items, no limits, no history.
"""

from __future__ import annotations

import asyncio
import html
import io
import sqlite3
import sys

import feedparser
import httpx
import nh3


def take_text(markup: str) -> str:
    """Return the words of HTML."""
    return " ".join(html.unescape(nh3.clean(markup, tags=set())).split())


async def collect(database: str, base: str, count: int) -> None:
    """Read every feed once."""
    store = sqlite3.connect(database)
    store.execute("PRAGMA journal_mode=WAL")
    store.execute("CREATE TABLE IF NOT EXISTS feeds(url PRIMARY KEY, etag)")
    store.execute(
        "CREATE TABLE IF NOT EXISTS items"
        "(link PRIMARY KEY, feed, title, published, summary, text, author)"
    )
    known = dict(store.execute("SELECT url, etag FROM feeds"))
    room = asyncio.Semaphore(50)
    limits = httpx.Limits(max_connections=50, max_keepalive_connections=50)
    async with httpx.AsyncClient(limits=limits, timeout=60) as client:

        async def read(url: str) -> None:
            async with room:
                headers = {"If-None-Match": known[url]} if url in known else {}
                answer = await client.get(url, headers=headers)
            if answer.status_code == 304:
                return
            feed = feedparser.parse(
                io.BytesIO(answer.content),
                response_headers={"content-type": answer.headers["content-type"]},
                sanitize_html=False,
                resolve_relative_uris=False,
            )
            rows = [
                (
                    entry.get("link", ""),
                    url,
                    take_text(entry.get("title", "")),
                    str(entry.get("published_parsed") or entry.get("updated_parsed")),
                    take_text(entry.get("summary", "")),
                    take_text(next((part.value for part in entry.get("content", ())), "")),
                    entry.get("author", ""),
                )
                for entry in feed.entries
            ]
            with store:
                store.executemany("INSERT OR REPLACE INTO items VALUES (?,?,?,?,?,?,?)", rows)
                tag = answer.headers.get("etag", "")
                store.execute("INSERT OR REPLACE INTO feeds VALUES (?, ?)", (url, tag))

        await asyncio.gather(*(read(f"{base}/{number}") for number in range(count)))
    store.close()


if __name__ == "__main__":
    asyncio.run(collect(sys.argv[1], sys.argv[2], int(sys.argv[3])))
