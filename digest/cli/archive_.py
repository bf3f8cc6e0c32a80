"""`digest archive backup`, `restore`, `check` and `prune`."""

from __future__ import annotations

from pathlib import Path

import click

from digest.app.logs import LOGGER
from digest.cli.common import REPORTING, CommandGroup, Invocation, options, print_json


@click.group(cls=CommandGroup)
def command() -> None:
    """Care for the archive; put everything into one file, and take it back."""


@command.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@options(*REPORTING)
def backup(call: Invocation, file: Path | None) -> None:
    """Put all that is needed to go on elsewhere into FILE, also while a run is at work: the
    archive, the ledger of deliveries, sources.yaml and the team's other files, the editions.
    Secrets are not in it. Default: output/backups/digest-TIME.tar.gz.

    A FILE whose name ends in .db becomes a copy of the archive alone.
    """
    from digest.app.backup import back_up

    target = back_up(call.workspace, call.now, file)
    if call.as_json:
        print_json({"file": str(target), "bytes": target.stat().st_size})
    else:
        LOGGER.info(str(target))


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@options(*REPORTING)
def restore(call: Invocation, file: Path) -> None:
    """Put a backup in the place of what the workspace holds. It is checked first; what was there is
    kept in output/backups/. On a new machine: `digest archive restore FILE --workspace DIR`.

    Mails that went out after the backup are unknown to it: look at `digest status` and at the
    readers before you send.
    """
    from digest.app.backup import restore_backup

    kept, left = restore_backup(call.workspace, call.now, file)
    if call.as_json:
        paths = [str(path) for path in kept]
        print_json({"restored": str(file), "kept": paths, "left": list(left)})
    else:
        before = f"; what was there is {' and '.join(map(str, kept))}" if kept else ""
        LOGGER.info(f"{file} is restored{before}")
        for name in left:
            LOGGER.warning(f"{name} is not in the backup and was left as it is")


@command.command()
@options("workspace", "quiet", "json")
def check(call: Invocation) -> None:
    """Look whether the archive is sound. Exit code 1 where it is not."""
    from digest.app.backup import check_archive

    faults = check_archive(call.workspace)
    if call.as_json:
        print_json({"sound": not faults, "faults": list(faults)})
    for fault in faults:
        LOGGER.warning(fault)
    if faults:
        raise SystemExit(1)
    if not call.as_json:
        LOGGER.info(f"{call.workspace.archive} is sound")


@command.command()
@click.option(
    "--days", default=400, show_default=True, type=click.IntRange(1), help="Keep what is younger."
)
@options(*REPORTING)
def prune(call: Invocation, days: int) -> None:
    """Forget how single attempts at reading went, long ago, and give the room back.

    Items, editions and the ledger of deliveries are never deleted.
    """
    from digest.app.backup import prune_archive

    deleted, freed = prune_archive(call.workspace, call.now, days)
    if call.as_json:
        print_json({"attempts": deleted, "freed": freed})
    else:
        LOGGER.info(f"{deleted} attempts forgotten, {freed} bytes given back")


@command.command()
@click.option(
    "--back", is_flag=True, help="Copy out of the database into output/archive.db instead."
)
@options(*REPORTING)
def copy(call: Invocation, back: bool) -> None:
    """Copy output/archive.db into the PostgreSQL database that digest.archive in sources.yaml
    names, all of it in one transaction, and compare what arrived. The database must be empty; the
    file stays as it is.
    """
    from digest.app.backup import move_archive

    counts = move_archive(call.workspace, back=back)
    if call.as_json:
        print_json({"rows": dict(counts)})
    else:
        LOGGER.info(f"{counts['items']} items and {sum(counts.values())} rows in all are copied")
