"""Open and read the packaged sample quarter: made-up vendors and news, for a trial offline."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from digest.app.collect import CollectionReport
from digest.app.context import AppContext, ProgressDisplay, show_no_progress
from digest.app.sources import collect_items, log_collection
from digest.app.workspace import Workspace
from digest.config.sources import load_sources
from digest.fetch.http.folder import FolderFetcher

_FOLDER = Path(__file__).parents[1] / "sample"
_COLLECTED_AT = datetime(2026, 9, 30, 20, tzinfo=UTC)  # the last evening of the sample quarter
_BUILT_AT = datetime(2026, 10, 2, 6, tzinfo=UTC)  # it has ended


def open_sample(
    root: Path, *, quiet: bool = False, progress: ProgressDisplay = show_no_progress
) -> AppContext:
    """Open the sample so that its files are written to output/demo/ in `root`.

    Its clock stands just behind the sample quarter, which `last` names.
    """
    return AppContext(
        Workspace(root, Workspace(root).output / "demo"),
        load_sources(_FOLDER / "sources.yaml", {}),
        _BUILT_AT,
        quiet,
        sample=True,
        team_folder=_FOLDER,
        progress=progress,
    )


def collect_sample(context: AppContext) -> CollectionReport:
    """Read the sample's sources, out of its folder, as of the end of its quarter."""
    fetcher = FolderFetcher(_FOLDER / "feeds", _COLLECTED_AT)
    collected = collect_items(replace(context, now=_COLLECTED_AT), fetcher)
    log_collection(collected)
    return collected
