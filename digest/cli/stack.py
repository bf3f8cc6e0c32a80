"""`digest stack`: check, import, show."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from digest.cli.common import (
    clock,
    common,
    json_option,
    load_config,
    now_option,
    quiet_option,
    report,
    say,
    workspace_option,
)
from digest.errors import UsageError
from digest.workspace import Workspace, write_file

if TYPE_CHECKING:
    from digest.model import Product, Source, Stack

_AHEAD = timedelta(days=190)


@click.group()
def command() -> None:
    """What the company runs and pays for: stack.yaml."""


@command.command()
@common
@click.option("--categories", is_flag=True, help="List the stack categories that products and goals can name.")
def check(workspace: Path, now: str | None, quiet: bool, as_json: bool, categories: bool) -> None:
    """Check stack.yaml: goals that nothing serves, contracts that end, products in no category or without a source.

    Exit code 2 where the file is wrong.
    """
    if categories:
        _list_categories(as_json)
        return
    stack = _load(workspace)
    place = Workspace(workspace)
    sources = load_config(place).sources if place.sources.is_file() else ()
    found = findings(stack, sources, clock(now).date())
    if as_json:
        report({name: list(lines) for name, lines in found.items()})
        return
    for name, lines in found.items():
        for line in lines:
            click.echo(f"{name:10} {line}")
    say(f"{len(stack.products)} products, {len(stack.goals)} goals; {sum(map(len, found.values()))} remarks", quiet)


@command.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@workspace_option
@click.option("--yes", is_flag=True, help="Write without asking.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write here. Default: stack.yaml.")
@quiet_option
@json_option
def import_(file: Path, workspace: Path, yes: bool, output: Path | None, quiet: bool, as_json: bool) -> None:
    """Read products out of FILE, a CSV or XLSX spreadsheet, show them, and write them into stack.yaml when you agree.

    Columns are known by their headings in English, Italian or German.
    """
    from digest.config.stack import parse_stack
    from digest.config.stackimport import import_stack, stack_text

    found = import_stack(_read(file), file.name)
    text = stack_text(found.products)
    target = output or workspace / "stack.yaml"
    if as_json:
        report({"products": list(found.products), "columns": dict(found.columns), "ignored": list(found.ignored),
                "problems": list(found.problems)})  # fmt: skip
    else:
        for heading, name in found.columns.items():
            say(f"column {heading!r} is read as {name}", quiet)
        if found.ignored:
            say(f"not read: {', '.join(map(repr, found.ignored))}", quiet)
        click.echo(text, nl=False)
    for problem in found.problems:
        say(f"{file.name}: {problem}")
    stack = parse_stack(text, target.name).stack
    if not (yes or (not as_json and _interactive() and click.confirm(f"Write {target}?", err=True))):
        say(f"nothing written; `--yes` writes these {len(stack.products)} products to {target}", quiet)
        return
    _refuse_to_overwrite(target)
    write_file(target, text.encode())
    say(f"{len(stack.products)} products written to {target}", quiet)


@command.command()
@workspace_option
@now_option
@json_option
@click.option("--html", "as_html", is_flag=True, help="The table as a page of HTML on stdout.")
def show(workspace: Path, now: str | None, as_json: bool, as_html: bool) -> None:
    """Show the stack: products with cost and dates, and what it all costs."""
    from digest.edition.money import spend

    stack = _load(workspace)
    today = clock(now).date()
    if as_json:
        report(_plain({"products": [_facts(product, today) for product in stack.products],
                       "goals": [asdict(goal) for goal in stack.goals], "spend": asdict(spend(stack))}))  # fmt: skip
        return
    rows = [_row(product) for product in stack.products]
    if as_html:
        click.echo(_page(rows, _sums(stack)), nl=False)
        return
    widths = [max(len(row[at]) for row in (_HEADINGS, *rows)) for at in range(len(_HEADINGS))]
    for row in (_HEADINGS, *rows):
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for line in _sums(stack):
        click.echo(line)


# ---------------------------------------------------------------- what check finds


def findings(stack: Stack, sources: Sequence[Source], today: date) -> Mapping[str, tuple[str, ...]]:
    """What a team should look at: kind of remark → lines."""
    from digest.relate import gaps
    from digest.taxonomy import CATEGORIES

    return {
        "gap": tuple(
            f"{goal}: nothing runs in {CATEGORIES[category].name} that stays" for category, goal in gaps(stack)
        ),
        "contract": tuple(_contracts(stack, today)),
        "category": tuple(f"{one.name} is in no category" for one in stack.products if not one.categories),
        "source": tuple(_unread(stack, sources)),
    }


def _contracts(stack: Stack, today: date) -> Iterator[str]:
    for product in sorted(stack.products, key=lambda one: (one.contract_end or date.max, one.name)):
        end, notice = product.contract_end, product.notice_by
        if end is None or end > today + _AHEAD:
            continue
        if end < today:
            yield f"{product.name}: the contract ended on {end}; put in the new date"
        elif notice and notice >= today:
            yield f"{product.name}: notice by {notice}, the contract ends on {end}"
        elif notice:
            yield f"{product.name}: the day of notice, {notice}, has passed; the contract ends on {end}"
        else:
            yield f"{product.name}: the contract ends on {end}; no notice period is given"


def _unread(stack: Stack, sources: Sequence[Source]) -> Iterator[str]:
    """Makers that no source reads, with the feed that could be added where the starter list knows one."""
    from digest.config.sources import load_sources
    from digest.config.starter import starter_path

    read = [source for source in sources if source.enabled]
    known = load_sources(starter_path(), {}).sources
    for maker in dict.fromkeys(product.maker for product in stack.products):
        if any(_is_of(maker, source) for source in read):
            continue
        feed = next((source for source in known if source.url and _is_of(maker, source)), None)
        add = f"; add {feed.url} ({feed.name})" if feed else "; find its feed with `digest sources add ADDRESS`"
        yield f"{maker}: no source of its own is read{add}"


def _is_of(maker: str, source: Source) -> bool:
    """Whether a source is a vendor's own: its name begins with the vendor's."""
    name, maker = source.name.casefold(), maker.casefold()
    return name == maker or name.startswith(f"{maker} ")


def _list_categories(as_json: bool) -> None:
    from digest.taxonomy import CATEGORIES, GROUPS

    if as_json:
        report([{"slug": one.slug, "name": one.name, "group": one.group} for one in CATEGORIES.values()])
        return
    for slug, group in GROUPS.items():
        click.echo(group)
        for one in CATEGORIES.values():
            if one.group == slug:
                click.echo(f"  {one.slug:30} {one.name}")


# ---------------------------------------------------------------- rows

_HEADINGS = ("Product", "Categories", "Status", "Owner", "Users", "Cost a year", "Notice by", "Contract to")


def _row(product: Product) -> tuple[str, ...]:
    def said(value: object) -> str:
        return "" if value is None else str(value)

    return (
        product.name, ", ".join(product.categories), said(product.status), product.owner, said(product.users),
        said(product.cost), said(product.notice_by), said(product.contract_end),
    )  # fmt: skip


def _facts(product: Product, today: date) -> dict[str, Any]:
    ahead = product.notice_by if product.notice_by and product.notice_by >= today else None
    return asdict(product) | {"notice_by": product.notice_by, "notice_ahead": ahead is not None}


def _sums(stack: Stack) -> Iterator[str]:
    from digest.edition.money import spend

    money = spend(stack)
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


def _page(rows: Sequence[Sequence[str]], sums: Iterator[str]) -> str:
    def line(cells: Sequence[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>\n"

    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Stack</title>\n'
        "<style>body{font:14px sans-serif;margin:2em}table{border-collapse:collapse}"
        "th,td{border-bottom:1px solid #ccc;padding:.3em .6em;text-align:left;vertical-align:top}</style></head>\n"
        "<body>\n"
        f"<table>\n<thead>\n{line(_HEADINGS, 'th')}</thead>\n<tbody>\n{''.join(line(row, 'td') for row in rows)}"
        f"</tbody>\n</table>\n{''.join(f'<p>{html.escape(one)}</p>' for one in sums)}\n</body></html>\n"
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value


# ---------------------------------------------------------------- files


def _load(workspace: Path) -> Stack:
    from digest.config.stack import load_stack

    path = workspace / "stack.yaml"
    if not path.is_file():
        raise UsageError(f"there is no stack.yaml in {workspace.resolve()}", "`digest init` makes one to fill in")
    return load_stack(path).stack


def _read(file: Path) -> bytes:
    from digest.config.stackimport import MOST_BYTES

    try:
        with file.open("rb") as handle:
            return handle.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror or error}", "name a CSV or XLSX file") from None


def _refuse_to_overwrite(target: Path) -> None:
    from digest.config.stack import load_stack
    from digest.model import Stack

    if target.is_file() and load_stack(target).stack != Stack():
        raise UsageError(
            f"{target} holds a stack already", "write elsewhere with --output FILE and take over what you need by hand"
        )


def _interactive() -> bool:
    import sys

    return sys.stdin.isatty() and sys.stderr.isatty()
