"""`digest status`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from digest.app.workspace import Workspace
from digest.cli.common import common_options, load_config, print_json, resolve_now, resolve_quarter
from digest.errors import DigestError

if TYPE_CHECKING:
    from digest.app.context import AppContext
    from digest.app.deliver import DeliveryService
    from digest.archive import Archive

_SHOWN_QUARTERS = 4  # quarters


@click.command()
@common_options
def command(workspace: Path, now: str | None, quiet: bool, as_json: bool) -> None:
    """What was collected, built, approved and sent, and what waits for whom. Changes nothing."""
    from digest.app.context import AppContext
    from digest.app.deliver import DeliveryService, make_run_log
    from digest.archive import Archive

    place = Workspace(workspace)
    context = AppContext(place, load_config(place), resolve_now(now), quiet)
    with Archive.open(place.archive_file, create=False) as archive:
        office = DeliveryService(
            context, archive, os.environ, make_run_log(context, "text", os.environ)
        )
        state = {
            "collected": _load_collection_status(archive, context),
            "editions": _list_editions(office),
        }
    if as_json:
        print_json(state)
    else:
        _print_status(state)


def _load_collection_status(archive: Archive, context: AppContext) -> dict[str, Any]:
    spans, states = archive.load_item_spans(), archive.load_source_states()
    known = archive.load_collection_period()
    ours = [source for source in context.config.sources if source.enabled]
    failing = [
        source.name for source in ours if source.slug in states and states[source.slug].failures
    ]
    return {
        "items": sum(span.items for span in spans.values()),
        "sources": len(ours),
        "last": known[1] if known else None,
        "failing": failing,
    }


def _list_editions(office: DeliveryService) -> list[dict[str, Any]]:
    """The last quarters, and those that are not finished, newest first."""
    context = office.context
    quarter = resolve_quarter("last", context.now, context.config)
    names = {
        one.quarter for one in office.archive.load_releases() if one.state in ("draft", "approved")
    }
    for _ in range(_SHOWN_QUARTERS):
        if context.workspace.edition_folder(quarter.name).is_dir():
            names.add(quarter.name)
        quarter = quarter.previous
    names.add(resolve_quarter("last", context.now, context.config).name)
    return [_load_edition_status(office, name) for name in sorted(names, reverse=True)]


def _load_edition_status(office: DeliveryService, name: str) -> dict[str, Any]:
    try:
        stand = office.release_status(name)
    except DigestError:
        return {
            "quarter": name,
            "state": "not built",
            "waits": f"digest run, or digest build {name}",
            "deliveries": [],
        }
    lines = office.archive.load_delivery_records(name)
    return {
        "quarter": name,
        "state": stand.label,
        "version": stand.release.version if stand.release else 1,
        "approved": {"by": stand.release.by, "at": stand.release.at}
        if stand.release and stand.release.at
        else None,
        "sent": stand.release.sent if stand.release else None,
        "waits": _describe_next_step(office, name),
        "deliveries": [
            {
                "version": line.delivery.version,
                "recipient": line.delivery.recipient,
                "channel": line.delivery.channel,
                "state": line.state,
                "words": line.words,
                "at": line.at,
            }
            for line in lines
        ],
    }


def _describe_next_step(office: DeliveryService, name: str) -> str:
    """What has to happen next, and who does it; "" where nothing has to."""
    stand = office.release_status(name)
    if not office.has_recipients:
        return ""
    if not stand.is_released and office.settings.approval == "required":
        note = ' --note "…"' if office.has_started_delivery(stand.release) else ""
        return f"a person: look at it, then digest approve {name}{note}"
    if stand.is_released and stand.release:
        todo = office.plan_delivery(stand.release, insist=False)
        if todo.unknown:
            one = todo.unknown[0].recipient
            resolve = f"digest send {name} --resolve {one}=accepted, or =not-sent"
            return f"a person: find out whether it reached {one}, then {resolve}"
        if todo.refused:
            return f"a person: mend what was refused, then digest send {name}"
        if todo.due:
            by_hand = stand.release.version > 1 or stand.release.state == "sent"
            return (
                f"a person: digest send {name}" if by_hand else f"digest run, or digest send {name}"
            )
        return ""
    return (
        f'a person: digest send {name} --correction "…"'
        if stand.changed
        else f"digest run, or digest send {name}"
    )


def _print_status(state: dict[str, Any]) -> None:
    collected = state["collected"]
    last = f"{collected['last']:%Y-%m-%d %H:%M} UTC" if collected["last"] else "never"
    click.echo(
        f"collected  {collected['items']} items from {collected['sources']} sources, last {last}"
    )
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
