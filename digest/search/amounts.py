"""Tell a question for an amount, and a text that gives one. Pure.

"How much does it cost?" is answered by a figure. An item about the same thing without one is near
to the question in words and meaning, and no answer.
"""

from __future__ import annotations

import re

from digest.months import MONTHS_OF_ANY_LANGUAGE
from digest.patterns import join_alternatives
from digest.scale_words import ENGLISH_SCALES

_ASKS = re.compile(
    r"\bhow (?:much|many)\b|\b(?:what|which) (?:amount|number|percentage|price|proportion|share)\b"
    r"|\bwhat (?:did|do|does|will|would)\b.*\b(?:charge|charged|cost|pay)\b"
    r"|\bwhat (?:is|are|was|were) the (?:\w+ )?"
    r"(?:budget|cost|fee|number|percentage|price|share)s?\b"
    r"|\bwie ?viele?n?\b|\bwie hoch\b|\bwas (?:kostet|kosten|verlangt|verlangen|zahlt|zahlen)\b"
    r"|\bwelche[rn]? anteil\b"
    r"|\bquant[aeio]\b|\bqual [eè] (?:il|la) (?:budget|costo|percentuale|prezzo|quota)\b"
    r"|\bcombien\b|\bcu[aá]nt[ao]s?\b"
    r"|多少|几(?:[个亿万倍成]|家|款)|いくら|何(?:人|件|円|社|割)|เท่าไ(?:ร|หร่)|เท่าใด|กี่",
    re.IGNORECASE,
)
_MONTH = join_alternatives(MONTHS_OF_ANY_LANGUAGE)
_NO_AMOUNT = re.compile(
    r"\(\d+[- ]min(?:ute)?s?(?: read)?\)"  # how long reading takes
    rf"|\b(?:{_MONTH})\.? \d+|\b\d+\.? (?:{_MONTH})\b|\d+ ?[年月日号號点點时時](?!均)"
    r"|\b(?:19|20)\d\d\b(?![.,]?\d)",
    re.IGNORECASE,
)
_OF_NAME = re.compile(  # "Opus 4.6", "Video 360"
    r"\b[A-Z]\w+ \d{1,3}(?:\.\d+)?"
    rf"(?![\d%,.]| ?(?i:{join_alternatives(ENGLISH_SCALES)})\b| ?per)"
)
_AMOUNT = re.compile(r"(?<![A-Za-z0-9.,\-‐‑_/])\d")  # no part of a word: "GPT-5", "v22", "GA4"


def asks_amount(question: str) -> bool:
    """Return whether a question asks how much or how many."""
    return bool(_ASKS.search(question))


def gives_amount(text: str) -> bool:
    """Return whether a text has a figure that is no day and no part of a name."""
    return bool(_AMOUNT.search(_OF_NAME.sub(" ", _NO_AMOUNT.sub(" ", text))))
