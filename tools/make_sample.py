"""Writes the sample quarter into digest/sample/ from the texts in tools/sample/.

    python tools/make_sample.py [FOLDER]

Every text is ours and every company in it is invented. One YAML file holds one publisher (its feed's dialect, its
items and how a careful reader labels them) or one letter; this script only lays them out as feeds, letters and
expected.json. Same texts, same bytes. What it writes is what ships; run it again after each change of the texts.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from letters import letter_bytes
from ruamel.yaml import YAML

from digest.text import clean_text

HERE = Path(__file__).parent
TEXTS = HERE / "sample"
TARGET = HERE.parent / "digest" / "sample"

Item = dict[str, Any]
Feed = dict[str, Any]


def main(target: Path) -> None:
    """Write feeds/, letters/ and expected.json below `target`."""
    feeds = [load(path) for path in sorted((TEXTS / "feeds").glob("*.yaml"))]
    letters = [load(path) for path in sorted((TEXTS / "letters").glob("*.yaml"))]
    for folder in ("feeds", "letters"):
        (target / folder).mkdir(parents=True, exist_ok=True)
    for feed in feeds:
        prepare(feed)
        write(target / "feeds" / feed_file(feed), DIALECTS[feed["format"]](feed))
    for letter in letters:
        write(target / "letters" / f"{letter['file']}.eml", letter_bytes(letter))
    told = expected(feeds, letters, load(TEXTS / "threads.yaml")["threads"])
    write(
        target / "expected.json", (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()
    )


def load(path: Path) -> dict[str, Any]:
    """One YAML file as plain values; `yes` and `no` stay words."""
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    return loaded


def write(path: Path, body: bytes) -> None:
    """Write only what changed, so that times on disk say something."""
    if not path.exists() or path.read_bytes() != body:
        path.write_bytes(body)


def feed_file(feed: Feed) -> str:
    """The file of a feed, named by its source's slug."""
    return feed["slug"] + (".json" if feed["format"].startswith("json") else ".xml")


def prepare(feed: Feed) -> None:
    """Fill what the texts leave to rule: addresses, times in the publisher's zone, newest first."""
    zone = timezone(timedelta(hours=feed.get("zone", 0)))
    for item in feed["items"]:
        item["url"] = urljoin(feed["home"], item["path"])
        item["when"] = stamp(item["at"], zone) if "at" in item else None
        item["html"] = paragraphs(item["summary"]) + item.get("markup", "")
        item["paragraphs"] = [
            part.strip() for part in item.get("full", "").split("\n\n") if part.strip()
        ]
        item["full_html"] = "\n".join([item["html"], *map(paragraphs, item["paragraphs"])])
    if all(item["when"] for item in feed["items"]):
        feed["items"].sort(key=lambda item: item["when"], reverse=True)


def stamp(text: Any, zone: timezone) -> datetime:
    """`2026-07-02 09:10` as an aware time of the publisher's zone."""
    return datetime.fromisoformat(str(text)).replace(tzinfo=zone)


def paragraphs(text: str) -> str:
    """Plain text as one HTML paragraph."""
    return f"<p>{escape(' '.join(text.split()), quote=False)}</p>"


# ---------------------------------------------------------------- dialects


def tag(name: str, text: str | None, attributes: str = "") -> str:
    """An element with escaped text, or nothing where there is no text."""
    if not text:
        return ""
    return f"<{name}{' ' + attributes if attributes else ''}>{escape(' '.join(text.split()), quote=False)}</{name}>\n"


def cdata(name: str, html: str) -> str:
    """An element whose HTML stands in CDATA."""
    return f"<{name}><![CDATA[{html.replace(']]>', ']]&gt;')}]]></{name}>\n"


def published_link(item: Item) -> str:
    """The address as the publisher prints it: with its trackers, where the text gives them."""
    return str(item.get("link", item["url"]))


def rfc822(item: Item) -> str:
    """The item's time as RSS writes it; "" where it has none."""
    return format_datetime(item["when"]) if item["when"] else ""


def iso(item: Item) -> str:
    """The item's time as Atom and Dublin Core write it."""
    return item["when"].isoformat() if item["when"] else ""


def topics(item: Item) -> str:
    """RSS category elements."""
    return "".join(tag("category", topic) for topic in item.get("topics", ()))


def channel(feed: Feed) -> str:
    """What all RSS channels say of themselves."""
    return (
        tag("title", feed["name"])
        + tag("link", feed["home"])
        + tag("description", feed["description"])
    )


def encode(feed: Feed, body: str, head: str = "") -> bytes:
    """The document in the feed's charset; what the charset lacks becomes a character reference."""
    charset = feed.get("charset", "utf-8")
    text = f'<?xml version="1.0" encoding="{charset.upper()}"?>\n{head}{body}'
    return text.encode("cp1252" if charset == "windows-1252" else charset, "xmlcharrefreplace")


def rss(
    feed: Feed, version: str, namespaces: str, entry: Callable[[Item], str], more: str = ""
) -> str:
    """An RSS 0.9x or 2.0 document around its entries."""
    items = "".join(f"<item>\n{entry(item)}</item>\n" for item in feed["items"])
    opening = f'<rss version="{version}"{namespaces}>'
    return f"{opening}\n<channel>\n{channel(feed)}{more}{items}</channel>\n</rss>\n"


def rss_wordpress(feed: Feed) -> bytes:
    """RSS 2.0 as WordPress writes it: teaser, content:encoded, dc:creator, number guids, a "first appeared" line."""

    def entry(item: Item) -> str:
        number = 1000 + sum(map(ord, item["path"]))
        body = item["full_html"] if item["paragraphs"] else item["html"]
        foot = (
            f'<p>The post <a href="{item["url"]}">{escape(item["title"])}</a> first appeared on '
            f'<a href="{feed["home"]}">{feed["name"]}</a>.</p>'
        )
        return (
            tag("title", item["title"])
            + tag("link", published_link(item))
            + tag("dc:creator", item.get("author", feed.get("author")))
            + tag("pubDate", rfc822(item))
            + topics(item)
            + f'<guid isPermaLink="false">{feed["home"]}?p={number}-{item["path"][:12]}</guid>\n'
            + cdata("description", item["html"] + (foot if feed.get("first_appeared") else ""))
            + (
                cdata("content:encoded", body + (foot if feed.get("first_appeared") else ""))
                if item["paragraphs"]
                else ""
            )
        )

    namespaces = (
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:atom="http://www.w3.org/2005/Atom"'
    )
    more = (
        tag("language", feed["language"])
        + f'<atom:link href="{feed["feed"]}" rel="self" type="application/rss+xml"/>\n'
    )
    return encode(feed, rss(feed, "2.0", namespaces, entry, more))


def rss_dublin_core(feed: Feed) -> bytes:
    """RSS 2.0 with dc:date in place of pubDate, and the language of each item."""

    def entry(item: Item) -> str:
        return (
            tag("title", item["title"])
            + tag("link", published_link(item))
            + tag("guid", item["url"], 'isPermaLink="true"')
            + tag("dc:date", iso(item))
            + tag("dc:language", item.get("language"))
            + tag("dc:creator", item.get("author"))
            + (
                tag("description", item["html"])
                if item.get("markup")
                else tag("description", item["summary"])
            )
            + (tag("content:encoded", item["full_html"]) if item["paragraphs"] else "")
        )

    namespaces = ' xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    body = rss(feed, "2.0", namespaces, entry, tag("dc:language", feed["language"]))
    if feed.get("cut_at"):
        body = body[: body.rindex(feed["cut_at"]) + len(feed["cut_at"])]
    return encode(feed, body)


def rss_plain(feed: Feed) -> bytes:
    """RSS 2.0 without extensions: HTML in CDATA, the address as guid."""

    def entry(item: Item) -> str:
        return (
            tag("title", item.get("title_markup", item["title"]))
            + tag("link", published_link(item))
            + cdata("description", item["full_html"])
            + tag("author", item.get("author"))
            + topics(item)
            + tag("guid", published_link(item))
            + tag("pubDate", rfc822(item))
        )

    return encode(
        feed, rss(feed, "2.0", "", entry, tag("language", feed["language"]) + tag("ttl", "240"))
    )


def rss_092(feed: Feed) -> bytes:
    """RSS 0.92: entity-escaped HTML and a source element."""

    def entry(item: Item) -> str:
        return (
            tag("title", item["title"])
            + tag("link", published_link(item))
            + tag("description", item["full_html"])
            + tag("source", feed["name"], f'url="{feed["feed"]}"')
            + tag("pubDate", rfc822(item))
        )

    return encode(feed, rss(feed, "0.92", "", entry, tag("language", feed["language"])))


def rss_091(feed: Feed) -> bytes:
    """RSS 0.91: a document type with an outside DTD, title, link and description only; nothing has a date."""

    def entry(item: Item) -> str:
        return (
            tag("title", item["title"])
            + tag("link", published_link(item))
            + tag("description", item["summary"])
        )

    head = (
        '<!DOCTYPE rss PUBLIC "-//Example//DTD RSS 0.91//EN" "https://dtd.example/rss-0.91.dtd">\n'
    )
    return encode(feed, rss(feed, "0.91", "", entry, tag("language", feed["language"])), head)


def rss_10(feed: Feed) -> bytes:
    """RSS 1.0: RDF with a sequence of addresses, then the items beside the channel."""
    sequence = "".join(
        f'<rdf:li rdf:resource="{escape(item["url"])}"/>\n' for item in feed["items"]
    )
    items = "".join(
        f'<item rdf:about="{escape(item["url"])}">\n'
        + tag("title", item["title"])
        + tag("link", published_link(item))
        + tag("description", item["summary"])
        + tag("dc:date", iso(item))
        + tag("dc:subject", item.get("subject"))
        + (
            cdata("content:encoded", item["full_html"])
            if item["paragraphs"] or item.get("markup")
            else ""
        )
        + "</item>\n"
        for item in feed["items"]
    )
    opening = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
    )
    about = f'<channel rdf:about="{feed["home"]}">\n{channel(feed)}' + tag(
        "dc:language", feed["language"]
    )
    return encode(
        feed,
        f"{opening}\n{about}<items>\n<rdf:Seq>\n{sequence}</rdf:Seq>\n</items>\n</channel>\n{items}</rdf:RDF>\n",
    )


def atom(feed: Feed) -> bytes:
    """Atom 1.0: text summaries, content as escaped HTML or as XHTML; with xml:base its links are relative."""
    based = feed.get("relative", False)

    def content(item: Item) -> str:
        if not item["paragraphs"] and not item.get("markup"):
            return ""
        if feed.get("xhtml") and not item.get("markup"):
            return f'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{item["full_html"]}</div></content>\n'
        return tag("content", item["full_html"], 'type="html"')

    def entry(item: Item) -> str:
        link = item["path"] if based and "link" not in item else published_link(item)
        title = item.get("title_markup")
        return (
            (tag("title", title, 'type="html"') if title else tag("title", item["title"]))
            + f'<link rel="alternate" type="text/html" href="{escape(link)}"/>\n'
            + tag("id", f"tag:{urlsplit(feed['home']).hostname},2026:{item['path']}")
            + tag("published", iso(item))
            + tag("updated", iso(item))
            + (f"<author>{tag('name', item['author'])}</author>\n" if "author" in item else "")
            + "".join(f'<category term="{escape(topic)}"/>\n' for topic in item.get("topics", ()))
            + tag("summary", item["summary"], 'type="text"')
            + content(item)
        )

    base = f' xml:base="{feed["home"]}"' if based else ""
    items = "".join(f"<entry>\n{entry(item)}</entry>\n" for item in feed["items"])
    head = (
        tag("title", feed["name"])
        + tag("subtitle", feed["description"])
        + f'<link href="{feed["home"]}"/>\n<link rel="self" href="{feed["feed"]}"/>\n'
        + tag("id", feed["home"])
        + tag("updated", iso(feed["items"][0]))
    )
    opening = f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{feed["language"]}"{base}>'
    return encode(feed, f"{opening}\n{head}{items}</feed>\n")


def json_feed(feed: Feed) -> bytes:
    """JSON Feed 1.0 (one author, plain text) or 1.1 (authors, languages, HTML)."""
    newer = feed["format"] == "json-1.1"

    def entry(item: Item) -> dict[str, Any]:
        made: dict[str, Any] = {
            "id": item["url"],
            "url": published_link(item),
            "title": item["title"],
        }
        if item["when"]:
            made["date_published"] = iso(item)
        if newer:
            made["summary"] = item["summary"]
            made["content_html"] = item["full_html"] if item["paragraphs"] else item["html"]
            made |= {"language": item["language"]} if "language" in item else {}
            made |= {"authors": [{"name": item["author"]}]} if "author" in item else {}
        else:
            made["content_text"] = "\n\n".join([item["summary"], *item["paragraphs"]])
            made |= {"author": {"name": item["author"]}} if "author" in item else {}
        if item.get("topics"):
            made["tags"] = list(item["topics"])
        return made

    document: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/"
        + feed["format"].removeprefix("json-").replace("1.0", "1"),
        "title": feed["name"],
        "home_page_url": feed["home"],
        "feed_url": feed["feed"],
        "description": feed["description"],
    }
    if newer:
        document["language"] = feed["language"]
    document["items"] = [entry(item) for item in feed["items"]]
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


DIALECTS: dict[str, Callable[[Feed], bytes]] = {
    "rss-2.0-wordpress": rss_wordpress,
    "rss-2.0-dublin-core": rss_dublin_core,
    "rss-2.0": rss_plain,
    "rss-0.92": rss_092,
    "rss-0.91": rss_091,
    "rss-1.0": rss_10,
    "atom-1.0": atom,
    "json-1.0": json_feed,
    "json-1.1": json_feed,
}


# ---------------------------------------------------------------- what a careful reader expects


def label(item: Item) -> dict[str, Any]:
    """The reader's label with the values that the texts leave out."""
    given = item["label"]
    return {
        "relevant": given.get("relevant", "yes"),
        "category": given.get("category", "none"),
        "also": given.get("also", []),
        "ai": given.get("ai", "none"),
        "evidence": given.get("evidence", "-"),
        "event": given["event"],
        "vendors": given.get("vendors", []),
    }


def expected_item(feed: Feed, item: Item) -> dict[str, Any]:
    """One row: where it is, what it says, how it is labelled."""
    return {
        "source": feed["slug"],
        "url": item["url"],
        "title": clean_text(item["title"]),
        "published": iso(item) or None,
        "language": item.get("language", feed["language"]).partition("-")[0],
        "story": item.get("story"),
        **label(item),
    }


def stories(rows: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, str]]]:
    """Story name → its reports, by source and address."""
    told: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        if row["story"]:
            told.setdefault(row["story"], []).append({"source": row["source"], "url": row["url"]})
    return {name: told[name] for name in sorted(told)}


def expected(
    feeds: list[Feed], letters: list[dict[str, Any]], threads: list[list[str]]
) -> dict[str, Any]:
    """All that tests may hold the product to."""
    rows = [
        expected_item(feed, item)
        for feed in feeds
        for item in feed["items"]
        if not item.get("again")
    ]
    from_mail = [
        {
            "source": letter["slug"],
            "letter": letter["message_id"],
            "url": story["url"],
            "title": story["title"],
            "published": stamp(letter["date"], UTC).isoformat(),
            "language": letter.get("language", "en"),
            "story": story.get("story"),
            **label(story),
        }
        for letter in letters
        for story in letter.get("stories", [])
    ]
    return {
        "feeds": {
            feed["slug"]: {
                "file": feed_file(feed),
                "format": feed["format"],
                "charset": feed.get("charset", "utf-8"),
                "language": feed["language"],
                "entries": len(feed["items"]),
                "items": sum(not item.get("again") for item in feed["items"]),
            }
            for feed in feeds
        },
        "letters": {
            letter["file"]: {
                "source": letter["slug"],
                "message_id": letter["message_id"],
                "stories": [story["url"] for story in letter.get("stories", [])],
                "sponsored": letter["sponsor"]["url"] if "sponsor" in letter else None,
            }
            for letter in letters
        },
        "items": sorted(rows, key=lambda row: (row["source"], row["published"] or "", row["url"])),
        "letter_items": from_mail,
        "stories": stories([*rows, *from_mail]),
        "threads": threads,
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)
