"""From a site's address to its feeds: what it announces, then where its software keeps them. Pure.

A plan asks for one address after the other and is handed the answers; it stops at the first kind of
hint that gives a feed, so that an announced feed costs two requests. What counts as a feed, and
where well-known sites keep them, is for the readers of `digest.fetch.read.registry` to say.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urljoin, urlsplit

from digest.errors import FetchError, ParseError
from digest.fetch.read import fields
from digest.fetch.read.feeds import parse_feed
from digest.fetch.read.pages import parse_html
from digest.fetch.read.registry import guess_source_urls
from digest.fetch.read.robots import interpret_robots
from digest.model.retrieved import ParsedFeed, Retrieved
from digest.model.source import ReadingRule
from digest.urls import canonical_url, extract_host

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
_HEADER_LINK = re.compile(r"<([^<>]+)>\s*;([^<]*)")
_COMMON_PATHS = (
    "feed/ rss.xml feed.xml atom.xml index.xml rss/ feed.json blog/feed/ blog/rss.xml news/feed/"
).split()
_ROOT_PATHS = _COMMON_PATHS[:3]  # looked for at the site's root too
_GENERATOR_PATHS = {
    "wordpress": "feed/",
    "ghost": "rss/",
    "hugo": "index.xml",
    "jekyll": "feed.xml",
    "eleventy": "feed.xml",
    "drupal": "rss.xml",
    "gatsby": "rss.xml",
    "squarespace": "?format=rss",
    "wix": "blog-feed.xml",
}
_MAX_LINKED, _MAX_GUESSED = 4, len(_COMMON_PATHS) + 1


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed that was found and read."""

    url: str
    document: ParsedFeed
    how: str  # in words: "announced by the page", "linked on the page" …
    kind: Literal["page"] | None = None  # what sources.yaml has to say of it


@dataclass(frozen=True, slots=True)
class DiscoveryResult:
    """The feeds of a site, the likeliest first, and what went wrong on the way."""

    feeds: tuple[FoundFeed, ...]
    problems: tuple[str, ...]


DiscoveryPlan = Generator[str, Retrieved | FetchError, DiscoveryResult]


def discover_feeds(url: str, agent: str = "martech-digest") -> DiscoveryPlan:
    """Plan how to find the feeds of the site at `url`, which may be a feed itself.

    Yield addresses to ask for; each one's answer has to be sent. A page without a feed that lists
    entries itself is found as such, unless its robots.txt keeps `agent` from it.
    """
    answer = yield url
    if isinstance(answer, FetchError):
        return DiscoveryResult((), (str(answer),))
    feed = _try_parse_feed(answer, "the address itself")
    if feed:
        return DiscoveryResult((feed,), ())
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
    host = extract_host(url)
    page = _try_parse_page(answer)
    if page:
        rules_url = urljoin(answer.url, "/robots.txt")
        rules = interpret_robots((yield rules_url), rules_url, agent)
        if rules.allows_url(answer.url):
            return DiscoveryResult((page,), ())
        problem = f"{host} has no feed, and its robots.txt does not allow the page to be read"
        return DiscoveryResult((), (problem,))
    problem = f"no feed is announced, linked or kept at a usual place of {host}"
    return DiscoveryResult((), (problem,))


def _try_parse_feed(answer: Retrieved | FetchError, how: str) -> FoundFeed | None:
    if isinstance(answer, FetchError):
        return None
    try:
        document = parse_feed(answer.body, answer.content_type, answer.url, answer.headers)
    except ParseError:
        return None
    return FoundFeed(answer.url, document, how)


def _try_parse_page(answer: Retrieved) -> FoundFeed | None:
    try:
        document = parse_feed(
            answer.body, answer.content_type, answer.url, answer.headers, ReadingRule(kind="page")
        )
    except ParseError:
        return None
    dated = sum(entry.published is not None for entry in document.entries)
    if dated * 2 < len(document.entries):
        return None  # a product's page lists its features so; a person may still name it
    how = f"no feed; its page lists {len(document.entries)} entries, {dated} of them with a date"
    return FoundFeed(answer.url, document, how, kind="page")


def _iter_feed_locations(answer: Retrieved) -> Iterator[tuple[str, list[str]]]:
    """Yield kinds of hints, the surer first, each with the addresses to look at."""
    page_url = answer.url
    root = parse_html(answer.body, answer.content_type)
    elements = [] if root is None else list(root.iter("link"))
    in_head = [
        fields.normalize_link(element.get("href", ""), page_url)
        for element in elements
        if "alternate" in (element.get("rel") or "").lower()
        and _TYPES.match((element.get("type") or "").strip())
    ]
    in_headers = [
        fields.normalize_link(target, page_url)
        for target, attributes in _HEADER_LINK.findall(answer.headers.get("link", ""))
        if "alternate" in attributes.lower() and _TYPES.search(attributes)
    ]
    announced = [link for link in in_head if link and "oembed" not in link]
    announced += filter(None, in_headers)
    yield "announced by the page", _rank_links(announced, page_url)[:_MAX_LINKED]
    anchors = [] if root is None else list(root.iter("a"))
    links = (fields.normalize_link(anchor.get("href", ""), page_url) for anchor in anchors)
    linked = [
        link
        for link in dict.fromkeys(links)
        if link
        and _FEED_LIKE_URL.search(urlsplit(link)._replace(netloc="").geturl())
        and extract_host(link) == extract_host(page_url)
        and link not in announced
    ]
    yield "linked on the page", _rank_links(linked, page_url)[:_MAX_LINKED]
    # where this site keeps them, where its software does, then common paths under page and root
    base = page_url if page_url.endswith("/") else page_url + "/"
    metas = [] if root is None else [*root.iter("meta")]
    generator = " ".join(
        meta.get("content", "") for meta in metas if meta.get("name") == "generator"
    ).lower()
    path = next((path for name, path in _GENERATOR_PATHS.items() if name in generator), "")
    guesses = guess_source_urls(page_url)
    guesses += [urljoin(base, path) for path in ([path] if path else []) + _COMMON_PATHS]
    guesses += [urljoin(page_url, "/" + path) for path in _ROOT_PATHS]
    yield "guessed", list(dict.fromkeys(guesses))[:_MAX_GUESSED]


def _rank_links(links: Iterable[str], page: str) -> list[str]:
    """Return each address once: feeds of this part of the site first, those of comments last."""
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
