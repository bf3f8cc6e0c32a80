"""How much a Latin text looks like each of the languages that use these letters. Pure.

Naive Bayes over byte n-grams, as in langid.py: at each byte the longest known n-gram that ends
there is counted. The table is made by `tools/train_language.py`.
"""

from __future__ import annotations

import gzip
import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

_SCALE = 16  # steps of a weight in the table
_LONGEST = 5  # bytes of an n-gram
_MOST_KEPT = 50_000  # windows, in 8 MB
_MAX_CHARACTERS = 250  # of a text; more changes no answer (2,271 real items)
_Table = tuple[tuple[str, ...], Mapping[str, tuple[float, ...]]]


def score_languages(text: str) -> dict[str, float]:
    """Return language → how likely it is that the text is in it, by its letters; the sum is 1.

    The longer a text, the more sure the answer: log-odds are shared among the root of its length.
    """
    languages, table = _load_table()
    text = text[:_MAX_CHARACTERS]
    folded = unicodedata.normalize("NFC", text.lower() if text.isupper() else text)
    letters = folded.encode("utf-8", "replace").decode("latin-1")
    rows_by_count = defaultdict[int, list[tuple[float, ...]]](list)
    for name, count in _count_ngrams(letters).items():
        rows_by_count[count].append(table[name])
    totals = [0.0] * len(languages)
    for count, rows in rows_by_count.items():
        weight = math.log1p(count)
        steps = map(sum, zip(*rows, strict=True))  # of each language
        totals = [total + weight * summed for total, summed in zip(totals, steps, strict=True)]
    scale, most = _SCALE * math.sqrt(len(letters) or 1), max(totals)
    odds = [math.exp((total - most) / scale) for total in totals]
    whole = sum(odds)
    return {language: odd / whole for language, odd in zip(languages, odds, strict=True)}


def _count_ngrams(letters: str) -> Counter[str]:
    """Return how often each n-gram of the table is the longest that ends at a letter."""
    starts = [letters[:end] for end in range(1, min(_LONGEST, len(letters) + 1))]
    whole = range(len(letters) - _LONGEST + 1)
    windows = starts + [letters[start : start + _LONGEST] for start in whole]
    counts = Counter(map(_longest_ngrams.__getitem__, windows))
    del counts[""]
    return counts


class _LongestNgrams(dict[str, str]):
    """The longest n-gram of the table that ends where some letters end; "" for none.

    They are found when they are asked for, and kept as long as there is room.
    """

    def __missing__(self, window: str) -> str:
        _, table = _load_table()
        suffixes = (window[start:] for start in range(len(window)))
        found = next((suffix for suffix in suffixes if suffix in table), "")
        if len(self) >= _MOST_KEPT:
            self.clear()
        self[window] = found
        return found


_longest_ngrams = _LongestNgrams()


@lru_cache(maxsize=1)
def _load_table() -> _Table:
    packed = (files("digest.tag") / "vocabulary" / "ngrams.txt.gz").read_bytes()
    head, *rows = gzip.decompress(packed).decode("utf-8").split("\n")
    table = {}
    for row in rows:
        name, *steps = row.split("\t")
        table[name] = tuple(map(float, steps))
    return tuple(head.split("\t")[1:]), table
