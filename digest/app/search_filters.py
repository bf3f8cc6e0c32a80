"""Read the filters of a search: what each name and value allows in the index."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from digest.app.context import AppContext
from digest.archive.search import ENTRY_KINDS, SearchFilter
from digest.errors import UsageError
from digest.model.tags import AI_GRADES, EVENTS
from digest.search.lexicon import Lexicon
from digest.search.query import Filter
from digest.search.times import DaySpan
from digest.search.words import fold_words
from digest.taxonomy import CATEGORIES, GROUPS

_CLOSED_SETS: Mapping[str, Iterable[str]] = {
    "event": EVENTS,
    "ai": AI_GRADES,
    "category": (*CATEGORIES, *GROUPS),
    "kind": ENTRY_KINDS,
}


def build_filter(context: AppContext, filters: Iterable[Filter], lexicon: Lexicon) -> SearchFilter:
    """Return what filters allow together.

    Raises UsageError for one that names nothing known, or that has no opposite and is negated.
    """
    allowed = SearchFilter()
    for one in filters:
        _check_value(one)
        if one.name in ("vendor", "category", "event", "ai", "in"):
            labels = _list_labels(one, lexicon)
            if one.negated:
                allowed = replace(allowed, without=(*allowed.without, *labels))
            else:
                allowed = replace(allowed, labels=(*allowed.labels, labels))
        elif one.negated:
            raise UsageError(
                f"-{one.name}:{one.value} cannot be searched",
                "- goes with words, vendor, category, event, ai and in",
            )
        else:
            allowed = _READERS[one.name](context, allowed, one.value)
    return allowed


def limit_days(allowed: SearchFilter, span: DaySpan) -> SearchFilter:
    """Return a filter limited to a span of days besides."""
    return replace(
        allowed,
        start=_to_time(span.start) if span.start else allowed.start,
        end=_to_time(span.end) if span.end else allowed.end,
    )


def _check_value(one: Filter) -> None:
    known = _CLOSED_SETS.get(one.name, ())
    if known and one.value not in known:
        raise UsageError(f"{one.name}:{one.value} is not known", f"one of: {', '.join(known)}")
    if not one.value:
        raise UsageError(f"{one.name}: names nothing", f"write it as {one.name}:VALUE")


def _list_labels(one: Filter, lexicon: Lexicon) -> tuple[str, ...]:
    """Return the labels of which a filter wants one."""
    if one.name == "vendor":
        meaning = lexicon.find_meaning(fold_words(one.value).replace("-", " "))
        labels = meaning.labels if meaning else ()
        known = tuple(label for label in labels if label.startswith("vendor:"))
        return known or (f"vendor:{one.value}",)
    if one.name == "category" and one.value not in CATEGORIES:
        slugs = [slug for slug, category in CATEGORIES.items() if category.group == one.value]
        return tuple(f"category:{slug}" for slug in slugs)
    if one.name == "in" and one.value != "edition":
        return (f"in:{one.value.upper()}",)
    return (f"{one.name}:{one.value}",)


def _limit_sources(context: AppContext, allowed: SearchFilter, value: str) -> SearchFilter:
    wanted = value.casefold()
    found = [
        source.slug
        for source in context.config.sources
        if wanted == source.slug or wanted in source.name.casefold()
    ]
    return replace(allowed, sources=tuple(found) or (value,))


def _limit_kinds(_context: AppContext, allowed: SearchFilter, value: str) -> SearchFilter:
    return replace(allowed, kinds=(*allowed.kinds, value))


def _limit_quarter(context: AppContext, allowed: SearchFilter, value: str) -> SearchFilter:
    days = context.resolve_quarter(value).days
    return limit_days(allowed, DaySpan(days[0], days[-1] + timedelta(days=1)))


def _limit_after(_context: AppContext, allowed: SearchFilter, value: str) -> SearchFilter:
    return limit_days(allowed, DaySpan(start=_read_day("after", value)))  # the day itself counts


def _limit_before(_context: AppContext, allowed: SearchFilter, value: str) -> SearchFilter:
    return limit_days(allowed, DaySpan(end=_read_day("before", value)))


_READERS: Mapping[str, Callable[[AppContext, SearchFilter, str], SearchFilter]] = {
    "source": _limit_sources,
    "kind": _limit_kinds,
    "quarter": _limit_quarter,
    "after": _limit_after,
    "before": _limit_before,
}


def _read_day(name: str, value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise UsageError(f"{name}:{value} is no day", "write it as 2026-07-31") from None


def _to_time(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
