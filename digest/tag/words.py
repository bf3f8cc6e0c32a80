"""Text cut into comparable words, in scripts with spaces and without.

Everything that looks for words goes through here, so that "AI" is a word in "AI tools" and in "生成AI", and none in
"campaign", "email", "retail" or "said". Thai, Chinese and Japanese put no spaces between words: their runs of letters
are cut into overlapping pairs for the model, and searched as text for terms.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

NO_SPACES = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_RUN = re.compile(f"[{NO_SPACES}]+")
_WORD = re.compile(
    rf"[{NO_SPACES}]+|[^\W_{NO_SPACES}]+(?:['.&-][^\W_{NO_SPACES}]+)*[+]?|[$€£¥%!?:]"
)
_QUOTES = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-", "\u00a0": " "}
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_DIGITS = re.compile(r"\d+")


def fold_text(text: str) -> str:
    """Text in the form that terms are compared in: lower case, compatibility forms resolved, plain quotes."""
    return unicodedata.normalize("NFKC", text).translate(_QUOTES).lower()


def split_words(folded: str) -> list[str]:
    """The words of a folded text in order; numbers keep their shape only ("v24.1" is "v0.0", a year is "2000");
    runs without spaces come as overlapping pairs of letters."""
    found: list[str] = []
    for token in _WORD.findall(folded):
        if _RUN.match(token):
            found.extend(token[at : at + 2] for at in range(max(1, len(token) - 1)))
        elif _YEAR.fullmatch(token):
            found.append("2000")
        else:
            found.append(_DIGITS.sub("0", token))
    return found


def compile_terms(terms: Iterable[str]) -> re.Pattern[str]:
    """One pattern that finds any of the terms in a folded text, the longest first.

    A term ends where a word ends; a trailing `*` lets the word go on ("personali*"). Terms that begin or end in a
    script without spaces need no word's edge there.
    """
    alternatives = sorted(map(fold_text, terms), key=lambda term: (-len(term), term))
    return re.compile("|".join(map(_bounded_pattern, alternatives)) or r"(?!)")


def _bounded_pattern(term: str) -> str:
    stem = term.removesuffix("*")
    body = r"[\s-]+".join(re.escape(part) for part in re.split(r"[\s-]+", stem) if part)
    head = "" if _RUN.match(stem[:1]) else rf"(?<![^\W_{NO_SPACES}])"
    if term.endswith("*"):
        return rf"{head}{body}[^\W_{NO_SPACES}]*"
    tail = "" if _RUN.match(stem[-1:]) else rf"(?![^\W_{NO_SPACES}])"
    return f"{head}{body}{tail}"
