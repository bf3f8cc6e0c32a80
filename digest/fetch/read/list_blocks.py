"""The entries of a list page out of its layout. Pure.

No layout is known by name. Headings and linked lines that look alike are taken as the titles of one
list; what belongs to a title is the largest part of the page that holds no other title of that
list, or, where titles and dates follow each other flat, what stands up to the next title. The list
that tells most wins: many titles, with dates. Menus, footers, boxes of related stories, tags and
authors are left out first.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from urllib.parse import urljoin, urlsplit

from lxml import etree

from digest.fetch.read import fields
from digest.fetch.read.dates import parse_date
from digest.fetch.read.list_entry import (
    ListRow,
    drop_repeats,
    is_entry_link,
    is_read_more,
    is_title,
    read_list_date,
    settle_slashed_dates,
)
from digest.text import clean_text
from digest.urls import extract_host

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_SKIPPED = {
    *("script", "style", "noscript", "template", "nav", "footer", "form", "select", "iframe"),
    *("svg", "button", "dialog", "head"),
}
_ENTRY_PARTS = {*_HEADINGS, "article", "li", "tr", "a", "dt", "dd"}
_CONTENT_MARKS = ("h2", "h3", "h4", "h5", "time")
_SKIPPED_ROLES = {"navigation", "contentinfo", "complementary", "search", "dialog", "menu"}
_BOX = re.compile(
    r"(?<![a-z])(?:related|recommend\w*|side-?bar|breadcrumbs?|paginat\w*|pager|menu|nav|navbar|"
    r"navigation|footer|foot|trending|popular|most-?read|cookie\w*|consent|tag-?cloud|widget-area|"
    r"share|social|skip-?link|mega-?menu|top-?bar|filters?|year-filter|toc|modal|popup)(?![a-z])",
    re.IGNORECASE,
)
_TITLE_NAME = re.compile(r"(?:title|headline|heading|titel|titre)", re.IGNORECASE)
_CHANGED = re.compile(r"updated|modified", re.IGNORECASE)
_VERSION = re.compile(r"\W?(?:version |release )?v?\d+\.\d+(?:[.\w-]+)?", re.IGNORECASE)
_YEAR = re.compile(r"\s*((?:19|20)\d\d)\s*")
_NO_YEAR = re.compile(r"(?:[^\W\d_]{3,}\.?\s+\d{1,2}(?:st|nd|rd|th)?|\d{1,2}\.?\s+[^\W\d_]{3,}\.?)")
_INLINE = set(
    "a abbr b bdi cite code em font i img ins label mark q s small strong sub sup u wbr".split()
)
_MAX_ELEMENTS = 40_000
_MAX_NAMES = 300
_MAX_DATE_LINE = 140  # characters of a line that holds a date beside author and tags
_MAX_REST = 70  # letters in such a line beside its date
_MIN_SUMMARY = 25
_MAX_TEXT_LINES = 200
_MIN_DATED, _MIN_UNDATED = 2, 4  # titles that make a list
_HEADLINE = 22  # the mean length of titles that are no menu, where they have no dates
_MAX_CLIMB = 5
_MAX_TITLES = 200  # of one list
_MAX_SIBLINGS = 400  # looked through for the heading above
_WIDE = 2.2  # so much wider are letters that write a word each


@dataclass(slots=True)
class _Title:
    """A heading or a linked line that may be the title of an entry."""

    element: etree._Element
    text: str
    link: str = ""
    fragment: str = ""  # the id by which the page links to it
    scope: etree._Element | None = None
    own: list[etree._Element] = field(default_factory=list)  # the parts of the page that are its


def find_block_rows(root: etree._Element, page_url: str) -> list[ListRow]:
    """Return the rows of the list that the layout of a page shows best; [] for none.

    The tree is changed: what is no part of the page's content is taken out.
    """
    _prune(root)
    main = next(root.iter("main"), None)
    inside = set() if main is None else set(main.iter())
    lists, others = [], []
    for is_heading, titles in _group_titles(root, page_url):
        rows = _read_group(titles, page_url)
        score = _score(rows, is_heading=is_heading, has_anchors=not any(t.link for t in titles))
        if score:
            share = sum(title.element in inside for title in titles) / len(titles)
            lists.append((score * (1 + 0.2 * share), rows))
        elif is_heading:
            others.append(rows)
    if not lists:
        return []
    lists.sort(key=lambda scored: -scored[0])
    return _merge_lists([*(rows for _, rows in lists), *others], page_url)


def _prune(root: etree._Element) -> None:
    marks = sum(1 for _ in root.iter(*_CONTENT_MARKS))
    for element in list(root.iter(etree.Element))[:_MAX_ELEMENTS]:
        if element.getparent() is None or element.tag in ("body", "main"):
            continue
        names = f"{element.get('class') or ''} {element.get('id') or ''}"[:_MAX_NAMES]
        if element.tag in _ENTRY_PARTS:  # their names are of what they tell: id="consent-api"
            names = ""
        is_box = (
            element.tag in _SKIPPED
            and not (element.tag == "footer" and _has_time(element))
            and not (element.tag == "form" and next(element.iter(*_HEADINGS), None) is not None)
        )
        is_box |= (element.get("role") or "").lower() in _SKIPPED_ROLES
        is_box |= element.tag == "aside" or element.get("hidden") is not None
        is_box |= bool(_BOX.search(names)) and not _holds_content(element, marks)
        if element.tag == "header":
            is_box |= next(element.iter(*_HEADINGS, "time"), None) is None
        if is_box:
            _remove(element)


def _holds_content(element: etree._Element, marks: int) -> bool:
    """Return whether an element is the frame of the content, such as `class="has-sidebar"`."""
    if next(element.iter("h1", "main"), None) is not None:
        return True
    return marks >= _MIN_UNDATED and sum(1 for _ in element.iter(*_CONTENT_MARKS)) * 2 > marks


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


# ---------------------------------------------------------------- titles that look alike


def _group_titles(root: etree._Element, page_url: str) -> list[tuple[bool, list[_Title]]]:
    headings: dict[object, list[_Title]] = defaultdict(list)
    lines: dict[object, list[_Title]] = defaultdict(list)
    for element in root.iter(etree.Element):
        if _is_heading(element):
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


def _names_entry(text: str) -> bool:
    """Return whether a heading may name an entry: by words, a version or a day."""
    return is_title(text) or bool(_VERSION.match(text)) or _is_date_line(text)


def _is_heading(element: etree._Element) -> bool:
    return element.tag in _HEADINGS or (element.get("role") or "").lower() == "heading"


def _describe(element: etree._Element, parents: int) -> tuple[str, ...]:
    """Return what elements that look alike have in common: tags and first class."""
    named = [element]
    for parent in element.iterancestors():
        if len(named) > parents:
            break
        named.append(parent)
    return tuple(part for each in named for part in (str(each.tag), _get_first_class(each)))


def _get_first_class(element: etree._Element) -> str:
    for name in (element.get("class") or "")[:_MAX_NAMES].lower().split():
        if name not in ("odd", "even", "first", "last", "active", "featured"):
            return re.sub(r"\d+", "", name)
    return ""


def _read_heading(element: etree._Element, page_url: str) -> _Title | None:
    text = clean_text(_get_text(element)).strip(" #¶§")
    if not _names_entry(text):
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
    return _Title(element, text, link, fragment)


def _read_anchor(element: etree._Element, page_url: str) -> _Title | None:
    link = fields.normalize_link(element.get("href") or "", page_url)
    if not is_entry_link(link, page_url) or next(element.iter(*_HEADINGS), None) is not None:
        return None
    text = _find_anchor_title(element)
    return _Title(element, text, link) if text and is_title(text) else None


def _find_anchor_title(anchor: etree._Element) -> str:
    """Return the title in a link: all of it, or of a whole card its line that is one."""
    parts = [each for each in anchor.iter(etree.Element) if each is not anchor]
    marked = [each for each in parts if _TITLE_NAME.search((each.get("class") or "")[:_MAX_NAMES])]
    for each in reversed(marked):
        text = clean_text(_get_text(each))
        if is_title(text):
            return text
    lines = [line for line in _iter_lines([anchor], by_part=True) if line]
    if len(lines) <= 1:
        return lines[0] if lines else ""
    # of date, tag, title and excerpt the title is the first line of several words
    titles = [line for line in lines if not _is_date_line(line) and is_title(line)]
    return next((line for line in titles if _measure(line) >= _HEADLINE * 0.7), "") or max(
        titles, key=_measure, default=""
    )


# ---------------------------------------------------------------- from titles to rows


def _read_group(titles: Sequence[_Title], page_url: str) -> list[ListRow]:
    """Return the rows of titles that look alike, each with its date and what else is told of it."""
    titles = titles[:_MAX_TITLES]  # the newest come first
    _find_scopes(titles)
    _find_links(titles, page_url)
    titles = _drop_other_sections(titles, page_url)
    before, after = _find_neighbours(titles)
    own = [_find_date(_get_parts(title), title) for title in titles]
    choices = [own]
    if sum(map(_is_dated, own)) * 2 < len(titles):
        choices += [
            [_find_date(parts, title) for parts, title in zip(places, titles, strict=True)]
            for places in (after, before)
        ]
    best = max(choices, key=lambda found: sum(map(_is_dated, found)))
    dates = [near if _is_dated(near) else far for near, far in zip(own, best, strict=True)]
    rows = []
    for title, (published, stated), following in zip(titles, dates, after, strict=True):
        if not _is_dated((published, stated)):
            published, stated = _find_date_above(title)
        link = title.link
        if not link and title.fragment:
            link = urljoin(page_url, f"#{title.fragment}")
        if link:
            summary, text = _find_summary(title, following)
            name = title.text
            if parse_date(name):  # a changelog headed by days: its first line names it
                name = next(iter((summary or text).splitlines()), "")[:200]
            if _names_entry(name):
                rows.append(ListRow(name, link, published, stated, summary, text))
    return settle_slashed_dates(drop_repeats(rows))


def _is_dated(found: tuple[datetime | None, str]) -> bool:
    return found[0] is not None or bool(found[1])


def _find_scopes(titles: Sequence[_Title]) -> None:
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


def _get_parts(title: _Title) -> list[etree._Element]:
    return [] if title.scope is None else [title.scope]


def _find_links(titles: Sequence[_Title], page_url: str) -> None:
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
                text = clean_text(_get_text(anchor))
                found[address] = found.get(address, False) or not text or is_read_more(text)
        more = [address for address, is_more in found.items() if is_more]
        lone = list(found) if len(found) == 1 and not title.fragment else []
        beside.append(next(iter(more or lone), ""))
    if sum(map(bool, beside)) * 5 >= len(titles) * 3:
        for title, link in zip(titles, beside, strict=True):
            title.link = title.link or link


def _drop_other_sections(titles: Sequence[_Title], page_url: str) -> Sequence[_Title]:
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
    rank = int(element.tag[1]) if element.tag in _HEADINGS else len(_HEADINGS) + 1
    higher = _HEADINGS[: rank - 1]
    for ancestor in [element, *element.iterancestors()]:
        for sibling in islice(ancestor.itersiblings(preceding=True), _MAX_SIBLINGS):
            found = list(sibling.iter(*higher)) if higher else []
            if found:
                return found[-1]
    return None


def _find_neighbours(
    titles: Sequence[_Title],
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
                    if preceding and _is_heading(sibling) and parts:
                        break
                    parts.append(sibling)
            found.append(parts)
    return before, after


def _find_date(parts: Iterable[etree._Element], title: _Title) -> tuple[datetime | None, str]:
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
            found = read_list_date(_get_text(element))[0]
        names = f"{element.get('class') or ''} {element.get('itemprop') or ''}"
        if found and not _CHANGED.search(names):
            return found
        late = late or found
    return late


def _find_shown_date(parts: Sequence[etree._Element], title: _Title) -> tuple[datetime | None, str]:
    lines = [line for line in _iter_lines(parts, by_part=True) if line and line != title.text]
    lines += [line for line in _iter_lines(parts) if line and line != title.text]
    heading = title.text if _is_heading(title.element) else ""
    for line in [*lines, heading]:  # "8.4 (July 6, 2026)" comes last
        if _is_date_line(line) or line == heading:
            dated = read_list_date(line)
            if _is_dated(dated):
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


def _is_date_line(line: str) -> bool:
    """Return whether a line holds a date and little else."""
    if not any(character.isdigit() for character in line) or len(line) > _MAX_DATE_LINE:
        return False
    if _NO_YEAR.fullmatch(line):
        return True
    found, written = read_list_date(line)
    if found is None and not written:
        return False
    rest = line.replace(written, "") if written else ""
    return len(re.sub(r"\W|\d", "", rest)) <= _MAX_REST


def _add_year(line: str, title: _Title) -> datetime | None:
    """Return the date of "Jul 23" in a list that stands under its year."""
    if not _NO_YEAR.fullmatch(line) or title.scope is None:
        return None
    for element in [title.scope, *title.scope.iterancestors()]:
        inner = list(element.iter(*_HEADINGS)) if element is title.scope else []
        for each in [*inner, *element.itersiblings(preceding=True)]:
            year = _YEAR.fullmatch(_get_text(each)[:40])
            if year:
                return parse_date(f"{line} {year[1]}")
    return None


def _find_date_above(title: _Title) -> tuple[datetime | None, str]:
    """Return the day under which several entries stand."""
    if title.scope is None:
        return None, ""
    climb = [title.scope, *title.scope.iterancestors()][:_MAX_CLIMB]
    for element in climb:
        for sibling in islice(element.itersiblings(preceding=True), _MAX_SIBLINGS):
            line = clean_text(_get_text(sibling)[:300])
            if len(line) <= _MAX_DATE_LINE and _is_date_line(line):
                return read_list_date(line)
    return None, ""


def _find_summary(title: _Title, following: Sequence[etree._Element]) -> tuple[str, str]:
    """Return the excerpt beside a title, and the text of what has no page of its own."""
    parts = _get_parts(title)
    is_flat = title.scope is not None and title.scope in (title.element, title.element.getparent())
    if is_flat or not title.link:
        parts += following
    lines = [
        line
        for line in _iter_lines(parts)
        if line
        and line.strip(" #¶§") != title.text
        and not _is_date_line(line)
        and not is_read_more(line)
    ]
    told = [line for line in lines if _measure(line) >= _MIN_SUMMARY and title.text not in line]
    if title.link:
        return (told[0] if told else ""), ""
    return "", "\n".join(lines[:_MAX_TEXT_LINES])


# ---------------------------------------------------------------- which list it is


def _score(rows: Sequence[ListRow], *, is_heading: bool, has_anchors: bool) -> float:
    """Return how much a list tells; 0 where it is none."""
    if len(rows) < _MIN_DATED:
        return 0
    titles = Counter(row.title for row in rows)
    dated = sum(row.published is not None for row in rows)
    mean = sum(_measure(row.title) for row in rows) / len(rows)
    if len(titles) < len(rows) * 0.7:
        return 0
    if dated * 2 < len(rows) and (
        len(rows) < _MIN_UNDATED or mean < _HEADLINE or (has_anchors and not dated)
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


# ---------------------------------------------------------------- text


def _get_text(element: etree._Element) -> str:
    return " ".join(" ".join(map(str, element.itertext())).split())


def _iter_lines(parts: Iterable[etree._Element], *, by_part: bool = False) -> Iterator[str]:
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


def _measure(text: str) -> float:
    """Return the length of a text, in letters of which several write a word."""
    wide = sum(character >= "\u2e80" for character in text)
    return len(text) + (_WIDE - 1) * wide
