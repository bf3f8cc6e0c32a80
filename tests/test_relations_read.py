"""Relations to a stack of ten real products, beside what a person read. Skipped without ../shared."""

import pytest

from benchmarks import bench_relations

pytestmark = pytest.mark.skipif(
    not bench_relations.ITEMS.exists(), reason="the private test data (../shared) is not here"
)


@pytest.mark.real
def test_relations_are_as_they_were_read():
    """At least 95 in 100 stories, with what the reader let stand; nearly all have been read."""
    score = bench_relations.score_relations(bench_relations.relate_replayed_quarter())
    assert score.read >= 100
    assert len(score.right) >= 0.95 * score.read, [one.urls[0] for one, _ in score.wrong]
    assert len(score.first) >= 0.85 * score.read
    assert len(score.unread) <= 0.1 * score.read
