"""The entries of a list page out of its layout. Pure.

No layout is known by name. Headings and linked lines that look alike are taken as the titles of one
list; what belongs to a title is the largest part of the page that holds no other title of that
list, or, where titles and dates follow each other flat, what stands up to the next title. The list
that tells most wins: many titles, with dates. Menus, footers, boxes of related stories, tags and
authors are left out first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import islice
from urllib.parse import urljoin, urlsplit

from lxml import etree

from digest.fetch.read import fields
from digest.fetch.read.dates import parse_date
from digest.fetch.read.list_dates import find_date, find_date_above, is_dated
from digest.fetch.read.list_entry import (
    ListRow,
    drop_repeats,
    is_date_line,
    is_entry_link,
    is_read_more,
    settle_slashed_dates,
)
from digest.fetch.read.list_layout import (
    HEADINGS,
    get_text,
    is_heading,
    iter_lines,
    measure_text,
    prune_page,
)
from digest.fetch.read.list_titles import HEADLINE, ListTitle, group_titles, names_entry
from digest.text import clean_text

_MIN_SUMMARY = 25
_MAX_TEXT_LINES = 200
_MIN_DATED, _MIN_UNDATED = 2, 4  # titles that make a list
_MAX_TITLES = 200  # of one list
_MAX_SIBLINGS = 400  # looked through for the heading above


def find_block_rows(root: etree._Element, page_url: str) -> list[ListRow]:
    """Return the rows of the list that the layout of a page shows best; [] for none.

    The tree is changed: what is no part of the page's content is taken out.
    """
    prune_page(root)
    main = next(root.iter("main"), None)
    inside = set() if main is None else set(main.iter())
    lists, others = [], []
    for are_headings, titles in group_titles(root, page_url):
        rows = _read_group(titles, page_url)
        score = _score(rows, is_heading=are_headings, has_anchors=not any(t.link for t in titles))
        if score:
            share = sum(title.element in inside for title in titles) / len(titles)
            lists.append((score * (1 + 0.2 * share), rows))
        elif are_headings:
            others.append(rows)
    if not lists:
        return []
    lists.sort(key=lambda scored: -scored[0])
    return _merge_lists([*(rows for _, rows in lists), *others], page_url)


def _read_group(titles: Sequence[ListTitle], page_url: str) -> list[ListRow]:
    """Return the rows of titles that look alike, each with its date and what else is told of it."""
    titles = titles[:_MAX_TITLES]  # the newest come first
    _find_scopes(titles)
    _find_links(titles, page_url)
    titles = _drop_other_sections(titles, page_url)
    before, after = _find_neighbours(titles)
    own = [find_date(_get_parts(title), title) for title in titles]
    choices = [own]
    if sum(map(is_dated, own)) * 2 < len(titles):
        choices += [
            [find_date(parts, title) for parts, title in zip(places, titles, strict=True)]
            for places in (after, before)
        ]
    best = max(choices, key=lambda found: sum(map(is_dated, found)))
    dates = [near if is_dated(near) else far for near, far in zip(own, best, strict=True)]
    rows = []
    for title, (published, stated), following in zip(titles, dates, after, strict=True):
        if not is_dated((published, stated)):
            published, stated = find_date_above(title)
        link = title.link
        if not link and title.fragment:
            link = urljoin(page_url, f"#{title.fragment}")
        if link:
            summary, text = _find_summary(title, following)
            name = title.text
            if parse_date(name):  # a changelog headed by days: its first line names it
                name = next(iter((summary or text).splitlines()), "")[:200]
            if names_entry(name):
                rows.append(ListRow(name, link, published, stated, summary, text))
    return settle_slashed_dates(drop_repeats(rows))


def _find_scopes(titles: Sequence[ListTitle]) -> None:
    """Find for each title the largest part of the page that holds no other of them."""
    counts: Counter[etree._Element] = Counter()
    for title in titles:
        counts.update([title.element, *title.element.iterancestors()])
    for title in titles:
        scope = title.element
        for parent in title.element.iterancestors():
            if counts[parent] > 1 or parent.tag in ("body", "main", "html", "table"):
                break
            scope = parent
        title.scope = scope


def _get_parts(title: ListTitle) -> list[etree._Element]:
    return [] if title.scope is None else [title.scope]


def _find_links(titles: Sequence[ListTitle], page_url: str) -> None:
    """Find the links of headings that are none: the only one beside them, or "read more"."""
    linked = sum(bool(title.link) for title in titles)
    if linked * 2 >= len(titles) or len(titles) < _MIN_DATED:
        return
    beside = []
    for title in titles:
        found: dict[str, bool] = {}
        for anchor in title.scope.iter("a") if title.scope is not None else ():
            address = fields.normalize_link(anchor.get("href") or "", page_url)
            if is_entry_link(address, page_url) and not (anchor.get("href") or "").startswith("#"):
                text = clean_text(get_text(anchor))
                found[address] = found.get(address, False) or not text or is_read_more(text)
        more = [address for address, is_more in found.items() if is_more]
        lone = list(found) if len(found) == 1 and not title.fragment else []
        beside.append(next(iter(more or lone), ""))
    if sum(map(bool, beside)) * 5 >= len(titles) * 3:
        for title, link in zip(titles, beside, strict=True):
            title.link = title.link or link


def _drop_other_sections(titles: Sequence[ListTitle], page_url: str) -> Sequence[ListTitle]:
    """Return the titles without those under another heading that lead to another part of the site.

    Events and guides look like the stories above them; a story on another host with others stays.
    """
    folders = Counter(_get_folder(title.link) for title in titles if title.link)
    folder, count = folders.most_common(1)[0] if folders else ("", 0)
    if not folder or count * 2 < len(titles) or not _is_under(folder, page_url):
        return titles
    sections = [_find_section(title.element) for title in titles]
    own = {
        section
        for title, section in zip(titles, sections, strict=True)
        if _get_folder(title.link).startswith(folder)
    }
    return [t for t, section in zip(titles, sections, strict=True) if section in own]


def _is_under(folder: str, page_url: str) -> bool:
    parts = urlsplit(page_url)
    return folder.startswith(f"{parts.netloc}{parts.path}".rstrip("/"))


def _find_section(element: etree._Element) -> etree._Element | None:
    """Return the nearest heading above an element that is of a higher rank."""
    rank = int(element.tag[1]) if element.tag in HEADINGS else len(HEADINGS) + 1
    higher = HEADINGS[: rank - 1]
    for ancestor in [element, *element.iterancestors()]:
        for sibling in islice(ancestor.itersiblings(preceding=True), _MAX_SIBLINGS):
            found = list(sibling.iter(*higher)) if higher else []
            if found:
                return found[-1]
    return None


def _find_neighbours(
    titles: Sequence[ListTitle],
) -> tuple[list[list[etree._Element]], list[list[etree._Element]]]:
    """Return what stands before and after each title's part, up to that of another title."""
    scopes = {title.scope for title in titles}
    before: list[list[etree._Element]] = []
    after: list[list[etree._Element]] = []
    for title in titles:
        for found, preceding in ((before, True), (after, False)):
            parts: list[etree._Element] = []
            if title.scope is not None:
                for sibling in title.scope.itersiblings(preceding=preceding):
                    if sibling in scopes or len(parts) > _MAX_TEXT_LINES:
                        break
                    if preceding and is_heading(sibling) and parts:
                        break
                    parts.append(sibling)
            found.append(parts)
    return before, after


def _find_summary(title: ListTitle, following: Sequence[etree._Element]) -> tuple[str, str]:
    """Return the excerpt beside a title, and the text of what has no page of its own."""
    parts = _get_parts(title)
    is_flat = title.scope is not None and title.scope in (title.element, title.element.getparent())
    if is_flat or not title.link:
        parts += following
    lines = [
        line
        for line in iter_lines(parts)
        if line
        and line.strip(" #¶§") != title.text
        and not is_date_line(line)
        and not is_read_more(line)
    ]
    told = [line for line in lines if measure_text(line) >= _MIN_SUMMARY and title.text not in line]
    if title.link:
        return (told[0] if told else ""), ""
    return "", "\n".join(lines[:_MAX_TEXT_LINES])


def _score(rows: Sequence[ListRow], *, is_heading: bool, has_anchors: bool) -> float:
    """Return how much a list tells; 0 where it is none."""
    if len(rows) < _MIN_DATED:
        return 0
    titles = Counter(row.title for row in rows)
    dated = sum(row.published is not None for row in rows)
    mean = sum(measure_text(row.title) for row in rows) / len(rows)
    if len(titles) < len(rows) * 0.7:
        return 0
    if dated * 2 < len(rows) and (
        len(rows) < _MIN_UNDATED or mean < HEADLINE or (has_anchors and not dated)
    ):
        return 0
    told = sum(bool(row.summary or row.text) for row in rows)
    score = len(rows) + 2.0 * dated + 0.3 * told + 0.02 * len(rows) * min(mean, 60)
    if is_heading:
        score *= 1.25
    return score * (
        0.6 if sum(parse_date(row.title) is not None for row in rows) * 2 > len(rows) else 1
    )


def _merge_lists(lists: Sequence[list[ListRow]], page_url: str) -> list[ListRow]:
    """Return the best list, with the dated rows of others from the same part of the site."""
    best = lists[0]
    folders = Counter(_get_folder(row.link) for row in best)
    folder, count = folders.most_common(1)[0]
    if not folder or count * 2 < len(best) or folder == _get_folder(page_url):
        return best
    known = {row.link for row in best}
    more = [
        row
        for rows in lists[1:]
        for row in rows
        if row.published and _get_folder(row.link) == folder and row.link not in known
    ]
    return drop_repeats([*best, *more])


def _get_folder(link: str) -> str:
    parts = urlsplit(link)
    path = parts.path.rstrip("/").rpartition("/")[0]
    return f"{parts.netloc}{path}" if path else ""
