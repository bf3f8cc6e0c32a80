"""`digest export items` and `digest export edition`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from digest.app.workspace import Workspace
from digest.cli.common import (
    load_config,
    now_option,
    resolve_now,
    resolve_quarter,
    workspace_option,
)
from digest.errors import DigestError


@click.group()
def command() -> None:
    """Data out: items as JSON lines, an edition as JSON."""


@command.command()
@click.argument("quarter", required=False)
@workspace_option
@now_option
def items(quarter: str | None, workspace: Path, now: str | None) -> None:
    """Print the items of QUARTER, one JSON object a line; of the whole archive where none is named."""
    from digest.app.context import AppContext
    from digest.app.judge import decide_quarter
    from digest.archive import Archive
    from digest.edition.rows import iter_item_rows
    from digest.period import quarter_containing

    place = Workspace(workspace)
    config = load_config(place)
    context = AppContext(place, config, resolve_now(now))
    zone, fiscal = config.digest.timezone, config.digest.fiscal_year_starts
    with Archive.open(place.archive_file, create=False) as archive:
        if quarter:
            wanted = [resolve_quarter(quarter, context.now, config)]
        else:
            wanted = sorted(
                {
                    quarter_containing(item.published_or_seen, zone, fiscal)
                    for item in archive.load_items()
                }
            )
        printed: set[str] = set()  # an item that came late belongs to two quarters
        for one in wanted:
            decision = decide_quarter(context, one, archive)
            chosen = {ranked.story.id for ranked in decision.chosen}
            for row in iter_item_rows(decision.stories, chosen, decision.left_out):
                if row["id"] not in printed:
                    printed.add(row["id"])
                    click.echo(json.dumps(row, ensure_ascii=False))


@command.command()
@click.argument("quarter", default="last")
@workspace_option
@now_option
def edition(quarter: str, workspace: Path, now: str | None) -> None:
    """Print the edition.json of QUARTER as it was built."""
    place = Workspace(workspace)
    name = resolve_quarter(quarter, resolve_now(now), load_config(place)).name
    path = place.edition_folder(name) / "edition.json"
    if not path.is_file():
        raise DigestError(f"{name} has not been built", f"run `digest build {name}` first")
    click.echo(path.read_text(encoding="utf-8"), nl=False)
