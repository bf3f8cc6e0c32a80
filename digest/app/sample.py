"""Open the packaged sample quarter, made-up vendors and news, for a trial offline.

`sample: true` in its sources.yaml says that it is made up: every page then says so, and its feeds
are read from the package.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from digest.app.context import AppContext, ProgressDisplay, show_no_progress
from digest.app.sample_feeds import SAMPLE_FOLDER
from digest.app.workspace import Workspace, write_file
from digest.archive import Archive
from digest.config.sources import load_sources

_BUILT_AT = datetime(2026, 10, 2, 6, tzinfo=UTC)  # it has ended
# of a team, and what the sources read; the rest is for those who change the sample
_TEAM_FILES = ("*.yaml", "editions/*", "vendors/*", "letters/*")


def open_sample(
    root: Path, *, quiet: bool = False, progress: ProgressDisplay = show_no_progress
) -> AppContext:
    """Open the sample so that its files are written to output/demo/ in `root`.

    Its clock stands just behind the sample quarter, which `last` names.
    """
    return AppContext(
        Workspace(root, Workspace(root).output / "demo"),
        load_sources(SAMPLE_FOLDER / "sources.yaml", {}),
        _BUILT_AT,
        quiet,
        team_folder=SAMPLE_FOLDER,
        progress=progress,
    )


def leave_workspace(context: AppContext) -> Path:
    """Make a workspace of the sample as it was built, beside its edition; return its folder.

    Every command works on it. Where it is there already it stays as somebody left it.
    """
    folder = context.workspace.output / "workspace"
    made = Workspace(folder)
    if made.sources_file.exists():
        return folder
    for pattern in _TEAM_FILES:
        for path in sorted(SAMPLE_FOLDER.glob(pattern)):
            write_file(folder / path.relative_to(SAMPLE_FOLDER), path.read_bytes())
    made.output.mkdir(parents=True, exist_ok=True)
    with Archive.open(context.workspace.archive, create=False) as archive:
        archive.create_backup(made.archive_file)
    quarter = context.resolve_quarter("last").name
    shutil.copytree(context.workspace.edition_folder(quarter), made.edition_folder(quarter))
    return folder
