"""What the coverage table says of a source."""

import pytest

from digest.edition import SourceReadStatus, build_coverage
from tests.factories.items import NOW, item, source

ROWS = [
    ("read", {}, 2, SourceReadStatus(NOW), "read"),
    ("answers, but gave nothing", {}, 0, SourceReadStatus(NOW), "silent"),
    ("failed", {}, 2, SourceReadStatus(NOW, "answers 404"), "failed"),
    ("never asked", {}, 0, None, "never read"),
    ("switched off", {"enabled": False}, 0, None, "switched off"),
]


@pytest.mark.parametrize(
    ("name", "more", "held", "reading", "state"), ROWS, ids=[row[0] for row in ROWS]
)
def test_state(name, more, held, reading, state):
    """Each state in its own word, with the figures."""
    one = source(**more)
    items = [item(n) for n in range(held)]
    row = build_coverage([one], items, items[:1], {one.slug: reading} if reading else {})[0]
    assert (row.state, row.items, row.in_edition) == (state, held, min(held, 1))
    assert row.problem == (reading.problem if reading else "")


def test_days():
    """What is known to be held stands in one letter a day."""
    row = build_coverage([source()], [], [], {source().slug: SourceReadStatus(NOW, days="h" * 92)})[
        0
    ]
    assert row.days == "h" * 92


def test_the_address_of_a_feed_is_the_team_s():
    """Readers see the host of what failed, and no more of it."""
    one = source(url="https://acme.example/private/feed")
    problem = "https://acme.example/private/feed redirects to https://b.example/x?y=1, which fails"
    reading = {one.slug: SourceReadStatus(NOW, problem)}
    (row,) = build_coverage([one], [], [], reading)
    assert row.problem == "acme.example redirects to b.example which fails"
    assert row.url == "https://acme.example/"
