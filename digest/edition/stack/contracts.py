"""Contracts whose days fall into the next two quarters."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from digest.i18n import N_, TranslatableText
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


def ask_about_contract(product: Product, *, ends: bool = False) -> TranslatableText:
    """Return what is to be decided on a contract; `ends`: its day of notice has passed."""
    text = N_("Renew %(name)s, or give notice?")
    if product.status == "retiring":
        text = N_("Give notice for %(name)s, as planned?")
    elif product.status == "trial":
        text = N_("Buy %(name)s, or end its trial?")
    elif ends:
        text = N_("Go on with %(name)s after its contract?")
    return TranslatableText(text, name=product.name)


def tell_choice(product: Product) -> str:
    """Return what a verdict says is to be done about a contract: the same choice."""
    if product.status == "retiring":
        return N_("give notice, as planned")
    if product.status == "trial":
        return N_("buy it, or end its trial")
    return N_("renew it or give notice")


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
