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
from digest.fetch import fields
from digest.fetch.charset import decode
from digest.fetch.dates import parse_date
from digest.model import Entry
from digest.urls import host

_MOST_CHARACTERS = 3_000_000
_MOST_DATA = 500_000  # characters of JSON-LD
_DATES = (
    "article:published_time", "og:article:published_time", "datepublished", "article.published", "publishdate",
    "pubdate", "publish-date", "publication_date", "date", "dc.date", "dc.date.issued", "dcterms.created",
    "dcterms.date", "dcterms.issued", "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime",
)  # fmt: skip
_ARTICLES = ("article", "blogposting", "report", "pressrelease", "techarticle", "liveblogposting", "videoobject")
_LISTS = ("website", "collectionpage", "searchresultspage", "profilepage", "blog")
_WORDS = "p", "h2", "h3", "h4", "li", "blockquote", "pre", "td", "figcaption"
_SEPARATORS = (" | ", " - ", " – ", " — ", " · ", " • ", " :: ", " » ", ": ")


def read_page(body: bytes, content_type: str, url: str) -> Entry:
    """The article on a page. Raises ParseError (kind no-article) with the reason where the page is none."""
    if urlsplit(url).path.strip("/") == "" and not urlsplit(url).query:
        raise _no_article("it is a home page")
    root = _tree(body, content_type)
    if root is None:
        raise _no_article("it holds no HTML")
    meta, data = _meta(root), _data(root)
    article = next((row for row in data if _is_a(row, _ARTICLES)), {})
    published = _published(root, meta, article)
    listing = not article and (meta.get("og:type", "").lower() == "website" or any(_is_a(row, _LISTS) for row in data))
    if published is None or (listing and not any(meta.get(name) for name in _DATES[:2])):
        raise _no_article("it lists others" if published else "it says no date of publication")
    title = _title(root, meta, article, data)
    if not title:
        raise _no_article("it has no title")
    description = meta.get("description") or meta.get("og:description") or _text(article.get("description"))
    return Entry(
        link=_address(root, meta, url),
        title=title,
        summary=fields.summary(description),
        text=fields.text(_words(root)),
        published=published,
        updated=parse_date(meta.get("article:modified_time", "") or _text(article.get("dateModified"))),
        authors=fields.authors(_authors(meta, article)),
        language=fields.language(
            root.get("lang"), _text(article.get("inLanguage")), meta.get("og:locale"), meta.get("content-language")
        ),
    )


def _no_article(reason: str) -> ParseError:
    return ParseError(reason, kind="no-article")


def _tree(body: bytes, content_type: str) -> etree._Element | None:
    text = decode(body, content_type)[0][:_MOST_CHARACTERS]
    parser = etree.HTMLParser(recover=True, no_network=True, remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser) if text.strip() else None
    except etree.XMLSyntaxError:
        return None


def _meta(root: etree._Element) -> dict[str, str]:
    """What the page says of itself in meta elements, the first of each name."""
    said: dict[str, str] = {}
    for element in root.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv")
        if name and element.get("content"):
            said.setdefault(name.strip().lower(), (element.get("content") or "").strip())
    return said


def _data(root: etree._Element) -> list[Mapping[str, Any]]:
    """The things that JSON-LD describes, lists and graphs laid flat."""
    found: list[Mapping[str, Any]] = []
    for element in root.iter("script"):
        if (element.get("type") or "").lower() == "application/ld+json" and element.text:
            try:
                found += _flat(json.loads(element.text[:_MOST_DATA], strict=False))
            except (ValueError, RecursionError):
                continue
    return found


def _flat(value: object, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list) and depth < 5:
        for part in value[:200]:
            yield from _flat(part, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            if depth < 5:
                yield from _flat(value.get(key), depth + 1)


def _is_a(row: Mapping[str, Any], kinds: tuple[str, ...]) -> bool:
    types = row.get("@type")
    names = types if isinstance(types, list) else [types]
    return any(isinstance(name, str) and name.lower().rpartition("/")[2].endswith(kinds) for name in names)


def _published(root: etree._Element, meta: Mapping[str, str], article: Mapping[str, Any]) -> datetime | None:
    stated = [meta.get(name, "") for name in _DATES[:2]]
    stated += [_text(article.get("datePublished")), _text(article.get("uploadDate")), _text(article.get("dateCreated"))]
    stated += [meta.get(name, "") for name in _DATES[2:]]
    for text in (*stated, *_times(root)):
        found = parse_date(text)
        if found:
            return found
    return None


def _times(root: etree._Element) -> list[str]:
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


def _title(
    root: etree._Element, meta: Mapping[str, str], article: Mapping[str, Any], data: list[Mapping[str, Any]]
) -> str:
    heading = next(("".join(map(str, element.itertext())) for element in root.iter("h1")), "")
    named = next(("".join(map(str, element.itertext())) for element in root.iter("title")), "")
    stated = (meta.get("og:title", ""), _text(article.get("headline")), heading, named)
    title = next((found for found in map(fields.title, stated) if found), "")
    sites = [fields.title(meta.get("og:site_name", "")), *(_publisher(row) for row in data)]
    return _without_site(title, [site for site in sites if site])


def _publisher(row: Mapping[str, Any]) -> str:
    publisher = row.get("publisher")
    name = publisher.get("name") if isinstance(publisher, dict) else row.get("name") if _is_a(row, ("website",)) else ""
    return fields.title(_text(name))


def _without_site(title: str, sites: list[str]) -> str:
    """A title without the site's name at its end or its start."""
    for site in sites:
        for mark in _SEPARATORS:
            if title.lower().endswith((mark + site).lower()) and len(title) > len(mark + site):
                return title[: -len(mark + site)].strip()
            if title.lower().startswith((site + mark).lower()) and len(title) > len(site + mark):
                return title[len(site + mark) :].strip()
    return title


def _address(root: etree._Element, meta: Mapping[str, str], url: str) -> str:
    """The address that the page names as its own, where it is one of the same site and no home page."""
    canonical = next((element.get("href", "") for element in root.iter("link") if _is_canonical(element)), "")
    for stated in (canonical, meta.get("og:url", "")):
        address = fields.link(stated, url) if stated else ""
        if address and host(address) == host(url) and urlsplit(address).path.strip("/"):
            return address
    return url


def _is_canonical(element: etree._Element) -> bool:
    return (element.get("rel") or "").lower() == "canonical"


def _words(root: etree._Element) -> str:
    """The paragraphs of the article, as markup. Nothing where the page does not say which part the article is."""
    bodies = [element for element in root.iter(etree.Element) if (element.get("itemprop") or "") == "articleBody"]
    bodies = bodies or list(root.iter("article"))
    if len(bodies) != 1:
        return ""
    parts = (element for element in bodies[0].iter(*_WORDS) if not _nested(element))
    return "".join(
        f"<p>{etree.tostring(part, encoding='unicode', method='html', with_tail=False)}</p>" for part in parts
    )


def _nested(element: etree._Element) -> bool:
    return any(
        ancestor.tag in (*_WORDS, "nav", "aside", "footer", "form", "header") for ancestor in element.iterancestors()
    )


def _authors(meta: Mapping[str, str], article: Mapping[str, Any]) -> list[str]:
    people = article.get("author")
    rows = people if isinstance(people, list) else [people]
    named = [_text(row.get("name")) if isinstance(row, dict) else _text(row) for row in rows]
    return named if any(named) else [meta.get("author", "")]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
