"""Contracts whose days fall into the next two quarters."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from digest.model.edition import ContractRow
from digest.model.stack import Product
from digest.period import PLANNING_HORIZON


def find_contract_day(product: Product, today: date) -> ContractRow | None:
    """Return a contract's next day within two quarters; None where there is none.

    A contract whose day of notice has passed is told by its end.
    """
    if (notice := product.notice_by) and today <= notice <= today + PLANNING_HORIZON:
        return _build_row(product, notice, is_notice=True)
    if (end := product.contract_end) and today <= end <= today + PLANNING_HORIZON:
        return _build_row(product, end, is_notice=False)
    return None


def list_contracts(products: Iterable[Product], today: date) -> tuple[ContractRow, ...]:
    """Return every contract with a day ahead, the dearest first, then by day."""
    found = [row for product in products if (row := find_contract_day(product, today))]
    found.sort(key=lambda row: (-(row.cost.amount if row.cost else -1), row.day, row.product))
    return tuple(found)


def _build_row(product: Product, day: date, *, is_notice: bool) -> ContractRow:
    return ContractRow(
        product=product.name,
        day=day,
        kind="notice" if is_notice else "contract end",
        retiring=product.status == "retiring",
        cost=product.cost,
        owner=product.owner,
    )
