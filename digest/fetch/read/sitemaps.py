"""Sitemaps: what addresses a site lists, and when each was last changed. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from digest.errors import ParseError
from digest.fetch.http.inflate import unpack_gzip
from digest.fetch.read import fields
from digest.fetch.read.dates import parse_date
from digest.fetch.read.sanitize import local_name
from digest.text import drop_half_letters
from digest.urls import is_web_url

_MAX_BYTES = 16 * 2**20
_MAX_ROWS = 50_000  # as the protocol has it
# Sitemaps of what is no article, by the names that WordPress plugins and shops give them.
_NO_ARTICLES = re.compile(
    r"(?:^|[-_/])(?:pages?|categor(?:y|ies)|tags?|authors?|users?|products?|attachments?|images?"
    r"|videos?|locals?|taxonom\w*|comments?|jobs?|events?|landing\w*|docs?|help|support)"
    r"[-_]?(?:sitemap|\d*\.xml)|sitemap[-_](?:pages?|categor\w*|tags?|tax\w*|authors?|users?"
    r"|products?|images?|videos?)\b|wp-sitemap-(?:users|taxonomies|posts-page)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class SitemapRow:
    """One line of a sitemap. Only news sitemaps give title, published and language."""

    url: str
    changed: datetime | None = None
    title: str = ""
    published: datetime | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A sitemap's rows: of further sitemaps where `is_index`, else of pages."""

    is_index: bool
    rows: tuple[SitemapRow, ...]


def parse_sitemap(body: bytes, url: str) -> Sitemap:
    """Return the sitemap in a body, packed or not, as far as it is whole. Raise ParseError."""
    body = drop_half_letters(unpack_gzip(body, _MAX_BYTES)[0])
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(body.lstrip(), parser) if body.strip() else None
    except etree.XMLSyntaxError:
        root = None
    kind = local_name(root) if root is not None else ""
    if root is None or kind not in ("urlset", "sitemapindex"):
        raise ParseError("it is no sitemap", kind="not-a-sitemap")
    rows: list[SitemapRow] = []
    for element in root:
        stated: dict[str, str] = {}
        for inner in element.iter(etree.Element):
            if inner.text:
                stated.setdefault(local_name(inner), inner.text.strip())
        address = stated.get("loc", "")
        # a sitemap has thousands of addresses, and few are ever looked at: plain ones stay
        if not (address.isprintable() and " " not in address and is_web_url(address)):
            address = fields.normalize_link(address, url)
        if address:
            is_news = "publication_date" in stated
            row = SitemapRow(
                url=address,
                changed=parse_date(stated.get("lastmod", "")),
                title=fields.normalize_title(stated.get("title", "")) if is_news else "",
                published=parse_date(stated.get("publication_date", "")),
                language=fields.normalize_language(stated.get("language")),
            )
            rows.append(row)
        if len(rows) == _MAX_ROWS:
            break
    return Sitemap(kind == "sitemapindex", tuple(rows))


def may_list_articles(url: str) -> bool:
    """Return whether a sitemap's name leaves open that it lists articles."""
    return not _NO_ARTICLES.search(url)
