"""The words of a story as the ranking reads them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from digest.model.story import Story

_BOILERPLATE = re.compile(
    r"\bvia @\w.*$|\(\d+ minute read\)|\bthe post\b.{0,300}$|来自36kr ai：|点击卡片可查看原文",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-zÀ-ɏЀ-ӿ]+|[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0eff]|\d+(?:[.,]\d+)*%?")
_SUFFIX = re.compile(r"(?<=....)(?:ing|ies|ed|es|s|ly)$")
_STOPWORDS = frozenset(
    "the a an and or of to in on for with by from at as is are was were be been it its this that these those you your "
    "we our us they their he she his her i s t will can has have had do does did not no but if so than then now more "
    "most how what why when which who into out up about over after before just also via per new".split()
)
_BODY_CHARS = 400  # characters; what the story is about stands there
_MAX_REASON_WORDS = 3  # words that a reason names


def normalize_title(story: Story) -> str:
    """The lead's title in lower case, without what newsletters and feeds put around it."""
    return _strip_boilerplate(story.lead.item.title)


def normalize_body(story: Story) -> str:
    """The beginning of the lead's summary, or of its text where it has none, in the same way."""
    item = story.lead.item
    return _strip_boilerplate(item.summary or item.text)[:_BODY_CHARS]


def extract_grams(title: str, body: str) -> frozenset[str]:
    """Word stems (`t:` before those of the title) and pairs of neighbours; figures as `0`."""
    head, rest = _extract_stems(title), _extract_stems(body)
    telling = {word for word in (*head, *rest) if word not in _STOPWORDS}
    return frozenset(
        (
            *(f"t:{word}" for word in telling.intersection(head)),
            *telling,
            *_join_pairs(head),
            *_join_pairs(rest),
        )
    )


def score_grams(found: frozenset[str], model: Mapping[str, float]) -> tuple[float, tuple[str, ...]]:
    """The points that words earn, and the words that weigh most in that direction. Scaled by the square root of their
    number, so that a long text earns no more than a short one."""
    known = {gram: model[gram] for gram in found if gram in model}
    total = math.fsum(known.values()) / math.sqrt(max(len(found), 1))
    sign = 1 if total >= 0 else -1
    telling = sorted(
        (gram for gram in known if known[gram] * sign > 0),
        key=lambda gram: (-known[gram] * sign, gram),
    )
    named = dict.fromkeys(gram.removeprefix("t:") for gram in telling)
    return total, tuple(word for word in named if len(word) > 2)[:_MAX_REASON_WORDS]


def _strip_boilerplate(text: str) -> str:
    return _BOILERPLATE.sub(" ", text).lower()


def _extract_stems(text: str) -> list[str]:
    return [_stem_word(word) for word in _WORD.findall(text)]


def _join_pairs(words: Sequence[str]) -> Iterable[str]:
    return (f"{a} {b}" for a, b in pairwise(words))


@lru_cache(maxsize=50_000)
def _stem_word(word: str) -> str:
    return "0" if word[0].isdigit() else _SUFFIX.sub("", word)
