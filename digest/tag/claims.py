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

from digest.model.item import Item
from digest.model.tags import ClaimPoint, Evidence
from digest.tag.lexicon import Vocabulary
from digest.tag.reading import join_summary_text, strip_boilerplate
from digest.tag.words import fold_text
from digest.text import clean_text, split_sentences, truncate_text

Kind = Literal["data", "method", "availability", "customer", "result", "speaker", "difference"]

_PROOF = frozenset({"data", "customer", "result"})
_SPECIFIC = frozenset({"method", "difference"})
_PROOF_THRESHOLD = 0.25  # share of "evidenced" from which figures and names are taken for proof
_MAX_CHARS = 2_000  # of an item that is searched for points
_MAX_QUOTE_CHARS = 240
_MIN_QUOTE_CHARS = 40  # of a page: a shorter line is a heading or a caption


def grade_claim(points: Iterable[ClaimPoint]) -> Evidence:
    """The rule: the grade of a claim by the points that are quoted."""
    quoted = {point.kind for point in points}
    return "evidenced" if quoted & _PROOF else "specified" if quoted & _SPECIFIC else "claimed"


def find_claim_points(
    item: Item, vocabulary: Vocabulary, shares: Mapping[str, float]
) -> tuple[ClaimPoint, ...]:
    """For each point of the test the first sentence that answers it, in the order of the test. `shares`: how likely the
    model takes the item's claim to be of each grade. What cannot be proof is left out, and where the model reads what
    it does and no pattern finds the words, the first sentence about AI is quoted. The item's page answers what is left,
    where that does not change the grade."""
    told = _split_sentences(item)
    found = [
        point
        for point in _match_claim_patterns(told, vocabulary)
        if point.kind not in _PROOF or shares["evidenced"] >= _PROOF_THRESHOLD
    ]
    specific = max(shares["specified"], shares["evidenced"]) >= shares["claimed"]
    if told and specific and grade_claim(found) == "claimed":
        found.append(
            ClaimPoint(
                "method", truncate_text(_find_ai_sentence(told, vocabulary), _MAX_QUOTE_CHARS)
            )
        )
    given, answered = grade_claim(found), {point.kind for point in found}
    found += [
        point
        for point in _match_claim_patterns(_split_page_sentences(item), vocabulary)
        if point.kind not in answered
        and grade_claim([*found, point]) == given  # the feed's words alone are graded
    ]
    return tuple(sorted(found, key=lambda point: list(vocabulary.claims).index(point.kind)))


def _split_sentences(item: Item) -> list[str]:
    """The title, then the sentences of summary and text."""
    body = join_summary_text(item.summary, item.text)[:_MAX_CHARS]
    return [
        one
        for one in (
            strip_boilerplate(item.title),
            *split_sentences(clean_text(strip_boilerplate(body))),
        )
        if one
    ]


def _split_page_sentences(item: Item) -> list[str]:
    """The sentences of the item's page."""
    paged = (one for line in item.fulltext.splitlines() for one in split_sentences(line))
    return [one for one in paged if len(one) >= _MIN_QUOTE_CHARS]


def _match_claim_patterns(told: Iterable[str], vocabulary: Vocabulary) -> list[ClaimPoint]:
    folded = [(sentence, fold_text(sentence)) for sentence in told]
    found = []
    for kind, patterns in vocabulary.claims.items():
        answers = (
            sentence for sentence, low in folded if any(pattern.search(low) for pattern in patterns)
        )
        found += [
            ClaimPoint(cast("Kind", kind), truncate_text(quote, _MAX_QUOTE_CHARS))
            for quote in islice(answers, 1)
        ]
    return found


def _find_ai_sentence(told: Sequence[str], vocabulary: Vocabulary) -> str:
    """The first sentence after the title that has an AI word, else the title where it has one, else the first."""
    after = [one for one in told[1:] if len(one) >= _MIN_QUOTE_CHARS]
    return next(
        (one for one in (*after, told[0]) if vocabulary.ai.has_ai_word(one)), (after or told)[0]
    )
