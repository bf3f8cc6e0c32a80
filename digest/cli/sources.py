"""`digest sources list·check·health·add·import·enable·disable·edit·export·remove`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from digest.app.logs import LOGGER, log_source_detail
from digest.cli.common import REPORTING, CommandGroup, Invocation, options, print_json
from digest.cli.completion import complete_quarters, complete_sources, complete_tags
from digest.errors import MailboxError
from digest.model.source import SOURCE_CLASSES, TIERS, SourceClass, Tier
from digest.text import format_count, list_some
from digest.urls import redact_url


@click.group(cls=CommandGroup)
def command() -> None:
    """Care for the sources."""


@command.command("list")
@options("workspace", "json")
def list_(call: Invocation) -> None:
    """List the configured sources, with what the archive holds of each."""
    from digest.app.source_file import list_source_rows

    rows = list_source_rows(call.workspace, call.config)
    lines = (
        f"{row['tier']:10} {row['items']:6} items  {row['name']}  {row['url'] or 'by mail'}"
        + (f"  ({row['class']})" if row["class"] else "")
        + ("" if row["enabled"] else "  (switched off)")
        for row in rows
    )
    call.report(rows, lines)
    if not call.as_json:
        LOGGER.info(format_count(len(rows), "source"))


@command.command()
@click.argument("names", nargs=-1, metavar="[NAME]…", shell_complete=complete_sources)
@options(*REPORTING)
def check(call: Invocation, names: tuple[str, ...]) -> None:
    """Ask each source now, and say what it gives. The archive stays as it is. Names restrict it to
    these sources.

    Exit code 3 where some sources failed.
    """
    from digest.app import sources

    reports = sources.check_sources(call.context, names)
    lines = []
    for report in reports:
        log_source_detail(report)
        if report.failed:
            hint = f" → {report.mend}" if report.mend else ""
            lines.append(f"FAILS  {report.source}: {report.problem}{hint}")
        elif not call.quiet:
            lines.append(
                f"ok     {report.source}: {format_count(report.entries, 'entry', 'entries')}"
            )
            lines += (f"       {note}" for note in report.notes)
    call.report([report.to_json() for report in reports], lines)
    failed = sum(report.failed for report in reports)
    faults = failed
    try:
        for sender in sources.find_unclaimed_mail(call.context) if not names else ():
            letters = f"{format_count(sender.count, 'letter')} of {sender.name}"
            LOGGER.warning(f"unclaimed: {letters}; to claim them: {sender.line}")
    except MailboxError as error:
        LOGGER.warning(f"FAILS  mailbox: {error}")
        faults += 1
    total = format_count(len(reports), "source")
    LOGGER.info(f"{len(reports) - failed} of {total} answer{'s' if len(reports) == 1 else ''}")
    if faults:
        raise SystemExit(3)


@command.command()
@click.argument("quarter", default="current", shell_complete=complete_quarters)
@options(*REPORTING)
def health(call: Invocation, quarter: str) -> None:
    """Say how the sources have been doing: what needs a person, with the command that fixes it;
    what each is worth.

    The strip shows QUARTER, one letter a day: h held, m missing, u unknown, . not yet come. Exit
    code 3 where something needs a person.
    """
    from digest.app.source_health import describe_dropped, load_health_rows

    rows = load_health_rows(call.context, call.quarter(quarter))
    if call.as_json:
        print_json(rows)
    else:
        LOGGER.info(
            f"{call.quarter(quarter)}, a day a letter: h held, m missing, u unknown, . to come"
        )
        for row in rows:
            for line in _format_health(row, call.quiet):
                click.echo(line)
        for line in describe_dropped(call.context, rows) if not call.quiet else ():
            click.echo(line)
    trouble = sum(bool(row["findings"]) for row in rows)
    total = format_count(len(rows), "source")
    LOGGER.info(f"{trouble} of {total} need{'s' if trouble == 1 else ''} a person")
    if trouble:
        raise SystemExit(3)


def _format_health(row: dict[str, Any], quiet: bool) -> Iterator[str]:
    for finding in row["findings"]:
        words = f"{finding['words']} → {finding['mend']}"
        yield f"{finding['kind'].upper():10} {row['name']}: {words}"
    if quiet:
        return
    shares = [format_count(row["items"], "item")]
    if row["in_edition"] is not None:
        shares.append(f"{row['in_edition']:.0%} in the edition")
    if row["first"] is not None:
        shares.append(f"{row['first']:.0%} of shared stories first")
    if row["dropped"]:
        shares.append(f"{row['dropped']} dropped by the team")
    if pages := row["articles"]:
        total = format_count(sum(pages.values()), "article")
        shares.append(f"{pages.get('read', 0)} of {total} read")
    yield f"{'' if row['findings'] else 'well':10} {row['name']}: {', '.join(shares)}"
    yield f"{'':10} {row['days']}"


@command.command()
@click.argument("url")
@click.option("--name", help="What to call it. Default: the title of the feed.")
@click.option(
    "--tier", type=click.Choice(TIERS), help="What kind of publisher it is. Default: trade."
)
@click.option(
    "--class",
    "publishes",
    type=click.Choice(SOURCE_CLASSES),
    help="What a vendor's own source holds; its tier is vendor then.",
)
@click.option("--tag", "tags", multiple=True, help="A tag of your own; may be given several times.")
@click.option("--yes", "-y", is_flag=True, help="Write without asking.")
@options("workspace", "now", "quiet")
def add(
    call: Invocation,
    url: str,
    name: str | None,
    tier: Tier | None,
    publishes: SourceClass | None,
    tags: tuple[str, ...],
    yes: bool,
) -> None:
    """Find the feed of URL (a home page is enough), show how its last titles are judged, and add it
    to sources.yaml.
    """
    from digest.app.source_file import find_new_source, write_sources

    found = find_new_source(call.context, url, name=name, tier=tier, publishes=publishes, tags=tags)
    LOGGER.info(f"{found.title}: {redact_url(found.url)} ({found.how})")
    for other in found.others:
        LOGGER.info(f"  another feed of the site: {other}")
    for line in found.preview:
        LOGGER.info(line)
    file = call.workspace.sources_file
    if yes or click.confirm(f"Add it to {file}?", err=True):
        write_sources(call.workspace, found.text)
        LOGGER.info(f"{found.title} added to {file}")


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--tier", type=click.Choice(TIERS), help="Of the feeds of which FILE says none.")
@click.option("--dry-run", is_flag=True, help="Show what would be added, and write nothing.")
@click.option("--offline", is_flag=True, help="Ask no feed for its name.")
@options(*REPORTING)
def import_(call: Invocation, file: Path, tier: Tier | None, dry_run: bool, offline: bool) -> None:
    """Add the feeds of FILE to sources.yaml: an OPML file, or one address a line. Those that are
    there are left.

    Feeds that FILE does not name are asked once, for the name that they give themselves; a page is
    replaced by its feed.
    """
    from digest.app.source_file import plan_import, write_sources

    found = plan_import(call.context, file.read_bytes(), tier=tier, ask=not offline)
    for problem in found.problems:
        LOGGER.warning(f"{file}: {problem}")
    if not dry_run:
        write_sources(call.workspace, found.text)
    rows = [dict(entry) for entry in found.entries]
    data = {"written": not dry_run, "added": rows, "present": found.present}
    lines = (
        f"{row.get('tier', 'trade'):10} {row['name']}  {redact_url(row['url'])}" for row in rows
    )
    call.report({**data, "problems": list(found.problems)}, lines if dry_run else ())
    would = "would be added (nothing is written)" if dry_run else "added"
    there = f"{found.present} {'was' if found.present == 1 else 'were'} there"
    LOGGER.info(f"{format_count(len(rows), 'source')} {would}, {there}")


def _selecting(function: Callable[..., None]) -> Callable[..., None]:
    """Declare how a command for many sources is told which."""
    for add in (
        click.option(
            "--with-tag",
            "tags",
            multiple=True,
            shell_complete=complete_tags,
            help="Those with this tag.",
        ),
        click.option(
            "--of-tier",
            "tiers",
            multiple=True,
            type=click.Choice(TIERS),
            help="Those of this tier.",
        ),
        click.argument("names", nargs=-1, metavar="[NAME]…", shell_complete=complete_sources),
    ):
        function = add(function)
    return function


@command.command()
@_selecting
@options("workspace", "quiet")
def enable(
    call: Invocation, names: tuple[str, ...], tiers: tuple[Tier, ...], tags: tuple[str, ...]
) -> None:
    """Switch sources on in sources.yaml: those that are named, of a tier or with a tag."""
    _edit(call, (names, tiers, tags), {"enabled": True}, "switched on")


@command.command()
@_selecting
@options("workspace", "quiet")
def disable(
    call: Invocation, names: tuple[str, ...], tiers: tuple[Tier, ...], tags: tuple[str, ...]
) -> None:
    """Switch sources off in sources.yaml: they are not read, and what they gave stays."""
    _edit(call, (names, tiers, tags), {"enabled": False}, "switched off")


_EDITED = ("tier", "class", "weight", "language", "tags", "fulltext", "history")


@command.command()
@_selecting
@click.option("--tier", type=click.Choice(TIERS), help="What kind of publisher it is.")
@click.option(
    "--class", type=click.Choice(SOURCE_CLASSES), help="What a vendor's own source holds."
)
@click.option("--weight", type=float, help="How much its word counts, 0 to 3.")
@click.option("--language", help="Its language, where feed and items do not say.")
@click.option("--tag", "new_tags", multiple=True, help="Its tags, in place of those it has.")
@click.option(
    "--fulltext/--no-fulltext", default=None, help="Whether articles' pages are asked for."
)
@click.option(
    "--history", type=click.Choice(["auto", "off"]), help="Whether older items are sought."
)
@click.option(
    "--unset", multiple=True, type=click.Choice(_EDITED), help="Take a key out; its default holds."
)
@options("workspace", "quiet")
def edit(
    call: Invocation,
    names: tuple[str, ...],
    tiers: tuple[Tier, ...],
    tags: tuple[str, ...],
    new_tags: tuple[str, ...],
    unset: tuple[str, ...],
    **given: Any,
) -> None:
    """Change keys of sources in sources.yaml, of one or of many; comments stay."""
    keys = {key: value for key, value in given.items() if value is not None}
    keys |= {"tags": list(new_tags)} if new_tags else {}
    keys |= dict.fromkeys(unset)
    if not keys:
        raise click.UsageError("say what to change, as --tier vendor or --unset weight")
    _edit(call, (names, tiers, tags), keys, "changed")


def _edit(
    call: Invocation,
    chosen: tuple[tuple[str, ...], tuple[Tier, ...], tuple[str, ...]],
    keys: Mapping[str, Any],
    done: str,
) -> None:
    from digest.app.source_file import edit_sources, select_sources

    found = select_sources(call.config, *chosen)
    edit_sources(call.workspace, found, keys)
    shown, count = list_some(found, 5), format_count(len(found), "source")
    LOGGER.info(f"{count} {done} in {call.workspace.sources_file}: {shown}")


@command.command()
@options("workspace")
def export(call: Invocation) -> None:
    """Print the sources as OPML, in folders by tier and first tag."""
    from digest.config.opml import export_opml

    title = call.config.digest.title
    click.echo(export_opml(call.config.sources, title).decode(), nl=False)


@command.command()
@click.argument("name", shell_complete=complete_sources)
@options("workspace", "quiet")
def remove(call: Invocation, name: str) -> None:
    """Take the source NAME out of sources.yaml. What it gave stays in the archive."""
    from digest.app.source_file import remove_named_source

    _ = call.config  # what is wrong in the file already is reported first
    remove_named_source(call.workspace, name)
    LOGGER.info(f"{name} removed from {call.workspace.sources_file}")
