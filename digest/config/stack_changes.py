"""Rows of a spreadsheet put into the text of stack.yaml, field by field.

Pure.

What the spreadsheet gives counts; what it does not give stays, and so does every product that it
does not list. Only the lines of a field that changes are written again; see
`digest.config.yaml_file` for what stays as it is and what is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from digest.config.own_columns import OwnColumn
from digest.config.tree import parse_yaml
from digest.config.yaml_file import (
    LayoutError,
    change_value,
    insert_value,
    to_yaml_value,
)
from digest.errors import ConfigError
from digest.text import clean_text

Row = Mapping[str, Any]  # a product: key of stack.yaml → plain value


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of a product that a spreadsheet changes; `before` is None where it is new."""

    key: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class ProductChange:
    """What a spreadsheet changes of one product; without `fields` it adds the product."""

    name: str
    fields: tuple[FieldChange, ...] = ()
    row: Row | None = None  # of a product that is added


@dataclass(frozen=True, slots=True)
class StackUpdate:
    """What a spreadsheet changes, and the products of the file that it does not list."""

    changes: tuple[ProductChange, ...]
    unlisted: tuple[str, ...] = ()
    declared: tuple[Row, ...] = ()  # entries of product_fields that are new


def plan_update(
    text: str, rows: Sequence[Row], file: str, own_columns: Sequence[OwnColumn] = ()
) -> StackUpdate:
    """Return what the rows of a spreadsheet change in a stack.yaml.

    `own_columns` are the columns that give rows fields of the company's own. A row is of the
    product that has its name, or has it among its aliases. Raises ConfigError where the text cannot
    be read.
    """
    plain = _parse_plain(text, file)
    products, currency = plain.get("products") or [], (plain.get("money") or {}).get("currency")
    places = _index_names(products)
    changes, listed = [], set()
    for row in rows:
        at = places.get(row["name"].casefold())
        if at is None:
            changes.append(ProductChange(row["name"], row=row))
            continue
        listed.add(at)
        if fields := tuple(_compare_fields(products[at], row, currency)):
            changes.append(ProductChange(products[at]["name"], fields))
    unlisted = (one["name"] for at, one in enumerate(products) if at not in listed)
    known = {entry.get("name") for entry in plain.get("product_fields") or ()}
    if not known and any(product.get("fields") for product in products):
        own_columns = ()  # the file declares none of its fields: one that does would shut them out
    declared = tuple(
        {"name": column.name, "type": column.kind, "label": column.label}
        for column in own_columns
        if column.name not in known
    )
    return StackUpdate(tuple(changes), tuple(unlisted), declared)


def apply_update(text: str, update: StackUpdate, file: str) -> str:
    """Return the text with the changes in it, all else byte for byte as it was.

    Raises ConfigError where the text cannot be read, LayoutError where it takes a person.
    """
    for entry in update.declared:
        at = len(_parse_plain(text, file).get("product_fields") or [])
        text = insert_value(text, ("product_fields", at), dict(entry), file)
    for change in update.changes:
        products = _parse_plain(text, file).get("products") or []
        if change.row is not None:
            text = insert_value(text, ("products", len(products)), dict(change.row), file)
            continue
        at = _index_names(products)[change.name.casefold()]
        for field in change.fields:
            text = _set_field(text, at, field, file)
    return text


def _parse_plain(text: str, file: str) -> dict[str, Any]:
    tree = parse_yaml(text, file)
    if tree.problems:
        raise ConfigError(tree.problems)
    return tree.plain_value if isinstance(tree.plain_value, dict) else {}


def _index_names(products: Sequence[Any]) -> dict[str, int]:
    """Return where the product of each name and alias stands; a name goes before an alias."""
    found: dict[str, int] = {}
    for at, product in enumerate(products):
        for alias in product.get("aliases") or ():
            found.setdefault(clean_text(str(alias)).casefold(), at)
    names = (clean_text(str(product.get("name"))).casefold() for product in products)
    return found | {name: at for at, name in enumerate(names)}


def _compare_fields(
    product: Mapping[str, Any], row: Row, currency: str | None
) -> Iterator[FieldChange]:
    """Yield the fields of a product that a row gives another value."""
    for key, given in row.items():
        before = product.get(key)
        if key == "name" or given in ([], ""):
            continue
        if key == "currency" and before is None and given == currency:
            continue  # the file says so for all
        after = _add_missing(before, given) if key == "integrations" and before else given
        if isinstance(before, dict) and isinstance(given, dict):
            after = {**before, **given}
        if after != before:
            yield FieldChange(key, before, after)


def _add_missing(before: Sequence[Any], given: Sequence[str]) -> list[Any]:
    """Return connections with those that a spreadsheet names beside them.

    A cell holds names alone: what the file says of which feeds which is kept.
    """
    known = {
        str(name).casefold()
        for one in before
        for name in ((one,) if isinstance(one, str) else map(one.get, ("connects", *_DIRECTIONS)))
        if name
    }
    return [*before, *(name for name in given if name.casefold() not in known)]


_DIRECTIONS = ("feeds", "fed_by")


def _set_field(text: str, at: int, field: FieldChange, file: str) -> str:
    """Set one field of a product; where its line cannot be set alone, in the product's block."""
    place = ("products", at)

    def change(holder: Any) -> None:
        held, after = holder.get(field.key), field.after
        if isinstance(held, list) and isinstance(after, list) and held == after[: len(held)]:
            held.extend(after[len(held) :])  # which keeps the layout of the list
        else:
            holder[field.key] = to_yaml_value(after)

    try:
        if field.before is None:
            return insert_value(text, (*place, field.key), field.after, file)
        return change_value(text, (*place, field.key), change, file)
    except LayoutError:
        return change_value(text, place, lambda block: change(block[0]), file)
