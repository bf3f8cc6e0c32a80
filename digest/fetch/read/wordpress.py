"""WordPress's interface for posts, as a source and as a way to the older entries of feeds. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import parse_qs, parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from digest.errors import ParseError
from digest.fetch.read import fields
from digest.fetch.read.charset import decode_body
from digest.fetch.read.dates import describe_date_problems, parse_date
from digest.fetch.read.fields import as_text
from digest.fetch.read.reader import (
    DatedHistory,
    FeedContent,
    FeedWindow,
    HistoryWay,
    PagedHistory,
    SourceReader,
)
from digest.fetch.read.round_ups import add_parts
from digest.model.retrieved import FeedEntry, ParsedFeed, Retrieved
from digest.urls import canonical_url

_PER_PAGE = 100
_FIELDS = "id,date_gmt,modified_gmt,link,guid,title,excerpt,content"
_API_LINK = re.compile(r"<([^<>]+)>\s*;[^,]*rel=\"?https://api\.w\.org/\"?")
_POSTS_PATH = "/wp/v2/posts"
_DAY = timedelta(days=1)
_CUT = re.compile(  # at the end, or before WordPress's word on where the post appeared
    r"(?:\[\s*(?:…|\.\.\.)\s*\]|…|\.\.\.|\(more…?\)|[Cc]ontinue reading[^\n]{0,120}|"
    r"[Rr]ead (?:more|the rest)[^\n]{0,120})\s*(?:\n[^\n]{0,300})?$"
)


class WordPressReader(SourceReader):
    """Reads the list of posts of WordPress's REST interface."""

    kind = "wordpress"

    def accepts(self, content: FeedContent) -> bool:
        """Return whether an answer is a JSON list from where WordPress gives its posts."""
        return content.text.startswith("[") and _is_posts_url(content.url)

    def parse(self, content: FeedContent) -> ParsedFeed:
        """Return the posts as a feed. Raise ParseError where there are none."""
        entries = _parse_rows(content.text, content.url, None)
        undated = ["" for entry in entries if entry.published is None]
        return ParsedFeed(
            entries=entries,
            home=urljoin(content.url, "/"),
            problems=describe_date_problems(len(entries), undated),
            generator="WordPress",
        )

    def list_history_ways(self, window: FeedWindow) -> list[HistoryWay]:
        """Return the posts by date, and the numbered pages of a feed that WordPress made."""
        ways: list[HistoryWay] = []
        posts = find_posts_endpoint(window.document, window.headers, window.url)
        if posts:
            ways.append(
                DatedHistory(
                    name="posts",
                    endpoint=posts,
                    build_url=partial(build_posts_url, posts),
                    parse_page=partial(_parse_page, language=window.document.language),
                )
            )
        if "wordpress" in window.document.generator.lower() and not _is_posts_url(window.url):
            ways.append(
                PagedHistory(
                    name="paged",
                    link="paged",
                    first_url=build_paged_url(window.url, 2),
                    find_next=_find_next_page,
                    ends_with_404=True,
                )
            )
        return ways


def find_posts_endpoint(document: ParsedFeed, headers: Mapping[str, str], feed_url: str) -> str:
    """Return where the posts of a feed can be asked for by date.

    "" where that is not WordPress, and where the feed is one of a category, whose posts the
    interface would mix with all others.
    """
    if _is_posts_url(feed_url):
        return feed_url
    home = document.home or urljoin(feed_url, "/")
    home += "" if home.endswith("/") else "/"
    main_feeds = {
        canonical_url(urljoin(home, path)) for path in ("feed", "?feed=rss2", "?feed=rss")
    }
    stated = _API_LINK.search(headers.get("link", ""))
    is_wordpress = (
        stated
        or "wordpress" in document.generator.lower()
        or urlsplit(feed_url).path.rstrip("/").endswith("/feed")
    )
    if canonical_url(feed_url) not in main_feeds or not is_wordpress:
        return ""
    root = fields.normalize_link(stated[1], feed_url) if stated else urljoin(home, "wp-json/")
    return root.removesuffix("/") + _POSTS_PATH if root else ""


def find_cut_entries(document: ParsedFeed) -> tuple[FeedEntry, ...]:
    """Return the entries of which a feed gives only the beginning; () where that is its exception.

    WordPress marks it, by its words for "read more" or an ellipsis in brackets.
    """
    cut = tuple(
        entry for entry in document.entries if not entry.text and _CUT.search(entry.summary)
    )
    return cut if 2 * len(cut) >= len(document.entries) else ()


def build_newest_url(posts: str, count: int) -> str:
    """Return the address of the newest posts, so many of them."""
    query = {"per_page": min(count, _PER_PAGE), "_fields": _FIELDS}
    return f"{posts}{'&' if '?' in posts else '?'}{urlencode(query)}"


def fill_cut_entries(document: ParsedFeed, posts: Iterable[FeedEntry]) -> ParsedFeed:
    """Return a feed whose cut entries have text and parts of the posts with their addresses."""
    whole = {canonical_url(post.link): post for post in posts if post.link and post.text}
    cut = {entry.link for entry in find_cut_entries(document)}
    entries = (
        replace(entry, text=post.text, parts=post.parts)
        if entry.link in cut and (post := whole.get(canonical_url(entry.link)))
        else entry
        for entry in document.entries
    )
    return replace(document, entries=tuple(entries))


def build_posts_url(posts: str, after: datetime, before: datetime, page: int) -> str:
    """Return the address of a page of posts.

    A day is added at both ends, because some sites compare in their own time zone.
    """
    query = {
        "after": f"{after - _DAY:%Y-%m-%dT%H:%M:%SZ}",
        "before": f"{before + _DAY:%Y-%m-%dT%H:%M:%SZ}",
        "per_page": _PER_PAGE,
        "page": page,
        "order": "desc",
        "_fields": _FIELDS,
    }
    return f"{posts}{'&' if '?' in posts else '?'}{urlencode(query)}"


def build_paged_url(feed_url: str, page: int) -> str:
    """Return the address of an older page of a WordPress feed."""
    parts = urlsplit(feed_url)
    pairs = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "paged"]
    return urlunsplit(parts._replace(query=urlencode([*pairs, ("paged", str(page))])))


def _find_next_page(url: str, _: ParsedFeed) -> str:
    page = parse_qs(urlsplit(url).query).get("paged", ["1"])[-1]
    return build_paged_url(url, int(page) + 1) if page.isdecimal() and len(page) < 6 else ""


def parse_posts(body: bytes, url: str, language: str | None) -> tuple[FeedEntry, ...]:
    """Return the posts of a page. Raise ParseError where it holds none."""
    return _parse_rows(decode_body(body)[0], url, language)


def _parse_page(
    answer: Retrieved, page: int, language: str | None
) -> tuple[tuple[FeedEntry, ...], bool]:
    entries = parse_posts(answer.body, answer.url, language)
    total = answer.headers.get("x-wp-totalpages", "")
    return entries, page >= int(total[:6]) if total.isdecimal() else len(entries) < _PER_PAGE


def _is_posts_url(url: str) -> bool:
    return urlsplit(url).path.rstrip("/").endswith(_POSTS_PATH)


def _parse_rows(text: str, url: str, language: str | None) -> tuple[FeedEntry, ...]:
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ParseError("no posts in JSON", kind="not-posts") from error
    if not isinstance(rows, list):
        raise ParseError("no posts in JSON", kind="not-posts")
    entries = []
    for position, row in enumerate(rows):
        if not isinstance(row, dict):
            continue
        title, excerpt, content, guid = (
            as_text(value.get("rendered")) if isinstance(value := row.get(key), dict) else ""
            for key in ("title", "excerpt", "content", "guid")
        )
        summary, text = fields.split_summary(excerpt, content)
        entry = FeedEntry(
            link=fields.normalize_link(as_text(row.get("link")), url),
            title=fields.normalize_title(title),
            summary=summary,
            text=text,
            published=parse_date(as_text(row.get("date_gmt"))),
            updated=parse_date(as_text(row.get("modified_gmt"))),
            language=language,
            guid=fields.normalize_guid(guid),
            position=position,
        )
        entries.append(add_parts(entry, content))
    return tuple(entries)
