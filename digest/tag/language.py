"""The language of a text: what is stated, unless the text's own letters or small words say otherwise."""

from __future__ import annotations

import re

_LETTER = re.compile(r"[^\W\d_]")
_SCRIPTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("zh", re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("uk", re.compile(r"[іїєґІЇЄҐ]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
)
_DEFAULT_LATIN = "en"  # what a Latin text is taken for where nothing says more
_STOPWORDS_BY_LANGUAGE: dict[str, frozenset[str]] = {
    language: frozenset(listed.split())
    for language, listed in {
        "en": "the of and to in is for with that on are as it from by your how this at has will what its be an",
        "de": "der die das und ist für mit von auf den dem ein eine im zu nicht sich werden auch bei wie nach über zum "
        "zur wird sind",
        "fr": "le la les des et est pour dans une un du en au aux sur avec que qui par plus ce ses son sont pas cette "
        "ne l'ia d'un d'une",
        "it": "il lo gli di e è per con una un del della dei delle nel nella che sono alla al da come più ai le dal "
        "sulla si anche non l'ia",
        "es": "el los las de y es para con una un del en que por su al más como se sus lo no la entre sobre ha son",
        "pt": "o os as de e é para com uma um do da dos das em no na que por mais não ao são sua seu como pela",
        "nl": "de het een en van is voor met op te dat in niet zijn aan door ook bij wordt naar over deze",
    }.items()
}
STOPWORDS = frozenset().union(
    *_STOPWORDS_BY_LANGUAGE.values()
)  # words that say nothing about what an item tells
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


def detect_language(title: str, summary: str = "", stated: str | None = None) -> str:
    """The language as a two-letter code; "und" where there is no letter and nothing stated.

    `stated` (of item, feed or source) holds unless the script contradicts it, or the small words do so clearly.
    """
    said = (stated or "").strip().lower().replace("_", "-").partition("-")[0]
    text = f"{title} {summary}"
    letters = _LETTER.findall(text)
    if not letters:
        return said or "und"
    script = _detect_by_script(text, len(letters))
    if script:
        return said if said in _SAME_SCRIPT.get(script, ()) else script
    counts = _count_stopwords(text)
    if said and said not in _NOT_LATIN and said not in counts:
        return said
    best = max(
        counts,
        key=lambda language: (counts[language], language == said, language == _DEFAULT_LATIN),
    )
    if said in counts:
        return best if counts[best] >= 3 and counts[best] >= 2 * counts[said] + 2 else said
    return best if counts[best] else _DEFAULT_LATIN


_SAME_SCRIPT = {
    "zh": ("zh", "yue"),
    "ru": ("ru", "bg", "sr", "mk", "be", "kk"),
    "ar": ("ar", "fa", "ur"),
    "hi": ("hi", "mr", "ne"),
}
_NOT_LATIN = frozenset(name for name, _ in _SCRIPTS) | {"yue", "bg", "fa", "ur", "mk"}


def _detect_by_script(text: str, letters: int) -> str | None:
    """The language that the text's script gives away; None for Latin."""
    for language, script in _SCRIPTS:
        share = len(script.findall(text)) / letters
        if language == "ja":
            if share >= 0.08:
                return language
        elif language == "uk":
            if share >= 0.02 and len(re.findall(r"[ыэъё]", text)) == 0:
                return language
        elif share >= 0.2:
            return language
    return None


def _count_stopwords(text: str) -> dict[str, int]:
    tokens = [token.lower() for token in _TOKEN.findall(text.replace("’", "'"))]
    return {
        language: sum(token in known for token in tokens)
        for language, known in _STOPWORDS_BY_LANGUAGE.items()
    }
