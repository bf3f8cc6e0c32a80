"""`digest stack`: check, import, show."""

from __future__ import annotations

import html
import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from digest.app.logs import LOGGER
from digest.cli.common import REPORTING, CommandGroup, Invocation, options, print_json
from digest.text import format_count

if TYPE_CHECKING:
    from digest.app.stack_import import StackWriting
    from digest.config.spreadsheet import StackImport

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


@click.group(cls=CommandGroup)
def command() -> None:
    """What the company runs and pays for: stack.yaml."""


@command.command()
@options(*REPORTING)
@click.option(
    "--categories", is_flag=True, help="List the stack categories that products and goals can name."
)
def check(call: Invocation, categories: bool) -> None:
    """Check stack.yaml: goals that nothing serves, contracts that end, what is missing or old,
    vendors that no source watches. Categories, makers and sources that are known are proposed.

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
    from digest.app.stack import load_workspace_stack
    from digest.app.stack_check import find_stack_remarks

    stack = load_workspace_stack(call.workspace)
    sources = call.config.sources if call.workspace.sources_file.is_file() else ()
    remarks = find_stack_remarks(stack, sources, call.now.date())
    call.report(remarks, (f"{kind:10} {line}" for kind, lines in remarks.items() for line in lines))
    if not call.as_json:
        products, goals = len(stack.products), len(stack.goals)
        counts = format_count(products, "product"), format_count(goals, "goal")
        count = format_count(sum(map(len, remarks.values())), "remark")
        LOGGER.info(f"{', '.join(counts)}; {count}")


@command.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@options("workspace", "quiet", "json")
@click.option("--update", is_flag=True, help="Change the stack that is there, field by field.")
@click.option(
    "--fields", is_flag=True, help="Columns that nothing is known for are fields of your own."
)
@click.option("--yes", is_flag=True, help="Write without asking.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write here. Default: stack.yaml.",
)
def import_(
    call: Invocation, file: Path, update: bool, fields: bool, yes: bool, output: Path | None
) -> None:
    """Read products out of FILE, a CSV or XLSX spreadsheet, show them, and write them into
    stack.yaml when you agree.

    Columns are known by their headings in English, Italian or German. Categories and makers of
    products that are known are filled in where the spreadsheet does not give them.

    With --fields every other column is read as a field of your own, and declared under
    product_fields. With --update the file keeps its comments, its own fields and products that FILE
    does not list; what FILE gives otherwise is changed.
    """
    from digest.app.stack_import import describe_change, plan_import, read_spreadsheet, write_import

    found = read_spreadsheet(file, own_fields=fields)
    target = output or call.workspace.root / "stack.yaml"
    writing = plan_import(found, target, update=update)
    changes, unlisted = writing.update.changes, writing.update.unlisted
    if call.as_json:
        print_json(_describe_import(found, writing))
    else:
        _log_columns(found)
        for line in (line for change in changes for line in describe_change(change)):
            click.echo(line)
        if writing.filled:
            names = ", ".join(writing.filled)
            LOGGER.info(f"categories and makers filled in, look whether they fit: {names}")
        if unlisted:
            LOGGER.info(f"kept, though {file.name} does not list them: {', '.join(unlisted)}")
    for problem in found.problems:
        LOGGER.warning(f"{file.name}: {problem}")
    what = f"{len(changes)} of {format_count(len(found.products), 'product')}"
    if not changes and not writing.update.declared:
        LOGGER.info(f"{target} holds all of {file.name} already: nothing to write")
        return
    can_ask = not call.as_json and sys.stdin.isatty() and sys.stderr.isatty()
    if yes or (can_ask and click.confirm(f"Write {what} to {target}?", err=True)):
        count = write_import(writing)
        LOGGER.info(f"{what} written to {target}, which holds {count}")
    else:
        LOGGER.info(f"nothing written; `--yes` writes {what} to {target}")


def _log_columns(found: StackImport) -> None:
    """Log as what each column of a spreadsheet is read."""
    for heading, name in found.columns.items():
        LOGGER.info(f"column {heading!r} is read as {name}")
    for column in found.own_columns:
        LOGGER.info(f"column {column.label!r} is read as your field {column.name} ({column.kind})")
    if found.ignored:
        names = ", ".join(map(repr, found.ignored))
        LOGGER.info(f"not read, --fields makes fields of them: {names}")


def _describe_import(found: StackImport, writing: StackWriting) -> dict[str, Any]:
    """Return for --json what was read and what would change."""
    changes, unlisted = writing.update.changes, writing.update.unlisted
    return {
        "products": [change.row for change in changes if change.row is not None],
        "columns": dict(found.columns),
        "ignored": list(found.ignored),
        "problems": list(found.problems),
        "changes": [
            {"product": change.name, **asdict(field)}
            for change in changes
            for field in change.fields
        ],
        "unlisted": list(unlisted),
    }


@command.command()
@options("workspace", "now", "json")
@click.option("--html", "as_html", is_flag=True, help="The table as a page of HTML on stdout.")
def show(call: Invocation, as_html: bool) -> None:
    """Show the stack: products with cost and dates, and what it all costs."""
    from digest.app.stack import describe_spend, load_workspace_stack, stack_to_json

    stack = load_workspace_stack(call.workspace)
    shown = [one for one in stack.custom_fields if one.printed]
    rows = [(*_COLUMNS, *(one.label or one.name for one in shown))]
    for product in stack.products:
        own = {one.name: one.value for one in product.fields}
        values = [getattr(product, field) for field in _COLUMNS.values()]
        rows.append(tuple(map(_format_value, (*values, *(own.get(one.name) for one in shown)))))
    if as_html and not call.as_json:
        click.echo(_render_html_page(rows, list(describe_spend(stack))), nl=False)
        return
    table = _format_table(rows, shutil.get_terminal_size().columns if sys.stdout.isatty() else None)
    data = stack_to_json(stack, call.now.date()) if call.as_json else None
    call.report(data, (*table, *describe_spend(stack)))


def _format_value(value: object) -> str:
    return "" if value is None else ", ".join(value) if isinstance(value, tuple) else str(value)


def _format_table(rows: Sequence[Sequence[str]], width: int | None) -> Iterator[str]:
    """Yield the lines of a table; where they are wider than the terminal, its rows as entries."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    if width is None or sum(widths) + 2 * (len(widths) - 1) <= width:
        for row in rows:
            padded = (cell.ljust(size) for cell, size in zip(row, widths, strict=True))
            yield "  ".join(padded).rstrip()
        return
    (_, *headings), *entries = rows
    for name, *cells in entries:
        yield name
        given = [f"{title}: {cell}" for title, cell in zip(headings, cells, strict=True) if cell]
        yield from textwrap.wrap(
            "; ".join(given), width, initial_indent="  ", subsequent_indent="  "
        )


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
        f"</tbody>\n</table>\n{''.join(f'<p>{html.escape(line)}</p>' for line in sentences)}\n"
        "</body></html>\n"
    )
