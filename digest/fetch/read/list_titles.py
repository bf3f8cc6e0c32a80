"""The lines of a page that may be titles of one list: headings and links that look alike. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace

from lxml import etree

from digest.fetch.read import fields
from digest.fetch.read.list_entry import is_date_line, is_entry_link, is_title
from digest.fetch.read.list_layout import (
    HEADINGS,
    MAX_NAMES,
    get_text,
    is_heading,
    iter_lines,
    measure_text,
)
from digest.text import clean_text
from digest.urls import extract_host

_TITLE_NAME = re.compile(r"(?:title|headline|heading|titel|titre)", re.IGNORECASE)
_VERSION = re.compile(r"\W?(?:version |release )?v?\d+\.\d+(?:[.\w-]+)?", re.IGNORECASE)
HEADLINE = 22  # the mean length of titles that are no menu, where they have no dates


@dataclass(slots=True)
class ListTitle:
    """A heading or a linked line that may be the title of an entry."""

    element: etree._Element
    text: str
    link: str = ""
    fragment: str = ""  # the id by which the page links to it
    scope: etree._Element | None = None
    own: list[etree._Element] = field(default_factory=list)  # the parts of the page that are its


def group_titles(root: etree._Element, page_url: str) -> list[tuple[bool, list[ListTitle]]]:
    """Return titles that look alike, group by group, each with whether they are headings."""
    headings: dict[object, list[ListTitle]] = defaultdict(list)
    lines: dict[object, list[ListTitle]] = defaultdict(list)
    for element in root.iter(etree.Element):
        if is_heading(element):
            title = _read_heading(element, page_url)
            if title:
                headings[_describe(element, 0)].append(title)
                headings[element.tag].append(title)
        elif element.tag == "a" and element.get("href"):
            title = _read_anchor(element, page_url)
            if title:
                lines[_describe(element, 2)].append(title)
                lines[_describe(element, 1)].append(title)
    found = [(True, titles) for titles in headings.values()]
    found += [(False, titles) for titles in lines.values()]
    unique = {tuple(id(title.element) for title in titles): (h, titles) for h, titles in found}
    return [(h, [replace(title, own=[]) for title in titles]) for h, titles in unique.values()]


def names_entry(text: str) -> bool:
    """Return whether a heading may name an entry: by words, a version or a day."""
    return is_title(text) or bool(_VERSION.match(text)) or is_date_line(text)


def _describe(element: etree._Element, parents: int) -> tuple[str, ...]:
    """Return what elements that look alike have in common: tags and first class."""
    named = [element]
    for parent in element.iterancestors():
        if len(named) > parents:
            break
        named.append(parent)
    return tuple(part for each in named for part in (str(each.tag), _get_first_class(each)))


def _get_first_class(element: etree._Element) -> str:
    for name in (element.get("class") or "")[:MAX_NAMES].lower().split():
        if name not in ("odd", "even", "first", "last", "active", "featured"):
            return re.sub(r"\d+", "", name)
    return ""


def _read_heading(element: etree._Element, page_url: str) -> ListTitle | None:
    text = clean_text(get_text(element)).strip(" #¶§")
    if not names_entry(text):
        return None
    enclosing = [each for each in element.iterancestors("a") if each.get("href")]
    anchors = [*element.iter("a"), *enclosing]
    link = fragment = ""
    for anchor in anchors:
        href = (anchor.get("href") or "").strip()
        address = fields.normalize_link(href, page_url)
        if href.startswith("#") and len(href) > 1:
            fragment = fragment or href[1:]
        elif is_entry_link(address, page_url):
            link = link or address
        elif anchor.get("name") or anchor.get("id"):
            fragment = fragment or anchor.get("name") or anchor.get("id") or ""
    fragment = element.get("id") or fragment
    if fragment and link and _VERSION.match(text) and extract_host(link) != extract_host(page_url):
        link = ""  # to what changed in the code; what is told of it stands below the heading
    parent = element.getparent()
    if not fragment and parent is not None and parent.index(element) == 0:
        fragment = parent.get("id") or ""
    return ListTitle(element, text, link, fragment)


def _read_anchor(element: etree._Element, page_url: str) -> ListTitle | None:
    link = fields.normalize_link(element.get("href") or "", page_url)
    if not is_entry_link(link, page_url) or next(element.iter(*HEADINGS), None) is not None:
        return None
    text = _find_anchor_title(element)
    return ListTitle(element, text, link) if text and is_title(text) else None


def _find_anchor_title(anchor: etree._Element) -> str:
    """Return the title in a link: all of it, or of a whole card its line that is one."""
    parts = [each for each in anchor.iter(etree.Element) if each is not anchor]
    marked = [each for each in parts if _TITLE_NAME.search((each.get("class") or "")[:MAX_NAMES])]
    for each in reversed(marked):
        text = clean_text(get_text(each))
        if is_title(text):
            return text
    lines = [line for line in iter_lines([anchor], by_part=True) if line]
    if len(lines) <= 1:
        return lines[0] if lines else ""
    # of date, tag, title and excerpt the title is the first line of several words
    titles = [line for line in lines if not is_date_line(line) and is_title(line)]
    return next((line for line in titles if measure_text(line) >= HEADLINE * 0.7), "") or max(
        titles, key=measure_text, default=""
    )
