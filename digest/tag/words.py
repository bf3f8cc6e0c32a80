"""Cut text into comparable words, in scripts with spaces and without.

Everything that looks for words goes through here, so that "AI" is a word in "AI tools" and in
"生成AI", and none in "campaign", "email", "retail" or "said". Thai, Chinese and Japanese put no
spaces between words: their runs of letters are cut into overlapping pairs for the model, and
searched as text for terms.
"""

from __future__ import annotations

import re
import unicodedata

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
_YEAR = re.compile(r"(?:19|20)\d\d")
_DIGITS = re.compile(r"\d+")


def fold_text(text: str) -> str:
    """Return text as terms are compared: lower case, one line, plain quotes.

    Compatibility forms are resolved.
    """
    return unicodedata.normalize("NFKC", text).translate(_QUOTES).lower()


def split_words(folded: str) -> list[str]:
    """Return the words of a folded text in order.

    Numbers keep their shape only ("v24.1" is "v0.0", a year is "2000"); runs without spaces come as
    overlapping pairs of letters.
    """
    found: list[str] = []
    for token in _WORD.findall(folded):
        if _RUN.match(token):
            found.extend(token[at : at + 2] for at in range(max(1, len(token) - 1)))
        elif _YEAR.fullmatch(token):
            found.append("2000")
        else:
            found.append(_DIGITS.sub("0", token))
    return found
