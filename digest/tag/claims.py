"""Test AI claims: which points an item's own words answer, or else its page's, and the grade.

The rule, as it is published: a claim is *evidenced* where a result, the data it rests on or a
customer is quoted, *specified* where a sentence is quoted that says what it does, how, or what is
different to without AI, and *claimed* where nothing of the kind can be quoted. Patterns propose the
quotes. The model, which reads the whole item, says whether it claims a capability at all, whether
figures and names are proof of it, and whether it says what it does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal, cast

from digest.model.item import Item
from digest.model.tags import ClaimPoint, Evidence
from digest.tag.lexicon import Vocabulary
from digest.tag.reading import strip_boilerplate
from digest.tag.words import fold_text
from digest.text import clean_text, join_lines, split_sentences, truncate_text
from digest.wholeness import find_fragment, praises_publisher

Kind = Literal["data", "method", "availability", "customer", "result", "speaker", "difference"]

_PROOF = frozenset({"data", "customer", "result"})
_SPECIFIC = frozenset({"method", "difference"})
_PROOF_THRESHOLD = 0.25  # share of "evidenced" from which figures and names are taken for proof
_MAX_CHARS = 2_000  # of an item that is searched for points
_MAX_QUOTE_CHARS = 240
_MIN_QUOTE_CHARS = 40  # of a page: a shorter line is a heading or a caption
# A limit of a plan, or a price, is a figure and no result of what is claimed.
_TERMS_OF_SALE = re.compile(
    r"\b(?:limits?|quotas?|credits?|discount\w*|pricing|price[sd]?|subscri\w+|fees?|tiers?)\b"
    r"|% off\b|\b(?:pro|free|team|premium|enterprise|business|paid|max|plus) (?:plans?|users)\b"
    r"|\bcosts? [0-9]+(?:\.[0-9]+)? ?% (?:less|more)\b"
)


def grade_claim(points: Iterable[ClaimPoint]) -> Evidence:
    """Return the grade of a claim by the points that are quoted."""
    quoted = {point.kind for point in points}
    return "evidenced" if quoted & _PROOF else "specified" if quoted & _SPECIFIC else "claimed"


def find_claim_points(
    item: Item, vocabulary: Vocabulary, shares: Mapping[str, float]
) -> tuple[ClaimPoint, ...]:
    """Return for each point of the test the first sentence that answers it, in the test's order.

    `shares` says how likely the model takes the item's claim to be of each grade. What cannot be
    proof is left out, and where the model reads what it does and no pattern finds the words, the
    first sentence about AI is quoted. The item's page answers what is left, where that does not
    change the grade: the feed's words alone are graded.
    """
    sentences = _list_sentences(item)
    found = [
        point
        for point in _match_claim_patterns(sentences, vocabulary)
        if point.kind not in _PROOF or shares["evidenced"] >= _PROOF_THRESHOLD
    ]
    specific = max(shares["specified"], shares["evidenced"]) >= shares["claimed"]
    if sentences and specific and grade_claim(found) == "claimed":
        # The first one about AI that is no heading, else the first one.
        long = [sentence for sentence in sentences if len(sentence) >= _MIN_QUOTE_CHARS]
        with_ai = filter(vocabulary.ai.has_ai_word, long)
        quote = truncate_text(next(with_ai, (long or sentences)[0]), _MAX_QUOTE_CHARS)
        found.append(ClaimPoint("method", quote))
    grade, answered = grade_claim(found), {point.kind for point in found}
    page = (text for line in item.fulltext.splitlines() for text in split_sentences(line))
    found += [
        point
        for point in _match_claim_patterns(
            [sentence for sentence in page if len(sentence) >= _MIN_QUOTE_CHARS], vocabulary
        )
        if point.kind not in answered and grade_claim([*found, point]) == grade
    ]
    return tuple(sorted(found, key=lambda point: list(vocabulary.claims).index(point.kind)))


def _list_sentences(item: Item) -> list[str]:
    """Return what an item says, in the order in which it is quoted.

    Whole sentences come first, then what a feed cut or glued, and the headline last: it is quoted
    only where there are no other words. What a publisher says for itself is no proof of anything.
    """
    title = strip_boilerplate(item.title)
    summary, text = item.summary, item.text
    if text and summary and join_lines(text).startswith(join_lines(summary).rstrip(".…")[:80]):
        summary, text = "", max(summary, text, key=len)
    body = f"{summary}\n{text}".strip()[:_MAX_CHARS]
    sentences = [
        clean
        for sentence in split_sentences(body)
        if (clean := clean_text(strip_boilerplate(sentence)))
        and clean.casefold() != title.casefold()
        and not praises_publisher(clean, item.source_name, title)
    ]
    sentences.sort(key=lambda sentence: find_fragment(sentence) is not None)
    return [*sentences, *filter(None, (title,))]


def _match_claim_patterns(sentences: Iterable[str], vocabulary: Vocabulary) -> list[ClaimPoint]:
    folded = [(sentence, fold_text(sentence)) for sentence in sentences]
    found = []
    for kind, patterns in vocabulary.claims.items():
        answers = (
            sentence
            for sentence, low in folded
            if any(pattern.search(low) for pattern in patterns)
            and not (kind == "result" and _TERMS_OF_SALE.search(low))
        )
        if (quote := next(answers, None)) is not None:
            found.append(ClaimPoint(cast("Kind", kind), truncate_text(quote, _MAX_QUOTE_CHARS)))
    return found
