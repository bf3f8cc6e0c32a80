"""Text as the gate compares it: folded, and by the script that it is written in."""

from __future__ import annotations

import re
import unicodedata

from digest.cluster.names import SIMPLIFIED
from digest.text import clean_text

_COMBINING = re.compile("[\u0300-\u036f]")
_QUOTES = str.maketrans("’‘ʼ‚“”„«»「」『』‑–—", '\'\'\'\'"""""""""---')
_THAI = re.compile("[\u0e00-\u0e7f]")
_KANA = re.compile("[\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff]")
_HAN = re.compile("[\u3400-\u9fff]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_BETWEEN_COMMAS = re.compile("[^，]+")  # which stays: a compatible one would group digits
_MAX_HAN_ALONE = 30  # characters of Japanese without kana: a longer text is Chinese
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")

# How feeds end a summary; nothing in it is said of the story.
_FOOTER = re.compile(
    r"(?:\s*The post\b[^\n]{1,300}?\bappeared first on\b[^\n.]{1,60}\.?|"
    r"\s*〈[^〉]{1,300}〉\s*這篇文章最早發佈於[^\n]{1,80}|\s*(?:Seguir leyendo|Continue reading|"
    r"Read more|Leggi tutto|Lire la suite|Weiterlesen)\b\s*[.…→]*)\s*$"
)


def normalize_source(text: str) -> str:
    """Return a text's clean lines, in compatible forms, simplified characters, without footers."""
    lines = [
        _FOOTER.sub(
            "",
            _BETWEEN_COMMAS.sub(lambda part: unicodedata.normalize("NFKC", part[0]), line)
            .replace("\u0e4d\u0e32", "\u0e33")
            .replace("\u2010", "-"),  # which NFKC makes of a hyphen that breaks no line
        ).translate(SIMPLIFIED)
        for line in text.split("\n")
    ]
    return "\n".join(filter(None, map(clean_text, lines)))


def fold(text: str, *, accents: bool = False) -> str:
    """Return a text as words are compared, of the same meaning place by place but not of length.

    Small letters, plain quotes, "n't" as "not"; accents on Latin letters only with `accents`.
    """
    folded = text.casefold().translate(_QUOTES).replace("n't", " not").replace("cannot", "can not")
    if accents:
        return folded
    return unicodedata.normalize("NFC", _COMBINING.sub("", unicodedata.normalize("NFD", folded)))


def detect_language(text: str, stated: str) -> str:
    """Return the language whose words to look for in a text: by its script, then as stated."""
    stated = re.split(r"[-_]", stated.casefold())[0]
    counts = {
        "th": len(_THAI.findall(text)),
        "ja": len(_KANA.findall(text)),
        "zh": len(_HAN.findall(text)),
        "ru": len(_CYRILLIC.findall(text)),
    }
    latin = len(_LATIN.findall(text))
    if counts["ja"] and (counts["ja"] > 3 or stated == "ja") and counts["ja"] * 8 > counts["zh"]:
        return "ja"
    kana, counts["ja"] = counts["ja"], 0
    found = max(counts, key=lambda language: counts[language])
    # A Chinese, Japanese or Thai sentence is short in characters, and holds Latin names.
    if counts[found] and counts[found] * 5 >= latin:
        if found == "zh" and stated == "ja" and (kana or counts["zh"] <= _MAX_HAN_ALONE):
            return "ja"
        return found
    return stated if stated in ("en", "de", "fr", "it", "es", "pt") else "en"


def is_unspaced(language: str) -> bool:
    """Return whether a language puts no spaces between words."""
    return language in ("zh", "ja", "th")
