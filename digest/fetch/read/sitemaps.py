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
from digest.urls import is_web_url

_MAX_BYTES = 16 * 2**20
_MAX_ROWS = 50_000  # as the protocol has it
# Sitemaps of what is no article, by the names that WordPress plugins and shops give them.
_NO_ARTICLES = re.compile(
    r"(?:^|[-_/])(?:pages?|categor(?:y|ies)|tags?|authors?|users?|products?|attachments?|images?|videos?|locals?|taxonom\w*"
    r"|comments?|jobs?|events?|landing\w*|docs?|help|support)[-_]?(?:sitemap|\d*\.xml)|sitemap[-_](?:pages?|categor\w*"
    r"|tags?|tax\w*|authors?|users?|products?|images?|videos?)\b|wp-sitemap-(?:users|taxonomies|posts-page)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class SitemapRow:
    """One line of a sitemap. Title, published and language are given by news sitemaps only."""

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
    """The sitemap in a body, packed or not; as far as it is whole. Raises ParseError where it is none."""
    body, _ = unpack_gzip(body, _MAX_BYTES)
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(body.lstrip(), parser) if body.strip() else None
    except etree.XMLSyntaxError:
        root = None
    kind = _local_name(root) if root is not None else ""
    if root is None or kind not in ("urlset", "sitemapindex"):
        raise ParseError("it is no sitemap", kind="not-a-sitemap")
    rows = []
    for element in root:
        row = _build_row(element, url)
        if row:
            rows.append(row)
        if len(rows) == _MAX_ROWS:
            break
    return Sitemap(kind == "sitemapindex", tuple(rows))


def may_list_articles(url: str) -> bool:
    """Whether a sitemap's name leaves open that it lists articles."""
    return not _NO_ARTICLES.search(url)


def _build_row(element: etree._Element, base: str) -> SitemapRow | None:
    said: dict[str, str] = {}
    for inner in element.iter(etree.Element):
        if inner.text:
            said.setdefault(_local_name(inner), inner.text.strip())
    address = _resolve_address(said.get("loc", ""), base)
    if not address:
        return None
    return SitemapRow(
        url=address,
        changed=parse_date(said.get("lastmod", "")),
        title=fields.normalize_title(said.get("title", "")) if "publication_date" in said else "",
        published=parse_date(said.get("publication_date", "")),
        language=fields.normalize_language(said.get("language")),
    )


def _resolve_address(loc: str, base: str) -> str:
    """An address as it stands where it is plain: a sitemap has thousands, and few of them are ever looked at."""
    plain = loc.isprintable() and " " not in loc and is_web_url(loc)
    return loc if plain else fields.normalize_link(loc, base)


def _local_name(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""
