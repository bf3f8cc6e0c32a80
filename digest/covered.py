"""Which days of a source are known to be held. Leaf; pure.

What one reading proves: a feed shows its newest entries, so everything from the oldest dated entry that it shows until
the moment of reading is held; a feed that has not changed since it was read last has published nothing in between; and
a source that was followed back to a day, without a gap, is held from that day on. What no reading proves is unknown.
Days on which something is known to have been published and not fetched (a budget ran out) are missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from digest.period import Quarter

Interval = tuple[datetime, datetime]  # both ends belong to it

HELD, MISSING, UNKNOWN, AHEAD = "h", "m", "u", "."


def union(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The same time in disjoint intervals, oldest first."""
    joined: list[Interval] = []
    for start, end in sorted(intervals):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif start <= end:
            joined.append((start, end))
    return tuple(joined)


def after_reading(known: Sequence[Interval], dates: Sequence[datetime], now: datetime) -> tuple[Interval, ...]:
    """What is held after a feed with entries of these dates was read. Without a date nothing is proven."""
    return union([*known, (min(dates), now)]) if dates and min(dates) <= now else tuple(known)


def after_silence(known: Sequence[Interval], last_read: datetime | None, now: datetime) -> tuple[Interval, ...]:
    """What is held after a feed that was read at `last_read` answered that it has not changed since."""
    if last_read is None or not any(start <= last_read <= end for start, end in known):
        return tuple(known)
    return union([*known, (last_read, now)])


def days(quarter: Quarter, held: Sequence[Interval], missing: Iterable[datetime], now: datetime) -> str:
    """One letter a day of the quarter: h held, m missing, u unknown, . not yet come. A day is held where all of it that
    lies before `now` is."""
    lost = {quarter.day_of(when) for when in missing}
    zone = ZoneInfo(quarter.zone)
    letters = []
    for day in quarter.days:
        start = datetime.combine(day, time(), zone)
        end = min(datetime.combine(day + timedelta(days=1), time(), zone), now)
        if start >= now:
            letters.append(AHEAD)
        elif day in lost:
            letters.append(MISSING)
        else:
            letters.append(HELD if any(a <= start and end <= b for a, b in held) else UNKNOWN)
    return "".join(letters)


def to_data(intervals: Sequence[Interval]) -> list[list[str]]:
    """Intervals as the archive keeps them."""
    return [[start.isoformat(), end.isoformat()] for start, end in intervals]


def from_data(data: Sequence[Sequence[str]]) -> tuple[Interval, ...]:
    """Intervals as the archive kept them."""
    return tuple((datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in data)
