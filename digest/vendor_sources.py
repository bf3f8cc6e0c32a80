"""Rules for a vendor's own sources: release notes and press rooms (`class:` in sources.yaml). Pure.

Release notes are headed by what says nothing elsewhere: a version, a day. A press release carries
a frame that says nothing of its news: place and day at its head, and at its end the company in its
own words, lawyers' words on the future, and whom to call. That frame names products, customers and
AI, and what is judged by its words would be judged by it.
"""

from __future__ import annotations

import re

_BARE_RELEASE = re.compile(  # v2.1.0; Release 2026.07; 3.1.0 - 2026-07-14; July 2026
    r"\W*(?:v|version|release|build)?\W*\d[\w.\-+]*(?:\W+\d{4}-\d\d-\d\d)?\W*"
    r"|[^\W\d]{3,12}\s+(?:\d{1,2},?\s+)?\d{4}",
    re.IGNORECASE,
)
_DASH = r"(?:\s*(?:--|[–—]|\s-)\s*)"
_WIRE = (
    r"\(?(?:business wire|pr ?newswire|globe newswire|globenewswire|accesswire|ots|cision|ansa)\)?"
)
_DAY = r"(?:[^\W\d]{3,10}\.? \d{1,2}, \d{4}|\d{1,2}\.? (?:de |of )?[^\W\d]{3,10}\.? (?:de )?\d{4})"
_DATELINE = re.compile(  # SAN JOSE, Calif. – July 14, 2026 – ; LONDON--(BUSINESS WIRE)--
    r"[^\W\d][\w .,'’()/-]{1,60}?"
    rf"(?:,?{_DASH}?{_DAY}{_DASH}?(?:(?i:{_WIRE}))?(?:{_DASH}|:\s)|{_DASH}(?i:{_WIRE}){_DASH})"
)
_FRAME_HEADING = re.compile(  # a line of its own from which on all is frame
    r"\W*(?:"
    r"(?:about|über|chi è|informazioni su|à propos d[eu']?|acerca de|sobre|over|เกี่ยวกับ) ?\S.{0,60}"
    r"|(?:for )?(?:media|press|investor|analyst|pr)(?: (?:and|&) \w+)? "
    r"(?:contacts?|relations|inquiries|enquiries)(?: .{0,30})?"
    r"|contacts?(?: presse)?|contact information|(?:presse)?kontakt|contatti(?: stampa)?|contacto"
    r"|(?:caution\w+ (?:note|statement) (?:on|regarding|about) )?forward.looking statements?.{0,30}"
    r"|safe harbou?r(?: statement)?|cautionary (?:note|statement).{0,60}"
    r"|notes? (?:to|for) editors?|trademarks?|#(?: ?#){2}|-? ?(?:ends?|30|ende|fine|fin) ?-?"
    r")\W*",
    re.IGNORECASE,
)
_FRAME_IN_LINE = re.compile(  # "… next year. About Acme Acme is the leading …"
    r"(?<=[.!?”\")])\s+About (?P<name>[A-Z][\w&.'’-]*(?: [A-Z][\w&.'’-]*){0,3}):? (?=(?P=name)\b)"
)
_MIN_NEWS = 80  # characters above a heading that the frame may begin with


def name_release(title: str, source_name: str) -> str:
    """Return a title of release notes; one that is a bare version or day with its source's name."""
    return f"{source_name}: {title}" if _BARE_RELEASE.fullmatch(title) else title


def strip_press_frame(text: str) -> str:
    """Return a press release's text, a paragraph a line, without what frames its news."""
    lines = text.split("\n")
    length = 0
    for number, line in enumerate(lines):
        is_sentence = line.endswith((".", "!", "?"))
        if length >= _MIN_NEWS and not is_sentence and _FRAME_HEADING.fullmatch(line):
            lines = lines[:number]
            break
        length += len(line)
    inner = _FRAME_IN_LINE.search("\n".join(lines), _MIN_NEWS)
    kept = "\n".join(lines)[: inner.start() if inner else None]
    dateline = _DATELINE.match(kept)
    return kept[dateline.end() :].lstrip() if dateline else kept
