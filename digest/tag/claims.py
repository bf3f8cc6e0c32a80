"""The AI-claim test: which points an item's own words answer, or else those of its page, and the grade that follows.

The rule, as it is published: a claim is *evidenced* where a result, the data it rests on or a customer is quoted,
*specified* where a sentence is quoted that says what it does, how, or what is different to without AI, and *claimed*
where nothing of the kind can be quoted. Patterns propose the quotes. The model, which reads the whole item, says
whether it claims a capability at all, whether figures and names are proof of it, and whether it says what it does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Literal, cast

from digest.model import ClaimPoint, Evidence, Item
from digest.tag.lexicon import Vocabulary
from digest.tag.reading import told_after_title, without_furniture
from digest.tag.words import fold
from digest.text import clean, sentences, shorten

Kind = Literal["data", "method", "availability", "customer", "result", "speaker", "difference"]

_PROOF = frozenset({"data", "customer", "result"})
_SPECIFIC = frozenset({"method", "difference"})
_PROVES = 0.25  # share of "evidenced" from which figures and names are taken for proof
_MOST_CHARS = 2_000  # of an item that is searched for points
_MOST_QUOTE = 240
_LEAST_QUOTE = 40  # of a page: a shorter line is a heading or a caption


def grade(points: Iterable[ClaimPoint]) -> Evidence:
    """The rule: the grade of a claim by the points that are quoted."""
    quoted = {point.kind for point in points}
    return "evidenced" if quoted & _PROOF else "specified" if quoted & _SPECIFIC else "claimed"


def points(item: Item, vocabulary: Vocabulary, shares: Mapping[str, float]) -> tuple[ClaimPoint, ...]:
    """For each point of the test the first sentence that answers it, in the order of the test. `shares`: how likely the
    model takes the item's claim to be of each grade. What cannot be proof is left out, and where the model reads what
    it does and no pattern finds the words, the first sentence about AI is quoted. The item's page answers what is left,
    where that does not change the grade."""
    told = _told(item)
    found = [
        point for point in _matched(told, vocabulary) if point.kind not in _PROOF or shares["evidenced"] >= _PROVES
    ]
    specific = max(shares["specified"], shares["evidenced"]) >= shares["claimed"]
    if told and specific and grade(found) == "claimed":
        found.append(ClaimPoint("method", shorten(_about_ai(told, vocabulary), _MOST_QUOTE)))
    given, answered = grade(found), {point.kind for point in found}
    found += [
        point
        for point in _matched(_paged(item), vocabulary)
        if point.kind not in answered and grade([*found, point]) == given  # the feed's words alone are graded
    ]
    return tuple(sorted(found, key=lambda point: list(vocabulary.claims).index(point.kind)))


def _told(item: Item) -> list[str]:
    """The title, then the sentences of summary and text."""
    body = told_after_title(item.summary, item.text)[:_MOST_CHARS]
    return [one for one in (without_furniture(item.title), *sentences(clean(without_furniture(body)))) if one]


def _paged(item: Item) -> list[str]:
    """The sentences of the item's page."""
    paged = (one for line in item.fulltext.splitlines() for one in sentences(line))
    return [one for one in paged if len(one) >= _LEAST_QUOTE]


def _matched(told: Iterable[str], vocabulary: Vocabulary) -> list[ClaimPoint]:
    folded = [(sentence, fold(sentence)) for sentence in told]
    found = []
    for kind, patterns in vocabulary.claims.items():
        answers = (sentence for sentence, low in folded if any(pattern.search(low) for pattern in patterns))
        found += [ClaimPoint(cast("Kind", kind), shorten(quote, _MOST_QUOTE)) for quote in islice(answers, 1)]
    return found


def _about_ai(told: Sequence[str], vocabulary: Vocabulary) -> str:
    """The first sentence after the title that has an AI word, else the title where it has one, else the first."""
    after = [one for one in told[1:] if len(one) >= _LEAST_QUOTE]
    return next((one for one in (*after, told[0]) if vocabulary.ai.named(one)), (after or told)[0])
