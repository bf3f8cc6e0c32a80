"""What of a page's layout may hold a list, and its text as it is shown. Pure.

Menus, footers, boxes of related stories, tags and authors are no content.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml import etree

from digest.text import clean_text

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_SKIPPED = {
    *("script", "style", "noscript", "template", "nav", "footer", "form", "select", "iframe"),
    *("svg", "button", "dialog", "head"),
}
_ENTRY_PARTS = {*HEADINGS, "article", "li", "tr", "a", "dt", "dd"}
_CONTENT_MARKS = ("h2", "h3", "h4", "h5", "time")
_SKIPPED_ROLES = {"navigation", "contentinfo", "complementary", "search", "dialog", "menu"}
_BOX = re.compile(
    r"(?<![a-z])(?:related|recommend\w*|side-?bar|breadcrumbs?|paginat\w*|pager|menu|nav|navbar|"
    r"navigation|footer|foot|trending|popular|most-?read|cookie\w*|consent|tag-?cloud|widget-area|"
    r"share|social|skip-?link|mega-?menu|top-?bar|filters?|year-filter|toc|modal|popup)(?![a-z])",
    re.IGNORECASE,
)
_INLINE = set(
    "a abbr b bdi cite code em font i img ins label mark q s small strong sub sup u wbr".split()
)
_MIN_MARKS = 4  # headings and dates that make a content
_MAX_ELEMENTS = 40_000
MAX_NAMES = 300
_WIDE = 2.2  # so much wider are letters that write a word each


def prune_page(root: etree._Element) -> None:
    """Take out of a tree what is no part of its page's content."""
    marks = sum(1 for _ in root.iter(*_CONTENT_MARKS))
    for element in list(root.iter(etree.Element))[:_MAX_ELEMENTS]:
        if element.getparent() is None or element.tag in ("body", "main"):
            continue
        names = f"{element.get('class') or ''} {element.get('id') or ''}"[:MAX_NAMES]
        if element.tag in _ENTRY_PARTS:  # their names are of what they tell: id="consent-api"
            names = ""
        is_box = (
            element.tag in _SKIPPED
            and not (element.tag == "footer" and _has_time(element))
            and not (element.tag == "form" and next(element.iter(*HEADINGS), None) is not None)
        )
        is_box |= (element.get("role") or "").lower() in _SKIPPED_ROLES
        is_box |= element.tag == "aside" or element.get("hidden") is not None
        is_box |= bool(_BOX.search(names)) and not _holds_content(element, marks)
        if element.tag == "header":
            is_box |= next(element.iter(*HEADINGS, "time"), None) is None
        if is_box:
            _remove(element)


def _holds_content(element: etree._Element, marks: int) -> bool:
    """Return whether an element is the frame of the content, such as `class="has-sidebar"`."""
    if next(element.iter("h1", "main"), None) is not None:
        return True
    return marks >= _MIN_MARKS and sum(1 for _ in element.iter(*_CONTENT_MARKS)) * 2 > marks


def _has_time(element: etree._Element) -> bool:
    inside_article = any(each.tag in ("article", "li") for each in element.iterancestors())
    return inside_article and next(element.iter("time"), None) is not None


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + " " + element.tail
        else:
            parent.text = (parent.text or "") + " " + element.tail
    parent.remove(element)


def is_heading(element: etree._Element) -> bool:
    """Return whether an element is a heading, by its tag or its role."""
    return element.tag in HEADINGS or (element.get("role") or "").lower() == "heading"


def get_text(element: etree._Element) -> str:
    """Return the text of an element, on one line."""
    return " ".join(" ".join(map(str, element.itertext())).split())


def iter_lines(parts: Iterable[etree._Element], *, by_part: bool = False) -> Iterator[str]:
    """Yield the lines of parts as they are shown; `by_part`: each inline part is a line, too."""
    for part in parts:
        text = ""
        for event, element in etree.iterwalk(part, events=("start", "end")):
            tag = element.tag if isinstance(element.tag, str) else ""
            is_break = tag not in _INLINE and not (tag in ("span", "time") and not by_part)
            if is_break or (by_part and tag in ("a", "i", "em", "b", "strong", "small")):
                yield clean_text(text)
                text = ""
            if event == "start":
                text += element.text or ""
            elif element is not part:
                text += element.tail or ""
        yield clean_text(text)


def measure_text(text: str) -> float:
    """Return the length of a text, in letters of which several write a word."""
    wide = sum(character >= "\u2e80" for character in text)
    return len(text) + (_WIDE - 1) * wide
