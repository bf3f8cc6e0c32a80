"""The AI-claim test: which points an item's own words answer, or else those of its page, and the quoted words."""

from __future__ import annotations

from itertools import islice
from typing import Literal, cast

from digest.model import ClaimPoint, Item
from digest.tag.lexicon import Vocabulary
from digest.tag.reading import told_after_title, without_furniture
from digest.tag.words import fold
from digest.text import clean, sentences, shorten

Kind = Literal["data", "method", "availability", "customer", "result", "speaker", "difference"]

_MOST_CHARS = 2_000  # of an item that is searched for points
_MOST_QUOTE = 240
_LEAST_QUOTE = 40  # of a page: a shorter line is a heading or a caption


def points(item: Item, vocabulary: Vocabulary) -> tuple[ClaimPoint, ...]:
    """For each point of the test the first sentence that answers it, in the order of the test."""
    body = told_after_title(item.summary, item.text)[:_MOST_CHARS]
    told = [without_furniture(item.title), *sentences(clean(without_furniture(body)))]
    paged = (one for line in item.fulltext.splitlines() for one in sentences(line))
    told += [one for one in paged if len(one) >= _LEAST_QUOTE]
    folded = [(sentence, fold(sentence)) for sentence in told if sentence]
    found = []
    for kind, patterns in vocabulary.claims.items():
        answers = (sentence for sentence, low in folded if any(pattern.search(low) for pattern in patterns))
        found += [ClaimPoint(cast("Kind", kind), shorten(quote, _MOST_QUOTE)) for quote in islice(answers, 1)]
    return tuple(found)
