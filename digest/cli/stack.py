"""`digest stack`: check, import, show."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from digest.app.workspace import Workspace, write_file
from digest.cli.common import (
    common_options,
    json_option,
    load_config,
    now_option,
    print_json,
    print_message,
    quiet_option,
    resolve_now,
    workspace_option,
)
from digest.errors import UsageError

if TYPE_CHECKING:
    from digest.model.source import Source
    from digest.model.stack import Product, Stack

_CONTRACT_HORIZON = timedelta(days=190)


@click.group()
def command() -> None:
    """What the company runs and pays for: stack.yaml."""


@command.command()
@common_options
@click.option(
    "--categories", is_flag=True, help="List the stack categories that products and goals can name."
)
def check(workspace: Path, now: str | None, quiet: bool, as_json: bool, categories: bool) -> None:
    """Check stack.yaml: goals that nothing serves, contracts that end, products in no category or without a source.

    Exit code 2 where the file is wrong.
    """
    if categories:
        _print_categories(as_json)
        return
    stack = _load_stack(workspace)
    place = Workspace(workspace)
    sources = load_config(place).sources if place.sources_file.is_file() else ()
    found = find_stack_remarks(stack, sources, resolve_now(now).date())
    if as_json:
        print_json({name: list(lines) for name, lines in found.items()})
        return
    for name, lines in found.items():
        for line in lines:
            click.echo(f"{name:10} {line}")
    print_message(
        f"{len(stack.products)} products, {len(stack.goals)} goals; {sum(map(len, found.values()))} remarks",
        quiet,
    )


@command.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@workspace_option
@click.option("--yes", is_flag=True, help="Write without asking.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write here. Default: stack.yaml.",
)
@quiet_option
@json_option
def import_(
    file: Path, workspace: Path, yes: bool, output: Path | None, quiet: bool, as_json: bool
) -> None:
    """Read products out of FILE, a CSV or XLSX spreadsheet, show them, and write them into stack.yaml when you agree.

    Columns are known by their headings in English, Italian or German.
    """
    from digest.config.spreadsheet import format_stack_yaml, import_stack
    from digest.config.stack import parse_stack

    found = import_stack(_read_spreadsheet(file), file.name)
    text = format_stack_yaml(found.products)
    target = output or workspace / "stack.yaml"
    if as_json:
        print_json({"products": list(found.products), "columns": dict(found.columns), "ignored": list(found.ignored),
                "problems": list(found.problems)})  # fmt: skip
    else:
        for heading, name in found.columns.items():
            print_message(f"column {heading!r} is read as {name}", quiet)
        if found.ignored:
            print_message(f"not read: {', '.join(map(repr, found.ignored))}", quiet)
        click.echo(text, nl=False)
    for problem in found.problems:
        print_message(f"{file.name}: {problem}")
    stack = parse_stack(text, target.name).stack
    if not (
        yes or (not as_json and _is_interactive() and click.confirm(f"Write {target}?", err=True))
    ):
        print_message(
            f"nothing written; `--yes` writes these {len(stack.products)} products to {target}",
            quiet,
        )
        return
    _refuse_to_overwrite(target)
    write_file(target, text.encode())
    print_message(f"{len(stack.products)} products written to {target}", quiet)


@command.command()
@workspace_option
@now_option
@json_option
@click.option("--html", "as_html", is_flag=True, help="The table as a page of HTML on stdout.")
def show(workspace: Path, now: str | None, as_json: bool, as_html: bool) -> None:
    """Show the stack: products with cost and dates, and what it all costs."""
    from digest.edition.stack.money import calculate_spend

    stack = _load_stack(workspace)
    today = resolve_now(now).date()
    if as_json:
        print_json(_to_json_value({"products": [_product_to_json(product, today) for product in stack.products],
                       "goals": [asdict(goal) for goal in stack.goals], "spend": asdict(calculate_spend(stack))}))  # fmt: skip
        return
    rows = [_format_product_row(product) for product in stack.products]
    if as_html:
        click.echo(_render_html_page(rows, _format_totals(stack)), nl=False)
        return
    widths = [max(len(row[at]) for row in (_HEADINGS, *rows)) for at in range(len(_HEADINGS))]
    for row in (_HEADINGS, *rows):
        click.echo(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )
    for line in _format_totals(stack):
        click.echo(line)


# ---------------------------------------------------------------- what check finds


def find_stack_remarks(
    stack: Stack, sources: Sequence[Source], today: date
) -> Mapping[str, tuple[str, ...]]:
    """What a team should look at: kind of remark → lines."""
    from digest.decide.relations import find_goal_gaps
    from digest.taxonomy import CATEGORIES

    return {
        "gap": tuple(
            f"{goal}: nothing runs in {CATEGORIES[category].name} that stays"
            for category, goal in find_goal_gaps(stack)
        ),
        "contract": tuple(_check_contracts(stack, today)),
        "category": tuple(
            f"{one.name} is in no category" for one in stack.products if not one.categories
        ),
        "source": tuple(_find_unread_makers(stack, sources)),
    }


def _check_contracts(stack: Stack, today: date) -> Iterator[str]:
    for product in sorted(stack.products, key=lambda one: (one.contract_end or date.max, one.name)):
        end, notice = product.contract_end, product.notice_by
        if end is None or end > today + _CONTRACT_HORIZON:
            continue
        if end < today:
            yield f"{product.name}: the contract ended on {end}; put in the new date"
        elif notice and notice >= today:
            yield f"{product.name}: notice by {notice}, the contract ends on {end}"
        elif notice:
            yield f"{product.name}: the day of notice, {notice}, has passed; the contract ends on {end}"
        else:
            yield f"{product.name}: the contract ends on {end}; no notice period is given"


def _find_unread_makers(stack: Stack, sources: Sequence[Source]) -> Iterator[str]:
    """Makers that no source reads, with the feed that could be added where the starter list knows one."""
    from digest.config.sources import load_sources
    from digest.config.starter import find_starter_file

    read = [source for source in sources if source.enabled]
    known = load_sources(find_starter_file(), {}).sources
    for maker in dict.fromkeys(product.vendor_or_name for product in stack.products):
        if any(_is_vendor_source(maker, source) for source in read):
            continue
        feed = next(
            (source for source in known if source.url and _is_vendor_source(maker, source)), None
        )
        add = (
            f"; add {feed.url} ({feed.name})"
            if feed
            else "; find its feed with `digest sources add ADDRESS`"
        )
        yield f"{maker}: no source of its own is read{add}"


def _is_vendor_source(maker: str, source: Source) -> bool:
    """Whether a source is a vendor's own: its name begins with the vendor's."""
    name, maker = source.name.casefold(), maker.casefold()
    return name == maker or name.startswith(f"{maker} ")


def _print_categories(as_json: bool) -> None:
    from digest.taxonomy import CATEGORIES, GROUPS

    if as_json:
        print_json(
            [
                {"slug": one.slug, "name": one.name, "group": one.group}
                for one in CATEGORIES.values()
            ]
        )
        return
    for slug, group in GROUPS.items():
        click.echo(group)
        for one in CATEGORIES.values():
            if one.group == slug:
                click.echo(f"  {one.slug:30} {one.name}")


# ---------------------------------------------------------------- rows

_HEADINGS = (
    "Product",
    "Categories",
    "Status",
    "Owner",
    "Users",
    "Cost a year",
    "Notice by",
    "Contract to",
)


def _format_product_row(product: Product) -> tuple[str, ...]:
    def to_text(value: object) -> str:
        return "" if value is None else str(value)

    return (
        product.name, ", ".join(product.categories), to_text(product.status), product.owner, to_text(product.users),
        to_text(product.cost), to_text(product.notice_by), to_text(product.contract_end),
    )  # fmt: skip


def _product_to_json(product: Product, today: date) -> dict[str, Any]:
    ahead = product.notice_by if product.notice_by and product.notice_by >= today else None
    return asdict(product) | {"notice_by": product.notice_by, "notice_ahead": ahead is not None}


def _format_totals(stack: Stack) -> Iterator[str]:
    from digest.edition.stack.money import calculate_spend

    money = calculate_spend(stack)
    least = "at least " if money.without_cost or len(money.total) > 1 else ""
    if money.total:
        sums = " and ".join(map(str, money.total))
        yield f"Technology costs {'at least ' if money.without_cost else ''}{sums} a year."
    if money.share is not None:
        yield f"That is {least}{money.share:.0%} of the marketing budget."
    if money.per_customer is not None:
        yield f"That is {least}{money.per_customer} for each new customer."
    if money.without_cost:
        yield f"Without a cost: {', '.join(money.without_cost)}."


def _render_html_page(rows: Sequence[Sequence[str]], sums: Iterator[str]) -> str:
    def render_row(cells: Sequence[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>\n"

    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Stack</title>\n'
        "<style>body{font:14px sans-serif;margin:2em}table{border-collapse:collapse}"
        "th,td{border-bottom:1px solid #ccc;padding:.3em .6em;text-align:left;vertical-align:top}</style></head>\n"
        "<body>\n"
        f"<table>\n<thead>\n{render_row(_HEADINGS, 'th')}</thead>\n<tbody>\n{''.join(render_row(row, 'td') for row in rows)}"
        f"</tbody>\n</table>\n{''.join(f'<p>{html.escape(one)}</p>' for one in sums)}\n</body></html>\n"
    )


def _to_json_value(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _to_json_value(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_to_json_value(inner) for inner in value]
    return (
        value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value
    )


# ---------------------------------------------------------------- files


def _load_stack(workspace: Path) -> Stack:
    from digest.config.stack import load_stack

    path = workspace / "stack.yaml"
    if not path.is_file():
        raise UsageError(
            f"there is no stack.yaml in {workspace.resolve()}", "`digest init` makes one to fill in"
        )
    return load_stack(path).stack


def _read_spreadsheet(file: Path) -> bytes:
    from digest.config.spreadsheet import MAX_BYTES

    try:
        with file.open("rb") as handle:
            return handle.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(
            f"cannot read {file}: {error.strerror or error}", "name a CSV or XLSX file"
        ) from None


def _refuse_to_overwrite(target: Path) -> None:
    from digest.config.stack import load_stack
    from digest.model.stack import Stack

    if target.is_file() and load_stack(target).stack != Stack():
        raise UsageError(
            f"{target} holds a stack already",
            "write elsewhere with --output FILE and take over what you need by hand",
        )


def _is_interactive() -> bool:
    import sys

    return sys.stdin.isatty() and sys.stderr.isatty()
