"""Where the sources of a story give different figures for the same thing. Pure.

Two figures are for the same thing where both are amounts of one kind (money of one currency, shares, or a count of the
same things), stand among mostly the same words, and neither source gives the other's figure anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from digest.model import Item, Sentence, Story
from digest.text import clean, sentences, shorten
from digest.write.summaries import clean_title, clean_words

_MOST = 2  # conflicts of a story that are told
_MOST_QUOTE = 200
_READ = 700  # characters of an item: what is reported stands at the top
_REACH = 5  # words before and after a figure that say what it is of
_ALIKE = 0.5  # share of those words that both must have
_FEWEST = 3  # and how many
_CLOSE = 0.02  # figures that differ less are rounded differently
_FAR = 20.0  # and those that differ more, by this factor, are of different things

_AMOUNT = re.compile(
    r"(?P<currency>US\$|C\$|A\$|[$€£¥₹]|\b(?:USD|EUR|GBP)\b)?\s?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"\s?-?(?P<scale>thousand|million|billion|trillion|[kmbt]n?\b)?\s?"
    r"(?P<share>%|percent\b|per cent\b)?(?P<after>\s(?:dollars|euros|pounds)\b)?",
    re.IGNORECASE,
)
_SCALES = {"t": 1e3, "k": 1e3, "m": 1e6, "b": 1e9}
_CURRENCIES = {"us$": "$", "usd": "$", "dollars": "$", "eur": "€", "euros": "€", "gbp": "£", "pounds": "£"}
_WORD = re.compile(r"[^\W\d_]{3,}")
_SMALL = frozenset(
    "the and for with from that this its their has have was were are will more than over about nearly into out per "
    "says said new now all some which when while who what not but also after before up down".split()
)


@dataclass(frozen=True, slots=True)
class _Figure:
    value: float
    kind: str  # a currency, "%", or "" for a count
    about: frozenset[str]  # the words around it
    quote: str
    item: Item


def conflicts(story: Story) -> tuple[tuple[Sentence, Sentence], ...]:
    """Pairs of sentences, each from another publisher, that give different figures for the same thing; the lead's
    first. English words alone are compared."""
    figures = {member.item.id: list(_figures(member.item)) for member in story.items if member.item.language == "en"}
    found: dict[tuple[str, float], tuple[Sentence, Sentence]] = {}
    order = [story.lead.item.id, *(member.item.id for member in story.items if member is not story.lead)]
    for first, second in combinations([one for one in order if one in figures], 2):
        for a in figures[first]:
            for b in figures[second]:
                if _differ(a, b, figures[first], figures[second]):
                    found.setdefault((a.kind, a.value), (_sentence(a), _sentence(b)))
    return tuple(found.values())[:_MOST]


def _differ(a: _Figure, b: _Figure, with_a: list[_Figure], with_b: list[_Figure]) -> bool:
    shared = a.about & b.about
    return (
        a.kind == b.kind
        and a.item.source_name != b.item.source_name
        and len(shared) >= max(_FEWEST, _ALIKE * min(len(a.about), len(b.about)))
        and not _equal(a.value, b.value)
        and max(a.value, b.value) < _FAR * min(a.value, b.value)
        and not any(_equal(a.value, other.value) for other in with_b)
        and not any(_equal(b.value, other.value) for other in with_a)
        and not (_beside(a, with_a) and _beside(b, with_b))  # of another case: "$88,000 for 50,000 calls"
    )


def _beside(figure: _Figure, all_of_item: list[_Figure]) -> bool:
    """Whether its sentence holds another figure."""
    return any(other is not figure and other.quote == figure.quote for other in all_of_item)


def _equal(a: float, b: float) -> bool:
    return abs(a - b) <= _CLOSE * max(a, b)


def _figures(item: Item) -> Iterator[_Figure]:
    for sentence in (clean_title(item), *sentences(clean_words(item)[:_READ])):
        for match in _AMOUNT.finditer(sentence):
            kind = _kind(match)
            value = float(match["number"].replace(",", ""))
            plain = not kind and not match["scale"]
            if value and not (plain and (value < 32 or 1990 <= value <= 2040 or "." in match["number"])):
                yield _Figure(value * _scale(match["scale"]), kind, _around(sentence, match), sentence, item)


def _kind(match: re.Match[str]) -> str:
    if match["share"]:
        return "%"
    named = (match["currency"] or (match["after"] or "").strip()).casefold()
    return _CURRENCIES.get(named, named)


def _scale(word: str | None) -> float:
    if not word:
        return 1.0
    return 1e12 if word.casefold() in ("t", "tn", "trillion") else _SCALES[word[0].casefold()]


def _around(sentence: str, match: re.Match[str]) -> frozenset[str]:
    before = _WORD.findall(sentence[: match.start()].casefold())[-_REACH:]
    after = _WORD.findall(sentence[match.end() :].casefold())[:_REACH]
    return frozenset(_stem(word) for word in (*before, *after) if word not in _SMALL)


def _stem(word: str) -> str:
    return re.sub(r"(?:ing|ed|es|s|al)$", "", word) if len(word) > 4 else word


def _sentence(figure: _Figure) -> Sentence:
    return Sentence(shorten(clean(figure.quote), _MOST_QUOTE), figure.item.source_name, figure.item.url)
