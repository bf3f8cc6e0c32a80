"""Percentages of several stories that can stand side by side in one chart.

Two can be compared where one sentence compares them itself ("71%, up from 54%"), or where two
publishers tell of different stories and both give a share of one thing ("43% of searches", "31% of
all searches") or one change in it ("9% fewer visits", "12% fewer visits") in sentences that have
more words in common. Everything else is left alone: a chart of figures that measure different
things would say what no source says.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from digest.i18n import N_, TranslatableText
from digest.model.edition import Sentence, ThemeFigure
from digest.model.item import Item
from digest.model.story import Story
from digest.text import clean_text, split_sentences
from digest.write.wording import clean_body

_MAX_CHARS = 700  # of an item: what is reported stands at the top
_MAX_SENTENCE_CHARS = 240
_MAX_FIGURES = 5
_MIN_SHARED_WORDS = 2  # of two sentences, beside what is measured
_MIN_DIFFERENCE = 0.02  # of the larger: figures closer than that are one figure, rounded

_NUMBER = r"(?<![\d.,]){}\d{{1,3}}(?:\.\d+)?)\s?(?:%|percent\b|per cent\b)"
_NOW, _BEFORE = _NUMBER.format("(?P<now>"), _NUMBER.format("(?P<before>")
_CHANGES = (
    re.compile(rf"{_NOW}[^.;%]{{0,60}}?\b(?:up|down) from {_BEFORE}"),
    re.compile(rf"\bfrom {_BEFORE}(?: [\w ]{{1,20}}?)?,? to {_NOW}"),
)
_MORE, _LESS = "more|rise in|increase in|growth in", "fewer|less|drop in|fall in|decline in"
_SHARE = re.compile(
    rf"{_NUMBER.format('(?P<value>')} (?P<change>of|{_MORE}|{_LESS}) "
    r"(?:(?:all|the|its|their|these|those|surveyed|total|traditional|online) ){0,2}"
    r"(?P<what>[a-z]{3,}(?:-[a-z]+)?)\b"
)
_WORD = re.compile(r"[^\W\d_]{4,}")
_ENDING = re.compile(r"(?<=...)(?:ing|ies|ed|es|s)$")
_NO_MEASURE = frozenset("what which that whom them than time case cas its".split())


@dataclass(frozen=True, slots=True)
class _SharePart:
    value: float
    quote: Sentence
    words: frozenset[str]  # of the sentence, beside what is measured


def find_comparable_figures(stories: Sequence[Story]) -> tuple[ThemeFigure, ...]:
    """Return percentages of one thing that can be compared, the largest first; else ().

    English alone is read. `stories` come best first: the best one's figures are taken.
    """
    found: dict[tuple[str, str], dict[str, _SharePart]] = defaultdict(dict)
    for story in stories:
        told = {
            measure: part
            for member in reversed((story.lead, *story.items))
            if member.item.language == "en"
            for measure, part in _iter_shares(member.item)
        }
        for measure, part in told.items():
            found[measure].setdefault(part.quote.source, part)
    groups = (_keep_alike(list(parts.values())) for _, parts in sorted(found.items()))
    parts = max(groups, key=len, default=[])
    if len(parts) > 1:
        parts.sort(key=lambda part: (-part.value, part.quote.url))
        return tuple(
            ThemeFigure(part.value, part.quote.source, part.quote) for part in parts[:_MAX_FIGURES]
        )
    return next(filter(None, (_find_change(story) for story in stories)), ())


def _find_change(story: Story) -> tuple[ThemeFigure, ...]:
    """Return what one sentence of a story's lead compares itself."""
    item = story.lead.item
    for sentence in _split_body(item) if item.language == "en" else ():
        for match in filter(None, (pattern.search(sentence) for pattern in _CHANGES)):
            quote = Sentence(sentence, item.source_name, item.address)
            now, before = float(match["now"]), float(match["before"])
            if max(now, before) <= 100 and _differ(now, before):
                return (
                    ThemeFigure(now, TranslatableText(N_("now")), quote),
                    ThemeFigure(before, TranslatableText(N_("before")), quote),
                )
    return ()


def _keep_alike(parts: Sequence[_SharePart]) -> list[_SharePart]:
    """Return the largest set around one part that has words in common with it and other values."""

    def collect_around(centre: _SharePart) -> list[_SharePart]:
        alike = [centre]
        for part in parts:
            shares_words = len(part.words & centre.words) >= _MIN_SHARED_WORDS
            if shares_words and all(_differ(part.value, other.value) for other in alike):
                alike.append(part)
        return alike

    return max(map(collect_around, parts), key=len, default=[])


def _iter_shares(item: Item) -> Iterator[tuple[tuple[str, str], _SharePart]]:
    """Yield what an item's sentences measure in percent, with the share."""
    for sentence in _split_body(item):
        stems = frozenset(map(_stem_word, _WORD.findall(sentence.lower())))
        for match in _SHARE.finditer(sentence):
            what, change, value = _stem_word(match["what"]), match["change"], float(match["value"])
            if what in _NO_MEASURE or not 0 < value <= 100:
                continue
            kind = "of" if change == "of" else "less" if re.fullmatch(_LESS, change) else "more"
            quote = Sentence(sentence, item.source_name, item.address)
            yield (kind, what), _SharePart(value, quote, stems - {what})


def _split_body(item: Item) -> Iterator[str]:
    sentences = split_sentences(clean_text(clean_body(item)[:_MAX_CHARS]))
    return (
        sentence
        for sentence in sentences
        if len(sentence) <= _MAX_SENTENCE_CHARS and sentence.endswith((".", "”", '"'))
    )


def _differ(a: float, b: float) -> bool:
    return abs(a - b) > _MIN_DIFFERENCE * max(a, b)


_stem_word = partial(_ENDING.sub, "")
