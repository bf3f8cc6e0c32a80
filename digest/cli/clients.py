"""`digest clients`: list, sync, build, report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from digest.app.logs import LOGGER
from digest.cli.common import REPORTING, CommandGroup, Invocation, options
from digest.text import format_count

if TYPE_CHECKING:
    from digest.app.clients import ClientResult


@click.group(cls=CommandGroup)
def command() -> None:
    """Digests for many clients over one archive in PostgreSQL: each source is read once."""


@command.command("list")
@options(*REPORTING)
def list_(call: Invocation) -> None:
    """List the clients of clients.yaml."""
    from digest.app.clients import list_clients

    clients = list_clients(call.context)
    rows = [
        {"client": client.name, "slug": client.slug, "folder": str(client.folder)}
        for client in clients
    ]
    call.report(rows, (f"{client.name}: {client.folder}" for client in clients))


@command.command()
@options(*REPORTING)
def sync(call: Invocation) -> None:
    """Give each client a login and tables of its own, and let it see the sources of its
    sources.yaml that are the agency's, too. To be called again when clients or sources change.

    Exit code 1 where something failed, 3 where a client wants sources that the agency does not
    read.
    """
    from digest.app.clients import sync_clients

    results = sync_clients(call.context)
    for result in results:
        if missing := result.data.get("missing"):
            LOGGER.warning(
                f"{result.name} reads what the agency's sources.yaml does not: {', '.join(missing)}"
            )
    lacks = any(result.data.get("missing") for result in results)
    lines = [
        f"{result.name}: {format_count(result.data.get('sources', 0), 'source')}"
        for result in results
    ]
    _finish(call, results, lines, 3 if lacks else 0)


@command.command()
@click.argument("quarter", default="last")
@options(*REPORTING)
def build(call: Invocation, quarter: str) -> None:
    """Build a quarter's digest for each client. Exit code 1 where one failed."""
    from digest.app.clients import build_clients

    results = list(build_clients(call.context, quarter))
    lines = [
        f"{result.name}: {format_count(len(result.data['files']), 'file')}" for result in results
    ]
    _finish(call, results, lines)


@command.command()
@options(*REPORTING)
def report(call: Invocation) -> None:
    """Show each client's items, sources and newest edition."""
    from digest.app.clients import report_clients

    results = list(report_clients(call.context))
    _finish(call, results, [_describe(result) for result in results])


def _describe(result: ClientResult) -> str:
    if result.fault:
        return f"{result.name}: no state"
    collected, editions = result.data["collected"], result.data["editions"]
    newest = f"{editions[0]['quarter']} {editions[0]['state']}" if editions else "no edition"
    items, sources = (format_count(collected[f"{one}s"], one) for one in ("item", "source"))
    failing = len(collected["failing"])
    return f"{result.name}: {items}, {sources}, {failing} failing, {newest}"


def _finish(
    call: Invocation, results: Sequence[ClientResult], lines: Sequence[str], code: int = 0
) -> None:
    call.report([result.to_json() for result in results], lines)
    for result in results:
        if result.fault:
            LOGGER.warning(f"{result.name}: {result.fault}")
    if any(result.fault for result in results):
        code = 1
    if code:
        raise SystemExit(code)
