"""Who watches a product: the sources of its vendor's own that were read."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from digest.model.edition import CoverageRow, SourceState
from digest.model.source import is_source_of
from digest.model.stack import Product

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


def list_names(product: Product) -> tuple[str, ...]:
    """Return the names by which a product and its vendor are known."""
    return (product.vendor, product.name, *product.aliases)
