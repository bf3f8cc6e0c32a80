"""`digest sources list·check·health·add·import·export·remove`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from digest.app.workspace import Workspace
from digest.cli.common import (
    common_options,
    json_option,
    load_config,
    now_option,
    print_json,
    print_message,
    quiet_option,
    resolve_now,
    resolve_quarter,
    workspace_option,
)
from digest.errors import UsageError
from digest.model.source import TIERS, Tier
from digest.urls import extract_host

if TYPE_CHECKING:
    from digest.app.collect import SourceReport
    from digest.app.context import AppContext
    from digest.decide.source_health import SourceHealth
    from digest.model.source import Source
    from digest.tag import Overrides


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
    rows = _list_source_rows(place, config.sources)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        off = "" if row["enabled"] else "  (switched off)"
        click.echo(
            f"{row['tier']:10} {row['items']:6} items  {row['name']}  {row['url'] or 'by mail'}{off}"
        )
    print_message(f"{len(rows)} sources")


@command.command()
@click.argument("names", nargs=-1, metavar="[NAME]…")
@common_options
def check(
    names: tuple[str, ...], workspace: Path, now: str | None, quiet: bool, as_json: bool
) -> None:
    """Ask each source now, and say what it gives. The archive stays as it is. Names restrict it to these sources.

    Exit code 3 where some sources failed.
    """
    from digest.app.context import AppContext
    from digest.app.sources import check_sources

    place = Workspace(workspace)
    config = load_config(place)
    context = AppContext(place, config, resolve_now(now), quiet)
    reports = check_sources(context, names)
    if as_json:
        print_json([row.to_json() for row in reports])
    else:
        for row in reports:
            _print_report(row, quiet)
    failed = sum(row.failed for row in reports) + (0 if names else _print_unclaimed(context))
    print_message(
        f"{len(reports) - sum(row.failed for row in reports)} of {len(reports)} sources answer",
        quiet,
    )
    if failed:
        raise SystemExit(3)


@command.command()
@click.argument("quarter", default="current")
@common_options
def health(quarter: str, workspace: Path, now: str | None, quiet: bool, as_json: bool) -> None:
    """Say how the sources have been doing: what needs a person, with the command that mends it; what each is worth.

    The strip shows QUARTER, one letter a day: h held, m missing, u unknown, . not yet come. Exit code 3 where something
    needs a person.
    """
    from digest.app import vocabulary as taught
    from digest.app.context import AppContext, vocabulary_file
    from digest.app.sources import load_source_health

    place = Workspace(workspace)
    config = load_config(place)
    context = AppContext(place, config, resolve_now(now), quiet)
    rows, strips = load_source_health(context, resolve_quarter(quarter, context.now, config))
    if as_json:
        print_json([_health_to_json(row, strips[row.source.slug]) for row in rows])
    else:
        for row in rows:
            _print_health(row, strips[row.source.slug], quiet)
        for line in (
            () if quiet else _format_dropped(rows, taught.load_overrides(vocabulary_file(context)))
        ):
            click.echo(line)
    trouble = sum(bool(row.findings) for row in rows)
    print_message(f"{trouble} of {len(rows)} sources need a person", quiet)
    if trouble:
        raise SystemExit(3)


@command.command()
@click.argument("url")
@click.option("--name", help="What to call it. Default: the title of the feed.")
@click.option(
    "--tier", type=click.Choice(TIERS), help="What kind of publisher it is. Default: trade."
)
@click.option("--tag", "tags", multiple=True, help="A tag of your own; may be given several times.")
@click.option("--yes", "-y", is_flag=True, help="Write without asking.")
@workspace_option
@now_option
@quiet_option
def add(
    url: str,
    name: str | None,
    tier: Tier | None,
    tags: tuple[str, ...],
    yes: bool,
    workspace: Path,
    now: str | None,
    quiet: bool,
) -> None:
    """Find the feed of URL (a home page is enough), show how its last titles are judged, and add it to sources.yaml."""
    from digest.app.context import AppContext
    from digest.app.sources import find_feed, preview_feed
    from digest.config.sources import add_source
    from digest.urls import canonical_url

    place = Workspace(workspace)
    config = load_config(place)
    context = AppContext(place, config, resolve_now(now), quiet)
    feed, others = find_feed(context, url if "//" in url else f"https://{url}")
    twin = next(
        (
            source.name
            for source in config.sources
            if source.url and canonical_url(source.url) == canonical_url(feed.url)
        ),
        "",
    )
    if twin:
        raise UsageError(f"{feed.url} is in {place.sources_file} already, as {twin!r}")
    title = name or feed.document.title or extract_host(feed.url)
    print_message(f"{title}: {feed.url} ({feed.how})", quiet)
    for other in others:
        print_message(f"  another feed of the site: {other}", quiet)
    for line in preview_feed(context, feed, title, tier):
        print_message(line, quiet)
    fields = {
        "name": title,
        "url": feed.url,
        "tier": tier,
        "language": feed.document.language,
        "tags": list(tags) or None,
    }
    text = add_source(place.sources_file.read_text(encoding="utf-8"), fields)
    if yes or click.confirm(f"Add it to {place.sources_file}?", err=True):
        _write_sources(place, text)
        print_message(f"{title} added to {place.sources_file}", quiet)


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@workspace_option
@quiet_option
def import_(file: Path, workspace: Path, quiet: bool) -> None:
    """Add the feeds of FILE to sources.yaml: an OPML file, or one address a line. Those that are there are left."""
    from digest.config.opml import import_feed_list
    from digest.config.sources import add_source
    from digest.urls import canonical_url

    place = Workspace(workspace)
    config = load_config(place)
    found = import_feed_list(file.read_bytes())
    for problem in found.problems:
        print_message(f"{file}: {problem}")
    known = {canonical_url(source.url) for source in config.sources if source.url}
    names = {source.name for source in config.sources}
    text, added = place.sources_file.read_text(encoding="utf-8"), 0
    for feed in found.feeds:
        if canonical_url(feed.url) not in known:
            name = feed.name if feed.name not in names else f"{feed.name} ({feed.url})"
            text, added = add_source(text, feed.to_source_entry() | {"name": name}), added + 1
            names.add(name)
    _write_sources(place, text)
    print_message(f"{added} sources added, {len(found.feeds) - added} were there", quiet)


@command.command()
@workspace_option
def export(workspace: Path) -> None:
    """Print the sources as OPML, in folders by tier and first tag."""
    from digest.config.opml import export_opml

    config = load_config(Workspace(workspace))
    click.echo(export_opml(config.sources, config.digest.title).decode(), nl=False)


@command.command()
@click.argument("name")
@workspace_option
@quiet_option
def remove(name: str, workspace: Path, quiet: bool) -> None:
    """Take the source NAME out of sources.yaml. What it gave stays in the archive."""
    from digest.config.sources import remove_source

    place = Workspace(workspace)
    load_config(place)
    _write_sources(place, remove_source(place.sources_file.read_text(encoding="utf-8"), name))
    print_message(f"{name} removed from {place.sources_file}", quiet)


def _write_sources(place: Workspace, text: str) -> None:
    """Writes sources.yaml where it is still valid. Raises ConfigError, and leaves the file, where it is not."""
    from digest.app.workspace import write_file
    from digest.config.sources import parse_sources

    parse_sources(text, {}, str(place.sources_file))
    write_file(place.sources_file, text.encode())


def _health_to_json(row: SourceHealth, strip: str) -> dict[str, Any]:
    return {
        "name": row.source.name,
        "slug": row.source.slug,
        "last_success": row.last_success,
        "failures": row.failures,
        "items": row.items,
        "in_edition": row.in_edition,
        "first": row.first,
        "dropped": row.dropped,
        "articles": dict(row.pages),
        "days": strip,
        "findings": [asdict(finding) for finding in row.findings],
    }


def _print_health(row: SourceHealth, strip: str, quiet: bool) -> None:
    for finding in row.findings:
        click.echo(f"{finding.kind.upper():10} {row.source.name}: {finding.words} → {finding.mend}")
    if not quiet:
        shares = [f"{row.items} items"]
        shares += [f"{row.in_edition:.0%} in the edition"] if row.in_edition is not None else []
        shares += [f"{row.first:.0%} of shared stories first"] if row.first is not None else []
        shares += [f"{row.dropped} dropped by the team"] if row.dropped else []
        if row.pages:
            shares += [f"{row.pages.get('read', 0)} of {sum(row.pages.values())} articles read"]
        click.echo(
            f"{'well' if not row.findings else '':10} {row.source.name}: {', '.join(shares)}"
        )
        click.echo(f"{'':10} {strip}")


def _format_dropped(rows: Iterable[SourceHealth], overrides: Overrides) -> Iterator[str]:
    """The sources of which the team dropped most, and where a rule is likely to be proposed."""
    from digest.learn.proposals import justifies_rule

    ruled = {name for rule in overrides.rules for name in rule.sources}
    for row in sorted(rows, key=lambda row: (-row.dropped, row.source.name)):
        if row.dropped:
            stood = round((row.in_edition or 0.0) * row.items)
            wanted = justifies_rule(row.dropped, row.dropped + stood) and not ruled & {
                row.source.name,
                row.source.slug,
            }
            hint = " → see `digest lab propose` for a rule" if wanted else ""
            yield f"{'dropped':10} {row.source.name}: {row.dropped} of {row.items} items by the team{hint}"


def _print_unclaimed(context: AppContext) -> int:
    """Shows the letters that no source claims, on stderr; gives the number of mailboxes that could not be looked at."""
    from digest.app.sources import find_unclaimed_mail
    from digest.errors import MailboxError

    try:
        for found in find_unclaimed_mail(context):
            print_message(
                f"unclaimed: {found.count} letters of {found.name}; to claim them: {found.line}"
            )
    except MailboxError as error:
        print_message(f"FAILS  mailbox: {error}")
        return 1
    return 0


def _print_report(row: SourceReport, quiet: bool) -> None:
    if row.failed:
        click.echo(f"FAILS  {row.source}: {row.problem}" + (f" → {row.mend}" if row.mend else ""))
    elif not quiet:
        click.echo(f"ok     {row.source}: {row.entries} entries")
        for note in row.notes:
            click.echo(f"       {note}")


def _list_source_rows(place: Workspace, sources: tuple[Source, ...]) -> list[dict[str, Any]]:
    spans = {}
    if place.archive_file.exists():
        from digest.archive import Archive

        with Archive.open(place.archive_file, create=False) as archive:
            spans = archive.load_item_spans()
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
