"""A briefing of the newest stories made with libraries alone, as the yardstick of the whole job.

    python benchmarks/naive_pipeline.py DATABASE URL COUNT PDF

Asks COUNT feeds of URL/0 … with httpx, parses what came with feedparser as it is when nothing is
set, stores entries in SQLite, writes the newest forty into a page with Jinja2 and draws it with
WeasyPrint. It judges nothing, groups nothing, chooses nothing and keeps no history.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import time

import feedparser
import httpx
import jinja2
from weasyprint import HTML

_PAGE = """<!doctype html><html lang="en"><title>Briefing</title><h1>Briefing</h1>
{% for story in stories %}<h2><a href="{{ story[0] }}">{{ story[1] }}</a></h2>
<p>{{ story[2] }}</p><p>{{ story[3] }}</p>{% endfor %}"""
_MANY = 40  # stories
_SUMMARY = 400  # characters


def _format_day(when: time.struct_time | None) -> str:
    return time.strftime("%Y-%m-%d", when) if when else ""


async def collect(database: str, base: str, count: int) -> None:
    """Read every feed once."""
    store = sqlite3.connect(database)
    store.execute("PRAGMA journal_mode=WAL")
    store.execute("CREATE TABLE items(link PRIMARY KEY, title, published, summary, text)")
    room = asyncio.Semaphore(50)
    limits = httpx.Limits(max_connections=50, max_keepalive_connections=50)
    async with httpx.AsyncClient(limits=limits, timeout=60) as client:

        async def read(url: str) -> None:
            async with room:
                answer = await client.get(url)
            rows = [
                (
                    entry.get("link", ""),
                    entry.get("title", ""),
                    _format_day(entry.get("published_parsed") or entry.get("updated_parsed")),
                    entry.get("summary", "")[:_SUMMARY],
                    next((part.value for part in entry.get("content", ())), ""),
                )
                for entry in feedparser.parse(answer.content).entries
            ]
            with store:
                store.executemany("INSERT OR REPLACE INTO items VALUES (?,?,?,?,?)", rows)

        await asyncio.gather(*(read(f"{base}/{number}") for number in range(count)))
    store.close()


def draw(database: str, path: str) -> None:
    """Draw the newest stories as PDF."""
    with sqlite3.connect(database) as store:
        stories = store.execute(
            "SELECT link, title, published, summary FROM items ORDER BY published DESC LIMIT ?",
            (_MANY,),
        ).fetchall()
    page = jinja2.Environment(autoescape=True).from_string(_PAGE).render(stories=stories)
    HTML(string=page).write_pdf(path)


if __name__ == "__main__":
    asyncio.run(collect(sys.argv[1], sys.argv[2], int(sys.argv[3])))
    draw(sys.argv[1], sys.argv[4])
