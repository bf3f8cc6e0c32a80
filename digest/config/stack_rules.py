"""Rules over several values of stack.yaml: what one key alone cannot say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from digest.config.tree import Loc, format_location, format_value
from digest.config.validate import (
    RuleViolation,
    find_repeats,
    find_texts,
    find_values,
    suggest_similar,
)
from digest.text import clean_text

_KIND_EXAMPLES: Mapping[str, str] = {
    "text": "text (put it in quotes)",
    "number": "a number",
    "boolean": "true or false",
    "date": "a day, as 2026-09-30",
}


def check_stack(plain: Any) -> Iterator[RuleViolation]:
    """Yield what is wrong with the plain values of a stack.yaml, beside what one key cannot be."""
    for group, what in (
        ("products", "product"),
        ("goals", "goal"),
        ("product_fields", "field"),
        ("radar", "blip"),
    ):
        yield from _check_names(plain, group, what)
    yield from _check_currencies(plain)
    yield from _check_fields(plain)
    yield from _check_integrations(plain)
    yield from _check_benchmarks(plain)
    for loc, product in find_values(plain, "products", "*"):
        if not isinstance(product, dict) or product.get("notice") is None:
            continue
        if product.get("contract_end") is None:
            yield RuleViolation((*loc, "notice"), "a notice period needs contract_end beside it")
    for loc, promise in find_values(plain, "promises", "*"):
        if isinstance(promise, dict):
            given, due = _read_day(promise.get("promised")), _read_day(promise.get("by"))
            if "" < due < given:
                what = "lies before the day on which it was promised"
                yield RuleViolation((*loc, "by"), what)


def _check_benchmarks(plain: Any) -> Iterator[RuleViolation]:
    for loc, entry in find_values(plain, "money", "benchmarks", "*"):
        if isinstance(entry, dict) and _is_number(entry.get("to")):
            low: Any = entry.get("percent")
            if _is_number(low) and entry["to"] < low:
                yield RuleViolation((*loc, "to"), "lies below percent, the lower end")


def _read_day(value: Any) -> str:
    """Return a day as it is written, which sorts as a day; "" where there is none."""
    return value if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value) else ""


def _check_names(plain: Any, group: str, what: str) -> Iterator[RuleViolation]:
    names = {loc: clean_text(name) for loc, name in find_texts(plain, group, "*", "name")}

    def describe_repeat(loc: Loc, before: Loc) -> str:
        place = format_location(before[:-1])
        return f"{format_value(names[loc])!r} is already the name of the {what} {place}"

    yield from find_repeats(
        ((loc, name.casefold()) for loc, name in names.items() if name), describe_repeat
    )


def _check_currencies(plain: Any) -> Iterator[RuleViolation]:
    if any(value for _, value in find_values(plain, "money", "currency")):
        return
    what = "needs its currency beside it, as currency: EUR"
    for loc, cost in find_values(plain, "products", "*", "cost"):
        if _is_number(cost) and not plain["products"][loc[1]].get("currency"):
            yield RuleViolation(loc, what + " (or money.currency for all)")
    for name in ("marketing_budget", "cac", "clv"):
        for loc, amount in find_values(plain, "money", name):
            if _is_number(amount):
                yield RuleViolation(loc, what)


def _check_fields(plain: Any) -> Iterator[RuleViolation]:
    """Yield fields of products that are not declared, and values of another type than declared.

    Where the file declares none, a field has one type in all products.
    """
    declared = {
        str(entry.get("name")): str(entry.get("type") or "text")
        for _, entry in find_values(plain, "product_fields", "*")
        if isinstance(entry, dict)
    }
    kinds = dict(declared)
    for loc, value in find_values(plain, "products", "*", "fields", "*"):
        name, kind = str(loc[-1]), _find_kind(value)
        if not kind:
            continue
        if declared and name not in declared:
            near = suggest_similar(name, declared) or ": " + ", ".join(declared)
            yield RuleViolation(loc, f"is none of the fields under product_fields{near}")
            continue
        wanted = kinds.setdefault(name, kind)
        is_right = _is_day(value) if wanted == "date" else wanted == kind
        if wanted in _KIND_EXAMPLES and not is_right:
            example = _KIND_EXAMPLES[wanted]
            since = "product_fields says so" if declared else "it is one in a product before"
            yield RuleViolation(loc, f"must be {example}: {since}")


def _find_kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "number" if _is_number(value) else "text" if isinstance(value, str) else ""


def _is_day(value: Any) -> bool:
    try:
        return bool(_read_day(value)) and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _check_integrations(plain: Any) -> Iterator[RuleViolation]:
    for loc, entry in find_values(plain, "products", "*", "integrations", "*"):
        if isinstance(entry, dict):
            named = [name for name in ("connects", "feeds", "fed_by") if entry.get(name)]
            if len(named) != 1:
                yield RuleViolation(loc, "needs one of connects, feeds and fed_by, and no other")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
