"""Patterns for the phrases by which newsletters speak of themselves; phrases.tsv has the phrases.

A pattern of `_whole` must match all of a short text (an anchor, a label, a heading) and is for the
result of `normalize_phrase`; the others are searched or matched in the result of `fold_text`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, cast

# Thai vowels and tones over a letter are parts of it, though no letters by themselves.
_BEHIND = "[^\\w?)…\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]"
_DECORATION = re.compile(f"^[^\\w¿¡]+|(?<!{_BEHIND}){_BEHIND}+$")
# Scripts without spaces: four letters, or two Chinese or Japanese characters, make about one word.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_IDEOGRAMS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


@lru_cache(maxsize=1_024)
def normalize_phrase(text: str) -> str:
    """Return a text in lower case, with straight quotes, without decoration around it."""
    return _DECORATION.sub("", fold_text(text)).strip()


def fold_text(text: str) -> str:
    """Return a text in lower case, with straight quotes."""
    return text.replace("’", "'").replace("\u00a0", " ").casefold()


@lru_cache(maxsize=2_048)
def count_words(text: str) -> int:
    """Count the words, also where a script puts no spaces between them."""
    ideograms = len(_IDEOGRAMS.findall(text))
    unspaced = len(_UNSPACED.findall(text)) + ideograms
    spaced = len(re.findall(r"[^\W_]+(?:['’.-][^\W_]+)*", _UNSPACED.sub(" ", text)))
    return spaced + (unspaced + 3) // 4


# ---------------------------------------------------------------- patterns of phrases.tsv

_phrases: defaultdict[str, list[str]] = defaultdict(list)
for _row in Path(__file__).with_name("phrases.tsv").read_text(encoding="utf-8").split("\n"):
    if _row and not _row.startswith("#"):
        _name, _language, _expression = _row.split("\t")
        _phrases[_name].append(_expression)


class _LazyPattern:
    """A pattern that is compiled when it is first used: most runs read no newsletter."""

    def __init__(self, pattern: str) -> None:
        self._source = pattern

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self._source, re.IGNORECASE)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._compiled, name)


def _pattern(name: str, before: str = "", after: str = "") -> re.Pattern[str]:
    lazy = _LazyPattern(before + "|".join(_phrases.pop(name)) + after)
    return cast("re.Pattern[str]", lazy)


def _whole(name: str) -> re.Pattern[str]:
    return _pattern(name, "(?:", r")\s*[?!.:…>→»]*")


WEB_EDITION = _whole("web_edition")
BOILERPLATE_LABEL = _whole("boilerplate_label")
BOILERPLATE_TEXT = _pattern("boilerplate_text")
PLEA = _pattern("plea")
FAREWELL = _pattern("farewell")
MORE = _whole("more")
_ASKING = _pattern("asking", "(?:", r")\b")
OFFER = _whole("offer")
DOWNLOAD = _whole("download")
RUBRIC = _whole("rubric")
SOURCE = _pattern("source", r"\W*(?:", r")\s*:?\s*$")
BESIDE = _pattern("beside", r"\W*(?:", r")\s*[:：|–—-]\s*$")
SPONSOR = _whole("sponsor")
SPONSOR_NAMED = _pattern(
    "sponsor_named",
    "(?:",
    r")(?!\w)|(?:สนับสนุนโดย|ได้รับการสนับสนุน(?:จาก|โดย)|ผู้สนับสนุน:?)",
)
SELLS = _pattern("sells")
JOBS = _whole("jobs")
OWN_MATTERS = _whole("own_matters")
EVENTS = _whole("events")
PICKS = _whole("picks")
CLASSIFIEDS = _whole("classifieds")
POLL = _pattern("poll")
ANSWER = _whole("answer")
MENU = _whole("menu")
MORE_FROM = _whole("more_from")
CONNECTORS = _whole("connectors")
ROUNDUP = _whole("roundup")
CONFIRM = _whole("confirm")
SERVICE_SUBJECT = _pattern("service_subject")
_SERVICE_OPENING = _pattern("service_opening")
_REASON = re.compile(  # "You receive this because you signed up"
    r"(?:because|as|since|weil|da|perché|poiché|parce que|car|puisque|porque|ya que|omdat|เพราะ|"
    r"เนื่องจาก)\s(?:[^.!?]{0,40}\s)?$"
)
FORWARDED = _pattern("forwarded", r"\W*(?:", r")\W*")
FORWARD_FIELDS = {
    "from": _pattern("forward_from", "(?:", r")\s*:\s*(.*)"),
    "subject": _pattern("forward_subject", "(?:", r")\s*:\s*(.*)"),
    "date": _pattern("forward_date", "(?:", r")(?: \w+)?\s*:\s*(.*)"),
    "to": _pattern("forward_to", "(?:", r")\s*:\s*(.*)"),
}
SUBJECT_PREFIX = _pattern("subject_prefix", r"^(?:\s*(?:", r")\s*:\s*)+")
GREETING = _pattern("greeting", "(?:", r")\b.{0,60}?[,!:–—]*")

# ---------------------------------------------------------------- patterns with more structure

DATE_LINE = re.compile(
    r"(?:(?:[^\W\d]{2,12}\.?,? )?(?:[^\W\d]{3,10}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}|"
    r"\d{1,2}(?:st|nd|rd|th|er|º|\.)? (?:de |of )?[^\W\d]{3,12}\.?,?(?: de)? \d{2,4})|"
    r"[^\W\d]{3,12}\.?, (?:[^\W\d]{3,10}\.? \d{1,2}(?:st|nd|rd|th)?|"
    r"\d{1,2}(?:st|nd|rd|th|er|º|\.)? (?:de |of )?[^\W\d]{3,12})|"
    r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d\d-\d\d)"
    r"(?:,? (?:at )?\d{1,2}[:.h]\d{2}.{0,12})?\W*",
    re.IGNORECASE,
)
# What a newsletter calls itself, in its masthead or its subject.
MASTHEAD = re.compile(
    r"(?<!\w)(?:newsletter|digest|bulletin|briefing|round-?up|gazette|e-?zine|(?:bi-?)?weekly|monthly|"
    r"(?:issue|edition|vol(?:ume)?|no)\.? ?#?\d+|#\d+|rundbrief|bollettino|bolet[ií]n|"
    r"lettre d'information|จดหมายข่าว)\b",
    re.IGNORECASE,
)
# The words that an issue has besides the newsletter's name.
ISSUE_WORD = re.compile(
    r"issue|edition|vol|volume|no|nr|n|num[eé]ro|ausgabe|(?:ฉบับที่|第)?\d{1,5}(?:号|號|期|호)?"
)
# Who wrote a story, on a line of its own.
BYLINE = re.compile(
    r"(?i:(?:written |words |story )?by|von|di|par|por|de|โดย)\s+"
    r"(?P<name>(?:the\s+)?[A-ZÀ-Þ\u0e00-\u0eff][\w.'’-]+"
    r"(?:\s+(?:[A-ZÀ-Þ\u0e00-\u0eff][\w.'’-]*|de|van|von|der|di|da|del|al|team|staff)){0,4})"
    r"(?:\s*[|•·–—,(].*|\s+(?:on|am|il|le|el|in|and|und|e|et|y|&)\b.*|\s+\d.*)?"
)
# A quoted post of a social network: "Name @handle".
HANDLE = re.compile(r"(?:(?!.*\bvia\b)[^@]{2,50}\s)?@\w{2,30}(?:\s*[·•].{0,20})?", re.IGNORECASE)
# After a story: "Acme sponsor", "(Sponsored)", "Anzeige".
SPONSORED_TAIL = re.compile(
    r"(?:.{0,60}\bsponsor|.{0,40}\b(?:provided|sponsored|presented|brought to you) by .{1,40}|"
    r"[(\[]?\s*(?:sponsor(?:ed)?(?: (?:post|content|link))?|ad|promoted|paid|advertisement|"
    r"anzeige|werbung|pubblicità|sponsorizzato|"
    r"publicité|sponsorisé|publicidad|patrocinado|โฆษณา|ผู้สนับสนุน)\s*[)\]]?)",
    re.IGNORECASE,
)
_PAID = (
    r"(?:sponsor(?:ed)?(?: (?:post|content|link))?|ad|advert(?:isement|orial)?|promoted|"
    r"paid(?: post)?|partner content|anzeige|werbung|gesponsert|pubblicità|"
    r"partner(?:inhalt|beitrag)|branded content|(?:contenuto|post) sponsorizzato|"
    r"contenu partenaire|contenido (?:patrocinado|de marca)|"
    r"sponsorizzato|publicité|sponsorisé|publicidad|patrocinad[oa]|publicidade|advertentie|gesponsord|โฆษณา|pr|広告|广告|廣告|광고)"
)
SPONSORED_TITLE = re.compile(
    rf"[(\[【［（〈<]\s*(?:{_PAID}|partner)\s*[)\]】］）〉>]|"
    rf"^#?{_PAID}(?:\s*[:：|｜]|\s+[–—-]\s)|(?:\s[|–—·-]\s+|\s#){_PAID}$",
    re.IGNORECASE,
)
READING_TIME = re.compile(
    r"\s*[(\[]\s*(?:~|about |ca\. ?)?\d+[\s-]*(?:min(?:ute)?s?\.?|minuten|minuti|minutos|นาที)\b"
    r"[^)\]]{0,20}[)\]]\s*",
    re.IGNORECASE,
)
# An offer named in front of its title: "Webinar on 3 May: …"
OFFERED_TITLE = re.compile(
    r"(?:free |live |kostenlose[sn]? |gratis )?(?:e-?book|white ?paper|webinar|webinaire|"
    r"download|template|checklist|playbook|"
    r"master ?class|workshop|online-?kurs|course|corso|curso|"
    r"formation|seminar|คอร์ส(?:ออนไลน์)?|สัมมนา|セミナー|ウェビナー)"
    r"[^:|：]{0,30}[:|：]",
    re.IGNORECASE,
)
# After its text: "Promoted by Acme."
PAID_AT_END = re.compile(
    r"[.!?]\s+\W*(?:sponsored|promoted|presented|brought to you|paid for|gesponsert|präsentiert|"
    r"sponsorizzato|offerto|sponsorisé|patrocinad[oa]) (?:by|von|da|par|por) [^.!?]{1,40}\W*$",
    re.IGNORECASE,
)
# A paid part names its payer by these words; "supported by" and "with" are said of news as well.
PAID_BY = re.compile(
    r"sponsor|brought to you|paid|message from|advert|gesponsert|präsentiert|anzeige|werbung|"
    r"offert|sponsoris|bezahlt|finanziert|(?:nachricht|botschaft|mitteilung) |messaggio |"
    r"pagat|finanziat|message d|payé|financé|mensaje |pagad|financiad|patrocin|gesponsord|"
    r"aangeboden|สนับสนุน|赞助|贊助|广告|廣告|広告|提供|協賛|광고|협찬",
    re.IGNORECASE,
)
# Auxiliary verbs, which make a clause of a headline; and what may add to a clause after it.
FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|can|could|may|must|"
    r"ist|sind|war|hat|haben|wird|werden|kann|soll|muss|"
    r"è|sono|ha|hanno|sarà|può|est|sont|a été|ont|va|vont|peut|"
    r"está|están|han|será|puede|foi|são|tem|zijn|heeft|wordt)\b",
    re.IGNORECASE,
)
ADDING = re.compile(
    r"(?:with|and|but|that|which|who|as|after|before|because|while|when|where|for|from|in|on|at|by|"
    r"to|until|since|without|under|over|if|so|mit|und|aber|der|die|das|nach|vor|weil|während|für|"
    r"von|in|im|bei|durch|ab|bis|ohne|um|con|e|ma|che|dopo|prima|perché|mentre|per|da|dal|"
    r"avec|et|mais|qui|que|après|avant|pour|de|dans|par|sans|y|pero|tras|porque|para|por|sin)\b",
    re.IGNORECASE,
)
_ARROW = re.compile(r"(?:→|»|›|>>|>|➔|➜|⟶|↗|-->)\s*$")


def is_read_more(anchor: str) -> bool:
    """Return whether an anchor is a call to action: says "read on", and not what it leads to."""
    phrase = normalize_phrase(anchor)
    asks = _ARROW.search(anchor) and _ASKING.match(phrase)
    return not phrase or bool(MORE.fullmatch(phrase) or asks)


def asks_to_read(text: str) -> bool:
    """Return whether a text begins with a call: "Read the whole story on our site"."""
    return _ASKING.match(normalize_phrase(text)) is not None


def opens_service_mail(text: str) -> bool:
    """Return whether a text answers what its reader did: "Thank you for signing up"."""
    folded = fold_text(text)
    found = _SERVICE_OPENING.finditer(folded)
    return any(not _REASON.search(folded[: match.start()]) for match in found)


def is_boilerplate_label(anchor: str) -> bool:
    """Return whether an anchor, or all of a short block, is boilerplate."""
    phrase = normalize_phrase(anchor).removesuffix(" at")
    short = 0 < len(phrase) <= 110 and count_words(phrase) <= 9
    return short and bool(BOILERPLATE_LABEL.fullmatch(phrase) or WEB_EDITION.fullmatch(phrase))


def names_issue(title: str, subject: str) -> bool:
    """Return whether a subject is a title and the number of an issue. Both are normalized."""
    named, stated = (set(re.findall(r"\w+", text)) for text in (title, subject))
    rest = stated - named
    return bool(named and rest) and named <= stated and all(map(ISSUE_WORD.fullmatch, rest))
