"""The words of a story as the text model sees them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from digest.model import Story

_FRAME = re.compile(
    r"\bvia @\w.*$|\(\d+ minute read\)|\bThe post\b.{0,300}$|来自36Kr AI：|点击卡片可查看原文", re.IGNORECASE
)
_WORD = re.compile(r"[A-Za-zÀ-ɏЀ-ӿ]+|[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0eff]|\d+(?:[.,]\d+)*%?")
_SUMMARY = 400  # characters; what the story is about stands there
_NAMED = 3  # words that a reason names


def grams(story: Story) -> frozenset[str]:
    """Words and pairs of neighbours of the lead's title (`t:word`) and of its title and summary; figures as `0`."""
    title = _plain(story.lead.item.title)
    body = _plain(story.lead.item.summary or story.lead.item.text)[:_SUMMARY]
    head = _WORD.findall(title)
    words = [*map(_figure, head), "|", *map(_figure, _WORD.findall(body))]
    pairs = {f"{a} {b}" for a, b in zip(words, words[1:], strict=False) if "|" not in (a, b)}
    return frozenset({f"t:{_figure(word)}" for word in head} | set(words) - {"|"} | pairs)


def points(found: frozenset[str], model: Mapping[str, float]) -> tuple[float, tuple[str, ...]]:
    """The points that words earn, and the words that weigh most in that direction. Scaled by the square root of their
    number, so that a long text earns no more than a short one."""
    known = {gram: model[gram] for gram in found if gram in model}
    total = sum(known[gram] for gram in sorted(known)) / math.sqrt(max(len(found), 1))
    sign = 1 if total >= 0 else -1
    telling = sorted((gram for gram in known if known[gram] * sign > 0), key=lambda gram: (-known[gram] * sign, gram))
    named = dict.fromkeys(gram.removeprefix("t:") for gram in telling if gram != "0" and gram != "t:0")
    return total, tuple(named)[:_NAMED]


def _plain(text: str) -> str:
    return _FRAME.sub(" ", text).casefold()


def _figure(word: str) -> str:
    if word[0].isdigit():
        return "0%" if word.endswith("%") else "0"
    return word
