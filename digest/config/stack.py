"""stack.yaml: what the company runs, pays for and plans. `load_stack` is the edge that reads the file.

A product has a name and its categories, and as much more as the company knows; an empty field stays empty and nothing
is said of it. An amount needs its currency beside it (or once, under `money`): without one it is no figure.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from digest.config.kinds import ShortText, WebUrl
from digest.config.tree import format_location, format_value
from digest.config.validate import (
    RuleViolation,
    Settings,
    find_repeats,
    find_values,
    key,
    load_model,
    suggest_similar,
    validate_yaml,
)
from digest.model.stack import (
    Budget,
    Goal,
    Money,
    Product,
    ProductAi,
    Promise,
    PromiseState,
    RadarPlacement,
    Ring,
    Stack,
    Status,
)
from digest.taxonomy import CATEGORIES, GROUPS
from digest.text import clean_text

_NOTICE = re.compile(r"(\d{1,3}) (days?|weeks?|months?)")
_LONGEST_TEXT = 600
_NAMES = {category.name.casefold(): slug for slug, category in CATEGORIES.items()}


@cache
def load_currency_codes() -> frozenset[str]:
    """The codes of ISO 4217."""
    from babel.numbers import list_currencies

    return frozenset(list_currencies())


def find_category(words: str) -> str | None:
    """The slug of a category that is given by slug or by the landscape's name; None where there is none."""
    plain = clean_text(words).casefold()
    return plain if plain in CATEGORIES else _NAMES.get(plain)


def suggest_category(words: str) -> str:
    """The slug of the category whose slug or name is most like the words; "" where none is."""
    import difflib

    plain = clean_text(words).casefold()
    known = {**_NAMES, **{slug: slug for slug in CATEGORIES}}
    found = difflib.get_close_matches(plain, known, n=1, cutoff=0.55)
    return known[found[0]] if found else ""


def _validate_category(words: str) -> str:
    slug = find_category(words)
    if slug is None:
        near = suggest_category(words)
        meant = (
            f"; did you mean {near}?"
            if near
            else "; `digest stack check` lists them all with --categories"
        )
        raise ValueError(f"{format_value(words)!r} is no stack category{meant}")
    return slug


def _validate_group(slug: str) -> str:
    if slug not in GROUPS:
        raise ValueError(
            f"{format_value(slug)!r} is no group of categories{suggest_similar(slug, GROUPS) or ': ' + ', '.join(GROUPS)}"
        )
    return slug


def _validate_text(words: str) -> str:
    words = clean_text(words)
    if len(words) > _LONGEST_TEXT:
        raise ValueError(f"must have at most {_LONGEST_TEXT} characters")
    return words


def _validate_currency(code: str) -> str:
    if code not in load_currency_codes():
        raise ValueError(
            f"must be a currency of ISO 4217 in capitals, as EUR, THB or USD{suggest_similar(code, load_currency_codes())}"
        )
    return code


def _validate_notice(words: str) -> str:
    if not _NOTICE.fullmatch(words):
        raise ValueError("must be a period, as 90 days, 6 weeks or 3 months")
    return words


CategorySlug = Annotated[
    str, AfterValidator(_validate_category), Field(json_schema_extra={"enum": list(CATEGORIES)})
]
GroupSlug = Annotated[
    str, AfterValidator(_validate_group), Field(json_schema_extra={"enum": list(GROUPS)})
]
LongText = Annotated[str, AfterValidator(_validate_text)]
Currency = Annotated[
    str, AfterValidator(_validate_currency), Field(json_schema_extra={"pattern": "^[A-Z]{3}$"})
]
NoticePeriod = Annotated[
    str,
    AfterValidator(_validate_notice),
    Field(json_schema_extra={"pattern": f"^{_NOTICE.pattern}$"}),
]
Amount = Annotated[float, Field(ge=0, le=1e12)]


class AiEntry(Settings):
    """AI in a product, as the company knows it."""

    used: bool | None = key("whether the product uses AI")
    purpose: LongText = key("for what", "")
    data: LongText = key("on whose data, and how much of it", "")
    quality: LongText = key("how good it is, in your own measure", "")


class ProductEntry(Settings):
    """A product that the company runs."""

    name: ShortText = key("the product's name, written as its vendor writes it", ...)
    categories: tuple[CategorySlug, ...] = key(
        "its stack categories, the home category first; its cost counts there", ...
    )
    vendor: ShortText | None = key("who makes it; default: the product's name")
    aliases: tuple[ShortText, ...] = key("other names of it, as news write them", ())
    owner: ShortText | None = key("who answers for it here")
    contribution: LongText = key("what it contributes, in a sentence", "")
    users: int | None = key("how many people here use it", ge=0)
    status: Status | None = key("anchor | in use | trial | retiring")
    cost: Amount | None = key("what it costs a year, as a number")
    currency: Currency | None = key("of the cost; default: money.currency")
    contract_end: date | None = key("the last day of the contract")
    notice: NoticePeriod | None = key("the notice period, as 90 days or 3 months")
    data: tuple[ShortText, ...] = key("the data it holds", ())
    integrations: tuple[ShortText, ...] = key("what it is connected with", ())
    ai: AiEntry = AiEntry()


class GoalEntry(Settings):
    """A marketing goal of the year."""

    name: ShortText = key("the goal in a few words", ...)
    categories: tuple[CategorySlug, ...] = key("the stack categories that serve it", ())


class MoneyEntry(Settings):
    """The money that technology is measured against. Leave out what you do not know."""

    currency: Currency | None = key("of all amounts in this file that name none")
    marketing_budget: Amount | None = key("the marketing budget of the year, technology included")
    new_customers: int | None = key("customers won in the year", ge=1)
    cac: Amount | None = key("what winning a customer costs, as you count it")


class PromiseEntry(Settings):
    """What a vendor said it would do."""

    vendor: ShortText = key("who promised", ...)
    what: LongText = key(
        "what was promised, in words that a release note would use", ..., min_length=3
    )
    promised: date | None = key("when it was said")
    by: date | None = key("by when it should be there")
    source: WebUrl | None = key("where it stands")
    state: PromiseState = key("your word: open | shipped | partly shipped | withdrawn", "open")
    note: LongText = key("what you know of it", "")


class PolicyEntry(Settings):
    """The company's own policy on AI."""

    link: WebUrl | None = key("where it stands")
    reviewed: date | None = key("when it was last reviewed")


class RadarEntry(Settings):
    """A blip that you place on the radar; it stays where you put it."""

    name: ShortText = key("a vendor or a technology", ...)
    ring: Ring = key("act | try | ask | watch", ...)
    group: GroupSlug | None = key("the landscape group it belongs to")
    reason: LongText = key("why it stands there", "")


class StackFile(Settings):
    """stack.yaml."""

    products: tuple[ProductEntry, ...] = key("what the company runs, each as `- name: …`", ())
    goals: tuple[GoalEntry, ...] = key("the marketing goals of the year", ())
    money: MoneyEntry = MoneyEntry()
    promises: tuple[PromiseEntry, ...] = key("what vendors promised about AI", ())
    ai_policy: PolicyEntry = PolicyEntry()
    radar: tuple[RadarEntry, ...] = key("blips that you place and hold", ())


@dataclass(frozen=True, slots=True)
class StackConfig:
    """What stack.yaml says, and a fingerprint of its values: the same under other comments and another order."""

    stack: Stack
    fingerprint: str


def load_stack(path: Path) -> StackConfig:
    """Edge: reads and validates stack.yaml. Raises ConfigError with every problem."""
    return _build_config(load_model(path, StackFile, rules=_check_stack))


def parse_stack(text: str, name: str = "stack.yaml") -> StackConfig:
    """The stack that a text holds; `load_stack` without the disk. Raises ConfigError with every problem."""
    return _build_config(
        validate_yaml(text.encode(errors="surrogatepass"), StackFile, name, rules=_check_stack)
    )


# ---------------------------------------------------------------- from file to stack


def _build_config(file: StackFile) -> StackConfig:
    values = file.model_dump(mode="json", exclude_defaults=True)
    money = file.money
    stack = Stack(
        products=tuple(_to_product(entry, money.currency) for entry in file.products),
        goals=tuple(Goal(entry.name, entry.categories) for entry in file.goals),
        budget=Budget(
            _to_money(money.marketing_budget, money.currency),
            money.new_customers,
            _to_money(money.cac, money.currency),
        ),
        promises=tuple(_to_promise(entry) for entry in file.promises),
        policy_link=file.ai_policy.link or "",
        policy_reviewed=file.ai_policy.reviewed,
        placed=tuple(
            RadarPlacement(entry.name, entry.ring, entry.group, entry.reason)
            for entry in file.radar
        ),
    )
    return StackConfig(
        stack, hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
    )


def _to_money(amount: float | None, currency: str | None) -> Money | None:
    return None if amount is None or currency is None else Money(amount, currency)


def _to_product(entry: ProductEntry, currency: str | None) -> Product:
    number, unit = _parse_notice(entry.notice)
    return Product(
        name=entry.name,
        categories=tuple(dict.fromkeys(entry.categories)),
        vendor=entry.vendor or "",
        aliases=entry.aliases,
        owner=entry.owner or "",
        contribution=entry.contribution,
        users=entry.users,
        status=entry.status,
        cost=_to_money(entry.cost, entry.currency or currency),
        contract_end=entry.contract_end,
        notice_days=None
        if unit == "month" or number is None
        else number * (7 if unit == "week" else 1),
        notice_months=number if unit == "month" else None,
        data=entry.data,
        integrations=entry.integrations,
        ai=ProductAi(entry.ai.used, entry.ai.purpose, entry.ai.data, entry.ai.quality),
    )


def _parse_notice(notice: str | None) -> tuple[int | None, str]:
    match = _NOTICE.fullmatch(notice or "")
    return (int(match[1]), match[2].rstrip("s")) if match else (None, "")


def _to_promise(entry: PromiseEntry) -> Promise:
    return Promise(
        entry.vendor,
        entry.what,
        entry.promised,
        entry.by,
        entry.source or "",
        entry.state,
        entry.note,
    )


# ---------------------------------------------------------------- rules over several values


def _check_stack(plain: Any) -> Iterator[RuleViolation]:
    yield from _check_names(plain)
    yield from _check_currencies(plain)
    for loc, product in find_values(plain, "products", "*"):
        if (
            isinstance(product, dict)
            and product.get("notice") is not None
            and product.get("contract_end") is None
        ):
            yield RuleViolation((*loc, "notice"), "a notice period needs contract_end beside it")
    for loc, promise in find_values(plain, "promises", "*"):
        if isinstance(promise, dict) and "" < _sortable_date(promise.get("by")) < _sortable_date(
            promise.get("promised")
        ):
            yield RuleViolation((*loc, "by"), "lies before the day on which it was promised")


def _sortable_date(value: Any) -> str:
    """A day as it is written, which sorts as a day; "" where there is none."""
    return value if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value) else ""


def _check_names(plain: Any) -> Iterator[RuleViolation]:
    for place, what in (("products", "product"), ("goals", "goal"), ("radar", "blip")):
        yield from _check_names_in(plain, place, what)


def _check_names_in(plain: Any, place: str, what: str) -> Iterator[RuleViolation]:
    names = {
        loc: clean_text(name)
        for loc, name in find_values(plain, place, "*", "name")
        if isinstance(name, str)
    }
    yield from find_repeats(
        ((loc, name.casefold()) for loc, name in names.items() if name),
        lambda loc, before: (
            f"{format_value(names[loc])!r} is already the name of the {what} {format_location(before[:-1])}"
        ),
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _check_currencies(plain: Any) -> Iterator[RuleViolation]:
    common = any(value for _, value in find_values(plain, "money", "currency"))
    for loc, product in find_values(plain, "products", "*"):
        if (
            isinstance(product, dict)
            and _is_number(product.get("cost"))
            and not (product.get("currency") or common)
        ):
            yield RuleViolation(
                (*loc, "cost"),
                "needs its currency beside it, as currency: EUR (or money.currency for all)",
            )
    for key in ("marketing_budget", "cac"):
        for loc, amount in find_values(plain, "money", key):
            if _is_number(amount) and not common:
                yield RuleViolation(loc, "needs its currency beside it, as currency: EUR")
