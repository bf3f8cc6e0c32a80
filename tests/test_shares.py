"""Workers of `make test` share the modules: each is run once, whoever is there."""

from pathlib import Path

import pytest

from tests.factories.shares import RING_COSTS, TOGETHER, find_cost, share_out

TESTS = Path(__file__).parent
MODULES = {path.relative_to(TESTS).with_suffix("").as_posix() for path in TESTS.rglob("test_*.py")}


@pytest.mark.parametrize("workers", [1, 2, 3, 16, 1000])
def test_each_module_is_run_by_one_worker(workers):
    """None is left out, and none is run twice."""
    shares = share_out(MODULES, workers)
    assert len(shares) == workers
    assert sorted(name for share in shares for name in share) == sorted(MODULES)
    for group in TOGETHER:
        assert sum(not share.isdisjoint(group) for share in shares) == 1


@pytest.mark.parametrize("ring", RING_COSTS)
def test_two_workers_have_alike_much_to_do(ring):
    """As far as the costs are known."""
    costs = RING_COSTS[ring]
    first, second = (
        sum(find_cost(name, costs) for name in share) for share in share_out(MODULES, 2, costs)
    )
    assert abs(first - second) <= 0.02 * (first + second)


def test_what_is_named_is_there():
    """A module that was renamed takes its cost along."""
    named = set().union(*TOGETHER, *RING_COSTS.values())
    assert named <= MODULES
