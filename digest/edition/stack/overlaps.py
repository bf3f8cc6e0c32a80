"""Products that do the same work: several that stay serve the main category of one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digest.edition.stack.money import get_primary_category
from digest.model.stack import Product


@dataclass(frozen=True, slots=True)
class Overlap:
    """A category that two or more products of the stack serve, one of them mainly."""

    category: str
    products: tuple[Product, ...]  # in the order of the stack


def find_overlaps(products: Sequence[Product]) -> tuple[Overlap, ...]:
    """Return the categories that several products serve, each set of products once.

    What is being retired overlaps with nothing.
    """
    staying = [product for product in products if product.status != "retiring"]
    found: dict[tuple[str, ...], Overlap] = {}
    for category in dict.fromkeys(filter(None, map(get_primary_category, staying))):
        serving = tuple(product for product in staying if category in product.categories)
        if len(serving) > 1:
            names = tuple(product.name for product in serving)
            found.setdefault(names, Overlap(category, serving))
    return tuple(found.values())


def list_overlapping(product: Product, products: Sequence[Product]) -> tuple[str, ...]:
    """Return the names of the products that overlap with one."""
    return tuple(
        dict.fromkeys(
            other.name
            for overlap in find_overlaps(products)
            if product in overlap.products
            for other in overlap.products
            if other is not product
        )
    )
