"""A hostile world, played: every row of the list of threats, and what the program makes of it."""

import pytest

from tests.factories.hostile_routes import THREATS, list_routes
from tests.factories.hostile_world import play


def test_every_threat_has_routes():
    """Each row of the list, and each route with a name of its own."""
    rows = list_routes()
    names = [name for name, _, _ in rows]
    assert len(rows) >= 200
    assert len(names) == len(set(names))
    assert {threat for _, threat, _ in rows} == set(THREATS)
    assert all(sends for _, _, sends in rows)


@pytest.mark.real
@pytest.mark.long
def test_a_hostile_world(tmp_path):
    """Collected and built twice, sent, exported, searched and served: nothing acts, leaves or is lost."""
    outcome = play(tmp_path)
    assert outcome.faults == []
    assert outcome.canaries == []
    assert outcome.kept > 200  # how many of each route is among the faults
    assert outcome.peak_bytes < 450 * 2**20
    assert max(outcome.parse_seconds.values()) < 2.1
