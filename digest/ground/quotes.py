"""Rules on quotes: word for word, and said by whom.

Each rule returns a reason to withhold the sentence, or nothing.
"""

from __future__ import annotations

import re

from digest.ground.claim import Claim, index_text
from digest.ground.name_index import has_name
from digest.ground.name_tables import is_known_vendor
from digest.ground.names import Name
from digest.ground.passages import Passage
from digest.ground.script import fold

_QUOTE = re.compile(
    r"\"([^\"]{2,400})\"|“([^”]{2,400})”|„([^“”]{2,400})[“”]|«\s?([^»]{2,400}?)\s?»|"
    r"「([^」]{2,400})」|『([^』]{2,400})』|"
    r"(?<![\w])[‘']([^'’]{12,400})[’'](?!\w)"
)


_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u9fff]")


_MAX_TRANSLATED = 4  # words in quotation marks that may be a translated term


_PLAIN = re.compile(r"[\W_]+")


def check_quotes(claim: Claim) -> str:
    """Refuse words in quotation marks that no cited item has, word for word."""
    for match in _QUOTE.finditer(claim.passage.text):
        quote = next(filter(None, match.groups()))
        plain = _flatten(quote)
        short = len(plain) < 3 or (len(quote.split()) < 3 and not _UNSPACED.search(quote))
        parts = [_flatten(part) for part in _OMITTED.split(quote)]
        if any(all(part in _flatten(source.text) for part in parts) for source in claim.cited):
            plain = max(parts, key=len)
            if not short and len(plain) >= _LONG_QUOTE:
                reason = _check_speaker(claim, plain, match.span())
                if reason:
                    return reason
            continue
        if not claim.is_same_language and (short or _is_term(quote)):
            continue  # a few words, translated
        return f"quote not in the cited items: {quote}"
    return ""


def _is_term(quote: str) -> bool:
    """Return whether words in quotation marks are few enough to be a translated term."""
    if _UNSPACED.search(quote):
        return len(_flatten(quote)) <= _MAX_UNSPACED
    return len(quote.split()) <= _MAX_TRANSLATED


_MAX_UNSPACED = 12  # letters of such a term where no spaces part words


def _check_speaker(claim: Claim, plain: str, span: tuple[int, int]) -> str:
    """Refuse a speaker whom the cited items do not name near the words quoted."""
    outside = [
        name
        for name in claim.passage.sure_names
        if not span[0] <= name.start < span[1] and _SPEECH.search(claim.passage.folded)
    ]
    for source in claim.cited:
        texts = [sentence.text for sentence in source.sentences]
        at = _find_quote(texts, plain)
        if at is None:
            continue
        near = index_text(" ".join([*texts[:1], *texts[max(0, at - 2) : at + 3]]))
        whole = [name for name in outside if has_name(source.index, name.key)]
        people = [name for name in whole if not has_name(near, name.key)]
        if _OWN_VOICE.search(_QUOTE.sub(" ", source.text).casefold()):
            people = [name for name in people if not is_known_vendor(name.key)]  # it is "we" there
        if people and _is_speaker(people[0], claim.passage, span):
            return f"no cited item has {people[0].text} say these words"
    return ""


def _find_quote(texts: list[str], plain: str) -> int | None:
    """Return in which sentence the words begin."""
    joined, ends = "", list[int]()
    for text in texts:
        joined += _flatten(text)
        ends.append(len(joined))
    found = joined.find(plain)
    return next((at for at, end in enumerate(ends) if found < end), None) if found >= 0 else None


def _is_speaker(name: Name, passage: Passage, span: tuple[int, int]) -> bool:
    """Return whether a name is the first before the words quoted, or the first behind them."""
    before = [one for one in passage.sure_names if one.end <= span[0]]
    behind = [one for one in passage.sure_names if one.start >= span[1]]
    first = before[:2] if before else behind[:2]
    return name in first


_OMITTED = re.compile(r"\s*(?:\[?…\]?|\[?\.{3}\]?|\[[^\]]{1,40}\])\s*")


_OWN_VOICE = re.compile(
    r"(?<!\w)(?:we|our|us|wir|unser\w*|nous|notre|nos|noi|nostr[oaie]|nosotros)(?!\w)|我们"
)
_LONG_QUOTE = 12  # letters of a quote that one alone says


_SPEECH = re.compile(
    r"\b(?:s(?:aid|ays)|told|tells|described?|describes|called|calls|add(?:ed|s)|explain\w*|wrote|"
    r"writes|argu\w+|warn\w*|sagt\w*|erklart\w*|beschr\w+|nannte|nennt|schrieb|laut|dit|declare\w*|"
    r"decrit|qualifi\w+|selon|explique|affirme|dice|ha detto|descri\w+|defini\w+|secondo|spieg\w+|"
    r"afferma|dijo|segun|explico|disse|segundo)\b|说|称|表示|指出|述べ|語|กล่าว|ระบุ|บอก|เรียก"
)


def _flatten(text: str) -> str:
    return _PLAIN.sub("", fold(text))
