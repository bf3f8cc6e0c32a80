"""JSON that open interfaces give: releases of GitHub, searches of Hacker News. Pure.

Both are told by the address and the fields of their rows. The older pages are followed: GitHub
names them in a header, Hacker News counts them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from digest.errors import ParseError
from digest.fetch.read import fields
from digest.fetch.read.dates import describe_date_problems, parse_date
from digest.fetch.read.fields import as_text
from digest.fetch.read.reader import FeedContent, SourceReader
from digest.model.retrieved import FeedEntry, ParsedFeed
from digest.urls import extract_host

_RELEASES_PATH = re.compile(r"/repos/([^/]+/[^/]+)/releases/?")
_NEXT_LINK = re.compile(r"<([^<>]+)>\s*;[^,]*rel=\"?next\"?")
_HN_ITEM = "https://news.ycombinator.com/item?id="
_HN_SEARCH = "https://hn.algolia.com/api/v1/search_by_date?tags=story&query="
_BARE_VERSION = re.compile(r"\W*(?:v|version|release)?\W*\d+(?:[.\-]\w+)*\W*", re.IGNORECASE)
_MARKDOWN_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_MARKDOWN_MARK = re.compile(r"^\s*(?:#{1,6}|[*+-]|>)\s+|[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}", re.M)


class GitHubReleasesReader(SourceReader):
    """Reads the releases of a repository from GitHub's interface, and that of GitHub Enterprise."""

    kind = "github-releases"

    def accepts(self, content: FeedContent) -> bool:
        """Return whether an answer is a JSON list from where releases are."""
        is_list = content.text.startswith("[")
        return is_list and bool(_RELEASES_PATH.search(urlsplit(content.url).path))

    def parse(self, content: FeedContent) -> ParsedFeed:
        """Return the published releases as a feed. Raise ParseError where there are none."""
        rows = _load(content.text, list)
        found = _RELEASES_PATH.search(urlsplit(content.url).path)
        repository = found[1] if found else ""
        project = repository.rpartition("/")[2]
        entries = []
        for position, row in enumerate(rows):
            if not isinstance(row, dict) or row.get("draft"):
                continue
            name = fields.normalize_title(as_text(row.get("name")) or as_text(row.get("tag_name")))
            author = row.get("author")
            entries.append(
                FeedEntry(
                    link=fields.normalize_link(as_text(row.get("html_url")), content.url),
                    # a bare number says nothing beside the entries of others
                    title=f"{project} {name}" if _BARE_VERSION.fullmatch(name) else name,
                    summary="",
                    text=_read_markdown(as_text(row.get("body"))),
                    published=parse_date(as_text(row.get("published_at"))),
                    authors=fields.normalize_authors(
                        [as_text(author.get("login")) if isinstance(author, dict) else ""]
                    ),
                    guid=fields.normalize_guid(as_text(row.get("node_id"))),
                    position=position,
                )
            )
        undated = ["" for entry in entries if entry.published is None]
        older = _NEXT_LINK.search(content.headers.get("link", ""))
        return ParsedFeed(
            entries=tuple(entries),
            title=f"{repository} releases",
            problems=describe_date_problems(len(entries), undated),
            links={"next": older[1]} if older else {},
            generator="GitHub",
        )


class HackerNewsReader(SourceReader):
    """Reads a search of Hacker News from the interface of Algolia, which is open to all."""

    kind = "hacker-news"

    def accepts(self, content: FeedContent) -> bool:
        """Return whether an answer is a JSON object from that interface."""
        is_search = urlsplit(content.url).path.startswith("/api/v1/search")
        return content.text.startswith("{") and is_search and '"hits"' in content.text

    def parse(self, content: FeedContent) -> ParsedFeed:
        """Return the stories as a feed. Raise ParseError where there are none."""
        data = _load(content.text, dict)
        hits = data.get("hits")
        if not isinstance(hits, list):
            raise ParseError("JSON that is no search", kind="not-a-feed")
        entries = tuple(
            _read_hit(hit, position) for position, hit in enumerate(hits) if isinstance(hit, dict)
        )
        entries = tuple(entry for entry in entries if entry.title)
        page, pages = data.get("page"), data.get("nbPages")
        more = isinstance(page, int) and isinstance(pages, int) and page + 1 < pages
        query = as_text(data.get("query"))
        return ParsedFeed(
            entries=entries,
            title=f"Hacker News: {query}" if query else "Hacker News",
            language="en",
            links={"next": _number_page(content.url, page + 1)} if more else {},
            generator="Algolia",
        )

    def guess_urls(self, page_url: str) -> list[str]:
        """Return the interface's address of a search that a person looks at."""
        parts = urlsplit(page_url)
        if extract_host(page_url) != "hn.algolia.com" or parts.path.startswith("/api"):
            return []
        words = dict(parse_qsl(parts.query)).get("q") or dict(parse_qsl(parts.query)).get("query")
        return [_HN_SEARCH + quote(words)] if words else []


def _read_hit(hit: Mapping[str, Any], position: int) -> FeedEntry:
    number = as_text(hit.get("objectID"))
    talk = _HN_ITEM + number if number else ""
    return FeedEntry(
        link=fields.normalize_link(as_text(hit.get("url"))) or talk,
        title=fields.normalize_title(as_text(hit.get("title"))),
        summary=fields.normalize_summary(as_text(hit.get("story_text"))),
        text="",
        published=parse_date(as_text(hit.get("created_at"))),
        guid=fields.normalize_guid(talk),
        position=position,
    )


def _number_page(url: str, page: int) -> str:
    parts = urlsplit(url)
    pairs = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "page"]
    return urlunsplit(parts._replace(query=urlencode([*pairs, ("page", str(page))])))


def _read_markdown(text: str) -> str:
    """Return a release's notes as plain text, line by line."""
    plain = _MARKDOWN_MARK.sub("", _MARKDOWN_LINK.sub(r"\1", text[:200_000]))
    lines = plain.replace("\r", "").replace("<", "&lt;").split("\n")
    return fields.normalize_text("<br>".join(lines))


def _load(text: str, kind: type) -> Any:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ParseError("its JSON is broken", kind="not-a-feed") from error
    if not isinstance(data, kind):
        raise ParseError("JSON that is no feed", kind="not-a-feed")
    return data


def guess_account_feeds(page_url: str) -> list[str]:
    """Return where well-known sites keep the feed of a page: an account, a list, a place for talk.

    Mastodon runs on hosts of any name; there the path tells.
    """
    host, parts = extract_host(page_url), urlsplit(page_url)
    path = parts.path.rstrip("/")
    query = dict(parse_qsl(parts.query))
    youtube = "https://www.youtube.com/feeds/videos.xml?"
    if host in ("youtube.com", "m.youtube.com", "youtu.be"):
        channel = re.match(r"/channel/([\w-]+)", path)
        if channel:
            return [f"{youtube}channel_id={channel[1]}"]
        return [f"{youtube}playlist_id={quote(query['list'])}"] if query.get("list") else []
    if host == "bsky.app" and re.fullmatch(r"/profile/[\w.:-]+", path):
        return [f"https://bsky.app{path}/rss"]
    if host in ("reddit.com", "old.reddit.com") and re.match(r"/(?:r|user|u)/\w+", path):
        return [f"https://www.reddit.com{path}/.rss"]
    if host == "news.ycombinator.com":
        front = {"": "frontpage", "/newest": "newest", "/show": "show", "/ask": "ask"}
        return [f"https://hnrss.org/{front[path]}"] if path in front else []
    if host == "github.com" and path.count("/") >= 2:
        return [urljoin(page_url, "/".join(path.split("/")[:3]) + "/releases.atom")]
    if host == "medium.com" and path:
        return [urljoin(page_url, "/feed" + path)]
    if host.endswith(".blogspot.com"):
        return [urljoin(page_url, "/feeds/posts/default")]
    return [urljoin(page_url, path + ".rss")] if re.fullmatch(r"/@\w+", path) else []
