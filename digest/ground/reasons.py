"""Rules on how two things are tied: a reason, a comparison, a choice of one instead of another.

Each rule returns a reason to withhold the sentence, or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from digest.ground.claim import Claim, index_text
from digest.ground.name_index import has_name
from digest.ground.passages import MANNER, Passage, read_part

# Words behind which a reason stands, up to the end of the clause.
_BECAUSE = {
    "en": r"\b(?:because(?: of)?|due to|owing to|thanks to|as a result of|on account of|caused by|"
    r"driven by|prompted by|stems? from|citing|in response to|the result of)\b",
    "de": r"\b(?:weil|wegen|aufgrund|auf grund|dank|infolge|als reaktion auf|unter verweis auf)\b",
    "fr": r"\b(?:parce qu\w*|car|en raison d\w*|grace aux?|a cause d\w*|puisqu\w*|en reaction a)\b",
    "it": r"\b(?:perche(?! (?:sia|siano|possa\w*|dia\w*|abbia\w*|faccia\w*)\b)|"
    r"poiche|a causa d\w+|grazie a\w*|per via d\w+|dato che|in risposta a\w*|"
    r"siccome)\b",
    "es": r"\b(?:porque|debido a\w*|gracias a\w*|a causa de\w*|ya que|puesto que|"
    r"en respuesta a\w*)\b",
    "pt": r"\b(?:porque|devido a\w*|gracas a\w*|por causa d\w+|ja que|em resposta a\w*)\b",
    "ru": r"(?:потому что|из-за|благодаря|вследствие|так как)",
    "zh": r"(?:因为|由于|因(?=[^此而])|出于|归因于|鉴于|是为了|旨在)",
    "ja": r"(?:を受けて|が原因で|のせいで)",
    "th": r"(?:เพราะ|เนื่องจาก|เป็นผลจาก|สืบเนื่องจาก)",
}
# Deeds that are told as what somebody wants: "to comply with", "to fend off".
_TO_END = {
    "en": r"(?<!decision )(?<!plans )(?<!plan )(?<!able )(?<!continues )"
    r"(?<!continue )(?<!has )(?<!have )"
    r"\b(?:in order |so as )?to (?=(?:comply|avoid|prevent|discourage|fend|rein|curb|counter|"
    r"deter|stop|stem|combat|fight|respond|appease|satisfy|protect|head off|keep up|catch up|"
    r"offset|recover|regain|escape|dodge|punish|reassure|please|meet demand|cut costs|save)\b)|"
    r"\bafter (?=(?:an? |the )?(?:\w+ )?(?:wave|series|string|spate|disagreement|dispute|row|"
    r"backlash|"
    r"complaints?|pressure|criticism|scandal|outcry|protests?|shortage|surge|rise in|threats?)\b)|"
    r"\bamid (?:an? |the )?",
    "de": r"\bum (?=[^,.;]{3,60}\b(?:zu \w+|\w+zu\w+en)\b)|"
    r"\bnach (?=(?:einer |einem |der |dem )?(?:welle|reihe|streit|"
    r"kritik|druck|beschwerden|protest\w*)\b)",
    "fr": r"\bpour (?=(?:se |s')?(?:conformer|eviter|empecher|decourager|contrer|freiner|limiter|"
    r"lutter|repondre|proteger|combattre|rattraper)\b)|\bafin d\w*\b",
    "it": r"\bper (?=(?:adeguar|conformar|evitare|impedire|scoraggiare|contrastare|frenare|"
    r"limitare|"
    r"combattere|rispondere|proteggere|arginare|recuperare)\w*\b)|\bal fine di\b|\ballo scopo di\b",
    "es": r"\bpara (?=(?:cumplir|evitar|impedir|disuadir|frenar|contrarrestar|limitar|combatir|"
    r"responder|"
    r"proteger|recuperar)\w*\b)|\ba fin de\b|\bcon el fin de\b",
    "pt": r"\bpara (?=(?:cumprir|evitar|impedir|desencorajar|frear|conter|limitar|combater|"
    r"responder|"
    r"proteger|recuperar)\w*\b)|\ba fim de\b",
    "zh": r"以(?:遵守|避免|防止|应对|抵御|遏制|阻止|回应|保护)",
    "th": r"เพื่อ(?:ปฏิบัติตาม|หลีกเลี่ยง|ป้องกัน|รับมือ|สกัด|ต่อสู้|ตอบโต้|ปกป้อง)",
}
# What ties a reason to a thing in a source, surely and perhaps.
_TIES = re.compile(
    r"\b(?:because|due to|owing|thanks to|as a result|result\w* (?:of|from|in)|driv\w+|caus\w+|"
    r"reasons?|"
    r"why|therefore|so|given|le(?:d|ads?) to|attribut\w+|contribut\w+|stem\w*|c[ao]mes? from|"
    r"reflect\w*|in order to|citing|blam\w+|explain\w*|amid|prompt\w*|since|factor\w*|"
    r"hold\w* (?:\w+ )?up|"
    r"weil|wegen|aufgrund|dank|grund|grunde|deshalb|damit|um|parce qu\w*|car|raison|grace|cause|"
    r"donc|"
    r"perche|poiche|causa|motivo|grazie|porque|debido|gracias|razon|devido|gracas)\b|"
    r"因|由于|为了|以便|原因|导致|旨在|ため|により|ので|理由|原因|เพราะ|เนื่องจาก|ทำให้|เหตุ"
)
# What opens a sentence whose reason stands in the one before.
_CONCLUDES = re.compile(
    r"\W*(?:as a (?:result|consequence)|therefore|consequently|hence|thus|for this reason|"
    r"that is why|so,|daher|deshalb|deswegen|folglich|dadurch|infolgedessen|per questo|"
    r"di conseguenza|pertanto|quindi|"
    r"par consequent|c'est pourquoi|ainsi|por (?:eso|ello|isso|tanto)|en consecuencia)\b|"
    r"\W*(?:因此|因而|所以|为此|于是|このため|そのため|ดังนั้น|จึง)"
)
_WEAK_TIES = re.compile(
    r"\b(?:to|as|after|for|with|by|zu|pour|per|para|nach|dopo|apres|tras)\b|以|เพื่อ"
)
_UNTOLD = re.compile(
    r"(?:\bnot|\bnever|\bneither|\bnor|\bno|\bwithout|declin\w+ to|refus\w+ to)\b.{0,60}?"
    r"\b(?:explain\w*|reasons?|mention\w*|why|gave a cause)\b|"
    r"(?:未|没有|沒有|并未)[^，。]{0,8}(?:说明|解释|提及|透露)[^，。]{0,6}(?:原因|理由)?|"
    r"\b(?:nicht|keine?n?) (?:\w+ ){0,4}(?:erklart|begrundet|grunde|erwahnt)|"
    r"\b(?:non|senza) (?:\w+ ){0,3}(?:spiegat\w|spiegare|motiv\w+|citat\w)|"
    r"\b(?:pas|sans) (?:\w+ ){0,3}(?:expliqu\w+|raison\w*|mentionn\w+)"
)
_REASON_END = re.compile(
    r"[,;:.()，；。—–]\s|[,，；。](?=\D)|\s(?:while|whereas|but|mentre|mais|aber|pero)\s"
)
_MIN_WORDS = 2  # that can be looked for in a reason
_TIED = 0.25  # of a reason, in a sentence that says why
_WEAKLY_TIED = 0.6  # in one that may say why
_UNTIED = 0.8  # in any
_UNTOLD_TIED = 0.67  # where the items say elsewhere that no reason is told
_WANTED = 0.5  # of what somebody wants, in any sentence


def check_reasons(claim: Claim) -> str:
    """Refuse a reason or a purpose that the cited items do not give."""
    language = claim.passage.language
    folded = claim.passage.folded
    untold = any(_UNTOLD.search(one.folded) for _, one in claim.sentences)
    if untold and _UNTOLD.search(folded):
        return ""  # it says itself that no reason is told
    for pattern, is_wish in ((_BECAUSE, False), (_TO_END, True)):
        for match in re.finditer(pattern.get(language, r"(?!)"), folded):
            end = _REASON_END.search(folded, match.end() + 1)
            text = claim.passage.text if len(claim.passage.text) == len(folded) else folded
            reason = read_part(text[match.end() : end.start() if end else None], language)
            if not _is_given(reason, claim, is_wish=is_wish, untold=untold):
                return f"the cited items do not give this reason: {reason.text.strip()[:60]}"
    return ""


def _is_given(reason: Passage, claim: Claim, *, is_wish: bool, untold: bool) -> bool:
    """Return whether a sentence of the cited items has enough of a reason, and says why."""
    sentences = [one for _, one in claim.sentences]
    wanted = find_keys(reason, same=claim.is_same_language)
    if len(wanted) < _MIN_WORDS:
        if is_wish and untold:
            return False
        return claim.is_same_language or any(
            _TIES.search(sentence.folded) for sentence in sentences
        )
    for at, one in enumerate(sentences):
        found = find_keys(one, same=one.language == reason.language) | _find_known(reason, one)
        share = len(wanted & found) / len(wanted)
        near = " ".join(own.folded for own in sentences[max(0, at - 1) : at + 1])
        behind = sentences[at + 1].folded if at + 1 < len(sentences) else ""
        near += " as a result" * bool(_CONCLUDES.match(behind))
        hedged = one.concept_names & {"may", "doubt"} and not (
            claim.passage.concept_names & {"may", "doubt", "said", "planned"}
        )
        if hedged:
            continue  # it may be so
        tied = _TIES.search(near) is not None and not _UNTOLD.search(one.folded)
        if tied and share >= (_UNTOLD_TIED if untold else _WANTED if is_wish else _TIED):
            return True
        if untold:
            continue
        weak = _WEAK_TIES.search(one.folded) is not None
        if share >= (_WANTED if is_wish else _WEAKLY_TIED if weak else _UNTIED):
            return True
    return False


_VAGUE = MANNER | {"said", "use", "build", "add", "available", "company"}


@lru_cache(maxsize=20_000)
def find_keys(passage: Passage, *, same: bool) -> frozenset[str]:
    """Return what can be looked for of a passage in a text of the same, or of another language."""
    keys = {f"n:{name.key}" for name in passage.sure_names}
    keys |= {f"q:{figure.kind}{figure.value:g}" for figure in passage.quantities}
    if same:
        named = [(name.start, name.end) for name in passage.sure_names]
        keys |= {
            f"s:{stem}"
            for stem, at in passage.stems
            if not any(start <= at < end for start, end in named)
        }
    else:
        keys |= {f"c:{one}" for one in passage.concept_names - _VAGUE}
    return frozenset(keys)


def _find_known(reason: Passage, passage: Passage) -> set[str]:
    """Return the names and words of a reason that a passage has in another form."""
    index = index_text(passage.text)
    known = {f"n:{name.key}" for name in reason.sure_names if has_name(index, name.key)}
    for one in reason.concepts:
        if one.concept in passage.concept_names and one.concept not in _VAGUE - {"up", "down"}:
            known |= {f"s:{stem}" for stem, at in reason.stems if one.start <= at < one.end}
    return known


# ---------------------------------------------------------------- comparisons

_THAN = {
    "en": r"\b(?:more|less|fewer|better|worse|rather|sooner|later|[^\W\d_]{3,}er)\b"
    r"(?:[^,.;:]{0,60}?)\bthan\b",
    "de": r"\b(?:mehr|weniger|besser|eher|lieber|"
    r"[^\W\d_]{3,}er[ens]{0,2})\b(?:[^,.;:]{0,60}?)\bals\b",
    "fr": r"\b(?:plus|moins|mieux|meilleur\w*|davantage|plutot|pires?)\b(?:[^,.;:]{0,60}?)\bqu[e']",
    "it": r"\b(?:piu|meno|meglio|miglior\w*|maggior\w*|minor\w*|superior\w*|inferior\w*|"
    r"peggio\w*)\b"
    r"(?:[^,.;:]{0,60}?)\b(?:di|del|dello|dell'|della|dei|degli|delle|rispetto a\w*|"
    r"che(?= (?:in|a|su|per|con|ne\w+|su\w+|al\w*)\b))\b",
    "es": r"\b(?:mas|menos|mejor\w*|mayor\w*|menor\w*|"
    r"peor\w*)\b(?:[^,.;:]{0,60}?)\b(?:que(?= (?:en|a|con|el|la|los|las|por)\b)|de lo que)\b",
    "pt": r"\b(?:mais|menos|melhor\w*|maior\w*|menor\w*|"
    r"pior\w*)\b(?:[^,.;:]{0,60}?)\b(?:do )?que\b",
    "zh": r"(?:高于|低于|多于|少于|优于|不如|超过|胜过|强于)",
    "ja": r"より(?!$)",
    "th": r"กว่า",
}
_INSTEAD = re.compile(
    r"\b(?:rather than|instead of|anstatt|statt|plutot que|au lieu d[eu']|invece d\w+|anziche|"
    r"piuttosto che|"
    r"en lugar de|en vez de|em vez de|ao inves de)\b|而不是|而非|แทนที่จะ|แทน"
)
# What a source says where it compares, in so many words.
_COMPARES = re.compile(
    r"\b(?:than|beyond|more|less|fewer|better|worse|higher|lower|larger|smaller|greater|faster|slower|"
    r"compared|comparison|versus|vs|against|ahead of|behind|exceed\w*|surpass\w*|outpac\w*|"
    r"outperform\w*|beats?|most|least|top|twice|double|half|gap|[^\W\d_]{3,}er than|als|mehr|"
    r"weniger|"
    r"besser|hoher\w*|gegenuber|plus|moins|mieux|rispetto|piu|meno|meglio|mas|menos|mejor|mais|"
    r"melhor)\b|"
    r"比|高于|低于|超过|多于|少于|优于|最|较|より|最も|กว่า|ที่สุด"
)
_NOT_COMPARED = re.compile(
    r"\W*(?:\S{1,3} )?(?:[$€£¥฿]|us\$|\d|half|twice|a (?:year|month|week|decade|quarter|dozen|"
    r"hundred|thousand|"
    r"million|billion|trillion)|one|two|three|four|five|six|seven|eight|nine|ten|ever|before|usual|expected|"
    r"last|the (?:previous|prior|year|same)|un |une |uno |una |ein|zwei|drei|vor |im |in |l'an|"
    r"avant|prima|nunca|jamais)"
)
_FIGURE_REACH = 6  # characters behind "more than" in which its figure stands
_SIDE_END = re.compile(
    r"[,;:.()，；。—–](?=\s|$)|[，；。]|\s(?:while|whereas|but|and|mentre|mais|aber|und|et|y|e)\s"
)


@dataclass(frozen=True, slots=True)
class _Pair:
    """What stands on both sides of "than"."""

    left: Passage
    right: Passage
    instead: bool


def check_comparisons(claim: Claim) -> str:
    """Refuse a comparison that the cited items do not draw, or draw the other way round."""
    told = [pair for _, one in claim.sentences for pair in _find_pairs(one)]
    for pair in _find_pairs(claim.passage):
        if any(_is_reversed(pair, other) for other in told) and not any(
            _is_straight(pair, other) for other in told
        ):
            return "the cited items compare the other way round"
        if not pair.instead and claim.is_same_language and not _is_drawn(pair, claim):
            return f"the cited items do not compare this: {pair.right.text.strip()[:50]}"
    return ""


def _find_pairs(passage: Passage) -> Iterator[_Pair]:
    folded = passage.folded
    text = passage.text if len(passage.text) == len(folded) else folded
    for match in re.finditer(_THAN.get(passage.language, r"(?!)"), folded):
        if _NOT_COMPARED.match(folded, match.end()) or _INSTEAD.search(match[0]):
            continue
        if any(
            0 <= quantity.start - match.end() <= _FIGURE_REACH for quantity in passage.quantities
        ):
            continue  # a bound of a figure
        end = _SIDE_END.search(folded, match.end() + 1)
        yield _Pair(
            read_part(_get_last_piece(text[: match.end()]), passage.language),
            read_part(text[match.end() : end.start() if end else None], passage.language),
            instead=False,
        )
    for match in _INSTEAD.finditer(folded):
        end = re.search(r"[,;:.，；。]", folded[match.end() :])
        stop = match.end() + end.start() if end else len(folded)
        yield _Pair(
            read_part(text[: match.start()] + " " + text[stop:], passage.language),
            read_part(text[match.end() : stop], passage.language),
            instead=True,
        )


def _get_last_piece(text: str) -> str:
    """Return what stands behind the last mark of a text, if it is enough to compare."""
    pieces = re.split(r"[,;:，；。]\s", text)
    return pieces[-1] if len(pieces[-1].split()) > 2 else text


def _is_reversed(pair: _Pair, other: _Pair) -> bool:
    """Return whether what stands left here stands right there, and the other way round."""
    if pair.instead != other.instead:
        return False
    same = pair.left.language == other.left.language
    left, right = (find_keys(one, same=same) for one in (pair.left, pair.right))
    left_told, right_told = (find_keys(one, same=same) for one in (other.left, other.right))
    left, right = left - right, right - left
    left_told, right_told = left_told - right_told, right_told - left_told
    turned = len(left & right_told), len(right & left_told)
    straight = len(left & left_told) + len(right & right_told)
    if right & left_told and not right & right_told and sum(turned) > straight:
        return True
    return min(turned) > 0 and sum(turned) > straight


def _is_straight(pair: _Pair, other: _Pair) -> bool:
    """Return whether each side of a pair shares keys with the same side of the other pair alone."""
    same = pair.left.language == other.left.language
    left, right = (find_keys(one, same=same) for one in (pair.left, pair.right))
    left_told, right_told = (find_keys(one, same=same) for one in (other.left, other.right))
    return bool(
        (left - right) & (left_told - right_told) and (right - left) & (right_told - left_told)
    )


def _is_drawn(pair: _Pair, claim: Claim) -> bool:
    """Return whether a sentence that compares is about both sides, or its figures say as much."""
    wanted = find_keys(pair.right, same=claim.is_same_language)
    others = find_keys(pair.left, same=claim.is_same_language) - wanted
    if not wanted:
        return True
    for _, one in claim.sentences:
        same = one.language == pair.right.language
        found = find_keys(one, same=same)
        right = wanted & (found | _find_known(pair.right, one))
        left = others & (found | _find_known(pair.left, one))
        if _compares(one) and len(right) >= _SIDE * len(wanted) and (left or not others):
            return True
        if _is_counted(pair, one, left, right):
            return True
    return False


_SIDE = 0.5  # of what stands behind "than", in a sentence that compares
_BOUND = re.compile(r"\b(?:more|less|fewer|mehr|weniger|plus|moins|piu|meno|mas|menos|mais) \W?$")


def _compares(passage: Passage) -> bool:
    """Return whether a sentence compares, bounds of figures apart: "more than 5 hours"."""
    return any(
        not _NOT_COMPARED.match(re.sub(r"^ than", "", passage.folded[match.end() :]))
        for match in _COMPARES.finditer(passage.folded)
    )


def _is_counted(pair: _Pair, passage: Passage, left: frozenset[str], right: frozenset[str]) -> bool:
    """Return whether the figures beside both sides are larger and smaller as is said."""
    if len(passage.quantities) < 2 or not (left and right):
        return False
    values = [_find_value_beside(keys, passage) for keys in (left, right)]
    if values[0] is None or values[1] is None or values[0] == values[1]:
        return False
    falls = re.search(
        r"\b(?:less|fewer|lower|smaller|weniger|niedriger|moins|meno|menos)\b|少|低",
        pair.left.folded,
    )
    return (values[0] < values[1]) == bool(falls)


def _find_value_beside(keys: frozenset[str], passage: Passage) -> float | None:
    """Return the figure that stands nearest to one of some words."""
    places = [at for stem, at in passage.stems if f"s:{stem}" in keys]
    places += [name.start for name in passage.sure_names if f"n:{name.key}" in keys]
    near = [
        (min(abs(at - quantity.end), abs(at - quantity.start)), quantity.value)
        for at in places
        for quantity in passage.quantities
    ]
    return min(near)[1] if near else None
