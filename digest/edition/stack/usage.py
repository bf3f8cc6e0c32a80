"""The agenda's items on usage, performance and spend: trials, and figures that are missing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from digest.edition.owners import name_owners
from digest.edition.phrases import join_texts, list_product_names
from digest.edition.quarter import QuarterView
from digest.edition.stack.basis import MAX_OF_KIND
from digest.edition.stack.contracts import ask_about_contract
from digest.edition.stack.evidence import list_evidence
from digest.edition.stack.money import get_cost_key, sum_costs
from digest.i18n import N_, TranslatableText
from digest.model.edition import AgendaItem
from digest.model.stack import Money, Product

_MAX_USAGE = 4
# So many unused seats are worth a question: of those bought, or by what they cost of all products.
_IDLE_SHARE, _IDLE_COST = 0.2, 0.01
_MAX_UNMEASURED = 2  # products that are named for want of a figure
# A contribution that measures something has a figure or a share in it.
_MEASURE = re.compile(
    r"\d|%|\b(?:half|third|quarter|fifth|tenth|per ?cent|hälfte|drittel|viertel|metà|terzo)\b",
    re.IGNORECASE,
)


def list_usage_items(quarter: QuarterView) -> tuple[AgendaItem, ...]:
    """Return trials to end, and the figures that the stack file lacks, by product."""
    products = quarter.stack.products
    items = [
        AgendaItem(
            what=ask_about_contract(product),
            why=join_texts([_describe_trial(product), *list_evidence(product, quarter)], " "),
            owner=product.owner,
            due=product.notice_by if _is_ahead(product.notice_by, quarter) else None,
            section="stack",
        )
        for product in products
        if product.status == "trial"
    ][:MAX_OF_KIND]
    if seats := _list_seat_gaps(products):
        items.append(
            AgendaItem(
                what=TranslatableText(N_("Match the seats that we pay for to those in use.")),
                why=join_texts([_describe_seats(product, product.name) for product in seats], " "),
                owner=name_owners(seats),
                section="stack",
            )
        )
    staying = [product for product in products if product.status != "retiring"]
    without_cost = [product for product in staying if product.cost is None]
    silent = [product for product in staying if product.users is None or not _is_measured(product)]
    lacks = [_describe_missing_cost(without_cost)] if without_cost else []
    if silent:
        lacks.append(_describe_unmeasured(silent, staying))
    if lacks:
        lacking = [product for product in staying if product in without_cost or product in silent]
        items.append(
            AgendaItem(
                what=TranslatableText(N_("Record the figures that the stack file lacks.")),
                why=join_texts(lacks, " "),
                owner=name_owners(lacking),
                section="stack",
            )
        )
    return tuple(items[:_MAX_USAGE])


def _describe_missing_cost(products: Sequence[Product]) -> TranslatableText:
    """Say of which products the file has no cost, and what that does to the sums."""
    return TranslatableText(
        N_(
            "The yearly cost of %(names)s: without it the total, its share and the cost for a "
            "customer are too low."
        ),
        names=list_product_names(products),
    )


def _list_seat_gaps(products: Sequence[Product]) -> list[Product]:
    """Return the products with more users than seats, or with many or dear seats unused.

    Those whose unused seats cost most come first.
    """
    total = {money.currency: money.amount for money in sum_costs(products)}
    found = []
    for product in products:
        seats, used = product.usage.seats, product.usage.used
        if product.status == "retiring" or not seats or used is None or used == seats:
            continue
        unused = _get_unused_cost(product)
        is_dear = unused is not None and unused.amount >= _IDLE_COST * total[unused.currency]
        if used > seats or is_dear or seats - used >= _IDLE_SHARE * seats:
            found.append(product)
    found.sort(key=lambda one: -(cost.amount if (cost := _get_unused_cost(one)) else 0))  # stable
    return found


def _get_unused_cost(product: Product) -> Money | None:
    """Return what the unused seats of a product cost a year; None where that is not known."""
    seats, used = product.usage.seats, product.usage.used
    if not product.cost or not product.cost.amount or not seats or used is None or used >= seats:
        return None
    return replace(product.cost, amount=product.cost.amount * (seats - used) / seats)


def find_unused_seats(product: Product, quarter: QuarterView) -> TranslatableText | None:
    """Return how many seats of a product are used and what the others cost; None if nearly all."""
    seats, used = product.usage.seats or 0, product.usage.used
    has_unused = used is not None and used < seats
    if has_unused and product in _list_seat_gaps(quarter.stack.products):
        return _describe_seats(product, "")
    return None


def _describe_seats(product: Product, name: str) -> TranslatableText:
    """Say how many seats are used, and what the unused ones cost in a year."""
    seats, used = product.usage.seats or 0, product.usage.used or 0
    values: dict[str, object] = {"used": used, "seats": seats}
    text = N_("%(used)s of %(seats)s seats used.")
    if used > seats:
        text = N_("%(used)s users on %(seats)s seats.")
    elif money := _get_unused_cost(product):
        text = N_("%(unused)s of %(seats)s seats unused, at %(money)s a year.")
        values = {"unused": seats - used, "seats": seats, "money": money}
    said = TranslatableText(text, **values)
    idle = used - product.usage.active if product.usage.active is not None else 0
    if name and idle > 0:
        text = (
            N_("%(idle)s of them not active.") if used > seats else N_("%(idle)s more not active.")
        )
        more = TranslatableText(text, idle=idle)
        said = join_texts([said, more], " ")
    return TranslatableText("%(name)s: %(said)s", name=name, said=said) if name else said


def _describe_trial(product: Product) -> TranslatableText:
    """Say what a trial is for and what it would cost."""
    if product.cost and product.cost.amount and product.users:
        return TranslatableText(
            N_("On trial with %(users)s users at %(money)s a year."),
            users=product.users,
            money=product.cost,
        )
    return TranslatableText(N_("It is on trial; what did it show?"))


def _is_measured(product: Product) -> bool:
    """Return whether the file has a figure of a product's use or of what it yields."""
    return _has_usage(product) or _has_yield(product)


def _has_usage(product: Product) -> bool:
    return product.usage.used is not None or product.usage.active is not None


def _has_yield(product: Product) -> bool:
    return _MEASURE.search(product.contribution) is not None


def _describe_unmeasured(silent: Sequence[Product], staying: Sequence[Product]) -> TranslatableText:
    """Say of which products the file has no number of users or of use, and of which a yield."""
    no_users = [product for product in silent if product.users is None]
    no_measure = [product for product in staying if not _has_usage(product)]
    with_yield = [product for product in staying if _has_yield(product)]
    said = []
    if no_users:
        text = N_("No number of users in the stack file: %(facts)s.")
        said.append(TranslatableText(text, facts=list_product_names(no_users)))
    if no_measure:
        names = list_product_names(sorted(no_measure, key=get_cost_key), _MAX_UNMEASURED)
        text = N_("Among what stays, no figure of active use: %(facts)s.")
        said.append(TranslatableText(text, facts=names))
    if with_yield:
        text = N_("A yield is recorded for %(names)s alone.")
        said.append(TranslatableText(text, names=list_product_names(with_yield)))
    else:
        said.append(TranslatableText(N_("No yield is recorded.")))
    return join_texts(said, " ")


def _is_ahead(day: date | None, quarter: QuarterView) -> bool:
    return day is not None and day >= quarter.today
