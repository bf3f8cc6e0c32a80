"""`digest demo`."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

import digest
from digest.app.workspace import Workspace
from digest.cli.common import print_message, quiet_option, workspace_option

_COLLECTED_AT = datetime(2026, 9, 30, 20, tzinfo=UTC)  # the last evening of the sample quarter
_BUILT_AT = datetime(2026, 10, 2, 6, tzinfo=UTC)  # it has ended


@click.command()
@workspace_option
@quiet_option
def command(workspace: Path, quiet: bool) -> None:
    """Run the whole job, offline, on the sample quarter that comes along, into output/demo/.

    The sample is made up: invented vendors, invented news. Every page says so.
    """
    from digest.app import work
    from digest.config.sources import load_sources
    from digest.fetch.http.folder import FolderFetcher
    from digest.period import Quarter

    sample = Path(digest.__file__).parent / "sample"

    place = Workspace(workspace, Workspace(workspace).output / "demo")
    config = load_sources(sample / "sources.yaml", {})
    context = work.AppContext(place, config, _COLLECTED_AT, quiet, sample=True, team_folder=sample)
    with place.lock():
        collected = work.collect_items(context, FolderFetcher(sample / "feeds", _COLLECTED_AT))
        work.print_collection_report(collected, quiet)
        paths = work.build_quarter(
            replace(context, now=_BUILT_AT), Quarter(2026, 7, config.digest.timezone)
        )
    for path in paths:
        print_message(str(path.resolve()), quiet)
