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
    r"considering|reportedly|rumou?r\w*|wants?|nears?|offer(?:s|ed)?|weighs?|explores?|rejects?|"
    r"(?<!in )(?<!in a )bids?|blocks?|abandons?|drops?|könnte|prüft|erwägt|"
    r"will\b.{0,60}\b(?:übernehmen|kaufen)|pourrait|veut|envisage|"
    r"potrebbe|valuta|trattativ\w+|podría|negocia|estudia|poderia|avalia)\b|"
    r"[?？]|拟|擬|傳出|传出|洽|考虑|考慮|検討|交渉|提案|เจรจา|สนใจ|เสนอซื้อ",
    re.IGNORECASE,
)
_OFFERED = re.compile(  # what may become a purchase
    r"\b(?:offer(?:s|ed|ing)?|(?:in|advanced) talks|(?<!in )(?<!in a )bids? (?:for|to)|considers?|"
    r"considering|weighs?|nears?|explores?|expresses interest|rejects?|tries (?:again )?to buy|"
    r"tried to buy|in gesprächen|übernahmeangebot|prüft|erwägt|veut (?:racheter|avaler|acquérir)|"
    r"en discussions?|en négociations?|offre de rachat|offerta per|trattativ\w+|oferta (?:por|de)|"
    r"negocia)\b|拟|擬|傳出|传出|洽谈|洽談|考虑|考慮|検討|交渉|買収提案|เจรจา|สนใจซื้อ|เสนอซื้อ",
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
_DEAL_TO_BUY = re.compile(
    r"\s+(?:strikes|struck|clinches|clinched|signs|signed|reaches|reached|inks|inked|seals|sealed|in)"
    r"\s+(?:[^\s.;:]+\s+){0,6}?deal (?:to (?:buy|acquire)|for)\s+",
    re.IGNORECASE,
)
_UNSPACED_BUYS = (  # 甲收购乙, 甲が乙を買収, Acme เข้าซื้อ Bolide
    re.compile(
        r"^(?P<buyer>[^\s，。：、！（(]{2,14}?)(?:宣布|正式|完成|已){0,2}(?:收购|收購|併購|并购)了?"
        r"(?:[\u4e00-\u9fff]{0,8}(?:公司|企业|企業|平台|初创)\s?)?"
        r"(?P<bought>[A-Z][\w.&-]*(?: [A-Z]\w*)*)",
        re.ASCII,
    ),
    re.compile(r"^(?P<buyer>[^\s、。が]{2,20})(?:が|は)(?P<bought>[^\s、。を]{2,20})を買収"),
    re.compile(
        r"(?P<buyer>[A-Z][\w.&-]*(?: [A-Z][\w.&-]*)?) (?:ประกาศ)?\s?เข้าซื้อ(?:กิจการ)?\s?"
        r"(?P<bought>[A-Z][\w.&-]*(?: [A-Z][\w.&-]*)*)",
        re.ASCII,
    ),
)
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
    "unit's - – — | zu zur zum für von um nach nachdem wegen und pour per da di de para por con "
    "et e y ed mit ab closes closed is was are as".split()
)
# What a compound of German before a name ends in, and what stands before no name.
_KIND_ENDINGS = (
    "plattform firma anbieter startup start-up dienstleister spezialist unternehmen agentur "
    "hersteller entwickler konzern tochter gruppe software"
).split()
_NO_NAMES = frozenset(
    "what how why when inside after monday tuesday wednesday thursday friday saturday sunday deal "
    "billion million nears".split()
)
# Words before a name that say what it is.
_KINDS = frozenset(
    "ai ai-powered startup start-up company firm platform maker provider specialist rival "
    "software tool vendor agency app the its fellow martech adtech data marketing "
    "analytics email startup-maker das die den le la il el".split()
)
_NOUNS = frozenset(
    "startup start-up company firm platform maker provider specialist agency".split()
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


def is_only_offered(titles: Iterable[str]) -> bool:
    """Return whether every headline tells of talks, an offer or a plan, and none of a purchase."""
    return all(map(_OFFERED.search, titles))


def _read(line: str, *, is_purchase: bool) -> Iterator[DealParties]:
    for pattern in _UNSPACED_BUYS:
        if match := pattern.search(line):
            yield DealParties(match["buyer"], match["bought"])
            return
    if match := _IS_BOUGHT.search(line):
        buyer, bought = _read_name(line[match.end() :]), _read_last_name(line[: match.start()])
        if buyer and bought:
            yield DealParties(buyer, bought)
        return
    for pattern in (_PURCHASE_OF, _DEAL_TO_BUY, _BUYS):
        if match := pattern.search(line):
            own = match.groupdict().get("buyer")
            buyer = own if own else _read_last_name(line[: match.start()])
            bought = _read_name(line[match.end() :])
            if buyer and bought:
                yield DealParties(buyer, bought)
            return
    if is_purchase and (match := _OWN_DEAL.search(line)):
        buyer, bought = match["buyer"], match["bought"]
        if (
            not _is_general(buyer.split())
            and buyer[0].isupper()
            and bought[0].isupper()
            and not _is_general(bought.split())
        ):
            yield DealParties(buyer, bought)


def _read_name(text: str) -> str:
    """Return the name with which a text begins, without what it is and whose it was.

    "" where there is none, or where in a headline of capitals its end cannot be told.
    """
    words: list[str] = []
    for word in text.split():
        bare = word.strip("“”\"'()")
        is_aside = word[0] in "([" and bool(words)
        if bare.casefold().rstrip(",;:.") in _STOPS or not bare or is_aside:
            break
        is_name = bare[0].isupper() or bare[0].isdigit() or bare[1:2].isupper()
        if not is_name:
            if any(one.casefold() not in _KINDS for one in words):
                return ""  # "Acme office space": what it says of a thing
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
    words = _drop_kinds(words)
    return "" if _is_general(words) else " ".join(words)


def _drop_kinds(words: list[str]) -> list[str]:
    """Return a name without the words before it that say what the company is."""
    for at in range(len(words) - 2, -1, -1):
        word = words[at].casefold()
        if word in _NOUNS or (len(word) > 8 and word.endswith(tuple(_KIND_ENDINGS))):
            return words[at + 1 :]
    while len(words) > 1 and words[0].casefold() in _KINDS:
        words = words[1:]
    return words


def _read_last_name(text: str) -> str:
    """Return the name with which a text ends; "" where it is none."""
    words: list[str] = []
    for word in reversed(text.split()):
        if not word[0].isupper() and not word[1:2].isupper():
            break
        if word[-1] in ",;:.":
            break
        words.insert(0, word)
    words = _drop_kinds(words)
    return "" if _is_general(words) else " ".join(words)


def _is_general(words: list[str]) -> bool:
    return (
        not words
        or len(words) > _MAX_WORDS
        or any(word.casefold() in _NO_COMPANIES or word.casefold() in _NO_NAMES for word in words)
        or words[-1].endswith(("’s", "'s"))
    )
