"""Categories that the weights have not learned are chosen where a headline names their subject."""

import pytest

from digest.tag import ItemJudge
from tests.factories.items import item

JUDGE = ItemJudge.load()


@pytest.mark.parametrize(
    "title",
    [
        "Tallowmark adds C2PA content credentials to every exported picture",
        "Northvale opens its deepfake detection to advertisers",
        "Brightlane kauft Anbieter von KI-Erkennung",
    ],
)
def test_a_headline_that_names_the_subject_chooses_it(title):
    """Surely, with the words as the reason; the learned category stays beside it."""
    tags = JUDGE.judge_item(item(title=title, summary=""))
    assert tags.category == "content-provenance"
    assert tags.is_certain("category")
    assert "its title names" in tags.why["category"][0]
    assert tags.category not in tags.also


@pytest.mark.parametrize(
    ("title", "summary"),
    [
        ("Tallowmark launches a picture editor", "Pictures carry C2PA content credentials."),
        ("Five signs that a deepfake is a deepfake", ""),
    ],
)
def test_what_is_named_in_passing_does_not(title, summary):
    """In the text, or by a word that is not the subject's own name."""
    assert JUDGE.judge_item(item(title=title, summary=summary)).category != "content-provenance"
