"""Tell of sources that failed: those that failed alike in one line, and what to do when all did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from digest.app.collect import CollectionReport, SourceReport
from digest.text import format_count, list_some

_TOLD_APART = 3  # of sources that failed alike, so many have a line each
_NETWORK_FAULTS = frozenset(("unknown-host", "unreachable", "timeout"))  # kinds of FetchError
_NETWORK_HINT = (
    "look at this machine's network and DNS; the web is asked directly, proxies of the environment "
    "are not used"
)
CHECK_HINT = "`digest sources check` says what each source answers"


def group_failures(reports: Iterable[SourceReport]) -> Iterator[tuple[SourceReport, ...]]:
    """Yield failed sources, those of one kind of fault with one hint together where they are many.

    A machine without network would else print as many lines as it has sources.
    """
    alike: dict[tuple[str, str], list[SourceReport]] = {}
    for report in reports:
        if report.failed:
            alike.setdefault((report.outcome, report.mend), []).append(report)
    for group in alike.values():
        if len(group) > _TOLD_APART:
            yield tuple(group)
        else:
            yield from ((report,) for report in group)


def describe_failures(group: Sequence[SourceReport]) -> str:
    """Return a line on sources that failed alike: who, what was wrong, what to do."""
    first = group[0]
    hint = f" → {first.mend}" if first.mend else ""
    if len(group) == 1:
        return f"{first.source}: {first.problem}{hint}"
    names = list_some([report.source for report in group])
    return f"{len(group)} sources failed alike: {names}; of the first, {first.problem}{hint}"


def describe_totals(collected: CollectionReport) -> str:
    """Return how many sources were read, and what to do where none was."""
    total, failed = len(collected.reports), len(collected.failed_reports)
    new = sum(report.new for report in collected.reports)
    hint = f" → {mend}" if (mend := suggest_mend(collected)) else ""
    sources, items = format_count(total, "source"), format_count(new, "new item")
    return f"{total - failed} of {sources} read, {items}{hint}"


def suggest_mend(collected: CollectionReport) -> str:
    """Return what to do where no source at all could be read; "" where one was."""
    failed = collected.failed_reports
    if not failed or len(failed) < len(collected.reports):
        return ""
    (mend, _), *_ = Counter(one.mend for one in failed).most_common(1)
    return blame_network([one.outcome for one in failed]) or mend or CHECK_HINT


def blame_network(kinds: Iterable[str]) -> str:
    """Return what to do where sources, all that were asked, failed as without a network; else "".

    `kinds` are their faults; the commonest decides.
    """
    ((kind, _),) = Counter(kinds).most_common(1)
    return _NETWORK_HINT if kind in _NETWORK_FAULTS else ""
