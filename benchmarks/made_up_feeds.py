"""Feeds that nobody wrote, and a server of them on loopback that is as slow as the web.

    python benchmarks/made_up_feeds.py FOLDER COUNT ENTRIES     writes feeds
    python benchmarks/made_up_feeds.py serve FOLDER DELAY       serves them; prints its port

Every feed has its own words: half are RSS, half Atom. A feed that is asked for with its ETag is
answered with 304. All are served by one process whose own cost is not measured.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import random
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

START, DAYS = datetime(2026, 7, 1, tzinfo=UTC), 90
SYLLABLES = (
    "ba ce di fo gu ha ke li mo nu pa re si to vu za che dra fli gro pla qui sta tri blo".split()
)
NEWS = (
    "{} launches an AI agent for email marketing",
    "{} acquires {}, a customer data platform, for ${} million",
    "{} raises prices of its CRM by {} percent",
    "{} adds attribution reports to its marketing analytics",
    "{} opens a tag manager for retailers with {}",
    "{} shuts down its SEO tool on 1 October",
    "{} and {} build a consent banner for publishers",
    "{} names a chief marketing officer from {}",
    "Seven tips for newsletters by {}",
    "Regulator fines {} ${} million over cookies",
    "{} says its model writes product pages {} percent faster",
    "What {} learned from {} about loyalty",
)
_LINKED = '<p>{}. <a href="https://{}.example/about?utm_source=rss&amp;utm_medium=feed">{}</a> {}.'


def make_word(rng: random.Random) -> str:
    """Make up a word."""
    return "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(2, 4)))


class Writer:
    """Writes entries in words that follow Zipf's law, as real text does."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(7)
        self._words = sorted({make_word(rng) for _ in range(6000)})
        self._weights = [1 / (rank + 20) for rank in range(len(self._words))]
        self._names = sorted({make_word(rng).capitalize() for _ in range(1500)})
        self._rng = random.Random(seed)

    def write_title(self) -> str:
        """Write a headline of the trade."""
        template = self._rng.choice(NEWS)
        values = [*self._rng.sample(self._names, 2), str(self._rng.randint(3, 90))]
        if template.count("{}") == 2 and "percent" in template:
            values = [values[0], values[2]]
        title = template.format(*values)
        return f"{title} {' '.join(self._rng.choices(self._words, self._weights, k=4))}"

    def write_body(self, title: str, size: int) -> str:
        """Write some paragraphs of HTML, so many characters."""
        parts = [f"<p>{escape(title)}, the company said on Tuesday."]
        length = len(parts[0])
        while length < size:
            words = self._rng.choices(self._words, self._weights, k=44)
            said, more = " ".join(words[:22]).capitalize(), " ".join(words[22:])
            name = self._rng.choice(self._names)
            parts.append(_LINKED.format(said, name.lower(), name, more) + "</p>")
            length += len(parts[-1])
        return "\n".join(parts)


def make_feed(number: int, entries: int, size: int) -> str:
    """Make a feed with so many entries of so many characters."""
    rng, writer = random.Random(number), Writer(number)
    rows = []
    for _ in range(entries):
        title = writer.write_title()
        when = START + timedelta(days=DAYS * rng.random())
        slug = "-".join(title.lower().split()[:6]).replace("$", "")
        link = f"https://site{number}.example/{when:%Y/%m}/{slug}-{rng.randint(1000, 9999)}"
        body = writer.write_body(title, size)
        rows.append((when, title, link, body, escape(body[:400].split("<a")[0])))
    rows.sort(reverse=True)
    name = f"Site {number}"
    if number % 2:
        items = "".join(
            f"<item><title>{escape(title)}</title><link>{link}</link><guid>{link}</guid>"
            f"<pubDate>{when:%a, %d %b %Y %H:%M:%S} +0000</pubDate><author>desk@x.example (Desk)"
            f"</author><category>news</category><description>{summary}</description>"
            f"<content:encoded><![CDATA[{body}]]></content:encoded></item>\n"
            for when, title, link, body, summary in rows
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" '
            'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
            f"<title>{name}</title><link>https://site{number}.example/</link>"
            f"<description>News</description><language>en</language>{items}</channel></rss>"
        )
    items = "".join(
        f"<entry><title>{escape(title)}</title><id>{link}</id><link href='{link}'/>"
        f"<updated>{when:%Y-%m-%dT%H:%M:%SZ}</updated><author><name>Desk</name></author>"
        f"<summary type='html'>{escape(summary)}</summary>"
        f"<content type='html'>{escape(body)}</content></entry>\n"
        for when, title, link, body, summary in rows
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
        f"xml:lang='en'><title>{name}</title><id>urn:site{number}</id>"
        f"<updated>{rows[0][0]:%Y-%m-%dT%H:%M:%SZ}</updated>{items}</feed>"
    )


def write_feeds(folder: Path, count: int, entries: int, size: int = 5200) -> None:
    """Write compressed feeds, as a server sends them."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        body = make_feed(number, entries, size).encode()
        (folder / f"{number}.xml.gz").write_bytes(gzip.compress(body, 6))


async def serve(folder: Path, delay: float) -> None:
    """Serve the feeds under /N, each answer after so many seconds; print the port."""
    bodies = {path.name.partition(".")[0]: path.read_bytes() for path in folder.glob("*.xml.gz")}
    tags = {name: hashlib.sha256(body).hexdigest()[:12] for name, body in bodies.items()}

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                name = head.split(b" ", 2)[1].decode().strip("/").split("/")[0]
                await asyncio.sleep(delay)
                if name not in bodies:
                    writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                elif f'"{tags[name]}"'.encode() in head:
                    tag = f'ETag: "{tags[name]}"\r\n'.encode()
                    writer.write(b"HTTP/1.1 304 Not Modified\r\n" + tag + b"\r\n")
                else:
                    body = bodies[name]
                    kind = "atom" if int(name) % 2 == 0 else "rss"
                    lines = (
                        f"HTTP/1.1 200 OK\r\nContent-Type: application/{kind}+xml\r\n"
                        f'ETag: "{tags[name]}"\r\nContent-Encoding: gzip\r\n'
                        f"Content-Length: {len(body)}\r\n\r\n"
                    )
                    writer.write(lines.encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=1000)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        asyncio.run(serve(Path(sys.argv[2]), float(sys.argv[3])))
    else:
        write_feeds(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
