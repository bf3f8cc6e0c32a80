"""The entries of a list page out of the data that it carries: JSON-LD, and the state that scripts
start from (Next.js, Nuxt, Gatsby and alike). Pure.

Of the lists in such data, those count whose rows have a title and an address, and a date or an
excerpt: menus, tags and authors have neither.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from digest.fetch.read import fields
from digest.fetch.read.dates import parse_date
from digest.fetch.read.list_entry import (
    ListRow,
    drop_repeats,
    is_entry_link,
    is_same_page,
    is_title,
)

_TITLES = "headline title heading postTitle name".split()
_LINKS = "url href link permalink canonicalUrl canonical fullUrl uri path slug".split()
_DATES = (
    "datePublished publishedAt published_at publishDate publishedDate published_date published "
    "publish_date publicationDate firstPublishedAt first_published_at postDate date displayDate "
    "releaseDate date_gmt createdAt created_at dateCreated"
).split()
_SUMMARIES = "excerpt summary description teaser dek subtitle standfirst abstract intro".split()
_SHELLS = "node fields attributes data item post article content frontmatter seo properties".split()
_LD_TYPES = ("article", "blogposting", "report", "pressrelease", "videoobject", "podcastepisode")
_FLIGHT = re.compile(r"self\.__next_f\.push\((\[.*\])\)\s*;?\s*\Z", re.DOTALL)
_ASSIGNED = re.compile(r"(?:window|self|globalThis)?[.\w\[\]\"']{1,60}\s*=\s*(?=[\[{])")
_FLIGHT_ROW = re.compile(r"(?:^|\n)[0-9a-f]{1,6}:[A-Z]{0,3}(?=[\[{])")
_MAX_DATA = 3_000_000  # characters
_MAX_DEPTH, _MAX_VALUES = 24, 60_000
_MIN_ROWS = 2
_MAX_STARTS = 300  # places in a script where data may begin


def find_data_rows(root: etree._Element, page_url: str) -> list[ListRow]:
    """Return the rows of the best list in the data of a page; [] for none."""
    if next(_iter_data(root), None) is None:
        return []
    anchors = _list_addresses(root, page_url)
    best: list[ListRow] = []
    best_score = 0.0
    for rows in _iter_lists(root, page_url, anchors):
        dated = sum(row.published is not None for row in rows)
        told = sum(bool(row.summary) for row in rows)
        if len(rows) < _MIN_ROWS or max(dated, told) * 2 < len(rows):
            continue
        score = len(rows) + 2.0 * dated + 0.5 * told
        if score > best_score:
            best, best_score = rows, score
    return best


def _iter_lists(
    root: etree._Element, page_url: str, anchors: Mapping[str, str]
) -> Iterator[list[ListRow]]:
    stated: list[Mapping[str, Any]] = []
    for kind, data in _iter_data(root):
        for values in _iter_json_lists(data):
            rows = (_read_row(value, page_url, anchors) for value in values)
            found = drop_repeats(filter(None, rows))
            if found:
                yield found
        if kind == "ld":
            stated += (value for value in _iter_dicts(data) if _is_article(value))
    rows = (_read_row(value, page_url, anchors) for value in stated)
    yield drop_repeats(filter(None, rows))


def _iter_data(root: etree._Element) -> Iterator[tuple[str, Any]]:
    flight: list[str] = []
    size = 0
    for element in root.iter("script"):
        text = (element.text or "").strip()
        size += len(text)
        if not text or size > _MAX_DATA:
            continue
        stated = (element.get("type") or "").lower()
        if stated.endswith("json"):
            value = _load(text)
            if element.get("id") == "__NUXT_DATA__" and isinstance(value, list):
                value = _revive_nuxt(value)
            yield ("ld" if "ld+json" in stated else "data"), value
            continue
        push = _FLIGHT.search(text)
        if push:
            row = _load(push[1])
            pieces = row[1:2] if isinstance(row, list) else []
            flight += (piece for piece in pieces if isinstance(piece, str))
        else:
            yield from (("data", value) for value in _decode_from(_ASSIGNED, text))
    yield from (("data", value) for value in _decode_from(_FLIGHT_ROW, "".join(flight)))


def _load(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _decode_from(start: re.Pattern[str], text: str) -> Iterator[Any]:
    """Yield the values that begin where a pattern ends."""
    decoder, place = json.JSONDecoder(strict=False), 0
    for _ in range(_MAX_STARTS):
        found = start.search(text, place)
        if not found:
            return
        try:
            value, place = decoder.raw_decode(text, found.end())
            yield value
        except (ValueError, RecursionError):
            place = max(found.end(), place + 1)


def _revive_nuxt(values: list[Any]) -> Any:
    """Return the state that Nuxt writes as one flat list, whose values name each other's places."""
    left = _MAX_VALUES

    def revive(place: object, depth: int) -> Any:
        nonlocal left
        left -= 1
        if not isinstance(place, int) or not 0 <= place < len(values) or depth > _MAX_DEPTH:
            return None
        value = values[place]
        if left < 0 or not isinstance(value, list | dict):
            return value
        if isinstance(value, dict):
            return {key: revive(each, depth + 1) for key, each in value.items()}
        if value and isinstance(value[0], str):  # ["Reactive", 3], ["Date", "2026-07-06"]
            last = value[-1]
            return last if isinstance(last, str) else revive(last, depth + 1)
        return [revive(each, depth + 1) for each in value]

    return revive(0, 0)


def _iter_values(value: Any) -> Iterator[Any]:
    waiting, count = [(value, 0)], 0
    while waiting and count < _MAX_VALUES:
        each, depth = waiting.pop()
        count += 1
        yield each
        if depth < _MAX_DEPTH and isinstance(each, dict | list):
            parts = each.values() if isinstance(each, dict) else each
            waiting += [(part, depth + 1) for part in parts if isinstance(part, dict | list)][::-1]


def _iter_dicts(value: Any) -> Iterator[Mapping[str, Any]]:
    return (each for each in _iter_values(value) if isinstance(each, dict))


def _iter_json_lists(value: Any) -> Iterator[Sequence[Mapping[str, Any]]]:
    for each in _iter_values(value):
        if isinstance(each, list):
            rows = [row for row in each if isinstance(row, dict)]
            if len(rows) >= _MIN_ROWS and len(rows) * 2 > len(each):
                yield rows


def _is_article(value: Mapping[str, Any]) -> bool:
    stated = value.get("@type")
    names = stated if isinstance(stated, list) else [stated]
    return any(isinstance(name, str) and name.lower().endswith(_LD_TYPES) for name in names)


def _read_row(
    value: Mapping[str, Any], page_url: str, anchors: Mapping[str, str]
) -> ListRow | None:
    flat = dict(value)
    for _ in range(2):  # a list item's item, an edge's node and its fields
        for key in _SHELLS:
            inner = flat.get(key)
            if isinstance(inner, dict):
                flat = {**inner, **{k: v for k, v in flat.items() if k != key}}
    published = next(filter(None, (parse_date(_get_text(flat.get(key))) for key in _DATES)), None)
    titles = _TITLES if published or "@type" in flat else _TITLES[:-1]
    title = fields.normalize_title(next(filter(None, (_get_text(flat.get(k)) for k in titles)), ""))
    link = _find_link(flat, page_url, anchors)
    if not is_title(title) or not link or not is_entry_link(link, page_url):
        return None
    summary = next(filter(None, (_get_text(flat.get(key)) for key in _SUMMARIES)), "")
    return ListRow(title, link, published, summary=summary)


def _find_link(flat: Mapping[str, Any], page_url: str, anchors: Mapping[str, str]) -> str:
    for key in _LINKS:
        stated = flat.get(key)
        if isinstance(stated, dict):  # {"current": "a-slug"}, {"href": "/a"}
            stated = next((stated[k] for k in ("current", "href", "url") if k in stated), "")
        address = _get_text(stated).strip()
        if not address:
            continue
        if "//" in address or address.startswith("/"):
            return fields.normalize_link(address, page_url)
        name = address.strip("/").rpartition("/")[2]
        if name in anchors:
            return anchors[name]
        # beside those that the page links to, else below the page
        folder = anchors.get("", "") or page_url.split("?")[0].rstrip("/") + "/"
        return fields.normalize_link(urljoin(folder, address), page_url)
    stated = flat.get("@id")
    return fields.normalize_link(_get_text(stated), page_url) if stated else ""


def _list_addresses(root: etree._Element, page_url: str) -> dict[str, str]:
    """Return the addresses that a page links to, by the last part of their path."""
    found: dict[str, str] = {}
    for anchor in root.iter("a"):
        address = fields.normalize_link(anchor.get("href") or "", page_url)
        if address and not is_same_page(address, page_url):
            found.setdefault(address.split("?")[0].rstrip("/").rpartition("/")[2], address)
    return found


def _get_text(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("rendered") or value.get("value") or value.get("text")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else ""
