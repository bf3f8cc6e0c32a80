"""What stands beside the stack's own figures: yardsticks, earlier quarters, rules on the use of AI.

A figure of others is printed with who says so, and only beside one of the company's own. An earlier
quarter is compared where the same was counted: the same currency, and costs of the same products
missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from digest.edition.quarter import AI_IN_USE, QuarterView
from digest.model.edition import (
    UNDECIDED_RULES,
    EarlierFigures,
    MeasureBefore,
    ProductRow,
    RuleEntry,
    Spend,
    SpendBefore,
    StackHistory,
    StackView,
    StoryRef,
    Yardstick,
)
from digest.model.stack import Benchmark, CustomField, Goal, Stack

# "About a quarter of the marketing budget": an article on why CMOs must close the gap to their
# technology, by the founder of a firm that manages such stacks; it gives no source of its own.
MARTECH_SHARE = Benchmark(
    "share of budget", 0.25, 0.25, "MarTech", published=date(2023, 4, 19), about=True
)
_MAX_QUARTERS = 4  # before this one
_REVIEW = re.compile(
    r"\b(?:human|editorial|person\w*|manual) (?:review|control|oversight)\b", re.IGNORECASE
)
_PERSON_READS = re.compile(
    r"(?<!\bno )(?<!\bkein )\b(?:person|human|people|someone|somebody|editors?|colleague|Mensch|"
    r"Redaktion|persona)\b(?!['’]s)"
    r".{0,60}\b(?:reads?|reviews?|checks?|approves?|edits?|liest|prüft|(?<!la )(?<!di )legge|"
    r"controlla)\b|"
    r"\b(?:read|reviewed|checked|approved|edited) by (?:a |an )?(?:person|human|people|editor)",
    re.IGNORECASE,
)


def add_stack_figures(
    view: StackView,
    quarter: QuarterView,
    rules: Sequence[RuleEntry],
    earlier: Sequence[EarlierFigures] = (),
) -> StackView:
    """Return the table of the stack with what stands beside its figures.

    `earlier` are figures of earlier editions, the latest first.
    """
    stack = quarter.stack
    excepted, answer = _find_policy_answer(stack, rules)
    printed = tuple(one for one in stack.custom_fields if one.printed)
    return replace(
        view,
        lines=tuple(_keep_fields(line, printed) for line in view.lines),
        policy_owner=stack.policy_owner,
        policy_rules=stack.policy_rules,
        policy_touched=_find_policy_rules(quarter, rules) if _has_policy(stack) else (),
        policy_excepted=excepted,
        policy_answer=answer,
        flows=stack.flows,
        custom_fields=printed,
        yardsticks=tuple(_compare_with_others(view.spend, stack)),
        history=compare_with_earlier(view.spend, stack.goals, earlier),
    )


def _find_policy_answer(stack: Stack, rules: Sequence[RuleEntry]) -> tuple[StoryRef | None, str]:
    """Return a law that touches us but where a person reviews, and our own rule that asks for it.

    None and "" where there is no such law, or the policy asks for no such thing.
    """
    answer = next((text for text in stack.policy_rules if _PERSON_READS.search(text)), "")
    for rule in rules:
        if answer and rule.products and rule.exception and _REVIEW.search(rule.exception.text):
            return rule.story, answer
    return None, ""


def _keep_fields(line: ProductRow, printed: Sequence[CustomField]) -> ProductRow:
    """Return a row without the fields that are not printed: the edition goes to others."""
    names = {one.name for one in printed}
    fields = tuple(one for one in line.product.fields if one.name in names)
    return replace(line, product=replace(line.product, fields=fields))


def compare_with_earlier(
    spend: Spend, goals: Sequence[Goal], earlier: Sequence[EarlierFigures]
) -> StackHistory:
    """Return the earlier figures that may stand beside those of this quarter."""
    rows, incomparable = [], []
    for one in earlier[:_MAX_QUARTERS]:
        if not (one.spend.total and spend.total):
            continue
        if _counts_alike(one.spend, spend):
            rows.append(_take_comparable(one, spend))
        else:
            incomparable.append(one.quarter)
    return StackHistory(
        tuple(rows), tuple(_find_measures_before(goals, earlier)), tuple(incomparable)
    )


def _counts_alike(before: Spend, now: Spend) -> bool:
    """Return whether two totals leave out the same products and are of the same currencies."""
    currencies = [{money.currency for money in spend.total} for spend in (before, now)]
    lacking = [{name.casefold() for name in spend.without_cost} for spend in (before, now)]
    return currencies[0] == currencies[1] and lacking[0] == lacking[1]


def _take_comparable(one: EarlierFigures, now: Spend) -> SpendBefore:
    """Return the earlier figures that this quarter has, too, in the same currency."""
    before = one.spend
    share = cac = per_customer = None
    if before.budget and now.budget and before.budget.currency == now.budget.currency:
        share = before.share if now.share is not None else None
    if before.cac and now.cac and before.cac.currency == now.cac.currency:
        cac = before.share_of_cac if now.share_of_cac is not None else None
    if before.per_customer and now.per_customer:
        is_alike = before.per_customer.currency == now.per_customer.currency
        per_customer = before.per_customer if is_alike else None
    return SpendBefore(one.quarter, before.total, share, per_customer, cac)


def _find_measures_before(
    goals: Sequence[Goal], earlier: Sequence[EarlierFigures]
) -> Iterator[MeasureBefore]:
    """Yield how each goal stood in the latest edition that measured the same of it."""
    for goal in goals:
        for one in earlier:
            before, now = one.measures.get(goal.name), goal.measure
            is_alike = before and now and (before.unit, before.what) == (now.unit, now.what)
            if before and now and is_alike and before.measured != now.measured:
                yield MeasureBefore(goal.name, one.quarter, before.value)
                break


def _compare_with_others(spend: Spend, stack: Stack) -> Iterator[Yardstick]:
    own = {"share of budget": spend.share, "share of CAC": spend.share_of_cac}
    is_minimum = bool(spend.without_cost) or len(spend.total) > 1
    for benchmark in (MARTECH_SHARE, *stack.benchmarks):
        share = own[benchmark.measure]
        if share is not None:
            yield Yardstick(share, is_minimum, benchmark)


def _has_policy(stack: Stack) -> bool:
    return bool(stack.policy_link or stack.policy_reviewed or stack.policy_rules)


def _find_policy_rules(quarter: QuarterView, rules: Sequence[RuleEntry]) -> tuple[StoryRef, ...]:
    """Return the rules on the use of AI that bind or are to bind somebody, one act once.

    A ruling is on others, and a setting that one may leave alone is no rule.
    """
    stories = {story.id: story.tags for story in quarter.stories}

    def is_about_ai(entry: RuleEntry) -> bool:
        tags = stories.get(entry.story.id)
        is_sure = tags is not None and tags.ai in AI_IN_USE and tags.is_certain("ai")
        return entry.subject == "AI law" or entry.ai_in_use or is_sure

    found: dict[str, StoryRef] = {}
    for entry in rules:
        is_rule = entry.kind not in (*UNDECIDED_RULES, "ruling")
        if is_rule and not (entry.optional or entry.opt_out) and is_about_ai(entry):
            found.setdefault(entry.law or entry.story.id, entry.story)
    return tuple(found.values())
