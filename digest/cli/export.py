"""`digest export`: items, an edition, the board page, the agenda."""

from __future__ import annotations

from pathlib import Path

import click

from digest.cli.common import CommandGroup, Invocation, options, print_row
from digest.cli.completion import complete_languages, complete_quarters


@click.group(cls=CommandGroup)
def command() -> None:
    """Data out: items as JSON lines, an edition as JSON, the board page, the review's agenda."""


@command.command()
@click.argument("quarter", required=False, shell_complete=complete_quarters)
@options("workspace", "now")
def items(call: Invocation, quarter: str | None) -> None:
    """Print the items of QUARTER, one JSON object a line; of the whole archive where none is
    named."""
    context, chosen = call.context, call.quarter(quarter) if quarter else None
    from digest.app.export import iter_items

    for row in iter_items(context, chosen):
        print_row(row)


@command.command()
@click.argument("quarter", default="last", shell_complete=complete_quarters)
@options("workspace", "now")
def edition(call: Invocation, quarter: str) -> None:
    """Print the edition.json of QUARTER as it was built."""
    context, chosen = call.context, call.quarter(quarter)
    from digest.app.export import read_edition_json

    click.echo(read_edition_json(context, chosen), nl=False)


@command.command()
@click.argument("quarter", default="last", shell_complete=complete_quarters)
@click.option(
    "--format",
    "form",
    type=click.Choice(["pdf", "pptx"]),
    default="pdf",
    help="A PDF of one page, or a slide that can be edited (extra `office`).",
)
@click.option(
    "--language",
    metavar="TAG",
    shell_complete=complete_languages,
    help="Default: the first of digest.languages.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Default: board.FORMAT in output/QUARTER.",
)
@options("workspace", "now")
def board(
    call: Invocation, quarter: str, form: str, language: str | None, output: Path | None
) -> None:
    """Write the board page of QUARTER: AI strategy, spend, moves of the market, risks and rules,
    decisions asked.

    It is made of the same archive and files as the edition, and holds figures of stack.yaml: it is
    for the company alone. The slide's notes name the sources.
    """
    context, chosen = call.context, call.quarter(quarter)
    from digest.app.board import write_board

    path = write_board(context, chosen, "pptx" if form == "pptx" else "pdf", language, output)
    click.echo(str(path))


@command.command()
@click.argument("quarter", default="last", shell_complete=complete_quarters)
@click.option(
    "--language",
    metavar="TAG",
    shell_complete=complete_languages,
    help="Default: the first of digest.languages.",
)
@options("workspace", "now")
def agenda(call: Invocation, quarter: str, language: str | None) -> None:
    """Print the agenda of QUARTER's review as Markdown, to paste into an invitation."""
    context, chosen = call.context, call.quarter(quarter)
    from digest.app.board import render_agenda

    click.echo(render_agenda(context, chosen, language), nl=False)
