"""Reports on stack.yaml: what it holds, what it costs, and what it lacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from digest.app.workspace import Workspace
from digest.config.sources import load_sources
from digest.config.stack import load_stack
from digest.config.starter import find_starter_file
from digest.decide.relations import find_goal_gaps
from digest.edition.stack.money import calculate_spend
from digest.errors import UsageError
from digest.model.source import Source, is_source_of
from digest.model.stack import Stack
from digest.period import PLANNING_HORIZON
from digest.taxonomy import CATEGORIES


def load_workspace_stack(workspace: Workspace) -> Stack:
    """Load stack.yaml. Raises UsageError where there is none, ConfigError where it is wrong."""
    path = workspace.root / "stack.yaml"
    if not path.is_file():
        raise UsageError(
            f"there is no stack.yaml in {workspace.root.resolve()}",
            "`digest init` makes one to fill in",
        )
    return load_stack(path).stack


def find_stack_remarks(
    stack: Stack, sources: Sequence[Source], today: date
) -> Mapping[str, list[str]]:
    """Return what a team should look at: kind of remark → lines."""
    gaps = find_goal_gaps(stack)
    return {
        "gap": [
            f"{goal}: nothing runs in {CATEGORIES[slug].name} that stays" for slug, goal in gaps
        ],
        "contract": list(_check_contracts(stack, today)),
        "category": [
            f"{product.name} is in no category"
            for product in stack.products
            if not product.categories
        ],
        "source": list(_find_unread_vendors(stack, sources)),
    }


def _check_contracts(stack: Stack, today: date) -> Iterator[str]:
    for product in sorted(stack.products, key=lambda one: (one.contract_end or date.max, one.name)):
        end, notice = product.contract_end, product.notice_by
        if end is None or end > today + PLANNING_HORIZON:
            continue
        if end < today:
            yield f"{product.name}: the contract ended on {end}; put in the new date"
        elif notice and notice >= today:
            yield f"{product.name}: notice by {notice}, the contract ends on {end}"
        elif notice:
            passed = f"the day of notice, {notice}, has passed"
            yield f"{product.name}: {passed}; the contract ends on {end}"
        else:
            yield f"{product.name}: the contract ends on {end}; no notice period is given"


def _find_unread_vendors(stack: Stack, sources: Sequence[Source]) -> Iterator[str]:
    """Yield vendors that no source reads, with their feed where the starter list knows it."""
    read = [source for source in sources if source.enabled]
    known = [source for source in load_sources(find_starter_file(), {}).sources if source.url]
    for vendor in dict.fromkeys(product.vendor_or_name for product in stack.products):
        if not any(is_source_of(source.name, vendor) for source in read):
            feed = next((source for source in known if is_source_of(source.name, vendor)), None)
            advice = "find its feed with `digest sources add ADDRESS`"
            advice = f"add {feed.url} ({feed.name})" if feed else advice
            yield f"{vendor}: no source of its own is read; {advice}"


def stack_to_json(stack: Stack, today: date) -> dict[str, Any]:
    """Return products, goals and spend; `notice_ahead` tells whether notice can still be given."""
    products = [
        asdict(product)
        | {
            "notice_by": product.notice_by,
            "notice_ahead": product.notice_by is not None and product.notice_by >= today,
        }
        for product in stack.products
    ]
    goals = [asdict(goal) for goal in stack.goals]
    return {"products": products, "goals": goals, "spend": asdict(calculate_spend(stack))}


def describe_spend(stack: Stack) -> Iterator[str]:
    """Yield in sentences what the stack costs."""
    spend = calculate_spend(stack)
    at_least = "at least " if spend.without_cost else ""
    if spend.total:
        yield f"Technology costs {at_least}{' and '.join(map(str, spend.total))} a year."
    if len(spend.total) > 1:
        at_least = "at least "
    if spend.share is not None:
        yield f"That is {at_least}{spend.share:.0%} of the marketing budget."
    if spend.per_customer is not None:
        yield f"That is {at_least}{spend.per_customer} for each new customer."
    if spend.without_cost:
        yield f"Without a cost: {', '.join(spend.without_cost)}."
