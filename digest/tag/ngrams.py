"""How much a Latin text looks like each of the languages that use these letters. Pure.

Naive Bayes over byte n-grams, as in langid.py: at each byte the longest known n-gram that ends
there is counted. The table is made by `tools/train_language.py`.
"""

from __future__ import annotations

import gzip
import math
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from operator import add

_SCALE = 16  # steps of a weight in the table
_LONGEST = 6  # bytes of an n-gram
_MAX_CHARACTERS = 600  # of a text; more tells no more
_MAX_KNOWN_WINDOWS = 50_000  # 8 MB; the usual ones come first
_KNOWN_WINDOWS: dict[str, str] = {}  # the bytes before an end → the longest n-gram that ends there
_Table = tuple[tuple[str, ...], Mapping[str, tuple[float, ...]]]


def score_languages(text: str) -> dict[str, float]:
    """Return language → how likely it is that the text is in it, by its letters; the sum is 1.

    The longer a text, the more sure the answer: log-odds are shared among the root of its length.
    """
    languages, table = _load_table()
    text = text[:_MAX_CHARACTERS]
    folded = unicodedata.normalize("NFC", text.lower() if text.isupper() else text)
    letters = folded.encode("utf-8", "replace").decode("latin-1")
    totals = [0.0] * len(languages)
    for name, count in _count_ngrams(letters, table).items():
        weight = math.log1p(count)
        totals = list(map(add, totals, map(weight.__mul__, table[name])))
    scale, most = _SCALE * math.sqrt(len(letters) or 1), max(totals)
    odds = [math.exp((total - most) / scale) for total in totals]
    whole = sum(odds)
    return {language: odd / whole for language, odd in zip(languages, odds, strict=True)}


def _count_ngrams(letters: str, table: Mapping[str, tuple[float, ...]]) -> dict[str, int]:
    """Return how often each n-gram of the table is the longest that ends at a letter."""
    counts: dict[str, int] = {}
    for end in range(1, len(letters) + 1):
        window = letters[end - _LONGEST if end > _LONGEST else 0 : end]
        found = _KNOWN_WINDOWS.get(window)
        if found is None:
            suffixes = (window[start:] for start in range(len(window)))
            found = next((suffix for suffix in suffixes if suffix in table), "")
            if len(_KNOWN_WINDOWS) < _MAX_KNOWN_WINDOWS:
                _KNOWN_WINDOWS[window] = found
        if found:
            counts[found] = counts.get(found, 0) + 1
    return counts


@lru_cache(maxsize=1)
def _load_table() -> _Table:
    packed = (files("digest.tag") / "vocabulary" / "ngrams.txt.gz").read_bytes()
    head, *rows = gzip.decompress(packed).decode("utf-8").split("\n")
    table = {}
    for row in rows:
        name, *steps = row.split("\t")
        table[name] = tuple(map(float, steps))
    return tuple(head.split("\t")[1:]), table
