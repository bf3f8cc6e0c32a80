"""From a site's address to its feeds: what it announces, then where its software keeps them. Pure.

A plan asks for one address after the other and is handed the answers; it stops at the first kind of hint that gives a
feed, so that an announced feed costs two requests.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml import etree

from digest.errors import FetchError, ParseError
from digest.fetch.read import fields
from digest.fetch.read.charset import decode_body
from digest.fetch.read.feeds import parse_feed
from digest.model.retrieved import ParsedFeed, Retrieved
from digest.urls import canonical_url, extract_host

_MAX_CHARACTERS = 3_000_000
_TYPES = re.compile(
    r"(?:application|text)/(?:rss\+xml|atom\+xml|feed\+json|rdf\+xml|xml|x-rss\+xml|json)\b",
    re.IGNORECASE,
)
_FEED_LIKE_URL = re.compile(
    r"(?:/|\b)(?:feed|rss|atom)s?(?:\.xml|\.json|/|$|\?)|\.(?:rss|atom|rdf)$|/index\.xml$|feed=rss",
    re.IGNORECASE,
)
_SECONDARY_FEED_URL = re.compile(
    r"comment|/tag/|/category/|/author/|podcast|oembed|wp-json", re.IGNORECASE
)
_HEADER = re.compile(r"<([^<>]+)>\s*;([^<]*)")
_COMMON_PATHS = (
    "feed/",
    "rss.xml",
    "feed.xml",
    "atom.xml",
    "index.xml",
    "rss/",
    "feed.json",
    "blog/feed/",
    "blog/rss.xml",
    "news/feed/",
)
_PATH_BY_GENERATOR = {
    "wordpress": "feed/", "ghost": "rss/", "hugo": "index.xml", "jekyll": "feed.xml", "eleventy": "feed.xml",
    "drupal": "rss.xml", "gatsby": "rss.xml", "squarespace": "?format=rss", "wix": "blog-feed.xml",
}  # fmt: skip
_MAX_LINKED, _MAX_GUESSED = 4, len(_COMMON_PATHS)


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed that was found and read."""

    url: str
    document: ParsedFeed
    how: str  # in words: "announced by the page", "linked on the page" …


@dataclass(frozen=True, slots=True)
class DiscoveryResult:
    """The feeds of a site, the likeliest first, and what went wrong on the way."""

    feeds: tuple[FoundFeed, ...]
    problems: tuple[str, ...]


DiscoveryPlan = Generator[str, Retrieved | FetchError, DiscoveryResult]


def discover_feeds(url: str) -> DiscoveryPlan:
    """A plan that finds the feeds of the site at `url`, which may be a feed itself: yields addresses to ask for, and
    wants each one's answer sent."""
    answer = yield url
    if isinstance(answer, FetchError):
        return DiscoveryResult((), (str(answer),))
    whole = _try_parse_feed(answer, "the address itself")
    if whole:
        return DiscoveryResult((whole,), ())
    for how, places in _iter_feed_locations(answer):
        found: dict[str, FoundFeed] = {}
        for place in places:
            feed = _try_parse_feed((yield place), how)
            if feed:
                found.setdefault(canonical_url(feed.url), feed)
            if found and how == "guessed":
                break
        if found:
            ranked = sorted(
                found.values(),
                key=lambda feed: (
                    not feed.document.entries,
                    bool(_SECONDARY_FEED_URL.search(feed.url)),
                ),
            )
            return DiscoveryResult(tuple(ranked), ())
    return DiscoveryResult(
        (), (f"no feed is announced, linked or kept at a usual place of {extract_host(url)}",)
    )


def _try_parse_feed(answer: Retrieved | FetchError, how: str) -> FoundFeed | None:
    if isinstance(answer, FetchError):
        return None
    try:
        return FoundFeed(answer.url, parse_feed(answer.body, answer.content_type, answer.url), how)
    except ParseError:
        return None


def _iter_feed_locations(answer: Retrieved) -> Iterable[tuple[str, list[str]]]:
    """Kinds of hints, the surer first, each with the addresses to look at."""
    root = _parse_html(answer)
    announced = [
        *_find_announced_links(root, answer.url),
        *_find_header_links(answer.headers, answer.url),
    ]
    yield "announced by the page", _rank_links(announced, answer.url)[:_MAX_LINKED]
    linked = [
        url
        for url in _find_page_links(root, answer.url)
        if extract_host(url) == extract_host(answer.url) and url not in announced
    ]
    yield "linked on the page", _rank_links(linked, answer.url)[:_MAX_LINKED]
    yield "guessed", _guess_feed_urls(root, answer.url)


def _parse_html(answer: Retrieved) -> etree._Element | None:
    text = decode_body(answer.body, answer.content_type)[0][:_MAX_CHARACTERS]
    parser = etree.HTMLParser(recover=True, no_network=True, remove_comments=True, encoding="utf-8")
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser) if text.strip() else None
    except etree.XMLSyntaxError:
        return None


def _find_announced_links(root: etree._Element | None, base: str) -> list[str]:
    if root is None:
        return []
    links = [
        element.get("href", "")
        for element in root.iter("link")
        if "alternate" in (element.get("rel") or "").lower()
        and _TYPES.match((element.get("type") or "").strip())
    ]
    return [
        url
        for url in (fields.normalize_link(link, base) for link in links)
        if url and "oembed" not in url
    ]


def _find_header_links(headers: Mapping[str, str], base: str) -> list[str]:
    found = _HEADER.findall(headers.get("link", ""))
    return [
        url
        for target, said in found
        if "alternate" in said.lower()
        and _TYPES.search(said)
        and (url := fields.normalize_link(target, base))
    ]


def _find_page_links(root: etree._Element | None, base: str) -> list[str]:
    if root is None:
        return []
    links = (fields.normalize_link(element.get("href", ""), base) for element in root.iter("a"))
    return list(
        dict.fromkeys(
            url
            for url in links
            if url and _FEED_LIKE_URL.search(urlsplit(url)._replace(netloc="").geturl())
        )
    )


def _rank_links(links: Iterable[str], page: str) -> list[str]:
    """Each address once: feeds of this part of the site first, those of comments and categories last."""
    folder = urlsplit(page).path.rstrip("/")
    unique = {canonical_url(link): link for link in reversed(list(links))}
    ordered = list(reversed(unique.values()))
    return sorted(
        ordered,
        key=lambda link: (
            bool(_SECONDARY_FEED_URL.search(link)),
            not urlsplit(link).path.startswith(folder),
        ),
    )


def _guess_feed_urls(root: etree._Element | None, page: str) -> list[str]:
    """Where feeds usually are: what the site's software does, then common paths under the page and the site's root."""
    base = page if page.endswith("/") else page + "/"
    known = [guess for guess in (_guess_by_site(page), _guess_by_generator(root, base)) if guess]
    usual = [urljoin(base, path) for path in _COMMON_PATHS] + [
        urljoin(page, "/" + path) for path in _COMMON_PATHS[:3]
    ]
    return list(dict.fromkeys([*known, *usual]))[: _MAX_GUESSED + 1]


def _guess_by_site(page: str) -> str:
    parts = urlsplit(page)
    channel = re.fullmatch(r"/channel/([\w-]+)/?.*", parts.path)
    if extract_host(page) == "youtube.com" and channel:
        return f"https://www.youtube.com/feeds/videos.xml?channel_id={channel[1]}"
    if extract_host(page) == "github.com" and parts.path.count("/") >= 2:
        return urljoin(page, "/".join(parts.path.split("/")[:3]) + "/releases.atom")
    if extract_host(page) == "medium.com" and parts.path.strip("/"):
        return urljoin(page, "/feed" + parts.path)
    return (
        urljoin(page, "/feeds/posts/default")
        if extract_host(page).endswith(".blogspot.com")
        else ""
    )


def _guess_by_generator(root: etree._Element | None, base: str) -> str:
    """Ghost, Hugo, Jekyll, Drupal and Squarespace say who they are, and each keeps its feed at one place."""
    if root is None:
        return ""
    metas = [element for element in root.iter("meta") if element.get("name") == "generator"]
    said = " ".join(element.get("content", "") for element in metas).lower()
    return next(
        (urljoin(base, place) for name, place in _PATH_BY_GENERATOR.items() if name in said), ""
    )
