"""Use and performance, what others spend, earlier quarters, and the AI policy, written out.

Each is there only where the company states something: what stack.yaml leaves out is "" or missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from babel.numbers import is_currency

from digest.i18n import N_
from digest.model.edition import Spend, SpendBefore, StackView, StoryRef, Yardstick
from digest.model.stack import CustomField, Goal, GoalMeasure, Money, Product, Usage
from digest.render.views.context import ViewContext, to_safe_href
from digest.render.views.story import StoryRefView, build_ref, name_law
from digest.render.words import Localizer

_MAX_FIELD, _MAX_RULE, _MAX_TITLE = 80, 200, 110  # characters, of what the company writes itself
_MAX_PAPER_FIELDS = 4  # columns of the company's own fields
_MAX_PAPER_QUARTERS = 2  # before this one
_MEASURES = {
    "share of budget": N_("Share of the marketing budget"),
    "share of CAC": N_("Share of the cost of winning a customer"),
}


@dataclass(frozen=True, slots=True)
class UsageRow:
    """How much of a product is used, and the company's own fields of it; "" where not given."""

    name: str
    seats: str
    active: str
    day: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GoalRow:
    """How a goal stands."""

    name: str
    what: str
    value: str
    day: str
    target: str
    before: str
    products: str


@dataclass(frozen=True, slots=True)
class YardstickRow:
    """A share of the company's own beside one of others."""

    measure: str
    own: str
    others: str
    source: str
    href: str


@dataclass(frozen=True, slots=True)
class HistoryTable:
    """Figures of this quarter and of earlier ones, a column each."""

    quarters: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    note: str  # which quarters are left out


@dataclass(frozen=True, slots=True)
class StackFiguresView:
    """What is told of use, goals, yardsticks and earlier quarters."""

    columns: tuple[str, ...]  # the company's own fields
    has_usage: bool
    usage: tuple[UsageRow, ...]
    goals: tuple[GoalRow, ...]
    yardsticks: tuple[YardstickRow, ...]
    history: HistoryTable | None


@dataclass(frozen=True, slots=True)
class PolicyView:
    """The company's AI policy beside the rules of the quarter that reach it."""

    said: str  # who answers for it, when it was reviewed
    href: str
    rules: tuple[str, ...]
    touched: tuple[StoryRefView, ...]
    finding: str  # how many rules came since


def build_figures_view(stack: StackView, context: ViewContext) -> StackFiguresView | None:
    """Build the figures; None where there is nothing to tell."""
    fields = [one for one in stack.custom_fields if one.printed]
    fields = fields[: _MAX_PAPER_FIELDS if context.options.brief else None]
    products = [line.product for line in stack.lines]
    fields = [
        one for one in fields if any(_get_field(product, one) is not None for product in products)
    ]
    usage = tuple(
        row
        for row in (_build_usage(product, fields, context) for product in products)
        if row.seats or row.active or any(row.fields)
    )
    view = StackFiguresView(
        columns=tuple(context.fit_text(one.label or one.name, 30) for one in fields),
        has_usage=any(row.seats or row.active for row in usage),
        usage=usage,
        goals=tuple(
            _build_goal(goal, goal.measure, stack, context) for goal in stack.goals if goal.measure
        ),
        yardsticks=tuple(_build_yardstick(one, context) for one in stack.yardsticks),
        history=_build_history(stack, context),
    )
    return view if any((view.usage, view.goals, view.yardsticks, view.history)) else None


def _build_usage(product: Product, fields: list[CustomField], context: ViewContext) -> UsageRow:
    words, usage = context.words, product.usage
    return UsageRow(
        name=product.name,
        seats=_describe_seats(usage, words),
        active="" if usage.active is None else words.format_number(usage.active),
        day=words.format_short_date(usage.measured),
        fields=tuple(_format_field(product, one, context) for one in fields),
    )


def _describe_seats(usage: Usage, words: Localizer) -> str:
    """Return `41 of 60 (68%)`, or as much of it as is given."""
    if usage.used is None:
        if usage.seats is None:
            return ""
        return words.translate(N_("%(n)s bought"), n=words.format_number(usage.seats))
    used = words.format_number(usage.used)
    if not usage.seats:
        return used
    return words.translate(
        N_("%(used)s of %(seats)s (%(share)s)"),
        used=used,
        seats=words.format_number(usage.seats),
        share=words.format_share(usage.used / usage.seats),
    )


def _get_field(product: Product, field: CustomField) -> bool | int | float | date | str | None:
    return next((one.value for one in product.fields if one.name == field.name), None)


def _format_field(product: Product, field: CustomField, context: ViewContext) -> str:
    value, words = _get_field(product, field), context.words
    if value is None:
        return ""
    if isinstance(value, bool):
        return words.translate(N_("yes")) if value else words.translate(N_("no"))
    if isinstance(value, int | float):
        return words.format_number(value)
    if isinstance(value, date):
        return words.format_short_date(value)
    return context.fit_text(value, _MAX_FIELD)


def _build_goal(
    goal: Goal, measure: GoalMeasure, stack: StackView, context: ViewContext
) -> GoalRow:
    words = context.words
    earlier = next((one for one in stack.history.measures if one.goal == goal.name), None)
    before = ""
    if earlier:
        value = _format_measure(earlier.value, measure.unit, words)
        before = f"{words.format_quarter(earlier.quarter)}: {value}"
    serving = [
        line.product.name
        for line in stack.lines
        if set(goal.categories).intersection(line.product.categories[:1])
        and line.product.status != "retiring"
    ]
    return GoalRow(
        name=goal.name,
        what=context.fit_text(measure.what, _MAX_FIELD),
        value=_format_measure(measure.value, measure.unit, words),
        day=words.format_short_date(measure.measured),
        target=""
        if measure.target is None
        else _format_measure(measure.target, measure.unit, words),
        before=before,
        products=words.join_names(serving),
    )


def _format_measure(value: float, unit: str, words: Localizer) -> str:
    number = words.format_number(value)
    if is_currency(unit):
        return words.format_money(Money(value, unit))
    if unit == "%":
        return words.format_share(value / 100) if value == int(value) else f"{number}%"
    return f"{number} {unit}".rstrip()


def _build_yardstick(yardstick: Yardstick, context: ViewContext) -> YardstickRow:
    words, benchmark = context.words, yardstick.benchmark
    own = words.format_share(yardstick.own)
    if yardstick.is_minimum:
        own = words.format_least_share(yardstick.own)
    others = words.format_share(benchmark.low)
    if benchmark.high > benchmark.low:
        span = {"low": others, "high": words.format_share(benchmark.high)}
        others = words.translate(N_("%(low)s to %(high)s"), **span)
    elif benchmark.about:
        others = words.translate(N_("about %(share)s"), share=others)
    source = context.fit_text(benchmark.source, _MAX_FIELD)
    if benchmark.published:
        source = f"{source}, {words.format_month(benchmark.published)}"
    return YardstickRow(
        words.translate(_MEASURES[benchmark.measure]),
        own,
        others,
        source,
        to_safe_href(benchmark.link),
    )


def _build_history(stack: StackView, context: ViewContext) -> HistoryTable | None:
    """Build the table of this and earlier quarters; None where none can be compared."""
    words, history = context.words, stack.history
    if not history.spend:
        return None
    if context.options.brief:
        history = replace(history, spend=history.spend[:_MAX_PAPER_QUARTERS])
    note = ""
    if history.incomparable:
        names = words.join_names(map(words.format_quarter, history.incomparable))
        note = words.translate(
            N_("Left out, as they count other products or another currency: %(names)s."),
            names=names,
        )
    now = words.format_quarter(context.edition.quarter)
    quarters = (now, *(words.format_quarter(one.quarter) for one in history.spend))
    return HistoryTable(
        quarters, tuple(_iter_history_rows(stack.spend, history.spend, words)), note
    )


def _iter_history_rows(
    spend: Spend, before: Sequence[SpendBefore], words: Localizer
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the figures that this quarter and an earlier one have."""
    columns: tuple[Spend | SpendBefore, ...] = (spend, *before)
    totals = tuple(words.join_names(map(words.format_money, one.total)) for one in columns)
    yield words.translate("Technology, a year"), totals
    shares = [one.share for one in columns]
    costs = [one.per_customer for one in columns]
    parts = [one.share_of_cac for one in columns]
    is_minimum = bool(spend.without_cost) or len(spend.total) > 1

    def format_share(share: float | None) -> str:
        return "–" if share is None else words.format_share(share, down=is_minimum)

    if any(share is not None for share in shares[1:]):
        yield words.translate("Share of the marketing budget"), tuple(map(format_share, shares))
    if any(costs[1:]):
        yield (
            words.translate("For each new customer"),
            tuple(words.format_money(one) if one else "–" for one in costs),
        )
    if any(part is not None for part in parts[1:]):
        label = words.translate("Share of the cost of winning a customer")
        yield label, tuple(map(format_share, parts))


def build_policy_view(stack: StackView, context: ViewContext) -> PolicyView | None:
    """Build the AI policy beside the rules of the quarter; None where the company states none."""
    words = context.words
    if not (stack.policy_link or stack.policy_reviewed or stack.policy_rules):
        return None
    said = []
    if stack.policy_owner:
        owner = context.fit_text(stack.policy_owner, _MAX_FIELD)
        said.append(words.translate(N_("%(owner)s answers for it"), owner=owner))
    if stack.policy_reviewed:
        day = words.format_date(stack.policy_reviewed)
        said.append(words.translate(N_("last reviewed on %(day)s"), day=day))
    touched = () if context.options.brief else stack.policy_touched  # paper has them above
    return PolicyView(
        said="; ".join(said),
        href=to_safe_href(stack.policy_link),
        rules=tuple(context.fit_text(rule, _MAX_RULE) for rule in stack.policy_rules),
        touched=tuple(_point_to(story, context) for story in touched),
        finding=". ".join(
            filter(None, (_describe_new_rules(stack, context), _describe_answer(stack, context)))
        ),
    )


def _describe_answer(stack: StackView, context: ViewContext) -> str:
    """Say which of our own rules speaks to an exception that a law on AI makes; "" for none."""
    if stack.policy_excepted is None:
        return ""
    own = context.fit_text(stack.policy_answer.rstrip("."), _MAX_RULE)
    excepted = stack.policy_excepted.id
    rules = (rule for rule in context.edition.rules if rule.story.id == excepted)
    if law := next((name_law(rule, context.words) for rule in rules), ""):
        return context.words.translate(
            N_(
                "The %(law)s has an exception that asks for review by a person, as our rule does: "
                "“%(rule)s”; settle whether its other conditions hold"
            ),
            law=law,
            rule=own,
        )
    return context.words.translate(
        N_(
            "“%(title)s” has an exception that asks for review by a person, as our rule does: "
            "“%(rule)s”; settle whether its other conditions hold"
        ),
        title=context.fit_text(stack.policy_excepted.title, _MAX_TITLE),
        rule=own,
    )


def _point_to(story: StoryRef, context: ViewContext) -> StoryRefView:
    """Build a reference to where the briefing tells of a rule, else to its source."""
    view, place = build_ref(story, context, _MAX_TITLE), context.find_place(story.id)
    return replace(view, href=place) if place else view


def _describe_new_rules(stack: StackView, context: ViewContext) -> str:
    """Say how many rules on the use of AI there are, how many since the review, how many ours."""
    words = context.words
    number, reviewed = len(stack.policy_touched), stack.policy_reviewed
    if not number:
        return words.translate(N_("No new rule is about the use of AI"))
    if reviewed is None:
        found = words.translate_plural(
            "%(n)s new rule is about the use of AI",
            "%(n)s new rules are about the use of AI",
            number,
        )
    else:
        since = sum(_to_day(story.published, words) > reviewed for story in stack.policy_touched)
        found = words.translate_plural(
            "%(n)s new rule is about the use of AI, %(since)s since the review",
            "%(n)s new rules are about the use of AI, %(since)s of them since the review",
            number,
            since=words.translate("all") if since == number > 1 else words.format_number(since),
        )
    about = {story.id for story in stack.policy_touched}
    entries = [entry for entry in context.edition.rules if entry.story.id in about]
    ours = sum(entry.touches_surely for entry in entries)
    perhaps = sum(bool(entry.products) for entry in entries) - ours
    parts = [found]
    if ours or not perhaps:
        parts.append(
            words.translate_plural(
                "%(n)s touches a product of ours", "%(n)s touch products of ours", ours
            )
        )
    if perhaps:
        parts.append(
            words.translate_plural(
                "%(n)s may touch a product of ours", "%(n)s may touch products of ours", perhaps
            )
        )
    return "; ".join(parts)


def _to_day(when: datetime, words: Localizer) -> date:
    return when.astimezone(words.zone).date()
