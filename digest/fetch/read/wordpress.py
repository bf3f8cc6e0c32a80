"""WordPress's own interface for its posts: where it is, what to ask, what comes. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from digest.errors import ParseError
from digest.fetch.read import fields
from digest.fetch.read.charset import decode_body
from digest.fetch.read.dates import parse_date
from digest.model.retrieved import FeedEntry, ParsedFeed
from digest.urls import canonical_url

PER_PAGE = 100
_FIELDS = "id,date_gmt,modified_gmt,link,guid,title,excerpt,content"
_API_LINK = re.compile(r"<([^<>]+)>\s*;[^,]*rel=\"?https://api\.w\.org/\"?")
_DAY = timedelta(days=1)


def find_posts_endpoint(document: ParsedFeed, headers: Mapping[str, str], feed_url: str) -> str:
    """Where the posts of a feed can be asked for by date; "" where that is not WordPress, or the feed is one of a
    category, whose posts the interface would mix with all others."""
    home = document.home or urljoin(feed_url, "/")
    main = canonical_url(feed_url) in {
        canonical_url(urljoin(_add_trailing_slash(home), path))
        for path in ("feed", "?feed=rss2", "?feed=rss")
    }
    stated = _API_LINK.search(headers.get("link", ""))
    if not main or not (
        stated
        or "wordpress" in document.generator.lower()
        or urlsplit(feed_url).path.rstrip("/").endswith("/feed")
    ):
        return ""
    root = (
        fields.normalize_link(stated[1], feed_url)
        if stated
        else urljoin(_add_trailing_slash(home), "wp-json/")
    )
    return root + ("" if root.endswith("/") else "/") + "wp/v2/posts" if root else ""


def is_wordpress(document: ParsedFeed) -> bool:
    """Whether a feed says that WordPress made it."""
    return "wordpress" in document.generator.lower()


def build_posts_url(posts: str, after: datetime, before: datetime, page: int) -> str:
    """The address of a page of posts. A day is added at both ends: some sites compare in their own time zone."""
    query = {
        "after": f"{after - _DAY:%Y-%m-%dT%H:%M:%SZ}",
        "before": f"{before + _DAY:%Y-%m-%dT%H:%M:%SZ}",
        "per_page": PER_PAGE,
        "page": page,
        "order": "desc",
        "_fields": _FIELDS,
    }
    return f"{posts}{'&' if '?' in posts else '?'}{urlencode(query)}"


def build_paged_url(feed_url: str, page: int) -> str:
    """The address of an older page of a WordPress feed."""
    parts = urlsplit(feed_url)
    pairs = [
        (key, value)
        for key, value in parse_qsl(parts.query, keep_blank_values=True)
        if key != "paged"
    ]
    return urlunsplit(parts._replace(query=urlencode([*pairs, ("paged", str(page))])))


def parse_posts(body: bytes, url: str, spoken: str | None) -> tuple[FeedEntry, ...]:
    """The posts of a page. Raises ParseError where it is none."""
    try:
        rows = json.loads(decode_body(body)[0])
    except (ValueError, RecursionError) as error:
        raise ParseError("no posts in JSON", kind="not-posts") from error
    if not isinstance(rows, list):
        raise ParseError("no posts in JSON", kind="not-posts")
    return tuple(
        _build_entry(row, url, spoken, position)
        for position, row in enumerate(rows)
        if isinstance(row, dict)
    )


def _build_entry(row: Mapping[str, Any], url: str, spoken: str | None, position: int) -> FeedEntry:
    brief, full = fields.split_summary(
        _get_rendered_text(row, "excerpt"), _get_rendered_text(row, "content")
    )
    return FeedEntry(
        link=fields.normalize_link(_as_text(row.get("link")), url),
        title=fields.normalize_title(_get_rendered_text(row, "title")),
        summary=brief,
        text=full,
        published=parse_date(_as_text(row.get("date_gmt"))),
        updated=parse_date(_as_text(row.get("modified_gmt"))),
        language=spoken,
        guid=fields.normalize_guid(_get_rendered_text(row, "guid")),
        position=position,
    )


def _get_rendered_text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    return _as_text(value.get("rendered")) if isinstance(value, dict) else ""


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _add_trailing_slash(url: str) -> str:
    return url if url.endswith("/") else url + "/"
