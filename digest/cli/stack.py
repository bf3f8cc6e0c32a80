"""`digest stack`: check, import, show."""

from __future__ import annotations

import html
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from digest.app.logs import LOGGER
from digest.cli.common import REPORTING, Invocation, options, print_json

_COLUMNS = {  # heading → field of a product
    "Product": "name",
    "Categories": "categories",
    "Status": "status",
    "Owner": "owner",
    "Users": "users",
    "Cost a year": "cost",
    "Notice by": "notice_by",
    "Contract to": "contract_end",
}


@click.group()
def command() -> None:
    """What the company runs and pays for: stack.yaml."""


@command.command()
@options(*REPORTING)
@click.option(
    "--categories", is_flag=True, help="List the stack categories that products and goals can name."
)
def check(call: Invocation, categories: bool) -> None:
    """Check stack.yaml: goals that nothing serves, contracts that end, products in no category or
    without a source.

    Exit code 2 where the file is wrong.
    """
    if categories:
        from digest.taxonomy import CATEGORIES, GROUPS

        rows = [
            {"slug": one.slug, "name": one.name, "group": one.group} for one in CATEGORIES.values()
        ]
        lines = []
        for slug, group in GROUPS.items():
            lines.append(group)
            lines += (f"  {row['slug']:30} {row['name']}" for row in rows if row["group"] == slug)
        call.report(rows, lines)
        return
    from digest.app.stack import find_stack_remarks, load_workspace_stack

    stack = load_workspace_stack(call.workspace)
    sources = call.config.sources if call.workspace.sources_file.is_file() else ()
    remarks = find_stack_remarks(stack, sources, call.now.date())
    call.report(remarks, (f"{kind:10} {line}" for kind, lines in remarks.items() for line in lines))
    if not call.as_json:
        count = sum(map(len, remarks.values()))
        LOGGER.info(f"{len(stack.products)} products, {len(stack.goals)} goals; {count} remarks")


@command.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@options("workspace", "quiet", "json")
@click.option("--yes", is_flag=True, help="Write without asking.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write here. Default: stack.yaml.",
)
def import_(call: Invocation, file: Path, yes: bool, output: Path | None) -> None:
    """Read products out of FILE, a CSV or XLSX spreadsheet, show them, and write them into
    stack.yaml when you agree.

    Columns are known by their headings in English, Italian or German.
    """
    from digest.app.stack import read_spreadsheet, write_stack
    from digest.config.spreadsheet import format_stack_yaml
    from digest.config.stack import parse_stack

    found = read_spreadsheet(file)
    text = format_stack_yaml(found.products)
    target = output or call.workspace.root / "stack.yaml"
    if call.as_json:
        print_json(
            {
                "products": list(found.products),
                "columns": dict(found.columns),
                "ignored": list(found.ignored),
                "problems": list(found.problems),
            }
        )
    else:
        for heading, name in found.columns.items():
            LOGGER.info(f"column {heading!r} is read as {name}")
        if found.ignored:
            LOGGER.info(f"not read: {', '.join(map(repr, found.ignored))}")
        click.echo(text, nl=False)
    for problem in found.problems:
        LOGGER.warning(f"{file.name}: {problem}")
    count = len(parse_stack(text, target.name).stack.products)
    can_ask = not call.as_json and sys.stdin.isatty() and sys.stderr.isatty()
    if yes or (can_ask and click.confirm(f"Write {target}?", err=True)):
        write_stack(target, text)
        LOGGER.info(f"{count} products written to {target}")
    else:
        LOGGER.info(f"nothing written; `--yes` writes these {count} products to {target}")


@command.command()
@options("workspace", "now", "json")
@click.option("--html", "as_html", is_flag=True, help="The table as a page of HTML on stdout.")
def show(call: Invocation, as_html: bool) -> None:
    """Show the stack: products with cost and dates, and what it all costs."""
    from digest.app.stack import describe_spend, load_workspace_stack, stack_to_json

    stack = load_workspace_stack(call.workspace)
    rows = [tuple(_COLUMNS)]
    for product in stack.products:
        values = [getattr(product, field) for field in _COLUMNS.values()]
        rows.append(tuple(map(_format_value, values)))
    if as_html and not call.as_json:
        click.echo(_render_html_page(rows, list(describe_spend(stack))), nl=False)
        return
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    table = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
    data = stack_to_json(stack, call.now.date()) if call.as_json else None
    call.report(data, (*table, *describe_spend(stack)))


def _format_value(value: object) -> str:
    return "" if value is None else ", ".join(value) if isinstance(value, tuple) else str(value)


def _render_html_page(rows: Sequence[Sequence[str]], sentences: Sequence[str]) -> str:
    head, *body = ([html.escape(cell) for cell in row] for row in rows)
    headings = "".join(f"<th>{cell}</th>" for cell in head)
    lines = ["<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>\n" for row in body]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Stack</title>\n'
        "<style>body{font:14px sans-serif;margin:2em}table{border-collapse:collapse}"
        "th,td{border-bottom:1px solid #ccc;padding:.3em .6em;text-align:left;vertical-align:top}"
        "</style></head>\n<body>\n"
        f"<table>\n<thead>\n<tr>{headings}</tr>\n</thead>\n<tbody>\n{''.join(lines)}"
        f"</tbody>\n</table>\n{''.join(f'<p>{html.escape(one)}</p>' for one in sentences)}\n"
        "</body></html>\n"
    )
