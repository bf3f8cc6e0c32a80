"""How much a Latin text looks like each of the languages that use these letters. Pure.

Naive Bayes over byte n-grams, as in langid.py: at each byte the longest known n-gram that ends
there is counted. The table is made by `tools/train_language.py`.
"""

from __future__ import annotations

import gzip
import math
import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

_SCALE = 16  # steps of a weight in the table
_LONGEST = 6  # bytes of an n-gram
_MAX_CHARACTERS = 600  # of a text; more tells no more
_Table = tuple[tuple[str, ...], Mapping[str, tuple[int, ...]]]


def score_languages(text: str) -> dict[str, float]:
    """Return language → how likely it is that the text is in it, by its letters; the sum is 1.

    The longer a text, the more sure the answer: log-odds are shared among the root of its length.
    """
    languages, table = _load_table()
    text = text[:_MAX_CHARACTERS]
    folded = unicodedata.normalize("NFC", text.lower() if text.isupper() else text)
    letters = folded.encode("utf-8", "replace").decode("latin-1")
    counts = Counter(filter(None, (_find_longest(table, letters, end)
                                   for end in range(1, len(letters) + 1))))  # fmt: skip
    totals = [0.0] * len(languages)
    for name, count in counts.items():
        weight = math.log1p(count)
        for place, step in enumerate(table[name]):
            totals[place] += weight * step
    scale = _SCALE * math.sqrt(len(letters) or 1)
    odds = [math.exp((total - max(totals)) / scale) for total in totals]
    return {language: odd / sum(odds) for language, odd in zip(languages, odds, strict=True)}


def _find_longest(table: Mapping[str, tuple[int, ...]], letters: str, end: int) -> str:
    for start in range(max(0, end - _LONGEST), end):
        if letters[start:end] in table:
            return letters[start:end]
    return ""


@lru_cache(maxsize=1)
def _load_table() -> _Table:
    packed = (files("digest.tag") / "vocabulary" / "ngrams.txt.gz").read_bytes()
    head, *rows = gzip.decompress(packed).decode("utf-8").split("\n")
    table = {}
    for row in rows:
        name, *steps = row.split("\t")
        table[name] = tuple(map(int, steps))
    return tuple(head.split("\t")[1:]), table
