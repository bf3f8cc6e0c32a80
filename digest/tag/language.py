"""Tell the language of a text.

It is what is stated, unless the text's own script or letters say otherwise.
"""

from __future__ import annotations

import re
from importlib.resources import files

from digest.tag.ngrams import score_languages

_LETTER = re.compile(r"[^\W\d_]")
_ASCII = re.compile(r"[\x00-\x7f]+")
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
# Chosen on sentences cut to 40 and 60 characters and on titles, others than those measured with.
_DEFAULT_WEIGHT = 3.0  # of the default: most titles without a stated language are in it
_PLAIN = 6.0  # times that another language must be likelier than the stated one
_LISTED = (files("digest.tag") / "vocabulary" / "stopwords.tsv").read_text("utf-8")
_STOPWORDS_BY_LANGUAGE = {
    language: frozenset(words.split())
    for language, words in (line.split("\t") for line in _LISTED.splitlines()[1:])
}
# Words that say nothing about what an item tells.
STOPWORDS = frozenset().union(*_STOPWORDS_BY_LANGUAGE.values())


_LANGUAGES_OF_SCRIPT = {
    "zh": ("zh", "yue"),
    "ru": ("ru", "bg", "sr", "mk", "be", "kk"),
    "ar": ("ar", "fa", "ur"),
    "hi": ("hi", "mr", "ne"),
}
_NOT_LATIN = frozenset(name for name, *_ in _SCRIPTS) | {"yue", "bg", "fa", "ur", "mk"}


def detect_language(title: str, summary: str = "", stated: str | None = None) -> str:
    """Return the language as a two-letter code; "und" where there is no letter and none is stated.

    `stated` (of item, feed or source) holds unless the script contradicts it, or the letters do so
    clearly.
    """
    code = (stated or "").strip().lower().replace("_", "-").partition("-")[0]
    text = f"{title} {summary}"
    script = "" if text.isascii() else _find_script(text)
    if script:
        return code if code in _LANGUAGES_OF_SCRIPT.get(script, ()) else script
    if not _LETTER.search(text):
        return code or "und"
    scores = score_languages(text)
    if code in scores:
        best = max(scores, key=lambda language: scores[language])
        return best if scores[best] >= _PLAIN * scores[code] else code
    if code and code not in _NOT_LATIN:
        return code
    scores[_DEFAULT_LATIN] *= _DEFAULT_WEIGHT
    return max(scores, key=lambda language: scores[language])


def _find_script(text: str) -> str:
    """Return the language that a text's own letters give away; "" where they are Latin."""
    letters, others = len(_LETTER.findall(text)), _ASCII.sub("", text)
    for script, share, pattern in _SCRIPTS if letters else ():
        if len(pattern.findall(others)) / letters >= share and (
            script != "uk" or not _NOT_UKRAINIAN.search(others)
        ):
            return script
    return ""
