"""Corrections as labelled items."""

from digest.learn import labelled
from digest.model import Ruling
from tests.fakes import story, tagged

A, B = tagged(1, ai="mention", evidence=None), tagged(2, relevant=False)
STORIES = (story(A), story(B))


def test_a_correction_is_a_row_with_all_labels():
    """Those that the team gave, and the judgement's own; what it had said is told."""
    (row,) = labelled(STORIES, [Ruling(item=A.item.id, tags={"ai": "core", "category": "crm"})])
    assert (row["ai"], row["category"], row["event"], row["relevant"]) == ("core", "crm", "launch", True)
    assert (row["corrected"], row["was"]) == (["ai"], {"ai": "mention"})
    assert row["title"] == A.item.title


def test_what_was_kept_is_relevant_and_what_is_gone_teaches_nothing():
    """A drop says nothing of the tags."""
    rows = list(labelled(STORIES, [Ruling(item=B.item.id, keep=True), Ruling(item="x", tags={"ai": "core"}),
                                   Ruling(item=A.item.id, drop="dull")]))  # fmt: skip
    assert [(row["id"], row["relevant"], row["corrected"]) for row in rows] == [(B.item.id, True, ["relevant"])]
