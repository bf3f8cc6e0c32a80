"""What is known to be held of a source: the spans of time, and what must be remembered to tell. Pure.

A feed is a window on what a publisher lists. Reading it proves that everything between its oldest entry and now is
held. Two windows belong together when an entry of the one is still in the other; where none is, the feed moved on too
far, and what lies between them is a gap.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any, Literal
from zoneinfo import ZoneInfo

from digest.model.retrieved import FeedEntry, ParsedFeed
from digest.period import Quarter
from digest.urls import canonical_url

_INSTANT = timedelta(microseconds=1)
_AHEAD = timedelta(days=2)  # an entry dated further ahead is dated wrongly
_MAX_MARKS, _MAX_PAGES, _MAX_SPANS = 60, 4_000, 60

DayStatus = Literal["held", "missing", "unknown"]


@dataclass(frozen=True, slots=True, order=True)
class TimeSpan:
    """A stretch of time, without its first instant and with its last: entries that share an instant with the oldest of
    a window may have left it."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class CoverageState:
    """What the archive remembers of a source's history. `to_json` and `of_json` make it a plain value and back."""

    spans: tuple[
        TimeSpan, ...
    ] = ()  # for which all that the publisher lists is held, oldest first, apart from each other
    newest: datetime | None = None  # date of the newest entry of the feed as last read
    window: tuple[str, ...] = ()  # marks of its entries
    way: str = ""  # that worked last: chain, posts, paged, sitemap; "none" where none did
    tried: datetime | None = None  # when none did
    pages: tuple[str, ...] = ()  # marks of the pages that never need to be read again
    older: str = ""  # the address to go on from, into what is older than `older_than`
    older_than: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {
            "spans": [[span.start.isoformat(), span.end.isoformat()] for span in self.spans],
            "newest": _format_instant(self.newest),
            "window": list(self.window),
            "way": self.way,
            "tried": _format_instant(self.tried),
            "pages": list(self.pages),
            "older": self.older,
            "older_than": _format_instant(self.older_than),
        }

    @classmethod
    def from_json(cls, value: object) -> CoverageState:
        """The state in a value; a fresh one where it is none."""
        if not isinstance(value, Mapping):
            return cls()
        try:
            return cls(
                spans=tuple(
                    TimeSpan(_parse_instant(start), _parse_instant(end))
                    for start, end in value.get("spans", ())
                ),
                newest=_parse_instant(value["newest"]) if value.get("newest") else None,
                window=tuple(map(str, value.get("window", ()))),
                way=str(value.get("way", "")),
                tried=_parse_instant(value["tried"]) if value.get("tried") else None,
                pages=tuple(map(str, value.get("pages", ()))),
                older=str(value.get("older", "")),
                older_than=_parse_instant(value["older_than"]) if value.get("older_than") else None,
            )
        except (ValueError, TypeError):
            return cls()


def fingerprint_entry(entry: FeedEntry) -> str:
    """A short name for an entry, the same whenever it is read."""
    return fingerprint_text(canonical_url(entry.link) if entry.link else entry.guid or entry.title)


def fingerprint_text(text: str) -> str:
    """A short name for an address."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]


def find_window_start(entries: Sequence[FeedEntry], latest: datetime) -> datetime | None:
    """The instant after which a page of entries is complete; None where its order tells nothing.

    Pages are in order of publication or of change, newest or oldest first; a few entries out of order (pinned ones)
    do not matter, for the last in order decides and not the oldest.
    """
    for dates in (
        [entry.published for entry in entries if entry.published and entry.published <= latest],
        [entry.updated for entry in entries if entry.updated and entry.updated <= latest],
    ):
        rises = sum(first < second for first, second in pairwise(dates))
        falls = sum(first > second for first, second in pairwise(dates))
        allowed = max(1, len(dates) // 10)
        if dates and rises <= allowed:
            return dates[-1]
        if dates and falls <= allowed:
            return dates[0]
    return None


def record_window(state: CoverageState, document: ParsedFeed, at: datetime) -> CoverageState:
    """The state after a feed was read at an instant. To be called at every reading, also without reaching back."""
    latest = at + _AHEAD
    start = find_window_start(document.entries, latest)
    dates = [
        entry.published
        for entry in document.entries
        if entry.published and entry.published <= latest
    ]
    if start is None or not dates:
        return state
    # pinned entries stay in a window for ever and join nothing
    current = [
        (entry.published, entry)
        for entry in document.entries
        if entry.published and entry.published >= start
    ]
    newest_first = sorted(current, key=lambda row: row[0], reverse=True)
    marks = tuple(fingerprint_entry(entry) for _, entry in newest_first[:_MAX_MARKS])
    newest = max(dates)
    end = max(at, newest)
    spans = state.spans
    if state.newest is not None and not set(marks) & set(state.window):
        spans = tuple(TimeSpan(span.start, min(span.end, state.newest)) for span in spans)
    elif spans:
        start = min(start, spans[-1].end)
    return replace(
        state, spans=merge_spans([*spans, TimeSpan(start, end)]), newest=newest, window=marks
    )


def record_unchanged(state: CoverageState, at: datetime) -> CoverageState:
    """The state after a feed was asked at an instant and had not changed since it was read last: nothing came."""
    if not state.spans:
        return state
    last = state.spans[-1]
    return replace(state, spans=(*state.spans[:-1], TimeSpan(last.start, max(last.end, at))))


def merge_spans(spans: Iterable[TimeSpan]) -> tuple[TimeSpan, ...]:
    """Spans in order, those that touch made one, empty ones left out."""
    found: list[TimeSpan] = []
    for span in sorted(spans):
        if span.start >= span.end:
            continue
        if found and span.start <= found[-1].end:
            found[-1] = TimeSpan(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return tuple(found[-_MAX_SPANS:])


def find_gaps(state: CoverageState, start: datetime, end: datetime) -> tuple[TimeSpan, ...]:
    """What is not known to be held of `start` (included) to `end`, up to the last reading; the newest gap first."""
    if not state.spans:
        return ()
    missing: list[TimeSpan] = []
    place = start - _INSTANT
    last = min(end, state.spans[-1].end)
    for span in state.spans:
        if place < min(span.start, last):
            missing.append(TimeSpan(place, min(span.start, last)))
        place = max(place, span.end)
    return tuple(reversed(missing))


def classify_days(state: CoverageState, quarter: Quarter) -> dict[date, DayStatus]:
    """For each day of a quarter: `held` where all that the publisher lists is held; `missing` where the feed moved on
    between two readings and nothing filled the gap; `unknown` before the first reading's window and after the last
    reading."""
    told: dict[date, DayStatus] = {}
    for day in quarter.days:
        start, end = _day_bounds(day, quarter)
        if not state.spans or end > state.spans[-1].end:
            told[day] = "unknown"
        elif not find_gaps(state, start, end):
            told[day] = "held"
        else:
            told[day] = "missing" if start > state.spans[0].start else "unknown"
    return told


def add_read_pages(state: CoverageState, pages: Iterable[str]) -> CoverageState:
    """The state that knows these pages too."""
    return replace(state, pages=tuple(dict.fromkeys([*state.pages, *pages]))[-_MAX_PAGES:])


def _day_bounds(day: date, quarter: Quarter) -> tuple[datetime, datetime]:
    zone = ZoneInfo(quarter.zone)
    first = datetime(day.year, day.month, day.day, tzinfo=zone)
    after = day + timedelta(days=1)
    return first.astimezone(UTC), datetime(
        after.year, after.month, after.day, tzinfo=zone
    ).astimezone(UTC) - _INSTANT


def _format_instant(when: datetime | None) -> str | None:
    return when.isoformat() if when else None


def _parse_instant(text: object) -> datetime:
    when = datetime.fromisoformat(str(text))
    return when if when.tzinfo else when.replace(tzinfo=UTC)
