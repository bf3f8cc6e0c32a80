"""What technology costs: sums of the amounts that stack.yaml gives, and nothing else.

A figure that cannot be counted is None. Amounts of two currencies are never added, and a share is
only taken of an amount in its own currency. Where costs are missing, sums and shares are minima.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from digest.model.edition import Spend
from digest.model.stack import Money, Product, Stack


def calculate_spend(stack: Stack) -> Spend:
    """Return the figures of a stack."""
    total, budget = sum_costs(stack.products), stack.budget
    groups: defaultdict[str, list[Product]] = defaultdict(list)
    for product in stack.products:
        groups[get_primary_category(product)].append(product)
    by_category = [(slug, cost) for slug, group in groups.items() for cost in sum_costs(group)]
    by_category.sort(key=lambda row: (-row[1].amount, row[0], row[1].currency))
    share = share_of_cac = per_customer = clv_to_cac = None
    if budget.marketing and budget.marketing.amount:
        in_budget = _select_currency(total, budget.marketing)
        share = in_budget.amount / budget.marketing.amount if in_budget else None
    if budget.cac and budget.cac.amount and budget.new_customers:
        in_cac = _select_currency(total, budget.cac)
        share_of_cac = in_cac.amount / budget.new_customers / budget.cac.amount if in_cac else None
    if budget.clv and budget.cac and budget.cac.amount:
        is_alike = budget.clv.currency == budget.cac.currency
        clv_to_cac = budget.clv.amount / budget.cac.amount if is_alike else None
    currency = budget.marketing or budget.cac or (total[0] if len(total) == 1 else None)
    if budget.new_customers and currency and (cost := _select_currency(total, currency)):
        per_customer = Money(round(cost.amount / budget.new_customers, 2), cost.currency)
    return Spend(
        total=total,
        by_category=tuple(by_category),
        without_cost=tuple(product.name for product in stack.products if product.cost is None),
        budget=budget.marketing,
        share=share,
        new_customers=budget.new_customers,
        per_customer=per_customer,
        cac=budget.cac,
        share_of_cac=share_of_cac,
        clv=budget.clv,
        clv_to_cac=clv_to_cac,
    )


def sum_costs(products: Iterable[Product]) -> tuple[Money, ...]:
    """Return the yearly cost of products, one sum a currency, the largest first."""
    sums: defaultdict[str, float] = defaultdict(float)
    for product in products:
        if product.cost is not None:
            sums[product.cost.currency] += product.cost.amount
    rows = sorted(sums.items(), key=lambda row: (-row[1], row[0]))
    return tuple(Money(amount, currency) for currency, amount in rows)


def get_cost_key(product: Product) -> tuple[float, str]:
    """Return the key that sorts the dearest product first."""
    return -(product.cost.amount if product.cost else 0.0), product.name


def get_primary_category(product: Product) -> str:
    """Return the category that a product's cost counts in; "" where it has none."""
    return next(iter(product.categories), "")


def _select_currency(total: Iterable[Money], like: Money) -> Money | None:
    return next((money for money in total if money.currency == like.currency), None)
