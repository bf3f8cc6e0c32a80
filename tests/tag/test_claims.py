"""Which sentences answer the points of the AI-claim test."""

from __future__ import annotations

import pytest

from digest.model.item import Item
from digest.tag.claims import find_claim_points
from digest.tag.lexicon import Vocabulary, build_vocabulary
from tests.factories.items import item

SHARES = {"claimed": 0.1, "specified": 0.3, "evidenced": 0.6}
TITLE = "Northvale launches an AI agent that cuts work by 40%"


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return build_vocabulary()


def quote(kind: str, vocabulary: Vocabulary, **of_item: str) -> str | None:
    """The words quoted for a point of an item."""
    tried: Item = item(1, **({"title": TITLE, "summary": ""} | of_item))
    points = find_claim_points(tried, vocabulary, SHARES)
    return next((point.quote for point in points if point.kind == kind), None)


RESULT = "With the AI agent the team of Kornblum cut its working hours by 38 percent."
CASES = [
    ("a result", {"summary": RESULT}, RESULT),
    ("a sentence comes before the headline", {"summary": f"Northvale has news. {RESULT}"}, RESULT),
    ("a whole sentence before a cut one", {"summary": "It scored 40% higher in tests of the a…", "text": RESULT}, RESULT),
    ("lines part sentences", {"text": f"Results up 12%\n{RESULT}"}, RESULT),
    ("a plan's limit is no result", {"title": "Northvale has an AI agent", "summary": "The AI agent is in the Max plan at 50% of limits."}, None),
    ("a price is no result", {"title": "Northvale has an AI agent", "summary": "The AI agent comes with a 20% discount for all clients."}, None),
    ("advertising is no proof", {"title": "Wherrow has an AI agent", "source_name": "Northvale Blog", "summary": "Northvale lets you sell 40% more with our AI platform."}, None),
]  # fmt: skip


@pytest.mark.parametrize(("name", "of_item", "words"), CASES, ids=[row[0] for row in CASES])
def test_a_result_is_quoted_in_whole_sentences(
    name: str, of_item: dict[str, str], words: str | None, vocabulary: Vocabulary
) -> None:
    """The headline comes last; limits, prices and praise of oneself are no results."""
    assert quote("result", vocabulary, **of_item) == words
