"""Reports on stack.yaml: what it holds, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import Any

from digest.app.workspace import Workspace
from digest.config.stack import load_stack
from digest.edition.stack.money import calculate_spend
from digest.errors import UsageError
from digest.model.stack import Stack


def load_workspace_stack(workspace: Workspace) -> Stack:
    """Load stack.yaml. Raises UsageError where there is none, ConfigError where it is wrong."""
    path = workspace.root / "stack.yaml"
    if not path.is_file():
        raise UsageError(
            f"there is no stack.yaml in {workspace.root.resolve()}",
            "`digest init` makes one to fill in",
        )
    return load_stack(path).stack


def stack_to_json(stack: Stack, today: date) -> dict[str, Any]:
    """Return products, goals, what feeds what, and spend.

    `notice_ahead` tells whether notice can still be given.
    """
    products = [
        asdict(product)
        | {
            "notice_by": product.notice_by,
            "notice_ahead": product.notice_by is not None and product.notice_by >= today,
        }
        for product in stack.products
    ]
    goals = [asdict(goal) for goal in stack.goals]
    return {
        "products": products,
        "goals": goals,
        "flows": [asdict(flow) for flow in stack.flows],
        "spend": asdict(calculate_spend(stack)),
    }


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
