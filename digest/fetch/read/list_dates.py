"""The day of an entry in a list, where its layout shows it: beside its title or above it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice

from lxml import etree

from digest.fetch.read.dates import parse_date
from digest.fetch.read.list_entry import DAY_ALONE, MAX_DATE_LINE, is_date_line, read_list_date
from digest.fetch.read.list_layout import HEADINGS, get_text, is_heading, iter_lines
from digest.fetch.read.list_titles import ListTitle
from digest.text import clean_text

_CHANGED = re.compile(r"updated|modified", re.IGNORECASE)
_YEAR = re.compile(r"\s*((?:19|20)\d\d)\s*")
_MAX_CLIMB = 5
_MAX_SIBLINGS = 400  # looked through for the heading above


def is_dated(found: tuple[datetime | None, str]) -> bool:
    """Return whether a day was found, or one written in a way that is still to be settled."""
    return found[0] is not None or bool(found[1])


def find_date(parts: Iterable[etree._Element], title: ListTitle) -> tuple[datetime | None, str]:
    """Return the date in parts of the page: one meant for machines, else of a line of its own."""
    parts = list(parts)
    stated = _find_machine_date(parts)
    return (stated, "") if stated else _find_shown_date(parts, title)


def _find_machine_date(parts: Sequence[etree._Element]) -> datetime | None:
    late: datetime | None = None
    for element in (each for part in parts for each in part.iter(etree.Element)):
        stated = _get_machine_date(element)
        found = parse_date(stated) if stated else None
        if found is None and element.tag == "time":
            found = read_list_date(get_text(element))[0]
        names = f"{element.get('class') or ''} {element.get('itemprop') or ''}"
        if found and not _CHANGED.search(names):
            return found
        late = late or found
    return late


def _find_shown_date(
    parts: Sequence[etree._Element], title: ListTitle
) -> tuple[datetime | None, str]:
    lines = [line for line in iter_lines(parts, by_part=True) if line and line != title.text]
    lines += [line for line in iter_lines(parts) if line and line != title.text]
    heading = title.text if is_heading(title.element) else ""
    for line in [*lines, heading]:  # "8.4 (July 6, 2026)" comes last
        if is_date_line(line) or line == heading:
            dated = read_list_date(line)
            if is_dated(dated):
                return dated
            missing = _add_year(line, title)
            if missing:
                return missing, ""
    return None, ""


def _get_machine_date(element: etree._Element) -> str:
    if element.tag == "time" and element.get("datetime"):
        return str(element.get("datetime"))
    if "datepublished" in (element.get("itemprop") or "").lower():
        return element.get("content") or element.get("datetime") or ""
    return element.get("data-date") or element.get("data-published") or ""


def _add_year(line: str, title: ListTitle) -> datetime | None:
    """Return the date of "Jul 23" in a list that stands under its year."""
    if not DAY_ALONE.fullmatch(line) or title.scope is None:
        return None
    for element in [title.scope, *title.scope.iterancestors()]:
        inner = list(element.iter(*HEADINGS)) if element is title.scope else []
        for each in [*inner, *element.itersiblings(preceding=True)]:
            year = _YEAR.fullmatch(get_text(each)[:40])
            if year:
                return parse_date(f"{line} {year[1]}")
    return None


def find_date_above(title: ListTitle) -> tuple[datetime | None, str]:
    """Return the day under which several entries stand."""
    if title.scope is None:
        return None, ""
    climb = [title.scope, *title.scope.iterancestors()][:_MAX_CLIMB]
    for element in climb:
        for sibling in islice(element.itersiblings(preceding=True), _MAX_SIBLINGS):
            line = clean_text(get_text(sibling)[:300])
            if len(line) <= MAX_DATE_LINE and is_date_line(line):
                return read_list_date(line)
    return None, ""
