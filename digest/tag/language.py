"""Tell the language of a text.

It is what is stated, unless the text's own letters or small words say otherwise.
"""

from __future__ import annotations

import re
from importlib.resources import files

_LETTER = re.compile(r"[^\W\d_]")
_SCRIPTS: tuple[tuple[str, float, re.Pattern[str]], ...] = (  # letters that give it away: share
    ("ja", 0.08, re.compile(r"[\u3040-\u30ff]")),
    ("zh", 0.2, re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")),
    ("ko", 0.2, re.compile(r"[\uac00-\ud7af]")),
    ("th", 0.2, re.compile(r"[\u0e00-\u0e7f]")),
    ("uk", 0.02, re.compile(r"[іїєґІЇЄҐ]")),
    ("ru", 0.2, re.compile(r"[\u0400-\u04ff]")),
    ("el", 0.2, re.compile(r"[\u0370-\u03ff]")),
    ("ar", 0.2, re.compile(r"[\u0600-\u06ff]")),
    ("he", 0.2, re.compile(r"[\u0590-\u05ff]")),
    ("hi", 0.2, re.compile(r"[\u0900-\u097f]")),
)
_NOT_UKRAINIAN = re.compile(r"[ыэъё]")
_DEFAULT_LATIN = "en"  # what a Latin text is taken for where nothing says more
_LISTED = (files("digest.tag") / "vocabulary" / "stopwords.tsv").read_text("utf-8")
_STOPWORDS_BY_LANGUAGE = {
    language: frozenset(words.split())
    for language, words in (line.split("\t") for line in _LISTED.splitlines()[1:])
}
# Words that say nothing about what an item tells.
STOPWORDS = frozenset().union(*_STOPWORDS_BY_LANGUAGE.values())
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


_LANGUAGES_OF_SCRIPT = {
    "zh": ("zh", "yue"),
    "ru": ("ru", "bg", "sr", "mk", "be", "kk"),
    "ar": ("ar", "fa", "ur"),
    "hi": ("hi", "mr", "ne"),
}
_NOT_LATIN = frozenset(name for name, *_ in _SCRIPTS) | {"yue", "bg", "fa", "ur", "mk"}


def detect_language(title: str, summary: str = "", stated: str | None = None) -> str:
    """Return the language as a two-letter code; "und" where there is no letter and none is stated.

    `stated` (of item, feed or source) holds unless the script contradicts it, or the small words do
    so clearly.
    """
    code = (stated or "").strip().lower().replace("_", "-").partition("-")[0]
    text = f"{title} {summary}"
    letters = _LETTER.findall(text)
    if not letters:
        return code or "und"
    for script, share, pattern in _SCRIPTS:
        if len(pattern.findall(text)) / len(letters) < share:
            continue
        if script != "uk" or not _NOT_UKRAINIAN.search(text):
            return code if code in _LANGUAGES_OF_SCRIPT.get(script, ()) else script
    tokens = [token.lower() for token in _TOKEN.findall(text.replace("’", "'"))]
    counts = {
        language: sum(token in words for token in tokens)
        for language, words in _STOPWORDS_BY_LANGUAGE.items()
    }
    if code and code not in _NOT_LATIN and code not in counts:
        return code
    best = max(
        counts,
        key=lambda language: (counts[language], language == code, language == _DEFAULT_LATIN),
    )
    if code in counts:
        return best if counts[best] >= 3 and counts[best] >= 2 * counts[code] + 2 else code
    return best if counts[best] else _DEFAULT_LATIN
