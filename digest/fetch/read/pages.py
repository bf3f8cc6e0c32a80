"""An article's own page, read as an entry: title, date, description, language, text. Pure.

The date is what the page says of itself (article:published_time, JSON-LD, other meta, <time>),
never a guess. A page without one, and a page that lists others, give nothing and a reason.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from digest.errors import ParseError
from digest.fetch.read import fields
from digest.fetch.read.charset import decode_body
from digest.fetch.read.dates import parse_date
from digest.fetch.read.fields import as_text
from digest.fetch.read.page_dates import drop_date_lines, find_shown_date, is_beside_article
from digest.fetch.read.round_ups import add_parts
from digest.model.retrieved import FeedEntry
from digest.text import split_sentences
from digest.urls import extract_host

_MAX_CHARACTERS = 3_000_000
_MAX_JSON_LD = 500_000  # characters
_MAX_DEPTH = 5  # of JSON-LD
_MAX_LEAD = 800  # characters of an article that count as a description of it
_MAIN_DATE_NAMES = ("article:published_time", "og:article:published_time")
_OTHER_DATE_NAMES = tuple(
    "datepublished article.published publishdate pubdate publish-date publication_date date "
    "dc.date dc.date.issued dcterms.created dcterms.date dcterms.issued parsely-pub-date "
    "sailthru.date cxenseparse:recs:publishtime".split()
)
_ARTICLE_TYPES = tuple(
    "article blogposting report pressrelease techarticle liveblogposting videoobject".split()
)
_LISTING_TYPES = ("website", "collectionpage", "searchresultspage", "profilepage", "blog")
_TEXT_ELEMENTS = ("p", "h2", "h3", "h4", "li", "blockquote", "pre", "td", "figcaption")
_OUTSIDE_ELEMENTS = {*_TEXT_ELEMENTS, "nav", "aside", "footer", "form", "header"}
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SEPARATORS = (" | ", " - ", " – ", " — ", " · ", " • ", " :: ", " » ", ": ")


class PageMetadata:
    """A page's tree, and what it says of itself."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.meta: dict[str, str] = {}  # the first of each name, in lower case
        for element in root.iter("meta"):
            names = (element.get(key) for key in ("property", "name", "itemprop", "http-equiv"))
            name, content = next(filter(None, names), ""), element.get("content")
            if name and content:
                self.meta.setdefault(name.strip().lower(), content.strip())
        # what JSON-LD describes, out of its lists and graphs, and the first article among it
        self.things: list[Mapping[str, Any]] = []
        for element in root.iter("script"):
            if (element.get("type") or "").lower() == "application/ld+json" and element.text:
                with contextlib.suppress(ValueError, RecursionError):
                    stated = json.loads(element.text[:_MAX_JSON_LD], strict=False)
                    self.things += _flatten_json_ld(stated)
        articles = (thing for thing in self.things if _has_type(thing, _ARTICLE_TYPES))
        self.article: Mapping[str, Any] = next(articles, {})

    def list_stated_dates(self) -> list[str]:
        """Return the dates of publication that the page states, the surer first.

        Last comes the <time> that is marked as the publication's, or the first of the only article.
        """
        root, meta, article = self.root, self.meta, self.article
        dates = [meta.get(name, "") for name in _MAIN_DATE_NAMES]
        dates += [
            as_text(article.get(key)) for key in ("datePublished", "uploadDate", "dateCreated")
        ]
        dates += [meta.get(name, "") for name in _OTHER_DATE_NAMES]
        marked = [
            element.get("datetime", "")
            for element in root.iter("time")
            if (
                element.get("pubdate") is not None
                or "datepublished" in (element.get("itemprop") or "").lower()
                or "published" in (element.get("class") or "").lower()
            )
            and not is_beside_article(element)
        ]
        articles = list(root.iter("article"))
        if marked or len(articles) != 1:
            return dates + marked[:1]
        own = (each for each in articles[0].iter("time") if not is_beside_article(each))
        first = next(own, None)
        if first is not None:
            dates.append(first.get("datetime") or "".join(map(str, first.itertext())))
        return dates

    def find_title(self) -> str:
        """Return the title, without the site's name at its end or its start."""
        elements = (next(self.root.iter(name), None) for name in ("h1", "title"))
        stated = (
            self.meta.get("og:title", ""),
            as_text(self.article.get("headline")),
            *("".join(map(str, element.itertext())) for element in elements if element is not None),
        )
        title = next(filter(None, map(fields.normalize_title, stated)), "")
        sites = [self.meta.get("og:site_name", "")]
        for thing in self.things:
            publisher = thing.get("publisher")
            if isinstance(publisher, dict):
                sites.append(as_text(publisher.get("name")))
            elif _has_type(thing, ("website",)):
                sites.append(as_text(thing.get("name")))
        for site in filter(None, map(fields.normalize_title, sites)):
            for mark in _SEPARATORS:
                end, start = mark + site, site + mark
                if title.lower().endswith(end.lower()) and len(title) > len(end):
                    return title[: -len(end)].strip()
                if title.lower().startswith(start.lower()) and len(title) > len(start):
                    return title[len(start) :].strip()
        return title

    def list_descriptions(self) -> list[str]:
        """Return what the page says of its article, as markup: the fullest statement first.

        Of an article that stands in the metadata as a whole, the beginning counts.
        """
        stated = [
            as_text(self.article.get("description")),
            self.meta.get("og:description", ""),
            self.meta.get("description", ""),
            self.meta.get("twitter:description", ""),
            self.meta.get("dc.description", ""),
        ]
        stated.sort(key=len, reverse=True)
        lead = as_text(self.article.get("articleBody"))[:_MAX_LEAD]
        # What was cut off is no sentence.
        return [text for text in (*stated, " ".join(split_sentences(lead)[:-1])) if text]

    def find_canonical_url(self, url: str) -> str:
        """Return the address that the page names as its own: of the same site, no home page."""
        links = self.root.iter("link")
        canonical = next(
            (link for link in links if (link.get("rel") or "").lower() == "canonical"), None
        )
        named = "" if canonical is None else canonical.get("href", "")
        for stated in filter(None, (named, self.meta.get("og:url", ""))):
            address = fields.normalize_link(stated, url)
            is_same_site = extract_host(address) == extract_host(url)
            if address and is_same_site and urlsplit(address).path.strip("/"):
                return address
        return url

    def extract_paragraphs(self) -> str:
        """Return the article's paragraphs as markup; "" where the page marks no article."""
        elements = self.root.iter(etree.Element)
        bodies = [element for element in elements if element.get("itemprop") == "articleBody"]
        bodies = bodies or list(self.root.iter("article"))
        if len(bodies) != 1:
            return ""
        return "".join(
            f"<p>{etree.tostring(element, encoding='unicode', method='html', with_tail=False)}</p>"
            for element in bodies[0].iter(*_TEXT_ELEMENTS)
            if not any(ancestor.tag in _OUTSIDE_ELEMENTS for ancestor in element.iterancestors())
        )


def read_page(body: bytes, content_type: str, url: str) -> FeedEntry:
    """Return the article on a page. Raise ParseError (kind no-article) with the reason for none."""
    if not urlsplit(url).path.strip("/") and not urlsplit(url).query:
        raise ParseError("it is a home page", kind="no-article")
    root = parse_html(body, content_type)
    if root is None:
        raise ParseError("it holds no HTML", kind="no-article")
    page = PageMetadata(root)
    meta, article = page.meta, page.article
    published = next(filter(None, map(parse_date, page.list_stated_dates())), None)
    is_listing = meta.get("og:type", "").lower() == "website" or any(
        _has_type(thing, _LISTING_TYPES) for thing in page.things
    )
    is_listing &= not article and not any(meta.get(name) for name in _MAIN_DATE_NAMES)
    if published is None or is_listing:
        # a front page may say when it was made; one that shows a date over its own text is no list
        shown = find_shown_date(root, url, page.find_title())
        if published and not shown:
            raise ParseError("it lists others", kind="no-article")
        published = shown
    if published is None:
        raise ParseError("it says no date of publication", kind="no-article")
    title = page.find_title()
    if not title:
        raise ParseError("it has no title", kind="no-article")
    people = article.get("author")
    authors = [
        as_text(person.get("name") if isinstance(person, dict) else person)
        for person in (people if isinstance(people, list) else [people])
    ]
    markup = page.extract_paragraphs()
    entry = FeedEntry(
        link=page.find_canonical_url(url),
        title=title,
        summary=fields.normalize_summary(
            meta.get("description")
            or meta.get("og:description")
            or as_text(article.get("description"))
        ),
        text=drop_date_lines(fields.normalize_text(markup)),
        published=published,
        updated=parse_date(
            meta.get("article:modified_time", "") or as_text(article.get("dateModified"))
        ),
        authors=fields.normalize_authors(authors if any(authors) else [meta.get("author", "")]),
        language=fields.normalize_language(
            root.get("lang"),
            as_text(article.get("inLanguage")),
            meta.get("og:locale"),
            meta.get("content-language"),
        ),
    )
    return add_parts(entry, markup)


def parse_html(body: bytes, content_type: str) -> etree._Element | None:
    """Return the tree of a page; None where there is none."""
    text = decode_body(body, content_type)[0][:_MAX_CHARACTERS]
    text = _NO_XML.sub(" ", text)  # the parser lets them in, and refuses them where text is moved
    parser = etree.HTMLParser(
        recover=True, no_network=True, remove_comments=True, remove_pis=True, encoding="utf-8"
    )
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser) if text.strip() else None
    except etree.XMLSyntaxError:
        return None


def _flatten_json_ld(value: object, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list) and depth < _MAX_DEPTH:
        for part in value[:200]:
            yield from _flatten_json_ld(part, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            if depth < _MAX_DEPTH:
                yield from _flatten_json_ld(value.get(key), depth + 1)


def _has_type(thing: Mapping[str, Any], types: tuple[str, ...]) -> bool:
    stated = thing.get("@type")
    names = stated if isinstance(stated, list) else [stated]
    return any(
        isinstance(name, str) and name.lower().rpartition("/")[2].endswith(types) for name in names
    )
