"""A page that lists entries, read as a feed: `kind: page` in sources.yaml. Pure.

The entries are found by looking (`list_data` in the data that the page carries, `list_blocks` in
its layout), or by the CSS selectors of the source. A page in which no list is found is refused,
so that a changed layout never passes for a quiet publisher.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from cssselect import GenericTranslator, SelectorError
from lxml import etree

from digest.errors import ParseError
from digest.fetch.read import fields
from digest.fetch.read.dates import describe_date_problems, parse_date
from digest.fetch.read.list_blocks import find_block_rows
from digest.fetch.read.list_data import find_data_rows
from digest.fetch.read.list_entry import (
    ListRow,
    build_entries,
    drop_repeats,
    is_same_page,
    read_list_date,
    settle_slashed_dates,
)
from digest.fetch.read.pages import PageMetadata, parse_html
from digest.fetch.read.reader import FeedContent, SourceReader
from digest.model.retrieved import ParsedFeed
from digest.text import clean_text
from digest.urls import canonical_url, extract_host

_NEXT = re.compile(
    r"\W*(?:next(?: page)?|older(?: (?:posts|entries|news))?|load more|show more|more news|"
    r"nächste(?: seite)?|ältere beiträge|weiter|suivante?|page suivante|siguiente|successiv[ao]|"
    r"avanti|próxim[ao]|volgende|次へ|下一页|다음|ถัดไป)\W*",
    re.IGNORECASE,
)
_PAGE_PATH = re.compile(r"/(?:page|seite|pagina|p)[/-](\d{1,4})/?$", re.IGNORECASE)
_PAGE_KEYS = ("page", "paged", "p", "pg", "seite", "pagina")
_SHARE = 0.8  # of the entries in the data that a layout has to show


class ListPageReader(SourceReader):
    """Reads the list of entries of a web page, where its source says that it is one."""

    kind = "page"

    def parse(self, content: FeedContent) -> ParsedFeed:
        """Return the entries of a page. Raise ParseError (kind no-list) where there are none."""
        root = parse_html(content.text.encode("utf-8", "replace"), "text/html; charset=utf-8")
        if root is None:
            raise ParseError("it holds no HTML", kind="no-list")
        page = PageMetadata(root)
        language = fields.normalize_language(root.get("lang"), page.meta.get("og:locale"))
        older = find_older_page(root, content.url)
        title = page.meta.get("og:site_name") or page.find_title()
        if content.rule.select:
            rows = select_rows(root, content.rule.select, content.url)
        else:
            rows = find_rows(root, content.url)
        if not rows:
            raise ParseError(
                "no list of entries was found on it",
                "look at the page; give the source the CSS selectors of its list: "
                "select: {item: …, link: …, title: …, date: …}",
                kind="no-list",
            )
        undated = [row.stated for row in rows if row.published is None]
        return ParsedFeed(
            entries=build_entries(rows, language),
            title=fields.normalize_title(title),
            home=content.url,
            language=language,
            problems=describe_date_problems(len(rows), undated),
            links={"next": older} if older else {},
            is_page=True,
        )


def find_rows(root: etree._Element, page_url: str) -> list[ListRow]:
    """Return the entries that a page lists, by its data or its layout; the tree is changed."""
    base = next(
        (fields.normalize_link(b.get("href") or "", page_url) for b in root.iter("base")), ""
    )
    told = find_data_rows(root, base or page_url)
    shown = find_block_rows(root, base or page_url)
    if not told or not shown:
        return told or shown
    by_link = {canonical_url(row.link): row for row in told}
    both = []
    for row in shown:
        twin = by_link.get(canonical_url(row.link))
        both.append(
            row
            if twin is None
            else replace(
                row,
                published=row.published or twin.published,
                summary=row.summary or twin.summary,
            )
        )
    shown_dated, told_dated = (sum(row.published is not None for row in r) for r in (both, told))
    # as shown where the layout shows most of it: addresses in data are at times only names
    return both if shown_dated >= told_dated * _SHARE else told


def select_rows(root: etree._Element, select: Mapping[str, str], page_url: str) -> list[ListRow]:
    """Return the entries that CSS selectors find. Raise ParseError for one that is none.

    `item` is each entry; `link`, `title`, `date` and `summary` are looked for inside it. Without
    them the first link counts, its text, and the first date.
    """
    rows = []
    for item in _select(root, select["item"]):
        found = {
            name: next(iter(_select(item, select[name])), None) if name in select else None
            for name in ("link", "title", "date", "summary")
        }
        anchors = [item, *item.iter("a")] if found["link"] is None else [found["link"]]
        anchors += [] if found["link"] is None else list(found["link"].iter("a"))
        anchor = next((each for each in anchors if each.get("href")), None)
        link = fields.normalize_link("" if anchor is None else anchor.get("href") or "", page_url)
        name = found["title"] if found["title"] is not None else anchor
        title = "" if name is None else _get_text(name)
        if not link and item.get("id"):
            link = urljoin(page_url, f"#{item.get('id')}")
        published, stated = _read_selected_date(found["date"], item)
        summary = "" if found["summary"] is None else _get_text(found["summary"])
        if title and link:
            rows.append(ListRow(title, link, published, stated, summary))
    return settle_slashed_dates(drop_repeats(rows))


def _read_selected_date(
    element: etree._Element | None, item: etree._Element
) -> tuple[datetime | None, str]:
    places = [element] if element is not None else list(item.iter("time"))
    for place in places:
        machine = [place.get(name) or "" for name in ("datetime", "content", "data-date")]
        found = next(filter(None, map(parse_date, machine)), None)
        dated = (found, "") if found else read_list_date(_get_text(place))
        if dated[0] or dated[1]:
            return dated
    return None, ""


def _select(root: etree._Element, selector: str) -> Sequence[etree._Element]:
    try:
        path = GenericTranslator().css_to_xpath(selector, prefix="descendant-or-self::")
        found = root.xpath(path)
    except (SelectorError, etree.XPathError, AssertionError) as error:
        raise ParseError(
            f"select: {clean_text(selector)!r} is no CSS selector", kind="no-selector"
        ) from error
    return (
        [each for each in found if isinstance(each, etree._Element)]
        if isinstance(found, list)
        else []
    )


def find_older_page(root: etree._Element, page_url: str) -> str:
    """Return the next older page of a list: rel=next, else the next number; "" for none."""
    host, number = extract_host(page_url), _get_page_number(page_url)
    numbered = ""
    worded = ""
    for element in root.iter("link", "a"):
        address = fields.normalize_link(element.get("href") or "", page_url)
        is_next = "next" in (element.get("rel") or "").lower().split()
        if not is_next and (element.tag != "a" or _get_page_number(address) != number + 1):
            continue
        if extract_host(address) != host or is_same_page(address, page_url):
            continue
        if is_next:
            return address
        if element.tag == "a":
            if _drop_page_number(address) == _drop_page_number(page_url):
                numbered = numbered or address
            elif _NEXT.fullmatch(_get_text(element)):
                worded = worded or address
    return numbered or worded


def _get_page_number(url: str) -> int:
    parts = urlsplit(url)
    path = _PAGE_PATH.search(parts.path)
    stated = [value for key, value in parse_qsl(parts.query) if key.lower() in _PAGE_KEYS]
    number = path[1] if path else (stated[-1] if stated else "1")
    return int(number) if number.isdecimal() and len(number) < 6 else 1


def _drop_page_number(url: str) -> str:
    parts = urlsplit(url)
    pairs = [pair for pair in parse_qsl(parts.query) if pair[0].lower() not in _PAGE_KEYS]
    path = _PAGE_PATH.sub("", parts.path).rstrip("/")
    return canonical_url(urlunsplit(parts._replace(path=path, query=urlencode(pairs))))


def _get_text(element: etree._Element) -> str:
    return clean_text(" ".join(map(str, element.itertext())))
