"""What technology costs: sums of the amounts that stack.yaml gives, and nothing else.

A figure that cannot be counted is None. Amounts of two currencies are never added, and a share is only taken of an
amount in its own currency. Where products have no cost, sums and shares are what they are at least.
"""

from __future__ import annotations

from collections.abc import Iterable

from digest.model.edition import Spend
from digest.model.stack import Money, Product, Stack


def calculate_spend(stack: Stack) -> Spend:
    """The figures of a stack."""
    priced = [product for product in stack.products if product.cost is not None]
    total = sum_costs(priced)
    budget = stack.budget
    in_budget = _select_currency(total, budget.marketing)
    in_cac = _select_currency(total, budget.cac)
    currency = budget.marketing or budget.cac or (total[0] if len(total) == 1 else None)
    of_customers = _select_currency(total, currency)
    per_customer = (
        Money(round(of_customers.amount / budget.new_customers, 2), of_customers.currency)
        if of_customers and budget.new_customers
        else None
    )
    return Spend(
        total=total,
        by_category=_sum_by_category(priced),
        without_cost=tuple(product.name for product in stack.products if product.cost is None),
        budget=budget.marketing,
        share=in_budget.amount / budget.marketing.amount
        if in_budget and budget.marketing and budget.marketing.amount
        else None,
        new_customers=budget.new_customers,
        per_customer=per_customer,
        cac=budget.cac,
        share_of_cac=in_cac.amount / budget.new_customers / budget.cac.amount
        if in_cac and budget.cac and budget.cac.amount and budget.new_customers
        else None,
    )


def sum_costs(products: Iterable[Product]) -> tuple[Money, ...]:
    """The yearly cost of products, one sum a currency, the largest first; () where none is given."""
    sums: dict[str, float] = {}
    for product in products:
        if product.cost is not None:
            sums[product.cost.currency] = sums.get(product.cost.currency, 0.0) + product.cost.amount
    return tuple(
        Money(amount, code)
        for code, amount in sorted(sums.items(), key=lambda row: (-row[1], row[0]))
    )


def get_primary_category(product: Product) -> str:
    """The category that a product's cost counts in; "" where it has none."""
    return next(iter(product.categories), "")


def _select_currency(total: Iterable[Money], like: Money | None) -> Money | None:
    return next((one for one in total if like and one.currency == like.currency), None)


def _sum_by_category(priced: Iterable[Product]) -> tuple[tuple[str, Money], ...]:
    groups: dict[str, list[Product]] = {}
    for product in priced:
        groups.setdefault(get_primary_category(product), []).append(product)
    rows = [(slug, one) for slug, products in groups.items() for one in sum_costs(products)]
    return tuple(sorted(rows, key=lambda row: (-row[1].amount, row[0], row[1].currency)))
