"""Which worker runs which test modules.

A worker reads its own share and no other module: to read all of them takes longer than a third of
the tests, and in a new clone, where each module is compiled first, as long as half of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

# What modules look at together; whichever worker makes it first would not help the other.
TOGETHER = (
    frozenset(("render/test_board", "render/test_check", "render/test_pdf", "render/test_text_layer")),
    frozenset(("cli/test_stack", "stack/test_paper", "stack/test_sample_stack")),
)  # fmt: skip

# Tenths of a second that modules take, of those that take long; a stale figure costs balance alone.
_COSTS: Mapping[str, int] = {}
_COST_OF_OTHERS = 2


def share_out(modules: Collection[str], workers: int) -> tuple[frozenset[str], ...]:
    """Return each worker's modules: the dearest goes first, to whoever has least to do."""
    groups = [group.intersection(modules) for group in TOGETHER]
    single = [frozenset((name,)) for name in set(modules).difference(*groups)]
    costs = {
        group: sum(_COSTS.get(name, _COST_OF_OTHERS) for name in group)
        for group in (*groups, *single)
    }
    shares: list[set[str]] = [set() for _ in range(workers)]
    loads = [0] * workers
    for group in sorted(costs, key=lambda one: (-costs[one], sorted(one))):
        least = loads.index(min(loads))
        shares[least] |= group
        loads[least] += costs[group]
    return tuple(map(frozenset, shares))
