"""stack.yaml: what the company runs, pays for and plans.

A product has a name and its categories, and as much more as the company knows; an empty field stays
empty and nothing is said of it. An amount needs its currency beside it (or once, under `money`):
without one it is no figure.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from digest.config.categories import CategorySlug, GroupSlug
from digest.config.kinds import (
    Currency,
    LongText,
    ShortText,
    WebUrl,
    matching,
    schema_pattern,
)
from digest.config.stack_rules import check_stack
from digest.config.validate import (
    Settings,
    fingerprint_values,
    key,
    load_model,
    validate_yaml,
)
from digest.model.source import WATCH_KINDS
from digest.model.stack import (
    Benchmark,
    BenchmarkMeasure,
    Budget,
    CustomField,
    DataFlow,
    FieldKind,
    FieldValue,
    Goal,
    GoalMeasure,
    Money,
    Product,
    ProductAi,
    Promise,
    PromiseState,
    RadarPlacement,
    Ring,
    Stack,
    Status,
    Usage,
    WatchedPage,
)
from digest.text import clean_text

_NOTICE = r"(\d{1,3}) (days?|weeks?|months?)"
_LONGEST_FIELD = 200
_MAX_FIELDS = 30
_FIELD_NAME = r"[a-z][a-z0-9_]{0,39}"


def _validate_custom_value(value: object) -> object:
    if isinstance(value, str):
        value = clean_text(value)
        if len(value) > _LONGEST_FIELD:
            raise ValueError(f"must have at most {_LONGEST_FIELD} characters")
    elif not isinstance(value, bool | int | float):
        raise ValueError("must be text, a number, a day, true or false")
    return value


NoticePeriod = Annotated[
    str,
    matching(_NOTICE, "must be a period, as 90 days, 6 weeks or 3 months"),
    schema_pattern(_NOTICE),
]
Amount = Annotated[float, Field(ge=0, le=1e12)]
Percentage = Annotated[float, Field(ge=0, le=1000)]
FieldName = Annotated[
    str,
    matching(_FIELD_NAME, "must be a word of small letters, digits and _, as contract_no"),
    schema_pattern(_FIELD_NAME),
]
CustomValue = Annotated[
    Any,
    AfterValidator(_validate_custom_value),
    Field(json_schema_extra={"type": ["string", "number", "boolean"]}),
]


class AiEntry(Settings):
    """AI in a product, as the company knows it."""

    used: bool | None = key("whether the product uses AI")
    purpose: LongText = key("for what", "")
    data: LongText = key("on whose data, and how much of it", "")
    quality: LongText = key("how good it is, in your own measure", "")


class UsageEntry(Settings):
    """How much of a product is used."""

    seats: int | None = key("how many seats are bought", ge=0)
    used: int | None = key("how many of them are given to somebody", ge=0)
    active: int | None = key("how many people worked with it in the month before", ge=0)
    date: datetime.date | None = key("the day of these figures")


class IntegrationEntry(Settings):
    """What a product is connected with. A plain name says that, and not which feeds which."""

    connects: ShortText | None = key("what it is connected with, where that is all you know")
    feeds: ShortText | None = key("what it sends data to, a product or another system")
    fed_by: ShortText | None = key("what it gets data from")
    data: tuple[ShortText, ...] = key("which data", ())


def _wrap_plain_name(value: object) -> object:
    """Return a plain name as the group that it is short for.

    Lists are made tuples, which pydantic does by itself only where nothing is done before it.
    """
    if isinstance(value, str):
        return {"connects": value}
    if isinstance(value, dict):
        return {key: tuple(one) if isinstance(one, list) else one for key, one in value.items()}
    return value


Integration = Annotated[
    IntegrationEntry,
    BeforeValidator(_wrap_plain_name, json_schema_input_type=str | IntegrationEntry),
]


class WatchEntry(Settings):
    """Public pages of a product's vendor whose text is kept, so that changes are told."""

    price: WebUrl | None = key("the page of its prices")
    terms: WebUrl | None = key("the terms of its contract, or of its data processing")
    status: WebUrl | None = key("where it says that something is down")
    subprocessors: WebUrl | None = key("the list of those who process data for it")


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
    integrations: tuple[Integration, ...] = key(
        "what it is connected with: a name, or feeds or fed_by with a name, and data", ()
    )
    ai: AiEntry = AiEntry()
    watch: WatchEntry = WatchEntry()
    usage: UsageEntry = UsageEntry()
    fields: dict[FieldName, CustomValue] = key(
        "fields of your own, as nps: 4", {}, max_length=_MAX_FIELDS
    )


class ProductFieldEntry(Settings):
    """A field of your own. Once one stands here, products can hold no other."""

    name: FieldName = key("as it stands under a product's fields, as nps or contract_no", ...)
    type: FieldKind = key("text | number | boolean | date", "text")
    label: ShortText | None = key("as it is printed; default: the name")
    print: bool = key("true: the table of use and performance has a column for it", False)


class MeasureEntry(Settings):
    """How a goal is measured, and how it stands."""

    value: float = key("the figure, as a number", ...)
    date: datetime.date | None = key("the day of the figure")
    target: float | None = key("what it shall be")
    unit: ShortText | None = key("what the figures count, as % or EUR")
    what: ShortText | None = key("what is measured; default: the goal's name")


class GoalEntry(Settings):
    """A marketing goal of the year."""

    name: ShortText = key("the goal in a few words", ...)
    categories: tuple[CategorySlug, ...] = key("the stack categories that serve it", ())
    measure: MeasureEntry | None = key("how it is measured: value, date, target")


class BenchmarkEntry(Settings):
    """A figure of others to stand beside your own."""

    measure: BenchmarkMeasure = key("share of budget | share of CAC", ...)
    percent: Percentage = key("the figure, or its lower end, in percent", ...)
    to: Percentage | None = key("its upper end, where the source gives a span")
    source: ShortText = key("who says so", ...)
    link: WebUrl | None = key("where it stands")
    date: datetime.date | None = key("when it was published")


class MoneyEntry(Settings):
    """The money that technology is measured against. Leave out what you do not know."""

    currency: Currency | None = key("of all amounts in this file that name none")
    marketing_budget: Amount | None = key("the marketing budget of the year, technology included")
    new_customers: int | None = key("customers won in the year", ge=1)
    cac: Amount | None = key("what winning a customer costs, as you count it")
    clv: Amount | None = key("what a customer brings over its lifetime, as you count it")
    benchmarks: tuple[BenchmarkEntry, ...] = key("shares of others to stand beside yours", ())


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
    owner: ShortText | None = key("who answers for it")
    rules: tuple[LongText, ...] = key("what it says, a sentence each", (), max_length=20)


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
    ai_strategy: tuple[LongText, ...] = key(
        "your AI strategy in your own words, a sentence each; the board page begins with it",
        (),
        max_length=6,
    )
    money: MoneyEntry = MoneyEntry()
    product_fields: tuple[ProductFieldEntry, ...] = key(
        "fields of your own that products have, each as `- name: …`", ()
    )
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
    return _build_config(load_model(path, StackFile, rules=check_stack))


def parse_stack(text: str, name: str = "stack.yaml") -> StackConfig:
    """Return the stack that a text holds. Raises ConfigError with every problem."""
    return _build_config(validate_yaml(text, StackFile, name, rules=check_stack))


# ---------------------------------------------------------------- from file to stack


def _build_config(file: StackFile) -> StackConfig:
    money = file.money
    kinds = {entry.name: entry.type for entry in file.product_fields}
    stack = Stack(
        products=tuple(_to_product(entry, money.currency, kinds) for entry in file.products),
        goals=tuple(map(_to_goal, file.goals)),
        budget=Budget(
            _to_money(money.marketing_budget, money.currency),
            money.new_customers,
            _to_money(money.cac, money.currency),
            _to_money(money.clv, money.currency),
        ),
        promises=tuple(map(to_promise, file.promises)),
        policy_link=file.ai_policy.link or "",
        policy_reviewed=file.ai_policy.reviewed,
        policy_owner=file.ai_policy.owner or "",
        policy_rules=file.ai_policy.rules,
        placed=tuple(RadarPlacement(**entry.model_dump()) for entry in file.radar),
        flows=_collect_flows(file.products),
        custom_fields=tuple(
            CustomField(entry.name, entry.type, entry.label or "", entry.print)
            for entry in file.product_fields
        ),
        benchmarks=tuple(map(_to_benchmark, money.benchmarks)),
        ai_strategy=file.ai_strategy,
        watched=tuple(
            WatchedPage(entry.name, kind, url)
            for entry in file.products
            for kind in WATCH_KINDS
            if (url := getattr(entry.watch, kind))
        ),
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


def _to_goal(entry: GoalEntry) -> Goal:
    measure = None
    if given := entry.measure:
        unit, what = given.unit or "", given.what or ""
        measure = GoalMeasure(given.value, given.date, given.target, unit, what)
    return Goal(entry.name, entry.categories, measure)


def _to_benchmark(entry: BenchmarkEntry) -> Benchmark:
    low, high = entry.percent, entry.percent if entry.to is None else entry.to
    return Benchmark(
        entry.measure, low / 100, high / 100, entry.source, entry.link or "", entry.date
    )


def _collect_flows(products: Sequence[ProductEntry]) -> tuple[DataFlow, ...]:
    """Return what feeds what, each pair once, whichever of the two products says it.

    A system is called as its product in the file is. What one product only calls connected is
    left out where another says which feeds which.
    """
    names = {
        form.casefold(): entry.name
        for entry in reversed(products)
        for form in (*entry.aliases, entry.name)
    }
    found: dict[tuple[str, str], DataFlow] = {}
    loose: dict[tuple[str, str], DataFlow] = {}
    for entry in products:
        for integration in entry.integrations:
            other = integration.feeds or integration.fed_by or integration.connects or ""
            other = names.get(other.casefold(), other)
            pair = (other, entry.name) if integration.fed_by else (entry.name, other)
            group = loose if integration.connects else found
            before = group.get(pair)
            data = dict.fromkeys((*(before.data if before else ()), *integration.data))
            group[pair] = DataFlow(*pair, tuple(data), directed=not integration.connects)
    for pair, flow in loose.items():
        if pair not in found and pair[::-1] not in found:
            found[pair] = flow
    return tuple(found.values())


def _to_fields(entry: ProductEntry, kinds: Mapping[str, FieldKind]) -> Iterator[FieldValue]:
    for name, value in entry.fields.items():
        is_day = kinds.get(name) == "date"
        yield FieldValue(name, date.fromisoformat(value) if is_day else value)


def _to_product(
    entry: ProductEntry, currency: str | None, kinds: Mapping[str, FieldKind]
) -> Product:
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
        users=entry.usage.active if entry.users is None else entry.users,
        status=entry.status,
        cost=_to_money(entry.cost, entry.currency or currency),
        contract_end=entry.contract_end,
        notice_days=days,
        notice_months=months,
        data=entry.data,
        integrations=tuple(
            integration.feeds or integration.fed_by or integration.connects or ""
            for integration in entry.integrations
        ),
        ai=ProductAi(**entry.ai.model_dump()),
        usage=Usage(entry.usage.seats, entry.usage.used, entry.usage.active, entry.usage.date),
        fields=tuple(_to_fields(entry, kinds)),
    )
