"""The state of a workspace: what was collected, built, approved and sent, and what comes next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from digest.app.context import AppContext
from digest.app.deliver import DeliveryService, is_built_so_far
from digest.app.leftovers import Leftovers, find_leftovers
from digest.app.previous import list_told_days
from digest.archive import Archive
from digest.deliver.release import ReleaseStatus
from digest.errors import DigestError, UsageError
from digest.model.delivery import Release

_SHOWN_QUARTERS = 4


def collect_status(context: AppContext) -> dict[str, Any]:
    """Return the state of the archive and of the editions, newest first, as JSON values.

    Editions are those of the last quarters and of the running one, and those not finished. Raises
    ArchiveError where there is no archive.
    """
    with Archive.open(context.workspace.archive, create=False) as archive:
        service = DeliveryService(context, archive)
        releases = archive.load_releases()
        begun = {release.quarter for release in releases if release.state in ("draft", "approved")}
        names = _list_newest_first(context, {*_list_shown(context, releases), *begun})
        states, known = archive.load_source_states(), archive.load_collection_period()
        enabled = [source for source in context.config.sources if source.enabled]
        read = [source for source in enabled if source.slug in states]
        collected = {
            "items": sum(span.items for span in archive.load_item_spans().values()),
            "sources": len(enabled),
            "last": known[1] if known else None,
            "failing": [source.name for source in read if states[source.slug].failures],
        }
        editions = [_describe_edition(service, name) for name in names]
    return {"collected": collected, "editions": editions}


def _list_shown(context: AppContext, releases: Sequence[Release]) -> Iterator[str]:
    """Yield the last period that has ended, unless it was told under another setting of `period`,
    and the last editions, a running one among them.
    """
    last = context.resolve_quarter("last")
    if not list_told_days(context, releases, last.kind).issuperset(last.days):
        yield last.name
    folders = {path.name for path in context.workspace.output.glob("*/") if path.is_dir()}
    ended = 0
    for name in _list_newest_first(context, folders):
        with suppress(UsageError):
            quarter = context.resolve_quarter(name)
            ended += quarter.has_ended(context.now)
            if ended <= _SHOWN_QUARTERS:
                yield name


def _list_newest_first(context: AppContext, names: Iterable[str]) -> list[str]:
    """Sort by when a period ended; what names none, as one of another fiscal year, comes last."""

    def find_end(name: str) -> tuple[datetime, str]:
        try:
            return context.resolve_quarter(name).end, name
        except UsageError:
            return datetime.min.replace(tzinfo=UTC), name

    return sorted(names, key=find_end, reverse=True)


def _is_held(service: DeliveryService, quarter: str) -> bool:
    """Return whether the archive holds an item of a quarter."""
    period = service.context.resolve_quarter(quarter)
    return service.archive.find_first_time(period.start, period.end) is not None


def _find_leftovers(service: DeliveryService, quarter: str) -> Leftovers | None:
    period = service.context.resolve_quarter(quarter)
    return find_leftovers(service.context, period, service.archive)


def _describe_edition(service: DeliveryService, quarter: str) -> dict[str, Any]:
    try:
        status = service.release_status(quarter)
    except DigestError:
        waits = f"digest run, or digest build {quarter}"
        if not _is_held(service, quarter):
            waits = f"digest collect --history {quarter}: the archive holds nothing of it"
        elif leftovers := _find_leftovers(service, quarter):
            waits = f"{leftovers.words}: {leftovers.hint}"
        return {"quarter": quarter, "state": "not built", "waits": waits, "deliveries": []}
    if is_built_so_far(service.context, quarter):
        return {"quarter": quarter, "state": "built so far", "waits": "", "deliveries": []}
    release = status.release
    approved = {"by": release.by, "at": release.at} if release and release.at else None
    return {
        "quarter": quarter,
        "state": status.label,
        "version": release.version if release else 1,
        "approved": approved,
        "sent": release.sent if release else None,
        "waits": _describe_next_step(service, status) if service.has_recipients else "",
        "deliveries": [
            {name: getattr(record.delivery, name) for name in ("version", "recipient", "channel")}
            | {name: getattr(record, name) for name in ("state", "words", "at")}
            for record in service.archive.load_delivery_records(quarter)
        ],
    }


def _describe_next_step(service: DeliveryService, status: ReleaseStatus) -> str:
    """Return what has to happen next and who does it; "" where nothing has to."""
    name, release = status.quarter, status.release
    if not status.is_released or release is None:
        if service.settings.approval == "required":
            note = ' --note "…"' if service.has_started_delivery(release) else ""
            return f"a person: look at it, then digest approve {name}{note}"
        if status.changed:
            return f'a person: digest send {name} --correction "…"'
        return f"digest run, or digest send {name}"
    plan = service.plan_delivery(release, insist=False)
    if plan.unknown:
        recipient = plan.unknown[0].recipient
        resolve = f"digest send {name} --resolve {recipient}=accepted, or =not-sent"
        return f"a person: find out whether it reached {recipient}, then {resolve}"
    if plan.refused:
        return f"a person: fix what was refused, then digest send {name}"
    if not plan.due:
        return ""
    by_hand = release.version > 1 or release.state == "sent"
    return f"a person: digest send {name}" if by_hand else f"digest run, or digest send {name}"
