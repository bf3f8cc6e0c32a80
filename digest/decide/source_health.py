"""Assess the sources: what needs a person, with the command that helps, and each one's worth. Pure.

A source is
- dead where it is gone (410) or has failed at least three times in a row,
- blocked where what comes back is a consent, login or challenge page, or a refusal,
- changed where its page gave entries and gives none any more,
- moved where it has a new address for good,
- silent where it answers but has published nothing for much longer than its own rhythm,
- unread where its articles may be asked for, and none of them could be read,
- undated where no item of it carries a date that can be believed,
- a duplicate where most of its recent pages came from another source, too,
- a flood where it gave very many items on one day of the last weeks, and hardly one is printed,
- off-topic where it gave many items in the quarter, and none is relevant,
- a letter where the last letters of a newsletter gave no story, and those before did.
"""

from __future__ import annotations

import shlex
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise, permutations
from statistics import median
from typing import Protocol

from digest.model.source import Source
from digest.urls import redact_url, strip_fragment

DEAD_AFTER_FAILURES = 3
_QUIET_DAYS = 45
_SILENT_AFTER_GAPS = 6  # silent after so many times its usual gap, and never before _QUIET_DAYS
_BLOCKED_FAULTS = frozenset({"http-401", "http-403"})
# As digest.fetch.read.diagnose calls them.
_BLOCK_PAGES = ("a bot check", "a login page", "a consent page")
_DUPLICATE_SHARE = 0.6
_MIN_PAGES = 5
_FLOOD_ITEMS = 40  # on one day
_FLOOD_DAYS = 30  # that are looked at
_FLOOD_SHARE = 0.05  # of its items that are printed, from which on it is worth its flood
_OFF_TOPIC_ITEMS = 15  # of the quarter, of which none is relevant


class DatedItem(Protocol):
    """An item, as far as it says how its source does."""

    @property
    def source(self) -> str:
        """The slug of its source."""

    @property
    def url(self) -> str:
        """Its canonical address."""

    @property
    def published(self) -> datetime | None:
        """When its publisher says that it was published."""

    @property
    def published_or_seen(self) -> datetime:
        """The time that decides its quarter."""


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """What is remembered of reading a source."""

    last_success: datetime | None = None
    failures: int = 0  # in a row
    kind: str = ""  # of the last fault; "" where the last reading went well
    problem: str = ""
    moved_to: str | None = None
    letters: Mapping[str, int] = field(default_factory=dict)  # see source_state.remember_letters
    pages: Mapping[str, int] = field(default_factory=dict)  # read, or kind of fault → articles


@dataclass(frozen=True, slots=True)
class SourceFinding:
    """What needs a person."""

    kind: str  # as the module's docstring lists them
    words: str
    mend: str


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """One source: its findings and its worth.

    Shares are 0 to 1; None where there is nothing to share.
    """

    source: Source
    last_success: datetime | None
    failures: int
    items: int  # of the quarter
    in_edition: float | None  # share of its items
    first: float | None  # of its stories with several publishers, the share that it told first
    findings: tuple[SourceFinding, ...]
    dropped: int = 0  # items of the quarter that the team dropped
    pages: Mapping[str, int] = field(default_factory=dict)  # as SourceStatus.pages


@dataclass(frozen=True, slots=True)
class SourceContributions:
    """What a quarter's stories say of the sources, by slug."""

    in_edition: Mapping[str, int]
    told: Mapping[str, int]  # stories with several publishers
    told_first: Mapping[str, int]
    dropped: Mapping[str, int] = field(default_factory=dict)  # items that the team dropped
    relevant: Mapping[str, int] | None = None  # relevant items; None where that is not known


def assess_sources(
    sources: Sequence[Source],
    statuses: Mapping[str, SourceStatus],
    items: Sequence[DatedItem],
    contributions: SourceContributions,
    quarter_items: Sequence[DatedItem],
    now: datetime,
) -> tuple[SourceHealth, ...]:
    """Return the health of every enabled source.

    `items` are those of a year or so, `quarter_items` those of the quarter.
    """
    by_source: dict[str, list[DatedItem]] = defaultdict(list)
    for item in items:
        by_source[item.source].append(item)
    originals = find_duplicates(by_source)
    counts = Counter(item.source for item in quarter_items)
    names = {source.slug: source.name for source in sources}
    rows = []
    for source in sources:
        if not source.enabled:
            continue
        slug = source.slug
        status = statuses.get(slug, SourceStatus())
        original = names.get(originals.get(slug, ""))
        told = contributions.told.get(slug, 0)
        in_edition = contributions.in_edition.get(slug, 0)
        findings = [
            *list_findings(source, status, by_source[slug], original, now),
            *_find_noise(
                by_source[slug],
                counts[slug],
                in_edition,
                None if contributions.relevant is None else contributions.relevant.get(slug, 0),
                now,
            ),
        ]
        rows.append(
            SourceHealth(
                source=source,
                last_success=status.last_success,
                failures=status.failures,
                items=counts[slug],
                in_edition=_compute_share(in_edition, counts[slug]),
                first=_compute_share(contributions.told_first.get(slug, 0), told),
                findings=tuple(findings),
                dropped=contributions.dropped.get(slug, 0),
                pages=status.pages,
            )
        )
    return tuple(rows)


def list_findings(
    source: Source,
    status: SourceStatus,
    items: Sequence[DatedItem],
    original: str | None,
    now: datetime,
) -> Iterable[SourceFinding]:
    """Yield what needs a person about one source. `original` names the source that it repeats."""
    name = shlex.quote(source.name)
    remove = f"digest sources remove {name}"
    if status.kind in _BLOCKED_FAULTS or any(page in status.problem for page in _BLOCK_PAGES):
        hint = f"look at {redact_url(source.url or '')} in a browser; another feed, or {remove}"
        yield SourceFinding("blocked", status.problem, hint)
    elif status.kind == "layout-changed":
        hint = (
            f"look at {redact_url(source.url or '')}; give its list by CSS selectors (select: in "
            f"sources.yaml), then digest sources check {name}"
        )
        yield SourceFinding("changed", status.problem, hint)
    elif status.kind == "gone" or status.failures >= DEAD_AFTER_FAILURES:
        words = f"{status.problem} ({status.failures} times in a row)"
        yield SourceFinding("dead", words, f"digest sources check {name}; {remove}")
    if status.moved_to:
        moved_to = redact_url(status.moved_to)
        hint = f"put url: {moved_to} into sources.yaml"
        yield SourceFinding("moved", f"has moved for good to {moved_to}", hint)
    if original:
        yield SourceFinding("duplicate", f"most of its pages come from {original}, too", remove)
    is_tried = source.fulltext and sum(status.pages.values()) >= _MIN_PAGES
    if is_tried and not status.pages.get("read") and not status.pages.get("described"):
        faults = ", ".join(f"{count} {kind}" for kind, count in status.pages.items())
        words = f"none of its articles could be read ({faults})"
        yield SourceFinding("unread", words, "take its fulltext: true away")
    if items and all(item.published is None for item in items):
        hint = "its items are dated by first sight; collect often"
        yield SourceFinding("undated", "no item of it carries a date", hint)
    empty, stories = status.letters.get("empty", 0), status.letters.get("stories", 0)
    if empty and stories:
        last = "its last letter" if empty == 1 else f"its last {empty} letters"
        words = f"{last} gave no story, and those before did: its layout may have changed"
        hint = "look at the letter; report its layout, or name another way to read its publisher"
        yield SourceFinding("letter", words, hint)
    elif not status.kind and (words := _describe_silence(status, items, now)):
        hint = f"look at the site; it may have another feed; {remove}"
        yield SourceFinding("silent", words, hint)


def _find_noise(
    items: Sequence[DatedItem], count: int, in_edition: int, relevant: int | None, now: datetime
) -> Iterable[SourceFinding]:
    """Yield that a source gives very much, or much that is not relevant.

    `items` are those of a year or so; the numbers are of the quarter.
    """
    since = now - timedelta(days=_FLOOD_DAYS)
    days = Counter(
        item.published.date() for item in items if item.published and item.published > since
    )
    day, most = max(days.items(), key=lambda pair: (pair[1], pair[0]), default=(None, 0))
    if most >= _FLOOD_ITEMS and in_edition <= _FLOOD_SHARE * count:
        words = f"gave {most} items on {day}; {in_edition} of {count} of the quarter are printed"
        hint = "cap it (per_day: in sources.yaml), switch it off, or let a rule keep part of it out"
        yield SourceFinding("flood", words, hint)
    if relevant == 0 and count >= _OFF_TOPIC_ITEMS:
        words = f"none of its {count} items of the quarter is relevant"
        yield SourceFinding("off-topic", words, "switch it off, or remove it")


def find_duplicates(by_source: Mapping[str, Sequence[DatedItem]]) -> dict[str, str]:
    """Return for each duplicate source the source that most of its pages came from, too.

    Of two that repeat each other, the one with fewer pages (then the later name) is the duplicate.
    """
    pages = {
        slug: {strip_fragment(item.url) for item in items if item.url}
        for slug, items in by_source.items()
    }
    owners: dict[str, list[str]] = defaultdict(list)
    for slug, addresses in pages.items():
        for address in addresses:
            owners[address].append(slug)
    shared: Counter[tuple[str, str]] = Counter()
    for slugs in owners.values():
        shared.update(permutations(slugs, 2))
    originals = {}
    for (slug, other), both in sorted(shared.items()):
        size = len(pages[slug])
        # Of names of one length the later comes first; a name comes before one that it begins.
        ranks = [(len(pages[name]), [-ord(char) for char in name]) for name in (slug, other)]
        if ranks[0] < ranks[1] and size >= _MIN_PAGES and both / size >= _DUPLICATE_SHARE:
            originals[slug] = other
    return originals


def _describe_silence(status: SourceStatus, items: Sequence[DatedItem], now: datetime) -> str:
    if status.last_success is None:
        return ""
    times = sorted(item.published_or_seen for item in items)
    if not times:
        return "it answers, and has given nothing yet"
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    usual = timedelta(seconds=median(gaps)) if gaps else timedelta()
    if now - times[-1] < max(timedelta(days=_QUIET_DAYS), _SILENT_AFTER_GAPS * usual):
        return ""
    return f"it answers, and has published nothing since {times[-1]:%Y-%m-%d}"


def _compute_share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
