"""`digest status`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from digest.cli.common import clock, common, load_config, quarter_named, report
from digest.errors import DigestError
from digest.workspace import Workspace

if TYPE_CHECKING:
    from digest.archive import Archive
    from digest.cli.delivery import Office
    from digest.cli.work import Job

_SHOWN = 4  # quarters


@click.command()
@common
def command(workspace: Path, now: str | None, quiet: bool, as_json: bool) -> None:
    """What was collected, built, approved and sent, and what waits for whom. Changes nothing."""
    from digest.archive import Archive
    from digest.cli.delivery import Office, run_log
    from digest.cli.work import Job

    place = Workspace(workspace)
    job = Job(place, load_config(place), clock(now), quiet)
    with Archive.open(place.archive, create=False) as archive:
        office = Office(job, archive, os.environ, run_log(job, "text", os.environ))
        state = {"collected": _collected(archive, job), "editions": _editions(office)}
    if as_json:
        report(state)
    else:
        _show(state)


def _collected(archive: Archive, job: Job) -> dict[str, Any]:
    spans, states = archive.spans(), archive.states()
    known = archive.collecting()
    ours = [source for source in job.config.sources if source.enabled]
    failing = [source.name for source in ours if source.slug in states and states[source.slug].failures]
    return {
        "items": sum(span.items for span in spans.values()),
        "sources": len(ours),
        "last": known[1] if known else None,
        "failing": failing,
    }


def _editions(office: Office) -> list[dict[str, Any]]:
    """The last quarters, and those that are not finished, newest first."""
    job = office.job
    quarter = quarter_named("last", job.now, job.config)
    names = {one.quarter for one in office.archive.releases() if one.state in ("draft", "approved")}
    for _ in range(_SHOWN):
        if job.workspace.edition(quarter.name).is_dir():
            names.add(quarter.name)
        quarter = quarter.previous
    names.add(quarter_named("last", job.now, job.config).name)
    return [_edition(office, name) for name in sorted(names, reverse=True)]


def _edition(office: Office, name: str) -> dict[str, Any]:
    try:
        stand = office.standing(name)
    except DigestError:
        return {"quarter": name, "state": "not built", "waits": f"digest run, or digest build {name}", "deliveries": []}
    lines = office.archive.ledger(name)
    return {
        "quarter": name,
        "state": stand.word,
        "version": stand.release.version if stand.release else 1,
        "approved": {"by": stand.release.by, "at": stand.release.at} if stand.release and stand.release.at else None,
        "sent": stand.release.sent if stand.release else None,
        "waits": _waits(office, name),
        "deliveries": [
            {
                "version": line.parcel.version,
                "recipient": line.parcel.recipient,
                "channel": line.parcel.channel,
                "state": line.state,
                "words": line.words,
                "at": line.at,
            }
            for line in lines
        ],
    }


def _waits(office: Office, name: str) -> str:
    """What has to happen next, and who does it; "" where nothing has to."""
    stand = office.standing(name)
    if not office.configured:
        return ""
    if not stand.released and office.settings.approval == "required":
        note = ' --note "…"' if office.begun(stand.release) else ""
        return f"a person: look at it, then digest approve {name}{note}"
    if stand.released and stand.release:
        todo = office.plan(stand.release, insist=False)
        if todo.unknown:
            one = todo.unknown[0].recipient
            resolve = f"digest send {name} --resolve {one}=accepted, or =not-sent"
            return f"a person: find out whether it reached {one}, then {resolve}"
        if todo.refused:
            return f"a person: mend what was refused, then digest send {name}"
        if todo.due:
            by_hand = stand.release.version > 1 or stand.release.state == "sent"
            return f"a person: digest send {name}" if by_hand else f"digest run, or digest send {name}"
        return ""
    return f'a person: digest send {name} --correction "…"' if stand.changed else f"digest run, or digest send {name}"


def _show(state: dict[str, Any]) -> None:
    collected = state["collected"]
    last = f"{collected['last']:%Y-%m-%d %H:%M} UTC" if collected["last"] else "never"
    click.echo(f"collected  {collected['items']} items from {collected['sources']} sources, last {last}")
    for name in collected["failing"]:
        click.echo(f"           failing: {name}")
    for edition in state["editions"]:
        version = f", version {edition['version']}" if edition.get("version", 1) > 1 else ""
        by = f" by {edition['approved']['by']}" if edition.get("approved") else ""
        click.echo(f"{edition['quarter']:10} {edition['state']}{version}{by}")
        for row in edition["deliveries"]:
            words = f"  ({row['words']})" if row["words"] else ""
            click.echo(f"           {row['state']:12} {row['recipient']} v{row['version']}{words}")
        if edition["waits"]:
            click.echo(f"           waits for {edition['waits']}")
