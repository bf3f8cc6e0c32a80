"""What all ways of reading a list page share: a row as found, its date, what is no title. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from digest.fetch.read import fields
from digest.fetch.read.dates import parse_date
from digest.fetch.read.page_dates import find_written_dates
from digest.model.retrieved import FeedEntry
from digest.text import clean_text
from digest.urls import canonical_url

_READ_MORE = re.compile(
    r"\W*(?:(?:read|learn|see|view|find out|show|load|discover|continue)\b.{0,12}"
    r"\b(?:more|all|reading|article|post|story|details|release|on)\b"
    r"(?:\s+(?:about|on|of)\b.{0,80}|\s+\w+)?|more|details|download|pdf|watch|share|link|#|¶"
    r"|weiterlesen|mehr(?: erfahren| lesen)?|zum artikel|alle anzeigen"
    r"|lire (?:la suite|plus).{0,20}|en savoir plus|voir plus|leer más|ver más|más información"
    r"|leggi(?: tutto| di più)?|scopri di più|leia mais|saiba mais|lees (?:meer|verder)"
    r"|続きを読む|もっと見る|詳細|阅读更多|查看更多|อ่านต่อ|ดูเพิ่มเติม|자세히 보기|더 보기)\W*",
    re.IGNORECASE,
)
_OTHER_LINK = re.compile(  # tags, authors, years and the like: they lead to lists, not to entries
    r"/(?:tags?|category|categories|authors?|topics?|people|team|login|signin|subscribe|search|rss|"
    r"feed)(?:/|$)|[?&](?:year|tag|category|author|page|paged|filter|sort)=|/page/\d+/?$|"
    r"/(?:19|20)\d\d(?:/\d\d?){0,2}/?$",
    re.IGNORECASE,
)
_SLASHED = re.compile(r"(\d\d?)[/.-](\d\d?)[/.-](\d{4}|\d\d)")
_MAX_TITLE_LENGTH = 300
_MONTHS = 12
DAY_ALONE = re.compile(  # of its year
    r"(?:[^\W\d_]{3,}\.?\s+\d{1,2}(?:st|nd|rd|th)?|\d{1,2}\.?\s+[^\W\d_]{3,}\.?)"
)
MAX_DATE_LINE = 140  # characters of a line that holds a date beside author and tags
_MAX_REST = 70  # letters in such a line beside its date


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row of a list page, as it was found."""

    title: str
    link: str
    published: datetime | None = None
    stated: str = ""  # the date as written; alone where it could be one of two days: 06/07/2026
    summary: str = ""
    text: str = ""


def is_read_more(text: str) -> bool:
    """Return whether the text of a link only asks to read on."""
    return _READ_MORE.fullmatch(text.strip()) is not None


def is_same_page(link: str, page_url: str) -> bool:
    """Return whether two addresses are of one page; cheap for the many that are not."""
    path, own = (urlsplit(url).path.rstrip("/").lower() for url in (link, page_url))
    return path == own and canonical_url(link) == canonical_url(page_url)


def is_entry_link(link: str, page_url: str) -> bool:
    """Return whether an address may be that of an entry: no tag, author, page number or home."""
    if not link or is_same_page(link, page_url):
        return False
    parts = urlsplit(link)
    if not parts.path.strip("/") and not parts.query and not parts.fragment:
        return False
    return not _OTHER_LINK.search(parts._replace(scheme="", netloc="").geturl())


def is_title(text: str) -> bool:
    """Return whether a text may be the title of an entry."""
    letters = sum(character.isalpha() for character in text)
    return letters >= 3 and len(text) <= _MAX_TITLE_LENGTH and not is_read_more(text)


def read_list_date(text: str) -> tuple[datetime | None, str]:
    """Return the date in a short text, and how it is written; the text alone for 06/07/2026."""
    text = clean_text(text)
    found = parse_date(text)
    if found:
        return found, text
    for written in find_written_dates(text):
        found = parse_date(written)
        if found:
            return found, written
        if _SLASHED.fullmatch(written):
            return None, written
    return None, ""


def settle_slashed_dates(rows: Sequence[ListRow]) -> list[ListRow]:
    """Return rows with dates such as 06/07/2026 told by those of the same list.

    One list writes all of them alike: where another row says 23/07/2026, the day comes first.
    """
    found = [match for row in rows if (match := _SLASHED.fullmatch(row.stated))]
    day_first = any(int(match[1]) > _MONTHS for match in found)
    month_first = any(int(match[2]) > _MONTHS for match in found)
    if day_first == month_first:
        return list(rows)
    settled = []
    for row in rows:
        match = None if row.published else _SLASHED.fullmatch(row.stated)
        if match:
            day, month = (match[1], match[2]) if day_first else (match[2], match[1])
            year = match[3] if len(match[3]) == 4 else f"20{match[3]}"
            row = replace(row, published=_make_day(int(year), int(month), int(day)))
        settled.append(row)
    return settled


def _make_day(year: int, month: int, day: int) -> datetime | None:
    """Return the beginning of a day; None where the calendar has no such day."""
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None


def drop_repeats(rows: Iterable[ListRow]) -> list[ListRow]:
    """Return the rows, each address once."""
    unique: dict[str, ListRow] = {}
    for row in rows:
        unique.setdefault(canonical_url(row.link), row)
    return list(unique.values())


def build_entries(rows: Iterable[ListRow], language: str | None) -> tuple[FeedEntry, ...]:
    """Return the rows as entries."""
    return tuple(
        FeedEntry(
            link=row.link,
            title=fields.normalize_title(row.title),
            summary=fields.normalize_summary(row.summary),
            text=fields.normalize_text(row.text),
            published=row.published,
            language=language,
            position=position,
        )
        for position, row in enumerate(rows)
    )


def is_date_line(line: str) -> bool:
    """Return whether a line holds a date and little else."""
    if not any(character.isdigit() for character in line) or len(line) > MAX_DATE_LINE:
        return False
    if DAY_ALONE.fullmatch(line):
        return True
    found, written = read_list_date(line)
    if found is None and not written:
        return False
    rest = line.replace(written, "") if written else ""
    return len(re.sub(r"\W|\d", "", rest)) <= _MAX_REST
