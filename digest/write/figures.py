"""Where the sources of a story give different figures for the same thing.

Two figures are for the same thing where both are amounts of one kind (money of one currency,
shares, or a count of the same things), stand among mostly the same words, and neither source gives
the other's figure anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from digest.model.edition import Sentence
from digest.model.item import Item
from digest.model.story import Story
from digest.patterns import join_alternatives
from digest.scale_words import ENGLISH_SCALES, SCALES
from digest.text import clean_text, split_sentences, truncate_text
from digest.write.headlines import clean_title
from digest.write.wording import clean_body

_MAX_CONFLICTS = 2  # of a story
_MAX_QUOTE_CHARS = 200
_MAX_CHARS = 700  # of an item: what is reported stands at the top
_CONTEXT_SIZE = 5  # words before and after a figure that say what it is of
_MIN_CONTEXT_SHARE = 0.5  # of those words that both must have
_MIN_SHARED_WORDS = 3  # and how many
_ROUNDING_TOLERANCE = 0.02  # figures that differ less are rounded differently
_MAX_RATIO = 20.0  # and those that differ more, by this factor, are of different things

_AMOUNT = re.compile(
    r"(?P<currency>US\$|C\$|A\$|[$€£¥₹]|\b(?:USD|EUR|GBP)\b)?\s?"
    r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"\s?-?(?:(?P<scale>{join_alternatives(ENGLISH_SCALES)})\b)?\s?"
    r"(?P<share>%|percent\b|per cent\b)?(?P<after>\s(?:dollars|euros|pounds)\b)?",
    re.IGNORECASE,
)
_CURRENCIES = {"us$": "$", "usd": "$", "dollars": "$", "eur": "€", "euros": "€"}
_CURRENCIES |= {"gbp": "£", "pounds": "£"}
_WORD = re.compile(r"[^\W\d_]{3,}")
_ENDING = re.compile(r"(?:ing|ed|es|s|al)$")
_STOPWORDS = frozenset(
    "the and for with from that this its their has have was were are will more than over about "
    "nearly into out per says said new now all some which when while who what not but also after "
    "before up down".split()
)


@dataclass(frozen=True, slots=True)
class _SourceFigure:
    value: float
    kind: str  # a currency, "%", or "" for a count
    about: frozenset[str]  # the words around it
    quote: str
    item: Item


def find_conflicts(story: Story) -> tuple[tuple[Sentence, Sentence], ...]:
    """Find pairs of sentences that give different figures for the same thing.

    The two are of different publishers; the lead's come first. English alone is compared.
    """
    members = [story.lead, *(member for member in story.items if member is not story.lead)]
    figures = [
        list(_extract_figures(member.item)) for member in members if member.item.language == "en"
    ]
    found: dict[tuple[str, float], tuple[Sentence, Sentence]] = {}
    for first, second in combinations(figures, 2):
        for a in first:
            for b in second:
                if _is_conflict(a, b, first, second):
                    found.setdefault((a.kind, a.value), (_to_sentence(a), _to_sentence(b)))
    return tuple(found.values())[:_MAX_CONFLICTS]


def _is_conflict(
    a: _SourceFigure, b: _SourceFigure, with_a: list[_SourceFigure], with_b: list[_SourceFigure]
) -> bool:
    """Return whether two figures disagree, given all figures of both items."""
    shared_words = _MIN_CONTEXT_SHARE * min(len(a.about), len(b.about))
    return (
        a.kind == b.kind
        and a.item.source_name != b.item.source_name
        and len(a.about & b.about) >= max(_MIN_SHARED_WORDS, shared_words)
        and not _is_nearly_equal(a.value, b.value)
        and max(a.value, b.value) < _MAX_RATIO * min(a.value, b.value)
        and not any(_is_nearly_equal(a.value, other.value) for other in with_b)
        and not any(_is_nearly_equal(b.value, other.value) for other in with_a)
        # Of different cases: "$88,000 for 50,000 calls".
        and not (_shares_sentence(a, with_a) and _shares_sentence(b, with_b))
    )


def _shares_sentence(figure: _SourceFigure, all_of_item: list[_SourceFigure]) -> bool:
    return any(other is not figure and other.quote == figure.quote for other in all_of_item)


def _is_nearly_equal(a: float, b: float) -> bool:
    return abs(a - b) <= _ROUNDING_TOLERANCE * max(a, b)


def _extract_figures(item: Item) -> Iterator[_SourceFigure]:
    """Yield the figures of an item's title and first sentences, without days, years and ranks."""
    for sentence in (clean_title(item), *split_sentences(clean_body(item)[:_MAX_CHARS])):
        for match in _AMOUNT.finditer(sentence):
            currency = (match["currency"] or (match["after"] or "").strip()).casefold()
            kind = "%" if match["share"] else _CURRENCIES.get(currency, currency)
            value = float(match["number"].replace(",", ""))
            is_day_or_year = value < 32 or 1990 <= value <= 2040 or "." in match["number"]
            if not value or (is_day_or_year and not kind and not match["scale"]):
                continue
            value *= SCALES.get((match["scale"] or "").casefold(), 1.0)
            before = _WORD.findall(sentence[: match.start()].casefold())[-_CONTEXT_SIZE:]
            after = _WORD.findall(sentence[match.end() :].casefold())[:_CONTEXT_SIZE]
            about = frozenset(
                _ENDING.sub("", word) if len(word) > 4 else word
                for word in (*before, *after)
                if word not in _STOPWORDS
            )
            yield _SourceFigure(value, kind, about, sentence, item)


def _to_sentence(figure: _SourceFigure) -> Sentence:
    text = truncate_text(clean_text(figure.quote), _MAX_QUOTE_CHARS)
    return Sentence(text, figure.item.source_name, figure.item.address)
