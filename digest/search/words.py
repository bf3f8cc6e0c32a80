"""Cut text into the words of the index, in scripts with spaces and without.

Text is folded first: small letters, no accents, compatibility forms resolved, traditional Chinese
characters written as their simplified forms. Chinese, Japanese and Thai put no spaces between
words: a run of their letters becomes overlapping pieces, so that a phrase of pieces finds any part
of it. Whatever changes here changes the index: raise `WORDS_VERSION`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

WORDS_VERSION = 1

_THAI = "\u0e01-\u0e3a\u0e40-\u0e4e\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff"
_EAST_ASIAN = "\u3005\u3040-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
UNSPACED = _THAI + _EAST_ASIAN
_RUN = re.compile(f"[{_THAI}]+|[{_EAST_ASIAN}]+")
_HAS_UNSPACED = re.compile(f"[{UNSPACED}]")
# a word, a run, or words joined by hyphens; decimals are put together before
TOKEN = re.compile(rf"[{_THAI}]+|[{_EAST_ASIAN}]+|[^\W_{UNSPACED}]+(?:[-‐‑][^\W_{UNSPACED}]+)*")
_WRITTEN = re.compile(
    rf"[{_THAI}]+|[{_EAST_ASIAN}]+|"
    rf"[^\W_{UNSPACED}]+(?:(?:[-‐‑]|(?<=\d)[.,](?=\d))[^\W_{UNSPACED}]+)*"
)
_HYPHEN = re.compile("[-‐‑]")
_POSSESSIVE = re.compile(r"(?<=\w)['’ʼ]s\b", re.IGNORECASE)
_ELISION = re.compile(r"\b(?:l|d|dell|all|dall|nell|sull|un|qu|j|n|s|c)['’ʼ](?=\w)", re.IGNORECASE)
# The mark stands first, where it is looked for at a quarter of the price.
_THOUSANDS = re.compile(r"[,.’'](?<=\d.)(?=\d{3}(?!\d))")
_DECIMAL = re.compile(r"[.,](?<=\d.)(?=\d)")
_MARKS = re.compile("[\u0300-\u036f]+")
# what is not ASCII in most English text
_PLAIN = str.maketrans({"’": "'", "‘": "'", "ʼ": "'"} | dict.fromkeys("“”–—…•\u00a0", " "))
_GAPS = str.maketrans(  # of ASCII: all between words but hyphens
    {sign: " " for sign in map(chr, range(128)) if not sign.isalnum() and sign != "-"}
)
_LIGATURES = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i"}
)
_PIECE = {"thai": 3, "east asian": 2}
MAX_INDEXED = 20_000  # characters of one text


@cache
def _load_simplified() -> dict[int, str]:
    """Return traditional characters with their simplified forms: data of `digest.cluster`."""
    path = Path(__file__).parents[1] / "cluster" / "simplified.txt"  # its code is not needed
    letters = "".join(path.read_text("utf-8").split())
    pairs = zip(letters[::2], letters[1::2], strict=True)
    return {ord(old): new for old, new in pairs if old != new}


def fold_words(text: str) -> str:
    """Return text as words are compared."""
    folded = text.translate(_PLAIN) if not text.isascii() else text
    if folded.isascii():
        folded = folded.lower()
    else:
        folded = unicodedata.normalize("NFKC", folded).lower().translate(_LIGATURES)
        folded = unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", folded)))
        if _HAS_UNSPACED.search(folded):
            folded = folded.translate(_load_simplified())
    if "'" in folded or "’" in folded:
        folded = _ELISION.sub(" ", _POSSESSIVE.sub("", folded))
    return _DECIMAL.sub("d", _THOUSANDS.sub("", folded)) if _has_digit(folded) else folded


def _has_digit(text: str) -> bool:
    return any(digit in text for digit in "0123456789")


def find_written_words(text: str) -> list[str]:
    """Return the words of a text as they are written, numbers with their decimals.

    Without possessive and article: "Meta" of "Meta's", "IA" of "l'IA".
    """
    plain = _ELISION.sub(" ", _POSSESSIVE.sub("", text.translate(_PLAIN)))
    return _WRITTEN.findall(plain)


def is_unspaced(word: str) -> bool:
    """Return whether a word begins in a script that puts no spaces between words."""
    return bool(_HAS_UNSPACED.match(word))


def cut_run(run: str) -> list[str]:
    """Return the overlapping pieces of a run of letters without spaces."""
    size = _PIECE["thai" if re.match(f"[{_THAI}]", run) else "east asian"]
    return [run[at : at + size] for at in range(max(1, len(run) - size + 1))]


def split_tokens(folded: str) -> list[str]:
    """Return the tokens of a folded text in order, the parts of a compound each."""
    return _split(folded)[0]


def _split(folded: str) -> tuple[list[str], list[str]]:
    """Return the tokens of a folded text, and its compounds written as one word.

    "e-mail" is found as "email", too.
    """
    words = _find_words(folded)
    if folded.isascii() and "-" not in folded:
        return words, []
    tokens: list[str] = []
    joined: list[str] = []
    for word in words:
        if word.isascii() and word.isalnum():
            tokens.append(word)
        elif _RUN.match(word):
            tokens.extend(cut_run(word))
        else:
            parts = _HYPHEN.split(word)
            tokens.extend(parts)
            if len(parts) > 1:
                joined.append("".join(parts))
    return tokens, joined


def _find_words(folded: str) -> list[str]:
    """Return what `TOKEN` finds; without it where the letters are ASCII, which is much quicker."""
    if not folded.isascii():
        return TOKEN.findall(folded)
    words = folded.translate(_GAPS).split()
    if "-" not in folded:
        return words
    return [
        found for word in words for found in ((word,) if word.isalnum() else TOKEN.findall(word))
    ]


def make_index_text(text: str) -> str:
    """Return a text's tokens with spaces between, as the index takes them."""
    tokens, joined = _split(fold_words(text[:MAX_INDEXED]))
    return " ".join((*tokens, *joined))
