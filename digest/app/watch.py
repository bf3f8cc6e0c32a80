"""Pages of vendors that are watched: which there are, and what a reading of one of them tells.

A change is told when two readings in a row show it. It becomes an item of the page's own source,
whose words are the page's, quoted, and the days on which we read them.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.app.context import AppContext
from digest.archive import PageVersion
from digest.errors import ConfigError, ParseError
from digest.fetch.watched_changes import (
    PageChange,
    PageComparison,
    compare_pages,
    has_shrunk,
    keep_confirmed,
)
from digest.model.retrieved import FeedEntry
from digest.model.source import ReadingRule, Source, WatchKind, make_watch_slug
from digest.model.stack import Stack
from digest.text import slugify, truncate_text

logger = logging.getLogger(__name__)

_NAMES: dict[WatchKind, str] = {
    "price": "price page",
    "terms": "terms",
    "status": "status page",
    "subprocessors": "subprocessors",
}
# How long a page is left alone, in minutes: what it says changes seldom, trouble does at once.
WATCH_MINUTES: dict[WatchKind, int] = {
    "price": 360,
    "terms": 720,
    "status": 30,
    "subprocessors": 720,
}
_MAX_CHANGES = 12  # of one reading that are quoted
_TITLE_QUOTE = 110  # characters


@dataclass(frozen=True, slots=True)
class PageReading:
    """What a reading of a watched page leads to.

    `version` is to be kept of it, None where nothing is; `entry` tells the change, where two
    readings have shown it.
    """

    version: PageVersion | None = None
    entry: FeedEntry | None = None


def load_watched_sources(context: AppContext) -> tuple[Source, ...]:
    """Load the pages that stack.yaml watches, as sources.

    A stack.yaml that cannot be read stops no source from being read: it is logged, and the daily
    run tells the team of it.
    """
    path = context.team_root / "stack.yaml"
    if not path.is_file():
        return ()
    from digest.config.stack import load_stack

    try:
        return list_watched_sources(load_stack(path).stack)
    except ConfigError as error:
        logger.info("stack.yaml cannot be read, so no page is watched: %s", error.problems[0])
        return ()


def list_watched_sources(stack: Stack) -> tuple[Source, ...]:
    """Return the watched pages of a stack as sources."""
    return tuple(
        Source(
            name=f"{page.product}: {_NAMES[page.kind]}",
            slug=make_watch_slug(page.kind, slugify(page.product)),
            url=page.url,
            tier="vendor",
            history="off",
            reading=ReadingRule("watch"),
        )
        for page in stack.watched
    )


def judge_reading(
    source: Source,
    kind: WatchKind,
    page: FeedEntry,
    versions: Sequence[PageVersion],
    now: datetime,
) -> PageReading:
    """Return what a reading tells beside the wordings that are kept, the oldest first.

    Raises ParseError where most of the page is missing: a notice may have answered in its place.
    """
    text = page.text
    confirmed = next((version for version in reversed(versions) if version.confirmed), None)
    waiting = next((version for version in versions if not version.confirmed), None)
    if confirmed is None:
        return PageReading(PageVersion(now, text, confirmed=True))
    if has_shrunk(confirmed.text, text):
        raise ParseError(
            "most of the page that is watched is missing",
            "look at it; if it has moved, name its new address under watch: in stack.yaml",
            kind="page-missing",
        )
    found = compare_pages(confirmed.text, text, kind)
    if not found.changes and not found.rebuilt:
        return PageReading()
    if waiting is None:
        return PageReading(PageVersion(now, text, confirmed=False))
    shared = keep_confirmed(compare_pages(confirmed.text, waiting.text, kind), found)
    if not shared.changes and not shared.rebuilt:
        return PageReading(PageVersion(now, text, confirmed=False))
    entry = _tell_change(source, page, shared, confirmed.at, waiting.at)
    return PageReading(PageVersion(waiting.at, text, confirmed=True), entry)


def _tell_change(
    source: Source,
    page: FeedEntry,
    comparison: PageComparison,
    before: datetime,
    seen: datetime,
) -> FeedEntry:
    """Return the entry of a change: what the page said and says, and when each was read."""
    changes = comparison.changes[:_MAX_CHANGES]
    mark = hashlib.sha256(repr(comparison).encode()).hexdigest()[:10]
    lines = [_describe_change(change, before, seen) for change in changes]
    if comparison.rebuilt:
        now, then = _format_day(seen), _format_day(before)
        lines = [f"Most of the page differs on {now} from what it said on {then}: look at it."]
        title = f"{source.name} was rewritten"
    else:
        product, _, page_name = source.name.rpartition(": ")
        title = f"{product}: {_quote_change(changes[0])} ({page_name})"
    if len(comparison.changes) > len(changes):
        lines.append(f"{len(comparison.changes) - len(changes)} more lines of the page differ.")
    return FeedEntry(
        link=f"{page.link.partition('#')[0]}#changed-{seen:%Y-%m-%d}-{mark}",
        title=title,
        summary="\n".join(lines),
        text="",
        published=seen,
        language="en",
    )


def _quote_change(change: PageChange) -> str:
    """Return a change in a few words of the page."""
    section = f"{truncate_text(change.section, 50)}: " if change.section else ""
    before, after = (truncate_text(one, _TITLE_QUOTE) for one in (change.before, change.after))
    if before and after:
        return f"{section}“{after}”, before “{before}”"
    return f"{section}“{after}” is new" if after else f"{section}“{before}” is gone"


def _describe_change(change: PageChange, before: datetime, seen: datetime) -> str:
    """Return a change as a sentence, with the days on which the page was read."""
    where = f"Under “{change.section}” the page" if change.section else "The page"
    now, then = _format_day(seen), _format_day(before)
    if change.before and change.after:
        return f"{where} says “{change.after}” since {now}; on {then} it said “{change.before}”."
    if change.after:
        return f"{where} says “{change.after}” since {now}; on {then} it did not."
    return f"{where} said “{change.before}” on {then}; since {now} it does not."


def _format_day(when: datetime) -> str:
    return f"{when.day} {when:%B %Y}"
