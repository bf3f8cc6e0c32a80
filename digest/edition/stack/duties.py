"""What a story obliges somebody to do, in its sources' words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from digest.edition.claim_sentences import is_clean_sentence, repeats_headline
from digest.model.edition import Sentence
from digest.model.stack import Product
from digest.model.story import Story
from digest.text import clean_text, split_sentences

_MAX_LENGTH = 260  # characters of a sentence
_MAX_TEXT_LENGTH = 4000  # of an item's text that is searched
_FIX_LENGTH = 8000  # of it that may say which versions have a weakness
_HEAD_LENGTH = 1800  # of it that is about what its headline is about
_DUTY = re.compile(
    r"\b(?:must|shall|ha(?:s|ve) to|(?:is|are|be) (?:required|obliged|prohibited|banned)|"
    r"requir(?:es?|ing) (?:\w+ ){1,4}(?:to|for|of|from)|may not|müssen|muss|dürfen nicht|"
    r"darf nicht|verpflichtet|"
    r"devono|deve|obbligat[oaie]|doivent|doit|deben|debe|obligad[oa]s?)\b|"
    r"ต้อง|ห้าม|должн|必须|必須|義務",
    re.IGNORECASE,
)
_MEDIA = {  # what a law names → what it is called where AI makes it at work
    medium: re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    for medium, words in (
        ("text", r"texts?|drafts?|e-?mails?|mails?|subject lines?|letters?|copy|articles?|posts?"),
        ("image", r"images?|pictures?|photos?|banners?"),
        ("video", r"videos?|clips?|avatars?"),
        ("chat", r"chat\w*|assistants?|agents?|answers?|replies|conversations?"),
    )
}
_MADE = {  # what laws call it, in our languages
    "text": r"\btexts?\b|\bTexte?n?\b|\btest[oi]\b|\btextes?\b|\btextos?\b|ข้อความ|文本|テキスト",
    "image": r"\bimages?\b|\bBilder\w*|\bimmagin[ie]\b|\bimágenes\b|\bimagens\b|ภาพ|图像|圖像|画像",
    "video": r"\bvideos?\b|\bvidéos?\b|\bvídeos?\b|วิดีโอ|视频|影片|動画",
    "chat": r"\bchat\w*|\binteract\w*|\bconversation\w*|\binteragi\w*|แชต|聊天|对话|對話|対話",
}
_NO_DUTY = re.compile(  # an exemption, or a sentence that leans on the one before it
    r"^(?:and|but|so|or|that|this|it|they|to|if|there)\b|\b(?:shall|does|do|will) not apply\b|"
    r"\bexempt|\bneed not\b|\b(?:violat\w+|breach\w*) .{0,20}\b(?:these|those|such) \w+",
    re.IGNORECASE,
)
_DEMAND = re.compile(  # what a platform's policy allows no more, or punishes
    r"\b(?:prohibit\w*|bans?|banned|forbid\w*|disallow\w*|violat\w+|penali[sz]\w+|"
    r"no longer|not (?:be )?(?:allowed|permitted|eligible)|won[’']t be (?:allowed|eligible)|"
    r"block(?:s|ed)? by default|(?:is|are) removing|verboten|untersagt|nicht mehr|"
    r"vieta\w*|non (?:sarà|saranno) più|interdi\w+|ne (?:sera|seront) plus|prohíbe\w*|"
    r"ya no)\b|ไม่อนุญาต|ไม่สามารถ|禁止|不再",
    re.IGNORECASE,
)
_EXCEPTION = re.compile(
    r"^(?:this|these|that|the) (?:obligations?|dut(?:y|ies)|requirements?|rules?|provisions?) "
    r"(?:shall|do(?:es)?|will) not apply\b",
    re.IGNORECASE,
)
_EXCEPTION_LENGTH = 340  # characters: law is long
_NEAR = 6  # sentences after a duty that may say to whom it does not apply
_STILL_OPEN = re.compile(  # of a decision that does not end its case
    r"\b(?:\d+ (?:days|weeks|months) to (?:amend|appeal|refile)|leave to (?:amend|appeal)|"
    r"without (?:prejudice|ending the case)|(?:can|may|could|will|plans? to|intends? to) "
    r"(?:still )?(?:appeal(?! to (?!the\b|a\b))|refile|amend)\b(?!.{0,40}\bnot\b)|"
    r"remanded (?!in custody)|appeal is pending|"
    r"(?:kann|können|will|wollen|legt|legen) .{0,40}Berufung|"
    r"(?:può|possono|presenterà|farà) (?:ricorso|appello)|(?:peut|peuvent|va) faire appel(?! à)|"
    r"(?:puede|pueden|va a) (?:recurrir|apelar))\b|จะอุทธรณ์|将上诉|可上诉|將上訴|可上訴",
    re.IGNORECASE,
)
_STILL_OPEN_IN_PART = re.compile(
    r"(?=.*\b(?:part of|portion of|remaining claims?|only the|"
    r"claims? (?:tied|related|relating|limited)|Teil(?:e)? de[rs]|parte del\w*|"
    r"partie (?:de|du)|parte d[eao])\b)"
    rf".*(?:{_STILL_OPEN.pattern})",
    re.IGNORECASE,
)
_POSTPONED = re.compile(  # what an act puts off until a day
    r"(?=.*(?<!\d)20[2-4]\d(?!\d)).*(?:\b(?:postpon(?:es?|ed|ing)|delay(?:s|ed|ing)?|defer(?:s|red|ring)?|"
    r"push(?:es|ed)? back|put off|verschoben|verschieb(?:t|en)|aufgeschoben|"
    r"rinviat[aoie]|rinvia\w*|slitta\w*|posticipa\w*|reportée?s?|reporte(?:nt)?|repoussée?s?|"
    r"aplaza\w*|pospone\w*|adiad[oa]s?|adia\w*)\b|เลื่อน|推迟|推遲|延后|延後|延期|先送り)",
    re.IGNORECASE,
)
_UNITS = {  # of terms, in days
    r"days?|Tage|jours|giorni|días|dias|วัน|[天日]": 1,
    r"weeks?|Wochen?|semaines?|settiman\w+|semanas?|สัปดาห์|周|週": 7,
    r"months?|Monate?|mois|mes[ei]|meses|mês|เดือน|个月|個月|か月|ヶ月": 31,
}
_TERM = re.compile(rf"(?<![\d.,])(?P<n>\d{{1,3}}) ?(?P<unit>{'|'.join(_UNITS)})", re.IGNORECASE)
_FIX = re.compile(  # of a weakness: which versions have it, and from which on it is gone
    r"(?=.*(?:\bversion|\bversión|\d\.\d))"
    r".*\b(?:affect\w*|vulnerable|patch\w*|fix(?:e[sd])?|updat\w+ to|upgrad\w+ to|betroffen|"
    r"behoben|corre(?:tt|zion|gid)\w*|corrig\w+)\b",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^[-*•] ")  # of a list
_COMMAND = re.compile(r"^(?:Don[’']t|Do not|Never) (?!miss\b|worry\b|forget\b|panic\b)[a-z]+ ")
_FORCED = re.compile(  # a change that its users cannot leave alone
    r"\b(?:requir(?:es?|ed|ing|ement)|mandatory|deprecat\w+|sunset\w*|end of life|migrat\w+|"
    r"by default|remov(?:es|ed|ing|al)|no longer|discontinu\w+|pflicht|abgeschaltet|"
    r"eingestellt|obbligatori\w+|obligatoire|obligatori\w+)\b|บังคับ|ยกเลิก",
    re.IGNORECASE,
)

_UNFORCED = re.compile(  # "no coding required", "you no longer have to", "removes the need"
    r"\b(?:no|not|only|without|zero|never|\w+n['’]t|keine?[nrs]?|ohne|nicht|senza|non|nessun\w*|"
    r"sans|aucune?|sin|sem|ningun\w*|nenhum\w*)(?: [\w-]+){0,3} (?:requir\w+|mandatory|migrat\w+|"
    r"pflicht\w*|obbligatori\w+|obligatoi?re?\w*|obligatori\w+)\b|"
    r"\bno longer (?:ha(?:s|ve)|needs?|requires?|limited)\b|"
    r"\bremov(?:es?|ed|ing|al of) (?:the |all |any )?(?:need|friction|barriers?|guesswork|"
    r"complexity|bottlenecks?|hassle|hurdles?|limits?|restrictions?)\b",
    re.IGNORECASE,
)


def find_duty(story: Story, products: Iterable[Product] = ()) -> Sentence | None:
    """Return the first sentence that says who must do what; None where none does.

    One on what the AI of `products` makes, text for instance, comes before others.
    """
    uses = " ".join(product.ai.purpose for product in products)
    for medium, made in _MEDIA.items():
        if made.search(uses):
            wanted = re.compile(rf"(?=.*(?:{_MADE[medium]})).*(?:{_DUTY.pattern})", re.IGNORECASE)
            if found := _find_sentence(story, wanted, _MAX_TEXT_LENGTH):
                return found
    return _find_sentence(story, _DUTY, _MAX_TEXT_LENGTH)


def count_duties(story: Story) -> int:
    """Return how many sentences of a story say who must do what."""
    return len({one.text for one in _iter_sentences(story, _DUTY, _MAX_TEXT_LENGTH)})


def find_postponement(story: Story) -> Sentence | None:
    """Return the sentence that says what an act puts off, and until when; None where none does."""
    return _find_sentence(story, _POSTPONED, _MAX_TEXT_LENGTH, may_lean=True)


def find_exception(story: Story, duty: Sentence) -> Sentence | None:
    """Return the sentence after a duty that says where it does not apply; None where none does."""
    for item in (member.item for member in story.items):
        near = 0
        for line in f"{item.summary}\n{item.text[:_MAX_TEXT_LENGTH]}".splitlines():
            if line.lstrip().startswith("#"):  # another part of the report
                near = 0
            for sentence in map(_open_quote, split_sentences(clean_text(line))):
                sentence = sentence.removesuffix("”")
                if sentence == duty.text.removesuffix("”"):
                    near = _NEAR
                elif near and _EXCEPTION.search(sentence) and len(sentence) <= _EXCEPTION_LENGTH:
                    return Sentence(sentence, item.source_name, item.link)
                else:
                    near = max(0, near - 1)
    return None


def find_open_end(story: Story) -> Sentence | None:
    """Return the first sentence that says that a decision does not end its case; None for none.

    One that says which part of the case goes on comes before others.
    """
    if found := _find_sentence(story, _STILL_OPEN_IN_PART, _MAX_TEXT_LENGTH, may_lean=True):
        return found
    for may_lean in (False, True):
        if found := _find_sentence(story, _STILL_OPEN, _MAX_TEXT_LENGTH, may_lean=may_lean):
            return found
    return None


def find_term_end(story: Story, sentence: Sentence) -> date | None:
    """Return when the term that a report's sentence gives runs out; None where it gives none.

    Its days are counted from the report, before which the decision was made.
    """
    found = _TERM.search(sentence.text)
    items = [one.item for one in story.items if one.item.link == sentence.url]
    if not found or not items:
        return None
    days = next(
        days for unit, days in _UNITS.items() if re.match(unit, found["unit"], re.IGNORECASE)
    )
    return items[0].published_or_seen.date() + timedelta(days=days * int(found["n"]))


def find_demand(story: Story) -> Sentence | None:
    """Return the sentence that says what a platform's policy asks; None where none does.

    One that says what must be done, or forbids it outright, comes before one on what is allowed no
    more or punished, which has to stand where the report begins: below it tells of other policies.
    """
    for pattern in (_DUTY, _COMMAND, _DEMAND):
        if found := _find_sentence(story, pattern, _HEAD_LENGTH):
            return found
    return find_duty(story)


def find_fix(story: Story) -> Sentence | None:
    """Return the first sentence that says which versions are affected or mended; None for none."""
    return _find_sentence(story, _FIX, _FIX_LENGTH, may_lean=True)


def _find_sentence(
    story: Story, pattern: re.Pattern[str], length: int, *, may_lean: bool = False
) -> Sentence | None:
    """Return the first whole sentence with a pattern in `length` characters of a report."""
    return next(_iter_sentences(story, pattern, length, may_lean=may_lean), None)


def _iter_sentences(
    story: Story, pattern: re.Pattern[str], length: int, *, may_lean: bool = False
) -> Iterator[Sentence]:
    """Yield the whole sentences with a pattern in `length` characters of each report.

    `may_lean`: also those that lean on those before them, or free somebody of something.
    """
    titles = [member.item.title for member in story.items]
    for item in (member.item for member in story.items):
        for line in (item.summary, *item.text[:length].splitlines()):
            for sentence in map(_open_quote, split_sentences(_BULLET.sub("", clean_text(line)))):
                if (  # what few sentences have is asked first
                    pattern.search(sentence)
                    and (may_lean or not _NO_DUTY.search(sentence))
                    and _is_quotable(sentence)
                    and not any(repeats_headline(sentence, title) for title in titles)
                ):
                    yield Sentence(sentence, item.source_name, item.link)


def forces_change(story: Story) -> bool:
    """Return whether headline or summary tell of a change that users cannot leave alone."""
    item = story.lead.item
    return any(_FORCED.search(_UNFORCED.sub(" ", text)) for text in (item.title, item.summary))


def _open_quote(sentence: str) -> str:
    """Return a sentence that is a quotation, or begins one, without the marks around it."""
    if re.fullmatch("“[^“”]+”", sentence):
        return sentence[1:-1]
    is_open = sentence.startswith("“") and "”" not in sentence
    return sentence[1:] if is_open else sentence


def _is_quotable(sentence: str) -> bool:
    return (
        len(sentence) <= _MAX_LENGTH
        and is_clean_sentence(sentence)
        and sentence.count("“") == sentence.count("”")
    )
