"""Which spans of a source's time are covered, and what must be remembered to know. Pure.

A feed is a window on what a publisher lists. Reading it proves that everything between its oldest
entry and now is held. Two windows belong together when an entry of the one is still in the other;
where none is, the feed moved on too far, and what lies between them is a gap.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal
from zoneinfo import ZoneInfo

from digest.model.retrieved import FeedEntry, ParsedFeed
from digest.period import Quarter
from digest.urls import canonical_url

_INSTANT = timedelta(microseconds=1)
_MAX_AHEAD = timedelta(days=2)  # an entry dated further ahead is dated wrongly
_MAX_MARKS, _MAX_PAGES, _MAX_SPANS = 60, 4_000, 60

DayStatus = Literal["held", "missing", "unknown"]


@dataclass(frozen=True, slots=True, order=True)
class TimeSpan:
    """A stretch of time, without its first instant and with its last.

    Entries that share an instant with the oldest of a window may have left it.
    """

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class CoverageState:
    """What the archive remembers of a source's history."""

    # for which all that the publisher lists is held, oldest first, apart from each other
    spans: tuple[TimeSpan, ...] = ()
    newest: datetime | None = None  # date of the newest entry of the feed as last read
    window: tuple[str, ...] = ()  # marks of its entries
    way: str = ""  # that worked last: chain, posts, paged, sitemap; "none" where none did
    tried: datetime | None = None  # when none did
    pages: tuple[str, ...] = ()  # marks of the pages that never need to be read again
    older: str = ""  # the address to go on from, into what is older than `older_than`
    older_than: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the state as JSON can hold it."""
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
        """Return the state in a value; a fresh one where it holds none."""
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


def _format_instant(when: datetime | None) -> str | None:
    return when.isoformat() if when else None


def _parse_instant(text: object) -> datetime:
    when = datetime.fromisoformat(str(text))
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def fingerprint_entry(entry: FeedEntry) -> str:
    """Return a short name for an entry, the same whenever it is read."""
    return fingerprint_text(canonical_url(entry.link) if entry.link else entry.guid or entry.title)


def fingerprint_text(text: str) -> str:
    """Return a short name for an address."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]


def list_published(entries: Iterable[FeedEntry], now: datetime) -> list[datetime]:
    """Return the dates of publication that can be right at an instant, in the order of entries."""
    dates = (entry.published for entry in entries)
    return [when for when in dates if when and when <= now + _MAX_AHEAD]


def find_window_start(entries: Sequence[FeedEntry], now: datetime) -> datetime | None:
    """Return the instant after which a page of entries is complete; None where order tells nothing.

    Pages are in order of publication or of change, newest or oldest first; a few entries out of
    order (pinned ones) do not matter, for the last in order decides and not the oldest.
    """
    changes = (entry.updated for entry in entries)
    updated = [when for when in changes if when and when <= now + _MAX_AHEAD]
    for dates in (list_published(entries, now), updated):
        rises = sum(first < second for first, second in pairwise(dates))
        falls = sum(first > second for first, second in pairwise(dates))
        allowed = max(1, len(dates) // 10)
        if dates and rises <= allowed:
            return dates[-1]
        if dates and falls <= allowed:
            return dates[0]
    return None


def record_window(state: CoverageState, document: ParsedFeed, at: datetime) -> CoverageState:
    """Return the state after a feed was read at an instant.

    To be called at every reading, also without reaching back.
    """
    start = find_window_start(document.entries, at)
    dates = list_published(document.entries, at)
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
    spans = state.spans
    if state.newest is not None and not set(marks) & set(state.window):
        spans = tuple(TimeSpan(span.start, min(span.end, state.newest)) for span in spans)
    elif spans:
        start = min(start, spans[-1].end)
    spans = merge_spans([*spans, TimeSpan(start, max(at, newest))])
    return replace(state, spans=spans, newest=newest, window=marks)


def record_unchanged(state: CoverageState, at: datetime) -> CoverageState:
    """Return the state after a feed was asked at an instant and had not changed since last read."""
    if not state.spans:
        return state
    *others, last = state.spans
    return replace(state, spans=(*others, TimeSpan(last.start, max(last.end, at))))


def merge_spans(spans: Iterable[TimeSpan]) -> tuple[TimeSpan, ...]:
    """Return spans in order, those that touch made one, empty ones left out."""
    merged: list[TimeSpan] = []
    for span in sorted(spans):
        if span.start >= span.end:
            continue
        if merged and span.start <= merged[-1].end:
            merged[-1] = TimeSpan(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged[-_MAX_SPANS:])


def find_gaps(state: CoverageState, start: datetime, end: datetime) -> tuple[TimeSpan, ...]:
    """Return what is not known to be held of `start` (included) to `end`, the newest gap first.

    What is later than the last reading is no gap.
    """
    if not state.spans:
        return ()
    gaps: list[TimeSpan] = []
    place = start - _INSTANT
    last = min(end, state.spans[-1].end)
    for span in state.spans:
        if place < min(span.start, last):
            gaps.append(TimeSpan(place, min(span.start, last)))
        place = max(place, span.end)
    return tuple(reversed(gaps))


@lru_cache(maxsize=16)  # asked for each source of a quarter
def _list_days(quarter: Quarter) -> tuple[tuple[date, datetime, datetime], ...]:
    """Return the days of a quarter, each with its first and its last instant."""
    zone, midnight = ZoneInfo(quarter.zone), datetime.min.time()
    days = [(day, datetime.combine(day, midnight, zone).astimezone(UTC)) for day in quarter.days]
    next_starts = (*(start for _, start in days[1:]), quarter.end.astimezone(UTC))
    return tuple(
        (day, start, next_start - _INSTANT)
        for (day, start), next_start in zip(days, next_starts, strict=True)
    )


def classify_days(state: CoverageState, quarter: Quarter) -> dict[date, DayStatus]:
    """Return the status of each day of a quarter.

    `held` where all that the publisher lists is held; `missing` where the feed moved on between two
    readings and nothing filled the gap; `unknown` before the first reading's window and after the
    last reading.
    """
    statuses: dict[date, DayStatus] = {}
    for day, start, end in _list_days(quarter):
        if not state.spans or end > state.spans[-1].end:
            statuses[day] = "unknown"
        elif not find_gaps(state, start, end):
            statuses[day] = "held"
        else:
            statuses[day] = "missing" if start > state.spans[0].start else "unknown"
    return statuses


def add_read_pages(state: CoverageState, pages: Iterable[str]) -> CoverageState:
    """Return the state that knows these pages too."""
    return replace(state, pages=tuple(dict.fromkeys([*state.pages, *pages]))[-_MAX_PAGES:])
