"""Who bought whom, by the grammar of a headline or sentence. Pure.

Only what is written as done or agreed counts, and only names: "buys a stake" and "could buy" name
no deal. Where the grammar leaves a doubt there is no answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_MAX_WORDS = 4  # of a name
_DOUBT = re.compile(
    r"\b(?:could|might|may|would|won['’]t|not|why|how|whether|if|should|talks?|considers?|"
    r"considering|reportedly|rumou?r\w*|wants?|bids?|blocks?|abandons?|drops?|könnte|pourrait|"
    r"potrebbe|podría)\b|\?",
    re.IGNORECASE,
)
_BUYS = re.compile(
    r"\s+(?:(?:has|have|is|will|to|set|agrees|agreed|plans|just|officially)\s+)*"
    r"(?:acquir(?:es?|ed|ing)|buy(?:s|ing)?|bought|takes over|snaps up|"
    r"(?:completes|completed|closes|closed|announces|announced|finali[sz]es) "
    r"(?:(?:its|the)\s+)?(?:acquisition|purchase|takeover) of|"
    r"übernimmt|kauft|rachète|acquisisce|acquista|compra|adquiere)\s+",
    re.IGNORECASE,
)
_IS_BOUGHT = re.compile(
    r"\s+(?:(?:is|was|has|been|to|be|being|gets|will)\s+)*"
    r"(?:acquired|bought|snapped up|taken over) by\s+",
    re.IGNORECASE,
)
_OWN = r"(?P<buyer>[^\W\d_][\w.&-]*(?: [A-Z][\w.&-]*){0,3})(?:['’]s|s['’])\s+"
_PURCHASE_OF = re.compile(
    rf"{_OWN}(?:\S+\s+){{0,2}}(?:acquisition|purchase|takeover|buyout) of\s+", re.IGNORECASE
)
_OWN_DEAL = re.compile(
    rf"{_OWN}(?P<bought>[A-Z][\w.&-]*(?: [A-Z][\w.&-]*){{0,2}})\s+"
    r"(?:deal|acquisition|purchase|takeover|buyout)\b",
    re.IGNORECASE,
)
_PURCHASE = re.compile(
    r"acqui(?:r|s)|\bbuy|\bbought|takeover|übernahme|rachat|acquist", re.IGNORECASE
)
_STOPS = frozenset(
    "to in for from as with after and at on over by of into amid via who that which will deal "
    "unit's - – — | zu für von um pour per da di de para".split()
)
# Words before a name that say what it is.
_KINDS = frozenset(
    "ai ai-powered startup start-up company firm platform maker provider specialist rival "
    "software tool vendor agency app the its fellow martech adtech data marketing "
    "analytics email startup-maker das die den le la il el".split()
)
_NO_COMPANIES = frozenset(
    "stake stakes share shares rights customers customer minority majority startups companies "
    "assets time ads users traffic more another up out back anteile mehrheit".split()
)


@dataclass(frozen=True, slots=True)
class DealParties:
    """A company and what it bought."""

    buyer: str
    bought: str


def find_parties(titles: Iterable[str], texts: Iterable[str]) -> DealParties | None:
    """Return who bought whom by the first headline or sentence that says so; None without any."""
    headlines, sentences = tuple(titles), tuple(texts)
    said = " ".join((*headlines, *sentences))
    for line in (*headlines, *sentences):
        if not _DOUBT.search(line):
            for parties in _read(line, is_purchase=_PURCHASE.search(said) is not None):
                if parties.buyer.casefold() != parties.bought.casefold():
                    return parties
    return None


def _read(line: str, *, is_purchase: bool) -> Iterator[DealParties]:
    if match := _IS_BOUGHT.search(line):
        buyer, bought = _read_name(line[match.end() :]), _read_last_name(line[: match.start()])
        if buyer and bought:
            yield DealParties(buyer, bought)
        return
    for pattern in (_PURCHASE_OF, _BUYS):
        if match := pattern.search(line):
            own = match.groupdict().get("buyer")
            buyer = own if own else _read_last_name(line[: match.start()])
            bought = _read_name(line[match.end() :])
            if buyer and bought:
                yield DealParties(buyer, bought)
            return
    if is_purchase and (match := _OWN_DEAL.search(line)):
        buyer, bought = match["buyer"], match["bought"]
        if buyer[0].isupper() and bought[0].isupper() and not _is_general(bought.split()):
            yield DealParties(buyer, bought)


def _read_name(text: str) -> str:
    """Return the name with which a text begins, without what it is and whose it was.

    "" where there is none, or where in a headline of capitals its end cannot be told.
    """
    words: list[str] = []
    for word in text.split():
        bare = word.strip("“”\"'()")
        if bare.casefold().rstrip(",;:.") in _STOPS or not bare:
            break
        is_name = bare[0].isupper() or bare[0].isdigit() or bare[1:2].isupper()
        if not is_name:
            if any(one.casefold() not in _KINDS for one in words):
                break
            if bare[-1] in ",;:.":
                return ""
            continue  # "conversational AI startup", before the name
        words.append(bare.rstrip(",;:."))
        if bare[-1] in ",;:." or word[-1] in ",;:":
            break
    for at in range(len(words) - 1, 0, -1):
        if words[at - 1].endswith(("’s", "'s", "s’", "s'")):
            words = words[at:]
            break
    while len(words) > 1 and words[0].casefold() in _KINDS:
        words = words[1:]
    return "" if _is_general(words) else " ".join(words)


def _read_last_name(text: str) -> str:
    """Return the name with which a text ends; "" where it is none."""
    words: list[str] = []
    for word in reversed(text.split()):
        if not word[0].isupper() and not word[1:2].isupper():
            break
        if word[-1] in ",;:.":
            break
        words.insert(0, word)
    return "" if _is_general(words) else " ".join(words)


def _is_general(words: list[str]) -> bool:
    return (
        not words
        or len(words) > _MAX_WORDS
        or any(word.casefold() in _NO_COMPANIES for word in words)
        or words[-1].endswith(("’s", "'s"))
    )
