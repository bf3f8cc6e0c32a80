"""The day that a page shows beside its heading, where its metadata state none. Pure.

A date is taken from the page's address, from the line under or over the heading, from a dateline at
the start of the article (`BERLIN, 6 July 2026`), or from the only part that is marked as a date. It
is none of a menu, a footer or a box of other stories, and no date amid a sentence. A page whose
dates belong to the stories that it lists gives none: text of its own must follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from lxml import etree

from digest.fetch.read.dates import parse_date

_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_INLINE = set(
    "a abbr b bdi cite code data em font i img ins label mark q s small span strong sub sup svg "
    "time u wbr".split()
)
_SKIPPED = set("script style noscript template nav footer aside form select iframe".split())
_OTHER_STORIES = re.compile(
    r"(?<![a-z])(?:related|recommend|teaser|side-?bar|read-?more|"
    r"more-(?:stories|news|articles|from)|latest|trending|popular|most-?read|similar|aehnlich|"
    r"mehr-zum)",
    re.IGNORECASE,
)
_FRAME = re.compile(
    r"newsletter|comment|footer|breadcrumb|carousel|mega-?menu|navigation|widget", re.IGNORECASE
)
_DATE_MARK = re.compile(
    r"(?:^|[\s_-])(?:date|datum|fecha|data|time|timestamp|publish\w*|posted|pubdate|created|byline|"
    r"meta|info|dateline)(?:$|[\s_-])|published|(?:post|entry|article|news)-?(?:date|meta|info|time)",
    re.IGNORECASE,
)
_WRITTEN = re.compile(  # the days that may stand in a line
    r"""(?<![\w./-])(?:
        \d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?
      | \d{4}[年./년]\s?\d{1,2}[月./월]\s?\d{1,2}[日일]?
      | \d{1,2}[./]\s?\d{1,2}[./]\s?(?:\d{4}|\d\d)(?!\d)
      | \d{1,2}(?:st|nd|rd|th|er|\.|º)?[\s-]+(?:de\s+|d[’'])?[^\W\d_]{3,}\.?,?
        [\s-]+(?:del?\s+)?\d{4}
      | [^\W\d_]{3,}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}
      | \d{1,2}\s+[\u0e01-\u0e5b.]{3,14}\s+\d{2,4}
    )(?![\w-])""",
    re.VERBOSE,
)
_IN_URL = re.compile(  # with something after it: where it ends there, it lists a day's stories
    r"/((?:19|20)\d\d)[/-](\d\d)[/-](\d\d)[/_-][^/?#]|[/-](20\d\d)(\d\d)(\d\d)[/_-][^/?#]"
)
_UPDATED = re.compile(
    r"\b(?:updated|modified|edited|aktualisiert|stand|mis à jour|aggiornat|actualizad)",
    re.IGNORECASE,
)
_MAX_LINE = 200  # characters of a line that is a date and little else
_MAX_DATELINE = 70  # characters within which a dateline has its date
_MAX_BEFORE, _MAX_AFTER = 8, 25  # blocks before and after the heading
_MIN_OWN_TEXT = 250  # characters that follow the date before the next one
_MIN_PARAGRAPH = 60
_MAX_EVENTS = 50_000  # starts and ends of elements; an article has some hundreds
_MAX_NAMES = 300  # characters of class and id
_MAX_BESIDE_DATE = 20  # letters beside a date: a weekday, "Published on", a short name


@dataclass(slots=True)
class _Block:
    """A line of the page as it is shown."""

    tag: str
    is_marked: bool  # as a date or as what stands beside one
    text: str = ""
    times: list[str] = field(default_factory=list)  # what its <time> elements state

    def find_dates(self) -> list[datetime]:
        """Return the dates in the line, those meant for machines first."""
        written = _WRITTEN.findall(self.text[:_MAX_LINE])
        return [found for found in map(parse_date, (*self.times, *written)) if found]


def find_shown_date(root: etree._Element, url: str, title: str) -> datetime | None:
    """Return the day that a page shows as its own, at midnight UTC or with its time; None for none.

    `title` is the title as the metadata state it.
    """
    in_url = _IN_URL.search(url)
    if in_url:
        stated = parse_date("-".join(filter(None, in_url.groups())))
        if stated:
            return stated
    blocks = list(_list_blocks(root))
    place = _find_heading(blocks, title)
    if place is None:
        return _find_only_marked(blocks)
    after = list(_take_until_heading(blocks[place + 1 : place + 1 + _MAX_AFTER]))
    before = blocks[max(0, place - _MAX_BEFORE) : place][::-1]
    late = None
    for nearby, offset in ((after, place + 1), (before, place)):
        for block in nearby:
            found = _read_date_line(block)
            if found is None or not _has_own_text(blocks, offset):
                continue
            if not _UPDATED.search(block.text):
                return found
            late = late or found
    return late or _find_only_marked(blocks)


def is_beside_article(element: etree._Element) -> bool:
    """Return whether an element stands in a box of other stories."""
    return any(_is_box(each, _OTHER_STORIES) for each in (element, *element.iterancestors()))


def _is_box(element: etree._Element, names: re.Pattern[str]) -> bool:
    """Return whether an element is named so, and does not hold the page's heading."""
    stated = f"{element.get('class') or ''} {element.get('id') or ''}"[:_MAX_NAMES]
    return bool(names.search(stated)) and next(element.iter("h1", "body"), None) is None


def drop_date_lines(text: str) -> str:
    """Return an article without the lines at its beginning that hold a date and little else."""
    lines = text.split("\n")
    is_text = (len(line) >= _MIN_PARAGRAPH and not _is_date_line(line) for line in lines)
    start = next((place for place, found in enumerate(is_text) if found), len(lines))
    return "\n".join([*(line for line in lines[:start] if not _is_date_line(line)), *lines[start:]])


def _is_date_line(line: str) -> bool:
    rest, dates = _WRITTEN.subn("", line[:_MAX_LINE])
    letters = re.sub(r"\d\d?[:.]\d\d|\W", "", rest)
    return dates > 0 and len(line) < _MAX_LINE and len(letters) <= _MAX_BESIDE_DATE


def _list_blocks(root: etree._Element) -> Iterator[_Block]:
    """Yield the lines of a page that hold anything, without menus, footers and boxes of others."""
    return (block for block in _split_blocks(root) if block.text.strip() or block.times)


def _split_blocks(root: etree._Element) -> Iterator[_Block]:
    walker = etree.iterwalk(root, events=("start", "end"))
    block = _Block("", is_marked=False)
    for event, element in islice(walker, _MAX_EVENTS):
        tag = element.tag if isinstance(element.tag, str) else ""
        is_skipped = tag in _SKIPPED or _is_box(element, _OTHER_STORIES) or _is_box(element, _FRAME)
        if tag not in _INLINE:
            yield block
            block = _Block("" if event == "end" else tag, is_marked=False)
        if event == "end":
            block.text += element.tail or ""
        elif is_skipped:
            walker.skip_subtree()
        else:
            names = f"{element.get('class') or ''} {element.get('id') or ''}"[:_MAX_NAMES]
            block.is_marked |= bool(_DATE_MARK.search(names)) or tag == "time"
            if tag == "time" and element.get("datetime"):
                block.times.append(str(element.get("datetime")))
            block.text += element.text or ""
    yield block


def _find_heading(blocks: Sequence[_Block], title: str) -> int | None:
    """Return where the heading of the article stands: the h1 or h2 most like the title."""
    words = set(re.findall(r"\w+", title.lower()))
    best, place = 0.0, None
    for number, block in enumerate(blocks):
        if block.tag not in ("h1", "h2", "h3"):
            continue
        own = set(re.findall(r"\w+", block.text.lower()))
        likeness = len(own & words) / max(1, len(own | words))
        if likeness > best:
            best, place = likeness, number
    return place if best >= 0.4 else None


def _take_until_heading(blocks: Iterable[_Block]) -> Iterator[_Block]:
    """Yield the blocks before the next heading that is as high as those of other stories."""
    for block in blocks:
        if block.tag in ("h1", "h2") and len(block.text.strip()) > 1:
            return
        yield block


def _read_date_line(block: _Block) -> datetime | None:
    """Return the date of a line that holds little else, or of a dateline."""
    if block.times or len(" ".join(block.text.split())) <= _MAX_LINE:
        text = " ".join(block.text.split())
        dates = block.find_dates()
        is_sentence = len(text) > _MAX_DATELINE * 2 and not block.is_marked
        return dates[0] if dates and not is_sentence else None
    start = _WRITTEN.search(" ".join(block.text.split())[:_MAX_DATELINE])
    return parse_date(start[0]) if start else None


def _has_own_text(blocks: Sequence[_Block], start: int) -> bool:
    """Return whether paragraphs follow before the page names the day of another story."""
    length, days = 0, set()
    for block in blocks[start:]:
        text = " ".join(block.text.split())
        if len(text) >= _MIN_PARAGRAPH:
            length += len(text)
            if length >= _MIN_OWN_TEXT:
                return True
        elif block.tag not in _HEADINGS:
            days |= {found.date() for found in block.find_dates()}
            if len(days) > 2:
                return False
    return False


def _find_only_marked(blocks: Sequence[_Block]) -> datetime | None:
    """Return the date of the parts that are marked as one; None where they name several days."""
    if (
        sum(len(block.text) for block in blocks if len(block.text) >= _MIN_PARAGRAPH)
        < _MIN_OWN_TEXT
    ):
        return None
    marked = [found for block in blocks if block.is_marked for found in block.find_dates()[:1]]
    return marked[0] if len({found.date() for found in marked}) == 1 else None


def find_written_dates(text: str) -> list[str]:
    """Return what is written as a day in a text, in its order."""
    return _WRITTEN.findall(text[:_MAX_LINE])
