"""The scheduled run: collect, build what has ended, deliver what is released, report incidents.

A run may be killed at any moment; the next one finishes its work. What happened is logged as events
and written into output/run.json, and the monitoring address of the configuration is called.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from digest.app.approval import announce_draft
from digest.app.backup import load_restore_time
from digest.app.collect import CollectionReport
from digest.app.context import AppContext, find_secret, make_fetcher
from digest.app.deliver import DeliveryService, Incident
from digest.app.failures import blame_network, describe_failures, describe_totals, group_failures
from digest.app.judgements import judge_new_items
from digest.app.leftovers import find_leftovers
from digest.app.logs import collect_events, load_secrets, log_event, log_source_detail
from digest.app.previous import is_built, list_told_days
from digest.app.sources import collect_items, read_articles
from digest.app.teaching import update_teaching
from digest.app.vectors import make_vectors
from digest.app.watch import load_watched_sources
from digest.app.workspace import write_file
from digest.archive import Archive
from digest.deliver.plan import is_final
from digest.errors import DigestError, FetchError, UsageError
from digest.fetch.http.client import HttpRequest, fetch_all
from digest.model.delivery import Release
from digest.period import Quarter
from digest.text import format_count

_MIN_FAILURES = 3  # failures in a row, before which a source is only having a bad day
_KEPT_RUNS = 100
_MAX_CLOCK_SETBACK = timedelta(days=1)


@dataclass(slots=True)
class RunSummary:
    """What a run did: files built, quarters sent, names of sources that failed."""

    quarter: str  # the last that has ended
    built: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    wrong: bool = False  # whether anything but a source failed
    exit_code: int = 1

    def to_json(self) -> dict[str, Any]:
        """Return what --json and run.json show."""
        shown = ("quarter", "built", "sent", "failed")
        return {name: value for name, value in asdict(self).items() if name in shown}


def run_scheduled(
    context: AppContext, *, rehearsal: bool = False, collect: bool = True
) -> RunSummary:
    """Do all that is due, write run.json, call the monitoring address.

    The lock must be held. Without `collect` others read the sources and judge what is new. In a
    `rehearsal` the clock was set by hand, so it may go back. The exit code of the summary is 3
    where some sources failed, 1 where something else did. Raises DigestError where the run cannot
    go on, after run.json was written.
    """
    began = time.monotonic()
    summary = RunSummary(context.resolve_quarter("last").name)
    with collect_events(
        context.now, load_secrets(context.config, context.environ, context.workspace.root)
    ) as events:
        _send_ping(context, "/start")
        try:
            _check_clock(context, rehearsal)
            if collect:
                _collect(context, summary)
            _deliver(context, summary)
            summary.exit_code = 1 if summary.wrong else 3 if summary.failed else 0
        except DigestError as error:
            summary.exit_code = error.exit_code
            events.append({"event": "failed", "message": str(error), "trouble": True})
            raise
        finally:
            _send_ping(context, "/fail" if summary.exit_code not in (0, 3) else "")
            _write_run_file(context, summary, round(time.monotonic() - began, 1), events)
    return summary


def _check_clock(context: AppContext, rehearsal: bool) -> None:
    """Raise DigestError where the clock stands long before the last run."""
    context.workspace.remove_partial_files()
    with Archive.open(context.workspace.archive) as archive:
        known = archive.load_collection_period()
    if known and known[1] > context.now + _MAX_CLOCK_SETBACK and not rehearsal:
        raise DigestError(
            f"the clock says {context.now:%Y-%m-%d %H:%M}, but the last run was on"
            f" {known[1]:%Y-%m-%d %H:%M}",
            "set the machine's time; nothing was done",
        )


def find_gap_start(context: AppContext) -> datetime:
    """Return from when on items are wanted in full: of a quarter that ended, until it is built."""
    last = context.resolve_quarter("last")
    return last.end if is_built(context, last) else last.start


def _collect(context: AppContext, summary: RunSummary) -> None:
    back_to = find_gap_start(context)
    collected = collect_items(context, back_to=back_to)
    make_vectors(context, back_to)
    collected = read_articles(context, collected, back_to)
    judge_new_items(context, back_to)
    _log_collected(collected)
    summary.failed = [report.source for report in collected.failed_reports]


def _deliver(context: AppContext, summary: RunSummary) -> None:
    lost = tuple(_find_lost_teaching(context))
    with Archive.open(context.workspace.archive) as archive:
        service = DeliveryService(context, archive)
        service.mark_interrupted()
        incidents = [*_find_source_incidents(archive, context), *lost]
        for quarter in _find_due_quarters(archive, context):
            try:
                leftovers = find_leftovers(context, quarter, archive)
                if leftovers and not is_built(context, quarter):
                    log_event("leftovers", leftovers.words)
                    incidents.append(Incident(f"leftovers {quarter}", ". ".join(leftovers)))
                elif not _build_if_due(service, quarter, summary):
                    words = f"{quarter} has ended, and the archive holds nothing of it"
                    log_event("empty", words)
                    span = archive.load_collection_period()
                    if span and span[0] < quarter.end:  # it was collected for
                        words += ": look at `digest sources check`"
                        incidents.append(Incident(f"empty {quarter}", words))
                elif service.has_recipients:
                    incidents += _deliver_if_due(
                        service, quarter, summary, by_hand=leftovers is not None
                    )
            except DigestError as error:
                summary.wrong = True
                log_event("failed", f"{quarter}: {error}", trouble=True)
                key = f"failed {quarter} {error.message}"[:120]
                incidents.append(Incident(key, f"{quarter}: {error}"))
        service.report_incidents(incidents)
        summary.wrong = summary.wrong or service.outbox.failed


def _build_if_due(service: DeliveryService, quarter: Quarter, summary: RunSummary) -> bool:
    """Build a quarter unless it is built. Return False where the archive holds nothing of it."""
    context, archive = service.context, service.archive
    if is_built(context, quarter):
        return True
    if not archive.find_first_time(quarter.start, quarter.end):
        return False
    if not any(release.quarter == quarter.name for release in archive.load_releases()):
        # from here on a later run finishes the quarter, whatever happens to this process
        archive.save_releases(Release(quarter.name, 1, "draft"))
    from digest.app.build import build_quarter

    summary.built += map(str, build_quarter(context, quarter))
    folder = context.workspace.edition_folder(quarter.name)
    log_event("built", f"{quarter}: {folder}", quarter=quarter.name)
    return True


def _deliver_if_due(
    service: DeliveryService, due: Quarter, summary: RunSummary, *, by_hand: bool
) -> Iterator[Incident]:
    """Deliver what is released, else send the team the draft. Corrections go out on request only.

    What is delivered `by_hand` is not released without a person, whatever the setting says.

    Yield the recipients who have not got the edition, and will not without a person.
    """
    quarter = due.name
    status = service.release_status(quarter)
    newest = status.release
    if newest is not None and (newest.state == "sent" or newest.version > 1):
        if status.changed:
            yield _describe_change(service, quarter, newest)
        return
    restored = load_restore_time(service.context.workspace)
    if restored and due.end <= restored:
        yield _describe_restored(quarter, restored)
        summary.wrong = True
        return
    needs_nobody = service.settings.approval == "none" and not by_hand
    unapproved = needs_nobody and not service.has_started_delivery(newest)
    if not (status.is_released or unapproved):
        announce_draft(service, quarter)
    elif service.deliver_release(service.require_release(quarter), insist=False):
        summary.sent.append(quarter)
    else:
        summary.wrong = True
    for record in service.archive.load_delivery_records(quarter):
        recipient = record.delivery.recipient
        key = f"{recipient} {quarter} v{record.delivery.version}"
        if record.state == "unknown":
            command = f"digest send {quarter} --resolve {recipient}=accepted, or =not-sent"
            words = f"nobody knows whether {quarter} reached {recipient}; find out, then: {command}"
            yield Incident(f"unknown {key}", words)
        elif is_final(record):
            words = f"{quarter} was refused for {recipient}: {record.words}"
            yield Incident(f"refused {key}", f"{words}; fix it, then: digest send {quarter}")


def _describe_restored(quarter: str, at: datetime) -> Incident:
    """Return what the team is told of an edition that was due when a backup was restored."""
    words = (
        f"a backup was restored on {at:%Y-%m-%d}, and nobody here knows whether {quarter} went out "
        f"after it was made. Ask a reader; where it did not: digest send {quarter}"
    )
    return Incident(f"restored {quarter} {at:%Y-%m-%dT%H%M%S}", words)


def _describe_change(service: DeliveryService, quarter: str, newest: Release) -> Incident:
    """Return what the team is told, once for each state of the files that readers do not have."""
    files = json.dumps(service.hash_release_files(quarter), sort_keys=True).encode()
    words = (
        f"{quarter} has changed since version {newest.version} was {newest.state}, and nobody got "
        f'the change. Look at it; to send it as a correction: digest approve {quarter} --note "…", '
        f"then digest send {quarter}"
    )
    return Incident(f"changed {quarter} {hashlib.sha256(files).hexdigest()[:16]}", words)


def _log_collected(collected: CollectionReport) -> None:
    reports, failed = collected.reports, collected.failed_reports
    for report in reports:
        log_source_detail(report)
        for note in report.notes:
            log_event("note", f"{report.source}: {note}", source=report.source)
    for group in group_failures(failed):
        names, outcome = [report.source for report in group], group[0].outcome
        log_event("source", describe_failures(group), sources=names, outcome=outcome)
    read, new = len(reports) - len(failed), sum(report.new for report in reports)
    log_event("collected", describe_totals(collected), read=read, new=new)
    if asked := sum(report.pages for report in reports):
        got = sum(report.pages_read for report in reports)
        log_event(
            "articles", f"{got} of {format_count(asked, 'article')} read", asked=asked, read=got
        )


def _send_ping(context: AppContext, suffix: str) -> None:
    secret = find_secret(context, context.config.digest.delivery, "ping_url")
    if secret and secret.value:
        request = HttpRequest("ping", secret.value.rstrip("/") + suffix)
        (answer,) = fetch_all(make_fetcher(context, seconds=10), [request])
        if isinstance(answer, FetchError):
            log_event("ping", f"{secret.place.name}: {answer.kind}")


def _write_run_file(
    context: AppContext, summary: RunSummary, seconds: float, events: list[dict[str, Any]]
) -> None:
    """Write run.json, and the same under the run's time; a full disk is only logged."""
    row = {
        "at": context.now.isoformat(),
        "exit_code": summary.exit_code,
        "seconds": seconds,
        **summary.to_json(),
        "events": events,
    }
    data = f"{json.dumps(row, ensure_ascii=False, indent=1)}\n".encode()
    folder = context.workspace.output / "runs"
    try:
        write_file(folder / f"{context.now:%Y-%m-%dT%H%M%S}.json", data, private=True)
        write_file(context.workspace.output / "run.json", data, private=True)
        for old in sorted(folder.glob("*.json"))[:-_KEPT_RUNS]:
            old.unlink(missing_ok=True)
    except (DigestError, OSError) as error:
        log_event("run.json", str(error), trouble=True)


def _find_due_quarters(archive: Archive, context: AppContext) -> list[Quarter]:
    """Return the quarters to look after, oldest first.

    They are the last that has ended, those that ended since this archive began and are not built,
    and those that an earlier run or a person began. Where the setting `period` was changed, no
    period is due whose days were all told by editions of the other kind that it released.
    """
    wait = timedelta(days=context.config.digest.delivery.days_after_end)
    last = context.get_quarter_of(context.now - wait).previous
    known = archive.load_collection_period()
    first = context.get_quarter_of(known[0]) if known else last
    releases = archive.load_releases()
    told = list_told_days(context, releases, last.kind)
    found, quarter = set(), last
    while quarter >= min(first, last):
        is_last = quarter == last
        if not told.issuperset(quarter.days) and (
            is_last or _waits_to_be_built(context, archive, quarter)
        ):
            found.add(quarter)
        quarter = quarter.previous
    for release in releases:
        if release.state in ("draft", "approved") and release.version == 1:
            with suppress(UsageError):  # named by a fiscal year that is no longer configured
                found.add(context.resolve_quarter(release.quarter))
    return sorted(quarter for quarter in found if quarter.end <= last.end)


def _waits_to_be_built(context: AppContext, archive: Archive, quarter: Quarter) -> bool:
    is_held = archive.find_first_time(quarter.start, quarter.end) is not None
    return is_held and not is_built(context, quarter)


def _find_lost_teaching(context: AppContext) -> Iterator[Incident]:
    """Yield what a new version of the program no longer judges as the team decided."""
    try:
        record = update_teaching(context)
    except DigestError as error:  # of the team's files, which whoever builds is told, too
        log_event("teaching", f"what the team taught is not measured: {error}")
        return
    if words := record.describe():
        lost = json.dumps([(loss.id, loss.fields) for loss in record.lost]).encode()
        yield Incident(f"taught {hashlib.sha256(lost).hexdigest()[:16]}", words)


def _find_source_incidents(archive: Archive, context: AppContext) -> Iterator[Incident]:
    states = archive.load_source_states()
    sources = (*context.config.sources, *load_watched_sources(context))
    asked = [(one, states[one.slug]) for one in sources if one.enabled and one.slug in states]
    failing = [
        (source, state)
        for source, state in asked
        if state.failures >= _MIN_FAILURES or state.kind == "gone"
    ]
    is_all = len(failing) == len(asked) > 1
    if is_all and (advice := blame_network(state.kind for _, state in failing)):
        days = [state.last_success for _, state in failing if state.last_success]
        since, read = _describe_last_reading(max(days, default=None))
        example = f"{failing[0][0].name}: {failing[0][1].problem}"
        words = f"none of {len(asked)} sources can be read, {read}, as {example}; {advice}"
        yield Incident(f"sources {since}", words)
        return
    for source, state in failing:
        since, read = _describe_last_reading(state.last_success)
        words = f"{source.name} fails, {state.failures} times in a row, {read}: {state.problem}"
        yield Incident(f"source {source.slug} {since}", words)


def _describe_last_reading(at: datetime | None) -> tuple[str, str]:
    """Return since when a source was not read, and that in words."""
    since = f"{at:%Y-%m-%d}" if at else "ever"
    return since, f"last read {since}" if at else "never read"
