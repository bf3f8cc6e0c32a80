"""An article's own page, read as an entry: title, date, description, language, text. Pure.

The date is what the page says of itself (article:published_time, JSON-LD, other meta, <time>), never a guess. A page
without one, and a page that lists others, give nothing and a reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from digest.errors import ParseError
from digest.fetch.read import fields
from digest.fetch.read.charset import decode_body
from digest.fetch.read.dates import parse_date
from digest.model.retrieved import FeedEntry
from digest.urls import extract_host

_MAX_CHARACTERS = 3_000_000
_MAX_DATA = 500_000  # characters of JSON-LD
_DATE_META_NAMES = (
    "article:published_time", "og:article:published_time", "datepublished", "article.published", "publishdate",
    "pubdate", "publish-date", "publication_date", "date", "dc.date", "dc.date.issued", "dcterms.created",
    "dcterms.date", "dcterms.issued", "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime",
)  # fmt: skip
_ARTICLE_TYPES = (
    "article",
    "blogposting",
    "report",
    "pressrelease",
    "techarticle",
    "liveblogposting",
    "videoobject",
)
_LISTING_TYPES = ("website", "collectionpage", "searchresultspage", "profilepage", "blog")
_TEXT_ELEMENTS = "p", "h2", "h3", "h4", "li", "blockquote", "pre", "td", "figcaption"
_SEPARATORS = (" | ", " - ", " – ", " — ", " · ", " • ", " :: ", " » ", ": ")


def read_page(body: bytes, content_type: str, url: str) -> FeedEntry:
    """The article on a page. Raises ParseError (kind no-article) with the reason where the page is none."""
    if urlsplit(url).path.strip("/") == "" and not urlsplit(url).query:
        raise _no_article_error("it is a home page")
    root = _parse_html(body, content_type)
    if root is None:
        raise _no_article_error("it holds no HTML")
    meta, data = _read_meta_tags(root), _read_json_ld(root)
    article = next((row for row in data if _has_type(row, _ARTICLE_TYPES)), {})
    published = _find_published_date(root, meta, article)
    listing = not article and (
        meta.get("og:type", "").lower() == "website"
        or any(_has_type(row, _LISTING_TYPES) for row in data)
    )
    if published is None or (listing and not any(meta.get(name) for name in _DATE_META_NAMES[:2])):
        raise _no_article_error(
            "it lists others" if published else "it says no date of publication"
        )
    title = _find_title(root, meta, article, data)
    if not title:
        raise _no_article_error("it has no title")
    description = (
        meta.get("description")
        or meta.get("og:description")
        or _as_text(article.get("description"))
    )
    return FeedEntry(
        link=_find_canonical_url(root, meta, url),
        title=title,
        summary=fields.normalize_summary(description),
        text=fields.normalize_text(_extract_paragraphs(root)),
        published=published,
        updated=parse_date(
            meta.get("article:modified_time", "") or _as_text(article.get("dateModified"))
        ),
        authors=fields.normalize_authors(_find_authors(meta, article)),
        language=fields.normalize_language(
            root.get("lang"),
            _as_text(article.get("inLanguage")),
            meta.get("og:locale"),
            meta.get("content-language"),
        ),
    )


def _no_article_error(reason: str) -> ParseError:
    return ParseError(reason, kind="no-article")


def _parse_html(body: bytes, content_type: str) -> etree._Element | None:
    text = decode_body(body, content_type)[0][:_MAX_CHARACTERS]
    parser = etree.HTMLParser(
        recover=True, no_network=True, remove_comments=True, remove_pis=True, encoding="utf-8"
    )
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser) if text.strip() else None
    except etree.XMLSyntaxError:
        return None


def _read_meta_tags(root: etree._Element) -> dict[str, str]:
    """What the page says of itself in meta elements, the first of each name."""
    said: dict[str, str] = {}
    for element in root.iter("meta"):
        name = (
            element.get("property")
            or element.get("name")
            or element.get("itemprop")
            or element.get("http-equiv")
        )
        if name and element.get("content"):
            said.setdefault(name.strip().lower(), (element.get("content") or "").strip())
    return said


def _read_json_ld(root: etree._Element) -> list[Mapping[str, Any]]:
    """The things that JSON-LD describes, lists and graphs laid flat."""
    found: list[Mapping[str, Any]] = []
    for element in root.iter("script"):
        if (element.get("type") or "").lower() == "application/ld+json" and element.text:
            try:
                found += _flatten_json_ld(json.loads(element.text[:_MAX_DATA], strict=False))
            except (ValueError, RecursionError):
                continue
    return found


def _flatten_json_ld(value: object, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list) and depth < 5:
        for part in value[:200]:
            yield from _flatten_json_ld(part, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            if depth < 5:
                yield from _flatten_json_ld(value.get(key), depth + 1)


def _has_type(row: Mapping[str, Any], kinds: tuple[str, ...]) -> bool:
    types = row.get("@type")
    names = types if isinstance(types, list) else [types]
    return any(
        isinstance(name, str) and name.lower().rpartition("/")[2].endswith(kinds) for name in names
    )


def _find_published_date(
    root: etree._Element, meta: Mapping[str, str], article: Mapping[str, Any]
) -> datetime | None:
    stated = [meta.get(name, "") for name in _DATE_META_NAMES[:2]]
    stated += [
        _as_text(article.get("datePublished")),
        _as_text(article.get("uploadDate")),
        _as_text(article.get("dateCreated")),
    ]
    stated += [meta.get(name, "") for name in _DATE_META_NAMES[2:]]
    for text in (*stated, *_find_time_values(root)):
        found = parse_date(text)
        if found:
            return found
    return None


def _find_time_values(root: etree._Element) -> list[str]:
    """The <time> that is marked as the publication's, or the first of the only article."""
    marked = [
        element.get("datetime", "")
        for element in root.iter("time")
        if element.get("pubdate") is not None
        or "datepublished" in (element.get("itemprop") or "").lower()
        or "published" in (element.get("class") or "").lower()
    ]
    articles = list(root.iter("article"))
    if marked or len(articles) != 1:
        return marked[:1]
    first = next(articles[0].iter("time"), None)
    return [] if first is None else [first.get("datetime") or "".join(map(str, first.itertext()))]


def _find_title(
    root: etree._Element,
    meta: Mapping[str, str],
    article: Mapping[str, Any],
    data: list[Mapping[str, Any]],
) -> str:
    heading = next(("".join(map(str, element.itertext())) for element in root.iter("h1")), "")
    named = next(("".join(map(str, element.itertext())) for element in root.iter("title")), "")
    stated = (meta.get("og:title", ""), _as_text(article.get("headline")), heading, named)
    title = next((found for found in map(fields.normalize_title, stated) if found), "")
    sites = [
        fields.normalize_title(meta.get("og:site_name", "")),
        *(_get_publisher_name(row) for row in data),
    ]
    return _strip_site_name(title, [site for site in sites if site])


def _get_publisher_name(row: Mapping[str, Any]) -> str:
    publisher = row.get("publisher")
    name = (
        publisher.get("name")
        if isinstance(publisher, dict)
        else row.get("name")
        if _has_type(row, ("website",))
        else ""
    )
    return fields.normalize_title(_as_text(name))


def _strip_site_name(title: str, sites: list[str]) -> str:
    """A title without the site's name at its end or its start."""
    for site in sites:
        for mark in _SEPARATORS:
            if title.lower().endswith((mark + site).lower()) and len(title) > len(mark + site):
                return title[: -len(mark + site)].strip()
            if title.lower().startswith((site + mark).lower()) and len(title) > len(site + mark):
                return title[len(site + mark) :].strip()
    return title


def _find_canonical_url(root: etree._Element, meta: Mapping[str, str], url: str) -> str:
    """The address that the page names as its own, where it is one of the same site and no home page."""
    canonical = next(
        (element.get("href", "") for element in root.iter("link") if _is_canonical(element)), ""
    )
    for stated in (canonical, meta.get("og:url", "")):
        address = fields.normalize_link(stated, url) if stated else ""
        if (
            address
            and extract_host(address) == extract_host(url)
            and urlsplit(address).path.strip("/")
        ):
            return address
    return url


def _is_canonical(element: etree._Element) -> bool:
    return (element.get("rel") or "").lower() == "canonical"


def _extract_paragraphs(root: etree._Element) -> str:
    """The paragraphs of the article, as markup. Nothing where the page does not say which part the article is."""
    bodies = [
        element
        for element in root.iter(etree.Element)
        if (element.get("itemprop") or "") == "articleBody"
    ]
    bodies = bodies or list(root.iter("article"))
    if len(bodies) != 1:
        return ""
    parts = (
        element for element in bodies[0].iter(*_TEXT_ELEMENTS) if not _is_nested_element(element)
    )
    return "".join(
        f"<p>{etree.tostring(part, encoding='unicode', method='html', with_tail=False)}</p>"
        for part in parts
    )


def _is_nested_element(element: etree._Element) -> bool:
    return any(
        ancestor.tag in (*_TEXT_ELEMENTS, "nav", "aside", "footer", "form", "header")
        for ancestor in element.iterancestors()
    )


def _find_authors(meta: Mapping[str, str], article: Mapping[str, Any]) -> list[str]:
    people = article.get("author")
    rows = people if isinstance(people, list) else [people]
    named = [_as_text(row.get("name")) if isinstance(row, dict) else _as_text(row) for row in rows]
    return named if any(named) else [meta.get("author", "")]


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else ""
