"""A stack read out of a spreadsheet: new into a file, or as an update of the one that is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from digest.app.workspace import write_file
from digest.config.spreadsheet import MAX_BYTES, StackImport, import_stack
from digest.config.stack import load_stack, parse_stack
from digest.config.stack_changes import ProductChange, StackUpdate, apply_update, plan_update
from digest.config.starter import load_starter_files
from digest.errors import UsageError
from digest.model.stack import Product
from digest.tag.known_products import find_known_facts
from digest.tag.vendors import Gazetteer


@dataclass(frozen=True, slots=True)
class StackWriting:
    """What an import would write: the file's whole text, and what changes in it."""

    target: Path
    text: str
    update: StackUpdate
    filled: tuple[str, ...] = ()  # products whose categories or maker the shipped names gave


def read_spreadsheet(file: Path, *, own_fields: bool = False) -> StackImport:
    """Read products out of a CSV or XLSX file, as `import_stack` does.

    Raises UsageError where it cannot be read.
    """
    try:
        with file.open("rb") as handle:
            data = handle.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(
            f"cannot read {file}: {error.strerror or error}", "name a CSV or XLSX file"
        ) from None
    return import_stack(data, file.name, own_fields=own_fields)


def fill_known_facts(
    rows: Sequence[Mapping[str, Any]], held: Mapping[str, Product] | None = None
) -> tuple[dict[str, Any], ...]:
    """Return rows with the categories and makers that the shipped names know.

    `held` are the products that the file has already, by name in small letters. What the
    spreadsheet or the file says itself is kept.
    """
    gazetteer = Gazetteer.load()
    filled = []
    for row in rows:
        known, before = find_known_facts(row["name"], gazetteer), (held or {}).get(_fold(row))
        found: dict[str, Any] = {}
        if known and not (row.get("categories") or (before and before.categories)):
            found["categories"] = list(known.categories)
        if known and known.vendor and not (row.get("vendor") or (before and before.vendor)):
            found["vendor"] = known.vendor
        given = {key: value for key, value in row.items() if key not in found}
        filled.append({"name": given.pop("name"), **found, **given})
    return tuple(filled)


def _fold(row: Mapping[str, Any]) -> str:
    return str(row["name"]).casefold()


def plan_import(found: StackImport, target: Path, *, update: bool) -> StackWriting:
    """Return what an import writes into a file, which need not be there yet.

    Products go into the starter file where there is none. Categories and makers that are known are
    filled in for new products and into empty fields. Raises UsageError where the file holds a stack
    and no `update` of it is wanted, ConfigError where it is wrong.
    """
    if target.is_file():
        before = load_stack(target).stack
        if before.products and not update:
            raise UsageError(
                f"{target} holds a stack already",
                "`--update` shows what the spreadsheet would change in it; `--output FILE` writes "
                "elsewhere",
            )
        text = target.read_bytes().decode("utf-8")
        held = {
            name.casefold(): product
            for product in before.products
            for name in (*product.aliases, product.name)
        }
    else:
        text, held = load_starter_files()["stack.yaml"], {}
    given, rows = found.products, fill_known_facts(found.products, held)
    filled = tuple(row["name"] for row, one in zip(rows, given, strict=True) if row != one)
    planned = plan_update(text, rows, target.name, found.own_columns)
    return StackWriting(target, apply_update(text, planned, target.name), planned, filled)


def write_import(writing: StackWriting) -> int:
    """Write the file; return how many products it holds. Raises ConfigError, and writes nothing,
    where it would be wrong.
    """
    stack = parse_stack(writing.text, writing.target.name).stack
    write_file(writing.target, writing.text.encode())
    return len(stack.products)


def describe_change(change: ProductChange) -> Iterator[str]:
    """Yield what changes of a product, a line each."""
    if change.row is not None:
        given = ", ".join(
            f"{key}: {_format_value(value)}" for key, value in change.row.items() if key != "name"
        )
        yield f"+ {change.name}: new ({given})"
    for field in change.fields:
        before = "not given" if field.before in (None, []) else _format_value(field.before)
        yield f"~ {change.name}: {field.key}: {before} → {_format_value(field.after)}"


def _format_value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_format_value, value)) or "none"
    if isinstance(value, Mapping):
        return " ".join(f"{key} {_format_value(inner)}" for key, inner in value.items())
    return str(value)
