"""stack.yaml: what the company runs, pays for and plans.

A product has a name and its categories, and as much more as the company knows; an empty field stays
empty and nothing is said of it. An amount needs its currency beside it (or once, under `money`):
without one it is no figure.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from digest.config.kinds import ShortText, WebUrl, at_most, matching, schema_pattern
from digest.config.tree import Loc, format_location, format_value
from digest.config.validate import (
    RuleViolation,
    Settings,
    find_repeats,
    find_texts,
    find_values,
    fingerprint_values,
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

_NOTICE = r"(\d{1,3}) (days?|weeks?|months?)"
_LIST_CATEGORIES = "`digest stack check` lists them all with --categories"
_LONGEST_TEXT = 600
_NAMES = {category.name.casefold(): slug for slug, category in CATEGORIES.items()}


@cache
def load_currency_codes() -> frozenset[str]:
    """Return the codes of ISO 4217."""
    from babel.numbers import list_currencies

    return frozenset(list_currencies())


def find_category(words: str) -> str | None:
    """Return the slug of a category that is given by slug or name; None where there is none."""
    plain = clean_text(words).casefold()
    return plain if plain in CATEGORIES else _NAMES.get(plain)


def suggest_category(words: str) -> str:
    """Return the slug of the category whose slug or name is most like the words, or ""."""
    known = {**_NAMES, **{slug: slug for slug in CATEGORIES}}
    found = difflib.get_close_matches(clean_text(words).casefold(), known, n=1, cutoff=0.55)
    return known[found[0]] if found else ""


def _validate_category(words: str) -> str:
    slug = find_category(words)
    if slug is None:
        near = suggest_category(words)
        hint = f"did you mean {near}?" if near else _LIST_CATEGORIES
        raise ValueError(f"{format_value(words)!r} is no stack category; {hint}")
    return slug


def _validate_group(slug: str) -> str:
    if slug not in GROUPS:
        near = suggest_similar(slug, GROUPS) or ": " + ", ".join(GROUPS)
        raise ValueError(f"{format_value(slug)!r} is no group of categories{near}")
    return slug


def _validate_currency(code: str) -> str:
    if code not in load_currency_codes():
        what = "must be a currency of ISO 4217 in capitals, as EUR, THB or USD"
        raise ValueError(what + suggest_similar(code, load_currency_codes()))
    return code


CategorySlug = Annotated[
    str, AfterValidator(_validate_category), Field(json_schema_extra={"enum": list(CATEGORIES)})
]
GroupSlug = Annotated[
    str, AfterValidator(_validate_group), Field(json_schema_extra={"enum": list(GROUPS)})
]
LongText = Annotated[str, AfterValidator(clean_text), at_most(_LONGEST_TEXT)]
Currency = Annotated[str, AfterValidator(_validate_currency), schema_pattern("[A-Z]{3}")]
NoticePeriod = Annotated[
    str,
    matching(_NOTICE, "must be a period, as 90 days, 6 weeks or 3 months"),
    schema_pattern(_NOTICE),
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
    state: PromiseState = key(
        "your word: open | shipped | partly shipped | broken | withdrawn", "open"
    )
    note: LongText = key("what you know of it", "")
    product: ShortText | None = key("the product it is about, as its vendor writes it")
    since: date | None = key("from when it has been as state says")
    shown: WebUrl | None = key("where what keeps or breaks it can be read")


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
    """What stack.yaml says, and a fingerprint of its values.

    The fingerprint is the same under other comments and in another order of keys.
    """

    stack: Stack
    fingerprint: str


def load_stack(path: Path) -> StackConfig:
    """Read and validate stack.yaml. Raises ConfigError with every problem."""
    return _build_config(load_model(path, StackFile, rules=_check_stack))


def parse_stack(text: str, name: str = "stack.yaml") -> StackConfig:
    """Return the stack that a text holds. Raises ConfigError with every problem."""
    return _build_config(validate_yaml(text, StackFile, name, rules=_check_stack))


# ---------------------------------------------------------------- from file to stack


def _build_config(file: StackFile) -> StackConfig:
    money = file.money
    stack = Stack(
        products=tuple(_to_product(entry, money.currency) for entry in file.products),
        goals=tuple(Goal(entry.name, entry.categories) for entry in file.goals),
        budget=Budget(
            _to_money(money.marketing_budget, money.currency),
            money.new_customers,
            _to_money(money.cac, money.currency),
        ),
        promises=tuple(map(to_promise, file.promises)),
        policy_link=file.ai_policy.link or "",
        policy_reviewed=file.ai_policy.reviewed,
        placed=tuple(RadarPlacement(**entry.model_dump()) for entry in file.radar),
    )
    values = file.model_dump(mode="json", exclude_defaults=True)
    return StackConfig(stack, fingerprint_values(values))


def to_promise(entry: PromiseEntry) -> Promise:
    """Return a promise as a file tells it."""
    values = entry.model_dump()
    empty = {name: values[name] or "" for name in ("source", "product", "shown")}
    return Promise(**{**values, **empty})


def _to_money(amount: float | None, currency: str | None) -> Money | None:
    return None if amount is None or currency is None else Money(amount, currency)


def _to_product(entry: ProductEntry, currency: str | None) -> Product:
    days = months = None
    if notice := re.fullmatch(_NOTICE, entry.notice or ""):
        number, unit = int(notice[1]), notice[2]
        if unit.startswith("month"):
            months = number
        else:
            days = number * (7 if unit.startswith("week") else 1)
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
        notice_days=days,
        notice_months=months,
        data=entry.data,
        integrations=entry.integrations,
        ai=ProductAi(**entry.ai.model_dump()),
    )


# ---------------------------------------------------------------- rules over several values


def _check_stack(plain: Any) -> Iterator[RuleViolation]:
    for group, what in (("products", "product"), ("goals", "goal"), ("radar", "blip")):
        yield from _check_names(plain, group, what)
    yield from _check_currencies(plain)
    for loc, product in find_values(plain, "products", "*"):
        if not isinstance(product, dict) or product.get("notice") is None:
            continue
        if product.get("contract_end") is None:
            yield RuleViolation((*loc, "notice"), "a notice period needs contract_end beside it")
    for loc, promise in find_values(plain, "promises", "*"):
        if isinstance(promise, dict):
            given, due = _sortable_day(promise.get("promised")), _sortable_day(promise.get("by"))
            if "" < due < given:
                what = "lies before the day on which it was promised"
                yield RuleViolation((*loc, "by"), what)


def _sortable_day(value: Any) -> str:
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
    for name in ("marketing_budget", "cac"):
        for loc, amount in find_values(plain, "money", name):
            if _is_number(amount):
                yield RuleViolation(loc, what)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
