"""From when a rule applies, in the words of its sources."""

from __future__ import annotations

import re

from digest.model.story import Story
from digest.text import join_lines

_MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    "sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|gennaio|febbraio|marzo|aprile|"
    "maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre|januar|februar|märz|mai|juni|"
    "juli|oktober|dezember)"
)
_DAY = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th|\.|º|°)? {_MONTH}|{_MONTH}\.? \d{{1,2}}(?!\d))(?:,? \d{{4}})?"
    rf"|{_MONTH} \d{{4}}"
)
_FROM = (
    "from|effective(?: on)?|as of|starting(?: on)?|beginning(?: on)?|in force (?:on|from)|"
    "appl(?:y|ies) (?:from|on)|takes? effect(?: on)?|until|by|before|ab(?: dem)?|seit|zum|dal|"
    "dall['’]|a partire dal|entro il"
)
_THAI = r"(?:ตั้งแต่|เริ่ม)(?:วันที่)? ?\d{1,2} ?[\u0e00-\u0e4f]{3,12}(?: ?\d{4})?"
_EFFECTIVE = re.compile(rf"\b(?:{_FROM})\s*(?:the )?(?:{_DAY})\b|{_THAI}", re.IGNORECASE)
_YEAR = re.compile(r"\d{4}")
_MAX_TEXT_LENGTH = 4000  # characters; the day stands near the head of a text


def extract_effective_date(story: Story) -> str:
    """Return the words that say from when; "" where none does.

    Words that name a year come before all others, and the lead's before those of other reports.
    """
    members = [story.lead, *(member for member in story.items if member is not story.lead)]
    found = [
        match[0]
        for item in (member.item for member in members)
        for text in (item.title, item.summary, item.text[:_MAX_TEXT_LENGTH])
        for match in _EFFECTIVE.finditer(join_lines(text))
    ]
    return next((words for words in found if _YEAR.search(words)), found[0] if found else "")
