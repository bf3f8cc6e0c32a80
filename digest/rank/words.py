"""Read an item's words for the ranking model: stems and pairs of stems."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise

from digest.model.item import Item
from digest.text import join_lines

_BOILERPLATE = re.compile(
    r"\bvia @\w.*$|\(\d+ minute read\)|\bthe post\b.{0,300}$|来自36kr ai：|点击卡片可查看原文",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-zÀ-ɏЀ-ӿ]+|[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0eff]|\d+(?:[.,]\d+)*%?")
_SUFFIX = re.compile(r"(?<=....)(?:ing|ies|ed|es|s|ly)$")
_STOPWORDS = frozenset(
    "the a an and or of to in on for with by from at as is are was were be been it its this that "
    "these those you your we our us they their he she his her i s t will can has have had do does "
    "did no not but if so than then now more most how what why when which who into out up about "
    "over after before just also via per new".split()
)
_BODY_CHARS = 400  # characters; what the story is about stands there
_MAX_REASON_WORDS = 3  # words that a reason names


def normalize_title(item: Item) -> str:
    """Return an item's title in lower case, without what newsletters and feeds put around it."""
    return _strip_boilerplate(item.title)


def normalize_body(item: Item) -> str:
    """Return the beginning of an item's summary, or of its text where it has none, likewise."""
    return _strip_boilerplate(item.summary or item.text)[:_BODY_CHARS]


def _strip_boilerplate(text: str) -> str:
    return _BOILERPLATE.sub(" ", join_lines(text)).lower()


def extract_grams(title: str, body: str) -> frozenset[str]:
    """Return word stems (`t:` before the title's), pairs of neighbours, and figures as `0`."""
    in_title, in_body = (list(map(_stem_word, _WORD.findall(text))) for text in (title, body))
    telling = {word for word in (*in_title, *in_body) if word not in _STOPWORDS}
    pairs = (f"{a} {b}" for words in (in_title, in_body) for a, b in pairwise(words))
    return frozenset((*(f"t:{word}" for word in telling.intersection(in_title)), *telling, *pairs))


def score_grams(grams: frozenset[str], model: Mapping[str, float]) -> tuple[float, tuple[str, ...]]:
    """Return the points that words earn, and the words that weigh most in that direction.

    The points are scaled by the square root of the number of grams, so that a long text earns no
    more than a short one.
    """
    known = {gram: model[gram] for gram in grams if gram in model}
    total = math.fsum(known.values()) / math.sqrt(max(len(grams), 1))
    sign = 1 if total >= 0 else -1
    telling = sorted(
        (gram for gram in known if known[gram] * sign > 0),
        key=lambda gram: (-known[gram] * sign, gram),
    )
    named = dict.fromkeys(gram.removeprefix("t:") for gram in telling)
    return total, tuple(word for word in named if len(word) > 2)[:_MAX_REASON_WORDS]


@lru_cache(maxsize=50_000)
def _stem_word(word: str) -> str:
    return "0" if word[0].isdigit() else _SUFFIX.sub("", word)
