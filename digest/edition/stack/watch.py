"""Who watches a product: the sources of its vendor's own that were read."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from digest.edition.quarter import QuarterView
from digest.model.edition import CoverageRow, SourceState
from digest.model.source import is_source_of
from digest.model.stack import Product, Promise

_READ: Collection[SourceState] = ("read", "silent")


def count_read_sources(coverage: Sequence[CoverageRow]) -> int:
    """Return how many sources were read, whether or not they gave something."""
    return sum(row.state in _READ for row in coverage)


def find_own_sources(names: Collection[str], coverage: Sequence[CoverageRow]) -> tuple[str, ...]:
    """Return the sources that were read and belong to a vendor that goes by one of these names."""
    return tuple(
        row.source
        for row in coverage
        if row.state in _READ and any(is_source_of(row.source, name) for name in names if name)
    )


def is_promise_watched(promise: Promise, quarter: QuarterView) -> bool:
    """Return whether a source of the vendor's own, or one named after its product, was read."""
    names = [promise.vendor]
    for product in quarter.stack.products:
        if promise.vendor.casefold() == product.vendor_or_name.casefold():
            names += list_names(product)
    return bool(find_own_sources(names, quarter.coverage))


def list_names(product: Product) -> tuple[str, ...]:
    """Return the names by which a product and its vendor are known."""
    return (product.vendor, product.name, *product.aliases)


def list_unwatched_vendors(quarter: QuarterView) -> tuple[str, ...]:
    """Return the vendors of the stack of which no source of their own was read, in its order."""
    watched: dict[str, bool] = {}
    for product in quarter.stack.products:
        is_read = bool(find_own_sources(list_names(product), quarter.coverage))
        vendor = product.vendor_or_name
        watched[vendor] = watched.get(vendor, False) or is_read
    return tuple(vendor for vendor, is_read in watched.items() if not is_read)
