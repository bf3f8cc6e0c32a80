"""What the linear models see of an item: its words by place, with values that do not grow with its length.

A feature's name begins with its kind, so that reasons can be turned back into words:
`t:` words of the title, `b:` words of summary and text, `^:` how the title begins, `a:` words anywhere, `s:` stems.
"""

from __future__ import annotations

import re

from digest.tag.words import fold, words

BODY_CHARS = 700  # what the summary and the head of the text hold of news
_FURNITURE = re.compile(
    r"via @[\w, @.]+$|\(\d+ minute read\)|the post .{0,300}?(?:appeared first on [^.]{1,60}\.?|$)|"
    r"点击卡片可查看原文。?|来自[^：:]{1,20}[：:]|continue reading.{0,80}$|read more$",
    re.IGNORECASE,
)
_STEM = 6


def without_furniture(folded: str) -> str:
    """A folded text without what feed software adds: by-lines, reading times, "the post appeared first on"."""
    return _FURNITURE.sub(" ", folded).strip()


def body_of(summary: str, text: str, title: str = "") -> str:
    """The folded head of what follows the title, summary first."""
    joined = summary if text and summary and text.startswith(summary.rstrip(".…")[:80]) else f"{summary} {text}"
    body = without_furniture(fold(joined[: 2 * BODY_CHARS]))[:BODY_CHARS]
    return body.removeprefix(title) if title and body.startswith(title) and len(body) > len(title) + 20 else body


def text_features(title: str, summary: str, text: str) -> dict[str, float]:
    """Features of the words alone."""
    head = without_furniture(fold(title))
    title_words = words(head)
    body_words = words(body_of(summary, text, head))
    found: dict[str, float] = {}
    _add(found, "t:", _grams(title_words, 3))
    _add(found, "b:", _grams(body_words, 2))
    _add(found, "a:", set(title_words) | set(body_words))
    _add(found, "s:", {word[:_STEM] for word in title_words + body_words if len(word) > _STEM and word.isalpha()})
    for size in (1, 2, 3):
        if len(title_words) >= size:
            found["^:" + " ".join(title_words[:size])] = 0.5
    return found


def _grams(tokens: list[str], most: int) -> set[str]:
    return {" ".join(tokens[at : at + size]) for size in range(1, most + 1) for at in range(len(tokens) - size + 1)}


def _add(found: dict[str, float], kind: str, grams: set[str]) -> None:
    value = 1.0 / max(1.0, len(grams)) ** 0.5
    for gram in grams:
        found[kind + gram] = value
