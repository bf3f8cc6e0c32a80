"""`digest sources list` and `digest sources check`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from digest.cli.common import clock, common, json_option, load_config, report, say, workspace_option
from digest.workspace import Workspace

if TYPE_CHECKING:
    from digest.model import Source
    from digest.pipeline import SourceReport


@click.group()
def command() -> None:
    """Care for the sources."""


@command.command("list")
@workspace_option
@json_option
def list_(workspace: Path, as_json: bool) -> None:
    """List the configured sources, with what the archive holds of each."""
    place = Workspace(workspace)
    config = load_config(place)
    rows = _held(place, config.sources)
    if as_json:
        report(rows)
        return
    for row in rows:
        off = "" if row["enabled"] else "  (switched off)"
        click.echo(f"{row['tier']:10} {row['items']:6} items  {row['name']}  {row['url'] or 'by mail'}{off}")
    say(f"{len(rows)} sources")


@command.command()
@click.argument("names", nargs=-1, metavar="[NAME]…")
@common
def check(names: tuple[str, ...], workspace: Path, now: str | None, quiet: bool, as_json: bool) -> None:
    """Ask each source now, and say what it gives. The archive stays as it is. Names restrict it to these sources.

    Exit code 3 where some sources failed.
    """
    from digest.cli import work

    place = Workspace(workspace)
    config = load_config(place)
    reports = work.check(work.Job(place, config, clock(now), quiet), names)
    if as_json:
        report([asdict(row) for row in reports])
    else:
        for row in reports:
            _tell(row, quiet)
    failed = sum(row.failed for row in reports)
    say(f"{len(reports) - failed} of {len(reports)} sources answer", quiet)
    if failed:
        raise SystemExit(3)


def _tell(row: SourceReport, quiet: bool) -> None:
    if row.failed:
        click.echo(f"FAILS  {row.source}: {row.problem}" + (f" → {row.mend}" if row.mend else ""))
    elif not quiet:
        click.echo(f"ok     {row.source}: {row.entries} entries")
        for note in row.notes:
            click.echo(f"       {note}")


def _held(place: Workspace, sources: tuple[Source, ...]) -> list[dict[str, Any]]:
    spans = {}
    if place.archive.exists():
        from digest.archive import Archive

        with Archive.open(place.archive, create=False) as archive:
            spans = archive.spans()
    return [
        {
            "name": source.name,
            "slug": source.slug,
            "tier": source.tier,
            "url": source.url,
            "enabled": source.enabled,
            "language": source.language,
            "tags": list(source.tags),
            "items": spans[source.slug].items if source.slug in spans else 0,
            "newest": spans[source.slug].newest if source.slug in spans else None,
        }
        for source in sources
    ]
