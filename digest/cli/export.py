"""`digest export items` and `digest export edition`."""

from __future__ import annotations

import click

from digest.cli.common import Invocation, options, print_row


@click.group()
def command() -> None:
    """Data out: items as JSON lines, an edition as JSON."""


@command.command()
@click.argument("quarter", required=False)
@options("workspace", "now")
def items(call: Invocation, quarter: str | None) -> None:
    """Print the items of QUARTER, one JSON object a line; of the whole archive where none is
    named."""
    context, chosen = call.context, call.quarter(quarter) if quarter else None
    from digest.app.export import iter_items

    for row in iter_items(context, chosen):
        print_row(row)


@command.command()
@click.argument("quarter", default="last")
@options("workspace", "now")
def edition(call: Invocation, quarter: str) -> None:
    """Print the edition.json of QUARTER as it was built."""
    context, chosen = call.context, call.quarter(quarter)
    from digest.app.export import read_edition_json

    click.echo(read_edition_json(context, chosen), nl=False)
