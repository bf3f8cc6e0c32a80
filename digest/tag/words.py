"""Cut text into comparable words, in scripts with spaces and without.

Everything that looks for words goes through here, so that "AI" is a word in "AI tools" and in
"生成AI", and none in "campaign", "email", "retail" or "said". Thai, Chinese and Japanese put no
spaces between words: their runs of letters are cut into overlapping pairs for the model, and
searched as text for terms. Thai is cut at the longest words of a list first (vocabulary/thai.txt).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

NO_SPACES = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_RUN = re.compile(f"[{NO_SPACES}]+")
_WORD = re.compile(
    rf"[{NO_SPACES}]+|[^\W_{NO_SPACES}]+(?:['.&-][^\W_{NO_SPACES}]+)*[+]?|[$€£¥%!?:]"
)
_QUOTES = str.maketrans(
    {"\n": " "}
    | {
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "“": '"',
        "”": '"',
        "–": "-",
        "—": "-",
        "‑": "-",
        "\u00a0": " ",
    }
)
_THAI = re.compile("[\u0e00-\u0e7f]")
_YEAR = re.compile(r"(?:19|20)\d\d")
_DIGITS = re.compile(r"\d+")


def fold_text(text: str) -> str:
    """Return text as terms are compared: lower case, one line, plain quotes.

    Compatibility forms are resolved.
    """
    return unicodedata.normalize("NFKC", text).translate(_QUOTES).lower()


def split_words(folded: str) -> list[str]:
    """Return the words of a folded text in order.

    Numbers keep their shape only ("v24.1" is "v0.0", a year is "2000"). Thai comes as the words of
    a list and what stands between them, other runs without spaces as overlapping pairs of letters.
    """
    found: list[str] = []
    for token in _WORD.findall(folded):
        if _THAI.match(token):
            found.extend(filter(None, _compile_thai_words().split(token)))
        elif _RUN.match(token):
            found.extend(token[at : at + 2] for at in range(max(1, len(token) - 1)))
        elif _YEAR.fullmatch(token):
            found.append("2000")
        else:
            found.append(_DIGITS.sub("0", token))
    return found


@cache
def _compile_thai_words() -> re.Pattern[str]:
    """Return a pattern of the listed words, the longest first, which keeps them in a split."""
    listed = (files("digest.tag") / "vocabulary" / "thai.txt").read_text("utf-8").split()
    words = sorted(map(fold_text, listed), key=lambda word: (-len(word), word))
    return re.compile("(" + "|".join(map(re.escape, words)) + ")")
